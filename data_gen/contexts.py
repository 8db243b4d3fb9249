"""The text before a theorem, in the form its reader needs.

`raw` is the file as written, `stripped` the same without comments and docstrings (the paper's form). `sorry` leaves earlier
theorems their statements only: an engine reads such a header many times faster, and nothing is lost, since every earlier
proof is judged as a problem of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from data_gen.premises import THEOREMS
from physprover.lean.text.headers import closing_ends
from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import without_comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_gen.library import Module

ContextForm = Literal["raw", "stripped", "sorry"]
CONTEXT_FORMS: tuple[ContextForm, ...] = get_args(ContextForm)


def before(module: Module, offset: int, form: ContextForm) -> str:
    """The module's text up to an offset, without its import lines."""
    if form != "sorry":
        text = module.text_before(offset)
        return without_comments(text) + "\n" if form == "stripped" else text
    kept, done = [], 0
    for start, end, replacement in sorted([*module.import_spans(offset), *_proofs(module, offset)]):
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


def _proofs(module: Module, offset: int) -> Iterator[tuple[int, int, str]]:
    """Spans of the proofs that can be replaced: those that follow a `:=`."""
    for command in module.commands:
        if command.kind not in THEOREMS or command.end > offset:
            continue
        split = split_statement(module.source.masked[command.keyword : command.end])
        if split is not None and split.form == "assign":
            start = command.keyword + split.proof_start
            length = len(module.source.text[start : command.end].rstrip())
            yield start, start + length, " sorry"
