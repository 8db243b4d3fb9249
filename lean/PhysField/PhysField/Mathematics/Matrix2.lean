import PhysField.Mathematics.OrderedField

/-!
# Matrices with two rows and two columns

Transfer matrices, ray matrices, spin operators: a structure of four entries over any commutative ring, the real or the complex numbers
among them. Matrices are a ring themselves, so `grind` decides identities of products and sums without looking at the entries; entry by entry
use `ext <;> grind`.
Source: Halmos, Finite-Dimensional Vector Spaces, chapter 2; Horn, Johnson, Matrix Analysis, chapter 1.
-/
namespace PhysField.Mathematics

/-- A matrix with the rows `a b` and `c d`. -/
@[ext] structure Matrix2 (R : Type u) where
  a : R
  b : R
  c : R
  d : R

variable {R : Type u} [Lean.Grind.CommRing R]

namespace Matrix2

/-- Matrices add by entries. -/
instance : Add (Matrix2 R) := ⟨fun m n => ⟨m.a + n.a, m.b + n.b, m.c + n.c, m.d + n.d⟩⟩

/-- Matrices subtract by entries. -/
instance : Sub (Matrix2 R) := ⟨fun m n => ⟨m.a - n.a, m.b - n.b, m.c - n.c, m.d - n.d⟩⟩

/-- The opposite matrix. -/
instance : Neg (Matrix2 R) := ⟨fun m => ⟨-m.a, -m.b, -m.c, -m.d⟩⟩

/-- Rows times columns. -/
instance : Mul (Matrix2 R) := ⟨fun m n =>
  ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩⟩

/-- A multiple of the unit matrix. -/
def scalar (r : R) : Matrix2 R := ⟨r, 0, 0, r⟩

/-- A number times a matrix. -/
instance : HSMul R (Matrix2 R) (Matrix2 R) := ⟨fun r m => ⟨r * m.a, r * m.b, r * m.c, r * m.d⟩⟩

/-- A numeral is a multiple of the unit matrix. -/
instance (n : Nat) : OfNat (Matrix2 R) n := ⟨scalar (OfNat.ofNat n)⟩

/-- A counting number is a multiple of the unit matrix. -/
instance : NatCast (Matrix2 R) := ⟨fun n => scalar (Lean.Grind.Semiring.natCast.natCast n)⟩

/-- An integer is a multiple of the unit matrix. -/
instance : IntCast (Matrix2 R) := ⟨fun n => scalar (Lean.Grind.Ring.intCast.intCast n)⟩

/-- A natural power of a matrix. -/
def npow (m : Matrix2 R) : Nat → Matrix2 R
  | 0 => 1
  | n + 1 => npow m n * m

/-- Natural powers are repeated products. -/
instance : HPow (Matrix2 R) Nat (Matrix2 R) := ⟨npow⟩

/-- A counting number times a matrix. -/
instance : SMul Nat (Matrix2 R) := ⟨fun n m => (n : Matrix2 R) * m⟩

/-- An integer times a matrix. -/
instance : SMul Int (Matrix2 R) := ⟨fun n m => (n : Matrix2 R) * m⟩

/-- The entries of a sum. -/
@[grind =] theorem add_def (m n : Matrix2 R) : m + n = ⟨m.a + n.a, m.b + n.b, m.c + n.c, m.d + n.d⟩ := rfl

/-- The entries of a difference. -/
@[grind =] theorem sub_def (m n : Matrix2 R) : m - n = ⟨m.a - n.a, m.b - n.b, m.c - n.c, m.d - n.d⟩ := rfl

/-- The entries of the opposite matrix. -/
@[grind =] theorem neg_def (m : Matrix2 R) : -m = ⟨-m.a, -m.b, -m.c, -m.d⟩ := rfl

/-- The entries of a product. -/
@[grind =] theorem mul_def (m n : Matrix2 R) : m * n =
    ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩ := rfl

/-- The entries of a multiple. -/
@[grind =] theorem smul_def (r : R) (m : Matrix2 R) : r • m = ⟨r * m.a, r * m.b, r * m.c, r * m.d⟩ := rfl

/-- The entries of the zero matrix. -/
@[grind =] theorem zero_def : (0 : Matrix2 R) = ⟨0, 0, 0, 0⟩ := rfl

