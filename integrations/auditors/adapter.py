"""falsepass asks the TRL plug-in's reward function: reference proofs, and replies that must not be paid.

    PHYSPROVER_TASKS=problems.jsonl python -m falsepass.runner integrations/auditors -n 20 --out audit --fail-on 'ceiling>0'

An answer is the Lean text after `:=`, written into a block that repeats the theorem. The wrong answer is a finished proof that
proves nothing: one that ends in `sorry` would leave a correct block before it as the reply's last proof.
"""

from __future__ import annotations

import os
import random
from typing import Any

from falsepass.adapter import Adapter
from falsepass.model import Example
from falsepass.reward_support import RewardFunctionScorer
from physprover_trl import lean_reward

from physprover.client import load_tasks
from physprover.client.tasks import TASKS_VARIABLE

WRONG = "by exact False.elim (by decide)"
CHEATS = (WRONG, "by sorry", "by native_decide", "sorryAx _ true")


class LeanAdapter(Adapter):
    """Problems of $PHYSPROVER_TASKS that have a reference proof."""

    name = "physprover"

    def load(self, n: int, seed: int) -> tuple[RewardFunctionScorer, list[Example]]:
        tasks = [task for task in load_tasks(os.environ[TASKS_VARIABLE]) if task.proof]
        examples = [
            Example(task.name, task.prompt, task.proof, {"row": _row(task), "statement": task.statement})
            for task in random.Random(seed).sample(tasks, min(n, len(tasks)))
        ]
        return RewardFunctionScorer(
            {"lean_reward": lean_reward}, {"lean_reward": 1.0}, "prompt", True
        ), examples

    def render(self, answer: str, example: Example) -> str:
        return f"```lean4\n{example.raw['statement']} := {answer}\n```"

    def wrong_answer(self, example: Example) -> str:
        return WRONG

    def shotgun_answers(self, example: Example) -> list[str]:
        """Cheats before the proof, the wrong answer behind it: the last finished proof of a reply counts."""
        return [*CHEATS[1:], example.answer, WRONG, WRONG, WRONG]


def _row(task: Any) -> dict[str, Any]:
    return {
        "prompt": task.prompt,
        **{key: getattr(task, key) for key in ("statement", "header", "lemmas_proved")},
    }


ADAPTER = LeanAdapter()
