import PhysField.Mathematics.Vec3

/-!
# Bloch vectors

States of a spin ½, pure and mixed, as vectors in the unit ball: the sphere holds the pure states. Along a unit vector `n` the result "up" has the
probability `(1 + r·n)/2`. Mixing, measuring and channels with noise are maps of the ball into itself.
Source: Nielsen, Chuang, Quantum Computation and Quantum Information, chapters 2 and 8; Preskill, Lecture Notes on Quantum Computation, chapter 2.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Probability of the result "up" along the unit vector `n` in the state of Bloch vector `r`. -/
def spinUp (r n : Vec3 K) : K := (1 + dot r n) / 2

/-- Purity: trace of the square of the density matrix of Bloch vector `r`. -/
def blochPurity (r : Vec3 K) : K := (1 + normSq r) / 2

/-- Mixture of the states `r` and `s` with weights `p` and `1 - p`. -/
def blochMix (p : K) (r s : Vec3 K) : Vec3 K := p • r + (1 - p) • s

/-- Bloch vector after a measurement along `n` whose result is not read. -/
def blochMeasure (n r : Vec3 K) : Vec3 K := dot r n • n

/-- Damping of the amplitude: decay to "up" with probability `1 - s²`. -/
def blochDamp (s : K) (r : Vec3 K) : Vec3 K := ⟨s * r.x, s * r.y, 1 - s ^ 2 + s ^ 2 * r.z⟩

/-- Rotation about the unit vector `n` by the angle of cosine `c` and sine `s` (Rodrigues). -/
def blochRotate (c s : K) (n r : Vec3 K) : Vec3 K := c • r + s • cross n r + ((1 - c) * dot n r) • n

/-- Probabilities of spin measurements lie between 0 and 1. -/
theorem spinUp_bounds (r n : Vec3 K) (hr : normSq r ≤ 1) (hn : normSq n = 1) : 0 ≤ spinUp r n ∧ spinUp r n ≤ 1 := by
  have h := cauchy_schwarz r n
  rw [hn] at h
  have k := bounds_of_sq_le_sq (a := dot r n) (b := 1) (by grind) (by grind)
  grind [spinUp]

/-- A measurement is certain exactly in the pure state along its axis. -/
theorem spinUp_certain (r n : Vec3 K) (hr : normSq r ≤ 1) (hn : normSq n = 1) : spinUp r n = 1 ↔ r = n := by
  have h := normSq_sub r n
  have k := normSq_nonneg (r - n)
  constructor
  · intro e
    have l := (normSq_eq_zero (r - n)).mp (by grind [spinUp])
    have hx := congrArg Vec3.x l
    have hy := congrArg Vec3.y l
    have hz := congrArg Vec3.z l
    ext <;> grind
  · intro e
    have l : dot r n = 1 := by rw [e]; exact hn
    grind [spinUp]

/-- Opposite unit vectors are orthogonal states: each is never found in the other. -/
theorem spinUp_orthogonal (n : Vec3 K) (hn : normSq n = 1) : spinUp (-n) n = 0 := by
  have e : dot (-n) n = -normSq n := by grind [normSq, dot]
  rw [spinUp, e, hn]
  grind

/-- The squared length of a mixture falls short of the mean by the squared distance of its parts. -/
theorem normSq_blochMix (p : K) (r s : Vec3 K) :
    normSq (blochMix p r s) = p * normSq r + (1 - p) * normSq s - p * (1 - p) * normSq (r - s) := by
  grind [normSq, dot, blochMix]

