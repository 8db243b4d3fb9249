import PhysField.Mathematics.Vector

/-!
# Dimensions and units

A dimension is a tuple of integer exponents of length, mass, time and current. `Quantity K d` wraps a number, so that a length plus a
time does not elaborate; products and quotients of quantities carry the product and quotient of their dimensions. A change of units
multiplies the measure of a quantity by powers of four positive factors, and what does not change under any of them is dimensionless.
Source: Bridgman, Dimensional Analysis, chapters 2 to 4; Barenblatt, Scaling, chapter 1.
-/
namespace PhysField.Units
open PhysField.Mathematics

/-- A dimension: the exponents of length, mass, time and current. -/
@[ext] structure Dim where
  length : Int
  mass : Int
  time : Int
  current : Int

namespace Dim

/-- Dimensions multiply by adding exponents. -/
instance : Mul Dim := ⟨fun d e => ⟨d.length + e.length, d.mass + e.mass, d.time + e.time, d.current + e.current⟩⟩

/-- Dimensions divide by subtracting exponents. -/
instance : Div Dim := ⟨fun d e => ⟨d.length - e.length, d.mass - e.mass, d.time - e.time, d.current - e.current⟩⟩

/-- The dimension of pure numbers. -/
instance : One Dim := ⟨⟨0, 0, 0, 0⟩⟩

/-- The exponents of a product. -/
@[grind =] theorem mul_def (d e : Dim) :
    d * e = ⟨d.length + e.length, d.mass + e.mass, d.time + e.time, d.current + e.current⟩ := rfl

/-- The exponents of a quotient. -/
@[grind =] theorem div_def (d e : Dim) :
    d / e = ⟨d.length - e.length, d.mass - e.mass, d.time - e.time, d.current - e.current⟩ := rfl

/-- The exponents of a pure number. -/
@[grind =] theorem one_def : (1 : Dim) = ⟨0, 0, 0, 0⟩ := rfl

end Dim

/-- An integer power of a dimension. -/
def dimPow (d : Dim) (n : Int) : Dim := ⟨n * d.length, n * d.mass, n * d.time, n * d.current⟩

/-- A quantity of dimension `d`, by its measure in some units. -/
@[ext] structure Quantity (K : Type u) (d : Dim) where
  value : K

/-- A change of units: the factors by which the measures of a length, a mass, a time and a current grow. -/
@[ext] structure Rescaling (K : Type u) where
  length : K
  mass : K
  time : K
  current : K

variable {K : Type u} [OrderedField K]

/-- Quantities of one dimension add. -/
instance (d : Dim) : Add (Quantity K d) := ⟨fun p q => ⟨p.value + q.value⟩⟩

/-- Quantities of one dimension subtract. -/
instance (d : Dim) : Sub (Quantity K d) := ⟨fun p q => ⟨p.value - q.value⟩⟩

/-- Quantities of one dimension compare. -/
instance (d : Dim) : LE (Quantity K d) := ⟨fun p q => p.value ≤ q.value⟩

/-- Any two quantities multiply; their dimensions do too. -/
instance (d e : Dim) : HMul (Quantity K d) (Quantity K e) (Quantity K (d * e)) := ⟨fun p q => ⟨p.value * q.value⟩⟩

/-- Any two quantities divide; their dimensions do too. -/
instance (d e : Dim) : HDiv (Quantity K d) (Quantity K e) (Quantity K (d / e)) := ⟨fun p q => ⟨p.value / q.value⟩⟩

/-- The measure of a sum. -/
@[grind =] theorem quantity_add_value (d : Dim) (p q : Quantity K d) : (p + q).value = p.value + q.value := rfl

/-- The measure of a difference. -/
@[grind =] theorem quantity_sub_value (d : Dim) (p q : Quantity K d) : (p - q).value = p.value - q.value := rfl

/-- The measure of a product. -/
@[grind =] theorem quantity_mul_value (d e : Dim) (p : Quantity K d) (q : Quantity K e) :
    (p * q).value = p.value * q.value := rfl

/-- The measure of a quotient. -/
@[grind =] theorem quantity_div_value (d e : Dim) (p : Quantity K d) (q : Quantity K e) :
    (p / q).value = p.value / q.value := rfl

/-- All four factors of a change of units are positive. -/
def Rescaling.Proper (u : Rescaling K) : Prop := 0 < u.length ∧ 0 < u.mass ∧ 0 < u.time ∧ 0 < u.current

/-- The factor by which a change of units multiplies measures of dimension `d`. -/
def factor (u : Rescaling K) (d : Dim) : K :=
  u.length ^ d.length * u.mass ^ d.mass * (u.time ^ d.time * u.current ^ d.current)

