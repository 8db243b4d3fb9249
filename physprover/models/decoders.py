"""Incremental decoding of a batch that only shrinks: prefill prompts, repeat them for their samples, step, drop rows.

`CachedDecoder` drives any transformers causal LM through its own cache. `LlamaDecoder` is the same for plain Llama
weights (the tiny prover) with preallocated key/value buffers and none of the per-call overhead, which at this size costs
more than the arithmetic; a test holds it to the transformers model's logits.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_ROOM = 64  # tokens to come for which there is room at once
# Of the padded batch: below, reading what prompts share once is faster than reading all together
_WORTH_SHARING = 0.6


class Decoder(Protocol):
    """Rows of one batch. Logits are (rows, vocabulary), float32, for the next token of each row."""

    def prefill(self, prompts: Sequence[Sequence[int]], new_tokens: int) -> torch.Tensor:
        """Read prompts, token ids of any lengths; at most `new_tokens` more will come for each."""
        ...

    def repeat(self, times: torch.Tensor) -> None:
        """Repeat row i `times[i]` times, in place order."""
        ...

    def keep(self, rows: torch.Tensor) -> None:
        """Go on with these rows only."""
        ...

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        """Append one token a row (rows,)."""
        ...


def make_decoder(model: PreTrainedModel) -> Decoder:
    """The fastest decoder that fits `model`."""
    return LlamaDecoder(model) if LlamaDecoder.fits(model) else CachedDecoder(model)


def cache_bytes(model: PreTrainedModel) -> int:
    """Keys and values of one token of one row."""
    config: Any = model.config
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * width * model.dtype.itemsize)


def left_padded(
    prompts: Sequence[Sequence[int]], device: torch.device | str = "cpu"
) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask (1 on tokens, 0 on padding), both (prompts, longest)."""
    longest = max(map(len, prompts))
    ids = torch.zeros((len(prompts), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt)
        mask[row, longest - len(prompt) :] = 1
    return ids.to(device), mask.to(device)


def shared(prompts: Sequence[Sequence[int]]) -> list[int]:
    """How many tokens each prompt has in common with the one before it, at most all but its last; 0 for the first."""
    found = [0] if prompts else []
    for before, prompt in itertools.pairwise(prompts):
        limit = min(len(before), len(prompt) - 1)
        found.append(next((i for i in range(limit) if before[i] != prompt[i]), limit))
    return found


class CachedDecoder:
    """Any causal LM, through the transformers cache."""

    def __init__(self, model: PreTrainedModel) -> None:
        self.model = model

    def prefill(self, prompts: Sequence[Sequence[int]], new_tokens: int) -> torch.Tensor:  # noqa: ARG002
        from transformers import DynamicCache

        ids, mask = left_padded(prompts, self.model.device)
        self.cache = DynamicCache(config=self.model.config)
        self.mask = mask
        self.position = mask.sum(1)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        return self._forward(ids, positions)

    def repeat(self, times: torch.Tensor) -> None:
        self.keep(torch.repeat_interleave(torch.arange(len(times), device=times.device), times))

    def keep(self, rows: torch.Tensor) -> None:
        self.cache.batch_select_indices(rows)
        self.mask, self.position = self.mask[rows], self.position[rows]

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        self.mask = F.pad(self.mask, (0, 1), value=1)
        logits = self._forward(tokens[:, None], self.position[:, None])
        self.position = self.position + 1
        return logits

    def _forward(self, ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        out = self.model(
            input_ids=ids,
            attention_mask=self.mask,
            position_ids=positions,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: torch.Tensor = out.logits[:, -1].float()
        return logits


class LlamaDecoder:
    """Plain Llama weights (no biases, default rotary embedding), packed once and again when they have changed.

    Prompts that begin alike (one file's theorems under one header) are read one after the other, each from where it
    departs from the one before. Keys and values take memory as they are used.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        config: Any = model.config
        self.model: Any = model
        self.heads, self.kv_heads = config.num_attention_heads, config.num_key_value_heads
        self.width = config.hidden_size // config.num_attention_heads
        self.eps = config.rms_norm_eps
        self.dtype = model.dtype
        self._packed_at: int | None = None

    @staticmethod
    def fits(model: PreTrainedModel) -> bool:
        config: Any = model.config
        rope = getattr(config, "rope_parameters", None) or {}
        return (
            type(model).__name__ == "LlamaForCausalLM"
            and model.dtype in (torch.float32, torch.bfloat16)
            and model.device.type == "cpu"
            and not (config.attention_bias or config.mlp_bias)
            and config.hidden_act == "silu"
            and rope.get("rope_type", "default") == "default"
            and getattr(config, "head_dim", None) in (None, config.hidden_size // config.num_attention_heads)
        )

    def prefill(self, prompts: Sequence[Sequence[int]], new_tokens: int) -> torch.Tensor:
        self._pack()
        self._limit = max(map(len, prompts)) + new_tokens
        common = shared(prompts)
        apart = sum(map(len, prompts)) - sum(common)
        if apart < _WORTH_SHARING * max(map(len, prompts)) * len(prompts):
            return self._prefill_in_turn(prompts, common, new_tokens)
        ids, mask = left_padded(prompts)
        length = ids.shape[1]
        self._open(mask, new_tokens)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        causal = torch.full((length, length), float("-inf")).triu(1)
        # A padding row may look at itself: a softmax over nothing would be NaN.
        bias = (self.bias[..., :length].float() + causal).masked_fill_(
            torch.eye(length, dtype=torch.bool), 0.0
        )
        return self._forward(ids, positions, bias.to(self.dtype))

    def _prefill_in_turn(
        self, prompts: Sequence[Sequence[int]], common: Sequence[int], new_tokens: int
    ) -> torch.Tensor:
        """One row at a time, on the keys and values of the row before as far as the two agree."""
        longest = max(map(len, prompts))
        whole = torch.zeros(
            (len(self.layers), 2, len(prompts), self.kv_heads, longest + min(new_tokens, _ROOM), self.width),
            dtype=self.dtype,
        )
        self.cache = torch.zeros((*whole.shape[:2], 1, self.kv_heads, longest, self.width), dtype=self.dtype)
        logits = []
        for row, (prompt, known) in enumerate(zip(prompts, common, strict=True)):
            self.filled = known
            positions = torch.arange(known, len(prompt))
            sight = torch.zeros(len(prompt) - known, len(prompt), dtype=self.dtype)
            sight.masked_fill_(torch.arange(len(prompt)) > positions[:, None], float("-inf"))
            logits.append(self._forward(torch.tensor([prompt[known:]]), positions[None], sight[None, None]))
            whole[:, :, row, :, longest - len(prompt) : longest] = self.cache[:, :, 0, :, : len(prompt)]
        _, mask = left_padded(prompts)
        self._open(mask, new_tokens, whole)
        self.filled = longest
        return torch.cat(logits)

    def _open(self, mask: torch.Tensor, new_tokens: int, cache: torch.Tensor | None = None) -> None:
        """Room for prompts of `mask` (rows, length) and the first of the tokens to come."""
        rows, length = mask.shape
        room = length + min(new_tokens, _ROOM)
        shape = (len(self.layers), 2, rows, self.kv_heads, room, self.width)
        self.cache = torch.zeros(shape, dtype=self.dtype) if cache is None else cache
        self.bias = torch.zeros(rows, 1, 1, room, dtype=self.dtype)  # 0 = visible, -inf = padding
        self.bias[:, 0, 0, :length].masked_fill_(mask == 0, float("-inf"))
        self.position, self.filled = mask.sum(1), 0

    def repeat(self, times: torch.Tensor) -> None:
        self.keep(torch.repeat_interleave(torch.arange(len(times)), times))

    def keep(self, rows: torch.Tensor) -> None:
        cache = self.cache.new_zeros((*self.cache.shape[:2], len(rows), *self.cache.shape[3:]))
        cache[..., : self.filled, :] = self.cache[:, :, rows, :, : self.filled]
        self.cache, self.bias, self.position = cache, self.bias[rows], self.position[rows]

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        if self.filled == self.cache.shape[4]:
            self._grow()
        logits = self._forward(tokens[:, None], self.position[:, None], self.bias[..., : self.filled + 1])
        self.position = self.position + 1
        return logits

    def _grow(self) -> None:
        """Half as much room again, up to what may still come."""
        more = min(self._limit, self.filled + max(_ROOM, self.filled // 2)) - self.filled
        self.cache = F.pad(self.cache, (0, 0, 0, more))
        self.bias = F.pad(self.bias, (0, more))

    def _pack(self) -> None:
        """Join what one matrix product can do, unless that was done and no weight was written to since."""
        written = sum(parameter._version for parameter in self.model.parameters())
        if written == self._packed_at:
            return
        self._packed_at = written
        base = self.model.model
        rotary = base.rotary_emb
        self.frequencies, self.scaling = rotary.inv_freq.float(), rotary.attention_scaling
        self.embedding, self.head, self.norm = (
            base.embed_tokens.weight,
            self.model.lm_head.weight,
            base.norm.weight,
        )
        self.layers = [
            (
                layer.input_layernorm.weight,
                torch.cat(
                    [
                        layer.self_attn.q_proj.weight,
                        layer.self_attn.k_proj.weight,
                        layer.self_attn.v_proj.weight,
                    ]
                ),
                layer.self_attn.o_proj.weight,
                layer.post_attention_layernorm.weight,
                torch.cat([layer.mlp.gate_proj.weight, layer.mlp.up_proj.weight]),
                layer.mlp.down_proj.weight,
            )
            for layer in base.layers
        ]

    def _forward(self, ids: torch.Tensor, positions: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """(rows, new) ids at `positions` -> logits of the last; `bias` broadcasts to (rows, 1, new, visible)."""
        rows, new = ids.shape
        angles = positions[:, :, None].float() * self.frequencies
        cos = (angles.cos() * self.scaling).repeat(1, 1, 2)[:, :, None].to(self.dtype)
        sin = (angles.sin() * self.scaling).repeat(1, 1, 2)[:, :, None].to(self.dtype)
        start, end = self.filled, self.filled + new
        group = self.heads // self.kv_heads
        x = self.embedding[ids]
        size = (x.shape[-1],)
        for (norm1, qkv, out, norm2, gate_up, down), (keys, values) in zip(
            self.layers, self.cache, strict=True
        ):
            mixed = F.linear(F.rms_norm(x, size, norm1, self.eps), qkv)
            mixed = mixed.view(rows, new, self.heads + 2 * self.kv_heads, self.width)
            turned = mixed[:, :, : self.heads + self.kv_heads]
            turned = turned * cos + _half_turn(turned) * sin
            keys[:, :, start:end] = turned[:, :, self.heads :].transpose(1, 2)
            values[:, :, start:end] = mixed[:, :, self.heads + self.kv_heads :].transpose(1, 2)
            # Query heads that share a key head stand beside each other as extra query positions: nothing is repeated.
            q = (
                turned[:, :, : self.heads]
                .reshape(rows, new, self.kv_heads, group, self.width)
                .permute(0, 2, 3, 1, 4)
            )
            q = q.reshape(rows, self.kv_heads, group * new, self.width)
            seen = bias if new == 1 else bias.repeat(1, 1, group, 1)
            seen = seen.expand(rows, 1, group * new, end)
            mixed = F.scaled_dot_product_attention(q, keys[:, :, :end], values[:, :, :end], attn_mask=seen)
            mixed = mixed.view(rows, self.heads, new, self.width).transpose(1, 2).reshape(rows, new, -1)
            x = x + F.linear(mixed, out)
            gate, up = F.linear(F.rms_norm(x, size, norm2, self.eps), gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, down)
        self.filled = end
        return F.linear(F.rms_norm(x[:, -1], size, self.norm, self.eps), self.head).float()


def _half_turn(x: torch.Tensor) -> torch.Tensor:
    """(a, b) -> (-b, a) on the halves of the last axis, as the Llama rotary embedding pairs them."""
    a, b = x.chunk(2, -1)
    return torch.cat((-b, a), -1)
