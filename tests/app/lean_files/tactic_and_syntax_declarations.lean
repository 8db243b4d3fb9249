syntax (name := mine) "mine " term : tactic
macro_rules
  | `(tactic| mine $t) => `(tactic| exact $t)
theorem a : 1 = 1 := by mine rfl

macro "close" : tactic => `(tactic| first | rfl | omega)
theorem b : 1 = 1 := by close

open Lean in
macro "nothing" : tactic => do
  let t ← `(tactic| skip)
  return t

theorem c : 1 = 1 := by
  nothing
  close

declare_syntax_cat thing
syntax "thing_of " num : thing
syntax "[thing|" thing "]" : term
macro_rules
  | `([thing| thing_of $n]) => pure n
theorem d : [thing| thing_of 3] = 3 := rfl
theorem e : `theorem = `theorem := rfl
theorem g : ``Nat.add = ``Nat.add := rfl

-- proved: a, b, c, d, e, g
