#!/usr/bin/env bash
# transformers: a GGUF file of a model with scaled rotary positions (transformers 5.24.0, gguf 0.19.0, torch 2.13.0, CPU)
#
# Guess:     from_pretrained(..., gguf_file=...) reads the whole model: weights that are stored in float32 give the logits of the
#            model that was written, and what cannot be read is an error or a warning.
# Behaviour: of a llama file's keys for positions only rope.freq_base is read. rope.scaling.type and rope.scaling.factor (linear,
#            YaRN) and the tensor rope_freqs.weight, which is where llama.cpp's converter puts the scaling of Llama 3.1, are
#            passed over. The model is loaded with plain positions and the longer context_length: every weight right, nothing
#            logged, logits wrong. config= with the original model's configuration mends it.
# Seen:      "largest error of a log-probability: no scaling 0.0, linear 15.4, yarn 16.7, llama3 16.4; rope_type read back: default;
#            with config= of the original 0.0"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf" HF_HUB_OFFLINE=1
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 accelerate==1.15.0 gguf==0.19.0
cat >positions.py <<'PY'
import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

HEADS, WIDTH, LENGTH, BASE = 2, 32, 300, 10000.0
ids = torch.randint(0, 32, (1, LENGTH), generator=torch.Generator().manual_seed(1))
SCALINGS = {
    "no scaling": {"rope_type": "default"},
    "linear": {"rope_type": "linear", "factor": 4.0},
    "yarn": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128},
    "llama3": {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 128,
    },
}


def build(scaling):
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=32, hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=1, num_attention_heads=HEADS,
        num_key_value_heads=HEADS, max_position_embeddings=512, rope_parameters={**scaling, "rope_theta": BASE},
        initializer_range=0.5, tie_word_embeddings=False,
    )
    return LlamaForCausalLM(shape).eval()


def write(model, path, scaling):
    """The model as llama.cpp's converter lays it out: interleaved rotary pairs, float32."""
    shape, writer = model.config, gguf.GGUFWriter(path, "llama")
    writer.add_context_length(shape.max_position_embeddings)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(shape.intermediate_size)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(shape.rms_norm_eps)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(BASE)
    writer.add_vocab_size(shape.vocab_size)
    if scaling["rope_type"] in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(scaling["rope_type"]))
        writer.add_rope_scaling_factor(scaling["factor"])
    if scaling["rope_type"] == "yarn":
        writer.add_rope_scaling_orig_ctx_len(scaling["original_max_position_embeddings"])
    if scaling["rope_type"] == "llama3":
        plain = build(SCALINGS["no scaling"]).model.rotary_emb.inv_freq
        writer.add_tensor("rope_freqs.weight", (plain / model.model.rotary_emb.inv_freq).numpy())
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"t{i}" for i in range(shape.vocab_size)])
    writer.add_token_types([1] * shape.vocab_size)
    writer.add_token_merges([])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 1)
    for name, tensor in model.state_dict().items():
        array = tensor.numpy()
        if "q_proj" in name or "k_proj" in name:
            array = array.reshape(HEADS, 2, WIDTH // HEADS // 2, WIDTH).swapaxes(1, 2).reshape(WIDTH, WIDTH)
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def error(one, two):
    with torch.no_grad():
        a, b = (model(input_ids=ids).logits.log_softmax(-1) for model in (one, two))
    return (a - b).abs().max().item()


errors, mended, types = {}, {}, set()
for name, scaling in SCALINGS.items():
    written = build(scaling)
    write(written, "model.gguf", scaling)
    read = LlamaForCausalLM.from_pretrained(".", gguf_file="model.gguf", dtype=torch.float32).eval()
    same = all(torch.equal(value, read.state_dict()[key]) for key, value in written.state_dict().items())
    errors[name] = error(written, read) if same else float("nan")
    told = LlamaForCausalLM.from_pretrained(".", gguf_file="model.gguf", config=written.config, dtype=torch.float32).eval()
    mended[name] = error(written, told)
    types.add(read.config.rope_parameters["rope_type"])
shown = ", ".join(f"{name} {error:.1f}" for name, error in errors.items())
print(
    f"largest error of a log-probability: {shown}; rope_type read back: {' '.join(sorted(types))}; "
    f"with config= of the original {max(mended.values()):.1f}"
)
plain, *scaled = errors.values()
right = plain < 1e-4 and max(mended.values()) < 1e-4
raise SystemExit(0 if right and min(scaled) > 0.5 and types == {"default"} else "CHANGED")
PY
env/bin/python positions.py 2>/dev/null | grep '^largest' || { echo CHANGED; exit 1; }
