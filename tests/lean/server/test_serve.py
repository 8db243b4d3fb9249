"""What `physprover serve` refuses before it starts anything."""

from __future__ import annotations

import pytest

from physprover.app.commands.serve import TOKEN_VARIABLE, is_loopback, serve_http
from physprover.config import EngineConfig
from physprover.errors import ConfigError

INSIDE = ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")
OUTSIDE = ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "")


@pytest.mark.parametrize("host", INSIDE + OUTSIDE)
def test_only_loopback_addresses_count_as_inside(host: str) -> None:
    assert is_loopback(host) is (host in INSIDE)


def test_an_outside_address_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with pytest.raises(ConfigError, match="can be reached from outside"):
        serve_http(EngineConfig(), "0.0.0.0", 8000)
