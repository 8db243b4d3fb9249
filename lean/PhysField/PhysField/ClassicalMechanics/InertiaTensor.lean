import PhysField.ClassicalMechanics.ManyBodies

/-!
# Moments of inertia

Inertia of `n` masses about axes through the origin: `inertia m r u w = Σ mᵢ (u × rᵢ)·(w × rᵢ)` is the tensor of inertia as a bilinear
form, and `inertia m r u u` the moment about the axis of the unit vector `u`.
Source: Goldstein, Poole, Safko, Classical Mechanics, chapter 5; Landau, Lifshitz, Mechanics, chapter 6.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Tensor of inertia. -/
def inertia (m : Vec n K) (r : Fin n → Vec3 K) (u w : Vec3 K) : K := inner m fun i => dot (cross u (r i)) (cross w (r i))

/-- Moment of inertia about the axis of `u`. -/
def axisMoment (m : Vec n K) (r : Fin n → Vec3 K) (u : Vec3 K) : K := inertia m r u u

/-- Angular momentum of masses that turn with the angular velocity `w`. -/
def spin (m : Vec n K) (r : Fin n → Vec3 K) (w : Vec3 K) : Vec3 K := totalAngular m r fun i => cross w (r i)

/-- The axes of a frame. -/
def axisX : Vec3 K := ⟨1, 0, 0⟩

/-- The axes of a frame. -/
def axisY : Vec3 K := ⟨0, 1, 0⟩

/-- The axes of a frame. -/
def axisZ : Vec3 K := ⟨0, 0, 1⟩

/-- Sums with weights are ordered like their terms. -/
theorem inner_le_inner (m f g : Vec n K) (hm : ∀ i, 0 ≤ m i) (h : ∀ i, f i ≤ g i) : inner m f ≤ inner m g := by
  exact sum_le_sum _ _ fun i => mul_le_mul_left (hm i) (h i)

/-- The squared distance of a sum of two vectors from an axis, with its mixed term made a scalar product with one of them. -/
theorem cross_square (u a c : Vec3 K) : dot (cross u (a + c)) (cross u (a + c)) =
    dot (cross u a) (cross u a) + 2 * dot a (cross (cross u c) u) + normSq (cross u c) := by
  have f : cross u (a + c) = cross u a + cross u c := by
    rw [cross_anticomm, cross_add_left, cross_anticomm u a, cross_anticomm u c]
    grind
  have g : dot (cross u a) (cross u c) = dot a (cross (cross u c) u) := by
    generalize cross u c = w
    grind [dot, cross]
  rw [f, ← g]
  clear f g
  generalize cross u a = p
  generalize cross u c = w
  grind [dot, normSq]

/-- The tensor of inertia is symmetric. -/
theorem inertia_symm (m : Vec n K) (r : Fin n → Vec3 K) (u w : Vec3 K) : inertia m r u w = inertia m r w u := by
  exact congrArg (inner m) (funext fun i => dot_comm _ _)

/-- The tensor of inertia is additive in its first axis. -/
theorem inertia_add (m : Vec n K) (r : Fin n → Vec3 K) (u v w : Vec3 K) :
    inertia m r (u + v) w = inertia m r u w + inertia m r v w := by
  rw [inertia, inertia, inertia, ← inner_add_right]
  exact congrArg (inner m) (funext fun i => by rw [cross_add_left, dot_add_left])

/-- A factor comes out of the first axis of the tensor of inertia. -/
theorem inertia_smul (m : Vec n K) (r : Fin n → Vec3 K) (c : K) (u w : Vec3 K) :
    inertia m r (c • u) w = c * inertia m r u w := by
  rw [inertia, inertia, ← inner_smul_right]
  exact congrArg (inner m) (funext fun i => by rw [cross_smul_left, dot_smul_left])

/-- Inertia of two distributions of mass adds. -/
theorem inertia_add_mass (m k : Vec n K) (r : Fin n → Vec3 K) (u w : Vec3 K) :
    inertia (fun i => m i + k i) r u w = inertia m r u w + inertia k r u w := by
  exact inner_add_left m k _

/-- Moments of inertia are not negative. -/
theorem axisMoment_nonneg (m : Vec n K) (r : Fin n → Vec3 K) (u : Vec3 K) (hm : ∀ i, 0 ≤ m i) : 0 ≤ axisMoment m r u := by
  exact sum_nonneg _ fun i => mul_nonneg (hm i) (normSq_nonneg _)

/-- A moment of inertia vanishes only if all bodies lie on the axis. -/
theorem axisMoment_eq_zero (m : Vec n K) (r : Fin n → Vec3 K) (u : Vec3 K) (hm : ∀ i, 0 < m i) (h : axisMoment m r u = 0)
    (i : Fin n) : cross u (r i) = 0 := by
  have p := hm i
  have k := eq_zero_of_sum_eq_zero _ (fun i => mul_nonneg (show 0 ≤ m i by grind [hm i]) (normSq_nonneg (cross u (r i)))) h i
  rcases mul_eq_zero.mp k with z | z
  · grind
  · exact (normSq_eq_zero _).mp z

