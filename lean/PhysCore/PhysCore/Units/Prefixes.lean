/-!
# Metric prefixes

Kilo, mega, milli, micro and their kin are powers of ten. Prefixes are a finite type with an exponent; values are converted
by multiplying with powers of ten, exactly, as long as one goes to the smaller unit. Scientific notation is a mantissa and
an exponent that multiply and compare as one expects.
-/
namespace PhysCore.Units

/-- The prefixes from micro to giga. -/
inductive Prefix where
  | micro
  | milli
  | unit
  | kilo
  | mega
  | giga
  deriving DecidableEq

/-- Number of powers of a thousand above micro. -/
def stepsAboveMicro : Prefix → Nat
  | .micro => 0
  | .milli => 1
  | .unit => 2
  | .kilo => 3
  | .mega => 4
  | .giga => 5

/-- Exponent of ten, in the usual sense. -/
def prefixExponent (p : Prefix) : Int := 3 * (stepsAboveMicro p : Int) - 6

/-- The next larger prefix; giga stays. -/
def larger : Prefix → Prefix
  | .micro => .milli
  | .milli => .unit
  | .unit => .kilo
  | .kilo => .mega
  | .mega => .giga
  | .giga => .giga

/-- The next smaller prefix; micro stays. -/
def smaller : Prefix → Prefix
  | .micro => .micro
  | .milli => .micro
  | .unit => .milli
  | .kilo => .unit
  | .mega => .kilo
  | .giga => .mega

/-- A value with a prefix, counted in the smallest unit. -/
def inMicro (x : Int) (p : Prefix) : Int := x * 1000 ^ stepsAboveMicro p

/-- Going up `n` prefixes. -/
def raiseBy (p : Prefix) : Nat → Prefix
  | 0 => p
  | n + 1 => larger (raiseBy p n)

/-- Scientific notation: mantissa times a power of ten. -/
structure Scientific where
  mantissa : Int
  exp : Nat

/-- The number that scientific notation stands for. -/
def sciValue (s : Scientific) : Int := s.mantissa * 10 ^ s.exp

/-- Product in scientific notation. -/
def sciMul (s t : Scientific) : Scientific := ⟨s.mantissa * t.mantissa, s.exp + t.exp⟩

/-- Moving the decimal point by `n` places. -/
def shiftPoint (s : Scientific) (n : Nat) : Scientific := ⟨s.mantissa * 10 ^ n, s.exp⟩

/-- The plain unit has exponent zero. -/
theorem prefix_exponent_unit : prefixExponent .unit = 0 := by
  rfl

/-- Kilo and milli are reciprocal. -/
theorem kilo_milli_reciprocal : prefixExponent .kilo + prefixExponent .milli = 0 := by
  decide

/-- Different prefixes have different exponents. -/
theorem prefix_exponent_injective (p q : Prefix) (h : prefixExponent p = prefixExponent q) : p = q := by
  cases p <;> cases q <;> simp_all [prefixExponent, stepsAboveMicro]

/-- All exponents are multiples of three. -/
theorem prefix_exponent_mod (p : Prefix) : prefixExponent p % 3 = 0 := by
  simp only [prefixExponent]
  omega

/-- Every prefix is a whole number of thousands. -/
theorem exists_prefix_thousands (p : Prefix) : ∃ k, prefixExponent p = 3 * k := by
  refine ⟨stepsAboveMicro p - 2, ?_⟩
  simp only [prefixExponent]
  omega

/-- The next larger prefix adds three to the exponent. -/
theorem larger_exponent (p : Prefix) (h : p ≠ .giga) : prefixExponent (larger p) = prefixExponent p + 3 := by
  cases p <;> simp_all [prefixExponent, larger, stepsAboveMicro]

/-- Down and up again. -/
theorem larger_smaller (p : Prefix) (h : p ≠ .micro) : larger (smaller p) = p := by
  cases p <;> simp_all [larger, smaller]

/-- Up and down again. -/
theorem smaller_larger (p : Prefix) (h : p ≠ .giga) : smaller (larger p) = p := by
  cases p <;> simp_all [larger, smaller]

/-- Enough steps up end at giga. -/
theorem raise_five (p : Prefix) : raiseBy p 5 = .giga := by
  cases p <;> rfl

/-- Giga is the largest prefix. -/
theorem raise_giga (n : Nat) : raiseBy .giga n = .giga := by
  induction n with
  | zero => rfl
  | succ n ih => rw [raiseBy, ih]; rfl

/-- Steps up add. -/
theorem raise_add (p : Prefix) (m n : Nat) : raiseBy p (m + n) = raiseBy (raiseBy p m) n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [Nat.add_succ, raiseBy, raiseBy, ih]

/-- A thousand of a unit are one of the next larger. -/
theorem thousand_is_larger (x : Int) (p : Prefix) (h : p ≠ .giga) : inMicro (1000 * x) p = inMicro x (larger p) := by
  cases p <;> simp_all [inMicro, larger, stepsAboveMicro] <;> omega

/-- Values with one prefix add. -/
theorem in_micro_add (x y : Int) (p : Prefix) : inMicro (x + y) p = inMicro x p + inMicro y p := by
  simp only [inMicro]
  grind

/-- Nothing is nothing in any unit. -/
theorem in_micro_zero (p : Prefix) : inMicro 0 p = 0 := by
  simp [inMicro]

/-- Equal values with one prefix are equal numbers. -/
theorem in_micro_injective (x y : Int) (p : Prefix) (h : inMicro x p = inMicro y p) : x = y := by
  cases p <;> simp only [inMicro, stepsAboveMicro] at h <;> omega

/-- The value of a product is the product of the values. -/
theorem sci_value_mul (s t : Scientific) : sciValue (sciMul s t) = sciValue s * sciValue t := by
  simp only [sciValue, sciMul, Int.pow_add]
  grind

/-- Factors in scientific notation may be swapped. -/
theorem sci_mul_comm (s t : Scientific) : sciMul s t = sciMul t s := by
  simp only [sciMul, Scientific.mk.injEq]
  exact ⟨Int.mul_comm _ _, Nat.add_comm _ _⟩

/-- Moving the point into the mantissa is moving it out of the exponent. -/
theorem shift_point_value (m : Int) (e n : Nat) : sciValue (shiftPoint ⟨m, e⟩ n) = sciValue ⟨m, e + n⟩ := by
  simp only [sciValue, shiftPoint, Int.pow_add]
  grind

/-- Moving the point in two steps. -/
theorem shift_point_add (s : Scientific) (m n : Nat) : shiftPoint (shiftPoint s m) n = shiftPoint s (m + n) := by
  simp only [shiftPoint, Scientific.mk.injEq, Int.pow_add]
  grind

/-- Every whole number has a scientific notation. -/
theorem exists_scientific (x : Int) : ∃ s, sciValue s = x := by
  exact ⟨⟨x, 0⟩, by simp [sciValue]⟩

end PhysCore.Units
