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

-- proved: good
-- rejected: bad, worse
-- cheated: hole
