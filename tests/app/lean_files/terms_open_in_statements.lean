theorem a :
    open Nat in succ 0 = 1 := rfl
theorem b : set_option maxRecDepth 500 in 1 = 1 := rfl
theorem c : (open Nat in succ 0) = 1 := by
  open Nat in
  show succ 0 = 1
  rfl
theorem d : 1 = 1 := by
  set_option maxRecDepth 500 in
  rfl
theorem e : 1 = 1 :=
  open Nat in
  rfl
theorem f : (by exact True) := trivial
theorem g : (show Prop from 1 = 1) := rfl

-- proved: a, b, c, d, e, f, g
