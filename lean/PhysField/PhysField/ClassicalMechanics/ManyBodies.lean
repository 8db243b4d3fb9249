import PhysField.Mathematics.Vec3
import PhysField.Mathematics.Vector

/-!
# Systems of many bodies

`n` bodies with masses `m i`, positions `r i` and velocities `v i` in space. Centre of mass, the theorems of Steiner and König, Newton's
third law, the virial, and the bounds that Cauchy's inequality puts on momentum and moment of inertia.
Source: Goldstein, Poole, Safko, Classical Mechanics, chapter 1; Landau, Lifshitz, Mechanics, chapter 2.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Sum of `n` vectors in space, each with a weight. -/
def weightedSum (m : Vec n K) (r : Fin n → Vec3 K) : Vec3 K :=
  ⟨inner m fun i => (r i).x, inner m fun i => (r i).y, inner m fun i => (r i).z⟩

/-- Centre of mass. -/
def centreOfMass (m : Vec n K) (r : Fin n → Vec3 K) : Vec3 K := (1 / sum m) • weightedSum m r

/-- Moment of inertia about the point `a`. -/
def polarMoment (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) : K := inner m fun i => normSq (r i - a)

/-- Kinetic energy of all bodies. -/
def totalKinetic (m : Vec n K) (v : Fin n → Vec3 K) : K := inner m (fun i => normSq (v i)) / 2

/-- Angular momentum of all bodies about the origin. -/
def totalAngular (m : Vec n K) (r v : Fin n → Vec3 K) : Vec3 K := weightedSum m fun i => cross (r i) (v i)

/-- A common value with weights sums to the whole weight times it. -/
theorem inner_constant (m : Vec n K) (c : K) : inner m (fun _ => c) = sum m * c := by
  exact sum_mul m c

/-- A common factor on the right comes out of a sum with weights. -/
theorem inner_mul_right (m f : Vec n K) (c : K) : inner m (fun i => f i * c) = inner m f * c := by
  rw [show (fun i => f i * c) = fun i => c * f i from funext fun i => by grind, inner_smul_right]
  grind

/-- A sum of differences with weights is the difference of the sums. -/
theorem weighted_sub (m f g : Vec n K) : inner m (fun i => f i - g i) = inner m f - inner m g := by
  rw [inner, inner, inner, ← sum_sub]
  exact sum_congr _ _ fun i => by grind

/-- Sums of vectors with weights are additive in the vectors. -/
theorem weightedSum_add (m : Vec n K) (r s : Fin n → Vec3 K) :
    weightedSum m (fun i => r i + s i) = weightedSum m r + weightedSum m s := by
  ext
  · exact inner_add_right m _ _
  · exact inner_add_right m _ _
  · exact inner_add_right m _ _

/-- Bodies at one point have the moment of their whole mass there. -/
theorem weightedSum_constant (m : Vec n K) (a : Vec3 K) : weightedSum m (fun _ => a) = sum m • a := by
  ext <;> exact inner_constant m _

/-- A sum of scalar products with a fixed vector is the scalar product of the sum. -/
theorem inner_dot (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) :
    inner m (fun i => dot (r i) a) = dot (weightedSum m r) a := by
  simp only [dot, weightedSum, ← inner_mul_right, ← inner_add_right]

/-- The moments of all masses about `a` are those about the origin less that of the whole mass at `a`. -/
theorem weightedSum_shift (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) :
    weightedSum m (fun i => r i - a) = weightedSum m r - sum m • a := by
  rw [show (fun i => r i - a) = fun i => r i + -a from funext fun i => by grind, weightedSum_add, weightedSum_constant]
  ext <;> grind

/-- The whole mass at the centre of mass has the moment of all masses. -/
theorem mass_times_centre (m : Vec n K) (r : Fin n → Vec3 K) (hm : 0 < sum m) : sum m • centreOfMass m r = weightedSum m r := by
  rw [centreOfMass]
  generalize weightedSum m r = a
  ext <;> grind

