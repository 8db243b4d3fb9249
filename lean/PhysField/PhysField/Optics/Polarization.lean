import PhysField.Mathematics.OrderedField

/-!
# Polarised light

The intensities of Stokes: a beam is its whole intensity and three differences of intensities behind filters. A wave of complex amplitudes
`a + i b` and `c + i d` is fully polarised; incoherent beams add. Polarisers turn by angles with cosine `c` and sine `s`.
Source: Born, Wolf, Principles of Optics, chapter 1; Hecht, Optics, chapter 8.
-/
namespace PhysField.Optics
open PhysField.Mathematics

/-- The four intensities of Stokes. -/
@[ext] structure Stokes (K : Type u) where
  i : K
  q : K
  u : K
  v : K

variable {K : Type u} [OrderedField K]

/-- Stokes intensities of a wave with the complex amplitudes `a + i b` and `c + i d`. -/
def stokesOfWave (a b c d : K) : Stokes K :=
  ⟨a ^ 2 + b ^ 2 + c ^ 2 + d ^ 2, a ^ 2 + b ^ 2 - c ^ 2 - d ^ 2, 2 * (a * c + b * d), 2 * (a * d - b * c)⟩

/-- Incoherent beams together. -/
def stokesAdd (s t : Stokes K) : Stokes K := ⟨s.i + t.i, s.q + t.q, s.u + t.u, s.v + t.v⟩

/-- Square of the polarised part of the intensity. -/
def polarizedSq (s : Stokes K) : K := s.q ^ 2 + s.u ^ 2 + s.v ^ 2

/-- A beam that nature can make: not more polarised than intense. -/
def Stokes.Physical (s : Stokes K) : Prop := 0 ≤ s.i ∧ polarizedSq s ≤ s.i ^ 2

/-- An ideal polariser whose axis has cosine `c` and sine `s` of twice its angle. -/
def polarizer (c s : K) (b : Stokes K) : Stokes K :=
  ⟨(b.i + c * b.q + s * b.u) / 2, c * (b.i + c * b.q + s * b.u) / 2, s * (b.i + c * b.q + s * b.u) / 2, 0⟩

/-- A wave plate along the axes that retards by a phase of cosine `c` and sine `s`. -/
def retarder (c s : K) (b : Stokes K) : Stokes K := ⟨b.i, b.q, c * b.u - s * b.v, s * b.u + c * b.v⟩

/-- An optically active plate that turns the polarisation, with cosine `c` and sine `s` of twice the angle. -/
def rotator (c s : K) (b : Stokes K) : Stokes K := ⟨b.i, c * b.q - s * b.u, s * b.q + c * b.u, b.v⟩

/-- Intensity of linearly polarised light behind `n` polarisers, each turned against the one before by an angle of cosine `c`. -/
def malusChain (c i : K) : Nat → K
  | 0 => i
  | n + 1 => c ^ 2 * malusChain c i n

/-- The sum of `n` incoherent beams. -/
def stokesSum (b : Nat → Stokes K) : Nat → Stokes K
  | 0 => ⟨0, 0, 0, 0⟩
  | n + 1 => stokesAdd (stokesSum b n) (b n)

/-- A single wave is fully polarised. -/
theorem wave_fully_polarized (a b c d : K) : polarizedSq (stokesOfWave a b c d) = (stokesOfWave a b c d).i ^ 2 := by
  grind [polarizedSq, stokesOfWave]

/-- A common phase of both amplitudes, of cosine `x` and sine `y`, changes no intensity of Stokes. -/
theorem wave_common_phase (a b c d x y : K) (h : x ^ 2 + y ^ 2 = 1) :
    stokesOfWave (x * a - y * b) (x * b + y * a) (x * c - y * d) (x * d + y * c) = stokesOfWave a b c d := by
  ext <;> grind [stokesOfWave]

/-- A wave is linearly polarised exactly where its two amplitudes are in phase or in opposite phase. -/
theorem wave_linear (a b c d : K) : (stokesOfWave a b c d).v = 0 ↔ a * d = b * c := by
  have e : (stokesOfWave a b c d).v = 2 * (a * d - b * c) := rfl
  constructor <;> intro h <;> grind

