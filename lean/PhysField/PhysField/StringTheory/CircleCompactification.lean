import PhysField.Mathematics.OrderedField

/-!
# Closed strings on a circle

Bosonic closed strings with one dimension rolled up to a circle of radius `r`: momentum number `n`, winding number `w`, oscillator levels `N`
(left) and `M` (right), Regge slope `a`. Masses, level matching, T-duality, the self-dual radius, and the winding tachyon.
Source: Polchinski, String Theory, volume 1, chapter 8; Zwiebach, A First Course in String Theory, chapters 17 and 18.
-/
namespace PhysField.StringTheory
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Left-moving momentum of a closed string on a circle of radius `r`. -/
def leftMomentum (n w r a : K) : K := n / r + w * r / a

/-- Right-moving momentum of a closed string on a circle of radius `r`. -/
def rightMomentum (n w r a : K) : K := n / r - w * r / a

/-- Squared mass of a closed bosonic string on a circle of radius `r`, with oscillator levels `N` and `M`. -/
def closedMassSq (n w N M r a : K) : K := (n / r) ^ 2 + (w * r / a) ^ 2 + 2 * (N + M - 2) / a

/-- The part of the squared mass that momentum and winding make. -/
def zeroModeMassSq (n w r a : K) : K := (n / r) ^ 2 + (w * r / a) ^ 2

/-- The radius that T-duality makes of `r`. -/
def dualRadius (r a : K) : K := a / r

/-- T-duality is an involution of radii. -/
theorem dualRadius_dualRadius (r a : K) (ha : a ≠ 0) : dualRadius (dualRadius r a) a = r := by
  grind [dualRadius]

/-- A radius is its own dual exactly when its square is the Regge slope. -/
theorem dualRadius_eq_self (r a : K) (hr : r ≠ 0) : dualRadius r a = r ↔ r ^ 2 = a := by
  grind [dualRadius]

/-- A radius above the self-dual one has its dual below. -/
theorem dualRadius_sq_lt (r a : K) (hr : 0 < r) (ha : 0 < a) (h : a < r ^ 2) : dualRadius r a ^ 2 < a := by
  have p := mul_lt_mul_left ha h
  have q := sq_pos (show r ≠ 0 by grind)
  rw [dualRadius, show (a / r) ^ 2 = a ^ 2 / r ^ 2 by grind, div_lt_iff q]
  grind

/-- T-duality: winding and momentum exchanged at the dual radius give the same mass. -/
theorem closedMassSq_dual (n w N M r a : K) (ha : a ≠ 0) :
    closedMassSq w n N M (dualRadius r a) a = closedMassSq n w N M r a := by
  grind [closedMassSq, dualRadius]

/-- T-duality leaves the left-moving momentum as it is. -/
theorem leftMomentum_dual (n w r a : K) (ha : a ≠ 0) :
    leftMomentum w n (dualRadius r a) a = leftMomentum n w r a := by
  grind [leftMomentum, dualRadius]

/-- T-duality reflects the right-moving momentum. -/
theorem rightMomentum_dual (n w r a : K) (ha : a ≠ 0) :
    rightMomentum w n (dualRadius r a) a = -rightMomentum n w r a := by
  grind [rightMomentum, dualRadius]

/-- The difference of the squared momenta does not depend on the radius. -/
theorem momenta_sq_sub (n w r a : K) (hr : r ≠ 0) :
    leftMomentum n w r a ^ 2 - rightMomentum n w r a ^ 2 = 4 * (n * w) / a := by
  grind [leftMomentum, rightMomentum]

/-- The Lorentzian product of two momenta is that of Narain's lattice, at every radius. -/
theorem momenta_mul_sub (n w n' w' r a : K) (hr : r ≠ 0) :
    leftMomentum n w r a * leftMomentum n' w' r a - rightMomentum n w r a * rightMomentum n' w' r a = 2 * (n * w' + n' * w) / a := by
  grind [leftMomentum, rightMomentum]

/-- For matched levels the mass comes from the left-movers alone. -/
theorem closedMassSq_left (n w N M r a : K) (hr : r ≠ 0) (h : M - N = n * w) :
    closedMassSq n w N M r a = leftMomentum n w r a ^ 2 + 4 * (N - 1) / a := by
  grind [closedMassSq, leftMomentum]

/-- For matched levels the mass comes from the right-movers alone. -/
theorem closedMassSq_right (n w N M r a : K) (hr : r ≠ 0) (h : M - N = n * w) :
    closedMassSq n w N M r a = rightMomentum n w r a ^ 2 + 4 * (M - 1) / a := by
  grind [closedMassSq, rightMomentum]

/-- Both descriptions of one mass force the levels to match. -/
theorem levels_match (n w N M r a : K) (hr : r ≠ 0) (ha : a ≠ 0)
    (h : leftMomentum n w r a ^ 2 + 4 * (N - 1) / a = rightMomentum n w r a ^ 2 + 4 * (M - 1) / a) : M - N = n * w := by
  grind [leftMomentum, rightMomentum]

