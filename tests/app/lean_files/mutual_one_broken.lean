mutual
theorem ev (n : Nat) : n % 2 < 3 := by
  match n with
  | 0 => decide
  | n + 1 => have := od n; omega
theorem od (n : Nat) : n % 2 < 1 := by
  match n with
  | 0 => decide
  | n + 1 => have := ev n; omega
end

theorem after : 1 = 1 := rfl
theorem uses : 5 % 2 < 3 := ev 5

-- proved: after
-- rejected: ev, od, uses
