theorem a (x y z : Nat) (h : x = y) (k : y = z) : x = z :=
  calc x
  _ = y := h
  _ = z := k

theorem b (x y z : Nat) (h : x ≤ y) (k : y < z) : x < z := calc
  x ≤ y := h
  _ < z := k

theorem c (x y z : Nat) (h : x = y) (k : y = z) : x = z := by
  calc
    x = y := h
    _ = z := k

theorem d (x : Nat) : x = x := by
  calc x
    _ = x := rfl
    _ = _ := rfl

-- proved: a, b, c, d
