import PhysField.Mathematics.OrderedField

/-!
# Van der Waals' gas

Pressure `r t / (v - b) - a / v²` of a mole of volume `v`, its critical point, the law of corresponding states, the spinodal, Boyle's
temperature, and the inversion of the Joule–Thomson effect. `reducedPressure` measures all quantities in their critical values.
Source: Landau, Lifshitz, Statistical Physics, part 1, chapters 7 and 8; Fermi, Thermodynamics, chapter 4.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Pressure of a mole of van der Waals' gas. -/
def vdwPressure (a b r t v : K) : K := r * t / (v - b) - a / v ^ 2

/-- Volume of a mole at the critical point. -/
def criticalVolume (b : K) : K := 3 * b

/-- Critical temperature. -/
def criticalTemperature (a b r : K) : K := 8 * a / (27 * r * b)

/-- Critical pressure. -/
def criticalPressure (a b : K) : K := a / (27 * b ^ 2)

/-- Pressure in units of the critical one, for temperature and volume in units of theirs. -/
def reducedPressure (t v : K) : K := 8 * t / (3 * v - 1) - 3 / v ^ 2

/-- Slope of the reduced isotherm: the negative stiffness of the gas. -/
def reducedSlope (t v : K) : K := 6 / v ^ 3 - 24 * t / (3 * v - 1) ^ 2

/-- Reduced temperature on the spinodal, at which the gas of volume `v` loses its stiffness. -/
def spinodal (v : K) : K := (3 * v - 1) ^ 2 / (4 * v ^ 3)

/-- Second virial coefficient. -/
def secondVirial (a b r t : K) : K := b - a / (r * t)

/-- Joule–Thomson coefficient of a dilute gas, times its heat capacity. -/
def jouleThomson (a b r t : K) : K := 2 * a / (r * t) - b

/-- The pressure at the critical point is the critical one. -/
theorem vdw_critical_pressure (a b r : K) (hr : 0 < r) :
    vdwPressure a b r (criticalTemperature a b r) (criticalVolume b) = criticalPressure a b := by
  grind [vdwPressure, criticalTemperature, criticalVolume, criticalPressure]

/-- The critical compression factor is 3/8 for every such gas. -/
theorem vdw_compression_factor (a b r : K) (ha : 0 < a) (hb : 0 < b) (hr : 0 < r) :
    criticalPressure a b * criticalVolume b / (r * criticalTemperature a b r) = 3 / 8 := by
  have k : 27 * r * b ≠ 0 := by grind [mul_pos hr hb]
  have l : 27 * b ^ 2 ≠ 0 := by grind [mul_pos hb hb]
  have e : r * criticalTemperature a b r = 8 * a / (27 * b) := by
    have m : 27 * b ≠ 0 := by grind
    grind [criticalTemperature]
  have f : criticalPressure a b * criticalVolume b = a / (9 * b) := by
    have m : 9 * b ≠ 0 := by grind
    grind [criticalPressure, criticalVolume]
  have m : 9 * b ≠ 0 := by grind
  have n : 27 * b ≠ 0 := by grind
  rw [e, f]
  grind

/-- The law of corresponding states: in units of their critical values all such gases obey one equation. -/
theorem vdw_corresponding_states (a b r t v : K) (hb : 0 < b) (hr : 0 < r) (hv : 1 < 3 * v) :
    vdwPressure a b r (criticalTemperature a b r * t) (criticalVolume b * v) = criticalPressure a b * reducedPressure t v := by
  have k : 27 * r * b ≠ 0 := by grind [mul_pos hr hb]
  have l : 27 * b ^ 2 ≠ 0 := by grind [mul_pos hb hb]
  have m : 3 * v - 1 ≠ 0 := by grind
  have v0 : v ≠ 0 := by grind
  have g : a / (3 * b * v) ^ 2 = a / (27 * b ^ 2) * (3 / v ^ 2) := by
    have p := sq_pos (show 3 * b * v ≠ 0 by grind [mul_pos hb (show 0 < v by grind)])
    have v2 := sq_pos v0
    grind
  have e : r * (criticalTemperature a b r * t) = 8 * a * t / (27 * b) := by
    have q : 27 * b ≠ 0 := by grind
    grind [criticalTemperature]
  have f : 8 * a * t / (27 * b) / (b * (3 * v - 1)) = a / (27 * b ^ 2) * (8 * t / (3 * v - 1)) := by
    generalize 3 * v - 1 = d at *
    grind
  rw [vdwPressure, e, criticalVolume, criticalPressure, reducedPressure, show 3 * b * v - b = b * (3 * v - 1) by grind, f, g]
  grind

