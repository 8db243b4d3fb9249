import PhysField.Mathematics.Series

/-!
# Kac's ring

Spins `s k` on a line or a ring move one place a step and change sign where a marker `e k = -1` stands, `e k = 1` elsewhere. The motion is
deterministic and reversible, has the period `2 n` on a ring of `n` places, and yet Boltzmann's hypothesis of molecular chaos predicts a
steady decay of the order: the paradoxes of Loschmidt and Zermelo in a model.
Source: Kac, Probability and Related Topics in Physical Sciences, chapter 3; Dorfman, An Introduction to Chaos in Nonequilibrium
Statistical Mechanics, chapter 2.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Product of the markers at the `n` places from `k` on. -/
def markers (e : Nat → K) (k : Nat) : Nat → K
  | 0 => 1
  | n + 1 => markers e k n * e (k + n)

/-- Spin that has come from place `k`, after `n` steps; it stands at `k + n`. -/
def kacSpin (e s : Nat → K) (k n : Nat) : K := markers e k n * s k

/-- Order after the given number of steps by Boltzmann's hypothesis, where a fraction `x` of places bears markers. -/
def boltzmannOrder (x : K) : Nat → K
  | 0 => 1
  | n + 1 => boltzmannOrder x n - 2 * x * boltzmannOrder x n

/-- One step moves a spin across the marker before it. -/
theorem kacSpin_step (e s : Nat → K) (k n : Nat) : kacSpin e s k (n + 1) = e (k + n) * kacSpin e s k n := by
  grind [kacSpin, markers]

/-- The markers of a way of `m + n` places are those of its parts. -/
theorem markers_add (e : Nat → K) (k m n : Nat) : markers e k (m + n) = markers e k m * markers e (k + m) n := by
  induction n with
  | zero => grind [markers]
  | succ n ih =>
    rw [← Nat.add_assoc, markers, ih, markers, Nat.add_assoc]
    grind

/-- Markers only change signs: their product squares to one. -/
theorem markers_sq (e : Nat → K) (k n : Nat) (he : ∀ j, e j ^ 2 = 1) : markers e k n ^ 2 = 1 := by
  induction n with
  | zero => grind [markers]
  | succ n ih =>
    have h := he (k + n)
    rw [markers]
    grind

/-- The motion is reversible (Loschmidt): the same markers, crossed again, bring every spin back. -/
theorem kacSpin_reversible (e s : Nat → K) (k n : Nat) (he : ∀ j, e j ^ 2 = 1) : markers e k n * kacSpin e s k n = s k := by
  have h := markers_sq e k n he
  rw [kacSpin, show markers e k n * (markers e k n * s k) = markers e k n ^ 2 * s k by grind, h]
  grind

/-- No step changes the square of a spin. -/
theorem kacSpin_sq (e s : Nat → K) (k n : Nat) (he : ∀ j, e j ^ 2 = 1) : kacSpin e s k n ^ 2 = s k ^ 2 := by
  have h := markers_sq e k n he
  rw [kacSpin, show (markers e k n * s k) ^ 2 = markers e k n ^ 2 * s k ^ 2 by grind, h]
  grind

/-- On a ring of `r` places markers repeat: a way that starts one turn later crosses the same ones. -/
theorem markers_turn (e : Nat → K) (r k n : Nat) (hr : ∀ j, e (j + r) = e j) : markers e (k + r) n = markers e k n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [markers, ih, markers, show k + r + n = k + n + r by omega, hr]

/-- One turn crosses every marker, so that its sign does not depend on where it starts. -/
theorem markers_full_turn (e : Nat → K) (r k : Nat) (he : ∀ j, e j ^ 2 = 1) (hr : ∀ j, e (j + r) = e j) :
    markers e k r = markers e 0 r := by
  induction k with
  | zero => rfl
  | succ k ih =>
    have a := markers_add e k 1 r
    have b := markers_add e k r 1
    have c : markers e k 1 = e k := by grind [markers]
    have d : markers e (k + r) 1 = e k := by
      rw [markers_turn e r k 1 hr, c]
    rw [show 1 + r = r + 1 by omega, b, c, d] at a
    have z := he k
    grind

