/-!
# Populations of a two-level system

`N` atoms occupy a lower level of energy `0` and an upper level of energy `e`. Radiation moves atoms between the levels and conserves
their number; detailed balance (cross-multiplied: rate up times lower population = rate down times upper population) fixes the
stationary state, and more atoms above than below is called inversion.
-/

namespace PhysCore.StatisticalMechanics

/-- The numbers of atoms in the lower and the upper level. -/
structure Population where
  lower : Int
  upper : Int
  deriving DecidableEq

/-- The number of atoms. -/
def atomCount (p : Population) : Int := p.lower + p.upper

/-- The energy stored when the upper level lies `e` above the lower one. -/
def storedEnergy (e : Int) (p : Population) : Int := e * p.upper

/-- The inversion: atoms above minus atoms below. -/
def inversion (p : Population) : Int := p.upper - p.lower

/-- The absorption of `k` photons. -/
def absorb (k : Int) (p : Population) : Population := ⟨p.lower - k, p.upper + k⟩

/-- The emission of `k` photons. -/
def emit (k : Int) (p : Population) : Population := ⟨p.lower + k, p.upper - k⟩

/-- Detailed balance of a rate `a` up and a rate `b` down. -/
def Balanced (a b : Int) (p : Population) : Prop := a * p.lower = b * p.upper

/-- A sequence of events, `true` for the absorption and `false` for the emission of one photon. -/
def radiate : List Bool → Population → Population
  | [], p => p
  | true :: l, p => radiate l (absorb 1 p)
  | false :: l, p => radiate l (emit 1 p)

/-- The state after pumping with `k` photons `n` times. -/
def pump (k : Int) (p : Population) : Nat → Population
  | 0 => p
  | n + 1 => absorb k (pump k p n)

/-- Absorption keeps the number of atoms. -/
theorem atomCount_absorb (k : Int) (p : Population) : atomCount (absorb k p) = atomCount p := by
  simp only [atomCount, absorb]
  omega

/-- Emission keeps the number of atoms. -/
theorem atomCount_emit (k : Int) (p : Population) : atomCount (emit k p) = atomCount p := by
  simp only [atomCount, emit]
  omega

/-- Each absorbed photon brings its energy. -/
theorem storedEnergy_absorb (e k : Int) (p : Population) :
    storedEnergy e (absorb k p) = storedEnergy e p + e * k := by
  simp only [storedEnergy, absorb]
  grind

/-- Each emitted photon takes its energy away. -/
theorem storedEnergy_emit (e k : Int) (p : Population) : storedEnergy e (emit k p) = storedEnergy e p - e * k := by
  grind [storedEnergy, emit]

/-- What is absorbed can be emitted. -/
theorem emit_absorb (k : Int) (p : Population) : emit k (absorb k p) = p := by
  cases p
  simp [emit, absorb]

/-- Emission is negative absorption. -/
theorem emit_eq_absorb (k : Int) (p : Population) : emit k p = absorb (-k) p := by
  simp only [emit, absorb, Population.mk.injEq]
  constructor <;> omega

/-- Two absorptions are one. -/
theorem absorb_absorb (j k : Int) (p : Population) : absorb j (absorb k p) = absorb (j + k) p := by
  simp only [absorb, Population.mk.injEq]
  constructor <;> omega

/-- An absorbed photon raises the inversion by two. -/
theorem inversion_absorb (k : Int) (p : Population) : inversion (absorb k p) = inversion p + 2 * k := by
  grind [inversion, absorb]

/-- The inversion and the number of atoms determine the populations. -/
theorem population_ext (p q : Population) (h1 : atomCount p = atomCount q) (h2 : inversion p = inversion q) :
    p = q := by
  cases p
  cases q
  simp [atomCount, inversion] at *
  omega

/-- Inversion never exceeds the number of atoms. -/
theorem inversion_le (p : Population) (h : 0 ≤ p.lower) : inversion p ≤ atomCount p := by
  simp only [inversion, atomCount]
  omega

/-- No sequence of events changes the number of atoms. -/
theorem atomCount_radiate (l : List Bool) (p : Population) : atomCount (radiate l p) = atomCount p := by
  induction l generalizing p with
  | nil => rfl
  | cons s l ih => cases s <;> simp [radiate, ih, atomCount_absorb, atomCount_emit]

/-- Events one after another. -/
theorem radiate_append (l m : List Bool) (p : Population) : radiate (l ++ m) p = radiate m (radiate l p) := by
  induction l generalizing p with
  | nil => rfl
  | cons s l ih => cases s <;> simp [radiate, ih]

/-- Pumping `n` times with `k` photons is one absorption of `n k`. -/
theorem pump_eq (k : Int) (p : Population) (n : Nat) : pump k p n = absorb (n * k) p := by
  induction n with
  | zero => simp [pump, absorb]
  | succ n ih => rw [pump, ih, absorb_absorb]; grind

/-- The energy after pumping. -/
theorem storedEnergy_pump (e k : Int) (p : Population) (n : Nat) :
    storedEnergy e (pump k p n) = storedEnergy e p + e * (n * k) := by
  rw [pump_eq, storedEnergy_absorb]

/-- For any rates there is a balanced population. -/
theorem exists_balanced (a b : Int) : ∃ p, Balanced a b p ∧ atomCount p = a + b := by
  refine ⟨⟨b, a⟩, ?_, ?_⟩
  · grind [Balanced]
  · grind [atomCount]

/-- Equal rates balance equal populations. -/
theorem balanced_equal (a : Int) (p : Population) (h : p.lower = p.upper) : Balanced a a p := by
  simp only [Balanced]
  rw [h]

/-- Without inversion: a faster way down leaves fewer atoms above. -/
theorem balanced_no_inversion (a b : Int) (p : Population) (h : Balanced a b p) (ha : 0 < a) (hab : a ≤ b)
    (hu : 0 ≤ p.upper) : p.upper ≤ p.lower := by
  have h1 := Int.mul_le_mul_of_nonneg_right hab hu
  simp only [Balanced] at h
  exact Int.le_of_mul_le_mul_left (by omega) ha

/-- The stationary upper population: `(a + b) n₂ = a N`. -/
theorem balanced_upper (a b : Int) (p : Population) (h : Balanced a b p) : (a + b) * p.upper = a * atomCount p := by
  simp only [Balanced, atomCount] at *
  grind

end PhysCore.StatisticalMechanics
