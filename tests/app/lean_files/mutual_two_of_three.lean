namespace M
mutual
  theorem one (n : Nat) : n = n := by
    cases n with
    | zero => rfl
    | succ n => have := two n; rfl
  theorem two (n : Nat) : n = n := by
    cases n with
    | zero => rfl
    | succ n => have := one n; rfl
  theorem three : 3 = 3 := rfl
end
theorem four : 3 = 3 := three
end M

-- proved: M.one, M.two, M.three, M.four
