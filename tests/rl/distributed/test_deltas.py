"""Sparse weight hand-over: exact without a limit, convergent under one, and drift is noticed."""

import dataclasses

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rl.distributed import CommunicationError
from rl.sampling.weight_sync import apply_delta, make_delta


def _weights(n, seed):
    return (0.02 * torch.randn(n, generator=torch.Generator().manual_seed(seed))).bfloat16()


@given(n=st.integers(1, 3000), share=st.sampled_from([0.0, 0.001, 0.02, 0.3, 1.0]), seed=st.integers(0, 99))
@settings(max_examples=40)
def test_an_unlimited_delta_is_exact_and_never_longer_than_the_weights(n, share, seed):
    held, new = _weights(n, seed), _weights(n, seed)
    mask = torch.rand(n, generator=torch.Generator().manual_seed(seed)) < share
    new[mask] = _weights(n, seed + 100)[mask]
    delta = make_delta(held, new)
    apply_delta(held, delta)
    assert torch.equal(held.view(torch.int16), new.view(torch.int16))
    assert delta.wire_bytes() <= 2 * n + 16


def test_signed_zeros_and_nan_bits_survive():
    held, new = torch.tensor([0.0, 1.0]).bfloat16(), torch.tensor([-0.0, torch.nan]).bfloat16()
    apply_delta(held, make_delta(held, new))
    assert torch.equal(held.view(torch.int16), new.view(torch.int16))


@pytest.mark.parametrize("limit", [16, 100, 1000])
def test_a_limit_holds_and_what_is_left_out_follows_later(limit):
    held, new = _weights(2000, 1), _weights(2000, 2)
    gap = (held.float() - new.float()).norm()
    for _ in range(5):
        delta = make_delta(held, new, max_bytes=limit)
        assert delta.wire_bytes() <= limit
        apply_delta(held, delta)
        closer = (held.float() - new.float()).norm()
        assert closer <= gap
        gap = closer
    apply_delta(held, make_delta(held, new))
    assert torch.equal(held, new)


def test_drift_and_misfits_are_refused():
    held, new = _weights(500, 1), _weights(500, 1)
    new[3] = 1.0
    delta = make_delta(held, new)
    held[400] = 7.0
    before = held.clone()
    with pytest.raises(CommunicationError, match="full refresh"):
        apply_delta(held, delta)
    assert torch.equal(held, before)
    with pytest.raises(CommunicationError, match="checksum"):
        apply_delta(_weights(500, 1), dataclasses.replace(delta, checksum=delta.checksum ^ 1))
    with pytest.raises(CommunicationError):
        apply_delta(_weights(499, 1), delta)
    with pytest.raises(CommunicationError):
        make_delta(held.float(), new.float())
