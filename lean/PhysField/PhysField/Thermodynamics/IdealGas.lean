import PhysField.Mathematics.Series
import PhysField.Thermodynamics.ClausiusCycles

/-!
# Ideal gases and their cycles

A gas with `p v = r t` for the amount at hand (`r` is its amount times the gas constant) and the heat capacity `c` at constant volume.
Mayer's relation, adiabatic indices, work in steps of constant outer pressure, and cycles: rectangular, Carnot, Otto, Stirling. `l` stands
for the logarithm of a ratio of volumes. An isothermal atmosphere in layers, and the pressure of molecules in a box.
Source: Callen, Thermodynamics and an Introduction to Thermostatistics, chapters 3 and 4; Fermi, Thermodynamics, chapter 2.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Pressure of an ideal gas. -/
def idealPressure (r t v : K) : K := r * t / v

/-- Heat capacity at constant pressure: heat per temperature where the gas also does the work of its expansion. -/
def idealCapacityP (r c p t d : K) : K := (c * d + p * (r * (t + d) / p - r * t / p)) / d

/-- Adiabatic index of a gas whose molecules have `f` degrees of freedom. -/
def adiabaticIndex (f : K) : K := (f + 2) / f

/-- Work of a gas that expands in `n` steps from `v 0` to `v n`, each against the pressure at its end. -/
def stepWork (r t : K) (v : Nat → K) (n : Nat) : K := partialSum (fun k => idealPressure r t (v (k + 1)) * (v (k + 1) - v k)) n

/-- Heat taken in by a cycle that is a rectangle of pressures `p`, `q` and volumes `v`, `w`. -/
def rectangleHeat (r c p q v w : K) : K := c / r * ((q - p) * v) + (c / r + 1) * (q * (w - v))

/-- Heat taken in by an isothermal expansion whose volumes have a ratio of logarithm `l`. -/
def isothermalHeat (r t l : K) : K := r * t * l

/-- Pressure of an isothermal atmosphere, each layer of which loses the fraction `x`, after `n` layers. -/
def layerPressure (p x : K) : Nat → K
  | 0 => p
  | n + 1 => layerPressure p x n - x * layerPressure p x n

/-- Mayer's relation: the heat capacities differ by the gas constant. -/
theorem mayer (r c p t d : K) (hp : 0 < p) (hd : d ≠ 0) : idealCapacityP r c p t d = c + r := by
  have h : c * d + p * (r * (t + d) / p - r * t / p) = (c + r) * d := by grind
  rw [idealCapacityP, h]
  grind

/-- More degrees of freedom make the adiabats of a gas flatter. -/
theorem adiabaticIndex_lt (f g : K) (hf : 0 < f) (h : f < g) : adiabaticIndex g < adiabaticIndex f := by
  rw [adiabaticIndex, adiabaticIndex, div_lt_div_iff (by grind) hf]
  grind

/-- The adiabatic index lies above one, and with three or more degrees of freedom at most at 5/3. -/
theorem adiabaticIndex_bounds (f : K) (hf : 3 ≤ f) : 1 < adiabaticIndex f ∧ adiabaticIndex f ≤ 5 / 3 := by
  constructor
  · rw [adiabaticIndex, lt_div_iff (by grind)]
    grind
  · rw [adiabaticIndex, div_le_div_iff (by grind) (by grind)]
    grind

/-- The adiabatic index measures the degrees of freedom of the molecules. -/
theorem degrees_of_freedom (f g : K) (hf : 0 < f) (h : g = adiabaticIndex f) : f = 2 / (g - 1) := by
  have k : g - 1 = 2 / f := by grind [adiabaticIndex]
  rw [k]
  grind

/-- An isothermal expansion in more steps does more work: an intermediate stop always gains. -/
theorem stop_gains (r t u v w : K) (hr : 0 < r) (ht : 0 < t) (hu : 0 < u) (huv : u < v) (hvw : v < w) :
    idealPressure r t w * (w - u) < idealPressure r t v * (v - u) + idealPressure r t w * (w - v) := by
  have h := div_lt_div_left (mul_pos hr ht) (show 0 < v by grind) hvw
  have k := mul_lt_mul_right (show 0 < v - u by grind) h
  rw [idealPressure, idealPressure]
  grind

