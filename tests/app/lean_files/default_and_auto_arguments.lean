theorem a (n : Nat) (h : 0 < n := by decide) : n ≠ 0 := by omega
theorem b {n : Nat} ⦃m : Nat⦄ [Inhabited Nat] (h : n = m := by rfl) : m = n := h.symm
theorem c : ({ fst := 1, snd := 2 : Nat × Nat }).fst = 1 := rfl
theorem d (p : Nat × Nat) : { p with fst := 1 }.snd = p.snd := rfl
theorem e : ∃ x : Nat, x = 1 ∧ ∀ y, y = x → y = 1 := ⟨1, rfl, fun _ h => h⟩
theorem f : ∀ (x : Nat) (h : x = x := rfl), x = x := fun _ h => h
theorem g : {x : Nat // x = 1} = {x : Nat // x = 1} := rfl
theorem h (x : Nat) : (x |> fun y => y) = x := rfl
theorem j (a b : Bool) : (a || b) = (b || a) := by cases a <;> cases b <;> rfl
theorem k (a b : Nat) : a ||| b = b ||| a := Nat.or_comm a b
theorem l : 2 ∣ 4 := ⟨2, rfl⟩

-- proved: a, b, c, d, e, f, g, h, j, k, l