/-- On the critical isotherm the pressure leaves its critical value with the cube of the volume (critical exponent 3). -/
theorem critical_isotherm (v : K) (hv : 1 < 3 * v) :
    reducedPressure 1 v - 1 = -3 * (v - 1) ^ 3 / (v ^ 2 * (3 * v - 1)) := by
  have m : 3 * v - 1 ≠ 0 := by grind
  have v0 : v ≠ 0 := by grind
  grind [reducedPressure]

/-- On the critical isotherm the gas is above the critical pressure exactly below the critical volume. -/
theorem critical_isotherm_side (v : K) (hv : 1 < 3 * v) : 1 < reducedPressure 1 v ↔ v < 1 := by
  have p := mul_pos (sq_pos (show v ≠ 0 by grind)) (show 0 < 3 * v - 1 by grind)
  have e := critical_isotherm v hv
  constructor
  · intro h
    have k : 0 < -3 * (v - 1) ^ 3 / (v ^ 2 * (3 * v - 1)) := by grind
    rw [lt_div_iff p] at k
    have q := fun l : 1 ≤ v => pow_nonneg (show 0 ≤ v - 1 by grind) 3
    grind
  · intro h
    have q := div_pos (mul_pos (show (0 : K) < 3 by grind) (pow_pos (show 0 < 1 - v by grind) 3)) p
    have f : -3 * (v - 1) ^ 3 = 3 * (1 - v) ^ 3 := by grind
    rw [f] at e
    grind

/-- How far the spinodal lies below the critical temperature. -/
theorem one_sub_spinodal (v : K) (hv : 0 < v) : 1 - spinodal v = (v - 1) ^ 2 * (4 * v - 1) / (4 * v ^ 3) := by
  have h : v ≠ 0 := by grind
  grind [spinodal]

/-- The spinodal nowhere exceeds the critical temperature. -/
theorem spinodal_le_one (v : K) (hv : 1 < 3 * v) : spinodal v ≤ 1 := by
  have e := one_sub_spinodal v (by grind)
  have p := mul_pos (show (0 : K) < 4 by grind) (pow_pos (show 0 < v by grind) 3)
  have k := div_nonneg (mul_nonneg (sq_nonneg (v - 1)) (show 0 ≤ 4 * v - 1 by grind)) (show 0 ≤ 4 * v ^ 3 by grind)
  grind

/-- The spinodal touches the critical temperature at the critical volume alone. -/
theorem spinodal_eq_one_iff (v : K) (hv : 1 < 3 * v) : spinodal v = 1 ↔ v = 1 := by
  have p := mul_pos (show (0 : K) < 4 by grind) (pow_pos (show 0 < v by grind) 3)
  have e : (1 - spinodal v) * (4 * v ^ 3) = (v - 1) ^ 2 * (4 * v - 1) := by
    rw [one_sub_spinodal v (by grind)]
    grind
  constructor
  · intro h
    have k : (v - 1) ^ 2 * (4 * v - 1) = 0 := by grind
    rcases mul_eq_zero.mp k with l | l
    · have m := sq_eq_zero.mp l
      grind
    · grind
  · intro h
    subst h
    grind [spinodal]

/-- A gas is stable against collapse exactly above the spinodal. -/
theorem reducedSlope_neg_iff (t v : K) (hv : 1 < 3 * v) : reducedSlope t v < 0 ↔ spinodal v < t := by
  have p := pow_pos (show 0 < v by grind) 3
  have q := sq_pos (show 3 * v - 1 ≠ 0 by grind)
  have e : reducedSlope t v < 0 ↔ 6 / v ^ 3 < 24 * t / (3 * v - 1) ^ 2 := by grind [reducedSlope]
  rw [e, div_lt_div_iff p q, spinodal, div_lt_iff (show 0 < 4 * v ^ 3 by grind)]
  constructor <;> intro h <;> grind

/-- Above the critical temperature the gas is stable at every volume. -/
theorem reducedSlope_neg_above (t v : K) (hv : 1 < 3 * v) (ht : 1 < t) : reducedSlope t v < 0 := by
  rw [reducedSlope_neg_iff t v hv]
  have h := spinodal_le_one v hv
  grind

/-- A bound on two volumes that makes isotherms above the critical one monotone. -/
theorem vdw_volume_bound (v w : K) (hv : 1 < 3 * v) (hw : 1 < 3 * w) :
    (v + w) * ((3 * v - 1) * (3 * w - 1)) ≤ 8 * (v ^ 2 * w ^ 2) := by
  generalize hs : v + w = s
  generalize hp : v * w = p
  have e : (3 * v - 1) * (3 * w - 1) = 9 * p - 3 * s + 1 := by grind
  have f : v ^ 2 * w ^ 2 = p ^ 2 := by grind
  have g : 0 ≤ s ^ 2 - 4 * p := by
    rw [show s ^ 2 - 4 * p = (v - w) ^ 2 by grind]
    exact sq_nonneg (v - w)
  rw [e, f]
  by_cases h : 4 * s ≤ 9
  · have a := mul_nonneg g (show 0 ≤ 9 * s - 4 * s ^ 2 by
      have k := mul_nonneg (show 0 ≤ s by grind) (show 0 ≤ 9 - 4 * s by grind)
      grind)
    have b := mul_nonneg g g
    have c := mul_nonneg (mul_nonneg (show 0 ≤ s by grind) (show 0 ≤ 2 * s - 1 by grind)) (sq_nonneg (s - 2))
    grind
  · have a := sq_nonneg (16 * p - 9 * s)
    have b := mul_nonneg (show 0 ≤ s by grind) (show 0 ≤ 15 * s - 32 by grind)
    grind

