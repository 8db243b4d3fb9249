/-!
# The Minkowski interval

Events of special relativity in one time and three space dimensions, with integer coordinates and `c = 1`. The interval
`t² - x² - y² - z²` decides what can influence what: it is positive for timelike, zero for lightlike and negative for
spacelike separation. Time reversal and parity leave it as it is.
-/

namespace PhysCore.Relativity

/-- An event, or the displacement between two events. -/
structure Event where
  t : Int
  x : Int
  y : Int
  z : Int
  deriving DecidableEq

/-- The Minkowski product with signature `+ - - -`. -/
def minkowski (u v : Event) : Int := u.t * v.t - u.x * v.x - u.y * v.y - u.z * v.z

/-- The squared interval. -/
def interval (u : Event) : Int := minkowski u u

/-- The sum of two displacements. -/
def Event.add (u v : Event) : Event := ⟨u.t + v.t, u.x + v.x, u.y + v.y, u.z + v.z⟩

/-- A displacement stretched by a factor. -/
def Event.scale (k : Int) (u : Event) : Event := ⟨k * u.t, k * u.x, k * u.y, k * u.z⟩

/-- Time reversal. -/
def timeReversal (u : Event) : Event := ⟨-u.t, u.x, u.y, u.z⟩

/-- Parity. -/
def parity (u : Event) : Event := ⟨u.t, -u.x, -u.y, -u.z⟩

/-- A displacement along which a massive body can travel. -/
def Timelike (u : Event) : Prop := 0 < interval u

/-- The displacement after `n` equal steps. -/
def repeatStep (u : Event) : Nat → Event
  | 0 => ⟨0, 0, 0, 0⟩
  | n + 1 => Event.add (repeatStep u n) u

/-- The Minkowski product is symmetric. -/
theorem minkowski_comm (u v : Event) : minkowski u v = minkowski v u := by
  simp only [minkowski]
  grind

/-- The Minkowski product is additive. -/
theorem minkowski_add (u v w : Event) : minkowski (Event.add u v) w = minkowski u w + minkowski v w := by
  simp only [minkowski, Event.add]
  grind

/-- Factors come out of the Minkowski product. -/
theorem minkowski_scale (k : Int) (u v : Event) : minkowski (Event.scale k u) v = k * minkowski u v := by
  simp only [minkowski, Event.scale]
  grind

/-- The interval grows with the square of a stretch. -/
theorem interval_scale (k : Int) (u : Event) : interval (Event.scale k u) = k * k * interval u := by
  rw [interval, minkowski_scale, minkowski_comm, minkowski_scale, interval]
  grind

/-- The interval of a sum, with its mixed term. -/
theorem interval_add (u v : Event) :
    interval (Event.add u v) = interval u + 2 * minkowski u v + interval v := by
  grind [interval, minkowski, Event.add]

/-- Time reversal preserves the interval. -/
theorem interval_timeReversal (u : Event) : interval (timeReversal u) = interval u := by
  grind [interval, minkowski, timeReversal]

/-- Parity preserves the interval. -/
theorem interval_parity (u : Event) : interval (parity u) = interval u := by
  grind [interval, minkowski, parity]

/-- Time reversal twice is nothing. -/
theorem timeReversal_timeReversal (u : Event) : timeReversal (timeReversal u) = u := by
  cases u
  simp [timeReversal]

/-- Parity and time reversal commute. -/
theorem parity_timeReversal (u : Event) : parity (timeReversal u) = timeReversal (parity u) := by
  simp [parity, timeReversal]

/-- Parity and time reversal together reverse the displacement. -/
theorem parity_timeReversal_eq (u : Event) : parity (timeReversal u) = Event.scale (-1) u := by
  simp [parity, timeReversal, Event.scale]

/-- A body at rest moves along a timelike line. -/
theorem rest_timelike (t : Int) (h : 0 < t) : Timelike ⟨t, 0, 0, 0⟩ := by
  simp only [Timelike, interval, minkowski]
  have h2 := Int.mul_pos h h
  grind

/-- Light along an axis has zero interval. -/
theorem light_interval (t : Int) : interval ⟨t, t, 0, 0⟩ = 0 := by
  simp [interval, minkowski]

/-- Light exists in directions other than the axes. -/
theorem exists_oblique_light : ∃ u, interval u = 0 ∧ u.x ≠ 0 ∧ u.y ≠ 0 := by
  exact ⟨⟨5, 3, 4, 0⟩, by simp [interval, minkowski]⟩

/-- Exchanging time and place gives a Minkowski orthogonal displacement. -/
theorem exists_orthogonal (u : Event) : ∃ v, minkowski u v = 0 ∧ v.t = u.x ∧ v.x = u.t := by
  refine ⟨⟨u.x, u.t, 0, 0⟩, ?_, rfl, rfl⟩
  grind [minkowski]

/-- Being timelike does not depend on the direction of time. -/
theorem timelike_timeReversal (u : Event) : Timelike (timeReversal u) ↔ Timelike u := by
  rw [Timelike, Timelike, interval_timeReversal]

/-- A timelike displacement takes time. -/
theorem timelike_time_ne_zero (u : Event) (h : Timelike u) : u.t ≠ 0 := by
  intro ht
  have h1 := Lean.Grind.OrderedRing.sq_nonneg (a := u.x)
  have h2 := Lean.Grind.OrderedRing.sq_nonneg (a := u.y)
  have h3 := Lean.Grind.OrderedRing.sq_nonneg (a := u.z)
  grind [Timelike, interval, minkowski]

/-- Steps of equal displacement add up to a stretch. -/
theorem repeatStep_eq (u : Event) (n : Nat) : repeatStep u n = Event.scale n u := by
  induction n with
  | zero => simp [repeatStep, Event.scale]
  | succ n ih => simp [repeatStep, ih, Event.add, Event.scale, Int.add_mul]

/-- Equal steps multiply the interval by the square of their number. -/
theorem interval_repeatStep (u : Event) (n : Nat) : interval (repeatStep u n) = n * n * interval u := by
  rw [repeatStep_eq, interval_scale]

/-- Displacements add in any order. -/
theorem event_add_comm (u v : Event) : Event.add u v = Event.add v u := by
  simp only [Event.add, Event.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

end PhysCore.Relativity
