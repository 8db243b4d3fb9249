"""What tests of several language-model verbs share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.data_gen.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def endpoint() -> Iterator[Callable[..., Endpoint]]:
    """Starts endpoints that answer as scripted; they end with the test."""
    started: list[Endpoint] = []

    def start(*script: int | str | None) -> Endpoint:
        started.append(Endpoint(*script))
        return started[-1]

    yield start
    for server in started:
        server.close()
