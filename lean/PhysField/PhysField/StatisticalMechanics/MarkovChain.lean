import PhysField.Mathematics.Series
import PhysField.Mathematics.Vector

/-!
# Markov chains and the growth of disorder

Probabilities `p` on the states `Fin n` that a matrix of jumps carries on: `w i j` is the probability of a jump from `j` to `i`. Conservation
of probability and of its sign, detailed balance, contraction of distances, purity `Σ p²` with its bounds, and the theorem that a doubly
stochastic matrix never raises the purity, an H-theorem for the quadratic entropy `1 - Σ p²`.
Source: van Kampen, Stochastic Processes in Physics and Chemistry, chapters 4 and 5.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- A matrix of jump probabilities: nonnegative, and its columns sum to one. -/
def IsStochastic (w : Matrix n n K) : Prop := (∀ i j, 0 ≤ w i j) ∧ ∀ j, sum (fun i => w i j) = 1

/-- The rows sum to one as well. -/
def HasUnitRows (w : Matrix n n K) : Prop := ∀ i, sum (fun j => w i j) = 1

/-- Detailed balance: jumps between two states are as frequent in both directions. -/
def DetailedBalance (w : Matrix n n K) (p : Vec n K) : Prop := ∀ i j, w i j * p j = w j i * p i

/-- Probabilities after `k` jumps. -/
def evolve (w : Matrix n n K) (p : Vec n K) : Nat → Vec n K
  | 0 => p
  | k + 1 => mulVec w (evolve w p k)

/-- Sum of the squared probabilities. -/
def purity (p : Vec n K) : K := inner p p

/-- Total variation: the sum of the absolute differences of two distributions. -/
def distance (p q : Vec n K) : K := sum fun i => abs (p i - q i)

/-- Mixture of two distributions with the shares `s` and `1 - s`. -/
def mixture (s : K) (p q : Vec n K) : Vec n K := fun i => s * p i + (1 - s) * q i

/-- A jump conserves the total probability. -/
theorem mulVec_total (w : Matrix n n K) (p : Vec n K) (hw : IsStochastic w) : sum (mulVec w p) = sum p := by
  have e : sum (mulVec w p) = sum fun i => sum fun j => w i j * p j := rfl
  rw [e, sum_comm]
  exact sum_congr _ _ fun j => by rw [sum_mul, hw.2 j]; grind

/-- Probability is conserved over any number of jumps. -/
theorem evolve_total (w : Matrix n n K) (p : Vec n K) (k : Nat) (hw : IsStochastic w) : sum (evolve w p k) = sum p := by
  induction k with
  | zero => rfl
  | succ k ih => rw [evolve, mulVec_total w _ hw, ih]

/-- Probabilities never turn negative. -/
theorem evolve_nonneg (w : Matrix n n K) (p : Vec n K) (k : Nat) (hw : IsStochastic w) (hp : ∀ i, 0 ≤ p i) (i : Fin n) :
    0 ≤ evolve w p k i := by
  induction k generalizing i with
  | zero => exact hp i
  | succ k ih => exact sum_nonneg _ fun j => mul_nonneg (hw.1 i j) (ih j)

/-- Jumps one after the other compose: the equation of Chapman and Kolmogorov. -/
theorem evolve_add (w : Matrix n n K) (p : Vec n K) (k l : Nat) : evolve w p (k + l) = evolve w (evolve w p k) l := by
  induction l with
  | zero => rfl
  | succ l ih => rw [← Nat.add_assoc, evolve, ih, evolve]

/-- Two stochastic matrices one after the other are a stochastic matrix. -/
theorem stochastic_matMul (v w : Matrix n n K) (hv : IsStochastic v) (hw : IsStochastic w) : IsStochastic (matMul v w) := by
  constructor
  · exact fun i j => sum_nonneg _ fun k => mul_nonneg (hv.1 i k) (hw.1 k j)
  · intro j
    simp only [matMul]
    rw [sum_comm]
    exact (sum_congr _ (fun k => w k j) fun k => by rw [sum_mul, hv.2 k]; grind).trans (hw.2 j)

/-- A distribution in detailed balance is stationary. -/
theorem stationary_of_detailedBalance (w : Matrix n n K) (p : Vec n K) (hw : IsStochastic w) (h : DetailedBalance w p) :
    mulVec w p = p := by
  funext i
  have e : mulVec w p i = sum fun j => w j i * p i := sum_congr _ _ fun j => h i j
  rw [e, sum_mul, hw.2 i]
  grind

