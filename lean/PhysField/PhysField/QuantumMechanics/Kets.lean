import PhysField.Mathematics.Complex
import PhysField.Mathematics.Vector

/-!
# Kets in n dimensions

A ket has `n` complex amplitudes. The scalar product is antilinear in its first factor; the square of its absolute value is Born's probability.
Orthogonal bases, the inequality of Cauchy and Schwarz, expectation values and the uncertainty relation of Robertson in every finite dimension.
Source: Sakurai, Napolitano, Modern Quantum Mechanics, chapter 1; Nielsen, Chuang, Quantum Computation and Quantum Information, chapter 2.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- A ket of `n` amplitudes. -/
abbrev Ket (n : Nat) (K : Type u) : Type u := Fin n → Complex K

/-- The sum of `n` complex numbers. -/
def csum (f : Fin n → Complex K) : Complex K := ⟨sum fun i => (f i).re, sum fun i => (f i).im⟩

/-- Scalar product of kets. -/
def braket (u v : Ket n K) : Complex K := csum fun i => Complex.conj (u i) * v i

/-- Squared length of a ket. -/
def ketNormSq (u : Ket n K) : K := sum fun i => (u i).normSq

/-- Born's probability to find the state `u` in the state `v`, both of squared length one. -/
def born (u v : Ket n K) : K := (braket u v).normSq

/-- An operator on kets. -/
abbrev Operator (n : Nat) (K : Type u) : Type u := Ket n K → Ket n K

/-- The operator is its own adjoint: an observable. -/
def Hermitian (a : Operator n K) : Prop := ∀ u v, braket u (a v) = braket (a u) v

/-- The operator keeps scalar products. -/
def Unitary (a : Operator n K) : Prop := ∀ u v, braket (a u) (a v) = braket u v

/-- Product of a ket of one system with a ket of another. -/
def tensor (u v : Ket n K) : Fin n → Ket n K := fun i j => u i * v j

/-- Scalar product of kets of two systems. -/
def braketPair (x y : Fin n → Ket n K) : Complex K := csum fun i => braket (x i) (y i)

/-- Variance of an observable in a state. -/
def variance (a : Operator n K) (u : Ket n K) : K := ketNormSq (a u) - (braket u (a u)).re ^ 2

/-- What an observable makes of a state, less its mean times the state. -/
def deviation (a : Operator n K) (u : Ket n K) : Ket n K :=
  fun i => 1 * a u i + Complex.ofReal (-(braket u (a u)).re) * u i

/-- Complex sums add term by term. -/
theorem csum_add (f g : Fin n → Complex K) : csum (fun i => f i + g i) = csum f + csum g := by
  ext
  · exact sum_add _ _
  · exact sum_add _ _

/-- A common complex factor comes out of a sum. -/
theorem mul_csum (z : Complex K) (f : Fin n → Complex K) : csum (fun i => z * f i) = z * csum f := by
  ext
  · simp only [csum, Complex.mul_re, sum_sub, mul_sum]
  · simp only [csum, Complex.mul_im, sum_add, mul_sum]

/-- The conjugate of a sum is the sum of the conjugates. -/
theorem conj_csum (f : Fin n → Complex K) : Complex.conj (csum f) = csum fun i => Complex.conj (f i) := by
  ext
  · rfl
  · have h := sum_mul (fun i => (f i).im) (-1)
    rw [sum_congr _ (fun i => -(f i).im) fun i => by grind] at h
    show -(sum fun i => (f i).im) = sum fun i => -(f i).im
    grind

/-- Exchanging the factors conjugates a scalar product. -/
theorem braket_conj (u v : Ket n K) : Complex.conj (braket u v) = braket v u := by
  rw [braket, conj_csum, braket]
  congr 1
  funext i
  ext <;> grind

/-- The scalar product is additive in its second factor. -/
theorem braket_add (u v w : Ket n K) : braket u (fun i => v i + w i) = braket u v + braket u w := by
  rw [braket, braket, braket, ← csum_add]
  congr 1
  funext i
  grind

/-- A number comes out of the second factor of a scalar product. -/
theorem braket_smul (z : Complex K) (u v : Ket n K) : braket u (fun i => z * v i) = z * braket u v := by
  rw [braket, braket, ← mul_csum]
  congr 1
  funext i
  grind

/-- A number comes conjugated out of the first factor of a scalar product. -/
theorem smul_braket (z : Complex K) (u v : Ket n K) : braket (fun i => z * u i) v = Complex.conj z * braket u v := by
  rw [← braket_conj v, braket_smul, Complex.conj_mul, braket_conj]

/-- The scalar product is additive in its first factor. -/
theorem add_braket (u v w : Ket n K) : braket (fun i => u i + v i) w = braket u w + braket v w := by
  rw [← braket_conj w, braket_add, Complex.conj_add, braket_conj, braket_conj]

