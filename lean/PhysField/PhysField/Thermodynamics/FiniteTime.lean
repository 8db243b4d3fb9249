import PhysField.Thermodynamics.ClausiusCycles

/-!
# Engines of finite power and engines with finite bodies

The endoreversible engine of Curzon and Ahlborn: heat flows through walls of conductance `k` into a reversible engine that works between
`x` and `y`. Its greatest power and the efficiency there; then the work that two finite bodies of different temperatures yield. Square roots
of temperatures are numbers with `a² = th`, `b² = tc`.
Source: Callen, Thermodynamics and an Introduction to Thermostatistics, chapter 4.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Power of an engine that works at `x` and `y` between baths `th` and `tc`, behind walls of conductance `k`. -/
def endoPower (k th tc x y : K) : K := k * (th - x) - k * (y - tc)

/-- Efficiency of the engine of Curzon and Ahlborn for the roots `a`, `b` of the temperatures of its baths. -/
def curzonAhlborn (a b : K) : K := 1 - b / a

/-- Work that two bodies of heat capacity `c` yield if they end at the temperature `t`. -/
def bodiesWork (c th tc t : K) : K := c * (th + tc - 2 * t)

/-- The reversible core of the engine binds its two temperatures to the baths. -/
theorem endo_constraint (th tc x y : K) (hx : 0 < x) (hy : 0 < y) (h : (th - x) / x = (y - tc) / y) :
    th / x + tc / y = 2 := by
  grind

/-- The working temperatures of a reversible core sum to at least half the square of the sum of the roots of the bath temperatures. -/
theorem endo_sum_ge (a b x y : K) (hx : 0 < x) (hy : 0 < y) (h : a ^ 2 / x + b ^ 2 / y = 2) : (a + b) ^ 2 / 2 ≤ x + y := by
  have e : a ^ 2 * y + b ^ 2 * x = 2 * (x * y) := by grind
  have k := sq_nonneg (a * y - b * x)
  have p := mul_pos hx hy
  have f : (a * y - b * x) ^ 2 = x * y * (2 * (x + y) - (a + b) ^ 2) := by grind
  have g : 0 ≤ 2 * (x + y) - (a + b) ^ 2 := le_of_mul_le_mul_left p (by rw [← f]; grind)
  grind

/-- The engine gives at most the power `k (a - b)² / 2` (Curzon and Ahlborn). -/
theorem endoPower_le (k a b x y : K) (hk : 0 < k) (hx : 0 < x) (hy : 0 < y) (h : a ^ 2 / x + b ^ 2 / y = 2) :
    endoPower k (a ^ 2) (b ^ 2) x y ≤ k * ((a - b) ^ 2 / 2) := by
  have s := endo_sum_ge a b x y hx hy h
  have m := mul_le_mul_left (show 0 ≤ k by grind) s
  rw [endoPower]
  grind

/-- The greatest power is reached exactly where the working temperatures are in the ratio of the roots of the bath temperatures. -/
theorem endoPower_max_iff (k a b x y : K) (hk : 0 < k) (hx : 0 < x) (hy : 0 < y) (h : a ^ 2 / x + b ^ 2 / y = 2) :
    endoPower k (a ^ 2) (b ^ 2) x y = k * ((a - b) ^ 2 / 2) ↔ a * y = b * x := by
  have e : a ^ 2 * y + b ^ 2 * x = 2 * (x * y) := by grind
  have p := mul_pos hx hy
  have f : (a * y - b * x) ^ 2 = x * y * (2 * (x + y) - (a + b) ^ 2) := by grind
  have g : k * ((a - b) ^ 2 / 2) - endoPower k (a ^ 2) (b ^ 2) x y = k / 2 * (2 * (x + y) - (a + b) ^ 2) := by
    grind [endoPower]
  constructor
  · intro l
    have m : k / 2 * (2 * (x + y) - (a + b) ^ 2) = 0 := by grind
    have z : 2 * (x + y) - (a + b) ^ 2 = 0 := by
      rcases mul_eq_zero.mp m with o | o <;> grind
    have y0 : (a * y - b * x) ^ 2 = 0 := by rw [f, z]; grind
    have w := sq_eq_zero.mp y0
    grind
  · intro l
    have z : x * y * (2 * (x + y) - (a + b) ^ 2) = 0 := by
      rw [← f, l]
      grind
    rcases mul_eq_zero.mp z with o | o <;> grind

/-- At its greatest power the engine has the efficiency of Curzon and Ahlborn. -/
theorem endo_efficiency (a b x y : K) (ha : 0 < a) (hx : 0 < x) (h : a * y = b * x) : reversibleEfficiency x y = curzonAhlborn a b := by
  grind [reversibleEfficiency, curzonAhlborn]

