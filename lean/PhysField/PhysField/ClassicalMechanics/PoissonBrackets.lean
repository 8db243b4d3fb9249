import PhysField.ClassicalMechanics.PhasePlane

/-!
# Poisson brackets of quadratic functions

Functions of position and momentum of degree two at most, given by their coefficients. Their Poisson brackets are of degree two again: a Lie
algebra that contains the Hamiltonians of the free body, of constant force and of the oscillator, and that generates the canonical maps.
Source: Goldstein, Poole, Safko, Classical Mechanics, chapter 9; Arnold, Mathematical Methods of Classical Mechanics, chapter 8.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

/-- The function `u q²/2 + v q p + w p²/2 + a q + b p + c`. -/
@[ext] structure Observable (K : Type u) where
  u : K
  v : K
  w : K
  a : K
  b : K
  c : K

variable {K : Type u} [OrderedField K]

/-- Value of a function at a point. -/
def observe (f : Observable K) (z : PhasePoint K) : K :=
  f.u * z.q ^ 2 / 2 + f.v * z.q * z.p + f.w * z.p ^ 2 / 2 + f.a * z.q + f.b * z.p + f.c

/-- Derivative by the position. -/
def derivQ (f : Observable K) (z : PhasePoint K) : K := f.u * z.q + f.v * z.p + f.a

/-- Derivative by the momentum. -/
def derivP (f : Observable K) (z : PhasePoint K) : K := f.v * z.q + f.w * z.p + f.b

/-- Poisson bracket, by coefficients. -/
def poisson (f g : Observable K) : Observable K :=
  ⟨2 * (f.u * g.v - f.v * g.u), f.u * g.w - f.w * g.u, 2 * (f.v * g.w - f.w * g.v),
    f.u * g.b - f.v * g.a + (f.a * g.v - f.b * g.u), f.v * g.b - f.w * g.a + (f.a * g.w - f.b * g.v), f.a * g.b - f.b * g.a⟩

/-- Sum of two functions, each with a factor. -/
def combine (s : K) (f : Observable K) (t : K) (g : Observable K) : Observable K :=
  ⟨s * f.u + t * g.u, s * f.v + t * g.v, s * f.w + t * g.w, s * f.a + t * g.a, s * f.b + t * g.b, s * f.c + t * g.c⟩

/-- The function at the image of a linear map. -/
def pullBack (m : PhaseMap K) (f : Observable K) : Observable K :=
  ⟨f.u * m.a ^ 2 + 2 * f.v * m.a * m.c + f.w * m.c ^ 2, f.u * m.a * m.b + f.v * (m.a * m.d + m.b * m.c) + f.w * m.c * m.d,
    f.u * m.b ^ 2 + 2 * f.v * m.b * m.d + f.w * m.d ^ 2, f.a * m.a + f.b * m.c, f.a * m.b + f.b * m.d, f.c⟩

/-- The constant function. -/
def constantObservable (c : K) : Observable K := ⟨0, 0, 0, 0, 0, c⟩

/-- Energy of an oscillator of mass `m` and stiffness `k`. -/
def oscillatorHamiltonian (m k : K) : Observable K := ⟨k, 0, 1 / m, 0, 0, 0⟩

/-- Position. -/
def position : Observable K := ⟨0, 0, 0, 1, 0, 0⟩

/-- Momentum. -/
def momentum : Observable K := ⟨0, 0, 0, 0, 1, 0⟩

/-- Determinant of the quadratic part. -/
def formDeterminant (f : Observable K) : K := f.u * f.w - f.v ^ 2

/-- A function grows from one point to another by its derivatives half way. -/
theorem observe_midpoint (f : Observable K) (x y : PhasePoint K) :
    observe f y - observe f x = derivQ f ⟨(x.q + y.q) / 2, (x.p + y.p) / 2⟩ * (y.q - x.q) +
      derivP f ⟨(x.q + y.q) / 2, (x.p + y.p) / 2⟩ * (y.p - x.p) := by
  grind [observe, derivQ, derivP]

