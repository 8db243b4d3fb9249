/-!
# Addition of velocities

With `c = 1` and a velocity written as a ratio `d/t` of a distance and a time, Einstein's rule `(v + w)/(1 + v w)` becomes a rule
without division: distances `d t' + d' t`, times `t t' + d d'`. It is the composition of boosts, it leaves the velocity of light alone, and
two velocities below that of light never add up to it.
-/

namespace PhysCore.Relativity

/-- A velocity as the ratio of a distance and a time, in units of the velocity of light. -/
structure Velocity where
  dist : Int
  time : Int
  deriving DecidableEq

/-- Einstein's addition of velocities, denominators cleared. -/
def addVelocity (v w : Velocity) : Velocity :=
  ⟨v.dist * w.time + w.dist * v.time, v.time * w.time + v.dist * w.dist⟩

/-- Galilei's addition of velocities, denominators cleared. -/
def addGalilei (v w : Velocity) : Velocity := ⟨v.dist * w.time + w.dist * v.time, v.time * w.time⟩

/-- The opposite velocity. -/
def opposite (v : Velocity) : Velocity := ⟨-v.dist, v.time⟩

/-- Two ratios denote the same velocity. -/
def SameVelocity (v w : Velocity) : Prop := v.dist * w.time = w.dist * v.time

/-- The velocity of light. -/
def lightVelocity : Velocity := ⟨1, 1⟩

/-- Rest. -/
def atRest : Velocity := ⟨0, 1⟩

/-- The inverse squared Lorentz factor, denominators cleared: `t² - d²`. -/
def gammaForm (v : Velocity) : Int := v.time * v.time - v.dist * v.dist

/-- The velocity after `n` equal increments. -/
def repeatVelocity (v : Velocity) : Nat → Velocity
  | 0 => atRest
  | n + 1 => addVelocity v (repeatVelocity v n)

/-- Velocities add in any order. -/
theorem addVelocity_comm (v w : Velocity) : addVelocity v w = addVelocity w v := by
  simp only [addVelocity, Velocity.mk.injEq]
  constructor <;> grind

/-- Velocities add in any grouping. -/
theorem addVelocity_assoc (u v w : Velocity) :
    addVelocity (addVelocity u v) w = addVelocity u (addVelocity v w) := by
  simp only [addVelocity, Velocity.mk.injEq]
  constructor <;> grind

/-- Adding rest changes nothing. -/
theorem addVelocity_atRest (v : Velocity) : addVelocity v atRest = v := by
  cases v
  simp [addVelocity, atRest]

/-- Light has the same velocity for every observer. -/
theorem addVelocity_light (v : Velocity) : SameVelocity (addVelocity v lightVelocity) lightVelocity := by
  simp only [SameVelocity, addVelocity, lightVelocity]
  grind

/-- A velocity and its opposite add up to rest. -/
theorem addVelocity_opposite (v : Velocity) : SameVelocity (addVelocity v (opposite v)) atRest := by
  simp only [SameVelocity, addVelocity, opposite, atRest]
  grind

/-- The forms of the Lorentz factors multiply. -/
theorem gammaForm_add (v w : Velocity) : gammaForm (addVelocity v w) = gammaForm v * gammaForm w := by
  simp only [gammaForm, addVelocity]
  grind

/-- The Lorentz factor does not depend on the direction. -/
theorem gammaForm_opposite (v : Velocity) : gammaForm (opposite v) = gammaForm v := by
  grind [gammaForm, opposite]

/-- Light has no Lorentz factor. -/
theorem gammaForm_light : gammaForm lightVelocity = 0 := by
  rfl

/-- Two velocities below that of light add up to one below it. -/
theorem subluminal_add (v w : Velocity) (hv : 0 < gammaForm v) (hw : 0 < gammaForm w) :
    0 < gammaForm (addVelocity v w) := by
  rw [gammaForm_add]
  exact Int.mul_pos hv hw

/-- Nothing added to light gives anything but light. -/
theorem gammaForm_add_light (v : Velocity) : gammaForm (addVelocity v lightVelocity) = 0 := by
  rw [gammaForm_add, gammaForm_light, Int.mul_zero]

/-- The forms of repeated increments are powers. -/
theorem gammaForm_repeat (v : Velocity) (n : Nat) : gammaForm (repeatVelocity v n) = gammaForm v ^ n := by
  induction n with
  | zero => simp [repeatVelocity, atRest, gammaForm]
  | succ n ih => rw [repeatVelocity, gammaForm_add, ih, Int.pow_succ, Int.mul_comm]

/-- No number of increments reaches the velocity of light. -/
theorem repeat_subluminal (v : Velocity) (n : Nat) (h : 0 < gammaForm v) : 0 < gammaForm (repeatVelocity v n) := by
  rw [gammaForm_repeat]
  exact Int.pow_pos h

/-- Increments in two portions. -/
theorem repeatVelocity_add (v : Velocity) (m n : Nat) :
    repeatVelocity v (m + n) = addVelocity (repeatVelocity v m) (repeatVelocity v n) := by
  induction m with
  | zero => rw [Nat.zero_add, repeatVelocity, addVelocity_comm, addVelocity_atRest]
  | succ m ih => rw [Nat.succ_add, repeatVelocity, ih, repeatVelocity, addVelocity_assoc]

/-- Being the same velocity is symmetric. -/
theorem sameVelocity_symm (v w : Velocity) (h : SameVelocity v w) : SameVelocity w v := by
  simp only [SameVelocity] at *
  exact h.symm

/-- Relative velocity: any velocity is a given one plus some other. -/
theorem exists_relative_velocity (u v : Velocity) : ∃ w, SameVelocity (addVelocity u w) v := by
  refine ⟨addVelocity v (opposite u), ?_⟩
  simp only [SameVelocity, addVelocity, opposite]
  grind

/-- One half and one half of the velocity of light add up to four fifths of it. -/
theorem half_plus_half : SameVelocity (addVelocity ⟨1, 2⟩ ⟨1, 2⟩) ⟨4, 5⟩ := by
  simp [SameVelocity, addVelocity]

/-- Einstein's and Galilei's sums differ by the product of the distances, in the time alone. -/
theorem addVelocity_galilei (v w : Velocity) :
    addVelocity v w = ⟨(addGalilei v w).dist, (addGalilei v w).time + v.dist * w.dist⟩ := by
  simp [addVelocity, addGalilei]

/-- For velocities in the same direction Einstein's sum is the smaller one: its time is longer. -/
theorem addGalilei_time_le (v w : Velocity) (hv : 0 ≤ v.dist) (hw : 0 ≤ w.dist) :
    (addGalilei v w).time ≤ (addVelocity v w).time := by
  have h := Int.mul_nonneg hv hw
  simp only [addGalilei, addVelocity]
  omega

end PhysCore.Relativity
