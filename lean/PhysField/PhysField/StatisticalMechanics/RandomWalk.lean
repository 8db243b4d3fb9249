import PhysField.Mathematics.FiniteDifference

/-!
# Random walks and first passage

A walker on a line steps `+1` with probability `p` and `-1` with probability `q`. `walkMean` is the mean of a function of its place after `n`
steps, by the backward equation: drift, spreading, exponential averages and martingales. Then the gambler's ruin and the mean time to reach an
end: `h` is the chance to reach `n` before `0`, `d` the mean duration.
Source: Feller, An Introduction to Probability Theory and Its Applications, volume 1, chapter 14; Redner, A Guide to First-Passage
Processes, chapter 2.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Mean of `f` at the place of a walker that started at `x`, after the given number of steps. -/
def walkMean (p q : K) (f : K → K) : Nat → K → K
  | 0, x => f x
  | n + 1, x => p * walkMean p q f n (x + 1) + q * walkMean p q f n (x - 1)

/-- Mean square of the length of a walk in which each step goes on in the direction of the last one with the mean cosine `c`, by
recursion on the steps; the second number is the mean product of the whole walk with its last step. -/
def persistentWalk (c : K) : Nat → K × K
  | 0 => (0, 0)
  | n + 1 => ((persistentWalk c n).1 + 2 * (c * (persistentWalk c n).2) + 1, c * (persistentWalk c n).2 + 1)

/-- Probability is conserved: the mean of a constant is the constant. -/
theorem walkMean_const (p q c x : K) (n : Nat) (h : p + q = 1) : walkMean p q (fun _ => c) n x = c := by
  induction n generalizing x with
  | zero => rfl
  | succ n ih =>
    rw [walkMean, ih, ih]
    grind

/-- Means over a walk are linear. -/
theorem walkMean_linear (p q a b x : K) (f g : K → K) (n : Nat) :
    walkMean p q (fun y => a * f y + b * g y) n x = a * walkMean p q f n x + b * walkMean p q g n x := by
  induction n generalizing x with
  | zero => rfl
  | succ n ih =>
    rw [walkMean, ih, ih, walkMean, walkMean]
    grind

/-- A larger function has the larger mean over a walk. -/
theorem walkMean_mono (p q x : K) (f g : K → K) (n : Nat) (hp : 0 ≤ p) (hq : 0 ≤ q) (h : ∀ y, f y ≤ g y) :
    walkMean p q f n x ≤ walkMean p q g n x := by
  induction n generalizing x with
  | zero => exact h x
  | succ n ih =>
    have a := mul_le_mul_left hp (ih (x + 1))
    have b := mul_le_mul_left hq (ih (x - 1))
    rw [walkMean, walkMean]
    grind

/-- A walk of `m + n` steps is a walk of `n` steps after one of `m` steps (Markov property). -/
theorem walkMean_add (p q x : K) (f : K → K) (m n : Nat) :
    walkMean p q f (m + n) x = walkMean p q (walkMean p q f n) m x := by
  induction m generalizing x with
  | zero => rw [Nat.zero_add]; rfl
  | succ m ih => rw [Nat.add_right_comm, walkMean, ih, ih, walkMean]

/-- The mean place drifts by `p - q` a step. -/
theorem walkMean_place (p q x : K) (n : Nat) (h : p + q = 1) : walkMean p q (fun y => y) n x = x + n * (p - q) := by
  induction n generalizing x with
  | zero => grind [walkMean]
  | succ n ih =>
    rw [walkMean, ih, ih, show q = 1 - p by grind]
    grind

/-- The mean square of the place: the drift squared and a spread of `1 - (p - q)²` a step. -/
theorem walkMean_square (p q x : K) (n : Nat) (h : p + q = 1) :
    walkMean p q (fun y => y ^ 2) n x = (x + n * (p - q)) ^ 2 + n * (1 - (p - q) ^ 2) := by
  have e : q = 1 - p := by grind
  subst e
  induction n generalizing x with
  | zero => grind [walkMean]
  | succ n ih =>
    rw [walkMean, ih, ih]
    grind

