import PhysField.Mathematics.OrderedField

/-!
# The equations of Friedmann

A homogeneous universe at one time: its expansion rate `H`, density `d`, pressure `p`, curvature `k` and scale factor `a`. The constant
`g` stands for `8 π G / 3`, and light moves with velocity 1; so `H² = g d - k / a²`, and the acceleration by the scale factor is
`-g (d + 3 p) / 2`. Fluids obey `p = w d` with a constant `w`.
Source: Weinberg, Cosmology, chapter 1; Ryden, Introduction to Cosmology, chapters 4 and 5.
-/
namespace PhysField.Cosmology
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Density of a flat universe of expansion rate `H`. -/
def criticalDensity (g H : K) : K := H ^ 2 / g

/-- Density in units of the critical one. -/
def densityParameter (g H d : K) : K := d / criticalDensity g H

/-- Acceleration of expansion by the scale factor. -/
def accelerationRate (g d p : K) : K := -g * (d + 3 * p) / 2

/-- Deceleration parameter: acceleration against the square of the expansion rate, with reversed sign. -/
def deceleration (g H d p : K) : K := -accelerationRate g d p / H ^ 2

/-- Rate of change of the density of a fluid that expands with the universe. -/
def densityRate (H d p : K) : K := -3 * H * (d + p)

/-- Ratio of pressure to density of two fluids together. -/
def mixedState (d e w v : K) : K := (d * w + e * v) / (d + e)

/-- The critical density is positive where the universe expands or shrinks. -/
theorem criticalDensity_pos (g H : K) (hg : 0 < g) (hH : H ≠ 0) : 0 < criticalDensity g H := by
  have p := sq_pos hH
  exact div_pos p hg

/-- A universe is flat exactly if its density is critical. -/
theorem flat_iff_critical (g H d k a : K) (hg : 0 < g) (ha : 0 < a) (h : H ^ 2 = g * d - k / a ^ 2) :
    k = 0 ↔ d = criticalDensity g H := by
  have n : a ≠ 0 := by grind
  have e : k = a ^ 2 * (g * d - H ^ 2) := by grind
  constructor
  · intro z
    rw [criticalDensity, h, z]
    grind
  · intro z
    rw [e, z, criticalDensity]
    grind

/-- A universe is closed, of positive curvature, exactly if its density exceeds the critical one. -/
theorem closed_iff_dense (g H d k a : K) (hg : 0 < g) (ha : 0 < a) (h : H ^ 2 = g * d - k / a ^ 2) :
    0 < k ↔ criticalDensity g H < d := by
  have p := sq_pos (show a ≠ 0 by grind)
  have e : k = a ^ 2 * (g * d - H ^ 2) := by grind
  rw [criticalDensity, div_lt_iff hg, e, mul_pos_iff p]
  grind

/-- The density parameters of matter and curvature sum to one. -/
theorem densityParameter_sum (g H d k a : K) (hH : H ≠ 0) (h : H ^ 2 = g * d - k / a ^ 2) :
    densityParameter g H d - k / (a ^ 2 * H ^ 2) = 1 := by
  have p := sq_pos hH
  have e : densityParameter g H d = g * d / H ^ 2 := by grind [densityParameter, criticalDensity]
  have f : k / (a ^ 2 * H ^ 2) = k / a ^ 2 / H ^ 2 := by grind
  have i : k / a ^ 2 = g * d - H ^ 2 := by grind
  rw [e, f, i]
  grind

/-- Density parameters of several fluids add. -/
theorem densityParameter_add (g H d e : K) :
    densityParameter g H (d + e) = densityParameter g H d + densityParameter g H e := by
  grind [densityParameter]

