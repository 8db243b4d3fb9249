/-!
# Ordered fields

Quantities of this library are elements of any linearly ordered field `K`: the rational numbers here, the real numbers in a
library that has them. Halves and quotients are true ones. `grind` decides commutative ring and field identities and linear
inequalities over `K`; this file adds what it lacks: squares, signs of products and quotients, monotonicity, comparison of
squares, and the inequalities of Bernoulli, of the means and of Cauchy in two and three dimensions.
Source: Hardy, Littlewood, Pólya, Inequalities, chapter 2; Rudin, Principles of Mathematical Analysis, chapter 1.
-/
namespace PhysField.Mathematics

/-- A linearly ordered field with decidable comparison. -/
class OrderedField (K : Type u) extends Lean.Grind.Field K, LE K, LT K, Std.IsLinearOrder K, Std.LawfulOrderLT K,
    Lean.Grind.OrderedRing K where
  /-- Comparison is decidable, so that `if a ≤ b` can be written. -/
  decLe : DecidableLE K

attribute [instance] OrderedField.decLe

/-- The rational numbers are an ordered field. -/
instance : OrderedField Rat where
  le_refl := Std.le_refl
  le_trans _ _ _ := Std.le_trans
  le_antisymm _ _ := Std.le_antisymm
  le_total _ _ := Std.le_total
  add_le_left_iff := Lean.Grind.OrderedAdd.add_le_left_iff
  zero_lt_one := Lean.Grind.OrderedRing.zero_lt_one
  mul_lt_mul_of_pos_left := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left
  mul_lt_mul_of_pos_right := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right
  decLe := inferInstance

variable {K : Type u} [OrderedField K] {a b c d : K}

/-- No multiple of a number other than zero vanishes; `grind` cancels numerals by it. -/
instance : Lean.Grind.NoNatZeroDivisors K := Lean.Grind.NoNatZeroDivisors.mk' fun k a hk h => by
  rw [Lean.Grind.Semiring.nsmul_eq_natCast_mul] at h
  have h0 := Lean.Grind.IsCharP.natCast_eq_zero_iff (α := K) 0 k
  grind

/-- A counting number as an element of the field. -/
instance : NatCast K := Lean.Grind.Semiring.natCast

/-- Absolute value. -/
def abs (a : K) : K := if 0 ≤ a then a else -a

/-- A square is never negative. -/
theorem sq_nonneg (a : K) : 0 ≤ a ^ 2 := Lean.Grind.OrderedRing.sq_nonneg

/-- A number times itself is never negative. -/
theorem mul_self_nonneg (a : K) : 0 ≤ a * a := by
  grind [sq_nonneg a]

/-- The product of positive numbers is positive. -/
theorem mul_pos (ha : 0 < a) (hb : 0 < b) : 0 < a * b := Lean.Grind.OrderedRing.mul_pos ha hb

