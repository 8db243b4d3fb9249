@[simp, deprecated "use it ] @[simp] theorem" (since := "2025-01-01")]
theorem a : 1 = 1 := rfl
@[ext]
structure E where
  x : Nat
theorem b (p q : E) (h : p.x = q.x) : p = q := E.ext h
@[elab_as_elim]
theorem ind {motive : Nat → Prop} (h : ∀ n, motive n) (n : Nat) : motive n := h n
@[grind →] theorem c (x y : Nat) (h : x ∣ y) : x ∣ y := h
@[grind _=_] theorem d (x y : Nat) : x + y = y + x := Nat.add_comm x y
@[inline, simp] def two := 2
@[simp ↓] theorem e : two = 2 := rfl

-- proved: a, b, ind, c, d, e