/-- A stationary distribution stays so over any number of jumps. -/
theorem evolve_stationary (w : Matrix n n K) (p : Vec n K) (k : Nat) (h : mulVec w p = p) : evolve w p k = p := by
  induction k with
  | zero => rfl
  | succ k ih => rw [evolve, ih, h]

/-- The uniform distribution is stationary under matrices whose rows sum to one, and under no others. -/
theorem uniform_stationary_iff (w : Matrix n n K) (c : K) (hc : c ≠ 0) : mulVec w (fun _ => c) = (fun _ => c) ↔ HasUnitRows w := by
  have e : ∀ i, mulVec w (fun _ => c) i = sum (fun j => w i j) * c := fun i => sum_mul (w i) c
  constructor
  · intro h i
    have k := e i
    rw [h] at k
    grind
  · intro h
    funext i
    rw [e, h i]
    grind

/-- The absolute value of a sum is at most the sum of the absolute values. -/
theorem abs_sum_le (f : Fin n → K) : abs (sum f) ≤ sum fun i => abs (f i) := by
  induction n with
  | zero => grind [sum, abs]
  | succ n ih =>
    have h := abs_add_le (f 0) (sum fun i => f i.succ)
    have k := ih fun i => f i.succ
    rw [sum, sum]
    grind

/-- Jumps never drive two distributions apart (contraction of the total variation). -/
theorem distance_contracts (w : Matrix n n K) (p q : Vec n K) (hw : IsStochastic w) :
    distance (mulVec w p) (mulVec w q) ≤ distance p q := by
  have e : ∀ i, abs (mulVec w p i - mulVec w q i) ≤ sum fun j => w i j * abs (p j - q j) := by
    intro i
    have f : mulVec w p i - mulVec w q i = sum fun j => w i j * (p j - q j) := by
      rw [mulVec, mulVec, inner, inner, ← sum_sub]
      exact sum_congr _ _ fun j => by grind
    have g : (sum fun j => abs (w i j * (p j - q j))) = sum fun j => w i j * abs (p j - q j) :=
      sum_congr _ _ fun j => by
        have a : abs (w i j) = w i j := by grind [abs, hw.1 i j]
        rw [abs_mul, a]
    rw [f, ← g]
    exact abs_sum_le _
  have s := sum_le_sum _ _ e
  rw [sum_comm] at s
  have t : (sum fun j => sum fun i => w i j * abs (p j - q j)) = distance p q :=
    sum_congr _ _ fun j => by rw [sum_mul, hw.2 j]; grind
  rw [t] at s
  exact s

/-- Distributions approach a stationary one monotonically. -/
theorem distance_evolve (w : Matrix n n K) (p q : Vec n K) (k : Nat) (hw : IsStochastic w) (hq : mulVec w q = q) :
    distance (evolve w p (k + 1)) q ≤ distance (evolve w p k) q := by
  have h := distance_contracts w (evolve w p k) q hw
  rw [hq] at h
  exact h

/-- A distribution over `n` states has a purity of at least `1 / n`, that of the uniform one. -/
theorem purity_ge (p : Vec n K) (h : sum p = 1) : 1 ≤ n * purity p := by
  have k := inner_sq_le (fun _ : Fin n => (1 : K)) p
  have a : inner (fun _ : Fin n => (1 : K)) p = 1 := by
    rw [← h]
    exact sum_congr _ _ fun i => by grind
  have b : inner (fun _ : Fin n => (1 : K)) (fun _ => 1) = n := by
    rw [inner, sum_const]
    grind
  rw [a, b] at k
  rw [purity]
  grind

/-- A distribution has a purity of at most one. -/
theorem purity_le_one (p : Vec n K) (hp : ∀ i, 0 ≤ p i) (h : sum p = 1) : purity p ≤ 1 := by
  rw [← h]
  refine sum_le_sum _ _ fun i => ?_
  have a := le_sum p hp i
  have b := mul_nonneg (hp i) (show 0 ≤ 1 - p i by grind)
  grind

