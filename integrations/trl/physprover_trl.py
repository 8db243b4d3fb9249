"""PhysProver's Lean judge in TRL: a reward function and an environment for `GRPOTrainer`.

    trainer = GRPOTrainer(model, reward_funcs=lean_reward, train_dataset=problems("train.jsonl"), args=args)
    trainer = GRPOTrainer(model, environment_factory=LeanEnvironment, train_dataset=problems("train.jsonl"), args=args)

What could not be judged is rewarded `None`, which TRL leaves out of its group. A judge that cannot be asked raises
`JudgeError` and so ends the training: no reward is made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from physprover.client import Check, default_judge, load_tasks, require_version

require_version("trl", "1.16", "1.17")

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasets import Dataset


def problems(path: str, split: str = "") -> Dataset:
    """A data set of the problems of a JSON Lines file: columns `prompt` (a conversation), `name` and the arguments of `lean_reward`."""
    from datasets import Dataset

    return Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": task.prompt}],
                "name": task.name,
                "statement": task.statement,
                "header": task.header,
                "lemmas_proved": task.lemmas_proved,
            }
            for task in load_tasks(path, split)
        ]
    )


def lean_reward(
    completions: Sequence[Any],
    statement: Sequence[str],
    header: Sequence[str] | None = None,
    lemmas_proved: Sequence[bool] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **_: Any,
) -> list[float | None]:
    """1.0 for each completion whose Lean block proves its statement, 0.0 for the others, None where there is no evidence.

    Args:
        completions: Texts, or conversations whose last message is the answer.
        statement: Column of the data set: what each completion must prove, up to `:=`.
        header: Column of the data set: Lean text before each statement.
        lemmas_proved: Column of the data set: theorems that the header states with `sorry` are proved elsewhere.
        log_metric: Given by TRL; receives the share of each verdict.
    """
    headers = header or [""] * len(statement)
    proved = lemmas_proved or [False] * len(statement)
    verdicts = default_judge().judge_many(
        Check(text, header=before or "", answer=_text(completion), lemmas_proved=bool(lemmas))
        for completion, text, before, lemmas in zip(completions, statement, headers, proved, strict=True)
    )
    if log_metric:
        for outcome in {verdict.outcome for verdict in verdicts}:
            share = sum(verdict.outcome == outcome for verdict in verdicts) / len(verdicts)
            log_metric(f"lean/{outcome}", share)
    return [verdict.reward for verdict in verdicts]


def _text(completion: Any) -> str:
    return completion if isinstance(completion, str) else str(completion[-1]["content"] or "")


class LeanEnvironment:
    """One rollout with a tool that checks proofs, for `environment_factory`. The last proof checked is the answer."""

    def __init__(self) -> None:
        self._statement = self._header = ""
        self._lemmas_proved = False
        self._reward: float | None = 0.0

    def reset(self, statement: str, header: str = "", lemmas_proved: bool = False, **_: Any) -> None:
        """Begin with the row's theorem; nothing is proved yet."""
        self._statement, self._header, self._reward = statement, header or "", 0.0
        self._lemmas_proved = bool(lemmas_proved)

    def check_proof(self, proof: str) -> str:
        """Check a proof of the theorem with Lean.

        Args:
            proof: The Lean text after `:=`, e.g. `by omega`.

        Returns:
            Whether the theorem is proved, and what Lean says.
        """
        if self._reward == 1.0:
            return "already proved"
        check = Check(self._statement, proof, self._header, lemmas_proved=self._lemmas_proved)
        [verdict] = default_judge().judge_many([check])
        self._reward = verdict.reward
        return "\n".join((verdict.outcome, *verdict.messages))

    def get_reward(self) -> float | None:
        """1.0 when a proof was accepted, 0.0 when none was, None when the last one could not be judged."""
        return self._reward
