namespace P
def p (n : Nat) : Nat := n
theorem p_eq (n : Nat) : p n = n := rfl
end P

open P in
theorem one : p 1 = 1 := rfl

open P (p p_eq) in @[simp] theorem two : p 2 = 2 := p_eq 2

open P hiding p_eq in
/-- three -/
@[simp]
protected theorem Q.three : p 3 = 3 := rfl

open P renaming p → q in
theorem four : q 4 = 4 := rfl

variable (n : Nat) (h : n = 1)

include h in
theorem five : n + n = 2 := by omega

omit h in
theorem six : n = n := rfl

variable {m : Nat} in
set_option maxRecDepth 1000 in
set_option linter.unusedVariables false in
private theorem seven (k : m = 2) : m + n = n + 2 := by omega

attribute [local simp] P.p in
theorem eight : P.p 8 = 8 := by simp

@[irreducible] def P.r (n : Nat) : Nat := n

unseal P.r in
theorem nine : P.r 9 = 9 := rfl

-- proved: P.p_eq, one, two, Q.three, four, five, six, seven, eight, nine
