import PhysField.QuantumMechanics.Commutators

/-!
# Ladder operators

The harmonic oscillator from its commutation relation `a b - b a = 1` alone, in any ring: `a` lowers, `b` raises, `b a` counts the quanta.
States are elements of the ring on which operators act from the left; a vacuum `v` is one with `a v = 0`.
Source: Dirac, The Principles of Quantum Mechanics, chapter 6; Sakurai, Napolitano, Modern Quantum Mechanics, chapter 2.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {R : Type u} [Lean.Grind.Ring R]

/-- The operators `a` and `b` lower and raise the number of quanta. -/
def Ladder (a b : R) : Prop := a * b = b * a + 1

/-- The falling product `x (x - 1) … (x - n + 1)`. -/
def falling (x : R) : Nat → R
  | 0 => 1
  | n + 1 => falling x n * (x - number n)

/-- The rising product `(x + 1) (x + 2) … (x + n)`. -/
def rising (x : R) : Nat → R
  | 0 => 1
  | n + 1 => rising x n * (x + number (n + 1))

/-- The product of the first `n` counting numbers. -/
def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

/-- The lowering operator passes `n + 1` raising operators and leaves `n + 1` terms behind. -/
theorem ladder_lower_pow (a b : R) (h : Ladder a b) (n : Nat) :
    a * b ^ (n + 1) = b ^ (n + 1) * a + number (n + 1) * b ^ n := by
  have k := commutator_pow a b 1 (by rw [commutator, h]; grind) (by grind) n
  rw [commutator] at k
  grind

/-- One lowering operator after another passes a raising operator. -/
theorem ladder_pow_raise (a b : R) (h : Ladder a b) (n : Nat) :
    a ^ (n + 1) * b = b * a ^ (n + 1) + number (n + 1) * a ^ n := by
  have k := commutator_pow b a (-1) (by rw [commutator, h]; grind) (by grind) n
  rw [commutator, show number (n + 1) * (-1 * a ^ n) = -(number (n + 1) * a ^ n) by grind] at k
  grind

/-- The number operator moves up by one through a lowering operator. -/
theorem ladder_number_lower (a b : R) (h : Ladder a b) : a * (b * a) = (b * a + 1) * a := by
  rw [show a * (b * a) = a * b * a by grind, h]

/-- The number operator moves down by one through a raising operator. -/
theorem ladder_number_raise (a b : R) (h : Ladder a b) : b * a * b = b * (b * a + 1) := by
  rw [show b * a * b = b * (a * b) by grind, h]

/-- Raising `n` times raises the number of quanta by `n`. -/
theorem ladder_number_raise_pow (a b : R) (h : Ladder a b) (n : Nat) :
    commutator (b * a) (b ^ n) = number n * b ^ n := by
  induction n with
  | zero =>
    rw [show (number 0 : R) = 0 from Lean.Grind.Semiring.natCast_zero, Lean.Grind.Semiring.pow_zero, commutator]
    grind
  | succ n ih =>
    have k : commutator (b * a) b = b := by
      rw [commutator, ladder_number_raise a b h]
      grind
    rw [Lean.Grind.Semiring.pow_succ, commutator_mul, ih, k, number_succ]
    grind

/-- Lowering `n` times lowers the number of quanta by `n`. -/
theorem ladder_number_lower_pow (a b : R) (h : Ladder a b) (n : Nat) :
    commutator (b * a) (a ^ n) = -(number n * a ^ n) := by
  induction n with
  | zero =>
    rw [show (number 0 : R) = 0 from Lean.Grind.Semiring.natCast_zero, Lean.Grind.Semiring.pow_zero, commutator]
    grind
  | succ n ih =>
    have k : commutator (b * a) a = -a := by
      rw [commutator, ladder_number_lower a b h]
      grind
    rw [Lean.Grind.Semiring.pow_succ, commutator_mul, ih, k, number_succ]
    grind

/-- A power of the number operator passes a lowering operator with every number one higher. -/
theorem ladder_lower_number_pow (a b : R) (h : Ladder a b) (k : Nat) :
    a * (b * a) ^ k = (b * a + 1) ^ k * a := by
  induction k with
  | zero => grind
  | succ k ih =>
    rw [Lean.Grind.Semiring.pow_succ, show a * ((b * a) ^ k * (b * a)) = a * (b * a) ^ k * (b * a) by grind, ih,
      show (b * a + 1) ^ k * a * (b * a) = (b * a + 1) ^ k * (a * (b * a)) by grind, ladder_number_lower a b h,
      Lean.Grind.Semiring.pow_succ]
    grind

