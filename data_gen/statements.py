"""Where a theorem's statement ends and its proof begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(
    r"(?P<open>[(\[{⦃])|(?P<close>[)\]}⦄])|(?P<assign>:=)|(?P<let>(?<![\w'.])(?:let|have|letI|haveI|let_fun)(?![\w']))"
    r"|(?P<where>(?<![\w'.])where(?![\w'.]))|(?P<bar>\n[ \t]*\|(?!\|))"
)
_ARMS_FOLLOW = re.compile(r"(?<![\w'.])(?:with|fun|λ)\s*\Z")
_IMPLIES = re.compile(r"=>|↦")


@dataclass(frozen=True)
class Split:
    """Offsets inside a masked declaration: the statement is `[:statement_end]`, the proof starts at `proof_start`."""

    statement_end: int
    proof_start: int
    form: Literal["assign", "where", "match"]


def split_statement(masked: str) -> Split | None:
    """Cut a declaration at the `:=`, `where` or first `| … =>` that starts its proof; None if it has none.

    `:=` inside brackets (named arguments) and those owed to a `let` or `have` of the statement do not count, nor do
    the arms of a `match … with` or `fun` in it.
    """
    depth, owed, arms = 0, 0, False
    for token in _TOKEN.finditer(masked):
        kind, start = token.lastgroup, token.start()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif depth > 0:
            continue
        elif kind == "let":
            owed += 1
        elif kind == "assign":
            if not owed:
                return Split(start, token.end(), "assign")
            owed -= 1
        elif kind == "where":
            return Split(start, start, "where")
        elif kind == "bar":
            arms = arms or bool(_ARMS_FOLLOW.search(masked, 0, start))
            if not arms and _is_arm(masked, token.end()):
                return Split(start, token.end() - 1, "match")
    return None


def _is_arm(masked: str, at: int) -> bool:
    """Whether the bar before `at` opens `| pattern => …` rather than an absolute value or a ket."""
    arrow, assign = _IMPLIES.search(masked, at), masked.find(":=", at)
    return arrow is not None and (assign < 0 or arrow.start() < assign)
