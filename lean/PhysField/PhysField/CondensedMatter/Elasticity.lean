import PhysField.Mathematics.OrderedField

/-!
# Elasticity of isotropic solids

Hooke's law with the moduli of compression `k` and of shear `g`. Principal strains are `x`, `y`, `z`. Young's modulus, Poisson's ratio and
Lamé's constants follow, with the bounds that stability sets, wave speeds, and the bounds of Voigt and Reuss for mixtures.
Source: Landau, Lifshitz, Theory of Elasticity, chapter 1; Sadd, Elasticity, chapter 4.
-/
namespace PhysField.CondensedMatter
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Young's modulus. -/
def youngModulus (k g : K) : K := 9 * k * g / (3 * k + g)

/-- Poisson's ratio. -/
def poissonRatio (k g : K) : K := (3 * k - 2 * g) / (2 * (3 * k + g))

/-- Lamé's first constant. -/
def lameConstant (k g : K) : K := k - 2 * g / 3

/-- Principal stress along the strain `x`, where `y` and `z` are the others. -/
def hookeStress (k g x y z : K) : K := lameConstant k g * (x + y + z) + 2 * g * x

/-- Elastic energy density of principal strains. -/
def elasticEnergy (k g x y z : K) : K :=
  k * (x + y + z) ^ 2 / 2 + g * ((x - y) ^ 2 + (y - z) ^ 2 + (z - x) ^ 2) / 3

/-- Stiffness of a mixture that is strained uniformly, with the share `f` of the first component. -/
def voigtModulus (f a b : K) : K := f * a + (1 - f) * b

/-- Stiffness of a mixture that is stressed uniformly. -/
def reussModulus (f a b : K) : K := a * b / (f * b + (1 - f) * a)

/-- Squared velocity of longitudinal waves times the density. -/
def longitudinalModulus (k g : K) : K := k + 4 * g / 3

/-- Half the work of the stresses along the strains is the elastic energy. -/
theorem elasticEnergy_eq_work (k g x y z : K) : elasticEnergy k g x y z =
    (hookeStress k g x y z * x + hookeStress k g y z x * y + hookeStress k g z x y * z) / 2 := by
  grind [elasticEnergy, hookeStress, lameConstant]

/-- An isotropic solid is stable exactly where both moduli are positive: every strain then takes energy. -/
theorem elastic_stability (k g : K) :
    (∀ x y z : K, x ≠ 0 ∨ y ≠ 0 ∨ z ≠ 0 → 0 < elasticEnergy k g x y z) ↔ 0 < k ∧ 0 < g := by
  constructor
  · intro h
    have a := h 1 1 1 (by grind)
    have b := h 1 (-1) 0 (by grind)
    grind [elasticEnergy]
  · intro ⟨hk, hg⟩ x y z h
    have a := mul_nonneg (show 0 ≤ k by grind) (sq_nonneg (x + y + z))
    have s := sq_nonneg (x - y)
    have t := sq_nonneg (y - z)
    have u := sq_nonneg (z - x)
    have b := mul_nonneg (show 0 ≤ g by grind) (show 0 ≤ (x - y) ^ 2 + (y - z) ^ 2 + (z - x) ^ 2 by grind)
    have c : 0 ≤ elasticEnergy k g x y z := by grind [elasticEnergy]
    by_cases e : elasticEnergy k g x y z = 0
    · have p : k * (x + y + z) ^ 2 = 0 := by grind [elasticEnergy]
      have q : g * ((x - y) ^ 2 + (y - z) ^ 2 + (z - x) ^ 2) = 0 := by grind [elasticEnergy]
      have v : (x + y + z) ^ 2 = 0 := by grind
      have w : (x - y) ^ 2 + (y - z) ^ 2 + (z - x) ^ 2 = 0 := by grind
      have l : (x - y) ^ 2 = 0 := by grind
      have m : (y - z) ^ 2 = 0 := by grind
      grind
    · grind

