"""What physprover.yaml refers to: problems, the judge as a filter over all answers at once, unbiased pass@k.

An answer that could not be judged is NaN, and a problem with fewer than k judged answers has no pass@k: `nanmean` leaves it
out, and the metric `judged` is the share of answers that the other figures rest on. A judge that cannot be asked raises
`JudgeError`, which ends the evaluation.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from physprover.client import check_answer, default_judge, load_tasks, require_version
from physprover.client.tasks import TASKS_VARIABLE

require_version("lm_eval", "0.4.13", "0.5")

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets import Dataset

KS = (1, 4)


def problems(path: str = "", split: str = "", **_: Any) -> dict[str, Dataset]:
    """The problems of a JSON Lines file as the split `test`."""
    from datasets import Dataset

    source = path or os.environ.get(TASKS_VARIABLE)
    if not source:
        raise ValueError(f"name a JSON Lines file of problems in ${TASKS_VARIABLE} or in --metadata")
    columns = ("name", "prompt", "statement", "truth")
    rows = [{column: getattr(task, column) for column in columns} for task in load_tasks(source, split)]
    return {"test": Dataset.from_list(rows)}


def rewards(resps: Sequence[Sequence[str]], docs: Sequence[dict[str, Any]]) -> list[list[float]]:
    """For each problem the rewards of its answers, NaN where there is no evidence."""
    counts = [len(answers) for answers in resps]
    verdicts = iter(
        default_judge().judge_many(
            check_answer(doc["truth"], answer)
            for answers, doc in zip(resps, docs, strict=True)
            for answer in answers
        )
    )
    judged = [[next(verdicts).reward for _ in range(count)] for count in counts]
    return [[math.nan if reward is None else reward for reward in row] for row in judged]


def pass_at(doc: dict[str, Any], results: Sequence[Sequence[float]]) -> dict[str, float]:
    """Unbiased pass@k of one problem, NaN where fewer than k of its answers were judged."""
    [row] = results
    known = [reward for reward in row if not math.isnan(reward)]
    n, proved = len(known), sum(known)
    figures = {"judged": n / len(row)}
    for k in KS:
        failed = n - int(proved)
        figures[f"pass@{k}"] = 1.0 - math.comb(failed, k) / math.comb(n, k) if n >= k else math.nan
    return figures
