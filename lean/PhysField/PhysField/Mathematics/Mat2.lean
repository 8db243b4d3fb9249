import PhysField.Mathematics.OrderedField

/-!
# Matrices with two rows and two columns

A structure with named entries, so that `grind [Mat2.mul_def, det, tr]` computes: product, determinant, trace, powers, the theorem of
Cayley and Hamilton, eigenvalues, Cramer's rule, definite symmetric matrices (Sylvester) and the recursion of powers. Transfer matrices of
optics, quantum mechanics and statistical mechanics are of this kind.
Source: Strang, Linear Algebra and Its Applications, chapters 4 to 6.
-/
namespace PhysField.Mathematics

/-- A matrix with the rows `a b` and `c d`. -/
@[ext] structure Mat2 (K : Type u) where
  a : K
  b : K
  c : K
  d : K

variable {K : Type u} [OrderedField K]

namespace Mat2

/-- The product of matrices. -/
instance : Mul (Mat2 K) := ⟨fun m n => ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩⟩

/-- The entries of a product. -/
@[grind =] theorem mul_def (m n : Mat2 K) :
    m * n = ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩ := rfl

/-- The unit matrix. -/
def unit : Mat2 K := ⟨1, 0, 0, 1⟩

/-- Determinant. -/
def det (m : Mat2 K) : K := m.a * m.d - m.b * m.c

/-- Trace. -/
def tr (m : Mat2 K) : K := m.a + m.d

/-- The power of a matrix. -/
def power (m : Mat2 K) : Nat → Mat2 K
  | 0 => unit
  | n + 1 => power m n * m

/-- The inverse of a matrix whose determinant is not zero. -/
def inverse (m : Mat2 K) : Mat2 K := ⟨m.d / det m, -m.b / det m, -m.c / det m, m.a / det m⟩

/-- First component of a matrix times the column `x y`. -/
def actX (m : Mat2 K) (x y : K) : K := m.a * x + m.b * y

/-- Second component of a matrix times the column `x y`. -/
def actY (m : Mat2 K) (x y : K) : K := m.c * x + m.d * y

/-- Value of the quadratic form of a matrix at the column `x y`. -/
def form (m : Mat2 K) (x y : K) : K := x * actX m x y + y * actY m x y

/-- The number `l` is an eigenvalue: some column other than zero is only stretched. -/
def IsEigenvalue (m : Mat2 K) (l : K) : Prop := ∃ x y : K, (x ≠ 0 ∨ y ≠ 0) ∧ actX m x y = l * x ∧ actY m x y = l * y

/-- The product of matrices is associative. -/
theorem mul_assoc (m n p : Mat2 K) : m * n * p = m * (n * p) := by
  ext <;> grind

/-- The unit matrix changes no matrix from the left. -/
theorem unit_mul (m : Mat2 K) : unit * m = m := by
  ext <;> grind [unit]

/-- The unit matrix changes no matrix from the right. -/
theorem mul_unit (m : Mat2 K) : m * unit = m := by
  ext <;> grind [unit]

/-- Determinants multiply. -/
theorem det_mul (m n : Mat2 K) : det (m * n) = det m * det n := by
  grind [det]

/-- The trace of a product does not depend on the order of the factors. -/
theorem tr_mul_comm (m n : Mat2 K) : tr (m * n) = tr (n * m) := by
  grind [tr]

/-- The trace of a triple product is cyclic. -/
theorem tr_cyclic (m n p : Mat2 K) : tr (m * n * p) = tr (n * p * m) := by
  rw [mul_assoc, tr_mul_comm]

/-- A matrix of nonzero determinant times its inverse is the unit matrix. -/
theorem mul_inverse (m : Mat2 K) (h : det m ≠ 0) : m * inverse m = unit := by
  ext <;> grind [inverse, unit, det]

/-- A matrix has an inverse exactly if its determinant is not zero. -/
theorem invertible_iff (m : Mat2 K) : (∃ n, m * n = unit) ↔ det m ≠ 0 := by
  constructor
  · intro ⟨n, h⟩ hd
    have k := det_mul m n
    rw [h, hd] at k
    grind [det, unit]
  · exact fun h => ⟨inverse m, mul_inverse m h⟩

/-- The powers of a determinant are the determinants of the powers. -/
theorem det_power (m : Mat2 K) (n : Nat) : det (power m n) = det m ^ n := by
  induction n with
  | zero => grind [power, det, unit]
  | succ n ih => rw [power, det_mul, ih, pow_succ]

/-- A matrix commutes with its powers. -/
theorem power_comm (m : Mat2 K) (n : Nat) : m * power m n = power m n * m := by
  induction n with
  | zero => rw [power, mul_unit, unit_mul]
  | succ n ih => rw [power, ← mul_assoc, ih]

/-- Powers of a matrix multiply by adding the exponents. -/
theorem power_add (m : Mat2 K) (k n : Nat) : power m (k + n) = power m k * power m n := by
  induction n with
  | zero => rw [power, mul_unit, Nat.add_zero]
  | succ n ih => rw [← Nat.add_assoc, power, ih, power, mul_assoc]

/-- The trace of powers obeys the recursion of Cayley and Hamilton. -/
theorem tr_power_recursion (m : Mat2 K) (n : Nat) :
    tr (power m (n + 2)) = tr m * tr (power m (n + 1)) - det m * tr (power m n) := by
  rw [power, power]
  grind [tr, det]

/-- The theorem of Cayley and Hamilton: a matrix solves its own characteristic equation. -/
theorem cayley_hamilton (m : Mat2 K) :
    m * m = ⟨tr m * m.a - det m, tr m * m.b, tr m * m.c, tr m * m.d - det m⟩ := by
  ext <;> grind [tr, det]

