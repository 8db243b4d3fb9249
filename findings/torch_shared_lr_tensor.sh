#!/usr/bin/env bash
# torch: a learning rate given as a tensor, and two parameter groups (torch 2.13.0)
#
# Guess:     lr=torch.tensor(0.1), which spares a compiled or captured step its recompilation, is 0.1: two groups, one with weight decay
#            and one without, are scheduled as they are with the number.
# Behaviour: every group that names no lr of its own gets the same tensor object, and schedulers write into it. ReduceLROnPlateau goes
#            through the groups and multiplies once for each: with a factor of 0.1 two groups go to a hundredth, three to a thousandth.
#            LambdaLR with a function for each group leaves all of them at the last one's rate. With one function for all groups, and
#            with the other schedulers, nothing shows. A tensor of its own in each group mends it.
# Seen:      "ReduceLROnPlateau by 0.1 from 0.1: number [0.01, 0.01], tensor [0.001, 0.001], a tensor each [0.01, 0.01]
#            / LambdaLR 1 and 0.1: number [0.1, 0.01], tensor [0.01, 0.01], a tensor each [0.1, 0.01]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0
cat >shared.py <<'PY'
import torch
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

KINDS = ("number", "tensor", "a tensor each")


def optimizer(kind):
    groups = [{"params": [torch.nn.Parameter(torch.ones(2))], "weight_decay": decay} for decay in (0.1, 0.0)]
    if kind == "a tensor each":
        for group in groups:
            group["lr"] = torch.tensor(0.1)
    return torch.optim.AdamW(groups, lr=0.1 if kind == "number" else torch.tensor(0.1))


def steps(kind):
    """How far one step moves each group's weights when the rate was scheduled before it; Adam's first step is the rate."""
    found = []
    for name in ("plateau", "lambda"):
        chosen = optimizer(kind)
        for group in chosen.param_groups:
            group["weight_decay"] *= 0
        if name == "plateau":
            scheduler = ReduceLROnPlateau(chosen, factor=0.1, patience=0)
            scheduler.step(1.0)
            scheduler.step(1.0)
        else:
            LambdaLR(chosen, [lambda epoch: 1.0, lambda epoch: 0.1])
        weights = [group["params"][0] for group in chosen.param_groups]
        for weight in weights:
            weight.grad = torch.ones(2)
        chosen.step()
        found.append([round(1 - weight[0].item(), 4) for weight in weights])
    return found


found = {kind: steps(kind) for kind in KINDS}
plateau, each = (", ".join(f"{kind} {found[kind][i]}" for kind in KINDS) for i in (0, 1))
print(f"ReduceLROnPlateau by 0.1 from 0.1: {plateau} / LambdaLR 1 and 0.1: {each}")
right = [[0.01, 0.01], [0.1, 0.01]]
expected = {"number": right, "tensor": [[0.001, 0.001], [0.01, 0.01]], "a tensor each": right}
raise SystemExit(0 if found == expected else "CHANGED")
PY
env/bin/python shared.py 2>/dev/null || { echo CHANGED; exit 1; }
