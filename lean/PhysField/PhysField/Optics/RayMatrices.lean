import PhysField.Mathematics.OrderedField

/-!
# Ray transfer matrices

A ray near the axis is its height `x` and its slope `s`; a lens, a mirror or a free path maps it by a matrix of determinant 1. Powers of
such a matrix describe a periodic sequence of lenses or a resonator; the ray stays bounded where the trace lies between -2 and 2.
Source: Saleh, Teich, Fundamentals of Photonics, chapter 1; Siegman, Lasers, chapter 15.
-/
namespace PhysField.Optics
open PhysField.Mathematics

/-- A ray near the axis: its height and its slope. -/
@[ext] structure Ray (K : Type u) where
  x : K
  s : K

/-- A ray transfer matrix, by rows. -/
@[ext] structure RayMatrix (K : Type u) where
  a : K
  b : K
  c : K
  d : K

variable {K : Type u} [OrderedField K]

/-- The element `m` after the element `n`. -/
def rayMul (m n : RayMatrix K) : RayMatrix K :=
  ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩

/-- What changes no ray. -/
def rayUnit : RayMatrix K := ⟨1, 0, 0, 1⟩

/-- The ray behind an element. -/
def rayApply (m : RayMatrix K) (r : Ray K) : Ray K := ⟨m.a * r.x + m.b * r.s, m.c * r.x + m.d * r.s⟩

/-- Determinant of a ray matrix. -/
def rayDet (m : RayMatrix K) : K := m.a * m.d - m.b * m.c

/-- Trace of a ray matrix. -/
def rayTrace (m : RayMatrix K) : K := m.a + m.d

/-- The same element `n` times. -/
def rayPow (m : RayMatrix K) : Nat → RayMatrix K
  | 0 => rayUnit
  | n + 1 => rayMul m (rayPow m n)

/-- A free path of length `l`. -/
def freePath (l : K) : RayMatrix K := ⟨1, l, 0, 1⟩

/-- A thin lens of focal length `f`. -/
def rayLens (f : K) : RayMatrix K := ⟨1, 0, -1 / f, 1⟩

/-- The round trip in a resonator of length `l` between mirrors of focal lengths `e` and `f`. -/
def roundTrip (l e f : K) : RayMatrix K := rayMul (rayLens e) (rayMul (freePath l) (rayMul (rayLens f) (freePath l)))

/-- The form in height and slope that a periodic element keeps (Courant, Snyder). -/
def rayInvariant (m : RayMatrix K) (r : Ray K) : K := m.c * r.x ^ 2 + (m.d - m.a) * r.x * r.s - m.b * r.s ^ 2

/-- Chebyshev's polynomials of the second kind at half the trace, by their recursion. -/
def chebyshevTrace (t : K) : Nat → K
  | 0 => 0
  | 1 => 1
  | n + 2 => t * chebyshevTrace t (n + 1) - chebyshevTrace t n

/-- The ray behind two elements does not depend on whether they count as one. -/
theorem rayApply_mul (m n : RayMatrix K) (r : Ray K) : rayApply (rayMul m n) r = rayApply m (rayApply n r) := by
  ext <;> grind [rayApply, rayMul]

/-- Elements in a row may be grouped at will. -/
theorem rayMul_assoc (l m n : RayMatrix K) : rayMul (rayMul l m) n = rayMul l (rayMul m n) := by
  ext <;> grind [rayMul]

/-- Determinants multiply. -/
theorem rayDet_mul (m n : RayMatrix K) : rayDet (rayMul m n) = rayDet m * rayDet n := by
  grind [rayDet, rayMul]

