import PhysField.Mathematics.OrderedField

/-!
# Addition of velocities

Collinear velocities in units of the velocity of light. `addVelocity u v` is the velocity, seen from the ground, of what moves with `v`
in a train that moves with `u`; `doppler v` is the square of the Doppler factor between the two frames.
Source: Taylor, Wheeler, Spacetime Physics, chapter 3; Rindler, Introduction to Special Relativity, chapter 2.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Einstein's sum of two collinear velocities. -/
def addVelocity (u v : K) : K := (u + v) / (1 + u * v)

/-- Square of the Doppler factor of a source that approaches with velocity `v`. -/
def doppler (v : K) : K := (1 + v) / (1 - v)

/-- Square of the interval between two events that lie `t` and `x` apart. -/
def interval (t x : K) : K := t ^ 2 - x ^ 2

/-- Two velocities below that of light leave the denominator of their sum positive. -/
theorem denominator_pos (u v : K) (hu : -1 < u) (hu' : u < 1) (hv : -1 < v) (hv' : v < 1) : 0 < 1 + u * v := by
  have h := mul_pos (show 0 < 1 + u by grind) (show 0 < 1 + v by grind)
  have k := mul_pos (show 0 < 1 - u by grind) (show 0 < 1 - v by grind)
  grind

/-- The sum of velocities does not depend on their order. -/
theorem addVelocity_comm (u v : K) : addVelocity u v = addVelocity v u := by
  grind [addVelocity]

/-- A body at rest in the train moves with the train. -/
theorem addVelocity_zero (u : K) : addVelocity u 0 = u := by
  grind [addVelocity]

/-- Opposite velocities add to rest. -/
theorem addVelocity_neg_self (u : K) : addVelocity u (-u) = 0 := by
  grind [addVelocity]

/-- Light moves with the velocity of light in every frame. -/
theorem addVelocity_light (u : K) (hu : -1 < u) : addVelocity u 1 = 1 := by
  have h : 1 + u ≠ 0 := by grind
  grind [addVelocity]

/-- How much the sum of two velocities stays below that of light. -/
theorem one_sub_addVelocity (u v : K) (h : 1 + u * v ≠ 0) :
    1 - addVelocity u v = (1 - u) * (1 - v) / (1 + u * v) := by
  grind [addVelocity]

/-- Velocities below that of light add to one below it (Taylor and Wheeler, chapter 3). -/
theorem addVelocity_lt_one (u v : K) (hu : -1 < u) (hu' : u < 1) (hv : -1 < v) (hv' : v < 1) :
    addVelocity u v < 1 := by
  have h := denominator_pos u v hu hu' hv hv'
  have e := one_sub_addVelocity u v (by grind)
  have k := div_pos (mul_pos (show 0 < 1 - u by grind) (show 0 < 1 - v by grind)) h
  grind

/-- Velocities below that of light, backward too, add to one below it. -/
theorem neg_one_lt_addVelocity (u v : K) (hu : -1 < u) (hu' : u < 1) (hv : -1 < v) (hv' : v < 1) :
    -1 < addVelocity u v := by
  have h := denominator_pos u v hu hu' hv hv'
  have e : 1 + addVelocity u v = (1 + u) * (1 + v) / (1 + u * v) := by grind [addVelocity]
  have k := div_pos (mul_pos (show 0 < 1 + u by grind) (show 0 < 1 + v by grind)) h
  grind

/-- Forward velocities add to less than their plain sum. -/
theorem addVelocity_le_add (u v : K) (hu : 0 ≤ u) (hv : 0 ≤ v) : addVelocity u v ≤ u + v := by
  have h := mul_nonneg hu hv
  have k := mul_nonneg (show 0 ≤ u + v by grind) h
  rw [addVelocity, div_le_iff (show 0 < 1 + u * v by grind)]
  grind

/-- A faster body in the same train is faster seen from the ground. -/
theorem addVelocity_lt_addVelocity (u v w : K) (hu : -1 < u) (hu' : u < 1) (hv : -1 < v) (hw : w < 1) (h : v < w) :
    addVelocity u v < addVelocity u w := by
  have hv' := denominator_pos u v hu hu' hv (by grind)
  have hw' := denominator_pos u w hu hu' (by grind) hw
  have k := mul_pos (show 0 < w - v by grind) (mul_pos (show 0 < 1 - u by grind) (show 0 < 1 + u by grind))
  rw [addVelocity, addVelocity, div_lt_div_iff hv' hw']
  grind

/-- Doppler factors are positive. -/
theorem doppler_pos (v : K) (hv : -1 < v) (hv' : v < 1) : 0 < doppler v := by
  exact div_pos (by grind) (by grind)

/-- Doppler factors multiply where velocities add (Rindler, chapter 2). -/
theorem doppler_addVelocity (u v : K) (hu : -1 < u) (hu' : u < 1) (hv : -1 < v) (hv' : v < 1) :
    doppler (addVelocity u v) = doppler u * doppler v := by
  have h := denominator_pos u v hu hu' hv hv'
  have e : 1 - addVelocity u v = (1 - u) * (1 - v) / (1 + u * v) := one_sub_addVelocity u v (by grind)
  have f : 1 + addVelocity u v = (1 + u) * (1 + v) / (1 + u * v) := by grind [addVelocity]
  have a : 1 - u ≠ 0 := by grind
  have b : 1 - v ≠ 0 := by grind
  rw [doppler, e, f]
  grind [doppler]

/-- A source that recedes is shifted to the red as much as one that approaches is to the blue. -/
theorem doppler_neg (v : K) (hv : -1 < v) (hv' : v < 1) : doppler (-v) * doppler v = 1 := by
  have a : 1 - v ≠ 0 := by grind
  have b : 1 + v ≠ 0 := by grind
  grind [doppler]

/-- A source that approaches is shifted to the blue. -/
theorem one_lt_doppler (v : K) (hv : 0 < v) (hv' : v < 1) : 1 < doppler v := by
  rw [doppler, lt_div_iff (show 0 < 1 - v by grind)]
  grind

/-- A boost of factor `g` with `g² (1 - v²) = 1` leaves the interval as it is. -/
theorem interval_boost (g v t x : K) (hg : g ^ 2 * (1 - v ^ 2) = 1) :
    interval (g * (t - v * x)) (g * (x - v * t)) = interval t x := by
  have e : interval (g * (t - v * x)) (g * (x - v * t)) = g ^ 2 * (1 - v ^ 2) * interval t x := by grind [interval]
  rw [e, hg]
  grind

/-- A moving clock runs slow: the factor of a boost is at least 1. -/
theorem one_le_boost_factor (g v : K) (hg : 0 ≤ g) (h : g ^ 2 * (1 - v ^ 2) = 1) : 1 ≤ g := by
  have k := mul_nonneg (sq_nonneg g) (sq_nonneg v)
  exact le_of_sq_le_sq hg (by grind)

/-- Two boosts one after the other are a boost by the sum of their velocities. -/
theorem boost_comp (u v t x : K) (h : 1 + u * v ≠ 0) :
    (t - v * x) - u * (x - v * t) = (1 + u * v) * (t - addVelocity u v * x) := by
  grind [addVelocity]

end PhysField.Relativity