/-- How much the pressure of hard cores falls from the volume `v` to `w`. -/
theorem vdw_repulsion_difference (t v w : K) (hv : 1 < 3 * v) (hw : 1 < 3 * w) :
    8 * t / (3 * v - 1) - 8 * t / (3 * w - 1) = 24 * t * (w - v) / ((3 * v - 1) * (3 * w - 1)) := by
  have a : 3 * v - 1 ≠ 0 := by grind
  have b : 3 * w - 1 ≠ 0 := by grind
  rw [show 24 * t * (w - v) = 8 * t * ((3 * w - 1) - (3 * v - 1)) by grind]
  generalize 3 * v - 1 = x at *
  generalize 3 * w - 1 = y at *
  grind

/-- How much the pull of attraction falls from the volume `v` to `w`. -/
theorem vdw_attraction_difference (v w : K) (hv : v ≠ 0) (hw : w ≠ 0) :
    3 / v ^ 2 - 3 / w ^ 2 = 3 * (w - v) * (v + w) / (v ^ 2 * w ^ 2) := by
  have a := sq_pos hv
  have b := sq_pos hw
  rw [show 3 * (w - v) * (v + w) = 3 * (w ^ 2 - v ^ 2) by grind]
  generalize v ^ 2 = x at *
  generalize w ^ 2 = y at *
  grind

/-- Above the critical temperature the pressure falls with the volume: no liquid separates. -/
theorem reducedPressure_antitone (t v w : K) (ht : 1 < t) (hv : 1 < 3 * v) (h : v < w) :
    reducedPressure t w < reducedPressure t v := by
  have r := vdw_repulsion_difference t v w hv (by grind)
  have a := vdw_attraction_difference v w (by grind) (by grind)
  have p := mul_pos (sq_pos (show v ≠ 0 by grind)) (sq_pos (show w ≠ 0 by grind))
  have q := mul_pos (show 0 < 3 * v - 1 by grind) (show 0 < 3 * w - 1 by grind)
  have b := vdw_volume_bound v w hv (by grind)
  have c := mul_pos (show 0 < t - 1 by grind) p
  have d := mul_pos (show 0 < 3 * (w - v) by grind) (show 0 < 8 * t * (v ^ 2 * w ^ 2) - (v + w) * ((3 * v - 1) * (3 * w - 1)) by grind)
  have k : 3 * (w - v) * (v + w) / (v ^ 2 * w ^ 2) < 24 * t * (w - v) / ((3 * v - 1) * (3 * w - 1)) := by
    rw [div_lt_div_iff p q]
    grind
  rw [← r, ← a] at k
  rw [reducedPressure, reducedPressure]
  grind

/-- At a given volume the pressure rises with the temperature. -/
theorem reducedPressure_hotter (s t v : K) (h : s < t) (hv : 1 < 3 * v) : reducedPressure s v < reducedPressure t v := by
  have k := div_lt_div_right (show 0 < 3 * v - 1 by grind) (show 8 * s < 8 * t by grind)
  rw [reducedPressure, reducedPressure]
  grind

/-- A gas is ideal in its second virial coefficient at Boyle's temperature, 27/8 of the critical one. -/
theorem boyle_temperature (a b r t : K) (hb : 0 < b) (ht : 0 < t) :
    secondVirial a b r t = 0 ↔ t = 27 / 8 * criticalTemperature a b r := by
  grind [secondVirial, criticalTemperature]

/-- Expansion through a throttle cools a dilute gas exactly below the inversion temperature, twice Boyle's. -/
theorem jouleThomson_pos_iff (a b r t : K) (hb : 0 < b) (hr : 0 < r) (ht : 0 < t) :
    0 < jouleThomson a b r t ↔ t < 2 * a / (r * b) := by
  have e : 0 < jouleThomson a b r t ↔ b < 2 * a / (r * t) := by grind [jouleThomson]
  rw [e, lt_div_iff (mul_pos hr ht), lt_div_iff (mul_pos hr hb)]
  constructor <;> intro h <;> grind

end PhysField.Thermodynamics
