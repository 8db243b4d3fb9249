/-!
# Imaging with lenses and mirrors

The lens equation 1/g + 1/b = 1/f, cleared of fractions, relates the distances of object and image. Newton's form with the
distances from the foci, magnification, lens powers in dioptres (with the sign of the lens), and the images between plane
mirrors, whose distances are reached by unfolding the path.
-/
namespace PhysCore.Optics

/-- An object at distance `g` is imaged at distance `b` by the focal length `f`. -/
def imaging (f g b : Int) : Prop := f * (g + b) = g * b

/-- Newton's form: `x` and `y` are the distances from the two foci. -/
def newtonImaging (f x y : Int) : Prop := x * y = f * f

/-- Optical power of a list of thin lenses in contact. -/
def totalPower : List Int → Int
  | [] => 0
  | p :: ps => p + totalPower ps

/-- Size of the image of an object of size `y` times the object distance; the image stands on its head. -/
def imageSize (g b y : Int) : Int × Int := (-(b * y), g)

/-- Kinds of thin lenses. -/
inductive LensKind where
  | converging
  | diverging

/-- Sign of the power of a lens. -/
def powerSign : LensKind → Int
  | LensKind.converging => 1
  | LensKind.diverging => -1

/-- Mirror image in a plane mirror at position `m`. -/
def mirrorImage (m x : Int) : Int := 2 * m - x

/-- Images of an object between two facing mirrors at `0` and `len`, by turns in one and the other. -/
def facingMirrors (len x : Int) : Nat → Int
  | 0 => x
  | n + 1 => mirrorImage len (mirrorImage 0 (facingMirrors len x n))

/-- Object and image may be exchanged: light paths are reversible. -/
theorem imaging_symm (f g b : Int) (h : imaging f g b) : imaging f b g := by
  simp only [imaging] at *
  grind

/-- The lens equation in the coordinates of Newton. -/
theorem imaging_iff_newton (f x y : Int) : imaging f (f + x) (f + y) ↔ newtonImaging f x y := by
  simp only [imaging, newtonImaging]
  constructor <;> intro h <;> grind

/-- At twice the focal length object and image are equally far. -/
theorem imaging_two_f (f : Int) : imaging f (2 * f) (2 * f) := by
  simp only [imaging]
  grind

/-- Object and image at equal distances stand at twice the focal length. -/
theorem imaging_equal_distances (f g : Int) (hg : g ≠ 0) (h : imaging f g g) : g = 2 * f := by
  simp only [imaging] at h
  have h2 : g * (2 * f) = g * g := by grind
  exact (Int.eq_of_mul_eq_mul_left hg h2).symm

/-- Scaling the whole set-up keeps it imaging. -/
theorem imaging_scale (k f g b : Int) (h : imaging f g b) : imaging (k * f) (k * g) (k * b) := by
  simp only [imaging] at *
  grind

/-- An object in the focal plane has no finite image unless the focal length vanishes. -/
theorem imaging_focal_plane (f b : Int) (h : imaging f f b) : f = 0 := by
  have h2 : f * f = 0 := by
    simp only [imaging] at h
    grind
  rcases Int.mul_eq_zero.mp h2 with h3 | h3 <;> exact h3

/-- Every focal length images some pair of distances. -/
theorem exists_imaging (f : Int) : ∃ g b, imaging f g b := by
  refine ⟨f + 1, f + f * f, ?_⟩
  simp only [imaging]
  grind

/-- A virtual image: an object at half the focal length appears at the focal distance on its own side. -/
theorem virtual_image (g : Int) : imaging (2 * g) g (-(2 * g)) := by
  simp only [imaging]
  grind

/-- The image distance is unique. -/
theorem image_unique (f g b c : Int) (hg : g ≠ f) (hb : imaging f g b) (hc : imaging f g c) : b = c := by
  simp only [imaging] at *
  have h : (g - f) * b = (g - f) * c := by grind
  exact Int.eq_of_mul_eq_mul_left (by omega) h

/-- The size of the image is linear in the size of the object. -/
theorem image_size_linear (g b y z : Int) : (imageSize g b (y + z)).1 = (imageSize g b y).1 + (imageSize g b z).1 := by
  simp only [imageSize]
  grind

/-- Objects at equal distances in front and behind are imaged at their own size, upside down. -/
theorem image_size_two_f (g y : Int) : (imageSize g g y).1 = -y * (imageSize g g y).2 := by
  grind [imageSize]

/-- Powers of two groups of lenses in contact add. -/
theorem total_power_append (ps qs : List Int) : totalPower (ps ++ qs) = totalPower ps + totalPower qs := by
  induction ps with
  | nil => simp [totalPower]
  | cons p ps ih => grind [totalPower]

/-- Reversing all lens powers reverses the total power. -/
theorem total_power_neg (ps : List Int) : totalPower (ps.map (fun p => -p)) = -totalPower ps := by
  induction ps with
  | nil => rfl
  | cons p ps ih => grind [totalPower]

/-- Every system of lenses can be neutralised by one more lens. -/
theorem exists_neutral_lens (ps : List Int) : ∃ p, totalPower (ps ++ [p]) = 0 := by
  refine ⟨-totalPower ps, ?_⟩
  simp only [total_power_append, totalPower]
  omega

/-- A lens of either kind has power plus or minus one. -/
theorem power_sign_cases (k : LensKind) : powerSign k = 1 ∨ powerSign k = -1 := by
  cases k <;> simp [powerSign]

/-- The kind of a lens is known from its sign. -/
theorem power_sign_injective (k l : LensKind) (h : powerSign k = powerSign l) : k = l := by
  cases k <;> cases l <;> simp_all [powerSign]

/-- A mirror image of a mirror image is the object. -/
theorem mirror_image_involutive (m x : Int) : mirrorImage m (mirrorImage m x) = x := by
  simp only [mirrorImage]
  omega

/-- The mirror stands halfway between object and image. -/
theorem mirror_halfway (m x : Int) : mirrorImage m x - m = m - x := by
  simp only [mirrorImage]
  omega

/-- Only points on the mirror are their own images. -/
theorem mirror_image_fixed (m x : Int) (h : mirrorImage m x = x) : x = m := by
  simp only [mirrorImage] at h
  omega

/-- Facing mirrors make an endless row of images with equal spacing. -/
theorem facing_mirrors_eq (len x : Int) (n : Nat) : facingMirrors len x n = x + 2 * len * n := by
  induction n with
  | zero => simp [facingMirrors]
  | succ n ih => grind [facingMirrors, mirrorImage]

end PhysCore.Optics
