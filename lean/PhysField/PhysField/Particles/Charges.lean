import PhysField.Mathematics.OrderedField
import PhysField.Mathematics.Vector

/-!
# Charges, hypercharges and anomalies

Charge by isospin and hypercharge (Gell-Mann, Nishijima), the hypercharges of one generation of quarks and leptons, and the conditions
under which the triangle anomalies cancel: these fix the charges of the quarks from those of the leptons. Then the bookkeeping of
charges that reactions keep. Hypercharges are normalized so that charge is isospin plus half of the hypercharge.
Source: Griffiths, Introduction to Elementary Particles, chapters 1 and 9; Peskin, Schroeder, An Introduction to Quantum Field Theory, chapter 20.
-/
namespace PhysField.Particles
open PhysField.Mathematics

/-- Hypercharges of one generation: the doublets of quarks and leptons, and the singlets of up, down and electron. -/
structure Generation (K : Type u) where
  q : K
  l : K
  u : K
  d : K
  e : K

variable {K : Type u} [OrderedField K] {n : Nat}

/-- Electric charge of a particle of third isospin component `i` and hypercharge `y`. -/
def electricCharge (i y : K) : K := i + y / 2

/-- Anomaly of two isospin currents and one of hypercharge, for `c` colours. -/
def isospinAnomaly (c : K) (g : Generation K) : K := c * g.q + g.l

/-- Anomaly of two colour currents and one of hypercharge. -/
def colourAnomaly (g : Generation K) : K := 2 * g.q - g.u - g.d

/-- Anomaly of hypercharge with gravity, for `c` colours. -/
def gravityAnomaly (c : K) (g : Generation K) : K := c * (2 * g.q - g.u - g.d) + 2 * g.l - g.e

/-- Anomaly of three hypercharge currents, for `c` colours. -/
def cubicAnomaly (c : K) (g : Generation K) : K := c * (2 * g.q ^ 3 - g.u ^ 3 - g.d ^ 3) + 2 * g.l ^ 3 - g.e ^ 3

/-- Charge of the quark of the kind `(i, y)` copies: the whole charge of `n` particles of charges `q` in numbers `k`. -/
def totalCharge (q k : Vec n K) : K := inner q k

/-- Charge that is left after the `m`-th of a row of reactions, each of which changes it by `d i`. -/
def chargeAfter (start : K) (d : Nat → K) : Nat → K
  | 0 => start
  | m + 1 => chargeAfter start d m + d m

/-- Neighbours in an isospin multiplet differ by one unit of charge. -/
theorem charge_step (i y : K) : electricCharge (i + 1) y - electricCharge i y = 1 := by
  grind [electricCharge]

/-- The mean charge of a multiplet of `2 i + 1` members is half of its hypercharge: opposite isospins cancel. -/
theorem charge_mean (i y : K) : (electricCharge i y + electricCharge (-i) y) / 2 = y / 2 := by
  grind [electricCharge]

/-- A singlet of the same charge as the member of isospin `i` of a doublet has the hypercharge `y + 2 i`. -/
theorem singlet_hypercharge (i y z : K) : electricCharge 0 z = electricCharge i y ↔ z = y + 2 * i := by
  constructor
  · intro h
    grind [electricCharge]
  · intro h
    grind [electricCharge]

/-- The charge of an antiparticle is opposite: both isospin and hypercharge change sign. -/
theorem charge_conjugate (i y : K) : electricCharge (-i) (-y) = -electricCharge i y := by
  grind [electricCharge]

/-- The anomaly of gravity cancels with that of colour exactly if the singlet electron has twice the hypercharge of its doublet. -/
theorem gravity_colour (c : K) (g : Generation K) (h : colourAnomaly g = 0) :
    gravityAnomaly c g = 0 ↔ g.e = 2 * g.l := by
  have k : gravityAnomaly c g = c * colourAnomaly g + (2 * g.l - g.e) := by grind [gravityAnomaly, colourAnomaly]
  rw [k, h]
  grind

/-- Without linear anomalies the cubic one is a product: one of three factors must vanish. -/
theorem cubicAnomaly_factor (c : K) (g : Generation K) (hi : isospinAnomaly c g = 0) (hc : colourAnomaly g = 0)
    (hg : gravityAnomaly c g = 0) :
    cubicAnomaly c g = -6 * c * g.q * ((g.u - g.q) ^ 2 - g.l ^ 2) := by
  have e := (gravity_colour c g hc).mp hg
  have l : g.l = -c * g.q := by grind [isospinAnomaly]
  have d : g.d = 2 * g.q - g.u := by grind [colourAnomaly]
  rw [cubicAnomaly, e, d]
  have k : 2 * g.l ^ 3 - (2 * g.l) ^ 3 = 6 * (c * g.q) * g.l ^ 2 := by
    rw [show 2 * g.l ^ 3 - (2 * g.l) ^ 3 = -6 * g.l * g.l ^ 2 by grind, l]
    grind
  grind

