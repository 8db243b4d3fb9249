"""Read a problem's statement out of Lean text: find its `:=`, refuse proofs, find its name. Pure text, no Lean."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "([{⟨⟪⟦⦃", ")]}⟩⟫⟧⦄"
_WORD = re.compile(r"[^\W\d][\w'!?]*")
_NAME = re.compile(r"\b(?:theorem|lemma)\s+(«[^»]+»|[^\s:({\[⦃«]+)")
_HOLES = {"", "by", "sorry", "by sorry"}


def mask(text: str) -> str:
    """The text with comments and string contents blanked, same length."""
    out, i, depth = list(text), 0, 0
    while i < len(text):
        pair = text[i : i + 2]
        if depth or pair == "/-":
            step = 2 if pair in ("/-", "-/") else 1
            depth += {"/-": 1, "-/": -1}.get(pair, 0)
            out[i : i + step] = _blank(text[i : i + step])
        elif pair == "--":
            step = (text.find("\n", i) if "\n" in text[i:] else len(text)) - i
            out[i : i + step] = " " * step
        elif text[i] == '"':
            end = re.compile(r'(?:\\.|[^"\\])*').match(text, i + 1)
            step = (end.end() if end else i + 1) - i + 1
            out[i + 1 : i + step - 1] = _blank(text[i + 1 : i + step - 1])
        else:
            step = 1
        i += step
    return "".join(out)


def _blank(text: str) -> str:
    return "".join("\n" if c == "\n" else " " for c in text)


def split_statement(text: str) -> tuple[str, str]:
    """(statement, what follows its `:=`); the second is empty when there is none.

    A `:=` inside brackets, or owed to a `let` or `have` of the type, does not end the statement.
    """
    masked, depth, owed, i = mask(text), 0, 0, 0
    while i < len(masked):
        word = _WORD.match(masked, i)
        if word:
            owed += depth == 0 and word.group() in ("let", "have")
            i = word.end()
            continue
        char = masked[i]
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif depth == 0 and masked.startswith(":=", i):
            if not owed:
                return text[:i].strip(), text[i + 2 :]
            owed -= 1
        i += 1
    return text.strip(), ""


def holds_proof(after: str) -> bool:
    """Whether the text after `:=` is more than an empty place (`by`, `sorry`, `by sorry`, nothing)."""
    return " ".join(mask(after).split()) not in _HOLES


def theorem_name(statement: str) -> str | None:
    """The declared name, None for an `example` or anything else."""
    found = _NAME.search(mask(statement))
    return found.group(1) if found else None
