import PhysField.Mathematics.OrderedField

/-!
# Rockets and steady thrust

A rocket on a line throws out exhaust in steps. Its motion is told by the Doppler factor `k` of its velocity and by its energy `e` and
momentum `p`, whose light-cone components are `e + p = m k` and `e - p = m / k` for the mass `m`. A photon rocket is the limit; a steady thrust
multiplies `k` by the same factor in equal proper times. Light moves with velocity 1.
Source: Taylor, Wheeler, Spacetime Physics, chapters 7 and 8; Rindler, Introduction to Special Relativity, chapters 3 and 5.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Energy of a body of mass `m` whose velocity has the Doppler factor `k`. -/
def rocketEnergy (m k : K) : K := m * (k + k⁻¹) / 2

/-- Momentum of a body of mass `m` whose velocity has the Doppler factor `k`. -/
def rocketMomentum (m k : K) : K := m * (k - k⁻¹) / 2

/-- Doppler factor of a rocket after `n` steps, in the `i`-th of which its mass has been `m i`, if it throws out light. -/
def photonRocket (m : Nat → K) (n : Nat) : K := m 0 / m n

/-- Doppler factor after `n` equal proper times of a thrust that multiplies it by `q` in each. -/
def steadyThrust (q : K) : Nat → K
  | 0 => 1
  | n + 1 => steadyThrust q n * q

/-- Coordinate time of `n` such steps, each of proper length `s`, counted with the Lorentz factor at its beginning. -/
def thrustTime (q s : K) : Nat → K
  | 0 => 0
  | n + 1 => thrustTime q s n + s * (steadyThrust q n + (steadyThrust q n)⁻¹) / 2

/-- Mass that is left after `n` stages, each of which leaves the fraction `r i` of the mass. -/
def massAfter (m : K) (r : Nat → K) : Nat → K
  | 0 => m
  | n + 1 => massAfter m r n * r n

/-- The components of energy and momentum along the light cone are mass times Doppler factor and mass by it. -/
theorem rocket_lightCone (m k : K) :
    rocketEnergy m k + rocketMomentum m k = m * k ∧ rocketEnergy m k - rocketMomentum m k = m * k⁻¹ := by
  grind [rocketEnergy, rocketMomentum]

/-- Energy and momentum of a rocket belong to its mass. -/
theorem rocket_onShell (m k : K) (hk : 0 < k) : rocketEnergy m k ^ 2 - rocketMomentum m k ^ 2 = m ^ 2 := by
  have ⟨a, b⟩ := rocket_lightCone m k
  have e : rocketEnergy m k ^ 2 - rocketMomentum m k ^ 2
      = (rocketEnergy m k + rocketMomentum m k) * (rocketEnergy m k - rocketMomentum m k) := by grind
  rw [e, a, b]
  grind

/-- The energy of a rocket is at least its mass. -/
theorem rocketEnergy_ge (m k : K) (hm : 0 < m) (hk : 0 < k) : m ≤ rocketEnergy m k := by
  have h := mul_le_mul_left (show 0 ≤ m by grind) (two_le_add_inv hk)
  grind [rocketEnergy]

/-- A rocket that throws light backward keeps one light-cone component: it trades mass for Doppler factor (photon rocket). -/
theorem photonRocket_step (m l k j f : K) (hl : 0 < l)
    (he : rocketEnergy m k = rocketEnergy l j + f) (hp : rocketMomentum m k = rocketMomentum l j - f) : j = k * m / l := by
  have ⟨a, b⟩ := rocket_lightCone m k
  have ⟨c, d⟩ := rocket_lightCone l j
  have e : m * k = l * j := by grind
  grind

/-- The light thrown out has positive energy exactly if the rocket loses mass. -/
theorem photonRocket_exhaust (m l k j f : K) (hm : 0 < m) (hl : 0 < l) (hk : 0 < k)
    (he : rocketEnergy m k = rocketEnergy l j + f) (hp : rocketMomentum m k = rocketMomentum l j - f) : 0 < f ↔ l < m := by
  have ⟨a, b⟩ := rocket_lightCone m k
  have ⟨c, d⟩ := rocket_lightCone l j
  have e : m * k = l * j := by grind
  have g : 2 * f = m * k⁻¹ - l * j⁻¹ := by grind
  have i : m * k * (l * j⁻¹) = l ^ 2 := by rw [e]; grind
  have o : k * k⁻¹ = 1 := by grind
  have n : m * k * (m * k⁻¹) = m ^ 2 := by
    rw [show m * k * (m * k⁻¹) = m * m * (k * k⁻¹) by grind, o]
    grind
  have p := mul_pos hm (show 0 < 2 * k by grind)
  have u : m * (2 * k) * f = (m + l) * (m - l) := by
    rw [show m * (2 * k) * f = m * k * (2 * f) by grind, g]
    grind
  rw [← mul_pos_iff (b := f) p, u, mul_pos_iff (show 0 < m + l by grind)]
  grind

