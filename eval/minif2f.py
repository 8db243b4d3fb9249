"""MiniF2F without Mathlib: which of its problems core Lean can pose, and in what words.

The problems import Mathlib. Those that speak of natural numbers, integers and rationals only, mean the same in core
Lean once ℕ, ℤ and ℚ are notation for its types, because Mathlib uses core's own instances for them. The header below
replaces the Mathlib header; it is the same text for every problem, so an engine elaborates it once. `autoImplicit` is
off, otherwise `ℝ` would quietly become a type variable and a false friend of the problem would be posed.

`missing_notion` is a static pre-check that names the reason; whoever passes it is really elaborated before it counts.
"""

from __future__ import annotations

import re

from eval.statements import mask

CORE_HEADER = """\
set_option autoImplicit false
notation "ℕ" => Nat
notation "ℤ" => Int
notation "ℚ" => Rat
open Nat
"""

# What core Lean 4 lacks and Mathlib defines, in the order in which a reader would name the reason.
_MISSING: tuple[tuple[str, str], ...] = (
    (r"ℝ|\bReal\b|\bNNReal\b", "real numbers"),
    (r"ℂ|\bComplex\b", "complex numbers"),
    (r"∑|∏|\bFinset\b|\bMultiset\b", "finite sums, products or sets (Finset)"),
    (r"\bSet\b|∈|∉|⊆|∩|∪", "sets"),
    (r"√|\bsqrt\b|\bNNReal\b", "square roots"),
    (r"\bNat\.Prime\b|\bPrime\b|\bNat\.primeFactors\w*|\bNat\.divisors\b", "prime numbers or divisors"),
    (r"\bEven\b|\bOdd\b", "Even and Odd"),
    (r"[\w)\]]\s*!(?!=)|\bfactorial\b|\bchoose\b", "factorials or binomials"),
    (r"\[(?:Z?MOD)\b|\bModEq\b|\bZMod\b", "congruences (ModEq, ZMod)"),
    (r"\|[^|\s][^|∣]*\||\babs\b", "absolute values"),
    (r"\bIrrational\b", "irrational numbers"),
    (r"\bdigits\b|\bofDigits\b", "digits"),
    (r"⌊|⌋|⌈|⌉|\bfloor\b|\bceil\b", "floor and ceiling"),
    (r"\bIsGreatest\b|\bIsLeast\b|\bsInf\b|\bsSup\b", "suprema and infima"),
    (r"≃|\bEquiv\b|∃!", "equivalences or unique existence"),
)


def missing_notion(statement: str) -> str | None:
    """A reason why core Lean cannot pose the statement, None when nothing known is missing."""
    text = mask(statement)
    found = [what for pattern, what in _MISSING if re.search(pattern, text)]
    return f"needs Mathlib: {', '.join(found)}" if found else None


def core_header(header: str) -> str:
    """The header for an engine without Mathlib: a Mathlib header is replaced, any other is kept."""
    return CORE_HEADER if re.search(r"^\s*import\s+Mathlib\b", header, re.M) else header


def family(name: str) -> str:
    """Where a MiniF2F problem comes from, read from its name ("mathd_algebra_125" -> "mathd_algebra")."""
    found = re.match(r"mathd_[a-z]+|aime|amc|imo|[a-z]+", name)
    return found.group() if found else ""
