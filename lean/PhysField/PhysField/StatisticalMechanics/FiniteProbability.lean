import PhysField.Mathematics.Vector

/-!
# Means and fluctuations over finitely many states

Weights `w` on the states `Fin n`, nonnegative and of sum one where that is needed. Mean value, variance and covariance, Steiner's formula,
the inequalities of Markov, Chebyshev, Jensen, Cauchy and Schwarz, Bhatia and Davis, Popoviciu, and the correlation inequality of Chebyshev.
Source: Feller, An Introduction to Probability Theory and Its Applications, volume 1, chapter 9; Reif, Fundamentals of Statistical and
Thermal Physics, chapter 1.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {m n : Nat}

/-- Mean value of `f` with the weights `w`. -/
def mean (w f : Fin n → K) : K := sum fun i => w i * f i

/-- Mean squared deviation from the mean value. -/
def variance (w f : Fin n → K) : K := mean w fun i => (f i - mean w f) ^ 2

/-- Mean product of the deviations from the mean values. -/
def covariance (w f g : Fin n → K) : K := mean w fun i => (f i - mean w f) * (g i - mean w g)

/-- Probability that `f` is at least `c`. -/
def tail (w f : Fin n → K) (c : K) : K := sum fun i => if c ≤ f i then w i else 0

/-- Weights of two independent systems, with their joint mean value. -/
def jointMean (u : Fin m → K) (v : Fin n → K) (f : Fin m → Fin n → K) : K := mean u fun i => mean v fun j => f i j

/-- The mean of a sum is the sum of the means. -/
theorem mean_add (w f g : Fin n → K) : mean w (fun i => f i + g i) = mean w f + mean w g := by
  rw [mean, mean, mean, ← sum_add]
  exact sum_congr _ _ fun i => by grind

/-- A constant factor comes out of a mean. -/
theorem mean_smul (c : K) (w f : Fin n → K) : mean w (fun i => c * f i) = c * mean w f := by
  rw [mean, mean, ← mul_sum]
  exact sum_congr _ _ fun i => by grind

/-- The mean of a constant is the constant. -/
theorem mean_const (w : Fin n → K) (c : K) (hw : sum w = 1) : mean w (fun _ => c) = c := by
  rw [mean, sum_mul, show sum (fun i => w i) = 1 from hw]
  grind

/-- A larger quantity has the larger mean. -/
theorem mean_le_mean (w f g : Fin n → K) (hw : ∀ i, 0 ≤ w i) (h : ∀ i, f i ≤ g i) : mean w f ≤ mean w g := by
  exact sum_le_sum _ _ fun i => mul_le_mul_left (hw i) (h i)

/-- A mean lies between the bounds of the quantity. -/
theorem mean_bounds (w f : Fin n → K) (a b : K) (hw : ∀ i, 0 ≤ w i) (hs : sum w = 1) (ha : ∀ i, a ≤ f i)
    (hb : ∀ i, f i ≤ b) : a ≤ mean w f ∧ mean w f ≤ b := by
  have p := mean_le_mean w (fun _ => a) f hw ha
  have q := mean_le_mean w f (fun _ => b) hw hb
  rw [mean_const w a hs] at p
  rw [mean_const w b hs] at q
  exact ⟨p, q⟩

/-- The mean product of deviations from any two numbers `a` and `b`. -/
theorem mean_shifted_product (w f g : Fin n → K) (a b : K) (hw : sum w = 1) :
    mean w (fun i => (f i - a) * (g i - b)) = mean w (fun i => f i * g i) - b * mean w f - a * mean w g + a * b := by
  have e : mean w (fun i => (f i - a) * (g i - b))
      = mean w fun i => ((f i * g i + -b * f i) + -a * g i) + a * b := by
    exact sum_congr _ _ fun i => by grind
  rw [e, mean_add, mean_add, mean_add, mean_smul, mean_smul, mean_const w _ hw]
  grind

/-- The covariance is the mean of the product less the product of the means. -/
theorem covariance_eq (w f g : Fin n → K) (hw : sum w = 1) :
    covariance w f g = mean w (fun i => f i * g i) - mean w f * mean w g := by
  rw [covariance, mean_shifted_product w f g _ _ hw]
  grind

