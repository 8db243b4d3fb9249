import PhysField.Mathematics.OrderedField

/-!
# Fermion operators

Modes that hold one fermion at most, from the anticommutation relations alone, in any ring: Pauli's principle, number operators, parity, Majorana
operators, Bogoliubov's transformation, the string of Jordan and Wigner, and supersymmetry of a nilpotent charge.
Source: Peskin, Schroeder, An Introduction to Quantum Field Theory, chapter 3; Fetter, Walecka, Quantum Theory of Many-Particle Systems, chapter 1.
-/
namespace PhysField.QFT
open PhysField.Mathematics

variable {R : Type u} [Lean.Grind.Ring R]

/-- The operators `a` and `b` destroy and create the fermion of one mode. -/
structure Fermi (a b : R) : Prop where
  aa : a * a = 0
  bb : b * b = 0
  ab : a * b = 1 - b * a

/-- The sign of the number of fermions of the mode. -/
def fermiParity (a b : R) : R := 1 - 2 * (b * a)

/-- The Hamiltonian of the supersymmetry with charges `q` and `p`. -/
def susyEnergy (q p : R) : R := q * p + p * q

/-- The occupation of a mode is its own square: it is 0 or 1. -/
theorem fermi_number_sq (a b : R) (h : Fermi a b) : b * a * (b * a) = b * a := by
  rw [show b * a * (b * a) = b * (a * b) * a by simp only [Lean.Grind.Semiring.mul_assoc], h.ab,
    show b * (1 - b * a) * a = b * a - b * b * (a * a) by grind, h.aa]
  grind

/-- Every positive power of the occupation is the occupation. -/
theorem fermi_number_pow (a b : R) (h : Fermi a b) (n : Nat) : (b * a) ^ (n + 1) = b * a := by
  induction n with
  | zero => grind
  | succ n ih => rw [Lean.Grind.Semiring.pow_succ, ih, fermi_number_sq a b h]

/-- A number of fermions that a state has in one mode can only be 0 or 1. -/
theorem fermi_number_eigen (a b v x : R) (h : Fermi a b) (hv : b * a * v = x * v) (hx : x * (b * a) = b * a * x) :
    x * (x - 1) * v = 0 := by
  have e : b * a * (b * a) * v = x * (x * v) := by
    rw [show b * a * (b * a) * v = b * a * (b * a * v) by simp only [Lean.Grind.Semiring.mul_assoc], hv,
      show b * a * (x * v) = b * a * x * v by simp only [Lean.Grind.Semiring.mul_assoc], ← hx,
      show x * (b * a) * v = x * (b * a * v) by simp only [Lean.Grind.Semiring.mul_assoc], hv]
  rw [fermi_number_sq a b h, hv] at e
  rw [show x * (x - 1) * v = x * (x * v) - x * v by grind, ← e]
  grind

/-- Destroying takes one from the occupation. -/
theorem fermi_number_destroy (a b : R) (h : Fermi a b) : b * a * a - a * (b * a) = -a := by
  rw [show b * a * a = b * (a * a) by simp only [Lean.Grind.Semiring.mul_assoc],
    show a * (b * a) = a * b * a by simp only [Lean.Grind.Semiring.mul_assoc], h.ab,
    show (1 - b * a) * a = a - b * (a * a) by grind, h.aa]
  grind

/-- Creating adds one to the occupation. -/
theorem fermi_number_create (a b : R) (h : Fermi a b) : b * a * b - b * (b * a) = b := by
  rw [show b * a * b = b * (a * b) by simp only [Lean.Grind.Semiring.mul_assoc],
    show b * (b * a) = b * b * a by simp only [Lean.Grind.Semiring.mul_assoc], h.ab,
    show b * (1 - b * a) = b - b * b * a by grind, h.bb]
  grind

/-- A mode is never occupied and empty at once. -/
theorem fermi_number_hole (a b : R) (h : Fermi a b) : b * a * (a * b) = 0 := by
  rw [show b * a * (a * b) = b * (a * a) * b by simp only [Lean.Grind.Semiring.mul_assoc], h.aa]
  grind

/-- The parity of a mode squares to one. -/
theorem fermiParity_sq (a b : R) (h : Fermi a b) : fermiParity a b * fermiParity a b = 1 := by
  have e : fermiParity a b * fermiParity a b = 1 - 4 * (b * a) + 4 * (b * a * (b * a)) := by
    rw [fermiParity]
    grind
  rw [e, fermi_number_sq a b h]
  grind

