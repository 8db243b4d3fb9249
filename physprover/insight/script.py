"""A tactic proof as a tree of steps with offsets into its text, so that an edit leaves every other character as it was.

Layout decides, as in Lean: steps of a block begin in one column or behind a `;`; a block nested by `by`, `·` or `| … =>`
ends at the first line that begins left of it. What is not understood (`first | … | …`, parentheses) is one opaque step;
reading never fails, and nothing here decides whether a proof is right.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from textwrap import indent

from physprover.errors import DataError
from physprover.lean.text.statements import as_tactics, masked_or_plain
from physprover.lean.text.tokens import depths, spliced, without_comments

_WORD = re.compile(r"·|[^\W\d][\w'!?]*")
_BY = re.compile(r"(?<![\w'.])by(?![\w'])")
_WRITTEN_OUT = re.compile(r"by(?:\n|\b[^\n]*\Z)")
_WITH = re.compile(r"(?<![\w'.])with\s*(?=\|)")
_ARMS = frozenset({"induction", "cases", "match"})
_CAPTURING = frozenset({"·", "case", "next"})  # what follows belongs to a block of theirs
_DEPTH = 24  # no proof nests deeper; a degenerate completion might, and is opaque from here on


@dataclass(frozen=True)
class Block:
    """A sequence of steps: the proof itself, or what follows a `by`, a `·` or a `| … =>`."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Step:
    """One tactic: `text[start:end]` of its script."""

    start: int
    end: int
    head: str  # its first word; "·" for a bullet, "" where it begins with neither
    blocks: tuple[Block, ...] = ()
    parts: tuple[Step, ...] = ()  # of `a <;> b`; then there are no blocks

    def walk(self) -> Iterator[Step]:
        """This step and all below it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()
        for block in self.blocks:
            for step in block.steps:
                yield from step.walk()


@dataclass(frozen=True)
class Script:
    """A proof that begins with `by`, without comments, and its steps."""

    text: str
    masked: str  # the same length, strings blanked
    root: Block

    def walk(self) -> Iterator[Step]:
        """All steps, outer ones before those inside them."""
        for step in self.root.steps:
            yield from step.walk()

    def edited(self, edits: list[tuple[int, int, str]]) -> str:
        """The text with `text[start:end]` replaced for each (start, end, new); edits must not overlap."""
        return spliced(self.text, edits)


@lru_cache(maxsize=4096)
def read_script(proof: str) -> Script:
    """The steps of a proof body; a bare term `t` is read as `by exact t`."""
    text = proof
    with contextlib.suppress(DataError):  # what never closes is left to Lean
        text = without_comments(proof)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    own = proof.startswith("\n") or text[:1].isspace()  # the line that it begins on
    text = ("\n" if own else "") + "\n".join(lines)
    if not _WRITTEN_OUT.match(text):
        text = "by\n" + indent(as_tactics(text), "  ")
    masked = masked_or_plain(text).masked
    block, _ = _Reader(masked).block(2, len(masked))
    return Script(text, masked, block)


class _Reader:
    """Recursive descent over masked text."""

    def __init__(self, masked: str) -> None:
        self.masked = masked
        self.depth = 0

    def column(self, at: int) -> int:
        return at - self.masked.rfind("\n", 0, at) - 1

    def leads(self, at: int) -> bool:
        """Whether `at` is the first visible character of its line."""
        return not self.masked[self.masked.rfind("\n", 0, at) + 1 : at].strip()

    def block(self, start: int, end: int) -> tuple[Block, int]:
        """Steps from `start`, at most to `end`, and where the block ends."""
        first = self.visible(start, end)
        column, steps, at = self.column(first) if first < end else 0, [], first
        while at < end:
            stop = self.step_end(at, end, column)
            last = at + len(self.masked[at:stop].rstrip().rstrip(";").rstrip())
            if last > at:
                steps.append(self.step(at, last))
            at = self.visible(stop, end)
            if at < end and self.leads(at) and self.column(at) < column:
                break
        return Block(tuple(steps)), min(at, end)

    def visible(self, at: int, end: int) -> int:
        while at < end and (self.masked[at].isspace() or self.masked[at] == ";"):
            at += 1
        return at

    def step_end(self, start: int, end: int, column: int) -> int:
        """Where the step at `start` ends: the next line that does not continue it, or a `;` that is its own."""
        captured = self.word(start) in _CAPTURING
        for at, depth in depths(self.masked, start, end):
            char = self.masked[at]
            if depth > 0 or at == start:
                continue
            if char == "\n":
                following = self.visible(at, end)
                left = self.column(following) if following < end else 0
                if following < end and (left < column or (left == column and not self.continues(following))):
                    return at
            elif char == ";" and not captured and self.masked[at - 1 : at + 2] != "<;>":
                return at
            captured = captured or bool(_BY.match(self.masked, at)) or self.masked.startswith("=>", at)
        return end

    def continues(self, at: int) -> bool:
        return self.masked[at] == "|" or self.masked.startswith("<;>", at)

    def word(self, at: int) -> str:
        match = _WORD.match(self.masked, at)
        return match[0] if match else ""

    def step(self, start: int, end: int) -> Step:
        self.depth += 1
        try:
            return self.read(start, end) if self.depth <= _DEPTH else Step(start, end, self.word(start))
        finally:
            self.depth -= 1

    def read(self, start: int, end: int) -> Step:
        head = self.word(start)
        if head == "·":
            return Step(start, end, head, (self.block(start + 1, end)[0],))
        cuts = self.combinators(start, end)
        if cuts:
            edges, ends = [start, *(at + 3 for at in cuts)], [*cuts, end]
            found = [self.part(a, b) for a, b in zip(edges, ends, strict=True) if self.masked[a:b].strip()]
            return Step(start, end, head, parts=tuple(found))
        if head in _ARMS and (with_ := _WITH.search(self.masked, start, end)) and self.leads(with_.end()):
            return Step(start, end, head, self.arms(with_.end(), end))
        return Step(start, end, head, self.nested(start, end))

    def part(self, start: int, end: int) -> Step:
        start = self.visible(start, end)
        return self.step(start, start + len(self.masked[start:end].rstrip()))

    def combinators(self, start: int, end: int) -> list[int]:
        """Offsets of each `<;>` that joins parts of this step rather than of a block inside it."""
        found = []
        for at, depth in depths(self.masked, start, end):
            if depth == 0 and (_BY.match(self.masked, at) or self.masked.startswith("=>", at)):
                break
            if depth == 0 and self.masked.startswith("<;>", at):
                found.append(at)
        return found

    def arms(self, first: int, end: int) -> tuple[Block, ...]:
        """The right-hand sides of `| … => …` lines in the column of the first."""
        column = self.column(first)
        bars = [
            at
            for at in range(first, end)
            if self.masked[at] == "|" and self.leads(at) and self.column(at) == column
        ]
        blocks = []
        for bar, stop in zip(bars, [*bars[1:], end], strict=True):
            arrow = self.masked.find("=>", bar, stop)
            if arrow >= 0:
                blocks.append(self.block(arrow + 2, stop)[0])
        return tuple(blocks)

    def nested(self, start: int, end: int) -> tuple[Block, ...]:
        """Blocks behind each `by` of a step that has no arms."""
        blocks, at = [], start
        while (match := _BY.search(self.masked, at, end)) is not None:
            block, at = self.block(match.end(), self.closing(match.end(), end))
            blocks.append(block)
        return tuple(blocks)

    def closing(self, start: int, end: int) -> int:
        """Where the bracket or the component that holds a `by` ends."""
        for at, depth in depths(self.masked, start, end):
            if depth < 0 or (depth == 0 and self.masked[at] == ","):
                return at
        return end
