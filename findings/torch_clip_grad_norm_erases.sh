#!/usr/bin/env bash
# torch.nn.utils.clip_grad_norm_ and finite gradients whose squares are not (torch 2.13.0)
#
# Guess:     clipping shortens a gradient and keeps its direction; only NaN or infinity in it are trouble, and
#            error_if_nonfinite=True is there for those.
# Behaviour: the norm is taken in the gradients' own float32. Finite entries of 1e20 have an infinite norm, the factor is
#            1 / inf, and every gradient of the model becomes exactly 0: a step without any update, not an error. Below, the
#            1e-6 that is added to the norm takes over: gradients of 1e-30 clipped to their own norm shrink by 24 orders of
#            magnitude, to 0. The norm in float64 would tell both cases apart.
# Seen:      "large: norm inf, gradient 0.0, float64 norm 2e+20 / small: gradient 0.0"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >clip.py <<'PY'
import torch


def clipped(size, most):
    p = torch.nn.Parameter(torch.zeros(4))
    p.grad = torch.full((4,), size)
    norm = torch.nn.utils.clip_grad_norm_([p], most)
    return norm.item(), p.grad[0].item()


norm, large = clipped(1e20, 1.0)
_, small = clipped(1e-30, 2e-30)
real = torch.linalg.vector_norm(torch.full((4,), 1e20), dtype=torch.float64).item()
print(f"large: norm {norm}, gradient {large}, float64 norm {real:.0e} / small: gradient {small}")
raise SystemExit(0 if norm == float("inf") and large == 0.0 and abs(real / 2e20 - 1) < 1e-6 and small == 0.0 else "CHANGED")
PY
env/bin/python clip.py
