import PhysField.Mathematics.OrderedField

/-!
# Phase transitions in the theory of Landau

The free energy is a polynomial of the order parameter `m`, even where symmetry asks for it. `a` falls through zero at the critical point
of a continuous transition; a negative quartic or a cubic term makes a discontinuous one. Fixed points of mean-field equations follow.
Source: Landau, Lifshitz, Statistical Physics, chapter 14; Chaikin, Lubensky, Principles of Condensed Matter Physics, chapter 4.
-/
namespace PhysField.CondensedMatter
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Free energy of a continuous transition. -/
def landauEnergy (a b m : K) : K := a * m ^ 2 / 2 + b * m ^ 4 / 4

/-- Free energy with a sixth power, for the tricritical point and beyond. -/
def landauSextic (a b c m : K) : K := a * m ^ 2 / 2 + b * m ^ 4 / 4 + c * m ^ 6 / 6

/-- Free energy with a cubic term. -/
def landauCubic (a w b m : K) : K := a * m ^ 2 / 2 - w * m ^ 3 / 3 + b * m ^ 4 / 4

/-- Field that keeps the order parameter at `m`. -/
def landauField (a b m : K) : K := a * m + b * m ^ 3

/-- Energy of a chain of order parameters with stiffness `c` between two neighbours. -/
def landauPair (a b c m n : K) : K := landauEnergy a b m + landauEnergy a b n + c * (m - n) ^ 2 / 2

/-- Probability that a branch of a Bethe lattice of coordination number 3 ends, where a bond is open with probability `p`. -/
def betheEnds (p x : K) : K := (1 - p + p * x) ^ 2

/-- The free energy above its value at order `s` is a square, where `s` is the spontaneous order. -/
theorem landau_square (a b s m : K) (h : a + b * s ^ 2 = 0) :
    landauEnergy a b m = landauEnergy a b s + b * (m ^ 2 - s ^ 2) ^ 2 / 4 := by
  have e : a = -b * s ^ 2 := by grind
  rw [e]
  grind [landauEnergy]

/-- Below the critical point the spontaneous order has least free energy. -/
theorem landau_minimum (a b s m : K) (hb : 0 < b) (h : a + b * s ^ 2 = 0) : landauEnergy a b s ≤ landauEnergy a b m := by
  have e := landau_square a b s m h
  have k := mul_nonneg (show 0 ≤ b by grind) (sq_nonneg (m ^ 2 - s ^ 2))
  grind

/-- Below the critical point the least free energy is taken at the two opposite orders only. -/
theorem landau_two_states (a b s m : K) (hb : 0 < b) (h : a + b * s ^ 2 = 0) :
    landauEnergy a b m = landauEnergy a b s ↔ m = s ∨ m = -s := by
  have e := landau_square a b s m h
  constructor
  · intro z
    have k : b * ((m - s) * (m + s)) ^ 2 = 0 := by grind
    rcases mul_eq_zero.mp k with l | l
    · grind
    · rcases mul_eq_zero.mp (sq_eq_zero.mp l) with n | n <;> grind
  · intro z
    rcases z with z | z <;> rw [z] <;> grind [landauEnergy]

/-- Above the critical point disorder has least free energy. -/
theorem landau_disorder (a b m : K) (ha : 0 ≤ a) (hb : 0 ≤ b) : landauEnergy a b 0 ≤ landauEnergy a b m := by
  have k := mul_nonneg ha (sq_nonneg m)
  have l := mul_nonneg hb (sq_nonneg (m ^ 2))
  grind [landauEnergy]

/-- The order gains the square of `a` over four times `b` of free energy. -/
theorem landau_depth (a b s : K) (h : a + b * s ^ 2 = 0) : landauEnergy a b s = -a ^ 2 / (4 * b) := by
  have e : a = -(b * s ^ 2) := by grind
  rw [landauEnergy, e]
  grind

/-- Without field there is order exactly on the ordered side: `a` is negative. -/
theorem landau_order_exists (a b m : K) (hb : 0 < b) (hm : m ≠ 0) (h : landauField a b m = 0) : a < 0 ∧ m ^ 2 = -a / b := by
  have k := mul_pos hb (sq_pos hm)
  have e : m * (a + b * m ^ 2) = 0 := by grind [landauField]
  rcases mul_eq_zero.mp e with l | l <;> grind

