"""A stronger constant than any bare tactic: one script for every theorem, told the definitions its statement depends on.

Most of PhysCore yields to no single tactic only because definitions must be unfolded first. A prover that has learned
to unfold and call a decision procedure, and nothing else, would reach this line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eval.baselines import TacticLine
from eval.passk import mean_interval
from physprover.lean.ask import judge_attempts
from physprover.portfolio import TEMPLATES, template_proof
from physprover.prompts.definitions import declarations, written_name
from physprover.records import Attempt, Outcome, SamplerInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    tried = try_scripts("templates", asked, theorems, pool, progress, check_seconds)
    lines = (_line(theorems, t, tried[t].closes if t in tried else set()) for t in TEMPLATES)
    return tuple(sorted(lines, key=lambda line: -line.closed))


@dataclass
class Tried:
    """What one script did."""

    closes: set[str] = field(default_factory=set)  # theorem names
    seconds: float = 0.0  # of Lean, all theorems together


def try_scripts(
    title: str,
    asked: Mapping[tuple[str, str], str],
    theorems: Sequence[Theorem],
    pool: Pool,
    progress: Progress,
    check_seconds: float,
) -> dict[str, Tried]:
    """Judge scripts: `asked` says for each (theorem, proof) which script it is; by script, what came of it."""
    attempts = (Attempt(theorem=n, proof=p, sampler=SamplerInfo(name="script")) for n, p in asked)
    tried = {script: Tried() for script in dict.fromkeys(asked.values())}
    with progress.stage(title, len(asked)) as stage:
        by_name = {t.name: t for t in theorems}
        for judged in judge_attempts(attempts, by_name, pool, check_seconds, messages=0):
            attempt = judged.attempt
            script = tried[asked[attempt.theorem, attempt.proof]]
            script.seconds += judged.verdict.seconds
            if judged.verdict.outcome is Outcome.PROVED:
                script.closes.add(attempt.theorem)
            stage.advance(closed=max(len(t.closes) for t in tried.values()))
    return tried


def definitions(theorem: Theorem) -> list[str]:
    """The functions among a theorem's premises, as its header writes them."""
    known = declarations(theorem.header)
    written = (written_name(known, premise) for premise in theorem.premises)
    return [name for name in written if name is not None and known[name].kind in _FUNCTIONS]


def _line(theorems: Sequence[Theorem], template: str, names: set[str]) -> TacticLine:
    estimate = mean_interval([float(t.name in names) for t in theorems])
    assert estimate is not None  # callers pass at least one theorem
    return TacticLine(tactic=template, closed=len(names), estimate=estimate)
