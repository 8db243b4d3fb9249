import PhysField.Mathematics.Vec3

/-!
# Crystal lattices and their reciprocals

Lattice vectors `a`, `b`, `c` with cell volume `a · (b × c)`; the reciprocal vectors are the cross products over the volume, in the
crystallographer's convention without 2π. Duality, volumes, spacing of planes, the laws of Bragg and von Laue, and packing bounds.
Source: Ashcroft, Mermin, Solid State Physics, chapters 4 to 6; Kittel, Introduction to Solid State Physics, chapter 2.
-/
namespace PhysField.CondensedMatter
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Volume of the cell of three lattice vectors, with sign. -/
def cellVolume (a b c : Vec3 K) : K := dot a (cross b c)

/-- The reciprocal vector that belongs to `a`. -/
def reciprocal (a b c : Vec3 K) : Vec3 K := (1 / cellVolume a b c) • cross b c

/-- The lattice vector with the coordinates `l`, `m`, `n`. -/
def latticeVector (a b c : Vec3 K) (l m n : K) : Vec3 K := l • a + m • b + n • c

/-- A wave vector is scattered elastically by the reciprocal vector `g`. -/
def LaueCondition (k g : Vec3 K) : Prop := normSq (k + g) = normSq k

/-- Length of a multiple. -/
theorem normSq_smul (k : K) (u : Vec3 K) : normSq (k • u) = k ^ 2 * normSq u := by
  grind [normSq, dot]

/-- A lattice vector and its reciprocal vector have the scalar product 1. -/
theorem reciprocal_dot_self (a b c : Vec3 K) (h : cellVolume a b c ≠ 0) : dot a (reciprocal a b c) = 1 := by
  rw [reciprocal, dot_comm, dot_smul_left, dot_comm, show dot a (cross b c) = cellVolume a b c from rfl]
  grind

/-- A reciprocal vector is perpendicular to the two other lattice vectors. -/
theorem reciprocal_dot_other (a b c : Vec3 K) : dot b (reciprocal a b c) = 0 ∧ dot c (reciprocal a b c) = 0 := by
  rw [reciprocal, dot_comm, dot_smul_left, dot_comm c, dot_smul_left]
  grind [dot, cross]

/-- The cell volume is the same in cyclic order and changes sign when two vectors are exchanged. -/
theorem cellVolume_order (a b c : Vec3 K) : cellVolume a b c = cellVolume b c a ∧ cellVolume b a c = -cellVolume a b c := by
  grind [cellVolume, dot, cross]

/-- The cross product of two cross products that share a factor is along it. -/
theorem cross_cross_cell (a b c : Vec3 K) : cross (cross c a) (cross a b) = cellVolume a b c • a := by
  ext <;> grind [cellVolume, dot, cross]

/-- The cells of a lattice and of its reciprocal have inverse volumes. -/
theorem reciprocal_volume (a b c : Vec3 K) (h : cellVolume a b c ≠ 0) :
    cellVolume (reciprocal a b c) (reciprocal b c a) (reciprocal c a b) * cellVolume a b c = 1 := by
  have p : cellVolume b c a = cellVolume a b c := (cellVolume_order a b c).1.symm
  have q : cellVolume c a b = cellVolume a b c := by rw [← p]; exact (cellVolume_order b c a).1.symm
  have r : cross (reciprocal b c a) (reciprocal c a b) = (1 / cellVolume a b c) ^ 2 • (cellVolume a b c • a) := by
    rw [reciprocal, reciprocal, p, q, ← cross_cross_cell]
    ext <;> grind [cross]
  have s := reciprocal_dot_self a b c h
  have t : cellVolume (reciprocal a b c) (reciprocal b c a) (reciprocal c a b) =
      (1 / cellVolume a b c) ^ 2 * cellVolume a b c * dot a (reciprocal a b c) := by
    rw [cellVolume, r]
    generalize cellVolume a b c = v
    grind [dot]
  rw [t, s]
  grind

/-- The reciprocal of the reciprocal lattice is the lattice. -/
theorem reciprocal_reciprocal (a b c : Vec3 K) (h : cellVolume a b c ≠ 0) :
    reciprocal (reciprocal a b c) (reciprocal b c a) (reciprocal c a b) = a := by
  have p : cellVolume b c a = cellVolume a b c := (cellVolume_order a b c).1.symm
  have q : cellVolume c a b = cellVolume a b c := by rw [← p]; exact (cellVolume_order b c a).1.symm
  have r : cross (reciprocal b c a) (reciprocal c a b) = (1 / cellVolume a b c) • a := by
    have e : cross (reciprocal b c a) (reciprocal c a b) = (1 / cellVolume a b c) ^ 2 • (cellVolume a b c • a) := by
      rw [reciprocal, reciprocal, p, q, ← cross_cross_cell]
      ext <;> grind [cross]
    rw [e]
    ext <;> grind
  have s := reciprocal_volume a b c h
  have t : ∀ x y : K, x * y = 1 → 1 / x * (1 / y) = 1 := by grind
  have u := t _ _ s
  rw [show ∀ x y z : Vec3 K, reciprocal x y z = (1 / cellVolume x y z) • cross y z from fun _ _ _ => rfl, r]
  ext <;> grind

/-- The scalar product with a reciprocal vector reads off a coordinate. -/
theorem coordinate_of_reciprocal (a b c : Vec3 K) (l m n : K) (h : cellVolume a b c ≠ 0) :
    dot (latticeVector a b c l m n) (reciprocal a b c) = l := by
  have p := reciprocal_dot_self a b c h
  have q := reciprocal_dot_other a b c
  rw [latticeVector, dot_add_left, dot_add_left, dot_smul_left, dot_smul_left, dot_smul_left, p, q.1, q.2]
  grind

