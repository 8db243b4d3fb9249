#!/usr/bin/env bash
# torch: writing one row of a weight that FSDP2 has sharded (torch 2.14.1, fully_shard, CPU, gloo)
#
# Guess:     weight[i] is a view, of a DTensor too: zeroing a row, or filling it with the mean of the others for a new token, changes the
#            weight as it does before fully_shard, or raises, as weight[i] = 0.0 does.
# Behaviour: weights are sharded by rows, so weight[i] is gathered first, and what is written goes into the gathered copy: the weight
#            stays as it was, and nothing is raised or warned. nn.Embedding's own reset_parameters() is written so: after the usual
#            way by the meta device (fully_shard, to_empty, reset_parameters) the row of padding_idx is a random vector, and stays one,
#            since it gets no gradient. Columns, and a mesh of one rank, take the write, so a test on one process does not show it.
#            Changing full_tensor() and copying it back with distribute_tensor does what was meant.
# Seen:      "written: 1 rank: padding row True, weight[3].zero_() True, weight[-1] = mean True, weight[:, 0].zero_() True, the whole one
#            copied True; 2 ranks: padding row False, weight[3].zero_() False, weight[-1] = mean False, weight[:, 0].zero_() True, the
#            whole one copied True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.14.1 numpy
cat >rows.py <<'PY'
import os
import warnings

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import distribute_tensor


def main(rank, world):
    warnings.filterwarnings("ignore", "DTensor random operators")
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{os.getcwd()}/meet{world}", rank=rank, world_size=world)
    torch.manual_seed(0)
    with torch.device("meta"):
        table = nn.Embedding(6, 4, padding_idx=1)
    fully_shard(table, mesh=init_device_mesh("cpu", (world,)))
    table.to_empty(device="cpu")
    table.reset_parameters()
    whole = table.weight.full_tensor
    with torch.no_grad():
        found = {"padding row": not whole()[1].any()}
        table.weight[3].zero_()
        found["weight[3].zero_()"] = not whole()[3].any()
        table.weight[-1] = table.weight[:-1].mean(0)
        found["weight[-1] = mean"] = torch.allclose(whole()[-1], whole()[:-1].mean(0), atol=1e-6)
        table.weight[:, 0].zero_()
        found["weight[:, 0].zero_()"] = not whole()[:, 0].any()
        changed = whole()
        changed[2] = 0.0
        table.weight.copy_(distribute_tensor(changed, table.weight.device_mesh, table.weight.placements))
        found["the whole one copied"] = not whole()[2].any()
    if rank == 0:
        torch.save({name: bool(value) for name, value in found.items()}, f"out{world}")
    dist.destroy_process_group()


if __name__ == "__main__":
    for world in (1, 2):
        mp.spawn(main, args=(world,), nprocs=world)
    one, two = torch.load("out1"), torch.load("out2")
    shown = [", ".join(f"{name} {value}" for name, value in found.items()) for found in (one, two)]
    print(f"written: 1 rank: {shown[0]}; 2 ranks: {shown[1]}")
    raise SystemExit(0 if all(one.values()) and list(two.values()) == [False, False, False, True, True] else "CHANGED")
PY
env/bin/python rows.py
