#!/usr/bin/env bash
# PEFT: weight_decay and create_loraplus_optimizer (peft 0.21.2, transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     further arguments go to the optimizer ("kwargs: additional keyword arguments to be passed to the optimizer"), so weight_decay=0.5
#            decays the adapter as it does in AdamW(model.parameters(), weight_decay=0.5); without it AdamW's own 0.01 holds.
# Behaviour: the argument is passed on and has no effect: every group that is built carries a weight_decay of its own, which is 0 unless
#            another argument, loraplus_weight_decay, is given; its name is not in the description. optimizer.defaults shows 0.5. A run that
#            changes from AdamW to LoRA+ trains without decay, and a sweep over weight_decay is one run repeated. Nothing is raised or warned.
# Seen:      "adapter left after 50 steps without a gradient: AdamW 60%, LoRA+ with weight_decay 100% (optimizer.defaults 0.5, groups 0.0),
#            LoRA+ with loraplus_weight_decay 60%"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy peft==0.21.2 transformers==5.24.0 accelerate==1.15.0
cat >decay.py <<'PY'
import torch
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer

RATE, DECAY, STEPS = 0.02, 0.5, 50


def left(make):
    """The part of the adapter's two matrices that is left when only decay moves them, and the optimizer."""
    torch.manual_seed(0)
    base = torch.nn.Sequential(torch.nn.Linear(8, 8, bias=False))
    model = get_peft_model(base, LoraConfig(r=2, target_modules=["0"], init_lora_weights=False))
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    before = [weight.norm().item() for weight in trained]
    optimizer = make(model)
    for _ in range(STEPS):
        optimizer.zero_grad()
        (0.0 * model(torch.ones(1, 8)).sum()).backward()
        optimizer.step()
    parts = {round(weight.norm().item() / norm, 3) for weight, norm in zip(trained, before)}
    assert len(trained) == 2 and len(parts) == 1
    return parts.pop(), optimizer


def loraplus(**kwargs):
    return lambda model: create_loraplus_optimizer(model, torch.optim.AdamW, lr=RATE, loraplus_lr_ratio=1.0, **kwargs)


adam, _ = left(lambda model: torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY))
plain, optimizer = left(loraplus(weight_decay=DECAY))
named, _ = left(loraplus(loraplus_weight_decay=DECAY))
shown, used = optimizer.defaults["weight_decay"], max(group["weight_decay"] for group in optimizer.param_groups)
print(
    f"adapter left after {STEPS} steps without a gradient: AdamW {adam:.0%}, LoRA+ with weight_decay {plain:.0%} (optimizer.defaults {shown},"
    f" groups {used}), LoRA+ with loraplus_weight_decay {named:.0%}"
)
expected = round((1 - RATE * DECAY) ** STEPS, 3)
raise SystemExit(0 if adam == named == expected and plain == 1.0 and (shown, used) == (DECAY, 0.0) else "CHANGED")
PY
env/bin/python decay.py 2>/dev/null
