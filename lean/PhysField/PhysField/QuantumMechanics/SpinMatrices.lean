import PhysField.Mathematics.Matrix2

/-!
# Pauli's spin matrices

The matrix of the spin along a vector, over any commutative ring with a number `i` of square -1. Products give scalar and vector product at once;
rotations of the spin are matrices that double the angle; density matrices with their purity.
Source: Sakurai, Napolitano, Modern Quantum Mechanics, chapters 1 and 3; Nielsen, Chuang, Quantum Computation and Quantum Information, chapter 2.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {R : Type u} [Lean.Grind.CommRing R]

/-- Pauli's matrix of the spin along the vector of components `x`, `y`, `z`. -/
def spinMatrix (i x y z : R) : Matrix2 R := ⟨z, x - i * y, x + i * y, -z⟩

/-- The density matrix of Bloch vector `x`, `y`, `z`, with `h` one half. -/
def densityMatrix (h i x y z : R) : Matrix2 R := h • ((1 : Matrix2 R) + spinMatrix i x y z)

/-- Rotation of the spin about the axis `x`, `y`, `z`, with cosine `c` and sine `s` of half the angle. -/
def spinRotation (i c s x y z : R) : Matrix2 R := c • (1 : Matrix2 R) - (i * s) • spinMatrix i x y z

