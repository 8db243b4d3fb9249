theorem a : 1 = 2 := sorry
theorem b : 1 = 1 := rfl
theorem c : 1 = 2 := by
  have : 1 = 1 := by sorry
  exact a
theorem d : "sorry" = "sorry" := rfl -- sorry
theorem e : 1 = 1 := by
  /- sorry -/
  rfl

-- proved: b, d, e
-- cheated: a
-- rejected: c
