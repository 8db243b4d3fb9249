"""PhysProver's Lean judge as an OpenRLHF reward function.

    --reward.remote_url .../physprover_openrlhf.py --data.input_key prompt --data.label_key label

OpenRLHF loads the file by its path (`python -c "import physprover_openrlhf; print(physprover_openrlhf.__file__)"`). It has
no reward for "not judged", and a number would be made up: a proof that could not be judged raises `JudgeUnavailable`.
OpenRLHF logs that, passes the sample on without a reward, and stops where it would need one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from physprover.client import check_answer, default_judge, load_tasks, require_version

require_version("openrlhf", "0.11", "0.12")

if TYPE_CHECKING:
    from collections.abc import Sequence

# OpenRLHF decodes a response with its special tokens: one on the line of a closing fence would hide the fence.
_SPECIAL = re.compile(
    r"<\|[^<>\n]{1,40}\|>|<｜[^<>\n]{1,40}｜>|</?s>|<(?:bos|eos|pad|start_of_turn|end_of_turn)>"
)


def rows(path: str, split: str = "") -> list[dict[str, str]]:
    """Rows `prompt`, `label` for the problems of a JSON Lines file; write them as JSON Lines for `--data.prompt_dataset`."""
    return [
        {
            "prompt": task.prompt,
            "label": task.truth,
        }
        for task in load_tasks(path, split)
    ]


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """1.0 for each response whose Lean block proves the statement of its label, 0.0 for the others.

    Args:
        queries: Prompt and response, decoded together.
        prompts: The prompts alone.
        labels: What `rows` wrote: JSON with `statement` and `header`.

    Raises `JudgeError` where there is no evidence, and `ValueError` for another label.
    """
    import torch

    checks = [
        check_answer(label, _SPECIAL.sub("", query.removeprefix(prompt)))
        for query, prompt, label in zip(queries, prompts, labels, strict=True)
    ]
    verdicts = default_judge().judge_many(checks)
    rewards = torch.tensor([verdict.require_reward() for verdict in verdicts])
    cheated = torch.tensor([float(verdict.outcome == "cheated") for verdict in verdicts])
    return {"rewards": rewards, "scores": rewards, "extra_logs": {"cheated": cheated}}
