import PhysField.Mathematics.OrderedField

/-!
# Quadratic equations and parabolas

Discriminant and roots (Vieta), sign of a quadratic function between and outside its roots, vertex, convexity, interpolation through three
points, stability of the roots, and Legendre's transform with Young's inequality for a parabola.
Source: Courant, Robbins, What Is Mathematics, chapters 2 and 7; Arnold, Mathematical Methods of Classical Mechanics, chapter 3.
-/
namespace PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- The quadratic function with coefficients `a`, `b`, `c`. -/
def quadratic (a b c x : K) : K := a * x ^ 2 + b * x + c

/-- Discriminant of a quadratic function. -/
def discriminant (a b c : K) : K := b ^ 2 - 4 * a * c

/-- Legendre's transform of the parabola `m x² / 2`. -/
def legendreParabola (m p : K) : K := p ^ 2 / (2 * m)

/-- Completion of the square. -/
theorem quadratic_square (a b c x : K) : 4 * a * quadratic a b c x = (2 * a * x + b) ^ 2 - discriminant a b c := by
  grind [quadratic, discriminant]

/-- A number is a root exactly if twice the leading coefficient times it, shifted, squares to the discriminant. -/
theorem quadratic_root_iff (a b c x : K) (ha : a ≠ 0) :
    quadratic a b c x = 0 ↔ (2 * a * x + b) ^ 2 = discriminant a b c := by
  have e := quadratic_square a b c x
  constructor
  · intro h
    grind
  · intro h
    have k : a * quadratic a b c x = 0 := by grind
    rcases mul_eq_zero.mp k with l | l <;> grind

/-- The formula for the roots of a quadratic equation with a root `s` of its discriminant. -/
theorem quadratic_formula (a b c x s : K) (ha : a ≠ 0) (hs : s ^ 2 = discriminant a b c) :
    quadratic a b c x = 0 ↔ x = (-b + s) / (2 * a) ∨ x = (-b - s) / (2 * a) := by
  rw [quadratic_root_iff a b c x ha, ← hs]
  have h2 : 2 * a ≠ 0 := by grind
  constructor
  · intro h
    have k : (2 * a * x + b - s) * (2 * a * x + b + s) = 0 := by grind
    rcases mul_eq_zero.mp k with l | l
    · left; grind
    · right; grind
  · intro h
    rcases h with h | h <;> grind

/-- Two different roots sum to `-b / a` and multiply to `c / a` (Vieta). -/
theorem vieta (a b c x y : K) (ha : a ≠ 0) (hxy : x ≠ y) (hx : quadratic a b c x = 0) (hy : quadratic a b c y = 0) :
    x + y = -b / a ∧ x * y = c / a := by
  have k : (x - y) * (a * (x + y) + b) = 0 := by grind [quadratic]
  have s : a * (x + y) + b = 0 := by
    rcases mul_eq_zero.mp k with l | l <;> grind
  constructor <;> grind [quadratic]

/-- Two different roots factorise a quadratic function. -/
theorem quadratic_factor (a b c x y t : K) (hxy : x ≠ y) (hx : quadratic a b c x = 0)
    (hy : quadratic a b c y = 0) : quadratic a b c t = a * (t - x) * (t - y) := by
  have h : (x - y) * (a * (x + y) + b) = 0 := by grind [quadratic]
  have hb : b = -a * (x + y) := by grind
  have hc : c = a * (x * y) := by grind [quadratic]
  rw [hb, hc, quadratic]
  grind

/-- The discriminant is the squared distance of the roots, scaled by the leading coefficient. -/
theorem discriminant_roots (a x y : K) : discriminant a (-a * (x + y)) (a * (x * y)) = (a * (x - y)) ^ 2 := by
  grind [discriminant]

/-- A quadratic function with a real root has no negative discriminant. -/
theorem discriminant_nonneg_of_root (a b c x : K) (hx : quadratic a b c x = 0) : 0 ≤ discriminant a b c := by
  have e := quadratic_square a b c x
  have h := sq_nonneg (2 * a * x + b)
  rw [hx] at e
  grind

/-- A quadratic function that opens upward is nowhere negative exactly if its discriminant is not positive. -/
theorem quadratic_nonneg_iff (a b c : K) (ha : 0 < a) : (∀ x, 0 ≤ quadratic a b c x) ↔ discriminant a b c ≤ 0 := by
  have h2 : 2 * a ≠ 0 := by grind
  constructor
  · intro h
    have e := quadratic_square a b c (-b / (2 * a))
    have k := mul_nonneg (show 0 ≤ 4 * a by grind) (h (-b / (2 * a)))
    rw [e, show 2 * a * (-b / (2 * a)) + b = 0 by grind] at k
    grind
  · intro h x
    have e := quadratic_square a b c x
    have k := sq_nonneg (2 * a * x + b)
    exact le_of_mul_le_mul_left (show 0 < 4 * a by grind) (by rw [e]; grind)

