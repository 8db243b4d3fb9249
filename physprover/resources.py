"""Find the files that travel with the code (configs/, lean/) from a checkout and from an installed wheel."""

from __future__ import annotations

import importlib.util
import sysconfig
from pathlib import Path

from physprover.errors import DataError

_CHECKOUT = Path(__file__).parent.parent
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "physprover"  # where a wheel's data files go


def resolve(path: str | Path) -> Path:
    """A path as the user wrote it; if nothing is there, the copy of that name that came with PhysProver.

    `physlean` and `physlean@COMMIT` are what `physprover lean install --project …` made of that name.

    Raises `DataError` when there is neither.
    """
    known = str(path) == "physlean" or str(path).startswith(("physlean@", "physlib@"))
    given = _physlean(str(path)) if known else Path(path).expanduser()
    if given.exists():
        return given
    if not given.is_absolute():
        for root in (_CHECKOUT, _INSTALLED):
            if (root / given).exists():
                return root / given
    fix = f"; `physprover lean install --project {path}` makes it" if known else ""
    raise DataError(f"{path}: no such file or folder{fix}")


def _physlean(name: str) -> Path:
    from physprover.lean.project.place import project_folder

    return project_folder(name)


def foreign_stages() -> list[str]:
    """Which of the stages' packages (`data_gen`, `rl`, `eval`) are not those that came with this `physprover`, and where they are.

    The names are common. Where another package of that name comes first on the path, our code would import it silently.
    """
    found = []
    for name in ("data_gen", "rl", "eval"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).parents[1] != _CHECKOUT:
            found.append(f"`{name}` ({spec.origin if spec is not None else 'not found'})")
    return found
