import PhysField.Mathematics.OrderedField
import PhysField.Mathematics.Vec3

/-!
# Cause and effect

An event has a time and a place in space. It precedes another one causally if light or something slower can run from it to the other,
chronologically if only something slower is needed. Both are orders, both survive a change of frame, and events that neither precede
each other nor are preceded are simultaneous for some observer. The velocity of light is 1.
Source: Rindler, Introduction to Special Relativity, chapter 2; Naber, The Geometry of Minkowski Spacetime, chapter 1.
-/
namespace PhysField.Relativity
open PhysField.Mathematics

/-- An event has a time and a place. -/
@[ext] structure Event (K : Type u) where
  time : K
  place : Vec3 K

variable {K : Type u} [OrderedField K]

/-- A signal of at most the velocity of light can run from the first event to the second. -/
def causallyPrecedes (p q : Event K) : Prop :=
  p.time ≤ q.time ∧ normSq (q.place - p.place) ≤ (q.time - p.time) ^ 2

/-- Something slower than light can travel from the first event to the second. -/
def chronologicallyPrecedes (p q : Event K) : Prop :=
  p.time < q.time ∧ normSq (q.place - p.place) < (q.time - p.time) ^ 2

/-- Time from the first event to the second, up to a positive factor, for an observer of velocity `v`. -/
def observedDelay (v : Vec3 K) (p q : Event K) : K := (q.time - p.time) - dot v (q.place - p.place)

/-- The event displaced by a time and a vector. -/
def displaced (s : K) (d : Vec3 K) (p : Event K) : Event K := ⟨p.time + s, p.place + d⟩

/-- A scalar product is at most a bound on the lengths of its factors. -/
theorem dot_le_of_normSq_le (u v : Vec3 K) (a b : K) (ha : 0 ≤ a) (hb : 0 ≤ b) (hu : normSq u ≤ a ^ 2)
    (hv : normSq v ≤ b ^ 2) : dot u v ≤ a * b := by
  have c := cauchy_schwarz u v
  have m := mul_le_mul (normSq_nonneg u) (sq_nonneg b) hu hv
  exact le_of_sq_le_sq (mul_nonneg ha hb) (by grind)

/-- A scalar product stays below a bound that the length of its first factor does not reach. -/
theorem dot_lt_of_normSq_lt (u v : Vec3 K) (a b : K) (ha : 0 < a) (hb : 0 < b) (hu : normSq u < a ^ 2)
    (hv : normSq v ≤ b ^ 2) : dot u v < a * b := by
  have c := cauchy_schwarz u v
  have m := mul_le_mul_left (normSq_nonneg u) hv
  have k := mul_lt_mul_right (sq_pos (show b ≠ 0 by grind)) hu
  have p := mul_pos ha hb
  exact lt_of_sq_lt_sq (by grind) (by grind)

/-- Each event precedes itself, but not chronologically. -/
theorem causallyPrecedes_refl (p : Event K) : causallyPrecedes p p ∧ ¬ chronologicallyPrecedes p p := by
  constructor
  · exact ⟨by grind, by grind [normSq, dot]⟩
  · intro h
    have k := h.1
    grind

/-- Of two different events at most one precedes the other: cause and effect are not exchanged. -/
theorem causallyPrecedes_antisymm (p q : Event K) (h : causallyPrecedes p q) (k : causallyPrecedes q p) : p = q := by
  have ⟨ht, hs⟩ := h
  have e : p.time = q.time := by grind [causallyPrecedes]
  have n := normSq_nonneg (q.place - p.place)
  rw [e, show (q.time - q.time) ^ 2 = 0 by grind] at hs
  have z := (normSq_eq_zero (q.place - p.place)).mp (by grind)
  have f : q.place = p.place := by ext <;> grind
  ext <;> grind

/-- Causal order is transitive: the effect of an effect is an effect. -/
theorem causallyPrecedes_trans (p q r : Event K) (h : causallyPrecedes p q) (k : causallyPrecedes q r) :
    causallyPrecedes p r := by
  have ⟨ht, hs⟩ := h
  have ⟨kt, ks⟩ := k
  have d := dot_le_of_normSq_le _ _ (q.time - p.time) (r.time - q.time) (by grind) (by grind) hs ks
  have e : normSq (r.place - p.place) = normSq (q.place - p.place) + normSq (r.place - q.place)
      + 2 * dot (q.place - p.place) (r.place - q.place) := by grind [normSq, dot]
  refine ⟨by grind, ?_⟩
  rw [e]
  grind