/-- The entries of the unit matrix. -/
@[grind =] theorem one_def : (1 : Matrix2 R) = ⟨1, 0, 0, 1⟩ := rfl

/-- Matrices are a ring. -/
instance : Lean.Grind.Ring (Matrix2 R) where
  nsmul := inferInstance
  npow := inferInstance
  zsmul := inferInstance
  add_zero m := by ext <;> grind
  add_comm m n := by ext <;> grind
  add_assoc m n k := by ext <;> grind
  mul_assoc m n k := by ext <;> grind
  mul_one m := by ext <;> grind
  one_mul m := by ext <;> grind
  left_distrib m n k := by ext <;> grind
  right_distrib m n k := by ext <;> grind
  zero_mul m := by ext <;> grind
  mul_zero m := by ext <;> grind
  pow_zero m := rfl
  pow_succ m n := rfl
  ofNat_succ n := by
    have h : (OfNat.ofNat (n + 1) : R) = OfNat.ofNat n + 1 := Lean.Grind.Semiring.ofNat_succ n
    show scalar (OfNat.ofNat (n + 1)) = scalar (OfNat.ofNat n) + 1
    rw [h]
    ext <;> grind [scalar]
  ofNat_eq_natCast n := congrArg scalar (Lean.Grind.Semiring.ofNat_eq_natCast n)
  nsmul_eq_natCast_mul n m := rfl
  neg_add_cancel m := by ext <;> grind
  sub_eq_add_neg m n := by ext <;> grind
  neg_zsmul n m := by
    have h : (Lean.Grind.Ring.intCast.intCast (-n) : R) = -Lean.Grind.Ring.intCast.intCast n := Lean.Grind.Ring.intCast_neg n
    show scalar (Lean.Grind.Ring.intCast.intCast (-n)) * m = -(scalar (Lean.Grind.Ring.intCast.intCast n) * m)
    rw [h]
    ext <;> grind [scalar]
  zsmul_natCast_eq_nsmul n m := congrArg (scalar · * m) (Lean.Grind.Ring.intCast_natCast n)
  intCast_ofNat n := congrArg scalar (Lean.Grind.Ring.intCast_ofNat n)
  intCast_neg n := by
    have h : (Lean.Grind.Ring.intCast.intCast (-n) : R) = -Lean.Grind.Ring.intCast.intCast n := Lean.Grind.Ring.intCast_neg n
    show scalar (Lean.Grind.Ring.intCast.intCast (-n)) = -scalar (Lean.Grind.Ring.intCast.intCast n)
    rw [h]
    ext <;> grind [scalar]

/-- The sum of the diagonal entries. -/
def tr (m : Matrix2 R) : R := m.a + m.d

/-- The determinant. -/
def det (m : Matrix2 R) : R := m.a * m.d - m.b * m.c

/-- The adjugate matrix: the inverse times the determinant. -/
def adj (m : Matrix2 R) : Matrix2 R := ⟨m.d, -m.b, -m.c, m.a⟩

/-- Determinants multiply. -/
theorem det_mul (m n : Matrix2 R) : (m * n).det = m.det * n.det := by
  grind [det]

/-- The trace of a product does not depend on the order. -/
theorem tr_mul_comm (m n : Matrix2 R) : (m * n).tr = (n * m).tr := by
  grind [tr]

/-- A matrix satisfies its own characteristic equation (Cayley and Hamilton). -/
theorem cayley_hamilton (m : Matrix2 R) : m * m = m.tr • m - m.det • (1 : Matrix2 R) := by
  ext <;> grind [tr, det]

