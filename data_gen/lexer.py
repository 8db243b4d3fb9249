"""Lean text without its comments and strings, at the same length.

Everything that cuts Lean source into pieces looks at the masked text, where a keyword is a keyword, and takes the
pieces from the original at the same offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from physprover.errors import DataError

# Where something opaque may begin. A quote after an identifier character is a prime (x'), not a character literal.
_OPENING = re.compile(
    r"--|/-|\br(#*)\"|\"|(?<![\w'!?₀-₉ᵢⱼ])'(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)|[^\\\n'])'"
)
_COMMENT_EDGE = re.compile(r"/-|-/")
_STRING_END = re.compile(r'"|\\.', re.DOTALL)
_VISIBLE = re.compile(r"[^\n]")

# One Lean identifier with its dots; `«…»` parts may hold anything.
_PART = r"(?:«[^»\n]*»|[^\W\d][\w'!?₀-₉ₐ-ₜᵢ-ᵪⱼ]*)"
IDENTIFIER = re.compile(rf"{_PART}(?:\.(?:{_PART}|\d+))*")


@dataclass(frozen=True)
class Comment:
    """A comment's span and kind: "doc" is `/-- -/`, "module" is `/-! -/`."""

    start: int
    end: int
    kind: Literal["line", "block", "doc", "module"]


@dataclass(frozen=True)
class Source:
    """One Lean text, masked. `masked[i]` is `text[i]`, or a space inside a comment or string; newlines stay."""

    text: str
    masked: str
    comments: tuple[Comment, ...]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def line(self, offset: int) -> int:
        """1-based line of an offset."""
        return bisect_right(self._line_starts, offset)


def mask(text: str) -> Source:
    """Blank comments, strings and character literals. Raises `DataError` with the line of one that never closes."""
    pieces: list[str] = []
    comments: list[Comment] = []
    done = 0
    while match := _OPENING.search(text, done):
        start = match.start()
        pieces.append(text[done:start])
        end, kind = _opaque_end(text, match)
        if kind is None:
            pieces.append(text[start] + _blank(text[start + 1 : end - 1]) + text[end - 1])
        else:
            comments.append(Comment(start, end, kind))
            pieces.append(_blank(text[start:end]))
        done = end
    pieces.append(text[done:])
    return Source(text, "".join(pieces), tuple(comments))


def without_comments(text: str) -> str:
    """The text with each comment cut out and the blank lines it leaves removed."""
    source = mask(text)
    kept, done = [], 0
    for comment in source.comments:
        kept.append(text[done : comment.start])
        done = comment.end
    kept.append(text[done:])
    return re.sub(r"[ \t]+$", "", re.sub(r"\n\s*\n+", "\n", "".join(kept)), flags=re.MULTILINE).strip("\n")


def _blank(text: str) -> str:
    return _VISIBLE.sub(" ", text)


def _opaque_end(
    text: str, opening: re.Match[str]
) -> tuple[int, Literal["line", "block", "doc", "module"] | None]:
    start, token = opening.start(), opening.group()
    if token == "--":
        end = text.find("\n", start)
        return (len(text) if end < 0 else end), "line"
    if token == "/-":
        return _comment_end(text, start), _comment_kind(text, start)
    if token[0] == "'":
        return opening.end(), None
    if token[0] == "r":
        closing = '"' + opening.group(1)
        end = text.find(closing, opening.end())
        if end >= 0:
            return end + len(closing), None
    else:
        for match in _STRING_END.finditer(text, opening.end()):
            if match.group() == '"':
                return match.end(), None
    raise _unclosed(text, start, "string")


def _comment_kind(text: str, start: int) -> Literal["block", "doc", "module"]:
    if text.startswith("/-!", start):
        return "module"
    return "doc" if text.startswith("/--", start) and not text.startswith("/--/", start) else "block"


def _comment_end(text: str, start: int) -> int:
    depth, at = 0, start
    while edge := _COMMENT_EDGE.search(text, at):
        depth += 1 if edge.group() == "/-" else -1
        at = edge.end()
        if depth == 0:
            return at
    raise _unclosed(text, start, "comment")


def _unclosed(text: str, start: int, what: str) -> DataError:
    return DataError(f"line {text.count(chr(10), 0, start) + 1}: {what} is never closed")