/-- A walk without drift spreads like the root of its steps: its variance is their number (Einstein, Smoluchowski). -/
theorem walkMean_fair_variance (x : K) (n : Nat) : walkMean (1 / 2) (1 / 2) (fun y => (y - x) ^ 2) n x = n := by
  have k : ∀ z, walkMean (1 / 2) (1 / 2) (fun y => (y - x) ^ 2) n z = (z - x) ^ 2 + n := by
    induction n with
    | zero => grind [walkMean]
    | succ n ih =>
      intro z
      rw [walkMean, ih, ih]
      grind
  rw [k]
  grind

/-- The fourth moment of a fair walk is `3 n² - 2 n`, close to three squared variances as for Gauss' distribution. -/
theorem walkMean_fair_fourth (n : Nat) : walkMean (1 / 2) (1 / 2) (fun y => y ^ 4) n (0 : K) = 3 * (n : K) ^ 2 - 2 * n := by
  have k : ∀ z : K, walkMean (1 / 2) (1 / 2) (fun y => y ^ 4) n z = z ^ 4 + 6 * n * z ^ 2 + 3 * (n : K) ^ 2 - 2 * n := by
    induction n with
    | zero => grind [walkMean]
    | succ n ih =>
      intro z
      rw [walkMean, ih, ih]
      grind
  rw [k]
  grind

/-- The mean of an exponential function `e`, with `e (x + 1) = z e x`, is multiplied by `p z + q / z` at each step. -/
theorem walkMean_exponential (p q z x : K) (e : K → K) (n : Nat) (hz : z ≠ 0) (h : ∀ y, e (y + 1) = z * e y) :
    walkMean p q e n x = (p * z + q / z) ^ n * e x := by
  induction n generalizing x with
  | zero => grind [walkMean]
  | succ n ih =>
    have k := h (x - 1)
    rw [show x - 1 + 1 = x by grind] at k
    rw [walkMean, ih, ih, h, pow_succ]
    grind

/-- A harmonic function keeps its mean over a walk: it is a martingale. -/
theorem walkMean_martingale (p q x : K) (f : K → K) (n : Nat) (h : ∀ y, p * f (y + 1) + q * f (y - 1) = f y) :
    walkMean p q f n x = f x := by
  induction n generalizing x with
  | zero => rfl
  | succ n ih => rw [walkMean, ih, ih, h]

/-- A fair walk never lowers the mean of a convex function. -/
theorem walkMean_convex (x : K) (f : K → K) (n : Nat) (h : ∀ y, f y ≤ (f (y + 1) + f (y - 1)) / 2) :
    f x ≤ walkMean (1 / 2) (1 / 2) f n x := by
  induction n generalizing x with
  | zero => exact Std.le_refl _
  | succ n ih =>
    have a := ih (x + 1)
    have b := ih (x - 1)
    have c := h x
    rw [walkMean]
    grind

/-- The mean product of a persistent walk with its last step is a geometric sum. -/
theorem persistentWalk_last (c : K) (n : Nat) : (1 - c) * (persistentWalk c n).2 = 1 - c ^ n := by
  induction n with
  | zero => grind [persistentWalk]
  | succ n ih =>
    rw [persistentWalk, pow_succ]
    grind

/-- The mean square end-to-end distance of a freely rotating chain (Flory, Kratky and Porod). -/
theorem persistentWalk_square (c : K) (n : Nat) :
    (1 - c) ^ 2 * (persistentWalk c n).1 = n * (1 - c ^ 2) - 2 * c * (1 - c ^ n) := by
  induction n with
  | zero => grind [persistentWalk]
  | succ n ih =>
    have k := persistentWalk_last c n
    rw [persistentWalk, pow_succ]
    grind

