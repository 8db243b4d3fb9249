mutual
theorem ev (n : Nat) : n % 2 < 2 := by
  match n with
  | 0 => decide
  | n + 1 => have := od n; omega
theorem od (n : Nat) : n % 2 < 2 := by
  match n with
  | 0 => decide
  | n + 1 => have := ev n; sorry
end

theorem after : 1 = 1 := rfl
theorem uses : 5 % 2 < 3 := Nat.lt_succ_of_lt (ev 5)

-- proved: after
-- left out: ev, od
-- cheated: uses
