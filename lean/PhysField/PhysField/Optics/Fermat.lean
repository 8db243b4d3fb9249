import PhysField.Mathematics.OrderedField

/-!
# Fermat's principle

A ray goes from height `p` above a plane to height `q`, on the same side (reflection) or on the other (refraction); `x` and `y` are the
shares of the way along the plane before and after the point of incidence. Lengths of paths are nonnegative numbers with known squares.
Source: Feynman, Leighton, Sands, Lectures on Physics, volume 1, chapter 26; Born, Wolf, Principles of Optics, chapter 3.
-/
namespace PhysField.Optics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Square of the length from a point at height `p` to the plane, a way `x` along it. -/
def legSq (p x : K) : K := p ^ 2 + x ^ 2

/-- Square of the distance in a plane. -/
def distSq (x y u v : K) : K := (x - u) ^ 2 + (y - v) ^ 2

/-- The product of two legs from one point is at least the scalar product of their ways (Cauchy). -/
theorem leg_cauchy (p x u l m : K) (hl : 0 ≤ l) (hm : 0 ≤ m) (h : l ^ 2 = legSq p x) (k : m ^ 2 = legSq p u) :
    p ^ 2 + x * u ≤ l * m := by
  have c := cauchy_two p x p u
  refine le_of_sq_le_sq (mul_nonneg hl hm) ?_
  rw [show (l * m) ^ 2 = l ^ 2 * m ^ 2 by grind, h, k, legSq, legSq]
  grind

/-- A leg grows at least by the sine of its angle times the shift of its foot. -/
theorem leg_tangent (p x u l m : K) (hl : 0 < l) (hm : 0 ≤ m) (h : l ^ 2 = legSq p x) (k : m ^ 2 = legSq p u) :
    l + x / l * (u - x) ≤ m := by
  have c := leg_cauchy p x u l m (by grind) hm h k
  refine le_of_mul_le_mul_left hl ?_
  have e : l * (l + x / l * (u - x)) = l ^ 2 + x * (u - x) := by grind
  rw [e, h]
  grind [legSq]

/-- Light that obeys Snell's law arrives no later than by any other point of the boundary (Fermat's principle). -/
theorem fermat_refraction (n k p q x y u v l m r s : K) (hn : 0 < n) (hk : 0 < k) (hl : 0 < l) (hm : 0 < m) (hr : 0 ≤ r)
    (hs : 0 ≤ s) (el : l ^ 2 = legSq p x) (em : m ^ 2 = legSq q y) (er : r ^ 2 = legSq p u) (es : s ^ 2 = legSq q v)
    (hd : x + y = u + v) (snell : n * (x / l) = k * (y / m)) : n * l + k * m ≤ n * r + k * s := by
  have a := mul_le_mul_left (show 0 ≤ n by grind) (leg_tangent p x u l r hl hr el er)
  have b := mul_le_mul_left (show 0 ≤ k by grind) (leg_tangent q y v m s hm hs em es)
  have c : n * (x / l * (u - x)) + k * (y / m * (v - y)) = 0 := by
    rw [show n * (x / l * (u - x)) = n * (x / l) * (u - x) by grind, snell]
    grind
  grind

/-- A reflected ray with equal angles is the shortest one that touches the mirror (Hero of Alexandria). -/
theorem hero_reflection (p q x y u v l m r s : K) (hl : 0 < l) (hm : 0 < m) (hr : 0 ≤ r) (hs : 0 ≤ s)
    (el : l ^ 2 = legSq p x) (em : m ^ 2 = legSq q y) (er : r ^ 2 = legSq p u) (es : s ^ 2 = legSq q v)
    (hd : x + y = u + v) (law : x / l = y / m) : l + m ≤ r + s := by
  have a := leg_tangent p x u l r hl hr el er
  have b := leg_tangent q y v m s hm hs em es
  have w : y / m * (u - x) + y / m * (v - y) = 0 := by
    rw [show u - x = y - v by grind]
    grind
  rw [law] at a
  clear el em er es law
  grind

/-- Two reflected legs with equal angles are as long as the straight way to the mirror image. -/
theorem mirror_image_length (p q x y l m : K) (hl : 0 < l) (hm : 0 < m) (el : l ^ 2 = legSq p x)
    (em : m ^ 2 = legSq q y) (law : x * q = y * p) (hp : 0 < p) (hq : 0 < q) : (l + m) ^ 2 = distSq 0 p (x + y) (-q) := by
  have a : x = y * p / q := by grind
  have b : (l * q) ^ 2 = (m * p) ^ 2 := by
    rw [show (l * q) ^ 2 = l ^ 2 * q ^ 2 by grind, show (m * p) ^ 2 = m ^ 2 * p ^ 2 by grind, el, em]
    grind [legSq]
  have c := eq_of_sq_eq_sq (show 0 ≤ l * q by grind [mul_pos hl hq]) (show 0 ≤ m * p by grind [mul_pos hm hp]) b
  have d : l * m * q = (p * q + x * y) * q := by
    rw [show l * m * q = m * (l * q) by grind, c, show m * (m * p) = m ^ 2 * p by grind, em]
    grind [legSq]
  have e : l * m = p * q + x * y := by grind
  clear a b c d law
  grind [legSq, distSq]

