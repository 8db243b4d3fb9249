import PhysField.Mathematics.Series

/-!
# Equilibria of reactions, solutions and surfaces

Langmuir's adsorption, dissociation under pressure (Ostwald, Le Chatelier), exchange reactions, Raoult's law with its lever rule, and
distillation in stages (Fenske).
Source: Atkins, de Paula, Physical Chemistry, chapters 5, 6 and 19; Fermi, Thermodynamics, chapter 6.
-/
namespace PhysField.Thermodynamics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Fraction of the places of a surface that a gas of pressure `p` covers, with the binding constant `k`. -/
def langmuir (k p : K) : K := k * p / (1 + k * p)

/-- Fraction that a gas covers beside a second one. -/
def langmuirBeside (k p l q : K) : K := k * p / (1 + k * p + l * q)

/-- Reaction quotient of a dissociation into two parts, of degree `x` at the pressure `p`. -/
def dissociationQuotient (p x : K) : K := x ^ 2 * p / (1 - x ^ 2)

/-- Ostwald's quotient of an electrolyte of concentration `c` dissociated to the degree `x`. -/
def ostwaldQuotient (c x : K) : K := x ^ 2 * c / (1 - x)

/-- Vapour pressure of a mixture of which the part `x` has the vapour pressure `a`, the rest `b`. -/
def raoult (a b x : K) : K := x * a + (1 - x) * b

/-- Part of the first substance in the vapour over the mixture. -/
def vapourPart (a b x : K) : K := x * a / raoult a b x

/-- Ratio of the first to the second substance. -/
def odds (x : K) : K := x / (1 - x)

/-- The covered fraction lies between zero and one. -/
theorem langmuir_bounds (k p : K) (hk : 0 < k) (hp : 0 < p) : 0 < langmuir k p ∧ langmuir k p < 1 := by
  have h := mul_pos hk hp
  refine ⟨div_pos h (by grind), ?_⟩
  rw [langmuir, div_lt_iff (by grind)]
  grind

/-- Adsorption and desorption balance exactly at Langmuir's coverage. -/
theorem langmuir_balance_iff (k p x : K) (hk : 0 < k) (hp : 0 < p) : k * p * (1 - x) = x ↔ x = langmuir k p := by
  have h : 1 + k * p ≠ 0 := by grind [mul_pos hk hp]
  rw [langmuir]
  constructor
  · intro e
    have f : x * (1 + k * p) = k * p := by grind
    grind
  · intro e
    have f : x * (1 + k * p) = k * p := by grind
    grind

/-- Coverage grows with the pressure. -/
theorem langmuir_lt_langmuir (k p q : K) (hk : 0 < k) (hp : 0 < p) (h : p < q) : langmuir k p < langmuir k q := by
  have a := mul_lt_mul_left hk h
  have b := mul_pos hk hp
  rw [langmuir, langmuir, div_lt_div_iff (by grind) (by grind)]
  grind

/-- Half of the places are covered exactly at the pressure `1 / k`. -/
theorem langmuir_half_iff (k p : K) (hp : 0 < p) : langmuir k p = 1 / 2 ↔ p = 1 / k := by
  grind [langmuir]

/-- The pressure over the coverage is a straight line in the pressure, by which the constant is measured. -/
theorem langmuir_line (k p : K) (hk : 0 < k) (hp : 0 < p) : p / langmuir k p = p + 1 / k := by
  have h : 1 + k * p ≠ 0 := by grind [mul_pos hk hp]
  have l : k * p ≠ 0 := by grind [mul_pos hk hp]
  have e : p / langmuir k p = p * (1 + k * p) / (k * p) := by grind [langmuir]
  rw [e]
  grind

/-- A second gas displaces the first one. -/
theorem langmuirBeside_lt (k p l q : K) (hk : 0 < k) (hp : 0 < p) (hl : 0 < l) (hq : 0 < q) :
    langmuirBeside k p l q < langmuir k p := by
  have a := mul_pos hk hp
  have b := mul_pos hl hq
  exact div_lt_div_left a (by grind) (by grind)

/-- Two gases together cover more of a surface than the first one alone, and less than the whole. -/
theorem langmuirBeside_total (k p l q : K) (hk : 0 < k) (hp : 0 < p) (hl : 0 < l) (hq : 0 < q) :
    langmuir k p < langmuirBeside k p l q + langmuirBeside l q k p ∧ langmuirBeside k p l q + langmuirBeside l q k p < 1 := by
  have a := mul_pos hk hp
  have b := mul_pos hl hq
  have e : langmuirBeside k p l q + langmuirBeside l q k p = (k * p + l * q) / (1 + k * p + l * q) := by
    have h : 1 + k * p + l * q ≠ 0 := by grind
    rw [langmuirBeside, langmuirBeside, show 1 + l * q + k * p = 1 + k * p + l * q by grind]
    grind
  rw [e]
  constructor
  · rw [langmuir, div_lt_div_iff (by grind) (by grind)]
    grind
  · rw [div_lt_iff (by grind)]
    grind

/-- The quotient of a dissociation grows with its degree, so that one degree belongs to a constant of equilibrium. -/
theorem dissociationQuotient_mono (p x y : K) (hp : 0 < p) (hx : 0 ≤ x) (h : x < y) (hy : y < 1) :
    dissociationQuotient p x < dissociationQuotient p y := by
  have a := sq_lt_sq hx h
  have b := sq_lt_sq (show 0 ≤ y by grind) hy
  have c := mul_lt_mul_right hp a
  rw [dissociationQuotient, dissociationQuotient, div_lt_div_iff (by grind) (by grind)]
  grind

