import PhysField.Mathematics.OrderedField

/-!
# Bondi's k-calculus

An observer sends light signals and notes when their echoes return; from these two times alone follow distance and time of the echoing
event (radar). Between two observers in uniform motion the ratio of reception to emission is a constant `k`, the Doppler factor, greater
than 1 when they separate. All of relativity on a line follows without roots. The velocity of light is 1.
Source: Bondi, Relativity and Common Sense, chapters 8 to 10; d'Inverno, Introducing Einstein's Relativity, chapter 2.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Time of an event whose radar signal leaves at `s` and returns at `r`. -/
def radarTime (s r : K) : K := (s + r) / 2

/-- Distance of an event whose radar signal leaves at `s` and returns at `r`. -/
def radarDistance (s r : K) : K := (r - s) / 2

/-- Velocity of an observer who recedes with the factor `k`. -/
def kVelocity (k : K) : K := (k ^ 2 - 1) / (k ^ 2 + 1)

/-- Lorentz factor of an observer with the factor `k`. -/
def kGamma (k : K) : K := (k ^ 2 + 1) / (2 * k)

/-- Length of a unit rod that moves with the factor `k`. -/
def kLength (k : K) : K := 2 * k / (k ^ 2 + 1)

/-- Proper time of a traveller who passes `n` stations, the `i`-th leg of coordinate length `t i` done with factor `k i`. -/
def kAge (t k : Nat → K) : Nat → K
  | 0 => 0
  | n + 1 => kAge t k n + t n / kGamma (k n)

/-- Coordinate time of the `n` legs. -/
def kTime (t : Nat → K) : Nat → K
  | 0 => 0
  | n + 1 => kTime t n + t n

/-- Factors below one, one and above it belong to approach, rest and recession. -/
theorem kVelocity_pos_iff (k : K) (hk : 0 < k) : 0 < kVelocity k ↔ 1 < k := by
  have s := sq_nonneg k
  rw [kVelocity, lt_div_iff (show 0 < k ^ 2 + 1 by grind)]
  constructor
  · intro h
    exact lt_of_sq_lt_sq (by grind) (by grind)
  · intro h
    have p := mul_pos (show 0 < k - 1 by grind) (show 0 < k + 1 by grind)
    grind

/-- No factor belongs to a velocity of light or more. -/
theorem kVelocity_bounds (k : K) (hk : 0 < k) : -1 < kVelocity k ∧ kVelocity k < 1 := by
  have p := mul_pos hk hk
  have d : 0 < k ^ 2 + 1 := by grind
  rw [kVelocity, lt_div_iff d, div_lt_iff d]
  grind

/-- A greater factor belongs to a greater velocity. -/
theorem kVelocity_lt (k l : K) (hk : 0 < k) (h : k < l) : kVelocity k < kVelocity l := by
  have p := sq_lt_sq (show 0 ≤ k by grind) h
  have s := sq_nonneg k
  rw [kVelocity, kVelocity, div_lt_div_iff (show 0 < k ^ 2 + 1 by grind) (show 0 < l ^ 2 + 1 by grind)]
  grind

/-- The echo from a receding observer at his time `k s` shows his velocity as distance by time (radar). -/
theorem radar_velocity (k s : K) (hs : 0 < s) :
    radarDistance s (k * (k * s)) / radarTime s (k * (k * s)) = kVelocity k := by
  have q := mul_pos hs (show 0 < k ^ 2 + 1 by grind [sq_nonneg k])
  have e : radarTime s (k * (k * s)) = s * (k ^ 2 + 1) / 2 := by grind [radarTime]
  have f : radarDistance s (k * (k * s)) = s * (k ^ 2 - 1) / 2 := by grind [radarDistance]
  have z : s * (k ^ 2 + 1) / 2 ≠ 0 := by grind [radarTime]
  rw [e, f, kVelocity]
  grind

/-- The product of the radar times is the square of the interval (theorem of Robb). -/
theorem radar_interval (s r : K) : s * r = radarTime s r ^ 2 - radarDistance s r ^ 2 := by
  grind [radarTime, radarDistance]

/-- Factors of observers in a row multiply, and their velocities add by Einstein's formula. -/
theorem kVelocity_mul (k l : K) (hk : 0 < k) (hl : 0 < l) :
    kVelocity (k * l) = (kVelocity k + kVelocity l) / (1 + kVelocity k * kVelocity l) := by
  have a : 0 < k ^ 2 + 1 := by grind [mul_pos hk hk]
  have b : 0 < l ^ 2 + 1 := by grind [mul_pos hl hl]
  have c : 0 < (k * l) ^ 2 + 1 := by grind [sq_nonneg (k * l)]
  have d := mul_pos a b
  have q := div_pos (show 0 < 2 * ((k * l) ^ 2 + 1) by grind) d
  have e : 1 + kVelocity k * kVelocity l = 2 * ((k * l) ^ 2 + 1) / ((k ^ 2 + 1) * (l ^ 2 + 1)) := by grind [kVelocity]
  have f : kVelocity k + kVelocity l = 2 * ((k * l) ^ 2 - 1) / ((k ^ 2 + 1) * (l ^ 2 + 1)) := by grind [kVelocity]
  rw [e, f, kVelocity]
  grind

/-- Who approaches has the inverse factor and the opposite velocity. -/
theorem kVelocity_inv (k : K) (hk : 0 < k) : kVelocity k⁻¹ = -kVelocity k := by
  have a : 0 < k ^ 2 + 1 := by grind [mul_pos hk hk]
  have e : k⁻¹ ^ 2 + 1 = (k ^ 2 + 1) / k ^ 2 := by grind
  have f : k⁻¹ ^ 2 - 1 = (1 - k ^ 2) / k ^ 2 := by grind
  have q := div_pos a (sq_pos (show k ≠ 0 by grind))
  rw [kVelocity, kVelocity, e, f]
  grind

