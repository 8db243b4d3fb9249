import PhysField.Mathematics.Vec3

/-!
# The area law for central impulses

Newton's polygon: a body flies freely for the time `h`, then an impulse strikes it, and so on. If every impulse points along the line to a
fixed centre, the radius sweeps equal areas in equal times and the orbit stays in a plane. No limit of small steps is needed.
Source: Newton, Principia, book 1, propositions 1 and 2; Goldstein, Poole, Safko, Classical Mechanics, chapter 3.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

/-- Position and velocity of a body in space. -/
@[ext] structure OrbitState (K : Type u) where
  r : Vec3 K
  v : Vec3 K

variable {K : Type u} [OrderedField K]

/-- A free flight of time `h`, then an impulse `w` for each unit of mass. -/
def impulseStep (h : K) (w : Vec3 K) (s : OrbitState K) : OrbitState K := ⟨s.r + h • s.v, s.v + w⟩

/-- A free flight of time `h`, then an impulse along the radius, of the strength `f` at unit distance. -/
def centralStep (h f : K) (s : OrbitState K) : OrbitState K := impulseStep h (f • (s.r + h • s.v)) s

/-- State after `n` steps with the central impulses `f`. -/
def centralPolygon (h : K) (f : Nat → K) (s : OrbitState K) : Nat → OrbitState K
  | 0 => s
  | n + 1 => centralStep h (f n) (centralPolygon h f s n)

/-- State after `n` steps with any impulses `w`. -/
def impulsePolygon (h : K) (w : Nat → Vec3 K) (s : OrbitState K) : Nat → OrbitState K
  | 0 => s
  | n + 1 => impulseStep h (w n) (impulsePolygon h w s n)

/-- Angular momentum for each unit of mass, twice the rate at which the radius sweeps area. -/
def arealVector (s : OrbitState K) : Vec3 K := cross s.r s.v

/-- Twice the area vector that the radius has swept in `n` steps. -/
def sweptArea (h : K) (f : Nat → K) (s : OrbitState K) : Nat → Vec3 K
  | 0 => 0
  | n + 1 => sweptArea h f s n + cross (centralPolygon h f s n).r (centralPolygon h f s (n + 1)).r

/-- Moment of the first `n` impulses. -/
def impulseMoment (h : K) (w : Nat → Vec3 K) (s : OrbitState K) : Nat → Vec3 K
  | 0 => 0
  | n + 1 => impulseMoment h w s n + cross (impulsePolygon h w s (n + 1)).r (w n)

/-- An impulse changes the angular momentum by its moment. -/
theorem arealVector_impulse (h : K) (w : Vec3 K) (s : OrbitState K) :
    arealVector (impulseStep h w s) = arealVector s + cross (impulseStep h w s).r w := by
  ext <;> grind [arealVector, impulseStep, cross]

/-- Angular momentum after `n` impulses is that of the start and the moments of the impulses. -/
theorem arealVector_impulses (h : K) (w : Nat → Vec3 K) (s : OrbitState K) (n : Nat) :
    arealVector (impulsePolygon h w s n) = arealVector s + impulseMoment h w s n := by
  induction n with
  | zero => ext <;> grind [impulsePolygon, impulseMoment]
  | succ n ih =>
    rw [impulsePolygon, arealVector_impulse, ih, impulseMoment, impulsePolygon]
    ext <;> grind

/-- A central impulse leaves the angular momentum as it is. -/
theorem arealVector_central (h f : K) (s : OrbitState K) : arealVector (centralStep h f s) = arealVector s := by
  rw [centralStep, arealVector_impulse, impulseStep]
  ext <;> grind [cross]

/-- Central impulses of any strengths conserve the angular momentum (Kepler's second law by Newton's proposition 1). -/
theorem kepler_area_law (h : K) (f : Nat → K) (s : OrbitState K) (n : Nat) :
    arealVector (centralPolygon h f s n) = arealVector s := by
  induction n with
  | zero => rfl
  | succ n ih => rw [centralPolygon, arealVector_central, ih]

