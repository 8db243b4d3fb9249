"""Formats in which the tiny prover thinks before it proves: sketch then proof, or techniques then sketch then proof.

The problem is put as in `tiny`; its last token says what is wanted, so one prover knows all three formats and plain `tiny`
stays the cheap one. With the theorem of `physprover.prompts.tiny`, `tiny-insight` reads and is answered

    … <|goal|>(<|v0|><|v1|> : Int) :<|d0|><|v0|><|v1|> =<|d0|><|v1|><|v0|><|insight|>
    simplify⏎unfold<|d0|>⏎decide grind<|sketch|>simp only [<|d0|>]⏎sorry<|proof|>simp only [<|d0|>]⏎grind

A technique stands on a line of its own; what the sketch shows anyway (witnesses, claims) is named without its text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from physprover.insight.records import Insight
from physprover.insight.script import read_script
from physprover.insight.sketch import existentials, sketch_of
from physprover.insight.techniques import Scope, Technique, found, read_line
from physprover.prompts.tiny import (
    INSIGHT,
    INSIGHT_TOKENS,
    PROOF,
    SKETCH,
    SPECIAL_TOKENS,
    Handles,
    TinyPrompt,
    handles_of,
)
from physprover.records import Record, Theorem

_NAMED_ONLY = frozenset({"witness", "claim", "suffices", "define", "obtain", "apply"})
NO_SKETCH = "no sketch"  # and nothing else is wrong


class Answer(Record):
    """What a prover wrote, in parts. An answer that is not well formed keeps the parts that can be told, and says why."""

    techniques: tuple[Technique, ...] = ()
    sketch: str = ""  # proof body with holes, "" where there is none
    proof: str = ""
    problem: str = ""  # "" for a well-formed answer

    @property
    def broken(self) -> bool:
        """Whether something is wrong with it: the sketch alone may be left out."""
        return self.problem not in ("", NO_SKETCH)


@dataclass(frozen=True)
class InsightPrompt(TinyPrompt):
    """See the module's text. `opening` is the token that asks for the first part."""

    name: str = "tiny-insight"
    tokens: tuple[str, ...] = (*SPECIAL_TOKENS, *INSIGHT_TOKENS)
    opening: str = INSIGHT

    def render(self, theorem: Theorem, handles: Handles | None = None) -> str:
        return super().render(theorem, handles).removesuffix(PROOF) + self.opening

    def target(self, theorem: Theorem, proof: str, handles: Handles | None = None) -> str:
        """Techniques and sketch as they can be read off `proof`; those of an insight record are checked: `answer`."""
        script, witnesses = read_script(proof), existentials(theorem.statement)
        named = found(script, Scope(theorem.header, theorem.statement), witnesses)
        sketch = sketch_of(script, witnesses).text
        return self._written(theorem, [t for t, _ in named], sketch, script.text, handles)

    def answer(self, insight: Insight) -> str:
        """What a model should write for a theorem with an insight record."""
        return self._written(insight.theorem, insight.techniques, insight.sketch, insight.core, None)

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        return super().extract(completion.rpartition(PROOF)[2], theorem) if PROOF in completion else ""

    def read(self, completion: str, theorem: Theorem) -> Answer:
        """The parts of a completion."""
        thought, proved, proof = completion.partition(PROOF)
        head, sketched, sketch = (
            thought.partition(SKETCH) if self.opening == INSIGHT else ("", SKETCH, thought)
        )
        named = [read_line(line) for line in handles_of(theorem).show(head).splitlines() if line.strip()]
        tags = (*INSIGHT_TOKENS, PROOF)
        twice = any(tag in part for part in (head, sketch, proof) for tag in tags)
        problem = (
            "no proof" if not proved
            else "a part stands twice" if twice
            else "a line names no technique" if None in named
            else NO_SKETCH if not sketched
            else ""
        )  # fmt: skip
        return Answer(
            techniques=tuple(technique for technique in named if technique is not None),
            sketch=super().extract(sketch, theorem) if sketched else "",
            proof=self.extract(completion, theorem),
            problem=problem,
        )

    def excluded(self, prompt: str) -> tuple[str, ...]:
        """As in `tiny`, but the tokens that begin the parts to come may be written."""
        return tuple(token for token in super().excluded(prompt) if token not in self.parts)

    @property
    def parts(self) -> tuple[str, ...]:
        return (SKETCH, PROOF) if self.opening == INSIGHT else (PROOF,)

    def _written(
        self,
        theorem: Theorem,
        techniques: Iterable[Technique],
        sketch: str,
        proof: str,
        handles: Handles | None,
    ) -> str:
        handles = handles or handles_of(theorem)
        parts = [super().target(theorem, sketch, handles), PROOF, super().target(theorem, proof, handles)]
        if self.opening == INSIGHT:
            lines = dict.fromkeys(handles.hide(brief(technique).line) for technique in techniques)
            parts = ["\n".join(lines), SKETCH, *parts]
        return "".join(parts)


def brief(technique: Technique) -> Technique:
    """The technique as these formats name it."""
    return Technique(name=technique.name, detail="" if technique.name in _NAMED_ONLY else technique.detail)
