namespace N
def norm (x : Int) : Nat := x.natAbs
scoped notation "‖" x "‖" => norm x
local notation "⟪" x ", " y "⟫" => (x, y)
scoped infixl:65 " ⊕⊕ " => Nat.add
local prefix:max "√√" => Nat.succ
notation:50 a " ~~ " b:51 => Nat.le a b
notation:50 a " :== " b:51 => Nat.le a b
macro:50 a:term:51 " ::= " b:term:51 : term => `($a = $b)
macro "two!" : term => `(2)
local macro:max "|" noWs x:term noWs "|" : term => `(norm $x)

theorem a : ‖-3‖ = 3 := rfl
theorem b : ⟪1, 2⟫.1 = 1 := rfl
theorem c : 1 ⊕⊕ 2 = 3 := rfl
theorem d : √√1 = two! := rfl
theorem e : 1 ~~ 2 := Nat.le_succ 1
theorem f (x : Int) : |x| = ‖x‖ := rfl
theorem j : 1 :== 2 := Nat.le_succ 1
theorem k : 1 ::= 1 := rfl
theorem g : |(-2 : Int)| + |2| = 4 := rfl
end N

open N
theorem h : ‖-3‖ = 3 := rfl
open scoped N in
theorem i : ‖-3‖ = 3 := rfl

-- proved: N.a, N.b, N.c, N.d, N.e, N.f, N.j, N.k, N.g, h, i
