import PhysField.Mathematics.OrderedField

/-!
# Virasoro algebra, ghosts and minimal models

Structure constants of the Virasoro algebra with central charge `c`, central charges of ghost systems and critical dimensions, the inner
products of the first two levels over a state of weight `h`, and the weights of the minimal models.
Source: Di Francesco, Mathieu, Sénéchal, Conformal Field Theory, chapters 6 to 8; Polchinski, String Theory, volume 1, chapters 2 and 3.
-/
namespace PhysField.StringTheory
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- The central term of the modes `m` and `-m` for central charge `c`. -/
def centralTerm (c m : K) : K := c * (m ^ 3 - m) / 12

/-- Central charge of the fermionic ghosts of weights `j` and `1 - j`. -/
def ghostCharge (j : K) : K := 1 - 3 * (2 * j - 1) ^ 2

/-- Central charge of `d` free bosons with the ghosts of reparametrisations. -/
def bosonicCharge (d : K) : K := d + ghostCharge 2

/-- Central charge of `d` free bosons and fermions with the ghosts of reparametrisations and of supersymmetry. -/
def superstringCharge (d : K) : K := d + d / 2 + ghostCharge 2 - ghostCharge (3 / 2)

/-- Intercept of `d - 2` transverse bosons in light-cone gauge. -/
def intercept (d : K) : K := (d - 2) / 24

/-- Squared mass of an open string at level `N` in `d` dimensions with slope `a`. -/
def openMassSq (d N a : K) : K := (N - intercept d) / a

/-- Determinant of the inner products of the two states at level two over weight `h`. -/
def gramTwo (c h : K) : K := 4 * h * (2 * h + 1) * (4 * h + c / 2) - (6 * h) ^ 2

/-- Central charge of the minimal model with parameter `m`. -/
def minimalCharge (m : K) : K := 1 - 6 / (m * (m + 1))

/-- Weight of Kac's table with labels `r` and `s`. -/
def kacWeight (m r s : K) : K := ((r * (m + 1) - s * m) ^ 2 - 1) / (4 * (m * (m + 1)))

/-- Jacobi's identity for the modes of the algebra without central term (Witt). -/
theorem witt_jacobi (m n p : K) : (m - n) * (m + n - p) + (n - p) * (n + p - m) + (p - m) * (p + m - n) = 0 := by
  grind

/-- The central term is odd. -/
theorem centralTerm_neg (c m : K) : centralTerm c (-m) = -centralTerm c m := by
  grind [centralTerm]

/-- The central term obeys Jacobi's identity. -/
theorem centralTerm_jacobi (c m n p : K) (h : m + n + p = 0) :
    (m - n) * centralTerm c (m + n) + (n - p) * centralTerm c (n + p) + (p - m) * centralTerm c (p + m) = 0 := by
  have e : p = -(m + n) := by grind
  subst e
  grind [centralTerm]

/-- The modes -1, 0 and 1 close without a central term: the algebra of Möbius maps. -/
theorem centralTerm_moebius (c m : K) (hc : c ≠ 0) : centralTerm c m = 0 ↔ m = -1 ∨ m = 0 ∨ m = 1 := by
  constructor
  · intro h
    have k : c * (m * ((m + 1) * (m - 1))) = 0 := by grind [centralTerm]
    rw [mul_eq_zero, mul_eq_zero, mul_eq_zero] at k
    grind
  · grind [centralTerm]

/-- Shifting the zero mode by `c / 24` leaves a pure cube: the algebra on the cylinder. -/
theorem centralTerm_cylinder (c m : K) : centralTerm c m + 2 * m * (c / 24) = c * m ^ 3 / 12 := by
  grind [centralTerm]

/-- For positive central charge the central term grows beyond the first mode: no descendant of the vacuum but the first has norm zero. -/
theorem centralTerm_pos (c m : K) (hc : 0 < c) (hm : 1 < m) : 0 < centralTerm c m := by
  have p := mul_pos hc (mul_pos (show 0 < m by grind) (mul_pos (show 0 < m + 1 by grind) (show 0 < m - 1 by grind)))
  rw [centralTerm, show c * (m ^ 3 - m) / 12 = c * (m * ((m + 1) * (m - 1))) / 12 by grind]
  exact div_pos p (by grind)

/-- The two ghosts of a pair may change places. -/
theorem ghostCharge_dual (j : K) : ghostCharge (1 - j) = ghostCharge j := by
  grind [ghostCharge]

/-- No fermionic ghost system has a central charge above one, that of the free fermion pair. -/
theorem ghostCharge_le_one (j : K) : ghostCharge j ≤ 1 := by
  have h := sq_nonneg (2 * j - 1)
  grind [ghostCharge]

/-- Bosonic matter cancels the anomaly of its ghosts in 26 dimensions only. -/
theorem bosonicCharge_eq_zero (d : K) : bosonicCharge d = 0 ↔ d = 26 := by
  grind [bosonicCharge, ghostCharge]

/-- Supersymmetric matter cancels the anomaly of its ghosts in ten dimensions only. -/
theorem superstringCharge_eq_zero (d : K) : superstringCharge d = 0 ↔ d = 10 := by
  grind [superstringCharge, ghostCharge]

