import PhysField.Mathematics.OrderedField

/-!
# Reflection and refraction at a boundary

Amplitudes that a plane boundary between media of indices `n` and `p` reflects and transmits. Sines and cosines of the angles of
incidence and refraction are numbers with Snell's law and `s² + c² = 1` as hypotheses. A pile of plates adds intensities, not amplitudes.
Source: Born, Wolf, Principles of Optics, chapter 1; Hecht, Optics, chapter 4.
-/
namespace PhysField.Optics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Amplitude reflected by a boundary whose sides have the effective indices `a` and `b`. -/
def fresnelR (a b : K) : K := (a - b) / (a + b)

/-- Amplitude transmitted at normal incidence from index `a` to index `b`. -/
def fresnelT (a b : K) : K := 2 * a / (a + b)

/-- Reflected amplitude for polarisation across the plane of incidence, with cosines `c` and `d` of both angles. -/
def fresnelS (n p c d : K) : K := fresnelR (n * c) (p * d)

/-- Reflected amplitude for polarisation in the plane of incidence, with cosines `c` and `d` of both angles. -/
def fresnelP (n p c d : K) : K := fresnelR (p * c) (n * d)

/-- Reflectance of two surfaces of reflectances `r` and `q` without absorption, all multiple reflections added by intensity. -/
def pileReflectance (r q : K) : K := r + (1 - r) ^ 2 * q / (1 - r * q)

/-- Reflectance of a pile of `m` surfaces of reflectance `r` each. -/
def pileOf (r : K) : Nat → K
  | 0 => 0
  | m + 1 => pileReflectance r (pileOf r m)

/-- A boundary reflects from below with the opposite amplitude (Stokes). -/
theorem fresnel_stokes_reversal (a b : K) : fresnelR b a = -fresnelR a b := by
  have k : a + b = b + a := by grind
  grind [fresnelR]

/-- Transmission down and up and the square of reflection sum to 1 (Stokes). -/
theorem fresnel_stokes (a b : K) (ha : 0 < a) (hb : 0 < b) :
    fresnelT a b * fresnelT b a = 1 - fresnelR a b ^ 2 := by
  have k : a + b ≠ 0 := by grind
  have l : b + a = a + b := by grind
  grind [fresnelT, fresnelR]

/-- The reflected and the transmitted power sum to the incident one. -/
theorem fresnel_energy (a b : K) (ha : 0 < a) (hb : 0 < b) : fresnelR a b ^ 2 + b / a * fresnelT a b ^ 2 = 1 := by
  have k : a + b ≠ 0 := by grind
  grind [fresnelR, fresnelT]

/-- The field is continuous at a boundary: incident and reflected amplitude sum to the transmitted one. -/
theorem fresnel_continuity (a b : K) (ha : 0 < a) (hb : 0 < b) : 1 + fresnelR a b = fresnelT a b := by
  have k : a + b ≠ 0 := by grind
  grind [fresnelR, fresnelT]

/-- A boundary reflects less than the whole power. -/
theorem fresnel_reflectance_lt_one (a b : K) (ha : 0 < a) (hb : 0 < b) : fresnelR a b ^ 2 < 1 := by
  have e := fresnel_energy a b ha hb
  have t : 0 < fresnelT a b := div_pos (by grind) (by grind)
  have k := mul_pos (div_pos hb ha) (sq_pos (show fresnelT a b ≠ 0 by grind))
  grind

/-- A boundary is free of reflection exactly between media of one index. -/
theorem fresnel_no_reflection (a b : K) (ha : 0 < a) (hb : 0 < b) : fresnelR a b = 0 ↔ a = b := by
  have k : a + b ≠ 0 := by grind
  have e : fresnelR a b * (a + b) = a - b := by grind [fresnelR]
  constructor
  · intro z
    grind
  · intro z
    grind [fresnelR]

