import PhysField.QuantumMechanics.Commutators

/-!
# Angular momentum

Three components with the commutation relations of the rotation group, in units of ħ, in any ring with a central imaginary unit `i`. From the
relations alone follow the ladder operators, the square of the angular momentum, the addition of angular momenta and the algebra of spin ½.
States are elements of the ring on which operators act from the left.
Source: Sakurai, Napolitano, Modern Quantum Mechanics, chapter 3; Dirac, The Principles of Quantum Mechanics, chapter 6.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {R : Type u} [Lean.Grind.Ring R]

/-- The components `x`, `y`, `z` of an angular momentum, with the imaginary unit `i`. -/
structure AngularMomentum (i x y z : R) : Prop where
  xy : x * y - y * x = i * z
  yz : y * z - z * y = i * x
  zx : z * x - x * z = i * y
  ii : i * i = -1
  ix : i * x = x * i
  iy : i * y = y * i
  iz : i * z = z * i

/-- The operator that raises the third component. -/
def spinRaise (i x y : R) : R := x + i * y

/-- The operator that lowers the third component. -/
def spinLower (i x y : R) : R := x - i * y

/-- The square of an angular momentum. -/
def spinSquare (x y z : R) : R := x * x + y * y + z * z

/-- The three axes may be renamed in a cycle. -/
theorem angularMomentum_cyclic (i x y z : R) (h : AngularMomentum i x y z) : AngularMomentum i y z x := by
  exact ⟨h.yz, h.zx, h.xy, h.ii, h.iy, h.iz, h.ix⟩

/-- The square of an angular momentum commutes with its third component. -/
theorem spinSquare_comm (i x y z : R) (h : AngularMomentum i x y z) : commutator (spinSquare x y z) z = 0 := by
  have e : commutator (spinSquare x y z) z =
      y * (y * z - z * y) + (y * z - z * y) * y - x * (z * x - x * z) - (z * x - x * z) * x := by
    simp only [commutator, spinSquare]
    grind
  rw [h.yz, h.zx, show y * (i * x) = y * i * x by grind, show x * (i * y) = x * i * y by grind, ← h.ix, ← h.iy] at e
  rw [e]
  grind

/-- The square of an angular momentum commutes with every component. -/
theorem spinSquare_comm_all (i x y z : R) (h : AngularMomentum i x y z) :
    commutator (spinSquare x y z) x = 0 ∧ commutator (spinSquare x y z) y = 0 := by
  have k := spinSquare_comm i y z x (angularMomentum_cyclic i x y z h)
  have l := spinSquare_comm i z x y (angularMomentum_cyclic i y z x (angularMomentum_cyclic i x y z h))
  rw [show spinSquare y z x = spinSquare x y z by simp only [spinSquare]; grind] at k
  rw [show spinSquare z x y = spinSquare x y z by simp only [spinSquare]; grind] at l
  exact ⟨k, l⟩

/-- The raising operator adds one to the third component. -/
theorem spinRaise_comm (i x y z : R) (h : AngularMomentum i x y z) : commutator z (spinRaise i x y) = spinRaise i x y := by
  have e : commutator z (spinRaise i x y) = (z * x - x * z) - i * (y * z - z * y) - (i * z - z * i) * y := by
    simp only [commutator, spinRaise]
    grind
  rw [h.zx, h.yz, h.iz, show i * (i * x) = i * i * x by grind, h.ii] at e
  rw [e, spinRaise]
  grind

/-- The lowering operator takes one from the third component. -/
theorem spinLower_comm (i x y z : R) (h : AngularMomentum i x y z) : commutator z (spinLower i x y) = -spinLower i x y := by
  have e : commutator z (spinLower i x y) = (z * x - x * z) + i * (y * z - z * y) + (i * z - z * i) * y := by
    simp only [commutator, spinLower]
    grind
  rw [h.zx, h.yz, h.iz, show i * (i * x) = i * i * x by grind, h.ii] at e
  rw [e, spinLower]
  grind

/-- Lowering after raising, in terms of the square and the third component. -/
theorem spinLower_mul_spinRaise (i x y z : R) (h : AngularMomentum i x y z) :
    spinLower i x y * spinRaise i x y = spinSquare x y z - z * z - z := by
  have e : spinLower i x y * spinRaise i x y = x * x + i * (x * y - y * x) - (i * x - x * i) * y - i * i * (y * y) + i * (i * y - y * i) * y := by
    simp only [spinLower, spinRaise]
    grind
  rw [h.xy, h.ix, h.iy, show i * (i * z) = i * i * z by grind, h.ii] at e
  rw [e, spinSquare]
  grind