/-- The masses balance about a point exactly if it is their centre of mass. -/
theorem centreOfMass_balance (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) (hm : 0 < sum m) :
    weightedSum m (fun i => r i - a) = 0 ↔ a = centreOfMass m r := by
  rw [weightedSum_shift, centreOfMass]
  constructor
  · intro h
    have hx := congrArg Vec3.x h
    have hy := congrArg Vec3.y h
    have hz := congrArg Vec3.z h
    ext <;> grind
  · intro h
    rw [h]
    ext <;> grind

/-- Putting two systems together, their centres count with their masses. -/
theorem centreOfMass_parts (m k : Vec n K) (r : Fin n → Vec3 K) (hm : 0 < sum m) (hk : 0 < sum k) :
    (sum m + sum k) • centreOfMass (fun i => m i + k i) r = sum m • centreOfMass m r + sum k • centreOfMass k r := by
  have s : sum (fun i => m i + k i) = sum m + sum k := sum_add m k
  rw [← s, mass_times_centre _ r (by grind), mass_times_centre m r hm, mass_times_centre k r hk]
  ext <;> exact inner_add_left m k _

/-- The centre of mass moves along when all bodies are displaced alike. -/
theorem centreOfMass_displaced (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) (hm : 0 < sum m) :
    centreOfMass m (fun i => r i + a) = centreOfMass m r + a := by
  rw [centreOfMass, weightedSum_add, weightedSum_constant, centreOfMass]
  ext <;> grind

/-- The centre of mass lies on the side of a plane on which all bodies lie. -/
theorem centreOfMass_convex (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) (c : K) (hm : ∀ i, 0 ≤ m i) (hs : 0 < sum m)
    (h : ∀ i, c ≤ dot (r i) a) : c ≤ dot (centreOfMass m r) a := by
  have k : inner m (fun _ => c) ≤ inner m (fun i => dot (r i) a) := sum_le_sum _ _ fun i => mul_le_mul_left (hm i) (h i)
  rw [inner_constant, inner_dot] at k
  rw [centreOfMass, dot_smul_left, show 1 / sum m * dot (weightedSum m r) a = dot (weightedSum m r) a / sum m by grind,
    le_div_iff hs]
  grind

/-- Moments of inertia about two points compare by the distance of the points and the moment of the masses. -/
theorem polarMoment_shift (m : Vec n K) (r : Fin n → Vec3 K) (a b : Vec3 K) :
    polarMoment m r a = polarMoment m r b + 2 * dot (weightedSum m fun i => r i - b) (b - a) + sum m * normSq (b - a) := by
  have e : (fun i => normSq (r i - a)) = fun i => normSq (r i - b) + 2 * dot (r i - b) (b - a) + normSq (b - a) :=
    funext fun i => by grind [normSq, dot]
  rw [polarMoment, e, inner_add_right, inner_add_right, inner_smul_right, inner_dot, inner_constant, polarMoment]

/-- The moment of inertia about a point is that about the centre of mass and that of the whole mass there (theorem of Steiner). -/
theorem steiner_polar (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) (hm : 0 < sum m) :
    polarMoment m r a = polarMoment m r (centreOfMass m r) + sum m * normSq (centreOfMass m r - a) := by
  rw [polarMoment_shift m r a (centreOfMass m r), (centreOfMass_balance m r _ hm).mpr rfl]
  grind [dot]

/-- About no point is the moment of inertia less than about the centre of mass. -/
theorem polarMoment_least (m : Vec n K) (r : Fin n → Vec3 K) (a : Vec3 K) (hm : 0 < sum m) :
    polarMoment m r (centreOfMass m r) ≤ polarMoment m r a := by
  have h := mul_nonneg (show 0 ≤ sum m by grind) (normSq_nonneg (centreOfMass m r - a))
  rw [steiner_polar m r a hm]
  grind

