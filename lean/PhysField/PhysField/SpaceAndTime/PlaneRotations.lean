import PhysField.Mathematics.OrderedField

/-!
# Rotations and reflections of the plane

A rotation is given by its cosine `c` and sine `s` with `c² + s² = 1`, without angles. Composition, the theorem of de Moivre, rational
parameters, the classification of all linear isometries, and the fixed point of a rigid motion.
Source: Coxeter, Introduction to Geometry, chapters 2 and 3; Arnold, Mathematical Methods of Classical Mechanics, chapter 1.
-/
namespace PhysField.SpaceAndTime
open PhysField.Mathematics

/-- A point of the plane. -/
@[ext] structure Point (K : Type u) where
  x : K
  y : K

/-- Cosine and sine of a turn. -/
@[ext] structure Turn (K : Type u) where
  c : K
  s : K

variable {K : Type u} [OrderedField K]

/-- Cosine and sine belong to a turn. -/
def IsTurn (r : Turn K) : Prop := r.c ^ 2 + r.s ^ 2 = 1

/-- A point turned about the origin. -/
def turn (r : Turn K) (p : Point K) : Point K := ⟨r.c * p.x - r.s * p.y, r.s * p.x + r.c * p.y⟩

/-- The turn `r` after `q`. -/
def turnComp (r q : Turn K) : Turn K := ⟨r.c * q.c - r.s * q.s, r.s * q.c + r.c * q.s⟩

/-- The turn the other way round. -/
def turnBack (r : Turn K) : Turn K := ⟨r.c, -r.s⟩

/-- The turn `n` times. -/
def turnPow (r : Turn K) : Nat → Turn K
  | 0 => ⟨1, 0⟩
  | n + 1 => turnComp r (turnPow r n)

/-- The turn of which `t` is the tangent of half the angle. -/
def turnOfTangent (t : K) : Turn K := ⟨(1 - t ^ 2) / (1 + t ^ 2), 2 * t / (1 + t ^ 2)⟩

/-- A point mirrored in a line through the origin of half the angle of the turn. -/
def reflect (r : Turn K) (p : Point K) : Point K := ⟨r.c * p.x + r.s * p.y, r.s * p.x - r.c * p.y⟩

/-- Squared distance from the origin. -/
def planeNormSq (p : Point K) : K := p.x ^ 2 + p.y ^ 2

/-- Squared distance of two points. -/
def planeDistSq (p q : Point K) : K := (p.x - q.x) ^ 2 + (p.y - q.y) ^ 2

/-- Area of the parallelogram of two points. -/
def planeArea (p q : Point K) : K := p.x * q.y - p.y * q.x

/-- A turn about the point `o`. -/
def turnAbout (o : Point K) (r : Turn K) (p : Point K) : Point K :=
  ⟨o.x + r.c * (p.x - o.x) - r.s * (p.y - o.y), o.y + r.s * (p.x - o.x) + r.c * (p.y - o.y)⟩

/-- Turns compose to a turn. -/
theorem turnComp_isTurn (r q : Turn K) (hr : IsTurn r) (hq : IsTurn q) : IsTurn (turnComp r q) := by
  have e : (turnComp r q).c ^ 2 + (turnComp r q).s ^ 2 = (r.c ^ 2 + r.s ^ 2) * (q.c ^ 2 + q.s ^ 2) := by grind [turnComp]
  rw [IsTurn, e, hr, hq]
  grind

/-- A composition acts like its turns one after the other (theorem of addition). -/
theorem turn_comp (r q : Turn K) (p : Point K) : turn (turnComp r q) p = turn r (turn q p) := by
  ext <;> grind [turn, turnComp]

/-- Turns of the plane commute. -/
theorem turnComp_comm (r q : Turn K) : turnComp r q = turnComp q r := by
  ext <;> grind [turnComp]

/-- Composition of turns is associative. -/
theorem turnComp_assoc (r q w : Turn K) : turnComp (turnComp r q) w = turnComp r (turnComp q w) := by
  ext <;> grind [turnComp]

/-- A turn is undone by the turn the other way round, and only by it. -/
theorem turnComp_eq_one (r q : Turn K) (hr : IsTurn r) : turnComp q r = ⟨1, 0⟩ ↔ q = turnBack r := by
  constructor
  · intro h
    have a := congrArg Turn.c h
    have b := congrArg Turn.s h
    ext <;> grind [turnComp, turnBack, IsTurn]
  · intro h
    rw [h]
    ext <;> grind [turnComp, turnBack, IsTurn]

/-- Turns keep distances. -/
theorem turn_distance (r : Turn K) (p q : Point K) (hr : IsTurn r) :
    planeDistSq (turn r p) (turn r q) = planeDistSq p q := by
  have e : planeDistSq (turn r p) (turn r q) = (r.c ^ 2 + r.s ^ 2) * planeDistSq p q := by grind [planeDistSq, turn]
  rw [e, hr]
  grind

