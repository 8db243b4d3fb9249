import PhysField.Mathematics.Mat2

/-!
# Ray transfer matrices

A ray near the axis is its height `x` and its slope `s`; a lens, a mirror or a free path maps it by a matrix of determinant 1. Powers of
such a matrix describe a periodic sequence of lenses or a resonator; the ray stays bounded where the trace lies between -2 and 2.
Source: Saleh, Teich, Fundamentals of Photonics, chapter 1; Siegman, Lasers, chapter 15.
-/
namespace PhysField.Optics
open PhysField.Mathematics
open PhysField.Mathematics.Mat2

/-- A ray near the axis: its height and its slope. -/
@[ext] structure Ray (K : Type u) where
  x : K
  s : K

variable {K : Type u} [OrderedField K]

/-- The ray behind an element. -/
def rayApply (m : Mat2 K) (r : Ray K) : Ray K := ⟨m.a * r.x + m.b * r.s, m.c * r.x + m.d * r.s⟩

/-- A free path of length `l`. -/
def freePath (l : K) : Mat2 K := ⟨1, l, 0, 1⟩

/-- A thin lens of focal length `f`. -/
def rayLens (f : K) : Mat2 K := ⟨1, 0, -1 / f, 1⟩

/-- The round trip in a resonator of length `l` between mirrors of focal lengths `e` and `f`. -/
def roundTrip (l e f : K) : Mat2 K := rayLens e * freePath l * (rayLens f * freePath l)

/-- The form in height and slope that a periodic element keeps (Courant, Snyder). -/
def rayInvariant (m : Mat2 K) (r : Ray K) : K := m.c * r.x ^ 2 + (m.d - m.a) * r.x * r.s - m.b * r.s ^ 2

/-- Chebyshev's polynomials of the second kind at half the trace, by their recursion. -/
def chebyshevTrace (t : K) : Nat → K
  | 0 => 0
  | 1 => 1
  | n + 2 => t * chebyshevTrace t (n + 1) - chebyshevTrace t n

/-- The ray behind two elements does not depend on whether they count as one. -/
theorem rayApply_mul (m n : Mat2 K) (r : Ray K) : rayApply (m * n) r = rayApply m (rayApply n r) := by
  ext <;> grind [rayApply]

