"""Proof bodies as tactic lines, and the scripts worth trying on any statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from physprover.lean.text.tokens import mask, without_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data_gen.headers import Header
    from data_gen.mutations.seeds import Tactics
    from data_gen.terms import Statement
    from physprover.records import Theorem


_ENUM_CASES = 3  # variables of finite types a template splits at most: 4^3 cases take a second


def templates(header: Header, statement: Statement, premises: Sequence[str]) -> tuple[Tactics, ...]:
    """Proofs worth trying on any statement: its definitions unfolded or handed to a closing tactic, or cases."""
    names = ", ".join(name for name in premises if name in header.functions)
    finite = [v for v, k in statement.variables().items() if k in header.enums or k == "Bool"]
    cases = " <;> ".join(f"cases {v}" for v in finite[:_ENUM_CASES])
    found: list[Tactics] = [(f"{cases} <;> rfl",), (f"{cases} <;> simp [{names}]",)] if cases else []
    if names:
        found += [(f"simp only [{names}]", "grind"), (f"grind [{names}]",), (f"simp [{names}]",)]
    return tuple(found)


def tactics(proof: str) -> Tactics:
    """The lines of a proof's tactic block, comments cut out; a term proof becomes `exact`."""
    text = without_comments(proof).strip()
    if not re.match(r"by\b", text):
        return ("exact " + " ".join(text.split()),) if text else ()
    lines = text[2:].strip("\n").split("\n")
    if lines[0][:1] == " " and len(lines) > 1 and text[2] != "\n":
        return ()  # `by tac⏎  tac`: the block's column is that of its first tactic, not worth reading
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return tuple(line[margin:].rstrip() for line in lines if line.strip())


def proof_text(lines: Tactics) -> str:
    """Tactic lines as the text after `:=`, in the library's layout."""
    return "by\n" + "\n".join(f"  {line}" for line in lines)


def marked(mark: str, goal: str, lines: Tactics) -> str:
    """A tactic that adds `mark : True` to the context when the lines prove the goal, and does nothing otherwise.

    The goal is a hole closed by `case`, not a nested `by`: that one would log what its tactics leave open and go on.
    """
    block = "\n".join(f"      {line}" for line in lines)
    return (
        f"  first\n  | (have {mark} : True := (fun (_ : {goal}) => True.intro) ?{mark}_goal\n"
        f"     case {mark}_goal =>\n{block})\n  | skip"
    )


# -- How hard a theorem is, from what closes it and how long its proof is. --
#
#     0  one tactic of the portfolio closes it as it stands
#     1  one step: a tactic told what to use, or a term
#     2  two or three steps
#     3  four to seven steps, or a case split or induction
#     4  longer
#
# A proof's steps are its tactics, nested ones counted, separators and focus dots not.

LEVELS = (0, 1, 2, 3, 4)

_SEPARATOR = re.compile(r"\n|;|<;>|·")
_BRANCHES = re.compile(r"(?<![\w'.])(?:induction|cases|rcases|match|calc|split|by_cases)(?![\w'])|<;>")
_LABEL = re.compile(r"\s*(?:\|.*=>)?\s*(?:by\b)?\s*")


def steps(proof: str) -> int:
    """Tactics in a proof body; 1 for a term."""
    text = mask(proof).masked.strip()
    if not re.match(r"by\b", text):
        return 1 + len(re.findall(r"(?<![\w'.])by(?![\w'])", text))
    parts = (_LABEL.sub("", part, count=1) for part in _SEPARATOR.split(text))
    return max(1, sum(bool(part.strip("()[] ,")) for part in parts))


def level(theorem: Theorem) -> int | None:
    """The difficulty level of a theorem with a proof; None where the portfolio has not been asked."""
    if theorem.closed_by is None or theorem.proof is None:
        return None
    if theorem.closed_by:
        return 0
    count = steps(theorem.proof)
    if count > 7:
        return 4
    if count > 3 or (count > 1 and _BRANCHES.search(mask(theorem.proof).masked)):
        return 3
    return 1 if count == 1 else 2


def with_level(theorem: Theorem) -> Theorem:
    """The theorem with its level filled in."""
    return theorem.replace(level=level(theorem))