/-- What is chronologically after an event has all its effects chronologically after that event. -/
theorem chronologicallyPrecedes_trans (p q r : Event K) (h : chronologicallyPrecedes p q)
    (k : causallyPrecedes q r) : chronologicallyPrecedes p r := by
  have ⟨ht, hs⟩ := h
  have ⟨kt, ks⟩ := k
  by_cases z : r.time = q.time
  · have n := normSq_nonneg (r.place - q.place)
    rw [z, show (q.time - q.time) ^ 2 = 0 by grind] at ks
    have g := (normSq_eq_zero (r.place - q.place)).mp (by grind)
    have f : r.place = q.place := by ext <;> grind
    exact ⟨by rw [z]; exact ht, by rw [f, z]; exact hs⟩
  · have d := dot_lt_of_normSq_lt _ _ (q.time - p.time) (r.time - q.time) (by grind) (by grind) hs ks
    have e : normSq (r.place - p.place) = normSq (q.place - p.place) + normSq (r.place - q.place)
        + 2 * dot (q.place - p.place) (r.place - q.place) := by grind [normSq, dot]
    refine ⟨by grind, ?_⟩
    rw [e]
    grind

/-- Causal order does not depend on where and when the origin lies. -/
theorem causallyPrecedes_displaced (s : K) (d : Vec3 K) (p q : Event K) :
    causallyPrecedes (displaced s d p) (displaced s d q) ↔ causallyPrecedes p q := by
  have e : (q.place + d) - (p.place + d) = q.place - p.place := by ext <;> grind
  have f : (q.time + s) - (p.time + s) = q.time - p.time := by grind
  simp only [causallyPrecedes, displaced, e, f]
  grind

/-- A mirror that exchanges two axes keeps causal order. -/
theorem causallyPrecedes_swap (p q : Event K) :
    causallyPrecedes ⟨p.time, ⟨p.place.y, p.place.x, p.place.z⟩⟩ ⟨q.time, ⟨q.place.y, q.place.x, q.place.z⟩⟩
      ↔ causallyPrecedes p q := by
  simp only [causallyPrecedes]
  grind [normSq, dot]

/-- All observers agree on the order in time of an event and one chronologically after it. -/
theorem observedDelay_pos (v : Vec3 K) (p q : Event K) (hv : normSq v ≤ 1) (h : chronologicallyPrecedes p q) :
    0 < observedDelay v p q := by
  have ⟨ht, hs⟩ := h
  have d := dot_lt_of_normSq_lt (q.place - p.place) v (q.time - p.time) 1 (by grind) (by grind) hs (by grind)
  rw [dot_comm] at d
  grind [observedDelay]

/-- An event that all observers up to the velocity of light see later is causally later. -/
theorem causallyPrecedes_of_observed (p q : Event K) (r : K) (hr : 0 < r)
    (hs : normSq (q.place - p.place) = r ^ 2) (h : ∀ v : Vec3 K, normSq v ≤ 1 → 0 ≤ observedDelay v p q) :
    causallyPrecedes p q := by
  have k := h (r⁻¹ • (q.place - p.place)) (by
    rw [show normSq (r⁻¹ • (q.place - p.place)) = r⁻¹ ^ 2 * normSq (q.place - p.place) by grind [normSq, dot], hs,
      show r⁻¹ ^ 2 * r ^ 2 = 1 by grind]
    exact Std.le_refl 1)
  have e : dot (r⁻¹ • (q.place - p.place)) (q.place - p.place) = r := by
    rw [dot_smul_left, ← normSq, hs]
    grind
  rw [observedDelay, e] at k
  exact ⟨by grind, by rw [hs]; exact sq_le_sq (by grind) (by grind)⟩

