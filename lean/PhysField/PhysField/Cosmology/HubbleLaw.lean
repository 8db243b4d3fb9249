import PhysField.Mathematics.OrderedField
import PhysField.Mathematics.Vector
import PhysField.Mathematics.Vec3

/-!
# Hubble's law and the redshift

Galaxies recede with velocities in proportion to their distances. The law looks the same from each galaxy, and no other linear law
with that property goes without a preferred direction. Light is stretched with the scale factor, so redshifts of legs compose; the
duality of distances (Etherington) follows.
Source: Ryden, Introduction to Cosmology, chapters 2, 5 and 6; Weinberg, Cosmology, chapter 1.
-/
namespace PhysField.Cosmology
open PhysField.Mathematics

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Velocity of a galaxy at the place `r` in a universe of expansion rate `H`. -/
def hubbleVelocity (H : K) (r : Vec3 K) : Vec3 K := H • r

/-- Place of a galaxy after the time `t` if it keeps its velocity. -/
def coasting (H t : K) (r : Vec3 K) : Vec3 K := r + t • hubbleVelocity H r

/-- Redshift of light sent out at the scale factor `a` and received at `b`. -/
def redshift (a b : K) : K := b / a - 1

/-- Redshift of light that suffers two redshifts after each other. -/
def redshiftComp (z w : K) : K := z + w + z * w

/-- Redshift of light over `n` legs. -/
def redshiftLegs (z : Nat → K) : Nat → K
  | 0 => 0
  | n + 1 => redshiftComp (redshiftLegs z n) (z n)

/-- Distance by apparent size, of a source at comoving distance `r` and redshift `z` in a flat universe. -/
def angularDistance (r z : K) : K := r / (1 + z)

/-- Distance by apparent brightness, of a source at comoving distance `r` and redshift `z` in a flat universe. -/
def luminosityDistance (r z : K) : K := r * (1 + z)

/-- An observer on another galaxy sees the same law of Hubble. -/
theorem hubble_observer (H : K) (r s : Vec3 K) :
    hubbleVelocity H r - hubbleVelocity H s = hubbleVelocity H (r - s) := by
  ext <;> grind [hubbleVelocity]

/-- The centre of mass of two galaxies obeys the law of Hubble too. -/
theorem hubble_centre (H m l : K) (r s : Vec3 K) :
    m • hubbleVelocity H r + l • hubbleVelocity H s = hubbleVelocity H (m • r + l • s) := by
  ext <;> grind [hubbleVelocity]

/-- A law of velocities that looks the same to all observers sends sums to sums: it can have no constant part. -/
theorem cosmologicalPrinciple_additive (f : Vec3 K → Vec3 K) (h : ∀ r s : Vec3 K, f r - f s = f (r - s)) (r s : Vec3 K) :
    f (r + s) = f r + f s := by
  have a := h (r + s) s
  rw [show r + s - s = r by ext <;> grind] at a
  rw [← a]
  ext <;> grind

/-- Under a law of velocities that looks the same to all observers, `n` equal steps multiply the velocity by `n`. -/
theorem cosmologicalPrinciple_nsmul (f : Vec3 K → Vec3 K) (h : ∀ r s : Vec3 K, f r - f s = f (r - s)) (r : Vec3 K)
    (n : Nat) : f ((n : K) • r) = (n : K) • f r := by
  induction n with
  | zero =>
    have a := h r r
    rw [show r - r = ((0 : Nat) : K) • r by ext <;> grind] at a
    rw [← a]
    ext <;> grind
  | succ n ih =>
    have a := cosmologicalPrinciple_additive f h ((n : K) • r) r
    rw [ih, show (n : K) • r + r = ((n + 1 : Nat) : K) • r by ext <;> grind] at a
    rw [a]
    ext <;> grind

/-- Coasting galaxies keep the shape of their pattern: all distances grow by one factor. -/
theorem coasting_distance (H t : K) (r s : Vec3 K) :
    normSq (coasting H t r - coasting H t s) = (1 + H * t) ^ 2 * normSq (r - s) := by
  have e : coasting H t r - coasting H t s = (1 + H * t) • (r - s) := by ext <;> grind [coasting, hubbleVelocity]
  rw [e, normSq, normSq, dot_smul_left, dot_comm, dot_smul_left]
  grind

/-- Coasting galaxies were all in one place the Hubble time ago. -/
theorem coasting_origin (H : K) (hH : H ≠ 0) (r : Vec3 K) : coasting H (-1 / H) r = 0 := by
  ext <;> grind [coasting, hubbleVelocity]

/-- The law of Hubble persists while galaxies coast, with a rate that falls. -/
theorem coasting_rate (H t : K) (h : 1 + H * t ≠ 0) (r : Vec3 K) :
    hubbleVelocity H r = hubbleVelocity (H / (1 + H * t)) (coasting H t r) := by
  ext <;> grind [coasting, hubbleVelocity]

/-- Expansion dilutes a gas of which no particle is lost by the third power of its scale factor. -/
theorem comoving_dilution (N a b V : K) (ha : 0 < a) (hb : 0 < b) (hV : 0 < V) :
    N / (b ^ 3 * V) = N / (a ^ 3 * V) * (a / b) ^ 3 := by
  have p := pow_pos ha 3
  have q := pow_pos hb 3
  have n : a ≠ 0 := by grind
  have m : b ≠ 0 := by grind
  have i : a ^ 3 * V ≠ 0 := by grind
  have j : b ^ 3 * V ≠ 0 := by grind
  grind

