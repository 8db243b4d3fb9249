import PhysField.Mathematics.OrderedField

/-!
# Field theory in zero dimensions

One variable instead of a field. Its Gaussian moments obey Wick's theorem: each is the number of pairings times a power of the propagator.
Wick powers are Hermite polynomials. With the quartic coupling `g` beside the mass term `a` the moments obey Schwinger–Dyson equations, which fix
them up to the first few.
Source: Zinn-Justin, Quantum Field Theory and Critical Phenomena, chapter 1; Peskin, Schroeder, An Introduction to Quantum Field Theory, chapters 4 and 9.
-/
namespace PhysField.QFT
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- The mean of the power `n` of a Gaussian variable of propagator `s`, by contraction of one factor with each other. -/
def gaussMoment (s : K) : Nat → K
  | 0 => 1
  | 1 => 0
  | n + 2 => ((n : K) + 1) * s * gaussMoment s n

/-- The number of ways to pair `2 n` factors. -/
def pairings : Nat → Nat
  | 0 => 1
  | n + 1 => (2 * n + 1) * pairings n

/-- The number of orders of `n` things. -/
def orderings : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * orderings n

/-- The Wick power `n` of the value `x` at propagator `s`. -/
def wickPower (s x : K) : Nat → K
  | 0 => 1
  | 1 => x
  | n + 2 => x * wickPower s x (n + 1) - ((n : K) + 1) * s * wickPower s x n

/-- The moments `m` obey the Schwinger–Dyson equations of the action `a x² / 2 + g x⁴ / 4`. -/
def SchwingerDyson (a g : K) (m : Nat → K) : Prop :=
  a * m 1 + g * m 3 = 0 ∧ ∀ n : Nat, ((n : K) + 1) * m n = a * m (n + 2) + g * m (n + 4)

/-- Odd Gaussian moments vanish. -/
theorem gaussMoment_odd (s : K) (n : Nat) : gaussMoment s (2 * n + 1) = 0 := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [show 2 * (n + 1) + 1 = 2 * n + 1 + 2 by omega, gaussMoment, ih]
    grind

