theorem a : ∀ n m : Nat, n * m = m * n
  | 0, m
  | m, 0 => by simp
  | n + 1, m + 1 => Nat.mul_comm _ _

theorem b : ∀ {n : Nat}, 0 < n → n ≠ 0
| 0, h => absurd h (by decide)
| _ + 1, _ => nofun

theorem c : ∀ (b : Bool), b = true ∨ b = false | true => .inl rfl | false => .inr rfl

theorem d (p q r : Prop) : (p ∨ q → r) → p → r | h, hp => h (.inl hp)

theorem e : ¬ ∃ n : Nat, n < 0 := fun ⟨n, h⟩ => nomatch h
theorem f : ∀ l : List Nat, l = [] ∨ ∃ x xs, l = x :: xs := fun
  | [] => .inl rfl
  | x :: xs => .inr ⟨x, xs, rfl⟩
theorem g : ∀ x : Fin 2, x = 0 ∨ x = 1 := fun x => match x with
  | 0 => .inl rfl
  | 1 => .inr rfl

-- proved: a, b, c, d, e, f, g
