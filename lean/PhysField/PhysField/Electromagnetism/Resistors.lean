import PhysField.Mathematics.OrderedField

/-!
# Networks of resistors

Ohmic resistors in series and in parallel, dividers, the Wheatstone bridge, and two extremal laws: a source gives most power to a load
that equals its own resistance, and currents divide so that least heat is made.
Source: Horowitz, Hill, The Art of Electronics, chapter 1; Feynman, Leighton, Sands, Lectures on Physics, volume 2, chapter 22.
-/
namespace PhysField.Electromagnetism
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Resistance of two resistors side by side. -/
def parallel (r s : K) : K := r * s / (r + s)

/-- Power that a source of voltage `u` and inner resistance `r` gives to a load `x`. -/
def loadPower (u r x : K) : K := u ^ 2 * x / (r + x) ^ 2

/-- Heat made a second by a current `i` of which `j` flows through the resistor `r` and the rest through `s`. -/
def jouleHeat (r s i j : K) : K := r * j ^ 2 + s * (i - j) ^ 2

/-- Voltage between the arms of a bridge of resistors `a`, `b` beside `c`, `d` under the voltage `u`. -/
def bridgeVoltage (u a b c d : K) : K := u * b / (a + b) - u * d / (c + d)

/-- The order of parallel resistors does not matter. -/
theorem parallel_comm (r s : K) : parallel r s = parallel s r := by
  grind [parallel]

/-- Parallel resistors of positive resistance have a positive one. -/
theorem parallel_pos (r s : K) (hr : 0 < r) (hs : 0 < s) : 0 < parallel r s := by
  exact div_pos (mul_pos hr hs) (by grind)

/-- Conductances of parallel resistors add. -/
theorem parallel_inv (r s : K) (hr : 0 < r) (hs : 0 < s) : (parallel r s)⁻¹ = r⁻¹ + s⁻¹ := by
  have h : r + s ≠ 0 := by grind
  have k := mul_pos hr hs
  grind [parallel]

/-- A resistor put beside another one lowers its resistance. -/
theorem parallel_lt (r s : K) (hr : 0 < r) (hs : 0 < s) : parallel r s < r := by
  have h := mul_pos hr hr
  rw [parallel, div_lt_iff (show 0 < r + s by grind)]
  grind

/-- Parallel resistors have at most a quarter of the resistance that they have in series. -/
theorem parallel_le_quarter (r s : K) (hr : 0 < r) (hs : 0 < s) : parallel r s ≤ (r + s) / 4 := by
  have h := sq_nonneg (r - s)
  rw [parallel, div_le_iff (show 0 < r + s by grind)]
  grind

/-- A larger resistor beside the same one gives a larger resistance. -/
theorem parallel_lt_parallel (r s t : K) (hr : 0 < r) (hs : 0 < s) (h : s < t) : parallel r s < parallel r t := by
  have k := mul_pos (mul_pos hr hr) (show 0 < t - s by grind)
  rw [parallel, parallel, div_lt_div_iff (show 0 < r + s by grind) (show 0 < r + t by grind)]
  grind

/-- The current through parallel resistors divides inversely to them. -/
theorem current_divider (r s i j : K) (hr : 0 < r) (hs : 0 < s) (h : r * j = s * (i - j)) :
    j = i * s / (r + s) := by
  have k : r + s ≠ 0 := by grind
  grind

/-- The voltages of a divider add to the whole. -/
theorem voltage_divider (u r s : K) (hr : 0 < r) (hs : 0 < s) : u * r / (r + s) + u * s / (r + s) = u := by
  have k : r + s ≠ 0 := by grind
  grind

/-- A bridge is balanced exactly when its arms divide alike (Wheatstone). -/
theorem bridge_balanced (u a b c d : K) (hu : u ≠ 0) (h : a + b ≠ 0) (k : c + d ≠ 0) :
    bridgeVoltage u a b c d = 0 ↔ a * d = b * c := by
  have e : bridgeVoltage u a b c d * ((a + b) * (c + d)) = u * (b * c - a * d) := by grind [bridgeVoltage]
  constructor
  · intro z
    have f : u * (b * c - a * d) = 0 := by grind
    rcases mul_eq_zero.mp f with g | g <;> grind
  · intro z
    have f : bridgeVoltage u a b c d * ((a + b) * (c + d)) = 0 := by grind
    have p : (a + b) * (c + d) ≠ 0 := by
      intro q
      rcases mul_eq_zero.mp q with g | g <;> grind
    rcases mul_eq_zero.mp f with g | g <;> grind

/-- A load that equals the resistance of its source takes a quarter of the power of a short circuit. -/
theorem loadPower_matched (u r : K) : loadPower u r r = u ^ 2 / (4 * r) := by
  grind [loadPower]

/-- No load takes more power than one that equals the resistance of its source (maximum power transfer). -/
theorem loadPower_le_matched (u r x : K) (hr : 0 < r) (hx : 0 < x) : loadPower u r x ≤ u ^ 2 / (4 * r) := by
  have h := mul_nonneg (sq_nonneg u) (sq_nonneg (r - x))
  have p := sq_pos (show r + x ≠ 0 by grind)
  rw [loadPower, div_le_div_iff p (show 0 < 4 * r by grind)]
  grind

/-- The heat above the least one is that of the misplaced current in both resistors. -/
theorem jouleHeat_eq (r s i j k : K) (h : r * k = s * (i - k)) :
    jouleHeat r s i j = jouleHeat r s i k + (r + s) * (j - k) ^ 2 := by
  grind [jouleHeat]

/-- Currents divide so that least heat is made. -/
theorem jouleHeat_least (r s i j k : K) (hr : 0 < r) (hs : 0 < s) (h : r * k = s * (i - k)) :
    jouleHeat r s i k ≤ jouleHeat r s i j := by
  have e := jouleHeat_eq r s i j k h
  have p := mul_nonneg (show 0 ≤ r + s by grind) (sq_nonneg (j - k))
  grind

end PhysField.Electromagnetism
