"""Sampling from a transformers model with our own decode loop.

Each distinct prompt is read once and its cache repeated for its samples; finished rows leave the batch; attempts are
yielded as they end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from physprover.errors import ModelError
from physprover.models.decoders import cache_bytes, make_decoder, shared
from physprover.models.lora import is_adapter, products
from physprover.models.sampler import SamplingParams, TokenMask, attempt_key, not_finite, pick, uniforms
from physprover.prompts import PromptFormat, get_prompt
from physprover.records import Attempt, SamplerInfo, Theorem

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


_End = Literal["token", "text", "length"]
# Of free memory, for keys and values of one batch; while rows are copied there are two of them
_CACHE_SHARE = 0.3
_SHRINK = 0.8  # copying the cache is worth it when this share of the rows is left


class HFSampler:
    """Implements `physprover.models.sampler.Sampler`."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        prompt: PromptFormat,
        *,
        max_prompt_tokens: int,
        batch_size: int,
        name: str = "",
        version: int = 0,
    ) -> None:
        self._model, self._tokenizer, self._prompt = model.eval(), tokenizer, prompt
        self._decoder = make_decoder(model)
        self._ends = end_tokens(model, tokenizer)
        self._closing: dict[str, np.ndarray] = {}
        self._start: dict[str, torch.Tensor] = {}  # weights that adapters are added to
        self._max_prompt_tokens, self._batch_size = max_prompt_tokens, batch_size
        self._name, self._version = name, version
        self._masks: dict[str, TokenMask] = {}
        self._ids: dict[tuple[str, str, str, str], tuple[int, ...]] = {}

    @property
    def info(self) -> SamplerInfo:
        return SamplerInfo(name="hf", model=self._name, weights_version=self._version)

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return [t.name for t in theorems if self.prompt_tokens(t) > self._max_prompt_tokens]

    def prompt_tokens(self, theorem: Theorem) -> int:
        return len(self._prompt_ids(theorem, self._prompt))

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        """Copy weights by name; tied weights may be left out, anything else missing or of another shape is an error.

        Factors of LoRA adapters are multiplied and added to the weights that the sampler began with.
        """
        if is_adapter(weights):
            weights = self._with_adapter(weights)
        own = self._model.state_dict()
        tied = set(getattr(self._model, "all_tied_weights_keys", ()) or ())
        missing = [n for n in own if n not in weights and n not in tied]
        wrong = [n for n, w in weights.items() if n not in own or own[n].shape != w.shape]
        if missing or wrong:
            raise ModelError(
                f"the new weights do not fit {self._name or 'the model'}: {(missing + wrong)[0]}"
            )
        with torch.no_grad():
            for name, weight in weights.items():
                if weight is not own[name]:
                    own[name].copy_(weight)
        self._version = version

    def _with_adapter(self, weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """All weights, with the products of these factors added to those of the start."""
        own: dict[str, torch.Tensor] = self._model.state_dict()
        added = dict(products(weights))
        if unknown := [name for name in added if name not in own]:
            raise ModelError(f"the new adapters do not fit {self._name or 'the model'}: {unknown[0]}")
        if not self._start:
            self._start = {name: own[name].clone() for name in added}
        changed = {
            name: start.float() + added[name].to(start.device) if name in added else start
            for name, start in self._start.items()
        }
        return own | changed

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        prompt = self._prompt if params.prompt is None else get_prompt(params.prompt, self._tokenizer)

        def ids(theorem: Theorem) -> tuple[int, ...]:
            return self._prompt_ids(theorem, prompt)

        fitting = [t for t in theorems if len(ids(t)) <= self._max_prompt_tokens]
        # Prompts of like length share a batch: less padding. Where many begin alike, those do: each beginning is read once.
        ordered = sorted(fitting, key=ids)
        if sum(shared([ids(t) for t in ordered])) < 0.5 * sum(len(ids(t)) for t in fitting):
            ordered = sorted(fitting, key=lambda t: len(ids(t)))
        rows = [(t, i) for t in ordered for i in range(n)]
        while rows:
            size = self._rows_that_fit(
                [len(ids(t)) for t, _ in rows[: self._batch_size]], params.max_new_tokens
            )
            yield from self._batch(rows[:size], prompt, params)
            rows = rows[size:]

    def _rows_that_fit(self, lengths: Sequence[int], new_tokens: int) -> int:
        """How many of the next rows, at least one, may be decoded together in the memory that is free now."""
        room = _CACHE_SHARE * _free_bytes(self._model.device) / cache_bytes(self._model)
        longest = 0
        for count, length in enumerate(lengths):
            longest = max(longest, length)
            if count and (count + 1) * (longest + new_tokens) > room:
                return count
        return len(lengths)

    def _may_close(self, prompt: PromptFormat, width: int) -> np.ndarray:
        """Of each logit, whether an answer may end with its token by one of the format's stop texts; (width,) bool.

        Many models have more logits than their tokenizer has tokens: those further ones have no text.
        """
        if prompt.name not in self._closing:
            last = {text[-1] for text in prompt.stop}
            texts = self._tokenizer.batch_decode([[i] for i in range(len(self._tokenizer))])
            closing = np.zeros(max(width, len(texts)), dtype=bool)
            closing[: len(texts)] = [bool(last & set(text)) for text in texts]
            self._closing[prompt.name] = closing
        return self._closing[prompt.name]

    def _mask(self, prompt: PromptFormat) -> TokenMask:
        if prompt.name not in self._masks:
            self._masks[prompt.name] = TokenMask(self._tokenizer, prompt)
        return self._masks[prompt.name]

    def _prompt_ids(self, theorem: Theorem, prompt: PromptFormat) -> tuple[int, ...]:
        at = (prompt.name, theorem.name, theorem.statement, theorem.header)
        if at not in self._ids:
            text = prompt.render(theorem)
            self._ids[at] = tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        return self._ids[at]

    @torch.inference_mode()
    def _decode(
        self,
        prompts: list[tuple[int, ...]],
        times: list[int],
        keys: np.ndarray,
        prompt: PromptFormat,
        params: SamplingParams,
    ) -> Iterator[tuple[int, list[int], list[float], _End]]:
        """Yield (row, token ids, log-probs, what ended it) as rows end; row r belongs to the prompt it was repeated from."""
        device, mask = self._model.device, self._mask(prompt)
        decoder = self._decoder
        logits = decoder.prefill(prompts, params.max_new_tokens)
        if not torch.isfinite(logits.amax(-1)).all():  # -inf is how some models exclude tokens
            raise not_finite(self._name)
        repeats = torch.tensor(times, device=device)
        decoder.repeat(repeats)
        logits = logits.repeat_interleave(repeats, 0)
        bias = mask.bias(prompts, logits.shape[-1], device)
        if bias is not None:
            bias = bias.repeat_interleave(repeats, 0)
        in_part = mask.part_bias(logits.shape[-1], device)
        part = torch.zeros(len(keys), dtype=torch.long, device=device)
        ends = [*self._ends, *self._tokenizer.convert_tokens_to_ids(list(params.stop))]
        closing = self._may_close(prompt, logits.shape[-1]) if prompt.stop else None
        alive = np.arange(len(keys))  # row of each decoder row, -1 = ended
        tokens = np.zeros((len(keys), params.max_new_tokens), dtype=np.int64)
        scores = np.zeros((len(keys), params.max_new_tokens), dtype=np.float64)
        for position in range(params.max_new_tokens):
            if bias is not None:
                logits += bias
            if in_part is not None:
                logits += in_part[part]
            u = torch.from_numpy(uniforms(keys[alive], position)).to(device)
            picked, logprob = pick(logits, params.temperature, params.top_p, u)
            if in_part is not None:
                part = torch.maximum(part, mask.begun(picked))
            now = picked.cpu().numpy()
            live = alive >= 0
            tokens[alive[live], position] = now[live]
            scores[alive[live], position] = logprob.cpu().numpy()[live]
            last = position + 1 == params.max_new_tokens
            length = position + 1
            stopped = np.isin(now, ends)
            closed = np.zeros_like(stopped)
            if closing is not None:
                for at in np.flatnonzero(live & closing[now] & ~stopped):
                    text = self._tokenizer.decode(tokens[alive[at], :length], skip_special_tokens=False)
                    closed[at] = any(stop in text for stop in prompt.stop)
            ended = live & (stopped | closed | last)
            for row, by_token, by_text in zip(alive[ended], stopped[ended], closed[ended], strict=True):
                end: _End = "token" if by_token else "text" if by_text else "length"
                yield int(row), tokens[row, :length].tolist(), scores[row, :length].tolist(), end
            alive[ended] = -1
            left = int((alive >= 0).sum())
            if left == 0:
                return
            if left <= _SHRINK * len(alive):
                keep = np.flatnonzero(alive >= 0)
                kept = torch.from_numpy(keep).to(device)
                decoder.keep(kept)
                alive, picked, part = alive[keep], picked[kept], part[kept]
                bias = bias[kept] if bias is not None else None
            logits = decoder.step(picked)

    def _batch(
        self, rows: list[tuple[Theorem, int]], prompt: PromptFormat, params: SamplingParams
    ) -> Iterator[Attempt]:
        theorems: list[Theorem] = []
        times: list[int] = []
        for theorem, _ in rows:  # rows of one theorem are neighbours
            if theorems and theorems[-1] is theorem:
                times[-1] += 1
            else:
                theorems.append(theorem)
                times.append(1)
        keys = np.array([attempt_key(params.seed, t.name, i) for t, i in rows], dtype=np.uint64)
        prompts = [self._prompt_ids(t, prompt) for t in theorems]
        info = self.info
        for row, token_ids, logprobs, end in self._decode(prompts, times, keys, prompt, params):
            theorem = rows[row][0]
            written = token_ids[:-1] if end == "token" else token_ids
            text = self._tokenizer.decode(written, skip_special_tokens=False)
            yield Attempt(
                theorem=theorem.name,
                proof=prompt.extract(text, theorem),
                prompt_format=prompt.name,
                completion=text,
                prompt_ids=self._prompt_ids(theorem, prompt),
                token_ids=tuple(token_ids),
                logprobs=tuple(logprobs),
                sampler=info,
                seed=params.seed,
                truncated=end == "length",
            )


def end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    """Every token that ends an answer: the tokenizer's, and those of the model's generation_config."""
    listed: Any = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    more = listed if isinstance(listed, list | tuple) else [listed]
    return tuple(dict.fromkeys(i for i in (tokenizer.eos_token_id, *more) if i is not None))


def _free_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    import psutil

    return int(psutil.virtual_memory().available)
