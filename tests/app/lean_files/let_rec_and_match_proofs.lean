theorem a (n : Nat) : n = n := by
  let rec go : ∀ n : Nat, n = n
    | 0 => rfl
    | n + 1 => congrArg (· + 1) (go n)
  exact go n
theorem b : ∀ n : Nat, n = n := fun n => match n with | 0 => rfl | n + 1 => rfl
theorem c (h : ∃ n : Nat, n = 1) : True := match h with
| ⟨_, rfl⟩ => trivial
theorem d (n : Nat) : (match n with
  | 0 => 1
  | _ => 1) = 1 := by split <;> rfl
theorem e (n : Nat) : match n with
  | 0 => True
  | _ => True := by split <;> trivial
theorem g (n : Nat) : (match n with | 0 => 1 | _ + 1 => 2) = match n with | 0 => 1 | _ + 1 => 2 := rfl
theorem i (n : Nat) : n.rec (motive := fun _ => Nat) 0 (fun _ _ => 0) = 0 := by cases n <;> rfl
theorem j (x : Nat) : ∀ y, (match x, y with | 0, _ => True | _, 0 => True | _, _ => True) := by
  intro y; split <;> trivial

-- proved: a, b, c, d, e, g, i, j
