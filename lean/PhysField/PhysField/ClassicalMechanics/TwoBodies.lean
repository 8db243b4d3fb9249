import PhysField.ClassicalMechanics.AreaLaw

/-!
# The problem of two bodies

Two bodies of mass `m` and `n` that act on each other alone. Their centre moves uniformly, and the difference of their places moves like one body
of the reduced mass about a fixed centre, also in steps with impulses instead of forces.
Source: Landau, Lifshitz, Mechanics, chapter 3; Goldstein, Poole, Safko, Classical Mechanics, chapter 3.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

/-- Places and velocities of two bodies. -/
@[ext] structure BodyPair (K : Type u) where
  r : Vec3 K
  s : Vec3 K
  v : Vec3 K
  w : Vec3 K

variable {K : Type u} [OrderedField K]

/-- The centre of mass of `m` at `r` and `n` at `s`. -/
def pairCentre (m n : K) (r s : Vec3 K) : Vec3 K := (1 / (m + n)) • (m • r + n • s)

/-- Reduced mass. -/
def pairMass (m n : K) : K := m * n / (m + n)

/-- Centre and its velocity. -/
def centreState (m n : K) (b : BodyPair K) : OrbitState K := ⟨pairCentre m n b.r b.s, pairCentre m n b.v b.w⟩

/-- Place and velocity of the first body seen from the second. -/
def relativeState (b : BodyPair K) : OrbitState K := ⟨b.r - b.s, b.v - b.w⟩

/-- A free flight of time `h`, then an impulse `j` on the first body and the opposite one on the second. -/
def pairStep (m n h : K) (j : Vec3 K) (b : BodyPair K) : BodyPair K :=
  ⟨b.r + h • b.v, b.s + h • b.w, b.v + (1 / m) • j, b.w - (1 / n) • j⟩

/-- The pair after `k` steps with the impulses `j`. -/
def pairPath (m n h : K) (j : Nat → Vec3 K) (b : BodyPair K) : Nat → BodyPair K
  | 0 => b
  | k + 1 => pairStep m n h (j k) (pairPath m n h j b k)

/-- The place of the first body follows from the centre and the difference. -/
theorem pairCentre_first (m n : K) (r s : Vec3 K) (h : m + n ≠ 0) : r = pairCentre m n r s + (n / (m + n)) • (r - s) := by
  ext <;> grind [pairCentre]

/-- The centre lies between the bodies, at distances inverse to their masses. -/
theorem pairCentre_lever (m n : K) (r s : Vec3 K) (h : m + n ≠ 0) :
    m • (r - pairCentre m n r s) = -(n • (s - pairCentre m n r s)) := by
  ext <;> grind [pairCentre]

/-- The centre lies on the line between the bodies. -/
theorem pairCentre_collinear (m n : K) (r s : Vec3 K) (h : m + n ≠ 0) : cross (r - pairCentre m n r s) (r - s) = 0 := by
  have e : r - pairCentre m n r s = (n / (m + n)) • (r - s) := by ext <;> grind [pairCentre]
  rw [e, cross_smul_left, cross_self]
  ext <;> grind

/-- The kinetic energy of two bodies is that of the centre and that of the reduced mass. -/
theorem pair_kinetic (m n : K) (v w : Vec3 K) (h : m + n ≠ 0) :
    m * normSq v + n * normSq w = (m + n) * normSq (pairCentre m n v w) + pairMass m n * normSq (v - w) := by
  have c : ∀ (k : K) (u : Vec3 K), normSq (k • u) = k ^ 2 * normSq u := fun k u => by grind [normSq, dot]
  have e : normSq (m • v + n • w) = m ^ 2 * normSq v + 2 * m * n * dot v w + n ^ 2 * normSq w := by grind [normSq, dot]
  rw [pairCentre, c, e, normSq_sub, pairMass]
  generalize normSq v = x
  generalize normSq w = y
  generalize dot v w = z
  clear c e
  grind

