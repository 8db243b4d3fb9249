import PhysField.ClassicalMechanics.Energy
import PhysField.Mathematics.Vector

/-!
# Chains and bundles of springs

`n` springs in a row with the compliances `c i` and the elongations `x i`, or side by side with the stiffnesses `k i` between anchors `a i` and
one body. Least energy, tension, Castigliano's and Clapeyron's theorems, the reciprocity of Betti and Maxwell.
Source: Love, A Treatise on the Mathematical Theory of Elasticity, chapter 7; Kleppner, Kolenkow, An Introduction to Mechanics, chapter 2.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Energy of springs of compliance `c i` stretched by `x i`. -/
def chainEnergy (c x : Vec n K) : K := sum fun i => x i ^ 2 / (2 * c i)

/-- Energy of springs of stiffness `k i` between anchors `a i` and a body at `x`. -/
def bundleEnergy (k a : Vec n K) (x : K) : K := sum fun i => springEnergy (k i) (x - a i)

/-- Place of rest of a body held by springs of stiffness `k i` at anchors `a i`. -/
def bundleRest (k a : Vec n K) : K := inner k a / sum k

/-- Place of a structure with flexibility `c` under the loads `f`. -/
def deflection (c : Matrix n n K) (f : Vec n K) : Vec n K := mulVec c f

/-- Elongation of `n` equal pieces of a hanging chain of compliance `c` and weight `w` each, where each carries those below. -/
def hangingChain (c w : K) : Nat → K
  | 0 => 0
  | n + 1 => hangingChain c w n + c * (((n : K) + 1) * w)

/-- Springs in a row under one tension stretch in proportion to their compliances: the compliances add. -/
theorem chain_compliance (c x : Vec n K) (f : K) (h : ∀ i, x i = f * c i) : sum x = f * sum c := by
  rw [← mul_sum]
  exact sum_congr _ _ h

/-- A chain is softer than each of its springs. -/
theorem chain_softer (c : Vec n K) (hc : ∀ i, 0 < c i) (i : Fin n) : c i ≤ sum c := by
  exact le_sum c (fun j => by grind [hc j]) i

/-- A spring cut into `n` equal pieces has pieces `n` times as stiff. -/
theorem cut_spring (c d : K) (hn : 0 < n) (h : sum (fun _ : Fin n => d) = c) : d = c / (n : K) := by
  have p : (n : K) ≠ 0 := by
    cases n with
    | zero => omega
    | succ m => grind [natCast_nonneg (K := K) m]
  rw [sum_const] at h
  grind

/-- Under one tension the energy of a chain is half the tension times the whole elongation (Clapeyron). -/
theorem chain_clapeyron (c x : Vec n K) (f : K) (hc : ∀ i, 0 < c i) (h : ∀ i, x i = f * c i) :
    chainEnergy c x = f * sum x / 2 := by
  have e : chainEnergy c x = sum fun i => f / 2 * x i := sum_congr _ _ fun i => by
    have p := hc i
    have q := h i
    grind
  rw [e, mul_sum]
  grind

/-- The energy of a chain as a function of its tension is a parabola with the whole compliance (Castigliano). -/
theorem chain_castigliano (c x : Vec n K) (f : K) (hc : ∀ i, 0 < c i) (h : ∀ i, x i = f * c i) :
    chainEnergy c x = f ^ 2 * sum c / 2 := by
  rw [chain_clapeyron c x f hc h, chain_compliance c x f h]
  grind

/-- How far the energy of any elongations is above that of one tension: it is the energy of the differences. -/
theorem chain_energy_excess (c x : Vec n K) (f : K) (hc : ∀ i, 0 < c i) :
    chainEnergy c x = chainEnergy c (fun i => x i - f * c i) + f * sum x - f ^ 2 * sum c / 2 := by
  have e : chainEnergy c x = sum fun i => ((x i - f * c i) ^ 2 / (2 * c i) + f * x i) - f ^ 2 / 2 * c i :=
    sum_congr _ _ fun i => by
      have p := hc i
      grind
  rw [e, sum_sub, sum_add, mul_sum, mul_sum, chainEnergy]
  grind

/-- The energy of a chain is never negative. -/
theorem chainEnergy_nonneg (c x : Vec n K) (hc : ∀ i, 0 < c i) : 0 ≤ chainEnergy c x := by
  exact sum_nonneg _ fun i => div_nonneg (sq_nonneg (x i)) (by grind [hc i])

/-- A chain of given length has least energy under one tension, and this least energy is that of the whole compliance. -/
theorem chain_energy_least (c x : Vec n K) (hc : ∀ i, 0 < c i) :
    sum x ^ 2 / (2 * sum c) ≤ chainEnergy c x := by
  have e := chain_energy_excess c x (sum x / sum c) hc
  have p := chainEnergy_nonneg c (fun i => x i - sum x / sum c * c i) hc
  generalize chainEnergy c (fun i => x i - sum x / sum c * c i) = r at *
  generalize sum x = s at *
  generalize sum c = t at *
  have f : s / t * s - (s / t) ^ 2 * t / 2 = s ^ 2 / (2 * t) := by grind
  grind

/-- A chain whose energy is the least for its length is under one tension. -/
theorem chain_energy_least_unique (c x : Vec n K) (hc : ∀ i, 0 < c i)
    (h : chainEnergy c x = sum x ^ 2 / (2 * sum c)) (i : Fin n) : x i = sum x / sum c * c i := by
  have e := chain_energy_excess c x (sum x / sum c) hc
  have z : chainEnergy c (fun i => x i - sum x / sum c * c i) = 0 := by
    generalize chainEnergy c (fun i => x i - sum x / sum c * c i) = r at *
    generalize sum x = s at *
    generalize sum c = t at *
    grind
  have k := eq_zero_of_sum_eq_zero _ (fun i => div_nonneg (sq_nonneg (x i - sum x / sum c * c i)) (by grind [hc i])) z i
  have p := hc i
  generalize sum x / sum c = f at *
  grind

