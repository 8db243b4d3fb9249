import PhysField.Mathematics.OrderedField

/-!
# Two-level systems

Two states of energies `a` and `b`, coupled by `w`. The levels are the roots of the secular equation; they repel each other, enclose the
uncoupled energies and bound every mean energy. With them Rabi's formula and the oscillation of neutrinos between two flavours.
Source: Cohen-Tannoudji, Diu, Laloë, Quantum Mechanics, chapter 4; Feynman, Leighton, Sands, Lectures on Physics, volume 3, chapters 8 to 11.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Vanishes where `e` is a level of the states of energies `a` and `b` coupled by `w`. -/
def secular (a b w e : K) : K := (e - a) * (e - b) - w ^ 2

/-- The state with amplitudes `x` and `y` is stationary with the energy `e`. -/
def Stationary (a b w e x y : K) : Prop := a * x + w * y = e * x ∧ w * x + b * y = e * y

/-- Mean energy of the state with amplitudes `x` and `y`, times its squared length. -/
def meanEnergy (a b w x y : K) : K := a * x ^ 2 + 2 * w * x * y + b * y ^ 2

/-- The pair of levels `e` and `f`: their sum is the trace and their product the determinant of the Hamiltonian. -/
def Levels (a b w e f : K) : Prop := e + f = a + b ∧ e * f = a * b - w ^ 2

/-- Probability of transition in Rabi's formula: coupling `w`, half detuning `d`, `s` the sine of the phase. -/
def rabi (w d s : K) : K := w ^ 2 / (w ^ 2 + d ^ 2) * s ^ 2

/-- Probability that a neutrino keeps its flavour: cosine `c` and sine `s` of the mixing angle, `q` the sine of the phase. -/
def survival (c s q : K) : K := 1 - 4 * c ^ 2 * s ^ 2 * q ^ 2

/-- The energy of a stationary state solves the secular equation. -/
theorem secular_of_stationary (a b w e x y : K) (h : Stationary a b w e x y) (hn : x ≠ 0 ∨ y ≠ 0) : secular a b w e = 0 := by
  obtain ⟨h, k⟩ := h
  have ex : secular a b w e * x = 0 := by grind [secular]
  have ey : secular a b w e * y = 0 := by grind [secular]
  rcases hn with n | n
  · rcases mul_eq_zero.mp ex with z | z <;> grind
  · rcases mul_eq_zero.mp ey with z | z <;> grind

/-- Every root of the secular equation of coupled states is the energy of a stationary state. -/
theorem stationary_of_secular (a b w e : K) (hw : w ≠ 0) (h : secular a b w e = 0) : ∃ x y, Stationary a b w e x y ∧ x ≠ 0 := by
  refine ⟨w, e - a, ⟨?_, ?_⟩, hw⟩
  · grind
  · grind [secular]

/-- Two different roots of the secular equation are the pair of levels. -/
theorem levels_of_secular (a b w e f : K) (he : secular a b w e = 0) (hf : secular a b w f = 0) (h : e ≠ f) : Levels a b w e f := by
  have k : (e - f) * (e + f - a - b) = 0 := by grind [secular]
  have l : e + f = a + b := by
    rcases mul_eq_zero.mp k with z | z <;> grind
  refine ⟨l, ?_⟩
  grind [secular]

/-- Stationary states of different energy are orthogonal. -/
theorem stationary_orthogonal (a b w e f x y u v : K) (h : Stationary a b w e x y) (k : Stationary a b w f u v) (hef : e ≠ f) :
    x * u + y * v = 0 := by
  obtain ⟨h, h'⟩ := h
  obtain ⟨k, k'⟩ := k
  have l : (e - f) * (x * u + y * v) = 0 := by grind
  rcases mul_eq_zero.mp l with z | z <;> grind

