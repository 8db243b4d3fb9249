import PhysField.Mathematics.Vec3

/-!
# Image charges and dipoles

Distances enter by their squares, so that a potential is a charge over a number with known square. A plane and a sphere on potential zero
are replaced by image charges; dipoles are pairs of charges whose potential is expanded algebraically.
Source: Jackson, Classical Electrodynamics, chapters 2 and 4; Griffiths, Introduction to Electrodynamics, chapter 3.
-/
namespace PhysField.Electromagnetism
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Squared distance of two points. -/
def distanceSq (u v : Vec3 K) : K := normSq (u - v)

/-- Mirror image of a point in the plane `z = 0`. -/
def planeImage (u : Vec3 K) : Vec3 K := ⟨u.x, u.y, -u.z⟩

/-- Image of a point in the sphere of radius `r` about the origin. -/
def sphereImage (r : K) (u : Vec3 K) : Vec3 K := (r ^ 2 / normSq u) • u

/-- Force toward the plane on a charge `q` at height `d`, in units with Coulomb's constant 1. -/
def planeForce (q d : K) : K := q ^ 2 / (2 * d) ^ 2

/-- Force toward an earthed sphere of radius `r` on a charge `q` at distance `d` of its centre. -/
def sphereForce (q r d : K) : K := q ^ 2 * r * d / (d ^ 2 - r ^ 2) ^ 2

/-- Energy of two dipoles, times the cube of their distance, where `n` is the unit vector between them. -/
def dipoleEnergy (p q n : Vec3 K) : K := dot p q - 3 * dot p n * dot q n

/-- Field of a dipole, times the cube of the distance, in the direction `n`. -/
def dipoleField (p n : Vec3 K) : Vec3 K := (3 * dot p n) • n - p

/-- A point of the plane is as far from a charge as from its image. -/
theorem plane_image_distance (u v : Vec3 K) : distanceSq v u = distanceSq v (planeImage u) ↔ v.z * u.z = 0 := by
  have e : distanceSq v (planeImage u) - distanceSq v u = 4 * (v.z * u.z) := by
    grind [distanceSq, planeImage, normSq, dot]
  constructor <;> intro h <;> grind

/-- Charge and opposite image charge leave the plane without potential. -/
theorem plane_potential_zero (q r s : K) (u v : Vec3 K) (hv : v.z = 0) (hr : 0 ≤ r) (hs : 0 ≤ s)
    (er : r ^ 2 = distanceSq v u) (es : s ^ 2 = distanceSq v (planeImage u)) : q / r + -q / s = 0 := by
  have e := (plane_image_distance u v).mpr (by grind)
  have f := eq_of_sq_eq_sq hr hs (by rw [er, es, e])
  rw [f]
  grind

/-- Of a charge and its image the charge is the nearer one on its own side of the plane. -/
theorem plane_image_farther (u v : Vec3 K) (hu : 0 < u.z) (hv : 0 < v.z) : distanceSq v u < distanceSq v (planeImage u) := by
  have p := mul_pos hv hu
  have e : distanceSq v (planeImage u) - distanceSq v u = 4 * (v.z * u.z) := by
    grind [distanceSq, planeImage, normSq, dot]
  grind

/-- A charge is drawn to an earthed plane the more the nearer it is. -/
theorem plane_force_grows (q c d : K) (hq : q ≠ 0) (hc : 0 < c) (h : c < d) : planeForce q d < planeForce q c := by
  have k := sq_lt_sq (show 0 ≤ 2 * c by grind) (show 2 * c < 2 * d by grind)
  exact div_lt_div_left (sq_pos hq) (sq_pos (by grind)) k

/-- The image of the image in a sphere is the point itself. -/
theorem sphere_image_image (r : K) (u : Vec3 K) (hr : r ≠ 0) (hu : normSq u ≠ 0) : sphereImage r (sphereImage r u) = u := by
  have h : normSq (sphereImage r u) = r ^ 4 / normSq u := by
    have k : normSq (sphereImage r u) = (r ^ 2 / normSq u) ^ 2 * normSq u := by grind [sphereImage, normSq, dot]
    rw [k]
    grind
  have k : r ^ 2 / normSq (sphereImage r u) * (r ^ 2 / normSq u) = 1 := by
    rw [h]
    grind
  have l : sphereImage r (sphereImage r u) = (r ^ 2 / normSq (sphereImage r u) * (r ^ 2 / normSq u)) • u := by
    ext <;> grind [sphereImage]
  rw [l, k]
  ext <;> grind

/-- Point and image lie at distances from the centre whose product is the squared radius. -/
theorem sphere_image_product (r : K) (u : Vec3 K) (hu : normSq u ≠ 0) : dot u (sphereImage r u) = r ^ 2 := by
  rw [sphereImage, dot_comm, dot_smul_left, show dot u u = normSq u from rfl]
  grind

/-- On the sphere the squared distances to a point and to its image have a constant ratio (circle of Apollonius). -/
theorem sphere_apollonius (r : K) (u v : Vec3 K) (hu : normSq u ≠ 0) (hv : normSq v = r ^ 2) :
    normSq u * distanceSq v (sphereImage r u) = r ^ 2 * distanceSq v u := by
  have k : normSq (sphereImage r u) * normSq u = r ^ 4 := by
    have l : normSq (sphereImage r u) = (r ^ 2 / normSq u) ^ 2 * normSq u := by grind [sphereImage, normSq, dot]
    rw [l]
    grind
  have m : dot v (sphereImage r u) * normSq u = r ^ 2 * dot v u := by
    rw [sphereImage, dot_comm, dot_smul_left, dot_comm u]
    grind
  rw [distanceSq, distanceSq, normSq_sub, normSq_sub, hv]
  grind

