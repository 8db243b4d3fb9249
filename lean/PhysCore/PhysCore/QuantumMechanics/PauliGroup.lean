/-!
# The Pauli group of one qubit

Up to a phase the Pauli matrices multiply like the four-group, and the phase is a power of `i`. Two of them either commute or
anticommute, which is all that the stabiliser theory of quantum error correction uses. Phases are counted in quarter turns.
-/

namespace PhysCore.QuantumMechanics

/-- The identity and the three Pauli matrices. -/
inductive Pauli where
  | I
  | X
  | Y
  | Z
  deriving DecidableEq

/-- The product of two Pauli matrices without its phase. -/
def pauliMul : Pauli → Pauli → Pauli
  | .I, q => q
  | p, .I => p
  | .X, .X => .I
  | .Y, .Y => .I
  | .Z, .Z => .I
  | .X, .Y => .Z
  | .Y, .X => .Z
  | .Y, .Z => .X
  | .Z, .Y => .X
  | .Z, .X => .Y
  | .X, .Z => .Y

/-- The phase of the product in quarter turns: `XY = iZ` and cyclic, `YX = -iZ`. -/
def pauliPhase : Pauli → Pauli → Nat
  | .X, .Y => 1
  | .Y, .Z => 1
  | .Z, .X => 1
  | .Y, .X => 3
  | .Z, .Y => 3
  | .X, .Z => 3
  | _, _ => 0

/-- Whether two Pauli matrices anticommute. -/
def anticommutes (p q : Pauli) : Bool := p != .I && q != .I && p != q

/-- The Hadamard gate exchanges `X` and `Z` by conjugation (and turns `Y` into `-Y`). -/
def hadamard : Pauli → Pauli
  | .I => .I
  | .X => .Z
  | .Y => .Y
  | .Z => .X

/-- The cyclic gate takes `X` to `Y`, `Y` to `Z` and `Z` to `X`. -/
def cyclePauli : Pauli → Pauli
  | .I => .I
  | .X => .Y
  | .Y => .Z
  | .Z => .X

/-- The product, phase aside, of a word of Pauli matrices. -/
def wordProduct : List Pauli → Pauli
  | [] => .I
  | p :: w => pauliMul p (wordProduct w)

/-- How many letters of a word anticommute with `p`. -/
def flipCount (p : Pauli) : List Pauli → Nat
  | [] => 0
  | q :: w => (if anticommutes p q then 1 else 0) + flipCount p w

/-- Every Pauli matrix squares to the identity. -/
theorem pauliMul_self (p : Pauli) : pauliMul p p = .I := by
  cases p <;> rfl

/-- The identity is neutral. -/
theorem pauliMul_one (p : Pauli) : pauliMul p .I = p := by
  cases p <;> rfl

/-- Phase aside, Pauli matrices commute. -/
theorem pauliMul_comm (p q : Pauli) : pauliMul p q = pauliMul q p := by
  cases p <;> cases q <;> rfl

/-- Phase aside, products of Pauli matrices associate. -/
theorem pauliMul_assoc (p q r : Pauli) : pauliMul (pauliMul p q) r = pauliMul p (pauliMul q r) := by
  cases p <;> cases q <;> cases r <;> rfl

/-- A product can be undone by multiplying once more. -/
theorem pauliMul_cancel (p q : Pauli) : pauliMul p (pauliMul p q) = q := by
  rw [← pauliMul_assoc, pauliMul_self, pauliMul]

/-- Anticommuting is symmetric. -/
theorem anticommutes_comm (p q : Pauli) : anticommutes p q = anticommutes q p := by
  cases p <;> cases q <;> rfl

/-- The identity anticommutes with nothing. -/
theorem anticommutes_one (p : Pauli) : anticommutes .I p = false := by
  simp [anticommutes]

/-- Nothing anticommutes with itself. -/
theorem anticommutes_self (p : Pauli) : anticommutes p p = false := by
  simp [anticommutes]

/-- Exchanging the factors turns the phase by half a turn exactly when they anticommute. -/
theorem pauliPhase_swap (p q : Pauli) :
    (pauliPhase p q + if anticommutes p q then 2 else 0) % 4 = pauliPhase q p := by
  cases p <;> cases q <;> rfl

/-- The syndrome of a product is the sum of the syndromes. -/
theorem anticommutes_mul (p q r : Pauli) :
    anticommutes p (pauliMul q r) = (anticommutes p q != anticommutes p r) := by
  cases p <;> cases q <;> cases r <;> rfl

/-- The Hadamard gate is its own inverse. -/
theorem hadamard_hadamard (p : Pauli) : hadamard (hadamard p) = p := by
  cases p <;> rfl

/-- The Hadamard gate keeps products. -/
theorem hadamard_mul (p q : Pauli) : hadamard (pauliMul p q) = pauliMul (hadamard p) (hadamard q) := by
  cases p <;> cases q <;> rfl

/-- Three cyclic gates are the identity. -/
theorem cyclePauli_three (p : Pauli) : cyclePauli (cyclePauli (cyclePauli p)) = p := by
  cases p <;> rfl

/-- The cyclic gate keeps the phases of products. -/
theorem pauliPhase_cycle (p q : Pauli) : pauliPhase (cyclePauli p) (cyclePauli q) = pauliPhase p q := by
  cases p <;> cases q <;> rfl

/-- Each Pauli error other than the identity is detected by some check. -/
theorem exists_check (p : Pauli) (h : p ≠ .I) : ∃ q, anticommutes p q = true := by
  cases p with
  | I => exact absurd rfl h
  | X => exact ⟨.Z, rfl⟩
  | Y => exact ⟨.X, rfl⟩
  | Z => exact ⟨.X, rfl⟩

/-- Any Pauli matrix is reached from any other by one product. -/
theorem exists_pauli_quotient (p q : Pauli) : ∃ r, pauliMul p r = q := by
  exact ⟨pauliMul p q, pauliMul_cancel p q⟩

/-- Words multiply by concatenation. -/
theorem wordProduct_append (v w : List Pauli) :
    wordProduct (v ++ w) = pauliMul (wordProduct v) (wordProduct w) := by
  induction v with
  | nil => rfl
  | cons p v ih => simp only [List.cons_append, wordProduct, ih, pauliMul_assoc]

/-- A word followed by itself is the identity, phase aside. -/
theorem wordProduct_double (w : List Pauli) : wordProduct (w ++ w) = .I := by
  rw [wordProduct_append, pauliMul_self]

/-- The sign picked up on the way through two words is the sum of the signs. -/
theorem flipCount_append (p : Pauli) (v w : List Pauli) :
    flipCount p (v ++ w) = flipCount p v + flipCount p w := by
  induction v with
  | nil => simp [flipCount]
  | cons q v ih => grind [flipCount]

/-- Conjugating a word letter by letter with the Hadamard gate conjugates its product. -/
theorem wordProduct_hadamard (w : List Pauli) : wordProduct (w.map hadamard) = hadamard (wordProduct w) := by
  induction w with
  | nil => rfl
  | cons p w ih => simp [wordProduct, ih, hadamard_mul]

end PhysCore.QuantumMechanics
