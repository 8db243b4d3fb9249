import PhysField.Mathematics.OrderedField

/-!
# Growth of the scale factor

Densities of matter, radiation and vacuum as powers of the scale factor `a`, equal to 1 today, and the expansion rate that they drive in
flat space; then the universes whose history is elementary: expansion by equal factors, and the histories whose scale factor is a power
of time. A temperature of radiation falls as the inverse of the scale factor.
Source: Ryden, Introduction to Cosmology, chapters 5 and 6; Liddle, An Introduction to Modern Cosmology, chapters 5 and 11.
-/
namespace PhysField.Cosmology
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Density of matter at the scale factor `a`, of `m` today. -/
def matterDensity (m a : K) : K := m / a ^ 3

/-- Density of radiation at the scale factor `a`, of `r` today. -/
def radiationDensity (r a : K) : K := r / a ^ 4

/-- Square of the expansion rate by that of today, from the density parameters of radiation, matter and vacuum today. -/
def expansionSq (r m l a : K) : K := r / a ^ 4 + m / a ^ 3 + l

/-- Temperature of radiation at the scale factor `a`, of `t` today. -/
def radiationTemperature (t a : K) : K := t / a

/-- Scale factor after `n` equal times in which it grows by the factor `q` each. -/
def inflated (q : K) : Nat → K
  | 0 => 1
  | n + 1 => q * inflated q n

/-- Scale factor of a discrete expansion with the growth factors `q i`. -/
def grown (q : Nat → K) : Nat → K
  | 0 => 1
  | n + 1 => q n * grown q n

/-- Number of particles in a comoving volume is kept: density times the third power of the scale factor. -/
theorem matterDensity_number (m a : K) (ha : 0 < a) : matterDensity m a * a ^ 3 = m := by
  have p := pow_pos ha 3
  grind [matterDensity]

/-- The ratio of radiation to matter falls as the inverse of the scale factor. -/
theorem radiation_by_matter (r m a : K) (ha : 0 < a) (hm : 0 < m) :
    radiationDensity r a / matterDensity m a = r / m / a := by
  have n : a ≠ 0 := by grind
  have k : m ≠ 0 := by grind
  have i : m / a ^ 3 ≠ 0 := by grind
  rw [radiationDensity, matterDensity]
  grind

/-- Radiation prevails over matter exactly before the scale factor of equality, the ratio of their densities today. -/
theorem radiation_dominates_iff (r m a : K) (ha : 0 < a) (hm : 0 < m) :
    matterDensity m a < radiationDensity r a ↔ a < r / m := by
  have p := pow_pos ha 3
  have e : radiationDensity r a = r / a / a ^ 3 := by grind [radiationDensity]
  rw [matterDensity, e, div_lt_iff p, lt_div_iff hm, show r / a / a ^ 3 * a ^ 3 = r / a by grind, lt_div_iff ha]
  grind

/-- Vacuum prevails over matter exactly after the cube of the scale factor has reached their ratio today. -/
theorem vacuum_dominates_iff (m l a : K) (ha : 0 < a) (hl : 0 < l) : matterDensity m a < l ↔ m / l < a ^ 3 := by
  have p := pow_pos ha 3
  rw [matterDensity, div_lt_iff p, div_lt_iff hl]
  grind

/-- Densities fall while the universe grows. -/
theorem matterDensity_lt (m a b : K) (hm : 0 < m) (ha : 0 < a) (h : a < b) : matterDensity m b < matterDensity m a := by
  have p := sq_lt_sq (show 0 ≤ a by grind) h
  have q := mul_pos (show 0 < a by grind) (show 0 < b ^ 2 - a ^ 2 by grind)
  have s := mul_pos (show 0 < b - a by grind) (sq_pos (show b ≠ 0 by grind))
  exact div_lt_div_left hm (pow_pos ha 3) (by grind)

/-- The expansion rate of a universe of radiation, matter and vacuum falls while it grows. -/
theorem expansionSq_le (r m l a b : K) (hr : 0 ≤ r) (hm : 0 ≤ m) (ha : 0 < a) (h : a ≤ b) :
    expansionSq r m l b ≤ expansionSq r m l a := by
  have p := pow_le_pow (show 0 ≤ a by grind) h 3
  have q := pow_le_pow (show 0 ≤ a by grind) h 4
  have s := div_le_div_left hm (pow_pos ha 3) p
  have t := div_le_div_left hr (pow_pos ha 4) q
  grind [expansionSq]

/-- The expansion rate stays above that of vacuum alone. -/
theorem expansionSq_gt (r m l a : K) (hr : 0 ≤ r) (hm : 0 < m) (ha : 0 < a) : l < expansionSq r m l a := by
  have s := div_pos hm (pow_pos ha 3)
  have t := div_nonneg hr (show 0 ≤ a ^ 4 by grind [pow_pos ha 4])
  grind [expansionSq]

