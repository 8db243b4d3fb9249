import PhysField.Mathematics.OrderedField
import PhysField.Mathematics.Vec3

/-!
# Electric and magnetic fields in moving frames

The fields seen from a frame that moves along the first axis, given by a boost of factor `g` with `h` for factor times velocity,
`g² - h² = 1`. Two numbers are the same in all frames: the scalar product of the fields and the difference of their squares. The velocity
of light is 1, and the units make both fields alike (Gauss).
Source: Griffiths, Introduction to Electrodynamics, chapter 12; Jackson, Classical Electrodynamics, chapter 11.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Electric field in the moving frame, from the electric field `e` and the magnetic field `b`. -/
def boostedElectric (g h : K) (e b : Vec3 K) : Vec3 K := ⟨e.x, g * e.y - h * b.z, g * e.z + h * b.y⟩

/-- Magnetic field in the moving frame, from the electric field `e` and the magnetic field `b`. -/
def boostedMagnetic (g h : K) (e b : Vec3 K) : Vec3 K := ⟨b.x, g * b.y + h * e.z, g * b.z - h * e.y⟩

/-- Difference of the squares of the electric and the magnetic field. -/
def fieldInvariant (e b : Vec3 K) : K := normSq e - normSq b

/-- Energy density of the fields, up to a constant. -/
def fieldEnergy (e b : Vec3 K) : K := (normSq e + normSq b) / 2

/-- Density of the flow of energy (vector of Poynting), up to a constant. -/
def poynting (e b : Vec3 K) : Vec3 K := cross e b

/-- Force of Lorentz on a unit charge that moves with velocity `v`. -/
def lorentzForce (e b v : Vec3 K) : Vec3 K := e + cross v b

/-- The scalar product of electric and magnetic field is the same in every frame. -/
theorem dot_fields_boost (g h : K) (k : g ^ 2 - h ^ 2 = 1) (e b : Vec3 K) :
    dot (boostedElectric g h e b) (boostedMagnetic g h e b) = dot e b := by
  have f : dot (boostedElectric g h e b) (boostedMagnetic g h e b)
      = e.x * b.x + (g ^ 2 - h ^ 2) * (e.y * b.y + e.z * b.z) := by grind [dot, boostedElectric, boostedMagnetic]
  rw [f, k]
  grind [dot]

/-- The difference of the squares of the fields is the same in every frame. -/
theorem fieldInvariant_boost (g h : K) (k : g ^ 2 - h ^ 2 = 1) (e b : Vec3 K) :
    fieldInvariant (boostedElectric g h e b) (boostedMagnetic g h e b) = fieldInvariant e b := by
  have f : fieldInvariant (boostedElectric g h e b) (boostedMagnetic g h e b)
      = e.x ^ 2 - b.x ^ 2 + (g ^ 2 - h ^ 2) * (e.y ^ 2 + e.z ^ 2 - b.y ^ 2 - b.z ^ 2) := by
    grind [fieldInvariant, normSq, dot, boostedElectric, boostedMagnetic]
  rw [f, k]
  grind [fieldInvariant, normSq, dot]

/-- Two boosts along one axis act on the electric field like the composed boost. -/
theorem boostedElectric_comp (g h k l : K) (e b : Vec3 K) :
    boostedElectric k l (boostedElectric g h e b) (boostedMagnetic g h e b)
      = boostedElectric (g * k + h * l) (g * l + h * k) e b := by
  ext <;> grind [boostedElectric, boostedMagnetic]

/-- The boost of opposite velocity brings the electric field back. -/
theorem boostedElectric_inverse (g h : K) (k : g ^ 2 - h ^ 2 = 1) (e b : Vec3 K) :
    boostedElectric g (-h) (boostedElectric g h e b) (boostedMagnetic g h e b) = e := by
  rw [boostedElectric_comp]
  ext <;> grind [boostedElectric]

/-- Seen from a moving frame, a purely electric field has a magnetic one orthogonal to it. -/
theorem electric_only_boost (g h : K) (e : Vec3 K) :
    dot (boostedElectric g h e 0) (boostedMagnetic g h e 0) = 0 := by
  grind [dot, boostedElectric, boostedMagnetic]

/-- Seen from a moving frame, a purely electric field has a smaller magnetic one. -/
theorem electric_only_stronger (g h : K) (k : g ^ 2 - h ^ 2 = 1) (e : Vec3 K) :
    normSq (boostedMagnetic g h e 0) ≤ normSq (boostedElectric g h e 0) := by
  have i := fieldInvariant_boost g h k e 0
  have n := normSq_nonneg e
  have z : normSq (0 : Vec3 K) = 0 := by grind [normSq, dot]
  rw [fieldInvariant, fieldInvariant, z] at i
  grind

/-- Where the magnetic field is the stronger one in a frame, no frame finds it gone. -/
theorem magnetic_never_gone (g h : K) (k : g ^ 2 - h ^ 2 = 1) (e b : Vec3 K) (hs : normSq e < normSq b) :
    boostedMagnetic g h e b ≠ 0 := by
  intro z
  have i := fieldInvariant_boost g h k e b
  have n := normSq_nonneg (boostedElectric g h e b)
  rw [fieldInvariant, fieldInvariant, z, show normSq (0 : Vec3 K) = 0 by grind [normSq, dot]] at i
  grind

