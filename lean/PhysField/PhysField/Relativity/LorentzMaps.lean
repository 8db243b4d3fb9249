import PhysField.Mathematics.OrderedField
import PhysField.Relativity.FourVectors

/-!
# Lorentz transformations

A Lorentz transformation is a map of four-vectors that keeps the Minkowski product. Nothing more is asked: that it is linear and
one-to-one follows. Those that send the future light cone into itself (orthochronous) are closed under composition. Boosts and
reflections are examples; relative velocity and proper time are what all of them leave as it is.
Source: Naber, The Geometry of Minkowski Spacetime, chapter 1; Rindler, Introduction to Special Relativity, chapter 4.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- A map keeps the Minkowski product. -/
def lorentzMap (f : FourVector K → FourVector K) : Prop := ∀ u v : FourVector K, minkowski (f u) (f v) = minkowski u v

/-- A map sends the future light cone into itself. -/
def orthochronous (f : FourVector K → FourVector K) : Prop := ∀ u : FourVector K, futureTimelike u → futureTimelike (f u)

/-- Boost along the first axis. -/
def xBoost (g h : K) (u : FourVector K) : FourVector K := ⟨g * u.t - h * u.x, g * u.x - h * u.t, u.y, u.z⟩

/-- Rotation about the third axis by an angle of cosine `c` and sine `s`. -/
def zRotation (c s : K) (u : FourVector K) : FourVector K := ⟨u.t, c * u.x - s * u.y, s * u.x + c * u.y, u.z⟩

/-- Reflection in the hyperplane orthogonal to a vector `w`. -/
def fourReflection (w u : FourVector K) : FourVector K := u - (2 * minkowski w u / intervalSq w) • w

/-- Reversal of the spatial axes. -/
def parity (u : FourVector K) : FourVector K := ⟨u.t, -u.x, -u.y, -u.z⟩

/-- Square of the relative velocity of two observers that travel along `u` and `v`. -/
def relativeVelocitySq (u v : FourVector K) : K := 1 - intervalSq u * intervalSq v / minkowski u v ^ 2

/-- Iterates of a map. -/
def fourIterate (f : FourVector K → FourVector K) : Nat → FourVector K → FourVector K
  | 0, u => u
  | n + 1, u => f (fourIterate f n u)

/-- Lorentz transformations compose to one. -/
theorem lorentzMap_comp (f g : FourVector K → FourVector K) (hf : lorentzMap f) (hg : lorentzMap g) :
    lorentzMap (fun u => f (g u)) := by
  intro u v
  rw [hf, hg]

/-- The inverse of a Lorentz transformation is one. -/
theorem lorentzMap_inverse (f g : FourVector K → FourVector K) (hf : lorentzMap f) (h : ∀ u, f (g u) = u) :
    lorentzMap g := by
  intro u v
  have k := hf (g u) (g v)
  rw [h, h] at k
  exact k.symm

/-- Every power of a Lorentz transformation is one. -/
theorem lorentzMap_iterate (f : FourVector K → FourVector K) (hf : lorentzMap f) (n : Nat) : lorentzMap (fourIterate f n) := by
  induction n with
  | zero =>
    intro u v
    rfl
  | succ n ih =>
    intro u v
    rw [fourIterate, fourIterate, hf, ih]

/-- A Lorentz transformation is one-to-one. -/
theorem lorentzMap_injective (f : FourVector K → FourVector K) (hf : lorentzMap f) (u v : FourVector K) (h : f u = f v) :
    u = v := by
  have z : u - v = 0 := by
    refine minkowski_nondegenerate _ fun w => ?_
    have a := hf u w
    have b := hf v w
    rw [h] at a
    have e : minkowski (u - v) w = minkowski u w - minkowski v w := by grind [minkowski]
    rw [e, ← a, ← b]
    grind
  rw [show u = (u - v) + v by ext <;> grind, z]
  ext <;> grind

/-- A Lorentz transformation onto all four-vectors is additive: linearity needs no assumption. -/
theorem lorentzMap_add (f : FourVector K → FourVector K) (hf : lorentzMap f) (hs : ∀ w, ∃ u, f u = w) (u v : FourVector K) :
    f (u + v) = f u + f v := by
  have z : f (u + v) - (f u + f v) = 0 := by
    refine minkowski_nondegenerate _ fun w => ?_
    obtain ⟨x, hx⟩ := hs w
    have e : minkowski (f (u + v) - (f u + f v)) w = minkowski (f (u + v)) w - minkowski (f u) w - minkowski (f v) w := by
      grind [minkowski]
    rw [e, ← hx, hf, hf, hf]
    grind [minkowski]
  rw [show f (u + v) = (f (u + v) - (f u + f v)) + (f u + f v) by ext <;> grind, z]
  ext <;> grind

/-- Orthochronous transformations compose to one. -/
theorem orthochronous_comp (f g : FourVector K → FourVector K) (hf : orthochronous f) (hg : orthochronous g) :
    orthochronous (fun u => f (g u)) := by
  intro u hu
  exact hf _ (hg u hu)

