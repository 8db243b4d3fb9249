import PhysField.Mathematics.Vec3

/-!
# The Galilei group

Shifts of time and place and changes to a uniformly moving frame, without rotations. Their composition and inverses, what they leave
invariant, and Newton's law in steps of time, which holds in every such frame if it does in one.
Source: Arnold, Mathematical Methods of Classical Mechanics, chapter 1; Landau, Lifshitz, Mechanics, chapter 1.
-/
namespace PhysField.SpaceAndTime
open PhysField.Mathematics

/-- A time and a place. -/
@[ext] structure Event (K : Type u) where
  t : K
  x : Vec3 K

/-- A Galilei transformation: time is shifted by `s`, place by `a`, and velocities change by `v`. -/
@[ext] structure Galilei (K : Type u) where
  s : K
  a : Vec3 K
  v : Vec3 K

variable {K : Type u} [OrderedField K]

/-- The event in the new frame. -/
def galileiAct (g : Galilei K) (e : Event K) : Event K := ⟨e.t + g.s, e.x + e.t • g.v + g.a⟩

/-- The transformation `g` after `h`. -/
def galileiComp (g h : Galilei K) : Galilei K := ⟨h.s + g.s, h.a + g.a + h.s • g.v, h.v + g.v⟩

/-- The transformation that changes nothing. -/
def galileiId : Galilei K := ⟨0, 0, 0⟩

/-- The inverse transformation. -/
def galileiInv (g : Galilei K) : Galilei K := ⟨-g.s, g.s • g.v - g.a, -g.v⟩

/-- A change to a frame in which velocities are larger by `v`. -/
def boost (v : Vec3 K) : Galilei K := ⟨0, 0, v⟩

/-- A shift of place. -/
def shift (a : Vec3 K) : Galilei K := ⟨0, a, 0⟩

/-- A shift of time. -/
def delay (s : K) : Galilei K := ⟨s, 0, 0⟩

/-- A transformation repeated `n` times. -/
def galileiPow (g : Galilei K) : Nat → Galilei K
  | 0 => galileiId
  | n + 1 => galileiComp g (galileiPow g n)

/-- The event at time `t` of a uniform motion with velocity `u` from `b`. -/
def uniformMotion (b u : Vec3 K) (t : K) : Event K := ⟨t, b + t • u⟩

/-- Velocity between two events. -/
def meanVelocity (e f : Event K) : Vec3 K := (1 / (f.t - e.t)) • (f.x - e.x)

/-- A motion in steps of time `h` seen from a frame in which it starts `a` further and moves faster by `v`. -/
def boosted (h : K) (v a : Vec3 K) (x : Nat → Vec3 K) (n : Nat) : Vec3 K := x n + ((n : K) * h) • v + a

/-- Second difference of a motion, the acceleration times the squared step. -/
def secondDifference (x : Nat → Vec3 K) (n : Nat) : Vec3 K := x (n + 2) - (2 : K) • x (n + 1) + x n

/-- A composition acts like its transformations one after the other. -/
theorem galileiAct_comp (g h : Galilei K) (e : Event K) :
    galileiAct (galileiComp g h) e = galileiAct g (galileiAct h e) := by
  ext <;> grind [galileiAct, galileiComp]

/-- Composition of Galilei transformations is associative. -/
theorem galileiComp_assoc (f g h : Galilei K) :
    galileiComp (galileiComp f g) h = galileiComp f (galileiComp g h) := by
  ext <;> grind [galileiComp]

/-- A Galilei transformation followed by its inverse changes nothing. -/
theorem galileiInv_comp (g : Galilei K) : galileiComp (galileiInv g) g = galileiId := by
  ext <;> grind [galileiComp, galileiInv, galileiId]

/-- The inverse of a composition is the composition of the inverses in the other order. -/
theorem galileiInv_of_comp (g h : Galilei K) : galileiInv (galileiComp g h) = galileiComp (galileiInv h) (galileiInv g) := by
  ext <;> grind [galileiComp, galileiInv]

