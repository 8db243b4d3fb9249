import PhysField.Mathematics.OrderedField
import PhysField.Mathematics.Vector

/-!
# Four-vectors

Separations of events in flat space-time, in units in which light moves with velocity 1; the time component counts positive in the
Minkowski product. Timelike vectors obey the inequalities of Cauchy and Schwarz and of the triangle the other way around, which is the
paradox of the twins. A proper time is a number whose square is the product of a vector with itself.
Source: Taylor, Wheeler, Spacetime Physics, chapters 1 and 4; Naber, The Geometry of Minkowski Spacetime, chapter 1.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

/-- A four-vector has a component in time and three in space. -/
@[ext] structure FourVector (K : Type u) where
  t : K
  x : K
  y : K
  z : K

variable {K : Type u} [OrderedField K] {n : Nat}

namespace FourVector

/-- Four-vectors add by components. -/
instance : Add (FourVector K) := ⟨fun u v => ⟨u.t + v.t, u.x + v.x, u.y + v.y, u.z + v.z⟩⟩

/-- Four-vectors subtract by components. -/
instance : Sub (FourVector K) := ⟨fun u v => ⟨u.t - v.t, u.x - v.x, u.y - v.y, u.z - v.z⟩⟩

/-- The zero four-vector. -/
instance : Zero (FourVector K) := ⟨⟨0, 0, 0, 0⟩⟩

/-- A number times a four-vector. -/
instance : HSMul K (FourVector K) (FourVector K) := ⟨fun k u => ⟨k * u.t, k * u.x, k * u.y, k * u.z⟩⟩

/-- The components of a sum of four-vectors. -/
@[grind =] theorem add_def (u v : FourVector K) : u + v = ⟨u.t + v.t, u.x + v.x, u.y + v.y, u.z + v.z⟩ := rfl

/-- The components of a difference of four-vectors. -/
@[grind =] theorem sub_def (u v : FourVector K) : u - v = ⟨u.t - v.t, u.x - v.x, u.y - v.y, u.z - v.z⟩ := rfl

/-- The components of the zero four-vector. -/
@[grind =] theorem zero_def : (0 : FourVector K) = ⟨0, 0, 0, 0⟩ := rfl

/-- The components of a multiple of a four-vector. -/
@[grind =] theorem smul_def (k : K) (u : FourVector K) : k • u = ⟨k * u.t, k * u.x, k * u.y, k * u.z⟩ := rfl

end FourVector

/-- Minkowski product of two four-vectors. -/
def minkowski (u v : FourVector K) : K := u.t * v.t - u.x * v.x - u.y * v.y - u.z * v.z

/-- Square of the interval along a four-vector. -/
def intervalSq (u : FourVector K) : K := minkowski u u

/-- A four-vector points into the future light cone: a clock can travel along it. -/
def futureTimelike (u : FourVector K) : Prop := 0 < u.t ∧ 0 < intervalSq u

/-- Sum of `n` four-vectors. -/
def fourSum (u : Fin n → FourVector K) : FourVector K :=
  ⟨sum fun i => (u i).t, sum fun i => (u i).x, sum fun i => (u i).y, sum fun i => (u i).z⟩

/-- The Minkowski product is symmetric and a number comes out of its first factor. -/
theorem minkowski_smul_comm (k : K) (u v : FourVector K) : minkowski (k • u) v = k * minkowski v u := by
  grind [minkowski]

/-- The Minkowski product is additive in its second factor. -/
theorem minkowski_add_right (u v w : FourVector K) : minkowski u (v + w) = minkowski u v + minkowski u w := by
  grind [minkowski]

/-- The interval determines the Minkowski product (polarization identity). -/
theorem minkowski_polarization (u v : FourVector K) :
    minkowski u v = (intervalSq (u + v) - intervalSq (u - v)) / 4 := by
  grind [intervalSq, minkowski]