/-- A quantity measured in the new units. -/
def convert (u : Rescaling K) (d : Dim) (q : Quantity K d) : Quantity K d := ⟨factor u d * q.value⟩

/-- One change of units after another. -/
def Rescaling.comp (u v : Rescaling K) : Rescaling K :=
  ⟨u.length * v.length, u.mass * v.mass, u.time * v.time, u.current * v.current⟩

/-- The product of powers of `n` numbers. -/
def monomial : {n : Nat} → (Fin n → K) → (Fin n → Int) → K
  | 0, _, _ => 1
  | _ + 1, v, a => v 0 ^ a 0 * monomial (fun i => v i.succ) (fun i => a i.succ)

/-- The dimension of a product of powers of `n` quantities. -/
def monomialDim : {n : Nat} → (Fin n → Dim) → (Fin n → Int) → Dim
  | 0, _, _ => 1
  | _ + 1, d, a => dimPow (d 0) (a 0) * monomialDim (fun i => d i.succ) (fun i => a i.succ)

/-- An integer power by a counting number is the plain power. -/
theorem zpow_natCast (a : K) (n : Nat) : a ^ (n : Int) = a ^ n := by
  induction n with
  | zero => exact (Lean.Grind.Field.zpow_zero a).trans (Lean.Grind.Semiring.pow_zero a).symm
  | succ n ih =>
    rw [pow_succ, ← ih]
    exact Lean.Grind.Field.zpow_succ a n

/-- Integer powers of a positive number are positive. -/
theorem zpow_pos (a : K) (ha : 0 < a) (n : Int) : 0 < a ^ n := by
  rcases Int.eq_nat_or_neg n with ⟨m, rfl | rfl⟩
  · rw [zpow_natCast]
    exact pow_pos ha m
  · rw [Lean.Grind.Field.zpow_neg, zpow_natCast]
    exact inv_pos (pow_pos ha m)

/-- An integer power of a product is the product of the powers. -/
theorem mul_zpow (a b : K) (n : Int) : (a * b) ^ n = a ^ n * b ^ n := by
  have h : ∀ m : Nat, (a * b) ^ m = a ^ m * b ^ m := by
    intro m
    induction m with
    | zero => grind
    | succ m ih => grind
  rcases Int.eq_nat_or_neg n with ⟨m, rfl | rfl⟩
  · rw [zpow_natCast, zpow_natCast, zpow_natCast, h]
  · simp only [Lean.Grind.Field.zpow_neg, zpow_natCast, h]
    grind

/-- An integer power of an integer power is the power by the product. -/
theorem zpow_mul (a : K) (ha : 0 < a) (m n : Int) : a ^ (n * m) = (a ^ m) ^ n := by
  have h : ∀ k : Nat, a ^ ((k : Int) * m) = (a ^ m) ^ k := by
    intro k
    induction k with
    | zero => rw [show ((0 : Nat) : Int) * m = 0 by grind, Lean.Grind.Field.zpow_zero, Lean.Grind.Semiring.pow_zero]
    | succ k ih =>
      rw [show ((k + 1 : Nat) : Int) * m = k * m + m by grind, Lean.Grind.Field.zpow_add (by grind), ih, pow_succ]
  rcases Int.eq_nat_or_neg n with ⟨k, rfl | rfl⟩
  · rw [h, zpow_natCast]
  · rw [show -(k : Int) * m = -(k * m) by grind, Lean.Grind.Field.zpow_neg, Lean.Grind.Field.zpow_neg, h, zpow_natCast]

/-- A number above 1 has no integer power 1 but the one by zero. -/
theorem zpow_eq_one (a : K) (ha : 1 < a) (n : Int) (h : a ^ n = 1) : n = 0 := by
  have k : ∀ m : Nat, a ^ m = 1 → m = 0 := by
    intro m hm
    have b := bernoulli (show -1 ≤ a - 1 by grind) m
    rw [show 1 + (a - 1) = a by grind, hm] at b
    cases m with
    | zero => rfl
    | succ m =>
      have c := mul_nonneg (natCast_nonneg (K := K) m) (show 0 ≤ a - 1 by grind)
      grind
  rcases Int.eq_nat_or_neg n with ⟨m, rfl | rfl⟩
  · rw [zpow_natCast] at h
    grind
  · rw [Lean.Grind.Field.zpow_neg, zpow_natCast] at h
    grind

/-- Division of dimensions undoes multiplication. -/
theorem dim_mul_div_cancel (d e : Dim) : d * e / e = d := by
  ext <;> grind