/-- The angular momentum of two bodies is that of the centre and that of the reduced mass. -/
theorem pair_angular (m n : K) (r s v w : Vec3 K) (h : m + n ≠ 0) :
    m • cross r v + n • cross s w =
      (m + n) • cross (pairCentre m n r s) (pairCentre m n v w) + pairMass m n • cross (r - s) (v - w) := by
  have c : cross (pairCentre m n r s) (pairCentre m n v w) =
      (1 / (m + n) ^ 2) • cross (m • r + n • s) (m • v + n • w) := by
    rw [pairCentre, pairCentre]
    generalize m • r + n • s = x
    generalize m • v + n • w = y
    ext <;> grind [cross]
  rw [c, pairMass]
  clear c
  ext <;> simp only [cross, Vec3.add_def, Vec3.sub_def, Vec3.smul_def] <;> grind

/-- At rest of the centre the kinetic energies of two bodies are inverse to their masses. -/
theorem pair_energy_share (m n : K) (v w : Vec3 K) (h : m • v + n • w = 0) :
    m * (m * normSq v) = n * (n * normSq w) := by
  have e : m • v = -(n • w) := by
    rw [Vec3.ext_iff] at h
    ext <;> grind
  have a : normSq (m • v) = m * (m * normSq v) := by grind [normSq, dot]
  have b : normSq (-(n • w)) = n * (n * normSq w) := by grind [normSq, dot]
  rw [← a, e, b]

/-- An impulse between the bodies does not move their centre out of its free flight. -/
theorem pairStep_centre (m n h : K) (j : Vec3 K) (b : BodyPair K) (hm : m ≠ 0) (hn : n ≠ 0) :
    centreState m n (pairStep m n h j b) = impulseStep h 0 (centreState m n b) := by
  have e : ∀ (x y z : K), m * (x + 1 / m * z) + n * (y - 1 / n * z) = m * x + n * y := fun x y z => by grind
  rw [centreState, pairStep, centreState, impulseStep, OrbitState.ext_iff, Vec3.ext_iff, Vec3.ext_iff]
  simp only [pairCentre, Vec3.add_def, Vec3.sub_def, Vec3.smul_def, Vec3.zero_def, e]
  grind

/-- An impulse between the bodies acts on their difference like one on the reduced mass. -/
theorem pairStep_relative (m n h : K) (j : Vec3 K) (b : BodyPair K) (hm : 0 < m) (hn : 0 < n) :
    relativeState (pairStep m n h j b) = impulseStep h ((1 / pairMass m n) • j) (relativeState b) := by
  have z : m + n ≠ 0 := by grind
  have e : 1 / pairMass m n = 1 / m + 1 / n := by grind [pairMass]
  rw [e, relativeState, pairStep, relativeState, impulseStep, OrbitState.ext_iff, Vec3.ext_iff, Vec3.ext_iff]
  simp only [Vec3.add_def, Vec3.sub_def, Vec3.smul_def]
  grind

/-- The centre of two bodies moves uniformly, whatever impulses they exchange. -/
theorem pairPath_centre (m n h : K) (j : Nat → Vec3 K) (b : BodyPair K) (k : Nat) (hm : m ≠ 0) (hn : n ≠ 0) :
    centreState m n (pairPath m n h j b k) =
      ⟨(centreState m n b).r + ((k : K) * h) • (centreState m n b).v, (centreState m n b).v⟩ := by
  induction k with
  | zero =>
    rw [pairPath]
    generalize centreState m n b = c
    rw [OrbitState.ext_iff, Vec3.ext_iff]
    grind
  | succ k ih =>
    rw [pairPath, pairStep_centre m n h _ _ hm hn, ih, impulseStep]
    generalize centreState m n b = c
    rw [OrbitState.ext_iff, Vec3.ext_iff, Vec3.ext_iff]
    grind

/-- The difference of two bodies moves like one body about a fixed centre. -/
theorem pairPath_relative (m n h : K) (j : Nat → Vec3 K) (b : BodyPair K) (k : Nat) (hm : 0 < m) (hn : 0 < n) :
    relativeState (pairPath m n h j b k) = impulsePolygon h (fun i => (1 / pairMass m n) • j i) (relativeState b) k := by
  induction k with
  | zero => rfl
  | succ k ih => rw [pairPath, pairStep_relative m n h _ _ hm hn, ih, impulsePolygon]

