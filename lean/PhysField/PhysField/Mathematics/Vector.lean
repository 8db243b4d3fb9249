import PhysField.Mathematics.OrderedField

/-!
# Vectors and matrices in n dimensions

A vector is a function `Fin n → K`, a matrix a function `Fin m → Fin n → K`. Sums over `Fin n` are defined by recursion, with
their linearity, exchange of two sums and monotonicity. From these follow bilinearity of the inner product, the inequality of
Cauchy and Schwarz in every dimension and associativity of the matrix product.
Source: Halmos, Finite-Dimensional Vector Spaces, chapters 1 to 3.
-/
namespace PhysField.Mathematics

/-- A vector with `n` components. -/
abbrev Vec (n : Nat) (K : Type u) : Type u := Fin n → K

/-- A matrix with `m` rows and `n` columns. -/
abbrev Matrix (m n : Nat) (K : Type u) : Type u := Fin m → Fin n → K

variable {K : Type u} [OrderedField K] {l m n : Nat}

/-- The sum of `n` numbers. -/
def sum : {n : Nat} → (Fin n → K) → K
  | 0, _ => 0
  | _ + 1, f => f 0 + sum fun i => f i.succ

/-- Inner product. -/
def inner (u v : Vec n K) : K := sum fun i => u i * v i

/-- Kronecker's delta. -/
def delta (i j : Fin n) : K := if i = j then 1 else 0

/-- A matrix times a vector. -/
def mulVec (a : Matrix m n K) (v : Vec n K) : Vec m K := fun i => inner (a i) v

/-- The transposed matrix. -/
def transpose (a : Matrix m n K) : Matrix n m K := fun i j => a j i

/-- A matrix times a matrix. -/
def matMul (a : Matrix l m K) (b : Matrix m n K) : Matrix l n K := fun i j => sum fun k => a i k * b k j

/-- The sum of the diagonal elements. -/
def trace (a : Matrix n n K) : K := sum fun i => a i i

/-- Sums with equal terms are equal. -/
theorem sum_congr (f g : Fin n → K) (h : ∀ i, f i = g i) : sum f = sum g := by
  rw [show f = g from funext h]

/-- A sum of sums is the sum of the two sums. -/
theorem sum_add (f g : Fin n → K) : sum (fun i => f i + g i) = sum f + sum g := by
  induction n with
  | zero => grind [sum]
  | succ n ih => grind [sum]

/-- A sum of differences is the difference of the two sums. -/
theorem sum_sub (f g : Fin n → K) : sum (fun i => f i - g i) = sum f - sum g := by
  induction n with
  | zero => grind [sum]
  | succ n ih => grind [sum]

/-- A common factor on the left comes out of a sum. -/
theorem mul_sum (c : K) (f : Fin n → K) : sum (fun i => c * f i) = c * sum f := by
  induction n with
  | zero => grind [sum]
  | succ n ih => grind [sum]

/-- A common factor on the right comes out of a sum. -/
theorem sum_mul (f : Fin n → K) (c : K) : sum (fun i => f i * c) = sum f * c := by
  induction n with
  | zero => grind [sum]
  | succ n ih => grind [sum]

/-- A sum of zeros is zero. -/
theorem sum_zero : sum (fun _ : Fin n => (0 : K)) = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => grind [sum]

/-- `n` equal terms sum to `n` times the term. -/
theorem sum_const (c : K) : sum (fun _ : Fin n => c) = n * c := by
  induction n with
  | zero => grind [sum]
  | succ n ih => grind [sum]

/-- Two finite sums may be exchanged. -/
theorem sum_comm (f : Fin m → Fin n → K) : (sum fun i => sum fun j => f i j) = sum fun j => sum fun i => f i j := by
  induction m with
  | zero => simp only [sum, sum_zero]
  | succ m ih => simp only [sum, ih, sum_add]

/-- A sum of nonnegative numbers is nonnegative. -/
theorem sum_nonneg (f : Fin n → K) (h : ∀ i, 0 ≤ f i) : 0 ≤ sum f := by
  induction n with
  | zero => grind [sum]
  | succ n ih =>
    have k := ih (fun i => f i.succ) (fun i => h i.succ)
    grind [sum]

/-- A sum of larger terms is larger. -/
theorem sum_le_sum (f g : Fin n → K) (h : ∀ i, f i ≤ g i) : sum f ≤ sum g := by
  have k := sum_nonneg (fun i => g i - f i) (by grind)
  rw [sum_sub] at k
  grind

/-- Of nonnegative numbers none exceeds their sum. -/
theorem le_sum (f : Fin n → K) (h : ∀ i, 0 ≤ f i) (i : Fin n) : f i ≤ sum f := by
  induction n with
  | zero => exact i.elim0
  | succ n ih =>
    have k := sum_nonneg (fun j => f j.succ) (fun j => h j.succ)
    cases i using Fin.cases with
    | zero => grind [sum]
    | succ j => grind [sum, ih (fun j => f j.succ) (fun j => h j.succ) j]

/-- Nonnegative numbers that sum to zero are all zero. -/
theorem eq_zero_of_sum_eq_zero (f : Fin n → K) (h : ∀ i, 0 ≤ f i) (hs : sum f = 0) (i : Fin n) : f i = 0 := by
  have k := le_sum f h i
  grind

