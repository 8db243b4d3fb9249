import PhysField.Mathematics.Series

/-!
# Calculus of finite differences

Differences of a sequence in place of derivatives: product and quotient rule, the fundamental theorem, summation by parts, Green's
identity, sequences of vanishing or constant second difference, Dirichlet's problem on a line of points, three-term recursions with
Abel's theorem for their Casoratian, and Grönwall's inequality.
Source: Graham, Knuth, Patashnik, Concrete Mathematics, chapter 2; Elaydi, An Introduction to Difference Equations, chapters 1 and 2.
-/
namespace PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Forward difference of a sequence. -/
def diff (f : Nat → K) (n : Nat) : K := f (n + 1) - f n

/-- Second difference of a sequence, centred on `n + 1`: the Laplacian on a line of points. -/
def diff2 (f : Nat → K) (n : Nat) : K := f (n + 2) - 2 * f (n + 1) + f n

/-- Determinant of two sequences at neighbouring points, the discrete Wronskian. -/
def casoratian (f g : Nat → K) (n : Nat) : K := f n * g (n + 1) - f (n + 1) * g n

/-- Leibniz' rule for differences. -/
theorem diff_mul (f g : Nat → K) (n : Nat) :
    diff (fun k => f k * g k) n = f (n + 1) * diff g n + diff f n * g n := by
  grind [diff]

/-- The quotient rule for differences. -/
theorem diff_div (f g : Nat → K) (n : Nat) (h : g n ≠ 0) (h' : g (n + 1) ≠ 0) :
    diff (fun k => f k / g k) n = (diff f n * g n - f n * diff g n) / (g n * g (n + 1)) := by
  grind [diff]

/-- The second difference is the difference of the difference. -/
theorem diff_diff (f : Nat → K) (n : Nat) : diff (diff f) n = diff2 f n := by
  grind [diff, diff2]

/-- Summation by parts (Abel). -/
theorem summation_by_parts (f g : Nat → K) (n : Nat) :
    partialSum (fun k => f k * diff g k) n = f n * g n - f 0 * g 0 - partialSum (fun k => g (k + 1) * diff f k) n := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, partialSum, ih]
    grind [diff]

/-- The second difference of the product of two sequences. -/
theorem diff2_mul (f g : Nat → K) (n : Nat) :
    diff2 (fun k => f k * g k) n = f (n + 1) * diff2 g n + g (n + 1) * diff2 f n
      + diff f (n + 1) * diff g (n + 1) + diff f n * diff g n := by
  grind [diff, diff2]

/-- Green's second identity on a line of points: what two sequences exchange in the bulk passes through the ends. -/
theorem green_second (f g : Nat → K) (n : Nat) :
    partialSum (fun k => f (k + 1) * diff2 g k - g (k + 1) * diff2 f k) n = casoratian f g n - casoratian f g 0 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, ih]
    grind [diff2, casoratian]

/-- Green's first identity: the energy of the slopes is the work of the Laplacian up to the ends. -/
theorem green_first (f : Nat → K) (n : Nat) :
    partialSum (fun k => diff f k ^ 2) n + partialSum (fun k => f (k + 1) * diff2 f k) n
      = f n * diff f n - f 0 * diff f 0 := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, partialSum]
    grind [diff, diff2]

/-- A sequence of constant difference is linear. -/
theorem linear_of_diff (f : Nat → K) (c : K) (n : Nat) (h : ∀ k, diff f k = c) : f n = f 0 + n * c := by
  induction n with
  | zero => grind
  | succ n ih => grind [diff, h n]

/-- A sequence of constant second difference is a parabola: uniformly accelerated motion in steps. -/
theorem parabola_of_diff2 (f : Nat → K) (c : K) (n : Nat) (h : ∀ k, diff2 f k = c) :
    f n = f 0 + n * (f 1 - f 0) + n * (n - 1) / 2 * c := by
  have k := fun m => linear_of_diff (diff f) c m fun j => (diff_diff f j).trans (h j)
  induction n with
  | zero => grind
  | succ n ih => grind [diff, k n]