/-- The splitting of the levels comes from the difference of the energies and from the coupling. -/
theorem levels_splitting (a b w e f : K) (h : Levels a b w e f) : (f - e) ^ 2 = (b - a) ^ 2 + (2 * w) ^ 2 := by
  obtain ⟨h, k⟩ := h
  have l : (f - e) ^ 2 = (e + f) ^ 2 - 4 * (e * f) := by grind
  rw [l, h, k]
  grind

/-- Coupled levels never come closer than twice the coupling (avoided crossing). -/
theorem levels_avoided_crossing (a b w e f : K) (h : Levels a b w e f) (hef : e ≤ f) : 2 * w ≤ f - e := by
  have k := levels_splitting a b w e f h
  have l := sq_nonneg (b - a)
  exact le_of_sq_le_sq (by grind) (by rw [k]; grind)

/-- Levels cross only where both the difference of the energies and the coupling vanish. -/
theorem levels_cross_iff (a b w e f : K) (h : Levels a b w e f) : e = f ↔ a = b ∧ w = 0 := by
  have k := levels_splitting a b w e f h
  constructor
  · intro z
    have l := sq_add_sq_eq_zero.mp (show (b - a) ^ 2 + (2 * w) ^ 2 = 0 by grind)
    grind
  · intro z
    have l := sq_eq_zero.mp (show (f - e) ^ 2 = 0 by grind)
    grind

/-- The lower level lies below both uncoupled energies. -/
theorem levels_lower_le (a b w e f : K) (h : Levels a b w e f) (hef : e ≤ f) : e ≤ a ∧ e ≤ b := by
  obtain ⟨h, k⟩ := h
  have hw := sq_nonneg w
  have ha : ¬a < e := fun l => by
    have m := mul_pos (show 0 < e - a by grind) (show 0 < f - a by grind)
    rw [show (e - a) * (f - a) = -w ^ 2 by grind] at m
    grind
  have hb : ¬b < e := fun l => by
    have m := mul_pos (show 0 < e - b by grind) (show 0 < f - b by grind)
    rw [show (e - b) * (f - b) = -w ^ 2 by grind] at m
    grind
  grind

/-- Squares of the levels sum to the trace of the squared Hamiltonian. -/
theorem levels_sq_sum (a b w e f : K) (h : Levels a b w e f) : e ^ 2 + f ^ 2 = a ^ 2 + b ^ 2 + 2 * w ^ 2 := by
  obtain ⟨h, k⟩ := h
  rw [show e ^ 2 + f ^ 2 = (e + f) ^ 2 - 2 * (e * f) by grind, h, k]
  grind

/-- No state has a mean energy below the lower level (variational principle). -/
theorem levels_variational (a b w e f x y : K) (h : Levels a b w e f) (hef : e ≤ f) :
    e * (x ^ 2 + y ^ 2) ≤ meanEnergy a b w x y := by
  obtain ⟨ha, hb⟩ := levels_lower_le a b w e f h hef
  obtain ⟨h, k⟩ := h
  have d : (a - e) * (b - e) = w ^ 2 := by grind
  have p := sq_nonneg ((a - e) * x + w * y)
  have q := mul_nonneg (show 0 ≤ b - e by grind) (sq_nonneg y)
  have r : (a - e) * (meanEnergy a b w x y - e * (x ^ 2 + y ^ 2)) = ((a - e) * x + w * y) ^ 2 := by grind [meanEnergy]
  by_cases z : a = e
  · have hw := sq_eq_zero.mp (show w ^ 2 = 0 by grind)
    rw [meanEnergy, hw, z]
    grind
  · have s := le_of_mul_le_mul_left (show 0 < a - e by grind) (show (a - e) * 0 ≤ (a - e) * (meanEnergy a b w x y - e * (x ^ 2 + y ^ 2)) by grind)
    grind

