import PhysField.Mathematics.OrderedField

/-!
# Scattering of photons and elastic collisions

A photon of energy `e` meets an electron of mass `m` at rest and leaves with energy `f` at an angle of cosine `c` (Compton). Then elastic
collisions of equal masses on a line and in the plane, where the angle is less than the right one of Newton's mechanics. Light moves with velocity 1.
Source: Taylor, Wheeler, Spacetime Physics, chapter 8; Rindler, Introduction to Special Relativity, chapter 5.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Energy of a photon of energy `e` after scattering by an electron of mass `m` through an angle of cosine `c`. -/
def comptonEnergy (m e c : K) : K := e / (1 + e / m * (1 - c))

/-- Energy that the electron takes up. -/
def comptonRecoil (m e c : K) : K := e - comptonEnergy m e c

/-- Energy of a photon after the `n`-th of a row of scatterings through the angles of cosine `c i`. -/
def comptonChain (m e : K) (c : Nat → K) : Nat → K
  | 0 => e
  | n + 1 => comptonEnergy m (comptonChain m e c n) (c n)

/-- The factor by which scattering divides the energy of a photon is at least one. -/
theorem compton_factor_ge (m e c : K) (hm : 0 < m) (he : 0 < e) (hc : c ≤ 1) : 1 ≤ 1 + e / m * (1 - c) := by
  have p := mul_nonneg (show 0 ≤ e / m by grind [div_pos he hm]) (show 0 ≤ 1 - c by grind)
  grind

/-- Energy and momentum fix the energy of the scattered photon (formula of Compton): the electron ends with the energy `e + m - f` and
the squared momentum of the law of cosines. -/
theorem compton_formula (m e f c : K) (hm : 0 < m)
    (h : (e + m - f) ^ 2 = m ^ 2 + (e ^ 2 + f ^ 2 - 2 * e * f * c)) : f = comptonEnergy m e c := by
  have k : f * (m + e * (1 - c)) = e * m := by grind
  have q : f * (1 + e / m * (1 - c)) = e := by grind
  rw [comptonEnergy]
  grind

/-- The wavelength, the inverse energy, grows by an amount that does not depend on it (shift of Compton). -/
theorem compton_shift (m e c : K) (he : 0 < e) :
    1 / comptonEnergy m e c - 1 / e = (1 - c) / m := by
  grind [comptonEnergy]

/-- A scattered photon keeps some energy and gains none. -/
theorem comptonEnergy_bounds (m e c : K) (hm : 0 < m) (he : 0 < e) (hc : c ≤ 1) :
    0 < comptonEnergy m e c ∧ comptonEnergy m e c ≤ e := by
  have p := compton_factor_ge m e c hm he hc
  have q := mul_le_mul_left (show 0 ≤ e by grind) p
  rw [comptonEnergy]
  refine ⟨div_pos he (by grind), ?_⟩
  rw [div_le_iff (by grind)]
  grind

/-- A photon scattered straight back has less than half of the mass of the electron, however much it had before. -/
theorem compton_backward_lt (m e : K) (hm : 0 < m) (he : 0 < e) : comptonEnergy m e (-1) < m / 2 := by
  have p := compton_factor_ge m e (-1) hm he (by grind)
  have q : m / 2 * (1 + e / m * (1 - -1)) = m / 2 + e := by grind
  rw [comptonEnergy, div_lt_iff (by grind), q]
  grind

/-- The wider the angle, the less energy the photon keeps. -/
theorem comptonEnergy_lt (m e c d : K) (hm : 0 < m) (he : 0 < e) (hd : d ≤ 1) (h : c < d) :
    comptonEnergy m e c < comptonEnergy m e d := by
  have p := compton_factor_ge m e d hm he hd
  have q := mul_pos (div_pos he hm) (show 0 < d - c by grind)
  exact div_lt_div_left he (by grind) (by grind)

/-- The harder photon stays the harder one when both are scattered through the same angle. -/
theorem comptonEnergy_mono (m e f c : K) (hm : 0 < m) (he : 0 < e) (hc : c ≤ 1) (h : e < f) :
    comptonEnergy m e c < comptonEnergy m f c := by
  have p := compton_factor_ge m e c hm he hc
  have q := compton_factor_ge m f c hm (by grind) hc
  rw [comptonEnergy, comptonEnergy, div_lt_div_iff (by grind) (by grind)]
  grind

