import PhysField.Mathematics.Series

/-!
# Capacitors and electrostatic energy

Capacitors in series and in parallel, the energy that is lost when charges are shared, discharge in steps, dielectrics, and the energy of
`n` conductors with a symmetric matrix of potential coefficients: Green's reciprocity and Thomson's theorem of least energy.
Source: Griffiths, Introduction to Electrodynamics, chapters 2 to 4; Jackson, Classical Electrodynamics, chapter 1.
-/
namespace PhysField.Electromagnetism
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Energy of a capacitor `c` with charge `q`. -/
def chargeEnergy (c q : K) : K := q ^ 2 / (2 * c)

/-- Capacitance of two capacitors one behind the other. -/
def seriesCapacitance (c d : K) : K := c * d / (c + d)

/-- Common voltage of two capacitors with charges `q` and `r` after they are connected. -/
def sharedVoltage (c d q r : K) : K := (q + r) / (c + d)

/-- Capacitance of a plate capacitor of area `a` and distance `d`, filled to the depth `t` with a dielectric of constant `k`. -/
def slabCapacitance (a d t k : K) : K := a / (d - t + t / k)

/-- Potential of conductor `i` at charges `q`, from the coefficients of potential `p`. -/
def conductorPotential (p : Matrix n n K) (q : Vec n K) : Vec n K := mulVec p q

/-- Electrostatic energy of conductors at charges `q`. -/
def conductorEnergy (p : Matrix n n K) (q : Vec n K) : K := inner q (mulVec p q) / 2

/-- Polarisability over volume, in units of the vacuum's, of a medium of dielectric constant `k` (Clausius, Mossotti). -/
def clausiusMossotti (k : K) : K := (k - 1) / (k + 2)

/-- Charge on a capacitor that loses the share `x` of its charge in each step. -/
def dischargeSteps (x q : K) : Nat → K
  | 0 => q
  | m + 1 => (1 - x) * dischargeSteps x q m

/-- Capacitors in a row carry less than either of them. -/
theorem series_capacitance_lt (c d : K) (hc : 0 < c) (hd : 0 < d) : seriesCapacitance c d < c := by
  have k := mul_pos hc hc
  rw [seriesCapacitance, div_lt_iff (show 0 < c + d by grind)]
  grind

/-- The energy of one charge on two capacitors in a row is the sum of the energies that it has on each. -/
theorem series_energy (c d q : K) (hc : 0 < c) (hd : 0 < d) :
    chargeEnergy (seriesCapacitance c d) q = chargeEnergy c q + chargeEnergy d q := by
  have h : c + d ≠ 0 := by grind
  have k := mul_pos hc hd
  have e : 1 / (2 * seriesCapacitance c d) = (c + d) / (2 * (c * d)) := by grind [seriesCapacitance]
  rw [chargeEnergy, show ∀ x y : K, x / y = x * (1 / y) by grind, e]
  grind [chargeEnergy]

/-- Sharing of charge loses energy in proportion to the squared difference of the voltages. -/
theorem sharing_loss (c d q r : K) (hc : 0 < c) (hd : 0 < d) :
    chargeEnergy c q + chargeEnergy d r =
      chargeEnergy (c + d) (q + r) + seriesCapacitance c d * (q / c - r / d) ^ 2 / 2 := by
  obtain ⟨v, rfl⟩ : ∃ v, q = c * v := ⟨q / c, by grind⟩
  obtain ⟨w, rfl⟩ : ∃ w, r = d * w := ⟨r / d, by grind⟩
  have a : ∀ b x : K, b ≠ 0 → chargeEnergy b x = x ^ 2 * b⁻¹ / 2 := by grind [chargeEnergy]
  have s : (c + d) * (c + d)⁻¹ = 1 := by grind
  rw [a c _ (by grind), a d _ (by grind), a (c + d) _ (by grind), show c * v / c = v by grind, show d * w / d = w by grind,
    show seriesCapacitance c d = c * d * (c + d)⁻¹ by grind [seriesCapacitance]]
  generalize (c + d)⁻¹ = t at *
  grind

/-- Connecting two capacitors never gains energy. -/
theorem sharing_energy_le (c d q r : K) (hc : 0 < c) (hd : 0 < d) :
    chargeEnergy (c + d) (q + r) ≤ chargeEnergy c q + chargeEnergy d r := by
  have e := sharing_loss c d q r hc hd
  have p := div_pos (mul_pos hc hd) (show 0 < c + d by grind)
  have k := mul_nonneg (show 0 ≤ seriesCapacitance c d by grind [seriesCapacitance]) (sq_nonneg (q / c - r / d))
  grind

