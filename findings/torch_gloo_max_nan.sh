#!/usr/bin/env bash
# all_reduce(MAX) with a NaN on one rank, gloo (torch 2.13.0, CPU)
#
# Guess:     a maximum over ranks of which one holds NaN is NaN on all of them, as torch.maximum has it; or at least it does
#            not depend on which rank holds it.
# Behaviour: gloo compares with `<`, so the answer depends on the order of ranks: with NaN on rank 0 the maximum is NaN, with
#            NaN on rank 1 it is the other number, on both ranks. "Is any gradient not finite?" asked by a MAX all-reduce of
#            the largest entry therefore misses half of the cases. Map NaN to infinity before the exchange.
# Seen:      "nan on rank 0: [nan, nan] / nan on rank 1: [1.0, 1.0]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >reduce.py <<'PY'
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def main(rank):
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{os.getcwd()}/meet", rank=rank, world_size=2)
    found = []
    for pair in ((float("nan"), 1.0), (1.0, float("nan"))):
        value = torch.full((4,), pair[rank])
        dist.all_reduce(value, op=dist.ReduceOp.MAX)
        found.append(value[0].item())
    torch.save(found, f"out{rank}")
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(main, nprocs=2)
    first, second = (list(pair) for pair in zip(torch.load("out0"), torch.load("out1")))
    print("nan on rank 0:", first, "/ nan on rank 1:", second)
    lost = all(x != x for x in first) and second == [1.0, 1.0]
    raise SystemExit(0 if lost else "CHANGED")
PY
env/bin/python reduce.py
