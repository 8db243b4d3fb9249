class inductive K : Prop
  | mk : K
class abbrev Both (α : Type) := Inhabited α, BEq α
theorem a : K := .mk
inductive Vec (α : Type u) : Nat → Type u
| nil : Vec α 0
| cons : α → Vec α n → Vec α (n+1)
namespace Vec
def len : Vec α n → Nat
| nil => 0
| cons _ v => v.len + 1
theorem len_eq : ∀ {n} (v : Vec α n), v.len = n
| _, nil => rfl
| _, cons _ v => congrArg (· + 1) v.len_eq
end Vec
theorem b : True := trivial

-- proved: a, Vec.len_eq, b