/-- Springs side by side are at least `n²` times as stiff as the same springs in a row. -/
theorem bundle_stiffer_than_chain (c : Vec n K) (hc : ∀ i, 0 < c i) (hs : 0 < sum c) :
    (n : K) ^ 2 / sum c ≤ sum fun i => 1 / c i := by
  have k := chain_energy_least c (fun _ => 1) hc
  have e : chainEnergy c (fun _ => 1) = 1 / 2 * sum fun i => 1 / c i := by
    rw [chainEnergy, ← mul_sum]
    exact sum_congr _ _ fun i => by
      have p := hc i
      grind
  rw [sum_const, e, div_le_iff (by grind)] at k
  rw [div_le_iff hs]
  grind

/-- The energy of a bundle is that at its place of rest and that of one spring of the whole stiffness. -/
theorem bundleEnergy_eq (k a : Vec n K) (x : K) (hk : 0 < sum k) :
    bundleEnergy k a x = bundleEnergy k a (bundleRest k a) + springEnergy (sum k) (x - bundleRest k a) := by
  have e : ∀ y : K, bundleEnergy k a y = springEnergy (sum k) y - y * inner k a + inner k (fun i => a i ^ 2) / 2 := fun y => by
    have s : bundleEnergy k a y = sum fun i => (y ^ 2 / 2 * k i - y * (k i * a i)) + 1 / 2 * (k i * a i ^ 2) :=
      sum_congr _ _ fun i => by grind [springEnergy]
    rw [s, sum_add, sum_sub, mul_sum, mul_sum, mul_sum, inner, inner]
    grind [springEnergy]
  rw [e x, e (bundleRest k a), bundleRest]
  generalize inner k a = p
  generalize sum k = t at *
  clear e
  grind [springEnergy]

/-- A body held by springs has least energy at its place of rest. -/
theorem bundleEnergy_least (k a : Vec n K) (x : K) (hk : 0 < sum k) : bundleEnergy k a (bundleRest k a) ≤ bundleEnergy k a x := by
  have p := mul_nonneg (show 0 ≤ sum k by grind) (sq_nonneg (x - bundleRest k a))
  rw [bundleEnergy_eq k a x hk, springEnergy]
  grind

/-- The springs of a bundle pull with no net force exactly at its place of rest. -/
theorem bundleRest_iff (k a : Vec n K) (x : K) (hk : 0 < sum k) : (sum fun i => k i * (x - a i)) = 0 ↔ x = bundleRest k a := by
  have e : (sum fun i => k i * (x - a i)) = sum k * x - inner k a := by
    rw [inner, ← sum_mul, ← sum_sub]
    exact sum_congr _ _ fun i => by grind
  rw [e, bundleRest]
  constructor <;> intro h <;> grind

/-- A body held by springs rests between the outermost anchors. -/
theorem bundleRest_le (k a : Vec n K) (b : K) (hp : ∀ i, 0 ≤ k i) (hk : 0 < sum k) (h : ∀ i, a i ≤ b) : bundleRest k a ≤ b := by
  have s := sum_le_sum (fun i => k i * a i) (fun i => k i * b) fun i => mul_le_mul_left (hp i) (h i)
  rw [sum_mul] at s
  rw [bundleRest, div_le_iff hk]
  grind [inner]

/-- With a symmetric flexibility the work of one set of loads on the deflection by another is mutual (reciprocity of Betti). -/
theorem betti_reciprocity (c : Matrix n n K) (f g : Vec n K) (h : transpose c = c) :
    inner f (deflection c g) = inner g (deflection c f) := by
  rw [deflection, inner_mulVec, h, inner_comm, deflection]

/-- Where the work of any two loads is mutual, the flexibility is symmetric (reciprocity of Maxwell). -/
theorem maxwell_reciprocity (c : Matrix n n K) (h : ∀ f g, inner f (deflection c g) = inner g (deflection c f)) (i j : Fin n) :
    c i j = c j i := by
  have k := h (delta i) (delta j)
  have e : ∀ p q : Fin n, inner (delta p) (deflection c (delta q)) = c p q := fun p q => by
    rw [inner, sum_delta, deflection, mulVec, inner_comm, inner, sum_delta]
  rw [e, e] at k
  exact k

/-- Loads put on together store the energy of each and their mutual work. -/
theorem clapeyron_superposition (c : Matrix n n K) (f g : Vec n K) (h : transpose c = c) :
    inner (fun i => f i + g i) (deflection c fun i => f i + g i) =
      inner f (deflection c f) + 2 * inner f (deflection c g) + inner g (deflection c g) := by
  have m : deflection c (fun i => f i + g i) = fun i => deflection c f i + deflection c g i := funext fun i => inner_add_right _ _ _
  have b := betti_reciprocity c f g h
  rw [m, inner_add_left, inner_add_right, inner_add_right]
  grind

/-- A hanging chain stretches by its own weight like the sum of the numbers up to `n`. -/
theorem hangingChain_eq (c w : K) (n : Nat) : hangingChain c w n = c * w * ((n : K) * ((n : K) + 1) / 2) := by
  induction n with
  | zero => grind [hangingChain]
  | succ n ih =>
    rw [hangingChain, ih]
    grind

end PhysField.ClassicalMechanics