/-- The moment about a combination of two axes is a quadratic form. -/
theorem axisMoment_add (m : Vec n K) (r : Fin n → Vec3 K) (u v : Vec3 K) :
    axisMoment m r (u + v) = axisMoment m r u + 2 * inertia m r u v + axisMoment m r v := by
  rw [axisMoment, inertia_add, inertia_symm m r u, inertia_symm m r v, inertia_add, inertia_add, inertia_symm m r v u]
  grind [axisMoment]

/-- Moments of inertia grow with the square of the vector of the axis. -/
theorem axisMoment_smul (m : Vec n K) (r : Fin n → Vec3 K) (c : K) (u : Vec3 K) :
    axisMoment m r (c • u) = c ^ 2 * axisMoment m r u := by
  rw [axisMoment, inertia_smul, inertia_symm, inertia_smul]
  grind [axisMoment]

/-- A product of inertia is at most the geometric mean of the two moments, squared. -/
theorem inertia_cauchy (m : Vec n K) (r : Fin n → Vec3 K) (u w : Vec3 K) (hm : ∀ i, 0 ≤ m i) (hw : 0 < axisMoment m r w) :
    inertia m r u w ^ 2 ≤ axisMoment m r u * axisMoment m r w := by
  have h := axisMoment_nonneg m r (axisMoment m r w • u + -inertia m r u w • w) hm
  have s : inertia m r (axisMoment m r w • u) (-inertia m r u w • w) =
      -(axisMoment m r w * inertia m r u w * inertia m r u w) := by
    rw [inertia_smul, inertia_symm, inertia_smul, inertia_symm]
    grind
  rw [axisMoment_add, axisMoment_smul, axisMoment_smul, s] at h
  have k : axisMoment m r w * 0 ≤ axisMoment m r w * (axisMoment m r u * axisMoment m r w - inertia m r u w ^ 2) := by grind
  have l := le_of_mul_le_mul_left hw k
  grind

/-- The moment of inertia about an axis is that about the parallel axis through the centre of mass, and that of the whole mass there
(parallel axis theorem of Steiner). -/
theorem steiner_parallel_axis (m : Vec n K) (r : Fin n → Vec3 K) (u : Vec3 K) (hm : 0 < sum m) :
    axisMoment m r u =
      axisMoment m (fun i => r i - centreOfMass m r) u + sum m * normSq (cross u (centreOfMass m r)) := by
  have b := (centreOfMass_balance m r (centreOfMass m r) hm).mpr rfl
  have e : (fun i => dot (cross u (r i)) (cross u (r i))) = fun i =>
      (dot (cross u (r i - centreOfMass m r)) (cross u (r i - centreOfMass m r)) +
        2 * dot (r i - centreOfMass m r) (cross (cross u (centreOfMass m r)) u)) + normSq (cross u (centreOfMass m r)) :=
    funext fun i => by rw [← cross_square, show r i - centreOfMass m r + centreOfMass m r = r i by ext <;> grind]
  rw [axisMoment, inertia, e, inner_add_right, inner_add_right, inner_smul_right, inner_dot, b, inner_constant, axisMoment, inertia]
  grind [dot]

/-- Of all parallel axes the one through the centre of mass has the least moment of inertia. -/
theorem axisMoment_least (m : Vec n K) (r : Fin n → Vec3 K) (u : Vec3 K) (hm : 0 < sum m) :
    axisMoment m (fun i => r i - centreOfMass m r) u ≤ axisMoment m r u := by
  have h := mul_nonneg (show 0 ≤ sum m by grind) (normSq_nonneg (cross u (centreOfMass m r)))
  rw [steiner_parallel_axis m r u hm]
  grind

/-- The moments about three axes of a frame sum to twice the moment about the origin. -/
theorem axisMoment_sum (m : Vec n K) (r : Fin n → Vec3 K) :
    axisMoment m r axisX + axisMoment m r axisY + axisMoment m r axisZ = 2 * polarMoment m r 0 := by
  rw [axisMoment, axisMoment, axisMoment, inertia, inertia, inertia, polarMoment, ← inner_add_right, ← inner_add_right, ← inner_smul_right]
  exact congrArg (inner m) (funext fun i => by grind [dot, cross, normSq, axisX, axisY, axisZ])

