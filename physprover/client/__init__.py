"""The judge over HTTP, for programs that are not PhysProver: statement, proof and header in, a verdict out.

    from physprover.client import judge
    judge("theorem t (n : Nat) : n + 0 = n", "by simp").reward        # 1.0

Needs httpx alone: no torch, no Ray, no Lean, and no other module of this project, so that it can be installed by itself
(`pip install integrations/client`) beside frameworks whose pins conflict with ours. The judge is a `physprover serve`:
the one at $PHYSPROVER_URL (with $PHYSPROVER_TOKEN), or else one that is started on this machine when it is first needed
and ends with the process that started it.

    remote.py  the client: batches, threads and event loops, retries
    local.py   the judge started on this machine; errors
    tasks.py   problems of a JSON Lines file, their prompts

A verdict's `reward` is 1.0, 0.0, or None where there is no evidence. A judge that cannot be asked raises `JudgeError`;
nothing here ever makes up a reward.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from physprover.client.local import JudgeError, JudgeRefused, JudgeUnavailable
from physprover.client.remote import Check, Judge, Verdict
from physprover.client.tasks import Task, check_answer, load_tasks, require_version

__all__ = [
    "Check",
    "Judge",
    "JudgeError",
    "JudgeRefused",
    "JudgeUnavailable",
    "Task",
    "Verdict",
    "check_answer",
    "default_judge",
    "judge",
    "judge_many",
    "load_tasks",
    "require_version",
]


@functools.cache
def default_judge() -> Judge:
    """The judge that the environment names."""
    return Judge()


def judge(statement: str, proof: str, header: str = "") -> Verdict:
    """`Judge.judge` of the default judge."""
    return default_judge().judge(statement, proof, header)


def judge_many(checks: Iterable[Check]) -> list[Verdict]:
    """`Judge.judge_many` of the default judge."""
    return default_judge().judge_many(checks)
