import PhysField.Mathematics.Series
import PhysField.StatisticalMechanics.FiniteProbability

/-!
# The canonical ensemble over finitely many levels

Levels `e i` with positive weights `b i` (Boltzmann's factors) and the partition function `Σ b i`. A step of the inverse temperature
multiplies each weight by its own factor `f i`. Normalisation, reweighting between temperatures, the fluctuation formula
and static response, independent systems, and the likeliest level.
Source: Reif, Fundamentals of Statistical and Thermal Physics, chapters 6 and 7; Huang, Statistical Mechanics, chapter 7.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {m n : Nat}

/-- Partition function: the sum of Boltzmann's factors. -/
def partition (b : Fin n → K) : K := sum b

/-- Probabilities of the levels. -/
def canonical (b : Fin n → K) : Fin n → K := fun i => b i / partition b

/-- Mean value in the canonical ensemble. -/
def canonicalMean (b f : Fin n → K) : K := mean (canonical b) f

/-- Boltzmann's factors after a change of the temperature or of the energies by the factors `f`. -/
def reweight (b f : Fin n → K) : Fin n → K := fun i => b i * f i

/-- Linear response: the derivative of a mean, where the factors change at the rates `-e i` times the mean of `f`. -/
def meanDerivative (b e f : Fin n → K) : K := canonicalMean b (fun i => -e i * f i) - canonicalMean b (fun i => -e i) * canonicalMean b f

/-- Canonical probabilities sum to one. -/
theorem canonical_total (b : Fin n → K) (h : 0 < partition b) : sum (canonical b) = 1 := by
  have k := sum_mul b (partition b)⁻¹
  have e : sum (canonical b) = sum fun i => b i * (partition b)⁻¹ := sum_congr _ _ fun i => by grind [canonical]
  rw [e, k, show sum (fun i => b i) = partition b from rfl]
  grind

/-- Canonical probabilities are never negative. -/
theorem canonical_nonneg (b : Fin n → K) (h : 0 < partition b) (hb : ∀ i, 0 ≤ b i) (i : Fin n) : 0 ≤ canonical b i := by
  exact div_nonneg (hb i) (by grind)

/-- The ratio of two probabilities is that of Boltzmann's factors: it does not depend on the other levels. -/
theorem canonical_ratio (b : Fin n → K) (i j : Fin n) (h : 0 < partition b) : canonical b i / canonical b j = b i / b j := by
  rw [canonical, canonical]
  generalize partition b = z at *
  grind

/-- A common shift of all energies, a common factor of the weights, changes no mean. -/
theorem canonicalMean_shift (b f : Fin n → K) (c : K) (hc : c ≠ 0) :
    canonicalMean (fun i => c * b i) f = canonicalMean b f := by
  have e : partition (fun i => c * b i) = c * partition b := mul_sum c b
  refine sum_congr _ _ fun i => ?_
  rw [canonical, canonical, e]
  generalize partition b = z at *
  grind

/-- The mean is the weighted sum over the partition function. -/
theorem canonicalMean_eq (b f : Fin n → K) : canonicalMean b f = (sum fun i => b i * f i) / partition b := by
  have k := sum_mul (fun i => b i * f i) (partition b)⁻¹
  have e : canonicalMean b f = sum fun i => b i * f i * (partition b)⁻¹ := sum_congr _ _ fun i => by grind [canonical]
  rw [e, k]
  grind

/-- The ratio of two partition functions is the mean of the factors between them: free-energy perturbation (Zwanzig). -/
theorem partition_reweight (b f : Fin n → K) (h : 0 < partition b) : partition (reweight b f) = partition b * canonicalMean b f := by
  have k : partition (reweight b f) = sum fun i => b i * f i := rfl
  rw [canonicalMean_eq, k]
  grind

/-- Means at one temperature from those at another: reweighting of histograms. -/
theorem canonicalMean_reweight (b f g : Fin n → K) (h : 0 < partition b) (h' : 0 < partition (reweight b f)) :
    canonicalMean (reweight b f) g = canonicalMean b (fun i => f i * g i) / canonicalMean b f := by
  have p := partition_reweight b f h
  have q : (sum fun i => reweight b f i * g i) = partition b * canonicalMean b (fun i => f i * g i) := by
    have r : (sum fun i => reweight b f i * g i) = sum fun i => b i * (f i * g i) := sum_congr _ _ fun i => by grind [reweight]
    rw [r, canonicalMean_eq]
    grind
  have z : canonicalMean b f ≠ 0 := by
    intro y
    rw [y] at p
    grind
  rw [canonicalMean_eq, q, p]
  generalize partition b = z at *
  generalize canonicalMean b f = y at *
  grind

/-- Fluctuation formula: the mean energy changes with the inverse temperature by minus its variance. -/
theorem fluctuation_formula (b e : Fin n → K) (h : 0 < partition b) : meanDerivative b e e = -variance (canonical b) e := by
  have k := variance_eq (canonical b) e (canonical_total b h)
  have l := mean_smul (-1) (canonical b) fun i => e i ^ 2
  have l' : canonicalMean b (fun i => -e i * e i) = mean (canonical b) fun i => -1 * e i ^ 2 := sum_congr _ _ fun i => by grind
  have m := mean_smul (-1) (canonical b) e
  have m' : canonicalMean b (fun i => -e i) = mean (canonical b) fun i => -1 * e i := sum_congr _ _ fun i => by grind
  rw [meanDerivative, l', m', l, m, k, canonicalMean]
  grind

/-- The heat capacity of a canonical ensemble is never negative: the mean energy falls with the inverse temperature. -/
theorem meanDerivative_nonpos (b e : Fin n → K) (h : 0 < partition b) (hb : ∀ i, 0 ≤ b i) : meanDerivative b e e ≤ 0 := by
  have k := variance_nonneg (canonical b) e (canonical_nonneg b h hb)
  rw [fluctuation_formula b e h]
  grind

/-- Response of any quantity: minus its covariance with the energy. -/
theorem response_covariance (b e f : Fin n → K) (h : 0 < partition b) : meanDerivative b e f = -covariance (canonical b) e f := by
  have k := covariance_eq (canonical b) e f (canonical_total b h)
  have l := mean_smul (-1) (canonical b) fun i => e i * f i
  have l' : canonicalMean b (fun i => -e i * f i) = mean (canonical b) fun i => -1 * (e i * f i) := sum_congr _ _ fun i => by grind
  have m := mean_smul (-1) (canonical b) e
  have m' : canonicalMean b (fun i => -e i) = mean (canonical b) fun i => -1 * e i := sum_congr _ _ fun i => by grind
  rw [meanDerivative, l', m', l, m, k, canonicalMean]
  grind

/-- Onsager's reciprocity of static responses: the energy answers to `f` as `f` does to the energy. -/
theorem response_symmetric (b e f : Fin n → K) (h : 0 < partition b) : meanDerivative b e f = meanDerivative b f e := by
  rw [response_covariance b e f h, response_covariance b f e h, covariance, covariance]
  have k : mean (canonical b) (fun i => (e i - mean (canonical b) e) * (f i - mean (canonical b) f))
      = mean (canonical b) fun i => (f i - mean (canonical b) f) * (e i - mean (canonical b) e) := sum_congr _ _ fun i => by grind
  rw [k]

/-- Cooling, by factors that favour low energies, lowers the mean energy at finite steps as well. -/
theorem cooling_lowers_energy (b e f : Fin n → K) (h : 0 < partition b) (h' : 0 < partition (reweight b f)) (hb : ∀ i, 0 ≤ b i)
    (hf : ∀ i j, 0 ≤ (e i - e j) * (f j - f i)) : canonicalMean (reweight b f) e ≤ canonicalMean b e := by
  have t := canonical_total b h
  have c := covariance_nonneg_of_monotone (canonical b) e (fun i => -f i) (canonical_nonneg b h hb) t fun i j => by
    have k := hf i j
    grind
  have m := mean_smul (-1) (canonical b) f
  have m' : mean (canonical b) (fun i => -f i) = mean (canonical b) fun i => -1 * f i := sum_congr _ _ fun i => by grind
  have l := mean_smul (-1) (canonical b) fun i => f i * e i
  have l' : mean (canonical b) (fun i => e i * -f i) = mean (canonical b) fun i => -1 * (f i * e i) := sum_congr _ _ fun i => by grind
  rw [covariance_eq _ _ _ t, m', m, l', l] at c
  have p := partition_reweight b f h
  rw [p] at h'
  have q := (mul_pos_iff h).mp h'
  rw [canonicalMean_reweight b f e h (by rw [p]; exact h'), div_le_iff q, canonicalMean, canonicalMean, canonicalMean]
  grind

/-- The partition function of two independent systems is the product of theirs. -/
theorem partition_independent (b : Fin m → K) (c : Fin n → K) :
    (sum fun i => sum fun j => b i * c j) = partition b * partition c := by
  have e : (sum fun i => sum fun j => b i * c j) = sum fun i => b i * partition c := sum_congr _ _ fun i => mul_sum (b i) c
  rw [e, sum_mul]
  rfl

/-- Mean energies of independent systems add. -/
theorem mean_energy_independent (b e : Fin m → K) (c d : Fin n → K) (hb : 0 < partition b) (hc : 0 < partition c) :
    jointMean (canonical b) (canonical c) (fun i j => e i + d j) = canonicalMean b e + canonicalMean c d := by
  have k : jointMean (canonical b) (canonical c) (fun i j => e i + d j) = mean (canonical b) fun i => e i + canonicalMean c d := by
    refine sum_congr _ _ fun i => ?_
    have l := mean_add (canonical c) (fun _ => e i) d
    rw [mean_const (canonical c) _ (canonical_total c hc)] at l
    have l' : mean (canonical c) (fun j => e i + d j) = e i + canonicalMean c d := l
    simp only [l']
  rw [k, mean_add, mean_const _ _ (canonical_total b hb), canonicalMean, canonicalMean]

/-- The ground state is the most probable level. -/
theorem ground_state_likeliest (b : Fin n → K) (g : Fin n) (h : 0 < partition b) (hg : ∀ i, b i ≤ b g) (i : Fin n) :
    canonical b i ≤ canonical b g := by
  exact div_le_div_right (by grind) (hg i)

/-- The likeliest of `n` levels has a probability of at least `1 / n`. -/
theorem ground_state_probability (b : Fin n → K) (g : Fin n) (h : 0 < partition b) (hg : ∀ i, b i ≤ b g) : 1 ≤ n * canonical b g := by
  have k := sum_le_sum (canonical b) (fun _ => canonical b g) (ground_state_likeliest b g h hg)
  rw [canonical_total b h, sum_const] at k
  exact k

end PhysField.StatisticalMechanics
