"""PhysProver's Lean judge as a SkyRL environment, registered as `physprover` when this module is imported.

    import physprover_skyrl, skyrl_gym
    env = skyrl_gym.make("physprover", extras={"reward_spec": {"ground_truth": {"statement": "theorem t : 1 = 1"}}})

With `max_turns` above 1 in `extras`, an answer that Lean refuses is answered with what Lean said. SkyRL has no reward for
"not judged", and a number would be made up: such a step raises `JudgeUnavailable`.
"""

from __future__ import annotations

from typing import Any

from physprover.client import check_answer, default_judge, load_tasks, require_version

require_version("skyrl-gym", "0.4", "0.5")

from skyrl_gym.envs import register
from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput


def rows(path: str, split: str = "") -> list[dict[str, Any]]:
    """Rows of SkyRL's data format for the problems of a JSON Lines file; write them with `datasets` as parquet."""
    return [
        {
            "data_source": "physprover",
            "prompt": [{"role": "user", "content": task.prompt}],
            "env_class": "physprover",
            "reward_spec": {
                "method": "rule",
                "ground_truth": task.truth,
            },
            "extra_info": {"name": task.name, "split": task.split},
        }
        for task in load_tasks(path, split)
    ]


class LeanEnv(BaseTextEnv):
    """One theorem. An episode ends with a proof, or after `max_turns` answers."""

    def __init__(self, env_config: Any = None, extras: dict[str, Any] | None = None) -> None:
        super().__init__()
        extras = extras or {}
        try:
            self._truth = extras["reward_spec"]["ground_truth"]
            check_answer(self._truth, "")
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"extras must hold reward_spec.ground_truth: {error}") from None
        self.max_turns = int(extras.get("max_turns", 1))
        self._outcome = ""

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """Judge an answer. Raises `JudgeError` where there is no evidence."""
        self.turns += 1
        [verdict] = default_judge().judge_many([check_answer(self._truth, action)])
        reward = verdict.require_reward()
        self._outcome = verdict.outcome
        done = reward == 1.0 or self.turns >= self.max_turns
        said = "\n".join(verdict.messages) or verdict.outcome
        return BaseTextEnvStepOutput(
            observations=[] if done else [{"role": "user", "content": f"Lean refuses this proof:\n{said}"}],
            reward=reward,
            done=done,
            metadata={"outcome": verdict.outcome, "messages": list(verdict.messages)},
        )

    def get_metrics(self) -> dict[str, Any]:
        """Turns taken, and whether it was proved or cheated."""
        return {
            "turns": self.turns,
            "proved": float(self._outcome == "proved"),
            "cheated": float(self._outcome == "cheated"),
        }


register(id="physprover", entry_point="physprover_skyrl:LeanEnv")
