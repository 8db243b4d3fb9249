import PhysField.Mathematics.Vec3

/-!
# Orbits about a centre of gravity

A body at `r`, with distance `d > 0`, `d² = r²`, and velocity `v` under the attraction `k / d²`, all for each unit of its mass. Lenz's vector,
which points to the pericentre, contains the shape of the orbit; energy decides whether the orbit closes.
Source: Goldstein, Poole, Safko, Classical Mechanics, chapter 3; Landau, Lifshitz, Mechanics, chapter 3.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Energy of a body with velocity `v` at the distance `d`. -/
def keplerEnergy (k d : K) (v : Vec3 K) : K := normSq v / 2 - k / d

/-- Vector of Laplace, Runge and Lenz. -/
def lenzVector (k d : K) (r v : Vec3 K) : Vec3 K := cross v (cross r v) - (k / d) • r

/-- Energy of a radial motion with velocity `s` and squared angular momentum `l` at the distance `d`. -/
def radialEnergy (k l d s : K) : K := s ^ 2 / 2 + l / (2 * d ^ 2) - k / d

/-- Lenz's vector lies in the plane of the orbit. -/
theorem lenzVector_in_plane (k d : K) (r v : Vec3 K) : dot (lenzVector k d r v) (cross r v) = 0 := by
  grind [lenzVector, dot, cross]

/-- The equation of the orbit: position and Lenz's vector determine the distance, and the orbit is a conic section. -/
theorem kepler_conic (k d : K) (r v : Vec3 K) (h : d ^ 2 = normSq r) :
    dot r (lenzVector k d r v) = normSq (cross r v) - k * d := by
  have e : dot r (lenzVector k d r v) = normSq (cross r v) - k / d * normSq r := by
    grind [lenzVector, normSq, dot, cross]
  rw [e, ← h]
  grind

/-- Lenz's vector is linear in position and velocity with scalar coefficients. -/
theorem lenzVector_eq (k d : K) (r v : Vec3 K) : lenzVector k d r v = (normSq v - k / d) • r - dot r v • v := by
  ext <;> grind [lenzVector, normSq, dot, cross]

/-- The squared length of Lenz's vector is a function of energy and angular momentum. -/
theorem lenzVector_normSq (k d : K) (r v : Vec3 K) (hd : 0 < d) (h : d ^ 2 = normSq r) :
    normSq (lenzVector k d r v) = k ^ 2 + 2 * keplerEnergy k d v * normSq (cross r v) := by
  have e : normSq (lenzVector k d r v) =
      (normSq v - k / d) ^ 2 * normSq r - 2 * (normSq v - k / d) * dot r v ^ 2 + dot r v ^ 2 * normSq v := by
    rw [lenzVector_eq]
    grind [normSq, dot]
  rw [e, lagrange_identity, ← h]
  grind [keplerEnergy]

/-- An orbit with angular momentum is an ellipse, with Lenz's vector shorter than `k`, exactly at negative energy. -/
theorem kepler_ellipse_iff (k d : K) (r v : Vec3 K) (hd : 0 < d) (h : d ^ 2 = normSq r) (hl : cross r v ≠ 0) :
    normSq (lenzVector k d r v) < k ^ 2 ↔ keplerEnergy k d v < 0 := by
  have n := normSq_nonneg (cross r v)
  have z : normSq (cross r v) ≠ 0 := fun z => hl ((normSq_eq_zero _).mp z)
  have p := mul_pos_iff (b := -keplerEnergy k d v) (show 0 < normSq (cross r v) by grind)
  rw [lenzVector_normSq k d r v hd h]
  grind

/-- At given angular momentum no energy lies below that of the circle. -/
theorem keplerEnergy_ge (k d : K) (r v : Vec3 K) (hd : 0 < d) (h : d ^ 2 = normSq r) :
    -k ^ 2 ≤ 2 * keplerEnergy k d v * normSq (cross r v) := by
  have n := normSq_nonneg (lenzVector k d r v)
  rw [lenzVector_normSq k d r v hd h] at n
  grind

/-- No point of an orbit is nearer to the centre than the pericentre. -/
theorem kepler_pericentre (k d a : K) (r v : Vec3 K) (hd : 0 < d) (h : d ^ 2 = normSq r) (ha : 0 ≤ a)
    (e : a ^ 2 = normSq (lenzVector k d r v)) : normSq (cross r v) ≤ d * (k + a) := by
  have c := cauchy_schwarz r (lenzVector k d r v)
  rw [← h, ← e, kepler_conic k d r v h] at c
  have b := bounds_of_sq_le_sq (mul_nonneg (show 0 ≤ d by grind) ha) (show (normSq (cross r v) - k * d) ^ 2 ≤ (d * a) ^ 2 by grind)
  grind

