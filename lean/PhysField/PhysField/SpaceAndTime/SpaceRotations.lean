import PhysField.Mathematics.Vec3

/-!
# Rotations of space

A rotation by four numbers of Euler and Rodrigues, that is by a quaternion with the scalar part `a` and the vector part `w`, and by Rodrigues'
formula with an axis, a cosine and a sine. Both keep lengths and the vector product, and quaternions compose by their product.
Source: Goldstein, Poole, Safko, Classical Mechanics, chapter 4; Altmann, Rotations, Quaternions, and Double Groups, chapters 3 and 12.
-/
namespace PhysField.SpaceAndTime
open PhysField.Mathematics

/-- A quaternion. -/
@[ext] structure Quat (K : Type u) where
  a : K
  w : Vec3 K

variable {K : Type u} [OrderedField K]

/-- Product of quaternions. -/
def quatMul (p q : Quat K) : Quat K := ⟨p.a * q.a - dot p.w q.w, p.a • q.w + q.a • p.w + cross p.w q.w⟩

/-- Conjugate quaternion. -/
def quatConj (q : Quat K) : Quat K := ⟨q.a, -q.w⟩

/-- Squared length of a quaternion. -/
def quatNormSq (q : Quat K) : K := q.a ^ 2 + normSq q.w

/-- The rotation by a quaternion, times its squared length. -/
def quatRotate (q : Quat K) (v : Vec3 K) : Vec3 K :=
  (q.a ^ 2 - normSq q.w) • v + (2 * dot q.w v) • q.w + (2 * q.a) • cross q.w v

/-- The quaternion that turns the unit vector `u` into the unit vector `v`. -/
def quatBetween (u v : Vec3 K) : Quat K := ⟨1 + dot u v, cross u v⟩

/-- Rotation about the unit vector `u` by the angle of cosine `c` and sine `s` (formula of Rodrigues). -/
def rodrigues (c s : K) (u v : Vec3 K) : Vec3 K := c • v + s • cross u v + ((1 - c) * dot u v) • u

/-- The squared length of a product of quaternions is the product of the squared lengths (four squares of Euler). -/
theorem quatNormSq_mul (p q : Quat K) : quatNormSq (quatMul p q) = quatNormSq p * quatNormSq q := by
  simp only [quatNormSq, quatMul, normSq, dot, cross, Vec3.add_def, Vec3.smul_def]
  grind

/-- The product of quaternions is associative. -/
theorem quatMul_assoc (p q r : Quat K) : quatMul (quatMul p q) r = quatMul p (quatMul q r) := by
  rw [Quat.ext_iff, Vec3.ext_iff]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> simp only [quatMul, dot, cross, Vec3.add_def, Vec3.smul_def] <;> grind

/-- Conjugation reverses a product of quaternions. -/
theorem quatConj_mul (p q : Quat K) : quatConj (quatMul p q) = quatMul (quatConj q) (quatConj p) := by
  rw [Quat.ext_iff, Vec3.ext_iff]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> simp only [quatConj, quatMul, dot, cross, Vec3.add_def, Vec3.smul_def, Vec3.neg_def] <;> grind

/-- A quaternion times its conjugate is its squared length. -/
theorem quatMul_conj (q : Quat K) : quatMul q (quatConj q) = ⟨quatNormSq q, 0⟩ := by
  rw [Quat.ext_iff, Vec3.ext_iff]
  refine ⟨?_, ?_, ?_, ?_⟩ <;>
    simp only [quatConj, quatMul, quatNormSq, normSq, dot, cross, Vec3.add_def, Vec3.smul_def, Vec3.neg_def, Vec3.zero_def] <;> grind

