def log2 (n : Nat) : Nat := if h : n ≤ 1 then 0 else 1 + log2 (n / 2)
termination_by n
decreasing_by omega

theorem log2_le (n : Nat) : log2 n ≤ n := by
  unfold log2
  split
  · omega
  · have := log2_le (n / 2)
    omega
termination_by n
decreasing_by
  all_goals omega

theorem plain : ∀ n : Nat, n = n
  | 0 => rfl
  | n + 1 => congrArg (· + 1) (plain n)
termination_by n => n
decreasing_by all_goals simp_wf

theorem structural : ∀ n : Nat, n = n
  | 0 => rfl
  | n + 1 => congrArg (· + 1) (structural n)
termination_by structural n => n

-- proved: log2_le, plain, structural
