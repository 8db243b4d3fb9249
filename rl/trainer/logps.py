"""From logits to what the GRPO step reads of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

if TYPE_CHECKING:
    from physprover.models.sampler import TokenMask


PIECE = 2**25  # logits held at once; with a vocabulary of 50,000 those of about 700 tokens


def chosen_and_entropies(logits: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probability of each token of `ids` [...] under `logits` [..., vocabulary], and entropy (nats) of each row, both [...]."""
    all_logps = torch.log_softmax(logits, dim=-1)
    chosen = all_logps.gather(-1, ids[..., None])[..., 0]
    with torch.no_grad():  # the entropy is only reported
        entropies = -(all_logps.exp() * all_logps).sum(dim=-1)
    return chosen, entropies


def in_pieces(
    logits: Callable[..., Tensor], hidden: Tensor, ids: Tensor, vocabulary: int, *others: Tensor
) -> tuple[Tensor, Tensor]:
    """`chosen_and_entropies` of `logits(hidden, *others)`, at most `PIECE` logits at a time, both [tokens].

    `hidden` [tokens, width], `ids` and each of `others` [tokens]. The logits of all tokens are the largest tensor of a
    step by far: the pieces are computed again in the backward pass instead of being kept.
    """

    def piece(hidden: Tensor, ids: Tensor, *others: Tensor) -> tuple[Tensor, Tensor]:
        return chosen_and_entropies(logits(hidden, *others), ids)

    size = max(1, PIECE // vocabulary)
    if len(ids) <= size:
        return piece(hidden, ids, *others)
    cuts = tuple(range(size, len(ids), size))
    pieces = zip(*(torch.tensor_split(tensor, cuts) for tensor in (hidden, ids, *others)), strict=True)
    parts = [checkpoint(piece, *arguments, use_reentrant=False) for arguments in pieces]
    chosen, entropies = zip(*parts, strict=True)
    return torch.cat(chosen), torch.cat(entropies)


# -- Log-probabilities of a padded batch under the sampler's token mask and temperature: for GPUs, LoRA and several processes. --
#
# TRL's own path goes from hidden states to log-probs in one kernel that has no place for a mask, and one temperature for good.


def padded_logps_and_entropies(
    model: Any,
    input_ids: Tensor,
    attention_mask: Tensor,
    keep: int,
    temperature: float,
    token_mask: TokenMask,
) -> tuple[Tensor, Tensor]:
    """Log-probability and entropy (nats) of each of the last `keep` tokens, both [batch, keep]; on padding they mean nothing.

    `input_ids` [batch, length] holds left-padded prompts followed by `keep` columns of right-padded completions;
    `attention_mask` marks the tokens that count.
    """
    out = model(
        input_ids=input_ids, attention_mask=attention_mask, logits_to_keep=keep + 1, use_cache=False
    ).logits
    logits = out[:, :-1].float() / temperature
    prompts = [
        tuple(ids[mask.bool()].tolist())
        for ids, mask in zip(input_ids[:, :-keep], attention_mask[:, :-keep], strict=True)
    ]
    row = torch.arange(len(prompts), device=logits.device)[:, None]
    logits = token_mask.masked(logits, prompts, row, token_mask.parts(input_ids[:, -keep:]))
    return chosen_and_entropies(logits, input_ids[:, -keep:])


# -- Log-probabilities of many completions of few prompts, each prompt computed once. --
#
# A GRPO batch repeats every prompt `group_size` times; with short proofs most of the padded batch is copies of prompts.
# Here each distinct prompt becomes one row `prompt, completion 1, completion 2, ...` in which a completion sees the prompt
# and itself only (a 4-D attention mask) and counts its positions from the prompt's end. The numbers are those of the
# padded batch (tests/rl/trainer/test_shared_prefix.py), at about a third of the tokens in the quickstart.
#
# With LoRA the adapters take part, or not while they are disabled (the KL reference).
#
# Only for models whose layers all attend to everything before them, run in one process with an attention
# implementation that takes a dense mask.


@dataclass(frozen=True, slots=True)
class _Row:
    prompt: Tensor  # token ids of the shared prompt
    members: list[int]  # rows of the padded batch that share it


def shares_prefixes(model: Any) -> bool:
    """Whether the model's attention can be restricted by a dense mask without changing what it computes."""
    config = model.config
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    return (
        config._attn_implementation in ("sdpa", "eager")
        and kinds == {"full_attention"}
        and not getattr(config, "sliding_window", None)
        and not getattr(config, "output_router_logits", False)
    )


def shared_prefix_logps_and_entropies(
    model: Any,
    input_ids: Tensor,
    attention_mask: Tensor,
    keep: int,
    temperature: float,
    token_mask: TokenMask | None = None,
) -> tuple[Tensor, Tensor]:
    """Log-probability and entropy (nats) of each of the last `keep` tokens, both of shape [batch, keep].

    `input_ids` [batch, length] holds left-padded prompts followed by `keep` columns of right-padded completions;
    `attention_mask` marks the tokens that count. Padding positions are 0 in both results. `token_mask` is the sampler's.
    """
    rows = _rows(input_ids, attention_mask, keep)
    lengths = attention_mask[:, -keep:].sum(dim=1).tolist()
    packed, positions, mask, places = _pack(rows, input_ids[:, -keep:], lengths)
    sight = torch.zeros(mask.shape, dtype=model.dtype, device=mask.device)
    sight.masked_fill_(~mask, torch.finfo(model.dtype).min)
    plain = model.get_base_model() if hasattr(model, "peft_config") else model  # its layers hold the adapters
    hidden = plain.base_model(
        input_ids=packed, position_ids=positions, attention_mask=sight[:, None], use_cache=False
    ).last_hidden_state
    batch, column, row, before = places
    head = plain.get_output_embeddings()
    prompts = [tuple(packed_row.prompt.tolist()) for packed_row in rows]
    part = token_mask.parts(input_ids[:, -keep:])[batch, column] if token_mask is not None else row

    def logits(states: Tensor, row: Tensor, part: Tensor) -> Tensor:
        found = head(states).float() / temperature
        return found if token_mask is None else token_mask.masked(found, prompts, row, part)

    answers = input_ids[:, -keep:][batch, column]
    chosen, entropy = in_pieces(logits, hidden[row, before], answers, head.weight.shape[0], row, part)
    shape = (input_ids.size(0), keep)
    logps = torch.zeros(shape, dtype=chosen.dtype, device=chosen.device).index_put((batch, column), chosen)
    entropies = torch.zeros(shape, dtype=entropy.dtype, device=entropy.device).index_put(
        (batch, column), entropy
    )
    return logps, entropies


def _rows(input_ids: Tensor, attention_mask: Tensor, keep: int) -> list[_Row]:
    """Members of the batch by prompt, in order of first appearance."""
    rows: dict[tuple[int, ...], _Row] = {}
    prompts, masks = input_ids[:, :-keep], attention_mask[:, :-keep].bool()
    for index in range(input_ids.size(0)):
        prompt = prompts[index][masks[index]]
        rows.setdefault(tuple(prompt.tolist()), _Row(prompt, [])).members.append(index)
    return list(rows.values())


def _pack(
    rows: Sequence[_Row], completions: Tensor, lengths: Sequence[int]
) -> tuple[Tensor, Tensor, Tensor, tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Packed ids and positions [rows, width], mask [rows, width, width] (True = may attend), and where answers lie.

    The last item names, for every completion token, its (batch row, column) in the padded batch and the (packed row,
    position) of the token before it, whose hidden state predicts it.
    """
    device = completions.device
    width = max(len(row.prompt) + sum(lengths[m] for m in row.members) for row in rows)
    packed = torch.zeros(len(rows), width, dtype=torch.long, device=device)
    positions = torch.zeros_like(packed)
    # Every position may attend to itself, padding too: a softmax over nothing would be NaN.
    mask = torch.eye(width, dtype=torch.bool, device=device).repeat(len(rows), 1, 1)
    places: list[list[Tensor]] = [[], [], [], []]
    for r, row in enumerate(rows):
        end = len(row.prompt)
        packed[r, :end] = row.prompt
        positions[r, :end] = torch.arange(end, device=device)
        mask[r, :end, :end] = _causal(end, device)
        start = end
        for member in row.members:
            size = lengths[member]
            stop = start + size
            packed[r, start:stop] = completions[member, :size]
            positions[r, start:stop] = torch.arange(end, end + size, device=device)
            mask[r, start:stop, :end] = True
            mask[r, start:stop, start:stop] = _causal(size, device)
            before = torch.arange(start - 1, stop - 1, device=device)
            before[:1] = end - 1
            for found, value in zip(
                places,
                (
                    torch.full_like(before, member),
                    torch.arange(size, device=device),
                    torch.full_like(before, r),
                    before,
                ),
                strict=True,
            ):
                found.append(value)
            start = stop
    batch, column, row_index, previous = (torch.cat(found) for found in places)
    return packed, positions, mask, (batch, column, row_index, previous)


def _causal(size: int, device: torch.device) -> Tensor:
    return torch.ones(size, size, dtype=torch.bool, device=device).tril()
