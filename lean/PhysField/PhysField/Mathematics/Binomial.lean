import PhysField.Mathematics.FiniteDifference

/-!
# Binomial coefficients

Coefficients by Pascal's recursion as counting numbers, with their row sums, absorption and symmetry, the binomial theorem, the mean of the
binomial distribution, and the stationarity of Ehrenfest's urns.
Source: Graham, Knuth, Patashnik, Concrete Mathematics, chapter 5; Feller, An Introduction to Probability Theory and Its Applications,
volume 1, chapters 2, 6 and 9.
-/
namespace PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Number of ways to choose `k` of `n` things. -/
def binomial : Nat → Nat → Nat
  | _, 0 => 1
  | 0, _ + 1 => 0
  | n + 1, k + 1 => binomial n k + binomial n (k + 1)

/-- Probability of `k` successes in `n` trials of odds `x`, times `(1 + x) ^ n`. -/
def binomialWeight (x : K) (n k : Nat) : K := (binomial n k : K) * x ^ k

/-- There is one way to choose nothing. -/
theorem binomial_zero_right (n : Nat) : binomial n 0 = 1 := by
  cases n <;> rfl

/-- No choice is larger than the stock. -/
theorem binomial_eq_zero (n k : Nat) (h : n < k) : binomial n k = 0 := by
  induction n generalizing k with
  | zero => cases k <;> grind [binomial]
  | succ n ih => cases k <;> grind [binomial]

/-- There is one way to choose everything. -/
theorem binomial_self (n : Nat) : binomial n n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => grind [binomial, binomial_eq_zero n (n + 1) (by omega)]

/-- Absorption: to choose `k + 1` of `n + 1` things with a leader, choose the leader first or last. -/
theorem binomial_absorption (n k : Nat) : (k + 1) * binomial (n + 1) (k + 1) = (n + 1) * binomial n k := by
  induction n generalizing k with
  | zero => cases k <;> grind [binomial]
  | succ n ih =>
    cases k with
    | zero =>
      have h := ih 0
      grind [binomial, binomial_zero_right]
    | succ k =>
      have h := ih k
      have l := ih (k + 1)
      rw [binomial, binomial]
      grind [binomial]

/-- Choices of `k` and `n` things out of their sum are as many in both orders. -/
theorem binomial_symmetric (k n : Nat) : binomial (k + n) k = binomial (k + n) n := by
  have h : ∀ m k n, k + n = m → binomial m k = binomial m n := by
    intro m
    induction m with
    | zero =>
      intro k n e
      rw [show k = 0 by omega, show n = 0 by omega]
    | succ m ih =>
      intro k n e
      cases k with
      | zero => rw [show n = m + 1 by omega, binomial_self]; rfl
      | succ k =>
        cases n with
        | zero => rw [show k = m by omega, binomial_self]; rfl
        | succ n =>
          rw [binomial, binomial, ih k (n + 1) (by omega), ih (k + 1) n (by omega)]
          omega
  exact h (k + n) k n rfl

/-- Pascal's recursion for the weights of the binomial distribution. -/
theorem binomialWeight_succ (x : K) (n k : Nat) :
    binomialWeight x (n + 1) (k + 1) = x * binomialWeight x n k + binomialWeight x n (k + 1) := by
  rw [binomialWeight, binomial, binomialWeight, binomialWeight, pow_succ]
  grind

/-- Sums against the binomial weights of one more trial: it fails or succeeds. -/
theorem binomialWeight_sum_succ (x : K) (n m : Nat) (f : Nat → K) :
    partialSum (fun k => binomialWeight x (n + 1) k * f k) (m + 1)
      = partialSum (fun k => binomialWeight x n k * f k) (m + 1) + x * partialSum (fun k => binomialWeight x n k * f (k + 1)) m := by
  induction m with
  | zero => simp only [partialSum, binomialWeight, binomial_zero_right]; grind
  | succ m ih =>
    rw [partialSum, ih, binomialWeight_succ]
    simp only [partialSum]
    grind

