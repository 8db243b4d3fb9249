import PhysField.Mathematics.OrderedField

/-!
# Complex numbers

Amplitudes and phasors: a structure of real and imaginary part over an ordered field. It is a field itself, so `grind` decides identities
between complex numbers; for identities between their parts it knows the parts of every operation: `ext <;> grind`.
Source: Ahlfors, Complex Analysis, chapter 1.
-/
namespace PhysField.Mathematics

/-- A complex number: its real and its imaginary part. -/
@[ext] structure Complex (K : Type u) where
  re : K
  im : K

variable {K : Type u} [OrderedField K]

namespace Complex

/-- Complex numbers add by parts. -/
instance : Add (Complex K) := ⟨fun z w => ⟨z.re + w.re, z.im + w.im⟩⟩

/-- Complex numbers subtract by parts. -/
instance : Sub (Complex K) := ⟨fun z w => ⟨z.re - w.re, z.im - w.im⟩⟩

/-- The opposite complex number. -/
instance : Neg (Complex K) := ⟨fun z => ⟨-z.re, -z.im⟩⟩

/-- The product of complex numbers. -/
instance : Mul (Complex K) := ⟨fun z w => ⟨z.re * w.re - z.im * w.im, z.re * w.im + z.im * w.re⟩⟩

/-- The inverse of a complex number. -/
instance : Inv (Complex K) := ⟨fun z => ⟨z.re / (z.re ^ 2 + z.im ^ 2), -z.im / (z.re ^ 2 + z.im ^ 2)⟩⟩

/-- The quotient of complex numbers. -/
instance : Div (Complex K) := ⟨fun z w => z * w⁻¹⟩

/-- A numeral is real. -/
instance (n : Nat) : OfNat (Complex K) n := ⟨⟨OfNat.ofNat n, 0⟩⟩

/-- A counting number is real. -/
instance : NatCast (Complex K) := ⟨fun n => ⟨(n : K), 0⟩⟩

/-- An integer is real. -/
instance : IntCast (Complex K) := ⟨fun n => ⟨Lean.Grind.Ring.intCast.intCast n, 0⟩⟩

/-- A natural power of a complex number. -/
def npow (z : Complex K) : Nat → Complex K
  | 0 => 1
  | n + 1 => npow z n * z

/-- Natural powers are repeated products. -/
instance : HPow (Complex K) Nat (Complex K) := ⟨npow⟩

/-- An integer power of a complex number. -/
def zpow (z : Complex K) : Int → Complex K
  | Int.ofNat n => npow z n
  | Int.negSucc n => (npow z (n + 1))⁻¹

/-- Integer powers are inverse ones below zero. -/
instance : HPow (Complex K) Int (Complex K) := ⟨zpow⟩

/-- A counting number times a complex number. -/
instance : SMul Nat (Complex K) := ⟨fun n z => (n : Complex K) * z⟩

/-- An integer times a complex number. -/
instance : SMul Int (Complex K) := ⟨fun n z => (n : Complex K) * z⟩

/-- A real number as a complex one. -/
@[grind] def ofReal (x : K) : Complex K := ⟨x, 0⟩

/-- The imaginary unit. -/
@[grind] def i : Complex K := ⟨0, 1⟩

/-- The complex conjugate. -/
@[grind] def conj (z : Complex K) : Complex K := ⟨z.re, -z.im⟩

/-- The square of the absolute value. -/
def normSq (z : Complex K) : K := z.re ^ 2 + z.im ^ 2

/-- The real part of a sum. -/
@[grind =] theorem add_re (z w : Complex K) : (z + w).re = z.re + w.re := rfl

/-- The imaginary part of a sum. -/
@[grind =] theorem add_im (z w : Complex K) : (z + w).im = z.im + w.im := rfl

/-- The real part of a difference. -/
@[grind =] theorem sub_re (z w : Complex K) : (z - w).re = z.re - w.re := rfl

/-- The imaginary part of a difference. -/
@[grind =] theorem sub_im (z w : Complex K) : (z - w).im = z.im - w.im := rfl

/-- The real part of the opposite number. -/
@[grind =] theorem neg_re (z : Complex K) : (-z).re = -z.re := rfl

/-- The imaginary part of the opposite number. -/
@[grind =] theorem neg_im (z : Complex K) : (-z).im = -z.im := rfl

/-- The real part of a product. -/
@[grind =] theorem mul_re (z w : Complex K) : (z * w).re = z.re * w.re - z.im * w.im := rfl

/-- The imaginary part of a product. -/
@[grind =] theorem mul_im (z w : Complex K) : (z * w).im = z.re * w.im + z.im * w.re := rfl

/-- The real part of zero. -/
@[grind =] theorem zero_re : (0 : Complex K).re = 0 := rfl

/-- The imaginary part of zero. -/
@[grind =] theorem zero_im : (0 : Complex K).im = 0 := rfl

/-- The real part of one. -/
@[grind =] theorem one_re : (1 : Complex K).re = 1 := rfl

/-- The imaginary part of one. -/
@[grind =] theorem one_im : (1 : Complex K).im = 0 := rfl

