"""Full names of the constants a proof writes short."""

from __future__ import annotations

from functools import lru_cache

from data_gen.headers import read_header
from data_gen.premises import DEFINITIONS, THEOREMS
from physprover.lean.text.commands import parse
from physprover.lean.text.tokens import mask


def qualified(header: str, written: str) -> str:
    """The full name of `written` where the header's last scope stands; itself where the header does not declare it."""
    prefixes, declared = _declared(header)
    parts = written.split(".")
    for length in range(len(parts), 0, -1):
        for prefix in prefixes:
            name = ".".join([*([prefix] if prefix else []), *parts[:length]])
            if name in declared:
                return ".".join([name, *parts[length:]])
    return written


@lru_cache(maxsize=1024)
def _declared(header: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Prefixes to try, and every name the header declares."""
    names = {c.name for c in parse(mask(header)) if c.name and c.kind in DEFINITIONS | THEOREMS}
    return read_header(header).scope.prefixes, frozenset(names)
