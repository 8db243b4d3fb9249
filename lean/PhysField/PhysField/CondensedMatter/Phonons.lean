import PhysField.Mathematics.OrderedField

/-!
# Vibrations of chains and bands of electrons

A diatomic chain of masses `m` and `n` with springs `k`: `s` is the square of the sine of half the phase across a cell, `w` the square of a
frequency. A dimer chain of hopping amplitudes `u` and `v` (Su, Schrieffer, Heeger): `c` is the cosine of the phase, `e` the square
of an energy. Both have two bands and a gap, read off from sum and product of the roots.
Source: Ashcroft, Mermin, Solid State Physics, chapter 22; Kittel, Introduction to Solid State Physics, chapters 4 and 7.
-/
namespace PhysField.CondensedMatter
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- What vanishes where `w` is the squared frequency of a vibration of the diatomic chain. -/
def diatomicSecular (k m n s w : K) : K := (2 * k - m * w) * (2 * k - n * w) - 4 * k ^ 2 * (1 - s)

/-- Squared frequency of a chain of one kind of mass. -/
def monatomicFrequencySq (k m s : K) : K := 4 * k * s / m

/-- Square of the energy of a chain of dimers. -/
def dimerEnergySq (u v c : K) : K := u ^ 2 + v ^ 2 + 2 * u * v * c

/-- Energy of a ring with hopping amplitude `t` about the level `a`. -/
def bandEnergy (a t c : K) : K := a - 2 * t * c

/-- Two different squared frequencies of one wave sum to twice the spring constant over the reduced mass. -/
theorem diatomic_sum (k m n s w x : K) (hm : 0 < m) (hn : 0 < n) (hw : diatomicSecular k m n s w = 0)
    (hx : diatomicSecular k m n s x = 0) (h : w ≠ x) : w + x = 2 * k * (1 / m + 1 / n) := by
  have e : (w - x) * (m * n * (w + x) - 2 * k * (m + n)) = 0 := by grind [diatomicSecular]
  rcases mul_eq_zero.mp e with f | f <;> grind

/-- Two different squared frequencies of one wave have a product that vanishes for long waves. -/
theorem diatomic_product (k m n s w x : K) (hm : 0 < m) (hn : 0 < n) (hw : diatomicSecular k m n s w = 0)
    (hx : diatomicSecular k m n s x = 0) (h : w ≠ x) : w * x = 4 * k ^ 2 * s / (m * n) := by
  have e := diatomic_sum k m n s w x hm hn hw hx h
  have p := mul_pos hm hn
  have f : m * n * (w + x) = 2 * k * (m + n) := by grind
  have g : w * x * (m * n) = 4 * k ^ 2 * s := by grind [diatomicSecular]
  have l : ∀ x y z : K, z ≠ 0 → x * z = y → x = y / z := by grind
  exact l _ _ _ (by grind) g

/-- No vibration of the diatomic chain has a squared frequency below zero. -/
theorem diatomic_stable (k m n s w : K) (hk : 0 < k) (hm : 0 < m) (hn : 0 < n) (hs : 0 ≤ s)
    (h : diatomicSecular k m n s w = 0) : 0 ≤ w := by
  have a := mul_nonneg (sq_nonneg k) hs
  have b := fun z : w < 0 => mul_pos (mul_pos hm hn) (sq_pos (a := w) (by grind))
  have c := fun z : w < 0 => mul_pos (mul_pos hk (show 0 < m + n by grind)) (show 0 < -w by grind)
  grind [diatomicSecular]

/-- No vibration of the diatomic chain is faster than the optical one of infinite wavelength. -/
theorem diatomic_maximum (k m n s w : K) (hk : 0 < k) (hm : 0 < m) (hn : 0 < n) (hs : 0 ≤ s)
    (h : diatomicSecular k m n s w = 0) : w ≤ 2 * k * (1 / m + 1 / n) := by
  have a := mul_nonneg (sq_nonneg k) hs
  have b := diatomic_stable k m n s w hk hm hn hs h
  have e : w * (2 * k * (m + n) - m * n * w) = 4 * (k ^ 2 * s) := by grind [diatomicSecular]
  have p := mul_pos hm hn
  rw [show 2 * k * (1 / m + 1 / n) = 2 * k * (m + n) / (m * n) by grind, le_div_iff p]
  by_cases hw : w = 0
  · have c := mul_pos hk (show 0 < m + n by grind)
    rw [hw]
    grind
  · have q := fun z : 2 * k * (m + n) < w * (m * n) => mul_pos (show 0 < w by grind) (show 0 < w * (m * n) - 2 * k * (m + n) by grind)
    grind