/-- The velocity that a photon rocket reaches depends on first and last mass only, not on the way it burns. -/
theorem photonRocket_steps (m k : Nat → K) (hm : ∀ i, 0 < m i) (h0 : k 0 = 1)
    (h : ∀ i, m i * k i = m (i + 1) * k (i + 1)) (n : Nat) : k n = photonRocket m n := by
  have c : m n * k n = m 0 := by
    induction n with
    | zero => grind
    | succ n ih => rw [← h, ih]
  have p := hm n
  grind [photonRocket]

/-- The velocity of a photon rocket of mass ratio `r` is that of the k-calculus with `k = r`. -/
theorem photonRocket_velocity (m r : K) (hm : 0 < m) (hr : 0 < r) :
    rocketMomentum m r / rocketEnergy m r = (r ^ 2 - 1) / (r ^ 2 + 1) := by
  have p := mul_pos hr hr
  have n : r ^ 2 + 1 ≠ 0 := by grind
  have e : rocketEnergy m r = m * (r ^ 2 + 1) / (2 * r) := by grind [rocketEnergy]
  have f : rocketMomentum m r = m * (r ^ 2 - 1) / (2 * r) := by grind [rocketMomentum]
  have z := rocketEnergy_ge m r hm hr
  have y : m * (r ^ 2 + 1) / (2 * r) ≠ 0 := by grind
  rw [e, f]
  grind

/-- To stop again a rocket must spend the mass ratio of the start once more. -/
theorem photonRocket_return (m l q j : K) (h : m = l * j) (k : l * j⁻¹ = q) : m = q * j ^ 2 := by
  grind

/-- A rocket that throws out bodies with mass needs more mass than a photon rocket for the same velocity. -/
theorem photonRocket_best (m l k e p : K) (hp : p < e) (he : m = rocketEnergy l k + e)
    (hq : 0 = rocketMomentum l k - p) : l * k < m := by
  have ⟨a, b⟩ := rocket_lightCone l k
  grind

/-- Steady thrust multiplies the Doppler factor by a power. -/
theorem steadyThrust_eq_pow (q : K) (n : Nat) : steadyThrust q n = q ^ n := by
  induction n with
  | zero => grind [steadyThrust]
  | succ n ih => rw [steadyThrust, ih, pow_succ]

/-- Steady thrust has a growing Lorentz factor: the Doppler factor outruns every multiple of the number of steps. -/
theorem steadyThrust_ge (a : K) (ha : 0 ≤ a) (n : Nat) : 1 + n * a ≤ steadyThrust (1 + a) n := by
  have b := bernoulli (a := a) (by grind) n
  rw [steadyThrust_eq_pow]
  exact b

/-- On steady thrust a crew ages at most the time that passes at home. -/
theorem thrustTime_ge (q s : K) (hq : 0 < q) (hs : 0 ≤ s) (n : Nat) : n * s ≤ thrustTime q s n := by
  induction n with
  | zero => grind [thrustTime]
  | succ n ih =>
    have p : 0 < steadyThrust q n := by rw [steadyThrust_eq_pow]; exact pow_pos hq n
    have g := mul_le_mul_left hs (two_le_add_inv p)
    grind [thrustTime]

/-- Halting the thrust and reversing it brings the rocket to rest: equal numbers of opposite steps cancel. -/
theorem steadyThrust_reverse (q : K) (hq : 0 < q) (n : Nat) : steadyThrust q n * steadyThrust q⁻¹ n = 1 := by
  induction n with
  | zero => grind [steadyThrust]
  | succ n ih =>
    have e : steadyThrust q (n + 1) * steadyThrust q⁻¹ (n + 1) = steadyThrust q n * steadyThrust q⁻¹ n := by
      grind [steadyThrust]
    rw [e, ih]

/-- Stages that each leave at most the fraction `r` leave at most its power. -/
theorem massAfter_le (m r : K) (s : Nat → K) (hm : 0 ≤ m) (hs : ∀ i, 0 ≤ s i) (h : ∀ i, s i ≤ r) (n : Nat) :
    0 ≤ massAfter m s n ∧ massAfter m s n ≤ m * r ^ n := by
  induction n with
  | zero => grind [massAfter]
  | succ n ih =>
    have a := mul_nonneg ih.1 (hs n)
    have b := mul_le_mul ih.1 (show 0 ≤ r by grind) ih.2 (h n)
    rw [pow_succ]
    grind [massAfter]

/-- Hyperbolic motion keeps its distance from the light cone: with light-cone coordinates scaled inversely, their product stays. -/
theorem hyperbolic_motion (q x : K) (hq : 0 < q) (n : Nat) :
    (x * steadyThrust q n) * (x * (steadyThrust q n)⁻¹) = x ^ 2 := by
  have p : 0 < steadyThrust q n := by rw [steadyThrust_eq_pow]; exact pow_pos hq n
  grind

/-- A light signal sent after a rocket on steady thrust later than its horizon never reaches it: on the rocket the component
`t - x` of its events stays below the horizon. -/
theorem rindler_horizon (q x s : K) (hq : 0 < q) (hx : 0 < x) (hs : 0 ≤ s) (n : Nat) :
    -(x * (steadyThrust q n)⁻¹) < s := by
  have p : 0 < steadyThrust q n := by rw [steadyThrust_eq_pow]; exact pow_pos hq n
  have m := mul_pos hx (inv_pos p)
  grind

end PhysField.Relativity
