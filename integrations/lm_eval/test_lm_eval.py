"""`simple_evaluate` with recorded answers in place of a model."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lm_eval
import physprover_lm_eval
import pytest
from conftest import answer
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

from physprover.client import JudgeUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = str(Path(physprover_lm_eval.__file__).parent)


class Recorded(LM):
    """A model that says what was recorded for a prompt."""

    def __init__(self, say: Callable[[str], str]) -> None:
        super().__init__()
        self.say = say

    def generate_until(self, requests: list[Any]) -> list[str]:
        return [self.say(request.args[0]) for request in requests]

    def loglikelihood(self, requests: list[Any]) -> list[Any]:
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Any]) -> list[Any]:
        raise NotImplementedError


def run(problems: str, say: Callable[[str], str], split: str = "") -> dict[str, float]:
    manager = TaskManager(include_path=FOLDER, metadata={"path": problems, "split": split})
    out = lm_eval.simple_evaluate(
        Recorded(say), tasks=["physprover"], task_manager=manager, bootstrap_iters=0, log_samples=True
    )
    return {key.partition(",")[0]: value for key, value in out["results"]["physprover"].items()}


def test_pass_at_k_is_unbiased(problems: str) -> None:
    turn = iter([answer("twice_eq", "by unfold twice; omega"), *[answer("twice_eq", "by rfl")] * 3])
    figures = run(problems, lambda _: next(turn), "train")
    assert (figures["pass@1"], figures["pass@4"], figures["judged"]) == (0.25, 1.0, 1.0)


def test_what_is_not_judged_is_left_out_and_said(problems: str) -> None:
    def say(prompt: str) -> str:
        return answer(next(n for n in ("le", "wrong", "broken") if f"theorem {n} " in prompt), "by omega")

    figures = run(problems, say, "test")  # le is proved, wrong is not, broken cannot be judged
    assert (figures["pass@1"], figures["pass@4"]) == (0.5, 0.5)
    assert figures["judged"] == pytest.approx(2 / 3)


def test_one_answer_of_a_problem_is_not_judged() -> None:
    from physprover_lm_eval.judge import pass_at

    figures = pass_at({}, [[1.0, math.nan, 0.0, 0.0]])
    assert figures["pass@1"] == pytest.approx(1 / 3)
    assert math.isnan(figures["pass@4"])
    assert figures["judged"] == 0.75


def test_a_judge_that_is_gone_ends_the_evaluation(problems: str, gone: None) -> None:
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        run(problems, lambda _: "x", "train")
