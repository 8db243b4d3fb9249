import PhysField.Mathematics.OrderedField

/-!
# Vectors in three dimensions

Positions, forces and fields in space. A structure with three components, for the vector product exists in three
dimensions only, and `grind` computes with components that have names: `grind [dot, cross]` proves an identity between
vectors or numbers. In `n` dimensions see `PhysField.Mathematics.Vector`.
Source: Goldstein, Poole, Safko, Classical Mechanics, chapter 4; Griffiths, Introduction to Electrodynamics, chapter 1.
-/
namespace PhysField.Mathematics

/-- A vector with three components. -/
@[ext] structure Vec3 (K : Type u) where
  x : K
  y : K
  z : K

variable {K : Type u} [OrderedField K]

namespace Vec3

/-- Vectors add by components. -/
instance : Add (Vec3 K) := ⟨fun u v => ⟨u.x + v.x, u.y + v.y, u.z + v.z⟩⟩

/-- Vectors subtract by components. -/
instance : Sub (Vec3 K) := ⟨fun u v => ⟨u.x - v.x, u.y - v.y, u.z - v.z⟩⟩

/-- The opposite vector. -/
instance : Neg (Vec3 K) := ⟨fun u => ⟨-u.x, -u.y, -u.z⟩⟩

/-- The zero vector. -/
instance : Zero (Vec3 K) := ⟨⟨0, 0, 0⟩⟩

/-- A number times a vector. -/
instance : HSMul K (Vec3 K) (Vec3 K) := ⟨fun k u => ⟨k * u.x, k * u.y, k * u.z⟩⟩

/-- The components of a sum. -/
@[grind =] theorem add_def (u v : Vec3 K) : u + v = ⟨u.x + v.x, u.y + v.y, u.z + v.z⟩ := rfl

/-- The components of a difference. -/
@[grind =] theorem sub_def (u v : Vec3 K) : u - v = ⟨u.x - v.x, u.y - v.y, u.z - v.z⟩ := rfl

/-- The components of the opposite vector. -/
@[grind =] theorem neg_def (u : Vec3 K) : -u = ⟨-u.x, -u.y, -u.z⟩ := rfl

/-- The components of the zero vector. -/
@[grind =] theorem zero_def : (0 : Vec3 K) = ⟨0, 0, 0⟩ := rfl

/-- The components of a multiple. -/
@[grind =] theorem smul_def (k : K) (u : Vec3 K) : k • u = ⟨k * u.x, k * u.y, k * u.z⟩ := rfl

end Vec3

/-- Scalar product. -/
def dot (u v : Vec3 K) : K := u.x * v.x + u.y * v.y + u.z * v.z

/-- Vector product. -/
def cross (u v : Vec3 K) : Vec3 K := ⟨u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x⟩

/-- Squared length. -/
def normSq (u : Vec3 K) : K := dot u u

/-- The scalar product is symmetric. -/
theorem dot_comm (u v : Vec3 K) : dot u v = dot v u := by
  grind [dot]

/-- The scalar product is additive in its first factor. -/
theorem dot_add_left (u v w : Vec3 K) : dot (u + v) w = dot u w + dot v w := by
  grind [dot]

/-- A number comes out of the first factor of a scalar product. -/
theorem dot_smul_left (k : K) (u v : Vec3 K) : dot (k • u) v = k * dot u v := by
  grind [dot]

/-- Swapping the factors reverses the vector product. -/
theorem cross_anticomm (u v : Vec3 K) : cross u v = -cross v u := by
  grind [cross]

/-- The vector product is additive in its first factor. -/
theorem cross_add_left (u v w : Vec3 K) : cross (u + v) w = cross u w + cross v w := by
  grind [cross]

/-- A number comes out of the first factor of a vector product. -/
theorem cross_smul_left (k : K) (u v : Vec3 K) : cross (k • u) v = k • cross u v := by
  grind [cross]

/-- A vector has no vector product with itself. -/
theorem cross_self (u : Vec3 K) : cross u u = 0 := by
  ext <;> grind [cross]

/-- The vector product is orthogonal to its first factor. -/
theorem dot_cross_self (u v : Vec3 K) : dot u (cross u v) = 0 := by
  grind [dot, cross]

/-- The triple product is cyclic: it is the volume of the parallelepiped. -/
theorem triple_cyclic (u v w : Vec3 K) : dot u (cross v w) = dot v (cross w u) := by
  grind [dot, cross]

/-- The rule BAC − CAB. -/
theorem bac_cab (a b c : Vec3 K) : cross a (cross b c) = dot a c • b - dot a b • c := by
  grind [dot, cross]

/-- Jacobi's identity for the vector product. -/
theorem jacobi_cross (a b c : Vec3 K) :
    cross a (cross b c) + cross b (cross c a) + cross c (cross a b) = 0 := by
  ext <;> grind [cross]

/-- Lagrange's identity. -/
theorem lagrange_identity (u v : Vec3 K) : normSq (cross u v) = normSq u * normSq v - dot u v ^ 2 := by
  grind [normSq, dot, cross]

/-- A squared length is never negative. -/
theorem normSq_nonneg (u : Vec3 K) : 0 ≤ normSq u := by
  have hx := sq_nonneg u.x
  have hy := sq_nonneg u.y
  have hz := sq_nonneg u.z
  grind [normSq, dot]

/-- Only the zero vector has length zero. -/
theorem normSq_eq_zero (u : Vec3 K) : normSq u = 0 ↔ u = 0 := by
  have hx := sq_nonneg u.x
  have hy := sq_nonneg u.y
  have hz := sq_nonneg u.z
  refine ⟨fun h => ?_, fun h => by grind [normSq, dot]⟩
  have kx : u.x ^ 2 = 0 := by grind [normSq, dot]
  have ky : u.y ^ 2 = 0 := by grind [normSq, dot]
  have kz : u.z ^ 2 = 0 := by grind [normSq, dot]
  ext <;> grind

/-- The inequality of Cauchy and Schwarz in space. -/
theorem cauchy_schwarz (u v : Vec3 K) : dot u v ^ 2 ≤ normSq u * normSq v := by
  have h := normSq_nonneg (cross u v)
  rw [lagrange_identity] at h
  grind

/-- The law of cosines. -/
theorem normSq_sub (u v : Vec3 K) : normSq (u - v) = normSq u + normSq v - 2 * dot u v := by
  grind [normSq, dot]

/-- The parallelogram law. -/
theorem parallelogram_law (u v : Vec3 K) : normSq (u + v) + normSq (u - v) = 2 * normSq u + 2 * normSq v := by
  grind [normSq, dot]

/-- Pythagoras: the squared lengths of orthogonal vectors add. -/
theorem pythagoras (u v : Vec3 K) (h : dot u v = 0) : normSq (u + v) = normSq u + normSq v := by
  grind [normSq, dot]

end PhysField.Mathematics
