"""`physprover serve`: the judge over HTTP, for physprover/client/ and for clients of the Kimina Lean Server."""

from __future__ import annotations

import ipaddress
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from physprover.app.commands.common import Workers, engine_config
from physprover.config import EngineConfig
from physprover.errors import ConfigError, LeanSetupError, some
from physprover.runs import terminable

if TYPE_CHECKING:
    import uvicorn


TOKEN_VARIABLE = "PHYSPROVER_TOKEN"
# After SIGTERM or Ctrl-C, for what is under way; the rest is answered 503, which clients ask again. Less than the 30 s after which
# Kubernetes kills.
END_SECONDS = 20


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; outside ones need a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Workers = 2,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Judge equal proofs each time; else a verdict is remembered.")
    ] = False,
    until_eof: Annotated[
        bool, typer.Option("--until-eof", help="End when standard input does, as physprover.client asks.")
    ] = False,
) -> None:
    """Serve the embedded engine as a judge over HTTP.

    Answers `physprover.client` and all plug-ins of integrations/, and speaks the API of the Kimina Lean Server, so that
    its clients work unchanged; /metrics is for Prometheus.
    A token in $PHYSPROVER_TOKEN is asked of clients as their API key.

    \b
    Examples:
      physprover serve
      PHYSPROVER_TOKEN=$(cat token) physprover serve --host 0.0.0.0 --workers 16
    """
    serve_http(engine_config("embedded", None, workers, 60.0), host, port, until_eof, fresh)


def serve_http(
    config: EngineConfig, host: str, port: int, until_eof: bool = False, fresh: bool = False
) -> None:
    """Serve the embedded engine until interrupted or terminated; with `until_eof` also until standard input ends.

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

        from physprover.lean.server.api import Limits, create_app
        from physprover.lean.server.snippets import SnippetPool
    except ImportError as error:
        raise LeanSetupError(f"{error.name} is missing: pip install 'physprover[serve]'") from None

    pool = SnippetPool(config)
    try:
        engine = pool.wait_ready()
        shown = f"[{host}]" if ":" in host else host
        print(
            f"{engine}, {some(config.workers, 'worker')}, on http://{shown}:{port}",
            file=sys.stderr,
            flush=True,
        )
        app = create_app(pool, Limits(fresh=fresh), token)
        # The pool is closed below. A lifespan that `force_exit` or a second Ctrl-C cancels would print a traceback.
        settings = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            lifespan="off",
            timeout_graceful_shutdown=END_SECONDS,
        )
        server = uvicorn.Server(settings)
        if until_eof:
            threading.Thread(target=_stop_at_eof, args=(server,), daemon=True).start()
        # uvicorn raises the signal again, and SIGTERM would end the process with answers unsent; to end is what was asked for
        with terminable(), suppress(KeyboardInterrupt):
            server.run()
    finally:
        pool.close()


def _stop_at_eof(server: uvicorn.Server) -> None:
    """However the process at the other end went, its pipe has closed."""
    while os.read(0, 4096):
        pass
    server.force_exit = server.should_exit = True


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
