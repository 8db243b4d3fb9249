import PhysField.Mathematics.OrderedField

/-!
# Dirac matrices

Four elements of a ring that anticommute, one of square 1 and three of square -1. From these relations follow the contraction identities, the
chirality matrix, rotors and boosts, the factorised Klein–Gordon equation and the recursion of traces, whatever matrices represent them.
Source: Peskin, Schroeder, An Introduction to Quantum Field Theory, chapters 3 and 5; Bjorken, Drell, Relativistic Quantum Mechanics, chapters 1 to 7.
-/
namespace PhysField.QFT
open PhysField.Mathematics

variable {R : Type u} [Lean.Grind.Ring R]

/-- The four Dirac matrices of a time and three space directions. -/
structure Dirac (t x y z : R) : Prop where
  tt : t * t = 1
  xx : x * x = -1
  yy : y * y = -1
  zz : z * z = -1
  xt : x * t = -(t * x)
  yt : y * t = -(t * y)
  zt : z * t = -(t * z)
  yx : y * x = -(x * y)
  zx : z * x = -(x * z)
  zy : z * y = -(y * z)

/-- Sum over the four directions of `w` between equal Dirac matrices, with the signs of the metric. -/
def contraction (t x y z w : R) : R := t * w * t - x * w * x - y * w * y - z * w * z

/-- The chirality matrix, up to the imaginary unit. -/
def chirality (t x y z : R) : R := t * x * y * z

/-- The contraction of the unit is the number of dimensions. -/
theorem contraction_one (t x y z : R) (h : Dirac t x y z) : contraction t x y z 1 = 4 := by
  have e : contraction t x y z 1 = t * t - x * x - y * y - z * z := by
    rw [contraction]
    grind
  rw [e, h.tt, h.xx, h.yy, h.zz]
  grind

/-- The contraction around a Dirac matrix is -2 times the matrix, here for the time direction. -/
theorem contraction_time (t x y z : R) (h : Dirac t x y z) : contraction t x y z t = -(2 * t) := by
  have e : contraction t x y z t = t * t * t - x * t * x - y * t * y - z * t * z := by
    rw [contraction]
  rw [e, h.xt, h.yt, h.zt, h.tt, show 1 * t - -(t * x) * x - -(t * y) * y - -(t * z) * z = t + t * (x * x) + t * (y * y) + t * (z * z) by
    clear e h; grind, h.xx, h.yy, h.zz]
  clear e h
  grind

/-- A rotor of two space directions squares to -1: it generates rotations. -/
theorem dirac_rotor_sq (t x y z : R) (h : Dirac t x y z) : x * y * (x * y) = -1 := by
  rw [show x * y * (x * y) = x * (y * x) * y by simp only [Lean.Grind.Semiring.mul_assoc], h.yx,
    show x * -(x * y) * y = -(x * x * (y * y)) by clear h; grind, h.xx, h.yy]
  clear h
  grind

/-- A boost matrix squares to 1: it generates hyperbolic rotations. -/
theorem dirac_boost_sq (t x y z : R) (h : Dirac t x y z) : t * x * (t * x) = 1 := by
  rw [show t * x * (t * x) = t * (x * t) * x by simp only [Lean.Grind.Semiring.mul_assoc], h.xt,
    show t * -(t * x) * x = -(t * t * (x * x)) by clear h; grind, h.tt, h.xx]
  clear h
  grind

/-- The chirality matrix anticommutes with the time direction. -/
theorem chirality_time (t x y z : R) (h : Dirac t x y z) : chirality t x y z * t = -(t * chirality t x y z) := by
  rw [chirality, show t * x * y * z * t = t * x * y * (z * t) by simp only [Lean.Grind.Semiring.mul_assoc], h.zt,
    show t * x * y * -(t * z) = -(t * x * (y * t) * z) by clear h; grind, h.yt,
    show -(t * x * -(t * y) * z) = t * (x * t) * y * z by clear h; grind, h.xt]
  clear h
  grind

