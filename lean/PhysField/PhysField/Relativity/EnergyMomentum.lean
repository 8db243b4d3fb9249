import PhysField.Mathematics.OrderedField
import PhysField.Mathematics.Vector

/-!
# Energy and momentum

Energy, momentum and mass of bodies on a line, in units in which light moves with velocity 1: the square of the mass is the square of
the energy less that of the momentum. Roots are named by hypotheses, or avoided by the light-cone components `e + p` and `e - p`.
Source: Taylor, Wheeler, Spacetime Physics, chapters 7 and 8; Rindler, Introduction to Special Relativity, chapter 5.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Square of the mass of a body of energy `e` and momentum `p`. -/
def massSq (e p : K) : K := e ^ 2 - p ^ 2

/-- A body of mass `m` has energy `e` and momentum `p`. -/
def onShell (m e p : K) : Prop := 0 < e ∧ e ^ 2 = m ^ 2 + p ^ 2

/-- Energy above the energy of rest. -/
def kineticExcess (m e : K) : K := e - m

/-- The energy of a body is at least its mass and at least its momentum, either way. -/
theorem energy_bounds (m e p : K) (h : onShell m e p) : m ≤ e ∧ -e ≤ p ∧ p ≤ e := by
  have ⟨he, hs⟩ := h
  have a := sq_nonneg p
  have b := sq_nonneg m
  have c := le_of_sq_le_sq (a := m) (b := e) (by grind) (by grind)
  have d := bounds_of_sq_le_sq (a := p) (b := e) (by grind) (by grind)
  grind

/-- A body of positive mass is slower than light. -/
theorem energy_velocity_lt_one (m e p : K) (hm : 0 < m) (h : onShell m e p) : p / e < 1 := by
  have ⟨he, hs⟩ := h
  have a := mul_pos hm hm
  rw [div_lt_iff he]
  exact lt_of_sq_lt_sq (by grind) (by grind)

/-- The energy of a body is its mass times the Lorentz factor of its velocity. -/
theorem energy_eq_factor (m e p : K) (hm : 0 < m) (h : onShell m e p) : (e / m) ^ 2 * (1 - (p / e) ^ 2) = 1 := by
  have ⟨he, hs⟩ := h
  have a : 1 - (p / e) ^ 2 = m ^ 2 / e ^ 2 := by grind
  rw [a]
  grind

/-- A body has energy equal to its mass exactly if it rests. -/
theorem energy_eq_mass_iff (m e p : K) (hm : 0 ≤ m) (h : onShell m e p) : e = m ↔ p = 0 := by
  have ⟨he, hs⟩ := h
  constructor
  · intro k
    exact sq_eq_zero.mp (by grind)
  · intro k
    exact eq_of_sq_eq_sq (by grind) hm (by grind)

/-- The kinetic energy is at most Newton's. -/
theorem kineticExcess_le_newton (m e p : K) (hm : 0 < m) (h : onShell m e p) : kineticExcess m e ≤ p ^ 2 / (2 * m) := by
  have ⟨he, hs⟩ := h
  have s := sq_nonneg (e - m)
  rw [kineticExcess, le_div_iff (show 0 < 2 * m by grind)]
  grind

/-- The kinetic energy is at least the square of the momentum by twice the energy. -/
theorem kineticExcess_ge (m e p : K) (h : onShell m e p) : p ^ 2 / (2 * e) ≤ kineticExcess m e := by
  have ⟨he, hs⟩ := h
  have s := sq_nonneg (e - m)
  rw [kineticExcess, div_le_iff (show 0 < 2 * e by grind)]
  grind

/-- The kinetic energy is the square of the momentum by the sum of energy and mass. -/
theorem kineticExcess_eq (m e p : K) (hm : 0 ≤ m) (h : onShell m e p) : kineticExcess m e = p ^ 2 / (e + m) := by
  have ⟨he, hs⟩ := h
  have d : e + m ≠ 0 := by grind
  grind [kineticExcess]

/-- At equal energy the heavier body has the smaller momentum. -/
theorem momentum_lt_of_mass_lt (m l e p q : K) (hm : 0 ≤ m) (hl : m < l) (hp : 0 ≤ p) (hk : onShell m e p)
    (h : onShell l e q) : q < p := by
  have a := sq_lt_sq hm hl
  have b := hk.2
  have c := h.2
  exact lt_of_sq_lt_sq hp (by grind)

/-- A boost along the line leaves the mass as it is. -/
theorem massSq_boost (g h e p : K) (k : g ^ 2 - h ^ 2 = 1) : massSq (g * e - h * p) (g * p - h * e) = massSq e p := by
  have f : massSq (g * e - h * p) (g * p - h * e) = (g ^ 2 - h ^ 2) * massSq e p := by grind [massSq]
  rw [f, k]
  grind

/-- The frame that moves with the momentum by the energy is the frame of rest. -/
theorem rest_frame (m e p : K) (h : onShell m e p) :
    (e / m) * p - (p / m) * e = 0 ∧ (e / m) * e - (p / m) * p = m := by
  have ⟨he, hs⟩ := h
  constructor
  · grind
  · grind

