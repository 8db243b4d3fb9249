class Foo (α : Type) where
  foo : α
  law : foo = foo

instance : Foo Nat where
  foo := 1
  law := rfl
theorem a : (Foo.foo : Nat) = 1 := rfl

instance (priority := low) fooInt : Foo Int where
  foo := 2
  law := by
    rfl

instance [Foo α] [Foo β] : Foo (α × β) :=
  { foo := (Foo.foo, Foo.foo)
    law := rfl }

local instance : Foo Bool := ⟨true, rfl⟩
namespace Bar
scoped instance : Foo Char := ⟨'a', rfl⟩
end Bar

theorem b : (Foo.foo : Nat × Int) = (1, 2) := rfl
theorem c : (Foo.foo : Bool) = true := rfl

-- proved: a, b, c
