import PhysField.Mathematics.Vec3

/-!
# Charged particles in fields

A particle of charge `q` and mass `m` in an electric field `e` and a magnetic field `b`: force, power, drift, energy and momentum of the
field, its invariants, and motion in steps that turn the velocity about the magnetic field as Boris's method of simulation does.
Source: Griffiths, Introduction to Electrodynamics, chapters 5, 8 and 12; Jackson, Classical Electrodynamics, chapters 5, 6 and 12.
-/
namespace PhysField.Electromagnetism
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Force of the fields on a charge that moves with `v` (Lorentz). -/
def lorentzForce (q : K) (e b v : Vec3 K) : Vec3 K := q • (e + cross v b)

/-- Velocity of the drift in crossed fields. -/
def driftVelocity (e b : Vec3 K) : Vec3 K := (1 / normSq b) • cross e b

/-- Energy density of the fields, in units where both constants of the vacuum are 1. -/
def fieldEnergy (e b : Vec3 K) : K := (normSq e + normSq b) / 2

/-- Poynting's vector. -/
def poynting (e b : Vec3 K) : Vec3 K := cross e b

/-- The first invariant of the field. -/
def fieldInvariant (e b : Vec3 K) : K := normSq b - normSq e

/-- Electric field seen by an observer who moves with velocity `v` along `x`, where `g` is the factor of the boost. -/
def boostElectric (g v : K) (e b : Vec3 K) : Vec3 K := ⟨e.x, g * (e.y - v * b.z), g * (e.z + v * b.y)⟩

/-- Magnetic field seen by an observer who moves with velocity `v` along `x`, where `g` is the factor of the boost. -/
def boostMagnetic (g v : K) (e b : Vec3 K) : Vec3 K := ⟨b.x, g * (b.y + v * e.z), g * (b.z - v * e.y)⟩

/-- Torque of a uniform magnetic field on a magnetic moment. -/
def magneticTorque (m b : Vec3 K) : Vec3 K := cross m b

/-- Energy of a magnetic moment in a field. -/
def momentEnergy (m b : Vec3 K) : K := -dot m b

/-- A magnetic field does no work: the power of the force is that of the electric field alone. -/
theorem lorentz_power (q : K) (e b v : Vec3 K) : dot (lorentzForce q e b v) v = q * dot e v := by
  grind [lorentzForce, dot, cross]

/-- In a magnetic field alone the force is zero exactly for motion along the field. -/
theorem lorentz_force_zero (q : K) (b v : Vec3 K) (hq : q ≠ 0) :
    lorentzForce q 0 b v = 0 ↔ normSq v * normSq b = dot v b ^ 2 := by
  have h : normSq (lorentzForce q 0 b v) = q ^ 2 * normSq (cross v b) := by grind [lorentzForce, normSq, dot]
  have l := lagrange_identity v b
  have p := sq_pos hq
  rw [← normSq_eq_zero, h]
  constructor
  · intro z
    rcases mul_eq_zero.mp z with k | k <;> grind
  · intro z
    rw [l, z]
    grind

/-- The force of a magnetic field is largest for motion across it. -/
theorem lorentz_force_le (q : K) (b v : Vec3 K) :
    normSq (lorentzForce q 0 b v) ≤ q ^ 2 * (normSq v * normSq b) := by
  have h : normSq (lorentzForce q 0 b v) = q ^ 2 * normSq (cross v b) := by grind [lorentzForce, normSq, dot]
  rw [h, lagrange_identity]
  exact mul_le_mul_left (sq_nonneg q) (by grind [sq_nonneg (dot v b)])

/-- A charge that moves with the drift velocity feels no force in fields that are perpendicular to each other. -/
theorem drift_no_force (q : K) (e b : Vec3 K) (hb : normSq b ≠ 0) (h : dot e b = 0) :
    lorentzForce q e b (driftVelocity e b) = 0 := by
  have c : cross (cross e b) b = -(normSq b • e) := by
    rw [cross_anticomm, bac_cab]
    grind [dot, normSq]
  rw [lorentzForce, driftVelocity, cross_smul_left, c]
  ext <;> grind

