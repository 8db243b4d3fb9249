import PhysField.Mathematics.FiniteDifference
import PhysField.Mathematics.Vector

/-!
# Thermal contact, conduction and radiation

Bodies of heat capacities `c i` and temperatures `t i` that come to a common temperature, entropy made by the passing of heat, two bodies that
exchange heat in steps (Newton), walls in series and in parallel, the steady state of a chain of conductors (Fourier), and shields against
radiation, whose currents are driven by the differences of `u = t⁴`.
Source: Callen, Thermodynamics and an Introduction to Thermostatistics, chapters 2 and 4; Carslaw, Jaeger, Conduction of Heat in Solids,
chapter 3.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Temperature at which bodies of heat capacities `c` and temperatures `t` come to rest. -/
def commonTemperature (c t : Fin n → K) : K := (sum fun i => c i * t i) / sum c

/-- Entropy made a second by a current of heat from `s` to `t` through a wall of conductance `g`. -/
def conductionEntropy (g s t : K) : K := g * (s - t) / t - g * (s - t) / s

/-- Temperatures of two bodies that exchange in each step the fractions `a` and `b` of their difference. -/
def contactStep (a b : K) (s t : K) : Nat → K × K
  | 0 => (s, t)
  | n + 1 => ((contactStep a b s t n).1 - a * ((contactStep a b s t n).1 - (contactStep a b s t n).2),
      (contactStep a b s t n).2 + b * ((contactStep a b s t n).1 - (contactStep a b s t n).2))

/-- Bodies that come to a common temperature conserve their energy. -/
theorem common_energy (c t : Fin n → K) (h : 0 < sum c) : (sum fun i => c i * commonTemperature c t) = sum fun i => c i * t i := by
  have k : sum c ≠ 0 := by grind
  rw [sum_mul, show (sum fun i => c i) = sum c from rfl, commonTemperature]
  grind

/-- The common temperature lies between the coldest and the hottest. -/
theorem common_between (c t : Fin n → K) (a b : K) (hc : ∀ i, 0 ≤ c i) (h : 0 < sum c) (ha : ∀ i, a ≤ t i) (hb : ∀ i, t i ≤ b) :
    a ≤ commonTemperature c t ∧ commonTemperature c t ≤ b := by
  have p := sum_le_sum (fun i => c i * a) (fun i => c i * t i) fun i => mul_le_mul_left (hc i) (ha i)
  have q := sum_le_sum (fun i => c i * t i) (fun i => c i * b) fun i => mul_le_mul_left (hc i) (hb i)
  rw [sum_mul, show (sum fun i => c i) = sum c from rfl] at p q
  constructor
  · rw [commonTemperature, le_div_iff h]
    grind
  · rw [commonTemperature, div_le_iff h]
    grind

/-- Equal temperatures are left by contact: the zeroth law. -/
theorem common_const (c : Fin n → K) (a : K) (h : 0 < sum c) : commonTemperature c (fun _ => a) = a := by
  have k : sum c ≠ 0 := by grind
  rw [commonTemperature, sum_mul, show (sum fun i => c i) = sum c from rfl]
  grind

/-- Contact makes entropy: the heats `c (m - t)` that bodies take on the way to the mean temperature `m` give `Σ c (m - t) / t ≥ 0`. -/
theorem common_entropy (c t : Fin n → K) (hc : ∀ i, 0 ≤ c i) (ht : ∀ i, 0 < t i) (h : 0 < sum c) (hm : 0 < commonTemperature c t) :
    0 ≤ sum fun i => c i * (commonTemperature c t - t i) / t i := by
  have e := common_energy c t h
  generalize commonTemperature c t = m at *
  have k : (sum fun i => 1 / m * (c i * m - c i * t i)) ≤ sum fun i => c i * (m - t i) / t i := by
    refine sum_le_sum _ _ fun i => ?_
    have p := ht i
    have q := div_nonneg (mul_nonneg (hc i) (sq_nonneg (m - t i))) (show 0 ≤ m * t i by grind [mul_pos hm p])
    have f : c i * (m - t i) / t i - 1 / m * (c i * m - c i * t i) = c i * (m - t i) ^ 2 / (m * t i) := by
      clear hc ht
      grind
    grind
  rw [mul_sum, sum_sub, e] at k
  grind

/-- Contact lowers the mean square of the temperatures by their spread about the common one. -/
theorem common_square (c t : Fin n → K) (h : 0 < sum c) :
    (sum fun i => c i * t i ^ 2) = sum c * commonTemperature c t ^ 2 + sum fun i => c i * (t i - commonTemperature c t) ^ 2 := by
  have e := common_energy c t h
  generalize commonTemperature c t = m at *
  have k : (sum fun i => c i * (t i - m) ^ 2) = (sum fun i => c i * t i ^ 2) - (sum fun i => 2 * m * (c i * t i)) + sum fun i => c i * m ^ 2 := by
    rw [← sum_sub, ← sum_add]
    exact sum_congr _ _ fun i => by grind
  rw [k, mul_sum, ← e, sum_mul, sum_mul, show (sum fun i => c i) = sum c from rfl]
  grind

/-- Two bodies in contact: the temperature changes are inverse to the heat capacities. -/
theorem contact_two (a b s t m : K) (hb : b ≠ 0) (hs : m ≠ s) (h : a * m + b * m = a * s + b * t) : (t - m) / (m - s) = a / b := by
  have p : m - s ≠ 0 := by grind
  have e : b * (t - m) = a * (m - s) := by grind
  grind