/-- Raising and lowering fail to commute by twice the third component. -/
theorem spinRaise_spinLower_comm (i x y z : R) (h : AngularMomentum i x y z) :
    commutator (spinRaise i x y) (spinLower i x y) = 2 * z := by
  have e : commutator (spinRaise i x y) (spinLower i x y) = -(2 * (i * (x * y - y * x))) + 2 * ((i * x - x * i) * y) := by
    simp only [commutator, spinLower, spinRaise]
    grind
  rw [h.xy, h.ix, show i * (i * z) = i * i * z by grind, h.ii] at e
  rw [e]
  grind

/-- A state that cannot be raised, with third component `j`, has the square `j (j + 1)`. -/
theorem spinSquare_highest (i x y z v j : R) (h : AngularMomentum i x y z) (hv : spinRaise i x y * v = 0) (hz : z * v = j * v)
    (hj : j * z = z * j) : spinSquare x y z * v = j * (j + 1) * v := by
  have e := spinLower_mul_spinRaise i x y z h
  have f : spinSquare x y z * v = spinLower i x y * (spinRaise i x y * v) + z * (z * v) + z * v := by
    rw [show spinLower i x y * (spinRaise i x y * v) = spinLower i x y * spinRaise i x y * v by grind, e]
    grind
  rw [hv, hz, show z * (j * v) = z * j * v by grind, ← hj, show j * z * v = j * (z * v) by grind, hz] at f
  rw [f]
  grind

/-- A state of square `c` and third component `m` comes back from one step up and down with the factor `c - m (m + 1)`. -/
theorem spinLower_spinRaise_state (i x y z v c m : R) (h : AngularMomentum i x y z) (hc : spinSquare x y z * v = c * v)
    (hz : z * v = m * v) (hm : m * z = z * m) : spinLower i x y * (spinRaise i x y * v) = (c - m * (m + 1)) * v := by
  rw [show spinLower i x y * (spinRaise i x y * v) = spinLower i x y * spinRaise i x y * v by grind,
    spinLower_mul_spinRaise i x y z h,
    show (spinSquare x y z - z * z - z) * v = spinSquare x y z * v - z * (z * v) - z * v by grind, hc, hz,
    show z * (m * v) = z * m * v by grind, ← hm, show m * z * v = m * (z * v) by grind, hz]
  grind

/-- Lowering `n` times takes `n` from the third component. -/
theorem spinLower_pow_state (q z v j : R) (hq : commutator z q = -q) (hz : z * v = j * v) (hj : j * q = q * j) (n : Nat) :
    z * (q ^ n * v) = (j - number n) * (q ^ n * v) := by
  have k := eigen_shift_pow z q v j (-1) (by rw [hq]; grind) hz hj (by grind) n
  rw [k]
  grind

/-- Raising the state lowered `n + 1` times from the highest of component `j` gives the one above with the factor `(n + 1) (2 j - n)`. -/
theorem spinRaise_spinLower_pow (p q z v j : R) (hpq : commutator p q = 2 * z) (hq : commutator z q = -q) (hv : p * v = 0)
    (hz : z * v = j * v) (hj : j * q = q * j) (n : Nat) :
    p * (q ^ (n + 1) * v) = number (n + 1) * ((2 * j - number n) * (q ^ n * v)) := by
  induction n with
  | zero =>
    rw [show (number 0 : R) = 0 from Lean.Grind.Semiring.natCast_zero, show (number (0 + 1) : R) = 1 from Lean.Grind.Semiring.natCast_one,
      show p * (q ^ (0 + 1) * v) = (p * q - q * p) * v + q * (p * v) by grind, show p * q - q * p = 2 * z from hpq, hv,
      show 2 * z * v = 2 * (z * v) by grind, hz]
    grind
  | succ n ih =>
    have k := spinLower_pow_state q z v j hq hz hj (n + 1)
    have l : q ^ (n + 1 + 1) * v = q * (q ^ (n + 1) * v) := by
      rw [Lean.Grind.Semiring.pow_succ q (n + 1), commute_pow q q rfl (n + 1)]
      grind
    have m : q * (number (n + 1) * ((2 * j - number n) * (q ^ n * v))) = number (n + 1) * ((2 * j - number n) * (q ^ (n + 1) * v)) := by
      rw [show q * (number (n + 1) * ((2 * j - number n) * (q ^ n * v))) = q * number (n + 1) * ((2 * j - number n) * (q ^ n * v)) by grind,
        ← number_comm, show number (n + 1) * q * ((2 * j - number n) * (q ^ n * v)) =
        number (n + 1) * (2 * (q * j) * (q ^ n * v) - q * number n * (q ^ n * v)) by grind, ← hj, ← number_comm,
        Lean.Grind.Semiring.pow_succ q n, commute_pow q q rfl n]
      grind
    rw [l, show p * (q * (q ^ (n + 1) * v)) = (p * q - q * p) * (q ^ (n + 1) * v) + q * (p * (q ^ (n + 1) * v)) by grind,
      show p * q - q * p = 2 * z from hpq, ih, m, show 2 * z * (q ^ (n + 1) * v) = 2 * (z * (q ^ (n + 1) * v)) by grind, k,
      number_succ (n + 1), number_succ n]
    grind

