import PhysField.Mathematics.Series

/-!
# Langevin's equation in steps

A velocity that a step multiplies by `r` and kicks at random: mean, mean square and correlation obey linear recursions. `a` is the factor
of the mean, `s` the mean square of a kick. Fluctuation and dissipation, the time correlation, diffusion, and the mean energy of a particle
in a bath. The recursions hold for any kicks of mean zero that are independent of what was before.
Source: Reif, Fundamentals of Statistical and Thermal Physics, chapter 15; van Kampen, Stochastic Processes in Physics and Chemistry,
chapter 9.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Mean velocity after the given number of steps. -/
def meanVelocity (a v : K) : Nat → K
  | 0 => v
  | n + 1 => a * meanVelocity a v n

/-- Mean square of the velocity after the given number of steps. -/
def meanSquare (a s w : K) : Nat → K
  | 0 => w
  | n + 1 => a ^ 2 * meanSquare a s w n + s

/-- Mean square of the velocity in equilibrium. -/
def equilibriumSquare (a s : K) : K := s / (1 - a ^ 2)

/-- Mean product of the velocity now and after `k` steps, in equilibrium. -/
def velocityCorrelation (a s : K) (k : Nat) : K := a ^ k * equilibriumSquare a s

/-- Mean product of the place, the sum of the velocities so far, with the velocity, in equilibrium. -/
def placeVelocity (a s : K) : Nat → K
  | 0 => 0
  | n + 1 => a * (placeVelocity a s n + equilibriumSquare a s)

/-- Mean square of the place after the given number of steps, in equilibrium. -/
def placeSquare (a s : K) : Nat → K
  | 0 => 0
  | n + 1 => placeSquare a s n + 2 * placeVelocity a s n + equilibriumSquare a s

/-- Diffusion constant: half the growth of the mean square place a step, after long times. -/
def diffusionConstant (a s : K) : K := equilibriumSquare a s * (1 + a) / (2 * (1 - a))

/-- The mean velocity decays geometrically. -/
theorem meanVelocity_eq (a v : K) (n : Nat) : meanVelocity a v n = a ^ n * v := by
  exact geometric_of_step a (meanVelocity a v) n fun k => by grind [meanVelocity]

