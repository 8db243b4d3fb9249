import PhysField.Mathematics.OrderedField

/-!
# Thin lenses

Images by thin lenses in air, in Gauss's approximation. `g` is the distance of the object, `f` the focal length and `lensImage f g` the
distance of the image, positive where the image is real. A diverging lens has a negative focal length, a virtual image a negative distance.
Source: Hecht, Optics, chapters 5 and 6; Born, Wolf, Principles of Optics, chapter 4.
-/
namespace PhysField.Optics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Distance of the image of an object at distance `g` from a lens of focal length `f`. -/
def lensImage (f g : K) : K := f * g / (g - f)

/-- Size of the image over size of the object, positive for an inverted image. -/
def lensMagnification (f g : K) : K := lensImage f g / g

/-- Focal length of two thin lenses in contact. -/
def contactFocal (e f : K) : K := e * f / (e + f)

/-- Refracting power of two thin lenses of focal lengths `e` and `f` that stand `d` apart. -/
def separatedPower (e f d : K) : K := 1 / e + 1 / f - d / (e * f)

/-- Refracting power of a thin lens of index `n` between spherical surfaces of radii `r` and `s`. -/
def lensMakerPower (n r s : K) : K := (n - 1) * (1 / r - 1 / s)

/-- The inverse distances of object and image sum to the inverse focal length exactly at the image (Gauss's lens equation). -/
theorem lens_equation (f g b : K) (hf : f ≠ 0) (hg : g ≠ 0) : 1 / g + 1 / b = 1 / f ↔ b = lensImage f g := by
  grind [lensImage]

/-- The distances of object and image from the foci have the square of the focal length as product (Newton's lens equation). -/
theorem lens_newton (f g : K) (h : g ≠ f) : (g - f) * (lensImage f g - f) = f ^ 2 := by
  have k : g - f ≠ 0 := by grind
  grind [lensImage]

/-- A converging lens makes a real image exactly of what stands beyond its focus. -/
theorem lens_image_real (f g : K) (hf : 0 < f) (hg : 0 < g) (h : g ≠ f) : 0 < lensImage f g ↔ f < g := by
  have e : lensImage f g * (g - f) = f * g := by grind [lensImage]
  have k := mul_pos hf hg
  constructor
  · intro p
    have m := mul_pos_iff (b := g - f) p
    grind
  · intro p
    exact div_pos k (by grind)

/-- Object and image may be exchanged. -/
theorem lens_reversible (f g : K) (hf : f ≠ 0) (h : g ≠ f) : lensImage f (lensImage f g) = g := by
  have k : g - f ≠ 0 := by grind
  have m := lens_newton f g h
  have n : lensImage f g - f ≠ 0 := by grind
  have e : lensImage f g = f + f ^ 2 / (g - f) := by grind
  rw [lensImage]
  grind

/-- A real image moves toward the lens as its object moves away. -/
theorem lens_image_moves (f g h : K) (hf : 0 < f) (hg : f < g) (hh : g < h) : lensImage f h < lensImage f g := by
  have k := mul_pos (mul_pos hf hf) (show 0 < h - g by grind)
  rw [lensImage, lensImage, div_lt_div_iff (show 0 < h - f by grind) (show 0 < g - f by grind)]
  grind

/-- An object and its real image are at least four focal lengths apart. -/
theorem lens_four_focal_lengths (f g : K) (h : f < g) : 4 * f ≤ g + lensImage f g := by
  have k := sq_nonneg (g - 2 * f)
  rw [lensImage, show g + f * g / (g - f) = g ^ 2 / (g - f) by grind, le_div_iff (show 0 < g - f by grind)]
  grind

/-- An object and its real image are exactly four focal lengths apart only at two focal lengths from the lens each. -/
theorem lens_closest_image (f g : K) : g + lensImage f g = 4 * f ↔ g = 2 * f := by
  have e : g - f ≠ 0 → (g + lensImage f g - 4 * f) * (g - f) = (g - 2 * f) ^ 2 := by grind [lensImage]
  by_cases z : g - f = 0
  · grind [lensImage]
  constructor
  · intro p
    have q : (g - 2 * f) ^ 2 = 0 := by grind
    have r := sq_eq_zero.mp q
    grind
  · intro p
    have q : g + lensImage f g - 4 * f = 0 ∨ g - f = 0 := mul_eq_zero.mp (by grind)
    grind

/-- Two positions of a lens, `e` apart, that image one object on one screen at distance `d` give its focal length (Bessel). -/
theorem lens_bessel (f g d e : K) (hf : 0 < f) (h : f < g) (hd : d = g + lensImage f g) (he : e = g - lensImage f g) :
    f = (d ^ 2 - e ^ 2) / (4 * d) := by
  have k := lens_four_focal_lengths f g h
  have m := lens_newton f g (by grind)
  have n : d ≠ 0 := by grind
  grind

/-- The images in Bessel's two positions of the lens have the size of the object as geometric mean. -/
theorem lens_bessel_magnification (f g : K) (hf : 0 < f) (h : f < g) :
    lensMagnification f g * lensMagnification f (lensImage f g) = 1 := by
  have k := (lens_image_real f g hf (by grind) (by grind)).mpr h
  rw [lensMagnification, lensMagnification, lens_reversible f g (by grind) (by grind)]
  grind

/-- A real image is larger than its object exactly within two focal lengths of the lens. -/
theorem lens_enlarges (f g : K) (hf : 0 < f) (h : f < g) : 1 < lensMagnification f g ↔ g < 2 * f := by
  have e : lensMagnification f g = f / (g - f) := by grind [lensMagnification, lensImage]
  rw [e, lt_div_iff (show 0 < g - f by grind)]
  grind

/-- A magnifying glass shows an upright image that is larger than the object. -/
theorem lens_magnifier (f g : K) (hg : 0 < g) (h : g < f) : 1 < -lensMagnification f g := by
  have e : -lensMagnification f g = f / (f - g) := by grind [lensMagnification, lensImage]
  rw [e, lt_div_iff (show 0 < f - g by grind)]
  grind

/-- A diverging lens shows an upright image that is smaller than the object. -/
theorem lens_diverging (f g : K) (hf : f < 0) (hg : 0 < g) :
    0 < -lensMagnification f g ∧ -lensMagnification f g < 1 := by
  have e : -lensMagnification f g = -f / (g - f) := by grind [lensMagnification, lensImage]
  rw [e, div_lt_iff (show 0 < g - f by grind)]
  exact ⟨div_pos (by grind) (by grind), by grind⟩

/-- A short object along the axis is magnified by the product of the magnifications at its ends. -/
theorem lens_longitudinal (f g h : K) (hg : g ≠ 0) (hh : h ≠ 0) (hgf : g ≠ f) (hhf : h ≠ f) :
    lensImage f g - lensImage f h = lensMagnification f g * lensMagnification f h * (h - g) := by
  have a : g - f ≠ 0 := by grind
  have b : h - f ≠ 0 := by grind
  grind [lensMagnification, lensImage]

/-- Two thin lenses in contact image like one whose power is the sum of theirs: the first image is the second object. -/
theorem lens_contact (e f g b c : K) (he : 0 < e) (hf : 0 < f) (h : 1 / g + 1 / b = 1 / e) (k : -1 / b + 1 / c = 1 / f) :
    1 / g + 1 / c = 1 / contactFocal e f := by
  have p : 1 / contactFocal e f = 1 / e + 1 / f := by
    have q : e + f ≠ 0 := by grind
    have r := mul_pos he hf
    grind [contactFocal]
  grind

/-- A converging lens put against another one shortens its focal length. -/
theorem lens_contact_shorter (e f : K) (he : 0 < e) (hf : 0 < f) : contactFocal e f < e := by
  have k := mul_pos he he
  rw [contactFocal, div_lt_iff (show 0 < e + f by grind)]
  grind

/-- Two lenses that stand apart image a distant object behind the second one at its power's share of the distance. -/
theorem lens_back_focus (e f d : K) (he : e ≠ 0) (hf : f ≠ 0) :
    lensImage f (d - e) = (1 - d / e) / separatedPower e f d := by
  have a : separatedPower e f d = (e + f - d) / (e * f) := by grind [separatedPower]
  rw [lensImage, a]
  grind

/-- Two lenses form a telescope without power exactly when their foci coincide. -/
theorem lens_afocal (e f d : K) (he : e ≠ 0) (hf : f ≠ 0) : separatedPower e f d = 0 ↔ d = e + f := by
  have a : separatedPower e f d * (e * f) = e + f - d := by grind [separatedPower]
  have b : e * f ≠ 0 := by grind
  constructor
  · intro z
    grind
  · intro z
    rcases mul_eq_zero.mp (show separatedPower e f d * (e * f) = 0 by grind) with q | q <;> grind

/-- Refraction at two surfaces one after the other makes a lens whose power is that of the lens-maker's formula. -/
theorem lens_maker (n r s g b c : K) (h : 1 / g + n / c = (n - 1) / r) (k : -n / c + 1 / b = (1 - n) / s) :
    1 / g + 1 / b = lensMakerPower n r s := by
  grind [lensMakerPower]

/-- A biconvex lens converges more the stronger its front is curved. -/
theorem lens_maker_curvature (n r q s : K) (hn : 1 < n) (hr : 0 < r) (h : r < q) :
    lensMakerPower n q s < lensMakerPower n r s := by
  have k := mul_lt_mul_left (show 0 < n - 1 by grind) (inv_lt_inv hr h)
  grind [lensMakerPower]

/-- The lenses of an achromatic doublet have powers `p` and `q` of opposite sign. -/
theorem lens_achromat_opposite (p q v w : K) (hp : p ≠ 0) (hv : 0 < v) (hw : 0 < w) (h : p / v + q / w = 0) :
    p * q < 0 := by
  have e : p * q = -(p ^ 2 * (w / v)) := by grind
  have k := mul_pos (sq_pos hp) (div_pos hw hv)
  grind

/-- The first lens of an achromatic doublet has its Abbe number's share of the total power. -/
theorem lens_achromat (p q v w : K) (hv : 0 < v) (hw : 0 < w) (hvw : v ≠ w) (h : p / v + q / w = 0) :
    p = (p + q) * v / (v - w) := by
  have k : v - w ≠ 0 := by grind
  have e : p * w + q * v = 0 := by grind
  grind

end PhysField.Optics