/-- Light is shifted to the red exactly if the universe has grown on its way. -/
theorem redshift_pos_iff (a b : K) (ha : 0 < a) : 0 < redshift a b ↔ a < b := by
  have e : 0 < redshift a b ↔ 1 < b / a := by grind [redshift]
  rw [e, lt_div_iff ha]
  grind

/-- Redshifts of two legs of one way compose. -/
theorem redshift_comp (a b c : K) (hb : 0 < b) :
    redshift a c = redshiftComp (redshift a b) (redshift b c) := by
  grind [redshift, redshiftComp]

/-- Two redshifts after each other shift by more than their sum. -/
theorem redshiftComp_ge (z w : K) (hz : 0 ≤ z) (hw : 0 ≤ w) : z + w ≤ redshiftComp z w := by
  have p := mul_nonneg hz hw
  grind [redshiftComp]

/-- Stretching factors of `n` legs multiply: equal redshifts give a power. -/
theorem redshiftLegs_const (z : K) (n : Nat) : 1 + redshiftLegs (fun _ => z) n = (1 + z) ^ n := by
  induction n with
  | zero => grind [redshiftLegs]
  | succ n ih =>
    rw [pow_succ, ← ih]
    grind [redshiftLegs, redshiftComp]

/-- Legs of small redshift in a row shift by at least as much as their number times the redshift of one. -/
theorem redshiftLegs_ge (z : K) (hz : -1 ≤ z) (n : Nat) : n * z ≤ redshiftLegs (fun _ => z) n := by
  have b := bernoulli hz n
  have e := redshiftLegs_const z n
  grind

/-- Redshifts over the legs of a history of scale factors give the redshift from its first to its last one. -/
theorem redshiftLegs_history (a : Nat → K) (ha : ∀ i, 0 < a i) (n : Nat) :
    redshiftLegs (fun i => redshift (a i) (a (i + 1))) n = redshift (a 0) (a n) := by
  induction n with
  | zero =>
    have p := ha 0
    grind [redshiftLegs, redshift]
  | succ n ih => rw [redshiftLegs, ih, ← redshift_comp _ _ _ (ha n)]

/-- Distances by brightness and by size differ by the square of the stretching of light (reciprocity of Etherington). -/
theorem etherington (r z : K) : luminosityDistance r z = (1 + z) ^ 2 * angularDistance r z := by
  grind [luminosityDistance, angularDistance]

/-- A source at a redshift looks farther by its brightness than it looks by its size. -/
theorem angularDistance_lt (r z : K) (hr : 0 < r) (hz : 0 < z) : angularDistance r z < luminosityDistance r z := by
  have p := mul_pos hr (show 0 < (1 + z) * (1 + z) - 1 by grind [mul_pos hz hz])
  rw [angularDistance, luminosityDistance, div_lt_iff (show 0 < 1 + z by grind)]
  grind

/-- Surface brightness falls with the fourth power of the stretching of light, whatever the geometry (test of Tolman). -/
theorem tolman_dimming (l r z : K) (hr : 0 < r) (hz : -1 < z) :
    l / luminosityDistance r z ^ 2 / (1 / angularDistance r z ^ 2) = l / (1 + z) ^ 4 := by
  have h : 1 + z ≠ 0 := by grind
  have k : r ≠ 0 := by grind
  have a : angularDistance r z ≠ 0 := by grind [angularDistance]
  rw [etherington r z]
  grind

/-- Of two sources alike the one at the larger redshift need not look smaller: size by distance compares comoving distances
with stretched light. -/
theorem angularDistance_lt_iff (r s z w : K) (hz : -1 < z) (hw : -1 < w) :
    angularDistance r z < angularDistance s w ↔ r * (1 + w) < s * (1 + z) := by
  rw [angularDistance, angularDistance, div_lt_div_iff (show 0 < 1 + z by grind) (show 0 < 1 + w by grind)]

/-- The mean velocity of `n` galaxies of equal mass belongs to their mean distance: the law of Hubble averages. -/
theorem hubble_mean (H : K) (x : Vec n K) : (sum fun i => H * x i) / n = H * (sum x / n) := by
  rw [mul_sum]
  grind

/-- The best slope through `n` distances and velocities (least squares) returns the expansion rate. -/
theorem hubble_leastSquares (H : K) (x : Vec n K) (h : inner x x ≠ 0) : inner x (fun i => H * x i) / inner x x = H := by
  rw [inner_smul_right]
  grind

/-- No slope fits distances and velocities better than that of least squares. -/
theorem hubble_leastSquares_le (x v : Vec n K) (H J : K) (h : inner x v = H * inner x x) :
    inner v v - 2 * H * inner x v + H ^ 2 * inner x x ≤ inner v v - 2 * J * inner x v + J ^ 2 * inner x x := by
  have p := mul_nonneg (sq_nonneg (J - H)) (inner_self_nonneg x)
  rw [h]
  grind

end PhysField.Cosmology