/-- A sum against Kronecker's delta picks one term. -/
theorem sum_delta (f : Fin n → K) (i : Fin n) : sum (fun j => delta i j * f j) = f i := by
  induction n with
  | zero => exact i.elim0
  | succ n ih =>
    cases i using Fin.cases with
    | zero =>
      have k := (sum_congr (fun j : Fin n => delta 0 j.succ * f j.succ) (fun _ => 0) (by grind [delta])).trans sum_zero
      grind [sum, delta]
    | succ j =>
      have k := sum_congr (fun i => delta j.succ i.succ * f i.succ) (fun i => delta j i * f i.succ) (by simp [delta])
      grind [sum, delta, ih (fun i => f i.succ) j]

/-- The inner product is symmetric. -/
theorem inner_comm (u v : Vec n K) : inner u v = inner v u := by
  exact sum_congr _ _ fun i => by grind

/-- The inner product is additive in its first factor. -/
theorem inner_add_left (u v w : Vec n K) : inner (fun i => u i + v i) w = inner u w + inner v w := by
  rw [inner, inner, inner, ← sum_add]
  exact sum_congr _ _ fun i => by grind

/-- A number comes out of the first factor of an inner product. -/
theorem inner_smul_left (c : K) (u v : Vec n K) : inner (fun i => c * u i) v = c * inner u v := by
  rw [inner, inner, ← mul_sum]
  exact sum_congr _ _ fun i => by grind

/-- The inner product is additive in its second factor. -/
theorem inner_add_right (u v w : Vec n K) : inner u (fun i => v i + w i) = inner u v + inner u w := by
  rw [inner_comm, inner_add_left, inner_comm v, inner_comm w]

/-- A number comes out of the second factor of an inner product. -/
theorem inner_smul_right (c : K) (u v : Vec n K) : inner u (fun i => c * v i) = c * inner u v := by
  rw [inner_comm, inner_smul_left, inner_comm]

/-- The inner product of a vector with itself is never negative. -/
theorem inner_self_nonneg (u : Vec n K) : 0 ≤ inner u u := by
  exact sum_nonneg _ fun i => mul_self_nonneg (u i)

/-- Only the zero vector is orthogonal to itself. -/
theorem eq_zero_of_inner_self (u : Vec n K) (h : inner u u = 0) (i : Fin n) : u i = 0 := by
  have k := eq_zero_of_sum_eq_zero _ (fun i => mul_self_nonneg (u i)) h i
  grind

/-- The inequality of Cauchy and Schwarz in `n` dimensions. -/
theorem inner_sq_le (u v : Vec n K) : inner u v ^ 2 ≤ inner u u * inner v v := by
  by_cases hv : inner v v = 0
  · have hz := eq_zero_of_inner_self v hv
    have k : inner u v = 0 := (sum_congr _ (fun _ => 0) (by grind)).trans sum_zero
    rw [k, hv]
    grind
  · have h := inner_self_nonneg fun i => inner v v * u i + -inner u v * v i
    simp only [inner_add_left, inner_add_right, inner_smul_left, inner_smul_right, inner_comm v u] at h
    have hp : 0 < inner v v := by grind [inner_self_nonneg v]
    have k := fun hlt => mul_pos hp (a := inner v v) (b := inner u v ^ 2 - inner u u * inner v v) hlt
    grind

/-- The transposed matrix moves to the other side of an inner product. -/
theorem inner_mulVec (a : Matrix m n K) (u : Vec m K) (v : Vec n K) :
    inner u (mulVec a v) = inner (mulVec (transpose a) u) v := by
  simp only [inner, mulVec, transpose, ← mul_sum, ← sum_mul]
  rw [sum_comm]
  exact sum_congr _ _ fun j => sum_congr _ _ fun i => by grind

/-- A product of matrices acts like one matrix after the other. -/
theorem mulVec_mulVec (a : Matrix l m K) (b : Matrix m n K) (v : Vec n K) :
    mulVec a (mulVec b v) = mulVec (matMul a b) v := by
  funext i
  simp only [inner, mulVec, matMul, ← mul_sum, ← sum_mul]
  rw [sum_comm]
  exact sum_congr _ _ fun j => sum_congr _ _ fun k => by grind

/-- The matrix product is associative. -/
theorem matMul_assoc {p : Nat} (a : Matrix p l K) (b : Matrix l m K) (c : Matrix m n K) :
    matMul (matMul a b) c = matMul a (matMul b c) := by
  funext i j
  exact (congrFun (mulVec_mulVec a b fun k => c k j) i).symm

/-- The unit matrix changes no vector. -/
theorem mulVec_delta (v : Vec n K) : mulVec delta v = v := by
  funext i
  exact sum_delta v i

/-- The trace of a product does not depend on the order. -/
theorem trace_matMul_comm (a : Matrix m n K) (b : Matrix n m K) : trace (matMul a b) = trace (matMul b a) := by
  rw [trace, trace]
  simp only [matMul]
  rw [sum_comm]
  exact sum_congr _ _ fun j => sum_congr _ _ fun i => by grind

/-- Transposition reverses a product. -/
theorem transpose_matMul (a : Matrix l m K) (b : Matrix m n K) :
    transpose (matMul a b) = matMul (transpose b) (transpose a) := by
  funext i j
  exact sum_congr _ _ fun k => by grind [transpose]

end PhysField.Mathematics
