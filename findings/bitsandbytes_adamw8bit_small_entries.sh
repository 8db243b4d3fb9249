#!/usr/bin/env bash
# bitsandbytes AdamW8bit: small gradients beside a large one in a block of 256 (bitsandbytes 0.50.2, torch 2.13.0, CPU)
#
# Guess:     8-bit block-wise state costs a little precision; Adam's step stays near the learning rate for every coordinate,
#            large or small, because each is divided by its own second moment.
# Behaviour: both moments of a block share the block's largest entry as their scale, and the second moment is a square. An
#            entry whose gradient is a thousandth of the block's largest has a second moment a millionth of it, which the
#            8-bit code holds too coarsely: with a constant gradient it moves a quarter of what AdamW moves it in 100 steps,
#            where an entry of a hundredth still moves as far. A mean over coordinates does not show it.
# Seen:      "gradient 1/100: 1.00 of AdamW's path, 1/1000: 0.25"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy bitsandbytes==0.50.2
cat >adam.py <<'PY'
import bitsandbytes
import torch


def path(make, small):
    p = torch.nn.Parameter(torch.zeros(8192))
    optimizer = make([p])
    for _ in range(100):
        p.grad = torch.full((8192,), small)
        p.grad[::256] = 1.0
        optimizer.step()
    return p[1].item()


def share(small):
    whole = path(lambda ps: torch.optim.AdamW(ps, lr=1e-3, weight_decay=0.0), small)
    return path(lambda ps: bitsandbytes.optim.AdamW8bit(ps, lr=1e-3, weight_decay=0.0), small) / whole


near, far = share(1e-2), share(1e-3)
print(f"gradient 1/100: {near:.2f} of AdamW's path, 1/1000: {far:.2f}")
raise SystemExit(0 if near > 0.9 and far < 0.5 else "CHANGED")
PY
env/bin/python adam.py 2>/dev/null