/-- The drift is the only velocity across the magnetic field at which no force is felt. -/
theorem drift_unique (e b v : Vec3 K) (hb : normSq b ≠ 0) (h : e + cross v b = 0) (hv : dot v b = 0) :
    v = driftVelocity e b := by
  have k : e = -cross v b := by
    have x := congrArg Vec3.x h
    have y := congrArg Vec3.y h
    have z := congrArg Vec3.z h
    ext <;> grind
  have c : cross e b = normSq b • v := by
    rw [k, show cross (-cross v b) b = cross b (cross v b) by grind [cross], bac_cab, show dot b v = 0 by grind [dot]]
    ext <;> grind [normSq]
  rw [driftVelocity, c]
  ext <;> grind

/-- The drift is slower than light exactly where the magnetic field exceeds the electric one. -/
theorem drift_slower_than_light (e b : Vec3 K) (hb : 0 < normSq b) (h : dot e b = 0) :
    normSq (driftVelocity e b) < 1 ↔ normSq e < normSq b := by
  have c : normSq (driftVelocity e b) = normSq e / normSq b := by
    rw [driftVelocity, show ∀ (k : K) (u : Vec3 K), normSq (k • u) = k ^ 2 * normSq u by grind [normSq, dot],
      lagrange_identity, h]
    grind
  rw [c, div_lt_iff hb]
  grind

/-- Poynting's vector is at most the energy density times the velocity of light. -/
theorem poynting_le_energy (e b : Vec3 K) : normSq (poynting e b) ≤ fieldEnergy e b ^ 2 := by
  have h := mul_le_mean_sq (normSq e) (normSq b)
  have k := sq_nonneg (dot e b)
  rw [poynting, lagrange_identity, fieldEnergy]
  grind

/-- Energy flows with the velocity of light exactly where the fields are perpendicular and of one size. -/
theorem poynting_light (e b : Vec3 K) :
    normSq (poynting e b) = fieldEnergy e b ^ 2 ↔ fieldInvariant e b = 0 ∧ dot e b = 0 := by
  have h : 4 * fieldEnergy e b ^ 2 - 4 * normSq (poynting e b) = fieldInvariant e b ^ 2 + (2 * dot e b) ^ 2 := by
    rw [poynting, lagrange_identity, fieldEnergy, fieldInvariant]
    grind
  have k := sq_add_sq_eq_zero (a := fieldInvariant e b) (b := 2 * dot e b)
  constructor
  · intro z
    have l := k.mp (by grind)
    grind
  · intro ⟨y, z⟩
    rw [y, z] at h
    grind

/-- A boost keeps the difference of the squared fields. -/
theorem boost_fieldInvariant (g v : K) (e b : Vec3 K) (h : g ^ 2 * (1 - v ^ 2) = 1) :
    fieldInvariant (boostElectric g v e b) (boostMagnetic g v e b) = fieldInvariant e b := by
  have k : fieldInvariant (boostElectric g v e b) (boostMagnetic g v e b) =
      b.x ^ 2 - e.x ^ 2 + g ^ 2 * (1 - v ^ 2) * (b.y ^ 2 + b.z ^ 2 - e.y ^ 2 - e.z ^ 2) := by
    grind [fieldInvariant, boostElectric, boostMagnetic, normSq, dot]
  rw [k, h]
  grind [fieldInvariant, normSq, dot]

/-- A boost keeps the scalar product of the two fields. -/
theorem boost_dot (g v : K) (e b : Vec3 K) (h : g ^ 2 * (1 - v ^ 2) = 1) :
    dot (boostElectric g v e b) (boostMagnetic g v e b) = dot e b := by
  have k : dot (boostElectric g v e b) (boostMagnetic g v e b) =
      e.x * b.x + g ^ 2 * (1 - v ^ 2) * (e.y * b.y + e.z * b.z) := by grind [boostElectric, boostMagnetic, dot]
  rw [k, h]
  grind [dot]

/-- A boost back undoes a boost of the electric field. -/
theorem boost_inverse (g v : K) (e b : Vec3 K) (h : g ^ 2 * (1 - v ^ 2) = 1) :
    boostElectric g (-v) (boostElectric g v e b) (boostMagnetic g v e b) = e := by
  have k : ∀ x : K, g ^ 2 * (1 - v ^ 2) * x = x := by grind
  have y := k e.y
  have z := k e.z
  ext <;> grind [boostElectric, boostMagnetic]

