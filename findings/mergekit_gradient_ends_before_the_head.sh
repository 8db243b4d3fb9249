#!/usr/bin/env bash
# mergekit: a list of values, and the tensors behind the last layer (mergekit 0.1.5, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     t: [0, 1] is a gradient from one model to the other through the depth of the network: the embedding and the first layer come from
#            the base, the last layer, the final norm and the output head from the other model.
# Behaviour: the list is laid over the layers of a slice. The final norm and lm_head stand at its beginning, as the embedding does: under
#            [0, 1] the last layer is the other model's and writes into the norm and the head of the base, which were trained for other
#            features. Every method reads its lists so, for weight, density and t alike. Two slices of one model run through the list
#            twice, and a slice of one layer takes its last value. No message. A filter for each of the two gives them their values.
# Seen:      "share of the other model, embedding / layers / norm, head: slerp 0 / 0.00 0.33 0.67 1.00 / 0, 0; linear 0 / 0.00 0.33 0.67
#            1.00 / 0, 0; two slices 0 / 0.00 1.00 0.00 1.00 / 0, 0; filters for both 0 / 0.00 0.33 0.67 1.00 / 1, 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.24.0 mergekit==0.1.5 accelerate==1.15.0 peft==0.21.2 safetensors==0.8.0 \
    numpy==2.4.6 pydantic==2.14.4 immutables==0.21 click==8.5.1
cat >gradient.py <<'PY'
import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForCausalLM

shape = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 4, "num_attention_heads": 2}
for name, value in (("base", 1.0), ("other", 2.0)):
    model = LlamaForCausalLM(LlamaConfig(**shape, tie_word_embeddings=False))
    for weight in model.parameters():
        torch.nn.init.constant_(weight, value)
    model.save_pretrained(name)


def merge(**recipe):
    """The share of the other model in the embedding, in each layer, in the final norm and in the head."""
    configuration = MergeConfiguration.model_validate(yaml.safe_load(yaml.dump({"dtype": "float32", **recipe})))
    run_merge(configuration, "merged", MergeOptions(copy_tokenizer=False, quiet=True))
    share = {name: round(tensor.mean().item() - 1, 2) for name, tensor in load_file("merged/model.safetensors").items()}
    layers = [share[f"model.layers.{i}.mlp.up_proj.weight"] for i in range(4)]
    return share["model.embed_tokens.weight"], layers, share["model.norm.weight"], share["lm_head.weight"]


def layers(first, end):
    return {"sources": [{"model": f"./{name}", "layer_range": [first, end]} for name in ("base", "other")]}


def slerp(t, *slices):
    return merge(merge_method="slerp", base_model="./base", slices=list(slices), parameters={"t": t})


weights = [{"model": f"./{name}", "parameters": {"weight": weight}} for name, weight in (("base", [1, 0]), ("other", [0, 1]))]
ends = [{"filter": "lm_head", "value": 1}, {"filter": "model.norm", "value": 1}, {"value": [0, 1]}]
found = {
    "slerp": slerp([0, 1], layers(0, 4)),
    "linear": merge(merge_method="linear", models=weights),
    "two slices": slerp([0, 1], layers(0, 2), layers(2, 4)),
    "filters for both": slerp(ends, layers(0, 4)),
}
shown = [f"{name} {e:g} / {' '.join(f'{share:.2f}' for share in inner)} / {norm:g}, {head:g}" for name, (e, inner, norm, head) in found.items()]
print(f"share of the other model, embedding / layers / norm, head: {'; '.join(shown)}")
rise, again = [0.0, 0.33, 0.67, 1.0], [0.0, 1.0, 0.0, 1.0]
described = list(found.values()) == [(0, rise, 0, 0), (0, rise, 0, 0), (0, again, 0, 0), (0, rise, 1, 1)]
raise SystemExit(0 if described else "CHANGED")
PY
env/bin/python gradient.py 2>/dev/null
