namespace M
protected theorem one : 1 = 1 := rfl
private theorem two : 2 = 2 := rfl
nonrec theorem three : 3 = 3 := rfl
@[simp] protected nonrec theorem four : 4 = 4 := rfl
@[simp] private theorem five : 5 = 5 := (fun _ => rfl) two
protected
  theorem six : 6 = 6 := rfl
noncomputable def seven : Nat := Classical.choose (⟨7, rfl⟩ : ∃ x, x = 7)
theorem seven_eq : seven = 7 := (Classical.choose_spec (⟨7, rfl⟩ : ∃ x, x = 7))
end M

-- proved: M.one, M.two, M.three, M.four, M.five, M.six, M.seven_eq
