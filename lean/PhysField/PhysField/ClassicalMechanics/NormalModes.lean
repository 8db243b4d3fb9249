import PhysField.Mathematics.Vector

/-!
# Normal modes

Two oscillators of unit mass with the stiffnesses `a` and `d`, coupled by `b`; a mode has the squared frequency `l` and the shape `(x, y)`.
Modes repel each other, enclose the frequencies without coupling, and obey Rayleigh's principle; the last part has `n` oscillators.
Source: Landau, Lifshitz, Mechanics, chapter 5; Goldstein, Poole, Safko, Classical Mechanics, chapter 6.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Twice the potential energy of two coupled oscillators. -/
def couplingForm (a b d x y : K) : K := a * x ^ 2 + 2 * b * x * y + d * y ^ 2

/-- The shape `(x, y)` oscillates with the squared frequency `l`. -/
def IsMode (a b d l x y : K) : Prop := a * x + b * y = l * x ∧ b * x + d * y = l * y

/-- The squared frequency `l` solves the characteristic equation. -/
def IsModeFrequency (a b d l : K) : Prop := (l - a) * (l - d) = b ^ 2

/-- The shape `u` of `n` oscillators with stiffness `s` oscillates with the squared frequency `l`. -/
def IsModeVec (s : Matrix n n K) (l : K) (u : Vec n K) : Prop := ∀ i, mulVec s u i = l * u i

/-- Twice the potential energy of `n` oscillators. -/
def stiffnessForm (s : Matrix n n K) (u : Vec n K) : K := inner u (mulVec s u)

/-- The frequency of a mode that moves solves the characteristic equation. -/
theorem mode_characteristic (a b d l x y : K) (h : IsMode a b d l x y) (hne : x ≠ 0 ∨ y ≠ 0) : IsModeFrequency a b d l := by
  obtain ⟨p, q⟩ := h
  have ex : ((l - a) * (l - d) - b ^ 2) * x = 0 := by grind
  have ey : ((l - a) * (l - d) - b ^ 2) * y = 0 := by grind
  rw [IsModeFrequency]
  rcases hne with z | z
  · rcases mul_eq_zero.mp ex with k | k <;> grind
  · rcases mul_eq_zero.mp ey with k | k <;> grind

/-- Every solution of the characteristic equation of coupled oscillators is the frequency of the mode `(b, l - a)`. -/
theorem mode_of_characteristic (a b d l x y : K) (hb : b ≠ 0) (h : IsModeFrequency a b d l) :
    IsMode a b d l x y ↔ b * y = (l - a) * x := by
  have k : (l - a) * (l - d) = b ^ 2 := h
  constructor
  · intro ⟨p, _⟩
    grind
  · intro e
    have f : b * (b * x + d * y - l * y) = 0 := by grind
    refine ⟨by grind, ?_⟩
    rcases mul_eq_zero.mp f with z | z <;> grind

