#!/usr/bin/env bash
# transformers: generate(generation_config=...) and the model's own settings (transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     a GenerationConfig that is passed replaces the model's, and "unspecified parameters will inherit GenerationConfig's
#            default values", as generate() says: GenerationConfig(do_sample=False) is greedy decoding, whatever model it is
#            given, and eos_token_id=None lets it run to the length.
# Behaviour: what is not set, or set to None, is taken from model.generation_config, which was read from the checkpoint. A "greedy"
#            evaluation of a model that ships repetition_penalty (instruction models do: 1.05, 1.1) is not the argmax of its
#            logits; GenerationConfig(max_new_tokens=...) samples, at the shipped temperature; None for the end token is the
#            shipped end token. No warning. Each value has to be written out, or the model's config replaced.
# Seen:      "do_sample=False is the argmax: True for a model without settings, False with a shipped repetition_penalty of 1.1;
#            repetition_penalty=1.0 written out: True; only max_new_tokens: samples True; eos_token_id=None stops at the end: True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0
cat >merged.py <<'PY'
import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

LENGTH = 24
torch.manual_seed(0)
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=32, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, initializer_range=0.1, bos_token_id=None, eos_token_id=None, pad_token_id=0,
    )
).eval()
prompt = torch.tensor([[3, 4, 5]])


def answer(**settings):
    wanted = GenerationConfig(max_new_tokens=LENGTH, **settings)
    return model.generate(prompt, attention_mask=torch.ones_like(prompt), generation_config=wanted)[0, 3:].tolist()


def argmax():
    ids = prompt
    for _ in range(LENGTH):
        with torch.no_grad():
            ids = torch.cat([ids, model(input_ids=ids).logits[:, -1:].argmax(-1)], dim=1)
    return ids[0, 3:].tolist()


best = argmax()
bare = answer(do_sample=False) == best
model.generation_config = GenerationConfig(repetition_penalty=1.1)
shipped = answer(do_sample=False) == best
written = answer(do_sample=False, repetition_penalty=1.0) == best
model.generation_config = GenerationConfig(do_sample=True, temperature=0.6)
samples = len({tuple(answer()) for _ in range(8)}) > 1
model.generation_config = GenerationConfig(eos_token_id=best[4])
stops = len(answer(do_sample=False, eos_token_id=None)) < LENGTH
print(
    f"do_sample=False is the argmax: {bare} for a model without settings, {shipped} with a shipped repetition_penalty of 1.1; "
    f"repetition_penalty=1.0 written out: {written}; only max_new_tokens: samples {samples}; eos_token_id=None stops at the end: {stops}"
)
raise SystemExit(0 if (bare, shipped, written, samples, stops) == (True, False, True, True, True) else "CHANGED")
PY
env/bin/python merged.py 2>/dev/null