/-- The electron takes up most energy when the photon is scattered straight back. -/
theorem comptonRecoil_le (m e c : K) (hm : 0 < m) (he : 0 < e) (hc : c ≤ 1) (hc' : -1 ≤ c) :
    comptonRecoil m e c ≤ comptonRecoil m e (-1) := by
  by_cases h : c = -1
  · rw [h]
    exact Std.le_refl _
  · have k := comptonEnergy_lt m e (-1) c hm he hc (by grind)
    grind [comptonRecoil]

/-- Inverse energies of a photon add up over scatterings: each adds its own shift. -/
theorem comptonChain_inv (m e : K) (c : Nat → K) (hm : 0 < m) (he : 0 < e) (hc : ∀ i, c i ≤ 1) (n : Nat) :
    0 < comptonChain m e c n ∧
      1 / comptonChain m e c (n + 1) = 1 / comptonChain m e c n + (1 - c n) / m := by
  have pos : ∀ k, 0 < comptonChain m e c k := by
    intro k
    induction k with
    | zero => exact he
    | succ k ih => exact (comptonEnergy_bounds m _ (c k) hm ih (hc k)).1
  have s := compton_shift m (comptonChain m e c n) (c n) (pos n)
  refine ⟨pos n, ?_⟩
  rw [comptonChain]
  grind

/-- A free electron cannot absorb a photon: energy and momentum would not both be kept. -/
theorem no_photon_absorption (m e E : K) (hm : 0 < m) (he : 0 < e) (h : E ^ 2 = m ^ 2 + e ^ 2) : E ≠ m + e := by
  intro k
  have p := mul_pos hm he
  rw [k] at h
  have z : m * e = 0 := by grind
  grind

/-- Two bodies of equal mass in an elastic collision on a line exchange their momenta or pass through each other. -/
theorem equal_mass_exchange (m e f g h p q r s : K) (he : e ^ 2 = m ^ 2 + p ^ 2) (hf : f ^ 2 = m ^ 2 + q ^ 2)
    (hg : g ^ 2 = m ^ 2 + r ^ 2) (hh : h ^ 2 = m ^ 2 + s ^ 2) (hE : e + f = g + h) (hP : p + q = r + s)
    (hs : (e + f) ^ 2 ≠ (p + q) ^ 2) : p = r ∨ p = s := by
  have a : (e + f) * (e - f) = (p + q) * (p - q) := by grind
  have b : (g + h) * (g - h) = (r + s) * (r - s) := by grind
  have c : ((e + f) ^ 2 - (p + q) ^ 2) * ((p - q) ^ 2 - (r - s) ^ 2) = 0 := by grind
  rcases mul_eq_zero.mp c with d | d
  · grind
  · have i : (p - r) * (p - s) = 0 := by grind
    rcases mul_eq_zero.mp i with j | j <;> grind

/-- A moving body that hits an equal one at rest: the momenta of both afterwards include an acute angle. -/
theorem equal_mass_acute (m e f g p q d : K) (hf : m ≤ f) (hg : m ≤ g)
    (he : e ^ 2 = m ^ 2 + (p ^ 2 + q ^ 2 + 2 * d)) (hf' : f ^ 2 = m ^ 2 + p ^ 2) (hg' : g ^ 2 = m ^ 2 + q ^ 2)
    (hE : e + m = f + g) : d = (f - m) * (g - m) ∧ 0 ≤ d := by
  have k : d = (f - m) * (g - m) := by grind
  have l := mul_nonneg (show 0 ≤ f - m by grind) (show 0 ≤ g - m by grind)
  grind

/-- If both bodies move off, the angle between them is less than a right one. -/
theorem equal_mass_acute_pos (m e f g p q d : K) (hf : m < f) (hg : m < g)
    (he : e ^ 2 = m ^ 2 + (p ^ 2 + q ^ 2 + 2 * d)) (hf' : f ^ 2 = m ^ 2 + p ^ 2) (hg' : g ^ 2 = m ^ 2 + q ^ 2)
    (hE : e + m = f + g) : 0 < d := by
  have k : d = (f - m) * (g - m) := by grind
  have l := mul_pos (show 0 < f - m by grind) (show 0 < g - m by grind)
  grind

/-- A photon reflected by a mirror that comes to meet it gains: its energy is multiplied by the square of the Doppler factor. -/
theorem moving_mirror (e v k : K) (hv : v < 1) (he : 0 < e) (hv0 : 0 < v) (hk : k = (1 + v) / (1 - v)) :
    e < k * e ∧ k * e - e = 2 * v * e / (1 - v) := by
  have d : 1 - v ≠ 0 := by grind
  have g : k * e - e = 2 * v * e / (1 - v) := by grind
  have p := div_pos (mul_pos (show 0 < 2 * v by grind) he) (show 0 < 1 - v by grind)
  grind

/-- The head-on collision of a photon with a much more energetic electron returns it with up to the square of twice the
Lorentz factor (inverse Compton scattering): the component along the light cone of the electron decides. -/
theorem inverse_compton (m e E P f : K) (hm : 0 < m) (he : 0 < e) (hE : m ≤ E) (hP : 0 ≤ P)
    (hs : E ^ 2 = m ^ 2 + P ^ 2) (h : (E + e - f) ^ 2 - (P - e - f) ^ 2 = m ^ 2) :
    f * (E - P + 2 * e) = e * (E + P) ∧ f ≤ e * (E + P) / (E - P) := by
  have k : f * (E - P + 2 * e) = e * (E + P) := by grind
  have a := lt_of_sq_lt_sq (a := P) (b := E) (by grind) (by grind [mul_pos hm hm])
  refine ⟨k, ?_⟩
  have b := mul_pos he (show 0 < E + P by grind)
  have c : f = e * (E + P) / (E - P + 2 * e) := by grind
  rw [c]
  exact div_le_div_left (by grind) (by grind) (by grind)

end PhysField.Relativity