/-- In a field on the disordered side the order is unique: the field grows with it. -/
theorem landau_field_mono (a b m n : K) (ha : 0 < a) (hb : 0 ≤ b) (h : m < n) : landauField a b m < landauField a b n := by
  have k := mul_pos ha (show 0 < n - m by grind)
  have l := sq_nonneg (m + n)
  have s := sq_nonneg m
  have t := sq_nonneg n
  have p := mul_nonneg hb (mul_nonneg (show 0 ≤ n - m by grind) (show 0 ≤ (m + n) ^ 2 + m ^ 2 + n ^ 2 by grind))
  grind [landauField]

/-- At the critical point the field grows with the cube of the order: larger order takes larger field. -/
theorem landau_critical_isotherm (b m n : K) (hb : 0 < b) (hm : 0 ≤ m) : landauField 0 b m < landauField 0 b n ↔ m < n := by
  have c : ∀ x y : K, 0 ≤ x → x < y → b * x ^ 3 < b * y ^ 3 := by
    intro x y hx hxy
    have k := mul_pos (show 0 < y - x by grind) (sq_pos (show y ≠ 0 by grind))
    have l := mul_nonneg (show 0 ≤ y - x by grind) (mul_nonneg hx hx)
    have o := mul_nonneg (show 0 ≤ y - x by grind) (mul_nonneg hx (show 0 ≤ y by grind))
    exact mul_lt_mul_left hb (by grind)
  constructor
  · intro h
    have k := fun (z : 0 ≤ n) (y : n < m) => c n m z y
    have l := fun z : n < 0 => mul_pos (mul_pos hb (show 0 < -n by grind)) (sq_pos (a := n) (by grind))
    have o := mul_nonneg (show 0 ≤ b by grind) (mul_nonneg hm (sq_nonneg m))
    grind [landauField]
  · intro h
    have k := c m n hm h
    grind [landauField]

/-- About the spontaneous order the field begins with the slope `-2 a`, twice that as far above the critical point. -/
theorem landau_susceptibility (a b s m : K) (h : a + b * s ^ 2 = 0) :
    landauField a b (s + m) = -2 * a * m + b * m ^ 2 * (3 * s + m) := by
  have e : a * s + b * s ^ 3 = 0 := by grind
  grind [landauField]

/-- A field of less than the spinodal strength leaves an order against it metastable: three orders for one field. -/
theorem landau_three_roots (a b m n l : K) (hb : b ≠ 0) (hmn : m ≠ n) (hnl : n ≠ l) (hml : m ≠ l)
    (h : landauField a b m = landauField a b n) (k : landauField a b n = landauField a b l) : m + n + l = 0 := by
  have e : (m - n) * (a + b * (m ^ 2 + m * n + n ^ 2)) = 0 := by grind [landauField]
  have f : (n - l) * (a + b * (n ^ 2 + n * l + l ^ 2)) = 0 := by grind [landauField]
  have g : a + b * (m ^ 2 + m * n + n ^ 2) = 0 := by rcases mul_eq_zero.mp e with z | z <;> grind
  have i : a + b * (n ^ 2 + n * l + l ^ 2) = 0 := by rcases mul_eq_zero.mp f with z | z <;> grind
  have j : b * ((m - l) * (m + n + l)) = 0 := by grind
  rcases mul_eq_zero.mp j with z | z
  · grind
  · rcases mul_eq_zero.mp z with y | y <;> grind

/-- With a negative quartic term order and disorder coexist where `16 a c = 3 b²`: the free energy is then a perfect square. -/
theorem landau_coexistence (a b c m : K) (hc : c ≠ 0) (h : 16 * a * c = 3 * b ^ 2) :
    landauSextic a b c m = m ^ 2 * (c / 6) * (m ^ 2 + 3 * b / (4 * c)) ^ 2 := by
  have e : a = 3 * b ^ 2 / (16 * c) := by grind
  rw [e]
  grind [landauSextic]

/-- Order appears at once with finite size before disorder loses its stability (discontinuous transition). -/
theorem landau_first_order (a b c m : K) (hc : 0 < c) (h : 3 * b ^ 2 < 16 * a * c) (hm : m ≠ 0) :
    0 < landauSextic a b c m := by
  have k := sq_pos hm
  have l := sq_nonneg (4 * c * m ^ 2 + 3 * b)
  have p := mul_pos k (show 0 < 16 * a * c - 3 * b ^ 2 by grind)
  have q := mul_nonneg (show 0 ≤ m ^ 2 by grind) l
  have e : 96 * c * landauSextic a b c m = m ^ 2 * (4 * c * m ^ 2 + 3 * b) ^ 2 + 3 * (m ^ 2 * (16 * a * c - 3 * b ^ 2)) := by
    grind [landauSextic]
  exact (mul_pos_iff (show 0 < 96 * c by grind)).mp (by grind)

