"""A stronger constant than any bare tactic: one script for every theorem, told the definitions its statement depends on.

Most of PhysCore yields to no single tactic only because definitions must be unfolded first. A prover that has learned
to unfold and call a decision procedure, and nothing else, would reach this line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.baselines import TacticLine
from eval.judging import judge_attempts
from eval.passk import mean_interval
from physprover.portfolio import TEMPLATES, template_proof
from physprover.prompts.definitions import declarations, written_name
from physprover.records import Attempt, Outcome, SamplerInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.lean.protocol import Pool
    from physprover.progress import Progress
    from physprover.records import Theorem

_FUNCTIONS = frozenset({"def", "rec", "match", "prop"})


def template_lines(
    theorems: Sequence[Theorem], pool: Pool, progress: Progress, *, check_seconds: float = 20.0
) -> tuple[TacticLine, ...]:
    """What each template closes, best first. An attempt that was not judged counts as not closed."""
    asked: dict[tuple[str, str], str] = {
        (t.name, template_proof(template, definitions(t))): template
        for t in theorems
        for template in TEMPLATES
    }
    attempts = (Attempt(theorem=n, proof=p, sampler=SamplerInfo(name="template")) for n, p in asked)
    closed: dict[str, set[str]] = {template: set() for template in TEMPLATES}
    with progress.stage("templates", len(asked)) as stage:
        for judged in judge_attempts(attempts, {t.name: t for t in theorems}, pool, check_seconds):
            if judged.verdict.outcome is Outcome.PROVED:
                attempt = judged.attempt
                closed[asked[attempt.theorem, attempt.proof]].add(attempt.theorem)
            stage.advance(closed=max(map(len, closed.values())))
    return tuple(sorted((_line(theorems, t, names) for t, names in closed.items()), key=lambda x: -x.closed))


def definitions(theorem: Theorem) -> list[str]:
    """The functions among a theorem's premises, as its header writes them."""
    known = declarations(theorem.header)
    written = (written_name(known, premise) for premise in theorem.premises)
    return [name for name in written if name is not None and known[name].kind in _FUNCTIONS]


def _line(theorems: Sequence[Theorem], template: str, names: set[str]) -> TacticLine:
    estimate = mean_interval([float(t.name in names) for t in theorems])
    assert estimate is not None  # callers pass at least one theorem
    return TacticLine(tactic=template, closed=len(names), estimate=estimate)
