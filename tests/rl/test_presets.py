"""Presets: what they set, and that the user's own fields win."""

from __future__ import annotations

import pytest

from physprover.config_file import parse_config
from rl.presets import PRESETS, resolve


def test_paper() -> None:
    rl = resolve(parse_config({"rl": {"preset": "paper"}})).rl
    assert (rl.problems_per_step, rl.group_size, rl.kl, rl.clip) == (256, 8, 0.001, 0.2)
    assert (rl.optimizer.name, rl.optimizer.learning_rate, rl.optimizer.weight_decay) == ("adamw", 1e-6, 0.01)


def test_given_fields_win_also_inside_the_optimizer() -> None:
    rl = resolve(parse_config({"rl": {"preset": "paper", "kl": 0.5, "optimizer": {"name": "stosignsgd"}}})).rl
    assert (rl.kl, rl.optimizer.name, rl.optimizer.learning_rate) == (0.5, "stosignsgd", 1e-6)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_resolving_twice_changes_nothing(preset: str) -> None:
    once = resolve(parse_config({"rl": {"preset": preset}}))
    assert resolve(once) == once


def test_custom_is_the_documented_default() -> None:
    config = parse_config({"rl": {"steps": 3}})
    assert resolve(config) == config