/-- Impulses along the line between two bodies conserve the angular momentum of their difference. -/
theorem pairStep_area (m n h f : K) (b : BodyPair K) (hm : 0 < m) (hn : 0 < n) :
    arealVector (relativeState (pairStep m n h (f • ((b.r - b.s) + h • (b.v - b.w))) b)) = arealVector (relativeState b) := by
  rw [pairStep_relative m n h _ b hm hn, arealVector_kept_iff]
  have e : (impulseStep h ((1 / pairMass m n) • (f • ((b.r - b.s) + h • (b.v - b.w)))) (relativeState b)).r =
    (b.r - b.s) + h • (b.v - b.w) := rfl
  rw [e]
  generalize (b.r - b.s) + h • (b.v - b.w) = x
  ext <;> grind [cross]

/-- The total momentum of two bodies is conserved. -/
theorem pairPath_momentum (m n h : K) (j : Nat → Vec3 K) (b : BodyPair K) (k : Nat) (hm : m ≠ 0) (hn : n ≠ 0) :
    m • (pairPath m n h j b k).v + n • (pairPath m n h j b k).w = m • b.v + n • b.w := by
  induction k with
  | zero => rfl
  | succ k ih =>
    rw [← ih, pairPath, pairStep]
    generalize pairPath m n h j b k = c
    clear ih
    ext <;> grind

/-- The work of an impulse on two bodies is that on the reduced mass with their relative velocity. -/
theorem pairStep_energy (m n h : K) (j : Vec3 K) (b : BodyPair K) (hm : m ≠ 0) (hn : n ≠ 0) :
    m * normSq (pairStep m n h j b).v + n * normSq (pairStep m n h j b).w =
      m * normSq b.v + n * normSq b.w + 2 * dot j (b.v - b.w) + (1 / m + 1 / n) * normSq j := by
  have e : ∀ (k : K) (v : Vec3 K), k ≠ 0 → k * normSq (v + (1 / k) • j) = k * normSq v + 2 * dot j v + 1 / k * normSq j :=
    fun k v hk => by grind [normSq, dot]
  have f : b.w - (1 / n) • j = b.w + (1 / -n) • j := by ext <;> grind
  have g := e (-n) b.w (by grind)
  rw [pairStep, e m b.v hm, f]
  clear e f
  have l : dot j (b.v - b.w) = dot j b.v - dot j b.w := by grind [dot]
  rw [l]
  grind

/-- The reduced mass of a body much lighter than its partner is nearly its own: it lacks at most the share `m / n`. -/
theorem pairMass_light (m n : K) (hm : 0 < m) (hn : 0 < n) : m * (1 - m / n) < pairMass m n := by
  have p := mul_pos hm (mul_pos hm hm)
  rw [show m * (1 - m / n) = m * (n - m) / n by grind, pairMass, div_lt_div_iff hn (show 0 < m + n by grind)]
  grind

/-- Two bodies of given total mass have the largest reduced mass when they are equal. -/
theorem pairMass_largest (m n : K) (hs : 0 < m + n) : pairMass m n ≤ (m + n) / 4 ∧ (pairMass m n = (m + n) / 4 ↔ m = n) := by
  have s := sq_nonneg (m - n)
  have e : (m + n) / 4 - pairMass m n = (m - n) ^ 2 / (4 * (m + n)) := by grind [pairMass]
  have p := div_nonneg s (show 0 ≤ 4 * (m + n) by grind)
  have q : 4 * (m + n) ≠ 0 := by grind
  refine ⟨by grind, fun h => ?_, fun h => by grind⟩
  have z : (m - n) ^ 2 / (4 * (m + n)) = 0 := by grind
  generalize 4 * (m + n) = t at *
  grind

end PhysField.ClassicalMechanics
