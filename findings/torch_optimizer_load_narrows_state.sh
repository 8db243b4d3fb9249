#!/usr/bin/env bash
# torch: Optimizer.load_state_dict and state in a finer dtype than the weights (torch 2.13.0, transformers 5.24.0, CPU)
#
# Guess:     load_state_dict gives the state back that state_dict wrote: an optimizer that keeps float32 statistics for bfloat16
#            weights, as Adafactor does, goes on exactly where it stopped.
# Behaviour: every tensor of the state but the one named "step" is cast to the weight's dtype, whatever the optimizer keeps it in.
#            The file still has float32; the loaded statistics have 8 significant bits, and training goes on from them: weights
#            move elsewhere than in the uninterrupted run, without a message. Integers are cast as well: a count of 257 comes
#            back as 256. With float32 weights a resume is exact, so a test at that dtype does not show it.
# Seen:      "Adafactor, bfloat16 weights: in the file float32, loaded bfloat16, 2.6% of the weights differ after 10 more steps;
#            float32 weights: 0.0% / an int64 count: 257 in the file, 256 loaded"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0
cat >resume.py <<'PY'
import copy

import torch
from transformers import Adafactor

gradients = torch.randn(20, 64, 64, generator=torch.Generator().manual_seed(1))


def adafactor(weight):
    return Adafactor([weight], lr=1e-2, scale_parameter=False, relative_step=False, warmup_init=False)


class Counting(torch.optim.SGD):
    """Plain SGD that counts what it has seen, in an int64 tensor of its state."""

    def __init__(self, weight):
        super().__init__([weight], lr=1e-2)
        self.state[weight]["seen"] = torch.tensor(257)


def run(make, dtype, stop=None):
    """The weights after all steps, with a save and a load after `stop` of them, and the state as saved and as loaded."""
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(64, 64, dtype=dtype))
    optimizer, states = make(weight), []
    for step, gradient in enumerate(gradients):
        if step == stop:
            torch.save(optimizer.state_dict(), "optimizer.pt")
            saved = torch.load("optimizer.pt")
            weight = torch.nn.Parameter(weight.detach().clone())
            optimizer = make(weight)
            optimizer.load_state_dict(saved)
            states = [copy.deepcopy(saved["state"][0]), copy.deepcopy(dict(optimizer.state[weight]))]
        weight.grad = gradient.to(dtype)
        optimizer.step()
    return weight.detach(), states


def share(make, dtype):
    whole, _ = run(make, dtype)
    resumed, states = run(make, dtype, 10)
    return (whole != resumed).float().mean().item(), states


coarse, (saved, loaded) = share(adafactor, torch.bfloat16)
fine, _ = share(adafactor, torch.float32)
kinds = [str(state["exp_avg_sq_row"].dtype).removeprefix("torch.") for state in (saved, loaded)]
_, (before, after) = share(Counting, torch.bfloat16)
counts = [state["seen"].item() for state in (before, after)]
print(
    f"Adafactor, bfloat16 weights: in the file {kinds[0]}, loaded {kinds[1]}, {coarse:.1%} of the weights differ after 10 more steps; "
    f"float32 weights: {fine:.1%} / an int64 count: {counts[0]} in the file, {counts[1]:.0f} loaded"
)
raise SystemExit(0 if kinds == ["float32", "bfloat16"] and coarse > 0 == fine and counts == [257, 256] else "CHANGED")
PY
env/bin/python resume.py 2>/dev/null
