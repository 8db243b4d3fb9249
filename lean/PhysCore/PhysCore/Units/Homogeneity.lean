import PhysCore.Units.Dimensions

/-!
# Dimensional homogeneity

Quantities carry a dimension; only like quantities can be added, and physical laws keep their form when the unit of a base
quantity is changed. A formula is a small expression over named quantities. It is homogeneous if every sum in it adds
equal dimensions, and then its value scales with the power of the unit that its dimension says.
-/
namespace PhysCore.Units

/-- A value together with its dimension. -/
structure Quantity where
  value : Int
  dim : Dimension

/-- Product of two quantities. -/
def qmul (p q : Quantity) : Quantity := ⟨p.value * q.value, dmul p.dim q.dim⟩

/-- Sum of two quantities, if they are of one kind. -/
def qadd (p q : Quantity) : Option Quantity :=
  if p.dim = q.dim then some ⟨p.value + q.value, p.dim⟩ else none

/-- A formula over base quantities, each with its exponent of length. -/
inductive Formula where
  | base (value : Int) (exponent : Nat)
  | plus (f g : Formula)
  | times (f g : Formula)

/-- Exponent of length of a formula, read along its left branch. -/
def exponent : Formula → Nat
  | .base _ e => e
  | .plus f _ => exponent f
  | .times f g => exponent f + exponent g

/-- Every sum adds equal exponents. -/
def homogeneous : Formula → Prop
  | .base _ _ => True
  | .plus f g => homogeneous f ∧ homogeneous g ∧ exponent f = exponent g
  | .times f g => homogeneous f ∧ homogeneous g

/-- Value of a formula when the unit of length is `k` times smaller. -/
def valueIn (k : Int) : Formula → Int
  | .base v e => k ^ e * v
  | .plus f g => valueIn k f + valueIn k g
  | .times f g => valueIn k f * valueIn k g

/-- Repeated multiplication of a formula by itself. -/
def formulaPower (f : Formula) : Nat → Formula
  | 0 => .base 1 0
  | n + 1 => .times (formulaPower f n) f

/-- Products do not care for the order, neither in value nor in dimension. -/
theorem qmul_comm (p q : Quantity) : qmul p q = qmul q p := by
  simp only [qmul, Quantity.mk.injEq]
  exact ⟨Int.mul_comm _ _, dmul_comm _ _⟩

/-- Products may be grouped at will. -/
theorem qmul_assoc (p q r : Quantity) : qmul (qmul p q) r = qmul p (qmul q r) := by
  simp only [qmul, Quantity.mk.injEq]
  exact ⟨Int.mul_assoc _ _ _, dmul_assoc _ _ _⟩

/-- One is a pure number. -/
theorem qmul_one (q : Quantity) : qmul q ⟨1, dimensionless⟩ = q := by
  cases q
  simp [qmul, dmul_dimensionless]

/-- Like quantities add. -/
theorem qadd_like (v w : Int) (d : Dimension) : qadd ⟨v, d⟩ ⟨w, d⟩ = some ⟨v + w, d⟩ := by
  simp [qadd]

/-- A sum exists only of like quantities. -/
theorem qadd_dim (p q s : Quantity) (h : qadd p q = some s) : p.dim = q.dim := by
  simp only [qadd] at h
  split at h
  · assumption
  · contradiction

/-- Metres and seconds do not add. -/
theorem qadd_unlike (v w : Int) : qadd ⟨v, ⟨1, 0, 0, 0⟩⟩ ⟨w, ⟨0, 0, 1, 0⟩⟩ = none := by
  simp [qadd]

/-- A quantity can always be taken twice. -/
theorem exists_qadd_self (q : Quantity) : ∃ s, qadd q q = some s := by
  exact ⟨⟨q.value + q.value, q.dim⟩, by simp [qadd]⟩

/-- Sums do not care for the order. -/
theorem qadd_comm (p q : Quantity) : qadd p q = qadd q p := by
  simp only [qadd]
  split <;> split <;> simp_all [Int.add_comm]

/-- A base quantity is homogeneous. -/
theorem homogeneous_base (v : Int) (e : Nat) : homogeneous (.base v e) := by
  trivial

/-- A sum of like squares is homogeneous: the theorem of Pythagoras is. -/
theorem homogeneous_pythagoras (a b : Int) :
    homogeneous (.plus (.times (.base a 1) (.base a 1)) (.times (.base b 1) (.base b 1))) := by
  simp [homogeneous, exponent]

/-- An area cannot be added to a length. -/
theorem not_homogeneous_area_length (a b : Int) : ¬homogeneous (.plus (.base a 2) (.base b 1)) := by
  simp [homogeneous, exponent]

/-- A power of a formula has that multiple of its exponent. -/
theorem exponent_formula_power (f : Formula) (n : Nat) : exponent (formulaPower f n) = n * exponent f := by
  induction n with
  | zero => simp [formulaPower, exponent]
  | succ n ih => rw [formulaPower, exponent, ih]; grind

/-- Powers of homogeneous formulas are homogeneous. -/
theorem homogeneous_formula_power (f : Formula) (n : Nat) (h : homogeneous f) : homogeneous (formulaPower f n) := by
  induction n with
  | zero => trivial
  | succ n ih => exact ⟨ih, h⟩

/-- A homogeneous formula scales with the unit as its dimension says. -/
theorem homogeneous_scaling (k : Int) (f : Formula) (h : homogeneous f) :
    valueIn k f = k ^ exponent f * valueIn 1 f := by
  induction f with
  | base v e => simp [valueIn, exponent, Int.one_pow]
  | plus f g ihf ihg =>
    obtain ⟨hf, hg, he⟩ := h
    simp only [valueIn, exponent]
    rw [ihf hf, ihg hg, he, Int.mul_add]
  | times f g ihf ihg =>
    simp only [valueIn, exponent]
    rw [ihf h.1, ihg h.2, Int.pow_add]
    grind

/-- A law between homogeneous formulas of one dimension holds in all units if it holds in one. -/
theorem law_in_all_units (k : Int) (f g : Formula) (hf : homogeneous f) (hg : homogeneous g)
    (he : exponent f = exponent g) (h : valueIn 1 f = valueIn 1 g) : valueIn k f = valueIn k g := by
  rw [homogeneous_scaling k f hf, homogeneous_scaling k g hg, he, h]

/-- A homogeneous pure number is the same in all units. -/
theorem pure_number_invariant (k : Int) (f : Formula) (hf : homogeneous f) (he : exponent f = 0) :
    valueIn k f = valueIn 1 f := by
  rw [homogeneous_scaling k f hf, he]
  simp

/-- Values of products are products of values. -/
theorem value_formula_power (k : Int) (f : Formula) (n : Nat) : valueIn k (formulaPower f n) = valueIn k f ^ n := by
  induction n with
  | zero => simp [formulaPower, valueIn]
  | succ n ih => simp [formulaPower, valueIn, ih, Int.pow_succ]

/-- There are homogeneous formulas of any dimension. -/
theorem exists_homogeneous (e : Nat) : ∃ f, homogeneous f ∧ exponent f = e := by
  exact ⟨.base 1 e, trivial, rfl⟩

end PhysCore.Units