/-- The product of the energies less that of the momenta is at least the product of the masses. -/
theorem mass_mul_le (m l e f p q : K) (h : onShell m e p) (k : onShell l f q) : m * l ≤ e * f - p * q := by
  have ⟨he, hs⟩ := h
  have ⟨hf, ks⟩ := k
  have c := cauchy_two m p l q
  have a := mul_pos he hf
  rw [show m ^ 2 + p ^ 2 = e ^ 2 by grind, show l ^ 2 + q ^ 2 = f ^ 2 by grind] at c
  have b := le_of_sq_le_sq (a := m * l + p * q) (b := e * f) (by grind) (by grind)
  grind

/-- The mass of a system of two bodies is at least the sum of their masses. -/
theorem systemMass_ge (m l e f p q M : K) (h : onShell m e p) (k : onShell l f q) (hM : 0 ≤ M)
    (hs : M ^ 2 = massSq (e + f) (p + q)) : m + l ≤ M := by
  have a := mass_mul_le m l e f p q h k
  have b := h.2
  have c := k.2
  exact le_of_sq_le_sq hM (by grind [massSq])

/-- The mass of a system of two bodies equals the sum of their masses exactly if they move with one velocity. -/
theorem systemMass_eq_iff (m l e f p q : K) (hm : 0 < m) (hl : 0 < l) (h : onShell m e p)
    (k : onShell l f q) : massSq (e + f) (p + q) = (m + l) ^ 2 ↔ m * q = l * p := by
  have ⟨he, hs⟩ := h
  have ⟨hf, ks⟩ := k
  have i : (m * q - l * p) ^ 2 = (e * f) ^ 2 - (m * l + p * q) ^ 2 := by grind
  constructor
  · intro z
    have w : e * f = m * l + p * q := by grind [massSq]
    have o := sq_eq_zero.mp (show (m * q - l * p) ^ 2 = 0 by rw [i, w]; grind)
    grind
  · intro z
    have b := mass_mul_le m l e f p (-q) h (by grind [onShell])
    have o : (e * f) ^ 2 = (m * l + p * q) ^ 2 := by grind
    have w : e * f = m * l + p * q ∨ e * f = -(m * l + p * q) := by grind
    rcases w with w | w
    · grind [massSq]
    · have d := mul_pos hm hl
      grind

/-- The mass of a system of `n` bodies is at least the sum of their masses. -/
theorem systemMass_sum_ge (m e p : Fin n → K) (M : K) (h : ∀ i, onShell (m i) (e i) (p i)) (hM : 0 < M)
    (hs : onShell M (sum e) (sum p)) : sum m ≤ M := by
  have k := sum_le_sum (fun i => M * m i) (fun i => sum e * e i - sum p * p i)
    fun i => mass_mul_le M (m i) (sum e) (e i) (sum p) (p i) hs (h i)
  rw [mul_sum, sum_sub, mul_sum, mul_sum] at k
  have a := hs.2
  exact le_of_mul_le_mul_left hM (by grind)

/-- Two photons that fly against each other have a mass though neither has one. -/
theorem two_photons_mass (e f M : K) (he : 0 < e) (hf : 0 < f) (hM : 0 ≤ M) (h : M ^ 2 = massSq (e + f) (e - f)) :
    0 < M ∧ M ≤ e + f := by
  have p := mul_pos he hf
  have s := sq_nonneg (e - f)
  have a : M ≠ 0 := by grind [massSq]
  have b := le_of_sq_le_sq (a := M) (b := e + f) (by grind) (by grind [massSq])
  grind

/-- A single photon does not turn into two bodies with mass: energy and momentum cannot both be kept. -/
theorem photon_no_pair (m l e f p q : K) (hm : 0 < m) (hl : 0 < l) (h : onShell m e p) (k : onShell l f q) :
    massSq (e + f) (p + q) ≠ 0 := by
  have a := mass_mul_le m l e f p q h k
  have b := h.2
  have c := k.2
  have d := mul_pos hm hl
  have s := sq_pos (show m + l ≠ 0 by grind)
  grind [massSq]

/-- The product of the light-cone components of a body is the square of its mass, and both are positive. -/
theorem lightCone_components (m e p : K) (hm : 0 < m) (h : onShell m e p) :
    0 < e + p ∧ 0 < e - p ∧ (e + p) * (e - p) = m ^ 2 := by
  have ⟨he, hs⟩ := h
  have a := mul_pos hm hm
  have b := lt_of_sq_lt_sq (a := p) (b := e) (by grind) (by grind)
  have c := lt_of_sq_lt_sq (a := -p) (b := e) (by grind) (by grind)
  grind

/-- Bodies that stick together have more mass than before: motion becomes mass. -/
theorem sticking_mass (m e p l M : K) (hl : 0 < l) (h : onShell m e p) (hp : p ≠ 0) (hM : 0 ≤ M)
    (hs : M ^ 2 = massSq (e + l) p) : m + l < M := by
  have ⟨he, ks⟩ := h
  have a := sq_pos hp
  have b := lt_of_sq_lt_sq (a := m) (b := e) (by grind) (by grind)
  have c := mul_pos hl (show 0 < e - m by grind)
  exact lt_of_sq_lt_sq hM (by grind [massSq])

end PhysField.Relativity
