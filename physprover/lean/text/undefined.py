"""Names that Lean takes for variables because nothing defines them: `theorem t (x : ℝ) : x = x` holds without any ℝ."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from physprover.lean.text.commands import parse
from physprover.lean.text.proofs import masked_or_plain

if TYPE_CHECKING:
    from collections.abc import Iterable

DOUBT = "warning: nothing here defines "
_MEANT_AS_VARIABLE = re.compile(r"[A-Za-zα-ωΑ-Ω][0-9₀-₉']*")  # the custom for `List α`; `ℝ` is none


def undefined(header: str, statement: str, implicit: Iterable[str]) -> tuple[str, ...]:
    """Which of a theorem's implicit variables its text does not bind: Lean did, for want of a definition.

    Args:
        header: the text before the statement; its `variable` commands may bind them.
        statement: the text of the theorem.
        implicit: names of the implicit variables that the theorem's elaborated type begins with.
    """
    names = [n for n in dict.fromkeys(implicit) if n and not _MEANT_AS_VARIABLE.fullmatch(n)]
    if not names:
        return ()
    text = masked_or_plain(statement).masked
    return tuple(
        n
        for n in names
        if _word(n).search(text) and not _binds(text, n) and not _binds(_variables(header), n)
    )


def doubt(header: str, statement: str, implicit: Iterable[str]) -> tuple[str, ...]:
    """One line for the reader where a statement holds undefined names, none where it does not."""
    return warning(undefined(header, statement, implicit))


def warning(names: Iterable[str]) -> tuple[str, ...]:
    """The line that names undefined names."""
    listed = ", ".join(f"`{name}`" for name in names)
    return (
        (f"{DOUBT}{listed}; Lean takes it for a variable and proves it for whatever that may be",)
        if listed
        else ()
    )


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'.]){re.escape(name)}(?![\w'])")


def _binds(text: str, name: str) -> bool:
    return bool(
        re.search(rf"[{{⦃(][^{{}}⦃⦄():]*(?<![\w'.]){re.escape(name)}(?![\w'])[^{{}}⦃⦄():]*[:}}⦄]", text)
    )


@lru_cache(maxsize=256)
def _variables(header: str) -> str:
    source = masked_or_plain(header)
    return "\n".join(source.masked[c.start : c.end] for c in parse(source) if c.kind == "variable")
