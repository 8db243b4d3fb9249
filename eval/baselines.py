"""What a prover must beat: one tactic for everything, and a portfolio of single tactics.

The constant line is the single tactic that closes most theorems *of this very benchmark* (chosen with hindsight, which
favours the baseline). The portfolio line counts a theorem when any tactic closes it. Neither uses a model; both are the
same at every k. `Theorem.closed_by` is used where the data stage has measured it, Lean is asked for the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from eval.passk import Estimate, mean_interval
from physprover.errors import DataError
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Pool
from physprover.lean.text.definitions import declarations, functions
from physprover.portfolio import PORTFOLIO, TEMPLATES, portfolio_proof, template_proof
from physprover.progress import Progress
from physprover.records import Attempt, Outcome, Record, SamplerInfo, Theorem, read_record


class ClosedTheorem(Record):
    """Which single tactics close one theorem."""

    name: str
    domain: str = ""
    closed_by: tuple[str, ...]


class TacticLine(Record):
    """One tactic, alone, on every theorem."""

    tactic: str
    closed: int
    estimate: Estimate
    names: tuple[str, ...] | None = None  # of the theorems that a script closes


class PortfolioResult(Record):
    """The baselines over one benchmark: `eval/portfolio-<benchmark>.json`."""

    benchmark: str = "test"
    tactics: tuple[TacticLine, ...]  # best first
    portfolio: Estimate
    closed: int  # theorems closed by at least one tactic
    theorems: tuple[ClosedTheorem, ...]
    templates: tuple[TacticLine, ...] = ()  # one script told the definitions, best first
    unjudged: tuple[str, ...] = ()  # theorems left out: some tactic could not be judged and none closed it

    @property
    def best(self) -> TacticLine:
        """The best constant tactic."""
        return self.tactics[0]


def portfolio(
    theorems: Sequence[Theorem],
    pool: Pool,
    progress: Progress,
    *,
    check_seconds: float = 20.0,
    benchmark: str = "test",
) -> PortfolioResult:
    """Constant-tactic and portfolio lines over `theorems`.

    Raises `DataError` for an empty set, or when nothing could be judged.
    """
    if not theorems:
        raise DataError("no theorems to measure the portfolio on")
    closed = {t.name: {c for c in t.closed_by if c in PORTFOLIO} for t in theorems if t.closed_by is not None}
    unmeasured = [t for t in theorems if t.closed_by is None]
    unsure: set[str] = set()
    with progress.stage("portfolio", total=len(theorems) * len(PORTFOLIO)) as stage:
        if closed:
            stage.advance(len(closed) * len(PORTFOLIO))
        asked = (
            Attempt(theorem=t.name, proof=portfolio_proof(tactic), sampler=SamplerInfo(name="portfolio"))
            for t in unmeasured
            for tactic in PORTFOLIO
        )
        tactic_of = {portfolio_proof(tactic): tactic for tactic in PORTFOLIO}
        by_name = {t.name: t for t in unmeasured}
        for judged in judge_attempts(asked, by_name, pool, check_seconds, messages=0):
            found = closed.setdefault(judged.attempt.theorem, set())
            if judged.verdict.outcome is Outcome.PROVED:
                found.add(tactic_of[judged.attempt.proof])
            elif judged.verdict.outcome is Outcome.INFRASTRUCTURE:
                unsure.add(judged.attempt.theorem)
            stage.advance(1, closed=sum(map(bool, closed.values())))
    rows = [
        ClosedTheorem(
            name=t.name, domain=t.domain, closed_by=tuple(c for c in PORTFOLIO if c in closed[t.name])
        )
        for t in theorems
        if closed[t.name] or t.name not in unsure
    ]
    left_out = sorted(name for name in unsure if not closed[name])
    if not rows:
        raise DataError("the portfolio could not be measured: no theorem was judged")
    return lines(rows).replace(benchmark=benchmark, unjudged=tuple(left_out))


def lines(rows: Sequence[ClosedTheorem], tactics: Sequence[str] = PORTFOLIO) -> PortfolioResult:
    """Count the lines from what each theorem is closed by."""
    each = [
        TacticLine(
            tactic=tactic,
            closed=sum(tactic in t.closed_by for t in rows),
            estimate=_share(tactic in t.closed_by for t in rows),
        )
        for tactic in tactics
    ]
    return PortfolioResult(
        tactics=_ranked(each),
        portfolio=_share(bool(t.closed_by) for t in rows),
        closed=sum(bool(t.closed_by) for t in rows),
        theorems=tuple(rows),
    )


def over(found: PortfolioResult, names: Collection[str]) -> PortfolioResult | None:
    """The baselines counted again over the measured theorems among `names`, e.g. those that an evaluation asked; None without any."""
    rows = [t for t in found.theorems if t.name in names]
    if not rows:
        return None
    unjudged = tuple(name for name in found.unjudged if name in names)
    asked = [*(t.name for t in rows), *unjudged]
    told = [_script(line.tactic, line.names or (), asked) for line in found.templates]
    counted = lines(rows, [line.tactic for line in found.tactics])
    return counted.replace(benchmark=found.benchmark, templates=_ranked(told), unjudged=unjudged)


def _script(tactic: str, closes: Collection[str], names: Sequence[str]) -> TacticLine:
    """What a script that closes the theorems `closes` reaches on `names`."""
    closed = tuple(name for name in names if name in closes)
    return TacticLine(
        tactic=tactic, closed=len(closed), estimate=_share(name in closes for name in names), names=closed
    )


def _ranked(each: Iterable[TacticLine]) -> tuple[TacticLine, ...]:
    """Best first."""
    return tuple(sorted(each, key=lambda line: -line.closed))


def _share(closed: Iterable[bool]) -> Estimate:
    estimate = mean_interval([float(each) for each in closed])
    assert estimate is not None  # callers pass at least one theorem
    return estimate


def read_portfolio(path: Path) -> PortfolioResult:
    """Read a baseline file; raises `DataError`."""
    return read_record(path, PortfolioResult, "a portfolio result")


# -- A stronger constant than any bare tactic: one script for every theorem, told the definitions its statement depends on. --
#
# Most of PhysCore yields to no single tactic only because definitions must be unfolded first. A prover that has learned
# to unfold and call a decision procedure, and nothing else, would reach this line.


def template_lines(
    theorems: Sequence[Theorem], pool: Pool, progress: Progress, *, check_seconds: float = 20.0
) -> tuple[TacticLine, ...]:
    """What each template closes, best first. An attempt that was not judged counts as not closed."""
    asked = {
        (t.name, template_proof(template, definitions(t))): template
        for t in theorems
        for template in TEMPLATES
    }
    attempts = (Attempt(theorem=n, proof=p, sampler=SamplerInfo(name="script")) for n, p in asked)
    closes: dict[str, set[str]] = {template: set() for template in TEMPLATES}  # -> theorem names
    with progress.stage("templates", len(asked)) as stage:
        by_name = {t.name: t for t in theorems}
        for judged in judge_attempts(attempts, by_name, pool, check_seconds, messages=0):
            attempt = judged.attempt
            if judged.verdict.outcome is Outcome.PROVED:
                closes[asked[attempt.theorem, attempt.proof]].add(attempt.theorem)
            stage.advance(closed=max(map(len, closes.values())))
    every = [t.name for t in theorems]
    return _ranked(_script(template, names, every) for template, names in closes.items())


def definitions(theorem: Theorem) -> list[str]:
    """The functions among a theorem's premises, as its header writes them."""
    return functions(declarations(theorem.header), theorem.premises)
