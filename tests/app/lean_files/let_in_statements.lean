theorem a : let x := 1; x = 1 := rfl
theorem b : let x := 1
    let y := x
    x = y := rfl
theorem c (p : Nat × Nat) : let (u, v) := p; (u, v) = p := rfl
theorem d (p : Nat × Nat) : let ⟨u, v⟩ := p; (u, v) = p := rfl
theorem e : haveI := Nat.le_refl 1; 1 ≤ 1 := Nat.le_refl 1
theorem g : letI : Inhabited Nat := ⟨5⟩; (default : Nat) = 5 := rfl
theorem h (o : Option Nat) : if let some y := o then y = y else True := by cases o <;> simp
theorem i (n : Nat) : match n with | 0 => True | m + 1 => m = m := by cases n <;> simp
theorem j : have h := 1; h = h := rfl
theorem k (n : Nat := 3) (h : n = n := by rfl) : n = n := h
theorem l : let f : Nat → Nat
    | 0 => 1
    | n + 1 => n
  f 0 = 1 := rfl
theorem m : let f : Nat → Nat := fun | 0 => 1 | n + 1 => n; f 0 = 1 := rfl
theorem n : let f := fun
    | 0 => 1
    | n + 1 => n
  f 0 = 1 := rfl
theorem o : (let x := 1; x) = 1 := by
  let y := 1
  rfl
theorem p : (Id.run do let x := 1; let y ← pure 2; return x + y) = 3 := rfl
theorem r : (Nat.succ (n := 1)) = 2 := rfl
theorem s : match (1, 2) with | (a, b) => let c := a; c < b := by decide

-- proved: a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, r, s
