theorem comm (a b : Nat) : a + b = b + a := by omega
namespace A
section comm
theorem comm (a b : Int) : a + b = b + a := by omega
end comm
namespace B
theorem comm (a b : Nat) : a * b = b * a := Nat.mul_comm a b
namespace A
theorem comm : True := trivial
end A
theorem uses : 1 * 2 = 2 * 1 := comm 1 2
end B
theorem uses : (1 : Int) + 2 = 2 + 1 := comm 1 2
end A
theorem uses : 1 + 2 = 2 + 1 := comm 1 2
theorem A.A.comm : 1 = 1 := rfl

-- proved: comm, A.comm, A.B.comm, A.B.A.comm, A.B.uses, A.uses, uses, A.A.comm
