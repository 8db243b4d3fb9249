/-!
# Fermion modes

Two modes of a fermion field, each empty or occupied, with a sign in front. Creation and annihilation operators give zero where Pauli's principle forbids
the result; operators of the second mode carry the Jordan–Wigner sign of the first. The anticommutation relations follow: operators of different
modes change the sign when exchanged, and `a a† + a† a = 1` in each mode.
-/

namespace PhysCore.QFT

/-- A coefficient times a state with given occupations of two modes. -/
structure FermiState where
  coeff : Int
  first : Bool
  second : Bool
  deriving DecidableEq

/-- The Jordan–Wigner sign of an occupation. -/
def modeSign (n : Bool) : Int := if n then -1 else 1

/-- The creation operator of the first mode. -/
def createFirst (s : FermiState) : FermiState := ⟨if s.first then 0 else s.coeff, true, s.second⟩

/-- The annihilation operator of the first mode. -/
def destroyFirst (s : FermiState) : FermiState := ⟨if s.first then s.coeff else 0, false, s.second⟩

/-- The creation operator of the second mode. -/
def createSecond (s : FermiState) : FermiState :=
  ⟨if s.second then 0 else modeSign s.first * s.coeff, s.first, true⟩

/-- The annihilation operator of the second mode. -/
def destroySecond (s : FermiState) : FermiState :=
  ⟨if s.second then modeSign s.first * s.coeff else 0, s.first, false⟩

/-- The occupation as a number. -/
def occupation (n : Bool) : Int := if n then 1 else 0

/-- The number of fermions. -/
def fermionNumber (s : FermiState) : Int := occupation s.first + occupation s.second

/-- The exchange of particles and holes. -/
def particleHole (s : FermiState) : FermiState := ⟨s.coeff, !s.first, !s.second⟩

/-- The number of particles in many modes. -/
def countModes : List Bool → Int
  | [] => 0
  | n :: l => occupation n + countModes l

/-- The Jordan–Wigner sign of many modes. -/
def stringSign : List Bool → Int
  | [] => 1
  | n :: l => modeSign n * stringSign l

/-- Pauli's principle: no mode is occupied twice. -/
theorem createFirst_twice (s : FermiState) : (createFirst (createFirst s)).coeff = 0 := by
  simp [createFirst]

/-- Pauli's principle for the second mode. -/
theorem createSecond_twice (s : FermiState) : (createSecond (createSecond s)).coeff = 0 := by
  simp [createSecond]

/-- An empty mode cannot be emptied. -/
theorem destroyFirst_twice (s : FermiState) : (destroyFirst (destroyFirst s)).coeff = 0 := by
  simp [destroyFirst]

/-- The anticommutation relation `a a† + a† a = 1` in the first mode. -/
theorem anticommutator_first (s : FermiState) :
    (destroyFirst (createFirst s)).coeff + (createFirst (destroyFirst s)).coeff = s.coeff := by
  rcases s with ⟨c, n, m⟩
  cases n <;> simp [destroyFirst, createFirst]

/-- The anticommutation relation in the second mode. -/
theorem anticommutator_second (s : FermiState) :
    (destroySecond (createSecond s)).coeff + (createSecond (destroySecond s)).coeff = s.coeff := by
  rcases s with ⟨c, n, m⟩
  cases n <;> cases m <;> simp [destroySecond, createSecond, modeSign]

/-- Creation operators of different modes anticommute. -/
theorem create_anticommute (s : FermiState) :
    (createFirst (createSecond s)).coeff = -(createSecond (createFirst s)).coeff := by
  rcases s with ⟨c, n, m⟩
  cases n <;> cases m <;> simp [createFirst, createSecond, modeSign]

/-- Annihilation operators of different modes anticommute. -/
theorem destroy_anticommute (s : FermiState) :
    (destroyFirst (destroySecond s)).coeff = -(destroySecond (destroyFirst s)).coeff := by
  rcases s with ⟨c, n, m⟩
  cases n <;> cases m <;> simp [destroyFirst, destroySecond, modeSign]