/-- Terms beyond the last success add nothing to a binomial sum. -/
theorem binomialWeight_sum_last (x : K) (n : Nat) (f : Nat → K) :
    partialSum (fun k => binomialWeight x n k * f k) (n + 2) = partialSum (fun k => binomialWeight x n k * f k) (n + 1) := by
  have h := binomial_eq_zero n (n + 1) (by omega)
  rw [partialSum, binomialWeight, h]
  grind

/-- The binomial theorem: the weights sum to `(1 + x) ^ n`. -/
theorem binomial_theorem (x : K) (n : Nat) : partialSum (fun k => binomialWeight x n k * 1) (n + 1) = (1 + x) ^ n := by
  induction n with
  | zero => simp only [partialSum, binomialWeight, binomial_zero_right]; grind
  | succ n ih =>
    rw [binomialWeight_sum_succ x n (n + 1) fun _ => 1, binomialWeight_sum_last x n fun _ => 1, ih, pow_succ]
    grind

/-- The mean of the binomial distribution is `n x / (1 + x)`. -/
theorem binomial_mean (x : K) (n : Nat) :
    (1 + x) * partialSum (fun k => binomialWeight x n k * (k : K)) (n + 1) = n * x * (1 + x) ^ n := by
  induction n with
  | zero => simp only [partialSum, binomialWeight]; grind
  | succ n ih =>
    have s := binomial_theorem x n
    have e : partialSum (fun k => binomialWeight x n k * ((k + 1 : Nat) : K)) (n + 1)
        = partialSum (fun k => binomialWeight x n k * (k : K)) (n + 1) + partialSum (fun k => binomialWeight x n k * 1) (n + 1) := by
      rw [← partialSum_add]
      exact partialSum_congr _ _ _ fun k _ => by grind
    rw [binomialWeight_sum_succ x n (n + 1) fun k => (k : K), binomialWeight_sum_last x n fun k => (k : K), e, s, pow_succ]
    grind

/-- The number of subsets of `n` things is `2 ^ n`. -/
theorem binomial_row_sum (n : Nat) : partialSum (fun k => (binomial n k : K)) (n + 1) = 2 ^ n := by
  have h := binomial_theorem (1 : K) n
  have one : ∀ m : Nat, (1 : K) ^ m = 1 := by
    intro m
    induction m with
    | zero => grind
    | succ m ih => rw [pow_succ, ih]; grind
  have e := partialSum_congr (fun k => binomialWeight (1 : K) n k * 1) (fun k => (binomial n k : K)) (n + 1) fun k _ => by
    simp only [binomialWeight, one]
    grind
  rw [e] at h
  rw [h]
  grind

/-- Ehrenfest's urns are in detailed balance with binomial weights: `k + 1` to `k` as often as `k` to `k + 1`. -/
theorem ehrenfest_detailed_balance (n k : Nat) (h : k ≤ n) :
    ((k : K) + 1) * (binomial n (k + 1) : K) = ((n : K) - k) * (binomial n k : K) := by
  have e : (k + 1) * binomial n (k + 1) + k * binomial n k = n * binomial n k := by
    cases n with
    | zero =>
      rw [show k = 0 by omega]
      rfl
    | succ n =>
      have a := binomial_absorption n k
      cases k with
      | zero => rw [binomial_zero_right]; grind [binomial_zero_right]
      | succ k =>
        have b := binomial_absorption n k
        have c : binomial (n + 1) (k + 1) = binomial n k + binomial n (k + 1) := rfl
        grind
  have f : (((k + 1) * binomial n (k + 1) + k * binomial n k : Nat) : K) = ((n * binomial n k : Nat) : K) := by rw [e]
  grind

/-- Ehrenfest's urns: the mean number of balls in an urn approaches half of them with the factor `1 - 2 / n` a step. -/
theorem ehrenfest_mean (x : Nat → K) (n : K) (k : Nat) (h : ∀ j, x (j + 1) = x j - x j / n + (n - x j) / n) :
    x k - n / 2 = (1 - 2 / n) ^ k * (x 0 - n / 2) := by
  exact geometric_of_step (1 - 2 / n) (fun j => x j - n / 2) k fun j => by grind [h j]

end PhysField.Mathematics
