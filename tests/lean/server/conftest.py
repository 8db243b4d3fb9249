"""The real server on a free loopback port, with one real Lean worker and its judge."""

from __future__ import annotations

import socket
import sys
import threading
import time
import typing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest import mock

import pytest
import typing_extensions
import uvicorn

from physprover.config import EngineConfig
from physprover.errors import LeanSetupError
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.server.api import Limits, create_app
from physprover.lean.server.snippets import SnippetPool

if sys.version_info < (3, 12):
    # The client's models use typing.TypedDict, which pydantic refuses before Python 3.12; it is otherwise untouched.
    with mock.patch.object(typing, "TypedDict", typing_extensions.TypedDict):
        import kimina_client  # noqa: F401


@pytest.fixture(scope="session")
def pool() -> Iterator[SnippetPool]:
    try:
        ensure_installed()
    except LeanSetupError as error:
        if "cannot be reached" in str(error):
            pytest.skip(f"NO LEAN, NOT TESTED: {error}")
        raise
    snippets = SnippetPool(EngineConfig(workers=1))
    snippets.wait_ready()
    yield snippets
    snippets.close()


@contextmanager
def running(pool: SnippetPool, limits: Limits | None = None, token: str = "") -> Iterator[str]:
    """Base address of a server that ends with the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(pool, limits, token), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="session")
def url(pool: SnippetPool) -> Iterator[str]:
    with running(pool) as address:
        yield address


@pytest.fixture
def serve(pool: SnippetPool) -> Callable[..., AbstractContextManager[str]]:
    """Start another server on the same workers, with other limits or a token."""
    return lambda limits=None, token="": running(pool, limits, token)
