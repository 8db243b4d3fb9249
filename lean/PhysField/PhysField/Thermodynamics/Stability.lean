import PhysField.Mathematics.Quadratic

/-!
# Stability and response near equilibrium

Near an equilibrium the energy is a quadratic form `(a s² + 2 b s v + c v²) / 2` of the deviations `s` of the entropy and `v` of the volume.
Its slopes are the temperature and the negative pressure; stability means `a > 0` and `a c > b²`. Maxwell's relation, the heat capacities and
compressibilities with their order and ratio, Le Chatelier's principle, free energy as a Legendre transform, and heat exchange of two bodies.
Source: Callen, Thermodynamics and an Introduction to Thermostatistics, chapters 5, 7 and 8.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Energy of a small deviation from equilibrium. -/
def deviationEnergy (a b c s v : K) : K := (a * s ^ 2 + 2 * b * s * v + c * v ^ 2) / 2

/-- Deviation of the temperature: the slope of the energy along the entropy. -/
def temperatureShift (a b s v : K) : K := a * s + b * v

/-- Deviation of the pressure: the negative slope of the energy along the volume. -/
def pressureShift (b c s v : K) : K := -(b * s + c * v)

/-- Entropy taken up per temperature at constant volume, the heat capacity over the temperature. -/
def capacityV (a : K) : K := 1 / a

/-- Entropy taken up per temperature at constant pressure. -/
def capacityP (a b c : K) : K := c / (a * c - b ^ 2)

/-- Compression per pressure at constant entropy. -/
def compressibilityS (c : K) : K := 1 / c

/-- Compression per pressure at constant temperature. -/
def compressibilityT (a b c : K) : K := a / (a * c - b ^ 2)

/-- Expansion per temperature at constant pressure. -/
def expansion (a b c : K) : K := -b / (a * c - b ^ 2)

/-- Free energy of a deviation `t` of the temperature and `v` of the volume. -/
def freeEnergy (a b c t v : K) : K := c * v ^ 2 / 2 - (t - b * v) ^ 2 / (2 * a)

/-- An equilibrium whose energy form has a positive corner and determinant is stable against all deviations. -/
theorem deviationEnergy_pos (a b c s v : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) (h : s ≠ 0 ∨ v ≠ 0) :
    0 < deviationEnergy a b c s v := by
  have e : 2 * a * deviationEnergy a b c s v = (a * s + b * v) ^ 2 + (a * c - b ^ 2) * v ^ 2 := by grind [deviationEnergy]
  refine (mul_pos_iff (show 0 < 2 * a by grind)).mp ?_
  rw [e]
  by_cases hv : v = 0
  · subst hv
    have k := sq_pos (show a * s + b * 0 ≠ 0 by grind)
    grind
  · have k := mul_pos hd (sq_pos hv)
    have l := sq_nonneg (a * s + b * v)
    grind

/-- Stability demands a positive stiffness of the volume as well. -/
theorem stiffness_pos (a b c : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) : 0 < c := by
  have k := sq_nonneg b
  exact (mul_pos_iff ha).mp (by grind)

