import PhysCore.Mathematics.Vec3

/-!
# Angular momentum

Angular momentum r × p and torque r × F of point particles, with integer vectors. Free motion and central forces
conserve angular momentum. In the plane this is Kepler's law of areas, proved here as Newton did it: the orbit is a
polygon whose corners are central kicks, and every triangle swept in a tick has the same area.
-/
namespace PhysCore.ClassicalMechanics
open PhysCore.Mathematics

/-- Angular momentum of a particle at `r` with momentum `p`. -/
def angularMomentum (r p : Vec3) : Vec3 := cross r p

/-- Torque of a force `f` that acts at `r`. -/
def torque (r f : Vec3) : Vec3 := cross r f

/-- Position of a free particle after `n` ticks. -/
def freePosition (r v : Vec3) : Nat → Vec3
  | 0 => r
  | n + 1 => vadd (freePosition r v n) v

/-- Position and velocity of a particle in a plane. -/
structure PlaneState where
  x : Int
  y : Int
  vx : Int
  vy : Int

/-- Twice the area swept in one tick: the angular momentum per mass. -/
def arealVelocity (s : PlaneState) : Int := s.x * s.vy - s.y * s.vx

/-- Move with constant velocity for one tick. -/
def drift (s : PlaneState) : PlaneState := ⟨s.x + s.vx, s.y + s.vy, s.vx, s.vy⟩

/-- A central kick: the velocity changes along the position vector, `k` times. -/
def centralKick (k : Int) (s : PlaneState) : PlaneState := ⟨s.x, s.y, s.vx + k * s.x, s.vy + k * s.y⟩

/-- Newton's polygon: drift and kick by turns, with a strength that may change from tick to tick. -/
def polygonOrbit (strength : Nat → Int) (s : PlaneState) : Nat → PlaneState
  | 0 => s
  | n + 1 => centralKick (strength n) (drift (polygonOrbit strength s n))

/-- A force along the position vector has no torque. -/
theorem torque_central (k : Int) (r : Vec3) : torque r (smul k r) = zeroVec := by
  simp only [torque, cross, smul, zeroVec, Vec3.mk.injEq]
  grind

/-- A force at the origin has no torque. -/
theorem torque_origin (f : Vec3) : torque zeroVec f = zeroVec := by
  simp [torque, cross, zeroVec]

/-- Torques of two forces at one point add. -/
theorem torque_vadd (r f g : Vec3) : torque r (vadd f g) = vadd (torque r f) (torque r g) := by
  simp only [torque, cross, vadd, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- Action and reaction along the line that joins two particles exert no net torque. -/
theorem torque_action_reaction (k : Int) (r s : Vec3) :
    vadd (torque r (smul k (vsub r s))) (torque s (smul k (vsub s r))) = zeroVec := by
  simp only [torque, cross, smul, vsub, vadd, zeroVec, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- The torque is orthogonal to the lever arm. -/
theorem torque_orthogonal (r f : Vec3) : dot r (torque r f) = 0 := by
  exact dot_cross_left r f

/-- A particle that moves straight through the origin has no angular momentum. -/
theorem angular_momentum_radial (m : Int) (r : Vec3) : angularMomentum r (smul m r) = zeroVec := by
  simpa [angularMomentum, torque] using torque_central m r

/-- Reversing the momentum reverses the angular momentum. -/
theorem angular_momentum_reverse (r p : Vec3) :
    angularMomentum r (smul (-1) p) = smul (-1) (angularMomentum r p) := by
  simp only [angularMomentum, cross, smul, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- Moving along the momentum does not change the angular momentum. -/
theorem angular_momentum_slide (r p : Vec3) : angularMomentum (vadd r p) p = angularMomentum r p := by
  simp only [angularMomentum, cross, vadd, Vec3.mk.injEq]
  grind

/-- A free particle keeps its angular momentum. -/
theorem angular_momentum_free (r p : Vec3) (n : Nat) :
    angularMomentum (freePosition r p n) p = angularMomentum r p := by
  induction n with
  | zero => rfl
  | succ n ih => simp only [freePosition, angular_momentum_slide, ih]

/-- The path of a free particle is a straight line. -/
theorem free_position_eq (r v : Vec3) (n : Nat) : freePosition r v n = vadd r (smul n v) := by
  induction n with
  | zero => cases r; simp [freePosition, vadd, smul]
  | succ n ih =>
    simp only [freePosition, ih, vadd, smul, Vec3.mk.injEq]
    grind

/-- Pushing a unit lever gives any torque about the `z` axis. -/
theorem exists_torque_axis (k : Int) : ∃ f, torque ⟨1, 0, 0⟩ f = ⟨0, 0, k⟩ := by
  exact ⟨⟨0, k, 0⟩, by simp [torque, cross]⟩

/-- No area is lost while drifting. -/
theorem areal_velocity_drift (s : PlaneState) : arealVelocity (drift s) = arealVelocity s := by
  simp only [arealVelocity, drift]
  grind

/-- A central kick does not change the areal velocity. -/
theorem areal_velocity_kick (k : Int) (s : PlaneState) : arealVelocity (centralKick k s) = arealVelocity s := by
  grind [arealVelocity, centralKick]

/-- Kepler's second law: equal areas in equal times, whatever the central force. -/
theorem kepler_equal_areas (strength : Nat → Int) (s : PlaneState) (n : Nat) :
    arealVelocity (polygonOrbit strength s n) = arealVelocity s := by
  induction n with
  | zero => rfl
  | succ n ih => rw [polygonOrbit, areal_velocity_kick, areal_velocity_drift, ih]

/-- Two central kicks at one place act as one. -/
theorem central_kick_compose (k l : Int) (s : PlaneState) :
    centralKick k (centralKick l s) = centralKick (k + l) s := by
  simp only [centralKick, PlaneState.mk.injEq]
  grind

/-- A kick can be undone. -/
theorem central_kick_undo (k : Int) (s : PlaneState) : centralKick (-k) (centralKick k s) = s := by
  rw [central_kick_compose]
  cases s
  simp [centralKick, Int.add_left_neg]

/-- One tick of the polygon: first drift, then kick. -/
theorem polygon_orbit_step (strength : Nat → Int) (s : PlaneState) (n : Nat) :
    polygonOrbit strength s (n + 1) = centralKick (strength n) (drift (polygonOrbit strength s n)) := by
  rfl

/-- Without force a particle at rest stays at rest. -/
theorem polygon_orbit_rest (x y : Int) (n : Nat) : polygonOrbit (fun _ => 0) ⟨x, y, 0, 0⟩ n = ⟨x, y, 0, 0⟩ := by
  induction n with
  | zero => rfl
  | succ n ih => simp [polygonOrbit, ih, drift, centralKick]

/-- A particle that falls straight into the centre sweeps no area. -/
theorem areal_velocity_radial (k x y : Int) : arealVelocity ⟨x, y, k * x, k * y⟩ = 0 := by
  simp only [arealVelocity]
  grind

end PhysCore.ClassicalMechanics
