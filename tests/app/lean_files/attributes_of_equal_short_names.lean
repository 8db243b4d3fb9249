@[irreducible] def f (n : Nat) : Nat := n + 1
@[irreducible] def g (n : Nat) : Nat := n + 2
namespace A
theorem foo (n : Nat) : f n = n + 1 := by unfold f; rfl
protected theorem bar (n : Nat) : g n = n + 3 := by unfold g; rfl
end A
theorem bar (n : Nat) : g n = n + 2 := by unfold g; rfl
namespace B
theorem foo : 1 = 2 := by decide
attribute [simp] foo
end B
section
attribute [local simp] A.foo
theorem in_full : f 1 = 2 := by simp
end
section
attribute [local simp] B.foo A.foo
theorem beside_the_failed : f 2 = 3 := by simp
theorem not_from_the_failed : 1 = 2 := by simp
end
namespace A
attribute [local simp] foo
theorem in_its_namespace : f 3 = 4 := by simp
attribute [local simp] bar
theorem not_the_protected : g 3 = 5 := by simp
namespace B
theorem foo : 3 = 4 := by decide
attribute [local simp] _root_.A.foo
theorem from_the_root : f 4 = 5 := by simp
end B
end A
open A in
attribute [simp] foo
theorem opened : f 5 = 6 := by simp

-- proved: A.foo, bar, in_full, beside_the_failed, A.in_its_namespace, A.not_the_protected, A.B.from_the_root, opened
-- rejected: A.bar, B.foo, not_from_the_failed, A.B.foo
