"""Taking a proof body from a completion. Pure string functions; a statement found in a completion is only compared."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ \t]*```[ \t]*(\w*)[ \t]*$", re.MULTILINE)
_LEAN = {"lean4", "lean", ""}
_THEOREM = re.compile(
    r"^(?:@\[[^\]]*\]\s*)?(?:(?:private|protected)\s+)?(?:theorem|lemma|example)\b", re.MULTILINE
)
_NEXT_COMMAND = re.compile(
    r"^(?:theorem|lemma|example|def|abbrev|structure|inductive|class|instance|axiom|end|namespace|section|open|variable"
    r"|set_option|import|noncomputable|private|protected|macro|syntax|notation|attribute|@\[|#|/-)",
    re.MULTILINE,
)


def body_in_answer(completion: str, statement: str | None) -> str:
    """The proof in the last complete Lean block (an unclosed one only if there is no other), "" if there is none.

    With a statement, the body is what follows the `:=` of exactly that statement (white space aside): a block that proves
    something else yields "". Helper lemmas before it are lost, since a submission is a body only.
    """
    block = _last_block(completion)
    if block is None:
        block = completion
    body = body_after(block, statement)
    return "" if body is None else body.lstrip(" ")


def body_in_prefill(completion: str, statement: str | None) -> str:
    """The proof in a completion that continues after `:=`; a repeated statement is skipped."""
    repeated = body_after(completion.split("```")[0], statement) if statement else None
    if repeated is not None:
        return repeated
    body = completion.split("```")[0]
    if not body.strip():  # the model opened a block of its own
        return body_in_answer(completion, statement)
    return _one_body(body)


def body_after(code: str, statement: str | None) -> str | None:
    """What follows `:=` of `statement` in `code` (of its last theorem if None); None where it does not occur."""
    if statement is None:
        starts = [m.start() for m in _THEOREM.finditer(code)]
        if not starts:
            return None
        end = _assignment(code, starts[-1])
        return None if end is None else _one_body(code[end:])
    words = statement.split()
    if not words:
        return None
    pattern = re.compile(r"\s*".join(re.escape(c) for c in "".join(words)) + r"\s*:=")
    matches = [m for m in pattern.finditer(code) if code[m.start() : m.end()].split()[: len(words)] == words]
    return _one_body(code[matches[-1].end() :]) if matches else None


def _last_block(text: str) -> str | None:
    fences = list(_FENCE.finditer(text))
    opened: tuple[int, bool] | None = None
    last: str | None = None
    for fence in fences:
        if opened is None:
            opened = (fence.end() + 1, fence[1].lower() in _LEAN)
        else:
            if opened[1]:
                last = text[opened[0] : fence.start()]
            opened = None
    if last is None and opened is not None and opened[1]:
        return text[opened[0] :]
    return last


def _assignment(code: str, start: int) -> int | None:
    """Index after the first `:=` outside brackets from `start`."""
    depth = 0
    for i in range(start, len(code)):
        if code[i] in "([{⟨":
            depth += 1
        elif code[i] in ")]}⟩":
            depth -= 1
        elif depth == 0 and code.startswith(":=", i):
            return i + 2
    return None


def _one_body(text: str) -> str:
    """`text` up to the next command in column 0 of a later line."""
    newline = text.find("\n")
    following = _NEXT_COMMAND.search(text, newline + 1) if newline >= 0 else None
    return (text[: following.start()] if following else text).rstrip().removeprefix("\n")
