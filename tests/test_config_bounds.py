"""Every number of the configuration has bounds: what loads can be explained, what does not is refused by its key in one line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from physprover.config_file import load_config, parse_config, with_preset
from physprover.errors import ConfigError
from rl.validation import conflicts, explain
from tests.config_schema import Number, inside, merged, numbers, tree

NUMBERS = list(numbers())


def test_there_are_numbers() -> None:
    assert {"rl.max_grad_norm", "model.heads", "eval.samples", "sft.batch_size"} <= {n.key for n in NUMBERS}


@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: n.key)
def test_a_number_out_of_bounds_is_refused_by_its_key(number: Number) -> None:
    step = 1 if number.kind is int else max(1e-9, abs(number.least) * 1e-6)
    below = number.least if number.open_below else number.least - step
    above = number.most if number.open_above else number.most * 1.001 + 1
    bad = [below, above if number.kind is float else int(above) + 1, -1e30, 1e30]
    bad += [math.inf, -math.inf, math.nan] if number.kind is float else [10**400, -(10**400)]
    for value in bad:
        with pytest.raises(ConfigError) as error:
            parse_config(tree(number.key, value))
        assert f"`{number.key}`" in str(error.value)
        assert "\n" not in str(error.value)


CHOICES = {
    "rl.preset": ["paper", "dr_grpo", "dapo", "custom"],
    "rl.optimizer.name": ["stosignsgd", "adamw", "signsgd", "lion"],
    "rl.exchange.name": ["dense", "sign", "topk-norm"],
    "sampler.kind": ["hf", "vllm"],
    "eval.ks": [[1, 8], [0], [], [1, 10**9], [-1]],
    "model.path": ["deepseek-ai/DeepSeek-Prover-V2-7B", "no/such-model"],
    "model.prompt": ["tiny", "tiny-insight", "physprover", "unheard-of"],
    "sft.stages": [["proof", "sketch"], ["mixed"]],
}


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(NUMBERS), max_size=6, unique=True))
    more = draw(st.lists(st.sampled_from(sorted(CHOICES)), max_size=3, unique=True))
    parts = [tree(number.key, draw(inside(number))) for number in chosen]
    parts += [tree(key, draw(st.sampled_from(CHOICES[key]))) for key in more]
    return merged(parts)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_what_loads_can_be_explained_and_what_does_not_is_one_line(asked: dict[str, Any]) -> None:
    refusal = ""
    try:
        config = parse_config(asked)
        text = explain(config)
    except ConfigError as error:
        refusal = str(error)
    if refusal:
        assert "\n" not in refusal
        assert any(key in refusal for key in _keys(asked)), refusal
        return
    found = list(conflicts(with_preset(config)))
    assert all("\n" not in line for line in found)
    assert ("# Ready" in text) <= (not found)


def _keys(asked: dict[str, Any]) -> set[str]:
    """Last names of the keys in a tree."""
    return {
        name for key, value in asked.items() for name in (_keys(value) if isinstance(value, dict) else {key})
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"rl": {"max_grad_norm": -1}}, "`rl.max_grad_norm`"),
        ({"rl": {"max_grad_norm": 0}}, "`rl.max_grad_norm`"),
        ({"rl": {"clip": 0.3, "clip_high": 0.2}}, "clip_high 0.2 is below clip 0.3"),
        ({"rl": {"preset": "dapo", "clip": 0.5}}, "clip_high 0.28 is below clip 0.5"),
        ({"rl": {"temperature": math.inf}}, "`rl.temperature`"),
        ({"rl": {"optimizer": {"warmup_steps": -1}}}, "`rl.optimizer.warmup_steps`"),
        (
            {"rl": {"optimizer": {"learning_rate": 1, "weight_decay": 2}}},
            "weight_decay 2 times learning_rate 1",
        ),
        ({"sft": {"batch_size": 0}}, "`sft.batch_size`"),
        ({"model": {"hidden_size": 0}}, "`model.hidden_size`"),
        ({"model": {"hidden_size": 100, "heads": 3}}, "hidden_size 100 is not an even multiple of heads 3"),
        ({"model": {"hidden_size": 9, "heads": 3}}, "hidden_size 9"),
        ({"eval": {"ks": []}}, "`eval.ks`"),
        ({"eval": {"ks": [0]}}, "`eval.ks.0`"),
        ({"eval": {"ks": [1, 8], "samples": 4}}, "ks asks for pass@8 of 4 samples"),
        ({"data": {"max_seconds": 0}}, "`data.max_seconds`"),
        ({"sampler": {"tensor_parallel": 0}}, "`sampler.tensor_parallel`"),
        ({"rl": {"max_staleness": 10**9}}, "`rl.max_staleness`"),  # a thread each
        ({"rl": {"group_size": 10**6}}, "`rl.group_size`"),  # seconds for each problem of the curriculum
        ({"sft": {"batch_size": 10**9}}, "`sft.batch_size`"),  # sixteen times as many are drawn at once
        ({"data": {"llm": {"seconds": 1e9}}}, "`data.llm.seconds`"),  # more milliseconds than a socket takes
        ({"data": {"llm": {"concurrency": 10**9}}}, "`data.llm.concurrency`"),
        ({"engine": {"memory_gb": 0.5}}, "`engine.memory_gb`"),  # Lean itself takes 0.7
        ({"engine": {"workers": 10**9}}, "`engine.workers`"),
        ({"model": {"lora_rank": 10**6}}, "`model.lora_rank`"),
    ],
)
def test_settings_that_used_to_mislead_are_refused(asked: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        with_preset(parse_config(asked))
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


def test_fewer_samples_than_the_default_k_leave_it_out() -> None:
    assert parse_config({"eval": {"samples": 4}}).eval.ks == (1,)
    assert parse_config({"eval": {"samples": 16}}).eval.ks == (1, 8)


def test_a_config_file_with_infinity_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[rl]\ntemperature = inf\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"c\.toml: `rl\.temperature`: Input should be a finite number"):
        load_config(tmp_path / "c.toml")
