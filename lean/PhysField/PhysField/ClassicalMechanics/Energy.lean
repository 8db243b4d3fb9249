import PhysField.Mathematics.OrderedField

/-!
# Work and energy

Kinetic energy, the work–energy theorem, König's theorem for two bodies, and what the conservation of energy says about
where an oscillator can be.
Source: Landau, Lifshitz, Mechanics, chapters 2 and 3; Goldstein, Poole, Safko, Classical Mechanics, chapter 1.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Kinetic energy of a mass `m` with velocity `v`. -/
def kineticEnergy (m v : K) : K := m * v ^ 2 / 2

/-- Energy of a spring of stiffness `k` stretched by `x`. -/
def springEnergy (k x : K) : K := k * x ^ 2 / 2

/-- Work of a constant force along a displacement. -/
def work (force displacement : K) : K := force * displacement

/-- Velocity after the time `t` of constant acceleration `a`. -/
def velocity (v a t : K) : K := v + a * t

/-- Displacement in the time `t` of constant acceleration `a`. -/
def displacement (v a t : K) : K := v * t + a * t ^ 2 / 2

/-- Velocity of the centre of mass of two bodies. -/
def centreVelocity (m n v w : K) : K := (m * v + n * w) / (m + n)

/-- Reduced mass of two bodies. -/
def reducedMass (m n : K) : K := m * n / (m + n)

/-- No body has negative kinetic energy. -/
theorem kineticEnergy_nonneg (m v : K) (hm : 0 ≤ m) : 0 ≤ kineticEnergy m v := by
  have h := mul_nonneg hm (sq_nonneg v)
  grind [kineticEnergy]

/-- A body has no kinetic energy exactly if it is at rest. -/
theorem kineticEnergy_eq_zero (m v : K) (hm : 0 < m) : kineticEnergy m v = 0 ↔ v = 0 := by
  grind [kineticEnergy]

/-- The work–energy theorem: the work of a constant force is the gain of kinetic energy (Goldstein, section 1.1). -/
theorem work_energy (m a v t : K) :
    work (m * a) (displacement v a t) = kineticEnergy m (velocity v a t) - kineticEnergy m v := by
  grind [work, displacement, velocity, kineticEnergy]

/-- Torricelli's equation. -/
theorem torricelli (a v t : K) : velocity v a t ^ 2 = v ^ 2 + 2 * a * displacement v a t := by
  grind [displacement, velocity]

/-- Kinetic energy by momentum: `p² / 2m`. -/
theorem kineticEnergy_of_momentum (m v : K) : kineticEnergy m v = (m * v) ^ 2 / (2 * m) := by
  grind [kineticEnergy]

/-- Of two bodies with equal momenta the lighter one has the greater kinetic energy. -/
theorem lighter_has_more_energy (m n v w : K) (hm : 0 < m) (hn : m < n) (hp : m * v = n * w) (hv : v ≠ 0) :
    kineticEnergy n w < kineticEnergy m v := by
  rw [kineticEnergy_of_momentum m v, kineticEnergy_of_momentum n w, ← hp]
  have hsq := sq_pos (show m * v ≠ 0 by grind)
  exact div_lt_div_left hsq (by grind) (by grind)

/-- König's theorem: kinetic energy is that of the centre of mass plus that of the relative motion. -/
theorem koenig (m n v w : K) (hm : 0 < m) (hn : 0 < n) :
    kineticEnergy m v + kineticEnergy n w =
      kineticEnergy (m + n) (centreVelocity m n v w) + kineticEnergy (reducedMass m n) (v - w) := by
  have h : m + n ≠ 0 := by grind
  grind [kineticEnergy, centreVelocity, reducedMass]

/-- The reduced mass is less than either mass. -/
theorem reducedMass_lt (m n : K) (hm : 0 < m) (hn : 0 < n) : reducedMass m n < m := by
  rw [reducedMass, div_lt_iff (by grind)]
  have h := mul_pos hm hm
  grind

/-- The reduced mass is at most a quarter of the total mass. -/
theorem reducedMass_le_quarter (m n : K) (hm : 0 < m) (hn : 0 < n) : reducedMass m n ≤ (m + n) / 4 := by
  rw [reducedMass, div_le_iff (by grind)]
  have h := sq_nonneg (m - n)
  grind

/-- The energy of the mean velocity is at most the mean of the energies. -/
theorem kineticEnergy_convex (m v w : K) (hm : 0 ≤ m) :
    kineticEnergy m ((v + w) / 2) ≤ (kineticEnergy m v + kineticEnergy m w) / 2 := by
  have h := mul_nonneg hm (sq_nonneg (v - w))
  grind [kineticEnergy]

/-- An oscillator of energy `e` stays between its turning points `-a` and `a`, where the spring holds the whole energy. -/
theorem turning_points (m k x v a e : K) (hm : 0 ≤ m) (hk : 0 < k) (ha : 0 ≤ a) (he : springEnergy k a = e)
    (h : kineticEnergy m v + springEnergy k x = e) : -a ≤ x ∧ x ≤ a := by
  have hv := kineticEnergy_nonneg m v hm
  have hle : k * x ^ 2 ≤ k * a ^ 2 := by grind [springEnergy]
  exact bounds_of_sq_le_sq ha (le_of_mul_le_mul_left hk hle)

/-- An oscillator is fastest where the spring is relaxed. -/
theorem fastest_at_centre (m k x v w : K) (hm : 0 < m) (hk : 0 ≤ k) (hw : 0 ≤ w)
    (h : kineticEnergy m v + springEnergy k x = kineticEnergy m w) : v ≤ w := by
  have hx := mul_nonneg hk (sq_nonneg x)
  have hle : m * v ^ 2 ≤ m * w ^ 2 := by grind [kineticEnergy, springEnergy]
  exact le_of_sq_le_sq hw (le_of_mul_le_mul_left hm hle)

end PhysField.ClassicalMechanics