/-- All triangles between the centre and the sides of Newton's polygon are equal. -/
theorem kepler_equal_triangles (h : K) (f : Nat → K) (s : OrbitState K) (n : Nat) :
    cross (centralPolygon h f s n).r (centralPolygon h f s (n + 1)).r = h • arealVector s := by
  rw [← kepler_area_law h f s n]
  ext <;> grind [centralPolygon, centralStep, impulseStep, arealVector, cross]

/-- The area swept from the start grows in proportion to the time. -/
theorem kepler_swept_area (h : K) (f : Nat → K) (s : OrbitState K) (n : Nat) :
    sweptArea h f s n = ((n : K) * h) • arealVector s := by
  induction n with
  | zero => ext <;> grind [sweptArea]
  | succ n ih =>
    rw [sweptArea, ih, kepler_equal_triangles]
    ext <;> grind

/-- An impulse that keeps the angular momentum has no moment about the centre, and only such a one does. -/
theorem arealVector_kept_iff (h : K) (w : Vec3 K) (s : OrbitState K) :
    arealVector (impulseStep h w s) = arealVector s ↔ cross (impulseStep h w s).r w = 0 := by
  rw [arealVector_impulse]
  constructor
  · intro e
    have ex := congrArg Vec3.x e
    have ey := congrArg Vec3.y e
    have ez := congrArg Vec3.z e
    ext <;> grind
  · intro e
    rw [e]
    ext <;> grind

/-- A vector without a vector product with `r ≠ 0` is a multiple of it. -/
theorem parallel_of_cross_eq_zero (r w : Vec3 K) (hr : r ≠ 0) (h : cross r w = 0) : w = (dot r w / normSq r) • r := by
  have n : normSq r ≠ 0 := fun z => hr ((normSq_eq_zero r).mp z)
  have b := bac_cab r r w
  have hx := congrArg Vec3.x h
  have hy := congrArg Vec3.y h
  have hz := congrArg Vec3.z h
  have bx : dot r w * r.x = normSq r * w.x := by grind [dot, normSq, cross]
  have yb : dot r w * r.y = normSq r * w.y := by grind [dot, normSq, cross]
  have bz : dot r w * r.z = normSq r * w.z := by grind [dot, normSq, cross]
  ext <;> grind

