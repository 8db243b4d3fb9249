"""`physprover serve`: the judge behind the Kimina Lean Server's HTTP API."""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import TYPE_CHECKING

from physprover.errors import ConfigError, LeanSetupError

if TYPE_CHECKING:
    from physprover.config import EngineConfig

TOKEN_VARIABLE = "PHYSPROVER_TOKEN"


def serve(config: EngineConfig, host: str, port: int) -> None:
    """Serve the embedded engine until interrupted.

    Raises `ConfigError` for an address others can reach when there is no token.
    """
    token = os.environ.get(TOKEN_VARIABLE, "")
    if not token and not is_loopback(host):
        raise ConfigError(
            f"{host} can be reached from outside: put a secret of your own into ${TOKEN_VARIABLE}; "
            "clients send it as their API key"
        )
    try:
        import uvicorn

        from physprover.lean.server.api import create_app
        from physprover.lean.server.snippets import SnippetPool
    except ImportError as error:
        raise LeanSetupError(f"{error.name} is missing: pip install 'physprover[serve]'") from None

    pool = SnippetPool(config)
    try:
        version = pool.wait_ready()
        shown = f"[{host}]" if ":" in host else host
        print(
            f"Lean {version}, {config.workers} workers, on http://{shown}:{port}", file=sys.stderr, flush=True
        )
        uvicorn.run(create_app(pool, token=token), host=host, port=port, log_level="warning")
    finally:
        pool.close()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