/-- No point of an ellipse is further from the centre than the apocentre. -/
theorem kepler_apocentre (k d a : K) (r v : Vec3 K) (hd : 0 < d) (h : d ^ 2 = normSq r) (ha : 0 ≤ a)
    (e : a ^ 2 = normSq (lenzVector k d r v)) (hk : a < k) : d ≤ normSq (cross r v) / (k - a) := by
  have c := cauchy_schwarz r (lenzVector k d r v)
  rw [← h, ← e, kepler_conic k d r v h] at c
  have b := bounds_of_sq_le_sq (mul_nonneg (show 0 ≤ d by grind) ha) (show (normSq (cross r v) - k * d) ^ 2 ≤ (d * a) ^ 2 by grind)
  rw [le_div_iff (by grind)]
  grind

/-- At an apsis Lenz's vector points along the position. -/
theorem lenzVector_at_apsis (k d : K) (r v : Vec3 K) (h : dot r v = 0) : cross r (lenzVector k d r v) = 0 := by
  rw [lenzVector_eq, h]
  ext <;> grind [cross]

/-- Where Lenz's vector vanishes, the velocity is orthogonal to the position: the orbit is a circle. -/
theorem kepler_circle_orthogonal (k d : K) (r v : Vec3 K) (hk : 0 < k) (hd : 0 < d) (h : lenzVector k d r v = 0) :
    dot r v = 0 := by
  have e : dot (lenzVector k d r v) v = -(k / d) * dot r v := by grind [lenzVector, dot, cross]
  have z : dot (lenzVector k d r v) v = 0 := by rw [h]; grind [dot]
  have p := div_pos hk hd
  have f : k / d * dot r v = 0 := by grind
  rcases mul_eq_zero.mp f with g | g
  · grind
  · exact g

/-- The energy on a circle is half the potential energy. -/
theorem kepler_circle_energy (k d : K) (r v : Vec3 K) (hk : 0 < k) (hd : 0 < d) (h : d ^ 2 = normSq r)
    (hc : lenzVector k d r v = 0) : keplerEnergy k d v = -k / (2 * d) := by
  have o := kepler_circle_orthogonal k d r v hk hd hc
  have c := kepler_conic k d r v h
  have z : dot r (lenzVector k d r v) = 0 := by rw [hc]; grind [dot]
  rw [lagrange_identity, o, ← h] at c
  have f : d * (d * normSq v - k) = 0 := by grind
  rcases mul_eq_zero.mp f with g | g <;> grind [keplerEnergy]