/-- Conduction makes entropy in proportion to the square of the temperature difference. -/
theorem conductionEntropy_eq (g s t : K) (hs : 0 < s) (ht : 0 < t) : conductionEntropy g s t = g * (s - t) ^ 2 / (s * t) := by
  grind [conductionEntropy]

/-- Conduction makes no entropy exactly between equal temperatures. -/
theorem conductionEntropy_zero_iff (g s t : K) (hg : 0 < g) : conductionEntropy g s t = 0 ↔ s = t := by
  grind [conductionEntropy]

/-- Two bodies in contact conserve their energy at every step. -/
theorem contactStep_energy (a b s t : K) (n : Nat) : b * (contactStep a b s t n).1 + a * (contactStep a b s t n).2 = b * s + a * t := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [contactStep]
    grind

/-- The temperature difference of two bodies in contact decays geometrically (Newton's law of cooling). -/
theorem contactStep_difference (a b s t : K) (n : Nat) :
    (contactStep a b s t n).1 - (contactStep a b s t n).2 = (1 - a - b) ^ n * (s - t) := by
  exact geometric_of_step (1 - a - b) (fun k => (contactStep a b s t k).1 - (contactStep a b s t k).2) n fun k => by
    simp only [contactStep]
    grind

/-- The temperature of each body: the common one and a decaying rest. -/
theorem contactStep_first (a b s t : K) (n : Nat) (h : a + b ≠ 0) :
    (contactStep a b s t n).1 = (b * s + a * t) / (a + b) + a / (a + b) * ((1 - a - b) ^ n * (s - t)) := by
  have e := contactStep_energy a b s t n
  have d := contactStep_difference a b s t n
  have k : (a + b) * (contactStep a b s t n).1 = b * s + a * t + a * ((1 - a - b) ^ n * (s - t)) := by grind
  generalize (1 - a - b) ^ n * (s - t) = z at *
  clear d e
  grind

/-- Heat never overshoots in contact with small steps: the hotter body stays the hotter. -/
theorem contactStep_order (a b s t : K) (n : Nat) (h : a + b ≤ 1) (hst : t ≤ s) : (contactStep a b s t n).2 ≤ (contactStep a b s t n).1 := by
  have d := contactStep_difference a b s t n
  have p := mul_nonneg (pow_nonneg (show 0 ≤ 1 - a - b by grind) n) (show 0 ≤ s - t by grind)
  grind

/-- In the steady state of a chain of equal conductors the temperature is linear (Fourier). -/
theorem steady_linear (t : Nat → K) (n k : Nat) (h : ∀ j, t (j + 1) = (t (j + 2) + t j) / 2) :
    t k = t 0 + k / (n + 1) * (t (n + 1) - t 0) := by
  have p := natCast_nonneg (K := K) n
  have e := fun m => parabola_of_diff2 t 0 m fun j => by grind [diff2, h j]
  have q : (n : K) + 1 ≠ 0 := by grind
  have s := e (n + 1)
  have r : t (n + 1) - t 0 = (n + 1) * (t 1 - t 0) := by grind
  rw [e k, r]
  grind

/-- In walls in series the resistances to heat add: the current is the whole temperature difference over their sum. -/
theorem walls_series (r t : Nat → K) (q : K) (n : Nat) (h : ∀ k, t k - t (k + 1) = r k * q) : t 0 - t n = partialSum r n * q := by
  induction n with
  | zero => grind [partialSum]
  | succ n ih =>
    have k := h n
    rw [partialSum]
    grind

/-- Temperatures fall monotonically through walls in the direction of the current. -/
theorem walls_monotone (r t : Nat → K) (q : K) (m n : Nat) (hr : ∀ k, 0 ≤ r k) (hq : 0 ≤ q) (h : ∀ k, t k - t (k + 1) = r k * q) :
    t (m + n) ≤ t m := by
  have k := mono_of_diff (fun j => -t j) m n fun j => by
    have a := mul_nonneg (hr j) hq
    have b := h j
    grind [diff]
  grind

/-- Radiation that passes `n` shields between plates is `n + 1` times weaker than without them. -/
theorem radiation_shields (u : Nat → K) (g q : K) (n : Nat) (hg : g ≠ 0) (h : ∀ k, q = g * (u k - u (k + 1))) :
    q = g * (u 0 - u (n + 1)) / (n + 1) := by
  have p := natCast_nonneg (K := K) n
  have e := walls_series (fun _ => 1 / g) u q (n + 1) fun k => by
    have l := h k
    clear h
    grind
  have f : ∀ m, partialSum (fun _ => 1 / g) m = m / g := by
    intro m
    induction m with
    | zero => grind [partialSum]
    | succ m ih =>
      rw [partialSum, ih]
      grind
  have s : (n : K) + 1 ≠ 0 := by grind
  rw [f] at e
  clear h f
  grind

/-- A planet, heated at the rate `s` and radiating `k u`, is warmed by a layer of gas that absorbs the fraction `e` of its radiation and
radiates half of it back. -/
theorem greenhouse (k e s u : K) (hk : 0 < k) (he : 0 ≤ e) (he' : e < 2) (h : s + e * (k * u) / 2 = k * u) (hs : 0 ≤ s) : s / k ≤ u := by
  have d : k * u * (2 - e) = 2 * s := by grind
  have p : 0 ≤ k * u := le_of_mul_le_mul_left (show 0 < 2 - e by grind) (by grind)
  have q := mul_nonneg he p
  rw [div_le_iff hk]
  grind

end PhysField.Thermodynamics
