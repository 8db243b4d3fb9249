/-!
# Boosts in light-cone coordinates

In one space dimension the coordinates `u = t + x` and `v = t - x` diagonalise every boost: `u` is multiplied by the Doppler
factor `k` and `v` by its inverse. With a Doppler factor `p/q`, and after clearing the denominator, the boost is
`u ↦ p² u`, `v ↦ q² v`, and multiplies the interval `u v` by `(p q)²`. Bondi's `k` calculus is multiplication of such factors.
-/

namespace PhysCore.Relativity

/-- The light-cone coordinates of an event. -/
structure LightCone where
  u : Int
  v : Int
  deriving DecidableEq

/-- A Doppler factor `p/q` as a pair of integers. -/
structure Doppler where
  p : Int
  q : Int
  deriving DecidableEq

/-- Light-cone coordinates of a time and a place. -/
def toLightCone (t x : Int) : LightCone := ⟨t + x, t - x⟩

/-- The squared interval in light-cone coordinates. -/
def coneInterval (e : LightCone) : Int := e.u * e.v

/-- The boost with Doppler factor `p/q`, denominators cleared. -/
def boost (d : Doppler) (e : LightCone) : LightCone := ⟨d.p * e.u, d.q * e.v⟩

/-- One boost after another multiplies the Doppler factors. -/
def composeBoost (d e : Doppler) : Doppler := ⟨d.p * e.p, d.q * e.q⟩

/-- The boost back: the inverse Doppler factor. -/
def reverseBoost (d : Doppler) : Doppler := ⟨d.q, d.p⟩

/-- No boost. -/
def noBoost : Doppler := ⟨1, 1⟩

/-- The same boost repeated: rapidities add. -/
def repeatBoost (d : Doppler) : Nat → Doppler
  | 0 => noBoost
  | n + 1 => composeBoost d (repeatBoost d n)

/-- Reflection of space exchanges the light-cone coordinates. -/
def reflect (e : LightCone) : LightCone := ⟨e.v, e.u⟩

/-- The product of the light-cone coordinates is the interval `t² - x²`. -/
theorem coneInterval_toLightCone (t x : Int) : coneInterval (toLightCone t x) = t * t - x * x := by
  simp only [coneInterval, toLightCone]
  grind

/-- Time is half the sum of the light-cone coordinates. -/
theorem toLightCone_time (t x : Int) : (toLightCone t x).u + (toLightCone t x).v = 2 * t := by
  simp only [toLightCone]
  omega

/-- Place is half the difference of the light-cone coordinates. -/
theorem toLightCone_place (t x : Int) : (toLightCone t x).u - (toLightCone t x).v = 2 * x := by
  grind [toLightCone]

/-- A boost multiplies the interval by a constant, the same for all events. -/
theorem coneInterval_boost (d : Doppler) (e : LightCone) :
    coneInterval (boost d e) = d.p * d.q * coneInterval e := by
  simp only [coneInterval, boost]
  grind

/-- What light can connect, it connects in every frame. -/
theorem coneInterval_boost_null (d : Doppler) (e : LightCone) (h : coneInterval e = 0) :
    coneInterval (boost d e) = 0 := by
  rw [coneInterval_boost, h, Int.mul_zero]

/-- Two boosts in the same direction are one boost. -/
theorem boost_boost (d e : Doppler) (s : LightCone) : boost d (boost e s) = boost (composeBoost d e) s := by
  simp only [boost, composeBoost, LightCone.mk.injEq]
  constructor <;> grind

/-- Boosts along one line commute. -/
theorem composeBoost_comm (d e : Doppler) : composeBoost d e = composeBoost e d := by
  simp only [composeBoost, Doppler.mk.injEq]
  constructor <;> grind

/-- Composition of boosts is associative. -/
theorem composeBoost_assoc (d e f : Doppler) :
    composeBoost (composeBoost d e) f = composeBoost d (composeBoost e f) := by
  simp only [composeBoost, Doppler.mk.injEq]
  constructor <;> grind

/-- No boost changes nothing. -/
theorem boost_noBoost (s : LightCone) : boost noBoost s = s := by
  cases s
  simp [boost, noBoost]

/-- Composing with no boost changes nothing. -/
theorem composeBoost_noBoost (d : Doppler) : composeBoost d noBoost = d := by
  cases d
  simp [composeBoost, noBoost]

/-- A boost and its reverse leave only a common factor. -/
theorem boost_reverseBoost (d : Doppler) (s : LightCone) :
    boost (reverseBoost d) (boost d s) = boost ⟨d.p * d.q, d.p * d.q⟩ s := by
  simp only [boost, reverseBoost, LightCone.mk.injEq]
  constructor <;> grind

/-- Reversing twice is the boost itself. -/
theorem reverseBoost_reverseBoost (d : Doppler) : reverseBoost (reverseBoost d) = d := by
  simp [reverseBoost]

/-- Seen in the mirror a boost is its reverse. -/
theorem reflect_boost (d : Doppler) (s : LightCone) : reflect (boost d s) = boost (reverseBoost d) (reflect s) := by
  simp [reflect, boost, reverseBoost]

/-- The Doppler factors of repeated boosts are powers. -/
theorem repeatBoost_eq (d : Doppler) (n : Nat) : repeatBoost d n = ⟨d.p ^ n, d.q ^ n⟩ := by
  induction n with
  | zero => simp [repeatBoost, noBoost]
  | succ n ih => simp [repeatBoost, ih, composeBoost, Int.pow_succ, Int.mul_comm]

/-- Rapidities add: `m + n` boosts are `m` boosts after `n`. -/
theorem repeatBoost_add (d : Doppler) (m n : Nat) :
    repeatBoost d (m + n) = composeBoost (repeatBoost d m) (repeatBoost d n) := by
  rw [repeatBoost_eq, repeatBoost_eq, repeatBoost_eq, composeBoost, Int.pow_add, Int.pow_add]

/-- Boosts never turn a light ray into anything else. -/
theorem boost_light (d : Doppler) (e : LightCone) (h : coneInterval e = 0) : coneInterval (boost d e) = 0 := by
  rw [coneInterval_boost, h, Int.mul_zero]

/-- An event is on the light cone exactly when one of its coordinates vanishes. -/
theorem coneInterval_eq_zero (e : LightCone) : coneInterval e = 0 ↔ e.u = 0 ∨ e.v = 0 := by
  simp only [coneInterval]
  exact Int.mul_eq_zero

/-- A forward boost keeps the future in the future. -/
theorem boost_future (d : Doppler) (e : LightCone) (hp : 0 < d.p) (hq : 0 < d.q) (hu : 0 < e.u) (hv : 0 < e.v) :
    0 < (boost d e).u + (boost d e).v := by
  have h1 := Int.mul_pos hp hu
  have h2 := Int.mul_pos hq hv
  simp only [boost]
  omega

/-- Every event in the future cone is, up to a factor, seen at the origin of space by some boosted observer. -/
theorem exists_rest_frame (e : LightCone) : ∃ d, (boost d e).u = (boost d e).v := by
  refine ⟨⟨e.v, e.u⟩, ?_⟩
  grind [boost]

end PhysCore.Relativity
