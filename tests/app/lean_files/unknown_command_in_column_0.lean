syntax "fact_of " ident : command
macro_rules
| `(fact_of $x:ident) => `(theorem $x : 1 = 1 := rfl)

fact_of first

theorem a : 1 = 1 := first

fact_of second
fact_of third
theorem b : 1 = 1 := second
fact_of fourth

theorem c : 1 = 1 := by
  exact third

fact_of fifth
/-- doc -/
theorem d : 1 = 1 := fifth
fact_of sixth

-- proved: a, b, c, d
