import PhysField.ClassicalMechanics.Energy

/-!
# Friction, drag and restitution

Motion that loses energy, in steps of time: drag in proportion to velocity and to its square, fall to a terminal velocity, the sliding block,
the oscillator with viscous and with dry friction, and the bouncing ball. Energy never grows, ways stay bounded or do not.
Source: Kleppner, Kolenkow, An Introduction to Mechanics, chapters 2, 3 and 10; Landau, Lifshitz, Mechanics, chapter 5.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Velocity after `n` steps, in each of which drag takes the share `x`. -/
def dragVelocity (v x : K) : Nat → K
  | 0 => v
  | n + 1 => (1 - x) * dragVelocity v x n

/-- Way made in `n` steps of time `h` under drag. -/
def dragWay (v x h : K) : Nat → K
  | 0 => 0
  | n + 1 => dragWay v x h n + h * dragVelocity v x n

/-- Velocity after `n` steps, in each of which drag takes the share `x` and gravity adds `g`. -/
def fallVelocity (v x g : K) : Nat → K
  | 0 => v
  | n + 1 => (1 - x) * fallVelocity v x g n + g

/-- Velocity after `n` steps of a drag that grows with the square of the velocity: `v' = v - x v v'`. -/
def quadraticDrag (v x : K) : Nat → K
  | 0 => v
  | n + 1 => quadraticDrag v x n / (1 + x * quadraticDrag v x n)

/-- Height of the bounce `n` of a ball with restitution `e`. -/
def bounceHeight (h e : K) : Nat → K
  | 0 => h
  | n + 1 => e ^ 2 * bounceHeight h e n

/-- Way up and down of the bounces before `n`. -/
def bounceWay (h e : K) : Nat → K
  | 0 => 0
  | n + 1 => bounceWay h e n + (bounceHeight h e n + bounceHeight h e (n + 1))

/-- A path of an oscillator of unit mass, stiffness `k` and drag `c` in steps `h` of the midpoint rule. -/
def IsDampedPath (h k c : K) (x v : Nat → K) : Prop := ∀ n, x (n + 1) = x n + h * ((v n + v (n + 1)) / 2) ∧
  v (n + 1) = v n - h * (k * ((x n + x (n + 1)) / 2) + c * ((v n + v (n + 1)) / 2))

/-- Drag lowers the velocity as a power of the number of steps. -/
theorem dragVelocity_eq (v x : K) (n : Nat) : dragVelocity v x n = v * (1 - x) ^ n := by
  induction n with
  | zero => grind [dragVelocity]
  | succ n ih =>
    rw [dragVelocity, ih, pow_succ]
    grind

/-- The way under drag is in proportion to the velocity lost. -/
theorem dragWay_eq (v x h : K) (n : Nat) : x * dragWay v x h n = h * (v - dragVelocity v x n) := by
  induction n with
  | zero => grind [dragWay, dragVelocity]
  | succ n ih =>
    rw [dragWay, dragVelocity]
    grind

/-- A body under drag in proportion to its velocity goes a finite way, however long it moves. -/
theorem dragWay_lt (v x h : K) (n : Nat) (hv : 0 < v) (hx : 0 < x) (h1 : x < 1) (hh : 0 < h) : dragWay v x h n < h * v / x := by
  have e := dragWay_eq v x h n
  have p := mul_pos hh (mul_pos hv (pow_pos (show 0 < 1 - x by grind) n))
  rw [← dragVelocity_eq] at p
  rw [lt_div_iff hx]
  grind

/-- The distance from the terminal velocity `g / x` shrinks as a power of the number of steps. -/
theorem fallVelocity_eq (v x g : K) (n : Nat) (hx : x ≠ 0) : fallVelocity v x g n = g / x + (v - g / x) * (1 - x) ^ n := by
  induction n with
  | zero => grind [fallVelocity]
  | succ n ih =>
    rw [fallVelocity, ih, pow_succ]
    grind

/-- A body that starts below its terminal velocity never exceeds it. -/
theorem fallVelocity_lt (v x g : K) (n : Nat) (hx : 0 < x) (h1 : x < 1) (hv : v < g / x) : fallVelocity v x g n < g / x := by
  have p := mul_pos (show 0 < g / x - v by grind) (pow_pos (show 0 < 1 - x by grind) n)
  rw [fallVelocity_eq v x g n (by grind)]
  grind