/-- The efficiency at greatest power is less than Carnot's. -/
theorem curzonAhlborn_lt_carnot (a b : K) (hb : 0 < b) (h : b < a) : curzonAhlborn a b < reversibleEfficiency (a ^ 2) (b ^ 2) := by
  have p : b / a < 1 := by
    rw [div_lt_iff (by grind)]
    grind
  have q := div_pos hb (show 0 < a by grind)
  have r := mul_pos q (show 0 < 1 - b / a by grind)
  have e : b ^ 2 / a ^ 2 = b / a * (b / a) := by
    have z : a ≠ 0 := by grind
    grind
  rw [curzonAhlborn, reversibleEfficiency, e]
  grind

/-- The efficiency at greatest power is more than half of Carnot's. -/
theorem half_carnot_lt_curzonAhlborn (a b : K) (hb : 0 < b) (h : b < a) :
    reversibleEfficiency (a ^ 2) (b ^ 2) / 2 < curzonAhlborn a b := by
  have z : a ≠ 0 := by grind
  have e : reversibleEfficiency (a ^ 2) (b ^ 2) = 1 - b / a * (b / a) := by grind [reversibleEfficiency]
  have p : b / a < 1 := by
    rw [div_lt_iff (by grind)]
    grind
  have r := mul_pos (show 0 < 1 - b / a by grind) (show 0 < 1 - b / a by grind)
  rw [e, curzonAhlborn]
  grind

/-- What engines of Curzon and Ahlborn waste in series is what one between the outer baths wastes. -/
theorem curzonAhlborn_series (a b c : K) (hb : 0 < b) :
    (1 - curzonAhlborn a b) * (1 - curzonAhlborn b c) = 1 - curzonAhlborn a c := by
  grind [curzonAhlborn]

/-- The greatest power is within reach: at the temperatures `a (a + b) / 2` and `b (a + b) / 2` the core is reversible. -/
theorem endoPower_attained (k a b : K) (ha : 0 < a) (hb : 0 < b) :
    a ^ 2 / (a * (a + b) / 2) + b ^ 2 / (b * (a + b) / 2) = 2
      ∧ endoPower k (a ^ 2) (b ^ 2) (a * (a + b) / 2) (b * (a + b) / 2) = k * ((a - b) ^ 2 / 2) := by
  have p : a + b ≠ 0 := by grind
  constructor
  · grind
  · grind [endoPower]

/-- Two bodies that are brought together without work end at the mean temperature. -/
theorem bodiesWork_mean (c th tc : K) : bodiesWork c th tc ((th + tc) / 2) = 0 := by
  grind [bodiesWork]

/-- The second law keeps the last temperature of two equal bodies above the geometric mean. -/
theorem bodies_final_ge (th tc t s : K) (ht : 0 ≤ t) (hg : s ^ 2 = th * tc) (h : th * tc ≤ t ^ 2) : s ≤ t := by
  exact le_of_sq_le_sq ht (by grind)

/-- The work of two equal bodies is at most `c (√th - √tc)²`. -/
theorem bodiesWork_le (c a b t : K) (hc : 0 ≤ c) (ha : 0 ≤ a) (hb : 0 ≤ b) (ht : 0 ≤ t) (h : (a * b) ^ 2 ≤ t ^ 2) :
    bodiesWork c (a ^ 2) (b ^ 2) t ≤ c * (a - b) ^ 2 := by
  have k := le_of_sq_le_sq ht h
  have l := mul_le_mul_left hc k
  have p := mul_nonneg ha hb
  rw [bodiesWork]
  grind

/-- Two equal bodies yield work exactly if their last temperature is below the mean. -/
theorem bodiesWork_pos_iff (c th tc t : K) (hc : 0 < c) : 0 < bodiesWork c th tc t ↔ t < (th + tc) / 2 := by
  rw [bodiesWork, mul_pos_iff hc]
  grind

/-- The efficiency of two finite bodies, work per heat from the hot one, is that of Curzon and Ahlborn. -/
theorem bodies_efficiency (c a b : K) (hc : 0 < c) (hb : 0 < b) (h : b < a) :
    bodiesWork c (a ^ 2) (b ^ 2) (a * b) / (c * (a ^ 2 - a * b)) = curzonAhlborn a b := by
  have p : a - b ≠ 0 := by grind
  have q : a ≠ 0 := by grind
  have e : c * (a ^ 2 - a * b) = c * (a * (a - b)) := by grind
  have f : bodiesWork c (a ^ 2) (b ^ 2) (a * b) = c * (a - b) ^ 2 := by grind [bodiesWork]
  rw [e, f, curzonAhlborn]
  grind

end PhysField.Thermodynamics
