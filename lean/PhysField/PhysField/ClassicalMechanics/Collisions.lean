import PhysField.ClassicalMechanics.Energy

/-!
# Collisions on a line

Two bodies collide with a coefficient of restitution `e`: `e = 1` is the elastic collision, `e = 0` the perfectly inelastic
one. Momentum is conserved for every `e`; the loss of kinetic energy is the share `1 - e²` of the energy of relative motion.
Source: Kleppner, Kolenkow, An Introduction to Mechanics, chapter on energy and momentum; Landau, Lifshitz, Mechanics, chapter 4.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Velocity of the body of mass `m` and velocity `v` after it met a body of mass `n` and velocity `w`. -/
def rebound (e m n v w : K) : K := (m * v + n * w - e * n * (v - w)) / (m + n)

/-- Kinetic energy lost in a collision. -/
def energyLoss (e m n v w : K) : K :=
  kineticEnergy m v + kineticEnergy n w - kineticEnergy m (rebound e m n v w) - kineticEnergy n (rebound e n m w v)

/-- A collision conserves momentum, whatever the restitution. -/
theorem collision_momentum (e m n v w : K) (hm : 0 < m) (hn : 0 < n) :
    m * rebound e m n v w + n * rebound e n m w v = m * v + n * w := by
  have h : m + n ≠ 0 := by grind
  grind [rebound]

/-- Newton's law of restitution: the velocity of separation is `e` times the velocity of approach. -/
theorem collision_restitution (e m n v w : K) (hm : 0 < m) (hn : 0 < n) :
    rebound e n m w v - rebound e m n v w = e * (v - w) := by
  have h : m + n ≠ 0 := by grind
  grind [rebound]

/-- A collision loses the share `1 - e²` of the kinetic energy of relative motion. -/
theorem energyLoss_eq (e m n v w : K) (hm : 0 < m) (hn : 0 < n) :
    energyLoss e m n v w = (1 - e ^ 2) * kineticEnergy (reducedMass m n) (v - w) := by
  have h : m + n ≠ 0 := by grind
  grind [energyLoss, rebound, kineticEnergy, reducedMass]

/-- An elastic collision conserves kinetic energy. -/
theorem elastic_energy (m n v w : K) (hm : 0 < m) (hn : 0 < n) : energyLoss 1 m n v w = 0 := by
  rw [energyLoss_eq 1 m n v w hm hn]
  grind

/-- No collision with a coefficient of restitution between 0 and 1 gains energy. -/
theorem energyLoss_nonneg (e m n v w : K) (hm : 0 < m) (hn : 0 < n) (he : 0 ≤ e) (h1 : e ≤ 1) :
    0 ≤ energyLoss e m n v w := by
  rw [energyLoss_eq e m n v w hm hn]
  have h := sq_le_sq he h1
  have hr := div_pos (mul_pos hm hn) (show 0 < m + n by grind)
  have hk := kineticEnergy_nonneg (reducedMass m n) (v - w) (by grind [reducedMass])
  exact mul_nonneg (by grind) hk

/-- The perfectly inelastic collision loses most. -/
theorem inelastic_loses_most (e m n v w : K) (hm : 0 < m) (hn : 0 < n) :
    energyLoss e m n v w ≤ energyLoss 0 m n v w := by
  rw [energyLoss_eq e m n v w hm hn, energyLoss_eq 0 m n v w hm hn]
  have hr := div_pos (mul_pos hm hn) (show 0 < m + n by grind)
  have hk := kineticEnergy_nonneg (reducedMass m n) (v - w) (by grind [reducedMass])
  have h := mul_nonneg (sq_nonneg e) hk
  grind

/-- Equal masses exchange their velocities in an elastic collision. -/
theorem equal_masses_exchange (m v w : K) (hm : 0 < m) : rebound 1 m m v w = w := by
  have h : m + m ≠ 0 := by grind
  grind [rebound]

/-- An elastic collision is its own reverse. -/
theorem elastic_twice (m n v w : K) (hm : 0 < m) (hn : 0 < n) :
    rebound 1 m n (rebound 1 m n v w) (rebound 1 n m w v) = v := by
  have h : m + n ≠ 0 := by grind
  grind [rebound]

/-- A body at rest takes at most the whole kinetic energy, the share `4 m n / (m + n)²`. -/
theorem energy_transfer_le (m n v : K) (hm : 0 < m) (hn : 0 < n) :
    kineticEnergy n (rebound 1 n m 0 v) ≤ kineticEnergy m v := by
  have h := elastic_energy m n v 0 hm hn
  have k := kineticEnergy_nonneg m (rebound 1 m n v 0) (by grind)
  grind [energyLoss, kineticEnergy]

end PhysField.ClassicalMechanics
