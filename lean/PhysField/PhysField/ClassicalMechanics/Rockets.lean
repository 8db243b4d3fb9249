import PhysField.ClassicalMechanics.Energy

/-!
# Rockets in finite stages

A rocket throws away mass with a velocity relative to itself, all at once or in parts. Momentum is conserved in every throw. Many small
throws beat one large one, and no number of stages reaches what the logarithm would promise beyond any bound.
Source: Kleppner, Kolenkow, An Introduction to Mechanics, chapter on momentum; Feynman, Leighton, Sands, Lectures on Physics, volume 1, chapter 10.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Gain of velocity of a mass `m` that throws away the part `d` with the velocity `u` relative to the mass before. -/
def throwGain (u m d : K) : K := u * d / (m - d)

/-- Gain of velocity in `n` throws of the part `d` each. -/
def throwsGain (u m d : K) : Nat → K
  | 0 => 0
  | n + 1 => throwsGain u m d n + throwGain u (m - (n : K) * d) d

/-- Gain of velocity in the same throws when `u` is measured from what remains: `u d / m` each. -/
def exhaustGain (u m d : K) : Nat → K
  | 0 => 0
  | n + 1 => exhaustGain u m d n + u * d / (m - (n : K) * d)

/-- Mass left after `n` burns, each of the share `x` of what there is. -/
def burnMass (m x : K) : Nat → K
  | 0 => m
  | n + 1 => (1 - x) * burnMass m x n

/-- Velocity after `n` burns, each of the share `x` of what there is, thrown with `u` relative to the rocket before the burn. -/
def burnVelocity (u x v : K) : Nat → K
  | 0 => v
  | n + 1 => burnVelocity u x v n + u * x / (1 - x)

/-- A throw conserves momentum. -/
theorem throw_momentum (u v m d : K) (hd : d < m) :
    (m - d) * (v + throwGain u m d) + d * (v - u) = m * v := by
  have h : m - d ≠ 0 := by grind
  grind [throwGain]

/-- The velocity gained in a throw is the only one with which momentum is conserved. -/
theorem throw_unique (u v w m d : K) (hd : d < m) (h : (m - d) * w + d * (v - u) = m * v) : w = v + throwGain u m d := by
  have k : m - d ≠ 0 := by grind
  grind [throwGain]

/-- A throw adds the kinetic energy of the relative motion of the reduced mass. -/
theorem throw_energy (u v m d : K) (hd : d < m) :
    kineticEnergy (m - d) (v + throwGain u m d) + kineticEnergy d (v - u) - kineticEnergy m v =
      kineticEnergy d u * (m / (m - d)) := by
  have k : m - d ≠ 0 := by grind
  grind [throwGain, kineticEnergy]

/-- A heavier load gains less in the same throw. -/
theorem throwGain_lt (u m n d : K) (hu : 0 < u) (hd : 0 < d) (hm : d < m) (h : m < n) : throwGain u n d < throwGain u m d := by
  exact div_lt_div_left (mul_pos hu hd) (by grind) (by grind)

/-- A larger part thrown with the same velocity gains more. -/
theorem throwGain_mono (u m c d : K) (hu : 0 < u) (hc : 0 < c) (h : c < d) (hm : d < m) :
    throwGain u m c < throwGain u m d := by
  have p := mul_pos (mul_pos hu (show 0 < d - c by grind)) (show 0 < m by grind)
  rw [throwGain, throwGain, div_lt_div_iff (show 0 < m - c by grind) (show 0 < m - d by grind)]
  grind

/-- Two throws at the same velocity relative to the mass before gain less than both parts in one throw. -/
theorem two_throws_lt (u m c d : K) (hu : 0 < u) (hc : 0 < c) (hd : 0 < d) (hm : c + d < m) :
    throwGain u m c + throwGain u (m - c) d < throwGain u m (c + d) := by
  have p := mul_pos (mul_pos hu hc) hd
  have a : 0 < m - c := by grind
  have b : 0 < m - c - d := by grind
  have e : throwGain u m (c + d) - (throwGain u m c + throwGain u (m - c) d) = u * c * d / ((m - c) * (m - c - d)) := by
    have z : (m - c) * (m - c - d) ≠ 0 := by grind [mul_pos a b]
    have y : m - (c + d) ≠ 0 := by grind
    grind [throwGain]
  have q := div_pos p (mul_pos a b)
  grind

/-- Two throws with the same velocity relative to what then remains gain more than both parts in one throw: stages pay. -/
theorem two_stages_gt (u m c d : K) (hu : 0 < u) (hc : 0 < c) (hd : 0 < d) (hm : c < m) :
    u * (c + d) / m < u * c / m + u * d / (m - c) := by
  have p := div_lt_div_left (mul_pos hu hd) (show 0 < m - c by grind) (show m - c < m by grind)
  have e : u * (c + d) / m = u * c / m + u * d / m := by grind
  grind

/-- Stages that each throw the part `d` gain at least as much as all parts in one throw. -/
theorem exhaustGain_ge (u m d : K) (n : Nat) (hu : 0 < u) (hd : 0 < d) (h : (n : K) * d < m) :
    (n : K) * (u * d / m) ≤ exhaustGain u m d n := by
  induction n with
  | zero => grind [exhaustGain]
  | succ n ih =>
    have k := mul_nonneg (natCast_nonneg (K := K) n) (show 0 ≤ d by grind)
    have i := ih (by grind)
    have l := div_le_div_left (c := u * d) (by grind [mul_pos hu hd]) (show 0 < m - (n : K) * d by grind)
      (show m - (n : K) * d ≤ m by grind)
    grind [exhaustGain]