/-- Connecting two capacitors keeps the energy exactly where their voltages were equal. -/
theorem sharing_energy_eq (c d q r : K) (hc : 0 < c) (hd : 0 < d) :
    chargeEnergy (c + d) (q + r) = chargeEnergy c q + chargeEnergy d r ↔ q / c = r / d := by
  have e := sharing_loss c d q r hc hd
  have p := div_pos (mul_pos hc hd) (show 0 < c + d by grind)
  rw [show c * d / (c + d) = seriesCapacitance c d from rfl] at p
  constructor
  · intro h
    have k : seriesCapacitance c d * (q / c - r / d) ^ 2 = 0 := by grind
    rcases mul_eq_zero.mp k with l | l
    · grind
    · have m := sq_eq_zero.mp l
      grind
  · intro h
    rw [e, h]
    grind

/-- The common voltage lies between the two voltages before. -/
theorem shared_voltage_between (c d q r : K) (hc : 0 < c) (hd : 0 < d) (h : q / c ≤ r / d) :
    q / c ≤ sharedVoltage c d q r ∧ sharedVoltage c d q r ≤ r / d := by
  have p : 0 < c + d := by grind
  have k : q * d ≤ r * c := (div_le_div_iff hc hd).mp h
  rw [sharedVoltage]
  exact ⟨by rw [div_le_div_iff hc p]; grind, by rw [div_le_div_iff p hd]; grind⟩

/-- Charge distributes over two capacitors so that the energy is least. -/
theorem charge_distribution_least (c d q x y : K) (hc : 0 < c) (hd : 0 < d) (h : y / c = (q - y) / d) :
    chargeEnergy c y + chargeEnergy d (q - y) ≤ chargeEnergy c x + chargeEnergy d (q - x) := by
  have a := (sharing_energy_eq c d y (q - y) hc hd).mpr h
  have b := sharing_energy_le c d x (q - x) hc hd
  rw [show y + (q - y) = q by grind] at a
  rw [show x + (q - x) = q by grind] at b
  grind

/-- A dielectric slab raises the capacitance. -/
theorem slab_raises (a d t k : K) (ha : 0 < a) (ht : 0 < t) (htd : t ≤ d) (hk : 1 < k) :
    a / d < slabCapacitance a d t k := by
  have p := div_pos ht (show 0 < k by grind)
  have q : t / k < t := by
    rw [div_lt_iff (by grind)]
    have r := mul_lt_mul_left ht hk
    grind
  exact div_lt_div_left ha (by grind) (by grind)

/-- Where the slab stands between the plates does not matter: it is a capacitor in a row with the gap. -/
theorem slab_series (a d t k : K) : 1 / slabCapacitance a d t k = (d - t) / a + t / (a * k) := by
  grind [slabCapacitance]

/-- At fixed voltage the energy of a capacitor with a slab grows as it goes in: the slab is drawn in. -/
theorem slab_drawn_in (a d s t k u : K) (ha : 0 < a) (hu : u ≠ 0) (hs : 0 < s) (hst : s < t) (ht : t ≤ d) (hk : 1 < k) :
    slabCapacitance a d s k * u ^ 2 / 2 < slabCapacitance a d t k * u ^ 2 / 2 := by
  have p := div_pos (show 0 < t by grind) (show 0 < k by grind)
  have q : (t - s) / k < t - s := by
    rw [div_lt_iff (by grind)]
    have r := mul_lt_mul_left (show 0 < t - s by grind) hk
    grind
  have r : slabCapacitance a d s k < slabCapacitance a d t k := div_lt_div_left ha (by grind) (by grind)
  have m := mul_lt_mul_right (sq_pos hu) r
  grind

/-- The quotient of Clausius and Mossotti lies between 0 and 1 and determines the dielectric constant. -/
theorem clausiusMossotti_inverse (k x : K) (hk : 1 ≤ k) : clausiusMossotti k = x ↔ x < 1 ∧ k = (1 + 2 * x) / (1 - x) := by
  have p : 0 < k + 2 := by grind
  have e : clausiusMossotti k * (k + 2) = k - 1 := by grind [clausiusMossotti]
  constructor
  · intro h
    have l : clausiusMossotti k < 1 := by
      rw [clausiusMossotti, div_lt_iff p]
      grind
    have m : 1 - x ≠ 0 := by grind
    exact ⟨by grind, by grind⟩
  · intro ⟨h, l⟩
    have m : 1 - x ≠ 0 := by grind
    have o : k * (1 - x) = 1 + 2 * x := by grind
    rw [clausiusMossotti, show k - 1 = x * (k + 2) by grind]
    grind