/-- Where no anomaly is left and quarks have hypercharge, the singlet quarks have those of the doublet plus or minus that of the
leptons: the charges of the generation are quantized. -/
theorem anomaly_free_quarks (c : K) (g : Generation K) (hc : c ≠ 0) (hq : g.q ≠ 0) (hi : isospinAnomaly c g = 0)
    (hk : colourAnomaly g = 0) (hg : gravityAnomaly c g = 0) (h3 : cubicAnomaly c g = 0) :
    g.u = g.q + g.l ∨ g.u = g.q - g.l := by
  have f := cubicAnomaly_factor c g hi hk hg
  have p : c * g.q ≠ 0 := by grind
  have z : (c * g.q) * ((g.u - g.q - g.l) * (g.u - g.q + g.l)) = 0 := by grind
  rcases mul_eq_zero.mp z with a | a
  · grind
  · rcases mul_eq_zero.mp a with b | b <;> grind

/-- One generation with quarks of three colours and the hypercharges of nature has no anomaly of gravity nor a cubic one. -/
theorem standardModel_anomaly_free (y : K) :
    cubicAnomaly 3 ⟨y, -3 * y, 4 * y, -2 * y, -6 * y⟩ = 0 ∧ gravityAnomaly 3 ⟨y, -3 * y, 4 * y, -2 * y, -6 * y⟩ = 0 := by
  constructor
  · grind [cubicAnomaly]
  · grind [gravityAnomaly]

/-- A hypercharge of one third and three colours make the charges of the two quarks two thirds and minus one third. -/
theorem quark_charges (c : K) (g : Generation K) (hi : isospinAnomaly c g = 0) (hl : g.l = -1) :
    electricCharge (1 / 2) g.q = (c + 1) / (2 * c) ∧ electricCharge (-1 / 2) g.q = (1 - c) / (2 * c) := by
  grind [isospinAnomaly, electricCharge]

/-- Matter is neutral by the absence of anomalies: a nucleon of `c` quarks, one of them exchanged, differs in charge by one unit, and
the charge of the doublet of quarks times the colours balances that of the leptons. -/
theorem atom_neutral (c : K) (g : Generation K) (hi : isospinAnomaly c g = 0) :
    c * (electricCharge (1 / 2) g.q + electricCharge (-1 / 2) g.q)
      + (electricCharge (1 / 2) g.l + electricCharge (-1 / 2) g.l) = 0 := by
  have k : c * (electricCharge (1 / 2) g.q + electricCharge (-1 / 2) g.q)
      + (electricCharge (1 / 2) g.l + electricCharge (-1 / 2) g.l) = isospinAnomaly c g := by
    grind [electricCharge, isospinAnomaly]
  rw [k, hi]

/-- A shift of all hypercharges by a multiple of baryon minus lepton number keeps the anomaly of isospin. -/
theorem baryon_minus_lepton (c t : K) (g : Generation K) (hc : c ≠ 0) :
    isospinAnomaly c ⟨g.q + t / c, g.l - t, g.u + t / c, g.d + t / c, g.e - t⟩ = isospinAnomaly c g ∧
      colourAnomaly ⟨g.q + t / c, g.l - t, g.u + t / c, g.d + t / c, g.e - t⟩ = colourAnomaly g := by
  constructor
  · grind [isospinAnomaly]
  · grind [colourAnomaly]

/-- A reaction keeps the whole charge exactly if its changes in particle numbers are orthogonal to the charges. -/
theorem totalCharge_conserved_iff (q k d : Vec n K) :
    totalCharge q (fun i => k i + d i) = totalCharge q k ↔ inner q d = 0 := by
  rw [totalCharge, totalCharge, inner_add_right]
  grind

/-- What two charges keep, every combination of them keeps: with isospin and hypercharge the electric charge. -/
theorem totalCharge_combination (a b : K) (q y k l : Vec n K) (hq : totalCharge q k = totalCharge q l)
    (hy : totalCharge y k = totalCharge y l) :
    totalCharge (fun i => a * q i + b * y i) k = totalCharge (fun i => a * q i + b * y i) l := by
  simp only [totalCharge, inner_add_left, inner_smul_left] at *
  rw [hq, hy]

/-- Reactions that go one after the other, each keeping a charge, keep it altogether. -/
theorem totalCharge_chain (q : Vec n K) (k : Nat → Vec n K) (h : ∀ i, totalCharge q (k (i + 1)) = totalCharge q (k i))
    (m : Nat) : totalCharge q (k m) = totalCharge q (k 0) := by
  induction m with
  | zero => rfl
  | succ m ih => rw [h, ih]

/-- A number that each reaction of a row changes by at most `a` is changed by at most `m a` after `m` of them. -/
theorem chargeAfter_bound (s a : K) (d : Nat → K) (h : ∀ i, -a ≤ d i ∧ d i ≤ a) (m : Nat) :
    s - m * a ≤ chargeAfter s d m ∧ chargeAfter s d m ≤ s + m * a := by
  induction m with
  | zero => grind [chargeAfter]
  | succ m ih =>
    have k := h m
    grind [chargeAfter]

/-- The lightest particle of a charge is stable: a decay into lighter ones, all without it, would not keep the charge. -/
theorem lightest_charged_stable (q k : Vec n K) (c : K) (hc : c ≠ 0) (h : ∀ i, q i * k i = 0) : totalCharge q k ≠ c := by
  have z : totalCharge q k = 0 := (sum_congr _ (fun _ => 0) h).trans sum_zero
  rw [z]
  grind

end PhysField.Particles