/-- The normally ordered product of `n` pairs is the falling product of the number operator. -/
theorem ladder_falling (a b : R) (h : Ladder a b) (n : Nat) : b ^ n * a ^ n = falling (b * a) n := by
  induction n with
  | zero => grind [falling]
  | succ n ih =>
    have k := ladder_number_lower_pow a b h n
    rw [commutator] at k
    rw [falling, ← ih, Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ a, commute_pow a a rfl n,
      show b ^ n * b * (a * a ^ n) = b ^ n * (b * a * a ^ n - a ^ n * (b * a)) + b ^ n * a ^ n * (b * a) by grind, k,
      show b ^ n * -(number n * a ^ n) = -(b ^ n * (number n * a ^ n)) by grind, number_comm n (a ^ n)]
    grind

/-- The antinormally ordered product of `n` pairs is the rising product of the number operator. -/
theorem ladder_rising (a b : R) (h : Ladder a b) (n : Nat) : a ^ n * b ^ n = rising (b * a) n := by
  induction n with
  | zero => grind [rising]
  | succ n ih =>
    have k := ladder_number_raise_pow a b h n
    rw [commutator] at k
    rw [rising, ← ih, number_succ, Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ b, commute_pow b b rfl n,
      show a ^ n * a * (b * b ^ n) = a ^ n * (a * b) * b ^ n by grind, h,
      show a ^ n * (b * a + 1) * b ^ n = a ^ n * (b * a * b ^ n - b ^ n * (b * a)) + a ^ n * b ^ n * (b * a + 1) by grind, k,
      number_comm n (b ^ n)]
    grind

/-- Lowering a state of `n + 1` quanta gives `n + 1` times that of `n` quanta. -/
theorem ladder_lower_state (a b v : R) (h : Ladder a b) (hv : a * v = 0) (n : Nat) :
    a * (b ^ (n + 1) * v) = number (n + 1) * (b ^ n * v) := by
  rw [show a * (b ^ (n + 1) * v) = a * b ^ (n + 1) * v by grind, ladder_lower_pow a b h n,
    show (b ^ (n + 1) * a + number (n + 1) * b ^ n) * v = b ^ (n + 1) * (a * v) + number (n + 1) * (b ^ n * v) by grind, hv]
  grind

/-- The vacuum raised `n` times is a state of `n` quanta. -/
theorem ladder_number_state (a b v : R) (h : Ladder a b) (hv : a * v = 0) (n : Nat) :
    b * a * (b ^ n * v) = number n * (b ^ n * v) := by
  have k := ladder_number_raise_pow a b h n
  rw [commutator] at k
  rw [show b * a * (b ^ n * v) = (b * a * b ^ n - b ^ n * (b * a)) * v + b ^ n * (b * (a * v)) by grind, k, hv]
  grind

/-- The squared length of the state of `n` quanta is the factorial of `n`. -/
theorem ladder_norm_state (a b v : R) (h : Ladder a b) (hv : a * v = 0) (n : Nat) :
    a ^ n * (b ^ n * v) = number (factorial n) * v := by
  induction n with
  | zero =>
    rw [show number (factorial 0) = (1 : R) from Lean.Grind.Semiring.natCast_one]
    grind
  | succ n ih =>
    have k : (number (factorial (n + 1)) : R) = number (n + 1) * number (factorial n) := Lean.Grind.Semiring.natCast_mul (n + 1) (factorial n)
    rw [Lean.Grind.Semiring.pow_succ a, show a ^ n * a * (b ^ (n + 1) * v) = a ^ n * (a * (b ^ (n + 1) * v)) by grind,
      ladder_lower_state a b v h hv n, show a ^ n * (number (n + 1) * (b ^ n * v)) = a ^ n * number (n + 1) * (b ^ n * v) by grind,
      ← number_comm, k, show number (n + 1) * a ^ n * (b ^ n * v) = number (n + 1) * (a ^ n * (b ^ n * v)) by grind, ih]
    grind

/-- Every state with a number of quanta is lowered to one with one quantum less. -/
theorem ladder_lower_eigen (a b v x : R) (h : Ladder a b) (hx : x * a = a * x) (hv : b * a * v = x * v) :
    b * a * (a * v) = (x - 1) * (a * v) := by
  have k := ladder_number_lower a b h
  rw [show b * a * (a * v) = (b * a + 1) * a * v - a * v by grind, ← k,
    show a * (b * a) * v = a * (b * a * v) by grind, hv, show a * (x * v) = a * x * v by grind, ← hx]
  grind