/-- A quadratic function that opens upward is nowhere less than at its vertex `-b / (2 a)`. -/
theorem quadratic_vertex_le (a b c x : K) (ha : 0 < a) : quadratic a b c (-b / (2 * a)) ≤ quadratic a b c x := by
  have h2 : 2 * a ≠ 0 := by grind
  have e : quadratic a b c x = quadratic a b c (-b / (2 * a)) + a * (x + b / (2 * a)) ^ 2 := by grind [quadratic]
  have k := mul_nonneg (show 0 ≤ a by grind) (sq_nonneg (x + b / (2 * a)))
  grind

/-- The value at the vertex is the negative discriminant over four times the leading coefficient. -/
theorem quadratic_vertex_value (a b c : K) (ha : a ≠ 0) :
    quadratic a b c (-b / (2 * a)) = -discriminant a b c / (4 * a) := by
  have h2 : 2 * a ≠ 0 := by grind
  have h4 : 4 * a ≠ 0 := by grind
  grind [quadratic, discriminant]

/-- A parabola is symmetric about the vertical line through its vertex, and about no other one. -/
theorem quadratic_symmetric_iff (a b c v : K) (ha : a ≠ 0) :
    (∀ d, quadratic a b c (v + d) = quadratic a b c (v - d)) ↔ v = -b / (2 * a) := by
  have h2 : 2 * a ≠ 0 := by grind
  constructor
  · intro h
    have k := h 1
    grind [quadratic]
  · intro h d
    grind [quadratic]

/-- Between its roots a parabola that opens upward lies below the axis. -/
theorem quadratic_neg_between (a x y t : K) (ha : 0 < a) (hx : x < t) (hy : t < y) :
    quadratic a (-a * (x + y)) (a * (x * y)) t < 0 := by
  have k := mul_pos ha (mul_pos (show 0 < t - x by grind) (show 0 < y - t by grind))
  rw [quadratic]
  grind

/-- A quadratic function that changes sign from `x` to `y` has a positive discriminant. -/
theorem discriminant_pos_of_sign_change (a b c x y : K) (hx : quadratic a b c x < 0) (hy : 0 < quadratic a b c y) :
    0 < discriminant a b c := by
  have ex := quadratic_square a b c x
  have ey := quadratic_square a b c y
  have sx := sq_nonneg (2 * a * x + b)
  have sy := sq_nonneg (2 * a * y + b)
  by_cases h : 0 < a
  · have k := mul_pos h (show 0 < -quadratic a b c x by grind)
    grind
  · by_cases h0 : a = 0
    · subst h0
      have hb : b ≠ 0 := by grind [quadratic]
      have k := sq_pos hb
      rw [discriminant]
      grind
    · have k := mul_pos (show 0 < -a by grind) hy
      grind

/-- A quadratic function with three different roots vanishes everywhere. -/
theorem quadratic_three_roots (a b c x y z : K) (hxy : x ≠ y) (hyz : y ≠ z) (hxz : x ≠ z) (hx : quadratic a b c x = 0)
    (hy : quadratic a b c y = 0) (hz : quadratic a b c z = 0) : a = 0 ∧ b = 0 ∧ c = 0 := by
  have p : (x - y) * (a * (x + y) + b) = 0 := by grind [quadratic]
  have q : (y - z) * (a * (y + z) + b) = 0 := by grind [quadratic]
  have r : a * (x + y) + b = 0 := by grind
  have s : a * (y + z) + b = 0 := by grind
  have t : a * (x - z) = 0 := by grind
  have ha : a = 0 := by grind
  grind [quadratic]

/-- Lagrange's interpolation: values at three different points fix a quadratic function. -/
theorem quadratic_interpolation (a b c x y z t : K) (hxy : x ≠ y) (hyz : y ≠ z) (hxz : x ≠ z) :
    quadratic a b c t = quadratic a b c x * ((t - y) / (x - y) * ((t - z) / (x - z)))
      + quadratic a b c y * ((t - x) / (y - x) * ((t - z) / (y - z)))
      + quadratic a b c z * ((t - x) / (z - x) * ((t - y) / (z - y))) := by
  have p : x - y ≠ 0 := by grind
  have q : y - z ≠ 0 := by grind
  have r : x - z ≠ 0 := by grind
  rw [show y - x = -(x - y) by grind, show z - x = -(x - z) by grind, show z - y = -(y - z) by grind]
  grind [quadratic]