/-- Powers of a dimension multiply by adding the exponents. -/
theorem dimPow_add (d : Dim) (m n : Int) : dimPow d (m + n) = dimPow d m * dimPow d n := by
  ext <;> grind [dimPow]

/-- The factor of a change of units is positive for every dimension. -/
theorem factor_pos (u : Rescaling K) (hu : u.Proper) (d : Dim) : 0 < factor u d := by
  obtain ⟨hl, hm, ht, hc⟩ := hu
  exact mul_pos (mul_pos (zpow_pos _ hl _) (zpow_pos _ hm _)) (mul_pos (zpow_pos _ ht _) (zpow_pos _ hc _))

/-- Pure numbers keep their value under every change of units. -/
theorem factor_one (u : Rescaling K) : factor u 1 = 1 := by
  simp only [factor, Dim.one_def, Lean.Grind.Field.zpow_zero]
  grind

/-- The factor of a product of dimensions is the product of the factors. -/
theorem factor_mul (u : Rescaling K) (hu : u.Proper) (d e : Dim) : factor u (d * e) = factor u d * factor u e := by
  obtain ⟨hl, hm, ht, hc⟩ := hu
  simp only [factor, Dim.mul_def]
  rw [Lean.Grind.Field.zpow_add (by grind), Lean.Grind.Field.zpow_add (by grind), Lean.Grind.Field.zpow_add (by grind),
    Lean.Grind.Field.zpow_add (by grind)]
  grind

/-- The factor of a quotient of dimensions is the quotient of the factors. -/
theorem factor_div (u : Rescaling K) (hu : u.Proper) (d e : Dim) : factor u (d / e) = factor u d / factor u e := by
  have h := factor_mul u hu (d / e) e
  have k := factor_pos u hu e
  rw [show d / e * e = d by ext <;> grind] at h
  grind

/-- The factor of a power of a dimension is the power of the factor. -/
theorem factor_dimPow (u : Rescaling K) (hu : u.Proper) (d : Dim) (n : Int) : factor u (dimPow d n) = factor u d ^ n := by
  obtain ⟨hl, hm, ht, hc⟩ := hu
  simp only [factor, dimPow, mul_zpow, zpow_mul _ hl, zpow_mul _ hm, zpow_mul _ ht, zpow_mul _ hc]

/-- Successive changes of units multiply their factors. -/
theorem factor_comp (u v : Rescaling K) (d : Dim) : factor (u.comp v) d = factor u d * factor v d := by
  simp only [factor, Rescaling.comp, mul_zpow]
  grind

/-- A dimension whose measures no change of units alters is that of pure numbers. -/
theorem dimensionless_of_factor (d : Dim) (h : ∀ u : Rescaling K, u.Proper → factor u d = 1) : d = 1 := by
  have p : (0 : K) < 1 ∧ (0 : K) < 2 ∧ (1 : K) < 2 := by grind
  have o : ∀ n : Int, (1 : K) ^ n = 1 := by
    intro n
    rw [show (1 : K) = 2 ^ (0 : Int) from (Lean.Grind.Field.zpow_zero 2).symm, ← zpow_mul 2 p.2.1]
    grind
  have a := h ⟨2, 1, 1, 1⟩ ⟨p.2.1, p.1, p.1, p.1⟩
  have b := h ⟨1, 2, 1, 1⟩ ⟨p.1, p.2.1, p.1, p.1⟩
  have c := h ⟨1, 1, 2, 1⟩ ⟨p.1, p.1, p.2.1, p.1⟩
  have e := h ⟨1, 1, 1, 2⟩ ⟨p.1, p.1, p.1, p.2.1⟩
  simp only [factor, o] at a b c e
  ext
  · exact zpow_eq_one 2 p.2.2 _ (by grind)
  · exact zpow_eq_one 2 p.2.2 _ (by grind)
  · exact zpow_eq_one 2 p.2.2 _ (by grind)
  · exact zpow_eq_one 2 p.2.2 _ (by grind)

/-- A sum of quantities is a sum in all units. -/
theorem convert_add (u : Rescaling K) (d : Dim) (p q : Quantity K d) :
    convert u d (p + q) = convert u d p + convert u d q := by
  ext
  grind [convert]

/-- A product of quantities is a product in all units. -/
theorem convert_mul (u : Rescaling K) (hu : u.Proper) (d e : Dim) (p : Quantity K d) (q : Quantity K e) :
    convert u (d * e) (p * q) = convert u d p * convert u e q := by
  ext
  grind [convert, factor_mul]

