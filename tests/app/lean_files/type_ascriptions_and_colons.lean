theorem a : (1 : Nat) = 1 := rfl
theorem b : ∀ x : Nat, (x : Int) = ↑x := fun _ => rfl
theorem c (f : Nat → Nat) : f ∘ id = f := rfl
theorem d : Nat.succ ∘ (· + 1) = fun n => n + 2 := rfl
theorem e : ∀ x, x < 3 → (x :: []).length = 1 := fun _ _ => rfl
theorem f (s : String) : s = s
  := rfl
theorem g
  : 1 = 1
  := by rfl
theorem h : 1 = 1 := by
  rfl

-- proved: a, b, c, d, e, f, g, h
