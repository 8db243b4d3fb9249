#!/usr/bin/env bash
# torch.optim.SGD(fused=True) and a GradScaler whose first scale is too large (torch 2.13.0, CPU)
#
# Guess:     a step that GradScaler finds infinite is skipped: weights and optimizer stay as they were. That the first scale of 65,536
#            overflows is routine, so training begins one step later; fused or not is a matter of speed.
# Behaviour: a fused optimizer is stepped all the same and skips inside its kernel. By then SGD has made the momentum buffers with
#            empty_like, for the kernel to fill at the first step, and the kernel left them: the next step takes what lay in that
#            memory for the momentum, since there is a buffer now. Deterministic mode fills such memory with NaN, and the weights
#            are NaN from the second step on; without it they move by whatever was there. An overflow later than the first step
#            does no harm, nor any to a fused Adam, whose moments begin with zeros.
# Seen:      "weight after each step: [0.0, -1.0, -2.5], fused [0.0, nan, nan]; overflow in the second: [-1.0, -1.0, -2.5], fused
#            [-1.0, -1.0, -2.5]; Adam, overflow in the first: [0.0, -1.0, -2.0], fused [0.0, -1.0, -2.0]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0
cat >scaled.py <<'PY'
import torch

torch.use_deterministic_algorithms(True)


def path(kind, fused, overflow, **settings):
    weight = torch.nn.Parameter(torch.zeros(4))
    optimizer = kind([weight], lr=1.0, fused=fused, **settings)
    scaler = torch.amp.GradScaler("cpu")
    weights = []
    for step in range(3):
        slope = float("inf") if step == overflow else 1.0
        scaler.scale((slope * weight).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
        weights.append(round(weight[0].item(), 4))
    return weights


SGD, Adam = torch.optim.SGD, torch.optim.Adam
first = [path(SGD, fused, 0, momentum=0.5) for fused in (False, True)]
second = [path(SGD, fused, 1, momentum=0.5) for fused in (False, True)]
adam = [path(Adam, fused, 0) for fused in (False, True)]
print(
    f"weight after each step: {first[0]}, fused {first[1]}; overflow in the second: {second[0]}, fused {second[1]}; "
    f"Adam, overflow in the first: {adam[0]}, fused {adam[1]}"
)
lost = first[0] == [0.0, -1.0, -2.5] and first[1][1] != first[1][1] and second[0] == second[1] and adam[0] == adam[1]
raise SystemExit(0 if lost else "CHANGED")
PY
env/bin/python scaled.py 2>/dev/null
