"""Formats without tokens of their own: an answer may hold any token, and is of one piece."""

from __future__ import annotations


class PlainPrompt:
    """What such formats have in common."""

    tokens: tuple[str, ...] = ()

    def excluded(self, prompt: str) -> tuple[str, ...]:  # noqa: ARG002 - see `PromptFormat`
        return ()

    @property
    def parts(self) -> tuple[str, ...]:
        return ()
