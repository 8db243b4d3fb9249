theorem a : ∃ x : Nat, 0 < x := ⟨1, ?h⟩
where finally
  case h => decide

theorem b : True := trivial

-- proved: a, b
