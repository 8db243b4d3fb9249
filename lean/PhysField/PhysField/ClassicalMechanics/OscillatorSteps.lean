import PhysField.ClassicalMechanics.PhasePlane

/-!
# The oscillator in finite steps

Numerical steps of length `h` for an oscillator of unit mass and stiffness: the explicit and the implicit rule of Euler, the symplectic
rule, the implicit midpoint rule and that of Störmer and Verlet. What each does to the energy, over any number of steps.
Source: Hairer, Lubich, Wanner, Geometric Numerical Integration, chapters 1 and 6.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Twice the energy of an oscillator of unit mass and stiffness. -/
def oscillatorEnergy (z : PhasePoint K) : K := z.q ^ 2 + z.p ^ 2

/-- Explicit step of Euler. -/
def eulerStep (h : K) : PhaseMap K := ⟨1, h, -h, 1⟩

/-- Implicit step of Euler: the force and velocity are those of its end. -/
def implicitStep (h : K) : PhaseMap K := ⟨1 / (1 + h ^ 2), h / (1 + h ^ 2), -h / (1 + h ^ 2), 1 / (1 + h ^ 2)⟩

/-- Symplectic step of Euler: a kick, then a drift with the new momentum. -/
def symplecticStep (h : K) : PhaseMap K := phaseComp (drift h) (kick h)

/-- Implicit midpoint rule: half an explicit step after half an implicit one. -/
def midpointStep (h : K) : PhaseMap K := phaseComp (eulerStep (h / 2)) (implicitStep (h / 2))

/-- Step of Störmer and Verlet: half a kick, a drift, half a kick. -/
def verletStep (h : K) : PhaseMap K := phaseComp (kick (h / 2)) (phaseComp (drift h) (kick (h / 2)))

/-- Twice the energy that a symplectic step conserves. -/
def shadowEnergy (h : K) (z : PhasePoint K) : K := z.q ^ 2 + z.p ^ 2 - h * z.q * z.p

/-- The energy is nowhere negative. -/
theorem oscillatorEnergy_nonneg (z : PhasePoint K) : 0 ≤ oscillatorEnergy z := by
  have hq := sq_nonneg z.q
  have hp := sq_nonneg z.p
  grind [oscillatorEnergy]

/-- After `n` explicit steps of Euler the energy has grown by the power `n` of `1 + h²`. -/
theorem eulerStep_energy (h : K) (z : PhasePoint K) (n : Nat) :
    oscillatorEnergy (phaseOrbit (eulerStep h) z n) = (1 + h ^ 2) ^ n * oscillatorEnergy z := by
  induction n with
  | zero => grind [phaseOrbit]
  | succ n ih =>
    rw [phaseOrbit, pow_succ, show oscillatorEnergy (phaseApply (eulerStep h) (phaseOrbit (eulerStep h) z n)) =
      (1 + h ^ 2) * oscillatorEnergy (phaseOrbit (eulerStep h) z n) by grind [oscillatorEnergy, phaseApply, eulerStep], ih]
    grind

/-- Explicit steps of Euler heat the oscillator at least in proportion to their number. -/
theorem eulerStep_energy_ge (h : K) (z : PhasePoint K) (n : Nat) :
    (1 + (n : K) * h ^ 2) * oscillatorEnergy z ≤ oscillatorEnergy (phaseOrbit (eulerStep h) z n) := by
  have b := bernoulli (show -1 ≤ h ^ 2 by grind [sq_nonneg h]) n
  rw [eulerStep_energy]
  exact mul_le_mul_right (oscillatorEnergy_nonneg z) b

/-- The implicit step of Euler is the reverse of the explicit one of the opposite time. -/
theorem implicitStep_reverses (h : K) (z : PhasePoint K) : phaseApply (eulerStep (-h)) (phaseApply (implicitStep h) z) = z := by
  have k : 1 + h ^ 2 ≠ 0 := by grind [sq_nonneg h]
  ext <;> grind [phaseApply, eulerStep, implicitStep]

