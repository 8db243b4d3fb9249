"""The reward function as verl loads and calls it: from the configuration, in its NaiveRewardManager. Training is not run."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import physprover_verl
import pytest
import torch
from conftest import CASES, answer, truth
from omegaconf import OmegaConf
from verl import DataProto
from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager
from verl.trainer.ppo.reward import get_custom_reward_fn

from physprover.client import JudgeUnavailable

CONFIG = OmegaConf.create(
    {"reward": {"custom_reward_function": {"path": "pkg://physprover_verl", "name": "compute_score"}}}
)


class Characters:
    """A tokenizer: one id a character."""

    def decode(self, ids: torch.Tensor, skip_special_tokens: bool = True) -> str:
        return "".join(map(chr, ids.tolist()))


def score(row: dict[str, str], response: str) -> dict[str, Any]:
    """What verl's reward manager makes of a response."""
    ids = torch.tensor([[ord(c) for c in response]])
    data = DataProto.from_dict(
        tensors={"responses": ids, "attention_mask": torch.ones_like(ids)},
        non_tensors={
            "data_source": np.array(["physprover"], dtype=object),
            "reward_model": np.array([{"ground_truth": truth(row)}], dtype=object),
            "extra_info": np.array([{"name": row["name"]}], dtype=object),
        },
    )

    async def run() -> dict[str, Any]:
        manager = NaiveRewardManager(CONFIG, Characters(), get_custom_reward_fn(CONFIG))
        return await manager.run_single(data)

    return asyncio.run(run())


@pytest.mark.parametrize(("name", "text", "reward"), CASES)
def test_a_response_is_scored(rows: dict[str, dict[str, str]], name: str, text: str, reward: float) -> None:
    result = score(rows[name], text)
    assert result["reward_score"] == reward
    assert result["reward_extra_info"]["acc"] == reward


def test_without_evidence_there_is_no_score(rows: dict[str, dict[str, str]]) -> None:
    with pytest.raises(JudgeUnavailable, match="not judged"):
        score(rows["broken"], answer("broken", "rfl"))


def test_a_judge_that_is_gone_is_an_error(rows: dict[str, dict[str, str]], gone: None) -> None:
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        score(rows["le"], "x")


def test_rows_are_what_verl_reads(problems: str) -> None:
    [row] = physprover_verl.rows(problems, "train")
    said = asyncio.run(
        physprover_verl.compute_score(
            row["data_source"],
            answer("twice_eq", "by unfold twice; omega"),
            row["reward_model"]["ground_truth"],
            row["extra_info"],
        )
    )
    assert said == {"score": 1.0, "acc": 1.0, "outcome": "proved"}
    with pytest.raises(ValueError, match="twice_eq: the ground truth must be JSON"):
        asyncio.run(physprover_verl.compute_score("physprover", "", "42", row["extra_info"]))