/-- The factor squared is the quotient of one plus and one minus the velocity. -/
theorem kVelocity_doppler (k : K) (hk : 0 < k) : k ^ 2 * (1 - kVelocity k) = 1 + kVelocity k := by
  have a : 0 < k ^ 2 + 1 := by grind [mul_pos hk hk]
  grind [kVelocity]

/-- Only one positive factor belongs to a velocity. -/
theorem kVelocity_injective (k l : K) (hk : 0 < k) (hl : 0 < l) (h : kVelocity k = kVelocity l) : k = l := by
  have a := fun hlt => kVelocity_lt k l hk hlt
  have b := fun hlt => kVelocity_lt l k hl hlt
  grind

/-- The mean of a factor and its inverse is the Lorentz factor of its velocity. -/
theorem kGamma_sq (k : K) (hk : 0 < k) : kGamma k ^ 2 * (1 - kVelocity k ^ 2) = 1 := by
  have a : 0 < k ^ 2 + 1 := by grind [mul_pos hk hk]
  have b : k ^ 2 + 1 ≠ 0 := by grind
  grind [kGamma, kVelocity]

/-- A moving clock goes slow by a factor of at least one (time dilation). -/
theorem one_le_kGamma (k : K) (hk : 0 < k) : 1 ≤ kGamma k := by
  have s := sq_nonneg (k - 1)
  rw [kGamma, le_div_iff (show 0 < 2 * k by grind)]
  grind

/-- A clock goes at the rate of one at rest only if it is at rest. -/
theorem kGamma_eq_one_iff (k : K) : kGamma k = 1 ↔ k = 1 := by
  constructor
  · intro h
    have e : (k - 1) ^ 2 = 0 := by grind [kGamma]
    have z := sq_eq_zero.mp e
    grind
  · intro h
    grind [kGamma]

/-- The Lorentz factor does not tell recession from approach. -/
theorem kGamma_inv (k : K) : kGamma k⁻¹ = kGamma k := by
  by_cases h : k = 0
  · grind
  · have e : k⁻¹ ^ 2 + 1 = (k ^ 2 + 1) / k ^ 2 := by grind
    rw [kGamma, kGamma, e]
    grind

/-- A moving rod is short by the factor by which a moving clock is slow (Lorentz contraction). -/
theorem kLength_mul_gamma (k : K) (hk : 0 < k) : kLength k * kGamma k = 1 ∧ kLength k ≤ 1 := by
  have a : 0 < k ^ 2 + 1 := by grind [mul_pos hk hk]
  have s := sq_nonneg (k - 1)
  constructor
  · grind [kLength, kGamma]
  · rw [kLength, div_le_iff a]
    grind

/-- A twin who goes with factor `k` and returns with `1 / k` is younger by the square of `k - 1` (twin paradox). -/
theorem kTwin (k s : K) (hk : 0 < k) :
    (k * (k * s) + s) - 2 * (k * s) = s * (k - 1) ^ 2 ∧ radarTime s (k * (k * s)) = kGamma k * (k * s) := by
  constructor
  · grind
  · grind [radarTime, kGamma]

/-- A traveller of many legs ages at most the time on the clocks at home, whatever the factors of the legs. -/
theorem kAge_le_time (t k : Nat → K) (ht : ∀ i, 0 ≤ t i) (hk : ∀ i, 0 < k i) (n : Nat) : kAge t k n ≤ kTime t n := by
  induction n with
  | zero => grind [kAge, kTime]
  | succ n ih =>
    have g := one_le_kGamma (k n) (hk n)
    have m := mul_le_mul_left (ht n) g
    have q : t n / kGamma (k n) ≤ t n := by
      rw [div_le_iff (show 0 < kGamma (k n) by grind)]
      grind
    grind [kAge, kTime]

/-- The Lorentz factors of two observers bound that of the one seen from the other from above. -/
theorem kGamma_mul_le (k l : K) (hk : 0 < k) (hl : 0 < l) : kGamma (k * l) ≤ 2 * (kGamma k * kGamma l) := by
  have p := mul_pos hk hl
  have e : 2 * (kGamma k * kGamma l) = ((k ^ 2 + 1) * (l ^ 2 + 1)) / (2 * (k * l)) := by grind [kGamma]
  have a := sq_nonneg k
  have b := sq_nonneg l
  rw [e, kGamma]
  exact div_le_div_right (by grind) (by grind)

/-- Three observers with factors on a line close up: what A sees of C is what A sees of B times what B sees of C. -/
theorem kVelocity_mul_mul (k l m : K) (hk : 0 < k) (hl : 0 < l) (hm : 0 < m) (h : k * l * m = 1) :
    kVelocity k + kVelocity l + kVelocity m + kVelocity k * kVelocity l * kVelocity m = 0 := by
  have a := kVelocity_doppler k hk
  have b := kVelocity_doppler l hl
  have c := kVelocity_doppler m hm
  have e : (1 + kVelocity k) * (1 + kVelocity l) * (1 + kVelocity m)
      = (k * l * m) ^ 2 * ((1 - kVelocity k) * (1 - kVelocity l) * (1 - kVelocity m)) := by
    rw [← a, ← b, ← c]
    grind
  rw [h] at e
  grind

end PhysField.Relativity
