/-!
# Charge conjugation, parity and time reversal

A particle on a line is described by its charge, position, momentum and the spin component along the line. Charge conjugation `C`, parity `P`
and time reversal `T` are commuting involutions. Helicity, spin times momentum, is reversed by `P` alone; the product `CPT` reverses charge, position and spin.
Parities are signs `±1` that multiply; an orbit with angular momentum `l` contributes `(-1)^l`.
-/

namespace PhysCore.Particles

/-- A particle moving along a line. -/
structure LineParticle where
  charge : Int
  position : Int
  momentum : Int
  spin : Int
  deriving DecidableEq

/-- Charge conjugation. -/
def conjugateCharge (s : LineParticle) : LineParticle := ⟨-s.charge, s.position, s.momentum, s.spin⟩

/-- Parity: position and momentum change sign, the axial spin does not. -/
def reflectSpace (s : LineParticle) : LineParticle := ⟨s.charge, -s.position, -s.momentum, s.spin⟩

/-- Time reversal: momentum and spin change sign. -/
def reverseTime (s : LineParticle) : LineParticle := ⟨s.charge, s.position, -s.momentum, -s.spin⟩

/-- The combined operation. -/
def cpt (s : LineParticle) : LineParticle := conjugateCharge (reflectSpace (reverseTime s))

/-- The helicity, spin times momentum. -/
def helicity (s : LineParticle) : Int := s.spin * s.momentum

/-- The electric current. -/
def current (s : LineParticle) : Int := s.charge * s.momentum

/-- The three operations. -/
inductive Reflection where
  | C
  | P
  | T
  deriving DecidableEq

/-- The action of an operation on a particle. -/
def applyReflection : Reflection → LineParticle → LineParticle
  | .C, s => conjugateCharge s
  | .P, s => reflectSpace s
  | .T, s => reverseTime s

/-- The parity `(-1)^l` of an orbit. -/
def orbitParity : Nat → Int
  | 0 => 1
  | l + 1 => -orbitParity l

/-- Charge conjugation is an involution. -/
theorem conjugateCharge_twice (s : LineParticle) : conjugateCharge (conjugateCharge s) = s := by
  cases s
  simp [conjugateCharge]

/-- Each of the operations is an involution. -/
theorem applyReflection_twice (r : Reflection) (s : LineParticle) : applyReflection r (applyReflection r s) = s := by
  cases r <;> cases s <;> simp [applyReflection, conjugateCharge, reflectSpace, reverseTime]

/-- The operations commute. -/
theorem applyReflection_comm (q r : Reflection) (s : LineParticle) :
    applyReflection q (applyReflection r s) = applyReflection r (applyReflection q s) := by
  cases q <;> cases r <;> rfl

/-- The combined operation keeps the momentum and reverses charge, position and spin. -/
theorem cpt_eq (s : LineParticle) : cpt s = ⟨-s.charge, -s.position, s.momentum, -s.spin⟩ := by
  simp [cpt, conjugateCharge, reflectSpace, reverseTime]

/-- The combined operation is an involution. -/
theorem cpt_cpt (s : LineParticle) : cpt (cpt s) = s := by
  cases s
  simp [cpt_eq]

/-- Each operation commutes with the combined one. -/
theorem cpt_applyReflection (r : Reflection) (s : LineParticle) :
    cpt (applyReflection r s) = applyReflection r (cpt s) := by
  cases r <;> rfl

/-- Parity reverses helicity: a left-handed particle becomes right-handed. -/
theorem helicity_reflectSpace (s : LineParticle) : helicity (reflectSpace s) = -helicity s := by
  simp only [helicity, reflectSpace]
  grind

/-- Time reversal keeps helicity. -/
theorem helicity_reverseTime (s : LineParticle) : helicity (reverseTime s) = helicity s := by
  simp only [helicity, reverseTime]
  grind

/-- Charge conjugation keeps helicity. -/
theorem helicity_conjugateCharge (s : LineParticle) : helicity (conjugateCharge s) = helicity s := by
  grind [helicity, conjugateCharge]

/-- An antiparticle in the mirror of time and space has the opposite helicity. -/
theorem helicity_cpt (s : LineParticle) : helicity (cpt s) = -helicity s := by
  rw [cpt, helicity_conjugateCharge, helicity_reflectSpace, helicity_reverseTime]

/-- Each operation keeps the size of the helicity. -/
theorem helicity_sq (r : Reflection) (s : LineParticle) : helicity (applyReflection r s) ^ 2 = helicity s ^ 2 := by
  cases r <;> simp only [applyReflection, helicity, conjugateCharge, reflectSpace, reverseTime] <;> grind

/-- Each operation reverses the electric current. -/
theorem current_applyReflection (r : Reflection) (s : LineParticle) :
    current (applyReflection r s) = -current s := by
  cases r <;> grind [applyReflection, current, conjugateCharge, reflectSpace, reverseTime]

/-- Charge and parity together keep the electric current. -/
theorem current_cp (s : LineParticle) : current (conjugateCharge (reflectSpace s)) = current s := by
  grind [current, conjugateCharge, reflectSpace]

/-- Parity acts on any particle at rest in the middle as the identity. -/
theorem reflectSpace_rest (c m : Int) : reflectSpace ⟨c, 0, 0, m⟩ = ⟨c, 0, 0, m⟩ := by
  simp [reflectSpace]

/-- Only a particle with no helicity looks the same in the mirror. -/
theorem helicity_mirror_symmetric (s : LineParticle) (h : reflectSpace s = s) : helicity s = 0 := by
  have h1 := helicity_reflectSpace s
  rw [h] at h1
  omega

/-- For every particle there is one of opposite charge and helicity. -/
theorem exists_cp_partner (s : LineParticle) : ∃ a, a.charge = -s.charge ∧ helicity a = -helicity s := by
  refine ⟨conjugateCharge (reflectSpace s), rfl, ?_⟩
  rw [helicity_conjugateCharge, helicity_reflectSpace]

/-- An orbit has parity plus or minus one. -/
theorem orbitParity_values (l : Nat) : orbitParity l = 1 ∨ orbitParity l = -1 := by
  induction l with
  | zero => simp [orbitParity]
  | succ l ih => rcases ih with h | h <;> simp [orbitParity, h]

/-- Parities square to one. -/
theorem orbitParity_sq (l : Nat) : orbitParity l * orbitParity l = 1 := by
  rcases orbitParity_values l with h | h <;> simp [h]

/-- Parities of independent motions multiply. -/
theorem orbitParity_add (k l : Nat) : orbitParity (k + l) = orbitParity k * orbitParity l := by
  induction k with
  | zero => simp [orbitParity]
  | succ k ih => rw [Nat.succ_add, orbitParity, ih, orbitParity, Int.neg_mul]

/-- Orbits of even angular momentum have even parity. -/
theorem orbitParity_even (l : Nat) : orbitParity (2 * l) = 1 := by
  rw [Nat.two_mul, orbitParity_add, orbitParity_sq]

/-- The dipole selection rule: parity changes with a unit of angular momentum. -/
theorem orbitParity_succ_ne (l : Nat) : orbitParity (l + 1) ≠ orbitParity l := by
  rcases orbitParity_values l with h | h <;> simp [orbitParity, h]

end PhysCore.Particles
