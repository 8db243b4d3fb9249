def two := 2
-- #exit
def shown := "
#exit
"
theorem a : two = 2 := rfl

#exit

theorem b : two = 3 := rfl
/-- as far as this -/
theorem c (

-- proved: a
