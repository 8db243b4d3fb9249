"""Progress as the stages report it. The terminal display lives in `physprover.app.display`; `Silent` is for tests and actors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Figure = float | int | str


class Stage(Protocol):
    """One running stage."""

    def advance(self, count: int = 1, **figures: Figure) -> None:
        """`count` more units are done; `figures` replace those shown beside the bar (reward=0.31, proofs_per_s=12); "" hides one."""
        ...

    def note(self, text: str) -> None:
        """Print one lasting line."""
        ...

    def failed(self) -> None:
        """Say that the stage ends without what it was for."""
        ...


class Progress(Protocol):
    """Where stages report."""

    def stage(self, name: str, total: int | None = None) -> AbstractContextManager[Stage]:
        """Open a stage of `total` units (None = unknown)."""
        ...


class _SilentStage:
    def advance(self, count: int = 1, **figures: Figure) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def failed(self) -> None:
        pass


class Silent:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Stage]:  # noqa: ARG002
        yield _SilentStage()
