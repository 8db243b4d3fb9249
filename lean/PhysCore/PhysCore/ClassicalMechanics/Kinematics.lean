/-!
# Kinematics in discrete time

A body moves on a line; time ticks in equal steps, chosen as the unit of time. Within a step the velocity is constant,
between two steps it grows by the acceleration. The familiar laws s = v t, v = v₀ + a t, 2 s = 2 v₀ t + a t (t − 1)
and the equation of Torricelli follow by induction on the number of ticks. Galilean changes of frame are added.
-/
namespace PhysCore.ClassicalMechanics

/-- Position after `n` ticks at constant velocity `v`. -/
def uniformPosition (x0 v : Int) : Nat → Int
  | 0 => x0
  | n + 1 => uniformPosition x0 v n + v

/-- Velocity after `n` ticks under constant acceleration `a`. -/
def velocityAt (v0 a : Int) : Nat → Int
  | 0 => v0
  | n + 1 => velocityAt v0 a n + a

/-- Position after `n` ticks under constant acceleration `a`. -/
def positionAt (x0 v0 a : Int) : Nat → Int
  | 0 => x0
  | n + 1 => positionAt x0 v0 a n + velocityAt v0 a n

/-- Velocity seen from a frame that moves with velocity `u`. -/
def relativeVelocity (v u : Int) : Int := v - u

/-- Position at time `t` seen from a frame that moves with velocity `u`. -/
def galileanBoost (u t x : Int) : Int := x - u * t

/-- A body starts where it starts. -/
theorem uniform_position_zero (x0 v : Int) : uniformPosition x0 v 0 = x0 := by
  rfl

/-- Uniform motion: the displacement is velocity times time. -/
theorem uniform_position_eq (x0 v : Int) (n : Nat) : uniformPosition x0 v n = x0 + v * n := by
  induction n with
  | zero => simp [uniformPosition]
  | succ n ih => grind [uniformPosition]

/-- A body at rest stays where it is. -/
theorem uniform_position_rest (x0 : Int) (n : Nat) : uniformPosition x0 0 n = x0 := by
  rw [uniform_position_eq]
  simp

/-- Two bodies of equal velocity keep their distance. -/
theorem equal_velocities_keep_distance (x y v : Int) (n : Nat) :
    uniformPosition x v n - uniformPosition y v n = x - y := by
  simp only [uniform_position_eq]
  omega

/-- The velocity under constant acceleration grows linearly. -/
theorem velocity_at_eq (v0 a : Int) (n : Nat) : velocityAt v0 a n = v0 + a * n := by
  induction n with
  | zero => simp [velocityAt]
  | succ n ih => grind [velocityAt]

/-- Without acceleration the velocity is conserved: the law of inertia. -/
theorem velocity_at_inertia (v0 : Int) (n : Nat) : velocityAt v0 0 n = v0 := by
  induction n with
  | zero => rfl
  | succ n ih => simp [velocityAt, ih]

/-- Without acceleration the motion is uniform. -/
theorem position_at_inertia (x0 v0 : Int) (n : Nat) : positionAt x0 v0 0 n = uniformPosition x0 v0 n := by
  induction n with
  | zero => rfl
  | succ n ih => simp [positionAt, uniformPosition, ih, velocity_at_inertia]

/-- Twice the displacement under constant acceleration, in discrete time. -/
theorem twice_position_at (x0 v0 a : Int) (n : Nat) :
    2 * positionAt x0 v0 a n = 2 * x0 + 2 * v0 * n + a * n * (n - 1) := by
  induction n with
  | zero => simp [positionAt]
  | succ n ih => grind [positionAt, velocity_at_eq]

/-- Torricelli's equation in discrete time. -/
theorem torricelli (x0 v0 a : Int) (n : Nat) :
    velocityAt v0 a n ^ 2 - v0 ^ 2 = a * (2 * (positionAt x0 v0 a n - x0) + a * n) := by
  have h := twice_position_at x0 v0 a n
  rw [velocity_at_eq]
  grind

/-- The starting point only shifts the path. -/
theorem position_at_shift (x0 d v0 a : Int) (n : Nat) : positionAt (x0 + d) v0 a n = positionAt x0 v0 a n + d := by
  induction n with
  | zero => simp [positionAt]
  | succ n ih => grind [positionAt]

/-- Each tick moves the body by its velocity. -/
theorem position_at_step (x0 v0 a : Int) (n : Nat) :
    positionAt x0 v0 a (n + 1) - positionAt x0 v0 a n = velocityAt v0 a n := by
  simp only [positionAt]
  omega

/-- The second difference of the position is the acceleration. -/
theorem position_second_difference (x0 v0 a : Int) (n : Nat) :
    positionAt x0 v0 a (n + 2) - 2 * positionAt x0 v0 a (n + 1) + positionAt x0 v0 a n = a := by
  simp only [positionAt, velocityAt]
  omega

/-- Some constant acceleration brings any velocity to zero in one tick. -/
theorem exists_braking (v0 : Int) : ∃ a, velocityAt v0 a 1 = 0 := by
  exact ⟨-v0, by simp [velocityAt, Int.add_right_neg]⟩

/-- A pursuer that gains one unit a tick catches up with any lead. -/
theorem exists_catch_up (v : Int) (lead : Nat) : ∃ n, uniformPosition 0 (v + 1) n = uniformPosition lead v n := by
  refine ⟨lead, ?_⟩
  simp only [uniform_position_eq]
  grind

/-- Relative velocities add along a chain of observers. -/
theorem relative_velocity_chain (a b c : Int) :
    relativeVelocity a c = relativeVelocity a b + relativeVelocity b c := by
  simp only [relativeVelocity]
  omega

/-- Swapping the observers flips the relative velocity. -/
theorem relative_velocity_swap (v u : Int) : relativeVelocity v u = -relativeVelocity u v := by
  grind [relativeVelocity]

/-- Two Galilean boosts are one boost with the sum of the velocities. -/
theorem galilean_boost_compose (u w t x : Int) :
    galileanBoost u t (galileanBoost w t x) = galileanBoost (u + w) t x := by
  grind [galileanBoost]

/-- Distances at one instant do not depend on the frame. -/
theorem galilean_boost_distance (u t x y : Int) : galileanBoost u t x - galileanBoost u t y = x - y := by
  simp only [galileanBoost]
  omega

/-- In its own rest frame a uniformly moving body stays put. -/
theorem galilean_boost_rest_frame (x0 v : Int) (n : Nat) : galileanBoost v n (uniformPosition x0 v n) = x0 := by
  simp only [galileanBoost, uniform_position_eq]
  omega

end PhysCore.ClassicalMechanics