/-- The ground energy of a mean of two Hamiltonians is at least the mean of their ground energies: ground energies are concave. -/
theorem levels_concave (a b w e f a' b' w' e' f' x y g : K) (h : Levels a b w e f) (hef : e ≤ f) (h' : Levels a' b' w' e' f')
    (hef' : e' ≤ f') (hn : x ^ 2 + y ^ 2 = 1) (hs : Stationary ((a + a') / 2) ((b + b') / 2) ((w + w') / 2) g x y) :
    (e + e') / 2 ≤ g := by
  have k := levels_variational a b w e f x y h hef
  have k' := levels_variational a' b' w' e' f' x y h' hef'
  obtain ⟨s, t⟩ := hs
  have m : g = (meanEnergy a b w x y + meanEnergy a' b' w' x y) / 2 := by grind [meanEnergy]
  rw [hn] at k k'
  grind

/-- The lower level is at most the second order of perturbation theory below the lower energy. -/
theorem levels_second_order (a b w e f : K) (h : Levels a b w e f) (hef : e ≤ f) (hab : a < b) : a - w ^ 2 / (b - a) ≤ e := by
  obtain ⟨ha, hb⟩ := levels_lower_le a b w e f h hef
  obtain ⟨h, k⟩ := h
  have p := sq_nonneg (a - e)
  have d : (a - e) * (b - e) = w ^ 2 := by grind
  have q : a - e ≤ w ^ 2 / (b - a) := by
    rw [le_div_iff (show 0 < b - a by grind)]
    grind
  grind

/-- The tangent `t` of the mixing angle diagonalises the Hamiltonian: its level lies `w t` above the first energy. -/
theorem secular_mixing (a b w t : K) (h : w * (1 - t ^ 2) = (a - b) * t) : secular a b w (a + w * t) = 0 := by
  have e : secular a b w (a + w * t) = -w * (w * (1 - t ^ 2) - (a - b) * t) := by grind [secular]
  rw [e, h]
  grind

/-- Rabi's probability is a probability. -/
theorem rabi_bounds (w d s : K) (hw : w ≠ 0) (hs : s ^ 2 ≤ 1) : 0 ≤ rabi w d s ∧ rabi w d s ≤ 1 := by
  have p := sq_pos hw
  have q := sq_nonneg d
  have r := sq_nonneg s
  have t : w ^ 2 / (w ^ 2 + d ^ 2) ≤ 1 := by
    rw [div_le_iff (show 0 < w ^ 2 + d ^ 2 by grind)]
    grind
  have u := div_nonneg (show 0 ≤ w ^ 2 by grind) (show 0 ≤ w ^ 2 + d ^ 2 by grind)
  have v := mul_le_mul u (show (0 : K) ≤ 1 by grind) t hs
  have x := mul_nonneg u r
  grind [rabi]

/-- Only at resonance does Rabi's oscillation transfer everything. -/
theorem rabi_complete (w d s : K) (hw : w ≠ 0) (hs : s ^ 2 = 1) : rabi w d s = 1 ↔ d = 0 := by
  have p := sq_pos hw
  have q := sq_nonneg d
  rw [rabi, hs, ← sq_eq_zero (a := d)]
  have n : w ^ 2 + d ^ 2 ≠ 0 := by grind
  generalize d ^ 2 = x at *
  constructor <;> intro h <;> grind

/-- A neutrino keeps its flavour with a probability between 0 and 1. -/
theorem survival_bounds (c s q : K) (h : c ^ 2 + s ^ 2 = 1) (hq : q ^ 2 ≤ 1) : 0 ≤ survival c s q ∧ survival c s q ≤ 1 := by
  have k := sq_nonneg (c ^ 2 - s ^ 2)
  have l : 4 * c ^ 2 * s ^ 2 = (c ^ 2 + s ^ 2) ^ 2 - (c ^ 2 - s ^ 2) ^ 2 := by grind
  rw [h] at l
  have m : 0 ≤ 4 * c ^ 2 * s ^ 2 := by grind [mul_nonneg (sq_nonneg c) (sq_nonneg s)]
  have n := mul_le_mul m (show (0 : K) ≤ 1 by grind) (show 4 * c ^ 2 * s ^ 2 ≤ 1 by grind) hq
  have r := mul_nonneg m (sq_nonneg q)
  grind [survival]

end PhysField.QuantumMechanics
