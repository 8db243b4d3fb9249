theorem a : 1 = 1 := rfl theorem b : 2 = 2 := by rfl
section theorem c : 3 = 3 := rfl end theorem d : 4 = 4 := rfl
def x := 1 theorem e : x = 1 := rfl @[simp] theorem f : x = 1 := rfl

-- proved: a, b, c, d, e, f