/-- Fields of one frame that are orthogonal and of one strength are so in every frame: light is light for all observers. -/
theorem light_is_light (g h : K) (k : g ^ 2 - h ^ 2 = 1) (e b : Vec3 K) (ho : dot e b = 0) (hs : normSq e = normSq b) :
    dot (boostedElectric g h e b) (boostedMagnetic g h e b) = 0 ∧
      normSq (boostedElectric g h e b) = normSq (boostedMagnetic g h e b) := by
  have i := fieldInvariant_boost g h k e b
  rw [fieldInvariant, fieldInvariant, hs] at i
  rw [dot_fields_boost g h k, ho]
  grind

/-- In crossed fields the frame that moves with the quotient of the electric by the magnetic field has no electric field. -/
theorem crossed_fields_drift (g h : K) (e b : K) (k : g * e = h * b) :
    boostedElectric g h ⟨0, e, 0⟩ ⟨0, 0, b⟩ = 0 := by
  ext <;> grind [boostedElectric]

/-- A charge that moves with the quotient of crossed fields is not deflected (velocity filter of Wien). -/
theorem wien_filter (e b : K) (hb : b ≠ 0) : lorentzForce ⟨0, e, 0⟩ ⟨0, 0, b⟩ ⟨e / b, 0, 0⟩ = 0 := by
  ext <;> grind [lorentzForce, cross]

/-- The power that the fields give to a charge comes from the electric field alone. -/
theorem lorentzForce_power (e b v : Vec3 K) : dot (lorentzForce e b v) v = dot e v := by
  grind [lorentzForce, dot, cross]

/-- The four-force of Lorentz is orthogonal to the four-velocity: mass does not change. -/
theorem fourForce_orthogonal (g : K) (e b v : Vec3 K) :
    g * (g * dot e v) - dot (g • v) (g • lorentzForce e b v) = 0 := by
  have p := lorentzForce_power e b v
  have q : dot (g • v) (g • lorentzForce e b v) = g * (g * dot (lorentzForce e b v) v) := by grind [dot]
  rw [q, p]
  grind

/-- Energy flows with the velocity of light exactly in fields that are orthogonal and of one strength. -/
theorem poynting_eq_energy_iff (e b : Vec3 K) :
    normSq (poynting e b) = fieldEnergy e b ^ 2 ↔ dot e b = 0 ∧ fieldInvariant e b = 0 := by
  have l := lagrange_identity e b
  have k : fieldEnergy e b ^ 2 - normSq (poynting e b) = (fieldInvariant e b / 2) ^ 2 + dot e b ^ 2 := by
    rw [poynting, l]
    grind [fieldEnergy, fieldInvariant]
  have z := sq_add_sq_eq_zero (a := fieldInvariant e b / 2) (b := dot e b)
  constructor
  · intro h
    have y := z.mp (by grind)
    grind
  · intro h
    have y := z.mpr (by grind)
    grind

/-- The difference of the squares of energy density and energy flow is the same in every frame. -/
theorem energy_flow_invariant (g h : K) (k : g ^ 2 - h ^ 2 = 1) (e b : Vec3 K) :
    fieldEnergy (boostedElectric g h e b) (boostedMagnetic g h e b) ^ 2
      - normSq (poynting (boostedElectric g h e b) (boostedMagnetic g h e b))
      = fieldEnergy e b ^ 2 - normSq (poynting e b) := by
  have f : ∀ u v : Vec3 K, fieldEnergy u v ^ 2 - normSq (poynting u v) = (fieldInvariant u v / 2) ^ 2 + dot u v ^ 2 := by
    intro u v
    rw [poynting, lagrange_identity]
    grind [fieldEnergy, fieldInvariant]
  rw [f, f, fieldInvariant_boost g h k, dot_fields_boost g h k]

/-- A light wave that runs along the axis of a boost keeps its form, its field multiplied by the Doppler factor `g - h`. -/
theorem plane_wave_boost (g h a : K) :
    boostedElectric g h ⟨0, a, 0⟩ ⟨0, 0, a⟩ = ⟨0, (g - h) * a, 0⟩ ∧
      boostedMagnetic g h ⟨0, a, 0⟩ ⟨0, 0, a⟩ = ⟨0, 0, (g - h) * a⟩ := by
  constructor
  · ext <;> grind [boostedElectric]
  · ext <;> grind [boostedMagnetic]

/-- The energy density of a light wave is multiplied by the square of the Doppler factor. -/
theorem plane_wave_energy (g h a : K) :
    fieldEnergy (boostedElectric g h ⟨0, a, 0⟩ ⟨0, 0, a⟩) (boostedMagnetic g h ⟨0, a, 0⟩ ⟨0, 0, a⟩)
      = (g - h) ^ 2 * fieldEnergy ⟨0, a, 0⟩ ⟨0, 0, a⟩ := by
  rw [(plane_wave_boost g h a).1, (plane_wave_boost g h a).2]
  grind [fieldEnergy, normSq, dot]

/-- Beams of equal charges repel each other less than at rest, by the square of their Lorentz factor: magnetism attracts. -/
theorem parallel_beams (g h e : K) (k : g ^ 2 - h ^ 2 = 1) :
    lorentzForce (boostedElectric g (-h) ⟨0, e, 0⟩ 0) (boostedMagnetic g (-h) ⟨0, e, 0⟩ 0) ⟨h / g, 0, 0⟩ = ⟨0, e / g, 0⟩ := by
  grind [lorentzForce, boostedElectric, boostedMagnetic, cross]

end PhysField.Relativity
