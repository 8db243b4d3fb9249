"""Search a proof of one statement within a budget: choose a move, make it, learn from it, until it is proved or spent."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import Field

from eval.search.budget import Amount, Budget, OutOfBudget
from eval.search.case import Case, Filling, closers
from eval.search.desk import Desk, Limits, Tried, finalize
from eval.search.experience import Experience, Observation
from eval.search.library import Retriever, features
from eval.search.policies import Policy, Value
from eval.search.sketch import HoleSketch
from physprover.lean.protocol import Pool, Problem
from physprover.models.sampler import Sampler
from physprover.records import Outcome, Record, Theorem


class SearchStep(Record):
    """One move and what came of it."""

    arm: str
    spent: Amount
    proved: bool
    value: Value | None = None  # why it was chosen; None for the baselines


class SearchResult(Record):
    """One search: a line of a search's result file."""

    theorem: str
    policy: str
    seed: int
    total: Amount
    spent: Amount
    proof: str | None
    steps: tuple[SearchStep, ...]
    outcomes: dict[str, int]
    unjudged: int = 0
    drawn: dict[str, int] = Field(default_factory=dict)  # samples by what came of them
    obstacle: str = ""  # why the prover could not be asked, or not again
    asked: str = ""  # `Tools.asked` of its theorem
    learned: tuple[Observation, ...] = ()

    @property
    def solved(self) -> bool:
        return self.proof is not None


@dataclass
class Tools:
    """What all searches of a run share."""

    pool: Pool
    sampler: Sampler | None
    limits: Limits
    library: Retriever = field(default_factory=Retriever)
    experience: Experience = field(default_factory=Experience)
    prover: str = ""  # fingerprint of the sampler's weights, and `survey_digest`

    def asked(self, theorem: Theorem) -> str:
        """What tells a search of this theorem by this prover from one of another of the same name, or by another prover."""
        text = "\0".join((self.prover, theorem.header, theorem.statement))
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def search(
    theorem: Theorem,
    policy: Policy,
    total: Amount,
    tools: Tools,
    *,
    problem: Problem | None = None,
    sketch: HoleSketch | None = None,
    tidy: bool = False,
    watch: Callable[[Tried], None] = lambda _: None,
) -> SearchResult:
    """Prove `theorem` (as `problem` poses it) within `total`. What it learns is added to `tools.experience`.

    A `sketch` with holes, where somebody has begun the proof, is tried before anything else; `tidy` spends some of what is
    left on a shorter form of the proof. Raises `ConfigError` for a budget of zero, `HeaderError` when the statement does not elaborate.
    """
    budget = Budget(total)
    desk = Desk(
        theorem, problem or Problem.of(theorem), budget, tools.pool, tools.sampler, tools.limits, watch
    )
    known = tools.experience if policy.learns else Experience()
    seen = features(theorem)
    case = Case(theorem, desk, tools.library, known.seen_from(seen, policy.alike), kinds=policy.kinds)
    steps = [*_begun(case, sketch), *_steps(case, policy)]
    learned = _observations(case, steps, seen)
    wanted = tools.sampler is not None and "direct" in policy.kinds and not (case.solved or desk.exhausted)
    obstacle = desk.obstacle() if wanted else ""
    if tidy:
        finalize(desk)
    for observation in learned if policy.grows else ():
        tools.experience.add(observation)
    outcomes = Counter(tried.outcome for tried in desk.tried.values())
    return SearchResult(
        theorem=theorem.name,
        policy=policy.name,
        seed=tools.limits.seed,
        total=total,
        spent=budget.spent,
        proof=desk.proof,
        steps=tuple(steps),
        outcomes={o.value: outcomes[o] for o in Outcome if outcomes[o]},
        unjudged=desk.unjudged,
        drawn=dict(desk.drawn),
        obstacle=obstacle,
        asked=tools.asked(theorem),
        learned=learned,
    )


def _begun(case: Case, sketch: HoleSketch | None) -> list[SearchStep]:
    """Close the holes of a given sketch."""
    if sketch is None:
        return []
    case.desk.arm = "given sketch"
    with suppress(OutOfBudget):
        Filling(case, sketch).advance(rounds=len(closers(case)))
    return [SearchStep(arm=case.desk.arm, spent=case.desk.budget.spent, proved=case.solved)]


def _steps(case: Case, policy: Policy) -> list[SearchStep]:
    choose, desk = policy.start(), case.desk
    steps: list[SearchStep] = []
    while not case.solved and not desk.exhausted and (choice := choose(case)):
        move, value = choice
        desk.arm, before = move.arm, desk.budget.spent
        with suppress(OutOfBudget):  # what was spent until then stays booked
            move.run(case)
        if not case.solved:
            case.view.failed(move.arm)
        spent = desk.budget.spent - before
        steps.append(SearchStep(arm=move.arm, spent=spent, proved=case.solved, value=value))
    return steps


def _observations(case: Case, steps: list[SearchStep], seen: frozenset[str]) -> tuple[Observation, ...]:
    """What the moves and closing scripts of this search teach."""
    where = tuple(sorted(seen))
    moves = [Observation(arm=s.arm, features=where, success=s.proved, cost=s.spent) for s in steps]
    return (*moves, *case.learned_of_leaves(where))
