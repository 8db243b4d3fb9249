import PhysField.Mathematics.OrderedField

/-!
# The see-saw of neutrino masses

A neutrino has a Dirac mass `d` that ties it to a partner of Majorana mass `M`. The symmetric matrix with diagonal `0`, `M` and with `d` off
the diagonal has two eigenvalues: the heavier the one, the lighter the other. Eigenvalues enter as roots of the characteristic
polynomial, so that no root is extracted. At the end two levels that repel in general.
Source: Giunti, Kim, Fundamentals of Neutrino Physics and Astrophysics, chapter 6; Griffiths, Introduction to Quantum Mechanics, chapter 7.
-/
namespace PhysField.Particles
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Characteristic polynomial of the symmetric matrix with diagonal `a`, `b` and coupling `d`. -/
def secular (a b d x : K) : K := (x - a) * (x - b) - d ^ 2

/-- Energy of a state with components `c`, `s` under the symmetric matrix with diagonal `a`, `b` and coupling `d`. -/
def rayleigh (a b d c s : K) : K := a * c ^ 2 + b * s ^ 2 + 2 * d * c * s

/-- Approximate mass of the light state of the see-saw. -/
def lightMass (d M : K) : K := d ^ 2 / M

/-- Two different eigenvalues sum to the trace and multiply to the determinant (Vieta). -/
theorem secular_vieta (a b d x y : K) (hx : secular a b d x = 0) (hy : secular a b d y = 0) (h : x ≠ y) :
    x + y = a + b ∧ x * y = a * b - d ^ 2 := by
  have e : (x - y) * (x + y - a - b) = 0 := by grind [secular]
  rcases mul_eq_zero.mp e with f | f
  · grind
  · grind [secular]

/-- With one eigenvalue the rest of the trace is another one. -/
theorem secular_partner (a b d x : K) (hx : secular a b d x = 0) : secular a b d (a + b - x) = 0 := by
  grind [secular]

/-- A symmetric matrix has no third eigenvalue beside two different ones. -/
theorem secular_two (a b d x y z : K) (hx : secular a b d x = 0) (hy : secular a b d y = 0) (hz : secular a b d z = 0)
    (h : x ≠ y) : z = x ∨ z = y := by
  have ⟨e, f⟩ := secular_vieta a b d x y hx hy h
  have g : (z - x) * (z - y) = 0 := by grind [secular]
  rcases mul_eq_zero.mp g with i | i <;> grind

/-- Coupled levels repel: no eigenvalue lies strictly between the diagonal elements. -/
theorem level_repulsion (a b d x : K) (hx : secular a b d x = 0) (ha : a < x) : b ≤ x := by
  by_cases h : x < b
  · have p := mul_pos (show 0 < x - a by grind) (show 0 < b - x by grind)
    have s := sq_nonneg d
    grind [secular]
  · grind

/-- The distance of two eigenvalues is at least that of the diagonal elements and at least twice the coupling (avoided crossing). -/
theorem avoided_crossing (a b d x y : K) (hx : secular a b d x = 0) (hy : secular a b d y = 0) (h : x ≠ y) :
    (a - b) ^ 2 ≤ (x - y) ^ 2 ∧ 4 * d ^ 2 ≤ (x - y) ^ 2 := by
  have ⟨e, f⟩ := secular_vieta a b d x y hx hy h
  have s := sq_nonneg d
  have t := sq_nonneg (a - b)
  have g : (x - y) ^ 2 = (x + y) ^ 2 - 4 * (x * y) := by grind
  rw [g, e, f]
  grind

/-- Eigenvectors to different eigenvalues are orthogonal. -/
theorem eigenvectors_orthogonal (a b d x y c s t u : K) (h1 : a * c + d * s = x * c) (h2 : d * c + b * s = x * s)
    (h3 : a * t + d * u = y * t) (h4 : d * t + b * u = y * u) (h : x ≠ y) : c * t + s * u = 0 := by
  have e : (x - y) * (c * t + s * u) = 0 := by
    have e1 : x * (c * t + s * u) = (a * c + d * s) * t + (d * c + b * s) * u := by rw [h1, h2]; grind
    have e2 : y * (c * t + s * u) = c * (a * t + d * u) + s * (d * t + b * u) := by rw [h3, h4]; grind
    grind
  rcases mul_eq_zero.mp e with f | f
  · grind
  · exact f

/-- An eigenvector has its eigenvalue for the mean energy. -/
theorem rayleigh_eigenvector (a b d x c s : K) (h1 : a * c + d * s = x * c) (h2 : d * c + b * s = x * s)
    (h : c ^ 2 + s ^ 2 = 1) : rayleigh a b d c s = x := by
  have e : rayleigh a b d c s = (a * c + d * s) * c + (d * c + b * s) * s := by grind [rayleigh]
  rw [e, h1, h2, show x * c * c + x * s * s = x * (c ^ 2 + s ^ 2) by grind, h]
  grind

