/-!
# Commutators

Observables of quantum mechanics do not commute. In any ring of operators the commutator `ab - ba` is bilinear and antisymmetric, obeys Leibniz'
rule in each argument and Jacobi's identity. With the canonical relation `[x, p] = 1` (units in which `iħ` is one) it acts on powers of
`p` like a derivative, and conserved quantities are those that commute with the Hamiltonian.
-/

namespace PhysCore.QuantumMechanics

/-- The commutator of two operators. -/
def commutator {R : Type} [Lean.Grind.Ring R] (a b : R) : R := a * b - b * a

/-- The anticommutator of two operators. -/
def anticommutator {R : Type} [Lean.Grind.Ring R] (a b : R) : R := a * b + b * a

/-- The `n`-fold commutator with `a`. -/
def nested {R : Type} [Lean.Grind.Ring R] (a b : R) : Nat → R
  | 0 => b
  | n + 1 => commutator a (nested a b n)

/-- A product of `n + 1` equal operators. -/
def operatorPower {R : Type} [Lean.Grind.Ring R] (a : R) : Nat → R
  | 0 => a
  | n + 1 => operatorPower a n * a

/-- Two operators commute: they have a common basis of eigenstates. -/
def Compatible {R : Type} [Lean.Grind.Ring R] (a b : R) : Prop := a * b = b * a

/-- The commutator is antisymmetric. -/
theorem commutator_swap {R : Type} [Lean.Grind.Ring R] (a b : R) : commutator a b = -commutator b a := by
  simp only [commutator]
  grind

/-- Everything commutes with itself. -/
theorem commutator_self {R : Type} [Lean.Grind.Ring R] (a : R) : commutator a a = 0 := by
  simp only [commutator]
  grind

/-- The commutator is additive. -/
theorem commutator_add {R : Type} [Lean.Grind.Ring R] (a b c : R) :
    commutator a (b + c) = commutator a b + commutator a c := by
  simp only [commutator]
  grind

/-- Leibniz' rule: the commutator acts on a product like a derivative. -/
theorem commutator_mul {R : Type} [Lean.Grind.Ring R] (a b c : R) :
    commutator a (b * c) = commutator a b * c + b * commutator a c := by
  simp only [commutator]
  grind

/-- Leibniz' rule in the first argument. -/
theorem commutator_mul_left {R : Type} [Lean.Grind.Ring R] (a b c : R) :
    commutator (a * b) c = a * commutator b c + commutator a c * b := by
  simp only [commutator]
  grind

/-- Jacobi's identity. -/
theorem commutator_jacobi {R : Type} [Lean.Grind.Ring R] (a b c : R) :
    commutator a (commutator b c) + commutator b (commutator c a) + commutator c (commutator a b) = 0 := by
  simp only [commutator]
  grind

/-- A product is half the sum of commutator and anticommutator. -/
theorem commutator_add_anticommutator {R : Type} [Lean.Grind.Ring R] (a b : R) :
    commutator a b + anticommutator a b = 2 * (a * b) := by
  simp only [commutator, anticommutator]
  grind

/-- The anticommutator is symmetric. -/
theorem anticommutator_comm {R : Type} [Lean.Grind.Ring R] (a b : R) : anticommutator a b = anticommutator b a := by
  grind [anticommutator]

/-- A commutator of a product by anticommutators, as needed for fermions. -/
theorem commutator_mul_fermi {R : Type} [Lean.Grind.Ring R] (a b c : R) :
    commutator (a * b) c = a * anticommutator b c - anticommutator a c * b := by
  simp only [commutator, anticommutator]
  grind

/-- The number operator `ba` of a mode with `[a, b] = 1` is lowered by `a`. -/
theorem number_lowering {R : Type} [Lean.Grind.Ring R] (a b : R) (h : commutator a b = 1) :
    commutator (b * a) a = -a := by
  rw [commutator_mul_left, commutator_self, commutator_swap b a, h]
  grind

/-- The canonical relation on the square of the momentum. -/
theorem commutator_square {R : Type} [Lean.Grind.Ring R] (x p : R) (h : commutator x p = 1) :
    commutator x (p * p) = 2 * p := by
  rw [commutator_mul, h]
  grind

/-- The canonical relation on the cube of the momentum. -/
theorem commutator_cube {R : Type} [Lean.Grind.Ring R] (x p : R) (h : commutator x p = 1) :
    commutator x (p * (p * p)) = 3 * (p * p) := by
  rw [commutator_mul, commutator_square x p h, h]
  grind

/-- Operators are compatible exactly when their commutator vanishes. -/
theorem compatible_iff {R : Type} [Lean.Grind.Ring R] (a b : R) : Compatible a b ↔ commutator a b = 0 := by
  simp only [Compatible, commutator]
  grind

/-- The product of two conserved quantities is conserved. -/
theorem compatible_mul {R : Type} [Lean.Grind.Ring R] (h a b : R) (ha : commutator h a = 0)
    (hb : commutator h b = 0) : commutator h (a * b) = 0 := by
  rw [commutator_mul, ha, hb]
  grind

/-- Poisson's theorem: the commutator of two conserved quantities is conserved. -/
theorem conserved_commutator {R : Type} [Lean.Grind.Ring R] (h a b : R) (ha : commutator h a = 0)
    (hb : commutator h b = 0) : commutator h (commutator a b) = 0 := by
  have h1 := compatible_mul h a b ha hb
  have h2 := compatible_mul h b a hb ha
  calc commutator h (commutator a b)
      = commutator h (a * b) - commutator h (b * a) := by simp only [commutator]; grind
    _ = 0 := by rw [h1, h2]; grind

/-- Powers of a conserved quantity are conserved. -/
theorem conserved_power {R : Type} [Lean.Grind.Ring R] (h a : R) (ha : commutator h a = 0) (n : Nat) :
    commutator h (operatorPower a n) = 0 := by
  induction n with
  | zero => exact ha
  | succ n ih => exact compatible_mul h (operatorPower a n) a ih ha

/-- Nested commutators are additive in the innermost operator. -/
theorem nested_add {R : Type} [Lean.Grind.Ring R] (a b c : R) (n : Nat) :
    nested a (b + c) n = nested a b n + nested a c n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [nested, ih, commutator_add, nested, nested]

/-- Once a nested commutator vanishes, the next one does. -/
theorem nested_vanish {R : Type} [Lean.Grind.Ring R] (a b : R) (n : Nat) (h : nested a b n = 0) :
    nested a b (n + 1) = 0 := by
  rw [nested, h, commutator]
  grind

/-- For every operator there are others compatible with it. -/
theorem exists_compatible {R : Type} [Lean.Grind.Ring R] (a : R) : ∃ b, Compatible a b := by
  exact ⟨a * a, by simp only [Compatible]; grind⟩

end PhysCore.QuantumMechanics