/-- The energy of a deviation is half the sum of each deviation times its force (Euler's theorem). -/
theorem deviationEnergy_euler (a b c s v : K) :
    deviationEnergy a b c s v = (s * temperatureShift a b s v - v * pressureShift b c s v) / 2 := by
  grind [deviationEnergy, temperatureShift, pressureShift]

/-- Maxwell's relation, integrated: forces and deviations of two states obey a law of reciprocity. -/
theorem maxwell_reciprocity (a b c s v x y : K) :
    x * temperatureShift a b s v - y * pressureShift b c s v = s * temperatureShift a b x y - v * pressureShift b c x y := by
  grind [temperatureShift, pressureShift]

/-- The energy grows by the heat and the work at the initial temperature and pressure and, beyond them, by the energy of the change itself. -/
theorem deviationEnergy_change (a b c s v x y : K) :
    temperatureShift a b s v * (x - s) - pressureShift b c s v * (y - v)
      = deviationEnergy a b c x y - deviationEnergy a b c s v - deviationEnergy a b c (x - s) (y - v) := by
  grind [temperatureShift, pressureShift, deviationEnergy]

/-- At constant pressure the entropy follows the temperature with the heat capacity at constant pressure. -/
theorem capacityP_response (a b c s v : K) (hd : 0 < a * c - b ^ 2) (hp : pressureShift b c s v = 0) :
    s = capacityP a b c * temperatureShift a b s v := by
  have k : a * c - b ^ 2 ≠ 0 := by grind
  have e : c * temperatureShift a b s v = s * (a * c - b ^ 2) := by grind [pressureShift, temperatureShift]
  have f : capacityP a b c * temperatureShift a b s v = c * temperatureShift a b s v / (a * c - b ^ 2) := by grind [capacityP]
  rw [f, e]
  grind

/-- At constant temperature the volume follows the pressure with the isothermal compressibility. -/
theorem compressibilityT_response (a b c s v : K) (hd : 0 < a * c - b ^ 2) (ht : temperatureShift a b s v = 0) :
    -v = compressibilityT a b c * pressureShift b c s v := by
  have k : a * c - b ^ 2 ≠ 0 := by grind
  have e : a * pressureShift b c s v = -v * (a * c - b ^ 2) := by grind [pressureShift, temperatureShift]
  have f : compressibilityT a b c * pressureShift b c s v = a * pressureShift b c s v / (a * c - b ^ 2) := by
    grind [compressibilityT]
  rw [f, e]
  grind

/-- The heat capacities differ by the square of the expansion over the isothermal compressibility. -/
theorem capacity_difference (a b c : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) :
    capacityP a b c - capacityV a = expansion a b c ^ 2 / compressibilityT a b c := by
  have k : a * c - b ^ 2 ≠ 0 := by grind
  generalize h : a * c - b ^ 2 = d at *
  have e : c = (d + b ^ 2) / a := by grind
  rw [capacityP, capacityV, expansion, compressibilityT, h, e]
  grind

/-- The heat capacity at constant pressure is at least that at constant volume. -/
theorem capacityV_le_capacityP (a b c : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) : capacityV a ≤ capacityP a b c := by
  have k := sq_nonneg b
  rw [capacityV, capacityP, div_le_div_iff ha hd]
  grind

/-- Both heat capacities agree exactly where the body does not expand on heating. -/
theorem capacities_equal_iff (a b c : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) : capacityP a b c = capacityV a ↔ expansion a b c = 0 := by
  have k : a * c - b ^ 2 ≠ 0 := by grind
  have e : (capacityP a b c - capacityV a) * (a * (a * c - b ^ 2)) = b ^ 2 := by grind [capacityP, capacityV]
  have f : expansion a b c * (a * c - b ^ 2) = -b := by grind [expansion]
  constructor
  · intro h
    have z : b ^ 2 = 0 := by grind
    have y := sq_eq_zero.mp z
    grind [expansion]
  · intro h
    have z : b = 0 := by grind
    subst z
    grind [capacityP, capacityV]

/-- An isothermal compression meets less resistance than an adiabatic one. -/
theorem compressibilityS_le (a b c : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) : compressibilityS c ≤ compressibilityT a b c := by
  have k := sq_nonneg b
  have l := stiffness_pos a b c ha hd
  rw [compressibilityS, compressibilityT, div_le_div_iff l hd]
  grind

/-- The heat capacities are in the ratio of the compressibilities (Reech). -/
theorem reech (a b c : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) :
    capacityP a b c * compressibilityS c = capacityV a * compressibilityT a b c := by
  have k : a * c - b ^ 2 ≠ 0 := by grind
  have l := stiffness_pos a b c ha hd
  have e : capacityP a b c * compressibilityS c = 1 / (a * c - b ^ 2) := by
    rw [capacityP, compressibilityS]
    generalize a * c - b ^ 2 = d at *
    grind
  have f : capacityV a * compressibilityT a b c = 1 / (a * c - b ^ 2) := by
    rw [capacityV, compressibilityT]
    generalize a * c - b ^ 2 = d at *
    grind
  rw [e, f]

/-- Le Chatelier and Braun: after a push `v` the pressure relaxes when heat may flow, but never reverses. -/
theorem le_chatelier_braun (a b c v : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) (hv : 0 < v) :
    0 < -pressureShift b c (-(b * v / a)) v ∧ -pressureShift b c (-(b * v / a)) v ≤ -pressureShift b c 0 v := by
  have p : a ≠ 0 := by grind
  have e : -pressureShift b c (-(b * v / a)) v = (a * c - b ^ 2) * v / a := by grind [pressureShift]
  have f : -pressureShift b c 0 v - -pressureShift b c (-(b * v / a)) v = b ^ 2 * v / a := by grind [pressureShift]
  have g := div_nonneg (mul_nonneg (sq_nonneg b) (show 0 ≤ v by grind)) (show 0 ≤ a by grind)
  constructor
  · rw [e]
    exact div_pos (mul_pos hd hv) ha
  · grind

/-- The free energy is the least energy less heat: the Legendre transform of the energy along the entropy. -/
theorem freeEnergy_le (a b c s t v : K) (ha : 0 < a) : freeEnergy a b c t v ≤ deviationEnergy a b c s v - t * s := by
  have y := young_inequality a s (t - b * v) ha
  rw [legendreParabola] at y
  rw [freeEnergy, deviationEnergy]
  grind

/-- The free energy is reached exactly by the entropy at which the body has the given temperature. -/
theorem freeEnergy_eq_iff (a b c s t v : K) (ha : 0 < a) :
    freeEnergy a b c t v = deviationEnergy a b c s v - t * s ↔ temperatureShift a b s v = t := by
  have y := young_equality_iff a s (t - b * v) ha
  have e : freeEnergy a b c t v = deviationEnergy a b c s v - t * s
      ↔ s * (t - b * v) = a * s ^ 2 / 2 + legendreParabola a (t - b * v) := by
    rw [freeEnergy, deviationEnergy, legendreParabola]
    constructor <;> intro h <;> grind
  rw [e, y, temperatureShift]
  constructor <;> intro h <;> grind

/-- A stable body has a free energy that is concave in the temperature and convex in the volume. -/
theorem freeEnergy_concave_convex (a b c t v d : K) (ha : 0 < a) (hd : 0 < a * c - b ^ 2) :
    freeEnergy a b c (t + d) v + freeEnergy a b c (t - d) v ≤ 2 * freeEnergy a b c t v
      ∧ 2 * freeEnergy a b c t v ≤ freeEnergy a b c t (v + d) + freeEnergy a b c t (v - d) := by
  have p : 2 * a ≠ 0 := by grind
  have e : 2 * freeEnergy a b c t v - freeEnergy a b c (t + d) v - freeEnergy a b c (t - d) v = d ^ 2 / a := by grind [freeEnergy]
  have f : freeEnergy a b c t (v + d) + freeEnergy a b c t (v - d) - 2 * freeEnergy a b c t v = (a * c - b ^ 2) * d ^ 2 / a := by
    grind [freeEnergy]
  have g := div_nonneg (sq_nonneg d) (show 0 ≤ a by grind)
  have h := div_nonneg (mul_nonneg (show 0 ≤ a * c - b ^ 2 by grind) (sq_nonneg d)) (show 0 ≤ a by grind)
  constructor <;> grind

end PhysField.Thermodynamics
