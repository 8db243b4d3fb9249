"""PhysProver's problems and Lean judge as a verifiers task set.

    vf-validate physprover-verifiers --taskset.path problems.jsonl --runtime.type subprocess
    vf-eval physprover-verifiers --env.taskset.path problems.jsonl -m ...

`vf-validate` sends the reference proofs through the reward, without a model. An answer that could not be judged, and a judge
that cannot be asked, are a `TaskError` of the rollout, which verifiers records beside the rewards and never counts as 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.client import Check, default_judge, load_tasks, require_version

require_version("verifiers", "0.4", "0.5")

import verifiers.v1 as vf

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PhysProverTaskset"]


class PhysProverConfig(vf.TasksetConfig):
    """Which problems."""

    path: str = ""  # verifiers makes a configuration of defaults before it reads the command line
    """JSON Lines file of problems: what `physprover data export` writes."""
    split: str = ""
    """Only problems of this split."""


class PhysProverData(vf.TaskData):
    """One problem. `proof` is the reference proof, "" when there is none; no model sees it."""

    statement: str
    header: str = ""
    proof: str = ""
    lemmas_proved: bool = False


class PhysProverTask(vf.Task[PhysProverData, vf.State, vf.TaskConfig]):
    """A theorem to prove."""

    @property
    def key(self) -> str:
        return self.data.name or self.hash

    @vf.reward
    async def proved(self, trace: vf.Trace) -> float:
        """1.0 when the last reply's Lean block proves the statement, else 0.0. Raises `JudgeError` without evidence."""
        data = self.data
        check = Check(data.statement, "", data.header, trace.last_reply, data.lemmas_proved)
        [verdict] = await default_judge().judge_many_async([check])
        trace.info["verdict"] = {"outcome": verdict.outcome, "messages": list(verdict.messages)}
        trace.record_metric("cheated", float(verdict.outcome == "cheated"))
        return verdict.require_reward()

    async def validate(self, runtime: vf.Runtime) -> bool | None:
        """Whether the reference proof is accepted; None when there is none."""
        if not self.data.proof:
            return None
        data = self.data
        check = Check(data.statement, data.proof, data.header, None, data.lemmas_proved)
        [verdict] = await default_judge().judge_many_async([check])
        return verdict.require_reward() == 1.0


class PhysProverTaskset(vf.Taskset[PhysProverTask, PhysProverConfig]):
    """The problems of a JSON Lines file."""

    def load(self) -> Iterator[PhysProverTask]:
        if not self.config.path:
            raise ValueError("name a JSON Lines file of problems with --taskset.path or --env.taskset.path")
        for task in load_tasks(self.config.path, self.config.split):
            data = PhysProverData(
                name=task.name,
                prompt=task.prompt,
                statement=task.statement,
                header=task.header,
                proof=task.proof,
                lemmas_proved=task.lemmas_proved,
            )
            yield PhysProverTask(data, self.config.task)