/-- Stages that each throw the part `d` gain at most what all would gain with the last remaining mass. -/
theorem exhaustGain_le (u m d : K) (n : Nat) (hu : 0 < u) (hd : 0 < d) (h : (n : K) * d < m) :
    exhaustGain u m d n ≤ u * ((n : K) * d) / (m - (n : K) * d) := by
  have p := mul_pos hu hd
  induction n with
  | zero => grind [exhaustGain]
  | succ n ih =>
    have k := mul_nonneg (natCast_nonneg (K := K) n) (show 0 ≤ d by grind)
    have i := ih (by grind)
    have a : 0 < m - ((n : K) + 1) * d := by grind
    have l := div_le_div_left (c := u * d) (by grind) a (show m - ((n : K) + 1) * d ≤ m - (n : K) * d by grind)
    have q := div_le_div_left (c := u * ((n : K) * d)) (mul_nonneg (by grind) k) a
      (show m - ((n : K) + 1) * d ≤ m - (n : K) * d by grind)
    have e : ((n + 1 : Nat) : K) = (n : K) + 1 := by grind
    rw [exhaustGain, e]
    have f : u * (((n : K) + 1) * d) / (m - ((n : K) + 1) * d) =
      u * ((n : K) * d) / (m - ((n : K) + 1) * d) + u * d / (m - ((n : K) + 1) * d) := by grind
    grind

/-- In many throws with the velocity relative to the mass before, the gain is that of stages one throw later. -/
theorem throwsGain_stages (u m d : K) (n : Nat) :
    throwsGain u m d n + u * d / m = exhaustGain u m d (n + 1) := by
  induction n with
  | zero => grind [throwsGain, exhaustGain]
  | succ n ih =>
    have e : ((n + 1 : Nat) : K) = (n : K) + 1 := by grind
    have f : m - (n : K) * d - d = m - ((n : K) + 1) * d := by grind
    rw [exhaustGain, ← ih, throwsGain, throwGain, e, f]
    grind

/-- What is left of the mass after equal burns is a power. -/
theorem burnMass_eq (m x : K) (n : Nat) : burnMass m x n = m * (1 - x) ^ n := by
  induction n with
  | zero => grind [burnMass]
  | succ n ih =>
    rw [burnMass, ih, pow_succ]
    grind

/-- Equal burns add equal velocities: the mass falls as a power while the velocity grows in proportion. -/
theorem burnVelocity_eq (u x v : K) (n : Nat) : burnVelocity u x v n = v + (n : K) * (u * x / (1 - x)) := by
  induction n with
  | zero => grind [burnVelocity]
  | succ n ih =>
    rw [burnVelocity, ih]
    grind

/-- Momentum of the rocket and of all it has thrown away is conserved in every burn. -/
theorem burn_momentum (u x v m : K) (n : Nat) (hx : x < 1) :
    burnMass m x (n + 1) * burnVelocity u x v (n + 1) + x * burnMass m x n * (burnVelocity u x v n - u) =
      burnMass m x n * burnVelocity u x v n := by
  have h : 1 - x ≠ 0 := by grind
  rw [burnMass, burnVelocity]
  grind

/-- A rocket loses at most `n x` of its mass in `n` burns of the share `x` (Bernoulli). -/
theorem burnMass_ge (m x : K) (n : Nat) (hm : 0 < m) (hx : x ≤ 1) : m * (1 - (n : K) * x) ≤ burnMass m x n := by
  have h := bernoulli (a := -x) (by grind) n
  have k := mul_le_mul_left (show 0 ≤ m by grind) h
  rw [burnMass_eq, show 1 - x = 1 + -x by grind]
  grind

/-- The ratio of masses is at least the exponential of the gain in its first order: fuel grows faster than the velocity gained (Tsiolkovsky). -/
theorem rocket_mass_ratio (u x v m : K) (n : Nat) (hu : 0 < u) (hm : 0 < m) (hx : 0 ≤ x) (h1 : x < 1) :
    1 + (burnVelocity u x v n - v) / u ≤ m / burnMass m x n := by
  have p := pow_pos (show 0 < 1 - x by grind) n
  have b := bernoulli (a := x / (1 - x)) (by grind [div_nonneg hx (show 0 ≤ 1 - x by grind)]) n
  have q : (1 + x / (1 - x)) ^ n * (1 - x) ^ n = 1 := by
    have z : (1 + x / (1 - x)) * (1 - x) = 1 := by grind
    rw [← Lean.Grind.CommSemiring.mul_pow, z, Lean.Grind.Semiring.one_pow]
  have e : m / burnMass m x n = (1 + x / (1 - x)) ^ n := by
    rw [burnMass_eq]
    grind
  have f : (burnVelocity u x v n - v) / u = (n : K) * (x / (1 - x)) := by
    rw [burnVelocity_eq]
    grind
  rw [e, f]
  exact b

/-- Two stages with dry shares `s`, each dropped when empty, end faster than one stage of the same fuel and dry mass. -/
theorem dropping_stage_pays (u p s f : K) (hu : 0 < u) (hp : 0 < p) (hs : 0 < s) (hf : 0 < f) :
    u * f / (p + 2 * s + 2 * f) + u * f / (p + 2 * s + f) < u * f / (p + 2 * s + 2 * f) + u * f / (p + s + f) := by
  have k := div_lt_div_left (mul_pos hu hf) (show 0 < p + s + f by grind) (show p + s + f < p + 2 * s + f by grind)
  grind

end PhysField.ClassicalMechanics