/-- Into a denser medium the reflected amplitude grows with its index. -/
theorem fresnel_reflection_grows (a b c : K) (ha : 0 < a) (hab : a ≤ b) (h : b < c) :
    fresnelR a b ^ 2 < fresnelR a c ^ 2 := by
  have k : -fresnelR a b < -fresnelR a c := by
    rw [← fresnel_stokes_reversal, ← fresnel_stokes_reversal, fresnelR, fresnelR,
      div_lt_div_iff (by grind) (by grind)]
    have m := mul_pos ha (show 0 < c - b by grind)
    grind
  have l : 0 ≤ -fresnelR a b := by
    rw [← fresnel_stokes_reversal]
    exact div_nonneg (by grind) (by grind)
  have m := sq_lt_sq l k
  grind

/-- Reflected amplitudes of successive boundaries add like velocities do in relativity. -/
theorem fresnel_addition (a b c : K) (ha : 0 < a) (hb : 0 < b) (hc : 0 < c) :
    fresnelR a c = (fresnelR a b + fresnelR b c) / (1 + fresnelR a b * fresnelR b c) := by
  have j : a + b ≠ 0 := by grind
  have k : b + c ≠ 0 := by grind
  have l : a + c ≠ 0 := by grind
  have p := mul_pos hb (show 0 < a + c by grind)
  have q := mul_pos (show 0 < a + b by grind) (show 0 < b + c by grind)
  have m : 1 + fresnelR a b * fresnelR b c = 2 * (b * (a + c)) / ((a + b) * (b + c)) := by grind [fresnelR]
  have n : fresnelR a b + fresnelR b c = 2 * (b * (a - c)) / ((a + b) * (b + c)) := by grind [fresnelR]
  have r := div_pos (show 0 < 2 * (b * (a + c)) by grind) q
  obtain ⟨t, ht⟩ : ∃ t, t = (a + b) * (b + c) := ⟨_, rfl⟩
  have l : ∀ x y z : K, z ≠ 0 → x * z = y → x = y / z := by grind
  rw [m, n]
  refine l _ _ _ (by grind) ?_
  rw [← ht, fresnelR]
  grind

/-- A coating whose index is the geometric mean of its neighbours reflects equally at both faces. -/
theorem fresnel_coating (a b c : K) (ha : 0 < a) (hc : 0 < c) :
    fresnelR a b = fresnelR b c ↔ b ^ 2 = a * c := by
  grind [fresnelR]

/-- Snell's law bends a ray toward the normal in the denser medium. -/
theorem snell_toward_normal (n p s t : K) (hn : 0 < n) (hs : 0 < s) (h : n * s = p * t) (hnp : n < p) : t < s := by
  have k := mul_lt_mul_right hs hnp
  exact lt_of_mul_lt_mul_left (show 0 < p by grind) (by grind)

/-- No ray is refracted beyond the critical angle (total reflection). -/
theorem snell_total_reflection (n p s t d : K) (hn : 0 < p) (h : n * s = p * t) (hc : p < n * s) : t ^ 2 + d ^ 2 ≠ 1 := by
  intro e
  have k : 1 < t := lt_of_mul_lt_mul_left hn (by grind)
  have l := mul_pos (show 0 < t - 1 by grind) (show 0 < t + 1 by grind)
  have m := sq_nonneg d
  grind

/-- Under Snell's law the amplitude across the plane of incidence is the sine of the difference over that of the sum. -/
theorem fresnel_sine_law (n p s t c d : K) (hs : 0 < s) (hp : 0 < p) (h : n * s = p * t) :
    fresnelS n p c d = (t * c - s * d) / (t * c + s * d) := by
  have e : n = p * t / s := by grind
  have m : n * c - p * d = p * (t * c - s * d) / s := by grind
  have o : n * c + p * d = p * (t * c + s * d) / s := by grind
  rw [fresnelS, fresnelR, m, o]
  grind

