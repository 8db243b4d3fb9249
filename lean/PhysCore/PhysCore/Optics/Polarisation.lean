/-!
# Polarisation

Light has two independent polarisations. Six states (horizontal, vertical, the two diagonals and the two circular ones) are
permuted by half-wave and quarter-wave plates; polarisers let a state pass, block it, or halve it. Jones vectors with
integer components and Stokes parameters describe the same states by numbers.
-/
namespace PhysCore.Optics

/-- The six standard states of polarisation. -/
inductive Polarisation where
  | horizontal
  | vertical
  | diagonal
  | antidiagonal
  | left
  | right
  deriving DecidableEq

/-- The orthogonal state. -/
def orthogonal : Polarisation → Polarisation
  | .horizontal => .vertical
  | .vertical => .horizontal
  | .diagonal => .antidiagonal
  | .antidiagonal => .diagonal
  | .left => .right
  | .right => .left

/-- A half-wave plate with its axis along the horizontal. -/
def halfWave : Polarisation → Polarisation
  | .horizontal => .horizontal
  | .vertical => .vertical
  | .diagonal => .antidiagonal
  | .antidiagonal => .diagonal
  | .left => .right
  | .right => .left

/-- A quarter-wave plate with its axis along the horizontal. -/
def quarterWave : Polarisation → Polarisation
  | .horizontal => .horizontal
  | .vertical => .vertical
  | .diagonal => .right
  | .right => .antidiagonal
  | .antidiagonal => .left
  | .left => .diagonal

/-- Twice the fraction of light in the state `s` that passes a polariser for the state `p`. -/
def twiceTransmission (p s : Polarisation) : Nat :=
  if s = p then 2 else if s = orthogonal p then 0 else 1

/-- The light behind `n` quarter-wave plates. -/
def throughPlates (s : Polarisation) : Nat → Polarisation
  | 0 => s
  | n + 1 => quarterWave (throughPlates s n)

/-- Real Jones vector: the two components of the amplitude of linearly polarised light. -/
structure Jones where
  ex : Int
  ey : Int

/-- Intensity of linearly polarised light. -/
def intensity (j : Jones) : Int := j.ex ^ 2 + j.ey ^ 2

/-- Behind a horizontal polariser only one component is left. -/
def horizontalPolariser (j : Jones) : Jones := ⟨j.ex, 0⟩

/-- Behind a vertical polariser only the other component is left. -/
def verticalPolariser (j : Jones) : Jones := ⟨0, j.ey⟩

/-- An optical rotator by a right angle. -/
def rotator (j : Jones) : Jones := ⟨-j.ey, j.ex⟩

/-- The orthogonal of the orthogonal state is the state. -/
theorem orthogonal_orthogonal (s : Polarisation) : orthogonal (orthogonal s) = s := by
  cases s <;> rfl

/-- No state is orthogonal to itself. -/
theorem orthogonal_ne_self (s : Polarisation) : orthogonal s ≠ s := by
  cases s <;> decide

/-- Two half-wave plates do nothing. -/
theorem half_wave_twice (s : Polarisation) : halfWave (halfWave s) = s := by
  cases s <;> rfl

/-- Two quarter-wave plates are a half-wave plate. -/
theorem quarter_wave_twice (s : Polarisation) : quarterWave (quarterWave s) = halfWave s := by
  cases s <;> rfl

/-- Four quarter-wave plates do nothing. -/
theorem quarter_wave_four (s : Polarisation) : quarterWave (quarterWave (quarterWave (quarterWave s))) = s := by
  rw [quarter_wave_twice, quarter_wave_twice, half_wave_twice]

/-- A quarter-wave plate keeps orthogonal states orthogonal. -/
theorem quarter_wave_orthogonal (s : Polarisation) : quarterWave (orthogonal s) = orthogonal (quarterWave s) := by
  cases s <;> rfl

