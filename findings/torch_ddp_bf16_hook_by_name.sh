#!/usr/bin/env bash
# DDP and bf16_compress_hook on gloo (torch 2.13.0, CPU)
#
# Guess:     whether a communication hook can run depends on what it does; halving the bytes of a gradient in bfloat16 works
#            wherever the backend sums bfloat16, and gloo does.
# Behaviour: register_comm_hook looks at the hook's __name__: a function called "bf16_compress_hook" is refused on a CPU with
#            "required CUDA 11+ and NCCL 2.10+ or XPU and XCCL" (a TypeError). The same function behind a wrapper of another
#            name is taken and averages the gradients.
# Seen:      "by its name: TypeError / under another name: gradient 3.0" (the mean over two ranks)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >hook.py <<'PY'
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import bf16_compress_hook
from torch.nn.parallel import DistributedDataParallel


def halved(state, bucket: dist.GradBucket) -> torch.futures.Future[torch.Tensor]:
    return bf16_compress_hook(state, bucket)


def main(rank):
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{os.getcwd()}/meet", rank=rank, world_size=2)
    refusal = "accepted"
    try:
        DistributedDataParallel(torch.nn.Linear(4, 4)).register_comm_hook(None, bf16_compress_hook)
    except TypeError as error:
        refusal = f"TypeError: {error}"
    model = DistributedDataParallel(torch.nn.Linear(4, 4))
    model.register_comm_hook(None, halved)
    model(torch.ones(2, 4) * (rank + 1)).sum().backward()
    torch.save((refusal, model.module.weight.grad[0, 0].item()), f"out{rank}")
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(main, nprocs=2)
    refusal, gradient = torch.load("out0")
    print("by its name:", refusal, "/ under another name: gradient", gradient)
    raise SystemExit(0 if refusal.startswith("TypeError: BF16") and gradient == 3.0 else "CHANGED")
PY
env/bin/python hook.py
