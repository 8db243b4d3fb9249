import PhysField.Mathematics.Vector

/-!
# Bell inequalities

Two parties measure two settings each, with results between -1 and 1. Results fixed in advance, also mixed at random, obey the inequality of Clauser,
Horne, Shimony and Holt; quantum correlations, scalar products of vectors, reach the square root of eight and no more.
Source: Nielsen, Chuang, Quantum Computation and Quantum Information, chapter 2; Peres, Quantum Theory: Concepts and Methods, chapter 6.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- The combination of Clauser, Horne, Shimony and Holt of results `a`, `a'` on one side and `b`, `b'` on the other. -/
def chsh (a a' b b' : K) : K := a * b + a * b' + a' * b - a' * b'

/-- A probability distribution over `n` hidden states. -/
def Distribution (p : Fin n → K) : Prop := (∀ i, 0 ≤ p i) ∧ sum p = 1

/-- The mean over hidden states of a product of results. -/
def correlation (p a b : Fin n → K) : K := sum fun i => p i * (a i * b i)

/-- The quantum combination of Clauser, Horne, Shimony and Holt: correlations are scalar products of unit vectors. -/
def chshVectors (a a' b b' : Vec n K) : K := inner a b + inner a b' + inner a' b - inner a' b'

/-- The square of a result that is one of ±1 is one, and the square of the combination is four: it is always ±2. -/
theorem chsh_sq (a a' b b' : K) (ha : a ^ 2 = 1) (ha' : a' ^ 2 = 1) (hb : b ^ 2 = 1) (hb' : b' ^ 2 = 1) :
    chsh a a' b b' ^ 2 = 4 := by
  have e : chsh a a' b b' ^ 2 = (a ^ 2 + a' ^ 2) * (b ^ 2 + b' ^ 2) + 2 * (a ^ 2 - a' ^ 2) * (b * b') + 2 * (b ^ 2 - b' ^ 2) * (a * a') := by
    grind [chsh]
  rw [e, ha, ha', hb, hb']
  grind

