/-!
# Ray transfer matrices

A paraxial ray is its height above the axis and its slope. Free space, thin lenses and plane surfaces act on it by two by
two matrices of determinant one, so the product of heights and slopes of two rays (the invariant of Lagrange) is the same
all along the instrument. Lengths are counted in units in which lens powers are whole numbers.
-/
namespace PhysCore.Optics

/-- Height and slope of a ray. -/
structure Ray where
  height : Int
  slope : Int

/-- A two by two matrix with rows `(a, b)` and `(c, d)`. -/
structure RayMatrix where
  a : Int
  b : Int
  c : Int
  d : Int

/-- The matrix that does nothing. -/
def idMatrix : RayMatrix := ⟨1, 0, 0, 1⟩

/-- First the element `n`, then the element `m`. -/
def after (m n : RayMatrix) : RayMatrix :=
  ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩

/-- Determinant. -/
def det (m : RayMatrix) : Int := m.a * m.d - m.b * m.c

/-- The ray behind an element. -/
def transfer (m : RayMatrix) (r : Ray) : Ray := ⟨m.a * r.height + m.b * r.slope, m.c * r.height + m.d * r.slope⟩

/-- A stretch of free space. -/
def freeSpace (len : Int) : RayMatrix := ⟨1, len, 0, 1⟩

/-- A thin lens of power `p`, the reciprocal of its focal length. -/
def thinLens (p : Int) : RayMatrix := ⟨1, 0, -p, 1⟩

/-- `n` copies of an element, as in a periodic lens guide. -/
def lensGuide (m : RayMatrix) : Nat → RayMatrix
  | 0 => idMatrix
  | n + 1 => after m (lensGuide m n)

/-- Lagrange's invariant of two rays. -/
def lagrangeInvariant (r s : Ray) : Int := r.height * s.slope - r.slope * s.height

/-- Elements may be grouped at will. -/
theorem after_assoc (l m n : RayMatrix) : after (after l m) n = after l (after m n) := by
  simp only [after, RayMatrix.mk.injEq]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> grind

/-- Nothing after an element is the element. -/
theorem after_id_left (m : RayMatrix) : after idMatrix m = m := by
  cases m
  simp [after, idMatrix]

/-- An element after nothing is the element. -/
theorem after_id_right (m : RayMatrix) : after m idMatrix = m := by
  cases m
  simp [after, idMatrix]

/-- Determinants multiply. -/
theorem det_after (m n : RayMatrix) : det (after m n) = det m * det n := by
  simp only [det, after]
  grind

/-- Free space preserves areas in the plane of height and slope. -/
theorem det_free_space (len : Int) : det (freeSpace len) = 1 := by
  simp [det, freeSpace]

/-- A lens preserves areas in the plane of height and slope. -/
theorem det_thin_lens (p : Int) : det (thinLens p) = 1 := by
  simp [det, thinLens]

/-- A lens followed by free space has determinant one. -/
theorem det_lens_then_space (p len : Int) : det (after (freeSpace len) (thinLens p)) = 1 := by
  rw [det_after, det_free_space, det_thin_lens]
  rfl

/-- A guide of unit elements has determinant one. -/
theorem det_lens_guide (m : RayMatrix) (n : Nat) (h : det m = 1) : det (lensGuide m n) = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [lensGuide, det_after, h, ih]; rfl

/-- Two stretches of free space are one. -/
theorem free_space_add (l k : Int) : after (freeSpace l) (freeSpace k) = freeSpace (l + k) := by
  simp only [after, freeSpace, RayMatrix.mk.injEq]
  grind

/-- Powers of thin lenses in contact add. -/
theorem thin_lens_add (p q : Int) : after (thinLens p) (thinLens q) = thinLens (p + q) := by
  simp only [after, thinLens, RayMatrix.mk.injEq]
  grind

/-- A row of equal gaps is one long gap. -/
theorem lens_guide_free_space (len : Int) (n : Nat) : lensGuide (freeSpace len) n = freeSpace (n * len) := by
  induction n with
  | zero => simp [lensGuide, freeSpace, idMatrix]
  | succ n ih => rw [lensGuide, ih, free_space_add]; grind

/-- A stack of equal lenses is one strong lens. -/
theorem lens_guide_thin_lens (p : Int) (n : Nat) : lensGuide (thinLens p) n = thinLens (n * p) := by
  induction n with
  | zero => simp [lensGuide, thinLens, idMatrix]
  | succ n ih => rw [lensGuide, ih, thin_lens_add]; grind

/-- A lens can be cancelled by another lens. -/
theorem exists_cancelling_lens (p : Int) : ∃ q, after (thinLens q) (thinLens p) = idMatrix := by
  exact ⟨-p, by simp [after, thinLens, idMatrix, Int.add_right_neg]⟩

/-- A ray passes two elements one after the other. -/
theorem transfer_after (m n : RayMatrix) (r : Ray) : transfer (after m n) r = transfer m (transfer n r) := by
  simp only [transfer, after, Ray.mk.injEq]
  constructor <;> grind

/-- Lagrange's invariant is multiplied by the determinant. -/
theorem lagrange_invariant_transfer (m : RayMatrix) (r s : Ray) :
    lagrangeInvariant (transfer m r) (transfer m s) = det m * lagrangeInvariant r s := by
  simp only [lagrangeInvariant, transfer, det]
  grind

/-- Lagrange's invariant is the same all along a lens guide. -/
theorem lagrange_invariant_guide (m : RayMatrix) (n : Nat) (r s : Ray) (h : det m = 1) :
    lagrangeInvariant (transfer (lensGuide m n) r) (transfer (lensGuide m n) s) = lagrangeInvariant r s := by
  rw [lagrange_invariant_transfer, det_lens_guide m n h]
  simp

/-- A ray through the centre of a lens is not bent. -/
theorem central_ray_straight (p u : Int) : transfer (thinLens p) ⟨0, u⟩ = ⟨0, u⟩ := by
  simp [transfer, thinLens]

/-- A ray parallel to the axis stays parallel in free space. -/
theorem parallel_ray_free (len y : Int) : transfer (freeSpace len) ⟨y, 0⟩ = ⟨y, 0⟩ := by
  simp [transfer, freeSpace]

/-- A ray parallel to the axis loses `f p` of its height on the way `f` behind a lens of power `p`: at the focus, all of it. -/
theorem parallel_ray_height (p f y : Int) :
    (transfer (after (freeSpace f) (thinLens p)) ⟨y, 0⟩).height = y - f * p * y := by
  rw [transfer_after]
  simp only [transfer, thinLens, freeSpace]
  grind

/-- The way back: the adjugate matrix undoes an element of determinant one. -/
theorem exists_reverse_element (m : RayMatrix) (h : det m = 1) : ∃ n, after n m = idMatrix := by
  refine ⟨⟨m.d, -m.b, -m.c, m.a⟩, ?_⟩
  simp only [det] at h
  simp only [after, idMatrix, RayMatrix.mk.injEq]
  grind

end PhysCore.Optics
