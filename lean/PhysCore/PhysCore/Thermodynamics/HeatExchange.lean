/-!
# Heat exchange and calorimetry

Bodies with constant heat capacities exchange heat. The heat content is capacity times temperature; heat lost by one body is gained by
the other, and the final temperature `T` of two bodies in contact obeys `(c₁ + c₂) T = c₁ T₁ + c₂ T₂`. Temperatures and heat are integers in
units small enough.
-/

namespace PhysCore.Thermodynamics

/-- A body with a constant heat capacity and a temperature. -/
structure Body where
  capacity : Int
  temperature : Int
  deriving DecidableEq

/-- The heat content, with zero at zero temperature. -/
def heatContent (b : Body) : Int := b.capacity * b.temperature

/-- The heat needed to warm a body up to a temperature. -/
def heatToReach (b : Body) (t : Int) : Int := b.capacity * (t - b.temperature)

/-- The body after its temperature has risen by `d`. -/
def warm (d : Int) (b : Body) : Body := ⟨b.capacity, b.temperature + d⟩

/-- Two bodies, in contact, have reached a common temperature without loss of heat. -/
def Equilibrium (b c : Body) (t : Int) : Prop := heatToReach b t + heatToReach c t = 0

/-- The heat content of many bodies. -/
def totalHeat : List Body → Int
  | [] => 0
  | b :: l => heatContent b + totalHeat l

/-- The heat capacity of many bodies. -/
def totalCapacity : List Body → Int
  | [] => 0
  | b :: l => b.capacity + totalCapacity l

/-- A body after `n` portions of warming by `d`. -/
def warmRepeatedly (d : Int) (b : Body) : Nat → Body
  | 0 => b
  | n + 1 => warm d (warmRepeatedly d b n)

/-- No heat is needed to stay at the same temperature. -/
theorem heatToReach_self (b : Body) : heatToReach b b.temperature = 0 := by
  simp [heatToReach]

/-- The heat needed is the change of the heat content. -/
theorem heatToReach_eq (b : Body) (t : Int) : heatToReach b t = b.capacity * t - heatContent b := by
  simp only [heatToReach, heatContent]
  grind

/-- Warming in two stages takes the same heat as in one. -/
theorem heatToReach_stages (b : Body) (s t : Int) :
    heatToReach b s + heatToReach ⟨b.capacity, s⟩ t = heatToReach b t := by
  simp only [heatToReach]
  grind

/-- The heat content rises by capacity times the rise of temperature. -/
theorem heatContent_warm (d : Int) (b : Body) : heatContent (warm d b) = heatContent b + b.capacity * d := by
  grind [heatContent, warm]

/-- Warming by two rises is warming by their sum. -/
theorem warm_warm (c d : Int) (b : Body) : warm c (warm d b) = warm (c + d) b := by
  simp only [warm, Body.mk.injEq]
  constructor <;> grind

/-- Warming and cooling by the same amount restores the body. -/
theorem warm_cool (d : Int) (b : Body) : warm (-d) (warm d b) = b := by
  cases b
  simp [warm]
  omega

/-- Richmann's rule for the temperature of a mixture. -/
theorem equilibrium_iff (b c : Body) (t : Int) :
    Equilibrium b c t ↔ (b.capacity + c.capacity) * t = heatContent b + heatContent c := by
  simp only [Equilibrium, heatToReach, heatContent]
  grind

/-- Equilibrium does not depend on the order of the bodies. -/
theorem equilibrium_comm (b c : Body) (t : Int) (h : Equilibrium b c t) : Equilibrium c b t := by
  simp only [Equilibrium] at *
  omega

/-- Two bodies of the same temperature are in equilibrium at it. -/
theorem equilibrium_same (b c : Body) (h : b.temperature = c.temperature) : Equilibrium b c b.temperature := by
  simp [Equilibrium, heatToReach, h]

/-- Bodies of equal capacity meet at the mean temperature. -/
theorem equilibrium_mean (k s d : Int) : Equilibrium ⟨k, s - d⟩ ⟨k, s + d⟩ s := by
  grind [Equilibrium, heatToReach]

/-- The temperature of equilibrium is unique. -/
theorem equilibrium_unique (b c : Body) (s t : Int) (hs : Equilibrium b c s) (ht : Equilibrium b c t)
    (h : 0 < b.capacity + c.capacity) : s = t := by
  rw [equilibrium_iff] at hs ht
  exact Int.eq_of_mul_eq_mul_left (Int.ne_of_gt h) (hs.trans ht.symm)

/-- Every body can be brought to equilibrium at any temperature by some other body of unit capacity. -/
theorem exists_equilibrium (b : Body) (t : Int) : ∃ c, c.capacity = 1 ∧ Equilibrium b c t := by
  refine ⟨⟨1, t + heatToReach b t⟩, rfl, ?_⟩
  grind [Equilibrium, heatToReach]

/-- To warm a body takes heat. -/
theorem heatToReach_nonneg (b : Body) (t : Int) (hc : 0 ≤ b.capacity) (ht : b.temperature ≤ t) :
    0 ≤ heatToReach b t := by
  simp only [heatToReach]
  exact Int.mul_nonneg hc (by omega)

/-- What warms one body takes heat from the other. -/
theorem heat_flows_down (b c : Body) (t : Int) (h : Equilibrium b c t) (hc : 0 ≤ b.capacity)
    (ht : b.temperature ≤ t) : heatToReach c t ≤ 0 := by
  have h1 := heatToReach_nonneg b t hc ht
  simp only [Equilibrium] at h
  omega

/-- Heat contents of two collections add. -/
theorem totalHeat_append (l m : List Body) : totalHeat (l ++ m) = totalHeat l + totalHeat m := by
  induction l with
  | nil => simp [totalHeat]
  | cons b l ih => grind [totalHeat]

/-- Warming all bodies alike takes the total capacity times the rise. -/
theorem totalHeat_warm (d : Int) (l : List Body) : totalHeat (l.map (warm d)) = totalHeat l + totalCapacity l * d := by
  induction l with
  | nil => simp [totalHeat, totalCapacity]
  | cons b l ih => simp only [List.map_cons, totalHeat, totalCapacity, heatContent_warm, ih]; grind

/-- Warming keeps the capacity. -/
theorem totalCapacity_warm (d : Int) (l : List Body) : totalCapacity (l.map (warm d)) = totalCapacity l := by
  induction l with
  | nil => rfl
  | cons b l ih => simp [totalCapacity, warm, ih]

/-- Portions of warming add up. -/
theorem warmRepeatedly_eq (d : Int) (b : Body) (n : Nat) : warmRepeatedly d b n = warm (n * d) b := by
  induction n with
  | zero => simp [warmRepeatedly, warm]
  | succ n ih => rw [warmRepeatedly, ih, warm_warm]; grind

/-- The heat taken up in portions. -/
theorem heatContent_repeatedly (d : Int) (b : Body) (n : Nat) :
    heatContent (warmRepeatedly d b n) = heatContent b + b.capacity * (n * d) := by
  rw [warmRepeatedly_eq, heatContent_warm]

end PhysCore.Thermodynamics
