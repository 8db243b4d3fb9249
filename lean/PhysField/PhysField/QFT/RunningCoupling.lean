import PhysField.Mathematics.OrderedField

/-!
# Running couplings

To one loop the inverse of a coupling is linear in the logarithm `t` of the scale, with slope `b`. From this follow asymptotic freedom, the
pole of Landau, the unification of couplings and the leading logarithms. Fixed points of a beta function attract or repel the couplings beside them.
Source: Peskin, Schroeder, An Introduction to Quantum Field Theory, chapters 12 and 16; Georgi, Lie Algebras in Particle Physics, chapter 24.
-/
namespace PhysField.QFT
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- The coupling at the logarithmic scale `t`, from the coupling `g` at scale 0, with one-loop coefficient `b`. -/
def running (b g t : K) : K := g / (1 + b * g * t)

/-- The first `n` leading logarithms in the expansion of a running coupling. -/
def leadingLogs (b g t : K) : Nat → K
  | 0 => 0
  | n + 1 => g - b * g * t * leadingLogs b g t n

/-- Two-loop beta function with opposite signs of its terms. -/
def betaTwoLoop (b c g : K) : K := g ^ 2 * (c * g - b)

/-- The coupling after `n` steps `h` towards low energies of the flow `e g - b g²`. -/
def flowBy (e b h g : K) : Nat → K
  | 0 => g
  | n + 1 => flowBy e b h g n + h * (e * flowBy e b h g n - b * flowBy e b h g n ^ 2)

/-- Inverse couplings run on straight lines. -/
theorem running_inv (b g t : K) (hg : g ≠ 0) : (running b g t)⁻¹ = g⁻¹ + b * t := by
  by_cases h : 1 + b * g * t = 0
  · have k : running b g t = 0 := by grind [running]
    rw [k]
    grind
  · grind [running]

/-- Running from scale to scale and on is running at once (renormalisation group). -/
theorem running_add (b g s t : K) (h : 1 + b * g * s ≠ 0) :
    running b (running b g s) t = running b g (s + t) := by
  have e : 1 + b * (g / (1 + b * g * s)) * t = (1 + b * g * (s + t)) / (1 + b * g * s) := by grind
  rw [running, running, e]
  grind [running]

/-- The coupling changes over a finite scale by the product of its values at both ends: the one-loop beta function in differences. -/
theorem running_difference (b g t : K) (h : 1 + b * g * t ≠ 0) : running b g t - g = -b * t * (g * running b g t) := by
  grind [running]

/-- A positive coupling stays positive under growing scale. -/
theorem running_pos (b g t : K) (hb : 0 ≤ b) (hg : 0 < g) (ht : 0 ≤ t) : 0 < running b g t := by
  have h := mul_nonneg (mul_nonneg hb (show 0 ≤ g by grind)) ht
  exact div_pos hg (by grind)

/-- The coupling falls with the scale (asymptotic freedom). -/
theorem running_lt (b g s t : K) (hb : 0 < b) (hg : 0 < g) (hs : 0 ≤ s) (h : s < t) : running b g t < running b g s := by
  have k := mul_nonneg (mul_nonneg (show 0 ≤ b by grind) (show 0 ≤ g by grind)) hs
  have l := mul_pos (mul_pos hb hg) (show 0 < t - s by grind)
  exact div_lt_div_left hg (by grind) (by grind)

/-- At a large scale every coupling lies below the same bound, however strong it was. -/
theorem running_lt_universal (b g t : K) (hb : 0 < b) (hg : 0 < g) (ht : 0 < t) : running b g t < 1 / (b * t) := by
  have k := mul_pos hb ht
  have l := mul_pos (mul_pos hb hg) ht
  rw [running, div_lt_div_iff (show 0 < 1 + b * g * t by grind) k]
  grind

/-- Couplings do not cross under running: the stronger stays stronger. -/
theorem running_order (b g k t : K) (hb : 0 ≤ b) (hg : 0 < g) (hk : g < k) (ht : 0 ≤ t) : running b g t < running b k t := by
  have p := mul_nonneg (mul_nonneg hb (show 0 ≤ g by grind)) ht
  have q := mul_nonneg (mul_nonneg hb (show 0 ≤ k by grind)) ht
  rw [running, running, div_lt_div_iff (show 0 < 1 + b * g * t by grind) (show 0 < 1 + b * k * t by grind)]
  grind

/-- A coupling that grows with the scale exceeds every bound before the pole of Landau. -/
theorem running_landau (c g m : K) (hc : 0 < c) (hg : 0 < g) (hm : g < m) :
    ∃ t, 0 < t ∧ c * g * t < 1 ∧ running (-c) g t = m := by
  have p := mul_pos hc hg
  have s := mul_pos p (show 0 < m by grind)
  refine ⟨(m - g) / (c * g * m), div_pos (by grind) s, ?_, ?_⟩
  · rw [show c * g * ((m - g) / (c * g * m)) = 1 - g / m by grind]
    have r := div_pos hg (show 0 < m by grind)
    grind
  · rw [running, show 1 + -c * g * ((m - g) / (c * g * m)) = g / m by grind]
    grind

