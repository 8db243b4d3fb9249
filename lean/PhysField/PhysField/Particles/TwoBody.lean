import PhysField.Mathematics.OrderedField

/-!
# Decays and collisions of two particles

Energies of the products of a decay at rest, the least energy that makes new particles, the Mandelstam variables, and the function
of Källén, whose sign says whether a process can happen. Masses and energies are measured in one unit, light moves with velocity 1.
Source: Griffiths, Introduction to Elementary Particles, chapter 3; Hagedorn, Relativistic Kinematics, chapter 2.
-/
namespace PhysField.Particles
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Energy of the product of mass `m` where a particle of mass `M` at rest decays into masses `m` and `l`. -/
def decayEnergy (M m l : K) : K := (M ^ 2 + m ^ 2 - l ^ 2) / (2 * M)

/-- The function of Källén. -/
def kallen (x y z : K) : K := x ^ 2 + y ^ 2 + z ^ 2 - 2 * x * y - 2 * y * z - 2 * z * x

/-- Square of the energy in the frame of the centre of a beam of mass `m`, energy `e` on a target of mass `l` at rest. -/
def mandelstamS (m l e : K) : K := m ^ 2 + l ^ 2 + 2 * l * e

/-- Least energy of a beam of mass `m` on a target of mass `l` that makes products of total mass `M`. -/
def thresholdEnergy (m l M : K) : K := (M ^ 2 - m ^ 2 - l ^ 2) / (2 * l)

/-- Square of the mass that belongs to an energy and a momentum. -/
def invariantSq (e p : K) : K := e ^ 2 - p ^ 2

/-- Squared mass of the two other products where a particle of mass `M` at rest decays and one product has energy `e`, mass `m`. -/
def recoilMassSq (M e m : K) : K := M ^ 2 + m ^ 2 - 2 * M * e

/-- The energies of the two products add to the mass of the particle that decays. -/
theorem decayEnergy_add (M m l : K) : decayEnergy M m l + decayEnergy M l m = M := by
  grind [decayEnergy]

/-- Energy and momentum leave no choice for the energies of two products. -/
theorem decayEnergy_unique (M m l e f p : K) (hM : 0 < M) (he : e ^ 2 = m ^ 2 + p ^ 2) (hf : f ^ 2 = l ^ 2 + p ^ 2)
    (h : e + f = M) : e = decayEnergy M m l := by
  have a : f = M - e := by grind
  have b : 2 * M * e = M ^ 2 + m ^ 2 - l ^ 2 := by grind
  rw [decayEnergy, ← b]
  grind

/-- Products of equal mass share the energy of a decay equally. -/
theorem decayEnergy_equal (M m : K) : decayEnergy M m m = M / 2 := by
  grind [decayEnergy]

/-- The heavier product gets the larger energy. -/
theorem decayEnergy_lt (M m l : K) (hM : 0 < M) (hm : 0 ≤ m) (h : m < l) : decayEnergy M m l < decayEnergy M l m := by
  have a := sq_lt_sq hm h
  exact div_lt_div_right (by grind) (by grind)

/-- Though it gets less energy, the lighter product gets the larger kinetic energy. -/
theorem decay_kinetic_lt (M m l : K) (hM : 0 < M) (h : m < l) (hs : m + l < M) :
    decayEnergy M l m - l < decayEnergy M m l - m := by
  have a := div_pos (mul_pos (show 0 < l - m by grind) (show 0 < M - m - l by grind)) hM
  have e : decayEnergy M m l - m - (decayEnergy M l m - l) = (l - m) * (M - m - l) / M := by grind [decayEnergy]
  grind

/-- The kinetic energy of a product of decay in terms of the energy set free. -/
theorem decay_kinetic_eq (M m l : K) (hM : 0 < M) :
    decayEnergy M m l - m = ((M - m) ^ 2 - l ^ 2) / (2 * M) := by
  grind [decayEnergy]

/-- A heavier partner leaves a product of decay less energy. -/
theorem decayEnergy_lt_of_lt (M m l k : K) (hM : 0 < M) (hl : 0 ≤ l) (h : l < k) :
    decayEnergy M m k < decayEnergy M m l := by
  have a := sq_lt_sq hl h
  exact div_lt_div_right (by grind) (by grind)

/-- A photon sent out by an excited nucleus carries less than the energy set free: the nucleus recoils. -/
theorem photon_recoil (M l : K) (hM : 0 < M) (h : l < M) :
    decayEnergy M 0 l < M - l ∧ decayEnergy M 0 l = (M - l) - (M - l) ^ 2 / (2 * M) := by
  have e : decayEnergy M 0 l = (M - l) - (M - l) ^ 2 / (2 * M) := by grind [decayEnergy]
  have p := div_pos (sq_pos (show M - l ≠ 0 by grind)) (show 0 < 2 * M by grind)
  grind

/-- The momentum of two products of decay is given by Källén's function of the squared masses. -/
theorem decay_momentum (M m l : K) (hM : 0 < M) :
    decayEnergy M m l ^ 2 - m ^ 2 = kallen (M ^ 2) (m ^ 2) (l ^ 2) / (4 * M ^ 2) := by
  have e : decayEnergy M m l * (2 * M) = M ^ 2 + m ^ 2 - l ^ 2 := by grind [decayEnergy]
  have o : M ≠ 0 := by grind
  have n : 4 * M ^ 2 ≠ 0 := by grind
  have f : kallen (M ^ 2) (m ^ 2) (l ^ 2) = (decayEnergy M m l * (2 * M)) ^ 2 - 4 * M ^ 2 * m ^ 2 := by grind [kallen]
  rw [f]
  grind

