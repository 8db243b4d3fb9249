"""PhysProver's Lean judge as a verl reward function.

    custom_reward_function.path=pkg://physprover_verl custom_reward_function.name=compute_score

Each row's `reward_model.ground_truth` is the JSON that `rows` writes: the statement and its header. verl has no reward for
"not judged", and a number would be made up: a proof that could not be judged raises `JudgeUnavailable`, which ends the
training, as does a judge that cannot be asked. It can be resumed.
"""

from __future__ import annotations

from typing import Any

from physprover.client import check_answer, default_judge, load_tasks, require_version

require_version("verl", "0.9", "0.10")


def rows(path: str, split: str = "") -> list[dict[str, Any]]:
    """Rows of verl's data format for the problems of a JSON Lines file; write them with `datasets` or pyarrow as parquet."""
    return [
        {
            "data_source": "physprover",
            "prompt": [{"role": "user", "content": task.prompt}],
            "ability": "lean4",
            "reward_model": {
                "style": "rule",
                "ground_truth": task.truth,
            },
            "extra_info": {"name": task.name, "split": task.split},
        }
        for task in load_tasks(path, split)
    ]


async def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: dict[str, Any] | None = None,
    **_: Any,
) -> dict[str, Any]:
    """`score` 1.0 when the response's Lean block proves the statement, else 0.0; `outcome` is the judge's word for it.

    Raises `JudgeError` where there is no evidence, and `ValueError` for a ground truth that `rows` has not written.
    """
    try:
        check = check_answer(ground_truth, solution_str)
    except ValueError as error:
        raise ValueError(f"{(extra_info or {}).get('name', data_source)}: {error}") from None
    [verdict] = await default_judge().judge_many_async([check])
    reward = verdict.require_reward()
    return {"score": reward, "acc": reward, "outcome": verdict.outcome}
