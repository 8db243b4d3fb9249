import PhysField.Mathematics.Series
import PhysField.StatisticalMechanics.FiniteProbability

/-!
# Systems of two levels

A system with energies `0` and `e` and Boltzmann's factor `x = exp (-e / kT) > 0` of the upper level: populations, mean energy and its
fluctuation, inversion at negative temperature, Schottky's bound on the heat capacity, `n` independent systems, the law by which the
polarisations of two Boltzmann factors combine, and relaxation by jumps up and down.
Source: Reif, Fundamentals of Statistical and Thermal Physics, chapters 6 and 7; Kittel, Kroemer, Thermal Physics, chapter 3.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Probability of the upper level. -/
def upper (x : K) : K := x / (1 + x)

/-- Probability of the lower level. -/
def lower (x : K) : K := 1 / (1 + x)

/-- Mean energy of a system with the level distance `e`. -/
def levelEnergy (e x : K) : K := e * upper x

/-- Mean squared fluctuation of the energy. -/
def levelFluctuation (e x : K) : K := upper x * (e - levelEnergy e x) ^ 2 + lower x * (0 - levelEnergy e x) ^ 2

/-- Polarisation: the lower less the upper probability. -/
def polarisation (x : K) : K := (1 - x) / (1 + x)

/-- Partition function of `n` independent systems, by recursion over the systems. -/
def independentPartition (x : K) : Nat → K
  | 0 => 1
  | n + 1 => independentPartition x n + x * independentPartition x n

/-- Upper population after `n` steps in which a fraction `u` of the lower level jumps up and a fraction `d` of the upper one down. -/
def relaxedUpper (u d p : K) : Nat → K
  | 0 => p
  | n + 1 => relaxedUpper u d p n - d * relaxedUpper u d p n + u * (1 - relaxedUpper u d p n)

/-- The populations of the two levels sum to one. -/
theorem upper_add_lower (x : K) (hx : 0 < x) : upper x + lower x = 1 := by
  have h : 1 + x ≠ 0 := by grind
  grind [upper, lower]

/-- The upper level is occupied with a probability between zero and one. -/
theorem upper_bounds (x : K) (hx : 0 < x) : 0 < upper x ∧ upper x < 1 := by
  refine ⟨div_pos hx (by grind), ?_⟩
  rw [upper, div_lt_iff (by grind)]
  grind

/-- The population is inverted exactly if Boltzmann's factor exceeds one, at negative temperature. -/
theorem inversion_iff (x : K) (hx : 0 < x) : lower x < upper x ↔ 1 < x := by
  have h : 0 < 1 + x := by grind
  rw [lower, upper, div_lt_div_iff h h]
  constructor
  · intro k
    exact lt_of_mul_lt_mul_left h (by grind)
  · intro k
    exact mul_lt_mul_right h k

/-- The upper population grows with Boltzmann's factor. -/
theorem upper_lt_upper (x y : K) (hx : 0 < x) (h : x < y) : upper x < upper y := by
  rw [upper, upper, div_lt_div_iff (by grind) (by grind)]
  grind

/-- Inversion of Boltzmann's factor, a change of sign of the temperature, exchanges the populations. -/
theorem upper_inv (x : K) (hx : 0 < x) : upper x⁻¹ = lower x := by
  have h : 1 + x ≠ 0 := by grind
  have k : 1 + x⁻¹ ≠ 0 := by grind [inv_pos hx]
  grind [upper, lower]

/-- At positive temperature the mean energy stays below half the level distance. -/
theorem levelEnergy_lt_half (e x : K) (he : 0 < e) (hx : 0 < x) (h : x < 1) : levelEnergy e x < e / 2 := by
  have k : upper x < 1 / 2 := by
    rw [upper, div_lt_div_iff (by grind) (by grind)]
    grind
  have l := mul_lt_mul_left he k
  rw [levelEnergy]
  grind

/-- The fluctuation of the energy is the product of both populations and the squared level distance. -/
theorem levelFluctuation_eq (e x : K) : levelFluctuation e x = e ^ 2 * x / (1 + x) ^ 2 := by
  grind [levelFluctuation, levelEnergy, upper, lower]

/-- The fluctuation of the energy is at most a quarter of the squared level distance, which bounds Schottky's heat capacity. -/
theorem levelFluctuation_le (e x : K) (hx : 0 < x) : levelFluctuation e x ≤ e ^ 2 / 4 := by
  have p := sq_pos (show 1 + x ≠ 0 by grind)
  have k := mul_nonneg (sq_nonneg e) (sq_nonneg (1 - x))
  rw [levelFluctuation_eq e x, div_le_div_iff p (by grind)]
  grind

/-- The fluctuation is largest exactly at equal populations. -/
theorem levelFluctuation_max_iff (e x : K) (he : e ≠ 0) : levelFluctuation e x = e ^ 2 / 4 ↔ x = 1 := by
  rw [levelFluctuation_eq]
  have c : 1 + x ≠ 0 → (e ^ 2 / 4 - e ^ 2 * x / (1 + x) ^ 2) * (4 * (1 + x) ^ 2) = e ^ 2 * (1 - x) ^ 2 := by grind
  constructor
  · intro k
    have z : e ^ 2 * (1 - x) ^ 2 = 0 := by grind
    rcases mul_eq_zero.mp z with l | l
    · grind
    · have m := sq_eq_zero.mp l
      grind
  · intro k
    subst k
    grind

