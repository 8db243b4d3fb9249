import PhysField.Mathematics.Complex

/-!
# Scattering in one dimension and by partial waves

Reflection and transmission at a step, a barrier and a contact potential, slabs in series, resonances of Breit and Wigner, and the unitarity of a
partial wave: what a real reaction matrix or a unitary scattering matrix says about amplitudes.
Source: Cohen-Tannoudji, Diu, Laloë, Quantum Mechanics, chapters 1 and 8; Sakurai, Napolitano, Modern Quantum Mechanics, chapter 6.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Reflected part of the current at a step between wave numbers `k` and `q`. -/
def stepReflection (k q : K) : K := ((k - q) / (k + q)) ^ 2

/-- Transmitted part of the current at a step between wave numbers `k` and `q`. -/
def stepTransmission (k q : K) : K := 4 * k * q / (k + q) ^ 2

/-- Transmission of a rectangular barrier: wave number `k` outside, decay `q` inside, `s` the hyperbolic sine of the thickness times `q`. -/
def barrierTransmission (k q s : K) : K := 1 / (1 + ((k ^ 2 + q ^ 2) / (2 * k * q) * s) ^ 2)

/-- Transmission of two slabs with transmissions `s` and `t`, all reflections between them added without interference. -/
def slabTransmission (s t : K) : K := s * t / (1 - (1 - s) * (1 - t))

/-- Transmission of `n` equal slabs of transmission `t`. -/
def slabsTransmission (t : K) : Nat → K
  | 0 => 1
  | n + 1 => slabTransmission (slabsTransmission t n) t

/-- Strength of a resonance of width `g` at the distance `e` from its energy (Breit and Wigner). -/
def breitWigner (g e : K) : K := (g / 2) ^ 2 / (e ^ 2 + (g / 2) ^ 2)

/-- The scattering matrix of a partial wave with the reaction matrix `r`. -/
def scatteringMatrix (r : K) : Complex K := ⟨1, r⟩ / ⟨1, -r⟩

/-- At a step the reflected and the transmitted current make up the whole. -/
theorem step_unitarity (k q : K) (hk : 0 < k) (hq : 0 < q) : stepReflection k q + stepTransmission k q = 1 := by
  have h : k + q ≠ 0 := by grind
  grind [stepReflection, stepTransmission]

/-- A step lets everything through exactly when it is none. -/
theorem stepTransmission_eq_one (k q : K) (hk : 0 < k) (hq : 0 < q) : stepTransmission k q = 1 ↔ k = q := by
  have h : k + q ≠ 0 := by grind
  have u := step_unitarity k q hk hq
  constructor
  · intro e
    have z : (k - q) / (k + q) = 0 := sq_eq_zero.mp (show ((k - q) / (k + q)) ^ 2 = 0 by grind [stepReflection])
    grind
  · intro e
    rw [e] at u ⊢
    grind [stepReflection]

/-- A step is passed alike from both sides. -/
theorem stepTransmission_symm (k q : K) : stepTransmission k q = stepTransmission q k := by
  rw [stepTransmission, stepTransmission, show q + k = k + q by grind]
  grind

/-- The higher the step, the smaller the current that passes it. -/
theorem stepTransmission_lt (k q p : K) (hq : 0 < q) (h : q < p) (hp : p ≤ k) : stepTransmission k q < stepTransmission k p := by
  have a := mul_pos (mul_pos (show 0 < k by grind) (show 0 < p - q by grind)) (show 0 < k ^ 2 - p * q by
    have m := mul_pos (show 0 < k by grind) (show 0 < k - q by grind)
    have n := mul_nonneg (show 0 ≤ k - p by grind) (show 0 ≤ q by grind)
    grind)
  have u := pow_pos (show 0 < k + q by grind) 2
  have v := pow_pos (show 0 < k + p by grind) 2
  rw [stepTransmission, stepTransmission, div_lt_div_iff u v]
  grind

