import PhysField.Mathematics.Vector

/-!
# Networks and Kirchhoff's laws

A network of `n` nodes is a symmetric matrix `g` of conductances; `v` are the potentials of the nodes. The current from node `i` to node
`j` is `g i j (v i - v j)`, and what a node sends into the network must be fed to it from outside. From the symmetry of `g` follow
conservation of charge, Tellegen's theorem, reciprocity, uniqueness of the currents, the principle of least heat and Rayleigh's law.
Source: Doyle, Snell, Random Walks and Electric Networks, chapter 1; Bollobás, Modern Graph Theory, chapter 2.
-/
namespace PhysField.Electromagnetism
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Current that flows from node `i` to node `j` through the conductance between them. -/
def branchCurrent (g : Matrix n n K) (v : Vec n K) : Matrix n n K := fun i j => g i j * (v i - v j)

/-- Current that must be fed from outside to each node. -/
def nodeCurrent (g : Matrix n n K) (v : Vec n K) : Vec n K := fun i => sum fun j => g i j * (v i - v j)

/-- Heat made a second in all conductances, each counted from both of its ends. -/
def networkHeat (g : Matrix n n K) (v : Vec n K) : K := sum fun i => sum fun j => g i j * (v i - v j) ^ 2

/-- Heat made a second by given branch currents, each branch counted from both of its ends. -/
def currentHeat (r : Matrix n n K) (c : Matrix n n K) : K := sum fun i => sum fun j => r i j * c i j ^ 2

/-- The opposite of a sum is the sum of the opposites. -/
theorem sum_neg (f : Fin n → K) : sum (fun i => -f i) = -sum f := by
  induction n with
  | zero => grind [sum]
  | succ n ih => grind [sum]

/-- A double sum whose terms change sign with the exchange of indices vanishes. -/
theorem sum_antisymmetric (c : Matrix n n K) (h : ∀ i j, c j i = -c i j) : (sum fun i => sum fun j => c i j) = 0 := by
  have k : (sum fun i => sum fun j => c i j) = sum fun i => -(sum fun j => c i j) := by
    rw [sum_comm]
    exact sum_congr _ _ fun j => by rw [← sum_neg]; exact sum_congr _ _ fun i => h j i
  rw [sum_neg] at k
  grind

/-- Currents given node by node, times potentials, are half the currents times the potential differences. -/
theorem sum_potential_current (c : Matrix n n K) (h : ∀ i j, c j i = -c i j) (v : Vec n K) :
    2 * (sum fun i => v i * sum fun j => c i j) = sum fun i => sum fun j => (v i - v j) * c i j := by
  have k : (sum fun i => sum fun j => -(v i + v j) * c i j) = 0 := sum_antisymmetric _ fun i j => by grind
  rw [← mul_sum, ← Lean.Grind.AddCommMonoid.add_zero (sum _), ← k, ← sum_add]
  refine sum_congr _ _ fun i => ?_
  rw [← mul_sum, ← mul_sum, ← sum_add]
  exact sum_congr _ _ fun j => by grind

/-- As much current is drawn from a network as is fed to it (conservation of charge). -/
theorem nodeCurrent_sum (g : Matrix n n K) (hg : ∀ i j, g j i = g i j) (v : Vec n K) : sum (nodeCurrent g v) = 0 := by
  exact sum_antisymmetric _ fun i j => by grind