/-- Impulses that let the radius sweep equal areas point to or from the centre (Newton's proposition 2). -/
theorem central_of_area_law (h : K) (w : Vec3 K) (s : OrbitState K) (hr : (impulseStep h w s).r ≠ 0)
    (ha : arealVector (impulseStep h w s) = arealVector s) : ∃ f : K, impulseStep h w s = centralStep h f s := by
  have k := parallel_of_cross_eq_zero _ w hr ((arealVector_kept_iff h w s).mp ha)
  refine ⟨dot (impulseStep h w s).r w / normSq (impulseStep h w s).r, ?_⟩
  rw [centralStep]
  exact congrArg (fun x => impulseStep h x s) k

/-- An orbit under central impulses stays in every plane through the centre in which it begins. -/
theorem central_orbit_plane (h : K) (f : Nat → K) (s : OrbitState K) (a : Vec3 K) (n : Nat) (hr : dot a s.r = 0)
    (hv : dot a s.v = 0) : dot a (centralPolygon h f s n).r = 0 ∧ dot a (centralPolygon h f s n).v = 0 := by
  induction n with
  | zero => exact ⟨hr, hv⟩
  | succ n ih =>
    have k : dot a (centralPolygon h f s (n + 1)).r = 0 := by
      grind [centralPolygon, centralStep, impulseStep, dot]
    refine ⟨k, ?_⟩
    have e : dot a (centralPolygon h f s (n + 1)).v =
      dot a (centralPolygon h f s n).v + f n * dot a (centralPolygon h f s (n + 1)).r := by
      simp only [centralPolygon, centralStep, impulseStep]
      rw [dot_comm, dot_add_left, dot_smul_left]
      grind [dot_comm]
    grind

/-- The angular momentum is orthogonal to the position at all times. -/
theorem arealVector_orthogonal (h : K) (f : Nat → K) (s : OrbitState K) (n : Nat) :
    dot (arealVector s) (centralPolygon h f s n).r = 0 := by
  rw [← kepler_area_law h f s n, dot_comm]
  exact dot_cross_self _ _

/-- A body with angular momentum never meets the centre. -/
theorem central_orbit_misses_centre (h : K) (f : Nat → K) (s : OrbitState K) (n : Nat) (hl : arealVector s ≠ 0) :
    0 < normSq (centralPolygon h f s n).r := by
  have k := normSq_nonneg (centralPolygon h f s n).r
  have z : normSq (centralPolygon h f s n).r ≠ 0 := by
    intro e
    apply hl
    rw [← kepler_area_law h f s n, arealVector, (normSq_eq_zero _).mp e]
    ext <;> grind [cross]
  grind

/-- Distance times speed is at all times at least the angular momentum of the start. -/
theorem central_orbit_speed_bound (h : K) (f : Nat → K) (s : OrbitState K) (n : Nat) :
    normSq (arealVector s) ≤ normSq (centralPolygon h f s n).r * normSq (centralPolygon h f s n).v := by
  have k := sq_nonneg (dot (centralPolygon h f s n).r (centralPolygon h f s n).v)
  rw [← kepler_area_law h f s n, arealVector, lagrange_identity]
  grind

/-- At two apsides of an orbit the speeds are inversely as the distances. -/
theorem apsides_speeds (h : K) (f : Nat → K) (s : OrbitState K) (m n : Nat)
    (hm : dot (centralPolygon h f s m).r (centralPolygon h f s m).v = 0)
    (hn : dot (centralPolygon h f s n).r (centralPolygon h f s n).v = 0) :
    normSq (centralPolygon h f s m).r * normSq (centralPolygon h f s m).v =
      normSq (centralPolygon h f s n).r * normSq (centralPolygon h f s n).v := by
  have a := congrArg normSq (kepler_area_law h f s m)
  have b := congrArg normSq (kepler_area_law h f s n)
  rw [arealVector, lagrange_identity, hm] at a
  rw [arealVector, lagrange_identity, hn] at b
  grind

/-- A body that starts along its radius stays on the line through the centre. -/
theorem radial_orbit (h : K) (f : Nat → K) (s : OrbitState K) (n : Nat) (h0 : cross s.r s.v = 0) :
    cross s.r (centralPolygon h f s n).r = 0 ∧ cross s.r (centralPolygon h f s n).v = 0 := by
  induction n with
  | zero => exact ⟨cross_self s.r, h0⟩
  | succ n ih =>
    obtain ⟨a, b⟩ := ih
    have ax := congrArg Vec3.x a
    have ay := congrArg Vec3.y a
    have az := congrArg Vec3.z a
    have bx := congrArg Vec3.x b
    have yb := congrArg Vec3.y b
    have bz := congrArg Vec3.z b
    constructor <;> ext <;> grind [centralPolygon, centralStep, impulseStep, cross]

/-- A free body sweeps equal areas about every point. -/
theorem free_area_law (h : K) (a r v : Vec3 K) (n : Nat) :
    arealVector (centralPolygon h (fun _ => 0) ⟨r - a, v⟩ n) = cross r v - cross a v := by
  rw [kepler_area_law]
  ext <;> grind [arealVector, cross]

/-- Central motion can be run backward: kicks and flights of opposite sign lead back. -/
theorem centralStep_reversible (h f : K) (s : OrbitState K) :
    (⟨(centralStep h f s).r + -h • ((centralStep h f s).v + -f • (centralStep h f s).r),
      (centralStep h f s).v + -f • (centralStep h f s).r⟩ : OrbitState K) = s := by
  ext <;> grind [centralStep, impulseStep]

end PhysField.ClassicalMechanics