/-- No number of raising operators gives zero: the ladder has no highest rung. -/
theorem ladder_pow_ne_zero (a b : R) (h : Ladder a b) (h1 : (1 : R) ≠ 0) [Lean.Grind.NoNatZeroDivisors R] (n : Nat) : b ^ n ≠ 0 := by
  induction n with
  | zero => grind
  | succ n ih =>
    intro z
    have k := ladder_lower_pow a b h n
    rw [z, show a * (0 : R) = 0 by grind, show 0 * a + number (n + 1) * b ^ n = number (n + 1) * b ^ n by grind] at k
    refine ih (Lean.Grind.no_nat_zero_divisors (n + 1) (b ^ n) 0 (by grind) ?_)
    rw [Lean.Grind.Semiring.nsmul_eq_natCast_mul, Lean.Grind.Semiring.nsmul_eq_natCast_mul]
    rw [number] at k
    grind

/-- Shifting the operators by numbers keeps the commutation relation: displaced oscillators are oscillators. -/
theorem ladder_shift (a b x y : R) (h : Ladder a b) (hx : x * b = b * x) (hy : y * a = a * y) (hxy : x * y = y * x) :
    Ladder (a + x) (b + y) := by
  rw [Ladder] at *
  rw [show (a + x) * (b + y) = a * b + a * y + x * b + x * y by grind, h, hx, ← hy, hxy]
  grind

/-- Mixing the operators by numbers with `s² - t² = 1` keeps the commutation relation (transformation of Bogoliubov). -/
theorem ladder_bogoliubov (a b s t : R) (h : Ladder a b) (hs : ∀ z, s * z = z * s) (ht : ∀ z, t * z = z * t)
    (hst : s * s - t * t = 1) : Ladder (s * a + t * b) (s * b + t * a) := by
  have e : (s * a + t * b) * (s * b + t * a) - (s * b + t * a) * (s * a + t * b) = (s * s - t * t) * (a * b - b * a) := by
    have p : ∀ z w : R, s * z * (s * w) = s * s * (z * w) := by
      intro z w
      rw [show s * z * (s * w) = s * (z * s) * w by grind, ← hs z]
      grind
    have q : ∀ z w : R, t * z * (t * w) = t * t * (z * w) := by
      intro z w
      rw [show t * z * (t * w) = t * (z * t) * w by grind, ← ht z]
      grind
    have r : ∀ z w : R, s * z * (t * w) = s * t * (z * w) := by
      intro z w
      rw [show s * z * (t * w) = s * (z * t) * w by grind, ← ht z]
      grind
    have r' : ∀ z w : R, t * z * (s * w) = s * t * (z * w) := by
      intro z w
      rw [show t * z * (s * w) = t * (z * s) * w by grind, ← hs z, hs t]
      grind
    rw [show (s * a + t * b) * (s * b + t * a) - (s * b + t * a) * (s * a + t * b) =
      s * a * (s * b) + s * a * (t * a) + t * b * (s * b) + t * b * (t * a) - s * b * (s * a) - s * b * (t * b) -
        t * a * (s * a) - t * a * (t * b) by grind, p, r, r', q, p, r, r', q]
    grind
  rw [hst, h] at e
  rw [Ladder]
  grind

/-- From position and momentum, with `i` the imaginary unit, the Hamiltonian is the number of quanta and half a quantum. -/
theorem ladder_hamiltonian (x p i : R) (hi : i * i = -1) (hx : i * x = x * i) (hp : i * p = p * i) (h : x * p - p * x = i) :
    x * x + p * p = (x - i * p) * (x + i * p) + 1 := by
  have e : (x - i * p) * (x + i * p) = x * x + x * i * p - i * p * x - i * (p * i) * p := by grind
  rw [e, ← hx, ← hp, show i * (i * p) * p = i * i * (p * p) by grind,
    show x * x + i * x * p - i * p * x - i * i * (p * p) = x * x + i * (x * p - p * x) - i * i * (p * p) by grind, h, hi]
  grind

/-- Hopping of a quantum between two modes keeps the total number. -/
theorem ladder_two_modes (a b c d : R) (h : Ladder a b) (k : Ladder c d) (hac : a * c = c * a)
    (hbc : b * c = c * b) (hbd : b * d = d * b) : commutator (b * a + d * c) (b * c) = 0 := by
  have e : commutator (b * a + d * c) (b * c) = b * (a * b - b * a) * c - b * (c * d - d * c) * c +
      (d * (c * b) * c - b * d * c * c) + (b * b * (a * c) - b * (c * b) * a) := by
    simp only [commutator]
    grind
  rw [h, k, hac, ← hbc, show d * (b * c) * c = d * b * c * c by grind, ← hbd] at e
  rw [e]
  grind

end PhysField.QuantumMechanics
