#!/usr/bin/env bash
# optimi: the learning rate of gradient release after a resume (torch-optimi 0.3.3, torch 2.13.0, CPU)
#
# Guess:     gradient_release=True makes the step within the backward pass and is otherwise "a drop-in replacement" that works "seamlessly"
#            with schedulers, as its description says: a resumed run goes down the schedule like one without it.
# Behaviour: each parameter's state holds its group, so that the hook finds the learning rate there, and load_state_dict copies state. From
#            then on the scheduler writes into param_groups and the steps read the copy: the learning rate, and any other setting, stays
#            what it was in the checkpoint, while get_last_lr() and every log of param_groups show the schedule. Nothing is raised or
#            warned; a checkpoint of the warm-up stays at its small rate for good. Putting the groups back into the state repairs it. A run
#            without interruption, and one that resumes without gradient release, are right.
# Seen:      "steps after a resume at the fourth: without release 0.06 0.05 0.04 0.03 0.02; with release 0.06 0.06 0.06 0.06 0.06,
#            param_groups at the end 0.01; linked again 0.06 0.05 0.04 0.03 0.02; with release, not interrupted 0.06 0.05 0.04 0.03 0.02"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy packaging torch-optimi==0.3.3
cat >resume.py <<'PY'
import torch
from optimi import AdamW, prepare_for_gradient_release


def start(release):
    model = torch.nn.Linear(4, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    optimizer = AdamW(model.parameters(), lr=0.1, weight_decay=0.0, gradient_release=release)
    if release:
        prepare_for_gradient_release(model, optimizer)
    return model, optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / 10)


def steps(run, number, release):
    """How far the weights moved in each step; the gradient is always 1, so that is the learning rate."""
    model, optimizer, scheduler = run
    moved = []
    for _ in range(number):
        before = model.weight.detach().clone()
        model(torch.ones(1, 4)).sum().backward()
        if not release:
            optimizer.step()
            optimizer.zero_grad()
        scheduler.step()
        moved.append(round((before - model.weight.detach()).max().item(), 3))
    return moved


def resumed(release, link=False):
    run = start(release)
    steps(run, 4, release)
    torch.save([part.state_dict() for part in run], "checkpoint")
    run = start(release)
    for part, state in zip(run, torch.load("checkpoint")):
        part.load_state_dict(state)
    if link:
        for group in run[1].param_groups:
            for p in group["params"]:
                run[1].state[p]["group"] = group
    return steps(run, 5, release), round(run[1].param_groups[0]["lr"], 3)


(plain, _), (release, shown), (linked, _) = resumed(False), resumed(True), resumed(True, link=True)
whole = steps(start(True), 9, True)[4:]
written = [" ".join(f"{size:.2f}" for size in moved) for moved in (plain, release, linked, whole)]
print(
    f"steps after a resume at the fourth: without release {written[0]}; with release {written[1]}, param_groups at the end {shown}; "
    f"linked again {written[2]}; with release, not interrupted {written[3]}"
)
schedule = [0.06, 0.05, 0.04, 0.03, 0.02]
raise SystemExit(0 if plain == linked == whole == schedule and release == [0.06] * 5 and shown == 0.01 else "CHANGED")
PY
env/bin/python resume.py