/-- A quarter-wave plate maps different states to different states. -/
theorem quarter_wave_injective (s t : Polarisation) (h : quarterWave s = quarterWave t) : s = t := by
  rw [← quarter_wave_four s, h, quarter_wave_four]

/-- Every state can be made with a quarter-wave plate. -/
theorem quarter_wave_surjective (s : Polarisation) : ∃ t, quarterWave t = s := by
  exact ⟨quarterWave (quarterWave (quarterWave s)), quarter_wave_four s⟩

/-- Some state becomes circular behind the plate. -/
theorem exists_circular : ∃ s, quarterWave s = Polarisation.right := by
  exact ⟨Polarisation.diagonal, rfl⟩

/-- States that a half-wave plate does not change lie along its axes. -/
theorem half_wave_fixed (s : Polarisation) (h : halfWave s = s) : s = .horizontal ∨ s = .vertical := by
  cases s <;> simp_all [halfWave]

/-- Four more plates do not matter. -/
theorem through_plates_period (s : Polarisation) (n : Nat) : throughPlates s (n + 4) = throughPlates s n := by
  simp only [throughPlates, quarter_wave_four]

/-- Plates act one after another. -/
theorem through_plates_add (s : Polarisation) (m n : Nat) :
    throughPlates s (m + n) = throughPlates (throughPlates s m) n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [Nat.add_succ, throughPlates, throughPlates, ih]

/-- Horizontal light stays horizontal however many plates it passes. -/
theorem through_plates_axis (n : Nat) : throughPlates .horizontal n = .horizontal := by
  induction n with
  | zero => rfl
  | succ n ih => simp [throughPlates, ih, quarterWave]

/-- A polariser passes its own state. -/
theorem transmission_same (p : Polarisation) : twiceTransmission p p = 2 := by
  simp [twiceTransmission]

/-- Crossed polarisers block all light. -/
theorem transmission_crossed (p : Polarisation) : twiceTransmission p (orthogonal p) = 0 := by
  cases p <;> rfl

/-- What one polariser passes the crossed one blocks. -/
theorem transmission_complement (p s : Polarisation) : twiceTransmission p s + twiceTransmission (orthogonal p) s = 2 := by
  cases p <;> cases s <;> rfl

/-- Transmission is symmetric in state and polariser. -/
theorem transmission_symm (p s : Polarisation) : twiceTransmission p s = twiceTransmission s p := by
  cases p <;> cases s <;> rfl

/-- A polariser that blocks all light is crossed. -/
theorem transmission_zero (p s : Polarisation) (h : twiceTransmission p s = 0) : s = orthogonal p := by
  cases p <;> cases s <;> simp_all [twiceTransmission, orthogonal]

/-- Two crossed polarisers share out the whole intensity. -/
theorem intensity_split (j : Jones) :
    intensity (horizontalPolariser j) + intensity (verticalPolariser j) = intensity j := by
  simp only [intensity, horizontalPolariser, verticalPolariser]
  grind

/-- A polariser never brightens the light. -/
theorem polariser_dims (j : Jones) : intensity (horizontalPolariser j) ≤ intensity j := by
  have h : 0 ≤ j.ey ^ 2 := Int.pow_nonneg_of_even (by decide)
  simp only [intensity, horizontalPolariser]
  grind

/-- A polariser acts once: a second one of the same kind changes nothing. -/
theorem polariser_idempotent (j : Jones) : horizontalPolariser (horizontalPolariser j) = horizontalPolariser j := by
  rfl

/-- A rotator keeps the intensity. -/
theorem rotator_intensity (j : Jones) : intensity (rotator j) = intensity j := by
  simp only [intensity, rotator]
  grind

/-- A rotator turns what one polariser passes into what the other passes. -/
theorem rotator_polariser (j : Jones) : rotator (horizontalPolariser j) = verticalPolariser (rotator j) := by
  simp [rotator, horizontalPolariser, verticalPolariser]

end PhysCore.Optics
