import PhysField.Mathematics.Mat2
import PhysField.Mathematics.Series

/-!
# Ising's chain

Spins on a ring with the weight `a` for equal neighbours, `1 / a` for opposite ones, and `b` or `1 / b` for a spin along or against the
field: `a = exp (J / kT)`, `b = exp (h / kT)`. The partition function is the trace of a power of the transfer matrix; without a field its
eigenvalues are `a + 1 / a` and `a - 1 / a`, correlations decay geometrically, and decimation squares their ratio. `dual` is the
transformation of Kramers and Wannier.
Source: Baxter, Exactly Solved Models in Statistical Mechanics, chapter 2; Huang, Statistical Mechanics, chapter 14.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics Mat2

variable {K : Type u} [OrderedField K]

/-- The transfer matrix of a chain with the weight `a` of its bonds and `b` of its field. -/
def transfer (a b : K) : Mat2 K := ⟨a * b, a⁻¹, a⁻¹, a * b⁻¹⟩

/-- Partition function of a ring of `n` spins. -/
def ringPartition (a b : K) (n : Nat) : K := tr (power (transfer a b) n)

/-- Weight of a bond between two spins, `true` for up. -/
def bondWeight (a : K) : Bool → Bool → K
  | true, true => a
  | false, false => a
  | _, _ => a⁻¹

/-- Weight of a spin in the field, `true` for up. -/
def spinWeight (b : K) : Bool → K
  | true => b
  | false => b⁻¹

/-- Sum over the two orientations of a spin. -/
def spinSum (f : Bool → K) : K := f true + f false

/-- Sum over all orientations of an open chain without a field that starts with the spin `s` and has `n` bonds. -/
def openChain (a : K) : Nat → Bool → K
  | 0, _ => 1
  | n + 1, s => spinSum fun t => bondWeight a s t * openChain a n t

/-- Correlation of two neighbours in a long chain without a field: the ratio of the eigenvalues. -/
def neighbourCorrelation (a : K) : K := (a - a⁻¹) / (a + a⁻¹)

/-- Sum over all orientations of an open chain of `n` bonds that starts with the spin `s`, each counted with the sign of its last spin. -/
def openChainEnds (a : K) : Nat → Bool → K
  | 0, s => if s then 1 else -1
  | n + 1, s => spinSum fun t => bondWeight a s t * openChainEnds a n t

/-- The transformation of Kramers and Wannier of the weight `x` of an unsatisfied bond relative to a satisfied one. -/
def dual (x : K) : K := (1 - x) / (1 + x)

/-- The trace of the transfer matrix. -/
theorem transfer_tr (a b : K) : tr (transfer a b) = a * (b + b⁻¹) := by
  grind [tr, transfer]

/-- The determinant of the transfer matrix does not depend on the field. -/
theorem transfer_det (a b : K) (hb : b ≠ 0) : det (transfer a b) = a ^ 2 - (a⁻¹) ^ 2 := by
  grind [det, transfer]

/-- The transfer matrix has different eigenvalues at every temperature and field: no phase transition in one dimension. -/
theorem transfer_discriminant_pos (a b : K) (ha : a ≠ 0) (hb : b ≠ 0) :
    0 < tr (transfer a b) ^ 2 - 4 * det (transfer a b) := by
  have h := sq_nonneg (a * (b - b⁻¹))
  have k := sq_pos (show a⁻¹ ≠ 0 by grind)
  have e : tr (transfer a b) ^ 2 - 4 * det (transfer a b) = (a * (b - b⁻¹)) ^ 2 + 4 * (a⁻¹) ^ 2 := by
    rw [transfer_tr, transfer_det a b hb]
    grind
  grind

/-- The partition functions of rings obey a recursion of two terms. -/
theorem ringPartition_recursion (a b : K) (n : Nat) (hb : b ≠ 0) :
    ringPartition a b (n + 2) = a * (b + b⁻¹) * ringPartition a b (n + 1) - (a ^ 2 - (a⁻¹) ^ 2) * ringPartition a b n := by
  rw [ringPartition, tr_power_recursion, transfer_tr, transfer_det a b hb]
  rfl

/-- The trace of the squared transfer matrix is the sum over the orientations of two spins joined by two bonds. -/
theorem ringPartition_two (a b : K) (hb : b ≠ 0) :
    ringPartition a b 2 = spinSum fun s => spinSum fun t =>
      spinWeight b s * spinWeight b t * bondWeight a s t * bondWeight a t s := by
  show tr (unit * transfer a b * transfer a b) = _
  rw [unit_mul, mul_def]
  simp only [spinSum, spinWeight, bondWeight]
  grind [tr, transfer]

