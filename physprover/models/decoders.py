"""Incremental decoding of a batch that only shrinks: prefill prompts, repeat them for their samples, step, drop rows.

`CachedDecoder` drives any transformers causal LM through its own cache. `LlamaDecoder` is the same for plain Llama
weights (the tiny prover) with preallocated key/value buffers and none of the per-call overhead, which at this size costs
more than the arithmetic; a test holds it to the transformers model's logits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Decoder(Protocol):
    """Rows of one batch. Logits are (rows, vocabulary), float32, for the next token of each row."""

    def prefill(self, ids: torch.Tensor, mask: torch.Tensor, new_tokens: int) -> torch.Tensor:
        """Read left-padded prompts (rows, length); `mask` is 1 on tokens, 0 on padding; room for `new_tokens` more."""
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


class CachedDecoder:
    """Any causal LM, through the transformers cache."""

    def __init__(self, model: PreTrainedModel) -> None:
        self.model = model

    def prefill(self, ids: torch.Tensor, mask: torch.Tensor, new_tokens: int) -> torch.Tensor:  # noqa: ARG002
        from transformers import DynamicCache

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
    """Plain Llama weights (no biases, default rotary embedding), read in place: weight updates are seen at once."""

    def __init__(self, model: PreTrainedModel) -> None:
        config: Any = model.config
        self.model: Any = model
        self.heads, self.kv_heads = config.num_attention_heads, config.num_key_value_heads
        self.width = config.hidden_size // config.num_attention_heads
        self.eps = config.rms_norm_eps

    @staticmethod
    def fits(model: PreTrainedModel) -> bool:
        config: Any = model.config
        rope = getattr(config, "rope_parameters", None) or {}
        return (
            type(model).__name__ == "LlamaForCausalLM"
            and model.dtype == torch.float32
            and model.device.type == "cpu"
            and not (config.attention_bias or config.mlp_bias)
            and config.hidden_act == "silu"
            and rope.get("rope_type", "default") == "default"
            and getattr(config, "head_dim", None) in (None, config.hidden_size // config.num_attention_heads)
        )

    def prefill(self, ids: torch.Tensor, mask: torch.Tensor, new_tokens: int) -> torch.Tensor:
        rows, length = ids.shape
        self._pack()
        shape = (len(self.layers), 2, rows, self.kv_heads, length + new_tokens, self.width)
        self.cache = torch.zeros(shape)
        self.bias = torch.zeros(rows, 1, 1, length + new_tokens)  # 0 = visible, -inf = padding
        self.bias[:, 0, 0, :length].masked_fill_(mask == 0, float("-inf"))
        self.position, self.filled = mask.sum(1), 0
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        causal = torch.full((length, length), float("-inf")).triu(1)
        # A padding row may look at itself: a softmax over nothing would be NaN.
        bias = (self.bias[..., :length] + causal).masked_fill_(torch.eye(length, dtype=torch.bool), 0.0)
        return self._forward(ids, positions, bias)

    def repeat(self, times: torch.Tensor) -> None:
        self.keep(torch.repeat_interleave(torch.arange(len(times)), times))

    def keep(self, rows: torch.Tensor) -> None:
        cache = self.cache.new_zeros((*self.cache.shape[:2], len(rows), *self.cache.shape[3:]))
        cache[..., : self.filled, :] = self.cache[:, :, rows, :, : self.filled]
        self.cache, self.bias, self.position = cache, self.bias[rows], self.position[rows]

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        logits = self._forward(tokens[:, None], self.position[:, None], self.bias[..., : self.filled + 1])
        self.position = self.position + 1
        return logits

    def _pack(self) -> None:
        """Join what one matrix product can do, once a batch: the weights may have changed since the last."""
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
        cos = (angles.cos() * self.scaling).repeat(1, 1, 2)[:, :, None]
        sin = (angles.sin() * self.scaling).repeat(1, 1, 2)[:, :, None]
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
        return F.linear(F.rms_norm(x[:, -1], size, self.norm, self.eps), self.head)


def _half_turn(x: torch.Tensor) -> torch.Tensor:
    """(a, b) -> (-b, a) on the halves of the last axis, as the Llama rotary embedding pairs them."""
    a, b = x.chunk(2, -1)
    return torch.cat((-b, a), -1)