/-- The product of two spin matrices holds the scalar product and `i` times the vector product (Pauli). -/
theorem spinMatrix_mul (i x y z a b c : R) (hi : i * i = -1) : spinMatrix i x y z * spinMatrix i a b c =
    (x * a + y * b + z * c) • (1 : Matrix2 R) + i • spinMatrix i (y * c - z * b) (z * a - x * c) (x * b - y * a) := by
  simp only [spinMatrix, Matrix2.mul_def, Matrix2.smul_def, Matrix2.add_def, Matrix2.one_def, Matrix2.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- Spin matrices have no trace. -/
theorem spinMatrix_tr (i x y z : R) : (spinMatrix i x y z).tr = 0 := by
  rw [spinMatrix, Matrix2.tr]
  grind

/-- The determinant of a spin matrix is minus the squared length of its vector. -/
theorem spinMatrix_det (i x y z : R) (hi : i * i = -1) : (spinMatrix i x y z).det = -(x ^ 2 + y ^ 2 + z ^ 2) := by
  rw [spinMatrix, Matrix2.det]
  grind

/-- A spin matrix squares to the squared length of its vector. -/
theorem spinMatrix_sq (i x y z : R) (hi : i * i = -1) :
    spinMatrix i x y z * spinMatrix i x y z = (x ^ 2 + y ^ 2 + z ^ 2) • (1 : Matrix2 R) := by
  rw [Matrix2.sq_of_tr_eq_zero _ (spinMatrix_tr i x y z), spinMatrix_det i x y z hi]
  congr 1
  grind

/-- The spin along a unit vector measured an even number of times in a row multiplies to one. -/
theorem spinMatrix_pow_even (i x y z : R) (hi : i * i = -1) (hn : x ^ 2 + y ^ 2 + z ^ 2 = 1) (n : Nat) : spinMatrix i x y z ^ (2 * n) = 1 := by
  have h : spinMatrix i x y z * spinMatrix i x y z = 1 := by
    rw [spinMatrix_sq i x y z hi, hn]
    ext <;> grind
  induction n with
  | zero => exact Lean.Grind.Semiring.pow_zero _
  | succ n ih =>
    rw [show 2 * (n + 1) = 2 * n + 1 + 1 by omega, Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ, ih,
      Lean.Grind.Semiring.mul_assoc, h, Lean.Grind.Semiring.mul_one]

/-- Spin matrices anticommute up to twice the scalar product of their vectors. -/
theorem spinMatrix_anticomm (i x y z a b c : R) (hi : i * i = -1) :
    spinMatrix i x y z * spinMatrix i a b c + spinMatrix i a b c * spinMatrix i x y z = (2 * (x * a + y * b + z * c)) • (1 : Matrix2 R) := by
  simp only [spinMatrix, Matrix2.mul_def, Matrix2.smul_def, Matrix2.add_def, Matrix2.one_def, Matrix2.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The commutator of two spin matrices is `2 i` times that of the vector product: spins generate rotations. -/
theorem spinMatrix_comm (i x y z a b c : R) (hi : i * i = -1) : spinMatrix i x y z * spinMatrix i a b c - spinMatrix i a b c * spinMatrix i x y z =
    (2 * i) • spinMatrix i (y * c - z * b) (z * a - x * c) (x * b - y * a) := by
  simp only [spinMatrix, Matrix2.mul_def, Matrix2.smul_def, Matrix2.sub_def, Matrix2.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The trace of the product of two spin matrices is twice the scalar product of their vectors. -/
theorem spinMatrix_tr_mul (i x y z a b c : R) (hi : i * i = -1) :
    (spinMatrix i x y z * spinMatrix i a b c).tr = 2 * (x * a + y * b + z * c) := by
  simp only [spinMatrix, Matrix2.mul_def, Matrix2.tr]
  grind

/-- Every matrix without trace is the spin matrix of one vector. -/
theorem spinMatrix_of_tr (h i : R) (m : Matrix2 R) (hh : h + h = 1) (hi : i * i = -1) (ht : m.tr = 0) :
    m = spinMatrix i (h * (m.b + m.c)) (h * i * (m.b - m.c)) m.a := by
  rw [Matrix2.tr] at ht
  ext
  · rfl
  · show m.b = h * (m.b + m.c) - i * (h * i * (m.b - m.c))
    grind
  · show m.c = h * (m.b + m.c) + i * (h * i * (m.b - m.c))
    grind
  · show m.d = -m.a
    grind

/-- Two rotations about the same unit axis are one, with the angles added. -/
theorem spinRotation_mul (i c s d t x y z : R) (hi : i * i = -1) (hn : x ^ 2 + y ^ 2 + z ^ 2 = 1) :
    spinRotation i c s x y z * spinRotation i d t x y z = spinRotation i (c * d - s * t) (s * d + c * t) x y z := by
  have h := spinMatrix_sq i x y z hi
  rw [hn] at h
  simp only [spinRotation]
  generalize spinMatrix i x y z = m at *
  simp only [Matrix2.mul_def, Matrix2.smul_def, Matrix2.sub_def, Matrix2.one_def, Matrix2.mk.injEq] at *
  obtain ⟨ha, hb, hc, hd⟩ := h
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- A rotation of the spin has determinant one. -/
theorem spinRotation_det (i c s x y z : R) (hi : i * i = -1) (hn : x ^ 2 + y ^ 2 + z ^ 2 = 1) (hc : c ^ 2 + s ^ 2 = 1) :
    (spinRotation i c s x y z).det = 1 := by
  have e : (spinRotation i c s x y z).det = c ^ 2 - i * i * s ^ 2 * (x ^ 2 - i * i * y ^ 2 + z ^ 2) := by
    clear hi hn hc
    simp only [spinRotation, spinMatrix, Matrix2.smul_def, Matrix2.sub_def, Matrix2.one_def, Matrix2.det]
    grind
  rw [e, hi, show x ^ 2 - -1 * y ^ 2 + z ^ 2 = x ^ 2 + y ^ 2 + z ^ 2 by clear e hi hn hc; grind, hn,
    show c ^ 2 - -1 * s ^ 2 * 1 = c ^ 2 + s ^ 2 by clear e hi hn hc; grind, hc]

/-- Turned by any matrix of determinant one, a spin matrix keeps the length of its vector: such matrices rotate. -/
theorem spinMatrix_rotated_det (i x y z : R) (u w : Matrix2 R) (hi : i * i = -1) (hu : u.det = 1) (hw : w.det = 1) :
    (u * spinMatrix i x y z * w).det = -(x ^ 2 + y ^ 2 + z ^ 2) := by
  rw [Matrix2.det_mul, Matrix2.det_mul, hu, hw, spinMatrix_det i x y z hi]
  grind

/-- The purity of a density matrix is one half of one plus the squared length of the Bloch vector. -/
theorem densityMatrix_purity (h i x y z : R) (hh : h + h = 1) (hi : i * i = -1) :
    (densityMatrix h i x y z * densityMatrix h i x y z).tr = h * (1 + (x ^ 2 + y ^ 2 + z ^ 2)) := by
  have e : (densityMatrix h i x y z * densityMatrix h i x y z).tr = h * ((h + h) * (1 + (x ^ 2 - i * i * y ^ 2 + z ^ 2))) := by
    clear hh hi
    simp only [densityMatrix, spinMatrix, Matrix2.mul_def, Matrix2.smul_def, Matrix2.add_def, Matrix2.one_def, Matrix2.tr]
    grind
  rw [e, hh, hi]
  clear e hh hi
  grind

end PhysField.QuantumMechanics
