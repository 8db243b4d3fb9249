"""Proofs with holes, and what Lean's errors say of them.

A hole stands alone on its line, as `⟪0⟫`. Lean goes on after an error inside a branch of its own (`case`, `·`, an
alternative of `induction`), so one check of a sketch whose holes are all filled says of each hole whether its filling closed it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from physprover.lean.text.statements import SORRY, compose, masked_or_plain
from physprover.records import Record

_HOLE = re.compile(r"^( *)⟪(\d+)⟫$")
_PLACED = re.compile(r"error: (\d+):(\d+): (.*)", re.DOTALL)
_BRANCH = re.compile(r"^( *(?:\||case\b|next\b)[^\n]*?=>|^ *·) *(?=\S)")
_UNSOLVED = "unsolved goals"


class LeanError(Record):
    """One error of a judged proof. `line` counts from 0 at the proof's first line."""

    line: int
    column: int
    text: str


class Filled(Record):
    """A sketch with every hole filled: the proof, and the lines of each filling (first, one past the last)."""

    proof: str
    spans: tuple[tuple[int, int], ...]

    def hole_of(self, error: LeanError) -> int | None:
        """The hole an error belongs to: inside its filling, or on the line that opens its branch."""
        for number, (first, last) in enumerate(self.spans):
            if first - 1 <= error.line < last and (error.line or not self.proof.startswith("by")):
                return number
        return None


class HoleSketch(Record):
    """A proof with `holes` holes."""

    text: str

    @property
    def holes(self) -> int:
        return sum(bool(_HOLE.match(line)) for line in self.text.splitlines())

    def fill(self, fillings: Sequence[str]) -> Filled:
        """Put a tactic block into each hole, in order."""
        lines: list[str] = []
        spans: list[tuple[int, int]] = []
        for line in self.text.splitlines():
            hole = _HOLE.match(line)
            if hole is None:
                lines.append(line)
                continue
            block = textwrap.indent(textwrap.dedent(fillings[len(spans)]).strip("\n"), hole[1]).splitlines()
            spans.append((len(lines), len(lines) + len(block)))
            lines += block
        return Filled(proof="\n".join(lines), spans=tuple(spans))


ROOT = HoleSketch(text="by\n  ⟪0⟫")
"""Nothing but a hole."""


def errors_of(messages: Sequence[str], statement: str, proof: str) -> list[LeanError]:
    """Errors with their place in the proof, in order of place; messages without a place are left out."""
    before = compose(statement, proof).count("\n") - proof.count("\n") + 1
    found = (_PLACED.match(message) for message in messages)
    errors = [
        LeanError(line=max(0, int(m[1]) - before), column=int(m[2]), text=m[3].strip()) for m in found if m
    ]
    return sorted(errors, key=lambda e: (e.line, e.column))


def laid_out(proof: str) -> str:
    """The proof with its tactics on lines of their own behind `by`; a term is left as it stands."""
    text = proof.strip()
    if re.match(r"by +\S", text) and "\n" not in text:
        return f"by\n  {text[2:].strip()}"
    return proof.rstrip()


def punch(proof: str, errors: Sequence[LeanError]) -> HoleSketch | None:
    """The proof with a hole wherever Lean found fault, what elaborated before it kept; None where that leaves nothing to keep.

    A failing tactic and what follows it in its block give way to the hole; where goals are left, the hole comes last.
    """
    lines = proof.splitlines()
    if lines[:1] != ["by"] or not errors:
        return None
    done = len(lines)
    for error in reversed(errors):  # from below, so that the places of those above stay right
        if error.line >= done or error.line >= len(lines):
            continue
        done = error.line
        lines = _left_open(lines, error.line) if error.text.startswith(_UNSOLVED) else _cut(lines, error)
    text = "\n".join(lines)
    if "⟪⟫" not in text or all("⟪⟫" in line for line in lines[1:]):
        return None
    for number in range(text.count("⟪⟫")):
        text = text.replace("⟪⟫", f"⟪{number}⟫", 1)
    return HoleSketch(text=text)


def _left_open(lines: list[str], at: int) -> list[str]:
    """A hole for all goals left at the end of the block that line `at` opens."""
    if at == 0:
        return [*lines, "  all_goals", "    ⟪⟫"]
    lines = _branch_apart(lines, at)
    end = _block_end(lines, at)
    pad = " " * (_indent(lines[at]) + 2)
    return [*lines[:end], f"{pad}all_goals", f"{pad}  ⟪⟫", *lines[end:]]


def _cut(lines: list[str], error: LeanError) -> list[str]:
    at = error.line
    if at == 0:
        return ["by", "  ⟪⟫"]
    apart = _branch_apart(lines, at)
    if len(apart) > len(lines):  # the failing tactic stood behind its branch's arrow
        lines, at = apart, at + 1
    pad = " " * _indent(lines[at])
    first, joint, _ = lines[at].rpartition("<;>")
    if joint and error.column >= len(first):
        kept = [first.rstrip(), f"{pad}all_goals", f"{pad}  ⟪⟫"]
    else:
        kept = [f"{pad}⟪⟫"]
    return [*lines[:at], *kept, *lines[_rest_of_block(lines, at) :]]


