"""The logic of a rollout, with a scripted sampler and judge: who is asked what, how often, and what is refilled.

Nothing here claims anything about Lean; tests/rl/test_loop.py runs the same code against the real one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

from physprover.config_file import parse_config
from physprover.errors import RunError
from physprover.lean.protocol import Check
from physprover.records import Attempt, Outcome, Theorem, Verdict
from rl.curriculum import build
from rl.rollout import Rollout, Rollouts
from tests.scripted import ScriptedPool, ScriptedSampler

PROBLEMS = [Theorem(name=f"t{i}", statement=f"theorem t{i} : {i} = {i}") for i in range(20)]


class Scripted(ScriptedSampler):
    """Writes the proofs it is told, in the order asked for."""

    def __init__(self, proofs: Callable[[str, int], str]) -> None:
        self.proofs = proofs

    def sample(self, theorems, n, params) -> Iterator[Attempt]:
        for i in range(n):
            for theorem in theorems:
                yield Attempt(
                    theorem=theorem.name,
                    proof=self.proofs(theorem.name, i),
                    token_ids=(i,),
                    logprobs=(-1.0,),
                    seed=params.seed,
                )


class Judge:
    """Answers by the text of the proof and counts what it is asked; optionally in reverse order."""

    def __init__(self, reverse: bool = False) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.reverse = reverse

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        listed = list(checks)
        for check in reversed(listed) if self.reverse else listed:
            self.asked[check.problem.statement, check.proof] += 1
            word = check.proof.split()[0]
            if word == "flaky":
                again = self.asked[check.problem.statement, check.proof] > 1
                yield check, Verdict(outcome=Outcome.PROVED if again else Outcome.INFRASTRUCTURE)
            else:
                broken = "header" if word == "broken" else ""
                names = {
                    "yes": "proved",
                    "no": "rejected",
                    "late": "timeout",
                    "lost": "infrastructure",
                    "broken": "infrastructure",
                }
                yield check, Verdict(outcome=Outcome(names.get(word, "rejected")), check=broken)

    def close(self) -> None: ...


def rollouts(proofs: Callable[[str, int], str], judge: Judge | None = None, **rl: object) -> Rollouts:
    settings = {
        "problems_per_step": 4,
        "group_size": 4,
        "max_refills": 2,
        "canary_every": 0,
        "curriculum": "uniform",
    }
    config = parse_config({"rl": {**settings, **rl}})
    return Rollouts(config, PROBLEMS, Scripted(proofs), judge or Judge(), build(config.rl, PROBLEMS, 0))


def half(name: str, i: int) -> str:
    return f"yes {i}" if i % 2 else f"no {i}"


def rewards(rollout: Rollout) -> dict[str, list[float | None]]:
    return {group.theorem: list(group.rewards) for group in rollout.groups}


def test_one_round_is_enough_when_every_group_carries_signal() -> None:
    result = rollouts(half).collect(1)
    assert len(result.groups) == 4
    assert result.refills == 0
    assert all(r == [0.0, 1.0, 0.0, 1.0] for r in rewards(result).values())


@pytest.mark.parametrize("refills", [0, 1, 3])
def test_flat_groups_are_replaced_by_other_problems_within_the_bound(refills: int) -> None:
    result = rollouts(lambda name, i: "yes", max_refills=refills).collect(1)
    assert len(rewards(result)) == len(result.groups) == 4 * (refills + 1)
    assert result.refills == refills


def test_refills_ask_only_for_what_is_missing() -> None:
    flat: list[str] = []

    def proofs(name: str, i: int) -> str:
        if name not in flat and len(flat) < 1:
            flat.append(name)
        return "no" if name in flat else half(name, i)

    result = rollouts(proofs).collect(1)
    assert len(result.groups) == 5
    assert result.refills == 1


def test_twins_are_judged_once_and_known_proofs_never_again() -> None:
    judge = Judge()
    collect = rollouts(lambda name, i: ("yes", "no")[i % 2], judge, problems_per_step=20)
    first, second = collect.collect(1), collect.collect(2)
    assert set(judge.asked.values()) == {1}
    assert (first.cached, second.cached) == (40, 80)
    assert rewards(first).keys() == rewards(second).keys()


def test_a_time_out_is_asked_once_in_a_process() -> None:
    judge = Judge()
    collect = rollouts(lambda name, i: "late" if i else "yes", judge, problems_per_step=20)
    collect.collect(1)
    collect.collect(2)
    assert {count for (_, proof), count in judge.asked.items() if proof == "late"} == {1}


def test_infrastructure_failures_are_retried_once_then_unjudged() -> None:
    judge = Judge()
    proofs = ("flaky", "lost", "no", "no")
    result = rollouts(lambda name, i: proofs[i], judge, max_refills=0).collect(1)
    assert all(r == [1.0, None, 0.0, 0.0] for r in rewards(result).values())
    assert {proof: count for (_, proof), count in judge.asked.items()} == {"flaky": 2, "lost": 2, "no": 1}


def test_a_problem_with_a_broken_header_is_not_picked_again() -> None:
    collect = rollouts(
        lambda name, i: "broken" if name == "t3" else half(name, i), problems_per_step=20, max_refills=0
    )
    assert "t3" in rewards(collect.collect(1))
    assert "t3" not in rewards(collect.collect(2))


def test_the_order_of_verdicts_changes_nothing() -> None:
    results = [rollouts(half, Judge(reverse), problems_per_step=8).collect(3) for reverse in (False, True)]
    assert results[0].groups == results[1].groups


def test_seeds_differ_between_steps_and_rounds() -> None:
    collect = rollouts(lambda name, i: "no")
    seeds = {item.attempt.seed for step in (1, 2) for item in collect.collect(step).judged}
    assert len(seeds) == 6


def test_remembered_attempts_are_not_judged_again() -> None:
    first = rollouts(half, problems_per_step=20).collect(1)
    judge = Judge()
    again = rollouts(half, judge, problems_per_step=20)
    again.remember(first.judged)
    assert again.collect(2).cached == 80
    assert not judge.asked


def test_a_judge_that_can_be_fooled_stops_the_run() -> None:
    with pytest.raises(RunError, match="accepted a false statement"):
        rollouts(half, ScriptedPool(), canary_every=1).collect(1)


def test_refused_canaries_are_counted() -> None:
    assert rollouts(half, canary_every=2).collect(1).canaries == 0
    assert rollouts(half, canary_every=2).collect(2).canaries == 4


def test_the_count_shown_never_exceeds_its_total(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the attempts are lost with their worker and asked again; each counts once ("143/112" was shown before)."""
    judge = Judge()
    made = rollouts(lambda name, i: f"flaky {i}" if i % 2 else f"no {i}", judge)
    shown: list[str] = []
    made._report = shown.append
    monkeypatch.setattr("rl.rollout._REPORT_SECONDS", 0.0)  # a report is due at each verdict
    result = made.collect(1)
    assert judge.asked.total() == 16 + 8
    assert shown == [f"{done}/16" for done in range(1, 17)]
    assert all(r == [0.0, 1.0, 0.0, 1.0] for r in rewards(result).values())
