"""What an attempt announced, and the questions to Lean that would show it true. Pure text: Lean is asked elsewhere.

A question is a proof body of the attempt's own theorem. The announced sketch must elaborate; an announced theorem is used
when the accepted proof is refused without one of its occurrences; other techniques can be read off the proof's steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.insight.drops import drops
from physprover.insight.names import Scope, all_constants
from physprover.insight.reading import found
from physprover.insight.script import read_script
from physprover.insight.sketch import Sketch, existentials, fills
from physprover.prompts.insight import brief

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from physprover.insight.script import Script
    from physprover.insight.technique import Technique
    from physprover.prompts.insight import Answer
    from physprover.records import Theorem

_CALLS = ("use", "unfold")


@dataclass(frozen=True)
class Claims:
    """What one attempt announced. Techniques are counted once each."""

    sketch: str = (
        ""  # to be elaborated; "" where the announced one is but a hole, or not what the proof fills
    )
    announced: int = 0  # techniques
    plain: int = 0  # of them, those that stand in the proof and are no calls
    calls: tuple[
        tuple[str, ...], ...
    ] = ()  # for each call in the proof: the proof without each of its occurrences

    @property
    def questions(self) -> Iterator[str]:
        """Every proof body Lean has to look at."""
        if self.sketch:
            yield self.sketch
        for bodies in self.calls:
            yield from bodies


def claims_of(answer: Answer, theorem: Theorem, proved: bool) -> Claims:
    """The claims of an answer that is not broken; techniques are followed up for a proved attempt only."""
    worth_asking = not Sketch(answer.sketch).vacuous and fills(answer.sketch, answer.proof)
    sketch = answer.sketch if worth_asking else ""
    if not proved:
        return Claims(sketch)
    script, scope = read_script(answer.proof), Scope(theorem.header, theorem.statement)
    named = {technique.line: technique for technique in map(brief, answer.techniques)}
    there = {brief(t).line for t, _ in found(script, scope, existentials(theorem.statement))}
    present = [technique for line, technique in named.items() if line in there]
    calls = [_without(technique, script, scope) for technique in present if technique.name in _CALLS]
    return Claims(
        sketch=sketch,
        announced=len(named),
        plain=sum(technique.name not in _CALLS for technique in present),
        calls=tuple(bodies for bodies in calls if bodies),
    )


def _without(technique: Technique, script: Script, scope: Scope) -> tuple[str, ...]:
    """The proof without each occurrence of a constant; () where no occurrence can be left out alone."""
    places = [c.start for c in all_constants(script, scope) if c.name == technique.detail]
    tried: Sequence[tuple[int, str]] = [
        min(((d.until - d.at, d.text) for d in drops(script, scope) if d.covers(place)), default=(0, ""))
        for place in places
    ]
    return tuple(dict.fromkeys(text for _, text in tried if text))
