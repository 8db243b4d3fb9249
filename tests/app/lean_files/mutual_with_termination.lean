mutual
theorem ev (n : Nat) : n % 2 < 2 := by
  match n with
  | 0 => decide
  | n + 1 => have := od n; omega
termination_by n
theorem od (n : Nat) : n % 2 < 2 := by
  match n with
  | 0 => decide
  | n + 1 => have := ev n; omega
termination_by n
end

-- proved: ev, od