/-- The real part of two. -/
@[grind =] theorem two_re : (2 : Complex K).re = 2 := rfl

/-- The imaginary part of two. -/
@[grind =] theorem two_im : (2 : Complex K).im = 0 := rfl

/-- The parts of an inverse. -/
theorem inv_def (z : Complex K) : z⁻¹ = ⟨z.re / (z.re ^ 2 + z.im ^ 2), -z.im / (z.re ^ 2 + z.im ^ 2)⟩ := rfl

/-- The inverse of the inverse is the number itself. -/
theorem inv_inv (z : Complex K) : z⁻¹⁻¹ = z := by
  by_cases k : z.re ^ 2 + z.im ^ 2 = 0
  · have l := sq_add_sq_eq_zero.mp k
    ext <;> grind [inv_def]
  · have e : (z.re / (z.re ^ 2 + z.im ^ 2)) ^ 2 + (-z.im / (z.re ^ 2 + z.im ^ 2)) ^ 2 = (z.re ^ 2 + z.im ^ 2)⁻¹ := by grind
    rw [inv_def, inv_def, e]
    ext <;> grind

/-- The complex numbers are a field. -/
instance : Lean.Grind.Field (Complex K) where
  nsmul := inferInstance
  npow := inferInstance
  zsmul := inferInstance
  zpow := inferInstance
  add_zero z := by ext <;> grind
  add_comm z w := by ext <;> grind
  add_assoc z w v := by ext <;> grind
  mul_assoc z w v := by ext <;> grind
  mul_one z := by ext <;> grind
  one_mul z := by ext <;> grind
  left_distrib z w v := by ext <;> grind
  right_distrib z w v := by ext <;> grind
  zero_mul z := by ext <;> grind
  mul_zero z := by ext <;> grind
  pow_zero z := rfl
  pow_succ z n := rfl
  ofNat_succ n := by
    ext
    · exact Lean.Grind.Semiring.ofNat_succ n
    · show (0 : K) = 0 + 0
      grind
  ofNat_eq_natCast n := by
    ext
    · exact Lean.Grind.Semiring.ofNat_eq_natCast n
    · rfl
  nsmul_eq_natCast_mul n z := rfl
  neg_add_cancel z := by ext <;> grind
  sub_eq_add_neg z w := by ext <;> grind
  neg_zsmul n z := by
    ext
    · show (Lean.Grind.Ring.intCast.intCast (-n) : K) * z.re - 0 * z.im = -(Lean.Grind.Ring.intCast.intCast n * z.re - 0 * z.im)
      rw [show (Lean.Grind.Ring.intCast.intCast (-n) : K) = -Lean.Grind.Ring.intCast.intCast n from Lean.Grind.Ring.intCast_neg n]
      grind
    · show (Lean.Grind.Ring.intCast.intCast (-n) : K) * z.im + 0 * z.re = -(Lean.Grind.Ring.intCast.intCast n * z.im + 0 * z.re)
      rw [show (Lean.Grind.Ring.intCast.intCast (-n) : K) = -Lean.Grind.Ring.intCast.intCast n from Lean.Grind.Ring.intCast_neg n]
      grind
  zsmul_natCast_eq_nsmul n z := by
    show (⟨Lean.Grind.Ring.intCast.intCast (n : Int), 0⟩ : Complex K) * z = ⟨(n : K), 0⟩ * z
    rw [show (Lean.Grind.Ring.intCast.intCast (n : Int) : K) = (n : K) from Lean.Grind.Ring.intCast_natCast n]
  intCast_ofNat n := by
    ext
    · exact Lean.Grind.Ring.intCast_ofNat n
    · rfl
  intCast_neg n := by
    ext
    · exact Lean.Grind.Ring.intCast_neg n
    · show (0 : K) = -0
      grind
  mul_comm z w := by ext <;> grind
  div_eq_mul_inv z w := rfl
  zero_ne_one h := by
    have k := congrArg re h
    grind
  inv_zero := by ext <;> grind [inv_def]
  mul_inv_cancel {z} h := by
    have k : z.re ^ 2 + z.im ^ 2 ≠ 0 := by
      intro k
      have l := sq_add_sq_eq_zero.mp k
      exact h (by ext <;> grind)
    ext <;> grind [inv_def]
  zpow_zero z := rfl
  zpow_succ z n := rfl
  zpow_neg z n := by
    cases n with
    | ofNat n =>
      cases n with
      | zero =>
        show (1 : Complex K) = 1⁻¹
        ext <;> grind [inv_def]
      | succ n => rfl
    | negSucc n =>
      show npow z (n + 1) = (npow z (n + 1))⁻¹⁻¹
      exact (inv_inv _).symm

