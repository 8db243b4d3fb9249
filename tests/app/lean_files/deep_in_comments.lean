/-
theorem no : 1 = 2 := rfl
-/ theorem a : 1 = 1 := rfl
/-- Use it as
```lean
theorem fake : 1 = 2 := by sorry
```
 -/
theorem b : 1 = 1 := rfl
/-! ## It's a "section

theorem no : 1 = 2
-/
theorem c : 1 = 1 := by /- inline -/ rfl /- /- deep -/ -/
theorem d : 1 = 1 := by -- why
  rfl

-- end of file
theorem e : 1 = 1 := rfl -- no newline at the end

-- proved: a, b, c, d, e
