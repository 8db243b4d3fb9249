import PhysField.Mathematics.Series
import PhysField.Mathematics.Vector

/-!
# Sums over the configurations of n spins

`spinsSum n f` sums `f` over all configurations of `n` spins `1` and `-1`, given as functions on `Fin n`. Number of configurations, linearity,
symmetry under reversal of all spins, the absence of spontaneous magnetization in finite systems, free spins in a field, and the equivalence of
lattice gas and spins.
Source: Baxter, Exactly Solved Models in Statistical Mechanics, chapters 1 and 3; Huang, Statistical Mechanics, chapter 14.
-/
namespace PhysField.StatisticalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- A configuration with the spin `s` before the spins `c`. -/
def consSpin {n : Nat} (s : K) (c : Fin n → K) : Fin (n + 1) → K := Fin.cases s c

/-- Sum over all configurations of `n` spins. -/
def spinsSum : (n : Nat) → ((Fin n → K) → K) → K
  | 0, f => f fun i => i.elim0
  | n + 1, f => spinsSum n (fun c => f (consSpin 1 c)) + spinsSum n (fun c => f (consSpin (-1) c))

/-- Total spin of a configuration. -/
def magnetization {n : Nat} (c : Fin n → K) : K := sum c

/-- Energy of pairs of spins with the couplings `j`, in a field `h`. -/
def spinEnergy {n : Nat} (j : Matrix n n K) (h : K) (c : Fin n → K) : K := -(inner c (mulVec j c)) - h * magnetization c

/-- Energy of a lattice gas of occupations `o`, zero or one, that attract with the strengths `j`. -/
def gasEnergy {n : Nat} (j : Matrix n n K) (o : Fin n → K) : K := -(inner o (mulVec j o))

/-- Product of the weights that a field gives to each spin, `b` for up and `d` for down. -/
def fieldWeight (b d : K) : {n : Nat} → (Fin n → K) → K
  | 0, _ => 1
  | _ + 1, c => (if 0 ≤ c 0 then b else d) * fieldWeight b d fun i => c i.succ

/-- There are `2 ^ n` configurations. -/
theorem spinsSum_count (n : Nat) : spinsSum n (fun _ => (1 : K)) = 2 ^ n := by
  induction n with
  | zero => grind [spinsSum]
  | succ n ih =>
    rw [spinsSum, ih, pow_succ]
    grind

/-- The sum over configurations is additive. -/
theorem spinsSum_add (n : Nat) (f g : (Fin n → K) → K) : spinsSum n (fun c => f c + g c) = spinsSum n f + spinsSum n g := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [spinsSum, ih, ih, spinsSum, spinsSum]
    grind

/-- A constant factor comes out of the sum over configurations. -/
theorem spinsSum_mul (n : Nat) (a : K) (f : (Fin n → K) → K) : spinsSum n (fun c => a * f c) = a * spinsSum n f := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [spinsSum, ih, ih, spinsSum]
    grind

/-- Partition functions are positive. -/
theorem spinsSum_pos (n : Nat) (f : (Fin n → K) → K) (h : ∀ c, 0 < f c) : 0 < spinsSum n f := by
  induction n with
  | zero => exact h _
  | succ n ih =>
    have a := ih (fun c => f (consSpin 1 c)) fun c => h _
    have b := ih (fun c => f (consSpin (-1) c)) fun c => h _
    rw [spinsSum]
    grind

/-- Reversal of all spins of a configuration reverses the first and the others. -/
theorem consSpin_neg {n : Nat} (s : K) (c : Fin n → K) : consSpin (-s) (fun i => -c i) = fun i => -consSpin s c i := by
  funext i
  cases i using Fin.cases with
  | zero => rfl
  | succ i => rfl

/-- The sum over all configurations does not see a reversal of all spins. -/
theorem spinsSum_reversal (n : Nat) (f : (Fin n → K) → K) : spinsSum n (fun c => f fun i => -c i) = spinsSum n f := by
  induction n with
  | zero => exact congrArg f (funext fun i => i.elim0)
  | succ n ih =>
    have a := ih fun c => f (consSpin (-1) c)
    have b := ih fun c => f (consSpin 1 c)
    have e : ∀ c : Fin n → K, (fun i => -consSpin 1 c i) = consSpin (-1) fun i => -c i := fun c => (consSpin_neg 1 c).symm
    have g : ∀ c : Fin n → K, (fun i => -consSpin (-1) c i) = consSpin 1 fun i => -c i := by
      intro c
      rw [← consSpin_neg, show -(-1 : K) = 1 by grind]
    simp only [spinsSum, e, g, a, b]
    grind

/-- A quantity that reverses with all spins has the sum zero: without a field there is no mean magnetization of finitely many spins. -/
theorem spinsSum_odd (n : Nat) (f : (Fin n → K) → K) (h : ∀ c, f (fun i => -c i) = -f c) : spinsSum n f = 0 := by
  have a := spinsSum_reversal n f
  have b := spinsSum_mul n (-1) f
  have e : (fun c => f fun i => -c i) = fun c => -1 * f c := by
    funext c
    rw [h]
    grind
  rw [e, b] at a
  grind