/-- Two rays span an area of height and slope that an element multiplies by its determinant (Lagrange's invariant). -/
theorem ray_lagrange_invariant (m : Mat2 K) (p q : Ray K) :
    (rayApply m p).x * (rayApply m q).s - (rayApply m p).s * (rayApply m q).x = det m * (p.x * q.s - p.s * q.x) := by
  grind [rayApply, det]

/-- Free paths one after the other add. -/
theorem freePath_add (k l : K) : freePath k * freePath l = freePath (k + l) := by
  ext <;> grind [freePath]

/-- `n` equal free paths make one of `n` times the length. -/
theorem freePath_pow (l : K) (n : Nat) : power (freePath l) n = freePath (n * l) := by
  induction n with
  | zero => ext <;> grind [power, unit, freePath]
  | succ n ih =>
    rw [power, ih, freePath_add, show (n : K) * l + l = (n + 1 : Nat) * l by grind]

/-- The height of a ray in a periodic system obeys a recursion with the trace alone. -/
theorem ray_height_recursion (m : Mat2 K) (h : det m = 1) (r : Ray K) :
    (rayApply m (rayApply m r)).x = tr m * (rayApply m r).x - r.x := by
  grind [rayApply, tr, det]

/-- The powers of an element of determinant 1 are combinations of it and the unit (Sylvester's theorem). -/
theorem ray_sylvester (m : Mat2 K) (h : det m = 1) (n : Nat) :
    power m (n + 1) = ⟨chebyshevTrace (tr m) (n + 1) * m.a - chebyshevTrace (tr m) n,
      chebyshevTrace (tr m) (n + 1) * m.b, chebyshevTrace (tr m) (n + 1) * m.c,
      chebyshevTrace (tr m) (n + 1) * m.d - chebyshevTrace (tr m) n⟩ := by
  induction n with
  | zero => ext <;> grind [power, unit, chebyshevTrace]
  | succ n ih =>
    rw [power, ih, chebyshevTrace]
    ext <;> grind [det, tr]

/-- The polynomials of Chebyshev in the trace satisfy Cassini's identity. -/
theorem chebyshevTrace_cassini (t : K) (n : Nat) :
    chebyshevTrace t (n + 1) ^ 2 - chebyshevTrace t (n + 2) * chebyshevTrace t n = 1 := by
  induction n with
  | zero => grind [chebyshevTrace]
  | succ n ih => grind [chebyshevTrace]

/-- A confocal period of trace zero returns every ray inverted after two passes. -/
theorem ray_confocal (m : Mat2 K) (h : det m = 1) (t : tr m = 0) : power m 2 = ⟨-1, 0, 0, -1⟩ := by
  ext <;> grind [power, unit, det, tr]

/-- A lens between two free paths images exactly at the distances of Gauss's equation. -/
theorem ray_imaging (f g b : K) (hg : g ≠ 0) (hb : b ≠ 0) :
    (freePath b * (rayLens f * freePath g)).b = 0 ↔ 1 / g + 1 / b = 1 / f := by
  have e : (freePath b * (rayLens f * freePath g)).b = g * b * (1 / g + 1 / b - 1 / f) := by
    grind [freePath, rayLens]
  rw [e]
  constructor
  · intro z
    have k : g * b ≠ 0 := by grind
    grind
  · intro z
    grind

/-- The form of Courant and Snyder is kept by an element of determinant 1. -/
theorem rayInvariant_apply (m : Mat2 K) (h : det m = 1) (r : Ray K) :
    rayInvariant m (rayApply m r) = rayInvariant m r := by
  have e : rayInvariant m (rayApply m r) = det m * rayInvariant m r := by grind [rayInvariant, rayApply, det]
  rw [e, h]
  grind

/-- The form of Courant and Snyder is kept over `n` periods. -/
theorem rayInvariant_pow (m : Mat2 K) (h : det m = 1) (r : Ray K) (n : Nat) :
    rayInvariant m (rayApply (power m n) r) = rayInvariant m r := by
  induction n with
  | zero => grind [power, rayApply, unit, rayInvariant]
  | succ n ih => rw [power, ← power_comm, rayApply_mul, rayInvariant_apply m h, ih]

/-- A ray in a stable periodic system stays within a fixed height for ever. -/
theorem ray_bounded (m : Mat2 K) (h : det m = 1) (r : Ray K) (n : Nat) :
    (4 - tr m ^ 2) * (rayApply (power m n) r).x ^ 2 ≤ -(4 * m.b * rayInvariant m r) := by
  rw [← rayInvariant_pow m h r n]
  have k := sq_nonneg (2 * m.b * (rayApply (power m n) r).s - (m.d - m.a) * (rayApply (power m n) r).x)
  have e : -(4 * m.b * rayInvariant m (rayApply (power m n) r)) - (4 - tr m ^ 2) * (rayApply (power m n) r).x ^ 2 =
      (2 * m.b * (rayApply (power m n) r).s - (m.d - m.a) * (rayApply (power m n) r).x) ^ 2 := by
    grind [rayInvariant, tr, det]
  have l : ∀ p q : K, 0 ≤ p - q → q ≤ p := by grind
  rw [← e] at k
  exact l _ _ k

/-- An element whose trace lies between -2 and 2 bends rays: neither of its off-diagonal elements vanishes. -/
theorem ray_stable_off_diagonal (m : Mat2 K) (h : det m = 1) (t : tr m ^ 2 < 4) : m.b * m.c < 0 := by
  have k := sq_nonneg (m.a - m.d)
  have e : 4 * (m.b * m.c) = tr m ^ 2 - 4 - (m.a - m.d) ^ 2 := by grind [det, tr]
  grind

/-- A resonator is stable exactly when the product of its two mirror parameters lies between 0 and 1. -/
theorem resonator_stable (l e f : K) :
    tr (roundTrip l e f) ^ 2 ≤ 2 ^ 2 ↔
      0 ≤ (1 - l / (2 * e)) * (1 - l / (2 * f)) ∧ (1 - l / (2 * e)) * (1 - l / (2 * f)) ≤ 1 := by
  have h : tr (roundTrip l e f) = 4 * ((1 - l / (2 * e)) * (1 - l / (2 * f))) - 2 := by
    grind [tr, roundTrip, rayLens, freePath]
  rw [h]
  constructor
  · intro k
    have b := bounds_of_sq_le_sq (by grind) k
    grind
  · intro ⟨p, q⟩
    have k := mul_nonneg p (show 0 ≤ 1 - (1 - l / (2 * e)) * (1 - l / (2 * f)) by grind)
    grind

end PhysField.Optics
