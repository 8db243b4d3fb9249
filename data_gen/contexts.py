"""The text before a theorem, in the form its reader needs.

`raw` is the file as written, `stripped` the same without comments and docstrings (the paper's form). `sorry` leaves earlier
theorems their statements only: an engine reads such a header many times faster, and nothing is lost, since every earlier
proof is judged as a problem of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from physprover.lean.text.headers import closing_ends
from physprover.lean.text.tokens import without_comments

if TYPE_CHECKING:
    from data_gen.library import Module

ContextForm = Literal["raw", "stripped", "sorry"]
CONTEXT_FORMS: tuple[ContextForm, ...] = get_args(ContextForm)


def before(module: Module, offset: int, form: ContextForm, imports: bool = False) -> str:
    """The module's text up to an offset, without its import lines or (for a library on packages) with them."""
    if form == "raw":
        return module.source.text[:offset].lstrip("\n") if imports else module.text_before(offset)
    if form == "stripped":
        text = module.source.text[:offset] if imports else module.text_before(offset)
        return without_comments(text) + "\n"
    kept, done = [], 0
    dropped = [] if imports else module.import_spans(offset)
    for start, end, replacement in sorted(
        [*dropped, *((a, b, " sorry") for a, b in module.proof_spans if b <= offset)]
    ):
        kept += [module.source.text[done:start], replacement]
        done = end
    return "".join([*kept, module.source.text[done:offset]]).lstrip("\n")


def closed(module: Module, form: ContextForm) -> str:
    """The whole module, with `end`s for the namespaces it leaves open."""
    if form == "raw":
        return module.closed_text()
    if form == "stripped":
        return without_comments(module.closed_text()) + "\n"
    text = before(module, len(module.source.text), form).rstrip() + "\n"
    return text + closing_ends(text)