/-- No principal moment of inertia exceeds the sum of the two others (triangle inequality). -/
theorem axisMoment_triangle (m : Vec n K) (r : Fin n → Vec3 K) (hm : ∀ i, 0 ≤ m i) :
    axisMoment m r axisZ ≤ axisMoment m r axisX + axisMoment m r axisY := by
  rw [axisMoment, axisMoment, axisMoment, inertia, inertia, inertia, ← inner_add_right]
  refine inner_le_inner m _ _ hm fun i => ?_
  have z := sq_nonneg (r i).z
  have e : dot (cross axisX (r i)) (cross axisX (r i)) + dot (cross axisY (r i)) (cross axisY (r i)) -
    dot (cross axisZ (r i)) (cross axisZ (r i)) = 2 * (r i).z ^ 2 := by grind [dot, cross, axisX, axisY, axisZ]
  grind

/-- The triangle of principal moments is degenerate exactly for a flat body (perpendicular axis theorem). -/
theorem axisMoment_lamina (m : Vec n K) (r : Fin n → Vec3 K) (hm : ∀ i, 0 < m i) :
    axisMoment m r axisZ = axisMoment m r axisX + axisMoment m r axisY ↔ ∀ i, (r i).z = 0 := by
  have e : axisMoment m r axisX + axisMoment m r axisY = axisMoment m r axisZ + 2 * inner m (fun i => (r i).z ^ 2) := by
    rw [axisMoment, axisMoment, axisMoment, inertia, inertia, inertia, ← inner_smul_right, ← inner_add_right, ← inner_add_right]
    exact congrArg (inner m) (funext fun i => by grind [dot, cross, axisX, axisY, axisZ])
  constructor
  · intro h i
    have p := hm i
    have z : inner m (fun i => (r i).z ^ 2) = 0 := by grind
    have k := eq_zero_of_sum_eq_zero _ (fun i => mul_nonneg (show 0 ≤ m i by grind [hm i]) (sq_nonneg (r i).z)) z i
    rcases mul_eq_zero.mp k with y | y <;> grind
  · intro h
    have z : inner m (fun i => (r i).z ^ 2) = 0 := (sum_congr _ (fun _ => 0) fun i => by grind [h i]).trans sum_zero
    grind

/-- No moment of inertia exceeds the moment about a point of its axis. -/
theorem axisMoment_le_polar (m : Vec n K) (r : Fin n → Vec3 K) (u : Vec3 K) (hm : ∀ i, 0 ≤ m i) :
    axisMoment m r u ≤ normSq u * polarMoment m r 0 := by
  rw [axisMoment, inertia, polarMoment, ← inner_smul_right]
  refine inner_le_inner m _ _ hm fun i => ?_
  have l := lagrange_identity u (r i)
  have s := sq_nonneg (dot u (r i))
  rw [show r i - 0 = r i by ext <;> grind]
  grind [normSq]

/-- The kinetic energy of a rotation is half the moment of inertia about its angular velocity. -/
theorem kinetic_of_rotation (m : Vec n K) (r : Fin n → Vec3 K) (w : Vec3 K) :
    2 * totalKinetic m (fun i => cross w (r i)) = axisMoment m r w := by
  rw [totalKinetic, axisMoment, inertia]
  grind [normSq]

/-- The component of the angular momentum of a rotation along an axis is given by the tensor of inertia. -/
theorem spin_dot (m : Vec n K) (r : Fin n → Vec3 K) (u w : Vec3 K) : dot (spin m r w) u = inertia m r w u := by
  rw [spin, totalAngular, ← inner_dot]
  exact congrArg (inner m) (funext fun i => by grind [dot, cross])

/-- Angular momentum and angular velocity never enclose an obtuse angle. -/
theorem spin_dot_nonneg (m : Vec n K) (r : Fin n → Vec3 K) (w : Vec3 K) (hm : ∀ i, 0 ≤ m i) : 0 ≤ dot (spin m r w) w := by
  rw [spin_dot]
  exact axisMoment_nonneg m r w hm

/-- Along a principal axis the angular momentum is parallel to the angular velocity, and the moment is the factor. -/
theorem principal_axis (m : Vec n K) (r : Fin n → Vec3 K) (w : Vec3 K) (c : K) (h : ∀ u, inertia m r w u = c * dot w u) :
    spin m r w = c • w := by
  have x := h axisX
  have y := h axisY
  have z := h axisZ
  rw [← spin_dot] at x y z
  ext <;> grind [dot, axisX, axisY, axisZ]

/-- Principal axes with different moments are orthogonal. -/
theorem principal_axes_orthogonal (m : Vec n K) (r : Fin n → Vec3 K) (u w : Vec3 K) (b c : K) (hu : spin m r u = b • u)
    (hw : spin m r w = c • w) (hne : b ≠ c) : dot u w = 0 := by
  have x := spin_dot m r w u
  have y := spin_dot m r u w
  rw [hu, dot_smul_left] at x
  rw [hw, dot_smul_left, inertia_symm, ← x, dot_comm] at y
  have e : (b - c) * dot u w = 0 := by grind
  rcases mul_eq_zero.mp e with f | f <;> grind

end PhysField.ClassicalMechanics