/-- Implicit steps of Euler damp the oscillator: with the factor `(1 + h²)ⁿ` its energy would be as before. -/
theorem implicitStep_energy (h : K) (z : PhasePoint K) (n : Nat) :
    (1 + h ^ 2) ^ n * oscillatorEnergy (phaseOrbit (implicitStep h) z n) = oscillatorEnergy z := by
  have k : 1 + h ^ 2 ≠ 0 := by grind [sq_nonneg h]
  induction n with
  | zero => grind [phaseOrbit]
  | succ n ih =>
    have e : (1 + h ^ 2) * oscillatorEnergy (phaseApply (implicitStep h) (phaseOrbit (implicitStep h) z n)) =
      oscillatorEnergy (phaseOrbit (implicitStep h) z n) := by grind [oscillatorEnergy, phaseApply, implicitStep]
    rw [phaseOrbit, pow_succ, ← ih]
    grind

/-- The implicit midpoint rule keeps the energy for any number of steps of any length. -/
theorem midpointStep_energy (h : K) (z : PhasePoint K) (n : Nat) :
    oscillatorEnergy (phaseOrbit (midpointStep h) z n) = oscillatorEnergy z := by
  have k : 1 + (h / 2) ^ 2 ≠ 0 := by grind [sq_nonneg (h / 2)]
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [phaseOrbit, midpointStep, phaseApply_comp, ← midpointStep, ← ih]
    grind [oscillatorEnergy, phaseApply, eulerStep, implicitStep]

/-- The implicit midpoint rule is a canonical map. -/
theorem midpointStep_det (h : K) : phaseDet (midpointStep h) = 1 := by
  have k : 1 + (h / 2) ^ 2 ≠ 0 := by grind [sq_nonneg (h / 2)]
  rw [midpointStep, phaseDet_comp]
  grind [phaseDet, eulerStep, implicitStep]

/-- An explicit step of Euler blows phase space up. -/
theorem eulerStep_det_gt (h : K) (hh : h ≠ 0) : 1 < phaseDet (eulerStep h) := by
  have k := sq_pos hh
  have e : phaseDet (eulerStep h) = 1 + h ^ 2 := by grind [phaseDet, eulerStep]
  grind

/-- A symplectic step conserves the shadow energy for any number of steps. -/
theorem symplecticStep_shadowEnergy (h : K) (z : PhasePoint K) (n : Nat) :
    shadowEnergy h (phaseOrbit (symplecticStep h) z n) = shadowEnergy h z := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [phaseOrbit, ← ih]
    grind [shadowEnergy, symplecticStep, phaseApply, phaseComp, drift, kick]

/-- The shadow energy is at least `1 - h / 2` of the energy. -/
theorem shadowEnergy_ge (h : K) (z : PhasePoint K) (hh : 0 ≤ h) : (1 - h / 2) * oscillatorEnergy z ≤ shadowEnergy h z := by
  have k := mul_nonneg hh (sq_nonneg (z.q - z.p))
  have e : shadowEnergy h z - (1 - h / 2) * oscillatorEnergy z = h * (z.q - z.p) ^ 2 / 2 := by
    grind [shadowEnergy, oscillatorEnergy]
  grind

/-- The shadow energy is at most `1 + h / 2` of the energy. -/
theorem shadowEnergy_le (h : K) (z : PhasePoint K) (hh : 0 ≤ h) : shadowEnergy h z ≤ (1 + h / 2) * oscillatorEnergy z := by
  have k := mul_nonneg hh (sq_nonneg (z.q + z.p))
  have e : (1 + h / 2) * oscillatorEnergy z - shadowEnergy h z = h * (z.q + z.p) ^ 2 / 2 := by
    grind [shadowEnergy, oscillatorEnergy]
  grind

