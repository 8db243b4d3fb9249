import PhysField.Mathematics.OrderedField

/-!
# Dyson series and resummation

A propagator `g` corrected by a self-energy `s` is the sum of a geometric series, and so are screened interactions and the scattering amplitude of a
contact potential. The partial sums, their errors, the shift of the pole, its residue and unitarity.
Source: Peskin, Schroeder, An Introduction to Quantum Field Theory, chapter 7; Fetter, Walecka, Quantum Theory of Many-Particle Systems, chapters 3 and 4.
-/
namespace PhysField.QFT
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Free propagator of energy `e` at frequency `w`. -/
def freePropagator (w e : K) : K := 1 / (w - e)

/-- The full propagator from the free one `g` and the self-energy `s`. -/
def dressed (g s : K) : K := g / (1 - g * s)

/-- The sum of the first `n` terms of Dyson's series. -/
def dysonSum (g s : K) : Nat → K
  | 0 => 0
  | n + 1 => g + g * s * dysonSum g s n

/-- The interaction `v` screened by the polarisation `p`. -/
def screened (v p : K) : K := v / (1 + v * p)

/-- Sum of two poles of weights `z` and `1 - z` at `a` and `b`: a spectral representation. -/
def twoPoles (z a b w : K) : K := z / (w - a) + (1 - z) / (w - b)

/-- The full propagator solves Dyson's equation. -/
theorem dressed_equation (g s : K) (h : 1 - g * s ≠ 0) : dressed g s = g + g * s * dressed g s := by
  grind [dressed]

/-- Dyson's equation has no other solution. -/
theorem dressed_unique (g s x : K) (hx : x = g + g * s * x) : x = dressed g s := by
  have k : x * (1 - g * s) = g := by grind
  rw [dressed]
  grind

/-- A self-energy shifts the pole of the propagator. -/
theorem dressed_pole (w e s : K) (h : w ≠ e) : dressed (freePropagator w e) s = freePropagator w (e + s) := by
  grind [dressed, freePropagator]

/-- Self-energies may be added one after the other. -/
theorem dressed_add (g s t : K) (h : 1 - g * s ≠ 0) : dressed (dressed g s) t = dressed g (s + t) := by
  have l : 1 - g / (1 - g * s) * t = (1 - g * (s + t)) / (1 - g * s) := by grind
  rw [dressed, dressed, l]
  grind [dressed]

/-- What the first `n` terms of Dyson's series leave is a power of the correction. -/
theorem dysonSum_remainder (g s : K) (h : 1 - g * s ≠ 0) (n : Nat) : dressed g s - dysonSum g s n = (g * s) ^ n * dressed g s := by
  induction n with
  | zero => grind [dysonSum]
  | succ n ih =>
    have e := dressed_equation g s h
    rw [dysonSum, pow_succ, show (g * s) ^ n * (g * s) * dressed g s = g * s * ((g * s) ^ n * dressed g s) by grind, ← ih]
    grind

/-- With positive corrections every partial sum of Dyson's series stays below the full propagator. -/
theorem dysonSum_lt (g s : K) (hg : 0 < g) (hs : 0 < s) (h : g * s < 1) (n : Nat) : dysonSum g s n < dressed g s := by
  have p := div_pos hg (show 0 < 1 - g * s by grind)
  have q := mul_pos (pow_pos (mul_pos hg hs) n) p
  have e := dysonSum_remainder g s (by grind) n
  rw [dressed] at e
  rw [dressed]
  grind

/-- With positive corrections the partial sums of Dyson's series grow. -/
theorem dysonSum_lt_succ (g s : K) (hg : 0 < g) (hs : 0 < s) (n : Nat) : dysonSum g s n < dysonSum g s (n + 1) := by
  have p := mul_pos hg hs
  induction n with
  | zero => grind [dysonSum]
  | succ n ih =>
    have q := mul_lt_mul_left p ih
    show g + g * s * dysonSum g s n < g + g * s * dysonSum g s (n + 1)
    grind

/-- With negative corrections the partial sums alternate: two terms more bring the error down by the square of the correction. -/
theorem dysonSum_alternate (g s : K) (h : 1 - g * s ≠ 0) (n : Nat) :
    dressed g s - dysonSum g s (n + 2) = (g * s) ^ 2 * (dressed g s - dysonSum g s n) := by
  have p : (g * s) ^ (n + 2) = (g * s) ^ n * (g * s) ^ 2 := by
    rw [pow_succ (g * s) (n + 1), pow_succ (g * s) n]
    grind
  rw [dysonSum_remainder g s h, dysonSum_remainder g s h, p]
  grind

