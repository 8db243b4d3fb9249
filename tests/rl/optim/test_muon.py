"""Our Muon is torch's rule without bfloat16 on a CPU."""

import pytest
import torch

from rl.optim.baselines import Muon, orthogonalise


def _matrices(seed: int) -> list[torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(seed)
    shapes = [(24, 24), (24, 24), (64, 24), (24, 64)]
    return [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]


def _set_gradients(params: list[torch.nn.Parameter], seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for p in params:
        p.grad = torch.randn(p.shape, generator=generator)


@pytest.mark.parametrize("rule", [None, "original", "match_rms_adamw"])
@pytest.mark.parametrize("nesterov", [True, False])
def test_steps_agree_with_torch_up_to_bfloat16(rule: str | None, nesterov: bool) -> None:
    ours, theirs = _matrices(0), _matrices(0)
    options = {"lr": 0.02, "weight_decay": 0.1, "adjust_lr_fn": rule, "nesterov": nesterov}
    mine, torchs = Muon(ours, **options), torch.optim.Muon(theirs, **options)
    for step in range(4):
        _set_gradients(ours, step)
        _set_gradients(theirs, step)
        mine.step()
        torchs.step()
    for p, q, start in zip(ours, theirs, _matrices(0), strict=True):
        moved = (q - start).norm()
        assert (p - q).norm() < 0.03 * moved  # bfloat16 keeps eight bits
        assert moved > 0


@pytest.mark.parametrize("shape", [(3, 32, 32), (2, 80, 20), (2, 20, 80)])
def test_singular_values_end_near_one_in_float32(shape: tuple[int, int, int]) -> None:
    result = orthogonalise(torch.randn(shape, generator=torch.Generator().manual_seed(1)))
    assert result.dtype == torch.float32
    values = torch.linalg.svdvals(result)
    # The iteration lifts small values steeply and lets the others swing around 1; only the smallest of a square stay low.
    assert values.max() < 1.3
    assert values.median() > 0.6


@pytest.mark.parametrize("shape", [(2, 20, 31), (2, 40, 20), (1, 20, 200)])
@pytest.mark.parametrize("rank", [1, 20])
def test_the_iteration_on_gram_matrices_is_the_iteration(shape: tuple[int, int, int], rank: int) -> None:
    generator = torch.Generator().manual_seed(rank)
    count, rows, columns = shape
    given = torch.randn(count, rows, rank, generator=generator) @ torch.randn(
        count, rank, columns, generator=generator
    )
    x = given.double() / torch.linalg.matrix_norm(given.double(), keepdim=True)
    for _ in range(5):  # as Jordan et al. write it
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    torch.testing.assert_close(orthogonalise(given).double(), x, atol=1e-4, rtol=0)
    torch.testing.assert_close(orthogonalise(given.double()), x, atol=1e-12, rtol=0)


def test_float64_stays_float64() -> None:
    assert orthogonalise(torch.randn(1, 6, 4, dtype=torch.float64)).dtype == torch.float64


def test_a_zero_gradient_moves_nothing() -> None:
    params = _matrices(0)
    before = [p.detach().clone() for p in params]
    for p in params:
        p.grad = torch.zeros_like(p)
    Muon(params, lr=0.1, weight_decay=0.0).step()
    assert all(torch.equal(p, b) for p, b in zip(params, before, strict=True))


def test_a_checkpoint_of_torch_goes_on_here_and_back() -> None:
    ours, theirs = _matrices(0), _matrices(0)
    torchs = torch.optim.Muon(theirs, lr=0.02)
    _set_gradients(theirs, 0)
    torchs.step()
    mine = Muon(ours, lr=0.02)
    mine.load_state_dict(torchs.state_dict())
    _set_gradients(ours, 1)
    mine.step()
    again = torch.optim.Muon(_matrices(0), lr=0.02)
    again.load_state_dict(mine.state_dict())
    held = again.state_dict()["state"][0]["momentum_buffer"]
    assert torch.equal(held, mine.state[ours[0]]["momentum_buffer"])
