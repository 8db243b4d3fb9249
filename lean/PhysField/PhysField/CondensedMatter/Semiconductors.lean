import PhysField.Mathematics.OrderedField

/-!
# Carriers in semiconductors and metals

Electrons `n` and holes `p` in thermal balance obey the law of mass action `n p = c²`; impurities fix their difference `d`. Conduction by both
kinds, the tensors of Drude's theory in a magnetic field and Hall's coefficient follow.
Source: Ashcroft, Mermin, Solid State Physics, chapters 1, 28 and 29; Sze, Physics of Semiconductor Devices, chapter 1.
-/
namespace PhysField.CondensedMatter
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Conductivity of `n` electrons of mobility `a` and `p` holes of mobility `b`, of charge `q` each. -/
def carrierConductivity (q n p a b : K) : K := q * (n * a + p * b)

/-- Hall's coefficient of electrons and holes. -/
def hallCoefficient (q n p a b : K) : K := (p * b ^ 2 - n * a ^ 2) / (q * (n * a + p * b) ^ 2)

/-- Conductivity along the field of one kind of carrier, where `t` is the product of cyclotron frequency and relaxation time. -/
def drudeAlong (s t : K) : K := s / (1 + t ^ 2)

/-- Conductivity across the field of one kind of carrier. -/
def drudeAcross (s t : K) : K := s * t / (1 + t ^ 2)

/-- Resistance along the current of a conductor with the conductivities `x` along and `y` across the field. -/
def magnetoresistance (x y : K) : K := x / (x ^ 2 + y ^ 2)