/-- The moments of inertia about the bodies, with their masses, sum to twice the whole mass times the moment about the centre (Lagrange). -/
theorem polarMoment_lagrange (m : Vec n K) (r : Fin n → Vec3 K) (hm : 0 < sum m) :
    inner m (fun i => polarMoment m r (r i)) = 2 * sum m * polarMoment m r (centreOfMass m r) := by
  have e : (fun i => polarMoment m r (r i)) =
      fun i => polarMoment m r (centreOfMass m r) + sum m * normSq (r i - centreOfMass m r) := funext fun i => by
    rw [steiner_polar m r (r i) hm]
    grind [normSq, dot]
  rw [e, inner_add_right, inner_constant, inner_smul_right, ← polarMoment]
  grind

/-- Kinetic energy is that of the whole mass with the velocity of its centre and that of the motion about the centre (theorem of König). -/
theorem koenig_bodies (m : Vec n K) (v : Fin n → Vec3 K) (hm : 0 < sum m) :
    totalKinetic m v = totalKinetic m (fun i => v i - centreOfMass m v) + sum m * normSq (centreOfMass m v) / 2 := by
  have s := steiner_polar m v 0 hm
  have a : polarMoment m v 0 = inner m fun i => normSq (v i) :=
    congrArg (inner m) (funext fun i => by grind [normSq, dot])
  have b : normSq (centreOfMass m v - 0) = normSq (centreOfMass m v) := by grind [normSq, dot]
  rw [a, b, polarMoment] at s
  grind [totalKinetic]

/-- The kinetic energy of a system is at least that of its whole mass with its whole momentum. -/
theorem momentum_kinetic_bound (m : Vec n K) (v : Fin n → Vec3 K) (hm : ∀ i, 0 ≤ m i) (hs : 0 < sum m) :
    normSq (weightedSum m v) ≤ 2 * sum m * totalKinetic m v := by
  have p : 0 ≤ totalKinetic m (fun i => v i - centreOfMass m v) :=
    div_nonneg (sum_nonneg _ fun i => mul_nonneg (hm i) (normSq_nonneg _)) (by grind)
  have e : normSq (weightedSum m v) = sum m * (sum m * normSq (centreOfMass m v)) := by grind [normSq, dot, centreOfMass]
  have k := koenig_bodies m v hs
  have q := mul_nonneg (show 0 ≤ sum m by grind) p
  rw [e, k]
  grind

/-- Angular momentum is that of the whole mass at its centre and that about the centre (theorem of König for rotation). -/
theorem koenig_angular (m : Vec n K) (r v : Fin n → Vec3 K) (hm : 0 < sum m) :
    totalAngular m r v = sum m • cross (centreOfMass m r) (centreOfMass m v) +
      totalAngular m (fun i => r i - centreOfMass m r) (fun i => v i - centreOfMass m v) := by
  have e : (fun i => cross (r i - centreOfMass m r) (v i - centreOfMass m v)) = fun i =>
      (cross (r i) (v i) + cross (r i) (-centreOfMass m v)) + (cross (-centreOfMass m r) (v i) +
        cross (centreOfMass m r) (centreOfMass m v)) := funext fun i => by
    generalize centreOfMass m r = c
    generalize centreOfMass m v = w
    ext <;> grind [cross]
  have a : ∀ c : Vec3 K, weightedSum m (fun i => cross (r i) c) = cross (weightedSum m r) c := fun c => by
    ext <;> simp only [weightedSum, cross, weighted_sub, inner_mul_right]
  have b : ∀ c : Vec3 K, weightedSum m (fun i => cross c (v i)) = cross c (weightedSum m v) := fun c => by
    ext <;> simp only [weightedSum, cross, weighted_sub, inner_smul_right]
  rw [totalAngular, totalAngular, e, weightedSum_add, weightedSum_add, weightedSum_add, a, b, weightedSum_constant,
    ← mass_times_centre m r hm, ← mass_times_centre m v hm]
  clear e a b
  generalize centreOfMass m r = c
  generalize centreOfMass m v = w
  ext <;> grind [cross]

end PhysField.ClassicalMechanics