/-- Modes of different frequency are orthogonal. -/
theorem mode_orthogonal (a b d l k x y u w : K) (h : IsMode a b d l x y) (h' : IsMode a b d k u w) (hne : l ≠ k) :
    x * u + y * w = 0 := by
  obtain ⟨p, q⟩ := h
  obtain ⟨r, s⟩ := h'
  have e : (l - k) * (x * u + y * w) = 0 := by grind
  rcases mul_eq_zero.mp e with z | z <;> grind

/-- The squared frequencies of both modes sum to the stiffnesses. -/
theorem mode_trace (a b d l k : K) (hl : IsModeFrequency a b d l) (hk : IsModeFrequency a b d k) (hne : l ≠ k) :
    l + k = a + d := by
  have e : (l - k) * (l + k - a - d) = 0 := by grind [IsModeFrequency]
  rcases mul_eq_zero.mp e with z | z <;> grind

/-- The product of the squared frequencies is the determinant of the stiffness. -/
theorem mode_det (a b d l k : K) (hl : IsModeFrequency a b d l) (hk : IsModeFrequency a b d k) (hne : l ≠ k) :
    l * k = a * d - b ^ 2 := by
  have t := mode_trace a b d l k hl hk hne
  grind [IsModeFrequency]

/-- The squared frequencies of coupled oscillators stay at least twice the coupling apart (avoided crossing). -/
theorem mode_splitting (a b d l k : K) (hl : IsModeFrequency a b d l) (hk : IsModeFrequency a b d k) (hne : l ≠ k) :
    4 * b ^ 2 ≤ (l - k) ^ 2 := by
  have t := mode_trace a b d l k hl hk hne
  have p := mode_det a b d l k hl hk hne
  have s := sq_nonneg (a - d)
  have e : (l - k) ^ 2 - 4 * b ^ 2 = (a - d) ^ 2 := by
    rw [show (l - k) ^ 2 = (l + k) ^ 2 - 4 * (l * k) by grind, t, p]
    grind
  rw [← e] at s
  grind

/-- Coupling moves each mode out of the interval of the frequencies without coupling. -/
theorem mode_interlacing (a b d l : K) (hb : b ≠ 0) (h : IsModeFrequency a b d l) :
    (l < a ∧ l < d) ∨ (a < l ∧ d < l) := by
  have e : (l - a) * (l - d) = b ^ 2 := h
  have p := sq_pos hb
  by_cases k : l ≤ a
  · have q := fun m : d ≤ l => mul_nonpos (show 0 ≤ l - d by grind) (show l - a ≤ 0 by grind)
    have r : l ≠ a := by grind
    exact Or.inl (by grind)
  · have q := fun m : l ≤ d => mul_nonpos (show 0 ≤ l - a by grind) (show l - d ≤ 0 by grind)
    exact Or.inr (by grind)

/-- The potential energy is at least the lowest squared frequency times the squared amplitude (Rayleigh's principle). -/
theorem rayleigh_lowest (a b d l x y : K) (h : IsModeFrequency a b d l) (ha : l < a) :
    l * (x ^ 2 + y ^ 2) ≤ couplingForm a b d x y := by
  have e : (l - a) * (l - d) = b ^ 2 := h
  have s := sq_nonneg ((a - l) * x + b * y)
  have f : (a - l) * (couplingForm a b d x y - l * (x ^ 2 + y ^ 2)) = ((a - l) * x + b * y) ^ 2 := by grind [couplingForm]
  rw [← f] at s
  have k := le_of_mul_le_mul_left (a := 0) (b := couplingForm a b d x y - l * (x ^ 2 + y ^ 2)) (show 0 < a - l by grind)
    (by grind)
  grind

/-- The potential energy is at most the highest squared frequency times the squared amplitude (Rayleigh's principle). -/
theorem rayleigh_highest (a b d l x y : K) (h : IsModeFrequency a b d l) (ha : a < l) :
    couplingForm a b d x y ≤ l * (x ^ 2 + y ^ 2) := by
  have e : (l - a) * (l - d) = b ^ 2 := h
  have s := sq_nonneg ((l - a) * x - b * y)
  have f : (l - a) * (l * (x ^ 2 + y ^ 2) - couplingForm a b d x y) = ((l - a) * x - b * y) ^ 2 := by grind [couplingForm]
  rw [← f] at s
  have k := le_of_mul_le_mul_left (a := 0) (b := l * (x ^ 2 + y ^ 2) - couplingForm a b d x y) (show 0 < l - a by grind)
    (by grind)
  grind

/-- Rayleigh's bound is reached exactly by the mode itself. -/
theorem rayleigh_equality (a b d l x y : K) (h : IsModeFrequency a b d l) :
    couplingForm a b d x y = l * (x ^ 2 + y ^ 2) ↔ IsMode a b d l x y := by
  grind [IsModeFrequency, couplingForm, IsMode]

/-- Two coupled oscillators are stable exactly if one is and the coupling is weak: `b² < a d`. -/
theorem coupling_stable_iff (a b d : K) :
    (∀ x y, x ≠ 0 ∨ y ≠ 0 → 0 < couplingForm a b d x y) ↔ 0 < a ∧ b ^ 2 < a * d := by
  constructor
  · intro h
    have p := h 1 0 (Or.inl (by grind))
    have ha : 0 < a := by grind [couplingForm]
    have q := h b (-a) (Or.inr (by grind))
    rw [show couplingForm a b d b (-a) = a * (a * d - b ^ 2) by grind [couplingForm], mul_pos_iff ha] at q
    grind
  · intro ⟨ha, hd⟩ x y hne
    have s := sq_nonneg (a * x + b * y)
    have t := mul_nonneg (show 0 ≤ a * d - b ^ 2 by grind) (sq_nonneg y)
    rw [← mul_pos_iff ha, show a * couplingForm a b d x y = (a * x + b * y) ^ 2 + (a * d - b ^ 2) * y ^ 2 by grind [couplingForm]]
    by_cases hy : y = 0
    · have hx : x ≠ 0 := by grind
      have r := sq_pos (show a * x ≠ 0 by grind)
      rw [hy]
      grind
    · have r := mul_pos (show 0 < a * d - b ^ 2 by grind) (sq_pos hy)
      grind

/-- Stiffening one oscillator lowers no mode: the lowest squared frequency grows with the stiffness (Rayleigh). -/
theorem rayleigh_monotone (a b d l e k : K) (hb : b ≠ 0) (hl : IsModeFrequency a b d l) (hla : l < a)
    (hk : IsModeFrequency e b d k) (he : a ≤ e) : l ≤ k := by
  have m : IsMode e b d k b (k - e) := (mode_of_characteristic e b d k _ _ hb hk).mpr (by grind)
  obtain ⟨p, q⟩ := m
  have f : couplingForm e b d b (k - e) = k * (b ^ 2 + (k - e) ^ 2) := by grind [couplingForm]
  have r := rayleigh_lowest a b d l b (k - e) hl hla
  have t := mul_nonneg (show 0 ≤ e - a by grind) (sq_nonneg b)
  have g : couplingForm e b d b (k - e) = couplingForm a b d b (k - e) + (e - a) * b ^ 2 := by grind [couplingForm]
  have n : 0 < b ^ 2 + (k - e) ^ 2 := by grind [sq_pos hb, sq_nonneg (k - e)]
  exact le_of_mul_le_mul_left n (by grind)

/-- Inverse squared frequencies bound the lowest one from below (Dunkerley). -/
theorem dunkerley (a b d l k : K) (hl : IsModeFrequency a b d l) (hk : IsModeFrequency a b d k) (h0 : 0 < l) (h : l < k) :
    (a * d - b ^ 2) / (a + d) < l := by
  have t := mode_trace a b d l k hl hk (by grind)
  have p := mode_det a b d l k hl hk (by grind)
  have s := mul_pos h0 h0
  rw [← t, ← p, div_lt_iff (show 0 < l + k by grind)]
  grind

/-- Two equal oscillators with a spring between them swing in phase as without it, or against each other stiffer by twice the spring. -/
theorem equal_oscillators_modes (k c l : K) : IsModeFrequency (k + c) (-c) (k + c) l ↔ l = k ∨ l = k + 2 * c := by
  have e : (l - (k + c)) * (l - (k + c)) - (-c) ^ 2 = (l - k) * (l - (k + 2 * c)) := by grind
  constructor
  · intro h
    have z : (l - k) * (l - (k + 2 * c)) = 0 := by grind [IsModeFrequency]
    rcases mul_eq_zero.mp z with w | w <;> grind
  · intro h
    rcases h with h | h <;> grind [IsModeFrequency]

/-- Modes of `n` oscillators with a symmetric stiffness and different frequencies are orthogonal. -/
theorem modes_orthogonal (s : Matrix n n K) (l k : K) (u w : Vec n K) (hs : transpose s = s) (hu : IsModeVec s l u)
    (hw : IsModeVec s k w) (hne : l ≠ k) : inner u w = 0 := by
  have a := inner_mulVec s u w
  rw [hs, show mulVec s u = fun i => l * u i from funext hu, show mulVec s w = fun i => k * w i from funext hw,
    inner_smul_left, inner_smul_right] at a
  have e : (l - k) * inner u w = 0 := by grind
  rcases mul_eq_zero.mp e with z | z <;> grind

/-- Modes of a stable system have no negative squared frequency. -/
theorem modes_nonneg (s : Matrix n n K) (l : K) (u : Vec n K) (hu : IsModeVec s l u) (hp : 0 ≤ stiffnessForm s u)
    (hne : 0 < inner u u) : 0 ≤ l := by
  rw [stiffnessForm, show mulVec s u = fun i => l * u i from funext hu, inner_smul_right] at hp
  exact le_of_mul_le_mul_left hne (by grind)

/-- An error in the shape of a mode changes Rayleigh's energy balance only in second order. -/
theorem rayleigh_stationary (s : Matrix n n K) (l : K) (u d : Vec n K) (hs : transpose s = s) (hu : IsModeVec s l u) :
    stiffnessForm s (fun i => u i + d i) - l * inner (fun i => u i + d i) (fun i => u i + d i) =
      stiffnessForm s d - l * inner d d := by
  have a := inner_mulVec s u d
  have m : mulVec s (fun i => u i + d i) = fun i => mulVec s u i + mulVec s d i := funext fun i => inner_add_right _ _ _
  rw [hs] at a
  rw [stiffnessForm, m, show mulVec s u = fun i => l * u i from funext hu]
  rw [show mulVec s u = fun i => l * u i from funext hu, inner_smul_left] at a
  simp only [inner_add_left, inner_add_right, inner_smul_right, stiffnessForm, a, inner_comm d u]
  grind

end PhysField.ClassicalMechanics