/-- A barrier is passed with a probability between 0 and 1, also where a classical particle turns back (tunnelling). -/
theorem barrier_bounds (k q s : K) : 0 < barrierTransmission k q s ∧ barrierTransmission k q s ≤ 1 := by
  have h := sq_nonneg ((k ^ 2 + q ^ 2) / (2 * k * q) * s)
  refine ⟨div_pos (by grind) (by grind), ?_⟩
  rw [barrierTransmission, div_le_iff (by grind)]
  grind

/-- A barrier is passed at most as well as one whose wave numbers match, at the same `s`. -/
theorem barrier_le (k q s : K) (hk : 0 < k) (hq : 0 < q) : barrierTransmission k q s ≤ 1 / (1 + s ^ 2) := by
  have p := mul_pos hk hq
  have a : 1 ≤ (k ^ 2 + q ^ 2) / (2 * k * q) := by
    rw [le_div_iff (show 0 < 2 * k * q by grind)]
    have h := sq_nonneg (k - q)
    grind
  have b := mul_le_mul (show (0 : K) ≤ 1 by grind) (show 0 ≤ (k ^ 2 + q ^ 2) / (2 * k * q) by grind) a a
  have c := mul_le_mul_right (sq_nonneg s) b
  have d := sq_nonneg s
  rw [barrierTransmission]
  generalize (k ^ 2 + q ^ 2) / (2 * k * q) = m at *
  exact div_le_div_left (by grind) (by grind) (by grind)