/-- The chirality matrix anticommutes with the first space direction. -/
theorem chirality_space (t x y z : R) (h : Dirac t x y z) : chirality t x y z * x = -(x * chirality t x y z) := by
  have e : x * chirality t x y z = t * y * z := by
    rw [chirality, show x * (t * x * y * z) = x * t * x * y * z by simp only [Lean.Grind.Semiring.mul_assoc], h.xt,
      show -(t * x) * x * y * z = -(t * (x * x) * y * z) by clear h; grind, h.xx]
    clear h
    grind
  rw [e, chirality, show t * x * y * z * x = t * x * y * (z * x) by simp only [Lean.Grind.Semiring.mul_assoc], h.zx,
    show t * x * y * -(x * z) = -(t * x * (y * x) * z) by clear h e; grind, h.yx,
    show -(t * x * -(x * y) * z) = t * (x * x) * y * z by clear h e; grind, h.xx]
  clear h e
  grind

/-- The chirality matrix, without the imaginary unit, squares to -1. -/
theorem chirality_sq (t x y z : R) (h : Dirac t x y z) : chirality t x y z * chirality t x y z = -1 := by
  have e : chirality t x y z * chirality t x y z = -(t * (chirality t x y z * x) * y * z) := by
    have k := chirality_time t x y z h
    rw [show chirality t x y z * chirality t x y z = chirality t x y z * t * x * y * z by simp only [chirality, Lean.Grind.Semiring.mul_assoc], k]
    clear h k
    generalize chirality t x y z = c
    grind
  have f : x * chirality t x y z = t * y * z := by
    rw [chirality, show x * (t * x * y * z) = x * t * x * y * z by simp only [Lean.Grind.Semiring.mul_assoc], h.xt,
      show -(t * x) * x * y * z = -(t * (x * x) * y * z) by clear h; grind, h.xx]
    clear h
    grind
  rw [e, chirality_space t x y z h, f, show -(t * -(t * y * z) * y * z) = t * t * y * (z * y) * z by clear h e f; grind, h.zy, h.tt,
    show 1 * y * -(y * z) * z = -(y * y * (z * z)) by clear h e f; grind, h.yy, h.zz]
  clear h e f
  grind

/-- A vector `p` with Minkowski square `m²` factorises the Klein–Gordon equation (Dirac). -/
theorem dirac_factorise (p m : R) (hm : m * p = p * m) (h : p * p = m * m) : (p - m) * (p + m) = 0 := by
  rw [show (p - m) * (p + m) = p * p - m * m + (p * m - m * p) by clear h hm; grind, h, hm]
  clear h hm
  grind

/-- A plane wave made with `p + m` solves Dirac's equation, whatever spinor it is made from. -/
theorem dirac_plane_wave (p m u : R) (hm : m * p = p * m) (h : p * p = m * m) : p * ((p + m) * u) = m * ((p + m) * u) := by
  rw [show p * ((p + m) * u) = p * p * u + p * m * u by clear h hm; grind, h, ← hm]
  clear h hm
  grind

/-- A solution of Dirac's equation solves the Klein–Gordon equation. -/
theorem klein_gordon_of_dirac (p m u : R) (hm : m * p = p * m) (h : p * u = m * u) : p * p * u = m * m * u := by
  rw [Lean.Grind.Semiring.mul_assoc, h, ← Lean.Grind.Semiring.mul_assoc, ← hm, Lean.Grind.Semiring.mul_assoc, h, ← Lean.Grind.Semiring.mul_assoc]

/-- A vector between two equal ones is turned by its product with them: `p q p = 2 (p·q) p - p² q`. -/
theorem slash_sandwich (p q d : R) (h : p * q + q * p = 2 * d) (hd : d * p = p * d) : p * q * p = 2 * (d * p) - p * p * q := by
  have e : p * q * p + p * p * q = p * (p * q + q * p) := by
    clear h hd
    grind
  rw [h, show p * (2 * d) = 2 * (p * d) by clear e h hd; grind, ← hd] at e
  rw [← e]
  clear e h hd
  grind

/-- Reflection of `q` at a vector `p` of square one keeps the square of `q`. -/
theorem slash_reflection_sq (p q : R) (h : p * p = 1) : -(p * q * p) * -(p * q * p) = p * (q * q) * p := by
  rw [show -(p * q * p) * -(p * q * p) = p * q * (p * p) * q * p by clear h; grind, h]
  clear h
  grind

