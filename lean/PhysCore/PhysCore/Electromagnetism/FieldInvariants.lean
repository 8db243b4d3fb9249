/-!
# Invariants of the electromagnetic field

For fields that depend on one direction and lie across it, a light-cone boost stretches the right-moving part by a factor
and shrinks the left-moving part by the same. E · B and E² − B² do not change. Duality rotates E into B, and a plane wave
has both invariants zero. Units with c = 1; fields are integers in a small unit, and boosted fields carry a common factor.
-/
namespace PhysCore.Electromagnetism

/-- Electric and magnetic field along the two directions across `x`. -/
structure TransverseField where
  e1 : Int
  e2 : Int
  b1 : Int
  b2 : Int

/-- The Lorentz invariant E · B. -/
def dotInvariant (f : TransverseField) : Int := f.e1 * f.b1 + f.e2 * f.b2

/-- The Lorentz invariant E² − B². -/
def squareInvariant (f : TransverseField) : Int := f.e1 ^ 2 + f.e2 ^ 2 - f.b1 ^ 2 - f.b2 ^ 2

/-- Twice the energy density. -/
def twiceEnergyDensity (f : TransverseField) : Int := f.e1 ^ 2 + f.e2 ^ 2 + f.b1 ^ 2 + f.b2 ^ 2

/-- Poynting's vector along `x`. -/
def poynting (f : TransverseField) : Int := f.e1 * f.b2 - f.e2 * f.b1

/-- Boost along `x`, times the common factor: `g` plays the part of γ and `h` that of γ v. -/
def boostField (g h : Int) (f : TransverseField) : TransverseField :=
  ⟨g * f.e1 - h * f.b2, g * f.e2 + h * f.b1, g * f.b1 + h * f.e2, g * f.b2 - h * f.e1⟩

/-- Duality: the electric field becomes magnetic. -/
def dual (f : TransverseField) : TransverseField := ⟨f.b1, f.b2, -f.e1, -f.e2⟩

/-- Superposition of two fields. -/
def superpose (f g : TransverseField) : TransverseField := ⟨f.e1 + g.e1, f.e2 + g.e2, f.b1 + g.b1, f.b2 + g.b2⟩

/-- A plane wave that travels to the right with the electric field `(a, b)`. -/
def planeWave (a b : Int) : TransverseField := ⟨a, b, -b, a⟩

/-- `n` boosts one after another. -/
def boostMany (g h : Int) (f : TransverseField) : Nat → TransverseField
  | 0 => f
  | n + 1 => boostField g h (boostMany g h f n)

/-- E · B is invariant up to the common factor g² − h². -/
theorem dot_invariant_boost (g h : Int) (f : TransverseField) :
    dotInvariant (boostField g h f) = (g ^ 2 - h ^ 2) * dotInvariant f := by
  simp only [dotInvariant, boostField]
  grind

/-- E² − B² is invariant up to the common factor g² − h². -/
theorem square_invariant_boost (g h : Int) (f : TransverseField) :
    squareInvariant (boostField g h f) = (g ^ 2 - h ^ 2) * squareInvariant f := by
  simp only [squareInvariant, boostField]
  grind

/-- Fields at right angles in one frame are so in every other. -/
theorem dot_invariant_boost_zero (g h : Int) (f : TransverseField) (hf : dotInvariant f = 0) :
    dotInvariant (boostField g h f) = 0 := by
  rw [dot_invariant_boost, hf]
  simp

/-- Any number of boosts multiplies E · B by a power of the common factor. -/
theorem dot_invariant_boost_many (g h : Int) (f : TransverseField) (n : Nat) :
    dotInvariant (boostMany g h f n) = (g ^ 2 - h ^ 2) ^ n * dotInvariant f := by
  induction n with
  | zero => simp [boostMany]
  | succ n ih => rw [boostMany, dot_invariant_boost, ih]; grind

/-- Any number of boosts multiplies E² − B² by a power of the common factor. -/
theorem square_invariant_boost_many (g h : Int) (f : TransverseField) (n : Nat) :
    squareInvariant (boostMany g h f n) = (g ^ 2 - h ^ 2) ^ n * squareInvariant f := by
  induction n with
  | zero => simp [boostMany]
  | succ n ih => rw [boostMany, square_invariant_boost, ih]; grind

