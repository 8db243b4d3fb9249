"""The engines of a project for a pool: REPLs in sandboxes, one judge for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.lean.project.engine import ProjectEngine
from physprover.lean.project.judge import Judge
from physprover.lean.project.place import find_place
from physprover.lean.project.repl import Repl
from physprover.lean.project.sandbox import Room, require, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from physprover.config import EngineConfig
    from physprover.lean.protocol import Engine


def open_project(config: EngineConfig) -> tuple[list[Engine], Callable[[], None]]:
    """`config.workers` engines, and a function that ends them. Raises `LeanSetupError` where something is missing."""
    place = find_place(config.project_dir)
    bwrap = require(config.unsafe)
    judge = Judge(place, bwrap, config.memory_gb) if config.judge else None
    room = Room(readable=place.readable, cwd=place.project)
    environment = place.environment()
    command = wrapped(bwrap, [str(place.repl)], room, environment)

    def start() -> Repl:
        return Repl(command, config.memory_gb, place.project, environment)

    engines: list[Engine] = [ProjectEngine(start, place.version, judge) for _ in range(config.workers)]

    def close() -> None:
        for engine in engines:
            engine.close()
        if judge is not None:
            judge.close()

    return engines, close
