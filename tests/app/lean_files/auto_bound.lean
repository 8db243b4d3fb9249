theorem a (x : α) : x = x := rfl
theorem b (xs ys : List α) : (xs ++ ys).length = xs.length + ys.length := by simp
theorem c {f : α → β} (h : ∀ x, f x = y) : f z = y := h z
theorem d (n) : n + 0 = n := Nat.add_zero n
set_option autoImplicit false
theorem e {α} (x : α) : x = x := rfl

-- proved: a, b, c, d, e