/-- Moving a vector past three others leaves their products two by two, with alternating signs: the recursion for traces. -/
theorem slash_four (p q r s a b c : R) (hq : p * q + q * p = 2 * a) (hr : p * r + r * p = 2 * b) (hs : p * s + s * p = 2 * c)
    (hb : b * q = q * b) (hc : c * (q * r) = q * r * c) :
    p * q * r * s + q * r * s * p = 2 * (a * (r * s)) - 2 * (b * (q * s)) + 2 * (c * (q * r)) := by
  have e : p * q * r * s + q * r * s * p = (p * q + q * p) * r * s - q * (p * r + r * p) * s + q * r * (p * s + s * p) := by
    clear hq hr hs hb hc
    grind
  rw [hq, hr, hs, show 2 * a * r * s - q * (2 * b) * s + q * r * (2 * c) = 2 * (a * (r * s)) - 2 * (q * b * s) + 2 * (q * r * c) by
    clear e hq hr hs hb hc; grind, ← hb, ← hc] at e
  rw [e]
  clear e hq hr hs hb hc
  grind

/-- A trace of a matrix that anticommutes with an invertible one vanishes: traces of odd numbers of Dirac matrices are zero. -/
theorem trace_odd {K : Type v} [OrderedField K] (trace : R → K) (x c d : R) (hcyclic : ∀ y z, trace (y * z) = trace (z * y))
    (hneg : ∀ y, trace (-y) = -trace y) (hcd : c * d = 1) (hdc : d * c = 1) (hx : x * c = -(c * x)) : trace x = 0 := by
  have e : x * c * d = x := by
    rw [Lean.Grind.Semiring.mul_assoc, hcd, Lean.Grind.Semiring.mul_one]
  have f : trace (x * c * d) = -trace x := by
    rw [hx, show -(c * x) * d = -(c * (x * d)) by clear hcd hdc hx e; grind, hneg, hcyclic c, Lean.Grind.Semiring.mul_assoc, hdc,
      Lean.Grind.Semiring.mul_one]
  rw [e] at f
  grind

/-- The trace of the product of two vectors is their scalar product times the trace of one. -/
theorem trace_two {K : Type v} [OrderedField K] (trace : R → K) (p q d : R) (hcyclic : ∀ y z, trace (y * z) = trace (z * y))
    (hadd : ∀ y z, trace (y + z) = trace y + trace z) (h : p * q + q * p = d + d) : trace (p * q) = trace d := by
  have e := hadd (p * q) (q * p)
  rw [h, hadd, hcyclic q p] at e
  grind

/-- The trace of four vectors is the sum over the three pairings, with alternating signs. -/
theorem trace_four {K : Type v} [OrderedField K] (trace : R → K) (p q r s a b c : R) (hcyclic : ∀ y z, trace (y * z) = trace (z * y))
    (hadd : ∀ y z, trace (y + z) = trace y + trace z) (hsub : ∀ y z, trace (y - z) = trace y - trace z)
    (hq : p * q + q * p = 2 * a) (hr : p * r + r * p = 2 * b) (hs : p * s + s * p = 2 * c)
    (hb : b * q = q * b) (hc : c * (q * r) = q * r * c) :
    trace (p * q * r * s) = trace (a * (r * s)) - trace (b * (q * s)) + trace (c * (q * r)) := by
  have e := congrArg trace (slash_four p q r s a b c hq hr hs hb hc)
  have two : ∀ y : R, trace (2 * y) = trace y + trace y := by
    intro y
    rw [← hadd, show 2 * y = y + y by clear e hq hr hs hb hc; grind]
  rw [hadd, hadd, hsub, two, two, two, hcyclic (q * r * s) p,
    show p * (q * r * s) = p * q * r * s by simp only [Lean.Grind.Semiring.mul_assoc]] at e
  grind

/-- Chirality projects: with a matrix of square one, `1 + c` and `1 - c` exclude each other. -/
theorem chiral_projectors (c : R) (h : c * c = 1) : (1 + c) * (1 - c) = 0 ∧ (1 + c) * (1 + c) = 2 * (1 + c) := by
  refine ⟨?_, ?_⟩
  · rw [show (1 + c) * (1 - c) = 1 - c * c by clear h; grind, h]
    grind
  · rw [show (1 + c) * (1 + c) = 1 + 2 * c + c * c by clear h; grind, h]
    grind

/-- The Dirac operator without mass turns one chirality into the other. -/
theorem chiral_massless (c p u : R) (hp : p * c = -(c * p)) (hu : c * u = u) : c * (p * u) = -(p * u) := by
  have e : c * (p * u) = -(p * c) * u := by
    rw [hp]
    clear hp hu
    grind
  rw [e, show -(p * c) * u = -(p * (c * u)) by clear e hp hu; grind, hu]

end PhysField.QFT
