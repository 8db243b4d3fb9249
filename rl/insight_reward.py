"""Checked insight as a small, bounded addition to the reward. Design of our own; off unless `rl.insight` asks for it.

    sketch      the announced sketch says something, Lean elaborates it, and the attempt's proof fills its holes. What Lean
                elaborates for a theorem about nothing too (`exfalso; sorry`, `try simp; sorry`) says nothing
    technique   the share of announced techniques that the *accepted* proof really uses; a theorem counts as used when Lean
                refuses the proof without it

A proved attempt earns 1 plus both, an unproved one at most the sketch's part. Both together are at most half a proof (the
configuration's bounds), so no unproved attempt ever outranks a proved one. Naming earns nothing by itself: techniques of
an unproved attempt are not paid, and each announced technique that is not used lowers the share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from physprover.config import InsightRewardConfig, RunConfig
from physprover.errors import ConfigError
from physprover.insight.script import Script, read_script
from physprover.insight.sketch import Sketch, elaborates, existentials, fills
from physprover.insight.techniques import Scope, Technique, all_constants, drops, found
from physprover.lean.ask import Asker, key_of
from physprover.lean.protocol import Check, Pool, Problem
from physprover.prompts import get_prompt
from physprover.prompts.insight import Answer, InsightPrompt, brief
from physprover.records import JudgedAttempt, Outcome, Theorem, Verdict
from rl.groups import Group

ABOUT_NOTHING = "theorem about_nothing {anything : Prop} : anything"


class InsightReward:
    """Asks the pool what is true of the attempts' announcements; remembers what it was told."""

    def __init__(self, config: RunConfig, pool: Pool) -> None:
        """Raises `ConfigError` for a prompt format that announces nothing."""
        prompt = get_prompt(config.model.prompt)
        if not isinstance(prompt, InsightPrompt):
            raise ConfigError(
                f"rl.insight rewards sketches and techniques, which the format `{config.model.prompt}` does not write; "
                'set model.prompt = "tiny-sketch" or "tiny-insight"'
            )
        self._prompt, self._pool = prompt, Asker.of(pool)
        self._terms, self._seconds = config.rl.insight, config.engine.seconds

    def shaped(self, groups: Sequence[Group], theorems: Mapping[str, Theorem]) -> list[Group]:
        """The groups with the `shaping` of each attempt filled in."""
        claims = [[self._claims(item, theorems[group.theorem]) for item in group.judged] for group in groups]
        questions = {
            (check := self._check(problem, body)).id: check
            for group, row in zip(groups, claims, strict=True)
            for claim in row
            for problem, body in _questions(claim, Problem.of(theorems[group.theorem]))
        }
        verdicts = {check.id: verdict for check, verdict in self._pool.check_many(questions.values())}
        return [self._with_shaping(*pair, theorems, verdicts) for pair in zip(groups, claims, strict=True)]

    def _claims(self, item: JudgedAttempt, theorem: Theorem) -> Claims:
        """No claims where nothing can be earned: not judged, or broken in format."""
        if item.verdict.reward is None:
            return Claims()
        answer = self._prompt.read(item.attempt.completion, theorem)
        return Claims() if answer.broken else claims_of(answer, theorem, item.verdict.reward == 1.0)

    def _check(self, problem: Problem, body: str) -> Check:
        """The question whether Lean takes `body`; equal questions have equal ids."""
        check = Check(id="", problem=problem, proof=body, seconds=self._seconds, messages=0)
        return check.model_copy(update={"id": key_of(check).hex()})

    def _with_shaping(
        self,
        group: Group,
        claims: Sequence[Claims],
        theorems: Mapping[str, Theorem],
        verdicts: Mapping[str, Verdict],
    ) -> Group:
        problem = Problem.of(theorems[group.theorem])

        def verdict(body: str) -> Verdict:
            return verdicts[self._check(problem, body).id]

        worth = []
        for claim in claims:
            holds = (
                bool(claim.sketch)
                and only_holes(verdict(claim.sketch))
                and not only_holes(verdicts[self._check(_about_nothing(problem), claim.sketch).id])
            )
            needed = sum(
                any(verdict(body).outcome is Outcome.REJECTED for body in bodies) for bodies in claim.calls
            )
            worth.append(shaping(self._terms, claim, holds, needed))
        judged = (i.replace(shaping=w) for i, w in zip(group.judged, worth, strict=True))
        return group.model_copy(update={"judged": tuple(judged)})


def _questions(claim: Claims, problem: Problem) -> Iterator[tuple[Problem, str]]:
    """What Lean has to be asked about the claims of an attempt at `problem`."""
    for body in claim.questions:
        yield problem, body
    if claim.sketch:
        yield _about_nothing(problem), claim.sketch


def _about_nothing(problem: Problem) -> Problem:
    """A theorem behind the same header for which only that elaborates which elaborates for every theorem."""
    return problem.replace(statement=ABOUT_NOTHING)


def only_holes(verdict: Verdict) -> bool:
    """Whether Lean took a sketch."""
    return elaborates(verdict.outcome, verdict.check, " ".join((*verdict.axioms, *verdict.messages)))


def shaping(terms: InsightRewardConfig, claims: Claims, sketch_holds: bool, needed: int) -> float:
    """What checked claims are worth, in [0, terms.sketch + terms.technique]; `needed` of the announced calls are."""
    share = (claims.plain + needed) / claims.announced if claims.announced else 0.0
    return terms.sketch * sketch_holds + terms.technique * share


# -- What an attempt announced, and the questions to Lean that would show it true. Pure text: Lean is asked elsewhere. --
#
# A question is a proof body of the attempt's own theorem. The announced sketch must elaborate; an announced theorem is used
# when the accepted proof is refused without one of its occurrences; other techniques can be read off the proof's steps.

_CALLS = ("use", "unfold")


@dataclass(frozen=True)
class Claims:
    """What one attempt announced. Techniques are counted once each."""

    # To be elaborated; "" where the announced one is but a hole, or not what the proof fills
    sketch: str = ""
    announced: int = 0  # techniques
    plain: int = 0  # of them, those that stand in the proof and are no calls
    # For each call in the proof: the proof without each of its occurrences
    calls: tuple[tuple[str, ...], ...] = ()

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