/-- The degree of dissociation in equilibrium with the constant `k`: its square is `k / (k + p)`. -/
theorem dissociation_degree (k p x : K) (hk : 0 < k) (hp : 0 < p) :
    dissociationQuotient p x = k ↔ x ^ 2 = k / (k + p) := by
  have c : k + p ≠ 0 := by grind
  rw [dissociationQuotient]
  constructor
  · intro h
    have e : x ^ 2 * (k + p) = k := by grind
    grind
  · intro h
    have e : x ^ 2 * (k + p) = k := by grind
    grind

/-- Le Chatelier: pressure drives a dissociation back. -/
theorem dissociation_le_chatelier (k p q x y : K) (hk : 0 < k) (hp : 0 < p) (h : p < q) (hx : 0 ≤ x) (hx' : x < 1)
    (hy : 0 ≤ y) (hy' : y < 1) (ex : dissociationQuotient p x = k) (ey : dissociationQuotient q y = k) : y < x := by
  rw [dissociation_degree k p x hk hp] at ex
  rw [dissociation_degree k q y hk (by grind)] at ey
  have l := div_lt_div_left hk (show 0 < k + p by grind) (show k + p < k + q by grind)
  exact lt_of_sq_lt_sq hx (by rw [ex, ey]; exact l)

/-- Ostwald's law of dilution: a weak electrolyte is the more dissociated the more dilute it is. -/
theorem ostwald_dilution (c d x y : K) (hc : 0 < c) (h : c < d) (hx : 0 < x) (hy' : y < 1)
    (e : ostwaldQuotient c x = ostwaldQuotient d y) : y < x := by
  by_cases l : y < x
  · exact l
  · have a := sq_le_sq (show 0 ≤ x by grind) (show x ≤ y by grind)
    have b := mul_lt_mul_left (sq_pos (show y ≠ 0 by grind)) h
    have b' := mul_le_mul_right (show 0 ≤ c by grind) a
    have f := div_le_div_right (show 0 ≤ 1 - x by grind) (show x ^ 2 * c ≤ y ^ 2 * c by grind)
    have g := div_lt_div_right (show 0 < 1 - x by grind) (show y ^ 2 * c < y ^ 2 * d by grind)
    have p := mul_pos (sq_pos (show y ≠ 0 by grind)) (show 0 < d by grind)
    have i := div_le_div_left (show 0 ≤ y ^ 2 * d by grind) (show 0 < 1 - y by grind) (show 1 - y ≤ 1 - x by grind)
    rw [ostwaldQuotient, ostwaldQuotient] at e
    grind

/-- A mixture boils between its parts: its vapour pressure lies between theirs. -/
theorem raoult_bounds (a b x : K) (hab : b < a) (hx : 0 < x) (hx' : x < 1) : b < raoult a b x ∧ raoult a b x < a := by
  have h := mul_pos hx (show 0 < a - b by grind)
  have k := mul_pos (show 0 < 1 - x by grind) (show 0 < a - b by grind)
  rw [raoult]
  constructor <;> grind

/-- Konovalov's rule: the vapour holds more of the more volatile substance than the liquid. -/
theorem konovalov (a b x : K) (hb : 0 < b) (hab : b < a) (hx : 0 < x) (hx' : x < 1) : x < vapourPart a b x := by
  have h := raoult_bounds a b x hab hx hx'
  have k := mul_lt_mul_left hx h.2
  rw [vapourPart, lt_div_iff (by grind)]
  exact k

/-- Evaporation multiplies the ratio of the substances by that of their vapour pressures. -/
theorem odds_vapour (a b x : K) (hb : 0 < b) (hab : b < a) (hx : 0 < x) (hx' : x < 1) :
    odds (vapourPart a b x) = a / b * odds x := by
  have h := raoult_bounds a b x hab hx hx'
  have k : raoult a b x ≠ 0 := by grind
  have l : 1 - x ≠ 0 := by grind
  have m := mul_pos (show 0 < 1 - x by grind) hb
  have e : 1 - vapourPart a b x = (1 - x) * b / raoult a b x := by
    have f : raoult a b x = x * a + (1 - x) * b := rfl
    grind [vapourPart]
  have n : (1 - x) * b / raoult a b x ≠ 0 := by grind [div_pos m (show 0 < raoult a b x by grind)]
  rw [odds, e, vapourPart, odds]
  grind

/-- Each stage of a distillation multiplies the ratio of the substances by the relative volatility (Fenske). -/
theorem fenske (a b : K) (x : Nat → K) (n : Nat) (hb : 0 < b) (hab : b < a) (hx : ∀ k, 0 < x k) (hx' : ∀ k, x k < 1)
    (h : ∀ k, x (k + 1) = vapourPart a b (x k)) : odds (x n) = (a / b) ^ n * odds (x 0) := by
  exact geometric_of_step (a / b) (fun k => odds (x k)) n fun k => by
    show odds (x (k + 1)) = a / b * odds (x k)
    rw [h]
    exact odds_vapour a b (x k) hb hab (hx k) (hx' k)

/-- The lever rule: the phases of a mixture of composition `z` are in the inverse ratio of their distances from it. -/
theorem lever_rule (x y z l v : K) (hxy : x < y) (hm : l + v = 1) : l * x + v * y = z ↔ v = (z - x) / (y - x) := by
  have h : y - x ≠ 0 := by grind
  have e : l = 1 - v := by grind
  subst e
  constructor
  · intro k
    have f : v * (y - x) = z - x := by grind
    grind
  · intro k
    have f : v * (y - x) = z - x := by grind
    grind

end PhysField.Thermodynamics