/-- The eigenvalues are the roots of the characteristic polynomial. -/
theorem eigenvalue_iff (m : Mat2 K) (l : K) : IsEigenvalue m l ↔ l ^ 2 - tr m * l + det m = 0 := by
  constructor
  · intro ⟨x, y, h, hx, hy⟩
    have p : (l ^ 2 - tr m * l + det m) * x = 0 := by grind [actX, actY, tr, det]
    have q : (l ^ 2 - tr m * l + det m) * y = 0 := by grind [actX, actY, tr, det]
    grind
  · intro h
    by_cases hb : m.b = 0
    · by_cases hl : l = m.d
      · exact ⟨0, 1, by grind, by grind [actX], by grind [actY]⟩
      · exact ⟨l - m.d, m.c, by grind, by grind [actX, tr, det], by grind [actY]⟩
    · exact ⟨m.b, l - m.a, by grind, by grind [actX], by grind [actY, tr, det]⟩

/-- Two different eigenvalues sum to the trace and multiply to the determinant. -/
theorem eigenvalue_sum_prod (m : Mat2 K) (k l : K) (hk : IsEigenvalue m k) (hl : IsEigenvalue m l) (h : k ≠ l) :
    k + l = tr m ∧ k * l = det m := by
  rw [eigenvalue_iff] at hk hl
  have p : (k - l) * (k + l - tr m) = 0 := by grind
  grind

/-- The trace of a power is the sum of the powers of the eigenvalues. -/
theorem tr_power (m : Mat2 K) (k l : K) (n : Nat) (hs : k + l = tr m) (hp : k * l = det m) :
    tr (power m n) = k ^ n + l ^ n := by
  have h : tr (power m n) = k ^ n + l ^ n ∧ tr (power m (n + 1)) = k ^ (n + 1) + l ^ (n + 1) := by
    induction n with
    | zero => grind [power, tr, unit]
    | succ n ih =>
      have e := tr_power_recursion m n
      refine ⟨ih.2, ?_⟩
      rw [e, ih.1, ih.2, ← hs, ← hp, pow_succ, pow_succ, pow_succ, pow_succ]
      grind
  exact h.1

/-- The discriminant of a symmetric matrix is a sum of squares, so that its eigenvalues are real. -/
theorem symmetric_discriminant (m : Mat2 K) (h : m.b = m.c) : 0 ≤ tr m ^ 2 - 4 * det m := by
  have p := sq_nonneg (m.a - m.d)
  have q := sq_nonneg m.b
  rw [tr, det, ← h]
  grind

/-- Cramer's rule: two equations with a determinant other than zero have one solution, a quotient of determinants. -/
theorem cramer (m : Mat2 K) (x y u v : K) (h : det m ≠ 0) :
    (actX m x y = u ∧ actY m x y = v) ↔ x = (u * m.d - m.b * v) / det m ∧ y = (m.a * v - u * m.c) / det m := by
  constructor
  · intro ⟨hx, hy⟩
    constructor <;> grind [actX, actY, det]
  · intro ⟨hx, hy⟩
    constructor <;> grind [actX, actY, det]

/-- A homogeneous system of equations has a solution other than zero exactly if its determinant vanishes. -/
theorem kernel_iff (m : Mat2 K) : (∃ x y : K, (x ≠ 0 ∨ y ≠ 0) ∧ actX m x y = 0 ∧ actY m x y = 0) ↔ det m = 0 := by
  have h := eigenvalue_iff m 0
  have k : IsEigenvalue m 0 ↔ ∃ x y : K, (x ≠ 0 ∨ y ≠ 0) ∧ actX m x y = 0 ∧ actY m x y = 0 := by
    simp only [IsEigenvalue, show ∀ x : K, 0 * x = 0 by grind]
  rw [← k, h]
  grind

/-- Hadamard's inequality: a parallelogram is no larger than the rectangle with its sides. -/
theorem det_sq_le (m : Mat2 K) : det m ^ 2 ≤ (m.a ^ 2 + m.c ^ 2) * (m.b ^ 2 + m.d ^ 2) := by
  have h := sq_nonneg (m.a * m.b + m.c * m.d)
  rw [det]
  grind

/-- Sylvester's criterion: a symmetric matrix is positive definite exactly if its corner and its determinant are positive. -/
theorem sylvester (m : Mat2 K) (h : m.b = m.c) :
    (∀ x y : K, x ≠ 0 ∨ y ≠ 0 → 0 < form m x y) ↔ 0 < m.a ∧ 0 < det m := by
  have e : ∀ x y, m.a * form m x y = (m.a * x + m.b * y) ^ 2 + det m * y ^ 2 := by grind [form, actX, actY, det]
  constructor
  · intro p
    have ha : 0 < m.a := by grind [p 1 0, form, actX, actY]
    have q := mul_pos ha (p (-m.b) m.a (by grind))
    rw [e, show m.a * -m.b + m.b * m.a = 0 by grind] at q
    have s := sq_pos (show m.a ≠ 0 by grind)
    exact ⟨ha, (mul_pos_iff s).mp (by grind)⟩
  · intro ⟨ha, hd⟩ x y hxy
    apply (mul_pos_iff ha).mp
    rw [e]
    by_cases hy : y = 0
    · subst hy
      have s := sq_pos (show m.a * x + m.b * 0 ≠ 0 by grind)
      grind
    · have s := mul_pos hd (sq_pos hy)
      have t := sq_nonneg (m.a * x + m.b * y)
      grind

end Mat2

end PhysField.Mathematics