/-- The first excited open string, a vector with transverse polarisations only, is massless in 26 dimensions only. -/
theorem openMassSq_vector (d a : K) (ha : a ≠ 0) : openMassSq d 1 a = 0 ↔ d = 26 := by
  grind [openMassSq, intercept]

/-- The lowest open string is a tachyon in more than two dimensions. -/
theorem openMassSq_tachyon (d a : K) (ha : 0 < a) (hd : 2 < d) : openMassSq d 0 a < 0 := by
  have h := div_pos (show 0 < d - 2 by grind) (show (0 : K) < 24 by grind)
  rw [openMassSq, intercept, div_lt_iff ha]
  grind

/-- Levels are spaced by the inverse slope. -/
theorem openMassSq_succ (d N a : K) : openMassSq d (N + 1) a - openMassSq d N a = 1 / a := by
  grind [openMassSq]

/-- Kac's determinant at level two, with the factor of level one. -/
theorem gramTwo_eq (c h : K) : gramTwo c h = 2 * h * (16 * h ^ 2 + 2 * (c - 5) * h + c) := by
  grind [gramTwo]

/-- Above central charge one all weights above zero are unitary at level two. -/
theorem gramTwo_pos (c h : K) (hc : 1 < c) (hh : 0 < h) : 0 < gramTwo c h := by
  have p := mul_pos (show 0 < c - 1 by grind) hh
  have q := sq_nonneg (4 * h - 1)
  rw [gramTwo_eq]
  exact mul_pos (by grind) (by grind)

/-- At central charge one half the weights 1/16 and 1/2 are those with a null state at level two: spin and energy of the Ising model. -/
theorem gramTwo_ising (h : K) (hh : h ≠ 0) : gramTwo (1 / 2) h = 0 ↔ h = 1 / 16 ∨ h = 1 / 2 := by
  constructor
  · intro k
    have e : 32 * h * ((h - 1 / 16) * (h - 1 / 2)) = 0 := by grind [gramTwo]
    rw [mul_eq_zero, mul_eq_zero] at e
    grind
  · grind [gramTwo]

/-- Between central charges 1 and 25 no negative weight is unitary: the determinant of level two is negative. -/
theorem gramTwo_neg (c h : K) (hc : 1 < c) (hc' : c < 25) (hh : h < 0) : gramTwo c h < 0 := by
  have q := sq_nonneg (16 * h + (c - 5))
  have p := mul_pos (show 0 < c - 1 by grind) (show 0 < 25 - c by grind)
  have r := mul_pos (show 0 < -h by grind) (show 0 < 16 * h ^ 2 + 2 * (c - 5) * h + c by grind)
  rw [gramTwo_eq]
  grind

/-- The state of Kac's table with labels 2 and 1 has a null descendant at level two. -/
theorem gramTwo_kacWeight (m : K) : gramTwo (minimalCharge m) (kacWeight m 2 1) = 0 := by
  by_cases hm : m * (m + 1) = 0
  · rw [kacWeight, hm]
    grind [gramTwo]
  · have k : m + 1 ≠ 0 := by grind
    have l : m ≠ 0 := by grind
    grind [gramTwo, minimalCharge, kacWeight]

/-- Kac's table is symmetric under a half turn. -/
theorem kacWeight_turn (m r s : K) : kacWeight m (m - r) (m + 1 - s) = kacWeight m r s := by
  rw [kacWeight, kacWeight, show (m - r) * (m + 1) - (m + 1 - s) * m = -(r * (m + 1) - s * m) by grind]
  grind

/-- The vacuum has weight zero. -/
theorem kacWeight_vacuum (m : K) : kacWeight m 1 1 = 0 := by
  grind [kacWeight]

/-- Along a diagonal of Kac's table the steps from weight to weight are linear in the labels. -/
theorem kacWeight_diagonal (m r s : K) :
    kacWeight m (r + 1) (s + 1) - kacWeight m r s = (2 * (r * (m + 1) - s * m) + 1) / (4 * (m * (m + 1))) := by
  rw [kacWeight, kacWeight]
  generalize 4 * (m * (m + 1)) = d
  grind

/-- Minimal models of a higher parameter have a higher central charge. -/
theorem minimalCharge_lt (m p : K) (hm : 0 < m) (h : m < p) : minimalCharge m < minimalCharge p := by
  have q := mul_pos hm (show 0 < m + 1 by grind)
  have r := mul_lt_mul_left hm h
  have s := mul_lt_mul_left (show 0 < p by grind) h
  have t := div_lt_div_left (show (0 : K) < 6 by grind) q (show m * (m + 1) < p * (p + 1) by grind)
  grind [minimalCharge]

/-- All minimal models stay below central charge one. -/
theorem minimalCharge_lt_one (m : K) (hm : 0 < m) : minimalCharge m < 1 := by
  have h := div_pos (show (0 : K) < 6 by grind) (mul_pos hm (show 0 < m + 1 by grind))
  grind [minimalCharge]

end PhysField.StringTheory
