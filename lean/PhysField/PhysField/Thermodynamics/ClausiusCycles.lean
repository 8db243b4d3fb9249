import PhysField.Mathematics.Series
import PhysField.Mathematics.Vector

/-!
# Cycles with many reservoirs

A machine takes the heats `q i`, some of them negative, from reservoirs of temperatures `t i` in a cycle and does the work `Σ q i`. Clausius'
inequality `Σ q i / t i ≤ 0` is the second law. It bounds the efficiency of every cycle by Carnot's between its extreme temperatures, the
work by the exergy of the heats, and the performance of refrigerators, heat pumps and machines driven by heat.
Source: Fermi, Thermodynamics, chapter 4; Callen, Thermodynamics and an Introduction to Thermostatistics, chapter 4.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Efficiency of a reversible engine between two temperatures, after Carnot. -/
def reversibleEfficiency (th tc : K) : K := 1 - tc / th

/-- Clausius' sum of the heats over their temperatures. -/
def clausiusSum (q t : Fin n → K) : K := sum fun i => q i / t i

/-- Heat taken in: the sum of the positive heats. -/
def heatIn (q : Fin n → K) : K := sum fun i => if 0 ≤ q i then q i else 0

/-- Heat given off: the sum of the negative heats, counted positive. -/
def heatOut (q : Fin n → K) : K := sum fun i => if 0 ≤ q i then 0 else -q i

/-- Work that the heats could do beside surroundings of temperature `t0`. -/
def heatExergy (t0 : K) (q t : Fin n → K) : K := sum fun i => (1 - t0 / t i) * q i

/-- Coefficient of performance of a refrigerator that draws `qc` with the work `w`. -/
def refrigeratorPerformance (qc w : K) : K := qc / w

/-- Coefficient of performance of a heat pump that draws `qc` with the work `w`. -/
def pumpPerformance (qc w : K) : K := (qc + w) / w

/-- The work of a cycle is the heat taken in less the heat given off: the first law. -/
theorem cycle_work (q : Fin n → K) : sum q = heatIn q - heatOut q := by
  rw [heatIn, heatOut, ← sum_sub]
  exact sum_congr _ _ fun i => by grind

/-- The heat taken in is never negative. -/
theorem heatIn_nonneg (q : Fin n → K) : 0 ≤ heatIn q := by
  exact sum_nonneg _ fun i => by grind

/-- Clausius' sum is at least what it would be, were all heat taken in at the hottest and given off at the coldest temperature. -/
theorem clausiusSum_ge (q t : Fin n → K) (th tc : K) (hc : 0 < tc) (hl : ∀ i, tc ≤ t i) (hh : ∀ i, t i ≤ th) :
    heatIn q / th - heatOut q / tc ≤ clausiusSum q t := by
  have a : heatIn q / th = sum fun i => (if 0 ≤ q i then q i else 0) * th⁻¹ := by
    rw [sum_mul, heatIn]
    grind
  have b : heatOut q / tc = sum fun i => (if 0 ≤ q i then 0 else -q i) * tc⁻¹ := by
    rw [sum_mul, heatOut]
    grind
  rw [a, b, ← sum_sub]
  refine sum_le_sum _ _ fun i => ?_
  have p : 0 < t i := by grind
  by_cases h : 0 ≤ q i
  · have k := div_le_div_left h p (hh i)
    simp only [if_pos h]
    grind
  · have k := div_le_div_left (show 0 ≤ -q i by grind) hc (hl i)
    simp only [if_neg h]
    grind

/-- No cycle, whatever its reservoirs, beats Carnot's efficiency between its extreme temperatures. -/
theorem cycle_carnot_bound (q t : Fin n → K) (th tc : K) (hc : 0 < tc) (h : tc ≤ th) (hl : ∀ i, tc ≤ t i) (hh : ∀ i, t i ≤ th)
    (hs : clausiusSum q t ≤ 0) : sum q ≤ reversibleEfficiency th tc * heatIn q := by
  have k := clausiusSum_ge q t th tc hc hl hh
  have l : heatIn q / th ≤ heatOut q / tc := by grind
  rw [le_div_iff hc] at l
  have e : reversibleEfficiency th tc * heatIn q = heatIn q - heatIn q / th * tc := by
    have p : th ≠ 0 := by grind
    grind [reversibleEfficiency]
  rw [cycle_work, e]
  grind

