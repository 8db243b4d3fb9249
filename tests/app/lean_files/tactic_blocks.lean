theorem a : 1 = 1 ∧ 2 = 2 := by { constructor; rfl; rfl }
theorem b : 1 = 1 ∧ 2 = 2 := by
  constructor
  · rfl
  . rfl
theorem c (h : p ∨ q) : q ∨ p := by
  rcases h with h | h
  · exact .inr h
  case inr => exact .inl h
theorem d (n : Nat) : n = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rfl
theorem e (h : p ∧ q) : q := by
  obtain ⟨_, h⟩ := h
  assumption
theorem g : ∃ n : Nat, n = 1 := by
  refine ⟨?_, ?x⟩
  case x => rfl
theorem h (x : Nat) : x = x := by
  cases x with
    | zero | succ _ => rfl
theorem i : 1 = 1 := by rfl; done
theorem j : 1 = 1 := by (rfl)
theorem k : True := by
  have : 1 = 1 := by
    rfl
  have := this; trivial
theorem l : 1 = 1 := by decide +kernel
theorem m (x : Nat) (h : x = 1) : x = 1 := by
  simp only [h, -- a comment ]
    Nat.add_zero]
theorem n : 1 = 1 := (by rfl : 1 = 1)
theorem o : 1 = 1 := by
  exact show 1 = 1 from by
    rfl

-- proved: a, b, c, d, e, g, h, i, j, k, l, m, n, o
