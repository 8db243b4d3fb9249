import PhysField.Mathematics.Vector

/-!
# Finite sums and series

Sums `f 0 + … + f (n - 1)` of a sequence, by recursion on the number of terms: arithmetic, geometric and telescoping sums, sums of
powers, the triangle inequality, Chebyshev's inequality for one more term, and sequences that obey a linear recursion with a constant.
Source: Graham, Knuth, Patashnik, Concrete Mathematics, chapter 2.
-/
namespace PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- The sum of the first `n` terms of a sequence. -/
def partialSum (f : Nat → K) : Nat → K
  | 0 => 0
  | n + 1 => partialSum f n + f n

/-- Partial sums of sequences that agree up to the last term are equal. -/
theorem partialSum_congr (f g : Nat → K) (n : Nat) (h : ∀ k, k < n → f k = g k) : partialSum f n = partialSum g n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [partialSum, partialSum, ih fun k hk => h k (by omega), h n (by omega)]

/-- The partial sum of a sum of sequences is the sum of the partial sums. -/
theorem partialSum_add (f g : Nat → K) (n : Nat) :
    partialSum (fun k => f k + g k) n = partialSum f n + partialSum g n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih => grind [partialSum]

/-- A constant factor comes out of a partial sum. -/
theorem partialSum_mul_left (c : K) (f : Nat → K) (n : Nat) :
    partialSum (fun k => c * f k) n = c * partialSum f n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih => grind [partialSum]

/-- A partial sum of `m + n` terms is that of the first `m` and that of the next `n`. -/
theorem partialSum_split (f : Nat → K) (m n : Nat) :
    partialSum f (m + n) = partialSum f m + partialSum (fun k => f (m + k)) n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [← Nat.add_assoc, partialSum, ih, partialSum]
    grind

/-- A partial sum is its first term and the sum of the others. -/
theorem partialSum_succ_left (f : Nat → K) (n : Nat) :
    partialSum f (n + 1) = f 0 + partialSum (fun k => f (k + 1)) n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, ih, partialSum]
    grind

/-- The sum over `n` indices of a sequence is its partial sum. -/
theorem sum_eq_partialSum (f : Nat → K) (n : Nat) : sum (fun i : Fin n => f i.val) = partialSum f n := by
  induction n generalizing f with
  | zero => rfl
  | succ n ih =>
    rw [partialSum_succ_left, ← ih fun k => f (k + 1)]
    rfl

/-- A sum of differences of neighbours telescopes. -/
theorem partialSum_telescope (f : Nat → K) (n : Nat) : partialSum (fun k => f (k + 1) - f k) n = f n - f 0 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, ih]
    grind

/-- A partial sum of nonnegative terms is nonnegative. -/
theorem partialSum_nonneg (f : Nat → K) (n : Nat) (h : ∀ k, 0 ≤ f k) : 0 ≤ partialSum f n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih => grind [partialSum, h n]

/-- Partial sums of nonnegative terms grow with the number of terms. -/
theorem partialSum_mono (f : Nat → K) (m n : Nat) (h : ∀ k, 0 ≤ f k) (hmn : m ≤ n) : partialSum f m ≤ partialSum f n := by
  obtain ⟨d, rfl⟩ := Nat.exists_eq_add_of_le hmn
  have k := partialSum_nonneg (fun k => f (m + k)) d fun k => h (m + k)
  rw [partialSum_split]
  grind

/-- A partial sum of larger terms is larger. -/
theorem partialSum_le_partialSum (f g : Nat → K) (n : Nat) (h : ∀ k, f k ≤ g k) : partialSum f n ≤ partialSum g n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih => grind [partialSum, h n]

/-- The triangle inequality for a sum of `n` terms. -/
theorem abs_partialSum_le (f : Nat → K) (n : Nat) : abs (partialSum f n) ≤ partialSum (fun k => abs (f k)) n := by
  induction n with
  | zero => grind [partialSum, abs]
  | succ n ih =>
    have h := abs_add_le (partialSum f n) (f n)
    grind [partialSum]

/-- The sum of the first counting numbers (Gauss). -/
theorem partialSum_id (n : Nat) : partialSum (fun k => (k : K)) n = n * (n - 1) / 2 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, ih]
    grind

/-- An arithmetic progression sums to the number of its terms times the mean of its first and its last. -/
theorem partialSum_arithmetic (a d : K) (n : Nat) :
    partialSum (fun k => a + k * d) n = n * (a + (a + (n - 1) * d)) / 2 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, ih]
    grind

/-- The first odd numbers sum to a square (Galileo's law of odd numbers). -/
theorem partialSum_odd (n : Nat) : partialSum (fun k => 2 * (k : K) + 1) n = (n : K) ^ 2 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, ih]
    grind

