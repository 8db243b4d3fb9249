/-!
# Leptons and conservation of lepton number

Charged leptons and neutrinos of three families, with their antiparticles. Electric charge and the lepton number of each family are
conserved in the decays of the standard model (without oscillations); the laws are sums over the words of particles before and after.
-/

namespace PhysCore.Particles

/-- The three lepton families. -/
inductive Family where
  | electron
  | muon
  | tau
  deriving DecidableEq

/-- A lepton: family, charged or neutrino, particle or antiparticle. -/
structure Lepton where
  family : Family
  charged : Bool
  anti : Bool
  deriving DecidableEq

/-- The sign that an antiparticle carries. -/
def antiSign (a : Bool) : Int := if a then -1 else 1

/-- The electric charge of a lepton. -/
def leptonCharge (l : Lepton) : Int := if l.charged then -antiSign l.anti else 0

/-- The lepton number. -/
def leptonNumber (l : Lepton) : Int := antiSign l.anti

/-- The lepton number of one family. -/
def familyNumber (f : Family) (l : Lepton) : Int := if l.family = f then antiSign l.anti else 0

/-- The antiparticle. -/
def antiLepton (l : Lepton) : Lepton := ⟨l.family, l.charged, !l.anti⟩

/-- The partner in the weak doublet. -/
def doubletPartner (l : Lepton) : Lepton := ⟨l.family, !l.charged, l.anti⟩

/-- The sum of a quantum number over the particles of a state. -/
def totalNumber (q : Lepton → Int) : List Lepton → Int
  | [] => 0
  | l :: s => q l + totalNumber q s

/-- A state of particles and antiparticles exchanged. -/
def antiState : List Lepton → List Lepton
  | [] => []
  | l :: s => antiLepton l :: antiState s

/-- The antiparticle of the antiparticle is the particle. -/
theorem antiLepton_antiLepton (l : Lepton) : antiLepton (antiLepton l) = l := by
  cases l
  simp [antiLepton]

/-- An antiparticle differs from its particle. -/
theorem antiLepton_ne (l : Lepton) : antiLepton l ≠ l := by
  intro h
  have h1 := congrArg Lepton.anti h
  simp [antiLepton] at h1

/-- The sign of an antiparticle is opposite. -/
theorem antiSign_not (a : Bool) : antiSign (!a) = -antiSign a := by
  cases a <;> rfl

/-- Signs square to one. -/
theorem antiSign_sq (a : Bool) : antiSign a * antiSign a = 1 := by
  cases a <;> rfl

/-- The antiparticle has the opposite charge. -/
theorem leptonCharge_anti (l : Lepton) : leptonCharge (antiLepton l) = -leptonCharge l := by
  simp only [leptonCharge, antiLepton, antiSign_not]
  grind

/-- The antiparticle has the opposite lepton number. -/
theorem leptonNumber_anti (l : Lepton) : leptonNumber (antiLepton l) = -leptonNumber l := by
  simp only [leptonNumber, antiLepton, antiSign_not]

/-- The antiparticle has the opposite family number. -/
theorem familyNumber_anti (f : Family) (l : Lepton) : familyNumber f (antiLepton l) = -familyNumber f l := by
  simp only [familyNumber, antiLepton, antiSign_not]
  grind

/-- The lepton number is the sum over the families. -/
theorem leptonNumber_families (l : Lepton) :
    leptonNumber l = familyNumber .electron l + familyNumber .muon l + familyNumber .tau l := by
  rcases l with ⟨f, c, a⟩
  cases f <;> simp [leptonNumber, familyNumber]

/-- Doublet partners differ by one unit of charge. -/
theorem doublet_charge (l : Lepton) : leptonCharge l + leptonCharge (doubletPartner l) = -leptonNumber l := by
  rcases l with ⟨f, c, a⟩
  cases c <;> simp [leptonCharge, doubletPartner, leptonNumber]

/-- Doublet partners carry the same family numbers. -/
theorem doublet_familyNumber (f : Family) (l : Lepton) : familyNumber f (doubletPartner l) = familyNumber f l := by
  simp only [familyNumber, doubletPartner]

/-- Taking the partner and taking the antiparticle commute. -/
theorem doubletPartner_anti (l : Lepton) : doubletPartner (antiLepton l) = antiLepton (doubletPartner l) := by
  simp [doubletPartner, antiLepton]

/-- Neutrinos are neutral. -/
theorem neutrino_neutral (f : Family) (a : Bool) : leptonCharge ⟨f, false, a⟩ = 0 := by
  simp [leptonCharge]

/-- In every family there is a lepton of charge plus one. -/
theorem exists_positive_lepton (f : Family) : ∃ l, l.family = f ∧ leptonCharge l = 1 := by
  exact ⟨⟨f, true, true⟩, rfl, rfl⟩

/-- Charges and other numbers of two states add. -/
theorem totalNumber_append (q : Lepton → Int) (s t : List Lepton) :
    totalNumber q (s ++ t) = totalNumber q s + totalNumber q t := by
  induction s with
  | nil => simp [totalNumber]
  | cons l s ih => grind [totalNumber]

/-- The charge of the antistate is opposite. -/
theorem totalCharge_antiState (s : List Lepton) :
    totalNumber leptonCharge (antiState s) = -totalNumber leptonCharge s := by
  induction s with
  | nil => rfl
  | cons l s ih => simp only [antiState, totalNumber, leptonCharge_anti, ih]; omega

/-- A pair of particle and antiparticle is neutral, and carries no lepton number: it can be made from light. -/
theorem pair_production (l : Lepton) :
    totalNumber leptonCharge [l, antiLepton l] = 0 ∧ totalNumber leptonNumber [l, antiLepton l] = 0 := by
  simp only [totalNumber, leptonCharge_anti, leptonNumber_anti]
  constructor <;> omega

/-- The decay of the muon `μ⁻ → e⁻ ν̄ₑ ν_μ` conserves every family number. -/
theorem muon_decay (f : Family) : familyNumber f ⟨.muon, true, false⟩ =
    totalNumber (familyNumber f) [⟨.electron, true, false⟩, ⟨.electron, false, true⟩, ⟨.muon, false, false⟩] := by
  cases f <;> rfl

/-- The decay `μ⁻ → e⁻ γ` is forbidden by the muon number though charge allows it. -/
theorem muon_to_electron_photon : ∃ f, familyNumber f ⟨.muon, true, false⟩ ≠
    familyNumber f ⟨.electron, true, false⟩ := by
  exact ⟨.muon, by decide⟩

/-- The lepton number of a state of particles only is their number. -/
theorem leptonNumber_replicate (l : Lepton) (h : l.anti = false) (n : Nat) :
    totalNumber leptonNumber (List.replicate n l) = n := by
  induction n with
  | zero => rfl
  | succ n ih => simp [List.replicate_succ, totalNumber, ih, leptonNumber, antiSign, h]; omega

end PhysCore.Particles