/-- The value of a Poisson bracket is that of the derivatives. -/
theorem poisson_eq (f g : Observable K) (z : PhasePoint K) :
    observe (poisson f g) z = derivQ f z * derivP g z - derivP f z * derivQ g z := by
  grind [observe, poisson, derivQ, derivP]

/-- Two functions with the same values have the same coefficients. -/
theorem observe_injective (f g : Observable K) (h : ∀ z, observe f z = observe g z) : f = g := by
  have o := h ⟨0, 0⟩
  have q := h ⟨1, 0⟩
  have r := h ⟨-1, 0⟩
  have p := h ⟨0, 1⟩
  have s := h ⟨0, -1⟩
  have t := h ⟨1, 1⟩
  simp only [observe] at o q r p s t
  ext <;> grind

/-- The Poisson bracket is antisymmetric. -/
theorem poisson_antisymm (f g : Observable K) : poisson f g = combine (-1) (poisson g f) 0 f := by
  ext <;> grind [poisson, combine]

/-- The Poisson bracket is linear in its first function. -/
theorem poisson_combine (s t : K) (f g h : Observable K) :
    poisson (combine s f t g) h = combine s (poisson f h) t (poisson g h) := by
  ext <;> grind [poisson, combine]

/-- Jacobi's identity for Poisson brackets. -/
theorem poisson_jacobi (f g h : Observable K) :
    poisson f (poisson g h) = combine 1 (poisson (poisson f g) h) 1 (poisson g (poisson f h)) := by
  ext <;> grind [poisson, combine]