/-- A charge and an image charge smaller by radius over distance leave the sphere without potential. -/
theorem sphere_potential_zero (q r d a b : K) (u v : Vec3 K) (hr : 0 < r) (hd : 0 < d) (ha : 0 < a) (hb : 0 < b)
    (ed : d ^ 2 = normSq u) (hv : normSq v = r ^ 2) (ea : a ^ 2 = distanceSq v u) (eb : b ^ 2 = distanceSq v (sphereImage r u)) :
    q / a + -(q * r / d) / b = 0 := by
  have z := sq_pos (show d ≠ 0 by grind)
  have k := sphere_apollonius r u v (by grind) hv
  rw [← ed, ← ea, ← eb] at k
  have l := mul_pos hd hb
  have m := mul_pos hr ha
  have e : d * b = r * a := eq_of_sq_eq_sq (by grind) (by grind) (by grind)
  have f : q * r / d / b = q * r / (d * b) := by grind
  rw [show -(q * r / d) / b = -(q * r / d / b) by grind, f, e]
  grind

/-- The force toward a sphere is the one between the charge and its image. -/
theorem sphere_force_coulomb (q r d : K) :
    q * (q * r / d) / (d - r ^ 2 / d) ^ 2 = sphereForce q r d := by
  grind [sphereForce]

/-- A charge at height `x` over a sphere that is large enough is drawn as to a plane: never more than that. -/
theorem sphere_force_le_plane (q r x : K) (hr : 0 < r) (hx : 0 < x) : sphereForce q r (r + x) ≤ planeForce q x := by
  have p := mul_pos hr hx
  have e : (r + x) ^ 2 - r ^ 2 = x * (2 * r + x) := by grind
  have k := mul_nonneg (sq_nonneg q) (mul_nonneg (sq_nonneg x) (sq_nonneg x))
  have a := sq_pos (show x * (2 * r + x) ≠ 0 by
    intro z
    rcases mul_eq_zero.mp z with y | y <;> grind)
  have b := sq_pos (show 2 * x ≠ 0 by grind)
  rw [sphereForce, planeForce, e, div_le_div_iff a b]
  have f : q ^ 2 * (x * (2 * r + x)) ^ 2 - q ^ 2 * r * (r + x) * (2 * x) ^ 2 = q ^ 2 * (x ^ 2 * x ^ 2) := by grind
  grind

/-- The energy of two dipoles does not depend on which is called the first: it is minus the field of one along the other. -/
theorem dipole_energy_field (p q n : Vec3 K) : dipoleEnergy p q n = -dot q (dipoleField p n) := by
  grind [dipoleEnergy, dipoleField, dot]

/-- The field of a dipole is between one and two times what it is across the dipole. -/
theorem dipole_field_bounds (p n : Vec3 K) (hn : normSq n = 1) :
    normSq p ≤ normSq (dipoleField p n) ∧ normSq (dipoleField p n) ≤ 4 * normSq p := by
  have c := cauchy_schwarz p n
  have k := sq_nonneg (dot p n)
  have e : normSq (dipoleField p n) = normSq p + 3 * dot p n ^ 2 * (3 * normSq n - 2) := by
    grind [dipoleField, normSq, dot]
  rw [hn] at c e
  grind

/-- The field of a dipole is weakest exactly across the dipole. -/
theorem dipole_field_weakest (p n : Vec3 K) (hn : normSq n = 1) : normSq (dipoleField p n) = normSq p ↔ dot p n = 0 := by
  have e : normSq (dipoleField p n) = normSq p + 3 * dot p n ^ 2 * (3 * normSq n - 2) := by
    grind [dipoleField, normSq, dot]
  rw [hn] at e
  constructor
  · intro h
    exact sq_eq_zero.mp (by grind)
  · intro h
    rw [e, h]
    grind

/-- Two dipoles have least energy one behind the other: no energy is below minus two times the product of their sizes. -/
theorem dipole_energy_bound (p q n : Vec3 K) (s : K) (hs : 0 ≤ s) (h : s ^ 2 = normSq p * normSq q) (hn : normSq n = 1) :
    -(2 * s) ≤ dipoleEnergy p q n := by
  have b := (dipole_field_bounds p n hn).2
  have c := cauchy_schwarz q (dipoleField p n)
  have d := mul_le_mul_left (normSq_nonneg q) b
  have e := bounds_of_sq_le_sq (a := dot q (dipoleField p n)) (b := 2 * s) (by grind) (by grind)
  rw [dipole_energy_field]
  grind

/-- The dipole moment of charges that sum to zero does not depend on the origin. -/
theorem dipole_moment_origin (q r s : K) (u v w o : Vec3 K) (h : q + r + s = 0) :
    q • (u - o) + r • (v - o) + s • (w - o) = q • u + r • v + s • w := by
  have k : s = -q - r := by grind
  rw [k]
  ext <;> grind

/-- A uniform field acts on charges that sum to zero with a torque that does not depend on the origin. -/
theorem dipole_torque_origin (q d : K) (u v e o : Vec3 K) (h : q + d = 0) :
    q • cross (u - o) e + d • cross (v - o) e = cross (q • (u - v)) e := by
  have k : d = -q := by grind
  rw [k]
  ext <;> grind [cross]

end PhysField.Electromagnetism