/-- Only the zero quaternion has length zero. -/
theorem quatNormSq_eq_zero (q : Quat K) : quatNormSq q = 0 ↔ q = ⟨0, 0⟩ := by
  have ha := sq_nonneg q.a
  have hw := normSq_nonneg q.w
  constructor
  · intro h
    have a : q.a ^ 2 = 0 := by grind [quatNormSq]
    have w : normSq q.w = 0 := by grind [quatNormSq]
    rw [Quat.ext_iff]
    exact ⟨by grind, (normSq_eq_zero _).mp w⟩
  · intro h
    rw [h]
    grind [quatNormSq, normSq, dot]

/-- A product of quaternions vanishes only with a factor: quaternions can be divided by. -/
theorem quatMul_eq_zero (p q : Quat K) (h : quatMul p q = ⟨0, 0⟩) : p = ⟨0, 0⟩ ∨ q = ⟨0, 0⟩ := by
  have k := quatNormSq_mul p q
  rw [(quatNormSq_eq_zero (quatMul p q)).mpr h] at k
  rcases mul_eq_zero.mp k.symm with z | z
  · exact Or.inl ((quatNormSq_eq_zero p).mp z)
  · exact Or.inr ((quatNormSq_eq_zero q).mp z)

/-- The rotation by a quaternion is the product with it from the left and with its conjugate from the right. -/
theorem quatRotate_eq (q : Quat K) (v : Vec3 K) : quatMul (quatMul q ⟨0, v⟩) (quatConj q) = ⟨0, quatRotate q v⟩ := by
  rw [Quat.ext_iff, Vec3.ext_iff]
  refine ⟨?_, ?_, ?_, ?_⟩ <;>
    simp only [quatConj, quatMul, quatRotate, normSq, dot, cross, Vec3.add_def, Vec3.smul_def, Vec3.neg_def] <;> grind

/-- Rotations compose by the product of their quaternions (Rodrigues). -/
theorem quatRotate_mul (p q : Quat K) (v : Vec3 K) : quatRotate (quatMul p q) v = quatRotate p (quatRotate q v) := by
  have a := quatRotate_eq (quatMul p q) v
  rw [quatConj_mul, quatMul_assoc p q, quatMul_assoc p, ← quatMul_assoc (quatMul q _), quatRotate_eq, ← quatMul_assoc,
    quatRotate_eq] at a
  exact (congrArg Quat.w a).symm

/-- Rotations keep lengths. -/
theorem quatRotate_normSq (q : Quat K) (v : Vec3 K) : normSq (quatRotate q v) = quatNormSq q ^ 2 * normSq v := by
  have h := congrArg quatNormSq (quatRotate_eq q v)
  have c : quatNormSq (quatConj q) = quatNormSq q := by grind [quatNormSq, quatConj, normSq, dot]
  rw [quatNormSq_mul, quatNormSq_mul, c] at h
  grind [quatNormSq]

/-- Rotations are additive. -/
theorem quatRotate_add (q : Quat K) (u v : Vec3 K) : quatRotate q (u + v) = quatRotate q u + quatRotate q v := by
  rw [Vec3.ext_iff]
  refine ⟨?_, ?_, ?_⟩ <;> simp only [quatRotate, dot, cross, Vec3.add_def, Vec3.smul_def] <;> grind

/-- Rotations keep scalar products, and so angles. -/
theorem quatRotate_dot (q : Quat K) (u v : Vec3 K) : dot (quatRotate q u) (quatRotate q v) = quatNormSq q ^ 2 * dot u v := by
  have p : ∀ x y : Vec3 K, normSq (x + y) = normSq x + 2 * dot x y + normSq y := fun x y => by grind [normSq, dot]
  have h := quatRotate_normSq q (u + v)
  rw [quatRotate_add, p, p, quatRotate_normSq, quatRotate_normSq] at h
  grind

/-- The axis of a rotation stays in place. -/
theorem quatRotate_axis (q : Quat K) : quatRotate q q.w = quatNormSq q • q.w := by
  rw [Vec3.ext_iff]
  refine ⟨?_, ?_, ?_⟩ <;> simp only [quatRotate, quatNormSq, normSq, dot, cross, Vec3.add_def, Vec3.smul_def] <;> grind