/-- A cubic term makes order and disorder coexist where `9 a b = 2 w²`. -/
theorem landau_cubic_coexistence (a w b m : K) (hb : b ≠ 0) (h : 9 * a * b = 2 * w ^ 2) :
    landauCubic a w b m = b / 4 * m ^ 2 * (m - 2 * w / (3 * b)) ^ 2 := by
  have e : a = 2 * w ^ 2 / (9 * b) := by grind
  rw [e]
  grind [landauCubic]

/-- With a cubic term disorder is stable against all order while `2 w² < 9 a b`. -/
theorem landau_cubic_stable (a w b m : K) (hb : 0 < b) (h : 2 * w ^ 2 < 9 * a * b) (hm : m ≠ 0) : 0 < landauCubic a w b m := by
  have k := mul_pos (sq_pos hm) (show 0 < 9 * a * b - 2 * w ^ 2 by grind)
  have l := mul_nonneg (sq_nonneg m) (sq_nonneg (3 * b * m - 2 * w))
  have e : 36 * b * landauCubic a w b m = m ^ 2 * (3 * b * m - 2 * w) ^ 2 + 2 * (m ^ 2 * (9 * a * b - 2 * w ^ 2)) := by
    grind [landauCubic]
  exact (mul_pos_iff (show 0 < 36 * b by grind)).mp (by grind)

/-- Stiff neighbours have least energy in common order. -/
theorem landau_pair_uniform (a b c s m n : K) (hb : 0 < b) (hc : 0 ≤ c) (h : a + b * s ^ 2 = 0) :
    landauPair a b c s s ≤ landauPair a b c m n := by
  have k := landau_minimum a b s m hb h
  have l := landau_minimum a b s n hb h
  have p := mul_nonneg hc (sq_nonneg (m - n))
  grind [landauPair]

/-- A branch of the Bethe lattice ends surely or with the probability of the other fixed point. -/
theorem bethe_fixed_points (p x : K) (hp : 0 < p) : betheEnds p x = x ↔ x = 1 ∨ x = ((1 - p) / p) ^ 2 := by
  have e : betheEnds p x - x = (x - 1) * (p ^ 2 * x - (1 - p) ^ 2) := by grind [betheEnds]
  have k := sq_pos (show p ≠ 0 by grind)
  constructor
  · intro h
    rcases mul_eq_zero.mp (show (x - 1) * (p ^ 2 * x - (1 - p) ^ 2) = 0 by grind) with l | l
    · grind
    · have m : x = (1 - p) ^ 2 / p ^ 2 := by grind
      grind
  · intro h
    rcases h with h | h <;> rw [h] at e ⊢ <;> grind

/-- An infinite cluster is possible on the Bethe lattice exactly above bond probability one half. -/
theorem bethe_threshold (p : K) (hp : 0 < p) (hp' : p ≤ 1) : ((1 - p) / p) ^ 2 < 1 ↔ 1 / 2 < p := by
  have k : 0 ≤ (1 - p) / p := div_nonneg (by grind) (by grind)
  have l : (1 - p) / p < 1 ↔ 1 - p < 1 * p := div_lt_iff hp
  constructor
  · intro h
    have m := lt_of_sq_lt_sq (a := (1 - p) / p) (b := 1) (by grind) (by grind)
    grind
  · intro h
    have m := sq_lt_sq k (l.mpr (by grind))
    grind

/-- The probability that a branch ends within `n` generations grows with `n` and stays below the fixed point. -/
theorem bethe_monotone (p f : K) (hp : 0 ≤ p) (hp' : p ≤ 1) (hf : betheEnds p f = f) (x : Nat → K) (h0 : x 0 = 0)
    (h : ∀ n, x (n + 1) = betheEnds p (x n)) (n : Nat) (hf0 : 0 ≤ f) : 0 ≤ x n ∧ x n ≤ f := by
  induction n with
  | zero => grind
  | succ n ih =>
    have a := mul_nonneg hp ih.1
    have b := mul_le_mul_left hp ih.2
    have c := sq_le_sq (show 0 ≤ 1 - p + p * x n by grind) (show 1 - p + p * x n ≤ 1 - p + p * f by grind)
    have d := sq_nonneg (1 - p + p * x n)
    rw [h, betheEnds]
    exact ⟨d, by grind [betheEnds]⟩

end PhysField.CondensedMatter
