"""What holds of a prompt format that says nothing else: an answer may hold any token, and is of one piece."""

from __future__ import annotations


class PlainPrompt:
    """No tokens of its own, nothing excluded, no parts, nothing but the end token ends an answer."""

    tokens: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()

    def excluded(self, prompt: str) -> tuple[str, ...]:  # noqa: ARG002 - see `PromptFormat`
        return ()

    @property
    def parts(self) -> tuple[str, ...]:
        return ()
