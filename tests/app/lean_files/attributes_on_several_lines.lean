@[simp]
theorem a : 1 = 1 := rfl

@[simp,
  grind =
  -- a comment ]
  ]
theorem b : (1 : Nat) + 0 = 1 := rfl

@[deprecated a (since := "2024-01-01 ]")]
theorem c : 1 = 1 :=
  rfl

@[simp]

theorem d
    -- no variables
    : 2 = 2 :=
  -- by reflexivity
  rfl

attribute [simp] c
attribute [-simp] a b in
theorem e : 1 = 1 := by rfl

-- proved: a, b, c, d, e