/-- With friction the square of the factor is less than one. -/
theorem factor_sq_lt_one (a : K) (ha : -1 < a) (ha' : a < 1) : a ^ 2 < 1 := by
  have h := mul_pos (show 0 < 1 - a by grind) (show 0 < 1 + a by grind)
  grind

/-- The equilibrium mean square is what a step leaves as it is, and nothing else is. -/
theorem equilibriumSquare_iff (a s w : K) (ha : -1 < a) (ha' : a < 1) : a ^ 2 * w + s = w ↔ w = equilibriumSquare a s := by
  have h := factor_sq_lt_one a ha ha'
  have k : 1 - a ^ 2 ≠ 0 := by grind
  rw [equilibriumSquare]
  constructor
  · intro e
    have f : w * (1 - a ^ 2) = s := by grind
    rw [← f]
    grind
  · intro e
    rw [e]
    grind

/-- Fluctuation and dissipation: kicks of mean square `(1 - a²) w` hold a particle with the factor `a` at the mean square `w`. -/
theorem fluctuation_dissipation (a w : K) (ha : -1 < a) (ha' : a < 1) : equilibriumSquare a ((1 - a ^ 2) * w) = w := by
  exact ((equilibriumSquare_iff a _ w ha ha').mp (by grind)).symm

/-- The distance of the mean square from equilibrium decays with the squared factor. -/
theorem meanSquare_relaxes (a s w : K) (n : Nat) (ha : -1 < a) (ha' : a < 1) :
    meanSquare a s w n - equilibriumSquare a s = (a ^ 2) ^ n * (w - equilibriumSquare a s) := by
  have h := factor_sq_lt_one a ha ha'
  exact affine_of_step (a ^ 2) s (meanSquare a s w) n (by grind) fun k => by grind [meanSquare]

/-- A particle that starts colder than its bath stays colder, and warms at each step. -/
theorem meanSquare_warms (a s w : K) (n : Nat) (ha : -1 < a) (ha' : a < 1) (hw : w ≤ equilibriumSquare a s) :
    meanSquare a s w n ≤ meanSquare a s w (n + 1) ∧ meanSquare a s w n ≤ equilibriumSquare a s := by
  have h := factor_sq_lt_one a ha ha'
  have e := meanSquare_relaxes a s w n ha ha'
  have d : 0 ≤ equilibriumSquare a s - meanSquare a s w n := by
    have p := mul_nonneg (pow_nonneg (sq_nonneg a) n) (show 0 ≤ equilibriumSquare a s - w by grind)
    grind
  have q := mul_nonneg (show 0 ≤ 1 - a ^ 2 by grind) d
  have f := (equilibriumSquare_iff a s (equilibriumSquare a s) ha ha').mpr rfl
  constructor
  · rw [meanSquare]
    grind
  · grind

/-- The equilibrium mean square is at least that of one kick. -/
theorem kick_le_equilibriumSquare (a s : K) (ha : -1 < a) (ha' : a < 1) (hs : 0 ≤ s) : s ≤ equilibriumSquare a s := by
  have h := factor_sq_lt_one a ha ha'
  have k := mul_nonneg hs (sq_nonneg a)
  rw [equilibriumSquare, le_div_iff (by grind)]
  grind

/-- Stronger friction brings a particle of given kicks to a lower mean square. -/
theorem equilibriumSquare_friction (a b s : K) (ha : 0 ≤ a) (h : a < b) (hb : b < 1) (hs : 0 < s) :
    equilibriumSquare a s < equilibriumSquare b s := by
  have p := factor_sq_lt_one b (by grind) hb
  have q := sq_lt_sq ha h
  exact div_lt_div_left hs (by grind) (by grind)

/-- The correlation in time of a particle without persistence of direction alternates; its magnitude falls. -/
theorem velocityCorrelation_sq_le (a s : K) (k : Nat) (ha : -1 < a) (ha' : a < 1) :
    velocityCorrelation a s (k + 1) ^ 2 ≤ velocityCorrelation a s k ^ 2 := by
  have h := factor_sq_lt_one a ha ha'
  have p := mul_nonneg (sq_nonneg (velocityCorrelation a s k)) (show 0 ≤ 1 - a ^ 2 by grind)
  have e : velocityCorrelation a s (k + 1) = a * velocityCorrelation a s k := by
    rw [velocityCorrelation, velocityCorrelation, pow_succ]
    grind
  rw [e]
  grind

/-- The sum of the time correlation up to `n` steps, times `1 - a` (Green and Kubo). -/
theorem velocityCorrelation_sum (a s : K) (n : Nat) :
    (1 - a) * partialSum (velocityCorrelation a s) n = (1 - a ^ n) * equilibriumSquare a s := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    rw [partialSum, velocityCorrelation, pow_succ]
    grind

/-- The diffusion constant is the sum of the time correlation, its first term halved (Green and Kubo). -/
theorem diffusion_green_kubo (a s : K) :
    diffusionConstant a s = equilibriumSquare a s / (1 - a) - equilibriumSquare a s / 2 := by
  grind [diffusionConstant, equilibriumSquare]

/-- The correlation of place and velocity saturates. -/
theorem placeVelocity_eq (a s : K) (n : Nat) :
    (1 - a) * placeVelocity a s n = a * (1 - a ^ n) * equilibriumSquare a s := by
  induction n with
  | zero => grind [placeVelocity]
  | succ n ih =>
    rw [placeVelocity, pow_succ]
    grind

/-- The mean square of the place: diffusion less a memory of the start (Ornstein and Fürth). -/
theorem placeSquare_eq (a s : K) (n : Nat) :
    (1 - a) ^ 2 * placeSquare a s n = (n * (1 - a ^ 2) - 2 * a * (1 - a ^ n)) * equilibriumSquare a s := by
  induction n with
  | zero => grind [placeSquare]
  | succ n ih =>
    have k := placeVelocity_eq a s n
    rw [placeSquare, pow_succ]
    grind

/-- The mean square of the place never exceeds that of free diffusion. -/
theorem placeSquare_le (a s : K) (n : Nat) (ha : 0 ≤ a) (ha' : a < 1) (hs : 0 ≤ s) :
    placeSquare a s n ≤ 2 * n * diffusionConstant a s := by
  have h := factor_sq_lt_one a (by grind) ha'
  have w : 0 ≤ equilibriumSquare a s := div_nonneg hs (by grind)
  have m := mul_nonneg (mul_nonneg ha (show 0 ≤ 1 - a ^ n by grind [pow_le_one a n ha (by grind)])) w
  have e := placeSquare_eq a s n
  have p : 1 - a ≠ 0 := by grind
  have q : 2 * (1 - a) ≠ 0 := by grind
  have f : (1 - a) ^ 2 * (2 * n * diffusionConstant a s) = n * (1 - a ^ 2) * equilibriumSquare a s := by
    grind [diffusionConstant]
  exact le_of_mul_le_mul_left (sq_pos p) (by rw [e, f]; grind)

end PhysField.StatisticalMechanics