/-- The scalar product of a ket with itself is its squared length. -/
theorem braket_self (u : Ket n K) : braket u u = Complex.ofReal (ketNormSq u) := by
  ext
  · exact sum_congr _ _ fun i => by grind [Complex.normSq]
  · exact (sum_congr _ (fun _ => 0) fun i => by grind).trans sum_zero

/-- A squared length is never negative. -/
theorem ketNormSq_nonneg (u : Ket n K) : 0 ≤ ketNormSq u := by
  exact sum_nonneg _ fun i => Complex.normSq_nonneg (u i)

/-- Only the zero ket has length zero. -/
theorem eq_zero_of_ketNormSq (u : Ket n K) (h : ketNormSq u = 0) (i : Fin n) : u i = 0 := by
  have k := eq_zero_of_sum_eq_zero _ (fun i => Complex.normSq_nonneg (u i)) h i
  exact (Complex.normSq_eq_zero (u i)).mp k

/-- In a superposition of two kets the squared lengths add up to the interference term. -/
theorem ketNormSq_superpose (z w : Complex K) (u v : Ket n K) : ketNormSq (fun i => z * u i + w * v i) =
    z.normSq * ketNormSq u + w.normSq * ketNormSq v + 2 * (Complex.conj z * w * braket u v).re := by
  have h := congrArg Complex.re (braket_self fun i => z * u i + w * v i)
  rw [add_braket, braket_add, braket_add, smul_braket, smul_braket, braket_smul, braket_smul, smul_braket, smul_braket,
    braket_smul, braket_smul, braket_self, braket_self, ← braket_conj u v] at h
  generalize braket u v = x at *
  simp only [Complex.add_re, Complex.mul_re, Complex.mul_im, Complex.conj, Complex.ofReal, Complex.normSq] at h ⊢
  grind

/-- The inequality of Cauchy and Schwarz for kets. -/
theorem ket_cauchy_schwarz (u v : Ket n K) : (braket u v).normSq ≤ ketNormSq u * ketNormSq v := by
  have hp := ketNormSq_nonneg v
  have h := ketNormSq_nonneg fun i => Complex.ofReal (ketNormSq v) * u i + -braket v u * v i
  rw [ketNormSq_superpose, ← braket_conj u v] at h
  by_cases z : ketNormSq v = 0
  · have k : braket u v = 0 := by
      have e := eq_zero_of_ketNormSq v z
      ext
      · exact (sum_congr _ (fun _ => 0) fun i => by grind [e i]).trans sum_zero
      · exact (sum_congr _ (fun _ => 0) fun i => by grind [e i]).trans sum_zero
    rw [k, z]
    grind [Complex.normSq]
  · have e : 0 ≤ ketNormSq v * (ketNormSq u * ketNormSq v - (braket u v).normSq) := by
      generalize braket u v = x at *
      simp only [Complex.mul_re, Complex.mul_im, Complex.neg_re, Complex.neg_im, Complex.conj, Complex.ofReal, Complex.normSq] at h ⊢
      grind
    have f := le_of_mul_le_mul_left (show 0 < ketNormSq v by grind)
      (show ketNormSq v * 0 ≤ ketNormSq v * (ketNormSq u * ketNormSq v - (braket u v).normSq) by grind)
    grind

/-- Born's probabilities lie between 0 and 1. -/
theorem born_bounds (u v : Ket n K) (hu : ketNormSq u = 1) (hv : ketNormSq v = 1) : 0 ≤ born u v ∧ born u v ≤ 1 := by
  have h := ket_cauchy_schwarz u v
  rw [hu, hv] at h
  exact ⟨Complex.normSq_nonneg _, by grind [born]⟩

/-- A transition is as probable as the reverse one (reciprocity). -/
theorem born_symm (u v : Ket n K) : born u v = born v u := by
  rw [born, ← braket_conj, born]
  grind [Complex.normSq]

/-- A phase factor of the state changes no probability. -/
theorem born_phase (z : Complex K) (u v : Ket n K) (hz : z.normSq = 1) : born u (fun i => z * v i) = born u v := by
  rw [born, braket_smul, Complex.normSq_mul, hz, born]
  grind

/-- Expectation values of observables are real. -/
theorem hermitian_expectation_real (a : Operator n K) (u : Ket n K) (h : Hermitian a) : (braket u (a u)).im = 0 := by
  have k := h u u
  rw [← braket_conj u (a u)] at k
  exact (Complex.conj_eq_self _).mp k.symm

/-- Eigenvalues of observables are real. -/
theorem hermitian_eigenvalue_real (a : Operator n K) (u : Ket n K) (e : Complex K) (h : Hermitian a) (hu : ketNormSq u ≠ 0)
    (he : a u = fun i => e * u i) : e.im = 0 := by
  have k := hermitian_expectation_real a u h
  rw [he, braket_smul, braket_self] at k
  have l : e.im * ketNormSq u = 0 := by grind
  rcases mul_eq_zero.mp l with z | z <;> grind

