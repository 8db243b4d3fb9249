#!/usr/bin/env bash
# torch.distributed.checkpoint and what differs between ranks under one key (torch 2.13.0, CPU, gloo)
#
# Guess:     save() is called by every rank and writes a file for each of them, so each rank loads its own random generator and its own
#            place in the data; or, if only one copy is kept, all of it is rank 0's.
# Behaviour: what is not a DTensor counts as replicated: of each key one rank's value is kept, without a comparison, and which rank's
#            is a matter of sizes planned so far, entry by entry. Two ranks come back with the same state, put together from both: the
#            generator of rank 0 beside the position of rank 1, a state that no rank ever had. Both then draw the same dropout and
#            read the same rows. Nothing is raised or logged. A key with the rank in its name keeps both.
# Seen:      "saved: rank 0 generator 0 position 100, rank 1 generator 1 position 101; loaded: rank 0 generator 0 position 101,
#            rank 1 generator 0 position 101; under a key for each rank: rank 0 generator 0 position 100, rank 1 generator 1
#            position 101"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy==2.4.6
cat >ranks.py <<'PY'
import os

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp

FOLDER = os.path.dirname(os.path.abspath(__file__))
STATES = [torch.Generator().manual_seed(rank).get_state() for rank in range(2)]


def told(states):
    shown = []
    for rank, state in enumerate(states):
        whose = [other for other in range(2) if torch.equal(state["generator"], STATES[other])]
        shown.append(f"rank {rank} generator {whose[0]} position {state['position']}")
    return ", ".join(shown)


def empty():
    return {"generator": torch.zeros_like(STATES[0]), "position": -1}


def worker(rank):
    dist.init_process_group("gloo", init_method=f"file://{FOLDER}/store", rank=rank, world_size=2)
    own = {"generator": STATES[rank].clone(), "position": 100 + rank}
    rows = {}
    for name, key in (("one", "train"), ("each", f"train_rank{rank}")):
        dcp.save({key: own}, checkpoint_id=f"{FOLDER}/{name}")
        loaded = {key: empty()}
        dcp.load(loaded, checkpoint_id=f"{FOLDER}/{name}")
        rows[name] = [None, None]
        dist.all_gather_object(rows[name], loaded[key])
    saved = [None, None]
    dist.all_gather_object(saved, own)
    if rank == 0:
        found = [told(states) for states in (saved, rows["one"], rows["each"])]
        print(f"saved: {found[0]}; loaded: {found[1]}; under a key for each rank: {found[2]}", flush=True)
        mixed = "rank 0 generator 0 position 101, rank 1 generator 0 position 101"
        if found[0] != found[2] or found[1] != mixed:
            raise SystemExit("CHANGED")
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    torch.multiprocessing.start_processes(worker, nprocs=2, start_method="fork")
PY
env/bin/python ranks.py 2>/dev/null | grep '^saved' || { echo CHANGED; exit 1; }