/-- Turns keep areas and orientation. -/
theorem turn_area (r : Turn K) (p q : Point K) (hr : IsTurn r) : planeArea (turn r p) (turn r q) = planeArea p q := by
  have e : planeArea (turn r p) (turn r q) = (r.c ^ 2 + r.s ^ 2) * planeArea p q := by grind [planeArea, turn]
  rw [e, hr]
  grind

/-- The cosine of a turn lies between -1 and 1. -/
theorem turn_cosine_bounds (r : Turn K) (hr : IsTurn r) : -1 ≤ r.c ∧ r.c ≤ 1 := by
  have h := sq_nonneg r.s
  exact bounds_of_sq_le_sq (by grind) (by grind [IsTurn])

/-- Turned by any angle, a point moves by the chord `2 (1 - c)` of its squared distance. -/
theorem turn_chord (r : Turn K) (p : Point K) (hr : IsTurn r) :
    planeDistSq (turn r p) p = 2 * (1 - r.c) * planeNormSq p := by
  have e : planeDistSq (turn r p) p = (r.c ^ 2 + r.s ^ 2 + 1 - 2 * r.c) * planeNormSq p := by
    grind [planeDistSq, planeNormSq, turn]
  rw [e, hr]
  grind

/-- `n` turns followed by `m` are `m + n` turns. -/
theorem turnPow_add (r : Turn K) (m n : Nat) : turnPow r (m + n) = turnComp (turnPow r m) (turnPow r n) := by
  induction m with
  | zero =>
    rw [Nat.zero_add, turnPow]
    ext <;> grind [turnComp]
  | succ m ih => rw [Nat.succ_add, turnPow, turnPow, ih, turnComp_assoc]

/-- Powers of a turn are turns. -/
theorem turnPow_isTurn (r : Turn K) (n : Nat) (hr : IsTurn r) : IsTurn (turnPow r n) := by
  induction n with
  | zero => grind [turnPow, IsTurn]
  | succ n ih => exact turnComp_isTurn r _ hr ih

/-- Cosines of the multiples of an angle follow a recurrence of three terms (Chebyshev). -/
theorem turnPow_chebyshev (r : Turn K) (n : Nat) (hr : IsTurn r) :
    (turnPow r (n + 2)).c = 2 * r.c * (turnPow r (n + 1)).c - (turnPow r n).c := by
  rw [turnPow, turnPow]
  grind [turnComp, IsTurn]

/-- The power of a composition is the composition of the powers (de Moivre). -/
theorem turnPow_comp (r q : Turn K) (n : Nat) : turnPow (turnComp r q) n = turnComp (turnPow r n) (turnPow q n) := by
  induction n with
  | zero => ext <;> grind [turnPow, turnComp]
  | succ n ih =>
    rw [turnPow, ih, turnPow, turnPow]
    ext <;> grind [turnComp]

/-- Every parameter gives a turn, so that the circle has as many rational points as the line. -/
theorem turnOfTangent_isTurn (t : K) : IsTurn (turnOfTangent t) := by
  have h : 1 + t ^ 2 ≠ 0 := by grind [sq_nonneg t]
  grind [IsTurn, turnOfTangent]

/-- Every turn but the half turn has a rational parameter. -/
theorem turnOfTangent_surjective (r : Turn K) (hr : IsTurn r) (h : r.c ≠ -1) : turnOfTangent (r.s / (1 + r.c)) = r := by
  have z : 1 + r.c ≠ 0 := by grind
  have e : 1 + (r.s / (1 + r.c)) ^ 2 = 2 / (1 + r.c) := by grind [IsTurn]
  have f : 1 - (r.s / (1 + r.c)) ^ 2 = 2 * r.c / (1 + r.c) := by grind
  rw [turnOfTangent, e, f]
  ext <;> grind

/-- Tangents of half the angles compose by the theorem of addition of the tangent. -/
theorem turnOfTangent_comp (t u : K) (h : t * u ≠ 1) :
    turnComp (turnOfTangent t) (turnOfTangent u) = turnOfTangent ((t + u) / (1 - t * u)) := by
  have a : 1 + t ^ 2 ≠ 0 := by grind [sq_nonneg t]
  have b : 1 + u ^ 2 ≠ 0 := by grind [sq_nonneg u]
  have z : 1 - t * u ≠ 0 := by grind
  have e : 1 + ((t + u) / (1 - t * u)) ^ 2 = (1 + t ^ 2) * (1 + u ^ 2) / (1 - t * u) ^ 2 := by grind
  have p : (1 + t ^ 2) * (1 + u ^ 2) ≠ 0 := fun q => by rcases mul_eq_zero.mp q with w | w <;> grind
  have f : ∀ k z s : K, k ≠ 0 → z ≠ 0 → (1 - (s / z) ^ 2) / (k / z ^ 2) = (z ^ 2 - s ^ 2) / k := by grind
  have g : ∀ k z s : K, k ≠ 0 → z ≠ 0 → 2 * (s / z) / (k / z ^ 2) = 2 * s * z / k := by grind
  rw [turnOfTangent, turnOfTangent, turnOfTangent, e, f _ _ _ p z, g _ _ _ p z]
  clear e f g
  ext <;> simp only [turnComp] <;> grind