/-- Branch currents without sources or sinks transfer no power under any potentials (Tellegen's theorem). -/
theorem tellegen (c : Matrix n n K) (h : ∀ i j, c j i = -c i j) (hc : ∀ i, (sum fun j => c i j) = 0) (v : Vec n K) :
    (sum fun i => sum fun j => (v i - v j) * c i j) = 0 := by
  rw [← sum_potential_current c h, sum_congr _ (fun _ => 0) fun i => by simp only [hc]; grind, sum_zero]
  grind

/-- The power fed to the nodes is the heat made in the network, which counts each conductance twice. -/
theorem network_power (g : Matrix n n K) (hg : ∀ i j, g j i = g i j) (v : Vec n K) :
    2 * inner v (nodeCurrent g v) = networkHeat g v := by
  rw [inner, networkHeat, show nodeCurrent g v = fun i => sum fun j => branchCurrent g v i j from rfl,
    sum_potential_current _ fun i j => by grind [branchCurrent]]
  exact sum_congr _ _ fun i => sum_congr _ _ fun j => by grind [branchCurrent]

/-- The currents of one state give with the potentials of another the same power as the reverse (reciprocity). -/
theorem network_reciprocity (g : Matrix n n K) (hg : ∀ i j, g j i = g i j) (v w : Vec n K) :
    inner v (nodeCurrent g w) = inner w (nodeCurrent g v) := by
  have a : 2 * inner v (nodeCurrent g w) = _ :=
    sum_potential_current (branchCurrent g w) (fun i j => by grind [branchCurrent]) v
  have b : 2 * inner w (nodeCurrent g v) = _ :=
    sum_potential_current (branchCurrent g v) (fun i j => by grind [branchCurrent]) w
  have c : (sum fun i => sum fun j => (v i - v j) * branchCurrent g w i j) =
      sum fun i => sum fun j => (w i - w j) * branchCurrent g v i j :=
    sum_congr _ _ fun i => sum_congr _ _ fun j => by grind [branchCurrent]
  rw [c] at a
  grind

/-- Node currents of superposed potentials add (superposition). -/
theorem network_superposition (g : Matrix n n K) (v w : Vec n K) (i : Fin n) :
    nodeCurrent g (fun j => v j + w j) i = nodeCurrent g v i + nodeCurrent g w i := by
  rw [nodeCurrent, nodeCurrent, nodeCurrent, ← sum_add]
  exact sum_congr _ _ fun j => by grind

/-- A common shift of all potentials changes no current. -/
theorem network_gauge (g : Matrix n n K) (v : Vec n K) (a : K) : nodeCurrent g (fun i => v i + a) = nodeCurrent g v := by
  funext i
  exact sum_congr _ _ fun j => by grind

/-- A network of conductances that are not negative makes no negative heat. -/
theorem networkHeat_nonneg (g : Matrix n n K) (h : ∀ i j, 0 ≤ g i j) (v : Vec n K) : 0 ≤ networkHeat g v := by
  exact sum_nonneg _ fun i => sum_nonneg _ fun j => mul_nonneg (h i j) (sq_nonneg _)

/-- A network that makes no heat has equal potentials at the ends of every conductance. -/
theorem networkHeat_zero (g : Matrix n n K) (h : ∀ i j, 0 ≤ g i j) (v : Vec n K) (hv : networkHeat g v = 0) (i j : Fin n)
    (hij : g i j ≠ 0) : v i = v j := by
  have k := eq_zero_of_sum_eq_zero _ (fun i => sum_nonneg _ fun j => mul_nonneg (h i j) (sq_nonneg (v i - v j))) hv i
  have l := eq_zero_of_sum_eq_zero _ (fun j => mul_nonneg (h i j) (sq_nonneg (v i - v j))) k j
  have m : (v i - v j) ^ 2 = 0 := by grind
  grind

/-- Currents fed to the nodes determine the currents in all branches (uniqueness). -/
theorem network_unique (g : Matrix n n K) (hg : ∀ i j, g j i = g i j) (h : ∀ i j, 0 ≤ g i j) (v w : Vec n K)
    (hvw : nodeCurrent g v = nodeCurrent g w) (i j : Fin n) : branchCurrent g v i j = branchCurrent g w i j := by
  have z : nodeCurrent g (fun k => v k + -1 * w k) = fun _ => 0 := by
    funext k
    rw [network_superposition, show nodeCurrent g (fun k => -1 * w k) k = -1 * nodeCurrent g w k by
      rw [nodeCurrent, nodeCurrent, ← mul_sum]; exact sum_congr _ _ fun j => by grind, hvw]
    grind
  have p := network_power g hg fun k => v k + -1 * w k
  rw [z, inner, sum_congr _ (fun _ => 0) fun i => by grind, sum_zero] at p
  by_cases hij : g i j = 0
  · grind [branchCurrent]
  · have e := networkHeat_zero g h (fun k => v k + -1 * w k) (by grind) i j hij
    grind [branchCurrent]

/-- Potentials fixed at some nodes adjust elsewhere so that the heat is least (Dirichlet's principle). -/
theorem dirichlet_principle (g : Matrix n n K) (hg : ∀ i j, g j i = g i j) (h : ∀ i j, 0 ≤ g i j) (v w : Vec n K)
    (hw : ∀ i, nodeCurrent g v i = 0 ∨ w i = v i) : networkHeat g v ≤ networkHeat g w := by
  have a : inner (fun i => w i - v i) (nodeCurrent g v) = 0 :=
    (sum_congr _ (fun _ => 0) fun i => by grind).trans sum_zero
  have b : 2 * inner (fun i => w i - v i) (nodeCurrent g v) = _ :=
    sum_potential_current (branchCurrent g v) (fun i j => by grind [branchCurrent]) fun i => w i - v i
  have c := networkHeat_nonneg g h fun i => w i - v i
  have e : networkHeat g w = networkHeat g v + networkHeat g (fun i => w i - v i) +
      2 * sum fun i => sum fun j => (w i - v i - (w j - v j)) * branchCurrent g v i j := by
    simp only [networkHeat, ← mul_sum, ← sum_add]
    exact sum_congr _ _ fun i => sum_congr _ _ fun j => by grind [branchCurrent]
  rw [a] at b
  rw [e, ← b]
  grind

/-- Of all flows from given sources to given sinks, the one that has potentials makes least heat (Thomson's principle). -/
theorem thomson_principle (r c d : Matrix n n K) (v : Vec n K) (hr : ∀ i j, 0 ≤ r i j) (hc : ∀ i j, c j i = -c i j)
    (hd : ∀ i j, d j i = -d i j) (ohm : ∀ i j, r i j * c i j = v i - v j)
    (h : ∀ i, (sum fun j => d i j) = sum fun j => c i j) : currentHeat r c ≤ currentHeat r d := by
  have t := tellegen (fun i j => d i j - c i j) (fun i j => by grind) (fun i => by have k := h i; rw [sum_sub]; grind) v
  have p : 0 ≤ currentHeat r fun i j => d i j - c i j :=
    sum_nonneg _ fun i => sum_nonneg _ fun j => mul_nonneg (hr i j) (sq_nonneg _)
  have e : currentHeat r d = currentHeat r c + currentHeat r (fun i j => d i j - c i j) +
      2 * sum fun i => sum fun j => (v i - v j) * (d i j - c i j) := by
    simp only [currentHeat, ← mul_sum, ← sum_add]
    exact sum_congr _ _ fun i => sum_congr _ _ fun j => by grind
  grind

/-- Larger conductances make more heat at the same potentials. -/
theorem networkHeat_mono (g k : Matrix n n K) (h : ∀ i j, g i j ≤ k i j) (v : Vec n K) :
    networkHeat g v ≤ networkHeat k v := by
  exact sum_le_sum _ _ fun i => sum_le_sum _ _ fun j => mul_le_mul_right (sq_nonneg _) (h i j)

/-- A larger conductance anywhere makes a network between fixed potentials conduct no less (Rayleigh's monotonicity law). -/
theorem rayleigh_monotonicity (g k : Matrix n n K) (hg : ∀ i j, g j i = g i j) (h : ∀ i j, 0 ≤ g i j)
    (hgk : ∀ i j, g i j ≤ k i j) (v w : Vec n K) (hw : ∀ i, nodeCurrent g v i = 0 ∨ w i = v i) :
    networkHeat g v ≤ networkHeat k w := by
  have a := dirichlet_principle g hg h v w hw
  have b := networkHeat_mono g k hgk w
  grind

/-- A node without a source of its own has the weighted mean of its neighbours' potentials. -/
theorem network_mean_value (g : Matrix n n K) (v : Vec n K) (i : Fin n) (hi : (sum fun j => g i j) ≠ 0)
    (h : nodeCurrent g v i = 0) : v i = (sum fun j => g i j * v j) / sum fun j => g i j := by
  have e : nodeCurrent g v i = (sum fun j => g i j) * v i - sum fun j => g i j * v j := by
    rw [nodeCurrent, ← sum_mul, ← sum_sub]
    exact sum_congr _ _ fun j => by grind
  grind

/-- A node without a source of its own is not above all its neighbours (maximum principle). -/
theorem network_maximum (g : Matrix n n K) (hp : ∀ i j, 0 ≤ g i j) (v : Vec n K) (i j : Fin n) (hm : ∀ k, v k ≤ v i)
    (h : nodeCurrent g v i = 0) (hij : g i j ≠ 0) : v j = v i := by
  have k := eq_zero_of_sum_eq_zero _ (fun j => mul_nonneg (hp i j) (show 0 ≤ v i - v j by grind)) h j
  grind

end PhysField.Electromagnetism
