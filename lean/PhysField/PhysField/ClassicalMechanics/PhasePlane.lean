import PhysField.Mathematics.OrderedField

/-!
# Canonical maps of the phase plane

Linear maps of position and momentum: a drift, a kick, and what they compose to. Those of determinant 1 keep the area of phase space
(Liouville); every one of them has a quadratic invariant, and it is stable when its trace lies between -2 and 2.
Source: Arnold, Mathematical Methods of Classical Mechanics, chapters 3 and 5; Goldstein, Poole, Safko, Classical Mechanics, chapter 9.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

/-- A position with its momentum. -/
@[ext] structure PhasePoint (K : Type u) where
  q : K
  p : K

/-- A linear map of the phase plane: `q` goes to `a q + b p`, and `p` to `c q + d p`. -/
@[ext] structure PhaseMap (K : Type u) where
  a : K
  b : K
  c : K
  d : K

variable {K : Type u} [OrderedField K]

/-- The image of a point. -/
def phaseApply (m : PhaseMap K) (z : PhasePoint K) : PhasePoint K := ⟨m.a * z.q + m.b * z.p, m.c * z.q + m.d * z.p⟩

/-- The map `m` after the map `n`. -/
def phaseComp (m n : PhaseMap K) : PhaseMap K :=
  ⟨m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d⟩

/-- Determinant of a map. -/
def phaseDet (m : PhaseMap K) : K := m.a * m.d - m.b * m.c

/-- Trace of a map. -/
def phaseTrace (m : PhaseMap K) : K := m.a + m.d

/-- The reverse of a map of determinant 1. -/
def phaseInverse (m : PhaseMap K) : PhaseMap K := ⟨m.d, -m.b, -m.c, m.a⟩

/-- Area of the parallelogram of two points. -/
def phaseArea (z w : PhasePoint K) : K := z.q * w.p - z.p * w.q

/-- A free flight of unit mass in the time `t`. -/
def drift (t : K) : PhaseMap K := ⟨1, t, 0, 1⟩

/-- A kick towards the origin, of the strength `k` at unit distance. -/
def kick (k : K) : PhaseMap K := ⟨1, 0, -k, 1⟩

/-- Area between a point and its image. -/
def phaseInvariant (m : PhaseMap K) (z : PhasePoint K) : K := phaseArea z (phaseApply m z)

/-- The point after `n` applications of a map. -/
def phaseOrbit (m : PhaseMap K) (z : PhasePoint K) : Nat → PhasePoint K
  | 0 => z
  | n + 1 => phaseApply m (phaseOrbit m z n)

/-- A composition acts like its maps one after the other. -/
theorem phaseApply_comp (m n : PhaseMap K) (z : PhasePoint K) :
    phaseApply (phaseComp m n) z = phaseApply m (phaseApply n z) := by
  ext <;> grind [phaseApply, phaseComp]

/-- Composition of maps is associative. -/
theorem phaseComp_assoc (l m n : PhaseMap K) : phaseComp (phaseComp l m) n = phaseComp l (phaseComp m n) := by
  ext <;> grind [phaseComp]

/-- Determinants multiply under composition. -/
theorem phaseDet_comp (m n : PhaseMap K) : phaseDet (phaseComp m n) = phaseDet m * phaseDet n := by
  grind [phaseDet, phaseComp]

/-- A map multiplies every area by its determinant. -/
theorem phaseArea_apply (m : PhaseMap K) (z w : PhasePoint K) :
    phaseArea (phaseApply m z) (phaseApply m w) = phaseDet m * phaseArea z w := by
  grind [phaseArea, phaseApply, phaseDet]

/-- A linear map keeps all areas of the phase plane exactly if its determinant is 1 (Liouville). -/
theorem phaseArea_kept_iff (m : PhaseMap K) :
    (∀ z w, phaseArea (phaseApply m z) (phaseApply m w) = phaseArea z w) ↔ phaseDet m = 1 := by
  constructor
  · intro h
    have k := h ⟨1, 0⟩ ⟨0, 1⟩
    rw [phaseArea_apply] at k
    grind [phaseArea]
  · intro h z w
    rw [phaseArea_apply, h]
    grind

/-- Any number of steps of a canonical map keeps every area of the phase plane. -/
theorem phaseOrbit_area (m : PhaseMap K) (z w : PhasePoint K) (n : Nat) (h : phaseDet m = 1) :
    phaseArea (phaseOrbit m z n) (phaseOrbit m w n) = phaseArea z w := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [phaseOrbit, phaseOrbit, phaseArea_apply, h, ih]
    grind

/-- A canonical map is undone by its reverse. -/
theorem phaseInverse_apply (m : PhaseMap K) (z : PhasePoint K) (h : phaseDet m = 1) :
    phaseApply (phaseInverse m) (phaseApply m z) = z := by
  ext <;> grind [phaseApply, phaseInverse, phaseDet]

/-- The reverse of a composition is the composition of the reverses in the other order. -/
theorem phaseInverse_comp (m n : PhaseMap K) :
    phaseInverse (phaseComp m n) = phaseComp (phaseInverse n) (phaseInverse m) := by
  ext <;> grind [phaseInverse, phaseComp]

/-- A canonical map takes no two points to one. -/
theorem phaseApply_injective (m : PhaseMap K) (z w : PhasePoint K) (h : phaseDet m = 1)
    (he : phaseApply m z = phaseApply m w) : z = w := by
  rw [← phaseInverse_apply m z h, he, phaseInverse_apply m w h]