/-- A body that starts below its terminal velocity falls faster with every step. -/
theorem fallVelocity_increasing (v x g : K) (n : Nat) (hx : 0 < x) (h1 : x < 1) (hv : v < g / x) :
    fallVelocity v x g n < fallVelocity v x g (n + 1) := by
  have p := fallVelocity_lt v x g n hx h1 hv
  rw [lt_div_iff hx] at p
  rw [fallVelocity]
  grind

/-- Two bodies that fall with different velocities approach each other in velocity, whatever gravity is. -/
theorem fallVelocity_forget (v w x g : K) (n : Nat) : fallVelocity v x g n - fallVelocity w x g n = (v - w) * (1 - x) ^ n := by
  induction n with
  | zero => grind [fallVelocity]
  | succ n ih =>
    rw [fallVelocity, fallVelocity, pow_succ]
    grind

/-- Drag with the square of the velocity lets the inverse velocity grow in proportion to time (Newton). -/
theorem quadraticDrag_eq (v x : K) (n : Nat) (hv : 0 < v) (hx : 0 < x) : quadraticDrag v x n = v / (1 + (n : K) * (x * v)) := by
  have p := mul_pos hx hv
  have q : ∀ k : Nat, 0 < 1 + (k : K) * (x * v) := fun k => by grind [mul_nonneg (natCast_nonneg (K := K) k) (show 0 ≤ x * v by grind)]
  induction n with
  | zero => grind [quadraticDrag]
  | succ n ih =>
    have a := q n
    have b := q (n + 1)
    have e : ((n + 1 : Nat) : K) = (n : K) + 1 := by grind
    have c : 1 + x * (v / (1 + (n : K) * (x * v))) = (1 + ((n : K) + 1) * (x * v)) / (1 + (n : K) * (x * v)) := by grind
    rw [e] at b
    rw [quadraticDrag, ih, c, e]
    generalize 1 + (n : K) * (x * v) = s at *
    generalize 1 + ((n : K) + 1) * (x * v) = t at *
    grind

/-- Drag with the square of the velocity never stops a body. -/
theorem quadraticDrag_pos (v x : K) (n : Nat) (hv : 0 < v) (hx : 0 < x) : 0 < quadraticDrag v x n := by
  induction n with
  | zero => exact hv
  | succ n ih => exact div_pos ih (by grind [mul_pos hx ih])

/-- A block that slides with friction `mu` stops after the way `v² / (2 mu g)`. -/
theorem sliding_way (v mu g t : K) (h : velocity v (-(mu * g)) t = 0) :
    displacement v (-(mu * g)) t = v ^ 2 / (2 * (mu * g)) := by
  have e := torricelli (-(mu * g)) v t
  rw [h] at e
  generalize mu * g = a at *
  grind [velocity, displacement]

/-- In a damped step the energy falls by the drag on the mean velocity. -/
theorem damped_energy_step (h k c : K) (x v : Nat → K) (n : Nat) (hp : IsDampedPath h k c x v) :
    kineticEnergy 1 (v (n + 1)) + springEnergy k (x (n + 1)) =
      kineticEnergy 1 (v n) + springEnergy k (x n) - h * c * ((v n + v (n + 1)) / 2) ^ 2 := by
  obtain ⟨a, b⟩ := hp n
  generalize x n = y at *
  generalize x (n + 1) = z at *
  generalize v n = p at *
  generalize v (n + 1) = q at *
  have e : q - p = -(h * (k * ((y + z) / 2) + c * ((p + q) / 2))) := by grind
  have f : z - y = h * ((p + q) / 2) := by grind
  have g : kineticEnergy 1 q + springEnergy k z - (kineticEnergy 1 p + springEnergy k y) =
    (q - p) * (p + q) / 2 + k * ((z - y) * (y + z)) / 2 := by grind [kineticEnergy, springEnergy]
  rw [e, f] at g
  clear a b e f
  grind

/-- The energy of a damped oscillator never grows. -/
theorem damped_energy_le (h k c : K) (x v : Nat → K) (n : Nat) (hp : IsDampedPath h k c x v) (hh : 0 ≤ h) (hc : 0 ≤ c) :
    kineticEnergy 1 (v n) + springEnergy k (x n) ≤ kineticEnergy 1 (v 0) + springEnergy k (x 0) := by
  induction n with
  | zero => grind
  | succ n ih =>
    have e := damped_energy_step h k c x v n hp
    have p := mul_nonneg (mul_nonneg hh hc) (sq_nonneg ((v n + v (n + 1)) / 2))
    grind

