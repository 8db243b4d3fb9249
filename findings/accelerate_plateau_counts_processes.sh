#!/usr/bin/env bash
# accelerate: ReduceLROnPlateau through prepare() on several processes (accelerate 1.15.0, torch 2.13.0, CPU, gloo)
#
# Guess:     scheduler.step(metric) once after each evaluation is one judgement, on one process or on eight: patience counts evaluations.
#            That prepare() multiplies the steps of a schedule by the number of processes belongs to schedules that count batches.
# Behaviour: the prepared plateau scheduler is stepped num_processes times with the same metric. The second call of each evaluation finds no
#            improvement over the first: P processes take patience for P times shorter, and from patience + 2 processes on an evaluation that
#            is the best so far, all on its own, makes the rate fall. A sweep's settings from one device decay the rate to nothing on eight,
#            and nothing is raised or warned. Not giving the scheduler to prepare(), or split_batches=True, is right.
# Seen:      "rate after 12 evaluations that each improve, patience 3: 1 process 1, 2 processes 1, 5 processes 0.0002441; after 12 of which
#            every fourth improves: 1 process 1, 2 processes 0.125, 5 processes 0.0002441; 5 processes, not prepared: 1 and 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf" OMP_NUM_THREADS=1
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy accelerate==1.15.0
cat >plateau.py <<'PY'
import sys

import torch
import torch.distributed as dist
from accelerate import Accelerator

accelerator = Accelerator(cpu=True)


def rate(losses, prepared):
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=3)
    model, optimizer = accelerator.prepare(model, optimizer)
    if prepared:
        scheduler = accelerator.prepare(scheduler)
    for loss in losses:
        optimizer.zero_grad()
        accelerator.backward(model(torch.ones(1, 1)).sum())
        optimizer.step()
        scheduler.step(loss)
    return optimizer.param_groups[0]["lr"]


better = [0.9**number for number in range(12)]
fourth = [0.9 ** (number // 4) for number in range(12)]
for losses in (better, fourth):
    for prepared in (True, False):
        value = rate(losses, prepared)
        if accelerator.is_main_process:
            print(value)
if dist.is_initialized():
    dist.destroy_process_group()
PY
for processes in 1 2 5; do
    env/bin/torchrun --nproc-per-node "$processes" plateau.py >"rates$processes" 2>/dev/null
done
cat >judge.py <<'PY'
rates = {processes: [float(line) for line in open(f"rates{processes}")] for processes in (1, 2, 5)}


def prepared(number):
    return ", ".join(f"{count} process{'es' * (count > 1)} {rates[count][number]:.4g}" for count in rates)


print(
    f"rate after 12 evaluations that each improve, patience 3: {prepared(0)}; after 12 of which every fourth improves: {prepared(2)};"
    f" 5 processes, not prepared: {rates[5][1]:g} and {rates[5][3]:g}"
)
right = rates[1] == [1.0] * 4 and all(rates[count][1] == rates[count][3] == 1.0 for count in rates)
raise SystemExit(0 if right and rates[2][0] == 1.0 and rates[2][2] == 0.125 and max(rates[5][0], rates[5][2]) < 1e-3 else "CHANGED")
PY
env/bin/python judge.py