/-- A quotient of quantities is a quotient in all units. -/
theorem convert_div (u : Rescaling K) (hu : u.Proper) (d e : Dim) (p : Quantity K d) (q : Quantity K e) :
    convert u (d / e) (p / q) = convert u d p / convert u e q := by
  have h := factor_pos u hu e
  ext
  grind [convert, factor_div]

/-- Measuring anew twice is measuring anew by the composed change of units. -/
theorem convert_convert (u v : Rescaling K) (d : Dim) (q : Quantity K d) :
    convert u d (convert v d q) = convert (u.comp v) d q := by
  ext
  grind [convert, factor_comp]

/-- Which of two quantities is the larger does not depend on the units. -/
theorem convert_le_convert (u : Rescaling K) (hu : u.Proper) (d : Dim) (p q : Quantity K d) :
    convert u d p ≤ convert u d q ↔ p ≤ q := by
  exact Lean.Grind.Field.IsOrdered.mul_le_mul_iff_of_pos_left (factor_pos u hu d)

/-- Quantities that are equal in one system of units are equal in every other. -/
theorem convert_injective (u : Rescaling K) (hu : u.Proper) (d : Dim) (p q : Quantity K d)
    (h : convert u d p = convert u d q) : p = q := by
  have k := factor_pos u hu d
  have e : factor u d * p.value = factor u d * q.value := congrArg Quantity.value h
  have z : factor u d * (p.value - q.value) = 0 := by grind
  ext
  rcases mul_eq_zero.mp z with f | f <;> grind

/-- The ratio of two quantities of one dimension does not depend on the units. -/
theorem ratio_convert (u : Rescaling K) (hu : u.Proper) (d : Dim) (p q : Quantity K d) :
    (convert u d p / convert u d q).value = (p / q).value := by
  have h := factor_div u hu d d
  have k := factor_pos u hu d
  show factor u d * p.value / (factor u d * q.value) = p.value / q.value
  grind

/-- A product of powers of measures changes with the product of powers of their dimensions. -/
theorem monomial_convert {n : Nat} (u : Rescaling K) (hu : u.Proper) (d : Fin n → Dim) (v : Fin n → K) (a : Fin n → Int) :
    monomial (fun i => factor u (d i) * v i) a = factor u (monomialDim d a) * monomial v a := by
  induction n with
  | zero => grind [monomial, monomialDim, factor_one]
  | succ n ih =>
    simp only [monomial, monomialDim, factor_mul u hu, factor_dimPow u hu, mul_zpow, ih]
    grind

/-- A product of powers whose dimension is that of pure numbers has the same value in all units (Buckingham). -/
theorem dimensionless_group_invariant {n : Nat} (u : Rescaling K) (hu : u.Proper) (d : Fin n → Dim) (v : Fin n → K)
    (a : Fin n → Int) (h : monomialDim d a = 1) : monomial (fun i => factor u (d i) * v i) a = monomial v a := by
  rw [monomial_convert u hu, h, factor_one]
  grind

/-- A product of powers of positive measures is positive. -/
theorem monomial_pos {n : Nat} (v : Fin n → K) (hv : ∀ i, 0 < v i) (a : Fin n → Int) : 0 < monomial v a := by
  induction n with
  | zero => grind [monomial]
  | succ n ih => exact mul_pos (zpow_pos _ (hv 0) _) (ih _ (fun i => hv i.succ) _)

/-- A product of powers of positive measures that is the same in all units has the dimension of pure numbers. -/
theorem dimensionless_of_invariant {n : Nat} (d : Fin n → Dim) (v : Fin n → K) (hv : ∀ i, 0 < v i) (a : Fin n → Int)
    (h : ∀ u : Rescaling K, u.Proper → monomial (fun i => factor u (d i) * v i) a = monomial v a) :
    monomialDim d a = 1 := by
  refine dimensionless_of_factor (K := K) _ fun u hu => ?_
  have e := h u hu
  have p := monomial_pos v hv a
  rw [monomial_convert u hu] at e
  grind

/-- The period of a pendulum, where it depends on length and gravity alone, is a multiple of the root of their quotient. -/
theorem pendulum_period_by_dimensions (f : K → K → K) (l g s : K) (hl : 0 < l) (hs : 0 < s)
    (h : s ^ 2 = l / g) (hf : ∀ a b x y : K, 0 < a → 0 < b → f (a * x) (a / b ^ 2 * y) = b * f x y) :
    f l g = s * f 1 1 := by
  have e := hf l s 1 1 hl hs
  rw [h, show l / (l / g) * 1 = g by grind] at e
  grind

end PhysField.Units