/-- A damped oscillator never swings wider than its energy at the start allows. -/
theorem damped_amplitude (h k c a : K) (x v : Nat → K) (n : Nat) (hp : IsDampedPath h k c x v) (hh : 0 ≤ h) (hc : 0 ≤ c)
    (hk : 0 < k) (ha : 0 ≤ a) (h0 : kineticEnergy 1 (v 0) + springEnergy k (x 0) = springEnergy k a) : -a ≤ x n ∧ x n ≤ a := by
  have e := damped_energy_le h k c x v n hp hh hc
  have p := kineticEnergy_nonneg 1 (v n) (by grind)
  exact bounds_of_sq_le_sq ha (le_of_mul_le_mul_left hk (by grind [springEnergy]))

/-- Dry friction `f` shortens each half swing of an oscillator by the same length `2 f / k`. -/
theorem dry_friction_swing (k f a b : K) (hk : 0 < k) (hs : 0 < a + b) (h : springEnergy k a - springEnergy k b = f * (a + b)) :
    a - b = 2 * f / k := by
  have e : (a + b) * (k * (a - b) - 2 * f) = 0 := by grind [springEnergy]
  rcases mul_eq_zero.mp e with z | z <;> grind

/-- Half swings under dry friction shrink in arithmetic progression, and end after finitely many. -/
theorem dry_friction_swings (k f : K) (a : Nat → K) (n : Nat) (hk : 0 < k) (hs : ∀ i, i ≤ n → 0 < a i)
    (h : ∀ i, i < n → springEnergy k (a i) - springEnergy k (a (i + 1)) = f * (a i + a (i + 1))) : a n = a 0 - (n : K) * (2 * f / k) := by
  induction n with
  | zero => grind
  | succ n ih =>
    have i := ih (fun i hi => hs i (by omega)) fun i hi => h i (by omega)
    have s := hs n (by omega)
    have t := hs (n + 1) (by omega)
    have p := dry_friction_swing k f (a n) (a (n + 1)) hk (by grind) (h n (by omega))
    grind

/-- A critically damped path `(a + b n) rⁿ` solves the equation of an oscillator whose characteristic root is double. -/
theorem critical_damping (a b r : K) (n : Nat) :
    (a + b * ((n : K) + 2)) * r ^ (n + 2) - 2 * r * ((a + b * ((n : K) + 1)) * r ^ (n + 1)) +
      r ^ 2 * ((a + b * (n : K)) * r ^ n) = 0 := by
  rw [show n + 2 = (n + 1) + 1 by rfl, pow_succ, pow_succ]
  grind

/-- The heights of a bouncing ball fall as a power of the squared restitution. -/
theorem bounceHeight_eq (h e : K) (n : Nat) : bounceHeight h e n = h * (e ^ 2) ^ n := by
  induction n with
  | zero => grind [bounceHeight]
  | succ n ih =>
    rw [bounceHeight, ih, pow_succ]
    grind

/-- The way of a bouncing ball is in proportion to the height lost. -/
theorem bounceWay_eq (h e : K) (n : Nat) : (1 - e ^ 2) * bounceWay h e n = (1 + e ^ 2) * (h - bounceHeight h e n) := by
  induction n with
  | zero => grind [bounceWay, bounceHeight]
  | succ n ih =>
    rw [bounceWay, bounceHeight]
    grind

/-- A ball makes a finite way in all its bounces. -/
theorem bounceWay_le (h e : K) (n : Nat) (hh : 0 ≤ h) (he : e ^ 2 < 1) : bounceWay h e n ≤ h * (1 + e ^ 2) / (1 - e ^ 2) := by
  have w := bounceWay_eq h e n
  have p := mul_nonneg hh (pow_nonneg (sq_nonneg e) n)
  rw [← bounceHeight_eq] at p
  have q := mul_nonneg (show 0 ≤ 1 + e ^ 2 by grind [sq_nonneg e]) p
  rw [le_div_iff (show 0 < 1 - e ^ 2 by grind)]
  grind

end PhysField.ClassicalMechanics