/-- In a row of slabs the quotients of reflection and transmission add, like resistances (Landauer). -/
theorem slab_resistance (s t : K) (hs : 0 < s) (hs' : s ≤ 1) (ht : 0 < t) :
    (1 - slabTransmission s t) / slabTransmission s t = (1 - s) / s + (1 - t) / t := by
  have h : 0 < 1 - (1 - s) * (1 - t) := by
    have k := mul_nonneg (show 0 ≤ 1 - s by grind) (show 0 ≤ t by grind)
    grind
  rw [slabTransmission]
  grind

/-- The transmission of `n` equal slabs falls like the inverse of their number (Ohm's law without interference). -/
theorem slabs_transmission (t : K) (ht : 0 < t) (ht' : t ≤ 1) (n : Nat) : slabsTransmission t n = t / (t + (n : K) * (1 - t)) := by
  have pos : ∀ n : Nat, 0 < t + (n : K) * (1 - t) := by
    intro n
    have k := mul_nonneg (natCast_nonneg (K := K) n) (show 0 ≤ 1 - t by grind)
    grind
  induction n with
  | zero => grind [slabsTransmission]
  | succ n ih =>
    have p := pos n
    have q := pos (n + 1)
    have c : ((n + 1 : Nat) : K) = (n : K) + 1 := Lean.Grind.Semiring.natCast_succ n
    rw [c] at q ⊢
    rw [slabsTransmission, ih, slabTransmission]
    generalize (n : K) = m at *
    rw [show 1 - (1 - t / (t + m * (1 - t))) * (1 - t) = t * (t + (m + 1) * (1 - t)) / (t + m * (1 - t)) by grind]
    grind

/-- A resonance is at most as strong as at its energy. -/
theorem breitWigner_bounds (g e : K) (hg : g ≠ 0) : 0 < breitWigner g e ∧ breitWigner g e ≤ 1 := by
  have h := sq_pos (show g / 2 ≠ 0 by grind)
  have k := sq_nonneg e
  refine ⟨div_pos h (by grind), ?_⟩
  rw [breitWigner, div_le_iff (by grind)]
  grind

/-- The width of a resonance is its full width at half of the maximum. -/
theorem breitWigner_half (g e : K) (hg : 0 < g) (he : 0 ≤ e) : breitWigner g e = 1 / 2 ↔ e = g / 2 := by
  have h := sq_pos (show g / 2 ≠ 0 by grind)
  have k := sq_nonneg e
  constructor
  · intro z
    have l : (g / 2) ^ 2 = breitWigner g e * (e ^ 2 + (g / 2) ^ 2) := by grind [breitWigner]
    rw [z] at l
    exact eq_of_sq_eq_sq he (by grind) (by grind)
  · intro z
    rw [z, breitWigner]
    grind

/-- Farther from its energy a resonance is weaker. -/
theorem breitWigner_lt (g e d : K) (hg : g ≠ 0) (he : 0 ≤ e) (h : e < d) : breitWigner g d < breitWigner g e := by
  have k := sq_pos (show g / 2 ≠ 0 by grind)
  have l := sq_lt_sq he h
  have m := sq_nonneg e
  exact div_lt_div_left k (by grind) (by grind)

/-- A real reaction matrix makes the scattering matrix unitary. -/
theorem scatteringMatrix_unitary (r : K) : (scatteringMatrix r).normSq = 1 := by
  have h := sq_nonneg r
  have k : (⟨1, -r⟩ : Complex K) ≠ 0 := by
    intro z
    have e := congrArg Complex.re z
    grind
  have e : scatteringMatrix r * ⟨1, -r⟩ = ⟨1, r⟩ := by
    rw [scatteringMatrix]
    grind
  have f := Complex.normSq_mul (scatteringMatrix r) ⟨1, -r⟩
  rw [e] at f
  simp only [Complex.normSq] at *
  generalize (scatteringMatrix r).re ^ 2 + (scatteringMatrix r).im ^ 2 = x at *
  have m : (x - 1) * (1 + r ^ 2) = 0 := by grind
  rcases mul_eq_zero.mp m with z | z <;> grind

/-- The amplitude of a unitary partial wave has an imaginary part equal to the square of its absolute value (optical theorem). -/
theorem optical_theorem (f : Complex K) : (1 + 2 * Complex.i * f).normSq = 1 ↔ f.im = f.normSq := by
  have e : (1 + 2 * Complex.i * f).normSq = 1 - 4 * f.im + 4 * f.normSq := by grind [Complex.normSq]
  rw [e]
  constructor <;> intro h <;> grind

/-- A partial wave scatters at most with amplitude one, the limit of unitarity, and exactly there it is imaginary. -/
theorem unitarity_limit (f : Complex K) (h : f.im = f.normSq) : f.normSq ≤ 1 ∧ (f.normSq = 1 ↔ f = Complex.i) := by
  have k := sq_nonneg f.re
  have l := sq_nonneg f.im
  rw [Complex.normSq] at *
  have m : f.im ≤ 1 := by
    by_cases z : f.im ≤ 1
    · exact z
    · have p := mul_pos (show 0 < f.im by grind) (show 0 < f.im - 1 by grind)
      grind
  refine ⟨by grind, fun z => ?_, fun z => by grind⟩
  have r : f.re = 0 := sq_eq_zero.mp (by grind)
  ext <;> grind

/-- Absorption, a scattering matrix of absolute value at most one, makes the imaginary part of the amplitude at least the elastic part. -/
theorem optical_absorption (f : Complex K) (h : (1 + 2 * Complex.i * f).normSq ≤ 1) : f.normSq ≤ f.im := by
  have e : (1 + 2 * Complex.i * f).normSq = 1 - 4 * f.im + 4 * f.normSq := by grind [Complex.normSq]
  rw [e] at h
  grind

/-- A contact potential of strength `b` in one dimension transmits with the amplitude `1 / (1 + i b)`: with the reflected wave, one less, currents add to the whole. -/
theorem contact_unitarity (b : K) (t : Complex K) (h : t * ⟨1, b⟩ = 1) : t.normSq + (t - 1).normSq = 1 := by
  have p := congrArg Complex.re h
  have q := congrArg Complex.im h
  have e : t.re = t.normSq := by grind [Complex.normSq]
  have f : (t - 1).normSq = t.normSq - 2 * t.re + 1 := by grind [Complex.normSq]
  rw [f, e]
  grind

end PhysField.QuantumMechanics