/-- The variance is the covariance of a quantity with itself. -/
theorem variance_eq_covariance (w f : Fin n → K) : variance w f = covariance w f f := by
  exact sum_congr _ _ fun i => by grind

/-- The variance is the mean square less the squared mean. -/
theorem variance_eq (w f : Fin n → K) (hw : sum w = 1) : variance w f = mean w (fun i => f i ^ 2) - mean w f ^ 2 := by
  have e : mean w (fun i => f i ^ 2) = mean w fun i => f i * f i := sum_congr _ _ fun i => by grind
  rw [variance_eq_covariance, covariance_eq w f f hw, e]
  grind

/-- A variance is never negative. -/
theorem variance_nonneg (w f : Fin n → K) (hw : ∀ i, 0 ≤ w i) : 0 ≤ variance w f := by
  exact sum_nonneg _ fun i => mul_nonneg (hw i) (sq_nonneg _)

/-- The mean squared deviation from `c` is the variance and the squared distance of the mean from `c` (Steiner). -/
theorem mean_sq_steiner (w f : Fin n → K) (c : K) (hw : sum w = 1) :
    mean w (fun i => (f i - c) ^ 2) = variance w f + (mean w f - c) ^ 2 := by
  have e : mean w (fun i => (f i - c) ^ 2) = mean w fun i => (f i - c) * (f i - c) := sum_congr _ _ fun i => by grind
  rw [e, mean_shifted_product w f f c c hw, variance_eq_covariance, covariance_eq w f f hw]
  grind

/-- The mean is the constant of least mean squared deviation, and the only one. -/
theorem mean_sq_least_iff (w f : Fin n → K) (c : K) (hw : sum w = 1) :
    mean w (fun i => (f i - c) ^ 2) ≤ variance w f ↔ c = mean w f := by
  have h := sq_nonneg (mean w f - c)
  rw [mean_sq_steiner w f c hw]
  constructor
  · intro k
    by_cases z : c = mean w f
    · exact z
    · have p := sq_pos (show mean w f - c ≠ 0 by grind)
      grind
  · intro k
    rw [k]
    grind

/-- A variance scales with the square of the unit and does not see the zero point. -/
theorem variance_affine (w f : Fin n → K) (a b : K) (hw : sum w = 1) :
    variance w (fun i => a * f i + b) = a ^ 2 * variance w f := by
  rw [variance, mean_add, mean_smul, mean_const w b hw, variance, ← mean_smul (a ^ 2)]
  exact sum_congr _ _ fun i => by grind

/-- The variance of a sum is the sum of the variances and twice the covariance. -/
theorem variance_add (w f g : Fin n → K) :
    variance w (fun i => f i + g i) = variance w f + variance w g + 2 * covariance w f g := by
  rw [variance, mean_add, variance, variance, covariance]
  generalize mean w f = a
  generalize mean w g = b
  rw [← mean_smul, ← mean_add, ← mean_add]
  exact sum_congr _ _ fun i => by grind

/-- The squared mean is at most the mean square. -/
theorem sq_mean_le (w f : Fin n → K) (hw : ∀ i, 0 ≤ w i) (hs : sum w = 1) : mean w f ^ 2 ≤ mean w (fun i => f i ^ 2) := by
  have h := variance_nonneg w f hw
  rw [variance_eq w f hs] at h
  grind

/-- Jensen's inequality for a function `φ` with a tangent of slope `s` below it at the mean. -/
theorem jensen (w f : Fin n → K) (φ : K → K) (s : K) (hw : ∀ i, 0 ≤ w i) (hs : sum w = 1)
    (h : ∀ x, φ (mean w f) + s * (x - mean w f) ≤ φ x) : φ (mean w f) ≤ mean w fun i => φ (f i) := by
  have k := mean_le_mean w (fun i => s * f i + (φ (mean w f) - s * mean w f)) (fun i => φ (f i)) hw fun i => by
    have l := h (f i)
    grind
  rw [mean_add, mean_smul, mean_const w _ hs] at k
  grind