/-- The best intermediate stop is at the geometric mean `s` of the volumes. -/
theorem best_stop (r t u w s v : K) (hr : 0 < r) (ht : 0 < t) (hs : 0 < s) (hv : 0 < v) (hw : 0 < w) (h : s ^ 2 = u * w) :
    idealPressure r t v * (v - u) + idealPressure r t w * (w - v)
      ≤ idealPressure r t s * (s - u) + idealPressure r t w * (w - s) := by
  have e : ∀ x, 0 < x → idealPressure r t x * (x - u) + idealPressure r t w * (w - x)
      = r * t * 2 - r * t * ((s ^ 2 + x ^ 2) / (x * w)) := by
    intro x hx
    have p : x * w ≠ 0 := by grind [mul_pos hx hw]
    rw [h]
    grind [idealPressure]
  have k : (s ^ 2 + s ^ 2) / (s * w) ≤ (s ^ 2 + v ^ 2) / (v * w) := by
    rw [div_le_div_iff (mul_pos hs hw) (mul_pos hv hw)]
    have m := mul_nonneg (mul_nonneg (show 0 ≤ s by grind) (show 0 ≤ w by grind)) (sq_nonneg (v - s))
    grind
  have l := mul_le_mul_left (show 0 ≤ r * t by grind [mul_pos hr ht]) k
  rw [e v hv, e s hs]
  grind

/-- In `n` steps of equal volume ratio `x` the gas does `n r t (1 - 1 / x)` of work. -/
theorem stepWork_geometric (r t x : K) (v : Nat → K) (n : Nat) (h0 : ∀ k, v k ≠ 0) (h : ∀ k, v (k + 1) = x * v k) :
    stepWork r t v n = n * (r * t * (1 - 1 / x)) := by
  induction n with
  | zero => grind [stepWork, partialSum]
  | succ n ih =>
    have e : idealPressure r t (v (n + 1)) * (v (n + 1) - v n) = r * t * (1 - 1 / x) := by
      have p := h0 n
      rw [h, idealPressure]
      grind
    rw [stepWork, partialSum, e, ← stepWork, ih]
    grind

/-- Compression in one step costs more than the expansion back in one step yields. -/
theorem one_step_loss (r t v w : K) (hr : 0 < r) (ht : 0 < t) (hv : 0 < v) (h : v < w) :
    idealPressure r t w * (w - v) < idealPressure r t v * (w - v) := by
  exact mul_lt_mul_right (by grind) (div_lt_div_left (mul_pos hr ht) hv h)

/-- The first law for a rectangular cycle: its area is the heat taken in less the heat given off on the way back. -/
theorem rectangle_first_law (r c p q v w : K) :
    (q - p) * (w - v) = rectangleHeat r c p q v w - (c / r * ((q - p) * w) + (c / r + 1) * (p * (w - v))) := by
  grind [rectangleHeat]

/-- A rectangular cycle turns less than the fraction `r / (c + r)` of its heat into work: less than 2/5 for a monatomic gas. -/
theorem rectangle_bound (r c p q v w : K) (hr : 0 < r) (hc : 0 < c) (hp : 0 < p) (hq : p < q) (hv : 0 < v) (hw : v < w) :
    (q - p) * (w - v) < r / (c + r) * rectangleHeat r c p q v w := by
  have a := mul_pos hc (mul_pos (show 0 < q - p by grind) hv)
  have b := mul_pos hp (show 0 < w - v by grind)
  have b' := mul_pos (show 0 < c + r by grind) b
  have e : r / (c + r) * rectangleHeat r c p q v w = (c * ((q - p) * v) + (c + r) * (q * (w - v))) / (c + r) := by
    have h : c + r ≠ 0 := by grind
    grind [rectangleHeat]
  rw [e, lt_div_iff (show 0 < c + r by grind)]
  grind

