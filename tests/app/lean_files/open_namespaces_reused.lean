namespace Nat
open List in
theorem mine (l : List Nat) : length l = l.length := rfl
end Nat
open Nat
theorem a (l : List Nat) : l.length = l.length := mine l
open Nat List
section
open Int
theorem b : natAbs (-1) = 1 := rfl
end
open Int hiding add in theorem c : natAbs 1 = 1 := rfl
open Classical in
theorem d (p : Prop) : (if p then 1 else 1) = 1 := by split <;> rfl
open Lean (Name)
theorem e (n : Name) : n = n := rfl

-- proved: Nat.mine, a, b, c, d, e