/-- A denser arrangement of polarisable bodies has a larger dielectric constant. -/
theorem clausiusMossotti_mono (k l : K) (hk : 1 ≤ k) (h : k < l) : clausiusMossotti k < clausiusMossotti l := by
  rw [clausiusMossotti, clausiusMossotti, div_lt_div_iff (by grind) (by grind)]
  grind

/-- Charge falls geometrically when each step takes an equal share. -/
theorem discharge_geometric (x q : K) (m : Nat) : dischargeSteps x q m = (1 - x) ^ m * q := by
  induction m with
  | zero => grind [dischargeSteps]
  | succ m ih =>
    rw [dischargeSteps, ih, pow_succ]
    grind

/-- A discharge in steps never gains energy. -/
theorem discharge_energy (c x q : K) (hc : 0 < c) (hx : 0 ≤ x) (hx' : x ≤ 2) (m : Nat) :
    chargeEnergy c (dischargeSteps x q (m + 1)) ≤ chargeEnergy c (dischargeSteps x q m) := by
  have k := mul_nonneg (mul_nonneg hx (show 0 ≤ 2 - x by grind)) (sq_nonneg (dischargeSteps x q m))
  rw [chargeEnergy, chargeEnergy, dischargeSteps]
  exact div_le_div_right (by grind) (by grind)

/-- Charging in `m` equal steps of voltage takes more work than is stored by the `m`-th part of what is stored. -/
theorem charging_in_steps (c u : K) (m : Nat) :
    partialSum (fun k => c * (u / (m + 1)) * ((k + 1) * (u / (m + 1)))) (m + 1) = c * u ^ 2 / 2 * (1 + 1 / ((m : K) + 1)) := by
  have h : (m : K) + 1 ≠ 0 := by grind [natCast_nonneg (K := K) m]
  have e : ∀ j : Nat, partialSum (fun k => c * (u / (m + 1)) * ((k + 1) * (u / (m + 1)))) j =
      c * (u / (m + 1)) ^ 2 * ((j : K) * (j + 1) / 2) := by
    intro j
    induction j with
    | zero => grind [partialSum]
    | succ j ih => grind [partialSum]
  rw [e, show ((m + 1 : Nat) : K) = m + 1 by grind]
  grind

/-- Charges of one state times potentials of another give the same sum either way (Green's reciprocity theorem). -/
theorem green_reciprocity (p : Matrix n n K) (hp : ∀ i j, p j i = p i j) (q r : Vec n K) :
    inner q (conductorPotential p r) = inner r (conductorPotential p q) := by
  rw [conductorPotential, inner_mulVec, show transpose p = p by funext i j; exact hp i j, inner_comm]
  rfl

/-- The energy of superposed charges has a mixed term: charges times the potentials of the others. -/
theorem conductorEnergy_add (p : Matrix n n K) (hp : ∀ i j, p j i = p i j) (q r : Vec n K) :
    conductorEnergy p (fun i => q i + r i) = conductorEnergy p q + conductorEnergy p r + inner r (conductorPotential p q) := by
  have h : mulVec p (fun i => q i + r i) = fun i => mulVec p q i + mulVec p r i := by
    funext i
    exact inner_add_right _ _ _
  have g : inner q (mulVec p r) = inner r (mulVec p q) := green_reciprocity p hp q r
  rw [conductorEnergy, h, inner_add_left, inner_add_right, inner_add_right, g]
  grind [conductorEnergy, conductorPotential]

/-- Charges that are free to move come to rest where the potential is one, and then the energy is least (Thomson's theorem). -/
theorem thomson_electrostatics (p : Matrix n n K) (hp : ∀ i j, p j i = p i j) (hpos : ∀ r : Vec n K, 0 ≤ conductorEnergy p r)
    (q r : Vec n K) (u : K) (h : ∀ i, conductorPotential p q i = u) (hq : sum r = sum q) :
    conductorEnergy p q ≤ conductorEnergy p r := by
  have e := conductorEnergy_add p hp q fun i => r i - q i
  have f : (fun i => q i + (r i - q i)) = r := by
    funext i
    grind
  have g : inner (fun i => r i - q i) (conductorPotential p q) = 0 := by
    rw [inner, sum_congr _ (fun i => (r i - q i) * u) fun i => by rw [h], sum_mul, sum_sub, hq]
    grind
  have k := hpos fun i => r i - q i
  rw [f, g] at e
  grind

end PhysField.Electromagnetism
