import PhysField.Mathematics.OrderedField

/-!
# Heat engines

An engine takes the heat `qh` from a bath of temperature `th` and gives the heat `qc` to a bath of temperature `tc`. The second
law is Clausius' inequality `qh / th ≤ qc / tc`; Carnot's bound and the impossibility of its opposites follow.
Source: Callen, Thermodynamics and an Introduction to Thermostatistics, chapter 4; Fermi, Thermodynamics, chapters 3 and 4.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Work of an engine in one cycle, by the first law. -/
def engineWork (qh qc : K) : K := qh - qc

/-- Efficiency: work per heat taken in. -/
def efficiency (qh qc : K) : K := engineWork qh qc / qh

/-- Carnot's efficiency between two temperatures. -/
def carnotEfficiency (th tc : K) : K := 1 - tc / th

/-- Entropy made in one cycle. -/
def entropyProduction (th tc qh qc : K) : K := qc / tc - qh / th

/-- Carnot's theorem: no engine that obeys Clausius' inequality beats Carnot's efficiency (Fermi, chapter 3). -/
theorem carnot_bound (th tc qh qc : K) (hh : 0 < th) (hc : 0 < tc) (hq : 0 < qh)
    (hs : 0 ≤ entropyProduction th tc qh qc) : efficiency qh qc ≤ carnotEfficiency th tc := by
  have h : qh / th ≤ qc / tc := by grind [entropyProduction]
  rw [div_le_div_iff hh hc] at h
  have k : tc / th ≤ qc / qh := by rw [div_le_div_iff hh hq]; grind
  have e : efficiency qh qc = 1 - qc / qh := by grind [efficiency, engineWork]
  grind [carnotEfficiency]

/-- An engine reaches Carnot's efficiency exactly if it makes no entropy. -/
theorem carnot_iff_reversible (th tc qh qc : K) (hc : 0 < tc) (hq : 0 < qh) :
    efficiency qh qc = carnotEfficiency th tc ↔ entropyProduction th tc qh qc = 0 := by
  grind [efficiency, engineWork, carnotEfficiency, entropyProduction]

/-- Lost work (Gouy and Stodola): the work missing to Carnot's is the cold temperature times the entropy made. -/
theorem lost_work (th tc qh qc : K) (hc : 0 < tc) :
    carnotEfficiency th tc * qh - engineWork qh qc = tc * entropyProduction th tc qh qc := by
  grind [engineWork, carnotEfficiency, entropyProduction]

/-- Kelvin's statement: an engine with one temperature yields no work. -/
theorem kelvin (t qh qc : K) (ht : 0 < t) (hs : 0 ≤ entropyProduction t t qh qc) : engineWork qh qc ≤ 0 := by
  have h : qh / t ≤ qc / t := by grind [entropyProduction]
  rw [div_le_div_iff ht ht] at h
  have k := le_of_mul_le_mul_left (a := qh) (b := qc) ht (by grind)
  grind [engineWork]

/-- Clausius' statement: without work no heat passes from cold to hot. -/
theorem clausius (th tc q : K) (hc : 0 < tc) (h : tc < th) (hs : 0 ≤ entropyProduction th tc q q) : 0 ≤ q := by
  have k := inv_lt_inv hc h
  have e : entropyProduction th tc q q = (tc⁻¹ - th⁻¹) * q := by grind [entropyProduction]
  have n := fun hq : q < 0 => mul_pos (a := tc⁻¹ - th⁻¹) (b := -q) (by grind) (by grind)
  grind

/-- Carnot's efficiency is less than one. -/
theorem carnot_lt_one (th tc : K) (hh : 0 < th) (hc : 0 < tc) : carnotEfficiency th tc < 1 := by
  have h := div_pos hc hh
  grind [carnotEfficiency]

/-- A colder cold bath makes a better engine. -/
theorem carnot_colder (th tc t : K) (hh : 0 < th) (h : t < tc) : carnotEfficiency th tc < carnotEfficiency th t := by
  have k := div_lt_div_right hh h
  grind [carnotEfficiency]

/-- Two Carnot engines in series waste what one between the outer temperatures wastes. -/
theorem carnot_series (th tm tc : K) (hm : 0 < tm) :
    (1 - carnotEfficiency th tm) * (1 - carnotEfficiency tm tc) = 1 - carnotEfficiency th tc := by
  grind [carnotEfficiency]

/-- Lowering the cold bath gains more than raising the hot one by as much. -/
theorem colder_better_than_hotter (th tc d : K) (hc : 0 < tc) (h : tc < th) (hd : 0 < d) :
    carnotEfficiency (th + d) tc < carnotEfficiency th (tc - d) := by
  have k : (tc - d) / th < tc / (th + d) := by
    rw [div_lt_div_iff (by grind) (by grind)]
    have l := mul_pos hd (show 0 < th - tc by grind)
    have s := mul_pos hd hd
    grind
  grind [carnotEfficiency]

end PhysField.Thermodynamics