/-- The trace of the cubed transfer matrix is the sum over the orientations of three spins on a triangle. -/
theorem ringPartition_three (a b : K) :
    ringPartition a b 3 = spinSum fun s => spinSum fun t => spinSum fun u =>
      spinWeight b s * spinWeight b t * spinWeight b u * bondWeight a s t * bondWeight a t u * bondWeight a u s := by
  show tr (unit * transfer a b * transfer a b * transfer a b) = _
  rw [unit_mul, mul_def, mul_def]
  simp only [spinSum, spinWeight, bondWeight]
  grind [tr, transfer]

/-- Reversal of the field changes no partition function. -/
theorem ringPartition_field_reversed (a b : K) (n : Nat) (hb : b ≠ 0) : ringPartition a b⁻¹ n = ringPartition a b n := by
  have hb' : b⁻¹ ≠ 0 := by grind
  have k : ringPartition a b⁻¹ n = ringPartition a b n ∧ ringPartition a b⁻¹ (n + 1) = ringPartition a b (n + 1) := by
    induction n with
    | zero => constructor <;> grind [ringPartition, power, unit, tr, transfer]
    | succ n ih =>
      refine ⟨ih.2, ?_⟩
      rw [ringPartition_recursion a b⁻¹ n hb', ringPartition_recursion a b n hb, ih.1, ih.2]
      grind
  exact k.1

/-- Partition functions of rings with positive weights are positive. -/
theorem ringPartition_pos (a b : K) (n : Nat) (ha : 0 < a) (hb : 0 < b) : 0 < ringPartition a b n := by
  have k : 0 < (power (transfer a b) n).a ∧ 0 ≤ (power (transfer a b) n).b ∧ 0 ≤ (power (transfer a b) n).c
      ∧ 0 < (power (transfer a b) n).d := by
    have ta : 0 < (transfer a b).a := mul_pos ha hb
    have tb : 0 < (transfer a b).b := inv_pos ha
    have tc : 0 < (transfer a b).c := inv_pos ha
    have td : 0 < (transfer a b).d := mul_pos ha (inv_pos hb)
    induction n with
    | zero => grind [power, unit]
    | succ n ih =>
      obtain ⟨p, q, r, s⟩ := ih
      have p1 := mul_pos p ta
      have p2 := mul_pos p tb
      have q1 := mul_nonneg q (show 0 ≤ (transfer a b).c by grind)
      have q2 := mul_nonneg q (show 0 ≤ (transfer a b).d by grind)
      have r1 := mul_nonneg r (show 0 ≤ (transfer a b).a by grind)
      have r2 := mul_nonneg r (show 0 ≤ (transfer a b).b by grind)
      have s1 := mul_pos s tc
      have s2 := mul_pos s td
      rw [power, mul_def]
      grind
  rw [ringPartition, tr]
  grind

/-- Without a field the partition function of a ring is the sum of the powers of two eigenvalues. -/
theorem ringPartition_zero_field (a : K) (n : Nat) : ringPartition a 1 n = (a + a⁻¹) ^ n + (a - a⁻¹) ^ n := by
  refine tr_power _ _ _ n ?_ ?_
  · grind [tr, transfer]
  · grind [det, transfer]

/-- The larger eigenvalue bounds the partition function of a ferromagnetic ring from both sides. -/
theorem ringPartition_bounds (a : K) (n : Nat) (ha : 1 ≤ a) :
    (a + a⁻¹) ^ n ≤ ringPartition a 1 n ∧ ringPartition a 1 n ≤ 2 * (a + a⁻¹) ^ n := by
  have i := inv_le_inv (show (0 : K) < 1 by grind) ha
  have p := inv_pos (show 0 < a by grind)
  have q : 0 ≤ a - a⁻¹ := by grind
  have h := pow_nonneg q n
  have k := pow_le_pow q (show a - a⁻¹ ≤ a + a⁻¹ by grind) n
  rw [ringPartition_zero_field a n]
  grind

/-- Each bond of an open chain without a field multiplies the partition function by the larger eigenvalue. -/
theorem openChain_eq (a : K) (n : Nat) (s : Bool) : openChain a n s = (a + a⁻¹) ^ n := by
  induction n generalizing s with
  | zero => cases s <;> grind [openChain]
  | succ n ih =>
    rw [openChain, spinSum, ih, ih, pow_succ]
    cases s <;> grind [bondWeight]

/-- Each bond of an open chain multiplies the sum weighted with the last spin by the smaller eigenvalue. -/
theorem openChainEnds_eq (a : K) (n : Nat) (s : Bool) :
    openChainEnds a n s = (if s then 1 else -1) * (a - a⁻¹) ^ n := by
  induction n generalizing s with
  | zero => cases s <;> grind [openChainEnds]
  | succ n ih =>
    rw [openChainEnds, spinSum, ih, ih, pow_succ]
    cases s <;> grind [bondWeight]

/-- The correlation of the ends of an open chain is the power of the correlation of neighbours: order decays geometrically. -/
theorem openChain_correlation (a : K) (n : Nat) (ha : 0 < a) :
    openChainEnds a n true / openChain a n true = neighbourCorrelation a ^ n := by
  have p := inv_pos ha
  have q : a + a⁻¹ ≠ 0 := by grind
  have e : a - a⁻¹ = neighbourCorrelation a * (a + a⁻¹) := by grind [neighbourCorrelation]
  have z : (a + a⁻¹) ^ n ≠ 0 := by
    have l := pow_pos (show 0 < a + a⁻¹ by grind) n
    grind
  rw [openChainEnds_eq, openChain_eq, e, mul_pow]
  grind

/-- Neighbours in a chain are correlated with a coefficient between minus one and one. -/
theorem neighbourCorrelation_bounds (a : K) (ha : 0 < a) : -1 < neighbourCorrelation a ∧ neighbourCorrelation a < 1 := by
  have p := inv_pos ha
  constructor
  · rw [neighbourCorrelation, lt_div_iff (by grind)]
    grind
  · rw [neighbourCorrelation, div_lt_iff (by grind)]
    grind

/-- Neighbours tend to be parallel exactly if the coupling is ferromagnetic. -/
theorem neighbourCorrelation_pos_iff (a : K) (ha : 0 < a) : 0 < neighbourCorrelation a ↔ 1 < a := by
  have p := inv_pos ha
  rw [neighbourCorrelation, lt_div_iff (show 0 < a + a⁻¹ by grind)]
  constructor
  · intro h
    have k := mul_pos ha (show 0 < a - a⁻¹ by grind)
    exact lt_of_sq_lt_sq (show 0 ≤ a by grind) (by grind)
  · intro h
    have k := inv_lt_inv (show (0 : K) < 1 by grind) h
    grind

/-- The sum over every second spin leaves a chain whose neighbours have the squared correlation (decimation). -/
theorem decimation (a : K) (s t : Bool) :
    spinSum (fun u => bondWeight a s u * bondWeight a u t)
      = (a + a⁻¹) ^ 2 / 2 * (1 + neighbourCorrelation a ^ 2 * (if s = t then 1 else -1)) := by
  by_cases h : a = 0
  · subst h
    rw [neighbourCorrelation]
    cases s <;> cases t <;> simp only [spinSum, bondWeight] <;> grind
  · have p : a ^ 2 + 1 ≠ 0 := by grind [sq_nonneg a]
    have q : a + a⁻¹ ≠ 0 := by
      have e : (a + a⁻¹) * a = a ^ 2 + 1 := by grind
      grind
    rw [neighbourCorrelation]
    cases s <;> cases t <;> simp only [spinSum, bondWeight] <;> grind

/-- Decimation drives every finite coupling towards zero: the correlation of neighbours shrinks. -/
theorem decimation_flow (a : K) (ha : 1 < a) : neighbourCorrelation a ^ 2 < neighbourCorrelation a := by
  have p := (neighbourCorrelation_pos_iff a (by grind)).mpr ha
  have q := neighbourCorrelation_bounds a (by grind)
  have k := mul_pos p (show 0 < 1 - neighbourCorrelation a by grind)
  grind

/-- The transformation of Kramers and Wannier is its own inverse. -/
theorem dual_dual (x : K) (h : 1 + x ≠ 0) : dual (dual x) = x := by
  have k : 1 + dual x ≠ 0 := by grind [dual]
  grind [dual]

/-- The transformation of Kramers and Wannier exchanges high and low temperature. -/
theorem dual_lt_dual (x y : K) (hx : 0 < x) (h : x < y) : dual y < dual x := by
  rw [dual, dual, div_lt_div_iff (by grind) (by grind)]
  grind

/-- The fixed points of duality, among them the critical weight of the square lattice, are the roots of `x² + 2 x = 1`. -/
theorem dual_fixed_iff (x : K) : dual x = x ↔ x ^ 2 + 2 * x = 1 := by
  grind [dual]

/-- Duality has one fixed point only among positive weights, so that there is one critical temperature. -/
theorem dual_fixed_unique (x y : K) (hx : 0 < x) (hy : 0 < y) (h : dual x = x) (k : dual y = y) : x = y := by
  rw [dual_fixed_iff x] at h
  rw [dual_fixed_iff y] at k
  have e : (x - y) * (x + y + 2) = 0 := by grind
  rcases mul_eq_zero.mp e with l | l <;> grind

/-- The two sides of the fixed point of duality are mapped to one another. -/
theorem dual_sides (x c : K) (hx : 0 < x) (hc : 0 < c) (h : dual c = c) : x < c ↔ c < dual x := by
  constructor
  · intro l
    have k := dual_lt_dual x c hx l
    grind
  · intro l
    by_cases z : x = c
    · subst z
      grind
    · have k := fun m : c < x => dual_lt_dual c x hc m
      grind

end PhysField.StatisticalMechanics