/-- The purity is one exactly where every state is certainly occupied or certainly empty. -/
theorem purity_one_iff (p : Vec n K) (hp : ∀ i, 0 ≤ p i) (h : sum p = 1) : purity p = 1 ↔ ∀ i, p i = 0 ∨ p i = 1 := by
  have e : (sum fun i => p i - p i * p i) = 1 - purity p := by
    rw [sum_sub, show sum (fun i => p i) = 1 from h]
    rfl
  have q : ∀ i, 0 ≤ p i - p i * p i := by
    intro i
    have a := le_sum p hp i
    have b := mul_nonneg (hp i) (show 0 ≤ 1 - p i by grind)
    grind
  constructor
  · intro k i
    have z := eq_zero_of_sum_eq_zero _ q (by rw [e, k]; grind) i
    have y : p i * (1 - p i) = 0 := by grind
    rcases mul_eq_zero.mp y with l | l <;> grind
  · intro k
    have z : (sum fun i => p i - p i * p i) = 0 :=
      (sum_congr _ (fun _ => 0) fun i => by rcases k i with l | l <;> rw [l] <;> grind).trans sum_zero
    grind

/-- Independent systems have the product of their purities. -/
theorem purity_independent {m : Nat} (p : Vec m K) (q : Vec n K) :
    (sum fun i => sum fun j => (p i * q j) ^ 2) = purity p * purity q := by
  rw [purity, inner, ← sum_mul]
  refine sum_congr _ _ fun i => ?_
  rw [purity, inner, ← mul_sum]
  exact sum_congr _ _ fun j => by grind

/-- Mixing never raises the purity above the mean purity: the quadratic entropy of a mixture exceeds the mean by a squared distance. -/
theorem purity_mixture (s : K) (p q : Vec n K) :
    purity (mixture s p q) = s * purity p + (1 - s) * purity q - s * (1 - s) * inner (fun i => p i - q i) (fun i => p i - q i) := by
  rw [purity, purity, purity, inner, inner, inner, inner, ← mul_sum, ← mul_sum, ← mul_sum, ← sum_add, ← sum_sub]
  exact sum_congr _ _ fun i => by grind [mixture]

/-- A mixture has at most the mean purity of its parts. -/
theorem purity_mixture_le (s : K) (p q : Vec n K) (hs : 0 ≤ s) (hs' : s ≤ 1) :
    purity (mixture s p q) ≤ s * purity p + (1 - s) * purity q := by
  have h := mul_nonneg (mul_nonneg hs (show 0 ≤ 1 - s by grind)) (inner_self_nonneg fun i => p i - q i)
  rw [purity_mixture]
  grind

/-- The square of a weighted mean is at most the weighted mean of the squares. -/
theorem sq_weighted_le (w f : Vec n K) (hw : ∀ j, 0 ≤ w j) (hs : sum w = 1) :
    (sum fun j => w j * f j) ^ 2 ≤ sum fun j => w j * (f j * f j) := by
  generalize hm : (sum fun j => w j * f j) = m
  have h : 0 ≤ sum fun j => w j * (f j - m) ^ 2 := sum_nonneg _ fun j => mul_nonneg (hw j) (sq_nonneg _)
  have e : (sum fun j => w j * (f j - m) ^ 2) = sum (fun j => w j * (f j * f j)) + -2 * m * m + m ^ 2 * 1 := by
    rw [← hs, ← mul_sum]
    have a : -2 * m * m = sum fun j => -2 * m * (w j * f j) := by rw [mul_sum, hm]
    rw [a, ← sum_add, ← sum_add]
    exact sum_congr _ _ fun j => by grind
  grind

/-- H-theorem: a doubly stochastic matrix never raises the purity, so that the quadratic entropy never falls. -/
theorem h_theorem (w : Matrix n n K) (p : Vec n K) (hw : IsStochastic w) (hr : HasUnitRows w) :
    purity (mulVec w p) ≤ purity p := by
  have e : ∀ i, mulVec w p i * mulVec w p i ≤ sum fun j => w i j * (p j * p j) := by
    intro i
    have h := sq_weighted_le (w i) p (hw.1 i) (hr i)
    rw [mulVec, inner]
    grind
  have s := sum_le_sum _ _ e
  rw [sum_comm] at s
  have t : (sum fun j => sum fun i => w i j * (p j * p j)) = purity p :=
    sum_congr _ _ fun j => by rw [sum_mul, hw.2 j]; grind
  rw [t] at s
  exact s

/-- Over any number of jumps of a doubly stochastic matrix the quadratic entropy does not fall. -/
theorem h_theorem_evolve (w : Matrix n n K) (p : Vec n K) (k : Nat) (hw : IsStochastic w) (hr : HasUnitRows w) :
    purity (evolve w p k) ≤ purity p := by
  induction k with
  | zero => exact Std.le_refl _
  | succ k ih =>
    have h := h_theorem w (evolve w p k) hw hr
    rw [evolve]
    grind

end PhysField.StatisticalMechanics
