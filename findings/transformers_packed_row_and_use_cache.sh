#!/usr/bin/env bash
# transformers: use_cache and two sequences in one row (transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     use_cache says whether keys and values are handed out for later calls. It costs memory and changes no logit, so a packed row
#            (DataCollatorWithFlattening: positions that start again at 0, no mask) has one loss, with SDPA and eager attention too.
# Behaviour: sequences are kept apart only where there is no cache, and use_cache is on by default: the model makes an empty cache for itself,
#            then takes the row for one sequence, whose later proofs see the earlier ones. Their log-probabilities are those of another
#            context. Nothing is raised or logged. Trainer() writes use_cache=False into the model's config when it is made: the same call
#            on the same model is wrong before that line and right after it, so a baseline by hand does not compare with evaluate().
#            use_cache=False in the call is right always.
# Seen:      "error of a log-probability as built, with use_cache=False, as built once a Trainer was made: sdpa 3.450 0.000 0.000,
#            eager 3.450 0.000 0.000"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.24.0 accelerate==1.15.0
cat >packed.py <<'PY'
import torch
from transformers import DataCollatorWithFlattening, LlamaConfig, LlamaForCausalLM, Trainer, TrainingArguments

proofs = [[5, 9, 11, 7, 30], [8, 3, 44, 12]]
packed = DataCollatorWithFlattening()([{"input_ids": proof, "labels": proof} for proof in proofs])
second = torch.tensor([proofs[1]])


@torch.no_grad()
def error(model, **kwargs):
    """How far the second proof's log-probabilities in the packed row are from those that it has alone."""
    row = model(input_ids=packed["input_ids"], position_ids=packed["position_ids"], **kwargs).logits[:, len(proofs[0]) :]
    return (row.log_softmax(-1) - model(input_ids=second).logits.log_softmax(-1)).abs().max().item()


def build(attention):
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2
    )
    shape._attn_implementation = attention
    model = LlamaForCausalLM(shape).eval()
    for weight in model.parameters():
        if weight.dim() > 1:
            weight.data.mul_(8)
    return model


found = []
for attention in ("sdpa", "eager"):
    model = build(attention)
    as_built, without = error(model), error(model, use_cache=False)
    Trainer(model, TrainingArguments("out", report_to=[], use_cpu=True))
    found.append([as_built, without, error(model)])
shown = [" ".join(f"{value:.3f}" for value in values) for values in found]
print(f"error of a log-probability as built, with use_cache=False, as built once a Trainer was made: sdpa {shown[0]}, eager {shown[1]}")
raise SystemExit(0 if all(first > 0.5 and max(rest) < 1e-3 for first, *rest in found) else "CHANGED")
PY
env/bin/python packed.py 2>/dev/null