/-- Vectors of lattice and reciprocal lattice have the sum of the products of their coordinates as scalar product. -/
theorem lattice_duality (a b c : Vec3 K) (l m n x y z : K) (h : cellVolume a b c ≠ 0) :
    dot (latticeVector a b c l m n) (latticeVector (reciprocal a b c) (reciprocal b c a) (reciprocal c a b) x y z) =
      l * x + m * y + n * z := by
  have p : cellVolume b c a = cellVolume a b c := (cellVolume_order a b c).1.symm
  have q : cellVolume c a b = cellVolume a b c := by rw [← p]; exact (cellVolume_order b c a).1.symm
  have r := coordinate_of_reciprocal a b c l m n h
  have s := coordinate_of_reciprocal b c a m n l (by rw [p]; exact h)
  have t := coordinate_of_reciprocal c a b n l m (by rw [q]; exact h)
  rw [show latticeVector b c a m n l = latticeVector a b c l m n by ext <;> grind [latticeVector]] at s
  rw [show latticeVector c a b n l m = latticeVector a b c l m n by ext <;> grind [latticeVector]] at t
  generalize latticeVector a b c l m n = v at *
  rw [latticeVector, dot_comm, dot_add_left, dot_add_left, dot_smul_left, dot_smul_left, dot_smul_left, dot_comm _ v, r,
    dot_comm _ v, s, dot_comm _ v, t]
  grind

/-- The squared cell volume is the determinant of the scalar products (Gram). -/
theorem cellVolume_gram (a b c : Vec3 K) : cellVolume a b c ^ 2 =
    normSq a * (normSq b * normSq c - dot b c ^ 2) - dot a b * (dot a b * normSq c - dot b c * dot a c) +
      dot a c * (dot a b * dot b c - normSq b * dot a c) := by
  grind [cellVolume, normSq, dot, cross]

/-- No cell with given edges is larger than the rectangular one (Hadamard's inequality). -/
theorem cellVolume_hadamard (a b c : Vec3 K) : cellVolume a b c ^ 2 ≤ normSq a * normSq b * normSq c := by
  have p := cauchy_schwarz a (cross b c)
  have q := lagrange_identity b c
  have r := mul_nonneg (normSq_nonneg a) (sq_nonneg (dot b c))
  rw [q] at p
  rw [cellVolume]
  grind

/-- Waves interfere constructively exactly where the wave vector lies on the plane that halves a reciprocal vector (von Laue). -/
theorem laue_bragg_plane (k g : Vec3 K) : LaueCondition k g ↔ dot k g = -normSq g / 2 := by
  have e : normSq (k + g) = normSq k + 2 * dot k g + normSq g := by grind [normSq, dot]
  rw [LaueCondition, e]
  constructor <;> intro h <;> grind

/-- Laue's condition makes Bragg's law: the reciprocal length is twice the wave number times the sine of the angle. -/
theorem laue_bragg_law (k g : Vec3 K) (w r s : K) (hr : 0 < r) (hg : normSq g = r ^ 2)
    (hs : dot k g = -(w * r * s)) (h : LaueCondition k g) : r = 2 * w * s := by
  have e := (laue_bragg_plane k g).mp h
  have f : r * (r - 2 * w * s) = 0 := by grind
  rcases mul_eq_zero.mp f with l | l <;> grind

/-- Only waves shorter than twice the spacing of the planes are reflected. -/
theorem bragg_limit (d l s : K) (m : Nat) (hd : 0 < d) (hm : 0 < m) (hs : s ≤ 1) (hl : 0 < l) (h : (m : K) * l = 2 * d * s) :
    l ≤ 2 * d := by
  have p := mul_nonneg (show 0 ≤ 2 * d by grind) (show 0 ≤ 1 - s by grind)
  obtain ⟨j, rfl⟩ : ∃ j, m = j + 1 := ⟨m - 1, by grind⟩
  have q := mul_nonneg (natCast_nonneg (K := K) j) (show 0 ≤ l by grind)
  have r : ((j + 1 : Nat) : K) = j + 1 := by grind
  rw [r] at h
  grind

/-- A wave that a plane of the crystal reflects is reflected back by the same plane. -/
theorem laue_reverse (k g : Vec3 K) (h : LaueCondition k g) : LaueCondition (k + g) (-g) := by
  have e : k + g + -g = k := by ext <;> grind
  rw [LaueCondition, e]
  exact h.symm

/-- A wave reflected by one plane has no shorter equivalent exactly where it lies within the zone of Brillouin. -/
theorem brillouin_zone (k g : Vec3 K) : normSq k ≤ normSq (k + g) ↔ -normSq g / 2 ≤ dot k g := by
  have e : normSq (k + g) = normSq k + 2 * dot k g + normSq g := by grind [normSq, dot]
  rw [e]
  constructor <;> intro h <;> grind

/-- Two equivalent waves in the zone of Brillouin are of one length. -/
theorem brillouin_equivalent (k g : Vec3 K) (h : normSq k ≤ normSq (k + g)) (l : normSq (k + g) ≤ normSq (k + g + -g)) :
    LaueCondition k g := by
  have e : k + g + -g = k := by ext <;> grind
  rw [e] at l
  rw [LaueCondition]
  grind

end PhysField.CondensedMatter