/-- Creation in one mode anticommutes with annihilation in the other. -/
theorem create_destroy_anticommute (s : FermiState) :
    (createFirst (destroySecond s)).coeff = -(destroySecond (createFirst s)).coeff := by
  rcases s with ⟨c, n, m⟩
  cases n <;> cases m <;> simp [createFirst, destroySecond, modeSign]

/-- The number operator `a† a` reads the occupation. -/
theorem number_first (s : FermiState) : (createFirst (destroyFirst s)).coeff = occupation s.first * s.coeff := by
  rcases s with ⟨c, n, m⟩
  cases n <;> simp [createFirst, destroyFirst, occupation]

/-- A fermion is added by creation where the mode was empty. -/
theorem fermionNumber_create (s : FermiState) (h : s.first = false) :
    fermionNumber (createFirst s) = fermionNumber s + 1 := by
  simp only [fermionNumber, createFirst, occupation, h]
  grind

/-- An occupation number is its own square. -/
theorem occupation_sq (n : Bool) : occupation n * occupation n = occupation n := by
  cases n <;> rfl

/-- The sign of a mode in terms of its occupation. -/
theorem modeSign_eq (n : Bool) : modeSign n = 1 - 2 * occupation n := by
  cases n <;> rfl

/-- Signs square to one. -/
theorem modeSign_sq (n : Bool) : modeSign n * modeSign n = 1 := by
  rw [modeSign_eq]
  have h := occupation_sq n
  grind

/-- At most two fermions fit into two modes. -/
theorem fermionNumber_bounds (s : FermiState) : 0 ≤ fermionNumber s ∧ fermionNumber s ≤ 2 := by
  rcases s with ⟨c, n, m⟩
  cases n <;> cases m <;> simp [fermionNumber, occupation]

/-- Particles and holes add up to the number of modes. -/
theorem fermionNumber_particleHole (s : FermiState) : fermionNumber (particleHole s) = 2 - fermionNumber s := by
  rcases s with ⟨c, n, m⟩
  cases n <;> cases m <;> rfl

/-- Exchanging particles and holes twice does nothing. -/
theorem particleHole_twice (s : FermiState) : particleHole (particleHole s) = s := by
  cases s
  simp [particleHole]

/-- The particle-hole transform turns creation into annihilation. -/
theorem particleHole_create (s : FermiState) : particleHole (createFirst s) = destroyFirst (particleHole s) := by
  rcases s with ⟨c, n, m⟩
  cases n <;> simp [particleHole, createFirst, destroyFirst]

/-- For every occupation there is a normalised state. -/
theorem exists_occupation (n m : Bool) : ∃ s : FermiState, s.coeff * s.coeff = 1 ∧ s.first = n ∧ s.second = m := by
  refine ⟨⟨modeSign n, n, m⟩, ?_, rfl, rfl⟩
  exact modeSign_sq n

/-- Numbers of particles add. -/
theorem countModes_append (l k : List Bool) : countModes (l ++ k) = countModes l + countModes k := by
  induction l with
  | nil => simp [countModes]
  | cons n l ih => grind [countModes]

/-- The signs of two strings of modes multiply. -/
theorem stringSign_append (l k : List Bool) : stringSign (l ++ k) = stringSign l * stringSign k := by
  induction l with
  | nil => simp [stringSign]
  | cons n l ih => grind [stringSign]

/-- The sign of a string squares to one. -/
theorem stringSign_sq (l : List Bool) : stringSign l * stringSign l = 1 := by
  induction l with
  | nil => rfl
  | cons n l ih =>
    have h := modeSign_sq n
    calc stringSign (n :: l) * stringSign (n :: l)
        = (modeSign n * modeSign n) * (stringSign l * stringSign l) := by grind [stringSign]
      _ = 1 := by rw [h, ih]; rfl

end PhysCore.QFT
