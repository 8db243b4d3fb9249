#!/usr/bin/env bash
# came-pytorch: the size of CAME's steps at the start (came-pytorch 0.1.3, torch 2.13.0, CPU)
#
# Guess:     clip_threshold is the "threshold of root-mean-square of final gradient update (default: 1.0)", as in Adafactor: no step
#            moves a weight by more than the learning rate on average, and a rate that suits AdamW is safe from the first step on.
# Behaviour: what is clipped is the update before it is divided by the square root of the "instability", an average that begins at 0 with a
#            beta of 0.9999, without bias correction. The first step of a matrix is 11 learning rates for any gradient, and where gradients
#            agree it rises to 48 within fifty steps and stays there; clip_threshold=0.01 changes nothing, since the division takes it out
#            again. Pure noise starts at 11 as well and needs 500 steps to come down to 1. Vectors, so biases and norms, are not divided and start
#            at a tenth: at one learning rate matrix and bias differ by a factor of 110. A rate of 1e-5 meant to keep a trained model where
#            it is moves its matrices by 5e-4 a step; nothing is raised or logged. A warm-up has to last for hundreds of steps.
# Seen:      "steps 1, 50, 500 in learning rates: same gradient 11.1 48.3 49.6; same gradient, clip_threshold 0.01 11.1 48.3 49.6; noise
#            11.1 3.6 1.1; same gradient, vector 0.1 1.0 1.0; AdamW 1.0 1.0 1.0"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy==2.4.6
env/bin/pip install -q --no-compile --no-deps came-pytorch==0.1.3
cat >steps.py <<'PY'
import torch
from came_pytorch import CAME

torch.set_num_threads(1)


def steps(make, gradient, shape=(32, 32)):
    """The root mean square of steps 1, 50 and 500 in learning rates."""
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(shape))
    optimizer = make([weight])
    sizes = []
    for _ in range(500):
        before = weight.detach().clone()
        weight.grad = gradient(shape)
        optimizer.step()
        sizes.append(((weight.detach() - before).square().mean().sqrt() / 1e-5).item())
    return [sizes[number - 1] for number in (1, 50, 500)]


def came(weights, **settings):
    return CAME(weights, lr=1e-5, **settings)


runs = {
    "same gradient": steps(came, torch.ones),
    "same gradient, clip_threshold 0.01": steps(lambda weights: came(weights, clip_threshold=0.01), torch.ones),
    "noise": steps(came, torch.randn),
    "same gradient, vector": steps(came, torch.ones, (32,)),
    "AdamW": steps(lambda weights: torch.optim.AdamW(weights, lr=1e-5, weight_decay=0.0), torch.ones),
}
print("steps 1, 50, 500 in learning rates: " + "; ".join(f"{name} {' '.join(f'{size:.1f}' for size in run)}" for name, run in runs.items()))
same, clipped, noise, vector, adam = runs.values()
large = all(10 < run[0] < 12 and run[1] > 40 for run in (same, clipped)) and 10 < noise[0] < 12 and noise[1] > 2
small = max(vector + adam) < 1.1 and vector[0] < 0.2
raise SystemExit(0 if large and small else "CHANGED")
PY
env/bin/python steps.py
