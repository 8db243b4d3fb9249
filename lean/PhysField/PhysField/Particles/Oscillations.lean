import PhysField.Mathematics.OrderedField

/-!
# Mixing of two flavours

Two states of definite mass mix into two flavours by a rotation with cosine `c` and sine `s`, `c² + s² = 1`. After a flight the mass
states have gained a relative phase of cosine `k`; probabilities of the flavours follow. Coherence lost stands for the mean over phases. The
masses of the flavours come from a symmetric matrix, whose eigenvalues the mixing finds.
Source: Griffiths, Introduction to Elementary Particles, chapter 11; Giunti, Kim, Fundamentals of Neutrino Physics and Astrophysics, chapter 7.
-/
namespace PhysField.Particles
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Probability that a flavour is found as the other one after a relative phase of cosine `k`. -/
def oscillationProbability (c s k : K) : K := 2 * (c * s) ^ 2 * (1 - k)

/-- Probability that a flavour survives a relative phase of cosine `k`. -/
def survivalProbability (c s k : K) : K := c ^ 4 + s ^ 4 + 2 * (c * s) ^ 2 * k

/-- Probability of survival after coherence is lost. -/
def meanSurvival (c s : K) : K := c ^ 4 + s ^ 4

/-- Diagonal element of the mass matrix of masses `a`, `b` in the flavour of cosine `c`. -/
def flavourMass (a b c s : K) : K := a * c ^ 2 + b * s ^ 2

/-- The element of the mass matrix between the two flavours. -/
def flavourCoupling (a b c s : K) : K := (b - a) * c * s

/-- Probability of survival after `n` measurements, each after a phase of cosine `k`, counting returns. -/
def monitoredSurvival (q : K) : Nat → K
  | 0 => 1
  | n + 1 => monitoredSurvival q n * (1 - q) + (1 - monitoredSurvival q n) * q

/-- Rotated components of a state stay normalized. -/
theorem mixing_normalized (c s a b : K) (h : c ^ 2 + s ^ 2 = 1) :
    (c * a + s * b) ^ 2 + (c * b - s * a) ^ 2 = a ^ 2 + b ^ 2 := by
  have e : (c * a + s * b) ^ 2 + (c * b - s * a) ^ 2 = (c ^ 2 + s ^ 2) * (a ^ 2 + b ^ 2) := by grind
  rw [e, h]
  grind