/-- A ladder that ends after `n` steps down from the component `j` has `2 j = n` on its last state (quantisation of angular momentum). -/
theorem spin_quantised (p q z v j : R) [Lean.Grind.NoNatZeroDivisors R] (hpq : commutator p q = 2 * z) (hq : commutator z q = -q)
    (hv : p * v = 0) (hz : z * v = j * v) (hj : j * q = q * j) (n : Nat) (hn : q ^ (n + 1) * v = 0) :
    2 * j * (q ^ n * v) = number n * (q ^ n * v) := by
  have k := spinRaise_spinLower_pow p q z v j hpq hq hv hz hj n
  rw [hn, show p * (0 : R) = 0 by grind] at k
  have l := Lean.Grind.no_nat_zero_divisors (n + 1) ((2 * j - number n) * (q ^ n * v)) 0 (by grind) (by
    rw [Lean.Grind.Semiring.nsmul_eq_natCast_mul, Lean.Grind.Semiring.nsmul_eq_natCast_mul, Lean.Grind.Semiring.mul_zero]
    exact k.symm)
  clear hpq hq hv hz hj hn k
  rw [show 2 * j * (q ^ n * v) = (2 * j - number n) * (q ^ n * v) + number n * (q ^ n * v) by grind, l]
  grind

/-- The square of a sum of commuting angular momenta holds twice their scalar product. -/
theorem spinSquare_add (x y z a b c : R) (hx : x * a = a * x) (hy : y * b = b * y) (hz : z * c = c * z) :
    spinSquare (x + a) (y + b) (z + c) = spinSquare x y z + spinSquare a b c + 2 * (x * a + y * b + z * c) := by
  have e : spinSquare (x + a) (y + b) (z + c) = spinSquare x y z + spinSquare a b c + 2 * (x * a + y * b + z * c) -
      (x * a - a * x) - (y * b - b * y) - (z * c - c * z) := by
    clear hx hy hz
    simp only [spinSquare]
    grind
  rw [e, hx, hy, hz]
  grind

/-- The components of a spin anticommute if the square of one of them commutes with another: so it is for spin ½. -/
theorem spinHalf_anticomm (i x y z : R) (h : AngularMomentum i x y z) (k : x * x * y = y * (x * x)) : x * z + z * x = 0 := by
  have e : x * (x * y - y * x) + (x * y - y * x) * x = 0 := by
    rw [show x * (x * y - y * x) + (x * y - y * x) * x = x * x * y - y * (x * x) by grind, k]
    grind
  rw [h.xy, show x * (i * z) = x * i * z by grind, ← h.ix] at e
  have f : x * z + z * x = -(i * i) * (x * z + z * x) := by
    rw [h.ii]
    grind
  rw [f, show -(i * i) * (x * z + z * x) = -(i * (i * x * z + i * z * x)) by grind, e]
  grind

/-- For spin ½ twice the product of two components is `i` times the third. -/
theorem spinHalf_product (i x y z : R) (h : AngularMomentum i x y z) (k : x * y + y * x = 0) : 2 * (x * y) = i * z := by
  rw [← h.xy, show 2 * (x * y) = (x * y + y * x) + (x * y - y * x) by grind, k]
  grind

/-- For spin ½ four times the product of the squares of two components is the square of the third, so each square is a quarter. -/
theorem spinHalf_square (i x y z : R) (h : AngularMomentum i x y z) (k : x * y + y * x = 0) : 4 * (x * x * (y * y)) = z * z := by
  have f : 2 * (x * y) * (2 * (x * y)) = -(4 * (x * x * (y * y))) + 4 * (x * (x * y + y * x) * y) := by grind
  have g : i * z * (i * z) = i * (z * i) * z := by simp only [Lean.Grind.Semiring.mul_assoc]
  rw [← h.iz, show i * (i * z) * z = i * i * (z * z) by simp only [Lean.Grind.Semiring.mul_assoc], h.ii] at g
  rw [spinHalf_product i x y z h k, k, g, show x * 0 * y = (0 : R) by grind] at f
  clear g h k
  rw [show z * z = -(-1 * (z * z)) by grind, f]
  grind

end PhysField.QuantumMechanics
