import PhysField.Mathematics.Series

/-!
# Occupation numbers of Bose, Fermi and Boltzmann

Mean occupation of a state as a function of `x = exp ((E - μ) / kT)`: the three statistics and their order, particles and holes,
fluctuations, the balance of scattering, Planck's law after Einstein, and the mean occupation as a limit of truncated geometric weights.
Source: Reif, Fundamentals of Statistical and Thermal Physics, chapter 9; Kittel, Kroemer, Thermal Physics, chapters 4, 6 and 7.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Mean occupation after Fermi and Dirac. -/
def fermi (x : K) : K := 1 / (x + 1)

/-- Mean occupation after Bose and Einstein. -/
def bose (x : K) : K := 1 / (x - 1)

/-- Partition function of a state that holds at most `n` bosons, with the weight `r = 1 / x` for each. -/
def bosonPartition (r : K) (n : Nat) : K := partialSum (fun k => r ^ k) (n + 1)

/-- Sum of the occupations of a state that holds at most `n` bosons, each with its weight. -/
def bosonNumber (r : K) (n : Nat) : K := partialSum (fun k => k * r ^ k) (n + 1)

/-- Density of radiation at which absorption `b` and emission, stimulated `b` and spontaneous `a`, balance two levels of population
ratio `x`, lower over upper. -/
def einsteinDensity (a b x : K) : K := a / (b * (x - 1))

/-- No state holds more than one fermion on average: Pauli's principle. -/
theorem fermi_bounds (x : K) (hx : 0 < x) : 0 < fermi x ∧ fermi x < 1 := by
  refine ⟨div_pos (by grind) (by grind), ?_⟩
  rw [fermi, div_lt_iff (by grind)]
  grind

/-- The occupation of fermions falls with the energy. -/
theorem fermi_lt_fermi (x y : K) (hx : 0 < x) (h : x < y) : fermi y < fermi x := by
  exact div_lt_div_left (by grind) (by grind) (by grind)

/-- The occupation of bosons falls with the energy. -/
theorem bose_lt_bose (x y : K) (hx : 1 < x) (h : x < y) : bose y < bose x := by
  exact div_lt_div_left (by grind) (by grind) (by grind)

/-- Holes are occupied like particles of the opposite energy. -/
theorem fermi_hole (x : K) (hx : 0 < x) : fermi x⁻¹ = 1 - fermi x := by
  have h : x + 1 ≠ 0 := by grind
  have k : x⁻¹ + 1 ≠ 0 := by grind [inv_pos hx]
  grind [fermi]

/-- At the chemical potential, and only there, half of the fermion states are occupied. -/
theorem fermi_half_iff (x : K) : fermi x = 1 / 2 ↔ x = 1 := by
  grind [fermi]

/-- Fermions occupy a state less, bosons more than classical particles do. -/
theorem occupation_order (x : K) (hx : 1 < x) : fermi x < 1 / x ∧ 1 / x < bose x := by
  constructor
  · exact div_lt_div_left (by grind) (by grind) (by grind)
  · exact div_lt_div_left (by grind) (by grind) (by grind)

/-- Dilute gases are classical: the occupations of bosons and fermions differ by twice the product of both. -/
theorem bose_sub_fermi (x : K) (hx : 1 < x) : bose x - fermi x = 2 * (bose x * fermi x) := by
  have h : x + 1 ≠ 0 := by grind
  have k : x - 1 ≠ 0 := by grind
  grind [bose, fermi]

/-- A fermion occupation is a boson occupation less two at twice the energy. -/
theorem fermi_eq_bose (x : K) (hx : 1 < x) : fermi x = bose x - 2 * bose (x ^ 2) := by
  have h : x + 1 ≠ 0 := by grind
  have k : x - 1 ≠ 0 := by grind
  have e : x ^ 2 - 1 = (x - 1) * (x + 1) := by grind
  rw [fermi, bose, bose, e]
  grind

/-- The number of bosons in a state fluctuates more than that of classical particles: bunching. -/
theorem bose_fluctuation (x : K) (hx : 1 < x) :
    bose x * (1 + bose x) = x / (x - 1) ^ 2 ∧ bose x < bose x * (1 + bose x) := by
  have h : x - 1 ≠ 0 := by grind
  have p : 0 < bose x := div_pos (by grind) (by grind)
  have q := mul_pos p p
  constructor
  · grind [bose]
  · grind

/-- The number of fermions in a state fluctuates by at most a quarter, and most at the chemical potential. -/
theorem fermi_fluctuation (x : K) (hx : 0 < x) :
    fermi x * (1 - fermi x) = x / (x + 1) ^ 2 ∧ fermi x * (1 - fermi x) ≤ 1 / 4 := by
  have h : x + 1 ≠ 0 := by grind
  have k := sq_nonneg (fermi x - 1 / 2)
  constructor
  · grind [fermi]
  · grind

