"""What `physprover serve` refuses before it starts anything."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
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


SERVER = """
import sys
from physprover.app.commands import serve
from physprover.config import EngineConfig
serve.END_SECONDS = 1
serve.serve_http(EngineConfig(workers=1), "127.0.0.1", int(sys.argv[1]))
"""
LONG = "by\n  set_option maxRecDepth 1000000 in decide"


def test_sigterm_does_not_wait_for_all_that_is_queued() -> None:
    """What is not done in good time is answered 503, and the server is gone before a supervisor kills it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    variables = {key: value for key, value in os.environ.items() if key != TOKEN_VARIABLE}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)], stderr=subprocess.PIPE, text=True, env=variables
    )
    assert process.stderr is not None
    try:
        assert "1 worker" in process.stderr.readline()
        statement = "theorem t{} : ∀ x y z : Fin 70, x + y + z = z + y + x"
        questions = [{"id": str(i), "statement": statement.format(i), "proof": LONG} for i in range(20)]
        with ThreadPoolExecutor() as threads, httpx.Client(timeout=100, trust_env=False) as client:
            transport = httpx.HTTPTransport(retries=100)
            with httpx.Client(transport=transport, trust_env=False) as first:
                assert first.get(f"{url}/health").status_code == 200
            asked = threads.submit(
                client.post, f"{url}/api/judge", json={"checks": questions, "seconds": 100}
            )
            with httpx.Client(trust_env=False) as other:
                while "open_snippets 20" not in other.get(f"{url}/metrics").text:
                    assert not asked.done()
            process.send_signal(signal.SIGTERM)
            answer = asked.result(60)
        assert (answer.status_code, answer.json()) == (503, {"detail": "the judge ends"})
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
