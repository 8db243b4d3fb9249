"""Find the files that travel with the code (configs/, lean/PhysCore) from a checkout and from an installed wheel."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from physprover.errors import DataError

_CHECKOUT = Path(__file__).parent.parent
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "physprover"  # where a wheel's data files go


def resolve(path: str | Path) -> Path:
    """A path as the user wrote it; if nothing is there, the copy of that name that came with PhysProver.

    Raises `DataError` when there is neither.
    """
    given = Path(path).expanduser()
    if given.exists():
        return given
    if not given.is_absolute():
        for root in (_CHECKOUT, _INSTALLED):
            if (root / given).exists():
                return root / given
    raise DataError(f"{path}: no such file or folder")


def configs() -> list[Path]:
    """The configurations that came with PhysProver."""
    return sorted(resolve("configs").glob("*.toml"))
