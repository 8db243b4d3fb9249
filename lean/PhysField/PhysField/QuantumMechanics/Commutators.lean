import PhysField.Mathematics.OrderedField

/-!
# Commutators, conservation and evolution

Observables are elements of any ring, commutative or not. The commutator acts like a derivative; what commutes with the evolution of one step is
conserved for all steps; shifts of position and momentum commute up to a phase.
Source: Dirac, The Principles of Quantum Mechanics, chapter 4; Sakurai, Napolitano, Modern Quantum Mechanics, chapters 1 and 2.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {R : Type u} [Lean.Grind.Ring R]

/-- How much two observables fail to commute. -/
def commutator (a b : R) : R := a * b - b * a

/-- The sum of the two products of observables. -/
def anticommutator (a b : R) : R := a * b + b * a

/-- The observable `a` after one step of evolution `u` with inverse `w`. -/
def evolve (u w a : R) : R := w * a * u

/-- The observable `a` after `n` steps of evolution `u` with inverse `w`. -/
def evolveBy (u w a : R) : Nat → R
  | 0 => a
  | n + 1 => evolve u w (evolveBy u w a n)

/-- A number of the ring of observables. -/
def number (n : Nat) : R := Lean.Grind.Semiring.natCast.natCast n

/-- The next number is one more. -/
theorem number_succ (n : Nat) : (number (n + 1) : R) = number n + 1 := by
  exact Lean.Grind.Semiring.natCast_succ n

/-- Numbers commute with every observable. -/
theorem number_comm (n : Nat) (a : R) : number n * a = a * number n := by
  induction n with
  | zero =>
    rw [show (number 0 : R) = 0 from Lean.Grind.Semiring.natCast_zero]
    grind
  | succ n ih =>
    rw [number_succ, show (number n + 1) * a = number n * a + a by grind, ih]
    grind

/-- What commutes with an observable commutes with its powers. -/
theorem commute_pow (a b : R) (h : a * b = b * a) (n : Nat) : a ^ n * b = b * a ^ n := by
  induction n with
  | zero => grind
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ, show a ^ n * a * b = a ^ n * (a * b) by grind, h,
      show a ^ n * (b * a) = a ^ n * b * a by grind, ih]
    grind

/-- Jacobi's identity. -/
theorem commutator_jacobi (a b c : R) :
    commutator a (commutator b c) + commutator b (commutator c a) + commutator c (commutator a b) = 0 := by
  simp only [commutator]
  grind

/-- The commutator acts on a product like a derivative (Leibniz' rule). -/
theorem commutator_mul (a b c : R) : commutator a (b * c) = commutator a b * c + b * commutator a c := by
  simp only [commutator]
  grind

/-- An observable with a commutator that commutes with `b` acts on powers of `b` like a derivative. -/
theorem commutator_pow (a b c : R) (h : commutator a b = c) (hc : c * b = b * c) (n : Nat) :
    commutator a (b ^ (n + 1)) = number (n + 1) * (c * b ^ n) := by
  induction n with
  | zero =>
    rw [show number (0 + 1) = (1 : R) from Lean.Grind.Semiring.natCast_one]
    grind [commutator]
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ b (n + 1), commutator_mul, ih, h, number_succ (n + 1), Lean.Grind.Semiring.pow_succ b n,
      show b ^ n * b * c = b ^ n * (b * c) by grind, ← hc, show b ^ n * (c * b) = b ^ n * c * b by grind,
      commute_pow b c hc.symm n]
    grind

