"""From accepted proofs to insight records. Lean settles every label.

    minimise   the proof, and the proof without each thing it names; what Lean does not miss goes, until it misses all
    name       techniques of what is left; a theorem is listed only if Lean refuses the proof without it
    sketch     leaves replaced by `sorry`; kept only if it elaborates

Theorems go through in waves, so a pool of workers stays busy. A label that Lean did not settle (a timeout) is neither
dropped nor listed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from data_gen.headers import DEFINITIONS, THEOREMS, read_header
from data_gen.judging import Answer, Judging
from data_gen.stats import one_line
from physprover.insight.records import Insight, Missing
from physprover.insight.script import Script, read_script
from physprover.insight.sketch import Sketch, coarse_sketch, elaborates, existentials, sketch_of
from physprover.insight.techniques import Drop, Scope, Technique, all_constants, drops, found
from physprover.lean.text.commands import parse
from physprover.lean.text.tokens import mask
from physprover.records import Outcome, Theorem

_WAVES = 12  # a proof of PhysCore settles in one to four
_DECIDED = frozenset({Outcome.REJECTED, Outcome.CHEATED})


@dataclass
class _Case:
    """One theorem on its way."""

    theorem: Theorem
    script: Script
    scope: Scope
    proved: Script | None = None  # the last version Lean accepted
    fallback: str | None = None  # a shorter version Lean accepted, in case `script` dropped too much at once
    refused: list[Drop] = field(default_factory=list)  # of the settled script
    unsettled: list[Drop] = field(default_factory=list)
    settled: bool = False
    sketch: Sketch | None = None


def label(
    theorems: Sequence[Theorem], judging: Judging, tick: Callable[[], None] = lambda: None
) -> tuple[list[Insight], list[Missing]]:
    """Insight records of theorems with a proof, in order, and the reasons of those that have none."""
    missing: list[Missing] = []
    cases = [_Case(t, read_script(t.proof or ""), Scope(t.header, t.statement)) for t in theorems]
    for _ in range(_WAVES):
        wave = [case for case in cases if not case.settled]
        if not wave:
            break
        missing += _minimise(wave, judging, tick)
        lost = {row.name for row in missing}
        cases = [case for case in cases if case.theorem.name not in lost]
    for case in [case for case in cases if not case.settled]:
        missing.append(_missing(case, "techniques", f"not minimal after {_WAVES} rounds"))
        cases.remove(case)
    missing += _sketches(cases, judging)
    complete = []
    for case in cases:
        if case.sketch is None:
            continue  # in the side table already
        insight = _insight(case, case.sketch)
        if insight.techniques:
            complete.append(insight)
        else:
            missing.append(_missing(case, "techniques", "none of its steps is known by name"))
    return complete, missing


def sketch_holds(answer: Answer) -> bool:
    """Whether Lean took a sketch."""
    return elaborates(answer.outcome, answer.check, answer.message)


def _minimise(cases: Sequence[_Case], judging: Judging, tick: Callable[[], None]) -> list[Missing]:
    """One round: ask for each proof and for each single drop; take what Lean does not miss out."""
    tried = {case.theorem.name: drops(case.script, case.scope) for case in cases}
    questions = {}
    for case in cases:
        name = case.theorem.name
        questions[name] = (case.theorem, case.script.text)
        questions |= {f"{name} {i}": (case.theorem, drop.text) for i, drop in enumerate(tried[name])}
    answers = judging.ask(questions)
    missing = []
    for case in cases:
        name = case.theorem.name
        single = [answers[f"{name} {i}"] for i in range(len(tried[name]))]
        row = _advance(case, answers[name], list(zip(tried[name], single, strict=True)))
        if row is not None:
            missing.append(row)
        if row is not None or case.settled:
            tick()
    return missing


def _advance(case: _Case, whole: Answer, single: list[tuple[Drop, Answer]]) -> Missing | None:
    """Take one case a round further; a row of the side table where its proof does not check."""
    if not whole.proved:
        if case.fallback is None:
            return _missing(
                case, "proof", f"the proof no longer checks: {whole.message or whole.outcome.value}"
            )
        case.script, case.fallback = read_script(case.fallback), None
        return None
    case.proved = case.script
    spare = [drop for drop, answer in single if answer.proved]
    if not spare:
        case.refused = [drop for drop, answer in single if answer.outcome in _DECIDED]
        case.unsettled = [drop for drop, answer in single if answer.outcome not in _DECIDED]
        case.settled, case.fallback = True, None
        return None
    case.fallback = spare[0].text if len(spare) > 1 else None
    case.script = read_script(_without_all(case, spare))
    return None


def _without_all(case: _Case, spare: Sequence[Drop]) -> str:
    """The proof without all of `spare`: last first, so that offsets before it stay true."""
    text = case.script.text
    for drop in sorted(spare, key=lambda d: -d.at):
        script = read_script(text)
        again = [d for d in drops(script, case.scope) if (d.at, d.until) == (drop.at, drop.until)]
        if again:
            text = again[0].text
    return text


def _sketches(cases: Sequence[_Case], judging: Judging) -> list[Missing]:
    """The finest sketch that elaborates, for each case; a trivial one needs no question."""
    open_ = list(cases)
    for sketch in (_fine, lambda case: coarse_sketch(case.script)):
        drafts = {case.theorem.name: sketch(case) for case in open_}
        asked = [case for case in open_ if not drafts[case.theorem.name].trivial]
        answers = judging.ask({c.theorem.name: (c.theorem, drafts[c.theorem.name].text) for c in asked})
        for case in open_:
            draft = drafts[case.theorem.name]
            if draft.trivial or sketch_holds(answers[case.theorem.name]):
                case.sketch = draft
        open_ = [case for case in open_ if case.sketch is None]
    return [_missing(case, "sketch", "neither the fine nor the coarse sketch elaborates") for case in open_]


def _fine(case: _Case) -> Sketch:
    return sketch_of(case.script, existentials(case.theorem.statement))


def _insight(case: _Case, sketch: Sketch) -> Insight:
    return Insight(
        theorem=case.theorem,
        techniques=tuple(_techniques(case, sketch)),
        sketch=sketch.text,
        holes=sketch.holes,
        core=case.script.text,
        dropped=tuple(_gone(case)),
        undecided=len(case.unsettled),
    )


def _techniques(case: _Case, sketch: Sketch) -> list[Technique]:
    """What the settled proof uses: with a drop of its own only if Lean refused it."""
    tried = sorted([*case.refused, *case.unsettled], key=lambda drop: drop.until - drop.at)
    listed = []
    for technique, at in found(case.script, case.scope, existentials(case.theorem.statement)):
        is_call = technique.name in ("use", "unfold")
        drop = next((d for d in tried if (d.covers(at) if is_call else d.at == at)), None)
        if drop is not None and drop in case.unsettled:
            continue
        evidence = "needed" if drop is not None else "sketch" if sketch.keeps(at) else "proof"
        if is_call and drop is None:
            continue  # nothing Lean was asked about: not a checked label
        decl = qualified(case.theorem.header, technique.detail) if is_call else ""
        listed.append(technique.replace(evidence=evidence, decl=decl))
    return listed


def _gone(case: _Case) -> list[str]:
    """Constants of the reference proof that the settled one no longer names."""
    before, after = read_script(case.theorem.proof or ""), case.script
    gone = [constant.name for constant in all_constants(before, case.scope)]
    for constant in all_constants(after, case.scope):
        if constant.name in gone:
            gone.remove(constant.name)
    return gone


def _missing(case: _Case, stage: Literal["proof", "techniques", "sketch"], reason: str) -> Missing:
    theorem = case.theorem
    return Missing(
        name=theorem.name,
        split=theorem.split,
        domain=theorem.domain,
        statement=theorem.statement,
        stage=stage,
        reason=one_line(reason),
    )


# -- Full names of the constants a proof writes short. --


def qualified(header: str, written: str) -> str:
    """The full name of `written` where the header's last scope stands; itself where the header does not declare it."""
    prefixes, declared = _declared(header)
    parts = written.split(".")
    for length in range(len(parts), 0, -1):
        for prefix in prefixes:
            name = ".".join([*([prefix] if prefix else []), *parts[:length]])
            if name in declared:
                return ".".join([name, *parts[length:]])
    return written


@lru_cache(maxsize=1024)
def _declared(header: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Prefixes to try, and every name the header declares."""
    names = {c.name for c in parse(mask(header)) if c.name and c.kind in DEFINITIONS | THEOREMS}
    return read_header(header).scope.prefixes, frozenset(names)
