/-!
# Cancellation of gauge anomalies

A gauge theory is consistent only if certain sums over its left-handed fermions vanish. For one generation with hypercharges `q, u, d, l, e`
(quark doublet, antiquarks of both types, lepton doublet, antilepton) these are three linear sums and one cubic one. The Yukawa couplings to a Higgs
field and the condition of the weak doublets leave one free number, and then all anomalies vanish. Hypercharges are given in sixths.
-/

namespace PhysCore.Particles

/-- The hypercharges of one generation of left-handed fields. -/
structure Generation where
  q : Int
  u : Int
  d : Int
  l : Int
  e : Int
  deriving DecidableEq

/-- The mixed anomaly with gravity: the sum of all hypercharges. -/
def gravityAnomaly (g : Generation) : Int := 6 * g.q + 3 * g.u + 3 * g.d + 2 * g.l + g.e

/-- The mixed anomaly with the weak force: the sum over doublets. -/
def weakAnomaly (g : Generation) : Int := 3 * g.q + g.l

/-- The mixed anomaly with the strong force: the sum over colour triplets. -/
def colourAnomaly (g : Generation) : Int := 2 * g.q + g.u + g.d

/-- The cubic anomaly of hypercharge. -/
def cubicAnomaly (g : Generation) : Int :=
  6 * g.q ^ 3 + 3 * g.u ^ 3 + 3 * g.d ^ 3 + 2 * g.l ^ 3 + g.e ^ 3

/-- The Yukawa couplings to a Higgs field of hypercharge `h` are invariant. -/
def YukawaInvariant (h : Int) (g : Generation) : Prop := g.q + g.u + h = 0 ∧ g.q + g.d = h ∧ g.l + g.e = h

/-- The hypercharges of the standard model, in sixths. -/
def standardModel : Generation := ⟨1, -4, 2, -3, 6⟩

/-- The generation with all hypercharges multiplied. -/
def scaleCharges (k : Int) (g : Generation) : Generation := ⟨k * g.q, k * g.u, k * g.d, k * g.l, k * g.e⟩

/-- The generation of opposite chirality: all hypercharges reversed. -/
def mirror (g : Generation) : Generation := scaleCharges (-1) g

/-- An anomaly summed over several generations. -/
def sumAnomaly (a : Generation → Int) : List Generation → Int
  | [] => 0
  | g :: gs => a g + sumAnomaly a gs

/-- The standard model has no cubic anomaly. -/
theorem standardModel_cubic : cubicAnomaly standardModel = 0 := by
  decide

/-- The standard model has no mixed anomalies. -/
theorem standardModel_mixed : gravityAnomaly standardModel = 0 ∧ weakAnomaly standardModel = 0 := by
  constructor <;> rfl

/-- The standard model has invariant Yukawa couplings to the Higgs field. -/
theorem standardModel_yukawa : YukawaInvariant 3 standardModel := by
  simp [YukawaInvariant, standardModel]

/-- Invariant Yukawa couplings cancel the anomaly with the strong force. -/
theorem colourAnomaly_yukawa (h : Int) (g : Generation) (hy : YukawaInvariant h g) : colourAnomaly g = 0 := by
  simp only [YukawaInvariant, colourAnomaly] at *
  omega

/-- They reduce the anomaly with gravity to the weak one and the Higgs charge. -/
theorem gravityAnomaly_yukawa (h : Int) (g : Generation) (hy : YukawaInvariant h g) :
    gravityAnomaly g = weakAnomaly g + h - 3 * g.q := by
  simp only [YukawaInvariant, weakAnomaly, gravityAnomaly] at *
  omega

/-- Yukawa couplings and the weak condition make all hypercharges functions of two numbers. -/
theorem charges_of_higgs (h : Int) (g : Generation) (hy : YukawaInvariant h g) (hw : weakAnomaly g = 0) :
    g = ⟨g.q, -g.q - h, h - g.q, -3 * g.q, h + 3 * g.q⟩ := by
  cases g
  simp [YukawaInvariant, weakAnomaly] at *
  omega

/-- When gravity is free of anomaly too, the Higgs field has three times the hypercharge of the quark doublet. -/
theorem higgs_charge (h : Int) (g : Generation) (hy : YukawaInvariant h g) (hw : weakAnomaly g = 0)
    (hg : gravityAnomaly g = 0) : h = 3 * g.q := by
  rw [gravityAnomaly_yukawa h g hy, hw] at hg
  omega

/-- Quantisation of charge: a consistent generation is a multiple of the standard one. -/
theorem charge_quantisation (h : Int) (g : Generation) (hy : YukawaInvariant h g) (hw : weakAnomaly g = 0)
    (hg : gravityAnomaly g = 0) : g = scaleCharges g.q standardModel := by
  have h1 := higgs_charge h g hy hw hg
  cases g
  simp [YukawaInvariant, weakAnomaly, scaleCharges, standardModel] at *
  omega

/-- The cubic anomaly scales with the third power. -/
theorem cubicAnomaly_scale (k : Int) (g : Generation) : cubicAnomaly (scaleCharges k g) = k ^ 3 * cubicAnomaly g := by
  simp only [cubicAnomaly, scaleCharges]
  grind

/-- The linear anomalies scale with the charges. -/
theorem gravityAnomaly_scale (k : Int) (g : Generation) :
    gravityAnomaly (scaleCharges k g) = k * gravityAnomaly g := by
  simp only [gravityAnomaly, scaleCharges]
  grind

/-- The cubic anomaly cancels by itself once the other conditions hold. -/
theorem cubicAnomaly_consistent (h : Int) (g : Generation) (hy : YukawaInvariant h g) (hw : weakAnomaly g = 0)
    (hg : gravityAnomaly g = 0) : cubicAnomaly g = 0 := by
  rw [charge_quantisation h g hy hw hg, cubicAnomaly_scale, standardModel_cubic, Int.mul_zero]

/-- A mirror generation has the opposite anomaly. -/
theorem cubicAnomaly_mirror (g : Generation) : cubicAnomaly (mirror g) = -cubicAnomaly g := by
  rw [mirror, cubicAnomaly_scale]
  omega

/-- The mirror of the mirror is the generation itself. -/
theorem mirror_mirror (g : Generation) : mirror (mirror g) = g := by
  cases g
  simp [mirror, scaleCharges]

/-- Every theory can be made free of anomalies by mirror fermions. -/
theorem exists_mirror_partner (g : Generation) : ∃ m, cubicAnomaly g + cubicAnomaly m = 0 := by
  refine ⟨mirror g, ?_⟩
  rw [cubicAnomaly_mirror]
  omega

/-- Anomalies of two sets of generations add. -/
theorem sumAnomaly_append (a : Generation → Int) (x y : List Generation) :
    sumAnomaly a (x ++ y) = sumAnomaly a x + sumAnomaly a y := by
  induction x with
  | nil => simp [sumAnomaly]
  | cons g x ih => grind [sumAnomaly]

/-- Any number of standard generations is free of anomalies. -/
theorem sumAnomaly_standard (n : Nat) : sumAnomaly cubicAnomaly (List.replicate n standardModel) = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => simp [List.replicate_succ, sumAnomaly, ih, standardModel_cubic]

/-- Generations that are each consistent are consistent together. -/
theorem sumAnomaly_zero (a : Generation → Int) (x : List Generation) (h : ∀ g ∈ x, a g = 0) : sumAnomaly a x = 0 := by
  induction x with
  | nil => rfl
  | cons g x ih => grind [sumAnomaly]

end PhysCore.Particles