/-- The string without momentum, winding and oscillations is a tachyon. -/
theorem closedMassSq_tachyon (r a : K) (ha : 0 < a) : closedMassSq 0 0 0 0 r a < 0 := by
  have h := inv_pos ha
  rw [closedMassSq, show (0 / r : K) ^ 2 + (0 * r / a) ^ 2 + 2 * (0 + 0 - 2) / a = -(4 * a⁻¹) by grind]
  grind

/-- One oscillation on each side makes a massless string at every radius: graviton, dilaton and the two photons of the circle. -/
theorem closedMassSq_graviton (r a : K) : closedMassSq 0 0 1 1 r a = 0 := by
  grind [closedMassSq]

/-- A string with one unit of momentum and of winding and one right oscillation has the square of its right momentum for mass squared. -/
theorem closedMassSq_vector (r a : K) (hr : r ≠ 0) : closedMassSq 1 1 0 1 r a = rightMomentum 1 1 r a ^ 2 := by
  grind [closedMassSq, rightMomentum]

/-- The extra vector bosons are massless exactly at the self-dual radius: there the symmetry grows to SU(2) (Polchinski, section 8.3). -/
theorem closedMassSq_vector_eq_zero (r a : K) : closedMassSq 1 1 0 1 r a = 0 ↔ r ^ 2 = a := by
  by_cases hr : r = 0
  · grind [closedMassSq]
  · rw [closedMassSq_vector r a hr, sq_eq_zero, rightMomentum]
    by_cases ha : a = 0 <;> grind

/-- Momentum and winding together weigh at least twice their product over the slope: the bound of Bogomolny, Prasad and Sommerfield. -/
theorem zeroModeMassSq_ge (n w r a : K) (hr : r ≠ 0) : 2 * (n * w) / a ≤ zeroModeMassSq n w r a := by
  have h := sq_nonneg (n / r - w * r / a)
  have e : zeroModeMassSq n w r a = (n / r - w * r / a) ^ 2 + 2 * (n * w) / a := by grind [zeroModeMassSq]
  rw [e]
  grind

/-- The bound on momentum and winding is reached where the right-moving momentum vanishes. -/
theorem zeroModeMassSq_eq_iff (n w r a : K) (hr : r ≠ 0) :
    zeroModeMassSq n w r a = 2 * (n * w) / a ↔ rightMomentum n w r a = 0 := by
  have e : zeroModeMassSq n w r a = rightMomentum n w r a ^ 2 + 2 * (n * w) / a := by grind [zeroModeMassSq, rightMomentum]
  rw [e, ← sq_eq_zero (a := rightMomentum n w r a)]
  grind

/-- On a larger circle a state of pure momentum is lighter. -/
theorem zeroModeMassSq_momentum_lt (n r s a : K) (hn : n ≠ 0) (hr : 0 < r) (h : r < s) :
    zeroModeMassSq n 0 s a < zeroModeMassSq n 0 r a := by
  have p := div_lt_div_left (sq_pos hn) (sq_pos (show r ≠ 0 by grind)) (sq_lt_sq (show 0 ≤ r by grind) h)
  have e (x : K) : zeroModeMassSq n 0 x a = n ^ 2 / x ^ 2 := by grind [zeroModeMassSq]
  rw [e, e]
  exact p

/-- On a larger circle a wound string is heavier. -/
theorem zeroModeMassSq_winding_lt (w r s a : K) (hw : w ≠ 0) (hr : 0 ≤ r) (ha : a ≠ 0) (h : r < s) :
    zeroModeMassSq 0 w r a < zeroModeMassSq 0 w s a := by
  have p := mul_lt_mul_left (sq_pos (show w / a ≠ 0 by grind)) (sq_lt_sq hr h)
  have e (x : K) : zeroModeMassSq 0 w x a = (w / a) ^ 2 * x ^ 2 := by grind [zeroModeMassSq]
  rw [e, e]
  exact p

/-- A string wound once without oscillations is a tachyon exactly on circles of squared radius below four slopes: the radius of Hagedorn's
temperature (Polchinski, section 9.8). -/
theorem closedMassSq_winding_neg (r a : K) (ha : 0 < a) : closedMassSq 0 1 0 0 r a < 0 ↔ r ^ 2 < 4 * a := by
  have p := sq_pos (show a ≠ 0 by grind)
  rw [closedMassSq, show (0 / r) ^ 2 + (1 * r / a) ^ 2 + 2 * (0 + 0 - 2) / a = (r ^ 2 - 4 * a) / a ^ 2 by grind, div_lt_iff p]
  grind

/-- Two strings with matched levels join to one with matched levels when oscillations make up for their mixed products of momentum and winding. -/
theorem levels_match_add (n w N M n' w' N' M' : K) (h : M - N = n * w) (h' : M' - N' = n' * w') :
    M + M' + (n * w' + n' * w) - (N + N') = (n + n') * (w + w') := by
  grind

end PhysField.StringTheory