/-- Only the identity leaves every event in its place. -/
theorem galileiAct_faithful (g : Galilei K) (h : ∀ e, galileiAct g e = e) : g = galileiId := by
  have p := h ⟨0, 0⟩
  have q := h ⟨1, 0⟩
  rw [Event.mk.injEq] at p q
  obtain ⟨ps, pa⟩ := p
  obtain ⟨-, qa⟩ := q
  rw [Vec3.ext_iff] at pa qa
  ext <;> grind [galileiId, galileiAct]

/-- A boost and a delay commute but for a shift by the way made in the delay. -/
theorem boost_delay (v : Vec3 K) (s : K) :
    galileiComp (boost v) (delay s) = galileiComp (shift (s • v)) (galileiComp (delay s) (boost v)) := by
  ext <;> grind [galileiComp, boost, delay, shift]

/-- A boost and a delay commute exactly if the velocity or the time is zero. -/
theorem boost_delay_commute (v : Vec3 K) (s : K) :
    galileiComp (boost v) (delay s) = galileiComp (delay s) (boost v) ↔ s = 0 ∨ v = 0 := by
  constructor
  · intro h
    have k := congrArg Galilei.a h
    rw [Vec3.ext_iff] at k
    by_cases z : s = 0
    · exact Or.inl z
    · refine Or.inr ?_
      ext <;> grind [galileiComp, boost, delay]
  · intro h
    rcases h with h | h <;> rw [h] <;> ext <;> grind [galileiComp, boost, delay]

/-- Boosts compose by adding their velocities. -/
theorem boost_comp (u v : Vec3 K) : galileiComp (boost u) (boost v) = boost (u + v) := by
  ext <;> grind [galileiComp, boost]

/-- Shifts of place commute with every transformation of the group. -/
theorem shift_central (a : Vec3 K) (g : Galilei K) : galileiComp g (shift a) = galileiComp (shift a) g := by
  ext <;> grind [galileiComp, shift]

/-- Every transformation is a delay, then a boost, then a shift, in one way. -/
theorem galilei_factor (g : Galilei K) (s : K) (v a : Vec3 K) :
    g = galileiComp (shift a) (galileiComp (boost v) (delay s)) ↔ s = g.s ∧ v = g.v ∧ a = g.a - g.s • g.v := by
  constructor
  · intro h
    rw [h]
    refine ⟨?_, ?_, ?_⟩
    · grind [galileiComp, shift, boost, delay]
    · ext <;> grind [galileiComp, shift, boost, delay]
    · ext <;> grind [galileiComp, shift, boost, delay]
  · intro ⟨hs, hv, ha⟩
    rw [hs, hv, ha]
    ext <;> grind [galileiComp, shift, boost, delay]

/-- A transformation repeated `n` times shifts like a uniformly accelerated motion. -/
theorem galileiPow_eq (g : Galilei K) (n : Nat) :
    galileiPow g n = ⟨(n : K) * g.s, (n : K) • g.a + ((n : K) * ((n : K) - 1) / 2 * g.s) • g.v, (n : K) • g.v⟩ := by
  induction n with
  | zero => ext <;> grind [galileiPow, galileiId]
  | succ n ih =>
    rw [galileiPow, ih]
    ext <;> grind [galileiComp]

/-- All frames agree on the time between two events. -/
theorem galilei_duration (g : Galilei K) (e f : Event K) : (galileiAct g f).t - (galileiAct g e).t = f.t - e.t := by
  grind [galileiAct]

/-- All frames agree on the distance of simultaneous events. -/
theorem galilei_distance (g : Galilei K) (e f : Event K) (h : e.t = f.t) :
    normSq ((galileiAct g f).x - (galileiAct g e).x) = normSq (f.x - e.x) := by
  grind [galileiAct, normSq, dot]

