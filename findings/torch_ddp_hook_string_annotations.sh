#!/usr/bin/env bash
# DDP communication hooks and postponed annotations (torch 2.13.0)
#
# Guess:     annotations of a communication hook are documentation: `from __future__ import annotations`, which turns them
#            into strings, changes nothing at run time.
# Behaviour: register_comm_hook compares the raw annotation with the class GradBucket. Under postponed annotations the same,
#            rightly annotated hook is refused ("bucket annotation should be dist.GradBucket"), and one without any
#            annotation is taken. So a hook breaks when its file gains that import, as when two modules are merged.
# Seen:      "annotated: accepted / annotated, postponed: ValueError / bare, postponed: accepted"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >plain.py <<'PY'
import torch
import torch.distributed as dist


def hook(state, bucket: dist.GradBucket) -> torch.futures.Future[torch.Tensor]:
    future = torch.futures.Future()
    future.set_result(bucket.buffer())
    return future
PY
{ echo 'from __future__ import annotations'; cat plain.py; } >postponed.py
{ echo 'from __future__ import annotations'; sed 's/bucket: dist.GradBucket) -> [^:]*:/bucket):/' plain.py; } >bare.py
cat >try.py <<'PY'
import importlib
import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo", init_method=f"file://{os.getcwd()}/meet", rank=0, world_size=1)
found = []
for name in ("plain", "postponed", "bare"):
    model = DistributedDataParallel(torch.nn.Linear(2, 2))
    try:
        model.register_comm_hook(None, importlib.import_module(name).hook)
        found.append("accepted")
    except ValueError as error:
        found.append(type(error).__name__ if "GradBucket" in str(error) else str(error))
dist.destroy_process_group()
print(f"annotated: {found[0]} / annotated, postponed: {found[1]} / bare, postponed: {found[2]}")
raise SystemExit(0 if found == ["accepted", "ValueError", "accepted"] else "CHANGED")
PY
env/bin/python try.py