/-- The bracket of two conserved functions is conserved (Poisson's theorem). -/
theorem poisson_theorem (f g h : Observable K) (hf : poisson h f = constantObservable 0) (hg : poisson h g = constantObservable 0) :
    poisson h (poisson f g) = constantObservable 0 := by
  rw [poisson_jacobi, hf, hg]
  ext <;> grind [poisson, combine, constantObservable]

/-- Position and momentum are canonical conjugates. -/
theorem poisson_canonical : poisson (position : Observable K) momentum = constantObservable 1 := by
  ext <;> grind [poisson, position, momentum, constantObservable]

/-- The brackets with position and momentum are the derivatives (Hamilton's equations). -/
theorem poisson_hamilton (f : Observable K) (z : PhasePoint K) :
    observe (poisson position f) z = derivP f z ∧ observe (poisson momentum f) z = -derivQ f z := by
  rw [poisson_eq, poisson_eq]
  constructor <;> grind [position, momentum, derivQ, derivP]

/-- Only a constant has vanishing brackets with both position and momentum. -/
theorem poisson_centre (f : Observable K) :
    poisson f position = constantObservable 0 ∧ poisson f momentum = constantObservable 0 ↔ f = constantObservable f.c := by
  constructor
  · intro ⟨p, q⟩
    rw [Observable.ext_iff] at p q
    ext <;> grind [poisson, position, momentum, constantObservable]
  · intro h
    rw [h]
    constructor <;> ext <;> grind [poisson, position, momentum, constantObservable]

/-- Functions at the image of a linear map have the bracket at the image, times the determinant: canonical maps keep Poisson brackets. -/
theorem poisson_pullBack (m : PhaseMap K) (f g : Observable K) (z : PhasePoint K) :
    observe (poisson (pullBack m f) (pullBack m g)) z = phaseDet m * observe (poisson f g) (phaseApply m z) := by
  have q : ∀ k : Observable K, derivQ (pullBack m k) z = m.a * derivQ k (phaseApply m z) + m.c * derivP k (phaseApply m z) :=
    fun k => by grind [derivQ, derivP, pullBack, phaseApply]
  have p : ∀ k : Observable K, derivP (pullBack m k) z = m.b * derivQ k (phaseApply m z) + m.d * derivP k (phaseApply m z) :=
    fun k => by grind [derivQ, derivP, pullBack, phaseApply]
  rw [poisson_eq, poisson_eq, q, q, p, p]
  clear q p
  grind [phaseDet]

/-- The function at the image of a map is the image function. -/
theorem observe_pullBack (m : PhaseMap K) (f : Observable K) (z : PhasePoint K) :
    observe (pullBack m f) z = observe f (phaseApply m z) := by
  grind [observe, pullBack, phaseApply]

/-- Canonical maps keep the determinant of a quadratic function. -/
theorem formDeterminant_pullBack (m : PhaseMap K) (f : Observable K) : formDeterminant (pullBack m f) = phaseDet m ^ 2 * formDeterminant f := by
  grind [formDeterminant, pullBack, phaseDet]

/-- The determinant of a quadratic function is invariant under the flow of every Hamiltonian: its polar form with the bracket vanishes. -/
theorem formDeterminant_invariant (f h : Observable K) :
    f.u * (poisson h f).w + (poisson h f).u * f.w - 2 * f.v * (poisson h f).v = 0 := by
  grind [poisson]

/-- Homogeneous quadratic functions commute exactly if they are proportional. -/
theorem poisson_proportional (f g : Observable K) (hf : f.a = 0 ∧ f.b = 0) (hg : g.a = 0 ∧ g.b = 0) :
    poisson f g = constantObservable 0 ↔ f.u * g.v = f.v * g.u ∧ f.u * g.w = f.w * g.u ∧ f.v * g.w = f.w * g.v := by
  obtain ⟨fa, fb⟩ := hf
  obtain ⟨ga, gb⟩ := hg
  rw [Observable.ext_iff]
  constructor
  · intro h
    obtain ⟨hu, hv, hw, -⟩ := h
    simp only [poisson, constantObservable] at hu hv hw
    grind
  · intro ⟨hu, hv, hw⟩
    simp only [poisson, constantObservable, fa, fb, ga, gb]
    grind

/-- The oscillator turns position into momentum and momentum into force. -/
theorem oscillator_hamilton (m k : K) (z : PhasePoint K) :
    observe (poisson position (oscillatorHamiltonian m k)) z = z.p / m ∧
      observe (poisson momentum (oscillatorHamiltonian m k)) z = -(k * z.q) := by
  have h := poisson_hamilton (oscillatorHamiltonian m k) z
  rw [h.1, h.2]
  constructor <;> grind [derivP, derivQ, oscillatorHamiltonian]

/-- The oscillator conserves exactly the quadratic functions proportional to its energy. -/
theorem oscillator_conserved (m k : K) (f : Observable K) (hk : 0 < k) (hm : 0 < m)
    (h : poisson (oscillatorHamiltonian m k) f = constantObservable 0) :
    f = combine (f.u / k) (oscillatorHamiltonian m k) f.c (constantObservable 1) := by
  rw [Observable.ext_iff] at h
  simp only [poisson, constantObservable, oscillatorHamiltonian] at h
  obtain ⟨a, b, -, d, e, -⟩ := h
  have p := div_pos (show (0 : K) < 1 by grind) hm
  have v : f.v = 0 := by grind
  have x : f.b = 0 := by grind
  have y : f.a = 0 := by grind
  ext <;> simp only [combine, oscillatorHamiltonian, constantObservable] <;> grind

/-- A step of the midpoint rule conserves every quadratic Hamiltonian. -/
theorem midpoint_conserves (f : Observable K) (t : K) (x y : PhasePoint K)
    (hq : y.q - x.q = t * derivP f ⟨(x.q + y.q) / 2, (x.p + y.p) / 2⟩)
    (hp : y.p - x.p = -(t * derivQ f ⟨(x.q + y.q) / 2, (x.p + y.p) / 2⟩)) : observe f y = observe f x := by
  have e := observe_midpoint f x y
  rw [hq, hp] at e
  grind

end PhysField.ClassicalMechanics
