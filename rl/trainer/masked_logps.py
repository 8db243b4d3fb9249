"""Log-probabilities of a padded batch under the sampler's token mask and temperature: for GPUs, LoRA and several processes.

TRL's own path goes from hidden states to log-probs in one kernel that has no place for a mask, and one temperature for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from rl.trainer.logps import chosen_and_entropies

if TYPE_CHECKING:
    from torch import Tensor

    from physprover.models.token_mask import TokenMask


def logps_and_entropies(
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
