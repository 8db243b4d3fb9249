#!/usr/bin/env bash
# PEFT: add_weighted_adapter with combination_type="linear" (peft 0.21.2, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     the linear combination of two LoRA adapters of one rank changes the weight by the combination of their changes:
#            half of A and half of B is the mean of what A and B do.
# Behaviour: the factors are combined, not their products: each weight enters as its square root in both, so the product holds
#            A's up-projection times B's down-projection and the reverse, at full size. For two unrelated adapters the change
#            is off by as much as the wanted change itself. "cat" gives the exact combination, at the sum of the ranks; "svd"
#            approximates it. With one adapter "linear" is exact, so scaling an adapter does not show it.
# Seen:      "error of the change, relative: linear 0.97, linear of one 0.00, cat 0.00"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 peft==0.21.2
cat >combine.py <<'PY'
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(0)
shape = LlamaConfig(
    vocab_size=32, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2
)
adapter = LoraConfig(r=4, target_modules=["q_proj"], init_lora_weights=False)
model = get_peft_model(LlamaForCausalLM(shape), adapter, adapter_name="one")
model.add_adapter("two", adapter)
layer = model.base_model.model.model.layers[0].self_attn.q_proj
a, b = layer.get_delta_weight("one"), layer.get_delta_weight("two")


def error(names, weights, kind, wanted):
    name = f"{kind} of {len(names)}"
    model.add_weighted_adapter(names, weights, name, combination_type=kind)
    return ((layer.get_delta_weight(name) - wanted).norm() / wanted.norm()).item()


linear = error(["one", "two"], [0.5, 0.5], "linear", (a + b) / 2)
single = error(["one"], [0.5], "linear", a / 2)
cat = error(["one", "two"], [0.5, 0.5], "cat", (a + b) / 2)
print(f"error of the change, relative: linear {linear:.2f}, linear of one {single:.2f}, cat {cat:.2f}")
raise SystemExit(0 if linear > 0.5 and single < 1e-5 and cat < 1e-5 else "CHANGED")
PY
env/bin/python combine.py 2>/dev/null