/-- The energy of an oscillator in symplectic steps shorter than 2 stays bounded for ever. -/
theorem symplecticStep_bounded (h : K) (z : PhasePoint K) (n : Nat) (hh : 0 ≤ h) (h2 : h < 2) :
    oscillatorEnergy (phaseOrbit (symplecticStep h) z n) ≤ (2 + h) / (2 - h) * oscillatorEnergy z := by
  have a := shadowEnergy_ge h (phaseOrbit (symplecticStep h) z n) hh
  have b := shadowEnergy_le h z hh
  rw [symplecticStep_shadowEnergy] at a
  rw [show (2 + h) / (2 - h) * oscillatorEnergy z = (2 + h) * oscillatorEnergy z / (2 - h) by grind, le_div_iff (by grind)]
  grind

/-- A symplectic step is stable exactly up to the length 2: its trace lies between -2 and 2. -/
theorem symplecticStep_trace (h : K) (hh : 0 < h) : phaseTrace (symplecticStep h) ^ 2 < 4 ↔ h < 2 := by
  have e : phaseTrace (symplecticStep h) ^ 2 - 4 = h ^ 2 * (h + 2) * (h - 2) := by
    grind [phaseTrace, symplecticStep, phaseComp, drift, kick]
  have p := mul_pos (pow_pos hh 2) (show 0 < h + 2 by grind)
  constructor
  · intro k
    refine Classical.byContradiction fun n => ?_
    have q := mul_nonneg (show 0 ≤ h ^ 2 * (h + 2) by grind) (show 0 ≤ h - 2 by grind)
    grind
  · intro k
    have q := mul_pos p (show 0 < 2 - h by grind)
    grind

/-- A step of Störmer and Verlet is reversible: with the opposite time it undoes itself. -/
theorem verletStep_reversible (h : K) (z : PhasePoint K) : phaseApply (verletStep (-h)) (phaseApply (verletStep h) z) = z := by
  ext <;> grind [phaseApply, verletStep, phaseComp, drift, kick]

/-- Positions in steps of Störmer and Verlet satisfy Newton's law with the second difference in place of the acceleration. -/
theorem verletStep_newton (h : K) (z : PhasePoint K) (n : Nat) :
    (phaseOrbit (verletStep h) z (n + 2)).q - 2 * (phaseOrbit (verletStep h) z (n + 1)).q + (phaseOrbit (verletStep h) z n).q =
      -h ^ 2 * (phaseOrbit (verletStep h) z (n + 1)).q := by
  have d : phaseDet (verletStep h) = 1 := by grind [phaseDet, verletStep, phaseComp, drift, kick]
  have t : phaseTrace (verletStep h) = 2 - h ^ 2 := by grind [phaseTrace, verletStep, phaseComp, drift, kick]
  have r := phaseOrbit_recurrence (verletStep h) z n d
  rw [t] at r
  grind

/-- Steps of Störmer and Verlet conserve an energy with the stiffness lowered by `h² / 4`. -/
theorem verletStep_energy (h : K) (z : PhasePoint K) (n : Nat) :
    (phaseOrbit (verletStep h) z n).p ^ 2 + (1 - h ^ 2 / 4) * (phaseOrbit (verletStep h) z n).q ^ 2 =
      z.p ^ 2 + (1 - h ^ 2 / 4) * z.q ^ 2 := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [← ih, phaseOrbit]
    grind [phaseApply, verletStep, phaseComp, drift, kick]

/-- Released from rest, an oscillator in steps of Störmer and Verlet shorter than 2 never swings wider than at its start. -/
theorem verletStep_amplitude (h a : K) (n : Nat) (hh : h ^ 2 < 4) : (phaseOrbit (verletStep h) ⟨a, 0⟩ n).q ^ 2 ≤ a ^ 2 := by
  have e := verletStep_energy h ⟨a, 0⟩ n
  have k := sq_nonneg (phaseOrbit (verletStep h) ⟨a, 0⟩ n).p
  exact le_of_mul_le_mul_left (show 0 < 1 - h ^ 2 / 4 by grind) (by grind)

end PhysField.ClassicalMechanics
