#!/usr/bin/env bash
# torch.optim.Adafactor: a low-rank adapter (torch 2.13.0, CPU)
#
# Guess:     lr is the size of a step, with Adafactor as with AdamW, and its default 1e-2 is a large one: an adapter, whose B starts at 0 as
#            LoRA has it, learns at least as fast as with AdamW. Other Adafactors want scale_parameter=False for that; this one has no such
#            argument and has an lr.
# Behaviour: a step is lr times the root mean square of the parameter, or times eps2 = 1e-3 where that is larger. From B = 0 the first step
#            is 1e-5 at the default lr, a thousandth of AdamW's, and B grows by little more each time: the adapter stays next to 0 and the
#            loss hardly moves, as if the data taught nothing. Nothing is raised or warned, and a full fine-tune, whose weights start at
#            their usual size, learns with the same settings. eps=(None, 1.0) takes the scale out and the adapter learns.
# Seen:      "lr 0.01, first step of B, size of B after 200 steps, loss left: Adafactor 1e-05 0.003 97.6%, AdamW 1e-02 0.301 0.0%, Adafactor
#            with eps2 = 1 1e-02 0.321 0.1%; Adafactor on the full weight: loss left 27.1%"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy==2.3.5
cat >adapter.py <<'PY'
import torch

torch.set_num_threads(1)


def train(make, low_rank=True):
    """The part of the first loss left after 200 steps, the first step's size in B (or W), and B's final root mean square."""
    torch.manual_seed(0)
    down = torch.randn(4, 64) / 8
    base, inputs = torch.randn(64, 64) / 8, torch.randn(256, 64)
    targets = inputs @ (base + torch.randn(64, 4) @ torch.randn(4, 64) / 8).T
    if low_rank:
        parameters = [torch.nn.Parameter(torch.zeros(64, 4)), torch.nn.Parameter(down)]
    else:
        parameters = [torch.nn.Parameter(base.clone())]
    start = parameters[0].detach().clone()
    optimizer = make(parameters)
    losses = []
    for step in range(200):
        optimizer.zero_grad()
        weight = base + parameters[0] @ parameters[1] if low_rank else parameters[0]
        loss = (inputs @ weight.T - targets).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step == 0:
            first = (parameters[0].detach() - start).square().mean().sqrt().item()
    return losses[-1] / losses[0], first, parameters[0].detach().square().mean().sqrt().item()


def adafactor(parameters, **settings):
    return torch.optim.Adafactor(parameters, lr=1e-2, **settings)


plain = train(adafactor)
adam = train(lambda parameters: torch.optim.AdamW(parameters, lr=1e-2))
floor = train(lambda parameters: adafactor(parameters, eps=(None, 1.0)))
full = train(adafactor, low_rank=False)
rows = {"Adafactor": plain, "AdamW": adam, "Adafactor with eps2 = 1": floor}
shown = ", ".join(f"{name} {step:.0e} {size:.3f} {left:.1%}" for name, (left, step, size) in rows.items())
print(f"lr 0.01, first step of B, size of B after 200 steps, loss left: {shown}; Adafactor on the full weight: loss left {full[0]:.1%}")
described = plain[0] > 0.9 and plain[1] < 2e-5 and plain[2] < 0.01
control = adam[0] < 0.01 and adam[1] > 5e-3 and floor[0] < 0.1 and full[0] < 0.5
raise SystemExit(0 if described and control else "CHANGED")
PY
env/bin/python adapter.py 2>/dev/null
