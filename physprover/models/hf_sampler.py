"""Sampling from a transformers model with our own decode loop.

Each distinct prompt is read once and its cache repeated for its samples; finished rows leave the batch; attempts are
yielded as they end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from physprover.errors import ModelError
from physprover.models import draws
from physprover.models.decoders import make_decoder
from physprover.models.token_mask import TokenMask
from physprover.prompts import get_prompt
from physprover.records import Attempt, SamplerInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from physprover.models.sampler import SamplingParams
    from physprover.prompts import PromptFormat
    from physprover.records import Theorem

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
        self._max_prompt_tokens, self._batch_size = max_prompt_tokens, batch_size
        self._name, self._version = name, version
        self._masks: dict[str, TokenMask] = {}
        self._ids: dict[tuple[str, str, str, str], tuple[int, ...]] = {}

    @property
    def info(self) -> SamplerInfo:
        return SamplerInfo(name="hf", model=self._name, weights_version=self._version)

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return [t.name for t in theorems if len(self._prompt_ids(t, self._prompt)) > self._max_prompt_tokens]

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        """Copy weights by name; tied weights may be left out, anything else missing or of another shape is an error."""
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
                own[name].copy_(weight)
        self._version = version

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        prompt = self._prompt if params.prompt is None else get_prompt(params.prompt)
        lengths = [(len(self._prompt_ids(t, prompt)), t) for t in theorems]
        fitting = [(length, t) for length, t in lengths if length <= self._max_prompt_tokens]
        # Prompts of like length share a batch: less padding.
        rows = [(t, i) for _, t in sorted(fitting, key=lambda pair: pair[0]) for i in range(n)]
        for start in range(0, len(rows), self._batch_size):
            yield from self._batch(rows[start : start + self._batch_size], prompt, params)

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
        mask: TokenMask,
        params: SamplingParams,
    ) -> Iterator[tuple[int, list[int], list[float], bool]]:
        """Yield (row, token ids, log-probs, truncated) as rows end; row r belongs to the prompt it was repeated from."""
        device = self._model.device
        ids, attention = _left_pad(prompts, self._tokenizer.pad_token_id or 0)
        decoder = make_decoder(self._model)
        logits = decoder.prefill(ids.to(device), attention.to(device), params.max_new_tokens)
        repeats = torch.tensor(times, device=device)
        decoder.repeat(repeats)
        logits = logits.repeat_interleave(repeats, 0)
        bias = mask.bias(prompts, logits.shape[-1], device)
        if bias is not None:
            bias = bias.repeat_interleave(repeats, 0)
        in_part = mask.part_bias(logits.shape[-1], device)
        part = torch.zeros(len(keys), dtype=torch.long, device=device)
        ends = [self._tokenizer.eos_token_id, *self._tokenizer.convert_tokens_to_ids(list(params.stop))]
        alive = np.arange(len(keys))  # row of each decoder row, -1 = ended
        tokens = np.zeros((len(keys), params.max_new_tokens), dtype=np.int64)
        scores = np.zeros((len(keys), params.max_new_tokens), dtype=np.float64)
        for position in range(params.max_new_tokens):
            if bias is not None:
                logits += bias
            if in_part is not None:
                logits += in_part[part]
            u = torch.from_numpy(draws.uniforms(keys[alive], position)).to(device)
            picked, logprob = draws.pick(logits, params.temperature, params.top_p, u)
            if in_part is not None:
                part = torch.maximum(part, mask.begun(picked))
            now = picked.cpu().numpy()
            live = alive >= 0
            tokens[alive[live], position] = now[live]
            scores[alive[live], position] = logprob.cpu().numpy()[live]
            last = position + 1 == params.max_new_tokens
            stopped = np.isin(now, ends)
            ended = live & (stopped | last)
            for row, complete in zip(alive[ended], stopped[ended], strict=True):
                length = position + 1
                yield (
                    int(row),
                    tokens[row, :length].tolist(),
                    scores[row, :length].tolist(),
                    not complete,
                )
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
        keys = np.array([draws.key(params.seed, t.name, i) for t, i in rows], dtype=np.uint64)
        prompts = [self._prompt_ids(t, prompt) for t in theorems]
        info, mask = self.info, self._mask(prompt)
        for row, token_ids, logprobs, truncated in self._decode(prompts, times, keys, mask, params):
            theorem = rows[row][0]
            text = self._tokenizer.decode(
                token_ids if truncated else token_ids[:-1], skip_special_tokens=False
            )
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
                truncated=truncated,
            )


def _left_pad(prompts: list[tuple[int, ...]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask, both (prompts, longest)."""
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), pad)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt)
        mask[row, longest - len(prompt) :] = 1
    return ids, mask
