/-!
# Processes in the pressure-volume plane

A gas passes through isobaric and isochoric steps. In an isobaric step it does the work `p ΔV`, in an isochoric step none. Its internal energy is a
state function, here `f p V` with a whole number `f`; heat follows from the first law and, like work, depends on the path. Around a rectangle the net work is the enclosed area.
-/

namespace PhysCore.Thermodynamics

/-- A state of the gas. -/
structure GasState where
  pressure : Int
  volume : Int
  deriving DecidableEq

/-- A step: a change of volume at constant pressure, or of pressure at constant volume. -/
inductive GasStep where
  | isobaric (dv : Int)
  | isochoric (dp : Int)

/-- The state after a step. -/
def gasStep : GasStep → GasState → GasState
  | .isobaric dv, s => ⟨s.pressure, s.volume + dv⟩
  | .isochoric dp, s => ⟨s.pressure + dp, s.volume⟩

/-- The work done by the gas in a step. -/
def stepWork : GasStep → GasState → Int
  | .isobaric dv, s => s.pressure * dv
  | .isochoric _, _ => 0

/-- The internal energy (a state function), in units fixed by the number of degrees of freedom. -/
def internalEnergy (f : Int) (s : GasState) : Int := f * (s.pressure * s.volume)

/-- The step that leads back. -/
def reverseStep : GasStep → GasStep
  | .isobaric dv => .isobaric (-dv)
  | .isochoric dp => .isochoric (-dp)

/-- The state at the end of a process. -/
def finalState : List GasStep → GasState → GasState
  | [], s => s
  | a :: l, s => finalState l (gasStep a s)

/-- The work done by the gas in a process. -/
def processWork : List GasStep → GasState → Int
  | [], _ => 0
  | a :: l, s => stepWork a s + processWork l (gasStep a s)

/-- The heat taken in by a step, from the first law. -/
def stepHeat (f : Int) (a : GasStep) (s : GasState) : Int :=
  internalEnergy f (gasStep a s) - internalEnergy f s + stepWork a s

/-- The heat taken in during a process. -/
def processHeat (f : Int) : List GasStep → GasState → Int
  | [], _ => 0
  | a :: l, s => stepHeat f a s + processHeat f l (gasStep a s)

/-- A rectangle in the pressure-volume plane. -/
def rectangle (dp dv : Int) : List GasStep := [.isobaric dv, .isochoric (-dp), .isobaric (-dv), .isochoric dp]

/-- A step can be undone. -/
theorem gasStep_reverse (a : GasStep) (s : GasState) : gasStep (reverseStep a) (gasStep a s) = s := by
  cases a <;> cases s <;> simp [gasStep, reverseStep] <;> omega

/-- Reversing a step twice gives the step. -/
theorem reverseStep_reverseStep (a : GasStep) : reverseStep (reverseStep a) = a := by
  cases a <;> simp [reverseStep]

/-- The way back costs the work that the way out has done. -/
theorem stepWork_reverse (a : GasStep) (s : GasState) : stepWork (reverseStep a) (gasStep a s) = -stepWork a s := by
  cases a <;> simp [stepWork, reverseStep, gasStep, Int.mul_neg]

/-- No work is done at constant volume. -/
theorem isochoric_no_work (dp : Int) (s : GasState) : stepWork (.isochoric dp) s = 0 := by
  simp [stepWork]

/-- Heat at constant volume changes the internal energy only. -/
theorem stepHeat_isochoric (f dp : Int) (s : GasState) : stepHeat f (.isochoric dp) s = f * (dp * s.volume) := by
  simp only [stepHeat, internalEnergy, gasStep, stepWork]
  grind

/-- Heat at constant pressure: the capacity is larger by the work. -/
theorem stepHeat_isobaric (f dv : Int) (s : GasState) :
    stepHeat f (.isobaric dv) s = (f + 1) * (s.pressure * dv) := by
  simp only [stepHeat, internalEnergy, gasStep, stepWork]
  grind

/-- First law for a step. -/
theorem step_first_law (f : Int) (a : GasStep) (s : GasState) :
    internalEnergy f (gasStep a s) - internalEnergy f s = stepHeat f a s - stepWork a s := by
  simp only [stepHeat]
  omega

/-- A process in two parts ends where the second part ends. -/
theorem finalState_append (l m : List GasStep) (s : GasState) :
    finalState (l ++ m) s = finalState m (finalState l s) := by
  induction l generalizing s with
  | nil => rfl
  | cons a l ih => simp [finalState, ih]

/-- The work of a process in two parts is a sum. -/
theorem processWork_append (l m : List GasStep) (s : GasState) :
    processWork (l ++ m) s = processWork l s + processWork m (finalState l s) := by
  induction l generalizing s with
  | nil => simp [processWork, finalState]
  | cons a l ih => simp only [List.cons_append, processWork, finalState, ih]; omega

/-- First law for a whole process. -/
theorem process_first_law (f : Int) (l : List GasStep) (s : GasState) :
    internalEnergy f (finalState l s) = internalEnergy f s + processHeat f l s - processWork l s := by
  induction l generalizing s with
  | nil => simp [finalState, processHeat, processWork]
  | cons a l ih => simp only [finalState, processHeat, processWork, ih, stepHeat]; omega

/-- In a cycle heat taken in equals work done. -/
theorem cycle_heat_eq_work (f : Int) (l : List GasStep) (s : GasState) (h : finalState l s = s) :
    processHeat f l s = processWork l s := by
  have h1 := process_first_law f l s
  rw [h] at h1
  omega

/-- The rectangle is a cycle. -/
theorem rectangle_cycle (dp dv : Int) (s : GasState) : finalState (rectangle dp dv) s = s := by
  cases s
  simp [finalState, rectangle, gasStep]
  omega

/-- The work around the rectangle is its area. -/
theorem rectangle_work (dp dv : Int) (s : GasState) : processWork (rectangle dp dv) s = dp * dv := by
  simp only [processWork, rectangle, gasStep, stepWork]
  grind

/-- The heat around the rectangle is its area too. -/
theorem rectangle_heat (f dp dv : Int) (s : GasState) : processHeat f (rectangle dp dv) s = dp * dv := by
  rw [cycle_heat_eq_work f (rectangle dp dv) s (rectangle_cycle dp dv s), rectangle_work]

/-- Every state is reached from every other one. -/
theorem exists_process (s t : GasState) : ∃ l, finalState l s = t := by
  refine ⟨[.isobaric (t.volume - s.volume), .isochoric (t.pressure - s.pressure)], ?_⟩
  cases s
  cases t
  simp [finalState, gasStep]
  omega

/-- Work depends on the path: cycles of any work start at any state. -/
theorem exists_cycle_work (w : Int) (s : GasState) : ∃ l, finalState l s = s ∧ processWork l s = w := by
  refine ⟨rectangle 1 w, rectangle_cycle 1 w s, ?_⟩
  rw [rectangle_work, Int.one_mul]

/-- Expansion at positive pressure does work. -/
theorem expansion_work (dv : Int) (s : GasState) (hp : 0 < s.pressure) (hv : 0 < dv) :
    0 < stepWork (.isobaric dv) s := by
  simp only [stepWork]
  exact Int.mul_pos hp hv

end PhysCore.Thermodynamics
