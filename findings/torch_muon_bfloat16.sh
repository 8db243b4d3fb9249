#!/usr/bin/env bash
# torch.optim.Muon and the dtype of its orthogonalisation (torch 2.13.0)
#
# Guess:     with float32 parameters and gradients the Newton-Schulz iteration runs in float32.
# Behaviour: it runs in bfloat16 whatever the parameters' dtype is, without a setting: the direction of a float32 matrix has
#            8 significant bits, and the step from a zero matrix is exactly representable in bfloat16. On a CPU without
#            bfloat16 instructions the products of that iteration are also the slow ones: forced to AVX2 the same step costs
#            a multiple of the float32 iteration written out (the ratio is printed, not judged).
# Seen:      "dtype torch.float32, bfloat16-exact True, step / float32 iteration at AVX2 = 37" (42 in another run)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy
cat >muon.py <<'PY'
import time

import torch

torch.manual_seed(0)
torch.set_num_threads(1)
p = torch.nn.Parameter(torch.zeros(256, 256))
p.grad = torch.randn(256, 256)
muon = torch.optim.Muon([p], lr=1.0, weight_decay=0.0, momentum=0.0, nesterov=False)
muon.step()
moved = p.detach().clone()
exact = torch.equal(moved, moved.bfloat16().float())


def float32_iteration():
    a, b, c = 3.4445, -4.775, 2.0315
    x = p.grad / p.grad.norm()
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x


def best(work):
    times = []
    for _ in range(5):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


ratio = best(muon.step) / best(float32_iteration)
print(f"dtype {moved.dtype}, bfloat16-exact {exact}, step / float32 iteration at AVX2 = {ratio:.1f}")
raise SystemExit(0 if exact and moved.dtype == torch.float32 else "CHANGED")
PY
ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 env/bin/python muon.py
