"""Lean text without its comments and strings, at the same length.

Everything that cuts Lean source into pieces looks at the masked text, where a keyword is a keyword, and takes the
pieces from the original at the same offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from physprover.errors import DataError

# Where something opaque may begin. A quote after an identifier character is a prime (x'), not a character literal.
QUOTED = r"«[^»\n]*»"  # part of a name, which may hold anything
_OPENING = re.compile(
    rf"--|/-|{QUOTED}|"
    r"\br(#*)\"|(?<=[A-Za-z])!\"|\"|(?<![\w'!?₀-₉ₐ-ₜᵢ-ᵪⱼ])'(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)|[^\\\n'])'"
)
_INTERPOLATED = re.compile(r'"|\\.|[{}]', re.DOTALL)
_COMMENT_EDGE = re.compile(r"/-|-/")
_STRING_END = re.compile(r'"|\\.', re.DOTALL)
_VISIBLE = re.compile(r"[^\n]")

OPENING_BRACKETS, CLOSING_BRACKETS = "([{⦃⟨", ")]}⦄⟩"


def depths(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Each offset from `start` on, with the number of brackets opened from there that are still open behind it."""
    depth = 0
    for at in range(start, len(text) if end is None else end):
        depth += (text[at] in OPENING_BRACKETS) - (text[at] in CLOSING_BRACKETS)
        yield at, depth


# One Lean identifier with its dots.
_PART = rf"(?:{QUOTED}|[^\W\d][\w'!?₀-₉ₐ-ₜᵢ-ᵪⱼ]*)"
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

    @cached_property
    def _comment_starts(self) -> list[int]:
        return [comment.start for comment in self.comments]

    def comments_before(self, offset: int, since: int = 0) -> Iterator[Comment]:
        """Comments that start in `[since, offset)`, the last first."""
        for index in range(bisect_left(self._comment_starts, offset) - 1, -1, -1):
            if self.comments[index].start < since:
                return
            yield self.comments[index]

    def comments_in(self, since: int, until: int) -> tuple[Comment, ...]:
        """Comments that start in `[since, until)`."""
        starts = self._comment_starts
        return self.comments[bisect_left(starts, since) : bisect_left(starts, until)]


def mask(text: str) -> Source:
    """Blank comments, strings and character literals. Raises `DataError` with the line of one that never closes."""
    pieces: list[str] = []
    comments: list[Comment] = []
    done = 0
    while match := _OPENING.search(text, done):
        start = match.end() - 1 if match.group()[0] == "!" else match.start()
        pieces.append(text[done:start])
        if text[start] == "«":  # a quoted name hides nothing, whatever stands in it
            pieces.append(match.group())
            done = match.end()
            continue
        end, kind = _opaque_end(text, match)
        if kind is None:
            pieces.append(text[start] + blanked(text[start + 1 : end - 1]) + text[end - 1])
        else:
            comments.append(Comment(start, end, kind))
            pieces.append(blanked(text[start:end]))
        done = end
    pieces.append(text[done:])
    return Source(text, "".join(pieces), tuple(comments))


def spliced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text with `text[start:end]` replaced for each (start, end, new); edits must not overlap."""
    pieces, done = [], 0
    for start, end, new in sorted(edits):
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def blanked_at(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with blanks at these spans, so that everything else stays at its place."""
    return spliced(text, ((start, end, blanked(text[start:end])) for start, end in spans))


def without_comments(text: str) -> str:
    """The text with each comment cut out and the blank lines it leaves removed."""
    kept = spliced(text, ((comment.start, comment.end, "") for comment in mask(text).comments))
    return re.sub(r"[ \t]+$", "", re.sub(r"\n\s*\n+", "\n", kept), flags=re.MULTILINE).strip("\n")


def blanked(text: str) -> str:
    """The text with a space for each character but line breaks."""
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
    if token[0] == "!" and (found := _interpolated_end(text, opening.end())):
        return found, None
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


def _interpolated_end(text: str, at: int) -> int | None:
    """Where `s!"… {term} …"` ends, the strings inside its terms skipped; None where braces do not pair."""
    depth = 0
    while found := _INTERPOLATED.search(text, at):
        token, at = found.group(), found.end()
        if token == '"':
            if depth == 0:
                return at
            end = next((m.end() for m in _STRING_END.finditer(text, at) if m.group() == '"'), None)
            if end is None:
                return None
            at = end
        elif token in "{}":
            depth += 1 if token == "{" else -1
            if depth < 0:
                return None
    return None


def _comment_kind(text: str, start: int) -> Literal["block", "doc", "module"]:
    if text.startswith("/-!", start):
        return "module"
    return "doc" if text.startswith("/--", start) else "block"


def _comment_end(text: str, start: int) -> int:
    depth, at = 0, start
    if text.startswith(("/--", "/-!"), start):  # one token each, so `/--/` ends nothing
        depth, at = 1, start + 3
    while edge := _COMMENT_EDGE.search(text, at):
        depth += 1 if edge.group() == "/-" else -1
        at = edge.end()
        if depth == 0:
            return at
    raise _unclosed(text, start, "comment")


def _unclosed(text: str, start: int, what: str) -> DataError:
    return DataError(f"line {text.count(chr(10), 0, start) + 1}: {what} is never closed")
