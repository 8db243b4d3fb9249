import PhysField.Mathematics.OrderedField

/-!
# Levers, pulleys, planes and ropes

Statics and slow motion of the simple machines: levers and beams, the machine of Atwood and its double form, blocks of pulleys, the inclined
plane with friction, a ladder at a wall, and a rope wound about a post in finite pieces.
Source: Kleppner, Kolenkow, An Introduction to Mechanics, chapter 2; Feynman, Leighton, Sands, Lectures on Physics, volume 1, chapter 4.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Acceleration of the heavier mass `m` of an Atwood machine with the masses `m` and `n` under gravity `g`. -/
def atwoodAcceleration (m n g : K) : K := (m - n) * g / (m + n)

/-- Tension of the rope of an Atwood machine. -/
def atwoodTension (m n g : K) : K := 2 * m * n * g / (m + n)

/-- Load on the left one of two supports `l` apart of a beam with a weight `w` at the distance `x` from it. -/
def beamSupport (w l x : K) : K := w * (l - x) / l

/-- Net force down a plane with incline of sine `s` and cosine `c` on a weight `w` under friction `mu` while it slides down. -/
def slideForce (w s c mu : K) : K := w * s - mu * w * c

/-- Pull at the end of a rope after `n` contacts with a post, in each of which it grows by the share `x`. -/
def capstanPull (t x : K) : Nat → K
  | 0 => t
  | n + 1 => (1 + x) * capstanPull t x n

/-- Height up to which a block of `n` movable pulleys lifts a load for each length of rope `y` drawn in, each pulley halving it. -/
def pulleyLift (y : K) : Nat → K
  | 0 => y
  | n + 1 => pulleyLift y n / 2

/-- Both masses of an Atwood machine obey Newton's law with the same tension and opposite accelerations, and no other values do. -/
theorem atwood_unique (m n g a t : K) (hm : 0 < m) (hn : 0 < n) :
    m * a = m * g - t ∧ n * a = t - n * g ↔ a = atwoodAcceleration m n g ∧ t = atwoodTension m n g := by
  have h : m + n ≠ 0 := by grind
  constructor
  · intro ⟨p, q⟩
    grind [atwoodAcceleration, atwoodTension]
  · grind [atwoodAcceleration, atwoodTension]

/-- An Atwood machine is in balance exactly with equal masses. -/
theorem atwood_balance (m n g : K) (hm : 0 < m) (hn : 0 < n) (hg : 0 < g) : atwoodAcceleration m n g = 0 ↔ m = n := by
  have h : m + n ≠ 0 := by grind
  have e : atwoodAcceleration m n g * (m + n) = (m - n) * g := by grind [atwoodAcceleration]
  constructor
  · intro z
    have k : (m - n) * g = 0 := by grind
    rcases mul_eq_zero.mp k with f | f <;> grind
  · intro z
    grind [atwoodAcceleration]

/-- The masses of an Atwood machine fall more slowly than freely. -/
theorem atwood_slower (m n g : K) (hm : 0 < m) (hn : 0 < n) (hg : 0 < g) : atwoodAcceleration m n g < g := by
  have k := mul_pos hn hg
  rw [atwoodAcceleration, div_lt_iff (show 0 < m + n by grind)]
  grind

/-- The tension of an Atwood machine lies above the lighter weight. -/
theorem atwood_tension_gt (m n g : K) (hn : 0 < n) (hg : 0 < g) (h : n < m) : n * g < atwoodTension m n g := by
  have k := mul_pos (mul_pos hn hg) (show 0 < m - n by grind)
  rw [atwoodTension, lt_div_iff (show 0 < m + n by grind)]
  grind

/-- The tension of an Atwood machine lies below the heavier weight. -/
theorem atwood_tension_lt (m n g : K) (hn : 0 < n) (hg : 0 < g) (h : n < m) : atwoodTension m n g < m * g := by
  have k := mul_pos (mul_pos (show 0 < m by grind) hg) (show 0 < m - n by grind)
  rw [atwoodTension, div_lt_iff (show 0 < m + n by grind)]
  grind