/-- A multiple of a complex number vanishes only with the number. -/
instance : Lean.Grind.NoNatZeroDivisors (Complex K) := Lean.Grind.NoNatZeroDivisors.mk' fun k z hk h => by
  have hr : k • z.re = 0 := by
    have e := congrArg re h
    rw [Lean.Grind.Semiring.nsmul_eq_natCast_mul]
    have f : (k : K) * z.re - 0 * z.im = 0 := e
    grind
  have hi : k • z.im = 0 := by
    have e := congrArg im h
    rw [Lean.Grind.Semiring.nsmul_eq_natCast_mul]
    have f : (k : K) * z.im + 0 * z.re = 0 := e
    grind
  have r := Lean.Grind.no_nat_zero_divisors k z.re 0 hk (by rw [hr]; grind)
  have j := Lean.Grind.no_nat_zero_divisors k z.im 0 hk (by rw [hi]; grind)
  ext <;> grind

/-- The square of the imaginary unit is minus one. -/
theorem i_sq : (i : Complex K) ^ 2 = -1 := by
  rw [show (i : Complex K) ^ 2 = i * i by grind]
  ext <;> grind

/-- A complex number is its real part plus `i` times its imaginary part. -/
theorem eq_re_add_im (z : Complex K) : z = ofReal z.re + i * ofReal z.im := by
  ext <;> grind

/-- Conjugation respects sums. -/
theorem conj_add (z w : Complex K) : conj (z + w) = conj z + conj w := by
  ext <;> grind

/-- Conjugation respects products. -/
theorem conj_mul (z w : Complex K) : conj (z * w) = conj z * conj w := by
  ext <;> grind

/-- Conjugating twice does nothing. -/
theorem conj_conj (z : Complex K) : conj (conj z) = z := by
  ext <;> grind

/-- A complex number is real exactly when it is its own conjugate. -/
theorem conj_eq_self (z : Complex K) : conj z = z ↔ z.im = 0 := by
  constructor
  · intro h
    have k := congrArg im h
    grind
  · intro h
    ext <;> grind

/-- A number times its conjugate is the square of its absolute value. -/
theorem mul_conj (z : Complex K) : z * conj z = ofReal z.normSq := by
  ext <;> grind [normSq]

/-- Absolute values multiply. -/
theorem normSq_mul (z w : Complex K) : (z * w).normSq = z.normSq * w.normSq := by
  grind [normSq]

/-- The absolute value of a power is the power of the absolute value. -/
theorem normSq_pow (z : Complex K) (n : Nat) : (z ^ n).normSq = z.normSq ^ n := by
  induction n with
  | zero =>
    rw [show z ^ 0 = 1 by grind]
    grind [normSq]
  | succ n ih => rw [Lean.Grind.Semiring.pow_succ, normSq_mul, ih, pow_succ]

/-- A square of an absolute value is never negative. -/
theorem normSq_nonneg (z : Complex K) : 0 ≤ z.normSq := by
  have h := sq_nonneg z.re
  have k := sq_nonneg z.im
  grind [normSq]

/-- Only zero has the absolute value zero. -/
theorem normSq_eq_zero (z : Complex K) : z.normSq = 0 ↔ z = 0 := by
  rw [normSq, sq_add_sq_eq_zero]
  constructor
  · intro h
    ext <;> grind
  · grind

/-- The weight of a sum of amplitudes is the sum of the weights and the interference term. -/
theorem normSq_add (z w : Complex K) : (z + w).normSq = z.normSq + w.normSq + 2 * (conj z * w).re := by
  grind [normSq]

/-- The real part is at most the absolute value, squared. -/
theorem re_sq_le (z : Complex K) : z.re ^ 2 ≤ z.normSq := by
  have h := sq_nonneg z.im
  grind [normSq]

/-- The interference term is at most twice the product of the absolute values, squared. -/
theorem interference_sq_le (z w : Complex K) : (2 * (conj z * w).re) ^ 2 ≤ 4 * (z.normSq * w.normSq) := by
  have h := re_sq_le (conj z * w)
  rw [normSq_mul, show (conj z).normSq = z.normSq by grind [normSq]] at h
  grind

/-- The triangle inequality: absolute values `p` and `q` add to at least that of the sum. -/
theorem normSq_add_le (z w : Complex K) (p q : K) (hp : 0 ≤ p) (hq : 0 ≤ q) (hz : p ^ 2 = z.normSq)
    (hw : q ^ 2 = w.normSq) : (z + w).normSq ≤ (p + q) ^ 2 := by
  have h := interference_sq_le z w
  rw [← hz, ← hw, show 4 * (p ^ 2 * q ^ 2) = (2 * (p * q)) ^ 2 by grind] at h
  have k := le_of_sq_le_sq (show 0 ≤ 2 * (p * q) by grind [mul_nonneg hp hq]) h
  rw [normSq_add]
  grind

/-- The inverse of a phase is its conjugate. -/
theorem inv_of_phase (z : Complex K) (h : z.normSq = 1) : z⁻¹ = conj z := by
  ext <;> grind [normSq, inv_def]

/-- Four right angles are a full turn: the powers of the imaginary unit repeat after four. -/
theorem i_pow_add_four (n : Nat) : (i : Complex K) ^ (n + 4) = (i : Complex K) ^ n := by
  have h := i_sq (K := K)
  rw [show (i : Complex K) ^ (n + 4) = (i : Complex K) ^ n * ((i : Complex K) ^ 2 * (i : Complex K) ^ 2) by grind, h]
  grind

end Complex

end PhysField.Mathematics
