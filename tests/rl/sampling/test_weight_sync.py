"""What samplers hold after parcels of weights, whole and of changes."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physprover.config import SamplerConfig
from physprover.config_file import parse_config
from physprover.errors import ConfigError
from rl.sampling.weight_sync import WeightHolder, WeightSender, largest

SHAPES = {"embed": (40, 16), "norm": (16,), "head": (16, 33)}


def weights(seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {name: 0.02 * torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


def walk(steps: int, size: float) -> list[dict[str, torch.Tensor]]:
    """fp32 weights of a sign method: every entry moves by `size` at each step."""
    states, now = [weights(0)], weights(0)
    for step in range(steps):
        signs = weights(100 + step)
        now = {name: tensor - size * signs[name].sign() for name, tensor in now.items()}
        states.append(now)
    return states


def sender(**options: object) -> WeightSender:
    return WeightSender(SamplerConfig(handover="delta", **options), refresh_every=4)  # type: ignore[arg-type]


def test_changes_without_a_limit_are_exact_and_smaller() -> None:
    send, holder, payloads = sender(), WeightHolder(), []
    for version, now in enumerate(walk(7, 1e-6)):
        parcel = send.parcel(now, version)
        held = holder.take(parcel)
        assert held is not None
        assert all(torch.equal(held[name], tensor.to(torch.bfloat16)) for name, tensor in now.items())
        payloads.append(parcel.payload)
    whole = 2 * sum(tensor.numel() for tensor in weights(0).values())
    assert payloads[0] == payloads[4] == whole
    assert max(p for version, p in enumerate(payloads) if version % 4) < whole / 4


def test_with_a_limit_every_interval_keeps_to_it_and_nothing_is_forgotten() -> None:
    send, holder = sender(handover_bytes=600), WeightHolder()
    states = walk(3, 2e-4)
    spent = 0
    for version, now in enumerate(states):
        parcel = send.parcel(now, version)
        held = holder.take(parcel)
        spent += parcel.payload if version else 0
    assert 0 < spent <= 4 * 600
    assert held is not None
    assert any(not torch.equal(held[n], t.to(torch.bfloat16)) for n, t in states[-1].items())
    held = holder.take(send.parcel(states[-1], 4))  # a refresh
    assert held is not None
    assert all(torch.equal(held[n], t.to(torch.bfloat16)) for n, t in states[-1].items())


def test_who_missed_a_parcel_says_so_and_is_given_everything() -> None:
    send, holder = sender(), WeightHolder()
    first, second, third = walk(2, 1e-4)
    holder.take(send.parcel(first, 1))
    send.parcel(second, 2)
    assert holder.take(send.parcel(third, 3)) is None
    assert holder.version == 1
    whole = send.whole()
    assert whole is not None
    held = holder.take(whole)
    assert held is not None
    assert holder.version == 3
    assert all(torch.equal(held[n], t.to(torch.bfloat16)) for n, t in third.items())


@pytest.mark.parametrize("handover", ["full", "delta"])
def test_what_was_handed_over_does_not_move_with_the_trainer(handover: str) -> None:
    send = WeightSender(SamplerConfig(handover=handover), 4)  # type: ignore[arg-type]
    live = {"w": torch.ones(8, dtype=torch.bfloat16)}
    send.parcel(live, 0)
    live["w"] += 1
    whole = send.whole()
    assert whole is not None
    assert torch.equal(whole.whole["w"], torch.ones(8, dtype=torch.bfloat16))


@given(
    st.lists(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0]), min_size=1, max_size=6), min_size=1, max_size=4),
    st.integers(0, 30),
)
def test_quotas_are_those_of_one_sorted_list(rows: list[list[float]], count: int) -> None:
    changes = [torch.tensor(row) for row in rows]
    quotas = largest(changes, count)
    everything = sorted((x for row in rows for x in row if x), reverse=True)
    assert sum(quotas) == min(count, len(everything))
    kept = [x for row, quota in zip(rows, quotas, strict=True) for x in sorted(row, reverse=True)[:quota]]
    assert sorted(kept, reverse=True) == everything[: sum(quotas)]


def test_a_limit_without_deltas_is_refused() -> None:
    with pytest.raises(ConfigError, match="handover_bytes limits deltas"):
        parse_config({"sampler": {"handover_bytes": 100}})
