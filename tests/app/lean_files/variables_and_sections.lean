section
variable {α : Type} [DecidableEq α] (x y : α)
theorem a : x = x := rfl
theorem b : (if x = x then 1 else 2) = 1 := by simp
variable {x} in
theorem c (h : x = y) : y = x := h.symm
variable (α) in
@[simp] theorem d : (fun z : α => z) = id := rfl
variable {x y}
theorem e (h : x = y) : y = x := c _ h
end
section foo
variable (n : Nat)
variable (hn : 0 < n)
include hn
theorem g : n ≠ 0 := by omega
omit hn
theorem i : n = n := rfl
end foo

-- proved: a, b, c, d, e, g, i
