"""A pool of Lean engines for one command."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physprover.config import EngineConfig
    from physprover.lean.protocol import Pool


@contextmanager
def open_pool(config: EngineConfig, checks: int | None = None) -> Iterator[Pool]:
    """Open `config.workers` engines, no more than there are `checks`; they end with the block.

    Installs the embedded Lean first where it is needed and missing, visibly.
    """
    from physprover.lean import engine_kind
    from physprover.lean.local import LocalPool

    if engine_kind(config) == "embedded":
        from physprover.app.display import Display
        from physprover.lean.embedded.install import ensure_installed

        ensure_installed(Display())
    workers = config.workers if checks is None else max(1, min(config.workers, checks))
    with LocalPool(config.model_copy(update={"workers": workers})) as pool:
        yield pool