/-- Only the zero vector is orthogonal to all four-vectors: the Minkowski product is not degenerate. -/
theorem minkowski_nondegenerate (u : FourVector K) (h : ∀ v : FourVector K, minkowski u v = 0) : u = 0 := by
  have ht := h ⟨1, 0, 0, 0⟩
  have hx := h ⟨0, 1, 0, 0⟩
  have hy := h ⟨0, 0, 1, 0⟩
  have hz := h ⟨0, 0, 0, 1⟩
  ext <;> grind [minkowski]

/-- A vector orthogonal to a timelike one is not timelike. -/
theorem intervalSq_nonpos_of_orthogonal (u w : FourVector K) (hu : 0 < intervalSq u) (h : minkowski u w = 0) :
    intervalSq w ≤ 0 := by
  simp only [intervalSq, minkowski] at *
  have c := cauchy_three u.x u.y u.z w.x w.y w.z
  have s := mul_nonneg (show 0 ≤ u.t ^ 2 - (u.x ^ 2 + u.y ^ 2 + u.z ^ 2) by grind)
    (show 0 ≤ w.x ^ 2 + w.y ^ 2 + w.z ^ 2 by grind [sq_nonneg w.x, sq_nonneg w.y, sq_nonneg w.z])
  have p : 0 < u.t ^ 2 := by grind [sq_nonneg u.x, sq_nonneg u.y, sq_nonneg u.z]
  rw [show u.x * w.x + u.y * w.y + u.z * w.z = u.t * w.t by grind] at c
  refine le_of_mul_le_mul_left p ?_
  grind

/-- A vector orthogonal to a timelike one is spacelike unless it is zero. -/
theorem spacelike_of_orthogonal (u w : FourVector K) (hu : 0 < intervalSq u) (h : minkowski u w = 0) (hw : w ≠ 0) :
    intervalSq w < 0 := by
  have k := intervalSq_nonpos_of_orthogonal u w hu h
  refine Std.lt_of_le_of_ne k fun hz => hw ?_
  simp only [intervalSq, minkowski] at *
  have c := cauchy_three u.x u.y u.z w.x w.y w.z
  rw [show u.x * w.x + u.y * w.y + u.z * w.z = u.t * w.t by grind,
    show w.x ^ 2 + w.y ^ 2 + w.z ^ 2 = w.t ^ 2 by grind] at c
  have m := fun hn : w.t ≠ 0 => mul_pos hu (sq_pos hn)
  have t0 : w.t = 0 := by grind
  have s : w.x ^ 2 + w.y ^ 2 + w.z ^ 2 = 0 := by grind
  have a := sq_nonneg w.x
  have b := sq_nonneg w.y
  have f := sq_nonneg w.z
  clear c m h hz k
  have x0 : w.x ^ 2 = 0 := by grind
  have y0 : w.y ^ 2 = 0 := by grind
  have z0 : w.z ^ 2 = 0 := by grind
  ext <;> grind

/-- The product of a vector with a combination that contains it. -/
theorem minkowski_smul_sub (a b : K) (u v : FourVector K) :
    minkowski u (a • v - b • u) = a * minkowski u v - b * intervalSq u := by
  grind [intervalSq, minkowski]

/-- The interval along a combination of two vectors. -/
theorem intervalSq_smul_sub (a b : K) (u v : FourVector K) :
    intervalSq (a • v - b • u) = a ^ 2 * intervalSq v - 2 * a * b * minkowski u v + b ^ 2 * intervalSq u := by
  grind [intervalSq, minkowski]

/-- A timelike vector obeys the inequality of Cauchy and Schwarz the other way around (reversed Cauchy–Schwarz inequality). -/
theorem reversed_cauchy_schwarz (u v : FourVector K) (hu : 0 < intervalSq u) :
    intervalSq u * intervalSq v ≤ minkowski u v ^ 2 := by
  have h := intervalSq_nonpos_of_orthogonal u (intervalSq u • v - minkowski u v • u) hu
    (by rw [minkowski_smul_sub]; grind [intervalSq])
  rw [intervalSq_smul_sub] at h
  refine le_of_mul_le_mul_left hu ?_
  grind