/-- A matrix times its adjugate is the determinant times the unit matrix (Cramer's rule). -/
theorem mul_adj (m : Matrix2 R) : m * m.adj = m.det • (1 : Matrix2 R) := by
  ext <;> grind [adj, det]

/-- The adjugate of a product is the product of the adjugates in reverse order. -/
theorem adj_mul (m n : Matrix2 R) : (m * n).adj = n.adj * m.adj := by
  ext <;> grind [adj]

/-- A left inverse is a right inverse. -/
theorem mul_eq_one_comm (m n : Matrix2 R) (h : m * n = 1) : n * m = 1 := by
  have e : m.det * n.det = 1 := by
    rw [← det_mul, h]
    grind [det]
  have k : m.adj = m.det • n := by
    rw [show m.adj = m.adj * (m * n) by rw [h]; grind]
    ext <;> grind [adj, det]
  ext <;> grind [adj, det]

/-- The determinant of a power is the power of the determinant. -/
theorem det_pow (m : Matrix2 R) (n : Nat) : (m ^ n).det = m.det ^ n := by
  induction n with
  | zero =>
    rw [show m ^ 0 = 1 by grind]
    grind [det]
  | succ n ih => rw [Lean.Grind.Semiring.pow_succ, det_mul, ih, Lean.Grind.Semiring.pow_succ]

/-- The powers of a matrix obey a recursion of second order with its trace and determinant. -/
theorem pow_add_two (m : Matrix2 R) (n : Nat) : m ^ (n + 2) = m.tr • m ^ (n + 1) - m.det • m ^ n := by
  rw [show m ^ (n + 2) = m ^ n * (m * m) by grind, show m ^ (n + 1) = m ^ n * m by grind, cayley_hamilton]
  generalize m ^ n = k
  ext <;> simp only [mul_def, sub_def, smul_def, one_def] <;> grind

/-- The square of the trace exceeds the trace of the square by twice the determinant. -/
theorem tr_sq (m : Matrix2 R) : m.tr ^ 2 = (m * m).tr + 2 * m.det := by
  grind [tr, det]

/-- A matrix without trace squares to a multiple of the unit matrix. -/
theorem sq_of_tr_eq_zero (m : Matrix2 R) (h : m.tr = 0) : m * m = (-m.det) • (1 : Matrix2 R) := by
  rw [cayley_hamilton, h]
  ext <;> grind

/-- The square of a commutator commutes with every matrix (Hall's identity). -/
theorem hall_identity (m n k : Matrix2 R) : (m * n - n * m) * (m * n - n * m) * k = k * ((m * n - n * m) * (m * n - n * m)) := by
  have h := sq_of_tr_eq_zero (m * n - n * m) (by grind [tr])
  rw [h]
  ext <;> grind

/-- A number is an eigenvalue exactly when it solves the characteristic equation. -/
theorem det_sub_scalar (m : Matrix2 R) (x : R) : (m - x • (1 : Matrix2 R)).det = x ^ 2 - m.tr * x + m.det := by
  grind [det, tr]

/-- A matrix that commutes with the two step matrices is a multiple of the unit matrix (Schur's lemma). -/
theorem scalar_of_commute (m : Matrix2 R) (h : m * ⟨0, 1, 0, 0⟩ = ⟨0, 1, 0, 0⟩ * m)
    (k : m * ⟨0, 0, 1, 0⟩ = ⟨0, 0, 1, 0⟩ * m) : m = m.a • (1 : Matrix2 R) := by
  simp only [mul_def, mk.injEq] at h k
  ext <;> grind

/-- The trace does not depend on the basis. -/
theorem tr_conjugate (m p q : Matrix2 R) (h : q * p = 1) : (p * m * q).tr = m.tr := by
  rw [tr_mul_comm, show q * (p * m) = q * p * m by grind, h]
  grind

/-- A change of basis may be done before or after taking a power. -/
theorem pow_conjugate (m p q : Matrix2 R) (h : q * p = 1) (n : Nat) : (p * m * q) ^ (n + 1) = p * m ^ (n + 1) * q := by
  induction n with
  | zero => grind
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ, ih, Lean.Grind.Semiring.pow_succ m (n + 1)]
    generalize m ^ (n + 1) = k
    rw [show p * k * q * (p * m * q) = p * k * (q * p) * (m * q) by grind, h]
    grind

/-- Shears repeated add their slopes. -/
theorem shear_pow (s : R) (n : Nat) : (⟨1, s, 0, 1⟩ : Matrix2 R) ^ n = ⟨1, Lean.Grind.Semiring.natCast.natCast n * s, 0, 1⟩ := by
  induction n with
  | zero =>
    rw [Lean.Grind.Semiring.pow_zero]
    ext <;> grind
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ, ih]
    ext <;> grind

end Matrix2

end PhysField.Mathematics