/-- The tangents of the angles of a reflected ray are equal exactly where its sines are. -/
theorem reflection_angles (p q x y l m : K) (hp : 0 < p) (hq : 0 < q) (hx : 0 < x) (hy : 0 < y) (hl : 0 < l) (hm : 0 < m)
    (el : l ^ 2 = legSq p x) (em : m ^ 2 = legSq q y) : x / l = y / m ↔ x * q = y * p := by
  have e : (x * m) ^ 2 - (y * l) ^ 2 = (x * q) ^ 2 - (y * p) ^ 2 := by
    rw [show (x * m) ^ 2 = x ^ 2 * m ^ 2 by grind, show (y * l) ^ 2 = y ^ 2 * l ^ 2 by grind, el, em]
    grind [legSq]
  clear el em
  have a := mul_pos hx hm
  have b := mul_pos hy hl
  have c := mul_pos hx hq
  have d := mul_pos hy hp
  constructor
  · intro h
    have f : x * m = y * l := by grind
    exact eq_of_sq_eq_sq (by grind) (by grind) (by grind)
  · intro h
    have f : x * m = y * l := eq_of_sq_eq_sq (by grind) (by grind) (by grind)
    grind

/-- A point of an ellipse with half axes `a` and `b` has focal distances `a + e x` and `a - e x`. -/
theorem ellipse_focal_distance (a b c e x y : K) (ha : a ≠ 0) (hc : c = e * a) (hab : b ^ 2 = a ^ 2 - c ^ 2)
    (h : b ^ 2 * x ^ 2 + a ^ 2 * y ^ 2 = a ^ 2 * b ^ 2) : distSq x y (-c) 0 = (a + e * x) ^ 2 := by
  have f : a ^ 2 * (y ^ 2 - (1 - e ^ 2) * (a ^ 2 - x ^ 2)) = 0 := by grind
  rcases mul_eq_zero.mp f with g | g
  · grind
  · grind [distSq]

/-- All ways from one focus of an ellipse over its rim to the other are equally long. -/
theorem ellipse_equal_paths (a b c e x y l m : K) (hc : c = e * a) (hab : b ^ 2 = a ^ 2 - c ^ 2)
    (h : b ^ 2 * x ^ 2 + a ^ 2 * y ^ 2 = a ^ 2 * b ^ 2) (hl : 0 ≤ l) (hm : 0 ≤ m) (he : 0 ≤ e) (he' : e < 1) (hx : -a ≤ x) (hx' : x ≤ a)
    (ha : 0 < a) (el : l ^ 2 = distSq x y (-c) 0) (em : m ^ 2 = distSq x y c 0) : l + m = 2 * a := by
  have i := ellipse_focal_distance a b c e x y (by grind) hc hab h
  have j := ellipse_focal_distance a b (-c) (-e) x y (by grind) (by grind) (by grind) h
  rw [show - -c = c by grind] at j
  clear h hab
  have r := mul_nonneg he (show 0 ≤ a - x by grind)
  have s := mul_nonneg he (show 0 ≤ a + x by grind)
  have t := mul_pos (show 0 < 1 - e by grind) ha
  have u := eq_of_sq_eq_sq hl (show 0 ≤ a + e * x by grind) (el.trans i)
  have v := eq_of_sq_eq_sq hm (show 0 ≤ a + -e * x by grind) (em.trans j)
  rw [u, v]
  grind

/-- A parabola gathers parallel light: the way to its focus makes up for the way saved along the axis. -/
theorem parabola_equal_paths (f x y l : K) (hf : 0 < f) (hl : 0 ≤ l) (h : y = x ^ 2 / (4 * f)) (el : l ^ 2 = distSq x y 0 f) :
    l = y + f := by
  have e : x ^ 2 = 4 * f * y := by grind
  have k := div_nonneg (sq_nonneg x) (show 0 ≤ 4 * f by grind)
  refine eq_of_sq_eq_sq hl (by grind) ?_
  rw [el]
  grind [distSq]

/-- Through a stack of plates the index times the sine stays that of the start. -/
theorem stack_snell (n s : Nat → K) (h : ∀ k, n k * s k = n (k + 1) * s (k + 1)) (m : Nat) : n m * s m = n 0 * s 0 := by
  induction m with
  | zero => rfl
  | succ m ih => rw [← h, ih]

/-- A sphere of index `n` images without aberration its point at the radius over the index (aplanatic points of Young). -/
theorem sphere_aplanatic (n r x y : K) (hn : n ≠ 0) (h : x ^ 2 + y ^ 2 = r ^ 2) :
    distSq x y (n * r) 0 = n ^ 2 * distSq x y (r / n) 0 := by
  grind [distSq]

/-- Reflection at two mirrors at an angle turns a ray by twice that angle, whatever its incidence. -/
theorem two_mirrors (a b c d x y : K) (hab : a ^ 2 + b ^ 2 = 1) (hcd : c ^ 2 + d ^ 2 = 1) :
    (x - 2 * (a * x + b * y) * a) - 2 * (c * (x - 2 * (a * x + b * y) * a) + d * (y - 2 * (a * x + b * y) * b)) * c =
      (2 * (a * c + b * d) ^ 2 - 1) * x + 2 * (a * c + b * d) * (b * c - a * d) * y := by
  grind

/-- Reflection at a mirror keeps the squared length of a direction. -/
theorem reflection_isometry (a b x y : K) (h : a ^ 2 + b ^ 2 = 1) :
    (x - 2 * (a * x + b * y) * a) ^ 2 + (y - 2 * (a * x + b * y) * b) ^ 2 = x ^ 2 + y ^ 2 := by
  have e : (x - 2 * (a * x + b * y) * a) ^ 2 + (y - 2 * (a * x + b * y) * b) ^ 2 =
      x ^ 2 + y ^ 2 + 4 * (a * x + b * y) ^ 2 * (a ^ 2 + b ^ 2 - 1) := by grind
  rw [e, h]
  grind

end PhysField.Optics
