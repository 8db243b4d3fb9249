"""Rounds ahead of the trainer, with a scripted sampler and a judge that is slow where the test says so.

Nothing here claims anything about Lean; tests/rl/test_loop.py runs the same code against the real one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

import pytest

from physprover.config_file import parse_config
from physprover.errors import RunError
from physprover.lean.protocol import Check
from physprover.records import Attempt, Outcome, SamplerInfo, Theorem, Verdict
from rl.ahead import Ahead
from rl.curriculum import build
from rl.rollout import Rollout, Rollouts

LIMIT = 60.0  # seconds after which a test that waits for ever fails


class Versioned:
    """Stamps attempts with the weights it was given, and notices when two callers use it at a time."""

    def __init__(self) -> None:
        self.version, self.handover_bytes = 0, 8
        self.busy = threading.Lock()
        self.overlaps = 0

    def sample(self, theorems, n, params) -> Iterator[Attempt]:
        self._enter()
        for theorem in theorems:
            for i in range(n):
                yield Attempt(
                    theorem=theorem.name,
                    proof=f"{i} {params.seed} {theorem.name}",
                    token_ids=(i,),
                    logprobs=(-1.0,),
                    sampler=SamplerInfo(name="scripted", weights_version=self.version),
                    seed=params.seed,
                )
        self.busy.release()

    def load_weights(self, weights, version) -> None:
        self._enter()
        self.version = version
        self.busy.release()

    def _enter(self) -> None:
        if not self.busy.acquire(blocking=False):
            self.overlaps += 1
            self.busy.acquire()


class Judge:
    """Answers at once, except where `slow` says so: those checks wait until `release` is set."""

    def __init__(self, slow: Callable[[Check], bool] = lambda _: False, flat: bool = False) -> None:
        self.slow, self.flat, self.release = slow, flat, threading.Event()

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        held = []
        for check in checks:
            if self.slow(check):
                held.append(check)
            else:
                yield check, self._verdict(check)
        if held:
            assert self.release.wait(LIMIT)
        for check in held:
            yield check, self._verdict(check)

    def _verdict(self, check: Check) -> Verdict:
        odd = int(check.proof.split()[0]) % 2
        return Verdict(outcome=Outcome.PROVED if odd or self.flat else Outcome.REJECTED)

    def close(self) -> None: ...


def build_ahead(
    judge: Judge, problems: int = 30, steps: int = 100, ready: tuple = (), rounds: int = 0, **rl: object
) -> tuple[Ahead, Versioned]:
    settings = {
        "steps": steps,
        "problems_per_step": 4,
        "group_size": 4,
        "max_refills": 1,
        "max_staleness": 3,
        "canary_every": 0,
        "curriculum": "uniform",
        **rl,
    }
    config = parse_config({"rl": settings})
    theorems = [Theorem(name=f"t{i}", statement=f"theorem t{i} : {i} = {i}") for i in range(problems)]
    sampler = Versioned()
    rollouts = Rollouts(config, theorems, sampler, judge, build(config.rl, theorems, 0))
    return Ahead(config, rollouts, sampler, rounds, ready), sampler


def within_limit(ahead: Ahead, step: int) -> Rollout:
    """`take`, which must come back."""
    found: list[Rollout | BaseException] = []

    def take() -> None:
        try:
            found.append(ahead.take(step))
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    thread.join(LIMIT)
    assert found, "the trainer waits although groups are ready"
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def names(rollout: Rollout) -> list[str]:
    return [group.theorem for group in rollout.groups]


def versions(rollout: Rollout) -> set[int]:
    return {item.attempt.sampler.weights_version for item in rollout.judged}


def test_the_trainer_never_waits_for_a_slow_check_while_groups_are_ready() -> None:
    """One check hangs until the end; the steps before are whole, and only its own group is late."""
    slow: list[str] = []

    def first_only(check: Check) -> bool:
        if not slow:
            slow.append(check.problem.statement)
        return check.problem.statement == slow[0]

    judge = Judge(first_only)
    ahead, _ = build_ahead(judge)
    ahead.give({}, 0)
    late = slow[0].split()[1] if slow else None
    for step in (1, 2, 3):
        rollout = within_limit(ahead, step)
        late = late or slow[0].split()[1]
        assert len(rollout.groups) == 4
        assert late not in names(rollout)
        ahead.give({}, step)
    judge.release.set()
    dropped = 0
    for step in (4, 5, 6):  # sampled from version 0: learnt from in step 4 at the latest
        rollout = within_limit(ahead, step)
        dropped += rollout.dropped
        assert (late in names(rollout)) <= (step == 4)
        ahead.give({}, step)
    ahead.close()
    assert dropped <= 1


def test_what_became_too_old_is_dropped_and_counted() -> None:
    held = {"name": ""}

    def first_only(check: Check) -> bool:
        held["name"] = held["name"] or check.problem.statement.split()[1]
        return check.problem.statement.split()[1] == held["name"]

    judge = Judge(first_only)
    ahead, _ = build_ahead(judge, max_staleness=2)
    ahead.give({}, 0)
    dropped = 0
    for step in range(1, 9):
        if step == 5:
            judge.release.set()
        rollout = within_limit(ahead, step)
        dropped += rollout.dropped
        assert held["name"] not in names(rollout) or step > 5
        ahead.give({}, step)
    ahead.close()
    assert dropped == 1


@pytest.mark.parametrize("staleness", [2, 3, 6])
def test_nothing_is_older_than_allowed_and_the_sampler_has_one_user(staleness: int) -> None:
    ahead, sampler = build_ahead(Judge(), steps=20, max_staleness=staleness)
    ahead.give({}, 0)
    seen: list[str] = []
    for step in range(1, 21):
        rollout = within_limit(ahead, step)
        assert len(rollout.groups) == 4
        assert max(step - 1 - version for version in versions(rollout)) <= staleness
        assert all(item.step == step for item in rollout.judged)
        assert rollout.seconds_sampler_idle is not None
        seen += [f"{item.attempt.theorem} {item.attempt.seed}" for item in rollout.judged]
        with ahead.quiet():
            assert not sampler.busy.locked()
        ahead.give({}, step)
    assert sampler.overlaps == 0
    assert len(seen) == 20 * 4 * 4
    ahead.close()
    assert not ahead.ready(), "sampled what no step would learn from"


def test_flat_groups_are_replaced_within_the_bound_and_never_waited_for_in_vain() -> None:
    for staleness, groups in ((2, 8), (5, 8)):
        ahead, _ = build_ahead(Judge(flat=True), max_staleness=staleness)
        ahead.give({}, 0)
        for step in (1, 2):
            assert len(within_limit(ahead, step).groups) == groups
            ahead.give({}, step)
        ahead.close()


def test_fewer_problems_than_a_step_wants() -> None:
    ahead, _ = build_ahead(Judge(), problems=3)
    ahead.give({}, 0)
    for step in (1, 2, 3):
        rollout = within_limit(ahead, step)
        assert sorted(names(rollout)) == ["t0", "t1", "t2"]
        ahead.give({}, step)
    ahead.close()


def test_what_was_ready_goes_on_in_another_process_with_other_seeds() -> None:
    first, _ = build_ahead(Judge())
    first.give({}, 0)
    before = within_limit(first, 1)
    first.close()
    left = first.ready()
    second, _ = build_ahead(Judge(), ready=left, rounds=first.rounds)
    second.give({}, 1)
    for step in (2, 3, 4, 5):
        rollout = within_limit(second, step)
        if step == 2 and len(left) >= 4:
            assert names(rollout) == [group.theorem for group in left[:4]]
        seeds = {item.attempt.seed for item in rollout.judged}
        assert not seeds & {item.attempt.seed for item in before.judged} or step == 2
        second.give({}, step)
    second.close()


def test_what_goes_wrong_in_a_round_is_raised_in_one_line() -> None:
    def broken(check: Check) -> bool:
        raise OSError("the disk is gone\nand more")

    ahead, _ = build_ahead(Judge(broken))
    ahead.give({}, 0)
    with pytest.raises(RunError, match=r"^step 1: OSError while judging: the disk is gone; nothing"):
        within_limit(ahead, 1)
    ahead.close()
