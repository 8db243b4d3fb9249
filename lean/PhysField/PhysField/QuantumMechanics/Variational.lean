import PhysField.Mathematics.Vector

/-!
# Variational principle in n dimensions

A Hamiltonian is a real symmetric matrix. Mean energies of trial states bound its ground energy from above; the residual of a trial state vanishes
exactly for a stationary state; ground energies are concave in the Hamiltonian and grow with it.
Source: Cohen-Tannoudji, Diu, Laloë, Quantum Mechanics, chapter 11; Courant, Hilbert, Methods of Mathematical Physics, volume 1, chapter 1.
-/
namespace PhysField.QuantumMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Mean of the matrix `h` in the trial state `u`, times the squared length of the state. -/
def trialMean (h : Matrix n n K) (u : Vec n K) : K := inner u (mulVec h u)

/-- The matrix is symmetric. -/
def Symmetric (h : Matrix n n K) : Prop := transpose h = h

/-- No trial state has a mean below `e`. -/
def GroundBound (h : Matrix n n K) (e : K) : Prop := ∀ u : Vec n K, e * inner u u ≤ trialMean h u

/-- The state `u` is stationary with the energy `e`. -/
def StationaryState (h : Matrix n n K) (e : K) (u : Vec n K) : Prop := mulVec h u = fun i => e * u i

/-- Squared length of what a trial state falls short of a stationary state of energy `e`. -/
def residual (h : Matrix n n K) (e : K) (u : Vec n K) : K :=
  inner (fun i => mulVec h u i + -e * u i) (fun i => mulVec h u i + -e * u i)

/-- The Hamiltonian of energies `d` without coupling. -/
def diagonal (d : Vec n K) : Matrix n n K := fun i j => delta i j * d j

/-- The mean of a sum of Hamiltonians is the sum of the means. -/
theorem trialMean_add (h k : Matrix n n K) (u : Vec n K) : trialMean (fun i j => h i j + k i j) u = trialMean h u + trialMean k u := by
  rw [trialMean, trialMean, trialMean, ← inner_add_right]
  congr 1
  funext i
  exact inner_add_left (h i) (k i) u

/-- In a stationary state the mean energy is the energy of the state. -/
theorem trialMean_stationary (h : Matrix n n K) (e : K) (u : Vec n K) (hu : StationaryState h e u) : trialMean h u = e * inner u u := by
  rw [trialMean, show mulVec h u = fun i => e * u i from hu, inner_smul_right]

/-- Stationary states of different energies are orthogonal. -/
theorem stationaryState_orthogonal (h : Matrix n n K) (e f : K) (u v : Vec n K) (hs : Symmetric h) (hu : StationaryState h e u)
    (hv : StationaryState h f v) (hef : e ≠ f) : inner u v = 0 := by
  have k := inner_mulVec h u v
  rw [show transpose h = h from hs, show mulVec h u = fun i => e * u i from hu, show mulVec h v = fun i => f * v i from hv,
    inner_smul_right, inner_smul_left] at k
  have l : (e - f) * inner u v = 0 := by grind
  rcases mul_eq_zero.mp l with z | z <;> grind

/-- A bound below all trial means is a bound below all energies of stationary states. -/
theorem groundBound_le_energy (h : Matrix n n K) (e f : K) (u : Vec n K) (hb : GroundBound h e) (hu : StationaryState h f u)
    (hn : 0 < inner u u) : e ≤ f := by
  have k := hb u
  rw [trialMean_stationary h f u hu] at k
  by_cases z : e ≤ f
  · exact z
  · have l := mul_lt_mul_right hn (show f < e by grind)
    grind

/-- Ground energies of a sum of Hamiltonians are at least the sum of the ground energies. -/
theorem groundBound_add (h k : Matrix n n K) (e f : K) (he : GroundBound h e) (hf : GroundBound k f) :
    GroundBound (fun i j => h i j + k i j) (e + f) := by
  intro u
  have a := he u
  have b := hf u
  rw [trialMean_add]
  grind