/-- A field that is purely magnetic for one observer is not purely electric for another. -/
theorem boost_not_electric (g v : K) (b : Vec3 K) (hb : b ≠ 0) (h : g ^ 2 * (1 - v ^ 2) = 1) : boostMagnetic g v 0 b ≠ 0 := by
  intro z
  have k := boost_fieldInvariant g v 0 b h
  have l := normSq_nonneg (boostElectric g v 0 b)
  have m := normSq_nonneg b
  have n : normSq b ≠ 0 := fun y => hb ((normSq_eq_zero b).mp y)
  rw [z] at k
  grind [fieldInvariant, normSq, dot]

/-- A turn of the velocity by half steps before and after the magnetic field keeps the speed (Boris's rotation). -/
theorem boris_keeps_speed (t u v : Vec3 K) (h : v - u = cross (v + u) t) : normSq v = normSq u := by
  have k : dot (v + u) (v - u) = 0 := by rw [h, dot_cross_self]
  have l : dot (v + u) (v - u) = normSq v - normSq u := by grind [dot, normSq]
  grind

/-- `n` such turns keep the speed, whatever the field at each step. -/
theorem boris_keeps_speed_steps (t v : Nat → Vec3 K) (h : ∀ k, v (k + 1) - v k = cross (v (k + 1) + v k) (t k)) (n : Nat) :
    normSq (v n) = normSq (v 0) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [boris_keeps_speed (t n) (v n) (v (n + 1)) (h n), ih]

/-- Along a uniform magnetic field the velocity stays as it is. -/
theorem velocity_along_field (t : Vec3 K) (v : Nat → Vec3 K) (h : ∀ k, v (k + 1) - v k = cross (v (k + 1) + v k) t) (n : Nat) :
    dot (v n) t = dot (v 0) t := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have k : dot (v (n + 1) - v n) t = 0 := by
      rw [h, dot_comm, cross_anticomm]
      grind [dot, cross]
    rw [← ih]
    grind [dot]

/-- In steps of mean velocity the gain of kinetic energy is the work of the electric field. -/
theorem energy_theorem_step (q m s : K) (e b u v : Vec3 K)
    (h : m • (v - u) = s • lorentzForce q e b ((1 / 2 : K) • (v + u))) :
    m / 2 * normSq v - m / 2 * normSq u = q * dot e (s • ((1 / 2 : K) • (v + u))) := by
  have p := lorentz_power q e b ((1 / 2 : K) • (v + u))
  have k : dot (m • (v - u)) ((1 / 2 : K) • (v + u)) = m / 2 * normSq v - m / 2 * normSq u := by grind [dot, normSq]
  rw [← k, h, dot_smul_left, p]
  grind [dot]

/-- A magnetic moment is turned without change of size and of component along the field (precession). -/
theorem moment_precession (b m n : Vec3 K) (h : n - m = cross (n + m) b) :
    normSq n = normSq m ∧ momentEnergy n b = momentEnergy m b := by
  refine ⟨boris_keeps_speed b m n h, ?_⟩
  have k : dot (n - m) b = 0 := by
    rw [h, dot_comm, cross_anticomm]
    grind [dot, cross]
  grind [momentEnergy, dot]

/-- A magnetic moment has least energy along the field. -/
theorem moment_energy_bounds (m b : Vec3 K) (r : K) (hr : 0 ≤ r) (h : r ^ 2 = normSq m * normSq b) :
    -r ≤ momentEnergy m b ∧ momentEnergy m b ≤ r := by
  have c := cauchy_schwarz m b
  rw [← h] at c
  refine bounds_of_sq_le_sq hr ?_
  rw [momentEnergy, show (-dot m b) ^ 2 = dot m b ^ 2 by grind]
  exact c

/-- The torque on a magnetic moment is perpendicular to the moment and to the field. -/
theorem torque_perpendicular (m b : Vec3 K) : dot m (magneticTorque m b) = 0 ∧ dot b (magneticTorque m b) = 0 := by
  rw [magneticTorque, dot_cross_self, cross_anticomm]
  exact ⟨rfl, by grind [dot, cross]⟩

end PhysField.Electromagnetism
