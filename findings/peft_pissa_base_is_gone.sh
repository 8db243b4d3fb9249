#!/usr/bin/env bash
# PEFT: disable_adapter and unload with PiSSA or OLoRA (peft 0.21.2, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     disable_adapter() "runs inference on the base model" and unload() gives it back, whichever init_lora_weights the
#            adapter has; so either can serve as the reference policy of a KL penalty.
# Behaviour: "pissa" and "olora" move the principal part of each weight into the adapter and leave the rest in the base layer.
#            With the adapter the fresh model is the base model; without it, it is the remainder, another model: the KL of an
#            untrained policy against it is not 0. Nothing warns. The default initialisation is exact in both.
# Seen:      "KL of the fresh model against disable_adapter(), unload(): default 0.000 0.000 / pissa 0.365 0.365
#            / olora 0.501 0.501"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 peft==0.21.2
cat >base.py <<'PY'
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

shape = LlamaConfig(
    vocab_size=32, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2,
    initializer_range=0.2,
)
tokens = torch.arange(16)[None]


def log_probs(model):
    return model(tokens).logits.log_softmax(-1)


def kls(how):
    torch.manual_seed(0)
    base = LlamaForCausalLM(shape).eval()
    with torch.no_grad():
        start = log_probs(base)
        targets = ["q_proj", "v_proj", "up_proj", "down_proj"]
        policy = get_peft_model(base, LoraConfig(r=4, target_modules=targets, init_lora_weights=how)).eval()
        fresh = log_probs(policy)
        with policy.disable_adapter():
            disabled = log_probs(policy)
        unloaded = log_probs(policy.unload())
    found = [(fresh.exp() * (fresh - other)).sum(-1).mean().item() for other in (start, disabled, unloaded)]
    return [abs(kl) for kl in found]


found = {how: kls(how) for how in (True, "pissa", "olora")}
shown = " / ".join(f"{'default' if how is True else how} {d:.3f} {u:.3f}" for how, (_, d, u) in found.items())
print(f"KL of the fresh model against disable_adapter(), unload(): {shown}")
same = all(start < 1e-4 for start, _, _ in found.values()) and max(found[True]) < 1e-4
raise SystemExit(0 if same and min(found["pissa"][1:] + found["olora"][1:]) > 0.05 else "CHANGED")
PY
env/bin/python base.py 2>/dev/null
