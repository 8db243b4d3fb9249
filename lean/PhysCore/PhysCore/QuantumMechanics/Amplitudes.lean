/-!
# Probability amplitudes as Gaussian integers

Quantum mechanics adds amplitudes and squares them at the end. Before normalisation an amplitude may be taken as a
Gaussian integer `re + i im`; its weight `|a|²` is an integer. Two indistinguishable paths interfere: the weight of a
sum is the sum of the weights plus the interference term. Phases (quarter turns here) change no weight.
-/

namespace PhysCore.QuantumMechanics

/-- An unnormalised amplitude with integer real and imaginary part. -/
structure Amplitude where
  re : Int
  im : Int
  deriving DecidableEq

/-- Amplitudes of indistinguishable alternatives add. -/
def superpose (a b : Amplitude) : Amplitude := ⟨a.re + b.re, a.im + b.im⟩

/-- Amplitudes of successive steps multiply. -/
def inSequence (a b : Amplitude) : Amplitude := ⟨a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re⟩

/-- Complex conjugation. -/
def conjugate (a : Amplitude) : Amplitude := ⟨a.re, -a.im⟩

/-- The unnormalised probability `|a|²`. -/
def weight (a : Amplitude) : Int := a.re * a.re + a.im * a.im

/-- Multiplication by the imaginary unit. -/
def quarterPhase (a : Amplitude) : Amplitude := ⟨-a.im, a.re⟩

/-- The interference term of two paths, twice the real part of `a* b`. -/
def interference (a b : Amplitude) : Int := 2 * (a.re * b.re + a.im * b.im)

/-- `n` quarter turns of the phase. -/
def turnPhase : Nat → Amplitude → Amplitude
  | 0, a => a
  | n + 1, a => quarterPhase (turnPhase n a)

/-- Probabilities are never negative. -/
theorem weight_nonneg (a : Amplitude) : 0 ≤ weight a := by
  have h1 := Lean.Grind.OrderedRing.sq_nonneg (a := a.re)
  have h2 := Lean.Grind.OrderedRing.sq_nonneg (a := a.im)
  grind [weight]

/-- Conjugation changes no probability. -/
theorem weight_conjugate (a : Amplitude) : weight (conjugate a) = weight a := by
  simp only [weight, conjugate]
  grind

/-- The probability of two steps in sequence is the product of theirs. -/
theorem weight_inSequence (a b : Amplitude) : weight (inSequence a b) = weight a * weight b := by
  simp only [weight, inSequence]
  grind

/-- Conjugating twice does nothing. -/
theorem conjugate_twice (a : Amplitude) : conjugate (conjugate a) = a := by
  cases a
  simp [conjugate]

/-- Two-slit rule: probabilities add up to the interference term. -/
theorem weight_superpose (a b : Amplitude) :
    weight (superpose a b) = weight a + weight b + interference a b := by
  grind [weight, superpose, interference]

/-- A quarter turn of the phase changes no probability. -/
theorem weight_quarterPhase (a : Amplitude) : weight (quarterPhase a) = weight a := by
  grind [weight, quarterPhase]

/-- No number of quarter turns changes a probability. -/
theorem weight_turnPhase (n : Nat) (a : Amplitude) : weight (turnPhase n a) = weight a := by
  induction n with
  | zero => simp [turnPhase]
  | succ n ih => simp [turnPhase, weight_quarterPhase, ih]

/-- Four quarter turns are the identity. -/
theorem turnPhase_four (a : Amplitude) : turnPhase 4 a = a := by
  cases a
  simp [turnPhase, quarterPhase]

/-- Two quarter turns flip the sign of the amplitude. -/
theorem turnPhase_two (a : Amplitude) : turnPhase 2 a = ⟨-a.re, -a.im⟩ := by
  simp [turnPhase, quarterPhase]

/-- Turning the phase in two portions. -/
theorem turnPhase_add (m n : Nat) (a : Amplitude) : turnPhase (m + n) a = turnPhase m (turnPhase n a) := by
  induction m with
  | zero => simp [turnPhase]
  | succ m ih => rw [Nat.succ_add, turnPhase, ih, turnPhase]

/-- The phase is periodic with period four quarter turns. -/
theorem turnPhase_periodic (n : Nat) (a : Amplitude) : turnPhase (n + 4) a = turnPhase n a := by
  rw [turnPhase_add, turnPhase_four]

/-- Interference does not depend on the order of the paths. -/
theorem interference_comm (a b : Amplitude) : interference a b = interference b a := by
  simp only [interference]
  grind

/-- Every amplitude can be cancelled by another path of the same weight. -/
theorem exists_dark_fringe (a : Amplitude) : ∃ b, weight b = weight a ∧ weight (superpose a b) = 0 := by
  refine ⟨⟨-a.re, -a.im⟩, ?_, ?_⟩
  · grind [weight]
  · grind [weight, superpose]

/-- Every amplitude has a partner that makes the product real and equal to the weight. -/
theorem exists_real_product (a : Amplitude) : ∃ b, inSequence a b = ⟨weight a, 0⟩ := by
  exact ⟨conjugate a, by simp only [inSequence, conjugate, weight]; grind⟩

/-- Sequential amplitudes commute. -/
theorem inSequence_comm (a b : Amplitude) : inSequence a b = inSequence b a := by
  simp only [inSequence, Amplitude.mk.injEq]
  constructor <;> grind

/-- Sequential amplitudes associate. -/
theorem inSequence_assoc (a b c : Amplitude) :
    inSequence (inSequence a b) c = inSequence a (inSequence b c) := by
  simp only [inSequence, Amplitude.mk.injEq]
  constructor <;> grind

/-- Paths that meet before a common step may be summed first. -/
theorem inSequence_superpose (a b c : Amplitude) :
    inSequence a (superpose b c) = superpose (inSequence a b) (inSequence a c) := by
  simp only [inSequence, superpose, Amplitude.mk.injEq]
  constructor <;> grind

/-- An amplitude and its quarter turn do not interfere. -/
theorem interference_quarterPhase (a : Amplitude) : interference a (quarterPhase a) = 0 := by
  grind [interference, quarterPhase]

/-- Equal paths reinforce: four times the probability, not twice. -/
theorem weight_superpose_self (a : Amplitude) : weight (superpose a a) = 4 * weight a := by
  rw [weight_superpose]
  grind [weight, interference]

/-- Only the zero amplitude has zero probability. -/
theorem weight_eq_zero_iff (a : Amplitude) : weight a = 0 ↔ a.re = 0 ∧ a.im = 0 := by
  constructor
  · intro h
    have h1 := Lean.Grind.OrderedRing.sq_nonneg (a := a.re)
    have h2 := Lean.Grind.OrderedRing.sq_nonneg (a := a.im)
    have h3 : a.re ^ 2 + a.im ^ 2 = 0 := by grind [weight]
    have h4 : a.re ^ 2 = 0 := by omega
    have h5 : a.im ^ 2 = 0 := by omega
    simp [Int.pow_succ, Int.mul_eq_zero] at h4 h5
    exact ⟨h4, h5⟩
  · intro ⟨h1, h2⟩
    simp [weight, h1, h2]

end PhysCore.QuantumMechanics
