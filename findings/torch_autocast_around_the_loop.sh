#!/usr/bin/env bash
# torch: one autocast context around a training loop (torch 2.13.0, CPU)
#
# Guess:     where the context opens is a matter of taste. torch.autocast around the loop, or around the function that trains, costs the
#            speed of a backward pass under autocast, which is "not recommended", and casts every operator as it does around each forward pass.
# Behaviour: the bfloat16 copy of a weight that requires a gradient is made once and kept until the outermost context closes. The optimizer
#            moves the float32 weights, every later forward pass reads the copies of the first one: the loss stays that of the start and
#            the gradients are those of the start, so the weights run off in a straight line. A validation in the same context sees the old
#            model too. Nothing is raised or warned. The context around each forward pass, cache_enabled=False, or
#            torch.clear_autocast_cache() after each step is right. Weights in bfloat16 are not cast and not concerned.
# Seen:      "loss of steps 1, 50 and 100, then validated there and outside: autocast around each forward pass 5.30 0.00 0.00, 0.00 0.00;
#            around the loop 5.30 5.30 5.30, 5.30 91.65; around the loop without cache 5.30 0.00 0.00, 0.00 0.00; cache cleared 5.30 0.00
#            0.00, 0.00 0.00"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy==2.4.6
cat >loop.py <<'PY'
import contextlib

import torch


def train(loop, step, clear=False):
    """Losses of steps 1, 50 and 100, then that of a validation within the context of the loop and that of one outside, in float32."""
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    inputs = torch.randn(256, 4)
    targets = inputs @ torch.tensor([[1.0], [2.0], [-1.0], [0.5]])
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
    losses = []

    def loss():
        return (model(inputs).float() - targets).square().mean()

    with loop():
        for _ in range(100):
            optimizer.zero_grad()
            with step():
                value = loss()
            value.backward()
            optimizer.step()
            losses.append(value.item())
            if clear:
                torch.clear_autocast_cache()
        with torch.no_grad(), step():
            inside = loss().item()
    with torch.no_grad():
        return [round(value, 2) for value in (losses[0], losses[49], losses[99], inside, loss().item())]


def bfloat16(**settings):
    return lambda: torch.autocast("cpu", torch.bfloat16, **settings)


runs = {
    "autocast around each forward pass": train(contextlib.nullcontext, bfloat16()),
    "around the loop": train(bfloat16(), contextlib.nullcontext),
    "around the loop without cache": train(bfloat16(cache_enabled=False), contextlib.nullcontext),
    "cache cleared": train(bfloat16(), contextlib.nullcontext, clear=True),
}
shown = [f"{name} " + "{:.2f} {:.2f} {:.2f}, {:.2f} {:.2f}".format(*values) for name, values in runs.items()]
print("loss of steps 1, 50 and 100, then validated there and outside: " + "; ".join(shown))
right, stale, uncached, cleared = runs.values()
frozen = len(set(stale[:4])) == 1 and stale[4] > 5 * stale[0]
raise SystemExit(0 if right == uncached == cleared and right[4] < 0.1 and frozen else "CHANGED")
PY
env/bin/python loop.py
