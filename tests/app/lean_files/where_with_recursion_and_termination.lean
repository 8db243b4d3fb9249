theorem a (n : Nat) : 0 ≤ n := by
  exact go n
where
  go (n : Nat) : 0 ≤ n := by
    match n with
    | 0 => exact Nat.le_refl 0
    | n + 1 => exact Nat.le_succ_of_le (go n)
  termination_by n

theorem b : True := trivial

-- proved: a, b
