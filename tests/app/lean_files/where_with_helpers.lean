theorem a (n : Nat) : n ≤ n * n + 1 := go n
where
  /-- help -/
  go : ∀ n : Nat, n ≤ n * n + 1
    | 0 => Nat.zero_le _
    | n + 1 => by
      have := go n
      have : n * n ≤ (n + 1) * (n + 1) := Nat.mul_le_mul (by omega) (by omega)
      rw [Nat.add_mul, Nat.mul_add]; omega

theorem b : 1 = 1 ∧ 2 = 2 where
  left := rfl
  right := by
    rfl

theorem c (p q : Prop) : p ∧ q ↔ q ∧ p where
  mp
  | ⟨h, k⟩ => ⟨k, h⟩
  mpr h := ⟨h.2, h.1⟩

theorem d : 1 = 1 := helper where helper : 1 = 1 := rfl

-- proved: a, b, c, d
