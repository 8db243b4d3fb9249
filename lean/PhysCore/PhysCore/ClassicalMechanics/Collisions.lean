/-!
# Collisions on a line

Two bodies meet. Momentum is always conserved; in an elastic collision kinetic energy is conserved too, in a perfectly
inelastic one the bodies stay together. To avoid fractions the outgoing velocities are multiplied by the total mass.
Systems of many bodies are lists, and Newton's cradle is a row of equal balls that swap velocities.
-/
namespace PhysCore.ClassicalMechanics

/-- A body on a line: its mass and its velocity. -/
structure Body where
  mass : Int
  vel : Int

/-- Momentum of a body. -/
def momentum (b : Body) : Int := b.mass * b.vel

/-- Total momentum of a system of bodies. -/
def totalMomentum : List Body → Int
  | [] => 0
  | b :: bs => momentum b + totalMomentum bs

/-- Total mass of a system of bodies. -/
def totalMass : List Body → Int
  | [] => 0
  | b :: bs => b.mass + totalMass bs

/-- Total mass times the velocity of the first body after an elastic collision. -/
def elasticFirst (a b : Body) : Int := (a.mass - b.mass) * a.vel + 2 * b.mass * b.vel

/-- Total mass times the velocity of the second body after an elastic collision. -/
def elasticSecond (a b : Body) : Int := (b.mass - a.mass) * b.vel + 2 * a.mass * a.vel

/-- Velocities before and after the elastic collision of two equal masses. -/
def exchange (v : Int × Int) : Int × Int := (v.2, v.1)

/-- A body seen from a frame that moves with velocity `u`. -/
def boostBody (u : Int) (b : Body) : Body := ⟨b.mass, b.vel - u⟩

/-- A body at rest carries no momentum. -/
theorem momentum_rest (m : Int) : momentum ⟨m, 0⟩ = 0 := by
  simp [momentum]

/-- Momenta of a body moving to the left and to the right are opposite. -/
theorem momentum_reverse (m v : Int) : momentum ⟨m, -v⟩ = -momentum ⟨m, v⟩ := by
  simp only [momentum]
  grind

/-- Momentum in a moving frame. -/
theorem momentum_boost (u : Int) (b : Body) : momentum (boostBody u b) = momentum b - u * b.mass := by
  grind [momentum, boostBody]

/-- Momenta of two systems add. -/
theorem total_momentum_append (bs cs : List Body) :
    totalMomentum (bs ++ cs) = totalMomentum bs + totalMomentum cs := by
  induction bs with
  | nil => simp [totalMomentum]
  | cons b bs ih => grind [totalMomentum]

/-- The order in which bodies are counted does not matter. -/
theorem total_momentum_reverse (bs : List Body) : totalMomentum bs.reverse = totalMomentum bs := by
  induction bs with
  | nil => rfl
  | cons b bs ih => simp [totalMomentum, total_momentum_append, ih, Int.add_comm]

/-- Total momentum in a moving frame. -/
theorem total_momentum_boost (u : Int) (bs : List Body) :
    totalMomentum (bs.map (boostBody u)) = totalMomentum bs - u * totalMass bs := by
  induction bs with
  | nil => simp [totalMomentum, totalMass]
  | cons b bs ih => grind [totalMomentum, totalMass, momentum_boost]

/-- The total mass is the same in all frames. -/
theorem total_mass_boost (u : Int) (bs : List Body) : totalMass (bs.map (boostBody u)) = totalMass bs := by
  induction bs with
  | nil => rfl
  | cons b bs ih => simp [totalMass, boostBody, ih]

/-- In the centre-of-mass frame the total momentum vanishes. -/
theorem center_of_mass_frame (u : Int) (bs : List Body) (h : totalMomentum bs = u * totalMass bs) :
    totalMomentum (bs.map (boostBody u)) = 0 := by
  rw [total_momentum_boost, h]
  omega

/-- A system can always be brought to rest as a whole by one more body. -/
theorem exists_balancing_body (bs : List Body) : ∃ b, totalMomentum (b :: bs) = 0 := by
  refine ⟨⟨1, -totalMomentum bs⟩, ?_⟩
  simp only [totalMomentum, momentum]
  omega

/-- Momentum is conserved in an elastic collision. -/
theorem elastic_momentum (a b : Body) :
    a.mass * elasticFirst a b + b.mass * elasticSecond a b = (a.mass + b.mass) * (momentum a + momentum b) := by
  simp only [elasticFirst, elasticSecond, momentum]
  grind

/-- Kinetic energy is conserved in an elastic collision. -/
theorem elastic_energy (a b : Body) :
    a.mass * elasticFirst a b ^ 2 + b.mass * elasticSecond a b ^ 2 =
      (a.mass + b.mass) ^ 2 * (a.mass * a.vel ^ 2 + b.mass * b.vel ^ 2) := by
  simp only [elasticFirst, elasticSecond]
  grind

/-- An elastic collision reverses the relative velocity. -/
theorem elastic_relative_velocity (a b : Body) :
    elasticFirst a b - elasticSecond a b = (a.mass + b.mass) * (b.vel - a.vel) := by
  grind [elasticFirst, elasticSecond]

/-- Seen from either body the elastic collision is the same. -/
theorem elastic_swap (a b : Body) : elasticFirst a b = elasticSecond b a := by
  rfl

/-- Equal masses exchange their velocities. -/
theorem elastic_equal_masses (m v w : Int) : elasticFirst ⟨m, v⟩ ⟨m, w⟩ = (m + m) * w := by
  simp only [elasticFirst]
  grind

/-- Two exchanges restore the velocities. -/
theorem exchange_exchange (v : Int × Int) : exchange (exchange v) = v := by
  rfl

/-- An exchange leaves the total momentum of equal masses alone. -/
theorem exchange_momentum (m : Int) (v : Int × Int) :
    m * (exchange v).1 + m * (exchange v).2 = m * v.1 + m * v.2 := by
  simp only [exchange]
  omega

/-- Velocities unchanged by an exchange are equal. -/
theorem exchange_fixed (v : Int × Int) (h : exchange v = v) : v.1 = v.2 := by
  cases v
  simp [exchange] at h
  omega

/-- Energy lost in a perfectly inelastic collision, times the total mass and two. -/
theorem inelastic_loss (a b : Body) :
    (a.mass + b.mass) * (a.mass * a.vel ^ 2 + b.mass * b.vel ^ 2) - (momentum a + momentum b) ^ 2 =
      a.mass * b.mass * (a.vel - b.vel) ^ 2 := by
  simp only [momentum]
  grind

/-- Sticking together never creates kinetic energy. -/
theorem inelastic_loss_nonneg (a b : Body) (ha : 0 ≤ a.mass) (hb : 0 ≤ b.mass) :
    (momentum a + momentum b) ^ 2 ≤ (a.mass + b.mass) * (a.mass * a.vel ^ 2 + b.mass * b.vel ^ 2) := by
  have h := inelastic_loss a b
  have hv : 0 ≤ (a.vel - b.vel) ^ 2 := Int.pow_nonneg_of_even (by decide)
  have hm := Int.mul_nonneg (Int.mul_nonneg ha hb) hv
  omega

end PhysCore.ClassicalMechanics
