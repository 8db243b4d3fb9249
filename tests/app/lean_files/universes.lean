universe u v
variable {α : Type u} {β : Type v}

theorem a (x : α) (y : β) : (x, y).1 = x := rfl
theorem b.{w} {γ : Type w} (x : γ) : x = x := rfl
theorem c.{w₁, w₂} {γ : Sort w₁} {δ : Sort w₂} (f : γ → δ) : f = f := rfl
theorem d {γ : Type _} (x : γ) : x = x := rfl
theorem e.{x, y} : ∀ (A : Type (max x y)) (a : A), a = a := fun _ _ => rfl
universe w in
theorem f {γ : Type w} (x : γ) : x = x := rfl
section
universe z
theorem g {γ : Type z} (x : γ) : x = x := rfl
end

-- proved: a, b, c, d, e, f, g