/-- An ideal gas on Carnot's cycle makes no entropy: the thermometer of the ideal gas shows the thermodynamic temperature. -/
theorem ideal_carnot (r th tc l : K) (hh : 0 < th) (hc : 0 < tc) :
    isothermalHeat r th l / th = isothermalHeat r tc l / tc := by
  grind [isothermalHeat]

/-- Otto's cycle, whose adiabats multiply temperatures by `x`, has the efficiency `1 - 1 / x`. -/
theorem otto_efficiency (c x t s : K) (hx : x ≠ 0) (hc : c ≠ 0) (h : s ≠ t) :
    (c * (x * s - x * t) - c * (s - t)) / (c * (x * s - x * t)) = 1 - 1 / x := by
  have k : s - t ≠ 0 := by grind
  have e : c * (x * s - x * t) = x * (c * (s - t)) := by grind
  have f : c * (s - t) ≠ 0 := by grind
  rw [e]
  grind

/-- Otto's efficiency is less than Carnot's between the extreme temperatures `x s` and `t`. -/
theorem otto_lt_carnot (x t s : K) (hx : 0 < x) (ht : 0 < t) (h : t < s) : 1 - 1 / x < reversibleEfficiency (x * s) t := by
  have k : t / (x * s) < 1 / x := by
    rw [div_lt_div_iff (mul_pos hx (by grind)) hx]
    have m := mul_lt_mul_left hx h
    grind
  rw [reversibleEfficiency]
  grind

/-- Between given extreme temperatures `g²` and `f²` Otto's cycle does at most the work `c (g - f)²`. -/
theorem otto_work_le (c x f g : K) (hc : 0 ≤ c) (hx : 0 < x) :
    c * ((g ^ 2 - x * f ^ 2) - (g ^ 2 / x - f ^ 2)) ≤ c * (g - f) ^ 2 := by
  have e : (g - f) ^ 2 - ((g ^ 2 - x * f ^ 2) - (g ^ 2 / x - f ^ 2)) = (g - x * f) ^ 2 / x := by grind
  have k := div_nonneg (sq_nonneg (g - x * f)) (show 0 ≤ x by grind)
  exact mul_le_mul_left hc (by grind)

/-- Stirling's cycle without a regenerator is worse than Carnot's: it heats the gas from the hot bath. -/
theorem stirling_lt_carnot (r c th tc l : K) (hr : 0 < r) (hc : 0 < c) (hl : 0 < l) (ht : 0 < tc) (h : tc < th) :
    (isothermalHeat r th l - isothermalHeat r tc l) / (isothermalHeat r th l + c * (th - tc)) < reversibleEfficiency th tc := by
  have a := mul_pos (mul_pos hr (show 0 < th by grind)) hl
  have b := mul_pos hc (show 0 < th - tc by grind)
  have e : reversibleEfficiency th tc = (isothermalHeat r th l - isothermalHeat r tc l) / isothermalHeat r th l := by
    have p : isothermalHeat r th l ≠ 0 := by grind [isothermalHeat]
    grind [reversibleEfficiency, isothermalHeat]
  rw [e]
  have n := mul_pos (mul_pos hr (show 0 < th - tc by grind)) hl
  exact div_lt_div_left (by grind [isothermalHeat]) (by grind [isothermalHeat]) (by grind)

/-- The pressure of an isothermal atmosphere falls geometrically with the height: the barometric formula in layers. -/
theorem barometric (p x : K) (n : Nat) : layerPressure p x n = (1 - x) ^ n * p := by
  exact geometric_of_step (1 - x) (layerPressure p x) n fun k => by grind [layerPressure]

/-- An isothermal atmosphere reaches higher than one of constant density: its pressure is at least the linear one. -/
theorem barometric_ge (p x : K) (n : Nat) (hp : 0 ≤ p) (hx : x ≤ 1) : (1 - n * x) * p ≤ layerPressure p x n := by
  have h := bernoulli (show -1 ≤ -x by grind) n
  have k := mul_le_mul_right hp h
  rw [barometric, show 1 - x = 1 + -x by grind]
  grind

end PhysField.Thermodynamics