/-- The commutator of two conserved observables is conserved (Poisson's theorem). -/
theorem commutator_conserved (u a b : R) (ha : commutator u a = 0) (hb : commutator u b = 0) :
    commutator u (commutator a b) = 0 := by
  have h := commutator_jacobi u a b
  have k : commutator b u = 0 := by grind [commutator]
  rw [k, ha] at h
  grind [commutator]

/-- The inverse of a conserved observable is conserved. -/
theorem commutator_inverse (u a b : R) (h : commutator u a = 0) (hl : b * a = 1) (hr : a * b = 1) :
    commutator u b = 0 := by
  have e : commutator u b = b * (a * u - u * a) * b + (1 - b * a) * u * b - b * u * (1 - a * b) := by grind [commutator]
  rw [show a * u - u * a = 0 by grind [commutator], hl, hr] at e
  grind

/-- Evolution respects products. -/
theorem evolve_mul (u w a b : R) (h : u * w = 1) : evolve u w (a * b) = evolve u w a * evolve u w b := by
  rw [evolve, evolve, evolve, show w * a * u * (w * b * u) = w * a * (u * w) * b * u by grind, h]
  grind

/-- Evolution keeps the commutation relations. -/
theorem evolve_commutator (u w a b : R) (h : u * w = 1) :
    evolve u w (commutator a b) = commutator (evolve u w a) (evolve u w b) := by
  rw [commutator, commutator, ← evolve_mul u w a b h, ← evolve_mul u w b a h]
  simp only [evolve]
  grind

/-- An observable is the same after a step exactly when it commutes with the step. -/
theorem evolve_eq_self (u w a : R) (h : u * w = 1) (k : w * u = 1) : evolve u w a = a ↔ commutator u a = 0 := by
  constructor
  · intro e
    have f : u * (w * a * u) - a * u = (u * w - 1) * a * u := by grind
    rw [h, show w * a * u = a from e] at f
    grind [commutator]
  · intro e
    have f : w * a * u = w * u * a - w * (u * a - a * u) := by grind
    rw [show u * a - a * u = 0 from e, k] at f
    grind [evolve]

/-- What commutes with a step of evolution is conserved for all steps. -/
theorem evolveBy_conserved (u w a : R) (k : w * u = 1) (h : commutator u a = 0) (n : Nat) : evolveBy u w a n = a := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have f : w * a * u = w * u * a - w * (u * a - a * u) := by grind
    rw [show u * a - a * u = 0 from h, k] at f
    rw [evolveBy, ih, evolve, f]
    grind

/-- Evolution by `n` steps is evolution by the power of a step. -/
theorem evolveBy_eq (u w a : R) (n : Nat) : evolveBy u w a n = w ^ n * a * u ^ n := by
  induction n with
  | zero => grind [evolveBy]
  | succ n ih =>
    rw [evolveBy, ih, evolve, Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ, commute_pow w w rfl n]
    grind

/-- Steps of evolution add. -/
theorem evolveBy_add (u w a : R) (m n : Nat) : evolveBy u w (evolveBy u w a m) n = evolveBy u w a (m + n) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [evolveBy, ih, ← Nat.add_assoc, evolveBy]

/-- Observables that commute at one time commute at equal later times. -/
theorem evolveBy_commutator (u w a b : R) (h : u * w = 1) (k : commutator a b = 0) (n : Nat) :
    commutator (evolveBy u w a n) (evolveBy u w b n) = 0 := by
  induction n with
  | zero => exact k
  | succ n ih =>
    rw [evolveBy, evolveBy, ← evolve_commutator u w _ _ h, ih]
    grind [evolve]

/-- A shift passes many kicks with one phase each. -/
theorem weyl_pow_right (u v q : R) (h : u * v = q * (v * u)) (hv : q * v = v * q) (n : Nat) :
    u * v ^ n = q ^ n * (v ^ n * u) := by
  induction n with
  | zero => grind
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ v, show u * (v ^ n * v) = u * v ^ n * v by grind, ih,
      show q ^ n * (v ^ n * u) * v = q ^ n * (v ^ n * (u * v)) by grind, h,
      show q ^ n * (v ^ n * (q * (v * u))) = q ^ n * (v ^ n * q * (v * u)) by grind, commute_pow v q hv.symm n,
      Lean.Grind.Semiring.pow_succ q]
    grind

/-- Many shifts pass many kicks with a phase for each pair (commutation relation of Weyl). -/
theorem weyl_pow (u v q : R) (h : u * v = q * (v * u)) (hv : q * v = v * q) (hu : q * u = u * q) (m n : Nat) :
    u ^ m * v ^ n = (q ^ n) ^ m * (v ^ n * u ^ m) := by
  induction m with
  | zero => grind
  | succ m ih =>
    have k : u ^ m * q ^ n = q ^ n * u ^ m := commute_pow u (q ^ n) (commute_pow q u hu n).symm m
    rw [Lean.Grind.Semiring.pow_succ u, show u ^ m * u * v ^ n = u ^ m * (u * v ^ n) by grind, weyl_pow_right u v q h hv n,
      show u ^ m * (q ^ n * (v ^ n * u)) = u ^ m * q ^ n * (v ^ n * u) by grind, k,
      show q ^ n * u ^ m * (v ^ n * u) = q ^ n * (u ^ m * v ^ n) * u by grind, ih, Lean.Grind.Semiring.pow_succ,
      commute_pow (q ^ n) (q ^ n) rfl m]
    grind

/-- An observable that shifts the energy by `c` turns an eigenstate into one of shifted energy. -/
theorem eigen_shift (u a p e c : R) (h : commutator u a = c * a) (hp : u * p = e * p) (he : e * a = a * e) :
    u * (a * p) = (e + c) * (a * p) := by
  rw [show u * (a * p) = (u * a - a * u) * p + a * (u * p) by grind, show u * a - a * u = c * a from h, hp,
    show (e + c) * (a * p) = e * a * p + c * a * p by grind, he]
  grind

/-- Shifting `n` times shifts the energy by `n c`. -/
theorem eigen_shift_pow (u a p e c : R) (h : commutator u a = c * a) (hp : u * p = e * p) (he : e * a = a * e)
    (hc : c * a = a * c) (n : Nat) : u * (a ^ n * p) = (e + number n * c) * (a ^ n * p) := by
  induction n generalizing p with
  | zero =>
    rw [show (number 0 : R) = 0 from Lean.Grind.Semiring.natCast_zero, Lean.Grind.Semiring.pow_zero, show (1 : R) * p = p by grind, hp]
    grind
  | succ n ih =>
    have k : (e + number n * c) * a = a * (e + number n * c) := by
      rw [show (e + number n * c) * a = e * a + number n * (c * a) by grind, he, hc,
        show number n * (a * c) = number n * a * c by grind, number_comm]
      grind
    rw [Lean.Grind.Semiring.pow_succ, commute_pow a a rfl n, show a * a ^ n * p = a * (a ^ n * p) by grind,
      eigen_shift u a (a ^ n * p) (e + number n * c) c h (ih p hp) k, number_succ]
    grind

end PhysField.QuantumMechanics