/-- A rotation is undone by the conjugate quaternion. -/
theorem quatRotate_conj (q : Quat K) (v : Vec3 K) : quatRotate (quatConj q) (quatRotate q v) = (quatNormSq q ^ 2) • v := by
  have e : quatMul (quatConj q) q = ⟨quatNormSq q, 0⟩ := by
    rw [Quat.ext_iff, Vec3.ext_iff]
    refine ⟨?_, ?_, ?_, ?_⟩ <;>
      simp only [quatConj, quatMul, quatNormSq, normSq, dot, cross, Vec3.add_def, Vec3.smul_def, Vec3.neg_def, Vec3.zero_def] <;> grind
  rw [← quatRotate_mul, e]
  generalize quatNormSq q = n
  ext <;> grind [quatRotate, normSq, dot, cross]

/-- Opposite quaternions give the same rotation. -/
theorem quatRotate_neg (q : Quat K) (v : Vec3 K) : quatRotate ⟨-q.a, -q.w⟩ v = quatRotate q v := by
  rw [Vec3.ext_iff]
  refine ⟨?_, ?_, ?_⟩ <;> simp only [quatRotate, normSq, dot, cross, Vec3.add_def, Vec3.smul_def, Vec3.neg_def] <;> grind

/-- A quaternion without vector part, and only one, turns nothing. -/
theorem quatRotate_trivial (q : Quat K) : (∀ v, quatRotate q v = quatNormSq q • v) ↔ q.w = 0 := by
  constructor
  · intro h
    have e : ∀ v, quatNormSq q * normSq v - dot v (quatRotate q v) = 2 * normSq (cross q.w v) := fun v => by
      rw [lagrange_identity]
      grind [quatRotate, quatNormSq, normSq, dot, cross]
    have z : ∀ v, normSq (cross q.w v) = 0 := fun v => by
      have k := e v
      rw [h v] at k
      grind [normSq, dot]
    have x := (normSq_eq_zero _).mp (z ⟨1, 0, 0⟩)
    have y := (normSq_eq_zero _).mp (z ⟨0, 1, 0⟩)
    rw [Vec3.ext_iff] at x y
    clear e z h
    ext <;> grind [cross]
  · intro h v
    rw [quatRotate, quatNormSq, h]
    ext <;> grind [normSq, dot, cross]

/-- Two half turns about `u` and `v` make a rotation about the vector orthogonal to both (Hamilton). -/
theorem half_turns_mul (u v : Vec3 K) : quatMul ⟨0, u⟩ ⟨0, v⟩ = ⟨-dot u v, cross u v⟩ := by
  ext <;> grind [quatMul]

/-- The quaternion `1 + u·v`, `u × v` turns the unit vector `u` into `v`. -/
theorem quatBetween_rotates (u v : Vec3 K) (hu : normSq u = 1) (hv : normSq v = 1) :
    quatRotate (quatBetween u v) u = quatNormSq (quatBetween u v) • v := by
  have b : cross (cross u v) u = normSq u • v - dot u v • u := by
    rw [cross_anticomm, bac_cab]
    show -(dot u v • u - normSq u • v) = normSq u • v - dot u v • u
    generalize normSq u = n
    generalize dot u v = c
    ext <;> simp only [Vec3.sub_def, Vec3.neg_def, Vec3.smul_def] <;> grind
  have o : dot (cross u v) u = 0 := by rw [dot_comm]; exact dot_cross_self u v
  rw [quatRotate, quatNormSq, quatBetween, lagrange_identity, b, o, hu, hv]
  generalize dot u v = c
  clear b o hu hv
  ext <;> simp only [Vec3.add_def, Vec3.sub_def, Vec3.smul_def] <;> grind

