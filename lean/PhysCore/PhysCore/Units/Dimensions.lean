/-!
# Physical dimensions

A dimension is a product of powers of length, mass, time and charge, written as the four exponents. Dimensions form a
commutative group under multiplication; the dimensions of velocity, force, energy and the constants of nature are members,
and relations such as E = m c² or λ = h / p are checked on the exponents.
-/
namespace PhysCore.Units

/-- Exponents of length, mass, time and charge. -/
structure Dimension where
  length : Int
  mass : Int
  time : Int
  charge : Int
  deriving DecidableEq

/-- A pure number. -/
def dimensionless : Dimension := ⟨0, 0, 0, 0⟩

/-- Dimension of a product. -/
def dmul (a b : Dimension) : Dimension := ⟨a.length + b.length, a.mass + b.mass, a.time + b.time, a.charge + b.charge⟩

/-- Dimension of a reciprocal. -/
def dinv (a : Dimension) : Dimension := ⟨-a.length, -a.mass, -a.time, -a.charge⟩

/-- Dimension of a quotient. -/
def ddiv (a b : Dimension) : Dimension := dmul a (dinv b)

/-- Dimension of a power. -/
def dpow (a : Dimension) : Nat → Dimension
  | 0 => dimensionless
  | n + 1 => dmul (dpow a n) a

/-- Dimension of a velocity. -/
def velocityDim : Dimension := ⟨1, 0, -1, 0⟩

/-- Dimension of a momentum. -/
def momentumDim : Dimension := ⟨1, 1, -1, 0⟩

/-- Dimension of a force. -/
def forceDim : Dimension := ⟨1, 1, -2, 0⟩

/-- Dimension of an energy. -/
def energyDim : Dimension := ⟨2, 1, -2, 0⟩

/-- Dimension of an action, such as Planck's constant. -/
def actionDim : Dimension := ⟨2, 1, -1, 0⟩

/-- Dimension of a mass. -/
def massDim : Dimension := ⟨0, 1, 0, 0⟩

/-- Dimension of a time. -/
def timeDim : Dimension := ⟨0, 0, 1, 0⟩

/-- The order of factors does not matter. -/
theorem dmul_comm (a b : Dimension) : dmul a b = dmul b a := by
  simp only [dmul, Dimension.mk.injEq]
  omega

/-- Factors may be grouped at will. -/
theorem dmul_assoc (a b c : Dimension) : dmul (dmul a b) c = dmul a (dmul b c) := by
  simp only [dmul, Dimension.mk.injEq]
  omega

/-- A pure number does not change a dimension. -/
theorem dmul_dimensionless (a : Dimension) : dmul a dimensionless = a := by
  cases a
  simp [dmul, dimensionless]

/-- A quantity divided by one of its kind is a pure number. -/
theorem ddiv_self (a : Dimension) : ddiv a a = dimensionless := by
  simp only [ddiv, dmul, dinv, dimensionless, Dimension.mk.injEq]
  omega

/-- The reciprocal of the reciprocal. -/
theorem dinv_dinv (a : Dimension) : dinv (dinv a) = a := by
  cases a
  simp [dinv]

/-- The reciprocal of a product. -/
theorem dinv_dmul (a b : Dimension) : dinv (dmul a b) = dmul (dinv a) (dinv b) := by
  simp only [dinv, dmul, Dimension.mk.injEq]
  omega

/-- A factor can be cancelled. -/
theorem dmul_right_cancel (a b c : Dimension) (h : dmul a c = dmul b c) : a = b := by
  cases a; cases b
  simp only [dmul, Dimension.mk.injEq] at *
  omega

/-- Dividing and multiplying again restores the dimension. -/
theorem ddiv_dmul_cancel (a b : Dimension) : dmul (ddiv a b) b = a := by
  cases a
  simp only [ddiv, dmul, dinv, Dimension.mk.injEq]
  omega

/-- For any two quantities there is a third that turns one into the other. -/
theorem exists_conversion_dimension (a b : Dimension) : ∃ c, dmul c a = b := by
  exact ⟨ddiv b a, ddiv_dmul_cancel b a⟩

/-- The exponent of length in a power. -/
theorem dpow_length (a : Dimension) (n : Nat) : (dpow a n).length = n * a.length := by
  induction n with
  | zero => simp [dpow, dimensionless]
  | succ n ih => grind [dpow, dmul]

/-- Powers of one quantity multiply by adding the exponents. -/
theorem dpow_add (a : Dimension) (m n : Nat) : dpow a (m + n) = dmul (dpow a m) (dpow a n) := by
  induction n with
  | zero => simp [dpow, dmul_dimensionless]
  | succ n ih => rw [Nat.add_succ, dpow, dpow, ih, dmul_assoc]

/-- Powers of a pure number are pure numbers. -/
theorem dpow_dimensionless (n : Nat) : dpow dimensionless n = dimensionless := by
  induction n with
  | zero => rfl
  | succ n ih => rw [dpow, ih, dmul_dimensionless]

/-- The first power. -/
theorem dpow_one (a : Dimension) : dpow a 1 = a := by
  cases a
  simp [dpow, dmul, dimensionless]

/-- A quantity whose square is a pure number is a pure number. -/
theorem dpow_two_dimensionless (a : Dimension) (h : dpow a 2 = dimensionless) : a = dimensionless := by
  cases a
  simp only [dpow, dmul, dimensionless, Dimension.mk.injEq] at *
  omega

/-- Force is change of momentum in time. -/
theorem force_dimension : forceDim = ddiv momentumDim timeDim := by
  decide

/-- The dimension of Einstein's E = m c². -/
theorem mass_energy_dimension : energyDim = dmul massDim (dpow velocityDim 2) := by
  decide

/-- The dimension of Planck's E = h ν. -/
theorem planck_dimension : dmul energyDim timeDim = actionDim := by
  rfl

/-- De Broglie: action over momentum is a length. -/
theorem de_broglie_dimension : ddiv actionDim momentumDim = ⟨1, 0, 0, 0⟩ := by
  rfl

/-- Only a mass makes an energy out of a squared velocity. -/
theorem energy_ratio_dimension (m : Dimension) (h : dmul m (dpow velocityDim 2) = energyDim) : m = massDim := by
  rw [mass_energy_dimension] at h
  exact dmul_right_cancel m massDim _ h

end PhysCore.Units