/-- The reversed inequality of Cauchy and Schwarz is an equation exactly if the vectors are parallel. -/
theorem reversed_cauchy_schwarz_eq_iff (u v : FourVector K) (hu : 0 < intervalSq u) :
    intervalSq u * intervalSq v = minkowski u v ^ 2 ↔ intervalSq u • v = minkowski u v • u := by
  have e := intervalSq_smul_sub (intervalSq u) (minkowski u v) u v
  have o : minkowski u (intervalSq u • v - minkowski u v • u) = 0 := by rw [minkowski_smul_sub]; grind [intervalSq]
  constructor
  · intro h
    by_cases hw : intervalSq u • v - minkowski u v • u = 0
    · ext <;> grind
    · have s := spacelike_of_orthogonal u _ hu o hw
      grind
  · intro h
    have z : minkowski (intervalSq u • v) v = minkowski (minkowski u v • u) v := by rw [h]
    rw [minkowski_smul_comm, minkowski_smul_comm, show minkowski v u = minkowski u v by grind [minkowski]] at z
    grind [intervalSq]

/-- Two vectors of the future light cone have a positive product. -/
theorem minkowski_pos (u v : FourVector K) (hu : futureTimelike u) (hv : futureTimelike v) : 0 < minkowski u v := by
  have ⟨ut, us⟩ := hu
  have ⟨vt, vs⟩ := hv
  simp only [intervalSq, minkowski] at *
  have c := cauchy_three u.x u.y u.z v.x v.y v.z
  have p := mul_pos ut vt
  have a := mul_pos (sq_pos (show u.t ≠ 0 by grind)) vs
  have b := mul_nonneg (show 0 ≤ u.t ^ 2 - (u.x ^ 2 + u.y ^ 2 + u.z ^ 2) by grind)
    (show 0 ≤ v.x ^ 2 + v.y ^ 2 + v.z ^ 2 by grind [sq_nonneg v.x, sq_nonneg v.y, sq_nonneg v.z])
  have l : u.x * v.x + u.y * v.y + u.z * v.z < u.t * v.t := lt_of_sq_lt_sq (show 0 ≤ u.t * v.t by grind) (by grind)
  grind

/-- Two steps into the future light cone lead into it: its vectors are closed under addition. -/
theorem futureTimelike_add (u v : FourVector K) (hu : futureTimelike u) (hv : futureTimelike v) :
    futureTimelike (u + v) := by
  have p := minkowski_pos u v hu hv
  have e : intervalSq (u + v) = intervalSq u + intervalSq v + 2 * minkowski u v := by grind [intervalSq, minkowski]
  grind [futureTimelike]

/-- The product of two vectors of the future light cone is at least that of their proper times. -/
theorem properTime_mul_le (u v : FourVector K) (a b : K) (hu : futureTimelike u) (hv : futureTimelike v)
    (ha : a ^ 2 = intervalSq u) (hb : b ^ 2 = intervalSq v) : a * b ≤ minkowski u v := by
  have p := minkowski_pos u v hu hv
  have r := reversed_cauchy_schwarz u v hu.2
  refine le_of_sq_le_sq (by grind) ?_
  grind

/-- The traveller who changes direction once ages less than the twin who does not (reversed triangle inequality, twin paradox). -/
theorem twin_paradox (u v : FourVector K) (a b c : K) (hu : futureTimelike u) (hv : futureTimelike v)
    (ha : a ^ 2 = intervalSq u) (hb : b ^ 2 = intervalSq v) (hc : 0 ≤ c) (h : c ^ 2 = intervalSq (u + v)) :
    a + b ≤ c := by
  have p := properTime_mul_le u v a b hu hv ha hb
  have e : intervalSq (u + v) = intervalSq u + intervalSq v + 2 * minkowski u v := by grind [intervalSq, minkowski]
  exact le_of_sq_le_sq hc (by grind)

