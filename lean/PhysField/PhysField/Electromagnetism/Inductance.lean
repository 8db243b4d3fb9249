import PhysField.Mathematics.OrderedField

/-!
# Coils, transformers and oscillating circuits

Energy of coupled coils and the bound on their mutual inductance, coils in series and in parallel, the transformer, resonance of a driven
circuit by squared quantities, and an oscillating circuit of coil and capacitor in leapfrog steps, which conserves a nearby energy.
Source: Griffiths, Introduction to Electrodynamics, chapter 7; Purcell, Morin, Electricity and Magnetism, chapters 7 and 8.
-/
namespace PhysField.Electromagnetism
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Magnetic energy of two coils of inductances `l` and `n` and mutual inductance `m`. -/
def coilEnergy (l n m i j : K) : K := l * i ^ 2 / 2 + m * i * j + n * j ^ 2 / 2

/-- Inductance of two coils in parallel. -/
def parallelCoils (l n m : K) : K := (l * n - m ^ 2) / (l + n - 2 * m)

/-- Square of the impedance of resistance, coil and capacitor in a row at frequency `w`. -/
def impedanceSq (r l c w : K) : K := r ^ 2 + (w * l - 1 / (w * c)) ^ 2

/-- Energy of an oscillating circuit with charge `q` and current `i`. -/
def circuitEnergy (l c q i : K) : K := l * i ^ 2 / 2 + q ^ 2 / (2 * c)

/-- Charge after a leapfrog step of duration `h`. -/
def leapCharge (h q i : K) : K := q + h * i

/-- Current after a leapfrog step of duration `h`, taken with the new charge. -/
def leapCurrent (l c h q i : K) : K := i - h / (l * c) * leapCharge h q i

/-- What leapfrog steps of duration `h` keep. -/
def leapInvariant (l c h q i : K) : K := l * i ^ 2 + q ^ 2 / c + h * q * i / c

/-- Charge after `n` leapfrog steps, with the current. -/
def leapSteps (l c h q i : K) : Nat → K × K
  | 0 => (q, i)
  | n + 1 => (leapCharge h (leapSteps l c h q i n).1 (leapSteps l c h q i n).2,
      leapCurrent l c h (leapSteps l c h q i n).1 (leapSteps l c h q i n).2)

/-- The energy of coupled coils is a square plus what the first coil cannot compensate. -/
theorem coilEnergy_square (l n m i j : K) (hl : l ≠ 0) :
    coilEnergy l n m i j = l * (i + m / l * j) ^ 2 / 2 + (n - m ^ 2 / l) * j ^ 2 / 2 := by
  grind [coilEnergy]

/-- Coupled coils never have negative energy exactly where the squared mutual inductance is at most the product of the others. -/
theorem mutual_inductance_bound (l n m : K) (hl : 0 < l) : (∀ i j : K, 0 ≤ coilEnergy l n m i j) ↔ m ^ 2 ≤ l * n := by
  constructor
  · intro h
    have k := h (-m) l
    have e : coilEnergy l n m (-m) l = l / 2 * (l * n - m ^ 2) := by grind [coilEnergy]
    have o := fun z : l * n - m ^ 2 < 0 => mul_pos (show 0 < l / 2 by grind) (show 0 < -(l * n - m ^ 2) by grind)
    grind
  · intro h i j
    have e : 2 * l * coilEnergy l n m i j = (l * i + m * j) ^ 2 + (l * n - m ^ 2) * j ^ 2 := by grind [coilEnergy]
    have k := sq_nonneg (l * i + m * j)
    have o := mul_nonneg (show 0 ≤ l * n - m ^ 2 by grind) (sq_nonneg j)
    refine le_of_mul_le_mul_left (show 0 < 2 * l by grind) ?_
    rw [e]
    grind

