import PhysField.ClassicalMechanics.ManyBodies

/-!
# Internal forces, torque and the virial

`n` bodies act on one another with forces `f i j` (on `i` by `j`). Newton's third law conserves their momentum, central forces conserve the
angular momentum too, and both follow from sums over pairs, for any number of bodies.
Source: Goldstein, Poole, Safko, Classical Mechanics, chapters 1 and 3; Landau, Lifshitz, Mechanics, chapter 2.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Sum of `n` vectors in space. -/
def vecSum (f : Fin n → Vec3 K) : Vec3 K := ⟨sum fun i => (f i).x, sum fun i => (f i).y, sum fun i => (f i).z⟩

/-- Force on the body `i` by all bodies. -/
def netForce (f : Fin n → Fin n → Vec3 K) (i : Fin n) : Vec3 K := vecSum fun j => f i j

/-- Central force on the body `i` by `j`, of the strength `g i j` for each unit of their distance. -/
def pairForce (g : Matrix n n K) (r : Fin n → Vec3 K) (i j : Fin n) : Vec3 K := g i j • (r i - r j)

/-- Virial of forces `f` on bodies at `r`. -/
def virial (r f : Fin n → Vec3 K) : K := sum fun i => dot (r i) (f i)

/-- Torque of forces `f` on bodies at `r` about the origin. -/
def totalTorque (r f : Fin n → Vec3 K) : Vec3 K := vecSum fun i => cross (r i) (f i)

/-- A double sum over an antisymmetric function vanishes. -/
theorem sum_antisymmetric (f : Matrix n n K) (h : ∀ i j, f i j = -f j i) : (sum fun i => sum fun j => f i j) = 0 := by
  have a : (sum fun i => sum fun j => f i j) = sum fun i => sum fun j => -1 * f j i :=
    sum_congr _ _ fun i => sum_congr _ _ fun j => by grind
  have b : (sum fun i => sum fun j => -1 * f j i) = -1 * sum fun i => sum fun j => f j i := by
    simp only [mul_sum]
  have c := sum_comm f
  grind

/-- A sum over pairs does not change when its summand is made symmetric. -/
theorem sum_symmetrised (f : Matrix n n K) :
    2 * (sum fun i => sum fun j => f i j) = sum fun i => sum fun j => f i j + f j i := by
  have c := sum_comm f
  simp only [sum_add]
  grind

/-- A sum of vectors is additive. -/
theorem vecSum_add (f g : Fin n → Vec3 K) : vecSum (fun i => f i + g i) = vecSum f + vecSum g := by
  ext
  · exact sum_add _ _
  · exact sum_add _ _
  · exact sum_add _ _

/-- A scalar product with a sum of vectors is the sum of the scalar products. -/
theorem dot_vecSum (a : Vec3 K) (f : Fin n → Vec3 K) : dot a (vecSum f) = sum fun i => dot a (f i) := by
  simp only [dot, vecSum, sum_add, mul_sum]

/-- A vector product with a sum of vectors is the sum of the vector products. -/
theorem cross_vecSum (a : Vec3 K) (f : Fin n → Vec3 K) : cross a (vecSum f) = vecSum fun i => cross a (f i) := by
  ext <;> simp only [cross, vecSum, sum_sub, mul_sum]

/-- Forces that obey Newton's third law sum to zero over all bodies. -/
theorem internal_forces_cancel (f : Fin n → Fin n → Vec3 K) (h : ∀ i j, f i j = -f j i) : vecSum (netForce f) = 0 := by
  ext
  · exact sum_antisymmetric (fun i j => (f i j).x) fun i j => congrArg Vec3.x (h i j)
  · exact sum_antisymmetric (fun i j => (f i j).y) fun i j => congrArg Vec3.y (h i j)
  · exact sum_antisymmetric (fun i j => (f i j).z) fun i j => congrArg Vec3.z (h i j)

/-- Central forces of symmetric strength obey Newton's third law. -/
theorem pairForce_third_law (g : Matrix n n K) (r : Fin n → Vec3 K) (h : ∀ i j, g i j = g j i) (i j : Fin n) :
    pairForce g r i j = -pairForce g r j i := by
  have k := h i j
  ext <;> grind [pairForce]

/-- Central internal forces exert no torque in total. -/
theorem internal_torque_cancels (g : Matrix n n K) (r : Fin n → Vec3 K) (h : ∀ i j, g i j = g j i) :
    totalTorque r (netForce (pairForce g r)) = 0 := by
  have e : (fun i => cross (r i) (netForce (pairForce g r) i)) = netForce fun i j => cross (r i) (pairForce g r i j) :=
    funext fun i => cross_vecSum _ _
  rw [totalTorque, e]
  exact internal_forces_cancel _ fun i j => by
    have k := h i j
    grind [pairForce, cross]