/-- A reflection undoes itself. -/
theorem reflect_reflect (r : Turn K) (p : Point K) (hr : IsTurn r) : reflect r (reflect r p) = p := by
  have e : r.c ^ 2 + r.s ^ 2 = 1 := hr
  ext <;> grind [reflect]

/-- Two reflections compose to a turn by twice the angle between their lines. -/
theorem reflect_comp (r q : Turn K) (p : Point K) : reflect r (reflect q p) = turn (turnComp r (turnBack q)) p := by
  ext <;> grind [reflect, turn, turnComp, turnBack]

/-- A turn seen in a mirror goes the other way round. -/
theorem reflect_turn_reflect (q r : Turn K) (p : Point K) (hq : IsTurn q) :
    reflect q (turn r (reflect q p)) = turn (turnBack r) p := by
  have e : q.c ^ 2 + q.s ^ 2 = 1 := hq
  have f : ∀ a b : K, a = (q.c ^ 2 + q.s ^ 2) * b → a = b := fun a b h => by rw [h, e]; grind
  ext <;> refine f _ _ ?_ <;> grind [reflect, turn, turnBack]

/-- A reflection leaves exactly the points of its line in place. -/
theorem reflect_fixed (r : Turn K) (p : Point K) (hr : IsTurn r) (h : r.c ≠ -1) :
    reflect r p = p ↔ (1 + r.c) * p.y = r.s * p.x := by
  have z : 1 + r.c ≠ 0 := by grind
  rw [Point.ext_iff]
  constructor <;> intro k <;> grind [reflect, IsTurn]

/-- A linear map of the plane that keeps all distances from the origin is a turn or a reflection. -/
theorem plane_isometries (a b c d : K) (h : ∀ x y : K, (a * x + b * y) ^ 2 + (c * x + d * y) ^ 2 = x ^ 2 + y ^ 2) :
    ∃ r : Turn K, IsTurn r ∧ ((∀ p, turn r p = ⟨a * p.x + b * p.y, c * p.x + d * p.y⟩) ∨
      ∀ p, reflect r p = ⟨a * p.x + b * p.y, c * p.x + d * p.y⟩) := by
  have p := h 1 0
  have q := h 0 1
  have w := h 1 1
  refine ⟨⟨a, c⟩, by grind [IsTurn], ?_⟩
  have e : (b + c) * (b - c) = 0 := by grind
  have f : (d - a) * (d + a) = 0 := by grind
  have g : a * b + c * d = 0 := by grind
  by_cases k : b = -c
  · by_cases m : d = a
    · exact Or.inl fun p => by ext <;> grind [turn]
    · exact Or.inr fun p => by ext <;> grind [reflect]
  · by_cases m : d = -a
    · exact Or.inr fun p => by ext <;> grind [reflect]
    · exact Or.inl fun p => by ext <;> grind [turn]

/-- Two points at the same distance from the origin, other than zero, are joined by exactly one turn. -/
theorem turn_unique (p q : Point K) (r : Turn K) (hp : 0 < planeNormSq p) (h : planeNormSq q = planeNormSq p) :
    IsTurn r ∧ turn r p = q ↔
      r = ⟨(p.x * q.x + p.y * q.y) / planeNormSq p, planeArea p q / planeNormSq p⟩ := by
  constructor
  · intro ⟨_, e⟩
    rw [← e]
    ext <;> grind [turn, planeNormSq, planeArea]
  · intro e
    rw [e]
    refine ⟨?_, ?_⟩
    · have k : (p.x * q.x + p.y * q.y) ^ 2 + planeArea p q ^ 2 = planeNormSq p * planeNormSq q := by
        grind [planeNormSq, planeArea]
      rw [h] at k
      generalize planeNormSq p = n at *
      grind [IsTurn]
    · ext <;> grind [turn, planeNormSq, planeArea]

/-- A turn about a point leaves only that point in place. -/
theorem turnAbout_fixed (o : Point K) (r : Turn K) (p : Point K) (h : r.c ≠ 1) : turnAbout o r p = p ↔ p = o := by
  have s := sq_pos (show 1 - r.c ≠ 0 by grind)
  have k := sq_nonneg r.s
  have z : (1 - r.c) ^ 2 + r.s ^ 2 ≠ 0 := by grind
  rw [Point.ext_iff, Point.ext_iff]
  constructor
  · intro ⟨a, b⟩
    have ex : ((1 - r.c) ^ 2 + r.s ^ 2) * (p.x - o.x) = 0 := by grind [turnAbout]
    have ey : ((1 - r.c) ^ 2 + r.s ^ 2) * (p.y - o.y) = 0 := by grind [turnAbout]
    grind
  · grind [turnAbout]

/-- A half turn about one point and one about another make a shift by twice their distance. -/
theorem half_turns (o w p : Point K) :
    turnAbout w ⟨-1, 0⟩ (turnAbout o ⟨-1, 0⟩ p) = ⟨p.x + 2 * (w.x - o.x), p.y + 2 * (w.y - o.y)⟩ := by
  ext <;> grind [turnAbout]

end PhysField.SpaceAndTime
