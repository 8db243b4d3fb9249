open Lean in
macro "both " n:ident m:ident : command =>
  `(theorem $n : 1 = 1 := rfl
    theorem $m : 2 = 2 := rfl)

both x y

theorem z : 1 = 1 ∧ 2 = 2 := ⟨x, y⟩

-- proved: z
