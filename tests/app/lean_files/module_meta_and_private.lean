module

public section

public def a : Nat := 1
@[expose] public def b : Nat := 2
/-- doc -/
@[simp]
public theorem ab : b = 2 := by rfl
end

private theorem x : a = 1 := by rfl
public protected theorem Y.y : True := trivial

-- proved: ab, x, Y.y