def _branch_apart(lines: list[str], at: int) -> list[str]:
    """`| zero => simp` as two lines."""
    match = _BRANCH.match(lines[at])
    if match is None:
        return lines
    pad = " " * (_indent(lines[at]) + 2)
    return [*lines[:at], match[1], pad + lines[at][match.end() :], *lines[at + 1 :]]


def _block_end(lines: list[str], at: int) -> int:
    """One past the last line that is deeper than line `at`."""
    end = at + 1
    while end < len(lines) and _indent(lines[end]) > _indent(lines[at]):
        end += 1
    return end


def _rest_of_block(lines: list[str], at: int) -> int:
    """One past the last line of the block that line `at` stands in."""
    end = at + 1
    while end < len(lines) and _indent(lines[end]) >= _indent(lines[at]):
        end += 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


# -- `sorry` in a person's proof as the holes of a sketch. --

_WHOLE = re.compile(r"(?:by\s+)?sorry")
# What may stand before a `sorry` that ends its line, and how the line then ends when the hole goes below it.
_ENDINGS = (
    (re.compile(r"^(.*:=)\s*(?:by\s+)?$"), " by"),
    (re.compile(r"^(.*\bby)\s*$"), ""),
    (re.compile(r"^(.*(?<!\w)(?:fun|λ)\b[^=]*=>)\s*$"), " by"),
    (re.compile(r"^(.*=>)\s*$"), ""),  # an arm of tactics
    (re.compile(r"^(\s*·)\s*$"), ""),
)
_TERM_BELOW = re.compile(r"(?::=|(?<!\w)(?:fun|λ)\b[^=]*=>|\bfrom|<\|)\s*$")
_BLOCK_BELOW = re.compile(r"(?:=>|\bthen|\belse)\s*$")  # of tactics, or a term
_TERM_BEHIND = re.compile(r"\s*(?:have|let|suffices)\b")
_TACTICS_BELOW = re.compile(r"\bby(?:|\b.*(?:\bwith|\bthen|\belse|=>|:=|[(⟨,|]))\s*$")
_BRACKETS = re.compile(r"\([^()]*\)")


def sorry_sketch(proof: str) -> HoleSketch | None:
    """The proof with a hole for each `sorry` that stands for a tactic block; None when one stands elsewhere, or there is none."""
    text = proof.rstrip()
    masked_text = masked_or_plain(text).masked
    if _WHOLE.fullmatch(" ".join(masked_text.split())):
        return ROOT
    lines: list[str] = []
    number = 0
    masked_lines = masked_text.split("\n")
    placed = _placed(masked_lines)
    for at, (line, masked) in enumerate(zip(text.split("\n"), masked_lines, strict=True)):
        found = SORRY.search(masked)
        if found is None:
            lines.append(line)
            continue
        if masked[found.end() :].strip():
            return None
        before = masked[: found.start()]
        above = _above(before) if before.strip() else _alone(placed[:at], found.start())
        if above is None:
            return None
        if above.endswith("=>") and not _in_tactics(placed[:at], placed[at].removesuffix(masked) + before):
            above += " by"  # an arm of a theorem by cases, or of a term's `match`
        pad = len(line) - len(line.lstrip()) + (2 if above else 0)
        lines += [*([above] if above else []), f"{' ' * pad}⟪{number}⟫"]
        number += 1
    return HoleSketch(text="\n".join(lines)) if number else None


def _placed(lines: Sequence[str]) -> list[str]:
    """The lines, the first one as deep as its fellow arms: it lost its indentation where the proof was cut out."""
    first, *rest = lines
    if not first.startswith("|") or re.search(r"\bwith\s*$", first):
        return [*lines]
    outermost = min((line for line in rest if line.strip()), key=_indent, default="")
    depth = _indent(outermost) if outermost.lstrip().startswith("|") else 0
    return [" " * depth + first, *rest]


def _in_tactics(before: Sequence[str], line: str) -> bool:
    """Whether a line opens a tactic block or stands in one, which the text or a line around it opens."""
    if _opens_tactics(line):
        return True
    for outer in reversed(before):
        deeper, arm = _indent(line) - _indent(outer), line.lstrip().startswith("|")
        if outer.strip() and (deeper > 0 or (deeper == 0 and arm and not outer.lstrip().startswith("|"))):
            if _opens_tactics(outer):
                return True
            line = outer
    return next((line for line in before if line.strip()), "").lstrip().startswith("by")


def _opens_tactics(line: str) -> bool:
    return bool(_TACTICS_BELOW.search(_BRACKETS.sub("", line)))


def _above(before: str) -> str | None:
    """The line that opens the block of a hole that ends it; None where no block can stand."""
    for pattern, ending in _ENDINGS:
        if match := pattern.match(before):
            return match[1] + ending
    return None


def _alone(before: Sequence[str], column: int) -> str | None:
    """The line above a hole that is a line of its own: "" among tactics, `by` where it is a term that may be one, else None."""
    before = [line for line in before if line.strip()]
    if not before:
        return None
    around = next((line for line in reversed(before) if _indent(line) <= column), "")
    if not _TERM_BELOW.search(before[-1]):
        if _in_tactics(before, " " * column + "sorry"):
            return ""
        behind = _indent(around) == column and _TERM_BEHIND.match(around)
        if not behind and not _BLOCK_BELOW.search(before[-1]):
            return None
    return " " * column + "by"
