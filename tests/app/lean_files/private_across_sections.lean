namespace A
private def x : Nat := 1
private theorem x_eq : x = 1 := rfl
theorem y : x + 1 = 2 := by rw [x_eq]
end A
namespace B
private def x : Nat := 2
private theorem x_eq : x = 2 := rfl
theorem y : x + 1 = 3 := by rw [x_eq]
end B
open A B in
theorem z : 1 = 1 := rfl

-- proved: A.x_eq, A.y, B.x_eq, B.y, z