/-- Resistivity by independent causes of scattering adds (Matthiessen's rule). -/
def matthiessen (m n q t u : K) : K := m / (n * q ^ 2) * (1 / t + 1 / u)

/-- Electrons and holes are fewest together where they are equal in number. -/
theorem carriers_minimum (n p c : K) (hn : 0 < n) (hp : 0 < p) (h : n * p = c ^ 2) : 2 * c ≤ n + p := by
  have k := sq_nonneg (n - p)
  exact le_of_sq_le_sq (by grind) (by grind)

/-- Electrons and holes are as few as in the pure crystal only where they are equal in number. -/
theorem carriers_intrinsic (n p c : K) (h : n * p = c ^ 2) (e : n + p = 2 * c) :
    n = c ∧ p = c := by
  have k : (n - c) ^ 2 = 0 := by grind
  have l := sq_eq_zero.mp k
  grind

/-- Donors in excess make more electrons than holes. -/
theorem carriers_doping (n p c d : K) (hn : 0 < n) (hc : 0 < c) (h : n * p = c ^ 2) (e : n - p = d) :
    0 < d ↔ c < n := by
  have k : (n - c) * (n + c) = n * d := by grind
  constructor
  · intro hd
    have l := mul_pos hn hd
    have m := (mul_pos_iff (a := n + c) (b := n - c) (by grind)).mp (by grind)
    grind
  · intro l
    have m := mul_pos (show 0 < n - c by grind) (show 0 < n + c by grind)
    exact (mul_pos_iff hn).mp (by grind)

/-- Law of mass action and neutrality leave one possible number of electrons. -/
theorem carriers_unique (n p x y : K) (hp : 0 < p) (hx : 0 < x) (h : n * p = x * y) (e : n - p = x - y) :
    n = x := by
  have k : (n - x) * (p + x) = 0 := by grind
  rcases mul_eq_zero.mp k with f | f <;> grind

/-- The number of electrons solves a quadratic equation with the root of doping and intrinsic number as discriminant. -/
theorem carriers_total (n p c d : K) (h : n * p = c ^ 2) (e : n - p = d) : (n + p) ^ 2 = d ^ 2 + 4 * c ^ 2 := by
  have k : (n + p) ^ 2 = (n - p) ^ 2 + 4 * (n * p) := by grind
  rw [k, h, e]

/-- More donors make more electrons. -/
theorem carriers_grow (n p x y : K) (hp : 0 < p) (hx : 0 < x) (h : n * p = x * y) (e : n - p < x - y) :
    n < x := by
  have k : (x - n) * (p + x) = x * ((x - y) - (n - p)) := by grind
  have l := mul_pos hx (show 0 < x - y - (n - p) by grind)
  have m := (mul_pos_iff (a := p + x) (b := x - n) (by grind)).mp (by grind)
  grind

/-- A crystal conducts least where both kinds of carriers conduct alike. -/
theorem conductivity_minimum (q n p a b c g : K) (hq : 0 < q) (hn : 0 < n) (hp : 0 < p) (ha : 0 < a) (hb : 0 < b)
    (h : n * p = c ^ 2) (hg : g ^ 2 = a * b) : 2 * q * c * g ≤ carrierConductivity q n p a b := by
  have k := sq_nonneg (n * a - p * b)
  have l := mul_pos hn ha
  have m := mul_pos hp hb
  have o : c * g ≤ (n * a + p * b) / 2 := geometric_le_arithmetic (a := n * a) (b := p * b) (by grind) (by grind) (by grind)
  have r := mul_le_mul_left (show 0 ≤ q by grind) o
  grind [carrierConductivity]

/-- Hall's effect vanishes exactly where the squared mobilities weigh electrons and holes alike. -/
theorem hall_vanishes (q n p a b : K) (hq : 0 < q) (hn : 0 < n) (hp : 0 < p) (ha : 0 < a) (hb : 0 < b) :
    hallCoefficient q n p a b = 0 ↔ p * b ^ 2 = n * a ^ 2 := by
  have k := mul_pos hn ha
  have l := mul_pos hp hb
  have m := mul_pos hq (sq_pos (show n * a + p * b ≠ 0 by grind))
  have e : hallCoefficient q n p a b * (q * (n * a + p * b) ^ 2) = p * b ^ 2 - n * a ^ 2 := by grind [hallCoefficient]
  constructor
  · intro z
    grind
  · intro z
    rcases mul_eq_zero.mp (show hallCoefficient q n p a b * (q * (n * a + p * b) ^ 2) = 0 by grind) with f | f <;> grind

/-- Holes alone make the Hall coefficient the inverse of their charge density. -/
theorem hall_one_carrier (q p a b : K) (hb : b ≠ 0) : hallCoefficient q 0 p a b = 1 / (q * p) := by
  grind [hallCoefficient]

/-- No mixture of carriers has a larger Hall coefficient than its holes alone. -/
theorem hall_bound (q n p a b : K) (hq : 0 < q) (hn : 0 ≤ n) (hp : 0 < p) (ha : 0 ≤ a) (hb : 0 < b) :
    hallCoefficient q n p a b ≤ 1 / (q * p) := by
  have k := mul_nonneg hn ha
  have l := mul_pos hp hb
  have m := sq_pos (show n * a + p * b ≠ 0 by grind)
  have o := mul_nonneg hn (mul_nonneg (show 0 ≤ p by grind) (sq_nonneg a))
  have r := mul_nonneg (mul_nonneg k (show 0 ≤ p * b by grind)) (show 0 ≤ q by grind)
  have s := mul_nonneg (sq_nonneg (n * a)) (show 0 ≤ q by grind)
  have t := mul_nonneg o (show 0 ≤ q by grind)
  rw [hallCoefficient, div_le_div_iff (mul_pos hq m) (mul_pos hq hp)]
  grind

/-- Conductivity along and across the field square to that without field times that along the field. -/
theorem drude_circle (s t : K) : drudeAlong s t ^ 2 + drudeAcross s t ^ 2 = s * drudeAlong s t := by
  have k := sq_nonneg t
  have l : 1 + t ^ 2 ≠ 0 := by grind
  grind [drudeAlong, drudeAcross]

/-- One kind of carrier shows no magnetoresistance. -/
theorem drude_no_magnetoresistance (s t : K) (hs : 0 < s) : magnetoresistance (drudeAlong s t) (drudeAcross s t) = 1 / s := by
  have k := sq_nonneg t
  have l := div_pos hs (show 0 < 1 + t ^ 2 by grind)
  have m : drudeAlong s t ≠ 0 := by grind [drudeAlong]
  rw [magnetoresistance, drude_circle]
  grind

/-- Across the field one kind of carrier conducts at most half as well as along it without field. -/
theorem drude_across_maximum (s t : K) (hs : 0 ≤ s) : drudeAcross s t ≤ s / 2 := by
  have k := sq_nonneg t
  have l := mul_nonneg hs (sq_nonneg (t - 1))
  rw [drudeAcross, div_le_div_iff (by grind) (by grind)]
  grind

/-- Two kinds of carriers resist at least as in absence of a field (positive magnetoresistance). -/
theorem magnetoresistance_two_carriers (r s t u : K) (hr : 0 < r) (hs : 0 < s) :
    1 / (r + s) ≤ magnetoresistance (drudeAlong r t + drudeAlong s u) (drudeAcross r t + drudeAcross s u) := by
  have a := sq_nonneg t
  have b := sq_nonneg u
  have c := inv_pos (show 0 < 1 + t ^ 2 by grind)
  have d := inv_pos (show 0 < 1 + u ^ 2 by grind)
  have e : (1 + t ^ 2)⁻¹ * (1 + t ^ 2) = 1 := by grind
  have f : (1 + u ^ 2)⁻¹ * (1 + u ^ 2) = 1 := by grind
  simp only [drudeAlong, drudeAcross, Lean.Grind.Field.div_eq_mul_inv]
  generalize (1 + t ^ 2)⁻¹ = p at *
  generalize (1 + u ^ 2)⁻¹ = q at *
  have g : (r + s) * (r * p + s * q) = (r * p + s * q) ^ 2 + (r * t * p + s * u * q) ^ 2 + r * s * (p * q) * (t - u) ^ 2 := by
    grind
  have x := mul_pos hr c
  have y := mul_pos hs d
  have i := mul_nonneg (show 0 ≤ r * s * (p * q) by grind [mul_pos x y]) (sq_nonneg (t - u))
  have j := sq_pos (show r * p + s * q ≠ 0 by grind)
  have k := sq_nonneg (r * t * p + s * u * q)
  clear a b c d e f x y
  rw [magnetoresistance, ← Lean.Grind.Field.div_eq_mul_inv, div_le_div_iff (by grind) (by grind)]
  grind

/-- Two causes of scattering act like one whose relaxation time is shorter than either (Matthiessen's rule). -/
theorem matthiessen_time (m n q t u : K) (ht : 0 < t) (hu : 0 < u) :
    matthiessen m n q t u = m / (n * q ^ 2) / (t * u / (t + u)) ∧ t * u / (t + u) < t := by
  have k : t + u ≠ 0 := by grind
  have l := mul_pos ht ht
  rw [div_lt_iff (show 0 < t + u by grind)]
  grind [matthiessen]

/-- The built-in charges of a p-n junction balance: the wider side is the less doped. -/
theorem junction_widths (a d x y : K) (ha : 0 < a) (hx : 0 < x) (h : a * x = d * y) (k : a < d) : y < x := by
  have l := fun z : x ≤ y => mul_le_mul_left (show 0 ≤ d by grind) z
  have m := mul_lt_mul_right hx k
  grind

/-- The width of a junction follows from its voltage: its square is voltage over the harmonic combination of dopings. -/
theorem junction_total_width (a d x y w e u : K) (ha : 0 < a) (hd : 0 < d) (he : 0 < e) (h : a * x = d * y) (hw : w = x + y)
    (hu : u = (a * x ^ 2 + d * y ^ 2) / (2 * e)) : w ^ 2 = 2 * e * u * (1 / a + 1 / d) := by
  have k : 2 * e * u = a * x ^ 2 + d * y ^ 2 := by grind
  have l : y = a * x / d := by grind
  rw [k, hw, l]
  grind

end PhysField.CondensedMatter
