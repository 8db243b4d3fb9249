/-!
# Refraction and optical path

Snell's law says that index times sine of the angle is the same on both sides of a surface, so that it is the same all
through a stack of plane layers. Sines are counted as whole numbers of a small unit. The optical path adds index times
length layer by layer. For a mirror the sum of the squares of the two parts of a path, standing in for its length, is least
where the angles are equal.
-/
namespace PhysCore.Optics

/-- A plane layer with its index and its thickness. -/
structure Layer where
  index : Int
  thickness : Int

/-- Snell's law between two media. -/
def snell (n1 s1 n2 s2 : Int) : Prop := n1 * s1 = n2 * s2

/-- Optical path through a stack of layers. -/
def opticalPath : List Layer → Int
  | [] => 0
  | l :: ls => l.index * l.thickness + opticalPath ls

/-- Geometric length of a stack of layers. -/
def geometricPath : List Layer → Int
  | [] => 0
  | l :: ls => l.thickness + geometricPath ls

/-- A ray with sines `s` in layers of the indices `n` fulfils Snell's law at each of the first `k` surfaces. -/
def snellAlong (n s : Nat → Int) : Nat → Prop
  | 0 => True
  | k + 1 => snellAlong n s k ∧ snell (n k) (s k) (n (k + 1)) (s (k + 1))

/-- Squared length of the two parts of a path from height `a` over the mirror point `x` to height `a` at distance `d`. -/
def mirrorPathSq (a d x : Int) : Int := (x ^ 2 + a ^ 2) + ((d - x) ^ 2 + a ^ 2)

/-- A direction in the plane, after reflection at a horizontal mirror. -/
def reflectHorizontal (k : Int × Int) : Int × Int := (k.1, -k.2)

/-- A direction in the plane, after reflection at a vertical mirror. -/
def reflectVertical (k : Int × Int) : Int × Int := (-k.1, k.2)

/-- Snell's law holds both ways: light paths are reversible. -/
theorem snell_symm (n1 s1 n2 s2 : Int) (h : snell n1 s1 n2 s2) : snell n2 s2 n1 s1 := by
  exact h.symm

/-- A layer in between does not matter. -/
theorem snell_trans (n1 s1 n2 s2 n3 s3 : Int) (h : snell n1 s1 n2 s2) (k : snell n2 s2 n3 s3) : snell n1 s1 n3 s3 := by
  simp only [snell] at *
  omega

/-- At normal incidence the ray is not bent. -/
theorem snell_normal (n1 n2 : Int) : snell n1 0 n2 0 := by
  simp [snell]

/-- Between equal media the ray is not bent. -/
theorem snell_same_medium (n s t : Int) (hn : n ≠ 0) (h : snell n s n t) : s = t := by
  simp only [snell] at h
  exact Int.eq_of_mul_eq_mul_left hn h

/-- Scaling both indices does not change the path. -/
theorem snell_scale (k n1 s1 n2 s2 : Int) (h : snell n1 s1 n2 s2) : snell (k * n1) s1 (k * n2) s2 := by
  simp only [snell] at *
  grind

/-- Some pair of angles fulfils Snell's law for any two media, beyond normal incidence. -/
theorem exists_snell (n1 n2 : Int) (h : n2 ≠ 0) : ∃ s1 s2, s1 ≠ 0 ∧ snell n1 s1 n2 s2 := by
  refine ⟨n2, n1, h, ?_⟩
  simp only [snell]
  grind

/-- The invariant of a stack of plane layers. -/
theorem snell_along_invariant (n s : Nat → Int) (k : Nat) (h : snellAlong n s k) : n 0 * s 0 = n k * s k := by
  induction k with
  | zero => rfl
  | succ k ih =>
    obtain ⟨h1, h2⟩ := h
    rw [ih h1]
    exact h2

