/- Copyright -/
module -- a module

public import Init.Data.List.Basic
public meta import Init.Meta
import all Init.Data.Nat.Basic

/-! # title -/

@[expose] public section

namespace Mod

/-- two -/
def two : Nat := 2

@[simp, expose] def three : Nat := 3

private theorem hidden : two = 2 := rfl

public theorem shown : two + three = 5 := rfl

@[simp] public protected theorem guarded : two = 2 := hidden

meta def helper : Nat := 1
private meta def helper2 : Nat := helper

end Mod

end

public meta section
def four := 4
end

section
theorem last : Mod.two = 2 := by simp
end

-- proved: Mod.hidden, Mod.shown, Mod.guarded, last