/-- The function of Källén of squares is a product over the signs of the roots. -/
theorem kallen_factor (a b c : K) :
    kallen (a ^ 2) (b ^ 2) (c ^ 2) = (a + b + c) * (a - b - c) * (a - b + c) * (a + b - c) := by
  grind [kallen]

/-- A particle can decay into two others exactly if they are not heavier together. -/
theorem decay_possible_iff (M m l : K) (hm : 0 < m) (hl : 0 < l) (hM : m < M) (hM' : l < M) :
    0 ≤ kallen (M ^ 2) (m ^ 2) (l ^ 2) ↔ m + l ≤ M := by
  rw [kallen_factor]
  have p : 0 < (M + m + l) * (M - m + l) * (M + m - l) :=
    mul_pos (mul_pos (by grind) (by grind)) (by grind)
  constructor
  · intro h
    refine le_of_mul_le_mul_left p ?_
    grind
  · intro h
    have q := mul_nonneg (show 0 ≤ (M + m + l) * (M - m + l) * (M + m - l) by grind) (show 0 ≤ M - m - l by grind)
    grind

/-- The function of Källén is symmetric under exchange of a mass of the beam and one of the target. -/
theorem kallen_cyclic (x y z : K) : kallen x y z = kallen y z x ∧ kallen x y z = kallen y x z := by
  grind [kallen]

/-- The Mandelstam variables of a collision of two particles sum to the squares of all four masses. -/
theorem mandelstam_sum (e1 e2 e3 e4 p1 p2 p3 p4 : K) (he : e1 + e2 = e3 + e4) (hp : p1 + p2 = p3 + p4) :
    invariantSq (e1 + e2) (p1 + p2) + invariantSq (e1 - e3) (p1 - p3) + invariantSq (e1 - e4) (p1 - p4)
      = invariantSq e1 p1 + invariantSq e2 p2 + invariantSq e3 p3 + invariantSq e4 p4 := by
  grind [invariantSq]

/-- In elastic scattering with momentum `p` in the frame of the centre the squared momentum transfer lies between minus four times
the squared momentum and zero. -/
theorem mandelstam_t_bounds (p c : K) (hc : c ^ 2 ≤ 1) :
    -4 * p ^ 2 ≤ -2 * p ^ 2 * (1 - c) ∧ -2 * p ^ 2 * (1 - c) ≤ 0 := by
  have ⟨a, b⟩ := bounds_of_sq_le_sq (a := c) (b := 1) (by grind) (by grind)
  have q := mul_nonneg (sq_nonneg p) (show 0 ≤ 1 - c by grind)
  have r := mul_nonneg (sq_nonneg p) (show 0 ≤ 1 + c by grind)
  grind

/-- A beam has enough energy in the frame of the centre exactly from the threshold on. -/
theorem threshold_iff (m l M e : K) (hl : 0 < l) : M ^ 2 ≤ mandelstamS m l e ↔ thresholdEnergy m l M ≤ e := by
  rw [thresholdEnergy, div_le_iff (show 0 < 2 * l by grind), mandelstamS]
  grind

/-- The threshold in kinetic energy exceeds the mass to be made, for the centre goes on moving. -/
theorem threshold_kinetic (m l d : K) (hm : 0 ≤ m) (hl : 0 < l) (hd : 0 < d) :
    d < thresholdEnergy m l (m + l + d) - m := by
  have e : thresholdEnergy m l (m + l + d) - m = d + (2 * m * d + d ^ 2) / (2 * l) := by grind [thresholdEnergy]
  have p := mul_nonneg hm (show 0 ≤ d by grind)
  have q := div_pos (show 0 < 2 * m * d + d ^ 2 by grind [mul_pos hd hd]) (show 0 < 2 * l by grind)
  grind

/-- Antiprotons need a beam of protons of seven proton masses: four of them must be left. -/
theorem threshold_antiproton (m : K) : thresholdEnergy m m (4 * m) = 7 * m := by
  grind [thresholdEnergy]

/-- Two beams of the same energy against each other have more energy in the frame of the centre than one on a target. -/
theorem collider_beats_target (m e : K) (hm : 0 < m) (he : m < e) : mandelstamS m m e < (2 * e) ^ 2 := by
  have p := mul_pos (show 0 < e - m by grind) (show 0 < 2 * e + m by grind)
  grind [mandelstamS]

/-- A heavier product needs a larger threshold. -/
theorem thresholdEnergy_lt (m l M N : K) (hl : 0 < l) (hM : 0 ≤ M) (h : M < N) :
    thresholdEnergy m l M < thresholdEnergy m l N := by
  have a := sq_lt_sq hM h
  exact div_lt_div_right (by grind) (by grind)

/-- In a decay into three the pair of the first two has at most the mass that remains beside the third. -/
theorem dalitz_upper (M e m : K) (hM : 0 < M) (he : m ≤ e) : recoilMassSq M e m ≤ (M - m) ^ 2 := by
  have p := mul_nonneg (show 0 ≤ M by grind) (show 0 ≤ e - m by grind)
  grind [recoilMassSq]

/-- The squared masses of the three pairs of a decay into three sum to the squares of all masses (Dalitz). -/
theorem dalitz_sum (M e1 e2 e3 m1 m2 m3 : K) (h : e1 + e2 + e3 = M) :
    recoilMassSq M e1 m1 + recoilMassSq M e2 m2 + recoilMassSq M e3 m3 = M ^ 2 + m1 ^ 2 + m2 ^ 2 + m3 ^ 2 := by
  rw [← h]
  grind [recoilMassSq]

end PhysField.Particles
