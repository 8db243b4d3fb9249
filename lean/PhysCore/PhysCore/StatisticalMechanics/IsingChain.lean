/-!
# The Ising chain

Spins on a line interact with their neighbours: an aligned pair has the energy `-1`, an opposite pair `+1` (in units of the coupling).
The energy of an open chain is a sum over its bonds, equivalently twice the number of domain walls minus the number of bonds. It is
symmetric under the flip of all spins; a ferromagnetic chain has no domain wall.
-/

namespace PhysCore.StatisticalMechanics

/-- An Ising spin. -/
inductive IsingSpin where
  | up
  | down
  deriving DecidableEq

/-- The value `±1` of a spin. -/
def spinValue : IsingSpin → Int
  | .up => 1
  | .down => -1

/-- The flipped spin. -/
def flipSpin : IsingSpin → IsingSpin
  | .up => .down
  | .down => .up

/-- The energy of one bond. -/
def bondEnergy (s t : IsingSpin) : Int := -(spinValue s * spinValue t)

/-- The energy of the chain that starts with spin `s`. -/
def chainEnergy (s : IsingSpin) : List IsingSpin → Int
  | [] => 0
  | t :: l => bondEnergy s t + chainEnergy t l

/-- The number of domain walls of the chain that starts with spin `s`. -/
def domainWalls (s : IsingSpin) : List IsingSpin → Nat
  | [] => 0
  | t :: l => (if s = t then 0 else 1) + domainWalls t l

/-- The energy of a chain in a magnetic field `h`, without its bonds. -/
def fieldEnergy (h : Int) : List IsingSpin → Int
  | [] => 0
  | s :: l => -(h * spinValue s) + fieldEnergy h l

/-- A spin value squares to one. -/
theorem spinValue_sq (s : IsingSpin) : spinValue s * spinValue s = 1 := by
  cases s <;> rfl

/-- Flipping reverses the value of a spin. -/
theorem spinValue_flip (s : IsingSpin) : spinValue (flipSpin s) = -spinValue s := by
  cases s <;> rfl

/-- Flipping twice restores the spin. -/
theorem flipSpin_flipSpin (s : IsingSpin) : flipSpin (flipSpin s) = s := by
  cases s <;> rfl

/-- A flip always changes the spin. -/
theorem flipSpin_ne (s : IsingSpin) : flipSpin s ≠ s := by
  cases s <;> simp [flipSpin]

/-- A bond has the same energy from both ends. -/
theorem bondEnergy_comm (s t : IsingSpin) : bondEnergy s t = bondEnergy t s := by
  simp only [bondEnergy]
  grind

/-- Aligned spins have the lowest bond energy. -/
theorem bondEnergy_self (s : IsingSpin) : bondEnergy s s = -1 := by
  cases s <;> rfl

/-- Flipping one end reverses the energy of a bond. -/
theorem bondEnergy_flip (s t : IsingSpin) : bondEnergy (flipSpin s) t = -bondEnergy s t := by
  simp only [bondEnergy, spinValue_flip]
  grind

/-- Flipping both ends keeps the energy of a bond. -/
theorem bondEnergy_flip_both (s t : IsingSpin) : bondEnergy (flipSpin s) (flipSpin t) = bondEnergy s t := by
  rw [bondEnergy_flip, bondEnergy_comm, bondEnergy_flip, bondEnergy_comm, Int.neg_neg]

/-- The energy of a bond lies between `-1` and `1`. -/
theorem bondEnergy_bounds (s t : IsingSpin) : -1 ≤ bondEnergy s t ∧ bondEnergy s t ≤ 1 := by
  cases s <;> cases t <;> simp [bondEnergy, spinValue]

/-- For every spin there is a neighbour that raises the energy. -/
theorem exists_frustrated (s : IsingSpin) : ∃ t, bondEnergy s t = 1 := by
  exact ⟨flipSpin s, by cases s <;> rfl⟩

/-- The symmetry of the Ising chain: flipping all spins keeps the energy. -/
theorem chainEnergy_flip (s : IsingSpin) (l : List IsingSpin) :
    chainEnergy (flipSpin s) (l.map flipSpin) = chainEnergy s l := by
  induction l generalizing s with
  | nil => rfl
  | cons t l ih => simp [chainEnergy, bondEnergy_flip_both, ih]

/-- Energy is twice the number of domain walls minus the number of bonds. -/
theorem chainEnergy_walls (s : IsingSpin) (l : List IsingSpin) :
    chainEnergy s l = 2 * domainWalls s l - l.length := by
  induction l generalizing s with
  | nil => rfl
  | cons t l ih =>
    cases s <;> cases t <;> simp [chainEnergy, domainWalls, bondEnergy, spinValue, ih] <;> omega

/-- There is at most one domain wall a bond. -/
theorem domainWalls_le (s : IsingSpin) (l : List IsingSpin) : domainWalls s l ≤ l.length := by
  induction l generalizing s with
  | nil => simp [domainWalls]
  | cons t l ih => grind [domainWalls]

/-- No chain has less energy than minus its number of bonds. -/
theorem chainEnergy_lower (s : IsingSpin) (l : List IsingSpin) : -(l.length : Int) ≤ chainEnergy s l := by
  rw [chainEnergy_walls]
  omega

/-- No chain has more energy than its number of bonds. -/
theorem chainEnergy_upper (s : IsingSpin) (l : List IsingSpin) : chainEnergy s l ≤ l.length := by
  have h := domainWalls_le s l
  rw [chainEnergy_walls]
  omega

/-- The ferromagnetic chain has no domain wall. -/
theorem domainWalls_replicate (s : IsingSpin) (n : Nat) : domainWalls s (List.replicate n s) = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => simp [List.replicate_succ, domainWalls, ih]

/-- The energy of the ferromagnetic ground state. -/
theorem ferromagnet_energy (s : IsingSpin) (n : Nat) : chainEnergy s (List.replicate n s) = -n := by
  rw [chainEnergy_walls, domainWalls_replicate]
  simp

/-- Two chains have the same energy when they have the same length and the same number of walls. -/
theorem chainEnergy_congr (s t : IsingSpin) (l m : List IsingSpin) (h1 : domainWalls s l = domainWalls t m)
    (h2 : l.length = m.length) : chainEnergy s l = chainEnergy t m := by
  rw [chainEnergy_walls, chainEnergy_walls, h1, h2]

/-- The field energy of two pieces adds. -/
theorem fieldEnergy_append (h : Int) (l m : List IsingSpin) :
    fieldEnergy h (l ++ m) = fieldEnergy h l + fieldEnergy h m := by
  induction l with
  | nil => simp [fieldEnergy]
  | cons s l ih => grind [fieldEnergy]

/-- Reversing the field is the same as flipping all spins. -/
theorem fieldEnergy_flip (h : Int) (l : List IsingSpin) : fieldEnergy (-h) l = fieldEnergy h (l.map flipSpin) := by
  induction l with
  | nil => rfl
  | cons s l ih => simp [fieldEnergy, ih, spinValue_flip, Int.neg_mul, Int.mul_neg]

/-- Without a field there is no field energy. -/
theorem fieldEnergy_zero (l : List IsingSpin) : fieldEnergy 0 l = 0 := by
  induction l with
  | nil => rfl
  | cons s l ih => simp [fieldEnergy, ih]

end PhysCore.StatisticalMechanics
