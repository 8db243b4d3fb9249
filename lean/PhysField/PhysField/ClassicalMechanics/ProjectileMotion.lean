import PhysField.ClassicalMechanics.Energy

/-!
# Free fall and projectiles

A body is thrown from the origin with the horizontal velocity `u` and the vertical velocity `v` under the gravity `g`, without drag.
Galilei's laws of fall, the parabola, its range, and Torricelli's parabola of safety, the envelope of all throws of one speed.
Source: Galilei, Two New Sciences, third and fourth day; Kleppner, Kolenkow, An Introduction to Mechanics, chapter 1.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Height at the time `t` of a body thrown up with the velocity `v`. -/
def projectileHeight (v g t : K) : K := v * t - g * t ^ 2 / 2

/-- Distance fallen from rest in the time `t`. -/
def fallDistance (g t : K) : K := g * t ^ 2 / 2

/-- Time until a thrown body is back on the level of its start. -/
def flightTime (v g : K) : K := 2 * v / g

/-- Height of the highest point of a throw. -/
def apexHeight (v g : K) : K := v ^ 2 / (2 * g)

/-- Horizontal distance between start and landing on the same level. -/
def projectileRange (u v g : K) : K := u * flightTime v g

/-- Distance fallen after `n` ticks of length `s`, where the distances of successive ticks are as the odd numbers. -/
def fallByTicks (g s : K) : Nat → K
  | 0 => 0
  | n + 1 => fallByTicks g s n + (2 * (n : K) + 1) * fallDistance g s

/-- The distances fallen in equal times are as the odd numbers, so that the whole distance grows as the square of the time (Galilei, third day). -/
theorem fall_odd_numbers (g s : K) (n : Nat) : fallByTicks g s n = fallDistance g ((n : K) * s) := by
  induction n with
  | zero => grind [fallByTicks, fallDistance]
  | succ n ih =>
    rw [fallByTicks, ih]
    grind [fallDistance]

/-- A uniformly accelerated body goes as far as a uniform one with the mean of its first and last velocity (Merton rule). -/
theorem displacement_mean_velocity (v a t : K) : displacement v a t = (v + velocity v a t) / 2 * t := by
  grind [displacement, velocity]