/-- A perturbation that is nowhere negative raises the ground energy, at most by its mean in the unperturbed ground state (first order). -/
theorem ground_first_order (h v : Matrix n n K) (e f : K) (u w : Vec n K) (hu : StationaryState h e u) (hn : inner u u = 1)
    (hb : GroundBound (fun i j => h i j + v i j) f) (hw : StationaryState (fun i j => h i j + v i j) f w) (hm : inner w w = 1)
    (he : GroundBound h e) (hv : GroundBound v 0) : e ≤ f ∧ f ≤ e + trialMean v u := by
  have a := hb u
  have b := he w
  have c := hv w
  have d := trialMean_stationary _ f w hw
  rw [trialMean_add, trialMean_stationary h e u hu, hn] at a
  rw [trialMean_add, hm] at d
  rw [hm] at b
  exact ⟨by grind, by grind⟩

/-- The residual of a trial state is the spread of its energy about `e`. -/
theorem residual_eq (h : Matrix n n K) (e : K) (u : Vec n K) :
    residual h e u = inner (mulVec h u) (mulVec h u) - 2 * e * trialMean h u + e ^ 2 * inner u u := by
  simp only [residual, inner_add_left, inner_add_right, inner_smul_left, inner_smul_right, inner_comm (mulVec h u) u, trialMean]
  grind

/-- The residual is least at the mean energy. -/
theorem residual_least (h : Matrix n n K) (e : K) (u : Vec n K) (hn : inner u u = 1) : residual h (trialMean h u) u ≤ residual h e u := by
  have k := sq_nonneg (e - trialMean h u)
  rw [residual_eq, residual_eq, hn]
  grind

/-- A trial state is stationary exactly when its residual vanishes. -/
theorem residual_eq_zero (h : Matrix n n K) (e : K) (u : Vec n K) : residual h e u = 0 ↔ StationaryState h e u := by
  constructor
  · intro z
    funext i
    have k : mulVec h u i + -e * u i = 0 := eq_zero_of_inner_self (fun i => mulVec h u i + -e * u i) z i
    grind
  · intro z
    have k : ∀ i, mulVec h u i = e * u i := fun i => congrFun z i
    rw [residual, show (fun i => mulVec h u i + -e * u i) = fun _ => (0 : K) from funext fun i => by grind [k i]]
    exact (sum_congr _ (fun _ => 0) fun i => by grind).trans sum_zero

/-- The square of the mean energy is at most the mean of the squared Hamiltonian. -/
theorem trialMean_sq_le (h : Matrix n n K) (u : Vec n K) (hn : inner u u = 1) : trialMean h u ^ 2 ≤ inner (mulVec h u) (mulVec h u) := by
  have k := inner_sq_le u (mulVec h u)
  rw [hn] at k
  rw [trialMean]
  grind

/-- Without coupling the mean energy is the mean of the energies. -/
theorem trialMean_diagonal (d u : Vec n K) : trialMean (diagonal d) u = sum fun i => d i * u i ^ 2 := by
  refine sum_congr _ _ fun i => ?_
  have k : (sum fun j => delta i j * (d j * u j)) = d i * u i := sum_delta (fun j => d j * u j) i
  show u i * mulVec (diagonal d) u i = d i * u i ^ 2
  rw [show mulVec (diagonal d) u i = sum fun j => delta i j * (d j * u j) from sum_congr _ _ fun j => by grind [diagonal], k]
  grind

/-- Without coupling the lowest energy bounds every trial mean. -/
theorem groundBound_diagonal (d : Vec n K) (e : K) (h : ∀ i, e ≤ d i) : GroundBound (diagonal d) e := by
  intro u
  rw [trialMean_diagonal, inner, ← mul_sum]
  refine sum_le_sum _ _ fun i => ?_
  have k := mul_le_mul_right (sq_nonneg (u i)) (h i)
  grind

/-- A mixture with weights of the energies lies below the largest: trial means are bounded from above too. -/
theorem trialMean_diagonal_le (d u : Vec n K) (e : K) (h : ∀ i, d i ≤ e) : trialMean (diagonal d) u ≤ e * inner u u := by
  rw [trialMean_diagonal, inner, ← mul_sum]
  refine sum_le_sum _ _ fun i => ?_
  have k := mul_le_mul_right (sq_nonneg (u i)) (h i)
  grind

/-- Adding a number to the Hamiltonian shifts every mean by it. -/
theorem trialMean_shift (h : Matrix n n K) (c : K) (u : Vec n K) :
    trialMean (fun i j => h i j + diagonal (fun _ => c) i j) u = trialMean h u + c * inner u u := by
  rw [trialMean_add, trialMean_diagonal, inner, ← mul_sum]
  congr 1
  exact sum_congr _ _ fun i => by grind

end PhysField.QuantumMechanics
