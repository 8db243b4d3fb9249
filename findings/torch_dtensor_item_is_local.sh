#!/usr/bin/env bash
# item() and bool() of a reduction over a sharded parameter (torch 2.13.0, fully_shard, CPU, gloo)
#
# Guess:     a DTensor is the whole tensor: weight.norm().item() of an FSDP2 model is the norm of the whole weight, and
#            "if weight.isnan().any():" is decided alike on all ranks.
# Behaviour: a reduction leaves a sum, norm or maximum over ranks still to be taken, and item() and bool() hand out the rank's
#            own part of it without a message. A NaN in one shard is seen by one rank only, so a guard that skips a step takes
#            different branches. One more operation hides it: sqrt() or a comparison takes the sum over ranks first and
#            is right, so a norm written as (w * w).sum().sqrt() is whole where w.norm() is not. full_tensor().item() always is.
# Seen:      "weights 1 and 3: norm 3.16 / norm().item() [1.0, 3.0], mean().item() [1.0, 3.0], (w * w).sum().sqrt().item()
#            [3.16, 3.16] / NaN in the second shard, isnan().any(): [False, True]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >item.py <<'PY'
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard


def sharded(values, mesh):
    model = torch.nn.Linear(1, 2, bias=False)
    model.weight.data = torch.tensor(values)[:, None]
    return fully_shard(model, mesh=mesh).weight


def main(rank):
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{os.getcwd()}/meet", rank=rank, world_size=2)
    mesh = init_device_mesh("cpu", (2,))
    w, broken = sharded([1.0, 3.0], mesh), sharded([1.0, float("nan")], mesh)
    with torch.no_grad():
        seen = [
            w.norm().full_tensor().item(), w.norm().item(), w.mean().item(), (w * w).sum().sqrt().item(),
            bool(broken.isnan().any()),
        ]
    torch.save([round(x, 2) if isinstance(x, float) else x for x in seen], f"out{rank}")
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(main, nprocs=2)
    whole, norm, mean, written, nan = (list(pair) for pair in zip(torch.load("out0"), torch.load("out1")))
    print(
        f"weights 1 and 3: norm {whole[0]} / norm().item() {norm}, mean().item() {mean}, (w * w).sum().sqrt().item() "
        f"{written} / NaN in the second shard, isnan().any(): {nan}"
    )
    expected = [[3.16, 3.16], [1.0, 3.0], [1.0, 3.0], [3.16, 3.16], [False, True]]
    raise SystemExit(0 if [whole, norm, mean, written, nan] == expected else "CHANGED")
PY
env/bin/python item.py 2>/dev/null
