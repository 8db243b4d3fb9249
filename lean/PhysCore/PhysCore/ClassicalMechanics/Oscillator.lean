/-!
# Oscillators in discrete time

A harmonic oscillator sampled at equal times obeys x(n+2) = c x(n+1) − x(n), where c = 2 cos ωτ. The quadratic form
x² − c x y + y² of two neighbouring samples plays the role of the energy: it never changes, and damping shrinks it.
A second picture is the phase plane, where a quarter of a period is a rotation by a right angle.
-/
namespace PhysCore.ClassicalMechanics

/-- Two neighbouring samples of the elongation. -/
structure Samples where
  now : Int
  next : Int

/-- One tick of the oscillator with recurrence constant `c`. -/
def oscStep (c : Int) (s : Samples) : Samples := ⟨s.next, c * s.next - s.now⟩

/-- One tick backwards. -/
def oscBack (c : Int) (s : Samples) : Samples := ⟨c * s.now - s.next, s.now⟩

/-- The oscillator after `n` ticks. -/
def oscEvolve (c : Int) (s : Samples) : Nat → Samples
  | 0 => s
  | n + 1 => oscStep c (oscEvolve c s n)

/-- The discrete energy of two neighbouring samples. -/
def oscEnergy (c : Int) (s : Samples) : Int := s.now ^ 2 - c * s.now * s.next + s.next ^ 2

/-- A tick with friction: both samples shrink by the factor `d`. -/
def dampedStep (c d : Int) (s : Samples) : Samples := ⟨d * s.next, d * (c * s.next - s.now)⟩

/-- A quarter of a period in the phase plane of position and momentum. -/
def quarterPeriod (s : Int × Int) : Int × Int := (s.2, -s.1)

/-- `n` quarters of a period. -/
def quarters (s : Int × Int) : Nat → Int × Int
  | 0 => s
  | n + 1 => quarterPeriod (quarters s n)

/-- Energy is conserved in one tick. -/
theorem osc_energy_step (c : Int) (s : Samples) : oscEnergy c (oscStep c s) = oscEnergy c s := by
  simp only [oscEnergy, oscStep]
  grind

/-- Energy is conserved for ever. -/
theorem osc_energy_conserved (c : Int) (s : Samples) (n : Nat) : oscEnergy c (oscEvolve c s n) = oscEnergy c s := by
  induction n with
  | zero => rfl
  | succ n ih => rw [oscEvolve, osc_energy_step, ih]

/-- The motion is reversible. -/
theorem osc_back_step (c : Int) (s : Samples) : oscBack c (oscStep c s) = s := by
  cases s
  simp only [oscBack, oscStep, Samples.mk.injEq]
  grind

/-- The motion is reversible the other way round. -/
theorem osc_step_back (c : Int) (s : Samples) : oscStep c (oscBack c s) = s := by
  cases s
  simp only [oscBack, oscStep, Samples.mk.injEq]
  grind

/-- Different states never merge. -/
theorem osc_step_injective (c : Int) (s t : Samples) (h : oscStep c s = oscStep c t) : s = t := by
  rw [← osc_back_step c s, h, osc_back_step]

/-- Every state has a past. -/
theorem osc_step_surjective (c : Int) (s : Samples) : ∃ t, oscStep c t = s := by
  exact ⟨oscBack c s, osc_step_back c s⟩

/-- At rest in equilibrium the oscillator stays there. -/
theorem osc_equilibrium (c : Int) (n : Nat) : oscEvolve c ⟨0, 0⟩ n = ⟨0, 0⟩ := by
  induction n with
  | zero => rfl
  | succ n ih => simp [oscEvolve, oscStep, ih]

/-- Superposition: the sum of two motions is a motion. -/
theorem osc_superposition (c x y u v : Int) :
    oscStep c ⟨x + u, y + v⟩ = ⟨(oscStep c ⟨x, y⟩).now + (oscStep c ⟨u, v⟩).now,
      (oscStep c ⟨x, y⟩).next + (oscStep c ⟨u, v⟩).next⟩ := by
  simp only [oscStep, Samples.mk.injEq]
  grind

/-- A phase advance of a right angle has period four. -/
theorem osc_period_four (s : Samples) : oscEvolve 0 s 4 = s := by
  cases s
  simp [oscEvolve, oscStep]

/-- A phase advance of sixty degrees has period six. -/
theorem osc_period_six (s : Samples) : oscEvolve 1 s 6 = s := by
  cases s
  simp only [oscEvolve, oscStep, Samples.mk.injEq]
  omega

/-- A phase advance of a hundred and twenty degrees has period three. -/
theorem osc_period_three (s : Samples) : oscEvolve (-1) s 3 = s := by
  cases s
  simp only [oscEvolve, oscStep, Samples.mk.injEq]
  omega

/-- With `c = 2` there is no restoring force: a particle at rest stays at rest. -/
theorem osc_free_particle (x : Int) (n : Nat) : oscEvolve 2 ⟨x, x⟩ n = ⟨x, x⟩ := by
  induction n with
  | zero => rfl
  | succ n ih =>
    simp only [oscEvolve, ih, oscStep, Samples.mk.injEq]
    grind

/-- Twice the elongation, four times the energy. -/
theorem osc_energy_scale (c k : Int) (s : Samples) : oscEnergy c ⟨k * s.now, k * s.next⟩ = k ^ 2 * oscEnergy c s := by
  grind [oscEnergy]

/-- Friction shrinks the energy by the square of the damping factor. -/
theorem damped_energy_step (c d : Int) (s : Samples) : oscEnergy c (dampedStep c d s) = d ^ 2 * oscEnergy c s := by
  simp only [oscEnergy, dampedStep]
  grind

/-- Without friction the damped oscillator is the free one. -/
theorem damped_step_one (c : Int) (s : Samples) : dampedStep c 1 s = oscStep c s := by
  simp [dampedStep, oscStep]

/-- For a right-angle phase advance the energy is never negative. -/
theorem osc_energy_nonneg (s : Samples) : 0 ≤ oscEnergy 0 s := by
  have h1 : 0 ≤ s.now ^ 2 := Int.pow_nonneg_of_even (by decide)
  have h2 : 0 ≤ s.next ^ 2 := Int.pow_nonneg_of_even (by decide)
  simp only [oscEnergy]
  omega

/-- A quarter period conserves the sum of squares of position and momentum. -/
theorem quarter_period_energy (s : Int × Int) :
    (quarterPeriod s).1 ^ 2 + (quarterPeriod s).2 ^ 2 = s.1 ^ 2 + s.2 ^ 2 := by
  simp only [quarterPeriod]
  grind

/-- Half a period turns the elongation round. -/
theorem half_period (s : Int × Int) : quarterPeriod (quarterPeriod s) = (-s.1, -s.2) := by
  rfl

/-- After four quarters the oscillator is back. -/
theorem quarters_period (s : Int × Int) (n : Nat) : quarters s (n + 4) = quarters s n := by
  simp [quarters, quarterPeriod]

/-- Any number of quarter periods conserves the energy. -/
theorem quarters_energy (s : Int × Int) (n : Nat) : (quarters s n).1 ^ 2 + (quarters s n).2 ^ 2 = s.1 ^ 2 + s.2 ^ 2 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [quarters, quarter_period_energy, ih]

end PhysCore.ClassicalMechanics
