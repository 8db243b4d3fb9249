import PhysField.Mathematics.OrderedField

/-!
# Boosts along a line and their group

A boost carries the pair of its factor `g` and of `h`, the product of factor and velocity, with `g² - h² = 1`; so the pair 5/4, 3/4 is the
boost to three fifths of the velocity of light, and no root is needed. The boosts of the line form a commutative group, the proper ones
(`g > 0`) a subgroup; the sum `g + h` is the factor of Doppler and of Bondi's k-calculus.
Source: Rindler, Introduction to Special Relativity, chapters 1 and 2; Taylor, Wheeler, Spacetime Physics, chapter 3.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

/-- A boost is given by its factor and by the product of factor and velocity. -/
@[ext] structure Boost (K : Type u) where
  g : K
  h : K

variable {K : Type u} [OrderedField K]

/-- A pair is a proper boost if it lies on the right branch of the unit hyperbola. -/
def properBoost (a : Boost K) : Prop := 0 < a.g ∧ a.g ^ 2 - a.h ^ 2 = 1

/-- One boost after the other. -/
def boostMul (a b : Boost K) : Boost K := ⟨a.g * b.g + a.h * b.h, a.g * b.h + a.h * b.g⟩

/-- The boost of opposite velocity. -/
def boostInv (a : Boost K) : Boost K := ⟨a.g, -a.h⟩

/-- `n` equal boosts one after the other. -/
def boostPow (a : Boost K) : Nat → Boost K
  | 0 => ⟨1, 0⟩
  | n + 1 => boostMul (boostPow a n) a

/-- Velocity of the boosted frame. -/
def boostVelocity (a : Boost K) : K := a.h / a.g

/-- The time of an event in the boosted frame. -/
def boostTime (a : Boost K) (t x : K) : K := a.g * t - a.h * x

/-- The place of an event in the boosted frame. -/
def boostPlace (a : Boost K) (t x : K) : K := a.g * x - a.h * t

/-- The boost with rational parameter `m`, the tangent of half its hyperbolic angle. -/
def rationalBoost (m : K) : Boost K := ⟨(1 + m ^ 2) / (1 - m ^ 2), 2 * m / (1 - m ^ 2)⟩

/-- The factor of a proper boost exceeds the other component on both sides. -/
theorem properBoost_bounds (a : Boost K) (ha : properBoost a) : -a.g < a.h ∧ a.h < a.g := by
  have ⟨p, e⟩ := ha
  have k := lt_of_sq_lt_sq (a := a.h) (b := a.g) (by grind) (by grind)
  have l := lt_of_sq_lt_sq (a := -a.h) (b := a.g) (by grind) (by grind)
  grind

/-- Proper boosts one after the other are a proper boost. -/
theorem boostMul_proper (a b : Boost K) (ha : properBoost a) (hb : properBoost b) : properBoost (boostMul a b) := by
  have ⟨ka, la⟩ := properBoost_bounds a ha
  have ⟨kb, lb⟩ := properBoost_bounds b hb
  have p := mul_pos (show 0 < a.g + a.h by grind) (show 0 < b.g + b.h by grind)
  have q := mul_pos (show 0 < a.g - a.h by grind) (show 0 < b.g - b.h by grind)
  have e : (boostMul a b).g ^ 2 - (boostMul a b).h ^ 2 = (a.g ^ 2 - a.h ^ 2) * (b.g ^ 2 - b.h ^ 2) := by
    grind [boostMul]
  constructor
  · grind [boostMul]
  · rw [e, ha.2, hb.2]
    grind

/-- Boosts along a line commute. -/
theorem boostMul_comm (a b : Boost K) : boostMul a b = boostMul b a := by
  ext <;> grind [boostMul]

/-- Boosts along a line compose associatively. -/
theorem boostMul_assoc (a b c : Boost K) : boostMul (boostMul a b) c = boostMul a (boostMul b c) := by
  ext <;> grind [boostMul]

/-- The boost of opposite velocity undoes a boost. -/
theorem boostMul_inv (a : Boost K) (ha : properBoost a) : boostMul a (boostInv a) = ⟨1, 0⟩ := by
  have e := ha.2
  ext <;> grind [boostMul, boostInv]