/-- The product of nonnegative numbers is nonnegative. -/
theorem mul_nonneg (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := Lean.Grind.OrderedRing.mul_nonneg ha hb

/-- The product of numbers of opposite sign is not positive. -/
theorem mul_nonpos (ha : 0 ≤ a) (hb : b ≤ 0) : a * b ≤ 0 := by
  have h := mul_nonneg ha (show 0 ≤ -b by grind)
  grind

/-- A product is positive with its second factor, where the first is positive. -/
theorem mul_pos_iff (ha : 0 < a) : 0 < a * b ↔ 0 < b := by
  have h := Lean.Grind.Field.IsOrdered.mul_lt_mul_iff_of_pos_left (a := 0) (b := b) ha
  grind

/-- A product vanishes exactly if a factor does. -/
theorem mul_eq_zero : a * b = 0 ↔ a = 0 ∨ b = 0 := by
  grind

/-- The square of a number other than zero is positive. -/
theorem sq_pos (ha : a ≠ 0) : 0 < a ^ 2 := by
  have h := sq_nonneg a
  have k : a ^ 2 ≠ 0 := by grind
  grind

/-- Only zero has the square zero. -/
theorem sq_eq_zero : a ^ 2 = 0 ↔ a = 0 := by
  grind

/-- Two squares that sum to zero are both zero. -/
theorem sq_add_sq_eq_zero : a ^ 2 + b ^ 2 = 0 ↔ a = 0 ∧ b = 0 := by
  have ha := sq_nonneg a
  have hb := sq_nonneg b
  rw [← sq_eq_zero (a := a), ← sq_eq_zero (a := b)]
  grind

/-- One more factor. -/
theorem pow_succ (a : K) (n : Nat) : a ^ (n + 1) = a ^ n * a := Lean.Grind.Semiring.pow_succ a n

/-- Powers of a positive number are positive. -/
theorem pow_pos (ha : 0 < a) (n : Nat) : 0 < a ^ n := by
  induction n with
  | zero => grind
  | succ n ih => rw [pow_succ]; exact mul_pos ih ha

/-- Powers of a nonnegative number are nonnegative. -/
theorem pow_nonneg (ha : 0 ≤ a) (n : Nat) : 0 ≤ a ^ n := by
  induction n with
  | zero => grind
  | succ n ih => rw [pow_succ]; exact mul_nonneg ih ha

/-- The inverse of a positive number is positive. -/
theorem inv_pos (ha : 0 < a) : 0 < a⁻¹ := Lean.Grind.Field.IsOrdered.inv_pos_iff.mpr ha

/-- The inverse of a nonnegative number is nonnegative. -/
theorem inv_nonneg (ha : 0 ≤ a) : 0 ≤ a⁻¹ := Lean.Grind.Field.IsOrdered.inv_nonneg_iff.mpr ha

/-- The quotient of positive numbers is positive. -/
theorem div_pos (ha : 0 < a) (hb : 0 < b) : 0 < a / b := by
  have h := mul_pos ha (inv_pos hb)
  grind

/-- The quotient of nonnegative numbers is nonnegative. -/
theorem div_nonneg (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a / b := by
  have h := mul_nonneg ha (inv_nonneg hb)
  grind

/-- A quotient with positive denominator is at most `b` exactly if the numerator is at most `b` times the denominator. -/
theorem div_le_iff (hc : 0 < c) : a / c ≤ b ↔ a ≤ b * c := by
  rw [← Lean.Grind.Field.IsOrdered.mul_le_mul_iff_of_pos_right hc, show a / c * c = a by grind]

/-- A quotient with positive denominator is at least `a` exactly if the numerator is at least `a` times the denominator. -/
theorem le_div_iff (hc : 0 < c) : a ≤ b / c ↔ a * c ≤ b := by
  rw [← Lean.Grind.Field.IsOrdered.mul_le_mul_iff_of_pos_right hc, show b / c * c = b by grind]

/-- A quotient with positive denominator is less than `b` exactly if the numerator is less than `b` times the denominator. -/
theorem div_lt_iff (hc : 0 < c) : a / c < b ↔ a < b * c := by
  rw [← Lean.Grind.Field.IsOrdered.mul_lt_mul_iff_of_pos_right hc, show a / c * c = a by grind]

/-- A quotient with positive denominator exceeds `a` exactly if the numerator exceeds `a` times the denominator. -/
theorem lt_div_iff (hc : 0 < c) : a < b / c ↔ a * c < b := by
  rw [← Lean.Grind.Field.IsOrdered.mul_lt_mul_iff_of_pos_right hc, show b / c * c = b by grind]

/-- Quotients with positive denominators compare like their cross products. -/
theorem div_le_div_iff (hb : 0 < b) (hd : 0 < d) : a / b ≤ c / d ↔ a * d ≤ c * b := by
  rw [div_le_iff hb, show c / d * b = c * b / d by grind, le_div_iff hd]

/-- Quotients with positive denominators compare strictly like their cross products. -/
theorem div_lt_div_iff (hb : 0 < b) (hd : 0 < d) : a / b < c / d ↔ a * d < c * b := by
  rw [div_lt_iff hb, show c / d * b = c * b / d by grind, lt_div_iff hd]

/-- Multiplication by a nonnegative number from the left keeps an inequality. -/
theorem mul_le_mul_left (hc : 0 ≤ c) (h : a ≤ b) : c * a ≤ c * b :=
  Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h hc

/-- Multiplication by a nonnegative number from the right keeps an inequality. -/
theorem mul_le_mul_right (hc : 0 ≤ c) (h : a ≤ b) : a * c ≤ b * c :=
  Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right h hc

/-- Multiplication by a positive number from the left keeps a strict inequality. -/
theorem mul_lt_mul_left (hc : 0 < c) (h : a < b) : c * a < c * b :=
  Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h hc

/-- Multiplication by a positive number from the right keeps a strict inequality. -/
theorem mul_lt_mul_right (hc : 0 < c) (h : a < b) : a * c < b * c :=
  Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right h hc

/-- Inequalities between nonnegative numbers may be multiplied. -/
theorem mul_le_mul (ha : 0 ≤ a) (hd : 0 ≤ d) (hab : a ≤ b) (hcd : c ≤ d) : a * c ≤ b * d := by
  have h := mul_le_mul_left ha hcd
  have k := mul_le_mul_right hd hab
  grind

/-- A positive factor may be cancelled from an inequality. -/
theorem le_of_mul_le_mul_left (hc : 0 < c) (h : c * a ≤ c * b) : a ≤ b :=
  (Lean.Grind.Field.IsOrdered.mul_le_mul_iff_of_pos_left hc).mp h

/-- A positive factor may be cancelled from a strict inequality. -/
theorem lt_of_mul_lt_mul_left (hc : 0 < c) (h : c * a < c * b) : a < b :=
  (Lean.Grind.Field.IsOrdered.mul_lt_mul_iff_of_pos_left hc).mp h

/-- Division by a nonnegative number keeps an inequality. -/
theorem div_le_div_right (hc : 0 ≤ c) (h : a ≤ b) : a / c ≤ b / c := by
  have k := mul_le_mul_right (inv_nonneg hc) h
  grind

/-- Division by a positive number keeps a strict inequality. -/
theorem div_lt_div_right (hc : 0 < c) (h : a < b) : a / c < b / c := by
  have k := mul_lt_mul_right (inv_pos hc) h
  grind

/-- A larger denominator makes a quotient of nonnegative numerator smaller. -/
theorem div_le_div_left (hc : 0 ≤ c) (ha : 0 < a) (h : a ≤ b) : c / b ≤ c / a := by
  rw [div_le_div_iff (show 0 < b by grind) ha]
  exact mul_le_mul_left hc h

/-- A larger denominator makes a quotient of positive numerator strictly smaller. -/
theorem div_lt_div_left (hc : 0 < c) (ha : 0 < a) (h : a < b) : c / b < c / a := by
  rw [div_lt_div_iff (show 0 < b by grind) ha]
  exact mul_lt_mul_left hc h

/-- Inversion turns an inequality between positive numbers around. -/
theorem inv_le_inv (ha : 0 < a) (h : a ≤ b) : b⁻¹ ≤ a⁻¹ := by
  have k := div_le_div_left (c := 1) (by grind) ha h
  grind

/-- Inversion turns a strict inequality between positive numbers around. -/
theorem inv_lt_inv (ha : 0 < a) (h : a < b) : b⁻¹ < a⁻¹ := by
  have k := div_lt_div_left (c := 1) (by grind) ha h
  grind

/-- Squares of nonnegative numbers are ordered like the numbers. -/
theorem sq_le_sq (ha : 0 ≤ a) (h : a ≤ b) : a ^ 2 ≤ b ^ 2 := by
  have k := mul_le_mul ha (show 0 ≤ b by grind) h h
  grind

/-- Squares of nonnegative numbers are strictly ordered like the numbers. -/
theorem sq_lt_sq (ha : 0 ≤ a) (h : a < b) : a ^ 2 < b ^ 2 := by
  have k := mul_pos (show 0 < b - a by grind) (show 0 < b + a by grind)
  grind

/-- Of two nonnegative numbers the one with the smaller square is the smaller. -/
theorem le_of_sq_le_sq (hb : 0 ≤ b) (h : a ^ 2 ≤ b ^ 2) : a ≤ b := by
  have k := fun hba : b < a => sq_lt_sq hb hba
  grind

/-- Of two nonnegative numbers the one with the strictly smaller square is strictly smaller. -/
theorem lt_of_sq_lt_sq (hb : 0 ≤ b) (h : a ^ 2 < b ^ 2) : a < b := by
  have k := fun hba : b ≤ a => sq_le_sq hb hba
  grind

/-- Nonnegative numbers with equal squares are equal. -/
theorem eq_of_sq_eq_sq (ha : 0 ≤ a) (hb : 0 ≤ b) (h : a ^ 2 = b ^ 2) : a = b := by
  have k := le_of_sq_le_sq hb (show a ^ 2 ≤ b ^ 2 by grind)
  have l := le_of_sq_le_sq ha (show b ^ 2 ≤ a ^ 2 by grind)
  grind

/-- A number whose square is at most that of `b ≥ 0` lies between `-b` and `b`. -/
theorem bounds_of_sq_le_sq (hb : 0 ≤ b) (h : a ^ 2 ≤ b ^ 2) : -b ≤ a ∧ a ≤ b := by
  have k := le_of_sq_le_sq hb h
  have l := le_of_sq_le_sq (a := -a) hb (by grind)
  grind

/-- A power of a larger nonnegative number is larger. -/
theorem pow_le_pow (ha : 0 ≤ a) (h : a ≤ b) (n : Nat) : a ^ n ≤ b ^ n := by
  induction n with
  | zero => grind
  | succ n ih =>
    have k := mul_le_mul (pow_nonneg ha n) (show 0 ≤ b by grind) ih h
    grind

/-- A counting number is not negative. -/
theorem natCast_nonneg (n : Nat) : 0 ≤ (n : K) := by
  induction n with
  | zero => grind
  | succ n ih => grind

/-- Bernoulli's inequality. -/
theorem bernoulli (ha : -1 ≤ a) (n : Nat) : 1 + (n : K) * a ≤ (1 + a) ^ n := by
  induction n with
  | zero => grind
  | succ n ih =>
    have h := mul_le_mul_right (show 0 ≤ 1 + a by grind) ih
    have k := mul_nonneg (natCast_nonneg (K := K) n) (sq_nonneg a)
    rw [pow_succ]
    grind

/-- The absolute value is never negative. -/
theorem abs_nonneg (a : K) : 0 ≤ abs a := by
  grind [abs]

/-- Opposite numbers have the same absolute value. -/
theorem abs_neg (a : K) : abs (-a) = abs a := by
  grind [abs]

/-- The square does not see the sign. -/
theorem sq_abs (a : K) : abs a ^ 2 = a ^ 2 := by
  grind [abs]

/-- The absolute value of a product is the product of the absolute values. -/
theorem abs_mul (a b : K) : abs (a * b) = abs a * abs b := by
  have h := mul_nonneg (abs_nonneg a) (abs_nonneg b)
  have k : (abs a * abs b) ^ 2 = abs (a * b) ^ 2 := by rw [sq_abs]; grind [sq_abs]
  exact (eq_of_sq_eq_sq h (abs_nonneg _) k).symm

/-- An absolute value is at most `b` exactly between `-b` and `b`. -/
theorem abs_le : abs a ≤ b ↔ -b ≤ a ∧ a ≤ b := by
  grind [abs]

/-- The triangle inequality. -/
theorem abs_add_le (a b : K) : abs (a + b) ≤ abs a + abs b := by
  grind [abs]

/-- Twice a product is at most the sum of the squares. -/
theorem two_mul_le_sq_add_sq (a b : K) : 2 * a * b ≤ a ^ 2 + b ^ 2 := by
  have h := sq_nonneg (a - b)
  grind

/-- The inequality of arithmetic and geometric mean, squared: no root is needed, and signs do not matter. -/
theorem mul_le_mean_sq (a b : K) : a * b ≤ ((a + b) / 2) ^ 2 := by
  have h := sq_nonneg (a - b)
  grind

/-- The inequality of arithmetic and geometric mean for a geometric mean `c`, `c² = a b`. -/
theorem geometric_le_arithmetic (ha : 0 ≤ a) (hb : 0 ≤ b) (h : c ^ 2 = a * b) : c ≤ (a + b) / 2 := by
  have k := mul_le_mean_sq a b
  exact le_of_sq_le_sq (by grind) (by grind)

/-- The harmonic mean of positive numbers is at most their arithmetic mean. -/
theorem harmonic_le_arithmetic (ha : 0 < a) (hb : 0 < b) : 2 / (1 / a + 1 / b) ≤ (a + b) / 2 := by
  rw [show 2 / (1 / a + 1 / b) = 2 * a * b / (a + b) by grind, div_le_iff (by grind)]
  have h := sq_nonneg (a - b)
  grind

/-- A positive number and its inverse sum to at least two. -/
theorem two_le_add_inv (ha : 0 < a) : 2 ≤ a + a⁻¹ := by
  have h := mul_nonneg (sq_nonneg (a - 1)) (inv_nonneg (show 0 ≤ a by grind))
  rw [show (a - 1) ^ 2 * a⁻¹ = a + a⁻¹ - 2 by grind] at h
  grind

/-- Cauchy's inequality in two dimensions. -/
theorem cauchy_two (a b c d : K) : (a * c + b * d) ^ 2 ≤ (a ^ 2 + b ^ 2) * (c ^ 2 + d ^ 2) := by
  have h := sq_nonneg (a * d - b * c)
  grind

/-- Cauchy's inequality in three dimensions. -/
theorem cauchy_three (a b c x y z : K) :
    (a * x + b * y + c * z) ^ 2 ≤ (a ^ 2 + b ^ 2 + c ^ 2) * (x ^ 2 + y ^ 2 + z ^ 2) := by
  have h := sq_nonneg (a * y - b * x)
  have k := sq_nonneg (b * z - c * y)
  have l := sq_nonneg (c * x - a * z)
  grind

end PhysField.Mathematics
