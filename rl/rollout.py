"""One step's attempts: pick problems, sample groups, judge them while sampling goes on, replace groups without signal.

Needs a `Sampler`, a `Pool` and a `Curriculum`; knows neither Ray nor torch. Deterministic for a deterministic sampler:
problems, seeds and the order of groups depend on (run seed, step, round) only, never on which verdict came first.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from physprover.config import RunConfig
from physprover.errors import PhysProverError, RunError, first_line
from physprover.lean.ask import Asker
from physprover.lean.protocol import Check, Pool, Problem
from physprover.models.sampler import Sampler, SamplingParams
from physprover.records import Attempt, JudgedAttempt, Outcome, Record, Theorem, Verdict
from rl import canary
from rl.canary import Canary
from rl.curriculum import Curriculum
from rl.groups import Group, derive_seed
from rl.insight_reward import InsightReward

CANARIES = 4  # in each step that sends any
_REPORT_SECONDS = 1.0  # between two counts shown
_AGAIN = "nothing of this step was kept; repeat the command to go on from the last checkpoint"


class Rollout(Record):
    """Everything sampled for one step, judged, and what it cost."""

    step: int
    groups: tuple[Group, ...] = ()
    refills: int = 0  # rounds after the first
    cached: int = 0  # attempts whose verdict was known from the cache or from a twin in the same round
    canaries: int = 0  # false statements the judge refused
    seconds_sampling: float = 0.0
    seconds_judging: float = 0.0  # from the first check sent to the last verdict
    seconds_waiting: float = 0.0  # of those, after sampling had ended
    dropped: int = 0  # groups that became too old for `rl.max_staleness` before they could be learnt from
    # The sampler was as far ahead as it may be; None = not sampled so
    seconds_sampler_idle: float | None = None

    @property
    def judged(self) -> tuple[JudgedAttempt, ...]:
        return tuple(item for group in self.groups for item in group.judged)


@dataclass(slots=True)
class Slot:
    """One attempt and, in time, its verdict."""

    attempt: Attempt
    verdict: Verdict | None = None


@dataclass(slots=True)
class Round:
    """Book-keeping of one sampling round."""

    slots: dict[str, list[Slot]]  # by theorem, in the curriculum's order
    checked: list[Slot] = field(default_factory=list)  # in the order sent; a check's id is the place here
    canaries: dict[str, Canary] = field(default_factory=dict)
    cached: int = 0
    answered: int = 0
    refused: int = 0
    began: float = field(default_factory=time.perf_counter)
    first_check: float | None = None
    sampled: float = 0.0  # when sampling ended


class Rollouts:
    """Collects the attempts of one step after another."""

    def __init__(
        self,
        config: RunConfig,
        theorems: Sequence[Theorem],
        sampler: Sampler,
        pool: Pool,
        curriculum: Curriculum,
        report: Callable[[str], None] | None = None,
    ) -> None:
        """`report` is told, at most once a second, how far the current step is."""
        self._config = config
        self._report, self._reported = report, time.monotonic()
        self._theorems = {theorem.name: theorem for theorem in theorems}
        self._problems = {theorem.name: Problem.of(theorem) for theorem in theorems}
        self._sampler, self._pool, self._curriculum = sampler, Asker.of(pool, config.engine), curriculum
        terms = config.rl.insight
        self._insight = InsightReward(config, self._pool) if terms.sketch or terms.technique else None
        self._closing = threading.Lock()  # several rounds may end at the same time (rl/ahead.py)
        self._accepted: list[str] = []  # proofs Lean took lately, for the canaries
        self.shortest: dict[str, str] = {}  # problem -> the prover's own shortest proof that Lean accepted
        self.broken: set[str] = set()  # problems whose own header or statement Lean refused

    def remember(self, judged: Iterable[JudgedAttempt]) -> None:
        """Take over the verdicts of attempts that an earlier process of this run recorded."""
        for item in judged:
            problem = self._problems.get(item.attempt.theorem)
            if problem is not None:
                self._pool.remember(self._check("", problem, item.attempt.proof), item.verdict)
                self._note(item)

    def collect(self, step: int) -> Rollout:
        """Sample and judge step `step`; at most `max_refills` further rounds replace groups without signal.

        Raises RunError when the judge accepts a canary, when the sampler owes attempts, and, in one line, for whatever a
        judge or a reward raises. Nothing of the step is kept then.
        """
        with naming(step):
            return self._collect(step)

    def _collect(self, step: int) -> Rollout:
        rl = self._config.rl
        groups: list[Group] = []
        rounds: list[Round] = []
        ends: list[float] = []
        for turn in range(rl.max_refills + 1):
            missing = rl.problems_per_step - sum(group.informative for group in groups)
            seen = frozenset(group.theorem for group in groups) | self.broken
            picks = self._curriculum.pick(missing, step, turn, seen) if missing > 0 else []
            if not picks:
                break
            rounds.append(self._sample_and_judge(picks, step, turn))
            _refuse_owed(rounds[-1], rl.group_size, step)
            groups += self._shaped(self._close_round(rounds[-1], step))
            ends.append(time.perf_counter())
        return Rollout(
            step=step,
            groups=tuple(groups),
            refills=max(0, len(rounds) - 1),
            cached=sum(r.cached for r in rounds),
            canaries=sum(r.refused for r in rounds),
            seconds_sampling=sum(r.sampled - r.began for r in rounds),
            seconds_judging=sum(
                e - r.first_check for r, e in zip(rounds, ends, strict=True) if r.first_check
            ),
            seconds_waiting=sum(e - r.sampled for r, e in zip(rounds, ends, strict=True)),
        )

    def judged(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """`check_many` for others who judge proofs of these problems: they and the attempts never ask the same twice."""
        return self._pool.check_many(checks)

    def add(self, theorems: Iterable[Theorem]) -> None:
        """Take in further problems."""
        for theorem in theorems:
            self._theorems[theorem.name] = theorem
            self._problems[theorem.name] = Problem.of(theorem)

    def measure(self, theorems: Sequence[Theorem], step: int, turn: int) -> list[Group]:
        """One judged group at each of these problems, outside any step; the curriculum learns how they went."""
        return self._close_round(self._sample_and_judge(list(theorems), step, turn), step)

    # -- For rl/ahead.py: rounds of several threads at a time --

    def pick(self, count: int, number: int, busy: frozenset[str]) -> list[Theorem]:
        """Problems of round `number`, none of `busy`."""
        with self._closing:
            return self._curriculum.pick(count, number, 0, busy | self.broken)

    def curriculum_state(self) -> dict[str, Any]:
        with self._closing:
            return self._curriculum.state()

    def stream(
        self, picks: list[Theorem], number: int, sampled: Callable[[], None]
    ) -> Iterator[tuple[Group, Round]]:
        """Sample and judge one round; each group as soon as its last verdict is there, with the round's book-keeping.

        `sampled` is called, maybe in another thread, when the last attempt is written. Raises what `collect` raises.
        """
        current, size = self._open_round(picks, number, 0), self._config.rl.group_size

        def feed() -> Iterator[Check]:
            yield from self._feed(current, picks, number, 0)
            sampled()

        open_ = dict.fromkeys(current.slots, size)
        for check, verdict in self._pool.check_many(feed()):
            name = self._take(current, check, verdict, number)
            if name is not None:
                open_[name] -= 1
                if open_[name] == 0:
                    for group in self._shaped([self._close_group(name, current.slots[name], number)]):
                        yield group, current
        _refuse_owed(current, size, number)

    # -- One round --

    def _sample_and_judge(self, picks: list[Theorem], step: int, turn: int) -> Round:
        current = self._open_round(picks, step, turn)
        before = self._pool.hits + self._pool.shared
        for check, verdict in self._pool.check_many(self._feed(current, picks, step, turn)):
            self._take(current, check, verdict, step)
        current.cached = self._pool.hits + self._pool.shared - before
        return current

    def _open_round(self, picks: list[Theorem], step: int, turn: int) -> Round:
        """An empty round, with canaries where they are due."""
        current = Round({theorem.name: [] for theorem in picks})
        every = self._config.rl.canary_every
        if turn == 0 and every and step % every == 0:
            drawn = canary.draw(
                list(self._theorems.values()), self._accepted, CANARIES, self._config.seed, step
            )
            current.canaries = {f"{canary.PREFIX}{i}": item for i, item in enumerate(drawn)}
        return current

    def _feed(self, current: Round, picks: list[Theorem], step: int, turn: int) -> Iterator[Check]:
        """Checks as attempts arrive; the pool judges while this waits for the sampler."""
        seconds = self._config.engine.seconds
        current.began = time.perf_counter()
        for identity, probe in current.canaries.items():
            yield Check(id=identity, problem=probe.problem, proof=probe.proof, seconds=seconds, fresh=True)
        rl = self._config.rl
        params = SamplingParams(
            temperature=rl.temperature,
            max_new_tokens=self._config.model.max_new_tokens,
            seed=derive_seed(self._config.seed, "sample", step, turn),
        )
        for attempt in self._sampler.sample(picks, rl.group_size, params):
            slot = Slot(attempt)
            current.slots[attempt.theorem].append(slot)
            current.checked.append(slot)
            current.first_check = current.first_check or time.perf_counter()
            number = str(len(current.checked) - 1)
            yield self._check(number, self._problems[attempt.theorem], attempt.proof)
        current.sampled = time.perf_counter()

    def _check(self, number: str, problem: Problem, proof: str) -> Check:
        """Messages teach nobody here, and formatting them would double the cost of a failed attempt."""
        return Check(id=number, problem=problem, proof=proof, seconds=self._config.engine.seconds, messages=0)

    def _take(self, current: Round, check: Check, verdict: Verdict, step: int) -> str | None:
        """Note one answer; the theorem whose attempt it was, None for a canary."""
        canary.must_agree(check.problem, check.proof, verdict, step)
        probe = current.canaries.get(check.id)
        if probe is not None:
            canary.must_be_refused(probe, verdict, step)
            current.refused += verdict.reward is not None
            return None
        slot = current.checked[int(check.id)]
        slot.verdict = verdict
        current.answered += 1
        if self._report is not None and time.monotonic() - self._reported >= _REPORT_SECONDS:
            self._reported = time.monotonic()
            self._report(f"{current.answered}/{len(current.checked)}")
        return slot.attempt.theorem

    def _close_round(self, current: Round, step: int) -> list[Group]:
        """Groups of a finished round; tells the curriculum what was learnt about each problem."""
        return [self._close_group(name, slots, step) for name, slots in current.slots.items() if slots]

    def _shaped(self, groups: list[Group]) -> list[Group]:
        """With what `rl.insight` adds to the rewards."""
        return self._insight.shaped(groups, self._theorems) if self._insight else groups

    def _close_group(self, name: str, slots: Sequence[Slot], step: int) -> Group:
        none = Verdict(outcome=Outcome.INFRASTRUCTURE, messages=("no verdict came back",))
        judged = tuple(JudgedAttempt(attempt=s.attempt, verdict=s.verdict or none, step=step) for s in slots)
        rewards = [r for item in judged if (r := item.verdict.reward) is not None]
        with self._closing:
            self._curriculum.observe(name, int(sum(rewards)), len(rewards), step)
            for item in judged:
                self._note(item)
        return Group(theorem=name, judged=judged)

    def _note(self, item: JudgedAttempt) -> None:
        if item.verdict.check == "header":
            self.broken.add(item.attempt.theorem)
        if item.verdict.reward == 1.0:
            self._accepted = [*self._accepted[-15:], item.attempt.proof]
            best = self.shortest.get(item.attempt.theorem)
            if best is None or (len(item.attempt.proof), item.attempt.proof) < (len(best), best):
                self.shortest[item.attempt.theorem] = item.attempt.proof


@contextlib.contextmanager
def naming(step: int) -> Iterator[None]:
    """Whatever a judge or a reward raises as a RunError in one line; errors that are named already pass."""
    try:
        yield
    except PhysProverError:
        raise
    except Exception as error:
        raise RunError(
            f"step {step}: {type(error).__name__} while judging: {first_line(error)}; {_AGAIN}"
        ) from error


def _refuse_owed(current: Round, size: int, step: int) -> None:
    """Raise RunError when a group is not whole: its baseline would be of other attempts than were asked for."""
    for name, slots in current.slots.items():
        if len(slots) != size:
            raise RunError(
                f"step {step}: the sampler returned {len(slots)} of {size} attempts at {name}; {_AGAIN}"
            )