/-- A proper boost is undone by no other one than that of opposite velocity. -/
theorem boostInv_unique (a b : Boost K) (ha : properBoost a) (h : boostMul a b = ⟨1, 0⟩) : b = boostInv a := by
  have e := ha.2
  have k : a.g * b.g + a.h * b.h = 1 := congrArg Boost.g h
  have l : a.g * b.h + a.h * b.g = 0 := congrArg Boost.h h
  ext <;> grind [boostInv]

/-- The frame of a proper boost is slower than light. -/
theorem boostVelocity_lt_one (a : Boost K) (ha : properBoost a) : -1 < boostVelocity a ∧ boostVelocity a < 1 := by
  have ⟨k, l⟩ := properBoost_bounds a ha
  rw [boostVelocity, div_lt_iff ha.1, lt_div_iff ha.1]
  grind

/-- The velocity determines the proper boost. -/
theorem properBoost_ext (a b : Boost K) (ha : properBoost a) (hb : properBoost b)
    (h : boostVelocity a = boostVelocity b) : a = b := by
  have ⟨pa, ea⟩ := ha
  have ⟨pb, eb⟩ := hb
  have c : a.h * b.g = b.h * a.g := by grind [boostVelocity]
  have s : a.g ^ 2 = b.g ^ 2 := by grind
  have k := eq_of_sq_eq_sq (show 0 ≤ a.g by grind) (show 0 ≤ b.g by grind) s
  have l : b.g * (a.h - b.h) = 0 := by grind
  rcases mul_eq_zero.mp l with m | m
  · grind
  · ext <;> grind

/-- A common factor of numerator and denominator cancels. -/
theorem boost_cancel (c x y : K) (hc : c ≠ 0) : c * x / (c * y) = x / y := by
  by_cases hy : y = 0
  · rw [hy]
    grind
  · have h : c * y ≠ 0 := by grind
    grind

/-- The velocities of composed boosts add by Einstein's formula. -/
theorem boostVelocity_mul (a b : Boost K) (ha : properBoost a) (hb : properBoost b) :
    boostVelocity (boostMul a b)
      = (boostVelocity a + boostVelocity b) / (1 + boostVelocity a * boostVelocity b) := by
  have pa := ha.1
  have pb := hb.1
  have q := mul_pos pa pb
  have e : a.g * b.h + a.h * b.g = a.g * b.g * (boostVelocity a + boostVelocity b) := by grind [boostVelocity]
  have f : a.g * b.g + a.h * b.h = a.g * b.g * (1 + boostVelocity a * boostVelocity b) := by grind [boostVelocity]
  rw [boostVelocity, boostMul, e, f]
  exact boost_cancel _ _ _ (by grind)

/-- The factor of a proper boost is the Lorentz factor of its velocity. -/
theorem boost_factor_sq (a : Boost K) (ha : properBoost a) : a.g ^ 2 * (1 - boostVelocity a ^ 2) = 1 := by
  have ⟨p, e⟩ := ha
  grind [boostVelocity]

/-- The composed boost acts as one boost after the other, in time. -/
theorem boostTime_mul (a b : Boost K) (t x : K) :
    boostTime b (boostTime a t x) (boostPlace a t x) = boostTime (boostMul a b) t x := by
  grind [boostTime, boostPlace, boostMul]

/-- A proper boost leaves the interval to the origin as it is. -/
theorem boost_interval (a : Boost K) (ha : properBoost a) (t x : K) :
    boostTime a t x ^ 2 - boostPlace a t x ^ 2 = t ^ 2 - x ^ 2 := by
  have e := ha.2
  have f : boostTime a t x ^ 2 - boostPlace a t x ^ 2 = (a.g ^ 2 - a.h ^ 2) * (t ^ 2 - x ^ 2) := by
    grind [boostTime, boostPlace]
  rw [f, e]
  grind