/-- Coils that are coupled completely have no energy at some currents that are not zero. -/
theorem perfect_coupling (l n m i j : K) (hl : 0 < l) (h : m ^ 2 = l * n) : coilEnergy l n m i j = 0 ↔ l * i = -m * j := by
  have e : 2 * l * coilEnergy l n m i j = (l * i + m * j) ^ 2 := by grind [coilEnergy]
  constructor
  · intro z
    have k := sq_eq_zero.mp (show (l * i + m * j) ^ 2 = 0 by grind)
    grind
  · intro z
    rcases mul_eq_zero.mp (show 2 * l * coilEnergy l n m i j = 0 by grind) with k | k <;> grind

/-- The mutual inductance of two coils is at most the mean of their own. -/
theorem mutual_le_mean (l n m : K) (hl : 0 ≤ l) (hn : 0 ≤ n) (h : m ^ 2 ≤ l * n) : m ≤ (l + n) / 2 := by
  have k := mul_le_mean_sq l n
  exact le_of_sq_le_sq (by grind) (by grind)

/-- Coils in a row with aligned and with opposed windings tell the mutual inductance by a quarter of the difference. -/
theorem series_coils_difference (l n m i : K) :
    coilEnergy l n m i i - coilEnergy l n m i (-i) = 4 * m * (i ^ 2 / 2) := by
  grind [coilEnergy]

/-- A current divides over parallel coils so that the magnetic energy is least. -/
theorem parallel_coils_least (l n m i j k : K) (h : 0 ≤ l + n - 2 * m) (e : l * k + m * (i - k) = m * k + n * (i - k)) :
    coilEnergy l n m k (i - k) ≤ coilEnergy l n m j (i - j) := by
  have f : coilEnergy l n m j (i - j) = coilEnergy l n m k (i - k) + (l + n - 2 * m) * (j - k) ^ 2 / 2 := by
    grind [coilEnergy]
  have p := mul_nonneg h (sq_nonneg (j - k))
  grind

/-- The energy of parallel coils is that of one coil of their common inductance. -/
theorem parallel_coils_energy (l n m i k : K) (h : 0 < l + n - 2 * m)
    (e : l * k + m * (i - k) = m * k + n * (i - k)) : coilEnergy l n m k (i - k) = parallelCoils l n m * i ^ 2 / 2 := by
  obtain ⟨d, hd⟩ : ∃ d, d = l + n - 2 * m := ⟨_, rfl⟩
  have f : k * d = (n - m) * i := by grind
  have g : parallelCoils l n m * d = l * n - m ^ 2 := by grind [parallelCoils]
  have o : d ^ 2 * (coilEnergy l n m k (i - k) - parallelCoils l n m * i ^ 2 / 2) = 0 := by grind [coilEnergy]
  have q := sq_pos (show d ≠ 0 by grind)
  rcases mul_eq_zero.mp o with p | p <;> grind

/-- Coils in parallel have at most the inductance of either. -/
theorem parallel_coils_le (l n m : K) (h : 0 < l + n - 2 * m) : parallelCoils l n m ≤ l := by
  have k := sq_nonneg (l - m)
  rw [parallelCoils, div_le_iff h]
  grind

/-- An unloaded transformer of complete coupling changes voltages in the ratio of the windings. -/
theorem transformer_ratio (a b k u v x : K) (hx : x ≠ 0) (hk : k ≠ 0) (hu : u = k * a ^ 2 * x)
    (hv : v = k * a * b * x) : v / u = b / a := by
  grind

/-- Impedance is never below the resistance. -/
theorem impedance_ge (r l c w : K) : r ^ 2 ≤ impedanceSq r l c w := by
  have k := sq_nonneg (w * l - 1 / (w * c))
  grind [impedanceSq]