/-- Markov's inequality: a nonnegative quantity is rarely much larger than its mean. -/
theorem markov_inequality (w f : Fin n → K) (c : K) (hw : ∀ i, 0 ≤ w i) (hf : ∀ i, 0 ≤ f i) :
    c * tail w f c ≤ mean w f := by
  rw [tail, ← mul_sum]
  refine sum_le_sum _ _ fun i => ?_
  have h := mul_nonneg (hw i) (hf i)
  by_cases k : c ≤ f i
  · have l := mul_le_mul_left (hw i) k
    simp only [if_pos k]
    grind
  · simp only [if_neg k]
    grind

/-- Chebyshev's inequality: deviations from the mean by at least `c` are rare where the variance is small. -/
theorem chebyshev_inequality (w f : Fin n → K) (c : K) (hw : ∀ i, 0 ≤ w i) (hc : 0 ≤ c) :
    c ^ 2 * tail w (fun i => abs (f i - mean w f)) c ≤ variance w f := by
  rw [tail, ← mul_sum]
  refine sum_le_sum _ _ fun i => ?_
  have h := mul_nonneg (hw i) (sq_nonneg (f i - mean w f))
  by_cases k : c ≤ abs (f i - mean w f)
  · have l := mul_le_mul_left (hw i) (sq_le_sq hc k)
    rw [sq_abs] at l
    simp only [if_pos k]
    grind
  · simp only [if_neg k]
    grind

/-- Where the variance vanishes every state of positive weight has the mean value. -/
theorem eq_mean_of_variance_zero (w f : Fin n → K) (hw : ∀ i, 0 ≤ w i) (h : variance w f = 0) (i : Fin n)
    (hi : 0 < w i) : f i = mean w f := by
  have k := eq_zero_of_sum_eq_zero _ (fun i => mul_nonneg (hw i) (sq_nonneg (f i - mean w f))) h i
  rcases mul_eq_zero.mp k with l | l
  · grind
  · have z := sq_eq_zero.mp l
    grind

/-- The variance of a quantity between `a` and `b` is at most the product of the distances of its mean from both (Bhatia and Davis). -/
theorem bhatia_davis (w f : Fin n → K) (a b : K) (hw : ∀ i, 0 ≤ w i) (hs : sum w = 1) (ha : ∀ i, a ≤ f i)
    (hb : ∀ i, f i ≤ b) : variance w f ≤ (b - mean w f) * (mean w f - a) := by
  have h := mean_le_mean w (fun i => f i ^ 2) (fun i => (a + b) * f i + -(a * b)) hw fun i => by
    have k := mul_nonneg (show 0 ≤ b - f i by grind) (show 0 ≤ f i - a by grind)
    grind
  rw [mean_add, mean_smul, mean_const w _ hs] at h
  rw [variance_eq w f hs]
  grind

/-- The variance of a quantity between `a` and `b` is at most a quarter of their squared distance (Popoviciu). -/
theorem popoviciu (w f : Fin n → K) (a b : K) (hw : ∀ i, 0 ≤ w i) (hs : sum w = 1) (ha : ∀ i, a ≤ f i)
    (hb : ∀ i, f i ≤ b) : variance w f ≤ (b - a) ^ 2 / 4 := by
  have h := bhatia_davis w f a b hw hs ha hb
  have k := sq_nonneg (a + b - 2 * mean w f)
  grind

/-- The squared covariance is at most the product of the variances: no correlation coefficient exceeds one (Cauchy and Schwarz). -/
theorem covariance_sq_le (w f g : Fin n → K) (hw : ∀ i, 0 ≤ w i) (hs : sum w = 1) :
    covariance w f g ^ 2 ≤ variance w f * variance w g := by
  have key : ∀ a b : K, 0 ≤ a ^ 2 * variance w f + b ^ 2 * variance w g + 2 * (a * b * covariance w f g) := by
    intro a b
    have h := variance_nonneg w (fun i => a * f i + b * g i) hw
    have e : covariance w (fun i => a * f i) (fun i => b * g i) = a * b * covariance w f g := by
      rw [covariance, mean_smul, mean_smul, covariance, ← mean_smul (a * b)]
      exact sum_congr _ _ fun i => by grind
    have p := variance_affine w f a 0 hs
    have q := variance_affine w g b 0 hs
    simp only [show ∀ x : K, x + 0 = x by grind] at p q
    rw [variance_add, e, p, q] at h
    exact h
  have hf := variance_nonneg w f hw
  have hg := variance_nonneg w g hw
  by_cases zg : variance w g = 0
  · by_cases zf : variance w f = 0
    · have p := key 1 1
      have q := key 1 (-1)
      have z : covariance w f g = 0 := by grind
      rw [z, zg]
      grind
    · have k := key (-covariance w f g) (variance w f)
      exact le_of_mul_le_mul_left (show 0 < variance w f by grind) (by grind)
  · have k := key (variance w g) (-covariance w f g)
    exact le_of_mul_le_mul_left (show 0 < variance w g by grind) (by grind)