/-- A screened interaction is weaker than the bare one. -/
theorem screened_lt (v p : K) (hv : 0 < v) (hp : 0 < p) : screened v p < v := by
  have h := mul_pos hv hp
  have k := mul_pos hv h
  rw [screened, div_lt_iff (show 0 < 1 + v * p by grind)]
  grind

/-- However strong the bare interaction, the screened one stays below the inverse polarisation. -/
theorem screened_lt_inv (v p : K) (hv : 0 < v) (hp : 0 < p) : screened v p < 1 / p := by
  have h := mul_pos hv hp
  rw [screened, div_lt_div_iff (show 0 < 1 + v * p by grind) hp]
  grind

/-- Screening by two polarisations one after the other is screening by their sum. -/
theorem screened_add (v p q : K) (hv : 0 < v) (hp : 0 < p) (hq : 0 < q) : screened (screened v p) q = screened v (p + q) := by
  have h := mul_pos hv hp
  have k := mul_pos hv hq
  have l : 1 + v / (1 + v * p) * q = (1 + v * (p + q)) / (1 + v * p) := by grind
  rw [screened, screened, l, screened]
  have m : 1 + v * p ≠ 0 := by grind
  have n : 1 + v * (p + q) ≠ 0 := by grind
  grind

/-- The stronger bare interaction is the stronger screened one. -/
theorem screened_lt_screened (v u p : K) (hv : 0 < v) (h : v < u) (hp : 0 < p) : screened v p < screened u p := by
  have k := mul_pos hv hp
  have l := mul_pos (show 0 < u by grind) hp
  rw [screened, screened, div_lt_div_iff (show 0 < 1 + v * p by grind) (show 0 < 1 + u * p by grind)]
  grind

/-- Two poles with positive weights of sum one have a zero of the propagator between them. -/
theorem twoPoles_zero (z a b : K) (hz : 0 < z) (hz' : z < 1) (h : a < b) :
    a < z * b + (1 - z) * a ∧ z * b + (1 - z) * a < b ∧ twoPoles z a b (z * b + (1 - z) * a) = 0 := by
  have p := mul_pos hz (show 0 < b - a by grind)
  have q := mul_pos (show 0 < 1 - z by grind) (show 0 < b - a by grind)
  refine ⟨by grind, by grind, ?_⟩
  rw [twoPoles, show z * b + (1 - z) * a - a = z * (b - a) by grind, show z * b + (1 - z) * a - b = -((1 - z) * (b - a)) by grind]
  have r : 1 - z ≠ 0 := by grind
  have s : b - a ≠ 0 := by grind
  grind

/-- Above its poles a propagator of positive weights is positive and at most that of the highest pole (spectral representation of Källén and Lehmann). -/
theorem twoPoles_bounds (z a b w : K) (hz : 0 ≤ z) (hz' : z ≤ 1) (h : a ≤ b) (hw : b < w) :
    0 < twoPoles z a b w ∧ twoPoles z a b w ≤ freePropagator w b := by
  have p := inv_pos (show 0 < w - a by grind)
  have q := inv_pos (show 0 < w - b by grind)
  have r := inv_le_inv (show 0 < w - b by grind) (show w - b ≤ w - a by grind)
  have s := mul_le_mul_left hz r
  have t := mul_nonneg hz (show 0 ≤ (w - a)⁻¹ by grind)
  have u := mul_nonneg (show 0 ≤ 1 - z by grind) (show 0 ≤ (w - b)⁻¹ - (w - a)⁻¹ by grind)
  have e : twoPoles z a b w = z * (w - a)⁻¹ + (1 - z) * (w - b)⁻¹ := by grind [twoPoles]
  have f : freePropagator w b = (w - b)⁻¹ := by grind [freePropagator]
  rw [e, f]
  generalize (w - a)⁻¹ = x at *
  generalize (w - b)⁻¹ = y at *
  exact ⟨by grind, by grind⟩

/-- A self-energy linear in frequency, with slope `-c`, leaves the pole at zero with the residue `1 / (1 + c)`, between 0 and 1. -/
theorem residue_bounds (c w : K) (hc : 0 ≤ c) (hw : w ≠ 0) :
    dressed (freePropagator w 0) (-c * w) = 1 / (1 + c) * freePropagator w 0 ∧ 0 < 1 / (1 + c) ∧ 1 / (1 + c) ≤ 1 := by
  have k : 1 + c ≠ 0 := by grind
  refine ⟨?_, div_pos (by grind) (by grind), ?_⟩
  · have l : 1 - 1 / (w - 0) * (-c * w) = 1 + c := by grind
    rw [dressed, freePropagator, l]
    grind
  · rw [div_le_iff (show 0 < 1 + c by grind)]
    grind

end PhysField.QFT
