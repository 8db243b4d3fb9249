/-!
# Reversible gates on qubits

On the states of the computational basis the gates `X`, `CNOT`, `SWAP` and Toffoli act as permutations of bit strings. They are reversible; three
`CNOT`s make a `SWAP`; the Toffoli gate computes a logical `and`. The repetition code protects one logical bit against a single flip by a majority vote.
-/

namespace PhysCore.QuantumMechanics

/-- A basis state of three qubits. -/
structure Register where
  a : Bool
  b : Bool
  c : Bool
  deriving DecidableEq

/-- The gates of the circuit model used here. -/
inductive Gate where
  | notA
  | cnotAB
  | cnotBA
  | swapAB
  | toffoli
  deriving DecidableEq

/-- The action of a gate on a basis state. -/
def applyGate : Gate → Register → Register
  | .notA, r => ⟨!r.a, r.b, r.c⟩
  | .cnotAB, r => ⟨r.a, r.a ^^ r.b, r.c⟩
  | .cnotBA, r => ⟨r.b ^^ r.a, r.b, r.c⟩
  | .swapAB, r => ⟨r.b, r.a, r.c⟩
  | .toffoli, r => ⟨r.a, r.b, (r.a && r.b) ^^ r.c⟩

/-- A circuit, the first gate of the list acting first. -/
def runCircuit : List Gate → Register → Register
  | [], r => r
  | g :: l, r => runCircuit l (applyGate g r)

/-- The total parity of the register. -/
def registerParity (r : Register) : Bool := r.a ^^ (r.b ^^ r.c)

/-- The repetition code of one bit. -/
def encode (x : Bool) : Register := ⟨x, x, x⟩

/-- The majority vote. -/
def majority (r : Register) : Bool := (r.a && r.b) || (r.b && r.c) || (r.a && r.c)

/-- A flip of one of the three qubits, or of none. -/
def flipQubit : Fin 4 → Register → Register
  | 0, r => r
  | 1, r => ⟨!r.a, r.b, r.c⟩
  | 2, r => ⟨r.a, !r.b, r.c⟩
  | 3, r => ⟨r.a, r.b, !r.c⟩

/-- Every gate is its own inverse. -/
theorem applyGate_twice (g : Gate) (r : Register) : applyGate g (applyGate g r) = r := by
  rcases r with ⟨a, b, c⟩
  cases g <;> cases a <;> cases b <;> cases c <;> rfl

/-- No gate merges two states: quantum gates are reversible. -/
theorem applyGate_injective (g : Gate) (r s : Register) (h : applyGate g r = applyGate g s) : r = s := by
  have h1 := congrArg (applyGate g) h
  rw [applyGate_twice, applyGate_twice] at h1
  exact h1

/-- Every state is the result of a gate. -/
theorem applyGate_surjective (g : Gate) (r : Register) : ∃ s, applyGate g s = r := by
  exact ⟨applyGate g r, applyGate_twice g r⟩

/-- Three `CNOT`s in alternating directions are a `SWAP`. -/
theorem three_cnot_swap (r : Register) : runCircuit [.cnotAB, .cnotBA, .cnotAB] r = applyGate .swapAB r := by
  rcases r with ⟨a, b, c⟩
  cases a <;> cases b <;> rfl

/-- A `CNOT` between two `SWAP`s has its control and target exchanged. -/
theorem swap_cnot_swap (r : Register) : runCircuit [.swapAB, .cnotAB, .swapAB] r = applyGate .cnotBA r := by
  simp [runCircuit, applyGate]

/-- Acting on an empty target the Toffoli gate computes `and`. -/
theorem toffoli_and (x y : Bool) : (applyGate .toffoli ⟨x, y, false⟩).c = (x && y) := by
  simp [applyGate]

/-- Acting on a full target the Toffoli gate computes `nand`, from which all of logic follows. -/
theorem toffoli_nand (x y : Bool) : (applyGate .toffoli ⟨x, y, true⟩).c = !(x && y) := by
  cases x <;> cases y <;> rfl

/-- A `CNOT` with an empty target copies a classical bit. -/
theorem cnot_copies (x : Bool) : applyGate .cnotAB ⟨x, false, false⟩ = ⟨x, x, false⟩ := by
  cases x <;> rfl

/-- A circuit in two parts. -/
theorem runCircuit_append (l m : List Gate) (r : Register) :
    runCircuit (l ++ m) r = runCircuit m (runCircuit l r) := by
  induction l generalizing r with
  | nil => rfl
  | cons g l ih => simp [runCircuit, ih]

/-- The reversed circuit undoes the circuit. -/
theorem runCircuit_reverse (l : List Gate) (r : Register) : runCircuit l.reverse (runCircuit l r) = r := by
  induction l generalizing r with
  | nil => rfl
  | cons g l ih => simp [runCircuit, runCircuit_append, ih, applyGate_twice]

/-- Every circuit has an inverse circuit. -/
theorem exists_inverse_circuit (l : List Gate) : ∃ m, ∀ r, runCircuit m (runCircuit l r) = r := by
  exact ⟨l.reverse, fun r => runCircuit_reverse l r⟩

/-- A circuit never merges two states. -/
theorem runCircuit_injective (l : List Gate) (r s : Register) (h : runCircuit l r = runCircuit l s) : r = s := by
  rw [← runCircuit_reverse l r, h, runCircuit_reverse]

/-- The `NOT` gate changes the parity of the register. -/
theorem registerParity_not (r : Register) : registerParity (applyGate .notA r) = !registerParity r := by
  simp [registerParity, applyGate]

/-- The `SWAP` gate keeps the parity of the register. -/
theorem registerParity_swap (r : Register) : registerParity (applyGate .swapAB r) = registerParity r := by
  rcases r with ⟨a, b, c⟩
  cases a <;> cases b <;> cases c <;> rfl

/-- Decoding an undisturbed code word gives the bit. -/
theorem majority_encode (x : Bool) : majority (encode x) = x := by
  cases x <;> rfl

/-- The repetition code corrects any single flip. -/
theorem majority_corrects (e : Fin 4) (x : Bool) : majority (flipQubit e (encode x)) = x := by
  revert e x
  decide

/-- The flip of a qubit is undone by the same flip. -/
theorem flipQubit_twice (e : Fin 4) (r : Register) : flipQubit e (flipQubit e r) = r := by
  rcases r with ⟨a, b, c⟩
  revert e
  cases a <;> cases b <;> cases c <;> decide

/-- The majority vote goes along with a flip of all bits. -/
theorem majority_not (r : Register) : majority ⟨!r.a, !r.b, !r.c⟩ = !majority r := by
  rcases r with ⟨a, b, c⟩
  cases a <;> cases b <;> cases c <;> rfl

/-- Two flips may be too many: the code does not correct them. -/
theorem exists_uncorrected : ∃ d e, majority (flipQubit d (flipQubit e (encode false))) = true := by
  exact ⟨1, 2, rfl⟩

end PhysCore.QuantumMechanics