/-- A running Atwood machine hangs lighter on its beam than its weight at rest (balance of Poggendorff). -/
theorem atwood_lighter (m n g : K) (hm : 0 < m) (hn : 0 < n) (hg : 0 < g) (h : m ≠ n) :
    2 * atwoodTension m n g < (m + n) * g := by
  have k := mul_pos (sq_pos (show m - n ≠ 0 by grind)) hg
  rw [atwoodTension, show 2 * (2 * m * n * g / (m + n)) = 4 * m * n * g / (m + n) by grind, div_lt_iff (show 0 < m + n by grind)]
  grind

/-- The balance of Poggendorff lacks the weight of the accelerated centre of mass. -/
theorem atwood_deficit (m n g : K) :
    (m + n) * g - 2 * atwoodTension m n g = (m - n) * atwoodAcceleration m n g := by
  grind [atwoodTension, atwoodAcceleration]

/-- A load over a movable pulley is at rest beside an Atwood machine exactly if it weighs four times the reduced mass of that. -/
theorem double_atwood_rest (l m n g : K) (hg : 0 < g) :
    l * g = 2 * atwoodTension m n g ↔ l = 4 * (m * n / (m + n)) := by
  have e : 2 * atwoodTension m n g = 4 * (m * n / (m + n)) * g := by grind [atwoodTension]
  rw [e]
  constructor
  · intro k
    have f : (l - 4 * (m * n / (m + n))) * g = 0 := by grind
    rcases mul_eq_zero.mp f with z | z <;> grind
  · intro k
    rw [k]

/-- The supports of a beam carry its load and no torque about either end (Archimedes). -/
theorem beam_unique (w l x p q : K) (hl : 0 < l) :
    p + q = w ∧ q * l = w * x ↔ p = beamSupport w l x ∧ q = beamSupport w l (l - x) := by
  constructor
  · intro ⟨a, b⟩
    grind [beamSupport]
  · grind [beamSupport]

/-- A support of a beam pushes exactly if the load hangs on the side of it. -/
theorem beam_support_pos (w l x : K) (hw : 0 < w) (hl : 0 < l) : 0 < beamSupport w l x ↔ x < l := by
  rw [beamSupport, show w * (l - x) / l = w / l * (l - x) by grind, mul_pos_iff (div_pos hw hl)]
  grind

/-- Two weights balance on a lever exactly at distances inverse to them (law of the lever, Archimedes). -/
theorem lever_balance (v w l x : K) (hs : 0 < v + w) : v * x = w * (l - x) ↔ x = w * l / (v + w) := by
  constructor <;> intro h <;> grind

/-- An unequal balance weighs true in the geometric mean of both pans (double weighing of Gauss). -/
theorem gauss_double_weighing (a b w p q : K) (ha : 0 < a) (hb : 0 < b) (hp : w * a = p * b) (hq : q * a = w * b) :
    w ^ 2 = p * q := by
  have e : a * b * (w ^ 2 - p * q) = 0 := by grind
  have k := mul_pos ha hb
  rcases mul_eq_zero.mp e with z | z <;> grind

/-- Weighing once in each pan of an unequal balance and taking the mean cheats the merchant. -/
theorem unequal_balance_mean (a b w p q : K) (ha : 0 < a) (hb : 0 < b) (hne : a ≠ b) (hw : 0 < w) (hp : w * a = p * b)
    (hq : w * b = q * a) : 2 * w < p + q := by
  have k := mul_pos hw (sq_pos (show a - b ≠ 0 by grind))
  have m := mul_pos ha hb
  have e : a * b * (p + q) = a * b * (2 * w) + w * (a - b) ^ 2 := by grind
  exact lt_of_mul_lt_mul_left m (by grind)

/-- A body starts to slide on a plane exactly when the incline exceeds the friction. -/
theorem slide_iff (w s c mu : K) (hw : 0 < w) (hc : 0 < c) : 0 < slideForce w s c mu ↔ mu < s / c := by
  rw [slideForce, show w * s - mu * w * c = w * (s - mu * c) by grind, mul_pos_iff hw, lt_div_iff hc]
  grind