/-- Impedance is the resistance alone exactly at the frequency of resonance (Thomson's formula). -/
theorem impedance_resonance (r l c w : K) (hc : c ≠ 0) (hw : w ≠ 0) :
    impedanceSq r l c w = r ^ 2 ↔ w ^ 2 = 1 / (l * c) := by
  grind [impedanceSq]

/-- Two frequencies of one impedance have that of resonance as geometric mean. -/
theorem impedance_geometric_mean (r l c v w : K) (hl : 0 < l) (hc : 0 < c) (hv : 0 < v) (hw : 0 < w) (hvw : v ≠ w)
    (h : impedanceSq r l c v = impedanceSq r l c w) : v * w * (l * c) = 1 := by
  have a : 1 / (v * c) = 1 / c * (1 / v) := by grind
  have b : 1 / (w * c) = 1 / c * (1 / w) := by grind
  have x : 1 / v * v = 1 := by grind
  have y : 1 / w * w = 1 := by grind
  have z : 1 / c * c = 1 := by grind
  have o : (0 : K) < 1 := by grind
  have p := mul_pos (div_pos o hc) (mul_pos (div_pos o hv) (div_pos o hw))
  rw [impedanceSq, impedanceSq, a, b] at h
  clear a b
  generalize 1 / v = s at *
  generalize 1 / w = t at *
  generalize 1 / c = u at *
  have e : v * l - u * s - (w * l - u * t) = (v - w) * (l + u * (s * t)) := by grind
  have f : v * l - u * s + (w * l - u * t) = (v + w) * (l - u * (s * t)) := by grind
  have d : (v - w) * (l + u * (s * t)) * ((v + w) * (l - u * (s * t))) = 0 := by
    rw [← e, ← f]
    grind
  rcases mul_eq_zero.mp d with k | k
  · rcases mul_eq_zero.mp k with k | k <;> grind
  · rcases mul_eq_zero.mp k with k | k
    · grind
    · rw [show l = u * (s * t) by grind]
      grind

/-- A leapfrog step keeps an energy that differs from the true one by a term of the order of the step. -/
theorem leapInvariant_step (l c h q i : K) (hl : l ≠ 0) :
    leapInvariant l c h (leapCharge h q i) (leapCurrent l c h q i) = leapInvariant l c h q i := by
  have p : h / (l * c) = h * l⁻¹ * c⁻¹ := by grind
  rw [leapCurrent, p]
  grind [leapInvariant, leapCharge]

/-- `n` leapfrog steps keep that energy. -/
theorem leapInvariant_steps (l c h q i : K) (hl : l ≠ 0) (hc : c ≠ 0) (n : Nat) :
    leapInvariant l c h (leapSteps l c h q i n).1 (leapSteps l c h q i n).2 = leapInvariant l c h q i := by
  induction n with
  | zero => rfl
  | succ n ih => rw [leapSteps, leapInvariant_step l c h _ _ hl, ih]

/-- Short leapfrog steps keep the current of an oscillating circuit bounded for ever. -/
theorem leap_bounded (l c h q i : K) (hl : 0 < l) (hc : 0 < c) (n : Nat) :
    (l - h ^ 2 / (4 * c)) * (leapSteps l c h q i n).2 ^ 2 ≤ leapInvariant l c h q i := by
  rw [← leapInvariant_steps l c h q i (by grind) (by grind) n]
  have k := mul_nonneg (inv_nonneg (show 0 ≤ c by grind))
    (sq_nonneg ((leapSteps l c h q i n).1 + h / 2 * (leapSteps l c h q i n).2))
  rw [show h ^ 2 / (4 * c) = h ^ 2 * c⁻¹ / 4 by grind]
  generalize (leapSteps l c h q i n).1 = x at *
  generalize (leapSteps l c h q i n).2 = y at *
  rw [show leapInvariant l c h x y = l * y ^ 2 + x ^ 2 * c⁻¹ + h * x * y * c⁻¹ by grind [leapInvariant]]
  grind

/-- A circuit that keeps its energy reaches at most the current that all its energy would make. -/
theorem circuit_current_bound (l c q i j : K) (hl : 0 < l) (hc : 0 < c) (hj : 0 ≤ j)
    (h : circuitEnergy l c q i = l * j ^ 2 / 2) : -j ≤ i ∧ i ≤ j := by
  have k := div_nonneg (sq_nonneg q) (show 0 ≤ 2 * c by grind)
  have e : l * i ^ 2 ≤ l * j ^ 2 := by grind [circuitEnergy]
  exact bounds_of_sq_le_sq hj (le_of_mul_le_mul_left hl e)

end PhysField.Electromagnetism