/-- Destroying a fermion turns the parity round. -/
theorem fermiParity_destroy (a b : R) (h : Fermi a b) : fermiParity a b * a = -(a * fermiParity a b) := by
  have e : fermiParity a b * a = 2 * a - a - 2 * (b * (a * a)) := by
    rw [fermiParity]
    grind
  have f : a * fermiParity a b = a - 2 * (a * b * a) := by
    rw [fermiParity]
    grind
  rw [e, f, h.ab, show (1 - b * a) * a = a - b * (a * a) by grind, h.aa]
  grind

/-- Sum and difference of the operators of a mode are Majorana operators: they anticommute, and their squares are 1 and -1. -/
theorem fermi_majorana (a b : R) (h : Fermi a b) :
    (a + b) * (a + b) = 1 ∧ (a - b) * (a - b) = -1 ∧ (a + b) * (a - b) + (a - b) * (a + b) = 0 := by
  refine ⟨?_, ?_, ?_⟩
  · rw [show (a + b) * (a + b) = a * a + b * b + a * b + b * a by grind, h.aa, h.bb, h.ab]
    grind
  · rw [show (a - b) * (a - b) = a * a + b * b - a * b - b * a by grind, h.aa, h.bb, h.ab]
    grind
  · rw [show (a + b) * (a - b) + (a - b) * (a + b) = 2 * (a * a) - 2 * (b * b) by grind, h.aa, h.bb]
    grind

/-- The weight `1 + z` of an occupied mode taken `n` times: Boltzmann factors of a fermion mode multiply. -/
theorem fermi_weight_pow (a b z : R) (h : Fermi a b) (hz : z * (b * a) = b * a * z) (n : Nat) :
    (1 + z * (b * a)) ^ n = 1 + ((1 + z) ^ n - 1) * (b * a) := by
  induction n with
  | zero => grind
  | succ n ih =>
    have k := fermi_number_sq a b h
    generalize b * a = m at *
    have e : ∀ y : R, (1 + y * m) * (1 + z * m) = 1 + (y * m + z * m) + y * (m * z) * m := by
      intro y
      grind
    rw [Lean.Grind.Semiring.pow_succ, ih, e, ← hz, show ((1 + z) ^ n - 1) * (z * m) * m = ((1 + z) ^ n - 1) * z * (m * m) by grind, k,
      Lean.Grind.Semiring.pow_succ]
    grind

/-- Occupations of different modes commute, although their operators anticommute. -/
theorem fermi_numbers_commute (a b c d : R) (hac : a * c = -(c * a)) (had : a * d = -(d * a)) (hbc : b * c = -(c * b))
    (hbd : b * d = -(d * b)) : b * a * (d * c) = d * c * (b * a) := by
  rw [show b * a * (d * c) = b * (a * d) * c by simp only [Lean.Grind.Semiring.mul_assoc], had,
    show b * -(d * a) * c = -(b * d * (a * c)) by grind, hac, hbd,
    show -(-(d * b) * -(c * a)) = -(d * (b * c) * a) by grind, hbc]
  grind

/-- A pair of fermions of different modes is created at most once: pairs exclude each other. -/
theorem fermi_pair_sq (b d : R) (hb : b * b = 0) (hbd : d * b = -(b * d)) : b * d * (b * d) = 0 := by
  rw [show b * d * (b * d) = b * (d * b) * d by simp only [Lean.Grind.Semiring.mul_assoc], hbd,
    show b * -(b * d) * d = -(b * b * (d * d)) by grind, hb]
  grind

