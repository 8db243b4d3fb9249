structure P where
  x : Nat
  pos : 0 < x
  theorem_like : x = x := by rfl

theorem P.ne (p : P) : p.x ≠ 0 := by
  have := p.pos
  omega

inductive T
  | leaf
  | node (l r : T)
  deriving Repr
theorem t : T.leaf ≠ T.node .leaf .leaf := nofun

def T.size : T → Nat
| leaf => 1
| node l r => l.size + r.size
theorem T.size_pos : ∀ t : T, 0 < t.size
| leaf => by simp [size]
| node l r => by have := size_pos l; simp [size]; omega

abbrev N := Nat
opaque secret : Nat
axiom ax : 1 = 2
theorem by_axiom : 1 = 2 := ax
example : 1 = 1 := rfl
theorem last : (5 : N) = 5 := rfl

-- proved: P.ne, t, T.size_pos, last, by_axiom