/-- Eigenstates of an observable with different eigenvalues are orthogonal. -/
theorem hermitian_orthogonal (a : Operator n K) (u v : Ket n K) (e f : K) (h : Hermitian a)
    (hu : a u = fun i => Complex.ofReal e * u i) (hv : a v = fun i => Complex.ofReal f * v i) (hef : e ≠ f) : braket u v = 0 := by
  have k := h u v
  rw [hu, hv, braket_smul, smul_braket] at k
  have r := congrArg Complex.re k
  have j := congrArg Complex.im k
  have p : (f - e) * (braket u v).re = 0 := by grind
  have q : (f - e) * (braket u v).im = 0 := by grind
  ext
  · rcases mul_eq_zero.mp p with z | z <;> grind
  · rcases mul_eq_zero.mp q with z | z <;> grind

/-- Unitary evolution keeps probabilities for any number of steps. -/
theorem unitary_steps (a : Operator n K) (u v : Ket n K) (h : Unitary a) (m : Nat) : born (Nat.repeat a m u) (Nat.repeat a m v) = born u v := by
  induction m with
  | zero => rfl
  | succ m ih => rw [Nat.repeat, Nat.repeat, born, h, ← born, ih]

/-- Scalar products of product states multiply. -/
theorem braketPair_tensor (u v x y : Ket n K) : braketPair (tensor u v) (tensor x y) = braket u x * braket v y := by
  rw [braketPair, show braket u x * braket v y = braket v y * braket u x by grind, braket.eq_def u x, ← mul_csum]
  congr 1
  funext i
  have h : braket (fun j => u i * v j) (fun j => x i * y j) = Complex.conj (u i) * (x i * braket v y) := by rw [smul_braket, braket_smul]
  rw [show braket (tensor u v i) (tensor x y i) = Complex.conj (u i) * (x i * braket v y) from h]
  grind

/-- A machine that keeps scalar products copies two states only if they are equal or orthogonal (no-cloning theorem). -/
theorem no_cloning (a : (Fin n → Ket n K) → Fin n → Ket n K) (u v e : Ket n K) (hu : ketNormSq u = 1) (hv : ketNormSq v = 1)
    (he : ketNormSq e = 1) (ha : braketPair (a (tensor u e)) (a (tensor v e)) = braketPair (tensor u e) (tensor v e))
    (cu : a (tensor u e) = tensor u u) (cv : a (tensor v e) = tensor v v) : braket u v = 0 ∨ ∀ i, u i = v i := by
  rw [cu, cv, braketPair_tensor, braketPair_tensor, braket_self, he] at ha
  by_cases z : braket u v = 0
  · exact Or.inl z
  · have w : braket u v = 1 := by
      rw [show Complex.ofReal (1 : K) = 1 from rfl] at ha
      grind
    refine Or.inr fun i => ?_
    have k := ketNormSq_superpose 1 (-1) u v
    rw [w, hu, hv] at k
    have l : ketNormSq (fun i => 1 * u i + -1 * v i) = 0 := by
      rw [k]
      grind [Complex.normSq]
    have m := eq_zero_of_ketNormSq _ l i
    grind

/-- The squared length of the deviation is the variance. -/
theorem ketNormSq_deviation (a : Operator n K) (u : Ket n K) (hu : ketNormSq u = 1) : ketNormSq (deviation a u) = variance a u := by
  delta deviation
  rw [ketNormSq_superpose, hu, ← braket_conj u (a u), variance]
  generalize braket u (a u) = z
  grind [Complex.normSq]

/-- The mean of the commutator of two observables is `2 i` times the imaginary part of the scalar product of what they make of the state. -/
theorem hermitian_commutator (a b : Operator n K) (u : Ket n K) (ha : Hermitian a) (hb : Hermitian b) :
    braket u (a (b u)) - braket u (b (a u)) = 2 * Complex.i * Complex.ofReal (braket (a u) (b u)).im := by
  rw [ha u (b u), hb u (a u), ← braket_conj (a u) (b u)]
  ext <;> grind

/-- The variances of two observables have a product of at least a quarter of the squared mean of their commutator (uncertainty relation of Robertson). -/
theorem robertson (a b : Operator n K) (u : Ket n K) (ha : Hermitian a) (hb : Hermitian b) (hu : ketNormSq u = 1) :
    (braket (a u) (b u)).im ^ 2 ≤ variance a u * variance b u := by
  have h := ket_cauchy_schwarz (deviation a u) (deviation b u)
  rw [ketNormSq_deviation a u hu, ketNormSq_deviation b u hu] at h
  have e : (braket (deviation a u) (deviation b u)).im = (braket (a u) (b u)).im := by
    have p := hermitian_expectation_real a u ha
    have q := hermitian_expectation_real b u hb
    delta deviation
    simp only [add_braket, braket_add, smul_braket, braket_smul, braket_self, hu]
    rw [← braket_conj u (a u)]
    generalize braket u (a u) = z at *
    generalize braket u (b u) = w at *
    clear h
    grind
  have k := sq_nonneg (braket (deviation a u) (deviation b u)).re
  rw [Complex.normSq, e] at h
  grind

end PhysField.QuantumMechanics