/-- Two events apart like space are simultaneous for some observer slower than light (relativity of simultaneity). -/
theorem exists_simultaneous (p q : Event K) (h : (q.time - p.time) ^ 2 < normSq (q.place - p.place)) :
    ∃ v : Vec3 K, normSq v < 1 ∧ observedDelay v p q = 0 := by
  have n : 0 < normSq (q.place - p.place) := by grind [sq_nonneg (q.time - p.time)]
  refine ⟨((q.time - p.time) / normSq (q.place - p.place)) • (q.place - p.place), ?_, ?_⟩
  · rw [show ∀ (c : K) (u : Vec3 K), normSq (c • u) = c ^ 2 * normSq u from fun c u => by grind [normSq, dot],
      show ((q.time - p.time) / normSq (q.place - p.place)) ^ 2 * normSq (q.place - p.place)
        = (q.time - p.time) ^ 2 / normSq (q.place - p.place) by grind, div_lt_iff n]
    grind
  · rw [observedDelay, dot_smul_left, ← normSq]
    grind

/-- Events apart like space precede each other neither way. -/
theorem spacelike_not_precedes (p q : Event K) (h : (q.time - p.time) ^ 2 < normSq (q.place - p.place)) :
    ¬ causallyPrecedes p q ∧ ¬ causallyPrecedes q p := by
  have e : normSq (p.place - q.place) = normSq (q.place - p.place) := by grind [normSq, dot]
  constructor
  · intro k
    have l := k.2
    grind
  · intro k
    have l := k.2
    grind

/-- Between a cause and its effect every step takes at most the whole time. -/
theorem causal_diamond_time (p q r : Event K) (h : causallyPrecedes p q) (k : causallyPrecedes q r) :
    (q.time - p.time) ^ 2 ≤ (r.time - p.time) ^ 2 := by
  have ht := h.1
  have kt := k.1
  exact sq_le_sq (by grind) (by grind)

/-- A chain of causes makes its first event a cause of its last one, however long it is. -/
theorem causallyPrecedes_chain (e : Nat → Event K) (h : ∀ i, causallyPrecedes (e i) (e (i + 1))) (n : Nat) :
    causallyPrecedes (e 0) (e n) := by
  induction n with
  | zero => exact (causallyPrecedes_refl (e 0)).1
  | succ n ih => exact causallyPrecedes_trans _ _ _ ih (h n)

/-- A chain of causes that returns to its beginning has never left it: no event causes itself by way of others. -/
theorem causal_loop_constant (e : Nat → Event K) (h : ∀ i, causallyPrecedes (e i) (e (i + 1))) (n : Nat)
    (hn : e (n + 1) = e 0) : e n = e 0 := by
  have k := causallyPrecedes_chain e h n
  have l := h n
  rw [hn] at l
  exact causallyPrecedes_antisymm _ _ l k

/-- A proper boost along the first axis keeps causal order. -/
theorem causallyPrecedes_boost (g h : K) (hg : 0 < g) (e : g ^ 2 - h ^ 2 = 1) (p q : Event K)
    (k : causallyPrecedes p q) :
    causallyPrecedes ⟨g * p.time - h * p.place.x, ⟨g * p.place.x - h * p.time, p.place.y, p.place.z⟩⟩
      ⟨g * q.time - h * q.place.x, ⟨g * q.place.x - h * q.time, q.place.y, q.place.z⟩⟩ := by
  have ⟨kt, ks⟩ := k
  have y := sq_nonneg (q.place.y - p.place.y)
  have z := sq_nonneg (q.place.z - p.place.z)
  simp only [normSq, dot, Vec3.sub_def] at ks
  have ⟨b, c⟩ := bounds_of_sq_le_sq (a := q.place.x - p.place.x) (b := q.time - p.time) (by grind) (by grind)
  have ⟨f, i⟩ := bounds_of_sq_le_sq (a := h) (b := g) (by grind) (by grind)
  have m := mul_nonneg (show 0 ≤ g + h by grind) (show 0 ≤ (q.time - p.time) - (q.place.x - p.place.x) by grind)
  have o := mul_nonneg (show 0 ≤ g - h by grind) (show 0 ≤ (q.time - p.time) + (q.place.x - p.place.x) by grind)
  have w : (g * (q.time - p.time) - h * (q.place.x - p.place.x)) ^ 2
      - (g * (q.place.x - p.place.x) - h * (q.time - p.time)) ^ 2
      = (g ^ 2 - h ^ 2) * ((q.time - p.time) ^ 2 - (q.place.x - p.place.x) ^ 2) := by grind
  rw [e] at w
  refine ⟨by grind, ?_⟩
  simp only [normSq, dot, Vec3.sub_def]
  grind

end PhysField.Relativity
