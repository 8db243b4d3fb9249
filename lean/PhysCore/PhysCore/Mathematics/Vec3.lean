/-!
# Integer vectors in three dimensions

Positions, velocities, forces and fields of this library are vectors with integer components: lengths are counted
in a unit fine enough for the problem at hand. Dot, cross and triple product and the identities that mechanics and
electromagnetism lean on (Lagrange, Jacobi, BAC − CAB, Cauchy–Schwarz) hold over the integers as over the reals.
-/
namespace PhysCore.Mathematics

/-- A vector with three integer components. -/
structure Vec3 where
  x : Int
  y : Int
  z : Int

/-- The zero vector. -/
def zeroVec : Vec3 := ⟨0, 0, 0⟩

/-- Sum of two vectors. -/
def vadd (u v : Vec3) : Vec3 := ⟨u.x + v.x, u.y + v.y, u.z + v.z⟩

/-- Difference of two vectors. -/
def vsub (u v : Vec3) : Vec3 := ⟨u.x - v.x, u.y - v.y, u.z - v.z⟩

/-- A number times a vector. -/
def smul (k : Int) (u : Vec3) : Vec3 := ⟨k * u.x, k * u.y, k * u.z⟩

/-- Scalar product. -/
def dot (u v : Vec3) : Int := u.x * v.x + u.y * v.y + u.z * v.z

/-- Vector product. -/
def cross (u v : Vec3) : Vec3 := ⟨u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x⟩

/-- Squared length. -/
def normSq (u : Vec3) : Int := dot u u

/-- Resultant of a list of vectors. -/
def vsum : List Vec3 → Vec3
  | [] => zeroVec
  | u :: us => vadd u (vsum us)

/-- A square is never negative. -/
theorem int_mul_self_nonneg (a : Int) : 0 ≤ a * a := by
  rcases Int.le_total 0 a with h | h
  · exact Int.mul_nonneg h h
  · exact Int.mul_nonneg_of_nonpos_of_nonpos h h

/-- Two vectors with equal components are equal. -/
theorem vec3_ext (u v : Vec3) (hx : u.x = v.x) (hy : u.y = v.y) (hz : u.z = v.z) : u = v := by
  cases u; cases v; simp_all

/-- The parallelogram rule does not care which vector comes first. -/
theorem vadd_comm (u v : Vec3) : vadd u v = vadd v u := by
  simp only [vadd, Vec3.mk.injEq]
  grind

/-- Three displacements may be grouped at will. -/
theorem vadd_assoc (u v w : Vec3) : vadd (vadd u v) w = vadd u (vadd v w) := by
  grind [vadd]

/-- Adding the zero vector changes nothing. -/
theorem vadd_zeroVec (u : Vec3) : vadd u zeroVec = u := by
  cases u; simp [vadd, zeroVec]

/-- A vector minus itself vanishes. -/
theorem vsub_self (u : Vec3) : vsub u u = zeroVec := by
  simp [vsub, zeroVec]

/-- Scaling distributes over sums. -/
theorem smul_vadd (k : Int) (u v : Vec3) : smul k (vadd u v) = vadd (smul k u) (smul k v) := by
  simp only [smul, vadd, Vec3.mk.injEq]
  grind

/-- The scalar product is symmetric. -/
theorem dot_comm (u v : Vec3) : dot u v = dot v u := by
  simp only [dot]
  grind

/-- The scalar product is additive in its first factor. -/
theorem dot_vadd_left (u v w : Vec3) : dot (vadd u v) w = dot u w + dot v w := by
  simp only [dot, vadd]
  grind

/-- The scalar product is additive in its second factor. -/
theorem dot_vadd_right (u v w : Vec3) : dot u (vadd v w) = dot u v + dot u w := by
  rw [dot_comm u, dot_vadd_left, dot_comm v, dot_comm w]

/-- A factor may be pulled out of a scalar product. -/
theorem dot_smul_left (k : Int) (u v : Vec3) : dot (smul k u) v = k * dot u v := by
  grind [dot, smul]

/-- A vector has no cross product with itself. -/
theorem cross_self (u : Vec3) : cross u u = zeroVec := by
  simp only [cross, zeroVec, Vec3.mk.injEq]
  grind

/-- Swapping the factors reverses the cross product. -/
theorem cross_anticomm (u v : Vec3) : cross u v = smul (-1) (cross v u) := by
  grind [cross, smul]

/-- The cross product is orthogonal to its first factor. -/
theorem dot_cross_left (u v : Vec3) : dot u (cross u v) = 0 := by
  simp only [dot, cross]
  grind

/-- Every vector has a vector orthogonal to it and to a second one. -/
theorem exists_common_normal (u v : Vec3) : ∃ w, dot u w = 0 ∧ dot v w = 0 := by
  refine ⟨cross u v, ?_, ?_⟩
  · exact dot_cross_left u v
  · simp only [dot, cross]
    grind

/-- The triple product is cyclic: the volume of a parallelepiped does not depend on where one starts. -/
theorem triple_cyclic (u v w : Vec3) : dot u (cross v w) = dot v (cross w u) := by
  grind [dot, cross]

/-- BAC − CAB. -/
theorem bac_cab (a b c : Vec3) : cross a (cross b c) = vsub (smul (dot a c) b) (smul (dot a b) c) := by
  simp only [cross, dot, smul, vsub, Vec3.mk.injEq]
  constructor
  · grind
  · constructor <;> grind

/-- Jacobi's identity for the cross product. -/
theorem jacobi_cross (a b c : Vec3) :
    vadd (cross a (cross b c)) (vadd (cross b (cross c a)) (cross c (cross a b))) = zeroVec := by
  simp only [cross, vadd, zeroVec, Vec3.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> grind

/-- Lagrange's identity. -/
theorem lagrange_identity (u v : Vec3) : normSq (cross u v) = normSq u * normSq v - dot u v * dot u v := by
  simp only [normSq, dot, cross]
  grind

/-- A squared length is never negative. -/
theorem normSq_nonneg (u : Vec3) : 0 ≤ normSq u := by
  have hx := int_mul_self_nonneg u.x
  have hy := int_mul_self_nonneg u.y
  have hz := int_mul_self_nonneg u.z
  simp only [normSq, dot]
  omega

/-- The inequality of Cauchy and Schwarz. -/
theorem cauchy_schwarz (u v : Vec3) : dot u v * dot u v ≤ normSq u * normSq v := by
  have h := normSq_nonneg (cross u v)
  rw [lagrange_identity] at h
  omega

/-- The resultant of two groups of forces is the sum of the resultants. -/
theorem vsum_append (us vs : List Vec3) : vsum (us ++ vs) = vadd (vsum us) (vsum vs) := by
  induction us with
  | nil => cases h : vsum vs; simp [vsum, vadd, zeroVec, h]
  | cons u us ih => simp [vsum, ih, vadd_assoc]

/-- Scaling every force scales the resultant. -/
theorem smul_vsum (k : Int) (us : List Vec3) : smul k (vsum us) = vsum (us.map (smul k)) := by
  induction us with
  | nil => simp [vsum, smul, zeroVec]
  | cons u us ih => simp [vsum, smul_vadd, ih]

/-- Every displacement can be undone. -/
theorem exists_vadd_inverse (u : Vec3) : ∃ v, vadd u v = zeroVec := by
  exact ⟨smul (-1) u, by grind [vadd, smul, zeroVec]⟩

end PhysCore.Mathematics
