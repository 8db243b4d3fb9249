theorem a : 1 = 1 ∧ 2 = 2 := by

constructor
rfl

rfl

theorem b (n : Nat) : n = n := by
induction n with
| zero => rfl
| succ n ih => rfl

theorem c : 1 = 1 :=
rfl

theorem d : 1 = 1 ∧ 2 = 2 :=
⟨rfl,

rfl⟩

theorem e : 1 = 1 → 1 = 1 :=
fun h =>

h

theorem g : 1 = 1 := by
  have h : 1 = 1 := rfl

  exact h

-- proved: a, b, c, d, e, g
