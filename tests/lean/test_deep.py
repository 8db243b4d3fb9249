"""Proofs that are evaluated deeply, and submissions that end the judge: the right class, never a false crash."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from physprover.config import EngineConfig
from physprover.lean.embedded.engine import EmbeddedEngine, EmbeddedJudge
from physprover.lean.embedded.install import install_dir
from physprover.lean.protocol import Problem
from physprover.records import Outcome


def below(bound: int) -> Problem:
    return Problem(header="", statement=f"theorem t : ∀ n : Fin {bound}, n.val < {bound}")


def test_a_few_hundred_cases_are_decided_by_the_kernel(lean: EmbeddedEngine) -> None:
    verdict = lean.check(below(400), "by decide +kernel")
    assert (verdict.outcome, verdict.tier) == (Outcome.PROVED, "judged")


def test_the_elaborators_own_limit_is_told_in_its_own_words(lean: EmbeddedEngine) -> None:
    verdict = lean.check(below(400), "by decide")
    assert verdict.outcome is Outcome.REJECTED
    assert "maximum recursion depth" in verdict.messages[0]


def test_that_limit_can_be_raised(lean: EmbeddedEngine) -> None:
    assert lean.check(below(200), "by\n  set_option maxRecDepth 4000 in\n  decide").outcome is Outcome.PROVED


class Dying(EmbeddedJudge):
    """A real judge whose process ends by a segmentation fault at each question, as by an input that ends it."""

    asked = 0

    def replay(self, problem: Problem, constants: dict[str, Any], seconds: float) -> dict[str, Any]:
        self.asked += 1
        process = self._start().wait_ready()
        os.kill(process.pid, signal.SIGSEGV)
        return process.ask({"judge": {**problem.model_dump(), "constants": constants}}, seconds)


@pytest.mark.slow
def test_who_ends_the_judge_at_every_try_is_at_fault(lean: EmbeddedEngine) -> None:
    judge = Dying(install_dir(), 2.5)
    engine = EmbeddedEngine(EngineConfig(), judge=judge)
    try:
        verdict = engine.check(below(3), "by decide")
    finally:
        engine.close()
    assert (verdict.outcome, verdict.tier, judge.asked) == (Outcome.CRASHED, "judged", 3)
    assert verdict.reward == 0.0
