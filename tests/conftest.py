"""One warm Lean engine for all tests that ask Lean."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from physprover.config import EngineConfig
from physprover.errors import LeanSetupError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.embedded.install import ensure_installed

# The same examples everywhere, and no clock: a slow example is no fault on a busy machine.
settings.register_profile("physprover", derandomize=True, deadline=None)
settings.load_profile("physprover")


def pytest_configure() -> None:
    """Undo what a script does to its background jobs, and they to our tests' processes: Ctrl-C ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def lean() -> Iterator[EmbeddedEngine]:
    """The real engine with its judge, started once (about 5 s). Skipped only where Lean cannot be downloaded."""
    try:
        ensure_installed()
    except LeanSetupError as error:
        if "cannot be reached" in str(error):
            pytest.skip(f"NO LEAN, NOT TESTED: {error}")
        raise
    engine = EmbeddedEngine(EngineConfig())
    yield engine
    engine.close()