/-- A Lorentz transformation that leaves one clock running forward leaves all of them so. -/
theorem orthochronous_of_one (f : FourVector K → FourVector K) (hf : lorentzMap f) (w : FourVector K)
    (hw : futureTimelike w) (h : futureTimelike (f w)) : orthochronous f := by
  intro u hu
  have a : 0 < intervalSq (f u) := by rw [intervalSq, hf]; exact hu.2
  have p := minkowski_pos w u hw hu
  refine ⟨?_, a⟩
  by_cases k : 0 < (f u).t
  · exact k
  · have z : (f u).t ≠ 0 := by
      intro e
      have x := sq_nonneg (f u).x
      have y := sq_nonneg (f u).y
      have s := sq_nonneg (f u).z
      rw [intervalSq, minkowski, e] at a
      grind
    have m := minkowski_pos (f w) ((-1 : K) • f u) h
      ⟨by grind, by rw [show intervalSq ((-1 : K) • f u) = intervalSq (f u) by grind [intervalSq, minkowski]]; exact a⟩
    rw [show minkowski (f w) ((-1 : K) • f u) = -minkowski (f w) (f u) by grind [minkowski], hf] at m
    grind

/-- Proper boosts keep the Minkowski product. -/
theorem xBoost_lorentz (g h : K) (e : g ^ 2 - h ^ 2 = 1) : lorentzMap (xBoost g h) := by
  intro u v
  rw [show minkowski (xBoost g h u) (xBoost g h v) = (g ^ 2 - h ^ 2) * (u.t * v.t - u.x * v.x) - u.y * v.y - u.z * v.z by
    grind [minkowski, xBoost], e]
  grind [minkowski]

/-- Rotations keep the Minkowski product. -/
theorem zRotation_lorentz (c s : K) (e : c ^ 2 + s ^ 2 = 1) : lorentzMap (zRotation c s) := by
  intro u v
  rw [show minkowski (zRotation c s u) (zRotation c s v)
    = u.t * v.t - (c ^ 2 + s ^ 2) * (u.x * v.x + u.y * v.y) - u.z * v.z by grind [minkowski, zRotation], e]
  grind [minkowski]

/-- Proper boosts are orthochronous: a clock in motion does not run backward. -/
theorem xBoost_orthochronous (g h : K) (hg : 0 < g) (e : g ^ 2 - h ^ 2 = 1) : orthochronous (xBoost g h) := by
  refine orthochronous_of_one _ (xBoost_lorentz g h e) ⟨1, 0, 0, 0⟩ ?_ ?_
  · exact ⟨by grind, by grind [intervalSq, minkowski]⟩
  · exact ⟨by grind [xBoost], by grind [intervalSq, minkowski, xBoost]⟩

/-- Reflections in a hyperplane whose normal has an interval other than zero keep the Minkowski product. -/
theorem fourReflection_lorentz (w : FourVector K) : lorentzMap (fourReflection w) := by
  intro u v
  have e : ∀ a b : K, minkowski (u - a • w) (v - b • w)
      = minkowski u v - b * minkowski w u - a * minkowski w v + a * b * intervalSq w := fun a b => by
    simp only [intervalSq, minkowski, FourVector.sub_def, FourVector.smul_def]
    grind
  rw [fourReflection, fourReflection, e]
  grind

/-- A reflection reverses the normal of its hyperplane. -/
theorem fourReflection_normal (w : FourVector K) (hw : intervalSq w ≠ 0) : fourReflection w w = (-1 : K) • w := by
  have e : 2 * minkowski w w / intervalSq w = 2 := by grind [intervalSq]
  rw [fourReflection, e]
  ext <;> grind

/-- Parity turns a boost into the one of opposite velocity. -/
theorem parity_xBoost (g h : K) (u : FourVector K) : parity (xBoost g h (parity u)) = xBoost g (-h) u := by
  ext <;> grind [parity, xBoost]

/-- All observers find the same relative velocity of two others. -/
theorem relativeVelocitySq_invariant (f : FourVector K → FourVector K) (hf : lorentzMap f) (u v : FourVector K) :
    relativeVelocitySq (f u) (f v) = relativeVelocitySq u v := by
  simp only [relativeVelocitySq, intervalSq]
  rw [hf, hf, hf]

/-- The relative velocity of two observers is below that of light and its square is not negative. -/
theorem relativeVelocitySq_bounds (u v : FourVector K) (hu : futureTimelike u) (hv : futureTimelike v) :
    0 ≤ relativeVelocitySq u v ∧ relativeVelocitySq u v < 1 := by
  have p := sq_pos (show minkowski u v ≠ 0 by grind [minkowski_pos u v hu hv])
  have r := reversed_cauchy_schwarz u v hu.2
  have q := div_pos (mul_pos hu.2 hv.2) p
  have s : intervalSq u * intervalSq v / minkowski u v ^ 2 ≤ 1 := by
    rw [div_le_iff p]
    grind
  grind [relativeVelocitySq]

/-- Two observers have no relative velocity exactly if they travel in parallel. -/
theorem relativeVelocitySq_zero_iff (u v : FourVector K) (hu : futureTimelike u) (hv : futureTimelike v) :
    relativeVelocitySq u v = 0 ↔ intervalSq u • v = minkowski u v • u := by
  have p := sq_pos (show minkowski u v ≠ 0 by grind [minkowski_pos u v hu hv])
  rw [← reversed_cauchy_schwarz_eq_iff u v hu.2, relativeVelocitySq]
  constructor
  · intro h
    grind
  · intro h
    rw [h]
    grind

end PhysField.Relativity