/-- The sum of the first squares (Archimedes). -/
theorem partialSum_sq (n : Nat) : partialSum (fun k => (k : K) ^ 2) n = n * (n - 1) * (2 * n - 1) / 6 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, ih]
    grind

/-- The sum of the first cubes is the square of the sum of the first numbers (Nicomachus). -/
theorem partialSum_cube (n : Nat) : partialSum (fun k => (k : K) ^ 3) n = partialSum (fun k => (k : K)) n ^ 2 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    have h := partialSum_id (K := K) n
    rw [partialSum, ih, partialSum]
    grind

/-- Telescoping sum of the inverse products of neighbours. -/
theorem partialSum_inverse_neighbours (n : Nat) :
    partialSum (fun k => 1 / (((k : K) + 1) * ((k : K) + 2))) n = n / (n + 1) := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    have h := natCast_nonneg (K := K) n
    have p : (n : K) + 1 ≠ 0 := by grind
    have q : (n : K) + 2 ≠ 0 := by grind
    rw [partialSum, ih]
    grind

/-- A geometric sum times one minus its ratio. -/
theorem geometric_sum_mul (r : K) (n : Nat) : (1 - r) * partialSum (fun k => r ^ k) n = 1 - r ^ n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, pow_succ]
    grind

/-- The finite geometric series. -/
theorem geometric_sum (r : K) (n : Nat) (h : r ≠ 1) : partialSum (fun k => r ^ k) n = (1 - r ^ n) / (1 - r) := by
  have k := geometric_sum_mul r n
  have p : 1 - r ≠ 0 := by grind
  grind

/-- A geometric series of ratio less than one stays below its limit. -/
theorem geometric_sum_lt (r : K) (n : Nat) (h : 0 < r) (h' : r < 1) : partialSum (fun k => r ^ k) n < 1 / (1 - r) := by
  have k := geometric_sum_mul r n
  have p := pow_pos h n
  rw [lt_div_iff (show 0 < 1 - r by grind)]
  grind

/-- The sum of the terms of a geometric sequence, each times its index. -/
theorem arithmetic_geometric_sum (r : K) (n : Nat) :
    (1 - r) ^ 2 * partialSum (fun k => k * r ^ k) n = r - n * r ^ n + (n - 1) * r ^ n * r := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, pow_succ]
    grind

/-- Powers of a number between zero and one fall. -/
theorem pow_succ_le (r : K) (n : Nat) (h : 0 ≤ r) (h' : r ≤ 1) : r ^ (n + 1) ≤ r ^ n := by
  have k := mul_nonneg (pow_nonneg h n) (show 0 ≤ 1 - r by grind)
  rw [pow_succ]
  grind

/-- Powers of a number between zero and one are at most one. -/
theorem pow_le_one (r : K) (n : Nat) (h : 0 ≤ r) (h' : r ≤ 1) : r ^ n ≤ 1 := by
  induction n with
  | zero => grind
  | succ n ih =>
    have k := pow_succ_le r n h h'
    grind

/-- The power of a product is the product of the powers. -/
theorem mul_pow (a b : K) (n : Nat) : (a * b) ^ n = a ^ n * b ^ n := by
  induction n with
  | zero => grind
  | succ n ih =>
    rw [pow_succ, pow_succ, pow_succ, ih]
    grind

/-- A power with a sum for exponent is the product of the powers. -/
theorem pow_add (a : K) (m n : Nat) : a ^ (m + n) = a ^ m * a ^ n := by
  induction n with
  | zero => grind
  | succ n ih =>
    rw [← Nat.add_assoc, pow_succ, pow_succ, ih]
    grind

/-- A sequence that is multiplied by `r` at each step is geometric. -/
theorem geometric_of_step (r : K) (x : Nat → K) (n : Nat) (h : ∀ k, x (k + 1) = r * x k) : x n = r ^ n * x 0 := by
  induction n with
  | zero => grind
  | succ n ih =>
    rw [h, ih, pow_succ]
    grind

/-- A sequence with `x (k + 1) = r x k + c` keeps a geometric distance from its fixed point `c / (1 - r)`. -/
theorem affine_of_step (r c : K) (x : Nat → K) (n : Nat) (hr : r ≠ 1) (h : ∀ k, x (k + 1) = r * x k + c) :
    x n - c / (1 - r) = r ^ n * (x 0 - c / (1 - r)) := by
  have p : 1 - r ≠ 0 := by grind
  exact geometric_of_step r (fun k => x k - c / (1 - r)) n fun k => by grind

end PhysField.Mathematics