/-- The velocities of an orbit lie on a circle of radius `k / l` (Hamilton's hodograph), here multiplied by `l²`. -/
theorem kepler_hodograph (k d : K) (r v : Vec3 K) (hd : 0 < d) (h : d ^ 2 = normSq r) :
    normSq (normSq (cross r v) • v - cross (cross r v) (lenzVector k d r v)) = k ^ 2 * normSq (cross r v) := by
  have c : ∀ (q : K) (l u w : Vec3 K), cross l (u - q • w) = cross l u - q • cross l w := fun q l u w => by
    ext <;> grind [cross]
  have e : ∀ (q : K) (u l x : Vec3 K), normSq (u - (u - (0 : K) • l - q • x)) = q ^ 2 * normSq x := fun q u l x => by
    grind [normSq, dot]
  have a : cross (cross r v) (cross v (cross r v)) = normSq (cross r v) • v - dot (cross r v) v • cross r v := bac_cab _ _ _
  have b : dot (cross r v) v = 0 := by grind [dot, cross]
  have o : dot (cross r v) r = 0 := by rw [dot_comm]; exact dot_cross_self r v
  rw [lenzVector, c, a, b, e, lagrange_identity, o, ← h]
  grind

/-- A body of negative energy stays within the distance at which the energy would be all potential. -/
theorem kepler_bound_distance (k d : K) (v : Vec3 K) (hd : 0 < d) (he : keplerEnergy k d v < 0) :
    d ≤ k / -keplerEnergy k d v := by
  have n := mul_nonneg (normSq_nonneg v) (show 0 ≤ d by grind)
  have e : k - d * -keplerEnergy k d v = normSq v * d / 2 := by grind [keplerEnergy]
  rw [le_div_iff (by grind)]
  grind

/-- The squared velocity of escape is twice that of the circle at the same distance. -/
theorem kepler_escape (k d : K) (v w : Vec3 K) (hv : normSq v = k / d) :
    0 ≤ keplerEnergy k d w ↔ 2 * normSq v ≤ normSq w := by
  rw [hv]
  constructor <;> intro h <;> grind [keplerEnergy]

/-- The energy splits into that of the radial motion and the centrifugal energy. -/
theorem keplerEnergy_radial (k d s : K) (r v : Vec3 K) (hd : 0 < d) (h : d ^ 2 = normSq r) (hs : d * s = dot r v) :
    keplerEnergy k d v = radialEnergy k (normSq (cross r v)) d s := by
  rw [radialEnergy, lagrange_identity, ← h, ← hs]
  grind [keplerEnergy]

/-- At an apsis the energy is a quadratic function of the inverse distance. -/
theorem radialEnergy_apsis (k l d : K) (hd : 0 < d) : 2 * radialEnergy k l d 0 * d ^ 2 = l - 2 * k * d := by
  have p : 2 * d ^ 2 ≠ 0 := by grind [pow_pos hd 2]
  grind [radialEnergy]

/-- At two different apsides of one orbit the distances sum to the major axis, which the energy alone determines. -/
theorem kepler_major_axis (k l e d c : K) (hd : 0 < d) (hc : 0 < c) (hne : d ≠ c) (h : radialEnergy k l d 0 = e)
    (h' : radialEnergy k l c 0 = e) : -2 * e * ((d + c) / 2) = k := by
  have a := radialEnergy_apsis k l d hd
  have b := radialEnergy_apsis k l c hc
  rw [h] at a
  rw [h'] at b
  have f : (d - c) * (e * (d + c) + k) = 0 := by grind
  rcases mul_eq_zero.mp f with g | g <;> grind

/-- At two different apsides of one orbit the product of the distances is given by angular momentum and energy. -/
theorem kepler_minor_axis (k l e d c : K) (hd : 0 < d) (hc : 0 < c) (hne : d ≠ c) (h : radialEnergy k l d 0 = e)
    (h' : radialEnergy k l c 0 = e) : -2 * e * (d * c) = l := by
  have m := kepler_major_axis k l e d c hd hc hne h h'
  have a := radialEnergy_apsis k l d hd
  rw [h] at a
  grind

/-- The harmonic mean of two different apsidal distances is the parameter of the conic. -/
theorem kepler_parameter (k l e d c : K) (hk : 0 < k) (hd : 0 < d) (hc : 0 < c) (hne : d ≠ c)
    (h : radialEnergy k l d 0 = e) (h' : radialEnergy k l c 0 = e) : l / k = 2 * d * c / (d + c) := by
  have m := kepler_major_axis k l e d c hd hc hne h h'
  have n := kepler_minor_axis k l e d c hd hc hne h h'
  have s : d + c ≠ 0 := by grind
  grind

/-- The effective potential of given angular momentum is least on the circle. -/
theorem radialEnergy_least (k l d s : K) (hl : 0 < l) (hd : 0 < d) : -k ^ 2 / (2 * l) ≤ radialEnergy k l d s := by
  have q := mul_pos hl (pow_pos hd 2)
  have p : 0 < 2 * l * d ^ 2 := by grind
  have n := div_nonneg (sq_nonneg (l - k * d)) (show 0 ≤ 2 * l * d ^ 2 by grind)
  have e : radialEnergy k l d s + k ^ 2 / (2 * l) = s ^ 2 / 2 + (l - k * d) ^ 2 / (2 * l * d ^ 2) := by grind [radialEnergy]
  have t := sq_nonneg s
  grind

/-- A transfer between circles of radius `a` and `b` starts with the speed `v² = 2 k b / (a (a + b))`, faster than the inner circle (Hohmann). -/
theorem hohmann_faster (k a b : K) (hk : 0 < k) (ha : 0 < a) (h : a < b) : k / a < 2 * k * b / (a * (a + b)) := by
  have p := mul_pos (mul_pos hk ha) (show 0 < b - a by grind)
  rw [div_lt_div_iff ha (mul_pos ha (show 0 < a + b by grind))]
  grind

/-- The speed of a transfer at `a` is such that it comes to rest radially at `b`, with the same angular momentum and energy (Hohmann). -/
theorem hohmann_arrives (k a b : K) (ha : 0 < a) (hb : 0 < b) :
    radialEnergy k (a ^ 2 * (2 * k * b / (a * (a + b)))) a 0 = radialEnergy k (a ^ 2 * (2 * k * b / (a * (a + b)))) b 0 := by
  have s : a + b ≠ 0 := by grind
  have p : a * (a + b) ≠ 0 := by grind
  grind [radialEnergy]

end PhysField.ClassicalMechanics
