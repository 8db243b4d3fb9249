/-!
# Direct-current circuits

Ohm's law, Kirchhoff's laws, resistors in series and in parallel, dividers, bridges and ladders. Resistances are whole
numbers of some small unit; a parallel resistance is written as the pair numerator over denominator, so that no division
is needed. Power appears as the product of voltage and current.
-/
namespace PhysCore.Electromagnetism

/-- Voltage across a resistance `r` that carries the current `i`. -/
def ohmVoltage (r i : Int) : Int := r * i

/-- Power turned into heat in a resistance `r` by the current `i`. -/
def joulePower (r i : Int) : Int := ohmVoltage r i * i

/-- Resistance of a list of resistors in series. -/
def seriesResistance : List Int → Int
  | [] => 0
  | r :: rs => r + seriesResistance rs

/-- `n` equal resistors in series. -/
def chainResistance (r : Int) : Nat → Int
  | 0 => 0
  | n + 1 => chainResistance r n + r

/-- A resistance as a fraction. -/
structure Resistance where
  num : Int
  den : Int

/-- Two fractions stand for one resistance. -/
def sameResistance (a b : Resistance) : Prop := a.num * b.den = b.num * a.den

/-- Two resistors in series. -/
def seriesPair (a b : Resistance) : Resistance := ⟨a.num * b.den + b.num * a.den, a.den * b.den⟩

/-- Two resistors in parallel. -/
def parallelPair (a b : Resistance) : Resistance := ⟨a.num * b.num, a.num * b.den + b.num * a.den⟩

/-- The conductance is the reciprocal. -/
def reciprocal (a : Resistance) : Resistance := ⟨a.den, a.num⟩

/-- Without current no voltage drops. -/
theorem ohm_no_current (r : Int) : ohmVoltage r 0 = 0 := by
  simp [ohmVoltage]

/-- The voltage is linear in the current. -/
theorem ohm_superposition (r i j : Int) : ohmVoltage r (i + j) = ohmVoltage r i + ohmVoltage r j := by
  simp only [ohmVoltage]
  grind

/-- Reversing the current reverses the voltage. -/
theorem ohm_reverse (r i : Int) : ohmVoltage r (-i) = -ohmVoltage r i := by
  grind [ohmVoltage]

/-- Joule's heat does not depend on the direction of the current. -/
theorem joule_power_reverse (r i : Int) : joulePower r (-i) = joulePower r i := by
  simp only [joulePower, ohmVoltage]
  grind

/-- A resistor only ever dissipates. -/
theorem joule_power_nonneg (r i : Int) (hr : 0 ≤ r) : 0 ≤ joulePower r i := by
  have h : 0 ≤ i ^ 2 := Int.pow_nonneg_of_even (by decide)
  have hp := Int.mul_nonneg hr h
  simp only [joulePower, ohmVoltage]
  grind

/-- Resistances in series add, group by group. -/
theorem series_resistance_append (rs ss : List Int) :
    seriesResistance (rs ++ ss) = seriesResistance rs + seriesResistance ss := by
  induction rs with
  | nil => simp [seriesResistance]
  | cons r rs ih => grind [seriesResistance]

/-- The order of resistors in series is irrelevant. -/
theorem series_resistance_reverse (rs : List Int) : seriesResistance rs.reverse = seriesResistance rs := by
  induction rs with
  | nil => rfl
  | cons r rs ih => simp [seriesResistance, series_resistance_append, ih, Int.add_comm]

/-- Kirchhoff's loop law: the voltages along a series circuit add up to the source. -/
theorem kirchhoff_loop (i : Int) (rs : List Int) :
    (rs.map (fun r => ohmVoltage r i)).sum = ohmVoltage (seriesResistance rs) i := by
  induction rs with
  | nil => simp [seriesResistance, ohmVoltage]
  | cons r rs ih => grind [seriesResistance, ohmVoltage]

/-- A chain of equal resistors. -/
theorem chain_resistance_eq (r : Int) (n : Nat) : chainResistance r n = n * r := by
  induction n with
  | zero => simp [chainResistance]
  | succ n ih => grind [chainResistance]

/-- Joining two chains. -/
theorem chain_resistance_add (r : Int) (m n : Nat) :
    chainResistance r (m + n) = chainResistance r m + chainResistance r n := by
  simp only [chain_resistance_eq]
  grind

/-- The voltage divider: equal currents make voltages proportional to resistances. -/
theorem voltage_divider (r s i : Int) : ohmVoltage r i * (r + s) = r * ohmVoltage (r + s) i := by
  simp only [ohmVoltage]
  grind

/-- The current divider: equal voltages make currents inversely proportional to resistances. -/
theorem current_divider (r s i j : Int) (h : ohmVoltage r i = ohmVoltage s j) : i * (r + s) = s * (i + j) := by
  simp only [ohmVoltage] at h
  grind

/-- A balanced Wheatstone bridge: equal voltages at both nodes fix the ratio of the resistances. -/
theorem wheatstone_balance (a b c d i j : Int) (hi : ohmVoltage a i = ohmVoltage b j)
    (hj : ohmVoltage c i = ohmVoltage d j) : a * d * (i * j) = b * c * (i * j) := by
  simp only [ohmVoltage] at hi hj
  grind

/-- A resistor in series brings the voltage at a given current to any multiple of that current. -/
theorem exists_series_resistor (r i k : Int) : ∃ s, ohmVoltage (r + s) i = k * i := by
  exact ⟨k - r, by simp only [ohmVoltage]; grind⟩

/-- Resistors in parallel may be swapped. -/
theorem parallel_pair_comm (a b : Resistance) : parallelPair a b = parallelPair b a := by
  simp only [parallelPair, Resistance.mk.injEq]
  constructor <;> grind

/-- Three resistors in parallel may be grouped at will. -/
theorem parallel_pair_assoc (a b c : Resistance) :
    parallelPair (parallelPair a b) c = parallelPair a (parallelPair b c) := by
  simp only [parallelPair, Resistance.mk.injEq]
  constructor <;> grind

/-- Conductances in parallel add like resistances in series. -/
theorem parallel_is_dual_to_series (a b : Resistance) :
    parallelPair a b = reciprocal (seriesPair (reciprocal a) (reciprocal b)) := by
  simp only [parallelPair, reciprocal, seriesPair, Resistance.mk.injEq]
  constructor <;> grind

/-- A short circuit beside a resistor shorts it. -/
theorem parallel_short (a : Resistance) : sameResistance (parallelPair a ⟨0, 1⟩) ⟨0, 1⟩ := by
  simp [sameResistance, parallelPair]

/-- Two equal resistors in parallel have half the resistance. -/
theorem parallel_equal (r : Int) : sameResistance (parallelPair ⟨r, 1⟩ ⟨r, 1⟩) ⟨r, 2⟩ := by
  simp only [sameResistance, parallelPair]
  grind

/-- Standing for one resistance is symmetric. -/
theorem same_resistance_symm (a b : Resistance) (h : sameResistance a b) : sameResistance b a := by
  exact h.symm

end PhysCore.Electromagnetism