/-- The virial of central internal forces is a sum over pairs of strength times squared distance (Clausius). -/
theorem virial_pairs (g : Matrix n n K) (r : Fin n → Vec3 K) (h : ∀ i j, g i j = g j i) :
    2 * virial r (netForce (pairForce g r)) = sum fun i => sum fun j => g i j * normSq (r i - r j) := by
  have e : virial r (netForce (pairForce g r)) = sum fun i => sum fun j => dot (r i) (pairForce g r i j) :=
    sum_congr _ _ fun i => dot_vecSum _ _
  rw [e, sum_symmetrised fun i j => dot (r i) (pairForce g r i j)]
  exact sum_congr _ _ fun i => sum_congr _ _ fun j => by
    have k := h i j
    grind [pairForce, normSq, dot]

/-- Attraction between all bodies makes the virial negative or zero. -/
theorem virial_attraction (g : Matrix n n K) (r : Fin n → Vec3 K) (h : ∀ i j, g i j = g j i) (ha : ∀ i j, g i j ≤ 0) :
    virial r (netForce (pairForce g r)) ≤ 0 := by
  have v := virial_pairs g r h
  have s : (sum fun i => sum fun j => g i j * normSq (r i - r j)) ≤ sum fun _ : Fin n => 0 :=
    sum_le_sum _ _ fun i => Std.le_trans (sum_le_sum _ (fun _ => 0) fun j => by
      have k := mul_nonpos (normSq_nonneg (r i - r j)) (ha i j)
      grind) (by rw [sum_zero]; grind)
  rw [sum_zero] at s
  grind

/-- The virial of forces that sum to zero does not depend on the origin. -/
theorem virial_origin (r f : Fin n → Vec3 K) (a : Vec3 K) (h : vecSum f = 0) : virial (fun i => r i - a) f = virial r f := by
  have e : virial (fun i => r i - a) f = virial r f - sum fun i => dot a (f i) := by
    rw [virial, virial, ← sum_sub]
    exact sum_congr _ _ fun i => by grind [dot]
  rw [e, ← dot_vecSum, h]
  grind [dot]

/-- The torque of forces that sum to zero, of a couple, does not depend on the point of reference. -/
theorem torque_origin (r f : Fin n → Vec3 K) (a : Vec3 K) (h : vecSum f = 0) :
    totalTorque (fun i => r i - a) f = totalTorque r f := by
  have e : totalTorque r f = totalTorque (fun i => r i - a) f + vecSum fun i => cross a (f i) := by
    rw [totalTorque, totalTorque, ← vecSum_add]
    exact congrArg vecSum (funext fun i => by grind [cross])
  rw [e, ← cross_vecSum, h]
  ext <;> grind [cross]

/-- Torques about two points differ by the moment of the whole force. -/
theorem torque_shift (r f : Fin n → Vec3 K) (a : Vec3 K) :
    totalTorque r f = totalTorque (fun i => r i - a) f + cross a (vecSum f) := by
  rw [cross_vecSum, totalTorque, totalTorque, ← vecSum_add]
  exact congrArg vecSum (funext fun i => by grind [cross])

/-- Forces that turn with the bodies do the power of their torque (rigid rotation with angular velocity `w`). -/
theorem power_of_rotation (r f : Fin n → Vec3 K) (w : Vec3 K) :
    virial (fun i => cross w (r i)) f = dot w (totalTorque r f) := by
  rw [totalTorque, dot_vecSum]
  exact sum_congr _ _ fun i => by grind [dot, cross]

/-- Work in a rigid displacement is that of the whole force and the whole torque: forces without either do none (d'Alembert). -/
theorem virtual_work_rigid (r f : Fin n → Vec3 K) (a w : Vec3 K) :
    virial (fun i => a + cross w (r i)) f = dot a (vecSum f) + dot w (totalTorque r f) := by
  rw [← power_of_rotation, dot_vecSum, virial, virial, ← sum_add]
  exact sum_congr _ _ fun i => by grind [dot]

/-- Internal central forces do no work in a rigid displacement. -/
theorem internal_work_rigid (g : Matrix n n K) (r : Fin n → Vec3 K) (a w : Vec3 K) (h : ∀ i j, g i j = g j i) :
    virial (fun i => a + cross w (r i)) (netForce (pairForce g r)) = 0 := by
  rw [virtual_work_rigid, internal_torque_cancels g r h, internal_forces_cancel _ (pairForce_third_law g r h)]
  grind [dot]

/-- Springs between bodies that all attract like their masses pull each body to the centre of mass (Newton, proposition 64). -/
theorem harmonic_bodies (m : Vec n K) (r : Fin n → Vec3 K) (k : K) (hm : 0 < sum m) (i : Fin n) :
    vecSum (fun j => (k * m j) • (r j - r i)) = (k * sum m) • (centreOfMass m r - r i) := by
  have e : ∀ (x : Vec n K) (y : K), (sum fun j => k * m j * (x j - y)) = k * (inner m x - sum m * y) := fun x y => by
    rw [inner, ← sum_mul, ← sum_sub, ← mul_sum]
    exact sum_congr _ _ fun j => by grind
  ext
  · exact (e _ _).trans (by grind [centreOfMass, weightedSum])
  · exact (e _ _).trans (by grind [centreOfMass, weightedSum])
  · exact (e _ _).trans (by grind [centreOfMass, weightedSum])

end PhysField.ClassicalMechanics
