#!/usr/bin/env bash
# The PowerSGD hook of DDP and a weight whose gradient is zero (torch 2.13.0, CPU, gloo)
#
# Guess:     a zero gradient is the easiest one to compress and comes out as zero; the hook's source has a branch that catches the
#            division by zero, logs it and fills in zeros.
# Behaviour: a tensor divided by zero is NaN and raises no ZeroDivisionError, so that branch is never taken. With the default
#            orthogonalization_epsilon=0 and rank 1 or 2, a weight whose gradient is all zero in the first compressed step
#            gets a gradient of NaN.
#            The error feedback keeps it: the NaN comes back in every later step. Rank 3 uses QR and gives 0.
# Seen:      "gradient of the idle weight in its compressed step: rank 1 nan, rank 2 nan, rank 3 0.0, rank 1 with epsilon 0.0"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >power.py <<'PY'
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.distributed.algorithms.ddp_comm_hooks.powerSGD_hook import PowerSGDState, powerSGD_hook
from torch.nn.parallel import DistributedDataParallel


class Gated(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.busy, self.idle = (torch.nn.Linear(32, 32, bias=False) for _ in range(2))

    def forward(self, x):
        return self.busy(x) + 0.0 * self.idle(x)


def idle_gradients(rank, epsilon):
    """The norm of the idle weight's gradient in a plain step and the two compressed ones after it, and of the busy one's last."""
    torch.manual_seed(0)
    model = DistributedDataParallel(Gated())
    state = PowerSGDState(
        None, matrix_approximation_rank=rank, start_powerSGD_iter=2, orthogonalization_epsilon=epsilon
    )
    model.register_comm_hook(state, powerSGD_hook)
    found = []
    for _ in range(4):
        model.zero_grad()
        model(torch.randn(8, 32)).square().mean().backward()
        found.append(model.module.idle.weight.grad.norm().item())
    return found[1:], model.module.busy.weight.grad.norm().item()


def main(rank):
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{os.getcwd()}/meet", rank=rank, world_size=2)
    torch.save([idle_gradients(*how) for how in ((1, 0), (2, 0), (3, 0), (1, 1e-8))], f"out{rank}")
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(main, nprocs=2)
    found = torch.load("out0")
    first = [gradients[1] for gradients, _ in found]
    print(
        f"gradient of the idle weight in its compressed step: rank 1 {first[0]}, rank 2 {first[1]}, rank 3 {first[2]}, "
        f"rank 1 with epsilon {first[3]}"
    )
    lost = all(plain == 0 and step != step and later != later for (plain, step, later), _ in found[:2])
    kept = all(gradients == [0.0, 0.0, 0.0] and 0 < busy < 10 for gradients, busy in found[2:])
    raise SystemExit(0 if lost and kept else "CHANGED")
PY
env/bin/python power.py 2>/dev/null