/-- A result between -1 and 1 times a number is at most the absolute value of the number. -/
theorem mul_le_abs (a x : K) (ha : -1 ≤ a) (ha' : a ≤ 1) : a * x ≤ abs x := by
  by_cases h : 0 ≤ x
  · have k := mul_nonneg (show 0 ≤ 1 - a by grind) h
    grind [abs]
  · have k := mul_nonneg (show 0 ≤ 1 + a by grind) (show 0 ≤ -x by grind)
    grind [abs]

/-- Results between -1 and 1 give at most 2 (Clauser, Horne, Shimony, Holt). -/
theorem chsh_le_two (a a' b b' : K) (ha : -1 ≤ a ∧ a ≤ 1) (ha' : -1 ≤ a' ∧ a' ≤ 1) (hb : -1 ≤ b ∧ b ≤ 1)
    (hb' : -1 ≤ b' ∧ b' ≤ 1) : chsh a a' b b' ≤ 2 := by
  have h := mul_le_abs a (b + b') ha.1 ha.2
  have k := mul_le_abs a' (b - b') ha'.1 ha'.2
  have l : abs (b + b') + abs (b - b') ≤ 2 := by grind [abs]
  have e : chsh a a' b b' = a * (b + b') + a' * (b - b') := by grind [chsh]
  grind

/-- A mean of numbers at most `c` is at most `c`. -/
theorem mean_le (p f : Fin n → K) (c : K) (hp : Distribution p) (h : ∀ i, f i ≤ c) : sum (fun i => p i * f i) ≤ c := by
  have k := sum_le_sum (fun i => p i * f i) (fun i => p i * c) fun i => mul_le_mul_left (hp.1 i) (h i)
  rw [sum_mul, hp.2] at k
  grind

/-- A mean of numbers at least `c` is at least `c`. -/
theorem le_mean (p f : Fin n → K) (c : K) (hp : Distribution p) (h : ∀ i, c ≤ f i) : c ≤ sum (fun i => p i * f i) := by
  have k := sum_le_sum (fun i => p i * c) (fun i => p i * f i) fun i => mul_le_mul_left (hp.1 i) (h i)
  rw [sum_mul, hp.2] at k
  grind

/-- The combination of the correlations is the mean of the combinations. -/
theorem chsh_correlations (p a a' b b' : Fin n → K) :
    correlation p a b + correlation p a b' + correlation p a' b - correlation p a' b' =
      sum fun i => p i * chsh (a i) (a' i) (b i) (b' i) := by
  simp only [correlation, ← sum_add, ← sum_sub]
  exact sum_congr _ _ fun i => by grind [chsh]

/-- Local hidden variables obey the inequality of Clauser, Horne, Shimony and Holt (Bell's theorem). -/
theorem bell_chsh (p a a' b b' : Fin n → K) (hp : Distribution p) (ha : ∀ i, -1 ≤ a i ∧ a i ≤ 1) (ha' : ∀ i, -1 ≤ a' i ∧ a' i ≤ 1)
    (hb : ∀ i, -1 ≤ b i ∧ b i ≤ 1) (hb' : ∀ i, -1 ≤ b' i ∧ b' i ≤ 1) :
    correlation p a b + correlation p a b' + correlation p a' b - correlation p a' b' ≤ 2 := by
  rw [chsh_correlations]
  exact mean_le p _ 2 hp fun i => chsh_le_two _ _ _ _ (ha i) (ha' i) (hb i) (hb' i)

/-- Local hidden variables obey the inequality also from below. -/
theorem bell_chsh_lower (p a a' b b' : Fin n → K) (hp : Distribution p) (ha : ∀ i, -1 ≤ a i ∧ a i ≤ 1) (ha' : ∀ i, -1 ≤ a' i ∧ a' i ≤ 1)
    (hb : ∀ i, -1 ≤ b i ∧ b i ≤ 1) (hb' : ∀ i, -1 ≤ b' i ∧ b' i ≤ 1) :
    -2 ≤ correlation p a b + correlation p a b' + correlation p a' b - correlation p a' b' := by
  rw [chsh_correlations]
  refine le_mean p _ (-2) hp fun i => ?_
  have k := chsh_le_two (-a i) (-a' i) (b i) (b' i) (by grind) (by grind) (hb i) (hb' i)
  grind [chsh]

/-- Three results of ±1 obey Bell's inequality in every single case. -/
theorem bell_single (x y z : K) (hx : x ^ 2 = 1) (hy : y ^ 2 = 1) (hz : z ^ 2 = 1) :
    -(1 - y * z) ≤ x * y - x * z ∧ x * y - x * z ≤ 1 - y * z := by
  have h := sq_nonneg (y - z)
  have e : (x * y - x * z) ^ 2 = x ^ 2 * (y ^ 2 + z ^ 2 - 2 * (y * z)) := by grind
  have f : (1 - y * z) ^ 2 = 1 - 2 * (y * z) + y ^ 2 * z ^ 2 := by grind
  rw [hx, hy, hz] at e
  rw [hy, hz] at f
  exact bounds_of_sq_le_sq (by grind) (by rw [e, f]; grind)

/-- Results of ±1 that are perfectly correlated at equal settings obey Bell's first inequality. -/
theorem bell_original (p a b c : Fin n → K) (hp : Distribution p) (ha : ∀ i, a i ^ 2 = 1) (hb : ∀ i, b i ^ 2 = 1) (hc : ∀ i, c i ^ 2 = 1) :
    abs (correlation p a b - correlation p a c) ≤ 1 - correlation p b c := by
  have h := mean_le p (fun i => a i * b i - a i * c i + b i * c i) 1 hp fun i => by
    have k := bell_single _ _ _ (ha i) (hb i) (hc i)
    grind
  have k := le_mean p (fun i => a i * b i - a i * c i - b i * c i) (-1) hp fun i => by
    have k := bell_single _ _ _ (ha i) (hb i) (hc i)
    grind
  rw [sum_congr _ (fun i => p i * (a i * b i) - p i * (a i * c i) + p i * (b i * c i)) fun i => by grind, sum_add, sum_sub] at h
  rw [sum_congr _ (fun i => p i * (a i * b i) - p i * (a i * c i) - p i * (b i * c i)) fun i => by grind, sum_sub, sum_sub] at k
  rw [abs_le]
  simp only [correlation]
  grind

/-- Three results fixed in advance that satisfy the first three relations of Greenberger, Horne and Zeilinger contradict the fourth, `x₁ x₂ x₃ = 1`. -/
theorem ghz_contradiction (x1 x2 x3 y1 y2 y3 : K) (k1 : y1 ^ 2 = 1) (k2 : y2 ^ 2 = 1) (k3 : y3 ^ 2 = 1)
    (h1 : x1 * y2 * y3 = -1) (h2 : y1 * x2 * y3 = -1) (h3 : y1 * y2 * x3 = -1) : x1 * x2 * x3 = -1 := by
  have e : x1 * y2 * y3 * (y1 * x2 * y3) * (y1 * y2 * x3) = x1 * x2 * x3 * (y1 ^ 2 * y2 ^ 2 * y3 ^ 2) := by grind
  rw [h1, h2, h3, k1, k2, k3] at e
  grind

/-- No nine numbers have rows of product one and columns of product one, one and minus one (magic square of Mermin and Peres). -/
theorem mermin_square (a b c d e f g h i : K) (r1 : a * b * c = 1) (r2 : d * e * f = 1) (r3 : g * h * i = 1)
    (c1 : a * d * g = 1) (c2 : b * e * h = 1) : c * f * i ≠ -1 := by
  intro c3
  have k : a * b * c * (d * e * f) * (g * h * i) = a * d * g * (b * e * h) * (c * f * i) := by grind
  rw [r1, r2, r3, c1, c2, c3] at k
  grind

/-- Of three results of ±1 two agree: their products sum to at least minus one. -/
theorem three_products (a b c : K) (ha : a ^ 2 = 1) (hb : b ^ 2 = 1) (hc : c ^ 2 = 1) : -1 ≤ a * b + b * c + c * a := by
  rcases mul_eq_zero.mp (show (b - c) * (b + c) = 0 by grind) with z | z
  · rcases mul_eq_zero.mp (show (a - b) * (a + b) = 0 by grind) with y | y
    · rw [show c = b by grind, show a = b by grind]
      grind
    · rw [show c = b by grind, show a = -b by grind]
      grind
  · rw [show c = -b by grind]
    grind

/-- Five results of ±1 on a pentagon have neighbouring products that sum to at least minus three (Klyachko, Can, Binicioğlu, Shumovsky). -/
theorem pentagon (a b c d e : K) (ha : a ^ 2 = 1) (hb : b ^ 2 = 1) (hc : c ^ 2 = 1) (hd : d ^ 2 = 1) (he : e ^ 2 = 1) :
    -3 ≤ a * b + b * c + c * d + d * e + e * a := by
  have h := three_products a b c ha hb hc
  have k := three_products (-a) c d (by grind) hc hd
  have l := three_products a d e ha hd he
  grind

/-- Quantum correlations between unit vectors have a combination of square at most eight (Tsirelson's bound). -/
theorem tsirelson (a a' b b' : Vec n K) (ha : inner a a = 1) (ha' : inner a' a' = 1) (hb : inner b b = 1) (hb' : inner b' b' = 1) :
    chshVectors a a' b b' ^ 2 ≤ 8 := by
  have h := inner_sq_le a fun i => b i + b' i
  have k := inner_sq_le a' fun i => b i + -1 * b' i
  simp only [inner_add_left, inner_add_right, inner_smul_left, inner_smul_right, inner_comm b' b] at h k
  have l := sq_nonneg (inner a b + inner a b' - (inner a' b - inner a' b'))
  rw [ha, hb, hb'] at h
  rw [ha', hb, hb'] at k
  rw [chshVectors]
  grind

/-- A mixture of quantum correlations with white noise violates the inequality only above a visibility of squared half. -/
theorem chsh_visibility (w s : K) (hw : 0 ≤ w) (hs : 0 ≤ s) (h : s ^ 2 = 8) : 2 < w * s ↔ 1 < 2 * w ^ 2 := by
  have e : (w * s) ^ 2 = 8 * w ^ 2 := by grind
  have p := mul_nonneg hw hs
  constructor
  · intro k
    have l := sq_lt_sq (show (0 : K) ≤ 2 by grind) k
    rw [e] at l
    grind
  · intro k
    exact lt_of_sq_lt_sq p (by rw [e]; grind)

end PhysField.QuantumMechanics
