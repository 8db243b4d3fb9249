/-!
# Counting microstates of independent spins

A system of `n` two-state spins has `2ⁿ` microstates, of which `C(n, k)` have exactly `k` spins up: the multiplicity of a
macrostate. Multiplicities obey Pascal's rule, numbers of microstates multiply for independent systems, and magnetisation adds.
-/

namespace PhysCore.StatisticalMechanics

/-- The number of microstates of `n` spins with `k` up, by Pascal's rule. -/
def multiplicity : Nat → Nat → Nat
  | _, 0 => 1
  | 0, _ + 1 => 0
  | n + 1, k + 1 => multiplicity n k + multiplicity n (k + 1)

/-- The number of all microstates of `n` spins. -/
def microstates : Nat → Nat
  | 0 => 1
  | n + 1 => microstates n + microstates n

/-- The number of arrangements `n!` of `n` distinguishable particles. -/
def arrangements : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * arrangements n

/-- The number of up spins in a microstate. -/
def upCount : List Bool → Nat
  | [] => 0
  | s :: l => (if s then 1 else 0) + upCount l

/-- The magnetisation: up spins minus down spins. -/
def magnetisation : List Bool → Int
  | [] => 0
  | s :: l => (if s then 1 else -1) + magnetisation l

/-- The number of microstates with at most `k` spins up. -/
def cumulative (n : Nat) : Nat → Nat
  | 0 => multiplicity n 0
  | k + 1 => cumulative n k + multiplicity n (k + 1)

/-- Every set of spins has one microstate with none up. -/
theorem multiplicity_zero (n : Nat) : multiplicity n 0 = 1 := by
  simp [multiplicity]

/-- Pascal's rule: the last spin is either up or down. -/
theorem multiplicity_succ (n k : Nat) :
    multiplicity (n + 1) (k + 1) = multiplicity n k + multiplicity n (k + 1) := by
  rw [multiplicity]

/-- One spin up can be any of the `n`. -/
theorem multiplicity_one (n : Nat) : multiplicity n 1 = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [multiplicity_succ, multiplicity_zero, ih, Nat.add_comm]

/-- There cannot be more spins up than spins. -/
theorem multiplicity_eq_zero (n : Nat) : ∀ k, n < k → multiplicity n k = 0 := by
  induction n with
  | zero => intro k h; cases k <;> grind [multiplicity]
  | succ n ih => intro k h; cases k <;> grind [multiplicity]

/-- All spins up is one microstate. -/
theorem multiplicity_self (n : Nat) : multiplicity n n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [multiplicity_succ, ih, multiplicity_eq_zero n (n + 1) (Nat.lt_succ_self n)]

/-- Every possible macrostate has a microstate. -/
theorem multiplicity_pos (n : Nat) : ∀ k, k ≤ n → 0 < multiplicity n k := by
  induction n with
  | zero => intro k h; cases k <;> grind [multiplicity]
  | succ n ih => intro k h; cases k <;> grind [multiplicity]

/-- Twice the number of pairs of spins. -/
theorem multiplicity_two (n : Nat) : 2 * multiplicity (n + 1) 2 = n * (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih => grind [multiplicity_succ, multiplicity_one]

/-- The microstates of `n` spins are `2ⁿ`. -/
theorem microstates_eq (n : Nat) : microstates n = 2 ^ n := by
  induction n with
  | zero => rfl
  | succ n ih => simp only [microstates, ih]; omega

/-- Independent systems multiply their numbers of microstates. -/
theorem microstates_add (m n : Nat) : microstates (m + n) = microstates m * microstates n := by
  rw [microstates_eq, microstates_eq, microstates_eq, Nat.pow_add]

/-- A system has at least one microstate: entropy is not negative. -/
theorem microstates_pos (n : Nat) : 0 < microstates n := by
  induction n with
  | zero => simp [microstates]
  | succ n ih => grind [microstates]

/-- One more spin means more microstates. -/
theorem microstates_lt (n : Nat) : microstates n < microstates (n + 1) := by
  have h := microstates_pos n
  simp only [microstates]
  omega

/-- There is an arrangement of any number of particles. -/
theorem arrangements_pos (n : Nat) : 0 < arrangements n := by
  induction n with
  | zero => simp [arrangements]
  | succ n ih => exact Nat.mul_pos (Nat.succ_pos n) ih

/-- The number of up spins is at most the number of spins. -/
theorem upCount_le (l : List Bool) : upCount l ≤ l.length := by
  induction l with
  | nil => simp [upCount]
  | cons s l ih => cases s <;> simp [upCount] <;> omega

/-- Up spins of two systems add. -/
theorem upCount_append (l m : List Bool) : upCount (l ++ m) = upCount l + upCount m := by
  induction l with
  | nil => simp [upCount]
  | cons s l ih => grind [upCount]

/-- Magnetisation is twice the number of up spins minus the number of spins. -/
theorem magnetisation_eq (l : List Bool) : magnetisation l = 2 * upCount l - l.length := by
  induction l with
  | nil => rfl
  | cons s l ih => cases s <;> simp [magnetisation, upCount, ih] <;> omega

/-- Magnetisation is an extensive quantity. -/
theorem magnetisation_append (l m : List Bool) : magnetisation (l ++ m) = magnetisation l + magnetisation m := by
  induction l with
  | nil => simp [magnetisation]
  | cons s l ih => grind [magnetisation]

/-- Flipping all spins reverses the magnetisation. -/
theorem magnetisation_flip (l : List Bool) : magnetisation (l.map not) = -magnetisation l := by
  induction l with
  | nil => rfl
  | cons s l ih => cases s <;> simp [magnetisation, ih] <;> omega

/-- Every magnetisation of the right size is reached: a microstate with `k` up exists. -/
theorem exists_upCount (k : Nat) : ∃ l, upCount l = k := by
  induction k with
  | zero => exact ⟨[], rfl⟩
  | succ k ih =>
    obtain ⟨l, h⟩ := ih
    exact ⟨true :: l, by simp [upCount, h]; omega⟩

/-- The magnetisation has the parity of the number of spins. -/
theorem magnetisation_parity (l : List Bool) : magnetisation l % 2 = l.length % 2 := by
  have h := magnetisation_eq l
  omega

/-- Counting macrostates up to `k` spins up leaves none out. -/
theorem multiplicity_le_cumulative (n k : Nat) : multiplicity n k ≤ cumulative n k := by
  cases k with
  | zero => rw [cumulative]; omega
  | succ k => rw [cumulative]; omega

end PhysCore.StatisticalMechanics