/-- In a fair game the chance to reach `n` before `0` is the fraction of the way that is done (gambler's ruin). -/
theorem ruin_fair (h : Nat → K) (n k : Nat) (hh : ∀ j, h (j + 1) = (h (j + 2) + h j) / 2) (h0 : h 0 = 0) (hn : h (n + 1) = 1) :
    h k = k / (n + 1) := by
  have p := natCast_nonneg (K := K) n
  have e := fun m => parabola_of_diff2 h 0 m fun j => by grind [diff2, hh j]
  have s := e (n + 1)
  have q : (n : K) + 1 ≠ 0 := by grind
  rw [e k]
  grind

/-- In a fair game from `k` the mean duration is `k (n - k)`. -/
theorem ruin_fair_duration (d : Nat → K) (n k : Nat) (hd : ∀ j, d (j + 1) = 1 + (d (j + 2) + d j) / 2) (h0 : d 0 = 0)
    (hn : d (n + 1) = 0) : d k = k * (n + 1 - k) := by
  have p := natCast_nonneg (K := K) n
  have e := fun m => parabola_of_diff2 d (-2) m fun j => by grind [diff2, hd j]
  have s := e (n + 1)
  have c : d 1 = n := by
    have q : ((n : K) + 1) * (d 1 - n) = 0 := by grind
    rcases mul_eq_zero.mp q with r | r <;> grind
  rw [e k, c, h0]
  grind

/-- Differences of the chance to win are multiplied by `r = q / p` at each place. -/
theorem ruin_biased_diff (h : Nat → K) (r : K) (k : Nat) (hh : ∀ j, (1 + r) * h (j + 1) = h (j + 2) + r * h j) :
    diff h k = r ^ k * diff h 0 := by
  exact geometric_of_step r (diff h) k fun j => by grind [diff, hh j]

/-- In an unfair game with `r = q / p` the chance to reach `n` before `0` from `k` is `(1 - r ^ k) / (1 - r ^ n)`. -/
theorem ruin_biased (h : Nat → K) (r : K) (n k : Nat) (hr : r ≠ 1)
    (hh : ∀ j, (1 + r) * h (j + 1) = h (j + 2) + r * h j) (h0 : h 0 = 0) (hn : h n = 1) :
    h k = (1 - r ^ k) / (1 - r ^ n) := by
  have b := fun m => recursion_binet h 1 r m (by grind) fun j => by grind [hh j]
  have one : ∀ m : Nat, (1 : K) ^ m = 1 := by
    intro m
    induction m with
    | zero => grind
    | succ m ih => rw [pow_succ, ih]; grind
  have p : 1 - r ≠ 0 := by grind
  have q : 1 - r ^ n ≠ 0 := by grind
  have bn := b n
  have bk := b k
  rw [one] at bn bk
  rw [bk]
  grind

/-- A gambler with the odds against him ruins even a richer bank less often than in a fair game: his differences grow towards the goal. -/
theorem ruin_unfavourable (h : Nat → K) (r : K) (k : Nat) (hr : 1 ≤ r) (h1 : 0 ≤ h 1)
    (hh : ∀ j, (1 + r) * h (j + 1) = h (j + 2) + r * h j) (h0 : h 0 = 0) : k * h 1 ≤ h k := by
  have c : ∀ j, 0 ≤ diff2 h j := by
    intro j
    have d := ruin_biased_diff h r j hh
    have p := mul_nonneg (mul_nonneg (pow_nonneg (show 0 ≤ r by grind) j) (show 0 ≤ h 1 - h 0 by grind)) (show 0 ≤ r - 1 by grind)
    have e : diff2 h j = r ^ j * (h 1 - h 0) * (r - 1) := by grind [diff, diff2, hh j]
    rw [e]
    exact p
  have t := tangent_le_of_convex h k c
  rw [h0] at t
  grind

end PhysField.StatisticalMechanics
