def foo : Nat := 1
/-- a docstring of its own -/
add_decl_doc foo
theorem a : foo = 1 := rfl
theorem b : foo = 1 := rfl
#check foo
#eval foo
theorem c : foo = 1 := rfl
#print axioms
  c
theorem d : foo = 1 := rfl
#reduce foo
export Nat (succ)
theorem e : succ 0 = 1 := rfl

-- proved: a, b, c, d, e