/-- An even Gaussian moment is the number of pairings times a power of the propagator (Wick's theorem). -/
theorem gaussMoment_even (s : K) (n : Nat) : gaussMoment s (2 * n) = (pairings n : K) * s ^ n := by
  induction n with
  | zero =>
    rw [show pairings 0 = 1 from rfl]
    grind [gaussMoment]
  | succ n ih =>
    have k : ((pairings (n + 1) : Nat) : K) = ((2 * n + 1 : Nat) : K) * (pairings n : K) := Lean.Grind.Semiring.natCast_mul _ _
    rw [show 2 * (n + 1) = 2 * n + 2 by omega, gaussMoment, ih, k, pow_succ]
    grind

/-- Even Gaussian moments are positive. -/
theorem gaussMoment_pos (s : K) (hs : 0 < s) (n : Nat) : 0 < gaussMoment s (2 * n) := by
  induction n with
  | zero => grind [gaussMoment]
  | succ n ih =>
    rw [show 2 * (n + 1) = 2 * n + 2 by omega, gaussMoment]
    exact mul_pos (mul_pos (by grind [natCast_nonneg (K := K) (2 * n)]) hs) ih

/-- Even Gaussian moments grow faster than a geometric sequence. -/
theorem gaussMoment_logConvex (s : K) (n : Nat) :
    gaussMoment s (2 * n + 2) ^ 2 ≤ gaussMoment s (2 * n) * gaussMoment s (2 * n + 4) := by
  have h := natCast_nonneg (K := K) (2 * n)
  have k := mul_nonneg (show 0 ≤ 2 * (((2 * n : Nat) : K) + 1) by grind) (sq_nonneg (s * gaussMoment s (2 * n)))
  rw [gaussMoment, gaussMoment, gaussMoment]
  generalize gaussMoment s (2 * n) = m at *
  grind

/-- A variable stretched by `c` has moments stretched by powers of `c`. -/
theorem gaussMoment_scale (s c : K) (n : Nat) : gaussMoment (c ^ 2 * s) n = c ^ n * gaussMoment s n := by
  have k : ∀ n : Nat, gaussMoment (c ^ 2 * s) n = c ^ n * gaussMoment s n ∧
      gaussMoment (c ^ 2 * s) (n + 1) = c ^ (n + 1) * gaussMoment s (n + 1) := by
    intro n
    induction n with
    | zero => grind [gaussMoment]
    | succ n ih =>
      refine ⟨ih.2, ?_⟩
      rw [gaussMoment, gaussMoment, ih.1, pow_succ, pow_succ]
      grind
  exact (k n).1

/-- Pairings, orders of the pairs and orders within pairs make up all orders of `2 n` things. -/
theorem pairings_mul (n : Nat) : pairings n * (2 ^ n * orderings n) = orderings (2 * n) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [show orderings (2 * (n + 1)) = (2 * n + 1 + 1) * ((2 * n + 1) * orderings (2 * n)) from rfl, ← ih, pairings, orderings, Nat.pow_succ]
    grind

/-- There are at least as many pairings of `2 n` things as orders of `n`: perturbation series diverge. -/
theorem orderings_le_pairings (n : Nat) : orderings n ≤ pairings n := by
  induction n with
  | zero => exact Nat.le_refl 1
  | succ n ih =>
    rw [orderings, pairings]
    exact Nat.mul_le_mul (by omega) ih

/-- Wick powers are even or odd like plain powers. -/
theorem wickPower_neg (s x : K) (n : Nat) : wickPower s (-x) n = (-1) ^ n * wickPower s x n := by
  have k : ∀ n : Nat, wickPower s (-x) n = (-1) ^ n * wickPower s x n ∧
      wickPower s (-x) (n + 1) = (-1) ^ (n + 1) * wickPower s x (n + 1) := by
    intro n
    induction n with
    | zero => grind [wickPower]
    | succ n ih =>
      refine ⟨ih.2, ?_⟩
      rw [wickPower, wickPower, ih.1, ih.2, pow_succ, pow_succ]
      grind
  exact (k n).1

/-- Without propagator Wick powers are plain powers. -/
theorem wickPower_zero_propagator (x : K) (n : Nat) : wickPower 0 x n = x ^ n := by
  have k : ∀ n : Nat, wickPower 0 x n = x ^ n ∧ wickPower 0 x (n + 1) = x ^ (n + 1) := by
    intro n
    induction n with
    | zero => grind [wickPower]
    | succ n ih =>
      refine ⟨ih.2, ?_⟩
      rw [wickPower, ih.1, ih.2]
      grind
  exact (k n).1

/-- At the origin Wick powers are the Gaussian moments of the opposite propagator: they subtract the contractions. -/
theorem wickPower_origin (s : K) (n : Nat) : wickPower s 0 n = gaussMoment (-s) n := by
  have k : ∀ n : Nat, wickPower s 0 n = gaussMoment (-s) n ∧ wickPower s 0 (n + 1) = gaussMoment (-s) (n + 1) := by
    intro n
    induction n with
    | zero => grind [wickPower, gaussMoment]
    | succ n ih =>
      refine ⟨ih.2, ?_⟩
      rw [wickPower, gaussMoment, ih.1]
      grind
  exact (k n).1

/-- Odd moments vanish once the first does: the symmetry of the action holds for all correlations. -/
theorem schwingerDyson_odd (a g : K) (m : Nat → K) (h : SchwingerDyson a g m) (hg : g ≠ 0) (h1 : m 1 = 0) (n : Nat) : m (2 * n + 1) = 0 := by
  have k : ∀ n : Nat, m (2 * n + 1) = 0 ∧ m (2 * n + 3) = 0 := by
    intro n
    induction n with
    | zero =>
      have e := h.1
      rw [h1] at e
      exact ⟨h1, by grind⟩
    | succ n ih =>
      have e := h.2 (2 * n + 1)
      rw [ih.1, show 2 * n + 1 + 2 = 2 * n + 3 by omega, ih.2] at e
      exact ⟨ih.2, by grind⟩
  exact (k n).1

/-- The normalisation and the first two moments fix all moments. -/
theorem schwingerDyson_unique (a g : K) (m k : Nat → K) (h : SchwingerDyson a g m) (h' : SchwingerDyson a g k) (hg : g ≠ 0)
    (h0 : m 0 = k 0) (h1 : m 1 = k 1) (h2 : m 2 = k 2) (n : Nat) : m n = k n := by
  have l : ∀ n : Nat, m n = k n ∧ m (n + 1) = k (n + 1) ∧ m (n + 2) = k (n + 2) ∧ m (n + 3) = k (n + 3) := by
    intro n
    induction n with
    | zero =>
      have e := h.1
      have f := h'.1
      rw [h1] at e
      exact ⟨h0, h1, h2, by grind⟩
    | succ n ih =>
      have e := h.2 n
      have f := h'.2 n
      rw [ih.1, ih.2.2.1] at e
      exact ⟨ih.2.1, ih.2.2.1, ih.2.2.2, by grind⟩
  exact (l n).1

/-- Without coupling the moments are those of the propagator `1 / a`. -/
theorem schwingerDyson_free (a : K) (m : Nat → K) (h : SchwingerDyson a 0 m) (ha : a ≠ 0) (h0 : m 0 = 1) (n : Nat) :
    m n = gaussMoment (1 / a) n := by
  have k : ∀ n : Nat, m n = gaussMoment (1 / a) n ∧ m (n + 1) = gaussMoment (1 / a) (n + 1) := by
    intro n
    induction n with
    | zero =>
      have e := h.1
      have f : m 1 = 0 := by grind
      exact ⟨h0, f⟩
    | succ n ih =>
      refine ⟨ih.2, ?_⟩
      have e := h.2 n
      rw [gaussMoment, ← ih.1]
      grind
  exact (k n).1

/-- A repulsive coupling makes the propagator smaller than the free one. -/
theorem schwingerDyson_propagator_lt (a g : K) (m : Nat → K) (h : SchwingerDyson a g m) (ha : 0 < a) (hg : 0 < g) (h0 : m 0 = 1)
    (h4 : 0 < m 4) : m 2 < 1 / a := by
  have e := h.2 0
  have k := mul_pos hg h4
  rw [h0] at e
  rw [lt_div_iff ha]
  grind

/-- Moments of a distribution, `m₂² ≤ m₄`, keep the propagator below the bound of strong coupling. -/
theorem schwingerDyson_strong (a g : K) (m : Nat → K) (h : SchwingerDyson a g m) (ha : 0 ≤ a) (hg : 0 < g) (h0 : m 0 = 1) (h2 : 0 ≤ m 2)
    (h4 : m 2 ^ 2 ≤ m 4) : m 2 ^ 2 ≤ 1 / g := by
  have e := h.2 0
  have k := mul_le_mul_left (show 0 ≤ g by grind) h4
  have l := mul_nonneg ha h2
  rw [h0] at e
  rw [le_div_iff hg]
  grind

/-- The propagator to second order: the first correction is three times the coupling, one for each pairing of the vertex. -/
theorem schwingerDyson_second_order (a g : K) (m : Nat → K) (h : SchwingerDyson a g m) (ha : a ≠ 0) :
    m 2 = m 0 / a - 3 * g / a ^ 2 * m 2 + g ^ 2 / a ^ 2 * m 6 := by
  have e := h.2 0
  have f := h.2 2
  have k : a ^ 2 * m 2 = a * m 0 - 3 * g * m 2 + g ^ 2 * m 6 := by grind
  grind

/-- Stretching the variable by `c` rescales mass term and coupling. -/
theorem schwingerDyson_rescale (a g c : K) (m : Nat → K) (h : SchwingerDyson (a * c ^ 2) (g * c ^ 4) m) :
    SchwingerDyson a g fun n => c ^ n * m n := by
  obtain ⟨e, f⟩ := h
  refine ⟨?_, fun n => ?_⟩
  · have k : c * (a * (c ^ 1 * m 1) + g * (c ^ 3 * m 3)) = c ^ 2 * (a * m 1) + c ^ 4 * (g * m 3) := by grind
    grind
  · have k := f n
    have l : ((n : K) + 1) * (c ^ n * m n) = c ^ n * (((n : K) + 1) * m n) := by grind
    rw [l, k]
    grind

end PhysField.QFT
