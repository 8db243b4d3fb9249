#!/usr/bin/env bash
# accelerate: the last, shorter window of gradient accumulation (accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     accumulate() steps at the end of the data loader, full window or not, with the mean gradient of the batches in it.
# Behaviour: it does step there, but backward() has divided every loss by gradient_accumulation_steps. With 10 batches and
#            windows of 4 the last update of every epoch is half as large as the others, with 9 a quarter: those batches
#            count less than the others of the epoch.
# Seen:      "updates of one epoch: 8 batches [1.0, 1.0], 10 [1.0, 1.0, 0.5], 9 [1.0, 1.0, 0.25]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 accelerate==1.15.0
cat >window.py <<'PY'
import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader


def updates(batches):
    accelerator = Accelerator(gradient_accumulation_steps=4, cpu=True)
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    model, optimizer, data = accelerator.prepare(model, optimizer, DataLoader(torch.ones(batches, 1), batch_size=1))
    path = [0.0]
    for x in data:
        with accelerator.accumulate(model):
            accelerator.backward(-model(x).mean())
            optimizer.step()
            optimizer.zero_grad()
        if model.weight.item() != path[-1]:
            path.append(model.weight.item())
    return [later - earlier for earlier, later in zip(path, path[1:])]


found = {batches: updates(batches) for batches in (8, 10, 9)}
print(f"updates of one epoch: 8 batches {found[8]}, 10 {found[10]}, 9 {found[9]}")
raise SystemExit(0 if list(found.values()) == [[1.0, 1.0], [1.0, 1.0, 0.5], [1.0, 1.0, 0.25]] else "CHANGED")
PY
env/bin/python window.py 2>/dev/null
