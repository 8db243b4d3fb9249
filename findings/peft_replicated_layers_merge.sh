#!/usr/bin/env bash
# PEFT: merging an adapter with layer_replication (peft 0.21.2, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     replicated layers share one base weight and have adapters of their own, so they cannot be merged, and merge_adapter() and
#            merge_and_unload() say so: the code has a check for it, with the message "Cannot merge LORA layers when base model layers
#            are replicated". Or they merge into copies.
# Behaviour: the check asks the dictionary of adapters for one that is called "layer_replication", and so it never raises. The adapters of
#            all copies of a layer are added to the one shared weight, and each copy then computes with the sum: another model, without a
#            message, from safe_merge=True too. An adapter without replication, and a new one, are exact. unmerge_adapter() takes it back.
# Seen:      "error of a log-probability, merged, unmerged, safe merge: replicated 0.266 0.000 0.266; replicated, new adapter 0.000 0.000
#            0.000; not replicated 0.000 0.000 0.000"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 peft==0.21.2
cat >merge.py <<'PY'
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

tokens = torch.arange(12).view(2, 6)
shape = LlamaConfig(
    vocab_size=32, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2
)


@torch.no_grad()
def merged(trained, **settings):
    """The largest errors of a log-probability: merged, unmerged again, merged and unloaded with safe_merge."""
    torch.manual_seed(0)
    base = LlamaForCausalLM(shape)
    model = get_peft_model(base, LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=not trained, **settings)).eval()

    def told(one):
        return one(input_ids=tokens).logits.log_softmax(-1)

    right, errors = told(model), []
    for step in (model.merge_adapter, model.unmerge_adapter):
        step()
        errors.append((told(model) - right).abs().max().item())
    errors.append((told(model.merge_and_unload(safe_merge=True)) - right).abs().max().item())
    return errors


twice = [[0, 2], [1, 2]]
found = {
    "replicated": merged(True, layer_replication=twice),
    "replicated, new adapter": merged(False, layer_replication=twice),
    "not replicated": merged(True),
}
shown = "; ".join(f"{name} {' '.join(f'{error:.3f}' for error in errors)}" for name, errors in found.items())
print(f"error of a log-probability, merged, unmerged, safe merge: {shown}")
replicated = found.pop("replicated")
exact = all(error < 1e-4 for errors in found.values() for error in errors) and replicated[1] < 1e-4
raise SystemExit(0 if exact and replicated[0] > 0.01 and replicated[2] > 0.01 else "CHANGED")
PY
env/bin/python merge.py 2>/dev/null | grep "^error"
