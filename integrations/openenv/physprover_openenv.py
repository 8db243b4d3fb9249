"""PhysProver's problems and Lean judge as an OpenEnv environment.

    PHYSPROVER_TASKS=problems.jsonl uvicorn physprover_openenv:app

or in process: `LeanEnvironment("problems.jsonl")`. A step that could not be judged has reward None and does not end the
episode: the same proof may be sent again. A judge that cannot be asked raises `JudgeError`.
"""

from __future__ import annotations

import os
import random
import uuid
from typing import Any

from physprover.client import Task, default_judge, load_tasks, require_version

require_version("openenv", "0.10", "0.11")

from openenv.core.env_server.http_server import create_app
from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import Action, Observation, State

from physprover.client.tasks import TASKS_VARIABLE

SESSIONS = 64  # OpenEnv's own default is one client at a time


class Answer(Action):
    """A model's answer: text with a Lean block that repeats the theorem and proves it."""

    text: str


class Said(Observation):
    """The problem, and after a step what the judge said of the answer."""

    prompt: str = ""
    outcome: str = ""
    messages: list[str] = []


class Episode(State):
    """Which problem is asked, and how it stands."""

    name: str = ""
    outcome: str = ""


class LeanEnvironment(Environment[Answer, Said, Episode]):
    """One theorem an episode. It ends with a proof, or after `max_turns` answers that were judged."""

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self, path: str | None = None, max_turns: int = 1) -> None:
        super().__init__()
        source = path or os.environ.get(TASKS_VARIABLE)
        if not source:
            raise ValueError(f"name a JSON Lines file of problems, here or in ${TASKS_VARIABLE}")
        self._tasks = load_tasks(source)
        self._max_turns = max_turns
        self._task: Task | None = None
        self._state = Episode()

    def reset(
        self,
        seed: int | None = None,
        episode_id: str | None = None,
        split: str = "",
        index: int | None = None,
        **_: Any,
    ) -> Said:
        """Ask problem `index` of a split, or one drawn with `seed`."""
        tasks = self._of(split)
        self._task = tasks[index] if index is not None else random.Random(seed).choice(tasks)
        self._state = Episode(episode_id=episode_id or str(uuid.uuid4()), name=self._task.name)
        return Said(prompt=self._task.prompt)

    def step(self, action: Answer, timeout_s: float | None = None, **_: Any) -> Said:
        """Judge an answer. Raises `ValueError` before `reset`, `JudgeError` when the judge cannot be asked."""
        if self._task is None:
            raise ValueError("call reset before step")
        [verdict] = default_judge().judge_many([self._task.answer(action.text)])
        self._state.outcome = verdict.outcome
        if verdict.reward is not None:
            self._state.step_count += 1
        return Said(
            prompt=self._task.prompt,
            outcome=verdict.outcome,
            messages=list(verdict.messages),
            reward=verdict.reward,
            done=verdict.reward == 1.0 or self._state.step_count >= self._max_turns,
        )

    @property
    def state(self) -> Episode:
        """The episode so far; `step_count` counts judged answers."""
        return self._state

    def _of(self, split: str) -> list[Task]:
        chosen = [task for task in self._tasks if split in ("", task.split)]
        if not chosen:
            raise ValueError(f"no problem of split `{split}`; there are {', '.join(self.list_splits())}")
        return chosen

    def list_splits(self) -> list[str]:
        """Names of the splits."""
        return sorted({task.split for task in self._tasks} - {""})

    def list_tasks(self, split: str) -> list[dict[str, Any]]:
        """Name and statement of each problem of a split."""
        return [{"id": t.name, "index": i, "statement": t.statement} for i, t in enumerate(self._of(split))]

    def num_tasks(self, split: str) -> int:
        """How many problems a split has."""
        return len(self._of(split))

    def get_task(self, split: str, index: int) -> dict[str, Any]:
        """One of `list_tasks`."""
        return self.list_tasks(split)[index]

    def get_task_range(
        self, split: str, start: int | None = None, stop: int | None = None
    ) -> list[dict[str, Any]]:
        """Some of `list_tasks`."""
        return self.list_tasks(split)[start:stop]


def make_app(path: str | None = None) -> Any:
    """OpenEnv's server for the problems of a file, or of $PHYSPROVER_TASKS; each of up to `SESSIONS` clients has its own episode."""
    return create_app(
        lambda: LeanEnvironment(path),
        Answer,
        Said,
        env_name="physprover",
        state_cls=Episode,
        max_concurrent_envs=SESSIONS,
    )


if os.environ.get(TASKS_VARIABLE):
    app = make_app()
