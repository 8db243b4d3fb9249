/-!
# Number states and ladder operators

A state of one oscillator mode is written as a multiple of `|n⟩`. With unnormalised number states the lowering operator gives
`a |n⟩ = n |n-1⟩` and the raising operator `a† |n⟩ = |n+1⟩`, so that the number operator `a† a` reads `n` and the commutator
`a a† - a† a` is one. The energy is `2 n + 1` in units of half a quantum.
-/

namespace PhysCore.QuantumMechanics

/-- A coefficient times the number state with `level` quanta. -/
structure Ket where
  coeff : Nat
  level : Nat

/-- The raising (creation) operator. -/
def raise (s : Ket) : Ket := ⟨s.coeff, s.level + 1⟩

/-- The lowering (annihilation) operator. -/
def lower (s : Ket) : Ket := ⟨s.coeff * s.level, s.level - 1⟩

/-- The number operator `a† a`. -/
def numberOperator (s : Ket) : Ket := ⟨s.coeff * s.level, s.level⟩

/-- The energy of a level in units of half a quantum. -/
def oscillatorEnergy (n : Nat) : Nat := 2 * n + 1

/-- The raising operator applied `k` times. -/
def raiseBy : Nat → Ket → Ket
  | 0, s => s
  | k + 1, s => raise (raiseBy k s)

/-- The squared norm `n!` of the unnormalised state made by `n` raisings of the vacuum. -/
def normSquared : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * normSquared n

/-- The summed energy of the lowest `n` levels. -/
def energySum : Nat → Nat
  | 0 => 0
  | n + 1 => energySum n + oscillatorEnergy n

/-- The vacuum is annihilated. -/
theorem lower_vacuum (c : Nat) : (lower ⟨c, 0⟩).coeff = 0 := by
  simp [lower]

/-- Raising after lowering counts the quanta, above the vacuum. -/
theorem raise_lower (c n : Nat) : raise (lower ⟨c, n + 1⟩) = numberOperator ⟨c, n + 1⟩ := by
  simp [raise, lower, numberOperator]

/-- Lowering after raising counts one more. -/
theorem lower_raise (s : Ket) : lower (raise s) = ⟨s.coeff * (s.level + 1), s.level⟩ := by
  simp only [lower, raise]
  rfl

/-- The canonical commutator: `a a† - a† a = 1`. -/
theorem ladder_commutator (s : Ket) :
    (lower (raise s)).coeff = (numberOperator s).coeff + s.coeff := by
  simp only [lower, raise, numberOperator]
  grind

/-- Raising increases the eigenvalue of the number operator by one. -/
theorem number_raise (s : Ket) : (numberOperator (raise s)).coeff = (numberOperator s).coeff + s.coeff := by
  grind [numberOperator, raise]

/-- Raising by `k` adds `k` quanta. -/
theorem raiseBy_level (k : Nat) (s : Ket) : (raiseBy k s).level = s.level + k := by
  induction k with
  | zero => simp [raiseBy]
  | succ k ih => grind [raiseBy, raise]

/-- Raising keeps the coefficient. -/
theorem raiseBy_coeff (k : Nat) (s : Ket) : (raiseBy k s).coeff = s.coeff := by
  induction k with
  | zero => rfl
  | succ k ih => simp [raiseBy, raise, ih]

/-- Raising in two portions. -/
theorem raiseBy_add (j k : Nat) (s : Ket) : raiseBy (j + k) s = raiseBy j (raiseBy k s) := by
  induction j with
  | zero => simp [raiseBy]
  | succ j ih => rw [Nat.succ_add, raiseBy, ih, raiseBy]

/-- Every level is reached from the vacuum. -/
theorem exists_raise_vacuum (n : Nat) : ∃ k, (raiseBy k ⟨1, 0⟩).level = n := by
  exact ⟨n, by simp [raiseBy_level]⟩

/-- Every excited state lies one quantum above another. -/
theorem exists_below (s : Ket) (h : 0 < s.level) : ∃ t, raise t = s := by
  refine ⟨⟨s.coeff, s.level - 1⟩, ?_⟩
  cases s
  simp [raise] at *
  omega

/-- Levels are equidistant. -/
theorem oscillatorEnergy_step (n : Nat) : oscillatorEnergy (n + 1) = oscillatorEnergy n + 2 := by
  simp only [oscillatorEnergy]
  omega

/-- The ground state energy is not zero. -/
theorem oscillatorEnergy_pos (n : Nat) : 0 < oscillatorEnergy n := by
  simp [oscillatorEnergy]

/-- Levels do not cross: a higher level has more energy. -/
theorem oscillatorEnergy_strictMono (m n : Nat) (h : m < n) : oscillatorEnergy m < oscillatorEnergy n := by
  simp only [oscillatorEnergy]
  omega

/-- Different levels have different energies: the spectrum is not degenerate. -/
theorem oscillatorEnergy_injective (m n : Nat) : oscillatorEnergy m = oscillatorEnergy n ↔ m = n := by
  constructor
  · intro h
    simp only [oscillatorEnergy] at h
    omega
  · intro h
    rw [h]

/-- The lowest `n` levels have together the energy `n²`. -/
theorem energySum_eq (n : Nat) : energySum n = n * n := by
  induction n with
  | zero => rfl
  | succ n ih => grind [energySum, oscillatorEnergy]

/-- Adding a level does not lower the summed energy. -/
theorem energySum_le (n : Nat) : energySum n ≤ energySum (n + 1) := by
  rw [energySum]
  omega

/-- No state made from the vacuum has norm zero. -/
theorem normSquared_pos (n : Nat) : 0 < normSquared n := by
  induction n with
  | zero => simp [normSquared]
  | succ n ih => exact Nat.mul_pos (Nat.succ_pos n) ih

/-- Norms grow with the level. -/
theorem normSquared_le (n : Nat) : normSquared n ≤ normSquared (n + 1) := by
  rw [normSquared]
  exact Nat.le_mul_of_pos_left _ (Nat.succ_pos n)

/-- Selection rule: raising changes the parity of the level. -/
theorem raise_parity (s : Ket) : (raise s).level % 2 ≠ s.level % 2 := by
  simp only [raise]
  omega

end PhysCore.QuantumMechanics