/-- A wave is circularly polarised exactly where its two amplitudes are a quarter period apart and of one size. -/
theorem wave_circular (a b c d : K) (h : (stokesOfWave a b c d).v = (stokesOfWave a b c d).i) : d = a ∧ c = -b := by
  have e : (a - d) ^ 2 + (b + c) ^ 2 = 0 := by grind [stokesOfWave]
  have k := sq_add_sq_eq_zero.mp e
  grind

/-- The Stokes scalar product of physical beams is at most the product of their intensities. -/
theorem stokes_cauchy (s t : Stokes K) (hs : s.Physical) (ht : t.Physical) :
    s.q * t.q + s.u * t.u + s.v * t.v ≤ s.i * t.i := by
  obtain ⟨hs, ks⟩ := hs
  obtain ⟨ht, kt⟩ := ht
  have c := cauchy_three s.q s.u s.v t.q t.u t.v
  have p : 0 ≤ polarizedSq s := by grind [polarizedSq, sq_nonneg s.q, sq_nonneg s.u, sq_nonneg s.v]
  have m := mul_le_mul p (sq_nonneg t.i) ks kt
  refine le_of_sq_le_sq (mul_nonneg hs ht) ?_
  rw [show (s.i * t.i) ^ 2 = s.i ^ 2 * t.i ^ 2 by grind]
  exact Std.le_trans c m

/-- Beams that nature can make add to one that it can make: the degree of polarisation stays at most 1. -/
theorem physical_add (s t : Stokes K) (hs : s.Physical) (ht : t.Physical) : (stokesAdd s t).Physical := by
  have c := stokes_cauchy s t hs ht
  obtain ⟨hs, ks⟩ := hs
  obtain ⟨ht, kt⟩ := ht
  constructor
  · grind [stokesAdd]
  · simp only [polarizedSq] at ks kt
    show (s.q + t.q) ^ 2 + (s.u + t.u) ^ 2 + (s.v + t.v) ^ 2 ≤ (s.i + t.i) ^ 2
    grind

/-- Any number of incoherent waves make a beam that is at most fully polarised. -/
theorem physical_sum (b : Nat → Stokes K) (h : ∀ k, (b k).Physical) (n : Nat) : (stokesSum b n).Physical := by
  induction n with
  | zero => exact ⟨by grind [stokesSum], by grind [stokesSum, polarizedSq]⟩
  | succ n ih => exact physical_add _ _ ih (h n)

/-- A wave is a beam that nature can make. -/
theorem physical_wave (a b c d : K) : (stokesOfWave a b c d).Physical := by
  have h := sq_nonneg a
  have k := sq_nonneg b
  have l := sq_nonneg c
  have m := sq_nonneg d
  have e := wave_fully_polarized a b c d
  exact ⟨by grind [stokesOfWave], by grind⟩

/-- Every beam is unpolarised light beside fully polarised light, in one way only. -/
theorem stokes_decomposition (b : Stokes K) (p n : K) (hp : 0 ≤ p) (h : p ^ 2 = polarizedSq b) (s : Stokes K)
    (hs : stokesAdd ⟨n, 0, 0, 0⟩ s = b) (k : 0 ≤ s.i) (f : polarizedSq s = s.i ^ 2) : n = b.i - p := by
  have e : s.i = p := by
    refine eq_of_sq_eq_sq k hp ?_
    rw [h, ← f, ← hs]
    grind [polarizedSq, stokesAdd]
  rw [← hs, ← e]
  grind [stokesAdd]

/-- A retarding plate keeps the intensity and the degree of polarisation. -/
theorem retarder_polarized (c s : K) (b : Stokes K) (h : c ^ 2 + s ^ 2 = 1) : polarizedSq (retarder c s b) = polarizedSq b := by
  have e : polarizedSq (retarder c s b) = b.q ^ 2 + (c ^ 2 + s ^ 2) * (b.u ^ 2 + b.v ^ 2) := by grind [polarizedSq, retarder]
  rw [e, h]
  grind [polarizedSq]

/-- Retarding plates along the same axes add their phases. -/
theorem retarder_comp (a b c d : K) (s : Stokes K) :
    retarder a b (retarder c d s) = retarder (a * c - b * d) (a * d + b * c) s := by
  ext <;> grind [retarder]

/-- A quarter-wave plate makes circular from linear polarisation at half a right angle to its axes. -/
theorem quarter_wave (i : K) : retarder 0 1 ⟨i, 0, i, 0⟩ = ⟨i, 0, 0, i⟩ := by
  ext <;> grind [retarder]

