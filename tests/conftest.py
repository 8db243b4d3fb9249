"""Shared by all tests: one warm Lean engine, and no network for anything that would reach for a hub."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physprover.lean.embedded import EmbeddedEngine

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@pytest.fixture(scope="session")
def lean() -> Iterator[EmbeddedEngine]:
    """One real, warm, judging Lean for the whole session; installed at first use."""
    from physprover.config import EngineConfig
    from physprover.errors import LeanSetupError
    from physprover.lean.embedded import EmbeddedEngine

    try:
        engine = EmbeddedEngine(EngineConfig(workers=1))
    except LeanSetupError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO LEAN, nothing below is verified: {error}")
    yield engine
    engine.close()