/-- Back in the first medium the ray leaves a stack in the direction in which it came. -/
theorem snell_along_parallel (n s : Nat → Int) (k : Nat) (h : snellAlong n s k) (hn : n k = n 0) (h0 : n 0 ≠ 0) :
    s k = s 0 := by
  have hk := snell_along_invariant n s k h
  rw [hn] at hk
  exact (Int.eq_of_mul_eq_mul_left h0 hk).symm

/-- Straight through: normal incidence fulfils Snell's law at all surfaces. -/
theorem snell_along_normal (n : Nat → Int) (k : Nat) : snellAlong n (fun _ => 0) k := by
  induction k with
  | zero => trivial
  | succ k ih => exact ⟨ih, snell_normal _ _⟩

/-- Optical paths of two stacks add. -/
theorem optical_path_append (ls ms : List Layer) : opticalPath (ls ++ ms) = opticalPath ls + opticalPath ms := by
  induction ls with
  | nil => simp [opticalPath]
  | cons l ls ih => grind [opticalPath]

/-- The optical path is the same in both directions. -/
theorem optical_path_reverse (ls : List Layer) : opticalPath ls.reverse = opticalPath ls := by
  induction ls with
  | nil => rfl
  | cons l ls ih => simp [opticalPath, optical_path_append, ih, Int.add_comm]

/-- In vacuum the optical path is the length. -/
theorem optical_path_vacuum (ds : List Int) :
    opticalPath (ds.map (fun d => ⟨1, d⟩)) = geometricPath (ds.map (fun d => ⟨1, d⟩)) := by
  induction ds with
  | nil => rfl
  | cons d ds ih => simp [opticalPath, geometricPath, ih]

/-- In a uniform medium the optical path is index times length. -/
theorem optical_path_uniform (n : Int) (ds : List Int) :
    opticalPath (ds.map (fun d => ⟨n, d⟩)) = n * geometricPath (ds.map (fun d => ⟨n, d⟩)) := by
  induction ds with
  | nil => simp [opticalPath, geometricPath]
  | cons d ds ih => grind [opticalPath, geometricPath]

/-- A compensator makes up for any optical path. -/
theorem exists_compensator (ls : List Layer) (p : Int) : ∃ l, opticalPath (l :: ls) = p := by
  refine ⟨⟨1, p - opticalPath ls⟩, ?_⟩
  simp only [opticalPath]
  omega

/-- Fermat at a mirror: the symmetric point gives the shortest sum of squares. -/
theorem mirror_path_minimum (a h x : Int) : mirrorPathSq a (2 * h) h ≤ mirrorPathSq a (2 * h) x := by
  have hx : 0 ≤ (x - h) ^ 2 := Int.pow_nonneg_of_even (by decide)
  simp only [mirrorPathSq]
  grind

/-- The path over a mirror is the same from both ends. -/
theorem mirror_path_symm (a d x : Int) : mirrorPathSq a d (d - x) = mirrorPathSq a d x := by
  simp only [mirrorPathSq]
  grind

/-- Reflecting twice at one mirror restores the direction. -/
theorem reflect_twice (k : Int × Int) : reflectHorizontal (reflectHorizontal k) = k := by
  cases k
  simp [reflectHorizontal]

/-- Two mirrors at a right angle send light back where it came from. -/
theorem corner_reflector (k : Int × Int) : reflectVertical (reflectHorizontal k) = (-k.1, -k.2) := by
  rfl

/-- The order of the two mirrors of a corner does not matter. -/
theorem corner_order (k : Int × Int) : reflectVertical (reflectHorizontal k) = reflectHorizontal (reflectVertical k) := by
  rfl

/-- Reflection keeps the length of the wave vector. -/
theorem reflect_length (k : Int × Int) :
    (reflectHorizontal k).1 ^ 2 + (reflectHorizontal k).2 ^ 2 = k.1 ^ 2 + k.2 ^ 2 := by
  simp only [reflectHorizontal]
  grind

end PhysCore.Optics