/-- The two rows of a mixing matrix are orthogonal to each other and so are its columns (unitarity of Cabibbo's matrix). -/
theorem cabibbo_inverse (c s a b : K) (h : c ^ 2 + s ^ 2 = 1) :
    c * (c * a + s * b) - s * (c * b - s * a) = a ∧ s * (c * a + s * b) + c * (c * b - s * a) = b := by
  constructor
  · rw [show c * (c * a + s * b) - s * (c * b - s * a) = (c ^ 2 + s ^ 2) * a by grind, h]
    grind
  · rw [show s * (c * a + s * b) + c * (c * b - s * a) = (c ^ 2 + s ^ 2) * b by grind, h]
    grind

/-- Neutral currents do not change flavour: the sum over both flavours is the same after mixing (Glashow, Iliopoulos, Maiani). -/
theorem gim_mechanism (c s d e x y : K) (h : c ^ 2 + s ^ 2 = 1) :
    (c * d + s * e) * (c * x + s * y) + (c * e - s * d) * (c * y - s * x) = d * x + e * y := by
  rw [show (c * d + s * e) * (c * x + s * y) + (c * e - s * d) * (c * y - s * x)
    = (c ^ 2 + s ^ 2) * (d * x + e * y) by grind, h]
  grind

/-- A flavour is found again or as the other one: the probabilities sum to one. -/
theorem probability_sum (c s k : K) (h : c ^ 2 + s ^ 2 = 1) :
    survivalProbability c s k + oscillationProbability c s k = 1 := by
  have e : survivalProbability c s k + oscillationProbability c s k = (c ^ 2 + s ^ 2) ^ 2 := by
    grind [survivalProbability, oscillationProbability]
  rw [e, h]
  grind

/-- No mixing has more than half of the product of cosine and sine of the maximal one. -/
theorem mixing_product_le (c s : K) (h : c ^ 2 + s ^ 2 = 1) : (c * s) ^ 2 ≤ 1 / 4 := by
  have a := sq_nonneg (c ^ 2 - s ^ 2)
  rw [show (c ^ 2 - s ^ 2) ^ 2 = (c ^ 2 + s ^ 2) * (c ^ 2 + s ^ 2) - 4 * (c * s) ^ 2 by grind, h] at a
  grind

/-- The probability of the other flavour lies between zero and one. -/
theorem oscillationProbability_bounds (c s k : K) (h : c ^ 2 + s ^ 2 = 1) (hk : k ^ 2 ≤ 1) :
    0 ≤ oscillationProbability c s k ∧ oscillationProbability c s k ≤ 1 := by
  have ⟨a, b⟩ := bounds_of_sq_le_sq (a := k) (b := 1) (by grind) (by grind)
  have m := mixing_product_le c s h
  have p := mul_nonneg (sq_nonneg (c * s)) (show 0 ≤ 1 - k by grind)
  have q := mul_le_mul_right (show 0 ≤ 1 - k by grind) m
  grind [oscillationProbability]

/-- A flavour survives with at least the probability of its half phase, at which the mass states are opposite. -/
theorem survivalProbability_ge (c s k : K) (hk : -1 ≤ k) :
    (c ^ 2 - s ^ 2) ^ 2 ≤ survivalProbability c s k := by
  have p := mul_nonneg (sq_nonneg (c * s)) (show 0 ≤ 1 + k by grind)
  grind [survivalProbability]

/-- A flavour can vanish completely only where the mixing is maximal. -/
theorem survival_zero_maximal (c s k : K) (h : c ^ 2 + s ^ 2 = 1) (hk : -1 ≤ k) (z : survivalProbability c s k = 0) :
    c ^ 2 = 1 / 2 ∧ k = -1 := by
  have a := survivalProbability_ge c s k hk
  rw [z] at a
  have d := sq_eq_zero.mp (Std.le_antisymm a (sq_nonneg (c ^ 2 - s ^ 2)))
  have e : c ^ 2 = 1 / 2 := by grind
  have f : s ^ 2 = 1 / 2 := by grind
  have g : survivalProbability c s k = (c ^ 2) ^ 2 + (s ^ 2) ^ 2 + 2 * (c ^ 2 * s ^ 2) * k := by
    grind [survivalProbability]
  rw [e, f] at g
  grind

/-- Without a phase nothing oscillates, and so without mixing. -/
theorem oscillation_zero_iff (c s k : K) : oscillationProbability c s k = 0 ↔ c = 0 ∨ s = 0 ∨ k = 1 := by
  constructor
  · intro h
    rcases mul_eq_zero.mp (show (c * s) ^ 2 * (1 - k) = 0 by grind [oscillationProbability]) with a | a
    · have b := sq_eq_zero.mp a
      rcases mul_eq_zero.mp b with d | d <;> grind
    · grind
  · intro h
    rcases h with h | h | h <;> grind [oscillationProbability]

/-- After coherence is lost at least half of a beam keeps its flavour. -/
theorem half_le_meanSurvival (c s : K) (h : c ^ 2 + s ^ 2 = 1) : 1 / 2 ≤ meanSurvival c s := by
  have m := mixing_product_le c s h
  have e : meanSurvival c s = (c ^ 2 + s ^ 2) ^ 2 - 2 * (c * s) ^ 2 := by grind [meanSurvival]
  rw [e, h]
  grind

/-- Opposite phases average to the probability of survival without coherence. -/
theorem survival_mean (c s k : K) :
    (survivalProbability c s k + survivalProbability c s (-k)) / 2 = meanSurvival c s := by
  grind [survivalProbability, meanSurvival]

/-- Mixing does not change the sum of the masses of the flavours. -/
theorem flavourMass_trace (a b c s : K) (h : c ^ 2 + s ^ 2 = 1) : flavourMass a b c s + flavourMass a b s c = a + b := by
  rw [show flavourMass a b c s + flavourMass a b s c = (c ^ 2 + s ^ 2) * (a + b) by grind [flavourMass], h]
  grind

/-- Mixing does not change the determinant of the mass matrix. -/
theorem flavourMass_det (a b c s : K) (h : c ^ 2 + s ^ 2 = 1) :
    flavourMass a b c s * flavourMass a b s c - flavourCoupling a b c s ^ 2 = a * b := by
  rw [show flavourMass a b c s * flavourMass a b s c - flavourCoupling a b c s ^ 2
    = (c ^ 2 + s ^ 2) ^ 2 * (a * b) by grind [flavourMass, flavourCoupling], h]
  grind

/-- The mass of a flavour lies between the masses that mix in it. -/
theorem flavourMass_bounds (a b c s : K) (h : c ^ 2 + s ^ 2 = 1) (hab : a ≤ b) :
    a ≤ flavourMass a b c s ∧ flavourMass a b c s ≤ b := by
  have p := mul_nonneg (sq_nonneg c) (show 0 ≤ b - a by grind)
  have q := mul_nonneg (sq_nonneg s) (show 0 ≤ b - a by grind)
  have e : flavourMass a b c s = a * (c ^ 2 + s ^ 2) + s ^ 2 * (b - a) := by grind [flavourMass]
  have f : flavourMass a b c s = b * (c ^ 2 + s ^ 2) - c ^ 2 * (b - a) := by grind [flavourMass]
  rw [h] at e f
  grind

/-- The states of definite mass are the eigenvectors of the mass matrix. -/
theorem flavourMass_eigen (a b c s : K) (h : c ^ 2 + s ^ 2 = 1) :
    flavourMass a b c s * c + flavourCoupling a b c s * -s = a * c ∧
      flavourCoupling a b c s * c + flavourMass a b s c * -s = a * -s := by
  constructor
  · rw [show flavourMass a b c s * c + flavourCoupling a b c s * -s = (c ^ 2 + s ^ 2) * (a * c) by
      grind [flavourMass, flavourCoupling], h]
    grind
  · rw [show flavourCoupling a b c s * c + flavourMass a b s c * -s = (c ^ 2 + s ^ 2) * (a * -s) by
      grind [flavourMass, flavourCoupling], h]
    grind

/-- The flavours differ in mass by at most the difference of the masses that mix. -/
theorem flavourMass_splitting (a b c s : K) (h : c ^ 2 + s ^ 2 = 1) :
    (flavourMass a b c s - flavourMass a b s c) ^ 2 + 4 * flavourCoupling a b c s ^ 2 = (b - a) ^ 2 := by
  rw [show (flavourMass a b c s - flavourMass a b s c) ^ 2 + 4 * flavourCoupling a b c s ^ 2
    = (c ^ 2 + s ^ 2) ^ 2 * (b - a) ^ 2 by grind [flavourMass, flavourCoupling], h]
  grind

/-- A beam measured `n` times keeps its flavour up to a half of the power of twice the chance of no change less one. -/
theorem monitoredSurvival_eq (q : K) (n : Nat) : monitoredSurvival q n = (1 + (1 - 2 * q) ^ n) / 2 := by
  induction n with
  | zero => grind [monitoredSurvival]
  | succ n ih =>
    rw [monitoredSurvival, ih, pow_succ]
    grind

/-- A beam measured often, each time with a chance of change up to one half, never falls below half of its flavour. -/
theorem half_le_monitoredSurvival (q : K) (hq : q ≤ 1 / 2) (n : Nat) : 1 / 2 ≤ monitoredSurvival q n := by
  have p := pow_nonneg (show 0 ≤ 1 - 2 * q by grind) n
  rw [monitoredSurvival_eq]
  grind

/-- Frequent measurement keeps the flavour: the loss over `n` steps is at most `n` times that of one (Zeno effect). -/
theorem monitoredSurvival_zeno (q : K) (h : q ≤ 1 / 2) (n : Nat) : 1 - n * q ≤ monitoredSurvival q n := by
  have b := bernoulli (a := -2 * q) (by grind) n
  rw [monitoredSurvival_eq, show 1 - 2 * q = 1 + -2 * q by grind]
  grind

end PhysField.Particles