/-- Two events at different times happen at the same place in exactly one uniformly moving frame. -/
theorem galilei_same_place (e f : Event K) (v : Vec3 K) (h : e.t ≠ f.t) :
    (galileiAct (boost v) e).x = (galileiAct (boost v) f).x ↔ v = -(1 : K) • meanVelocity e f := by
  have z : f.t - e.t ≠ 0 := by grind
  rw [Vec3.ext_iff, Vec3.ext_iff]
  constructor <;> intro k <;> grind [galileiAct, boost, meanVelocity]

/-- Velocities add under a change of frame (Galilei). -/
theorem galilei_velocity (g : Galilei K) (e f : Event K) (h : e.t ≠ f.t) :
    meanVelocity (galileiAct g e) (galileiAct g f) = meanVelocity e f + g.v := by
  have z : f.t - e.t ≠ 0 := by grind
  have w : f.t + g.s - (e.t + g.s) = f.t - e.t := by grind
  ext <;> grind [galileiAct, meanVelocity]

/-- Uniform motion is uniform motion in every frame. -/
theorem galilei_uniform (g : Galilei K) (b u : Vec3 K) (t : K) :
    galileiAct g (uniformMotion b u t) = uniformMotion (b + g.a - g.s • (u + g.v)) (u + g.v) (t + g.s) := by
  ext <;> grind [galileiAct, uniformMotion]

/-- A transformation without delay carries one uniform motion into another exactly if it has the relative velocity and shift: inertial frames
are all alike. -/
theorem galilei_transitive (b u c w v a : Vec3 K) :
    (∀ t, galileiAct ⟨0, a, v⟩ (uniformMotion b u t) = uniformMotion c w t) ↔ a = c - b ∧ v = w - u := by
  constructor
  · intro h
    have p := congrArg Event.x (h 0)
    have q := congrArg Event.x (h 1)
    rw [Vec3.ext_iff] at p q
    constructor <;> ext <;> grind [galileiAct, uniformMotion]
  · intro ⟨ha, hv⟩ t
    rw [ha, hv]
    ext <;> grind [galileiAct, uniformMotion]

/-- All frames agree on accelerations. -/
theorem secondDifference_boosted (h : K) (v a : Vec3 K) (x : Nat → Vec3 K) (n : Nat) :
    secondDifference (boosted h v a x) n = secondDifference x n := by
  have e : ((n + 1 : Nat) : K) = (n : K) + 1 := by grind
  have f : ((n + 2 : Nat) : K) = (n : K) + 2 := by grind
  rw [secondDifference, secondDifference, boosted, boosted, boosted, e, f]
  ext <;> grind

/-- Newton's law in steps, for bodies whose forces depend on their relative places, holds in a moving frame if it does in one at rest. -/
theorem newton_law_invariant (h : K) (v a : Vec3 K) (x y : Nat → Vec3 K) (f : Vec3 K → Vec3 K)
    (hx : ∀ n, secondDifference x n = (h ^ 2) • f (x (n + 1) - y (n + 1))) (n : Nat) :
    secondDifference (boosted h v a x) n = (h ^ 2) • f (boosted h v a x (n + 1) - boosted h v a y (n + 1)) := by
  have e : boosted h v a x (n + 1) - boosted h v a y (n + 1) = x (n + 1) - y (n + 1) := by
    ext <;> grind [boosted]
  rw [secondDifference_boosted, hx, e]

/-- A motion without acceleration is uniform (Newton's first law from the second). -/
theorem free_motion_uniform (x : Nat → Vec3 K) (h : ∀ n, secondDifference x n = 0) (n : Nat) :
    x n = x 0 + (n : K) • (x 1 - x 0) ∧ x (n + 1) = x 0 + ((n : K) + 1) • (x 1 - x 0) := by
  induction n with
  | zero => constructor <;> ext <;> grind
  | succ n ih =>
    obtain ⟨p, q⟩ := ih
    have k := h n
    rw [secondDifference, p, q, Vec3.ext_iff] at k
    constructor
    · rw [q]
      ext <;> grind
    · ext <;> grind

end PhysField.SpaceAndTime
