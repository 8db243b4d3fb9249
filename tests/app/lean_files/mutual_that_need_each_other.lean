mutual
inductive Even : Nat → Prop
  | zero : Even 0
  | step : Odd n → Even (n + 1)
inductive Odd : Nat → Prop
  | step : Even n → Odd (n + 1)
end

mutual
theorem Even.double : ∀ {n}, Even n → ∃ k, n = 2 * k
  | _, .zero => ⟨0, rfl⟩
  | _, .step h => let ⟨k, e⟩ := h.double; ⟨k + 1, by omega⟩
theorem Odd.double : ∀ {n}, Odd n → ∃ k, n = 2 * k + 1
  | _, .step h => let ⟨k, e⟩ := h.double; ⟨k, by omega⟩
end

theorem after (h : Odd n) : n ≠ 0 := by
  have ⟨k, e⟩ := h.double
  omega

-- proved: Even.double, Odd.double, after