/-- Couplings of different slopes meet at exactly one scale. -/
theorem running_unique_meeting (b c g k t : K) (hbc : b ≠ c) (hg : g ≠ 0) (hk : k ≠ 0) :
    (running b g t)⁻¹ = (running c k t)⁻¹ ↔ t = (k⁻¹ - g⁻¹) / (b - c) := by
  rw [running_inv b g t hg, running_inv c k t hk]
  have h : b - c ≠ 0 := by grind
  constructor <;> intro e <;> grind

/-- Three couplings meet in one point only if their inverses differ like their slopes (prediction of unification). -/
theorem running_unification (a b c x y z t u : K) (hx : x + a * t = u) (hy : y + b * t = u) (hz : z + c * t = u) :
    (x - y) * (b - c) = (y - z) * (a - b) := by
  have h : x - y = (b - a) * t := by grind
  have k : y - z = (c - b) * t := by grind
  rw [h, k]
  grind

/-- What the first leading logarithms leave of the running coupling is the next power of the logarithm. -/
theorem leadingLogs_remainder (b g t : K) (h : 1 + b * g * t ≠ 0) (n : Nat) :
    running b g t - leadingLogs b g t n = (-(b * g * t)) ^ n * running b g t := by
  induction n with
  | zero => grind [leadingLogs]
  | succ n ih =>
    have k : running b g t - leadingLogs b g t (n + 1) = -(b * g * t) * (running b g t - leadingLogs b g t n) := by
      rw [leadingLogs]
      grind [running]
    rw [k, ih, pow_succ]
    grind

/-- The two-loop beta function vanishes beside zero only at the fixed point of Banks and Zaks. -/
theorem betaTwoLoop_zero (b c g : K) (hc : c ≠ 0) (hg : g ≠ 0) : betaTwoLoop b c g = 0 ↔ g = b / c := by
  constructor
  · intro h
    rcases mul_eq_zero.mp h with k | k <;> grind
  · grind [betaTwoLoop]

/-- Below the fixed point of Banks and Zaks the coupling falls with the scale, above it grows. -/
theorem betaTwoLoop_sign (b c g : K) (hc : 0 < c) (hg : 0 < g) : betaTwoLoop b c g < 0 ↔ g < b / c := by
  have h := sq_pos (show g ≠ 0 by grind)
  have k := mul_pos_iff (b := b - c * g) h
  have l : g ^ 2 * (b - c * g) = -betaTwoLoop b c g := by grind [betaTwoLoop]
  rw [lt_div_iff hc]
  grind

/-- A step of the flow multiplies the distance to the fixed point `e / b` by `1 - h b g`. -/
theorem flowBy_succ_sub (e b h g : K) (hb : b ≠ 0) (n : Nat) :
    flowBy e b h g (n + 1) - e / b = (1 - h * b * flowBy e b h g n) * (flowBy e b h g n - e / b) := by
  rw [flowBy]
  grind

/-- A flow that starts above zero and below the fixed point stays there under small steps. -/
theorem flowBy_bounds (e b h g : K) (hb : 0 < b) (hh : 0 < h) (hs : h * e ≤ 1) (hg : 0 < g) (hg' : g ≤ e / b) (n : Nat) :
    0 < flowBy e b h g n ∧ flowBy e b h g n ≤ e / b := by
  induction n with
  | zero => exact ⟨hg, hg'⟩
  | succ n ih =>
    have k := flowBy_succ_sub e b h g (by grind) n
    have s : flowBy e b h g (n + 1) = flowBy e b h g n + h * b * (flowBy e b h g n * (e / b - flowBy e b h g n)) := by
      rw [flowBy]
      grind
    have l := mul_nonneg (mul_nonneg (show 0 ≤ h by grind) (show 0 ≤ b by grind)) (mul_nonneg (show 0 ≤ flowBy e b h g n by grind) (show 0 ≤ e / b - flowBy e b h g n by grind))
    have m := mul_le_mul_left (show 0 ≤ h * b by grind [mul_pos hh hb]) ih.2
    rw [show h * b * (e / b) = h * e by grind] at m
    have p := mul_nonneg (show 0 ≤ 1 - h * b * flowBy e b h g n by grind) (show 0 ≤ e / b - flowBy e b h g n by grind)
    generalize flowBy e b h g (n + 1) = v at *
    generalize flowBy e b h g n = w at *
    exact ⟨by grind, by grind⟩

/-- Below the fixed point the coupling grows towards low energies with every step: the fixed point attracts. -/
theorem flowBy_le_succ (e b h g : K) (hb : 0 < b) (hh : 0 < h) (hs : h * e ≤ 1) (hg : 0 < g) (hg' : g ≤ e / b) (n : Nat) :
    flowBy e b h g n ≤ flowBy e b h g (n + 1) := by
  have k := flowBy_bounds e b h g hb hh hs hg hg' n
  have s : flowBy e b h g (n + 1) = flowBy e b h g n + h * b * (flowBy e b h g n * (e / b - flowBy e b h g n)) := by
    rw [flowBy]
    grind
  have l := mul_nonneg (mul_nonneg (show 0 ≤ h by grind) (show 0 ≤ b by grind)) (mul_nonneg (show 0 ≤ flowBy e b h g n by grind) (show 0 ≤ e / b - flowBy e b h g n by grind))
  rw [s]
  grind

end PhysField.QFT