/-- A rod under tension narrows by Poisson's ratio. -/
theorem rod_narrows (k g x y : K) (hk : 0 < k) (hg : 0 < g) (h : hookeStress k g y y x = 0) : y = -poissonRatio k g * x := by
  have p : 0 < 3 * k + g := by grind
  have e : (3 * k + g) * (2 * y) = -(3 * k - 2 * g) * x := by grind [hookeStress, lameConstant]
  have f : poissonRatio k g * (2 * (3 * k + g)) = 3 * k - 2 * g := by grind [poissonRatio]
  have l : (3 * k + g) * (y + poissonRatio k g * x) = 0 := by grind
  rcases mul_eq_zero.mp l with m | m <;> grind

/-- A rod under tension lengthens by the stress over Young's modulus. -/
theorem rod_lengthens (k g x y : K) (hk : 0 < k) (hg : 0 < g) (h : hookeStress k g y y x = 0) :
    hookeStress k g x y y = youngModulus k g * x := by
  have p : 0 < 3 * k + g := by grind
  have e : (3 * k + g) * (2 * y) = -(3 * k - 2 * g) * x := by grind [hookeStress, lameConstant]
  have f : youngModulus k g * (3 * k + g) = 9 * k * g := by grind [youngModulus]
  have l : (3 * k + g) * (hookeStress k g x y y - youngModulus k g * x) = 0 := by grind [hookeStress, lameConstant]
  rcases mul_eq_zero.mp l with m | m <;> grind

/-- Poisson's ratio of a stable solid lies between -1 and 1/2. -/
theorem poisson_bounds (k g : K) (hk : 0 < k) (hg : 0 < g) : -1 < poissonRatio k g ∧ poissonRatio k g < 1 / 2 := by
  have p : 0 < 2 * (3 * k + g) := by grind
  rw [poissonRatio, lt_div_iff p, div_lt_iff p]
  grind

/-- A solid does not narrow under tension exactly where its shear modulus is at least one and a half of its bulk modulus. -/
theorem poisson_auxetic (k g : K) (hk : 0 < k) (hg : 0 < g) : poissonRatio k g ≤ 0 ↔ 3 * k ≤ 2 * g := by
  rw [poissonRatio, div_le_iff (show 0 < 2 * (3 * k + g) by grind)]
  grind

/-- Young's modulus is twice the shear modulus times one plus Poisson's ratio. -/
theorem young_shear_poisson (k g : K) (hk : 0 < k) (hg : 0 < g) : youngModulus k g = 2 * g * (1 + poissonRatio k g) := by
  have p : 3 * k + g ≠ 0 := by grind
  grind [youngModulus, poissonRatio]

/-- Young's modulus is three bulk moduli times one less two of Poisson's ratio. -/
theorem young_bulk_poisson (k g : K) (hk : 0 < k) (hg : 0 < g) : youngModulus k g = 3 * k * (1 - 2 * poissonRatio k g) := by
  have p : 3 * k + g ≠ 0 := by grind
  grind [youngModulus, poissonRatio]

/-- The compliance of a rod is a third of the shear's and a ninth of the bulk's. -/
theorem young_inverse (k g : K) (hk : 0 < k) (hg : 0 < g) : 1 / youngModulus k g = 1 / (3 * g) + 1 / (9 * k) := by
  have p := div_pos (mul_pos (show 0 < 9 * k by grind) hg) (show 0 < 3 * k + g by grind)
  have e : youngModulus k g * (3 * k + g) = 9 * k * g := by grind [youngModulus]
  have f : 0 < youngModulus k g := p
  have q := mul_pos hk hg
  rw [show 1 / youngModulus k g = (3 * k + g) / (9 * k * g) by rw [← e]; grind]
  grind

/-- Young's modulus is below three times the shear modulus and below nine times the bulk modulus. -/
theorem young_bounds (k g : K) (hk : 0 < k) (hg : 0 < g) : youngModulus k g < 3 * g ∧ youngModulus k g < 9 * k := by
  have p : 0 < 3 * k + g := by grind
  have a := mul_pos hk hk
  have b := mul_pos hg hg
  rw [youngModulus, div_lt_iff p, div_lt_iff p]
  grind