/-- The formula of Rodrigues keeps lengths. -/
theorem rodrigues_normSq (c s : K) (u v : Vec3 K) (hu : normSq u = 1) (h : c ^ 2 + s ^ 2 = 1) :
    normSq (rodrigues c s u v) = normSq v := by
  have l := lagrange_identity u v
  have e : normSq (rodrigues c s u v) = c ^ 2 * normSq v + s ^ 2 * normSq (cross u v) +
      (1 - c) ^ 2 * dot u v ^ 2 * normSq u + 2 * c * (1 - c) * dot u v ^ 2 := by
    have a : ∀ x y z : Vec3 K, normSq (x + y + z) = normSq x + normSq y + normSq z + 2 * dot x y + 2 * dot x z + 2 * dot y z :=
      fun x y z => by grind [normSq, dot]
    have o : dot v (cross u v) = 0 := by grind [dot, cross]
    have p : dot (cross u v) u = 0 := by grind [dot, cross]
    have q : ∀ (k : K) (x : Vec3 K), normSq (k • x) = k ^ 2 * normSq x := fun k x => by grind [normSq, dot]
    have m : ∀ (j k : K) (x y : Vec3 K), dot (j • x) (k • y) = j * k * dot x y := fun j k x y => by grind [dot]
    rw [rodrigues, a, q, q, q, m, m, m, o, p, dot_comm v u]
    clear a q m
    grind
  rw [e, l, hu]
  grind

/-- Rotations about one axis compose by the theorem of addition. -/
theorem rodrigues_comp (c s d t : K) (u v : Vec3 K) (hu : normSq u = 1) :
    rodrigues c s u (rodrigues d t u v) = rodrigues (c * d - s * t) (s * d + c * t) u v := by
  have b : cross u (cross u v) = dot u v • u - normSq u • v := bac_cab u u v
  have o : dot u (cross u v) = 0 := dot_cross_self u v
  have m : ∀ (i j k : K) (x y z : Vec3 K), dot u (i • x + j • y + k • z) = i * dot u x + j * dot u y + k * dot u z :=
    fun i j k x y z => by
      simp only [dot, Vec3.add_def, Vec3.smul_def]
      grind
  have w : ∀ (i j k : K) (x y : Vec3 K), cross u (i • x + j • y + k • u) = i • cross u x + j • cross u y := fun i j k x y => by
    ext <;> simp only [cross, Vec3.add_def, Vec3.smul_def] <;> grind
  have e : dot u (rodrigues d t u v) = dot u v := by
    rw [rodrigues, m, o, show dot u u = 1 from hu]
    grind
  have f : cross u (rodrigues d t u v) = d • cross u v + t • cross u (cross u v) := by rw [rodrigues, w]
  rw [rodrigues, e, f, b, hu, rodrigues, rodrigues]
  clear e f b o hu m w
  generalize cross u v = x
  generalize dot u v = y
  ext <;> simp only [Vec3.add_def, Vec3.sub_def, Vec3.smul_def] <;> grind

/-- The axis of Rodrigues' rotation stays in place. -/
theorem rodrigues_axis (c s : K) (u : Vec3 K) (hu : normSq u = 1) : rodrigues c s u u = u := by
  rw [rodrigues, cross_self, show dot u u = 1 from hu]
  ext <;> grind

/-- The rotation by a unit quaternion is that of Rodrigues by twice the angle. -/
theorem quatRotate_rodrigues (a b : K) (u v : Vec3 K) (hu : normSq u = 1) (h : a ^ 2 + b ^ 2 = 1) :
    quatRotate ⟨a, b • u⟩ v = rodrigues (a ^ 2 - b ^ 2) (2 * a * b) u v := by
  have n : normSq (b • u) = b ^ 2 * normSq u := by grind [normSq, dot]
  have e : 1 - (a ^ 2 - b ^ 2) = 2 * b ^ 2 := by grind
  rw [quatRotate, rodrigues, n, hu, e, dot_smul_left, cross_smul_left]
  clear n hu e h
  ext <;> grind

end PhysField.SpaceAndTime
