/-!
# Systems of units

A conversion multiplies by a fraction; conversions compose, have inverses, and a chain of them multiplies all the
fractions. Temperatures need an offset as well: the scales of Celsius, Kelvin and Fahrenheit are affine. Natural units
set the speed of light to one, and the factor is put back by the dimension.
-/
namespace PhysCore.Units

/-- A conversion factor `num / den`. -/
structure Factor where
  num : Int
  den : Int

/-- `x` of the old unit are `y` of the new one. -/
def converts (f : Factor) (x y : Int) : Prop := f.num * x = f.den * y

/-- The factor of no conversion. -/
def unitFactor : Factor := ⟨1, 1⟩

/-- One conversion after another. -/
def compose (f g : Factor) : Factor := ⟨f.num * g.num, f.den * g.den⟩

/-- The conversion back. -/
def inverse (f : Factor) : Factor := ⟨f.den, f.num⟩

/-- A chain of conversions. -/
def chain : List Factor → Factor
  | [] => unitFactor
  | f :: fs => compose f (chain fs)

/-- Tenths of a degree Celsius to tenths of a kelvin, with the absolute zero rounded to −273.2. -/
def toKelvin (c : Int) : Int := c + 2732

/-- Back from kelvin. -/
def toCelsius (k : Int) : Int := k - 2732

/-- Fahrenheit and Celsius: 5 F = 9 C + 160. -/
def sameTemperature (f c : Int) : Prop := 5 * f = 9 * c + 160

/-- Energy in ordinary units from a mass given in natural units, for the speed of light `c`. -/
def restoreEnergy (c m : Int) : Int := m * c ^ 2

/-- Momentum in ordinary units from natural units. -/
def restoreMomentum (c p : Int) : Int := p * c

/-- Zero of a proportional unit is zero of the other. -/
theorem converts_zero (f : Factor) : converts f 0 0 := by
  simp [converts]

/-- Converting without a change of unit. -/
theorem converts_unit (x y : Int) (h : converts unitFactor x y) : x = y := by
  simp only [converts, unitFactor] at h
  omega

/-- A conversion can be undone. -/
theorem converts_inverse (f : Factor) (x y : Int) (h : converts f x y) : converts (inverse f) y x := by
  simp only [converts, inverse] at *
  exact h.symm

/-- Two conversions in a row are one with the product of the factors. -/
theorem converts_compose (f g : Factor) (x y z : Int) (h : converts f x y) (k : converts g y z) :
    converts (compose g f) x z := by
  simp only [converts, compose] at *
  grind

/-- Sums may be converted term by term. -/
theorem converts_add (f : Factor) (x y u v : Int) (h : converts f x y) (k : converts f u v) :
    converts f (x + u) (y + v) := by
  simp only [converts] at *
  grind

/-- The result of a conversion is unique. -/
theorem converts_unique (f : Factor) (x y z : Int) (hd : f.den ≠ 0) (h : converts f x y) (k : converts f x z) : y = z := by
  simp only [converts] at *
  exact Int.eq_of_mul_eq_mul_left hd (by rw [← h, ← k])

/-- Some amount of every unit converts to a whole number. -/
theorem exists_whole_conversion (f : Factor) : ∃ y, converts f f.den y := by
  refine ⟨f.num, ?_⟩
  simp only [converts]
  grind

/-- Conversions commute. -/
theorem compose_comm (f g : Factor) : compose f g = compose g f := by
  simp only [compose, Factor.mk.injEq]
  grind

/-- Conversions may be grouped at will. -/
theorem compose_assoc (f g h : Factor) : compose (compose f g) h = compose f (compose g h) := by
  simp only [compose, Factor.mk.injEq]
  constructor <;> grind

/-- No conversion changes nothing. -/
theorem compose_unit (f : Factor) : compose unitFactor f = f := by
  cases f
  simp [compose, unitFactor]

/-- The inverse of a chain of two conversions. -/
theorem inverse_compose (f g : Factor) : inverse (compose f g) = compose (inverse f) (inverse g) := by
  rfl

/-- Inverting twice. -/
theorem inverse_inverse (f : Factor) : inverse (inverse f) = f := by
  rfl

/-- Two chains one after the other. -/
theorem chain_append (fs gs : List Factor) : chain (fs ++ gs) = compose (chain fs) (chain gs) := by
  induction fs with
  | nil => simp [chain, compose_unit]
  | cons f fs ih => simp [chain, ih, compose_assoc]

/-- Converting a chain backwards. -/
theorem chain_inverse (fs : List Factor) : chain (fs.map inverse) = inverse (chain fs) := by
  induction fs with
  | nil => rfl
  | cons f fs ih => rw [List.map_cons, chain, ih, chain, inverse_compose]

/-- Celsius to Kelvin and back. -/
theorem celsius_round_trip (c : Int) : toCelsius (toKelvin c) = c := by
  simp only [toCelsius, toKelvin]
  omega

/-- Temperature differences are the same in Celsius and Kelvin. -/
theorem kelvin_differences (a b : Int) : toKelvin a - toKelvin b = a - b := by
  simp only [toKelvin]
  omega

/-- Water freezes at 32 and boils at 212 degrees Fahrenheit. -/
theorem water_points : sameTemperature 32 0 ∧ sameTemperature 212 100 := by
  constructor <;> rfl

/-- The scales of Fahrenheit and Celsius meet at −40 only. -/
theorem scales_meet (t : Int) : sameTemperature t t ↔ t = -40 := by
  simp only [sameTemperature]
  omega

/-- Some temperature reads twice as much in Fahrenheit as in Celsius. -/
theorem exists_double_reading : ∃ c, sameTemperature (2 * c) c := by
  exact ⟨160, by simp [sameTemperature]⟩

/-- Five degrees Celsius are nine degrees Fahrenheit. -/
theorem degree_ratio (f c : Int) (h : sameTemperature f c) : sameTemperature (f + 9) (c + 5) := by
  simp only [sameTemperature] at *
  omega

/-- The mass shell keeps its form when the speed of light is put back. -/
theorem restore_mass_shell (c e p m : Int) (h : e ^ 2 = p ^ 2 + m ^ 2) :
    restoreEnergy c e ^ 2 = restoreMomentum c (restoreMomentum c p) ^ 2 + restoreEnergy c m ^ 2 := by
  simp only [restoreEnergy, restoreMomentum]
  grind

/-- Masses add as their energies do, in any units. -/
theorem restore_energy_add (c m n : Int) : restoreEnergy c (m + n) = restoreEnergy c m + restoreEnergy c n := by
  simp only [restoreEnergy]
  grind

end PhysCore.Units
