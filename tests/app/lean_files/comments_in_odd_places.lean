theorem /- name -/ a /- binders -/ (n /- var -/ : Nat) /- : 1 = 2 := -/ : /- := -/ n = n -- := foo
  := /- by sorry -/ -- theorem x : 1 = 2
  /- | 0 => -/ rfl -- end
/- theorem no : 1 = 2 := rfl -/ theorem b : 1 = 1 := rfl /- theorem no2 : 1 = 1 := rfl -/
-- theorem no3 : 1 = 2 := rfl

/- /- nested -/ theorem no4 : 1 = 2 -/

/-! theorem no5 : 1 = 2 := by simp -/
theorem c : 1 = 1 := by
  -- one
  skip
-- a comment in column 0

  /- another
theorem no6 : 1 = 2 := rfl
-/
  rfl
-- behind
/- and -/ -- more
/-- doc /- nested -/ "unclosed -/
-- between
@[simp] -- here
/- there -/
theorem
  -- a name
  d :
  -- a type
  1 = 1
:= by
rfl
--/
/--/ an old trick -/
theorem e : True := trivial --

-- proved: a, b, c, d, e
