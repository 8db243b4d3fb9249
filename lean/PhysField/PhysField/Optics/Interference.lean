import PhysField.Mathematics.Series

/-!
# Interference

Complex amplitudes are pairs of their parts. Superposition of two beams with its visibility, many beams, the grating, and the
interferometer of Fabry and Perot: `airy f s` is its transmission where `s` is the squared sine of half the phase of a round trip.
Source: Hecht, Optics, chapters 9 and 10; Born, Wolf, Principles of Optics, chapter 7.
-/
namespace PhysField.Optics
open PhysField.Mathematics

/-- A complex amplitude. -/
@[ext] structure Amplitude (K : Type u) where
  re : K
  im : K

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Sum of two amplitudes. -/
def ampAdd (a b : Amplitude K) : Amplitude K := ⟨a.re + b.re, a.im + b.im⟩

/-- Product of two amplitudes. -/
def ampMul (a b : Amplitude K) : Amplitude K := ⟨a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re⟩

/-- Intensity of an amplitude. -/
def intensity (a : Amplitude K) : K := a.re ^ 2 + a.im ^ 2

/-- Amplitude of `n` beams together. -/
def ampSum (f : Fin n → Amplitude K) : Amplitude K := ⟨sum fun k => (f k).re, sum fun k => (f k).im⟩

/-- The power of an amplitude. -/
def ampPow (a : Amplitude K) : Nat → Amplitude K
  | 0 => ⟨1, 0⟩
  | k + 1 => ampMul (ampPow a k) a

/-- Amplitude of a grating of `n` slits with the phase factor `a` from slit to slit. -/
def gratingAmplitude (a : Amplitude K) : Nat → Amplitude K
  | 0 => ⟨0, 0⟩
  | k + 1 => ampAdd (gratingAmplitude a k) (ampPow a k)

/-- Contrast of the brightest and the darkest place. -/
def visibility (x y : K) : K := (x - y) / (x + y)

/-- Transmission of the interferometer of Fabry and Perot (Airy). -/
def airy (f s : K) : K := 1 / (1 + f * s)

/-- Coefficient of finesse of two mirrors of reflectance `r`. -/
def finesseCoefficient (r : K) : K := 4 * r / (1 - r) ^ 2

/-- The intensity of a product is the product of the intensities. -/
theorem intensity_mul (a b : Amplitude K) : intensity (ampMul a b) = intensity a * intensity b := by
  grind [intensity, ampMul]

/-- Two beams cancel somewhere only if they are of one intensity. -/
theorem dark_fringe (a b : Amplitude K) (h : intensity (ampAdd a b) = 0) : intensity a = intensity b := by
  have k := sq_add_sq_eq_zero.mp (show (a.re + b.re) ^ 2 + (a.im + b.im) ^ 2 = 0 from h)
  grind [intensity]

/-- What two beams gain in phase they lose in opposite phase: the two outputs share the whole intensity. -/
theorem interference_energy (a b : Amplitude K) :
    intensity (ampAdd a b) + intensity (ampAdd a ⟨-b.re, -b.im⟩) = 2 * (intensity a + intensity b) := by
  grind [intensity, ampAdd]

/-- Visibility lies between 0 and 1. -/
theorem visibility_bounds (x y : K) (hy : 0 ≤ y) (h : y ≤ x) (hx : 0 < x) : 0 ≤ visibility x y ∧ visibility x y ≤ 1 := by
  have p : 0 < x + y := by grind
  rw [visibility, le_div_iff p, div_le_iff p]
  grind

/-- Fringes of two beams of intensities `a²` and `b²` have the visibility of twice the product over the sum of squares. -/
theorem visibility_two_beams (a b : K) :
    visibility ((a + b) ^ 2) ((a - b) ^ 2) = 2 * a * b / (a ^ 2 + b ^ 2) := by
  grind [visibility]

/-- Two beams have full visibility exactly where they are of one intensity. -/
theorem visibility_full (a b : K) (ha : 0 < a) : 2 * a * b / (a ^ 2 + b ^ 2) = 1 ↔ a = b := by
  have p := sq_pos (show a ≠ 0 by grind)
  have q := sq_nonneg b
  have g : a ^ 2 + b ^ 2 ≠ 0 := by grind
  constructor
  · intro h
    have k : 2 * a * b = a ^ 2 + b ^ 2 := by grind
    have l := sq_eq_zero.mp (show (a - b) ^ 2 = 0 by grind)
    grind
  · intro h
    rw [← h]
    grind

/-- `n` beams together have at most `n` times the sum of their intensities, and so at most `n²` times one of them. -/
theorem intensity_sum_le (f : Fin n → Amplitude K) : intensity (ampSum f) ≤ n * sum fun k => intensity (f k) := by
  have a := inner_sq_le (fun _ : Fin n => (1 : K)) fun k => (f k).re
  have b := inner_sq_le (fun _ : Fin n => (1 : K)) fun k => (f k).im
  have c : ∀ g : Fin n → K, inner (fun _ => 1) g = sum g := fun g => sum_congr _ _ fun k => by grind
  have d : (sum fun k => intensity (f k)) = inner (fun k => (f k).re) (fun k => (f k).re) + inner (fun k => (f k).im) (fun k => (f k).im) := by
    rw [inner, inner, ← sum_add]
    exact sum_congr _ _ fun k => by grind [intensity]
  rw [c, c, sum_const] at a b
  rw [d]
  simp only [intensity, ampSum]
  grind

/-- Phase factors of one slit after the other keep the intensity 1. -/
theorem ampPow_intensity (a : Amplitude K) (h : intensity a = 1) (k : Nat) : intensity (ampPow a k) = 1 := by
  induction k with
  | zero => grind [ampPow, intensity]
  | succ k ih =>
    rw [ampPow, intensity_mul, ih, h]
    grind

