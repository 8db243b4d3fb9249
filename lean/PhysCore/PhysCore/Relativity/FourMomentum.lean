/-!
# Four-momentum and invariant mass

The energy and momentum of a particle (with `c = 1`, one or two space dimensions being enough for collisions in a plane) form a
vector whose invariant `E² - p²` is the squared mass. In a collision the sum of the four-momenta is conserved, and the
invariant mass of a system, the Mandelstam `s`, is at least what the parts bring.
-/

namespace PhysCore.Relativity

/-- The energy and the two momentum components of a particle moving in a plane. -/
structure FourMomentum where
  energy : Int
  px : Int
  py : Int
  deriving DecidableEq

/-- The squared invariant mass. -/
def massSquared (p : FourMomentum) : Int := p.energy * p.energy - p.px * p.px - p.py * p.py

/-- The total four-momentum of two particles. -/
def totalMomentum (p q : FourMomentum) : FourMomentum := ⟨p.energy + q.energy, p.px + q.px, p.py + q.py⟩

/-- The invariant product of two four-momenta. -/
def momentumProduct (p q : FourMomentum) : Int := p.energy * q.energy - p.px * q.px - p.py * q.py

/-- The four-momentum transferred from one state to another. -/
def transfer (p q : FourMomentum) : FourMomentum := ⟨p.energy - q.energy, p.px - q.px, p.py - q.py⟩

/-- The particle flying the other way with the same energy. -/
def backToBack (p : FourMomentum) : FourMomentum := ⟨p.energy, -p.px, -p.py⟩

/-- A photon of given energy along the first axis. -/
def photon (e : Int) : FourMomentum := ⟨e, e, 0⟩

/-- The total four-momentum of a system of particles. -/
def systemMomentum : List FourMomentum → FourMomentum
  | [] => ⟨0, 0, 0⟩
  | p :: ps => totalMomentum p (systemMomentum ps)

/-- The total energy of a system of particles. -/
def systemEnergy : List FourMomentum → Int
  | [] => 0
  | p :: ps => p.energy + systemEnergy ps

/-- Photons have no mass. -/
theorem massSquared_photon (e : Int) : massSquared (photon e) = 0 := by
  simp [massSquared, photon]

/-- A particle at rest: its energy is its mass. -/
theorem massSquared_rest (m : Int) : massSquared ⟨m, 0, 0⟩ = m * m := by
  simp [massSquared]

/-- The squared mass is the invariant product with itself. -/
theorem momentumProduct_self (p : FourMomentum) : momentumProduct p p = massSquared p := by
  simp only [momentumProduct, massSquared]

/-- The invariant product is symmetric. -/
theorem momentumProduct_comm (p q : FourMomentum) : momentumProduct p q = momentumProduct q p := by
  simp only [momentumProduct]
  grind

/-- The invariant mass of a pair. -/
theorem massSquared_total (p q : FourMomentum) :
    massSquared (totalMomentum p q) = massSquared p + massSquared q + 2 * momentumProduct p q := by
  simp only [massSquared, totalMomentum, momentumProduct]
  grind

/-- The squared momentum transfer. -/
theorem massSquared_transfer (p q : FourMomentum) :
    massSquared (transfer p q) = massSquared p + massSquared q - 2 * momentumProduct p q := by
  grind [massSquared, transfer, momentumProduct]

/-- The invariants of total and transfer together depend on the masses only. -/
theorem mandelstam_sum (p q : FourMomentum) :
    massSquared (totalMomentum p q) + massSquared (transfer p q) = 2 * massSquared p + 2 * massSquared q := by
  rw [massSquared_total, massSquared_transfer]
  omega

/-- Two photons in the same direction have together no mass. -/
theorem collinear_photons (e f : Int) : massSquared (totalMomentum (photon e) (photon f)) = 0 := by
  grind [massSquared, totalMomentum, photon]

/-- Two photons in opposite directions have mass `4 e f`. -/
theorem opposite_photons (e f : Int) :
    massSquared (totalMomentum (photon e) (backToBack (photon f))) = 4 * e * f := by
  grind [massSquared, totalMomentum, photon, backToBack]

/-- Turning a particle round keeps its mass. -/
theorem massSquared_backToBack (p : FourMomentum) : massSquared (backToBack p) = massSquared p := by
  simp only [massSquared, backToBack]
  grind

/-- In the centre-of-mass frame all the energy is mass. -/
theorem massSquared_collider (p : FourMomentum) :
    massSquared (totalMomentum p (backToBack p)) = 4 * (p.energy * p.energy) := by
  simp only [massSquared, totalMomentum, backToBack]
  grind

/-- Total momentum does not depend on the order. -/
theorem totalMomentum_comm (p q : FourMomentum) : totalMomentum p q = totalMomentum q p := by
  simp only [totalMomentum, FourMomentum.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> omega

/-- Total momentum does not depend on the grouping. -/
theorem totalMomentum_assoc (p q r : FourMomentum) :
    totalMomentum (totalMomentum p q) r = totalMomentum p (totalMomentum q r) := by
  simp only [totalMomentum, FourMomentum.mk.injEq]
  refine ⟨?_, ?_, ?_⟩ <;> omega

/-- Two systems side by side: their momenta add. -/
theorem systemMomentum_append (ps qs : List FourMomentum) :
    systemMomentum (ps ++ qs) = totalMomentum (systemMomentum ps) (systemMomentum qs) := by
  induction ps with
  | nil => simp [systemMomentum, totalMomentum]
  | cons p ps ih => simp only [List.cons_append, systemMomentum, ih, totalMomentum_assoc]

/-- The energy component of the total is the total energy. -/
theorem systemMomentum_energy (ps : List FourMomentum) : (systemMomentum ps).energy = systemEnergy ps := by
  induction ps with
  | nil => rfl
  | cons p ps ih => simp [systemMomentum, systemEnergy, totalMomentum, ih]

/-- For every particle there is a partner that brings the pair to rest. -/
theorem exists_rest_partner (p : FourMomentum) : ∃ q, massSquared q = massSquared p ∧ (totalMomentum p q).px = 0 := by
  refine ⟨backToBack p, massSquared_backToBack p, ?_⟩
  grind [totalMomentum, backToBack]

/-- A massive particle has more energy squared than momentum squared. -/
theorem energy_exceeds_momentum (p : FourMomentum) (h : 0 < massSquared p) :
    p.px * p.px + p.py * p.py < p.energy * p.energy := by
  simp only [massSquared] at h
  omega

/-- The squared mass never exceeds the squared energy. -/
theorem massSquared_le_energy (p : FourMomentum) : massSquared p ≤ p.energy * p.energy := by
  have h1 := Lean.Grind.OrderedRing.sq_nonneg (a := p.px)
  have h2 := Lean.Grind.OrderedRing.sq_nonneg (a := p.py)
  grind [massSquared]

/-- A massive particle cannot decay into a single photon. -/
theorem no_single_photon (p : FourMomentum) (h : 0 < massSquared p) : ∀ e, p ≠ photon e := by
  intro e he
  rw [he, massSquared_photon] at h
  omega

end PhysCore.Relativity
