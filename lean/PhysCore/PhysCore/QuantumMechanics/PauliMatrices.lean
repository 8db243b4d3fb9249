/-!
# Pauli matrices in real form

The three Pauli matrices are `σx`, `σz` and `σy = -i ε`, where `ε` is the real antisymmetric matrix of the plane. The real
matrices `σx`, `σz`, `ε` close under products up to sign, so the algebra of spin one half can be done with integer
2×2 matrices: squares, anticommutators, traces, determinants and the Bloch form `a + b σx + c ε + d σz`.
-/

namespace PhysCore.QuantumMechanics

/-- A 2×2 matrix of integers, `[[a, b], [c, d]]`. -/
structure Mat2 where
  a : Int
  b : Int
  c : Int
  d : Int
  deriving DecidableEq

/-- The matrix product. -/
def Mat2.mul (m n : Mat2) : Mat2 :=
  ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩

/-- The matrix sum. -/
def Mat2.add (m n : Mat2) : Mat2 := ⟨m.a + n.a, m.b + n.b, m.c + n.c, m.d + n.d⟩

/-- A number times a matrix. -/
def Mat2.scale (k : Int) (m : Mat2) : Mat2 := ⟨k * m.a, k * m.b, k * m.c, k * m.d⟩

/-- The trace. -/
def Mat2.trace (m : Mat2) : Int := m.a + m.d

/-- The determinant. -/
def Mat2.det (m : Mat2) : Int := m.a * m.d - m.b * m.c

/-- The identity matrix. -/
def unitMatrix : Mat2 := ⟨1, 0, 0, 1⟩

/-- The Pauli matrix `σx`, which flips the spin. -/
def sigmaX : Mat2 := ⟨0, 1, 1, 0⟩

/-- The Pauli matrix `σz`, which reads the spin. -/
def sigmaZ : Mat2 := ⟨1, 0, 0, -1⟩

/-- The antisymmetric matrix `ε = i σy`. -/
def epsilonMatrix : Mat2 := ⟨0, 1, -1, 0⟩

/-- The Bloch form `t + x σx + y ε + z σz`. -/
def blochMatrix (t x y z : Int) : Mat2 := ⟨t + z, x + y, x - y, t - z⟩

/-- The powers of a matrix. -/
def Mat2.pow (m : Mat2) : Nat → Mat2
  | 0 => unitMatrix
  | n + 1 => Mat2.mul (Mat2.pow m n) m

/-- `σx² = 1`. -/
theorem sigmaX_sq : sigmaX.mul sigmaX = unitMatrix := by
  decide

/-- `ε² = -1`, so `σy² = 1`. -/
theorem epsilon_sq : epsilonMatrix.mul epsilonMatrix = Mat2.scale (-1) unitMatrix := by
  rfl

/-- `σx` and `σz` anticommute. -/
theorem sigma_anticommute : (sigmaX.mul sigmaZ).add (sigmaZ.mul sigmaX) = ⟨0, 0, 0, 0⟩ := by
  decide

/-- The product `σz σx` is the antisymmetric matrix. -/
theorem sigmaZ_mul_sigmaX : sigmaZ.mul sigmaX = epsilonMatrix := by
  rfl

/-- The trace of a product does not depend on the order. -/
theorem trace_mul_comm (m n : Mat2) : (m.mul n).trace = (n.mul m).trace := by
  simp only [Mat2.mul, Mat2.trace]
  grind

/-- Determinants multiply. -/
theorem det_mul (m n : Mat2) : (m.mul n).det = m.det * n.det := by
  simp only [Mat2.mul, Mat2.det]
  grind

/-- The trace is additive. -/
theorem trace_add (m n : Mat2) : (m.add n).trace = m.trace + n.trace := by
  grind [Mat2.add, Mat2.trace]

/-- A commutator has no trace. -/
theorem trace_commutator (m n : Mat2) : ((m.mul n).add (Mat2.scale (-1) (n.mul m))).trace = 0 := by
  simp only [Mat2.mul, Mat2.add, Mat2.scale, Mat2.trace]
  grind

/-- The identity is neutral on the right. -/
theorem mul_unitMatrix (m : Mat2) : m.mul unitMatrix = m := by
  cases m
  simp [Mat2.mul, unitMatrix]

/-- The identity is neutral on the left. -/
theorem unitMatrix_mul (m : Mat2) : unitMatrix.mul m = m := by
  cases m
  simp [Mat2.mul, unitMatrix]

/-- Matrix products associate. -/
theorem matrix_mul_assoc (m n k : Mat2) : (m.mul n).mul k = m.mul (n.mul k) := by
  simp only [Mat2.mul, Mat2.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- Cayley-Hamilton: a matrix satisfies its own characteristic equation. -/
theorem cayley_hamilton (m : Mat2) :
    (m.mul m).add (Mat2.scale m.det unitMatrix) = Mat2.scale m.trace m := by
  simp only [Mat2.mul, Mat2.add, Mat2.scale, Mat2.det, Mat2.trace, unitMatrix, Mat2.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The determinant of the Bloch form is its invariant quadratic form. -/
theorem det_blochMatrix (t x y z : Int) : (blochMatrix t x y z).det = t * t + y * y - x * x - z * z := by
  grind [blochMatrix, Mat2.det]

/-- Products with `σx` exchange the roles of the coefficients. -/
theorem sigmaX_mul_bloch (t x y z : Int) : sigmaX.mul (blochMatrix t x y z) = blochMatrix x t (-z) (-y) := by
  simp only [sigmaX, blochMatrix, Mat2.mul, Mat2.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- Every matrix is, after doubling, of Bloch form: the Pauli matrices are a basis. -/
theorem exists_bloch (m : Mat2) : ∃ t x y z, Mat2.scale 2 m = blochMatrix t x y z := by
  refine ⟨m.a + m.d, m.b + m.c, m.b - m.c, m.a - m.d, ?_⟩
  simp only [Mat2.scale, blochMatrix, Mat2.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The determinant of a power is the power of the determinant. -/
theorem det_pow (m : Mat2) (n : Nat) : (m.pow n).det = m.det ^ n := by
  induction n with
  | zero => simp [Mat2.pow, unitMatrix, Mat2.det]
  | succ n ih => simp [Mat2.pow, det_mul, ih, Int.pow_succ]

/-- Even powers of `σx` are the identity. -/
theorem sigmaX_pow_even (n : Nat) : sigmaX.pow (2 * n) = unitMatrix := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [Nat.mul_succ, Mat2.pow, Mat2.pow, ih]
    rfl

/-- A matrix that commutes with `σx` and `σz` is a multiple of the identity (Schur's lemma). -/
theorem schur_pauli (m : Mat2) (hx : m.mul sigmaX = sigmaX.mul m) (hz : m.mul sigmaZ = sigmaZ.mul m) :
    m = Mat2.scale m.a unitMatrix := by
  cases m
  simp [Mat2.mul, sigmaX, sigmaZ, Mat2.scale, unitMatrix] at *
  omega

end PhysCore.QuantumMechanics
