macro "lemma " n:declId sig:declSig val:declVal : command => `(theorem $n $sig $val)

lemma a : 1 = 1 := rfl
lemma b (n : Nat) : n = n := by
  rfl

theorem c : 1 = 1 ∧ 2 = 2 := ⟨a, b 2⟩

-- proved: a, b, c