/-- An age of matter alone keeps the square of the expansion rate times the third power of the scale factor. -/
theorem expansionSq_matter (m a b : K) (ha : 0 < a) (hb : 0 < b) :
    expansionSq 0 m 0 a * a ^ 3 = expansionSq 0 m 0 b * b ^ 3 := by
  have p := pow_pos ha 3
  have q := pow_pos hb 3
  have e : expansionSq 0 m 0 a = m / a ^ 3 := by grind [expansionSq]
  have f : expansionSq 0 m 0 b = m / b ^ 3 := by grind [expansionSq]
  rw [e, f]
  grind

/-- Radiation keeps the product of its temperature and the scale factor. -/
theorem radiationTemperature_mul (t a b : K) (ha : 0 < a) (hb : 0 < b) :
    radiationTemperature t a * a = radiationTemperature t b * b := by
  grind [radiationTemperature]

/-- The law of Stefan and Boltzmann for the density of radiation is kept while radiation cools. -/
theorem radiation_stefan_boltzmann (c t a : K) : radiationDensity (c * t ^ 4) a = c * radiationTemperature t a ^ 4 := by
  grind [radiationDensity, radiationTemperature]

/-- A universe that grows by equal factors in equal times has grown by a power. -/
theorem inflated_eq_pow (q : K) (n : Nat) : inflated q n = q ^ n := by
  induction n with
  | zero => grind [inflated]
  | succ n ih => grind [inflated, pow_succ]

/-- Inflation of `n` steps stretches at least by one plus `n` times the growth of a step. -/
theorem inflated_ge (h : K) (hh : 0 ≤ h) (n : Nat) : 1 + n * h ≤ inflated (1 + h) n := by
  have b := bernoulli (a := h) (by grind) n
  rw [inflated_eq_pow]
  exact b

/-- Inflation looks the same at all times: from step `m` it goes on as from the beginning. -/
theorem inflated_add (q : K) (m n : Nat) : inflated q (m + n) = inflated q m * inflated q n := by
  induction n with
  | zero => grind [inflated]
  | succ n ih =>
    rw [← Nat.add_assoc, inflated, ih, inflated]
    grind

/-- Inflation flattens: curvature by the square of the scale factor falls by the square of the growth factor with each step. -/
theorem inflated_flatness (k q : K) (n : Nat) : k / inflated q n ^ 2 = k / (q ^ 2) ^ n := by
  have e : inflated q n ^ 2 = (q ^ 2) ^ n := by
    induction n with
    | zero => grind [inflated]
    | succ n ih =>
      have p := pow_succ (q ^ 2) n
      rw [p, ← ih, inflated]
      grind
  rw [e]

/-- A discrete expansion with growth factors of at least one never shrinks the universe below its first size. -/
theorem one_le_grown (q : Nat → K) (hq : ∀ i, 1 ≤ q i) (n : Nat) : 1 ≤ grown q n := by
  induction n with
  | zero => grind [grown]
  | succ n ih =>
    have p := mul_le_mul (show (0 : K) ≤ 1 by grind) (show 0 ≤ grown q n by grind) (hq n) ih
    grind [grown]

/-- In a discrete expansion the number of particles in a comoving volume is kept from step to step, and so over all. -/
theorem grown_number (q d : Nat → K) (hq : ∀ i, 0 < q i) (h : ∀ i, d (i + 1) = d i / q i ^ 3) (n : Nat) :
    d n * grown q n ^ 3 = d 0 := by
  induction n with
  | zero => grind [grown]
  | succ n ih =>
    have p : q n ≠ 0 := by grind [hq n]
    rw [h, grown, show d n / q n ^ 3 * (q n * grown q n) ^ 3 = d n * grown q n ^ 3 by grind, ih]

/-- In a discrete expansion the entropy of radiation, temperature cubed in a comoving volume, is kept. -/
theorem grown_temperature (q t : Nat → K) (hq : ∀ i, 0 < q i) (h : ∀ i, t (i + 1) = t i / q i) (n : Nat) :
    t n * grown q n = t 0 := by
  induction n with
  | zero => grind [grown]
  | succ n ih =>
    have p : q n ≠ 0 := by grind [hq n]
    rw [h, grown, show t n / q n * (q n * grown q n) = t n * grown q n by grind, ih]

/-- The age of an ever braked universe is at most its Hubble time: the steps of an expansion never grew by less than the last one. -/
theorem braked_age (a : Nat → K) (ha : 0 ≤ a 0) (h : ∀ i, a (i + 2) - a (i + 1) ≤ a (i + 1) - a i) (n : Nat) :
    n * (a (n + 1) - a n) ≤ a n := by
  induction n with
  | zero => grind
  | succ n ih =>
    have b := h n
    have c := mul_le_mul_left (natCast_nonneg (K := K) n) b
    grind

end PhysField.Cosmology