/-- Energies at two temperatures differ by the difference of Boltzmann's factors over both partition functions. -/
theorem levelEnergy_sub (e x y : K) (hx : 0 < x) (hy : 0 < y) :
    levelEnergy e y - levelEnergy e x = e * (y - x) / ((1 + x) * (1 + y)) := by
  have h : 1 + x ≠ 0 := by grind
  have k : 1 + y ≠ 0 := by grind
  grind [levelEnergy, upper]

/-- The partition function of independent systems is the product of theirs. -/
theorem independentPartition_eq (x : K) (n : Nat) : independentPartition x n = (1 + x) ^ n := by
  induction n with
  | zero => grind [independentPartition]
  | succ n ih =>
    rw [independentPartition, ih, pow_succ]
    grind

/-- Partition functions of `m` and `n` independent systems multiply, so that free energies add. -/
theorem independentPartition_add (x : K) (m n : Nat) :
    independentPartition x (m + n) = independentPartition x m * independentPartition x n := by
  rw [independentPartition_eq, independentPartition_eq, independentPartition_eq, pow_add]

/-- Every temperature but zero leaves room for disorder: the partition function of `n` systems is at least `1 + n x`. -/
theorem independentPartition_ge (x : K) (n : Nat) (hx : 0 < x) : 1 + n * x ≤ independentPartition x n := by
  rw [independentPartition_eq]
  exact bernoulli (by grind) n

/-- The polarisation is the difference of the populations. -/
theorem polarisation_eq (x : K) : polarisation x = lower x - upper x := by
  grind [polarisation, lower, upper]

/-- The polarisation lies strictly between minus one and one: no positive temperature saturates a magnet. -/
theorem polarisation_bounds (x : K) (hx : 0 < x) : -1 < polarisation x ∧ polarisation x < 1 := by
  constructor
  · rw [polarisation, lt_div_iff (by grind)]
    grind
  · rw [polarisation, div_lt_iff (by grind)]
    grind

/-- Polarisations combine like velocities where Boltzmann's factors multiply. -/
theorem polarisation_mul (x y : K) (hx : 0 < x) (hy : 0 < y) :
    polarisation (x * y) = (polarisation x + polarisation y) / (1 + polarisation x * polarisation y) := by
  have h : 1 + x ≠ 0 := by grind
  have k : 1 + y ≠ 0 := by grind
  have p := mul_pos hx hy
  have l : 1 + x * y ≠ 0 := by grind
  have e : 1 + polarisation x * polarisation y = 2 * (1 + x * y) / ((1 + x) * (1 + y)) := by grind [polarisation]
  have f : polarisation x + polarisation y = 2 * (1 - x * y) / ((1 + x) * (1 + y)) := by grind [polarisation]
  rw [e, f, polarisation]
  grind

/-- A polarisation fixes its Boltzmann factor: a magnet is a thermometer. -/
theorem polarisation_injective (x y : K) (hx : 0 < x) (hy : 0 < y) (h : polarisation x = polarisation y) : x = y := by
  have p : 1 + x ≠ 0 := by grind
  have q : 1 + y ≠ 0 := by grind
  grind [polarisation]

/-- The population reaches its balance with a distance that shrinks by the factor `1 - u - d` a step. -/
theorem relaxedUpper_eq (u d p : K) (n : Nat) (h : u + d ≠ 0) :
    relaxedUpper u d p n - u / (u + d) = (1 - u - d) ^ n * (p - u / (u + d)) := by
  exact geometric_of_step (1 - u - d) (fun k => relaxedUpper u d p k - u / (u + d)) n fun k => by grind [relaxedUpper]

/-- The balanced population is the thermal one exactly if the jumps obey detailed balance. -/
theorem balance_thermal_iff (u d x : K) (hu : 0 < u) (hd : 0 < d) : u / (u + d) = upper x ↔ u = d * x := by
  have p : u + d ≠ 0 := by grind
  grind [upper]

/-- Populations stay probabilities while they relax. -/
theorem relaxedUpper_bounds (u d p : K) (n : Nat) (hu : 0 ≤ u) (hu' : u ≤ 1) (hd : 0 ≤ d) (hd' : d ≤ 1) (hp : 0 ≤ p)
    (hp' : p ≤ 1) : 0 ≤ relaxedUpper u d p n ∧ relaxedUpper u d p n ≤ 1 := by
  induction n with
  | zero => exact ⟨hp, hp'⟩
  | succ n ih =>
    have a := mul_nonneg (show 0 ≤ 1 - d by grind) ih.1
    have b := mul_nonneg hu (show 0 ≤ 1 - relaxedUpper u d p n by grind)
    have c := mul_nonneg (show 0 ≤ 1 - u by grind) (show 0 ≤ 1 - relaxedUpper u d p n by grind)
    have e := mul_nonneg hd ih.1
    rw [relaxedUpper]
    grind

/-- The fluctuation of a two-level system is the variance over its two states. -/
theorem levelFluctuation_eq_variance (e x : K) (hx : 0 < x) :
    levelFluctuation e x = variance (fun i : Fin 2 => if i = 0 then lower x else upper x) (fun i => if i = 0 then 0 else e) := by
  have h : 1 + x ≠ 0 := by grind
  simp [variance, mean, sum, levelFluctuation, levelEnergy]
  grind

end PhysField.StatisticalMechanics
