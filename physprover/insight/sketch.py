"""The sketch of a proof: what stands when every leaf is replaced by `sorry`; and whether a proof fills a sketch.

A leaf is the last step of a block (what closes its goals), the term of a `have` with a stated type, and in
`exact ⟨w, t⟩` what comes after the witnesses. Case splits, stated claims, witnesses and rewriting before the end stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from physprover.insight.script import Block, Script, Step, read_script
from physprover.lean.text.statements import SORRY, conclusion
from physprover.lean.text.tokens import depths
from physprover.records import Outcome

HOLE = "sorry"
_EXISTS = re.compile(r"\s*∃\s+\(?((?:[^\W\d][\w']*\s*)+)(?:[^,]*?),")
_TERM = re.compile(r":=\s*")
_TUPLE = re.compile(r"(?:exact|refine)\s+⟨")
_TOKEN = re.compile(r"[^\W\d][\w'.!?]*|[?]\w+|\d+|:=|=>|<;>|\S")
_HANDS_ON = frozenset({
    "·", ".", "(", ")", "{", "}", ";", "<;>", "|", ":", ":=", "=>", ",", "_", "by", "sorry", "admit", "skip", "intros",
    "all_goals", "any_goals", "try", "repeat", "repeat'", "repeat1", "iterate", "first", "focus", "solve", "on_goal",
    "case", "case'", "next", "show", "from", "exact", "refine", "refine'", "apply", "have", "suffices", "this", "id",
})  # fmt: skip
"""What hands the goal on to a hole as it is: brackets, bullets, combinators, tactics that name nothing."""


@dataclass(frozen=True)
class Sketch:
    """A proof body with holes."""

    text: str
    cut: tuple[tuple[int, int], ...] = ()  # spans of the proof's script that became holes

    def keeps(self, offset: int) -> bool:
        """Whether what stands at `offset` of the script stands in the sketch too."""
        return not any(start <= offset < end for start, end in self.cut)

    @property
    def holes(self) -> int:
        return len(SORRY.findall(self.text))

    @property
    def trivial(self) -> bool:
        """Nothing but a hole: true of every theorem, so it says nothing."""
        return not SORRY.sub("", self.text).replace("by", "", 1).replace("exact", "").strip()

    @property
    def vacuous(self) -> bool:
        """Nothing but holes, however wrapped: `all_goals (show _; sorry)`. What is left may still hold of every theorem."""
        tokens = _TOKEN.findall(read_script(self.text).text)
        return all(token in _HANDS_ON or token[0] in "?0123456789" for token in tokens)


def sketch_of(script: Script, witnesses: int = 0) -> Sketch:
    """The sketch of a proof whose goal opens with `witnesses` existential variables."""
    return _sketch(script, list(_edits(script, script.root, witnesses)))


def coarse_sketch(script: Script) -> Sketch:
    """The steps before the last one, and a hole: what is left to try when the finer sketch does not elaborate."""
    last = script.root.steps[-1:]
    return _sketch(script, [(step.start, step.end, HOLE) for step in last])


def existentials(statement: str) -> int:
    """How many variables the `∃ …` binds that a statement's conclusion begins with, nested ones included; 0 without one."""
    goal = conclusion(statement)
    count = at = 0
    while (match := _EXISTS.match(goal, at)) is not None:
        count += len(match[1].split())
        at = match.end()
    return count


def fills(sketch: str, proof: str) -> bool:
    """Whether `proof` is `sketch` with something, in balanced brackets and without a hole, in place of each hole."""
    pieces = [" ".join(piece.split()) for piece in SORRY.split(read_script(sketch).text)]
    text = " ".join(read_script(proof).text.split())
    if SORRY.search(text) or len(pieces) < 2:
        return False
    if not text.startswith(pieces[0]) or not text.endswith(pieces[-1]):
        return False
    at, end = len(pieces[0]), len(text) - len(pieces[-1])
    for piece in pieces[1:-1]:
        found = _next(text, piece, at, end)
        if found is None:
            return False
        at = found + len(piece)
    return at < end and _balanced(text[at:end])


def elaborates(outcome: Outcome, check: str, said: str) -> bool:
    """Whether Lean took a sketch: it was refused for nothing but a hole, or had none left. `said` are Lean's messages."""
    if outcome is Outcome.PROVED:
        return True
    return outcome is Outcome.CHEATED and check == "axiom audit" and ("sorryAx" in said or "hole" in said)


def components(text: str, opening: int) -> list[tuple[int, int]]:
    """Spans between the commas of the bracket that opens at `opening`, space cut; [] if it never closes."""
    begin, spans = opening + 1, []
    for at, depth in depths(text, opening):
        if depth == 0 or (depth == 1 and text[at] == ","):
            piece = text[begin:at]
            lead = len(piece) - len(piece.lstrip())
            spans.append((begin + lead, begin + len(piece.rstrip())))
            begin = at + 1
        if depth == 0:
            return [span for span in spans if span[0] < span[1]]
    return []


def witness_spans(script: Script, step: Step, witnesses: int) -> list[tuple[int, int]]:
    """Components of `exact ⟨…⟩` or `refine ⟨…⟩` that stand for existential variables, as spans of the script."""
    match = _TUPLE.match(script.masked, step.start, step.end)
    if match is None or not witnesses:
        return []
    spans = components(script.masked[: step.end], match.end() - 1)
    return [(a, b) for a, b in spans[: min(witnesses, len(spans) - 1)] if script.text[a:b] not in ("?_", "_")]


def _sketch(script: Script, edits: list[tuple[int, int, str]]) -> Sketch:
    return Sketch(script.edited(edits), tuple((start, end) for start, end, _ in edits))


def _edits(script: Script, block: Block, witnesses: int) -> Iterator[tuple[int, int, str]]:
    for step in block.steps:
        yield from _step_edits(script, step, witnesses, step is block.steps[-1])


def _step_edits(script: Script, step: Step, witnesses: int, last: bool) -> Iterator[tuple[int, int, str]]:
    if step.parts:
        for part in step.parts:
            yield from _step_edits(script, part, witnesses, last and part is step.parts[-1])
    elif step.blocks:
        for block in step.blocks:
            yield from _edits(script, block, witnesses)
    elif (term := _stated_term(script, step)) is not None:
        yield term, step.end, HOLE
    elif last and witness_spans(script, step, witnesses):
        opening = script.masked.index("⟨", step.start)
        spans = components(script.masked[: step.end], opening)
        rest = spans[min(witnesses, len(spans) - 1)]
        yield rest[0], spans[-1][1], HOLE
    elif last:
        yield step.start, step.end, HOLE


def _stated_term(script: Script, step: Step) -> int | None:
    """Offset of the term in `have h : T := term`."""
    if step.head != "have":
        return None
    stated = False
    for at, depth in depths(script.masked, step.start, step.end):
        if depth == 0 and script.masked[at] == ":":
            match = _TERM.match(script.masked, at)
            if match is not None:
                return match.end() if stated else None
            stated = True
    return None


def _next(text: str, piece: str, at: int, end: int) -> int | None:
    """The first place of `piece` after a non-empty balanced filling that starts at `at`."""
    found = text.find(piece, at + 1, end)
    while found >= 0:
        if text[at:found].strip() and _balanced(text[at:found]):
            return found
        found = text.find(piece, found + 1, end)
    return None


def _balanced(text: str) -> bool:
    found = [depth for _, depth in depths(text)]
    return bool(text.strip()) and min(found) >= 0 and found[-1] == 0