/-- Mixtures of states are states: the Bloch ball is convex. -/
theorem blochMix_physical (p : K) (r s : Vec3 K) (hp : 0 ≤ p) (hp' : p ≤ 1) (hr : normSq r ≤ 1) (hs : normSq s ≤ 1) :
    normSq (blochMix p r s) ≤ 1 := by
  have h := mul_le_mul_left hp hr
  have k := mul_le_mul_left (show 0 ≤ 1 - p by grind) hs
  have l := mul_nonneg (mul_nonneg hp (show 0 ≤ 1 - p by grind)) (normSq_nonneg (r - s))
  rw [normSq_blochMix]
  grind

/-- A pure state is no mixture of others: pure states are the extreme points of the ball. -/
theorem blochMix_pure (p : K) (r s : Vec3 K) (hp : 0 < p) (hp' : p < 1) (hr : normSq r ≤ 1) (hs : normSq s ≤ 1)
    (h : normSq (blochMix p r s) = 1) : normSq (r - s) = 0 := by
  have a := mul_le_mul_left (show 0 ≤ p by grind) hr
  have b := mul_le_mul_left (show 0 ≤ 1 - p by grind) hs
  have q := mul_pos hp (show 0 < 1 - p by grind)
  have c := normSq_nonneg (r - s)
  rw [normSq_blochMix] at h
  by_cases z : normSq (r - s) = 0
  · exact z
  · have d := mul_pos q (show 0 < normSq (r - s) by grind)
    grind

/-- The purity of a state lies between one half and one. -/
theorem blochPurity_bounds (r : Vec3 K) (hr : normSq r ≤ 1) : 1 / 2 ≤ blochPurity r ∧ blochPurity r ≤ 1 := by
  have h := normSq_nonneg r
  grind [blochPurity]

/-- A measurement that is not read does not raise the purity. -/
theorem blochMeasure_purity (n r : Vec3 K) (hn : normSq n = 1) : blochPurity (blochMeasure n r) ≤ blochPurity r := by
  have h := cauchy_schwarz r n
  have e : normSq (blochMeasure n r) = dot r n ^ 2 * normSq n := by grind [normSq, dot, blochMeasure]
  rw [hn] at e h
  grind [blochPurity]

/-- A measurement repeated at once changes nothing more. -/
theorem blochMeasure_twice (n r : Vec3 K) (hn : normSq n = 1) : blochMeasure n (blochMeasure n r) = blochMeasure n r := by
  have e : dot (blochMeasure n r) n = dot r n * normSq n := by grind [normSq, dot, blochMeasure]
  rw [blochMeasure, e, hn, blochMeasure]
  grind

/-- Two measurements along orthogonal axes leave nothing of the state. -/
theorem blochMeasure_orthogonal (m n r : Vec3 K) (h : dot m n = 0) : blochMeasure n (blochMeasure m r) = 0 := by
  have e : dot (blochMeasure m r) n = dot r m * dot m n := by grind [dot, blochMeasure]
  rw [blochMeasure, e, h]
  ext <;> grind

/-- The variances of two spin components have a product of at least the square of the third mean (Robertson's relation for spin ½). -/
theorem spin_uncertainty (r : Vec3 K) (hr : normSq r ≤ 1) : r.z ^ 2 ≤ (1 - r.x ^ 2) * (1 - r.y ^ 2) := by
  have h := mul_nonneg (sq_nonneg r.x) (sq_nonneg r.y)
  grind [normSq, dot]

/-- The variances of the three spin components sum to at least two. -/
theorem spin_variance_sum (r : Vec3 K) (hr : normSq r ≤ 1) : 2 ≤ (1 - r.x ^ 2) + (1 - r.y ^ 2) + (1 - r.z ^ 2) := by
  grind [normSq, dot]

/-- Damping of the amplitude leads states to states. -/
theorem blochDamp_physical (s : K) (r : Vec3 K) (hs : s ^ 2 ≤ 1) (hr : normSq r ≤ 1) : normSq (blochDamp s r) ≤ 1 := by
  have e : normSq (blochDamp s r) = 1 - s ^ 2 * (1 - normSq r) - s ^ 2 * (1 - s ^ 2) * (1 - r.z) ^ 2 := by
    grind [normSq, dot, blochDamp]
  have h := mul_nonneg (sq_nonneg s) (show 0 ≤ 1 - normSq r by grind)
  have k := mul_nonneg (mul_nonneg (sq_nonneg s) (show 0 ≤ 1 - s ^ 2 by grind)) (sq_nonneg (1 - r.z))
  grind

/-- Two dampings one after the other are one with the product of the amplitudes. -/
theorem blochDamp_comp (s t : K) (r : Vec3 K) : blochDamp s (blochDamp t r) = blochDamp (s * t) r := by
  simp only [blochDamp, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- Rotations of the ball keep the purity. -/
theorem blochRotate_normSq (c s : K) (n r : Vec3 K) (hn : normSq n = 1) (h : c ^ 2 + s ^ 2 = 1) :
    normSq (blochRotate c s n r) = normSq r := by
  have add : ∀ u v : Vec3 K, normSq (u + v) = normSq u + normSq v + 2 * dot u v := fun u v => by grind [normSq, dot]
  have smul : ∀ (k : K) (u : Vec3 K), normSq (k • u) = k ^ 2 * normSq u := fun k u => by grind [normSq, dot]
  have right : ∀ (k : K) (u v : Vec3 K), dot u (k • v) = k * dot u v := fun k u v => by grind [dot]
  have p : dot r (cross n r) = 0 := by grind [dot, cross]
  have q : dot (cross n r) n = 0 := by rw [dot_comm, dot_cross_self]
  simp only [blochRotate, add, smul, right, dot_add_left, dot_smul_left, lagrange_identity, p, q, hn, dot_comm r n]
  rw [show s ^ 2 = 1 - c ^ 2 by grind]
  clear add smul right p q hn h
  grind

/-- Precession about an axis keeps the component along it. -/
theorem blochRotate_axis (c s : K) (n r : Vec3 K) (hn : normSq n = 1) : dot n (blochRotate c s n r) = dot n r := by
  have e : dot n (blochRotate c s n r) = c * dot n r + (1 - c) * dot n r * normSq n := by
    clear hn
    grind [normSq, dot, cross, blochRotate]
  rw [e, hn]
  grind

/-- White noise shrinks the distance of every two states alike, so they become harder to tell apart. -/
theorem depolarise_distance (k : K) (r s : Vec3 K) (hk : k ^ 2 ≤ 1) : normSq (k • r - k • s) ≤ normSq (r - s) := by
  have e : normSq (k • r - k • s) = k ^ 2 * normSq (r - s) := by grind [normSq, dot]
  have h := mul_le_mul_right (normSq_nonneg (r - s)) hk
  grind

end PhysField.QuantumMechanics
