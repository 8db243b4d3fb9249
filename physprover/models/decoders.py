"""Incremental decoding of a batch that only shrinks: prefill prompts, repeat them for their samples, step, drop rows.

`CachedDecoder` drives any transformers causal LM through its own cache. `LlamaDecoder` is the same for plain Llama
weights (the tiny prover, SmolLM2) on a CPU, with none of the per-call overhead and with one copy of a prompt's keys and
values for all its answers; a test holds it to the transformers model's logits.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Sequence
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
        # transformers 5.24 renames the argument and warns of the former name
        parameters = inspect.signature(model.forward).parameters
        self._argument = "cache" if "cache" in parameters else "past_key_values"

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
            use_cache=True,
            logits_to_keep=1,
            **{self._argument: self.cache},
        )
        logits: torch.Tensor = out.logits[:, -1].float()
        return logits


# Layer, queries (rows, key heads, queries that share one, width), keys and values of the new tokens (rows, key heads, new,
# width) -> of the shape of the queries
_Attention = Callable[[int, torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


class LlamaDecoder:
    """Plain Llama weights (no biases, default rotary embedding), packed once and again when they have changed.

    Prompts that begin alike (one file's theorems under one header) are read one after the other, each from where it
    departs from the one before. An answer's row holds the keys and values of its own tokens only, which take memory as
    they are used; those of a prompt stay where they were read, and all rows of the prompt look at them in one product.
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
        common = shared(prompts)
        apart = sum(map(len, prompts)) - sum(common)
        if apart < _WORTH_SHARING * max(map(len, prompts)) * len(prompts):
            return self._prefill_in_turn(prompts, common, new_tokens)
        ids, mask = left_padded(prompts)
        rows, length = ids.shape
        cache = self._room_for(rows, length)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        sight = torch.full((length, length), float("-inf")).triu(1) + torch.zeros(rows, 1, length, length)
        sight.masked_fill_((mask == 0)[:, None, None], float("-inf"))
        # A padding row may look at itself: a softmax over nothing would be NaN.
        sight.masked_fill_(torch.eye(length, dtype=torch.bool), 0.0)
        logits = self._forward(ids, positions, self._reading(cache, 0, sight.to(self.dtype)))
        self._open([cache[:, :, i : i + 1, :, length - len(p) :] for i, p in enumerate(prompts)], new_tokens)
        return logits

    def _prefill_in_turn(
        self, prompts: Sequence[Sequence[int]], common: Sequence[int], new_tokens: int
    ) -> torch.Tensor:
        """One row at a time, on the keys and values of the row before as far as the two agree."""
        cache = self._room_for(1, max(map(len, prompts)))
        logits, read = [], []
        for prompt, known in zip(prompts, common, strict=True):
            positions = torch.arange(known, len(prompt))
            sight = torch.zeros(len(prompt) - known, len(prompt), dtype=self.dtype)
            sight.masked_fill_(torch.arange(len(prompt)) > positions[:, None], float("-inf"))
            reading = self._reading(cache, known, sight[None, None])
            logits.append(self._forward(torch.tensor([prompt[known:]]), positions[None], reading))
            read.append(cache[..., : len(prompt), :].clone())
        self._open(read, new_tokens)
        return torch.cat(logits)

    def _room_for(self, rows: int, length: int) -> torch.Tensor:
        """Empty keys and values, (layers, 2, rows, heads, length, width)."""
        shape = (len(self.layers), 2, rows, self.kv_heads, length, self.width)
        return torch.zeros(shape, dtype=self.dtype)

    def _open(self, read: list[torch.Tensor], new_tokens: int) -> None:
        """Rows of one token-less answer to each prompt, of which `read` holds keys and values, each (layers, 2, 1, …)."""
        self.read = read
        self._belong(torch.arange(len(read)))
        self.position = torch.tensor([each.shape[4] for each in read])
        self.cache = self._room_for(len(read), min(new_tokens, _ROOM))
        self.filled, self._limit = 0, new_tokens

    def repeat(self, times: torch.Tensor) -> None:
        self.keep(torch.repeat_interleave(torch.arange(len(times)), times))

    def keep(self, rows: torch.Tensor) -> None:
        cache = self.cache.new_zeros((*self.cache.shape[:2], len(rows), *self.cache.shape[3:]))
        cache[..., : self.filled, :] = self.cache[:, :, rows, :, : self.filled]
        self.cache, self.position = cache, self.position[rows]
        self._belong(self.owner[rows])

    def _belong(self, owner: torch.Tensor) -> None:
        """Take `owner`, of each row the prompt; rows of one prompt stand together in `spans` of (prompt, rows)."""
        self.owner = owner
        prompts, counts = torch.unique_consecutive(owner, return_counts=True)
        self.spans = list(zip(prompts.tolist(), counts.tolist(), strict=True))

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        if self.filled == self.cache.shape[4]:
            self._grow()
        logits = self._forward(tokens[:, None], self.position[:, None], self._answering())
        self.position = self.position + 1
        self.filled += 1
        return logits

    def _grow(self) -> None:
        """Half as much room again, up to what may still come."""
        more = min(self._limit, self.filled + max(_ROOM, self.filled // 2)) - self.filled
        self.cache = F.pad(self.cache, (0, 0, 0, more))

    def _reading(self, cache: torch.Tensor, start: int, sight: torch.Tensor) -> _Attention:
        """Of prompts: write into `cache` from `start` on, look at all up to there as `sight` (rows or 1, 1, new, end) lets."""
        end, group = sight.shape[-1], self.heads // self.kv_heads
        seen = sight.repeat(1, 1, group, 1)

        def attend(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
            keys, values = cache[layer]
            keys[:, :, start:end], values[:, :, start:end] = k, v
            shown = seen.expand(len(q), 1, *seen.shape[2:])
            return F.scaled_dot_product_attention(q, keys[:, :, :end], values[:, :, :end], attn_mask=shown)

        return attend

    def _answering(self) -> _Attention:
        """Of one token a row: over the row's own tokens, and over its prompt in one product for all rows of the prompt.

        Two softmaxes over parts of the visible tokens are the one over all, weighted by their sums.
        """
        at, end, rows = self.filled, self.filled + 1, len(self.owner)
        counts = [count for _, count in self.spans]

        def attend(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
            keys, values = self.cache[layer]
            keys[:, :, at], values[:, :, at] = k[:, :, 0], v[:, :, 0]
            own, own_sum = _attention(q, keys[:, :, :end], values[:, :, :end])
            parts = []
            for (prompt, count), some in zip(self.spans, torch.split(q, counts), strict=True):
                beside = some.transpose(0, 1).reshape(1, self.kv_heads, -1, self.width)
                out, total = _attention(beside, *self.read[prompt][layer])
                parts.append(
                    (out.view(self.kv_heads, count, -1, self.width), total.view(self.kv_heads, count, -1))
                )
            of_prompt = torch.cat([out for out, _ in parts], 1).transpose(0, 1)
            prompt_sum = torch.cat([total for _, total in parts], 1).transpose(0, 1)
            share = torch.sigmoid(prompt_sum - own_sum.view(rows, self.kv_heads, -1))[..., None]
            return own + (share * (of_prompt.float() - own.float())).to(own.dtype)

        return attend

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

    def _forward(self, ids: torch.Tensor, positions: torch.Tensor, attend: _Attention) -> torch.Tensor:
        """(rows, new) ids at `positions` -> logits of the last."""
        rows, new = ids.shape
        angles = positions[:, :, None].float() * self.frequencies
        cos = (angles.cos() * self.scaling).repeat(1, 1, 2)[:, :, None].to(self.dtype)
        sin = (angles.sin() * self.scaling).repeat(1, 1, 2)[:, :, None].to(self.dtype)
        group = self.heads // self.kv_heads
        x = self.embedding[ids]
        size = (x.shape[-1],)
        for layer, (norm1, qkv, out, norm2, gate_up, down) in enumerate(self.layers):
            mixed = F.linear(F.rms_norm(x, size, norm1, self.eps), qkv)
            mixed = mixed.view(rows, new, self.heads + 2 * self.kv_heads, self.width)
            turned = mixed[:, :, : self.heads + self.kv_heads]
            turned = turned * cos + _half_turn(turned) * sin
            k = turned[:, :, self.heads :].transpose(1, 2)
            v = mixed[:, :, self.heads + self.kv_heads :].transpose(1, 2)
            # Query heads that share a key head stand beside each other as extra query positions: nothing is repeated.
            q = (
                turned[:, :, : self.heads]
                .reshape(rows, new, self.kv_heads, group, self.width)
                .permute(0, 2, 3, 1, 4)
            )
            q = q.reshape(rows, self.kv_heads, group * new, self.width)
            mixed = attend(layer, q, k, v)
            mixed = mixed.view(rows, self.heads, new, self.width).transpose(1, 2).reshape(rows, new, -1)
            x = x + F.linear(mixed, out)
            gate, up = F.linear(F.rms_norm(x, size, norm2, self.eps), gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, down)
        return F.linear(F.rms_norm(x[:, -1], size, self.norm, self.eps), self.head).float()


def _attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention without a mask, and of each query the logarithm of the sum of its weights, float32."""
    # The kernel behind scaled_dot_product_attention on CPUs, which keeps this sum to itself.
    found: tuple[torch.Tensor, torch.Tensor] = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        q, k, v
    )
    return found


def _half_turn(x: torch.Tensor) -> torch.Tensor:
    """(a, b) -> (-b, a) on the halves of the last axis, as the Llama rotary embedding pairs them."""
    a, b = x.chunk(2, -1)
    return torch.cat((-b, a), -1)