/-- A slide along any chord from the top of a vertical circle of diameter `d` takes the time of the fall through the diameter
(Galilei's theorem of chords). -/
theorem fall_chords (g d s t : K) (hs : s ≠ 0) (h : displacement 0 (g * s) t = d * s) : fallDistance g t = d := by
  have e : s * (fallDistance g t - d) = 0 := by grind [displacement, fallDistance]
  rcases mul_eq_zero.mp e with k | k <;> grind

/-- A falling body spends more than half of its time in the upper half of its fall. -/
theorem fall_upper_half_longer (g s t : K) (hg : 0 < g) (hs : 0 < s) (h : fallDistance g t = 2 * fallDistance g s) :
    t < 2 * s := by
  have p := mul_pos hg (mul_pos hs hs)
  have e : g * t ^ 2 = 2 * (g * (s * s)) := by grind [fallDistance]
  exact lt_of_sq_lt_sq (by grind) (lt_of_mul_lt_mul_left hg (by grind))

/-- No point of a throw lies above its apex. -/
theorem projectileHeight_le_apex (v g t : K) (hg : 0 < g) : projectileHeight v g t ≤ apexHeight v g := by
  have h := sq_nonneg (v - g * t)
  have e : v ^ 2 - projectileHeight v g t * (2 * g) = (v - g * t) ^ 2 := by grind [projectileHeight]
  rw [apexHeight, le_div_iff (show 0 < 2 * g by grind)]
  rw [← e] at h
  grind

/-- The apex is reached exactly when gravity has used up the vertical velocity. -/
theorem projectileHeight_eq_apex (v g t : K) (hg : 0 < g) : projectileHeight v g t = apexHeight v g ↔ g * t = v := by
  have e : apexHeight v g - projectileHeight v g t = (v - g * t) ^ 2 / (2 * g) := by
    grind [projectileHeight, apexHeight]
  constructor
  · intro h
    have k : (v - g * t) ^ 2 = 0 := by grind
    grind
  · grind

/-- A thrown body is above the level of its start exactly during its time of flight. -/
theorem projectileHeight_pos_iff (v g t : K) (hg : 0 < g) (ht : 0 < t) : 0 < projectileHeight v g t ↔ t < flightTime v g := by
  rw [show projectileHeight v g t = t * (v - g * t / 2) by grind [projectileHeight], mul_pos_iff ht, flightTime, lt_div_iff hg]
  grind

/-- The flight up is the flight down read backward. -/
theorem projectileHeight_symmetric (v g t : K) (hg : 0 < g) :
    projectileHeight v g (flightTime v g - t) = projectileHeight v g t := by
  grind [projectileHeight, flightTime]

/-- The squared speed at a point of the path depends on its height alone. -/
theorem projectile_speed_at_height (u v g t : K) :
    u ^ 2 + velocity v (-g) t ^ 2 = u ^ 2 + v ^ 2 - 2 * g * projectileHeight v g t := by
  grind [velocity, projectileHeight]

/-- The path of a projectile is a parabola. -/
theorem projectile_parabola (u v g t : K) (hu : u ≠ 0) :
    projectileHeight v g t = v / u * (u * t) - g / (2 * u ^ 2) * (u * t) ^ 2 := by
  grind [projectileHeight]

/-- A dart aimed straight at a body that drops at the moment of the shot hits it, however strong gravity is. -/
theorem projectile_hits_dropped_body (v g h t : K) (ha : v * t = h) : projectileHeight v g t = h - fallDistance g t := by
  grind [projectileHeight, fallDistance]

/-- A throw of given speed goes at most the squared speed over gravity far (Galilei, fourth day). -/
theorem projectileRange_le (u v g : K) (hg : 0 < g) : projectileRange u v g ≤ (u ^ 2 + v ^ 2) / g := by
  have h := two_mul_le_sq_add_sq u v
  rw [show projectileRange u v g = 2 * u * v / g by grind [projectileRange, flightTime]]
  exact div_le_div_right (by grind) h

/-- A throw goes furthest exactly at half a right angle. -/
theorem projectileRange_greatest_iff (u v g : K) (hg : 0 < g) : projectileRange u v g = (u ^ 2 + v ^ 2) / g ↔ u = v := by
  have e : (u ^ 2 + v ^ 2) / g - projectileRange u v g = (u - v) ^ 2 / g := by grind [projectileRange, flightTime]
  constructor
  · intro h
    have k : (u - v) ^ 2 = 0 := by grind
    grind
  · grind

/-- Two different throws of equal speed land at the same point exactly if their angles complement each other. -/
theorem projectileRange_complementary (u v x y g : K) (hg : 0 < g) (hu : 0 < u) (hv : 0 < v) (hx : 0 < x) (hy : 0 < y)
    (hw : u ^ 2 + v ^ 2 = x ^ 2 + y ^ 2) (hne : u ≠ x) : projectileRange u v g = projectileRange x y g ↔ u = y ∧ v = x := by
  constructor
  · intro h
    have e : u * v = x * y := by grind [projectileRange, flightTime]
    have s : u + v = x + y := eq_of_sq_eq_sq (by grind) (by grind) (by grind)
    have f : (u - x) * (u - y) = 0 := by grind
    rcases mul_eq_zero.mp f with k | k <;> grind
  · grind [projectileRange, flightTime]

/-- How far under the parabola of safety a point of a throw of squared speed `w` lies. -/
theorem projectile_safety_eq (u v w g t : K) (hg : 0 < g) (hw : 0 < w) (h : u ^ 2 + v ^ 2 = w) :
    w / (2 * g) - g * (u * t) ^ 2 / (2 * w) - projectileHeight v g t = (w - g * v * t) ^ 2 / (2 * g * w) := by
  have k : 2 * g * w ≠ 0 := by grind [mul_pos hg hw]
  grind [projectileHeight]

/-- No throw of squared speed `w` passes the parabola of safety (Torricelli). -/
theorem projectile_safety (u v w g t : K) (hg : 0 < g) (hw : 0 < w) (h : u ^ 2 + v ^ 2 = w) :
    projectileHeight v g t ≤ w / (2 * g) - g * (u * t) ^ 2 / (2 * w) := by
  have e := projectile_safety_eq u v w g t hg hw h
  have k := div_nonneg (sq_nonneg (w - g * v * t)) (show 0 ≤ 2 * g * w by grind [mul_pos hg hw])
  grind

/-- A throw touches the parabola of safety exactly when it flies at right angles to its first direction. -/
theorem projectile_touches_safety (u v w g t : K) (hg : 0 < g) (hw : 0 < w) (h : u ^ 2 + v ^ 2 = w) :
    projectileHeight v g t = w / (2 * g) - g * (u * t) ^ 2 / (2 * w) ↔ u * u + v * velocity v (-g) t = 0 := by
  have e := projectile_safety_eq u v w g t hg hw h
  have p : 2 * g * w ≠ 0 := by grind [mul_pos hg hw]
  constructor
  · intro h
    have k : (w - g * v * t) ^ 2 / (2 * g * w) = 0 := by grind
    have q : w - g * v * t = 0 := by grind
    grind [velocity]
  · intro h
    have k : w - g * v * t = 0 := by grind [velocity]
    rw [k] at e
    grind

/-- To pass the point at height `y` and distance `r` from the start, a throw needs at least the squared speed `g (y + r)`. -/
theorem projectile_least_speed (u v g t r : K) (hg : 0 < g) (hw : 0 < u ^ 2 + v ^ 2) (hr : 0 ≤ r)
    (h : r ^ 2 = (u * t) ^ 2 + projectileHeight v g t ^ 2) : g * (projectileHeight v g t + r) ≤ u ^ 2 + v ^ 2 := by
  have hy := (bounds_of_sq_le_sq hr (show projectileHeight v g t ^ 2 ≤ r ^ 2 by grind [sq_nonneg (u * t)])).2
  have hgr := mul_nonneg (show 0 ≤ g by grind) (show 0 ≤ r - projectileHeight v g t by grind)
  have s := sq_nonneg (u ^ 2 + v ^ 2 - g * v * t)
  refine Classical.byContradiction fun n => ?_
  have k := mul_pos (show 0 < g * (projectileHeight v g t + r) - (u ^ 2 + v ^ 2) by grind)
    (show 0 < u ^ 2 + v ^ 2 + g * (r - projectileHeight v g t) by grind)
  have e : (g * (projectileHeight v g t + r) - (u ^ 2 + v ^ 2)) * (u ^ 2 + v ^ 2 + g * (r - projectileHeight v g t)) =
    -(u ^ 2 + v ^ 2 - g * v * t) ^ 2 := by grind [projectileHeight]
  grind

/-- Up a slope `k` with `r² = 1 + k²` a throw goes horizontally at most its squared speed over `g (r + k)` far. -/
theorem projectile_range_uphill (u v g k r t : K) (hg : 0 < g) (hr : r ^ 2 = 1 + k ^ 2) (ht : t ≠ 0) (hk : 0 < r + k)
    (h : projectileHeight v g t = k * (u * t)) : u * t ≤ (u ^ 2 + v ^ 2) / (g * (r + k)) := by
  have f : g * t = 2 * (v - k * u) := by grind [projectileHeight]
  have e : u ^ 2 + v ^ 2 - u * t * (g * (r + k)) = (v - u * (r + k)) ^ 2 := by grind
  have s := sq_nonneg (v - u * (r + k))
  rw [← e] at s
  rw [le_div_iff (mul_pos hg hk)]
  grind

end PhysField.ClassicalMechanics