/-- Two fermions in one mode are impossible, whatever is created between them (Pauli's principle). -/
theorem fermi_pauli (b : R) (hb : b * b = 0) (l : List R) (hl : ∀ x ∈ l, x * b = -(b * x)) : b * (l.foldr (fun x y => x * y) 1) * b = 0 := by
  have k : (l.foldr (fun x y => x * y) 1) * b = b * (l.foldr (fun x y => x * y) 1) ∨
      (l.foldr (fun x y => x * y) 1) * b = -(b * (l.foldr (fun x y => x * y) 1)) := by
    induction l with
    | nil => exact Or.inl (by simp only [List.foldr]; grind)
    | cons x l ih =>
      have e := hl x (by simp)
      simp only [List.foldr]
      generalize l.foldr (fun x y => x * y) 1 = w at *
      rcases ih (fun y hy => hl y (by simp [hy])) with f | f
      · refine Or.inr ?_
        rw [Lean.Grind.Semiring.mul_assoc, f, ← Lean.Grind.Semiring.mul_assoc, e]
        grind
      · refine Or.inl ?_
        rw [Lean.Grind.Semiring.mul_assoc, f, show x * -(b * w) = -(x * b * w) by grind, e]
        grind
  generalize l.foldr (fun x y => x * y) 1 = w at *
  rcases k with f | f
  · rw [Lean.Grind.Semiring.mul_assoc, f, ← Lean.Grind.Semiring.mul_assoc, hb]
    grind
  · rw [Lean.Grind.Semiring.mul_assoc, f, show b * -(b * w) = -(b * b * w) by grind, hb]
    grind

/-- Mixing destruction in one mode with creation in another by numbers with `s² + t² = 1` gives a fermion again (transformation of Bogoliubov). -/
theorem fermi_bogoliubov (a b c d s t : R) (h : Fermi a b) (k : Fermi c d) (hac : a * c = -(c * a)) (hdb : d * b = -(b * d))
    (hs : ∀ x, s * x = x * s) (ht : ∀ x, t * x = x * t) (hst : s * s + t * t = 1) :
    (s * a + t * d) * (s * b + t * c) + (s * b + t * c) * (s * a + t * d) = 1 := by
  have p : ∀ x y z w : R, (∀ v, x * v = v * x) → z * y * (x * w) = z * x * (y * w) := by
    intro x y z w hx
    rw [show z * y * (x * w) = z * (y * x) * w by simp only [Lean.Grind.Semiring.mul_assoc], ← hx]
    simp only [Lean.Grind.Semiring.mul_assoc]
  have e : (s * a + t * d) * (s * b + t * c) + (s * b + t * c) * (s * a + t * d) =
      s * s * (a * b + b * a) + t * t * (d * c + c * d) + s * t * (a * c + c * a) + s * t * (d * b + b * d) := by
    rw [show (s * a + t * d) * (s * b + t * c) + (s * b + t * c) * (s * a + t * d) =
      s * a * (s * b) + s * a * (t * c) + t * d * (s * b) + t * d * (t * c) + s * b * (s * a) + s * b * (t * d) + t * c * (s * a) +
        t * c * (t * d) by clear p; grind, p s a s b hs, p t a s c ht, p s d t b hs, p t d t c ht, p s b s a hs, p t b s d ht,
      p s c t a hs, p t c t d ht, hs t]
    clear p hs ht
    grind
  rw [e, h.ab, k.ab, hac, hdb]
  have f : s * s * (1 - b * a + b * a) + t * t * (d * c + (1 - d * c)) + s * t * (-(c * a) + c * a) + s * t * (-(b * d) + b * d) =
      s * s + t * t := by
    clear e p hs ht hst hac hdb h k
    grind
  rw [f, hst]

/-- A sign that anticommutes with one fermion turns an operator that commutes with it into one that anticommutes (Jordan and Wigner). -/
theorem fermi_jordan_wigner (a c s : R) (hs : s * a = -(a * s)) (hc : c * a = a * c) : s * c * a = -(a * (s * c)) := by
  rw [show s * c * a = s * (c * a) by simp only [Lean.Grind.Semiring.mul_assoc], hc, show s * (a * c) = s * a * c by
    simp only [Lean.Grind.Semiring.mul_assoc], hs]
  grind

/-- The energy of a supersymmetric system is the square of the sum of its charges. -/
theorem susyEnergy_eq_sq (q p : R) (hq : q * q = 0) (hp : p * p = 0) : susyEnergy q p = (q + p) * (q + p) := by
  rw [show (q + p) * (q + p) = q * q + p * p + (q * p + p * q) by grind, hq, hp, susyEnergy]
  grind

/-- A nilpotent charge is conserved. -/
theorem susyEnergy_comm (q p : R) (hq : q * q = 0) : susyEnergy q p * q = q * susyEnergy q p := by
  rw [susyEnergy, show (q * p + p * q) * q = q * p * q + p * (q * q) by grind, show q * (q * p + p * q) = q * q * p + q * p * q by grind, hq]
  grind

/-- A nilpotent charge turns a stationary state into its partner of equal energy (supersymmetry). -/
theorem susy_partner (q p v e : R) (hq : q * q = 0) (hv : susyEnergy q p * v = e * v) (he : e * q = q * e) :
    susyEnergy q p * (q * v) = e * (q * v) := by
  rw [← Lean.Grind.Semiring.mul_assoc, susyEnergy_comm q p hq, Lean.Grind.Semiring.mul_assoc, hv, ← Lean.Grind.Semiring.mul_assoc, ← he]
  simp only [Lean.Grind.Semiring.mul_assoc]

/-- Products of two anticommuting Grassmann numbers commute with a third: pairs of fermions behave like bosons. -/
theorem grassmann_pair_comm (x y z : R) (hx : x * z = -(z * x)) (hy : y * z = -(z * y)) : x * y * z = z * (x * y) := by
  rw [Lean.Grind.Semiring.mul_assoc, hy, show x * -(z * y) = -(x * z * y) by grind, hx]
  grind

end PhysField.QFT
