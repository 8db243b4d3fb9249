"""`inspect eval` with recorded answers in place of a model: scores, pass@k, what is unscored."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from conftest import answer
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from physprover_inspect import physprover

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog


def run(task: object, answers: list[str], tmp_path: object) -> EvalLog:
    outputs = [ModelOutput.from_content("mockllm/model", text) for text in answers]
    for output in outputs:
        output.usage = ModelUsage()  # without it inspect fetches a tokenizer to count
    model = get_model("mockllm/model", custom_outputs=outputs)
    [log] = inspect_eval(
        task, model=model, log_dir=str(tmp_path), display="none", max_connections=1, max_samples=1
    )
    return log


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {score.reducer: score.metrics["mean"].value for score in log.results.scores}


def test_pass_at_k_is_unbiased(problems: str, tmp_path: object) -> None:
    good, bad = answer("twice_eq", "by unfold twice; omega"), answer("twice_eq", "by rfl")
    log = run(physprover(problems, "train", epochs=4, k="1,2,4"), [good, bad, bad, bad], tmp_path)
    assert log.status == "success"
    assert metrics(log) == pytest.approx({"pass_at_1": 0.25, "pass_at_2": 0.5, "pass_at_4": 1.0})
    assert log.samples is not None
    assert log.samples[0].scores["lean"].metadata["outcome"] == "proved"


def test_what_is_not_judged_is_unscored_and_counted(problems: str, tmp_path: object) -> None:
    log = run(
        physprover(problems, "test", epochs=1, k=1),
        [answer(n, "by omega") for n in ("le", "wrong", "broken")],
        tmp_path,
    )
    assert log.samples is not None
    values = {sample.id: sample.scores["lean"].value for sample in log.samples}
    assert (values["le"], values["wrong"], math.isnan(values["broken"])) == (1.0, 0.0, True)
    assert metrics(log) == {"pass_at_1": 0.5}  # of two, not of three
    assert log.results.scores[0].unscored_samples == 1


def test_a_judge_that_is_gone_is_an_error_of_the_sample(problems: str, tmp_path: object, gone: None) -> None:
    log = run(physprover(problems, "train", epochs=1, k=1), ["x"], tmp_path)
    assert log.status == "error"
    assert "cannot be reached" in log.error.message


def test_k_above_the_epochs_is_refused(problems: str) -> None:
    with pytest.raises(ValueError, match="epochs is 4"):
        physprover(problems, k="1,8")
