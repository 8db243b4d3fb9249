#!/usr/bin/env bash
# torch.optim.lr_scheduler: a second schedule on one optimizer (torch 2.13.0)
#
# Guess:     for a second phase (RL after supervised training, on the same moments or on loaded ones) set every group's lr to the new
#            rate and make a new scheduler: it starts there, whichever scheduler it is.
# Behaviour: the first scheduler has left "initial_lr" in the groups, which state_dict keeps as well, and a new scheduler does not
#            replace it. Schedulers that count from the base (LambdaLR, so nearly every schedule of transformers, and
#            CosineAnnealingWarmRestarts) go back to the first phase's rate at once, those that go on from the current rate
#            (StepLR, CosineAnnealingLR, LinearLR) take the new one; SequentialLR of two of these goes back too. Nothing is raised
#            or logged. Removing "initial_lr" from the groups before the second scheduler is made mends it.
# Seen:      "first phase 1e-03, lr set to 1e-05; second phase starts at: LambdaLR 1e-03, CosineAnnealingWarmRestarts 1e-03,
#            SequentialLR 1e-03, StepLR 1e-05, CosineAnnealingLR 1e-05, LinearLR 1e-05; a new optimizer that loads the state,
#            LambdaLR 1e-03; without initial_lr, LambdaLR 1e-05"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0
cat >phases.py <<'PY'
import torch
from torch.optim.lr_scheduler import (
    CosineAnnealingLR, CosineAnnealingWarmRestarts, LambdaLR, LinearLR, SequentialLR, StepLR,
)

FIRST, SECOND = 1e-3, 1e-5
SCHEDULES = {
    "LambdaLR": lambda optimizer: LambdaLR(optimizer, lambda step: 1.0),
    "CosineAnnealingWarmRestarts": lambda optimizer: CosineAnnealingWarmRestarts(optimizer, 10),
    "SequentialLR": lambda optimizer: SequentialLR(optimizer, [StepLR(optimizer, 5), CosineAnnealingLR(optimizer, 5)], [5]),
    "StepLR": lambda optimizer: StepLR(optimizer, 10),
    "CosineAnnealingLR": lambda optimizer: CosineAnnealingLR(optimizer, 10),
    "LinearLR": lambda optimizer: LinearLR(optimizer, 1.0, 0.1, 10),
}


def step(optimizer):
    """One step; how far it moves a weight under a constant gradient of 1, which is the rate for Adam."""
    weight = optimizer.param_groups[0]["params"][0]
    with torch.no_grad():
        weight.zero_()
    weight.grad = torch.ones_like(weight)
    optimizer.step()
    return f"{-weight.item():.0e}"


def start(schedule, loads=False, removes=False):
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=FIRST, weight_decay=0.0)
    scheduler = CosineAnnealingLR(optimizer, 10)
    for _ in range(10):
        step(optimizer)
        scheduler.step()
    if loads:
        state = optimizer.state_dict()
        optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=SECOND, weight_decay=0.0)
        optimizer.load_state_dict(state)
    for group in optimizer.param_groups:
        group["lr"] = SECOND
        if removes:
            del group["initial_lr"]
    kept = SCHEDULES[schedule](optimizer)
    moved = step(optimizer)
    kept.step()
    return moved


found = {schedule: start(schedule) for schedule in SCHEDULES}
loaded, without = start("LambdaLR", loads=True), start("LambdaLR", removes=True)
shown = ", ".join(f"{schedule} {rate}" for schedule, rate in found.items())
print(
    f"first phase {FIRST:.0e}, lr set to {SECOND:.0e}; second phase starts at: {shown}; a new optimizer that loads the state, "
    f"LambdaLR {loaded}; without initial_lr, LambdaLR {without}"
)
expected = ["1e-03"] * 3 + ["1e-05"] * 3 + ["1e-03", "1e-05"]
raise SystemExit(0 if [*found.values(), loaded, without] == expected else "CHANGED")
PY
env/bin/python phases.py 2>/dev/null || { echo CHANGED; exit 1; }
