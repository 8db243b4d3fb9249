theorem «a b» : 1 = 1 := rfl
theorem Nat.«x.y».z : 1 = 1 := rfl
theorem φ₁_αβ' : 1 = 1 := rfl
theorem a.b.c_1 : 1 = 1 := rfl
theorem _root_.r : 1 = 1 := rfl
theorem «theorem» : 1 = 1 := rfl
theorem h! : 1 = 1 := rfl
theorem is? : 1 = 1 := rfl
theorem ℕ_ok : 1 = 1 := rfl
namespace Nat
theorem _root_.Int.r : 1 = 1 := rfl
theorem Nat.q : 1 = 1 := rfl
theorem «r» : 1 = 1 := rfl
end Nat
theorem _x : 1 = 1 := rfl
theorem x_ : 1 = 1 := _x
theorem uses : 1 = 1 := «a b»
theorem «the theorem x := 1 | by (it» : 1 = 1 := rfl
theorem uses_it : 1 = 1 := «the theorem x := 1 | by (it»

-- proved: «a b», Nat.«x.y».z, φ₁_αβ', a.b.c_1, r, «theorem», h!, is?, ℕ_ok, Int.r, Nat.Nat.q, Nat.«r», _x, x_, uses, «the theorem x := 1 | by (it», uses_it
