/-!
# The Clifford algebra of a two-dimensional space-time

Dirac's matrices in two dimensions generate an algebra with basis `1, γ₀, γ₁, γ₀γ₁`, where `γ₀² = 1`, `γ₁² = -1` and the two anticommute. An element is
given by four integer components. Vectors square to their Minkowski length, the grade involution and the reversal are (anti-)automorphisms,
and the product of an element with its conjugate is a multiplicative norm.
-/

namespace PhysCore.QFT

/-- An element `s + t γ₀ + x γ₁ + b γ₀γ₁`. -/
structure Clifford where
  s : Int
  t : Int
  x : Int
  b : Int
  deriving DecidableEq

/-- The Clifford product. -/
def Clifford.mul (p q : Clifford) : Clifford :=
  ⟨p.s * q.s + p.t * q.t - p.x * q.x + p.b * q.b, p.s * q.t + p.t * q.s + p.x * q.b - p.b * q.x,
   p.s * q.x + p.x * q.s + p.t * q.b - p.b * q.t, p.s * q.b + p.b * q.s + p.t * q.x - p.x * q.t⟩

/-- The sum of two elements. -/
def Clifford.add (p q : Clifford) : Clifford := ⟨p.s + q.s, p.t + q.t, p.x + q.x, p.b + q.b⟩

/-- A vector `t γ₀ + x γ₁`. -/
def slash (t x : Int) : Clifford := ⟨0, t, x, 0⟩

/-- A number as an element. -/
def scalar (s : Int) : Clifford := ⟨s, 0, 0, 0⟩

/-- The grade involution: vectors change sign. -/
def gradeInvolution (p : Clifford) : Clifford := ⟨p.s, -p.t, -p.x, p.b⟩

/-- The reversal of the order of products. -/
def reversal (p : Clifford) : Clifford := ⟨p.s, p.t, p.x, -p.b⟩

/-- The trace of the representing matrices, per dimension: the scalar part. -/
def diracTrace (p : Clifford) : Int := p.s

/-- The norm of an element. -/
def cliffordNorm (p : Clifford) : Int := p.s * p.s - p.t * p.t + p.x * p.x - p.b * p.b

/-- The powers of an element. -/
def Clifford.pow (p : Clifford) : Nat → Clifford
  | 0 => scalar 1
  | n + 1 => Clifford.mul (Clifford.pow p n) p

/-- The time-like matrix squares to one. -/
theorem gamma0_sq : (slash 1 0).mul (slash 1 0) = scalar 1 := by
  decide

/-- The space-like matrix squares to minus one. -/
theorem gamma1_sq : (slash 0 1).mul (slash 0 1) = scalar (-1) := by
  decide

/-- Feynman's slash: a vector squares to its Minkowski length. -/
theorem slash_sq (t x : Int) : (slash t x).mul (slash t x) = scalar (t * t - x * x) := by
  simp only [slash, scalar, Clifford.mul, Clifford.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The Clifford relation: the anticommutator of two vectors is twice their Minkowski product. -/
theorem slash_anticommutator (t x u y : Int) :
    ((slash t x).mul (slash u y)).add ((slash u y).mul (slash t x)) = scalar (2 * (t * u - x * y)) := by
  simp only [slash, scalar, Clifford.mul, Clifford.add, Clifford.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The trace of two slashed vectors is their Minkowski product. -/
theorem diracTrace_two (t x u y : Int) : diracTrace ((slash t x).mul (slash u y)) = t * u - x * y := by
  simp only [diracTrace, slash, Clifford.mul]
  grind

/-- The trace of an odd number of vectors vanishes: here of one. -/
theorem diracTrace_one (t x : Int) : diracTrace (slash t x) = 0 := by
  simp [diracTrace, slash]

/-- The trace of a product is cyclic. -/
theorem diracTrace_comm (p q : Clifford) : diracTrace (p.mul q) = diracTrace (q.mul p) := by
  simp only [diracTrace, Clifford.mul]
  grind

/-- The Clifford product is associative. -/
theorem clifford_mul_assoc (p q r : Clifford) : (p.mul q).mul r = p.mul (q.mul r) := by
  simp only [Clifford.mul, Clifford.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The Clifford product is distributive. -/
theorem clifford_mul_add (p q r : Clifford) : p.mul (q.add r) = (p.mul q).add (p.mul r) := by
  simp only [Clifford.mul, Clifford.add, Clifford.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- One is neutral. -/
theorem clifford_mul_one (p : Clifford) : p.mul (scalar 1) = p := by
  cases p
  simp [Clifford.mul, scalar]

/-- The grade involution is an automorphism. -/
theorem gradeInvolution_mul (p q : Clifford) :
    gradeInvolution (p.mul q) = (gradeInvolution p).mul (gradeInvolution q) := by
  simp only [gradeInvolution, Clifford.mul, Clifford.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The reversal turns products round. -/
theorem reversal_mul (p q : Clifford) : reversal (p.mul q) = (reversal q).mul (reversal p) := by
  simp only [reversal, Clifford.mul, Clifford.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- Reversing twice does nothing. -/
theorem reversal_reversal (p : Clifford) : reversal (reversal p) = p := by
  cases p
  simp [reversal]

/-- The two involutions commute. -/
theorem reversal_gradeInvolution (p : Clifford) : reversal (gradeInvolution p) = gradeInvolution (reversal p) := by
  simp only [reversal, gradeInvolution]

/-- An element times its conjugate is its norm. -/
theorem mul_conjugate (p : Clifford) : p.mul (reversal (gradeInvolution p)) = scalar (cliffordNorm p) := by
  simp only [reversal, gradeInvolution, scalar, cliffordNorm, Clifford.mul, Clifford.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- The norm is multiplicative. -/
theorem cliffordNorm_mul (p q : Clifford) : cliffordNorm (p.mul q) = cliffordNorm p * cliffordNorm q := by
  simp only [cliffordNorm, Clifford.mul]
  grind

/-- The norm of a power is the power of the norm. -/
theorem cliffordNorm_pow (p : Clifford) (n : Nat) : cliffordNorm (p.pow n) = cliffordNorm p ^ n := by
  induction n with
  | zero => simp [Clifford.pow, scalar, cliffordNorm]
  | succ n ih => rw [Clifford.pow, cliffordNorm_mul, ih, Int.pow_succ]

/-- Every element of norm one has an inverse. -/
theorem exists_clifford_inverse (p : Clifford) (h : cliffordNorm p = 1) : ∃ q, p.mul q = scalar 1 := by
  refine ⟨reversal (gradeInvolution p), ?_⟩
  rw [mul_conjugate, h]

/-- A light-like vector squares to zero, so it has no inverse. -/
theorem slash_lightlike (t x : Int) (h : x = t ∨ x = -t) : (slash t x).mul (slash t x) = scalar 0 := by
  rw [slash_sq]
  rcases h with h | h <;> grind [scalar]

end PhysCore.QFT
