theorem a : 1 = 1 := rfl
theorem b : 1 = 1 := rfl
theorem c : 1 = 1 :=
  -- lemma x : y
  rfl
section end
theorem d : True :=
  True.intro
instance (p : Prop) [Decidable p] : Inhabited (Decidable p) := ⟨inferInstance⟩ theorem e : 1 = 1 := rfl
theorem g : (1, 2) =
    (1,
2) := rfl
theorem h (n : Nat) : n < n + 1 := by
  show n < _
  exact Nat.lt_succ_self n
  
  
theorem i : 1 = 1 := rfl
theorem j : 1 = 1 := by
  rfl

-- proved: a, b, c, d, e, g, h, i, j
