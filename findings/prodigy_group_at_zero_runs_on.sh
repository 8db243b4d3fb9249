#!/usr/bin/env bash
# prodigyopt: a parameter group whose learning rate is set to 0 (prodigyopt 1.1.2, torch 2.13.0, CPU)
#
# Guess:     lr = 0 freezes a group, as with every optimizer of torch. Prodigy takes several groups only at one learning rate "or 0", its
#            error message says, so freezing is what the 0 is for: the backbone after the first phase while the head goes on.
# Behaviour: the 0 keeps the gradient out of the group's moments; the step is made with the largest learning rate of all groups. A group
#            that had trained takes its last Adam step again and again, at full size and in a straight line, whatever its gradient says: it
#            leaves the optimum that it had found. A group at 0 from the start has no momentum and stays, but decays by weight_decay. Nothing
#            is raised or logged. requires_grad_(False) with the gradient set to None freezes it.
# Seen:      "distance to the optimum after 60 steps of both groups, then 30 at 0: Prodigy 0.14 then 2.41, AdamW 0.04 then 0.04; Prodigy
#            without a gradient 0.14 then 0.14 / at 0 for all of 60 steps, weight decay 0.1: Prodigy keeps 1% of the weight, AdamW 100%"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy prodigyopt==1.1.2
cat >frozen.py <<'PY'
import contextlib
import io

import torch
from prodigyopt import Prodigy


def train(make, rate, phases, freeze=False):
    """The second weight after each phase, a number of steps and whether its group is on. Both weights are pulled to 3."""
    head, body = (torch.nn.Parameter(torch.ones(4)) for _ in range(2))
    with contextlib.redirect_stdout(io.StringIO()):
        optimizer = make([{"params": [head]}, {"params": [body]}])
    ends = []
    for number, on in phases:
        optimizer.param_groups[1]["lr"] = rate if on else 0.0
        if freeze and not on:
            body.requires_grad_(False)
            body.grad = None
        for _ in range(number):
            optimizer.zero_grad()
            ((head - 3).square().sum() + (body - 3).square().sum()).backward()
            optimizer.step()
        ends.append(body[0].item())
    return ends


phases = [(60, True), (30, False)]
prodigy = train(lambda groups: Prodigy(groups), 1.0, phases)
frozen = train(lambda groups: Prodigy(groups), 1.0, phases, freeze=True)
adam = train(lambda groups: torch.optim.AdamW(groups, lr=0.1, weight_decay=0.0), 0.1, phases)
kept = [
    train(make, 1.0, [(60, False)])[0]
    for make in (lambda groups: Prodigy(groups, weight_decay=0.1), lambda groups: torch.optim.AdamW(groups, lr=1.0, weight_decay=0.1))
]
away = [[abs(weight - 3) for weight in ends] for ends in (prodigy, adam, frozen)]
shown = [" then ".join(f"{distance:.2f}" for distance in ends) for ends in away]
print(
    f"distance to the optimum after 60 steps of both groups, then 30 at 0: Prodigy {shown[0]}, AdamW {shown[1]}; Prodigy without a gradient "
    f"{shown[2]} / at 0 for all of 60 steps, weight decay 0.1: Prodigy keeps {kept[0]:.0%} of the weight, AdamW {kept[1]:.0%}"
)
moved = away[0][1] > 1.0 > 0.5 > away[0][0]
still = adam[0] == adam[1] and frozen[0] == frozen[1]
raise SystemExit(0 if moved and still and kept[0] < 0.5 and kept[1] == 1.0 else "CHANGED")
PY
env/bin/python frozen.py
