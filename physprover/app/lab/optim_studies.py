"""Runnable evidence: ``physprover study configs/studies/nonsmooth.toml``.

A study is a TOML file with ``kind`` and the fields of the settings class of that kind; it prints a Markdown table and,
with ``--out``, writes one JSON record a line. Whatever comes out is printed, also where StoSignSGD loses.
"""

from __future__ import annotations

import dataclasses
import json
import tomllib
from typing import TYPE_CHECKING, Any

from rl.optim.errors import OptimizerError

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path) -> Any:
    """The settings object that a study file describes.

    Raises:
        OptimizerError: unreadable file, unknown kind, unknown or missing key.
    """
    from physprover.app.lab.study_language import LanguageStudy
    from physprover.app.lab.study_nonsmooth import NonSmoothStudy

    kinds: dict[str, Any] = {"nonsmooth": NonSmoothStudy, "language": LanguageStudy}
    try:
        table = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise OptimizerError(f"cannot read the study {path}: {error}") from None
    kind = table.pop("kind", None)
    if kind not in kinds:
        raise OptimizerError(f"{path}: kind must be one of {', '.join(kinds)}, not {kind!r}")
    known = {f.name for f in dataclasses.fields(kinds[kind])}
    if unknown := table.keys() - known:
        raise OptimizerError(
            f"{path}: unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(known))}"
        )
    return kinds[kind](**{key: tuple(v) if isinstance(v, list) else v for key, v in table.items()})


def table(records: list[Any]) -> str:
    """Records of one kind as a Markdown table."""
    rows = [dataclasses.asdict(r) for r in records]
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [f"{v:.4g}" if isinstance(v, float) else "-" if v is None else str(v) for v in row.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(records: list[Any], path: Path) -> None:
    """Records of one kind, one JSON object a line."""
    path.write_text("".join(json.dumps(dataclasses.asdict(r)) + "\n" for r in records))
