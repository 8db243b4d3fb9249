#!/usr/bin/env bash
# torch: the gradient of mse_loss between sharded weights (torch 2.14.1, fully_shard, CPU, gloo)
#
# Guess:     F.mse_loss(weight, reference) of two DTensors, the pull of an FSDP2 model towards its reference weights, is the mean over all
#            entries, and its gradient that of (weight - reference).square().mean(), as it is with F.l1_loss.
# Behaviour: the backward pass divides by the number of entries on the rank. The value is right and the gradient is as many times too
#            large as there are ranks, so the penalty's weight depends on their number and no logged loss shows it. huber_loss and
#            smooth_l1_loss do the same; l1_loss, reduction="sum" and the mean written out are right. Where the rows do not divide
#            evenly the value is wrong too, a mean of the ranks' means, and rows of a short shard are pulled harder than the others.
# Seen:      "value, gradient as multiples of the right ones: 2 ranks: mse_loss 1.00 2.00, huber_loss 1.00 2.00, l1_loss 1.00 1.00, written
#            out 1.00 1.00; 3 ranks: mse_loss 1.00 3.00, huber_loss 1.00 3.00, l1_loss 1.00 1.00, written out 1.00 1.00; 5 rows on 2 ranks:
#            mse_loss 1.14 1.67 to 2.50"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.14.1 numpy
cat >loss.py <<'PY'
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import distribute_tensor
from torch.nn import functional

LOSSES = {
    "mse_loss": functional.mse_loss,
    "huber_loss": functional.huber_loss,
    "l1_loss": functional.l1_loss,
    "written out": lambda weight, reference: (weight - reference).square().mean(),
}


def taken(loss, weight, reference):
    """The loss and its gradient."""
    weight.grad = None
    value = loss(weight, reference)
    value.backward()
    return [entry.full_tensor() if hasattr(entry, "full_tensor") else entry for entry in (value.detach(), weight.grad)]


def main(rank, world, rows):
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{os.getcwd()}/meet{world}{rows}", rank=rank, world_size=world)
    mesh = init_device_mesh("cpu", (world,))
    head = nn.Linear(2, rows, bias=False)
    nn.init.zeros_(head.weight)
    far = torch.arange(1.0, rows + 1)[:, None].repeat(1, 2)
    expected = {name: taken(loss, head.weight, far) for name, loss in LOSSES.items()}
    head.weight.grad = None
    fully_shard(head, mesh=mesh)
    reference = distribute_tensor(far, mesh, head.weight.placements)
    found = {}
    for name, loss in LOSSES.items():
        value, gradient = taken(loss, head.weight, reference)
        ratios = gradient[:, 0] / expected[name][1][:, 0]
        found[name] = [(value / expected[name][0]).item(), ratios.min().item(), ratios.max().item()]
    if rank == 0:
        torch.save(found, f"out{world}{rows}")
    dist.destroy_process_group()


if __name__ == "__main__":
    found = {}
    for world, rows in ((2, 6), (3, 6), (2, 5)):
        mp.spawn(main, args=(world, rows), nprocs=world)
        found[world, rows] = torch.load(f"out{world}{rows}")
    even = {world: ", ".join(f"{name} {seen[0]:.2f} {seen[1]:.2f}" for name, seen in found[world, 6].items()) for world in (2, 3)}
    value, least, most = found[2, 5]["mse_loss"]
    print(
        f"value, gradient as multiples of the right ones: 2 ranks: {even[2]}; 3 ranks: {even[3]};"
        f" 5 rows on 2 ranks: mse_loss {value:.2f} {least:.2f} to {most:.2f}"
    )
    wrong = all(abs(found[world, 6]["mse_loss"][k] - factor) < 1e-3 for world in (2, 3) for k, factor in ((0, 1), (1, world), (2, world)))
    right = all(abs(number - 1) < 1e-3 for seen in found.values() for name in ("l1_loss", "written out") for number in seen[name])
    raise SystemExit(0 if wrong and right else "CHANGED")
PY
env/bin/python loss.py
