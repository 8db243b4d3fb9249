"""MiniF2F without Mathlib: which of its problems core Lean can pose, and in what words.

The problems import Mathlib. Those that speak of natural numbers, integers and rationals only, mean the same in core
Lean once ℕ, ℤ and ℚ are notation for its types, because Mathlib uses core's own instances for them. The header below
replaces the Mathlib header; it is the same text for every problem, so an engine elaborates it once. `autoImplicit` is
off, otherwise `ℝ` would quietly become a type variable and a false friend of the problem would be posed.

`missing_notion` is a static pre-check that names the reason; whoever passes it is really elaborated before it counts.
"""

from __future__ import annotations

import re

from physprover.lean.text.commands import parse
from physprover.lean.text.headers import imports_of
from physprover.lean.text.proofs import masked_or_plain

_CORE = frozenset({"Init", "Std"})
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
    text = masked_or_plain(statement).masked
    found = [what for pattern, what in _MISSING if re.search(pattern, text)]
    return f"needs Mathlib: {', '.join(found)}" if found else None


def core_header(header: str) -> tuple[str, str]:
    """(The header for an engine without Mathlib, those of its commands that are the problem's own).

    Imports of what core Lean lacks, `open` and `set_option` give way to `CORE_HEADER`; a header that imports no such
    thing is kept.
    """
    source = masked_or_plain(header)
    if all(name.partition(".")[0] in _CORE for name in imports_of(source)):
        return header, ""
    own = "\n\n".join(
        header[command.start : command.end]
        for command in parse(source)
        if command.kind not in ("import", "open", "set_option", "module", "universe")
    )
    return (f"{CORE_HEADER}\n{own}\n", own) if own else (CORE_HEADER, "")


def family(name: str) -> str:
    """Where a MiniF2F problem comes from, read from its name ("mathd_algebra_125" -> "mathd_algebra")."""
    found = re.match(r"mathd_[a-z]+|aime|amc|imo|[a-z]+", name)
    return found.group() if found else ""


# Statements of the test split that yangky11/miniF2F-lean4 corrected in February 2026 (commit 1be24b7, pull request 33), most
# of them as in AI-MO/minif2f_test: what a right statement contains, and what is wrong without it.
KNOWN_WRONG: dict[str, tuple[str, str]] = {
    "aime_1994_p3": (r"∀", "the equation holds at one x only"),
    "algebra_ineq_nto1onlt2m1on": (r"\)\s*≤\s*2\s*-\s*1", "`<` is false for n = 1, `≤` is meant"),
    "amc12a_2019_p12": (r"x\s*>\s*0|0\s*<\s*x", "x and y must be positive reals"),
    "amc12a_2020_p10": (r"1\s*<\s*n|n\s*>\s*1", "n = 1 must be excluded"),
    "amc12a_2021_p25": (r"N\s*>\s*0|0\s*<\s*N", "N must be positive"),
    "imo_1982_p1": (r":\s*ℤ\s*\)", "differences of natural numbers are cut off at 0"),
    "mathd_numbertheory_618": (r"n\s*>\s*0|0\s*<\s*n", "n = 0 is a counterexample"),
}


def known_wrong(name: str, statement: str) -> str | None:
    """What public corrections say is wrong with a problem as it is stated here; None for nothing."""
    right, what = KNOWN_WRONG.get(name, ("", ""))
    return what if what and not re.search(right, statement) else None