/-- No normalized state has a mean energy below the lower eigenvalue (variational principle of Ritz). -/
theorem rayleigh_ge (a b d x c s : K) (hx : secular a b d x = 0) (ha : x ≤ a) (hb : x ≤ b) (h : c ^ 2 + s ^ 2 = 1) :
    x ≤ rayleigh a b d c s := by
  have e : rayleigh a b d c s - x * (c ^ 2 + s ^ 2) = (a - x) * c ^ 2 + (b - x) * s ^ 2 + 2 * d * c * s := by
    grind [rayleigh]
  rw [h] at e
  by_cases ha' : x = a
  · have z : d = 0 := by
      have q : d ^ 2 = 0 := by grind [secular]
      exact sq_eq_zero.mp q
    have p := mul_nonneg (show 0 ≤ b - x by grind) (sq_nonneg s)
    rw [z, ha'] at e
    grind
  · have pa : 0 < a - x := by grind
    have g : (a - x) * ((a - x) * c ^ 2 + (b - x) * s ^ 2 + 2 * d * c * s) = ((a - x) * c + d * s) ^ 2 := by
      grind [secular]
    have q := sq_nonneg ((a - x) * c + d * s)
    have r := le_of_mul_le_mul_left (a := 0) (b := (a - x) * c ^ 2 + (b - x) * s ^ 2 + 2 * d * c * s) pa (by grind)
    grind

/-- The light mass of the see-saw has the sign opposite to the heavy one, and their product is minus the square of the Dirac mass. -/
theorem seesaw_product (d M x y : K) (hd : 0 < d) (hx : secular 0 M d x = 0) (hy : secular 0 M d y = 0) (h : x < y) :
    x * y = -d ^ 2 ∧ x < 0 ∧ 0 < y := by
  have ⟨e, f⟩ := secular_vieta 0 M d x y hx hy (by grind)
  have p := mul_pos hd hd
  have g : x < 0 := by
    have q := fun hn : 0 ≤ x => mul_nonneg hn (show 0 ≤ y by grind)
    grind
  have i : 0 < y := by
    have q := fun hn : y ≤ 0 => mul_nonneg (show 0 ≤ -x by grind) (show 0 ≤ -y by grind)
    grind
  grind

/-- The heavy mass of the see-saw exceeds the Majorana mass. -/
theorem seesaw_heavy_gt (d M y : K) (hd : d ≠ 0) (hy : secular 0 M d y = 0) (h : 0 < y) : M < y := by
  have p := sq_pos hd
  have e : y * (y - M) = d ^ 2 := by grind [secular]
  have q := (mul_pos_iff (b := y - M) h).mp (by grind)
  grind

/-- The heavy mass of the see-saw exceeds the Majorana mass by less than the squared Dirac mass by it. -/
theorem seesaw_heavy_lt (d M y : K) (hd : d ≠ 0) (hM : 0 < M) (hy : secular 0 M d y = 0) (h : 0 < y) :
    y < M + lightMass d M := by
  have g := seesaw_heavy_gt d M y hd hy h
  have e : y - M = d ^ 2 / y := by grind [secular]
  have p := div_lt_div_left (sq_pos hd) hM g
  grind [lightMass]

/-- The light mass of the see-saw is smaller in size than the approximation `d² / M`. -/
theorem seesaw_light_lt (d M x : K) (hd : d ≠ 0) (hM : 0 < M) (hx : secular 0 M d x = 0) (h : x < 0) :
    -x < lightMass d M := by
  have e : -x * (M - x) = d ^ 2 := by grind [secular]
  have p := mul_pos (show 0 < -x by grind) (show 0 < -x by grind)
  have q := sq_pos hd
  rw [lightMass, lt_div_iff hM]
  grind

/-- The approximation of the light mass fails by at most the third power of the ratio of the masses times the Dirac mass. -/
theorem seesaw_light_error (d M x : K) (hd : 0 < d) (hM : 0 < M) (hx : secular 0 M d x = 0) (h : x < 0) :
    lightMass d M - -x ≤ d ^ 4 / M ^ 3 := by
  have l := seesaw_light_lt d M x (by grind) hM hx h
  have n : M ≠ 0 := by grind
  have e : lightMass d M - -x = (-x) ^ 2 / M := by grind [secular, lightMass]
  have s := sq_le_sq (show 0 ≤ -x by grind) (show -x ≤ lightMass d M by grind)
  have t := div_le_div_right (show 0 ≤ M by grind) s
  rw [e]
  refine Std.le_trans t ?_
  rw [show lightMass d M ^ 2 / M = d ^ 4 / M ^ 3 by grind [lightMass]]
  exact Std.le_refl _

/-- A heavier partner makes the neutrino lighter (see-saw). -/
theorem seesaw_lighter (d M N x y : K) (hd : 0 < d) (hx : secular 0 M d x = 0) (hx0 : x < 0)
    (hy : secular 0 N d y = 0) (h : M < N) : x < y := by
  by_cases k : x < y
  · exact k
  · have e : -x * (M - x) = d ^ 2 := by grind [secular]
    have f : -y * (N - y) = d ^ 2 := by grind [secular]
    have p := mul_pos hd hd
    have r := (mul_pos_iff (b := M - x) (show 0 < -x by grind)).mp (by grind)
    have q := mul_lt_mul_left (show 0 < -x by grind) (show M - x < N - y by grind)
    have s := mul_le_mul_right (show 0 ≤ N - y by grind) (show -x ≤ -y by grind)
    grind

/-- The heavy eigenvector contains the neutrino to its partner in the ratio of the Dirac mass to the heavy mass. -/
theorem seesaw_mixing (d M y : K) (hy : secular 0 M d y = 0) (h : 0 < y) :
    0 * (d / y) + d * 1 = y * (d / y) ∧ d * (d / y) + M * 1 = y := by
  have e : y * (y - M) = d ^ 2 := by grind [secular]
  have n : y ≠ 0 := by grind
  have f : d * (d / y) = y - M := by grind
  grind

/-- Equal Majorana masses of both signs: a purely Dirac neutrino has masses of one size. -/
theorem dirac_limit (d x : K) : secular 0 0 d x = 0 ↔ x = d ∨ x = -d := by
  have e : secular 0 0 d x = (x - d) * (x + d) := by grind [secular]
  rw [e, mul_eq_zero]
  grind

end PhysField.Particles
