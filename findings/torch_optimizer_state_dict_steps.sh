#!/usr/bin/env bash
# Reading an optimizer's state before its first step (torch 2.13.0)
#
# Guess:     torch.distributed.checkpoint.state_dict.get_optimizer_state_dict (and get_state_dict) reads; a run that writes a
#            checkpoint at step 0 goes on exactly as one that does not.
# Behaviour: an optimizer without state is first given one by a step with zero gradients and learning rate 0. The weights stay,
#            but the zero step counts: AdamW's `step` is 1 and both moments have decayed once, so the bias corrections are
#            those of a later step. The first real step is 0.744 of the learning rate instead of 1, and the count is one ahead
#            for the rest of the run, in every checkpoint too.
# Seen:      "without reading: first step 0.1000, count 4 / after reading: first step 0.0744, count 5"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >read.py <<'PY'
import torch
from torch.distributed.checkpoint.state_dict import get_optimizer_state_dict


def run(read):
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.0)
    if read:
        get_optimizer_state_dict(model, optimizer)
    path = []
    for _ in range(4):
        model.weight.grad = torch.ones(1, 1)
        optimizer.step()
        path.append(-model.weight.item())
    return path[0], int(optimizer.state[model.weight]["step"])


plain, read = run(False), run(True)
print(f"without reading: first step {plain[0]:.4f}, count {plain[1]} / after reading: first step {read[0]:.4f}, count {read[1]}")
expected = abs(plain[0] - 0.1) < 1e-4 and plain[1] == 4 and abs(read[0] - 0.0744) < 1e-4 and read[1] == 5
raise SystemExit(0 if expected else "CHANGED")
PY
env/bin/python read.py