/-- After two turns of the ring every spin is as it was: Poincaré's recurrence, the objection of Zermelo. -/
theorem kacSpin_recurrence (e s : Nat → K) (r k : Nat) (he : ∀ j, e j ^ 2 = 1) (hr : ∀ j, e (j + r) = e j) :
    kacSpin e s k (r + r) = s k := by
  have h := markers_sq e k r he
  rw [kacSpin, markers_add, markers_turn e r k r hr, show markers e k r * markers e k r = markers e k r ^ 2 by grind, h]
  grind

/-- After one turn all spins are as they were, or all are reversed. -/
theorem kacSpin_one_turn (e s : Nat → K) (r k : Nat) (he : ∀ j, e j ^ 2 = 1) (hr : ∀ j, e (j + r) = e j) :
    kacSpin e s k r = markers e 0 r * s k := by
  rw [kacSpin, markers_full_turn e r k he hr]

/-- The order of a ring after one turn is the first one up to its sign. -/
theorem kac_order_one_turn (e s : Nat → K) (r : Nat) (he : ∀ j, e j ^ 2 = 1) (hr : ∀ j, e (j + r) = e j) :
    partialSum (fun k => kacSpin e s k r) r ^ 2 = partialSum s r ^ 2 := by
  have h := partialSum_congr (fun k => kacSpin e s k r) (fun k => markers e 0 r * s k) r fun k _ => kacSpin_one_turn e s r k he hr
  have l := markers_sq e 0 r he
  rw [h, partialSum_mul_left, show (markers e 0 r * partialSum s r) ^ 2 = markers e 0 r ^ 2 * partialSum s r ^ 2 by grind, l]
  grind

/-- Two histories of the same ring keep their overlap: no information is lost. -/
theorem kac_overlap (e s t : Nat → K) (n r : Nat) (he : ∀ j, e j ^ 2 = 1) :
    partialSum (fun k => kacSpin e s k n * kacSpin e t k n) r = partialSum (fun k => s k * t k) r := by
  refine partialSum_congr _ _ r fun k _ => ?_
  have h := markers_sq e k n he
  rw [kacSpin, kacSpin, show markers e k n * s k * (markers e k n * t k) = markers e k n ^ 2 * (s k * t k) by grind, h]
  grind

/-- Boltzmann's hypothesis lets the order decay geometrically. -/
theorem boltzmannOrder_eq (x : K) (n : Nat) : boltzmannOrder x n = (1 - 2 * x) ^ n := by
  have h := geometric_of_step (1 - 2 * x) (boltzmannOrder x) n fun k => by grind [boltzmannOrder]
  rw [h, boltzmannOrder]
  grind

/-- With few markers Boltzmann's order falls at every step but never changes its sign. -/
theorem boltzmannOrder_falls (x : K) (n : Nat) (hx : 0 < x) (hx' : 2 * x < 1) :
    0 < boltzmannOrder x n ∧ boltzmannOrder x (n + 1) < boltzmannOrder x n := by
  have h : 0 < boltzmannOrder x n := by
    rw [boltzmannOrder_eq]
    exact pow_pos (by grind) n
  have k := mul_pos hx h
  refine ⟨h, ?_⟩
  rw [boltzmannOrder]
  grind

/-- Boltzmann's hypothesis contradicts recurrence: after two turns of a ring it predicts less order than there was. -/
theorem boltzmann_contradicts_recurrence (x : K) (r : Nat) (hr : 0 < r) (hx : 0 < x) (hx' : 2 * x < 1) : boltzmannOrder x (r + r) < 1 := by
  have h : ∀ n, 0 < n → boltzmannOrder x n < 1 := by
    intro n hn
    induction n with
    | zero => omega
    | succ n ih =>
      have k := boltzmannOrder_falls x n hx hx'
      by_cases z : n = 0
      · subst z
        grind [boltzmannOrder]
      · have l := ih (by omega)
        grind
  exact h (r + r) (by omega)

end PhysField.StatisticalMechanics