/-- Two rays span an area of height and slope that an element multiplies by its determinant (Lagrange's invariant). -/
theorem ray_lagrange_invariant (m : RayMatrix K) (p q : Ray K) :
    (rayApply m p).x * (rayApply m q).s - (rayApply m p).s * (rayApply m q).x = rayDet m * (p.x * q.s - p.s * q.x) := by
  grind [rayApply, rayDet]

/-- Free paths one after the other add. -/
theorem freePath_add (k l : K) : rayMul (freePath k) (freePath l) = freePath (k + l) := by
  ext <;> grind [rayMul, freePath]

/-- `n` equal free paths make one of `n` times the length. -/
theorem freePath_pow (l : K) (n : Nat) : rayPow (freePath l) n = freePath (n * l) := by
  induction n with
  | zero => ext <;> grind [rayPow, rayUnit, freePath]
  | succ n ih =>
    rw [rayPow, ih, freePath_add]
    ext <;> grind [freePath]

/-- A periodic sequence of elements of determinant 1 has determinant 1. -/
theorem rayDet_pow (m : RayMatrix K) (h : rayDet m = 1) (n : Nat) : rayDet (rayPow m n) = 1 := by
  induction n with
  | zero => grind [rayPow, rayDet, rayUnit]
  | succ n ih =>
    rw [rayPow, rayDet_mul, h, ih]
    grind

/-- The powers of an element add in a row. -/
theorem rayPow_add (m : RayMatrix K) (k n : Nat) : rayPow m (k + n) = rayMul (rayPow m k) (rayPow m n) := by
  induction k with
  | zero => ext <;> grind [rayPow, rayMul, rayUnit]
  | succ k ih => rw [show k + 1 + n = k + n + 1 by grind, rayPow, rayPow, ih, rayMul_assoc]

/-- The trace of a row of two elements does not depend on their order. -/
theorem rayTrace_mul_comm (m n : RayMatrix K) : rayTrace (rayMul m n) = rayTrace (rayMul n m) := by
  grind [rayTrace, rayMul]

/-- The height of a ray in a periodic system obeys a recursion with the trace alone. -/
theorem ray_height_recursion (m : RayMatrix K) (h : rayDet m = 1) (r : Ray K) :
    (rayApply m (rayApply m r)).x = rayTrace m * (rayApply m r).x - r.x := by
  grind [rayApply, rayTrace, rayDet]

/-- The powers of an element of determinant 1 are combinations of it and the unit (Sylvester's theorem). -/
theorem ray_sylvester (m : RayMatrix K) (h : rayDet m = 1) (n : Nat) :
    rayPow m (n + 1) = ⟨chebyshevTrace (rayTrace m) (n + 1) * m.a - chebyshevTrace (rayTrace m) n,
      chebyshevTrace (rayTrace m) (n + 1) * m.b, chebyshevTrace (rayTrace m) (n + 1) * m.c,
      chebyshevTrace (rayTrace m) (n + 1) * m.d - chebyshevTrace (rayTrace m) n⟩ := by
  induction n with
  | zero => ext <;> grind [rayPow, rayMul, rayUnit, chebyshevTrace]
  | succ n ih =>
    rw [rayPow, ih, chebyshevTrace]
    ext <;> grind [rayMul, rayDet, rayTrace]

/-- The polynomials of Chebyshev in the trace satisfy Cassini's identity. -/
theorem chebyshevTrace_cassini (t : K) (n : Nat) :
    chebyshevTrace t (n + 1) ^ 2 - chebyshevTrace t (n + 2) * chebyshevTrace t n = 1 := by
  induction n with
  | zero => grind [chebyshevTrace]
  | succ n ih => grind [chebyshevTrace]

/-- A confocal period of trace zero returns every ray inverted after two passes. -/
theorem ray_confocal (m : RayMatrix K) (h : rayDet m = 1) (t : rayTrace m = 0) : rayPow m 2 = ⟨-1, 0, 0, -1⟩ := by
  ext <;> grind [rayPow, rayMul, rayUnit, rayDet, rayTrace]

/-- A lens between two free paths images exactly at the distances of Gauss's equation. -/
theorem ray_imaging (f g b : K) (hf : f ≠ 0) (hg : g ≠ 0) (hb : b ≠ 0) :
    (rayMul (freePath b) (rayMul (rayLens f) (freePath g))).b = 0 ↔ 1 / g + 1 / b = 1 / f := by
  have e : (rayMul (freePath b) (rayMul (rayLens f) (freePath g))).b = g * b * (1 / g + 1 / b - 1 / f) := by
    grind [rayMul, freePath, rayLens]
  rw [e]
  constructor
  · intro z
    have k : g * b ≠ 0 := by grind
    grind
  · intro z
    grind

/-- Between conjugate planes the magnifications of height and of slope are inverse to each other. -/
theorem ray_magnifications (m : RayMatrix K) (h : rayDet m = 1) (k : m.b = 0) (p q : Ray K) (hp : p.x = q.x) :
    (rayApply m p).x = m.a * q.x ∧ m.a * ((rayApply m p).s - (rayApply m q).s) = p.s - q.s := by
  grind [rayApply, rayDet]

/-- The form of Courant and Snyder is kept by an element of determinant 1. -/
theorem rayInvariant_apply (m : RayMatrix K) (h : rayDet m = 1) (r : Ray K) :
    rayInvariant m (rayApply m r) = rayInvariant m r := by
  have e : rayInvariant m (rayApply m r) = rayDet m * rayInvariant m r := by grind [rayInvariant, rayApply, rayDet]
  rw [e, h]
  grind

/-- The form of Courant and Snyder is kept over `n` periods. -/
theorem rayInvariant_pow (m : RayMatrix K) (h : rayDet m = 1) (r : Ray K) (n : Nat) :
    rayInvariant m (rayApply (rayPow m n) r) = rayInvariant m r := by
  induction n with
  | zero => grind [rayPow, rayApply, rayUnit, rayInvariant]
  | succ n ih => rw [rayPow, rayApply_mul, rayInvariant_apply m h, ih]

/-- A ray in a stable periodic system stays within a fixed height for ever. -/
theorem ray_bounded (m : RayMatrix K) (h : rayDet m = 1) (r : Ray K) (n : Nat) :
    (4 - rayTrace m ^ 2) * (rayApply (rayPow m n) r).x ^ 2 ≤ -(4 * m.b * rayInvariant m r) := by
  rw [← rayInvariant_pow m h r n]
  have k := sq_nonneg (2 * m.b * (rayApply (rayPow m n) r).s - (m.d - m.a) * (rayApply (rayPow m n) r).x)
  have e : -(4 * m.b * rayInvariant m (rayApply (rayPow m n) r)) - (4 - rayTrace m ^ 2) * (rayApply (rayPow m n) r).x ^ 2 =
      (2 * m.b * (rayApply (rayPow m n) r).s - (m.d - m.a) * (rayApply (rayPow m n) r).x) ^ 2 := by
    grind [rayInvariant, rayTrace, rayDet]
  have l : ∀ p q : K, 0 ≤ p - q → q ≤ p := by grind
  rw [← e] at k
  exact l _ _ k

/-- An element whose trace lies between -2 and 2 bends rays: neither of its off-diagonal elements vanishes. -/
theorem ray_stable_off_diagonal (m : RayMatrix K) (h : rayDet m = 1) (t : rayTrace m ^ 2 < 4) : m.b * m.c < 0 := by
  have k := sq_nonneg (m.a - m.d)
  have e : 4 * (m.b * m.c) = rayTrace m ^ 2 - 4 - (m.a - m.d) ^ 2 := by grind [rayDet, rayTrace]
  grind

/-- A resonator is stable exactly when the product of its two mirror parameters lies between 0 and 1. -/
theorem resonator_stable (l e f : K) :
    rayTrace (roundTrip l e f) ^ 2 ≤ 2 ^ 2 ↔
      0 ≤ (1 - l / (2 * e)) * (1 - l / (2 * f)) ∧ (1 - l / (2 * e)) * (1 - l / (2 * f)) ≤ 1 := by
  have h : rayTrace (roundTrip l e f) = 4 * ((1 - l / (2 * e)) * (1 - l / (2 * f))) - 2 := by
    grind [rayTrace, roundTrip, rayMul, rayLens, freePath]
  rw [h]
  constructor
  · intro k
    have b := bounds_of_sq_le_sq (by grind) k
    grind
  · intro ⟨p, q⟩
    have k := mul_nonneg p (show 0 ≤ 1 - (1 - l / (2 * e)) * (1 - l / (2 * f)) by grind)
    grind

end PhysField.Optics
