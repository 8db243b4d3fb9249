"""Proof bodies as tactic lines, and the scripts worth trying on any statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from physprover.lean.text.tokens import without_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data_gen.headers import Header
    from data_gen.mutations.seeds import Tactics
    from data_gen.terms import Statement

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
