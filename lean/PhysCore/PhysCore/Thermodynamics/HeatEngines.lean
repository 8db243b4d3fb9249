/-!
# Heat engines and the Carnot bound

An engine takes heat `qh` from a hot reservoir at temperature `th`, gives heat `qc` to a cold one at `tc` and does the work `qh - qc`.
The second law (Clausius) says `qh / th ≤ qc / tc`; without division, `qh tc ≤ qc th`. Carnot's bound on the efficiency follows, and an
engine that reaches it is reversible. Run backwards an engine is a heat pump.
-/

namespace PhysCore.Thermodynamics

/-- A heat engine: heat from the hot reservoir and heat to the cold one, in one cycle. -/
structure Engine where
  hotHeat : Int
  coldHeat : Int
  deriving DecidableEq

/-- The work done in one cycle, by the first law. -/
def engineWork (e : Engine) : Int := e.hotHeat - e.coldHeat

/-- The entropy made in one cycle, times both temperatures. -/
def entropyMade (th tc : Int) (e : Engine) : Int := e.coldHeat * th - e.hotHeat * tc

/-- An engine allowed by the second law. -/
def Allowed (th tc : Int) (e : Engine) : Prop := 0 ≤ entropyMade th tc e

/-- An engine that makes no entropy. -/
def Reversible (th tc : Int) (e : Engine) : Prop := entropyMade th tc e = 0

/-- Two engines side by side. -/
def sideBySide (e f : Engine) : Engine := ⟨e.hotHeat + f.hotHeat, e.coldHeat + f.coldHeat⟩

/-- The engine run backwards, as a heat pump. -/
def backwards (e : Engine) : Engine := ⟨-e.hotHeat, -e.coldHeat⟩

/-- The Carnot engine that takes the heat `k th`. -/
def carnot (th tc k : Int) : Engine := ⟨k * th, k * tc⟩

/-- The engine after `n` cycles. -/
def cycles (e : Engine) : Nat → Engine
  | 0 => ⟨0, 0⟩
  | n + 1 => sideBySide (cycles e n) e

/-- First law: heat in is work plus heat out. -/
theorem engine_first_law (e : Engine) : e.hotHeat = engineWork e + e.coldHeat := by
  simp only [engineWork]
  omega

/-- Work adds for engines side by side. -/
theorem engineWork_sideBySide (e f : Engine) : engineWork (sideBySide e f) = engineWork e + engineWork f := by
  simp only [engineWork, sideBySide]
  omega

/-- Entropy adds for engines side by side. -/
theorem entropyMade_sideBySide (th tc : Int) (e f : Engine) :
    entropyMade th tc (sideBySide e f) = entropyMade th tc e + entropyMade th tc f := by
  simp only [entropyMade, sideBySide]
  grind

/-- Backwards the work is put in. -/
theorem engineWork_backwards (e : Engine) : engineWork (backwards e) = -engineWork e := by
  grind [engineWork, backwards]

/-- Backwards the entropy changes sign. -/
theorem entropyMade_backwards (th tc : Int) (e : Engine) :
    entropyMade th tc (backwards e) = -entropyMade th tc e := by
  grind [entropyMade, backwards]

/-- The Carnot engine is reversible. -/
theorem carnot_reversible (th tc k : Int) : Reversible th tc (carnot th tc k) := by
  simp only [Reversible, entropyMade, carnot]
  grind

/-- The work of the Carnot engine is proportional to the difference of temperatures. -/
theorem engineWork_carnot (th tc k : Int) : engineWork (carnot th tc k) = k * (th - tc) := by
  simp only [engineWork, carnot]
  grind

/-- Between equal temperatures a Carnot engine does no work. -/
theorem carnot_equal_temperatures (t k : Int) : engineWork (carnot t t k) = 0 := by
  simp [engineWork, carnot]

/-- A reversible engine is allowed. -/
theorem reversible_allowed (th tc : Int) (e : Engine) (h : Reversible th tc e) : Allowed th tc e := by
  simp only [Reversible, Allowed] at *
  omega

/-- A reversible engine may be run backwards. -/
theorem reversible_backwards (th tc : Int) (e : Engine) (h : Reversible th tc e) : Reversible th tc (backwards e) := by
  simp only [Reversible] at *
  rw [entropyMade_backwards, h, Int.neg_zero]

/-- An engine allowed in both directions is reversible. -/
theorem allowed_both_ways (th tc : Int) (e : Engine) (h1 : Allowed th tc e) (h2 : Allowed th tc (backwards e)) :
    Reversible th tc e := by
  simp only [Allowed, Reversible, entropyMade_backwards] at *
  omega

/-- Carnot's bound: efficiency times hot temperature is at most the difference of temperatures. -/
theorem carnot_bound (th tc : Int) (e : Engine) (h : Allowed th tc e) :
    engineWork e * th ≤ e.hotHeat * (th - tc) := by
  simp only [Allowed, entropyMade, engineWork] at *
  grind

/-- A reversible engine reaches Carnot's bound. -/
theorem carnot_bound_reached (th tc : Int) (e : Engine) (h : Reversible th tc e) :
    engineWork e * th = e.hotHeat * (th - tc) := by
  grind [Reversible, entropyMade, engineWork]

/-- Kelvin: no allowed engine turns heat from a single reservoir into work. -/
theorem kelvin_statement (t : Int) (e : Engine) (ht : 0 < t) (h : Allowed t t e) : engineWork e ≤ 0 := by
  simp only [Allowed, entropyMade] at h
  have h1 : engineWork e * t ≤ 0 * t := by simp only [engineWork, Int.sub_mul]; omega
  exact Int.le_of_mul_le_mul_right h1 ht

/-- Clausius: heat does not flow by itself from cold to hot. -/
theorem clausius_statement (th tc q : Int) (h : Allowed th tc ⟨q, q⟩) (ht : tc < th) : 0 ≤ q := by
  have h1 : 0 * (th - tc) ≤ q * (th - tc) := by grind [Allowed, entropyMade]
  exact Int.le_of_mul_le_mul_right h1 (by omega)

/-- Allowed engines may run side by side. -/
theorem allowed_sideBySide (th tc : Int) (e f : Engine) (he : Allowed th tc e) (hf : Allowed th tc f) :
    Allowed th tc (sideBySide e f) := by
  simp only [Allowed, entropyMade_sideBySide] at *
  omega

/-- Work grows with the number of cycles. -/
theorem engineWork_cycles (e : Engine) (n : Nat) : engineWork (cycles e n) = n * engineWork e := by
  induction n with
  | zero => simp [cycles, engineWork]
  | succ n ih => rw [cycles, engineWork_sideBySide, ih]; grind

/-- An allowed engine stays allowed for any number of cycles. -/
theorem allowed_cycles (th tc : Int) (e : Engine) (h : Allowed th tc e) (n : Nat) : Allowed th tc (cycles e n) := by
  induction n with
  | zero => simp [Allowed, entropyMade, cycles]
  | succ n ih => exact allowed_sideBySide th tc (cycles e n) e ih h

/-- Any work whatever is done by some Carnot engine between temperatures one apart. -/
theorem exists_carnot_work (tc w : Int) : ∃ k, engineWork (carnot (tc + 1) tc k) = w := by
  exact ⟨w, by rw [engineWork_carnot]; grind⟩

end PhysCore.Thermodynamics