/-- With reservoirs of one temperature no cycle does work (Kelvin). -/
theorem cycle_kelvin (q : Fin n → K) (t : K) (ht : 0 < t) (hs : clausiusSum q (fun _ => t) ≤ 0) : sum q ≤ 0 := by
  have e : clausiusSum q (fun _ => t) = sum q / t := by
    have k := sum_mul q t⁻¹
    have l : clausiusSum q (fun _ => t) = sum fun i => q i * t⁻¹ := sum_congr _ _ fun i => by grind
    grind
  rw [e, div_le_iff ht] at hs
  grind

/-- Clausius' sum of a reversed cycle is the opposite. -/
theorem clausiusSum_reversed (q t : Fin n → K) : clausiusSum (fun i => -q i) t = -clausiusSum q t := by
  have k := mul_sum (-1) fun i => q i / t i
  have l : clausiusSum (fun i => -q i) t = sum fun i => -1 * (q i / t i) := sum_congr _ _ fun i => by grind
  rw [l, k, clausiusSum]
  grind

/-- A cycle that may run in both directions has Clausius' sum zero: entropy is a function of the state. -/
theorem clausiusSum_reversible (q t : Fin n → K) (h : clausiusSum q t ≤ 0) (h' : clausiusSum (fun i => -q i) t ≤ 0) :
    clausiusSum q t = 0 := by
  rw [clausiusSum_reversed] at h'
  grind

/-- Two machines beside the same reservoirs are one whose Clausius sum is the sum of theirs. -/
theorem clausiusSum_add (p q t : Fin n → K) : clausiusSum (fun i => p i + q i) t = clausiusSum p t + clausiusSum q t := by
  rw [clausiusSum, clausiusSum, clausiusSum, ← sum_add]
  exact sum_congr _ _ fun i => by grind

/-- The work of a cycle is the exergy of its heats and the temperature of the surroundings times Clausius' sum (Gouy and Stodola). -/
theorem cycle_exergy (t0 : K) (q t : Fin n → K) : sum q = heatExergy t0 q t + t0 * clausiusSum q t := by
  rw [heatExergy, clausiusSum, ← mul_sum, ← sum_add]
  exact sum_congr _ _ fun i => by grind

/-- No cycle does more work than the exergy of its heats. -/
theorem cycle_le_exergy (t0 : K) (q t : Fin n → K) (h0 : 0 ≤ t0) (hs : clausiusSum q t ≤ 0) : sum q ≤ heatExergy t0 q t := by
  have k := mul_nonpos h0 hs
  have e := cycle_exergy t0 q t
  grind

/-- Exergies refer to their surroundings: the difference for two temperatures of them is proportional to Clausius' sum. -/
theorem heatExergy_sub (s t0 : K) (q t : Fin n → K) : heatExergy s q t - heatExergy t0 q t = (t0 - s) * clausiusSum q t := by
  have a := cycle_exergy s q t
  have b := cycle_exergy t0 q t
  grind

/-- Heats along a chain of reversible engines are proportional to the temperatures: the thermodynamic temperature (Kelvin). -/
theorem carnot_chain (q t : Nat → K) (n : Nat) (ht : ∀ k, 0 < t k) (h : ∀ k, q (k + 1) / t (k + 1) = q k / t k) :
    q n = q 0 / t 0 * t n := by
  have e : q n / t n = q 0 / t 0 := by
    induction n with
    | zero => rfl
    | succ n ih => rw [h, ih]
  have p := ht n
  rw [← e]
  clear h
  grind

/-- The work of a chain of reversible engines is that of one engine between its ends. -/
theorem carnot_chain_work (q t : Nat → K) (n : Nat) (ht : ∀ k, 0 < t k) (h : ∀ k, q (k + 1) / t (k + 1) = q k / t k) :
    partialSum (fun k => q k - q (k + 1)) n = reversibleEfficiency (t 0) (t n) * q 0 := by
  have e := partialSum_telescope (fun k => -q k) n
  have f := partialSum_congr (fun k => -q (k + 1) - -q k) (fun k => q k - q (k + 1)) n fun k _ => by grind
  have c := carnot_chain q t n ht h
  have p := ht 0
  rw [← f, e, c, reversibleEfficiency]
  grind

/-- Heat that falls through a chain of temperatures makes the entropy of its fall from the first to the last. -/
theorem conduction_chain_entropy (q : K) (t : Nat → K) (n : Nat) :
    partialSum (fun k => q / t (k + 1) - q / t k) n = q / t n - q / t 0 := by
  exact partialSum_telescope (fun k => q / t k) n

/-- A refrigerator draws at most `tc / (th - tc)` times its work from the cold (Carnot). -/
theorem refrigerator_bound (th tc qc w : K) (hc : 0 < tc) (h : tc < th) (hw : 0 < w)
    (hs : qc / tc ≤ (qc + w) / th) : refrigeratorPerformance qc w ≤ tc / (th - tc) := by
  rw [div_le_div_iff hc (by grind)] at hs
  rw [refrigeratorPerformance, div_le_div_iff hw (by grind)]
  grind

/-- A heat pump gives off one work more than the refrigerator that it is. -/
theorem pump_eq_refrigerator (qc w : K) (hw : 0 < w) : pumpPerformance qc w = refrigeratorPerformance qc w + 1 := by
  grind [pumpPerformance, refrigeratorPerformance]

/-- The best heat pump performs with the inverse of Carnot's efficiency. -/
theorem pump_bound (th tc qc w : K) (hc : 0 < tc) (h : tc < th) (hw : 0 < w) (hs : qc / tc ≤ (qc + w) / th) :
    pumpPerformance qc w ≤ 1 / reversibleEfficiency th tc := by
  have k := refrigerator_bound th tc qc w hc h hw hs
  have p : th - tc ≠ 0 := by grind
  have q : th ≠ 0 := by grind
  have e : 1 / reversibleEfficiency th tc = tc / (th - tc) + 1 := by
    have r : reversibleEfficiency th tc = (th - tc) / th := by grind [reversibleEfficiency]
    rw [r]
    grind
  rw [pump_eq_refrigerator qc w hw, e]
  grind

/-- An engine that drives a refrigerator between the same two temperatures gains no cold: at best both cancel. -/
theorem engine_drives_refrigerator (th tc qh qc w : K) (hc : 0 < tc) (h : tc < th)
    (he : qh / th ≤ (qh - w) / tc) (hs : qc / tc ≤ (qc + w) / th) : qc + w ≤ qh := by
  rw [div_le_div_iff (by grind) hc] at he
  rw [div_le_div_iff hc (by grind)] at hs
  exact le_of_mul_le_mul_left (show 0 < th - tc by grind) (by grind)

/-- A refrigerator driven by heat `qh` from `th`, with surroundings `t0`, is bounded by Carnot's engine times Carnot's refrigerator. -/
theorem absorption_refrigerator_bound (th t0 tc qh qc : K) (hc : 0 < tc) (h : tc < t0) (hh : t0 < th) (hq : 0 < qh)
    (hs : qh / th + qc / tc ≤ (qh + qc) / t0) : qc / qh ≤ (1 - t0 / th) * (tc / (t0 - tc)) := by
  have p : 0 < th := by grind
  have q : 0 < t0 := by grind
  have a : qc * (1 / tc - 1 / t0) ≤ qh * (1 / t0 - 1 / th) := by grind
  have b : 1 / tc - 1 / t0 = (t0 - tc) / (tc * t0) := by grind
  have c : 1 / t0 - 1 / th = (1 - t0 / th) / t0 := by grind
  have m := mul_le_mul_left (mul_nonneg (show 0 ≤ tc by grind) (show 0 ≤ t0 by grind)) a
  rw [b, c, show tc * t0 * (qc * ((t0 - tc) / (tc * t0))) = qc * (t0 - tc) by grind,
    show tc * t0 * (qh * ((1 - t0 / th) / t0)) = qh * (tc * (1 - t0 / th)) by grind] at m
  have d : 0 < t0 - tc := by grind
  rw [div_le_iff hq, show (1 - t0 / th) * (tc / (t0 - tc)) * qh = qh * (tc * (1 - t0 / th)) / (t0 - tc) by grind, le_div_iff d]
  exact m

end PhysField.Thermodynamics