/-- Pulled at any angle with cosine `c` and sine `s`, a body on the ground moves only above the share `mu² / (1 + mu²)` of its squared weight. -/
theorem drag_least_pull (w p c s mu : K) (hw : 0 ≤ w) (hm : 0 ≤ mu) (h : c ^ 2 + s ^ 2 = 1) (hp : mu * (w - p * s) ≤ p * c) :
    mu ^ 2 * w ^ 2 ≤ (1 + mu ^ 2) * p ^ 2 := by
  have k := sq_le_sq (mul_nonneg hm hw) (show mu * w ≤ p * (c + mu * s) by grind)
  have n := mul_nonneg (sq_nonneg p) (sq_nonneg (s - mu * c))
  have e : (1 + mu ^ 2) * p ^ 2 - (p * (c + mu * s)) ^ 2 = p ^ 2 * (s - mu * c) ^ 2 := by
    have t : (1 + mu ^ 2) * p ^ 2 = (c ^ 2 + s ^ 2) * (1 + mu ^ 2) * p ^ 2 := by grind
    rw [t]
    grind
  grind

/-- A uniform ladder that leans at a smooth wall stands exactly as far as twice the friction times its height is at least its base. -/
theorem ladder_stands (w x y n mu : K) (hw : 0 < w) (hy : 0 < y) (hn : n * y = w * (x / 2)) : n ≤ mu * w ↔ x ≤ 2 * mu * y := by
  have e : n = w * x / (2 * y) := by grind
  rw [e, div_le_iff (show 0 < 2 * y by grind)]
  constructor
  · intro h
    exact le_of_mul_le_mul_left hw (by grind)
  · intro h
    have k := mul_le_mul_left (show 0 ≤ w by grind) h
    grind

/-- The pull of a rope grows as a power of its contacts with a post. -/
theorem capstanPull_eq (t x : K) (n : Nat) : capstanPull t x n = t * (1 + x) ^ n := by
  induction n with
  | zero => grind [capstanPull]
  | succ n ih =>
    rw [capstanPull, ih, pow_succ]
    grind

/-- A rope about a post holds at least in proportion to its contacts (Euler and Eytelwein, by Bernoulli). -/
theorem capstanPull_ge (t x : K) (n : Nat) (ht : 0 ≤ t) (hx : 0 ≤ x) : t * (1 + (n : K) * x) ≤ capstanPull t x n := by
  have b := bernoulli (show -1 ≤ x by grind) n
  rw [capstanPull_eq]
  exact mul_le_mul_left ht b

/-- Finer contacts hold more: two of half the friction beat one. -/
theorem capstan_finer (t x : K) (n : Nat) (ht : 0 ≤ t) (hx : 0 ≤ x) : capstanPull t x n ≤ capstanPull t (x / 2) (2 * n) := by
  have k := pow_le_pow (show 0 ≤ 1 + x by grind) (show 1 + x ≤ (1 + x / 2) ^ 2 by grind [sq_nonneg x]) n
  have e : ∀ (y : K) (i : Nat), (y ^ 2) ^ i = y ^ (2 * i) := fun y i => by
    induction i with
    | zero => grind
    | succ i ih =>
      rw [pow_succ, ih, show 2 * (i + 1) = 2 * i + 1 + 1 by omega, pow_succ, pow_succ]
      grind
  rw [capstanPull_eq, capstanPull_eq, ← e]
  exact mul_le_mul_left ht k

/-- A block of `n` movable pulleys trades way for force: `2ⁿ` lengths of rope for one of the load (golden rule). -/
theorem pulley_golden_rule (y : K) (n : Nat) : 2 ^ n * pulleyLift y n = y := by
  induction n with
  | zero => grind [pulleyLift]
  | succ n ih =>
    rw [pulleyLift, pow_succ]
    grind

end PhysField.ClassicalMechanics