/-- On a line of points only one sequence has given second differences and given values at both ends (uniqueness in Dirichlet's problem). -/
theorem dirichlet_unique (f g : Nat → K) (n k : Nat) (h : ∀ j, diff2 f j = diff2 g j) (h0 : f 0 = g 0)
    (hn : f (n + 1) = g (n + 1)) : f k = g k := by
  have e := fun m => parabola_of_diff2 (fun j => f j - g j) 0 m fun j => by grind [diff2, h j]
  have p := natCast_nonneg (K := K) n
  have s : f 1 - g 1 = 0 := by
    have q : ((n : K) + 1) * (f 1 - g 1) = 0 := by grind [e (n + 1)]
    rcases mul_eq_zero.mp q with r | r <;> grind
  grind [e k]

/-- A sequence of nonnegative differences increases. -/
theorem mono_of_diff (f : Nat → K) (m n : Nat) (h : ∀ k, 0 ≤ diff f k) : f m ≤ f (m + n) := by
  induction n with
  | zero => grind
  | succ n ih => grind [diff, h (m + n)]

/-- A sequence whose differences are at least `c` lies above a line of slope `c`. -/
theorem line_le_of_diff (f : Nat → K) (c : K) (n : Nat) (h : ∀ k, c ≤ diff f k) : f 0 + n * c ≤ f n := by
  induction n with
  | zero => grind
  | succ n ih => grind [diff, h n]

/-- A convex sequence lies above its first tangent. -/
theorem tangent_le_of_convex (f : Nat → K) (n : Nat) (h : ∀ k, 0 ≤ diff2 f k) : f 0 + n * (f 1 - f 0) ≤ f n := by
  have d := fun m => mono_of_diff (diff f) 0 m fun j => by rw [diff_diff]; exact h j
  exact line_le_of_diff f _ n fun j => by grind [d j, diff]

/-- A convex sequence without a first slope down never falls. -/
theorem mono_of_convex (f : Nat → K) (m n : Nat) (h : ∀ k, 0 ≤ diff2 f k) (h0 : f 0 ≤ f 1) : f m ≤ f (m + n) := by
  have d := fun m => mono_of_diff (diff f) 0 m fun j => by rw [diff_diff]; exact h j
  exact mono_of_diff f m n fun j => by grind [d j, diff]

/-- Grönwall's inequality with a source: errors `c` made at each step and amplified by `r` add to a geometric sum. -/
theorem gronwall_source (f : Nat → K) (r c : K) (n : Nat) (hr : 0 ≤ r) (h : ∀ k, f (k + 1) ≤ r * f k + c) :
    f n ≤ r ^ n * f 0 + c * partialSum (fun k => r ^ k) n := by
  induction n with
  | zero => rw [partialSum]; grind
  | succ n ih =>
    have k := mul_le_mul_left hr ih
    have e := geometric_sum_mul r n
    have s : c * (partialSum (fun k => r ^ k) n + r ^ n) = c + r * (c * partialSum (fun k => r ^ k) n) := by grind
    rw [partialSum, pow_succ, s]
    grind [h n]

/-- Abel's theorem: the Casoratian of two solutions of `f (k + 2) = a f (k + 1) - b f k` is multiplied by `b` at each step. -/
theorem casoratian_abel (f g : Nat → K) (a b : K) (n : Nat) (hf : ∀ k, f (k + 2) = a * f (k + 1) - b * f k)
    (hg : ∀ k, g (k + 2) = a * g (k + 1) - b * g k) : casoratian f g n = b ^ n * casoratian f g 0 := by
  exact geometric_of_step b _ n fun k => by grind [casoratian]

/-- A solution of a three-term recursion is fixed by its first two values. -/
theorem recursion_unique (f g : Nat → K) (a b : K) (n : Nat) (hf : ∀ k, f (k + 2) = a * f (k + 1) - b * f k)
    (hg : ∀ k, g (k + 2) = a * g (k + 1) - b * g k) (h0 : f 0 = g 0) (h1 : f 1 = g 1) : f n = g n := by
  have k : f n = g n ∧ f (n + 1) = g (n + 1) := by
    induction n with
    | zero => exact ⟨h0, h1⟩
    | succ n ih => grind
  exact k.1

/-- Two roots of the characteristic equation give the general solution of a three-term recursion (de Moivre, Binet). -/
theorem recursion_binet (f : Nat → K) (x y : K) (n : Nat) (hxy : x ≠ y)
    (hf : ∀ k, f (k + 2) = (x + y) * f (k + 1) - x * y * f k) :
    f n = ((f 1 - y * f 0) * x ^ n - (f 1 - x * f 0) * y ^ n) / (x - y) := by
  have p : x - y ≠ 0 := by grind
  have a := geometric_of_step x (fun k => f (k + 1) - y * f k) n fun k => by grind
  have b := geometric_of_step y (fun k => f (k + 1) - x * f k) n fun k => by grind
  grind

/-- The recursion of the leapfrog scheme for an oscillator conserves a quadratic energy. -/
theorem recursion_energy (f : Nat → K) (a : K) (n : Nat) (hf : ∀ k, f (k + 2) = a * f (k + 1) - f k) :
    f (n + 1) ^ 2 - a * f (n + 1) * f n + f n ^ 2 = f 1 ^ 2 - a * f 1 * f 0 + f 0 ^ 2 := by
  induction n with
  | zero => rfl
  | succ n ih => grind [hf n]

end PhysField.Mathematics