/-- The total spin reverses with the spins. -/
theorem magnetization_neg {n : Nat} (c : Fin n → K) : magnetization (fun i => -c i) = -magnetization c := by
  have e := mul_sum (-1) c
  have f : magnetization (fun i => -c i) = sum fun i => -1 * c i := sum_congr _ _ fun i => by grind
  rw [f, e, magnetization]
  grind

/-- The energy of spins without a field does not change when all are reversed; the field energy changes its sign. -/
theorem spinEnergy_neg {n : Nat} (j : Matrix n n K) (h : K) (c : Fin n → K) : spinEnergy j h (fun i => -c i) = spinEnergy j (-h) c := by
  have e : inner (fun i => -c i) (mulVec j fun i => -c i) = inner c (mulVec j c) := by
    refine sum_congr _ _ fun i => ?_
    have f : mulVec j (fun i => -c i) i = -mulVec j c i := by
      have g := inner_smul_right (-1) (j i) c
      have k : mulVec j (fun i => -c i) i = inner (j i) fun i => -1 * c i := sum_congr _ _ fun l => by grind
      rw [k, g, mulVec]
      grind
    rw [f]
    grind
  rw [spinEnergy, e, magnetization_neg, spinEnergy]
  grind

/-- Without a field the weighted magnetization of any finite magnet vanishes, whatever the weight `w` of an energy (no finite phase transition). -/
theorem no_spontaneous_magnetization (n : Nat) (j : Matrix n n K) (w : K → K) :
    spinsSum n (fun c => w (spinEnergy j 0 c) * magnetization c) = 0 := by
  refine spinsSum_odd n _ fun c => ?_
  rw [spinEnergy_neg, magnetization_neg, show -(0 : K) = 0 by grind]
  grind

/-- The partition function does not see the sign of the field. -/
theorem partition_field_reversed (n : Nat) (j : Matrix n n K) (h : K) (w : K → K) :
    spinsSum n (fun c => w (spinEnergy j (-h) c)) = spinsSum n (fun c => w (spinEnergy j h c)) := by
  have a := spinsSum_reversal n fun c => w (spinEnergy j h c)
  rw [← a]
  simp only [spinEnergy_neg]

/-- Free spins in a field: the partition function is a power of that of one spin. -/
theorem fieldWeight_sum (b d : K) (n : Nat) : spinsSum n (fieldWeight b d) = (b + d) ^ n := by
  induction n with
  | zero => grind [spinsSum, fieldWeight]
  | succ n ih =>
    have a := spinsSum_mul n b (fieldWeight b d)
    have c := spinsSum_mul n d (fieldWeight b d)
    have e : (fun c : Fin n → K => fieldWeight b d (consSpin 1 c)) = fun c => b * fieldWeight b d c := by
      funext c
      have p : (0 : K) ≤ 1 := by grind
      simp [fieldWeight, consSpin, p]
    have f : (fun c : Fin n → K => fieldWeight b d (consSpin (-1) c)) = fun c => d * fieldWeight b d c := by
      funext c
      have p : ¬(0 : K) ≤ -1 := by grind
      simp [fieldWeight, consSpin, p]
    rw [spinsSum, e, f, a, c, ih, pow_succ]
    grind

/-- A lattice gas is a magnet: occupations `(1 + c) / 2` turn its energy into that of spins in a field from all neighbours. -/
theorem lattice_gas_spins {n : Nat} (j : Matrix n n K) (c : Fin n → K) :
    gasEnergy j (fun i => (1 + c i) / 2)
      = -(inner c (mulVec j c) + inner (fun _ => 1) (mulVec j c) + inner c (mulVec j fun _ => 1)
        + inner (fun _ => 1) (mulVec j fun _ => 1)) / 4 := by
  have o : (fun i => (1 + c i) / 2) = fun i => 1 / 2 * (1 + c i) := by
    funext i
    grind
  have m : mulVec j (fun i => 1 / 2 * (1 + c i)) = fun i => 1 / 2 * (mulVec j (fun _ => 1) i + mulVec j c i) := by
    funext i
    rw [mulVec, inner_smul_right, inner_add_right]
    rfl
  rw [gasEnergy, o, m, inner_smul_left, inner_smul_right, inner_add_left, inner_add_right, inner_add_right]
  grind

/-- Opposite occupations: particles and holes of a lattice gas correspond to reversed spins. -/
theorem particle_hole {n : Nat} (c : Fin n → K) : (sum fun i => (1 + c i) / 2) + (sum fun i => (1 + -c i) / 2) = n := by
  rw [← sum_add]
  have e := sum_congr (fun i => (1 + c i) / 2 + (1 + -c i) / 2) (fun _ => 1) fun i => by grind
  rw [e, sum_const]
  grind

/-- The number of particles of a lattice gas is half the number of places plus half the magnetization. -/
theorem particle_number {n : Nat} (c : Fin n → K) : (sum fun i => (1 + c i) / 2) = (n + magnetization c) / 2 := by
  have e := sum_congr (fun i => (1 + c i) / 2) (fun i => 1 / 2 + 1 / 2 * c i) fun i => by grind
  rw [e, sum_add, sum_const, mul_sum, magnetization]
  grind

end PhysField.StatisticalMechanics
