/--
error: unsolved goals
⊢ False
-/
#guard_msgs in
theorem bad : False := by
  skip

/-- info: 2 -/
#guard_msgs in #eval 1 + 1

#guard_msgs (drop error) in
theorem worse : 1 = 2 := rfl

/-- warning: declaration uses `sorry` -/
#guard_msgs in
theorem hole : 1 = 2 := by sorry

#guard_msgs in
theorem good : 1 = 1 := rfl

/-- info: 'good' does not depend on any axioms -/
#guard_msgs in
#print axioms good

/-- warning: declaration uses `sorry` -/
#guard_msgs in
/-- It has words of its own. -/
theorem said : 1 = 2 := by sorry

#guard_msgs in
/-- So has it. -/
theorem also : 1 = 1 := rfl

#guard_msgs (drop error) in
attribute [simp] nowhere

/-- info: of another Lean -/
#guard_msgs in
theorem older : 1 = 1 := rfl

theorem last : 1 = 1 := older

-- proved: good, also, older, last
-- rejected: bad, worse
-- cheated: hole, said