/-- Twins who meet again are equally old only if the traveller's two legs are parallel. -/
theorem twin_paradox_eq (u v : FourVector K) (a b : K) (hu : futureTimelike u) (ha : a ^ 2 = intervalSq u)
    (hb : b ^ 2 = intervalSq v) (h : (a + b) ^ 2 = intervalSq (u + v)) :
    intervalSq u • v = minkowski u v • u := by
  have e : intervalSq (u + v) = intervalSq u + intervalSq v + 2 * minkowski u v := by grind [intervalSq, minkowski]
  have m : a * b = minkowski u v := by grind
  rw [← reversed_cauchy_schwarz_eq_iff u v hu.2]
  grind

/-- The product with a sum of four-vectors is the sum of the products. -/
theorem minkowski_fourSum (w : FourVector K) (u : Fin n → FourVector K) :
    minkowski w (fourSum u) = sum fun i => minkowski w (u i) := by
  induction n with
  | zero => grind [fourSum, minkowski, sum]
  | succ n ih =>
    have k := ih fun i => u i.succ
    grind [fourSum, minkowski, sum]

/-- A journey of `n` legs takes its traveller at most the time of a clock that goes straight (twin paradox of many legs). -/
theorem twin_paradox_sum (u : Fin n → FourVector K) (s : Fin n → K) (c : K) (hu : ∀ i, futureTimelike (u i))
    (hs : ∀ i, s i ^ 2 = intervalSq (u i)) (h : futureTimelike (fourSum u)) (hc : 0 < c)
    (hcs : c ^ 2 = intervalSq (fourSum u)) : sum s ≤ c := by
  have k := sum_le_sum (fun i => c * s i) (fun i => minkowski (fourSum u) (u i))
    fun i => properTime_mul_le _ _ c (s i) h (hu i) hcs (hs i)
  rw [mul_sum, ← minkowski_fourSum, show minkowski (fourSum u) (fourSum u) = c * c by grind [intervalSq]] at k
  exact le_of_mul_le_mul_left hc k

/-- Two lightlike vectors are orthogonal only if they are parallel. -/
theorem lightlike_parallel (u v : FourVector K) (hu : intervalSq u = 0) (hv : intervalSq v = 0)
    (h : minkowski u v = 0) : u.t • v = v.t • u := by
  have e : (u.t * v.x - v.t * u.x) ^ 2 + (u.t * v.y - v.t * u.y) ^ 2 + (u.t * v.z - v.t * u.z) ^ 2 = 0 := by
    grind [intervalSq, minkowski]
  have a := sq_nonneg (u.t * v.x - v.t * u.x)
  have b := sq_nonneg (u.t * v.y - v.t * u.y)
  have c := sq_nonneg (u.t * v.z - v.t * u.z)
  have x0 : (u.t * v.x - v.t * u.x) ^ 2 = 0 := by grind
  have y0 : (u.t * v.y - v.t * u.y) ^ 2 = 0 := by grind
  have z0 : (u.t * v.z - v.t * u.z) ^ 2 = 0 := by grind
  ext <;> grind

/-- The difference of two four-velocities is spacelike or zero. -/
theorem fourVelocity_sub_nonpos (u v : FourVector K) (hu : futureTimelike u) (hv : futureTimelike v)
    (h : intervalSq u = 1) (k : intervalSq v = 1) : intervalSq (u - v) ≤ 0 := by
  have p := properTime_mul_le u v 1 1 hu hv (by grind) (by grind)
  have e : intervalSq (u - v) = intervalSq u + intervalSq v - 2 * minkowski u v := by grind [intervalSq, minkowski]
  grind

end PhysField.Relativity