/-- The amplitude of a grating times one less the phase factor telescopes. -/
theorem grating_telescope (a : Amplitude K) (k : Nat) :
    ampMul ⟨1 - a.re, -a.im⟩ (gratingAmplitude a k) = ⟨1 - (ampPow a k).re, -(ampPow a k).im⟩ := by
  induction k with
  | zero => ext <;> grind [ampMul, gratingAmplitude, ampPow]
  | succ k ih =>
    have x := congrArg Amplitude.re ih
    have y := congrArg Amplitude.im ih
    ext <;> grind [ampMul, gratingAmplitude, ampPow, ampAdd]

/-- The intensity of a grating is the quotient of the squared sines of half the whole and half the single phase. -/
theorem grating_intensity (a : Amplitude K) (h : intensity a = 1) (k : Nat) :
    (2 - 2 * a.re) * intensity (gratingAmplitude a k) = 2 - 2 * (ampPow a k).re := by
  have t := congrArg intensity (grating_telescope a k)
  have i := ampPow_intensity a h k
  rw [intensity_mul] at t
  have p : intensity ⟨1 - a.re, -a.im⟩ = 2 - 2 * a.re := by grind [intensity]
  have q : intensity ⟨1 - (ampPow a k).re, -(ampPow a k).im⟩ = 2 - 2 * (ampPow a k).re := by grind [intensity]
  rw [p, q] at t
  exact t

/-- In its directions of maximum a grating of `k` slits shines with `k²` times one slit. -/
theorem grating_maximum (k : Nat) : intensity (gratingAmplitude (⟨1, 0⟩ : Amplitude K) k) = (k : K) ^ 2 := by
  have p : ∀ j : Nat, ampPow (⟨1, 0⟩ : Amplitude K) j = ⟨1, 0⟩ := by
    intro j
    induction j with
    | zero => rfl
    | succ j ih => ext <;> grind [ampPow, ampMul]
  have e : gratingAmplitude (⟨1, 0⟩ : Amplitude K) k = ⟨k, 0⟩ := by
    induction k with
    | zero => ext <;> grind [gratingAmplitude]
    | succ k ih => ext <;> grind [gratingAmplitude, ampAdd]
  rw [e]
  grind [intensity]

/-- A grating is dark where the phases of all its slits close to a circle. -/
theorem grating_dark (a : Amplitude K) (h : intensity a = 1) (k : Nat) (ha : a.re ≠ 1) (hk : ampPow a k = ⟨1, 0⟩) :
    intensity (gratingAmplitude a k) = 0 := by
  have t := grating_intensity a h k
  rw [hk] at t
  have s : (2 - 2 * a.re) * intensity (gratingAmplitude a k) = 0 := by grind
  rcases mul_eq_zero.mp s with l | l
  · grind
  · exact l

/-- The transmission of Fabry and Perot's interferometer lies between its least value and 1. -/
theorem airy_bounds (f s : K) (hf : 0 ≤ f) (hs : 0 ≤ s) (hs' : s ≤ 1) : airy f 1 ≤ airy f s ∧ airy f s ≤ 1 := by
  have p := mul_nonneg hf hs
  have q := mul_nonneg hf (show 0 ≤ 1 - s by grind)
  rw [airy, airy, div_le_iff (show 0 < 1 + f * s by grind)]
  exact ⟨div_le_div_left (by grind) (by grind) (by grind), by grind⟩

/-- The interferometer passes at least half exactly where the squared sine is within the inverse coefficient of finesse. -/
theorem airy_half_width (f s : K) (hf : 0 < f) (hs : 0 ≤ s) : 1 / 2 ≤ airy f s ↔ s ≤ 1 / f := by
  have p := mul_nonneg (show 0 ≤ f by grind) hs
  rw [airy, div_le_div_iff (by grind) (show 0 < 1 + f * s by grind), le_div_iff hf]
  grind

/-- Darkest between its maxima the interferometer passes the squared quotient of one less and one more reflectance. -/
theorem airy_minimum (r : K) (hr : 0 ≤ r) (hr' : r < 1) : airy (finesseCoefficient r) 1 = ((1 - r) / (1 + r)) ^ 2 := by
  have p : 1 - r ≠ 0 := by grind
  have q : 1 + r ≠ 0 := by grind
  have e : 1 + finesseCoefficient r * 1 = ((1 + r) / (1 - r)) ^ 2 := by grind [finesseCoefficient]
  rw [airy, e]
  generalize 1 + r = x at *
  generalize 1 - r = y at *
  grind

/-- Better mirrors make the maxima narrower. -/
theorem finesse_grows (r q : K) (hr : 0 ≤ r) (h : r < q) (hq : q < 1) : finesseCoefficient r < finesseCoefficient q := by
  have a := sq_pos (show 1 - r ≠ 0 by grind)
  have b := sq_pos (show 1 - q ≠ 0 by grind)
  have c := mul_pos (show 0 < q - r by grind) (show 0 < 1 - r * q by
    have d := mul_le_mul hr (show (0 : K) ≤ 1 by grind) (show r ≤ r by grind) (show q ≤ 1 by grind)
    grind)
  rw [finesseCoefficient, finesseCoefficient, div_lt_div_iff a b]
  grind

/-- The transmitted amplitudes of successive round trips, with the mirrors in phase, sum to less than the whole. -/
theorem fabry_perot_partial_sums (r : K) (hr : 0 < r) (k : Nat) :
    (1 - r) * partialSum (fun j => r ^ j) k < 1 := by
  have e := geometric_sum_mul r k
  have p := pow_pos hr k
  rw [e]
  grind

end PhysField.Optics