/-- Free flights follow one another as one flight of the whole time. -/
theorem drift_comp (s t : K) : phaseComp (drift s) (drift t) = drift (s + t) := by
  ext <;> grind [phaseComp, drift]

/-- `n` free flights are one of `n` times the length. -/
theorem drift_orbit (t : K) (z : PhasePoint K) (n : Nat) : phaseOrbit (drift t) z n = phaseApply (drift ((n : K) * t)) z := by
  induction n with
  | zero => ext <;> grind [phaseOrbit, phaseApply, drift]
  | succ n ih =>
    rw [phaseOrbit, ih]
    ext <;> grind [phaseApply, drift]

/-- Flights and kicks in any order compose to a canonical map. -/
theorem drift_kick_det (s k t : K) : phaseDet (phaseComp (drift s) (phaseComp (kick k) (drift t))) = 1 := by
  rw [phaseDet_comp, phaseDet_comp]
  grind [phaseDet, drift, kick]

/-- Every canonical map that couples position into momentum is a kick between two free flights. -/
theorem phaseMap_drift_kick_drift (m : PhaseMap K) (h : phaseDet m = 1) (hc : m.c ≠ 0) :
    phaseComp (drift ((m.a - 1) / m.c)) (phaseComp (kick (-m.c)) (drift ((m.d - 1) / m.c))) = m := by
  ext <;> grind [phaseComp, drift, kick, phaseDet]

/-- A map satisfies its own characteristic equation (Cayley and Hamilton). -/
theorem phaseMap_cayley_hamilton (m : PhaseMap K) (z : PhasePoint K) :
    (phaseApply m (phaseApply m z)).q = phaseTrace m * (phaseApply m z).q - phaseDet m * z.q := by
  grind [phaseApply, phaseTrace, phaseDet]

/-- Positions under a canonical map follow a recurrence of three terms with the trace. -/
theorem phaseOrbit_recurrence (m : PhaseMap K) (z : PhasePoint K) (n : Nat) (h : phaseDet m = 1) :
    (phaseOrbit m z (n + 2)).q + (phaseOrbit m z n).q = phaseTrace m * (phaseOrbit m z (n + 1)).q := by
  have k := phaseMap_cayley_hamilton m (phaseOrbit m z n)
  rw [h] at k
  grind [phaseOrbit]

/-- The area between a point and its image is the same for all points of an orbit (invariant of Courant and Snyder). -/
theorem phaseInvariant_orbit (m : PhaseMap K) (z : PhasePoint K) (n : Nat) (h : phaseDet m = 1) :
    phaseInvariant m (phaseOrbit m z n) = phaseInvariant m z := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [← ih, phaseOrbit, phaseInvariant, phaseArea_apply, h, phaseInvariant]
    grind

/-- The invariant of a canonical map as a sum of two squares, one of them weighed by the distance of the trace from 2. -/
theorem phaseInvariant_squares (m : PhaseMap K) (z : PhasePoint K) (h : phaseDet m = 1) :
    4 * m.c * phaseInvariant m z =
      (2 * m.c * z.q + (m.d - m.a) * z.p) ^ 2 + (4 - phaseTrace m ^ 2) * z.p ^ 2 := by
  grind [phaseInvariant, phaseArea, phaseApply, phaseTrace, phaseDet]

/-- A canonical map with a trace between -2 and 2 couples position into momentum. -/
theorem phaseMap_elliptic_coupled (m : PhaseMap K) (h : phaseDet m = 1) (ht : phaseTrace m ^ 2 < 4) : m.c ≠ 0 := by
  intro hc
  have k := sq_nonneg (m.a - m.d)
  have e : phaseTrace m ^ 2 - 4 = (m.a - m.d) ^ 2 := by grind [phaseDet, phaseTrace]
  rw [← e] at k
  grind

/-- A canonical map with a trace between -2 and 2 keeps all momenta of an orbit bounded: it is stable. -/
theorem phaseOrbit_bounded (m : PhaseMap K) (z : PhasePoint K) (n : Nat) (h : phaseDet m = 1) (ht : phaseTrace m ^ 2 < 4) :
    (phaseOrbit m z n).p ^ 2 ≤ 4 * m.c * phaseInvariant m z / (4 - phaseTrace m ^ 2) := by
  have e := phaseInvariant_squares m (phaseOrbit m z n) h
  have k := sq_nonneg (2 * m.c * (phaseOrbit m z n).q + (m.d - m.a) * (phaseOrbit m z n).p)
  rw [phaseInvariant_orbit m z n h] at e
  rw [le_div_iff (by grind)]
  grind

/-- A canonical map with a trace between -2 and 2 leaves no point but the origin in place. -/
theorem phaseApply_fixed (m : PhaseMap K) (z : PhasePoint K) (h : phaseDet m = 1) (ht : phaseTrace m ^ 2 < 4)
    (hf : phaseApply m z = z) : z = ⟨0, 0⟩ := by
  have hq : m.a * z.q + m.b * z.p = z.q := congrArg PhasePoint.q hf
  have hp : m.c * z.q + m.d * z.p = z.p := congrArg PhasePoint.p hf
  have t : 2 - phaseTrace m ≠ 0 := by
    intro z0
    rw [show phaseTrace m = 2 by grind] at ht
    grind
  have eq : (2 - phaseTrace m) * z.q = 0 := by grind [phaseTrace, phaseDet]
  have ep : (2 - phaseTrace m) * z.p = 0 := by grind [phaseTrace, phaseDet]
  ext <;> grind

end PhysField.ClassicalMechanics