/-- No vibration of the diatomic chain has a frequency between those of its two masses at rest in turn (band gap). -/
theorem diatomic_gap (k m n s w : K) (hm : 0 < m) (hmn : m < n) (hs : s ≤ 1) (h : 2 * k / n < w)
    (h' : w < 2 * k / m) : diatomicSecular k m n s w ≠ 0 := by
  rw [div_lt_iff (by grind)] at h
  rw [lt_div_iff hm] at h'
  have a := mul_pos (show 0 < 2 * k - m * w by grind) (show 0 < n * w - 2 * k by grind)
  have b := mul_nonneg (sq_nonneg k) (show 0 ≤ 1 - s by grind)
  grind [diatomicSecular]

/-- At the edge of the zone the two bands end at the frequencies of either mass between resting neighbours. -/
theorem diatomic_zone_edge (k m n w : K) (hm : 0 < m) (hn : 0 < n) :
    diatomicSecular k m n 1 w = 0 ↔ w = 2 * k / m ∨ w = 2 * k / n := by
  have e : diatomicSecular k m n 1 w = (2 * k - m * w) * (2 * k - n * w) := by grind [diatomicSecular]
  rw [e, mul_eq_zero]
  constructor <;> intro h <;> rcases h with h | h <;> grind

/-- A chain of equal masses, taken as diatomic, has the frequencies of the chain with half the cell. -/
theorem diatomic_equal_masses (k m c : K) (hm : 0 < m) :
    diatomicSecular k m m (1 - c ^ 2) (monatomicFrequencySq k m ((1 - c) / 2)) = 0 := by
  grind [diatomicSecular, monatomicFrequencySq]

/-- A chain of one kind of mass vibrates no faster than with neighbours in opposite phase. -/
theorem monatomic_maximum (k m s : K) (hk : 0 < k) (hm : 0 < m) (hs : s ≤ 1) : monatomicFrequencySq k m s ≤ 4 * k / m := by
  have a := mul_nonneg (show 0 ≤ k by grind) (show 0 ≤ 1 - s by grind)
  exact div_le_div_right (by grind) (by grind)

/-- A travelling wave of phase `c` between neighbours solves the chain's equation of motion at its frequency. -/
theorem monatomic_dispersion (k m c x y z : K) (hm : 0 < m) (h : x + z = 2 * c * y) :
    -m * monatomicFrequencySq k m ((1 - c) / 2) * y = k * (x - y) + k * (z - y) := by
  grind [monatomicFrequencySq]

/-- In motion of the acoustic kind the two masses of a cell move in phase, in that of the optical kind in opposite phase. -/
theorem diatomic_relative_phase (k m w a b c : K) (hm : 0 < m) (hk : 0 < k) (hc : 0 < c) (hb : 0 < b)
    (h : (2 * k - m * w) * a = 2 * k * c * b) : 0 < a ↔ w < 2 * k / m := by
  have p := mul_pos (mul_pos hk hc) hb
  rw [lt_div_iff hm]
  constructor
  · intro ha
    have q := (mul_pos_iff (b := 2 * k - m * w) ha).mp (by grind)
    grind
  · intro hw
    exact (mul_pos_iff (show 0 < 2 * k - m * w by grind)).mp (by grind)

/-- The squared energies of a chain of dimers lie between the squared difference and the squared sum of its hoppings. -/
theorem dimer_band (u v c : K) (hu : 0 ≤ u) (hv : 0 ≤ v) (hc : -1 ≤ c) (hc' : c ≤ 1) :
    (u - v) ^ 2 ≤ dimerEnergySq u v c ∧ dimerEnergySq u v c ≤ (u + v) ^ 2 := by
  have p := mul_nonneg hu hv
  have a := mul_nonneg p (show 0 ≤ 1 + c by grind)
  have b := mul_nonneg p (show 0 ≤ 1 - c by grind)
  grind [dimerEnergySq]

/-- The gap of a chain of dimers closes exactly where its hoppings are equal, at the edge of the zone. -/
theorem dimer_gap_closes (u v c : K) (hu : 0 < u) (hv : 0 < v) (hc : -1 ≤ c) :
    dimerEnergySq u v c = 0 ↔ u = v ∧ c = -1 := by
  have p := mul_pos hu hv
  have e : dimerEnergySq u v c = (u - v) ^ 2 + 2 * (u * v * (1 + c)) := by grind [dimerEnergySq]
  have a := mul_nonneg (show 0 ≤ u * v by grind) (show 0 ≤ 1 + c by grind)
  have b := sq_nonneg (u - v)
  constructor
  · intro h
    have f : (u - v) ^ 2 = 0 := by grind
    have g : u * v = 0 ∨ 1 + c = 0 := mul_eq_zero.mp (by grind)
    grind
  · intro ⟨h, i⟩
    grind

/-- The energy of a dimer's Hamiltonian squares to its dispersion: a state of components `a`, `b` with energy `e`. -/
theorem dimer_dispersion (u v c s e a b a' b' : K) (hn : a ^ 2 + a' ^ 2 ≠ 0) (hc : c ^ 2 + s ^ 2 = 1)
    (h1 : e * a = (u + v * c) * b + v * s * b') (h2 : e * a' = (u + v * c) * b' - v * s * b)
    (h3 : e * b = (u + v * c) * a - v * s * a') (h4 : e * b' = (u + v * c) * a' + v * s * a) :
    e ^ 2 = dimerEnergySq u v c := by
  have d : dimerEnergySq u v c = (u + v * c) ^ 2 + (v * s) ^ 2 := by grind [dimerEnergySq]
  have f : e ^ 2 * a = dimerEnergySq u v c * a := by
    rw [show e ^ 2 * a = e * (e * a) by grind, h1, d,
      show e * ((u + v * c) * b + v * s * b') = (u + v * c) * (e * b) + v * s * (e * b') by grind, h3, h4]
    grind
  have g : e ^ 2 * a' = dimerEnergySq u v c * a' := by
    rw [show e ^ 2 * a' = e * (e * a') by grind, h2, d,
      show e * ((u + v * c) * b' - v * s * b) = (u + v * c) * (e * b') - v * s * (e * b) by grind, h3, h4]
    grind
  have i : (e ^ 2 - dimerEnergySq u v c) * (a ^ 2 + a' ^ 2) = 0 := by grind
  rcases mul_eq_zero.mp i with j | j <;> grind

/-- An end state of a chain of dimers falls off by the ratio of the hoppings from cell to cell. -/
theorem dimer_end_state (u v : K) (hv : v ≠ 0) (a : Nat → K) (h : ∀ n, u * a n + v * a (n + 1) = 0) (n : Nat) :
    a n = a 0 * (-u / v) ^ n := by
  induction n with
  | zero => grind
  | succ n ih =>
    have k := h n
    rw [pow_succ]
    grind

/-- A band of a chain with nearest-neighbour hopping has a width of four times the hopping. -/
theorem band_bounds (a t c : K) (ht : 0 ≤ t) (hc : -1 ≤ c) (hc' : c ≤ 1) :
    a - 2 * t ≤ bandEnergy a t c ∧ bandEnergy a t c ≤ a + 2 * t := by
  have p := mul_nonneg ht (show 0 ≤ 1 + c by grind)
  have q := mul_nonneg ht (show 0 ≤ 1 - c by grind)
  grind [bandEnergy]

/-- Amplitudes of a chain state at one energy keep their Wronskian from site to site. -/
theorem band_wronskian (a t e : K) (ht : t ≠ 0) (f g : Nat → K) (hf : ∀ n, e * f (n + 1) = a * f (n + 1) - t * (f n + f (n + 2)))
    (hg : ∀ n, e * g (n + 1) = a * g (n + 1) - t * (g n + g (n + 2))) (n : Nat) :
    f n * g (n + 1) - f (n + 1) * g n = f 0 * g 1 - f 1 * g 0 := by
  induction n with
  | zero => grind
  | succ n ih =>
    have p := hf n
    have q := hg n
    have r : t * (f (n + 1) * g (n + 2) - f (n + 2) * g (n + 1)) = t * (f n * g (n + 1) - f (n + 1) * g n) := by grind
    grind

/-- A site of level `b` in a chain of levels `a` binds a state that falls off by `x` from site to site. -/
theorem band_impurity (a b t x e : K) (hx : x ≠ 0) (h0 : e = b - 2 * t * x) (h1 : e = a - t * (x + 1 / x)) :
    (e - a) ^ 2 = (b - a) ^ 2 + 4 * t ^ 2 := by
  have f : b - a = t * (x - 1 / x) := by grind
  grind

/-- Two coupled levels repel each other: a split of `d` becomes one of at least `d`. -/
theorem level_repulsion (a b t e f : K) (he : (e - a) * (e - b) = t ^ 2) (hf : (f - a) * (f - b) = t ^ 2) (h : e ≠ f) :
    (a - b) ^ 2 ≤ (e - f) ^ 2 := by
  have s : (e - f) * (e + f - a - b) = 0 := by grind
  have k := sq_nonneg t
  rcases mul_eq_zero.mp s with g | g
  · grind
  · have i : (e - f) ^ 2 = (a - b) ^ 2 + 4 * t ^ 2 := by grind
    rw [i]
    grind

end PhysField.CondensedMatter