/-- A parabola that opens upward is convex: its value at a weighted mean is at most the weighted mean of its values. -/
theorem quadratic_convex (a b c x y s : K) (ha : 0 ≤ a) (hs : 0 ≤ s) (hs' : s ≤ 1) :
    quadratic a b c (s * x + (1 - s) * y) ≤ s * quadratic a b c x + (1 - s) * quadratic a b c y := by
  have k := mul_nonneg (mul_nonneg ha (mul_nonneg hs (show 0 ≤ 1 - s by grind))) (sq_nonneg (x - y))
  rw [quadratic, quadratic, quadratic]
  grind

/-- Simpson's rule integrates a quadratic function exactly. -/
theorem simpson_quadratic (a b c x y : K) :
    (a / 3 * y ^ 3 + b / 2 * y ^ 2 + c * y) - (a / 3 * x ^ 3 + b / 2 * x ^ 2 + c * x)
      = (y - x) / 6 * (quadratic a b c x + 4 * quadratic a b c ((x + y) / 2) + quadratic a b c y) := by
  grind [quadratic]

/-- Two real roots of `t² + b t + c` are both negative exactly if `b` and `c` are positive (Routh and Hurwitz). -/
theorem routh_hurwitz_two (x y : K) : (x < 0 ∧ y < 0) ↔ 0 < -(x + y) ∧ 0 < x * y := by
  constructor
  · intro ⟨hx, hy⟩
    have k := mul_pos (show 0 < -x by grind) (show 0 < -y by grind)
    grind
  · intro ⟨hs, hp⟩
    have p := fun h : 0 ≤ x => mul_nonpos h (show y ≤ 0 by grind)
    have q := fun h : 0 ≤ y => mul_nonpos h (show x ≤ 0 by grind)
    grind

/-- Numbers with given sum and product are the roots of a quadratic equation, in one order or the other. -/
theorem sum_prod_unique (x y u v : K) (hs : x + y = u + v) (hp : x * y = u * v) : (x = u ∧ y = v) ∨ (x = v ∧ y = u) := by
  have k : (x - u) * (x - v) = 0 := by grind
  rcases mul_eq_zero.mp k with l | l <;> grind

/-- Of rectangles with given circumference the square is the largest, and the only one. -/
theorem rectangle_square_iff (x y s : K) (h : x + y = 2 * s) : x * y = s ^ 2 ↔ x = s := by
  constructor
  · intro k
    have l : (x - s) ^ 2 = 0 := by grind
    have m := sq_eq_zero.mp l
    grind
  · intro k
    grind

/-- Young's inequality: a product is at most a parabola of one factor and its Legendre transform of the other. -/
theorem young_inequality (m x p : K) (hm : 0 < m) : x * p ≤ m * x ^ 2 / 2 + legendreParabola m p := by
  have h2 : 2 * m ≠ 0 := by grind
  have e : m * x ^ 2 / 2 + legendreParabola m p - x * p = (m * x - p) ^ 2 / (2 * m) := by grind [legendreParabola]
  have k := div_nonneg (sq_nonneg (m * x - p)) (show 0 ≤ 2 * m by grind)
  grind

/-- Young's inequality is an equation exactly where the second factor is the slope of the parabola. -/
theorem young_equality_iff (m x p : K) (hm : 0 < m) : x * p = m * x ^ 2 / 2 + legendreParabola m p ↔ p = m * x := by
  have h2 : 2 * m ≠ 0 := by grind
  have e : (m * x ^ 2 / 2 + legendreParabola m p - x * p) * (2 * m) = (m * x - p) ^ 2 := by grind [legendreParabola]
  constructor
  · intro h
    have k : (m * x - p) ^ 2 = 0 := by grind
    have l := sq_eq_zero.mp k
    grind
  · intro h
    subst h
    grind [legendreParabola]

/-- Legendre's transform is its own inverse: the parabola comes back as the transform of its transform. -/
theorem legendre_involution (m x : K) : legendreParabola m⁻¹ x = m * x ^ 2 / 2 := by
  grind [legendreParabola]

/-- A steeper parabola has the flatter Legendre transform. -/
theorem legendre_antitone (m n p : K) (hm : 0 < m) (h : m ≤ n) : legendreParabola n p ≤ legendreParabola m p := by
  exact div_le_div_left (sq_nonneg p) (show 0 < 2 * m by grind) (by grind)

end PhysField.Mathematics