/-- The boost with no velocity does nothing. -/
theorem boost_field_rest (f : TransverseField) : boostField 1 0 f = f := by
  cases f
  simp [boostField]

/-- Boosting forth and back gives the field times the common factor. -/
theorem boost_field_back (g h : Int) (f : TransverseField) :
    boostField g (-h) (boostField g h f) = boostField (g ^ 2 - h ^ 2) 0 f := by
  simp only [boostField, TransverseField.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- A boost is linear in the fields. -/
theorem boost_field_superpose (g h : Int) (e f : TransverseField) :
    boostField g h (superpose e f) = superpose (boostField g h e) (boostField g h f) := by
  simp only [boostField, superpose, TransverseField.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- Duality applied twice reverses all fields. -/
theorem dual_dual (f : TransverseField) : dual (dual f) = ⟨-f.e1, -f.e2, -f.b1, -f.b2⟩ := by
  rfl

/-- Duality applied four times is the identity. -/
theorem dual_period (f : TransverseField) : dual (dual (dual (dual f))) = f := by
  cases f
  simp [dual]

/-- Duality flips E · B. -/
theorem dot_invariant_dual (f : TransverseField) : dotInvariant (dual f) = -dotInvariant f := by
  grind [dotInvariant, dual]

/-- Duality flips E² − B². -/
theorem square_invariant_dual (f : TransverseField) : squareInvariant (dual f) = -squareInvariant f := by
  simp only [squareInvariant, dual]
  grind

/-- Duality leaves the energy density alone. -/
theorem energy_density_dual (f : TransverseField) : twiceEnergyDensity (dual f) = twiceEnergyDensity f := by
  simp only [twiceEnergyDensity, dual]
  grind

/-- Duality leaves the flow of energy alone. -/
theorem poynting_dual (f : TransverseField) : poynting (dual f) = poynting f := by
  grind [poynting, dual]

/-- A self-dual field has no energy: only the zero field equals its dual. -/
theorem self_dual_vanishes (f : TransverseField) (h : dual f = f) : f = ⟨0, 0, 0, 0⟩ := by
  cases f
  simp only [dual, TransverseField.mk.injEq] at *
  omega

/-- In a plane wave E² = B². -/
theorem plane_wave_square_invariant (a b : Int) : squareInvariant (planeWave a b) = 0 := by
  simp only [squareInvariant, planeWave]
  grind

/-- In a plane wave E is orthogonal to B, in every frame. -/
theorem plane_wave_dot_boosted (g h a b : Int) : dotInvariant (boostField g h (planeWave a b)) = 0 := by
  have hw : dotInvariant (planeWave a b) = 0 := by grind [dotInvariant, planeWave]
  rw [dot_invariant_boost, hw]
  simp

/-- The Doppler shift: a boosted plane wave is a plane wave, weaker by the factor g − h. -/
theorem plane_wave_doppler (g h a b : Int) :
    boostField g h (planeWave a b) = planeWave ((g - h) * a) ((g - h) * b) := by
  simp only [boostField, planeWave, TransverseField.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The energy of a plane wave flows at the speed of light. -/
theorem plane_wave_energy_flow (a b : Int) : twiceEnergyDensity (planeWave a b) = 2 * poynting (planeWave a b) := by
  simp only [twiceEnergyDensity, poynting, planeWave]
  grind

/-- Energy never flows faster than light: twice the flow is at most twice the density. -/
theorem poynting_bound (f : TransverseField) : 2 * poynting f ≤ twiceEnergyDensity f := by
  have h1 : 0 ≤ (f.e1 - f.b2) ^ 2 := Int.pow_nonneg_of_even (by decide)
  have h2 : 0 ≤ (f.e2 + f.b1) ^ 2 := Int.pow_nonneg_of_even (by decide)
  simp only [poynting, twiceEnergyDensity]
  grind

/-- There are fields with any value of E · B. -/
theorem exists_dot_invariant (k : Int) : ∃ f, dotInvariant f = k := by
  exact ⟨⟨k, 0, 1, 0⟩, by simp [dotInvariant]⟩

end PhysCore.Electromagnetism