/-- At Brewster's angle the reflected and the refracted ray are perpendicular: light in the plane is not reflected. -/
theorem fresnel_brewster (n p s t c d : K) (hn : 0 < n) (hp : 0 < p) (hnp : n ≠ p) (hc : 0 < c) (hd : 0 < d) (ht : 0 < t)
    (hs : 0 < s) (h : n * s = p * t) (k : s ^ 2 + c ^ 2 = 1) (l : t ^ 2 + d ^ 2 = 1) :
    fresnelP n p c d = 0 ↔ c = t := by
  have a := mul_pos hp hc
  have b := mul_pos hn hd
  rw [fresnelP, fresnel_no_reflection _ _ a b]
  constructor
  · intro e
    have f : (n ^ 2 - p ^ 2) * (c ^ 2 - t ^ 2) = 0 := by grind
    have g : n ^ 2 - p ^ 2 ≠ 0 := by
      intro z
      have y := eq_of_sq_eq_sq (a := n) (b := p) (by grind) (by grind) (by grind)
      grind
    exact eq_of_sq_eq_sq (by grind) (by grind) (by grind)
  · intro e
    have f : d ^ 2 = s ^ 2 := by grind
    have g := eq_of_sq_eq_sq (a := d) (b := s) (by grind) (by grind) f
    grind

/-- Light across the plane of incidence is reflected at least as strongly as light in it. -/
theorem fresnel_polarises (n p c d : K) (hn : 0 < n) (hp : n ≤ p) (hc : 0 < c) (hcd : c ≤ d) (h : n * d ≤ p * c) :
    fresnelP n p c d ^ 2 ≤ fresnelS n p c d ^ 2 := by
  have a := mul_pos (show 0 < p by grind) hc
  have b := mul_pos hn (show 0 < d by grind)
  have e := mul_pos hn hc
  have f := mul_pos (show 0 < p by grind) (show 0 < d by grind)
  have g : fresnelP n p c d ≤ -fresnelS n p c d := by
    rw [fresnelP, fresnelS, ← fresnel_stokes_reversal, fresnelR, fresnelR, div_le_div_iff (by grind) (by grind)]
    have i := mul_nonneg (mul_nonneg (show 0 ≤ n by grind) (show 0 ≤ p by grind))
      (mul_nonneg (show 0 ≤ d - c by grind) (show 0 ≤ d + c by grind))
    grind
  have i : 0 ≤ fresnelP n p c d := div_nonneg (by grind) (by grind)
  have j := sq_le_sq i g
  grind

/-- Two surfaces together reflect alike from both sides. -/
theorem pile_comm (r q : K) (h : r * q ≠ 1) : pileReflectance r q = pileReflectance q r := by
  have a : 1 - r * q ≠ 0 := by grind
  have b : 1 - q * r = 1 - r * q := by grind
  grind [pileReflectance]

/-- The reflectance of a pile of `m` surfaces is `m r` over `1 + (m - 1) r` (Stokes). -/
theorem pile_of_plates (r : K) (hr : 0 ≤ r) (hr' : r < 1) (m : Nat) : pileOf r m = m * r / (1 + (m - 1) * r) := by
  induction m with
  | zero => grind [pileOf]
  | succ m ih =>
    have a := mul_nonneg (natCast_nonneg (K := K) m) hr
    have b : 1 + ((m : K) - 1) * r ≠ 0 := by grind
    have c := mul_pos (show 0 < 1 - r by grind) (show 0 < 1 + m * r by grind)
    have e : 1 - r * (m * r / (1 + (m - 1) * r)) = (1 - r) * (1 + m * r) / (1 + (m - 1) * r) := by grind
    rw [pileOf, ih, pileReflectance, e]
    grind

/-- A pile of plates reflects less than the whole light however high it is. -/
theorem pile_lt_one (r : K) (hr : 0 ≤ r) (hr' : r < 1) (m : Nat) : pileOf r m < 1 := by
  have a := mul_nonneg (natCast_nonneg (K := K) m) hr
  rw [pile_of_plates r hr hr', div_lt_iff (by grind)]
  grind

/-- Each further plate makes a pile reflect more. -/
theorem pile_grows (r : K) (hr : 0 < r) (hr' : r < 1) (m : Nat) : pileOf r m < pileOf r (m + 1) := by
  have a := mul_nonneg (natCast_nonneg (K := K) m) (show 0 ≤ r by grind)
  have b := mul_pos hr (show 0 < 1 - r by grind)
  rw [pile_of_plates r (by grind) hr', pile_of_plates r (by grind) hr', div_lt_div_iff (by grind) (by grind)]
  grind

end PhysField.Optics