/-- A proper boost keeps the order in time of an event inside the light cone. -/
theorem boostTime_pos (a : Boost K) (ha : properBoost a) (t x : K) (h : -t < x) (h' : x < t) : 0 < boostTime a t x := by
  have ⟨k, l⟩ := properBoost_bounds a ha
  have p := mul_pos (show 0 < a.g + a.h by grind) (show 0 < t - x by grind)
  have q := mul_pos (show 0 < a.g - a.h by grind) (show 0 < t + x by grind)
  grind [boostTime]

/-- The Doppler factors of composed boosts multiply, and so do those of `n` equal ones. -/
theorem boostPow_doppler (a : Boost K) (n : Nat) : (boostPow a n).g + (boostPow a n).h = (a.g + a.h) ^ n := by
  induction n with
  | zero => grind [boostPow]
  | succ n ih =>
    rw [pow_succ, ← ih]
    grind [boostPow, boostMul]

/-- Equal proper boosts one after the other stay proper, however many they are. -/
theorem boostPow_proper (a : Boost K) (ha : properBoost a) (n : Nat) : properBoost (boostPow a n) := by
  induction n with
  | zero => grind [boostPow, properBoost]
  | succ n ih => exact boostMul_proper _ _ ih ha

/-- Exponents of repeated boosts add. -/
theorem boostPow_add (a : Boost K) (m n : Nat) : boostPow a (m + n) = boostMul (boostPow a m) (boostPow a n) := by
  induction n with
  | zero => ext <;> grind [boostPow, boostMul]
  | succ n ih =>
    rw [← Nat.add_assoc, boostPow, ih, boostPow, boostMul_assoc]

/-- The factors of repeated boosts follow the recursion of Chebyshev. -/
theorem boostPow_chebyshev (a : Boost K) (ha : properBoost a) (n : Nat) :
    (boostPow a (n + 2)).g = 2 * a.g * (boostPow a (n + 1)).g - (boostPow a n).g := by
  have e := ha.2
  simp only [boostPow, boostMul]
  grind

/-- The factor of a composed boost is at most twice the product of the factors. -/
theorem boostMul_factor_le (a b : Boost K) (ha : properBoost a) (hb : properBoost b) :
    (boostMul a b).g ≤ 2 * (a.g * b.g) := by
  have ⟨ka, la⟩ := properBoost_bounds a ha
  have ⟨kb, lb⟩ := properBoost_bounds b hb
  have p := mul_pos (show 0 < a.g + a.h by grind) (show 0 < b.g - b.h by grind)
  have q := mul_pos (show 0 < a.g - a.h by grind) (show 0 < b.g + b.h by grind)
  grind [boostMul]

/-- Every rational parameter below one gives a proper boost. -/
theorem rationalBoost_proper (m : K) (h : -1 < m) (h' : m < 1) : properBoost (rationalBoost m) := by
  have d : 0 < 1 - m ^ 2 := by
    have p := mul_pos (show 0 < 1 + m by grind) (show 0 < 1 - m by grind)
    grind
  have s := sq_nonneg m
  exact ⟨div_pos (by grind) d, by grind [rationalBoost]⟩

/-- Every proper boost has a rational parameter. -/
theorem rationalBoost_surjective (a : Boost K) (ha : properBoost a) : rationalBoost (a.h / (1 + a.g)) = a := by
  have ⟨p, e⟩ := ha
  have c : 1 + a.g ≠ 0 := by grind
  have d : 1 - (a.h / (1 + a.g)) ^ 2 = 2 / (1 + a.g) := by grind
  ext <;> simp only [rationalBoost, d] <;> grind

/-- The frame of the boost with parameter `m` moves with twice `m` in Einstein's addition. -/
theorem rationalBoost_velocity (m : K) (h : -1 < m) (h' : m < 1) :
    boostVelocity (rationalBoost m) = 2 * m / (1 + m ^ 2) := by
  have p := mul_pos (show 0 < 1 + m by grind) (show 0 < 1 - m by grind)
  have s := sq_nonneg m
  have c : 1 - m ^ 2 ≠ 0 := by grind
  have d : 1 + m ^ 2 ≠ 0 := by grind
  grind [boostVelocity, rationalBoost]

end PhysField.Relativity