/-- Longitudinal waves are faster than transverse ones by more than the factor whose square is four thirds. -/
theorem wave_speed_ratio (k g r v w : K) (hr : 0 < r) (hk : 0 < k) (hv : r * v ^ 2 = longitudinalModulus k g)
    (hw : r * w ^ 2 = g) : 4 / 3 * w ^ 2 < v ^ 2 := by
  refine lt_of_mul_lt_mul_left hr ?_
  grind [longitudinalModulus]

/-- The squared ratio of the wave speeds tells Poisson's ratio alone. -/
theorem wave_speed_poisson (k g : K) (hk : 0 < k) (hg : 0 < g) :
    g / longitudinalModulus k g = (1 - 2 * poissonRatio k g) / (2 * (1 - poissonRatio k g)) := by
  have p : 0 < 3 * k + g := by grind
  have a : 1 - 2 * poissonRatio k g = 3 * g / (3 * k + g) := by grind [poissonRatio]
  have b : 2 * (1 - poissonRatio k g) = (3 * k + 4 * g) / (3 * k + g) := by grind [poissonRatio]
  have c : ∀ x y z : K, z ≠ 0 → y ≠ 0 → x / z / (y / z) = x / y := by grind
  rw [a, b, c _ _ _ (by grind) (by grind), longitudinalModulus, show k + 4 * g / 3 = (3 * k + 4 * g) / 3 by grind]
  have d : 3 * k + 4 * g ≠ 0 := by grind
  grind

/-- A solid that is strained along one axis only is stiffer than a free rod. -/
theorem confined_stiffer (k g : K) (hk : 0 < k) (hg : 0 < g) (h : 3 * k ≠ 2 * g) : youngModulus k g < longitudinalModulus k g := by
  have a := sq_pos (show 3 * k - 2 * g ≠ 0 by grind)
  rw [youngModulus, div_lt_iff (show 0 < 3 * k + g by grind), longitudinalModulus]
  grind

/-- Uniform stress never makes a mixture stiffer than uniform strain (Voigt and Reuss). -/
theorem reuss_le_voigt (f a b : K) (hf : 0 ≤ f) (hf' : f ≤ 1) (ha : 0 < a) (hb : 0 < b) :
    reussModulus f a b ≤ voigtModulus f a b := by
  have p := mul_nonneg hf (show 0 ≤ b by grind)
  have q := mul_nonneg (show 0 ≤ 1 - f by grind) (show 0 ≤ a by grind)
  have r := mul_nonneg (mul_nonneg hf (show 0 ≤ 1 - f by grind)) (sq_nonneg (a - b))
  have s : 0 < f * b + (1 - f) * a := by
    by_cases h : f = 0
    · rw [h]
      grind
    · have t := mul_pos (show 0 < f by grind) hb
      grind
  rw [reussModulus, div_le_iff s, voigtModulus]
  grind

/-- The compliances of a mixture that is stressed uniformly have its compliance as mean (Reuss). -/
theorem reuss_compliance (f a b : K) (ha : 0 < a) (hb : 0 < b) : 1 / reussModulus f a b = f / a + (1 - f) / b := by
  have p := mul_pos ha hb
  rw [reussModulus, show ∀ x y : K, 1 / (x / y) = y / x by grind]
  grind

/-- Plane strains separate: a change of volume and shears take their energies without a mixed term. -/
theorem elastic_energy_deviator (k g x y z t : K) (h : x + y + z = 0) :
    elasticEnergy k g (x + t) (y + t) (z + t) = elasticEnergy k g x y z + 9 * k * t ^ 2 / 2 := by
  have e : x + t + (y + t) + (z + t) = 3 * t := by grind
  rw [elasticEnergy, e, elasticEnergy, h]
  grind

end PhysField.CondensedMatter