/-- A polariser passes the light that it has passed once. -/
theorem polarizer_idempotent (c s : K) (b : Stokes K) (h : c ^ 2 + s ^ 2 = 1) :
    polarizer c s (polarizer c s b) = polarizer c s b := by
  have e : ∀ x : K, (x / 2 + c * (c * x / 2) + s * (s * x / 2)) = x := by
    intro x
    rw [show x / 2 + c * (c * x / 2) + s * (s * x / 2) = (1 + (c ^ 2 + s ^ 2)) * x / 2 by grind, h]
    grind
  simp only [polarizer, e]

/-- What leaves a polariser is fully polarised. -/
theorem polarizer_polarizes (c s : K) (b : Stokes K) (h : c ^ 2 + s ^ 2 = 1) :
    polarizedSq (polarizer c s b) = (polarizer c s b).i ^ 2 := by
  have e : polarizedSq (polarizer c s b) = (c ^ 2 + s ^ 2) * (polarizer c s b).i ^ 2 := by grind [polarizedSq, polarizer]
  rw [e, h]
  grind

/-- A polariser passes at most the whole and at least nothing of a physical beam. -/
theorem polarizer_bounds (c s : K) (b : Stokes K) (h : c ^ 2 + s ^ 2 = 1) (hb : b.Physical) :
    0 ≤ (polarizer c s b).i ∧ (polarizer c s b).i ≤ b.i := by
  obtain ⟨hb, kb⟩ := hb
  have k := cauchy_two c s b.q b.u
  have v := sq_nonneg b.v
  have l : (c * b.q + s * b.u) ^ 2 ≤ b.i ^ 2 := by
    rw [h] at k
    grind [polarizedSq]
  have m := bounds_of_sq_le_sq hb l
  grind [polarizer]

/-- A polariser passes half of unpolarised light whatever its angle. -/
theorem polarizer_natural_light (c s i : K) : (polarizer c s ⟨i, 0, 0, 0⟩).i = i / 2 := by
  grind [polarizer]

/-- Of two crossed polarisers the second passes nothing. -/
theorem polarizer_crossed (c s : K) (b : Stokes K) (h : c ^ 2 + s ^ 2 = 1) :
    (polarizer (-c) (-s) (polarizer c s b)).i = 0 := by
  have e : (polarizer (-c) (-s) (polarizer c s b)).i = (1 - (c ^ 2 + s ^ 2)) * (b.i + c * b.q + s * b.u) / 4 := by
    grind [polarizer]
  rw [e, h]
  grind

/-- A polariser passes linear light by the squared cosine of the angle between them, `x` being the cosine (Malus's law). -/
theorem malus (c s x y i : K) (h : c ^ 2 + s ^ 2 = 1) (hx : c = x ^ 2 - y ^ 2) (k : x ^ 2 + y ^ 2 = 1) :
    (polarizer c s ⟨i, i, 0, 0⟩).i = x ^ 2 * i ∧ s ^ 2 = (2 * x * y) ^ 2 := by
  grind [polarizer]

/-- Turning the polarisation before and back after a polariser turns the polariser. -/
theorem rotator_polarizer (a b c s : K) (t : Stokes K) :
    rotator a b (polarizer c s (rotator a (-b) t)) = polarizer (a * c - b * s) (b * c + a * s) t := by
  ext <;> grind [rotator, polarizer]

/-- A chain of `n` polarisers passes the `n`-th power of the squared cosine. -/
theorem malusChain_eq (c i : K) (n : Nat) : malusChain c i n = (c ^ 2) ^ n * i := by
  induction n with
  | zero => grind [malusChain]
  | succ n ih =>
    rw [malusChain, ih, pow_succ]
    grind

/-- A chain of `n` slightly turned polarisers loses at most `n` squared sines of the light (Bernoulli). -/
theorem malusChain_loss (c s i : K) (hi : 0 ≤ i) (h : c ^ 2 + s ^ 2 = 1) (n : Nat) :
    (1 - n * s ^ 2) * i ≤ malusChain c i n := by
  have k := sq_nonneg c
  have b := bernoulli (a := -s ^ 2) (by grind) n
  rw [malusChain_eq, show c ^ 2 = 1 + -s ^ 2 by grind]
  exact mul_le_mul_right hi (by grind)

end PhysField.Optics