/-- Twice a covariance is the mean over pairs of states of the product of differences. -/
theorem covariance_pairs (w f g : Fin n → K) (hw : sum w = 1) :
    jointMean w w (fun i j => (f i - f j) * (g i - g j)) = 2 * covariance w f g := by
  have e : ∀ i, mean w (fun j => (f i - f j) * (g i - g j))
      = mean w (fun j => f j * g j) + -g i * mean w f + -f i * mean w g + f i * g i := by
    intro i
    have k := mean_shifted_product w f g (f i) (g i) hw
    have l : mean w (fun j => (f i - f j) * (g i - g j)) = mean w fun j => (f j - f i) * (g j - g i) :=
      sum_congr _ _ fun j => by grind
    grind
  have c : jointMean w w (fun i j => (f i - f j) * (g i - g j))
      = mean w fun i => ((mean w (fun j => f j * g j) + -mean w f * g i) + -mean w g * f i) + f i * g i :=
    sum_congr _ _ fun i => by simp only [e]; grind
  rw [c, mean_add, mean_add, mean_add, mean_const w _ hw, mean_smul, mean_smul, covariance_eq w f g hw]
  grind

/-- Quantities that rise and fall together have a nonnegative covariance (Chebyshev's correlation inequality). -/
theorem covariance_nonneg_of_monotone (w f g : Fin n → K) (hw : ∀ i, 0 ≤ w i) (hs : sum w = 1)
    (h : ∀ i j, 0 ≤ (f i - f j) * (g i - g j)) : 0 ≤ covariance w f g := by
  have k : 0 ≤ jointMean w w (fun i j => (f i - f j) * (g i - g j)) :=
    sum_nonneg _ fun i => mul_nonneg (hw i) (sum_nonneg _ fun j => mul_nonneg (hw j) (h i j))
  rw [covariance_pairs w f g hs] at k
  grind

/-- Means of independent quantities multiply. -/
theorem jointMean_mul (u f : Fin m → K) (v g : Fin n → K) :
    jointMean u v (fun i j => f i * g j) = mean u f * mean v g := by
  have e : jointMean u v (fun i j => f i * g j) = mean u fun i => mean v g * f i :=
    sum_congr _ _ fun i => by simp only [mean_smul]; grind
  rw [e, mean_smul]
  grind

/-- Variances of independent quantities add (Bienaymé). -/
theorem jointMean_variance (u f : Fin m → K) (v g : Fin n → K) (hu : sum u = 1) (hv : sum v = 1) :
    jointMean u v (fun i j => (f i + g j - (mean u f + mean v g)) ^ 2) = variance u f + variance v g := by
  have e : ∀ i, mean v (fun j => (f i + g j - (mean u f + mean v g)) ^ 2) = (f i - mean u f) ^ 2 + variance v g := by
    intro i
    have s := mean_sq_steiner v g (mean u f + mean v g - f i) hv
    have c : mean v (fun j => (f i + g j - (mean u f + mean v g)) ^ 2)
        = mean v fun j => (g j - (mean u f + mean v g - f i)) ^ 2 := sum_congr _ _ fun j => by grind
    grind
  have c : jointMean u v (fun i j => (f i + g j - (mean u f + mean v g)) ^ 2)
      = mean u fun i => (f i - mean u f) ^ 2 + variance v g := sum_congr _ _ fun i => by simp only [e]
  rw [c, mean_add, mean_const u _ hu]
  rfl

end PhysField.StatisticalMechanics