/-- Collisions of two fermions into two empty states balance exactly if the products of `x` agree: energy and number are conserved. -/
theorem fermi_balance_iff (x y z w : K) (hx : 0 < x) (hy : 0 < y) (hz : 0 < z) (hw : 0 < w) :
    fermi x * fermi y * ((1 - fermi z) * (1 - fermi w)) = fermi z * fermi w * ((1 - fermi x) * (1 - fermi y))
      ↔ z * w = x * y := by
  have e : ∀ t : K, 0 < t → 1 - fermi t = t * fermi t := by
    intro t ht
    have h : t + 1 ≠ 0 := by grind
    grind [fermi]
  have p := mul_pos (mul_pos (fermi_bounds x hx).1 (fermi_bounds y hy).1) (mul_pos (fermi_bounds z hz).1 (fermi_bounds w hw).1)
  rw [e x hx, e y hy, e z hz, e w hw]
  constructor
  · intro h
    have k : fermi x * fermi y * (fermi z * fermi w) * (z * w - x * y) = 0 := by grind
    rcases mul_eq_zero.mp k with l | l <;> grind
  · intro h
    have k : fermi x * fermi y * (fermi z * fermi w) * (z * w - x * y) = 0 := by grind
    grind

/-- Emission and absorption of bosons are in the ratio of Boltzmann's factor. -/
theorem bose_emission_ratio (x : K) (hx : 1 < x) : (1 + bose x) / bose x = x := by
  have h : x - 1 ≠ 0 := by grind
  have p : bose x ≠ 0 := by grind [div_pos (show (0 : K) < 1 by grind) (show 0 < x - 1 by grind), bose]
  grind [bose]

/-- Radiation balances two levels exactly at Planck's density (Einstein's derivation). -/
theorem einstein_balance_iff (a b x r : K) (hb : 0 < b) (hx : 1 < x) :
    x * (b * r) = a + b * r ↔ r = einsteinDensity a b x := by
  have h : x - 1 ≠ 0 := by grind
  have k : b * (x - 1) ≠ 0 := by
    have l := mul_pos hb (show 0 < x - 1 by grind)
    grind
  rw [einsteinDensity]
  constructor
  · intro e
    have f : r * (b * (x - 1)) = a := by grind
    grind
  · intro e
    have f : r * (b * (x - 1)) = a := by grind
    grind

/-- In units of the spontaneous emission the balanced density of radiation is Bose's occupation. -/
theorem einsteinDensity_eq (a b x : K) : einsteinDensity a b x = a / b * bose x := by
  grind [einsteinDensity, bose]

/-- Light is amplified exactly by an inverted population: net stimulated emission needs the upper level to be the fuller. -/
theorem laser_gain_iff (b r u l : K) (hb : 0 < b) (hr : 0 < r) : 0 < b * r * u - b * r * l ↔ l < u := by
  have p := mul_pos hb hr
  have e : b * r * u - b * r * l = b * r * (u - l) := by grind
  rw [e, mul_pos_iff p]
  grind

/-- The partition function of at most `n` bosons is a truncated geometric series. -/
theorem bosonPartition_eq (r : K) (n : Nat) (hr : r ≠ 1) : bosonPartition r n = (1 - r ^ (n + 1)) / (1 - r) := by
  exact geometric_sum r (n + 1) hr

/-- With one place only, bosons are fermions. -/
theorem bosonNumber_one (x : K) (hx : 0 < x) : bosonNumber x⁻¹ 1 / bosonPartition x⁻¹ 1 = fermi x := by
  have h : x + 1 ≠ 0 := by grind
  have k : 1 + x⁻¹ ≠ 0 := by grind [inv_pos hx]
  simp only [bosonNumber, bosonPartition, partialSum]
  grind [fermi]

/-- The mean number of at most `n` bosons is that of Bose less a correction for the missing places (Gentile). -/
theorem bosonNumber_eq (r : K) (n : Nat) (hr' : r < 1) :
    bosonNumber r n = bosonPartition r n * (r / (1 - r)) - (n + 1) * r ^ (n + 1) / (1 - r) := by
  have h : 1 - r ≠ 0 := by grind
  have a := arithmetic_geometric_sum r (n + 1)
  have b := geometric_sum_mul r (n + 1)
  rw [bosonNumber, bosonPartition]
  grind

/-- A state with a bounded number of places holds fewer bosons than an unbounded one. -/
theorem bosonNumber_lt (x : K) (n : Nat) (hx : 1 < x) : bosonNumber x⁻¹ n < bosonPartition x⁻¹ n * bose x := by
  have i := inv_lt_inv (show (0 : K) < 1 by grind) hx
  have p := inv_pos (show 0 < x by grind)
  have e : x⁻¹ / (1 - x⁻¹) = bose x := by
    have h : x - 1 ≠ 0 := by grind
    have k : 1 - x⁻¹ ≠ 0 := by grind
    grind [bose]
  have q := pow_pos p (n + 1)
  have s := natCast_nonneg (K := K) n
  have t := div_pos (mul_pos (show 0 < (n : K) + 1 by grind) q) (show 0 < 1 - x⁻¹ by grind)
  rw [bosonNumber_eq x⁻¹ n (by grind), e]
  grind

end PhysField.StatisticalMechanics
