/-- one -/ @[simp] theorem one : 1 = 1 := rfl
/-- two -/ @[simp] protected theorem A.two : 2 = 2 := rfl
@[simp] /- no -/ theorem three : 3 = 3 := rfl -- three
@[simp] theorem four : 4 = 4 := rfl /- four -/

-- proved: one, A.two, three, four