/-- The curvature of a universe that has been expanding since its density was above the critical one stays positive. -/
theorem closed_stays_closed (g H d H' d' k a b : K) (ha : 0 < a) (hb : 0 < b)
    (h : H ^ 2 = g * d - k / a ^ 2) (h' : H' ^ 2 = g * d' - k / b ^ 2) (hc : H ^ 2 < g * d) : H' ^ 2 < g * d' := by
  have p := sq_pos (show a ≠ 0 by grind)
  have q := sq_pos (show b ≠ 0 by grind)
  have e : k = a ^ 2 * (g * d - H ^ 2) := by grind
  have f := mul_pos p (show 0 < g * d - H ^ 2 by grind)
  have i := div_pos (show 0 < k by grind) q
  grind

/-- Expansion is accelerated exactly if the pressure lies below minus a third of the density. -/
theorem acceleration_pos_iff (g d p : K) (hg : 0 < g) : 0 < accelerationRate g d p ↔ p < -d / 3 := by
  have e : accelerationRate g d p = g * (-(d + 3 * p) / 2) := by grind [accelerationRate]
  rw [e, mul_pos_iff hg]
  grind

/-- A fluid with positive density brakes expansion if its pressure is not negative. -/
theorem acceleration_neg (g d p : K) (hg : 0 < g) (hd : 0 < d) (hp : 0 ≤ p) : accelerationRate g d p < 0 := by
  have a := mul_pos hg (show 0 < d + 3 * p by grind)
  grind [accelerationRate]

/-- In a flat universe of one fluid the deceleration parameter is half of one plus three times its ratio of pressure to density. -/
theorem deceleration_flat (g H d w : K) (hH : H ≠ 0) (h : H ^ 2 = g * d) :
    deceleration g H d (w * d) = (1 + 3 * w) / 2 := by
  have e : -accelerationRate g d (w * d) = H ^ 2 * ((1 + 3 * w) / 2) := by rw [h]; grind [accelerationRate]
  rw [deceleration, e]
  grind

/-- With matter and a cosmological constant in a flat universe, expansion is accelerated exactly if the constant has more than
half of the density of matter. -/
theorem acceleration_lambda_iff (g m l : K) (hg : 0 < g) : 0 < accelerationRate g (m + l) (-l) ↔ m / 2 < l := by
  rw [acceleration_pos_iff g _ _ hg]
  grind

/-- A universe of matter and a cosmological constant at rest has the constant at half the density of matter (Einstein). -/
theorem einstein_static (g m l : K) (hg : 0 < g) : accelerationRate g (m + l) (-l) = 0 ↔ l = m / 2 := by
  have e : accelerationRate g (m + l) (-l) = g * (l - m / 2) := by grind [accelerationRate]
  rw [e, mul_eq_zero]
  grind

/-- The static universe of Einstein is closed. -/
theorem einstein_static_closed (g m k a : K) (hg : 0 < g) (hm : 0 < m) (ha : 0 < a)
    (h : 0 = g * (m + m / 2) - k / a ^ 2) : 0 < k := by
  have p := mul_pos (sq_pos (show a ≠ 0 by grind)) (mul_pos hg hm)
  have e : k = 3 / 2 * (a ^ 2 * (g * m)) := by grind
  grind

/-- The static universe of Einstein is unstable: where matter is thinner, expansion is accelerated. -/
theorem einstein_static_unstable (g l m : K) (hg : 0 < g) (h : m < 2 * l) : 0 < accelerationRate g (m + l) (-l) := by
  have p := mul_pos hg (show 0 < l - m / 2 by grind)
  grind [accelerationRate]

/-- The second equation of Friedmann follows from the first one and the loss of energy to expansion: `b` is the rate of change of the
expansion rate, and the first equation has been differentiated. -/
theorem acceleration_of_conservation (g H d p k a b : K) (hH : H ≠ 0) (h : H ^ 2 = g * d - k / a ^ 2)
    (hb : 2 * H * b = g * densityRate H d p + 2 * H * (k / a ^ 2)) : b + H ^ 2 = accelerationRate g d p := by
  have e : 2 * H * (b + H ^ 2 - accelerationRate g d p) = 0 := by grind [densityRate, accelerationRate]
  rcases mul_eq_zero.mp e with f | f <;> grind

/-- In a flat universe the expansion rate falls unless the pressure is below minus the density. -/
theorem expansion_rate_falls (g H d p b : K) (hg : 0 < g) (h : H ^ 2 = g * d)
    (hb : b + H ^ 2 = accelerationRate g d p) (hp : -d ≤ p) : b ≤ 0 := by
  have m := mul_nonneg (show 0 ≤ g by grind) (show 0 ≤ d + p by grind)
  grind [accelerationRate]

/-- The density of an expanding fluid stays constant exactly if its pressure is minus the density (vacuum). -/
theorem densityRate_zero_iff (H d p : K) (hH : 0 < H) : densityRate H d p = 0 ↔ p = -d := by
  have e : densityRate H d p = H * (-3 * (d + p)) := by grind [densityRate]
  rw [e, mul_eq_zero]
  grind

/-- Two fluids together have a ratio of pressure to density between those of the single ones. -/
theorem mixedState_bounds (d e w v : K) (hd : 0 < d) (he : 0 < e) (h : w < v) :
    w < mixedState d e w v ∧ mixedState d e w v < v := by
  have p := mul_pos hd (show 0 < v - w by grind)
  have q := mul_pos he (show 0 < v - w by grind)
  rw [mixedState, lt_div_iff (show 0 < d + e by grind), div_lt_iff (show 0 < d + e by grind)]
  grind

/-- More of the stiffer fluid makes a mixture stiffer. -/
theorem mixedState_lt (d e f w v : K) (hd : 0 < d) (he : 0 < e) (hf : e < f) (h : w < v) :
    mixedState d e w v < mixedState d f w v := by
  have p := mul_pos (mul_pos hd (show 0 < f - e by grind)) (show 0 < v - w by grind)
  rw [mixedState, mixedState, div_lt_div_iff (show 0 < d + e by grind) (show 0 < d + f by grind)]
  grind

/-- The rate at which the ratio of two densities changes depends on the difference of their ratios of pressure to density only. -/
theorem density_ratio_rate (H d e w v : K) :
    densityRate H d (w * d) * e - d * densityRate H e (v * e) = 3 * H * (v - w) * (d * e) := by
  grind [densityRate]

/-- The ratio of pressure to density of expanding fluids drifts toward that of the softest one: its rate is not positive. -/
theorem mixedState_drift (H d e w v : K) (hH : 0 < H) (hd : 0 < d) (he : 0 < e) :
    (densityRate H d (w * d) * w + densityRate H e (v * e) * v) * (d + e)
      - (d * w + e * v) * (densityRate H d (w * d) + densityRate H e (v * e)) ≤ 0 := by
  have p := mul_nonneg (show 0 ≤ 3 * H * (d * e) by grind [mul_pos hH (mul_pos hd he)]) (sq_nonneg (w - v))
  rw [show (densityRate H d (w * d) * w + densityRate H e (v * e) * v) * (d + e)
    - (d * w + e * v) * (densityRate H d (w * d) + densityRate H e (v * e)) = -(3 * H * (d * e) * (w - v) ^ 2) by
      grind [densityRate]]
  grind

end PhysField.Cosmology
