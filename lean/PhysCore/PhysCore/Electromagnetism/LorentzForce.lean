import PhysCore.Mathematics.Vec3

/-!
# The Lorentz force

A charge q with velocity v feels the force q (E + v × B). The magnetic part does no work, fields superpose, and a charge
in crossed fields passes undeflected when its velocity selects the ratio of the fields. A quarter-turn model of cyclotron
motion, in which the velocity turns by a right angle in every tick, shows closed orbits at constant speed.
-/
namespace PhysCore.Electromagnetism
open PhysCore.Mathematics

/-- Force of an electric field. -/
def electricForce (q : Int) (e : Vec3) : Vec3 := smul q e

/-- Force of a magnetic field on a moving charge. -/
def magneticForce (q : Int) (v b : Vec3) : Vec3 := smul q (cross v b)

/-- The whole Lorentz force. -/
def lorentzForce (q : Int) (e v b : Vec3) : Vec3 := vadd (electricForce q e) (magneticForce q v b)

/-- Power that a force gives to a particle with velocity `v`. -/
def power (f v : Vec3) : Int := dot f v

/-- Right-angle turn of the velocity about the `z` axis, the direction of the magnetic field. -/
def cyclotronTurn (v : Vec3) : Vec3 := ⟨v.y, -v.x, v.z⟩

/-- Velocity after `n` quarter turns. -/
def cyclotronVelocity (v : Vec3) : Nat → Vec3
  | 0 => v
  | n + 1 => cyclotronTurn (cyclotronVelocity v n)

/-- Position after `n` quarter turns from the origin. -/
def cyclotronPosition (v : Vec3) : Nat → Vec3
  | 0 => zeroVec
  | n + 1 => vadd (cyclotronPosition v n) (cyclotronVelocity v n)

/-- A neutral particle feels no force. -/
theorem lorentz_neutral (e v b : Vec3) : lorentzForce 0 e v b = zeroVec := by
  simp [lorentzForce, electricForce, magneticForce, smul, vadd, zeroVec]

/-- Opposite charges feel opposite electric forces. -/
theorem electric_force_opposite (q : Int) (e : Vec3) : electricForce (-q) e = smul (-1) (electricForce q e) := by
  simp [electricForce, smul, Int.neg_mul]

/-- Electric fields superpose. -/
theorem electric_force_superposition (q : Int) (e f : Vec3) :
    electricForce q (vadd e f) = vadd (electricForce q e) (electricForce q f) := by
  exact smul_vadd q e f

/-- A charge at rest feels no magnetic force. -/
theorem magnetic_force_rest (q : Int) (b : Vec3) : magneticForce q zeroVec b = zeroVec := by
  simp [magneticForce, cross, smul, zeroVec]

/-- A charge that moves along the magnetic field feels no force. -/
theorem magnetic_force_parallel (q k : Int) (b : Vec3) : magneticForce q (smul k b) b = zeroVec := by
  simp only [magneticForce, cross, smul, zeroVec, Vec3.mk.injEq]
  grind

/-- Reversing the velocity reverses the magnetic force. -/
theorem magnetic_force_reverse (q : Int) (v b : Vec3) :
    magneticForce q (smul (-1) v) b = smul (-1) (magneticForce q v b) := by
  simp only [magneticForce, cross, smul, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- The magnetic force is orthogonal to the field. -/
theorem magnetic_force_orthogonal (q : Int) (v b : Vec3) : dot (magneticForce q v b) b = 0 := by
  simp only [magneticForce, dot, smul, cross]
  grind

/-- The magnetic force does no work. -/
theorem magnetic_power (q : Int) (v b : Vec3) : power (magneticForce q v b) v = 0 := by
  simp only [power, magneticForce]
  rw [dot_smul_left, dot_comm, dot_cross_left]
  simp

/-- Only the electric field changes the energy of a charge. -/
theorem lorentz_power (q : Int) (e v b : Vec3) : power (lorentzForce q e v b) v = q * dot e v := by
  have h := magnetic_power q v b
  simp only [power, lorentzForce, electricForce] at *
  rw [dot_vadd_left, dot_smul_left, h]
  simp

/-- The velocity selector: in crossed fields one velocity passes undeflected. -/
theorem velocity_selector (q v b : Int) : lorentzForce q ⟨0, v * b, 0⟩ ⟨v, 0, 0⟩ ⟨0, 0, b⟩ = zeroVec := by
  simp only [lorentzForce, electricForce, magneticForce, cross, smul, vadd, zeroVec, Vec3.mk.injEq]
  grind

/-- For every speed and magnetic field there is an electric field that cancels the magnetic force. -/
theorem exists_compensating_field (q : Int) (v b : Vec3) : ∃ e, lorentzForce q e v b = zeroVec := by
  refine ⟨smul (-1) (cross v b), ?_⟩
  simp only [lorentzForce, electricForce, magneticForce, smul, vadd, zeroVec, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- Charges at one place and with one velocity add. -/
theorem lorentz_charge_add (p q : Int) (e v b : Vec3) :
    lorentzForce (p + q) e v b = vadd (lorentzForce p e v b) (lorentzForce q e v b) := by
  simp only [lorentzForce, electricForce, magneticForce, smul, vadd, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- A quarter turn is the force law of a unit charge in a unit field: it is orthogonal in the plane. -/
theorem cyclotron_turn_cross (v : Vec3) : cyclotronTurn v = vadd (cross v ⟨0, 0, 1⟩) ⟨0, 0, v.z⟩ := by
  simp [cyclotronTurn, cross, vadd]

/-- A turn keeps the speed. -/
theorem cyclotron_turn_speed (v : Vec3) : normSq (cyclotronTurn v) = normSq v := by
  simp only [normSq, dot, cyclotronTurn]
  grind

/-- The speed of a charge in a magnetic field never changes. -/
theorem cyclotron_speed (v : Vec3) (n : Nat) : normSq (cyclotronVelocity v n) = normSq v := by
  induction n with
  | zero => rfl
  | succ n ih => rw [cyclotronVelocity, cyclotron_turn_speed, ih]

/-- The velocity along the field never changes. -/
theorem cyclotron_parallel_velocity (v : Vec3) (n : Nat) : (cyclotronVelocity v n).z = v.z := by
  induction n with
  | zero => rfl
  | succ n ih => simp [cyclotronVelocity, cyclotronTurn, ih]

/-- After four quarter turns the velocity is back. -/
theorem cyclotron_velocity_period (v : Vec3) (n : Nat) : cyclotronVelocity v (n + 4) = cyclotronVelocity v n := by
  simp [cyclotronVelocity, cyclotronTurn]

/-- After one period the charge has only moved along the field. -/
theorem cyclotron_orbit_closed (v : Vec3) : cyclotronPosition v 4 = ⟨0, 0, 4 * v.z⟩ := by
  simp only [cyclotronPosition, cyclotronVelocity, cyclotronTurn, vadd, zeroVec, Vec3.mk.injEq]
  omega

/-- Along the field the charge drifts uniformly. -/
theorem cyclotron_drift (v : Vec3) (n : Nat) : (cyclotronPosition v n).z = n * v.z := by
  induction n with
  | zero => simp [cyclotronPosition, zeroVec]
  | succ n ih => grind [cyclotronPosition, vadd, cyclotron_parallel_velocity]

end PhysCore.Electromagnetism
