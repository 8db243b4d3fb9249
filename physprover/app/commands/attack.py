"""`physprover attack`: cheat on this machine's judge in every known way, and print what refused what."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.common import EngineKind, Project, engine_config
from physprover.errors import DataError
from physprover.lean import open_engines
from physprover.lean.attack import CLASSES, CORPUS, Result, load_attacks, run_attacks

_ROW = "{:<20} {:>7} {:>12} {:>8} {:>8} {:>8} {:>9}"


def attack(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these: K01, or K for its class.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Folder of attacks. Default: the corpus PhysProver carries.")
    ] = None,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Cheat on the judge in every known way.

    Prints what each class of attacks fooled and what refused it. Exit status 0: all refused, each by the check it names.

    \b
    Examples:
      physprover attack
      physprover attack K A06
    """
    chosen = [a for a in load_attacks(corpus or CORPUS) if not only or a.id.startswith(tuple(only))]
    if not chosen:
        raise DataError(f"no attack is called {' or '.join(only or ())}")
    engines, close = open_engines(engine_config(kind, project, 1, 60.0))
    results: list[Result] = []
    try:
        for result in run_attacks(engines[0], chosen):
            results.append(result)
            if result.failure:
                print(f"{result.attack.id}  {result.failure}: {result.attack.title}")
            elif sys.stderr.isatty():
                print(f"\r{len(results)} of {len(chosen)}", end="\r", file=sys.stderr)
        print(matrix(results, engines[0].name))
    finally:
        close()
    raise typer.Exit(int(any(r.failure for r in results)))


def matrix(results: Sequence[Result], engine: str) -> str:
    """Class by tier, 80 columns: whom each class fooled and who refused it."""
    rows = [
        _ROW.format("class", "attacks", "naive check", "screen", "judge", "deadline", "refused"),
        _ROW.format("", "", "fooled by", "refused", "refused", "or crash", "as named"),
    ]
    for letter, name in [*CLASSES.items(), ("", "all")]:
        chosen = [r for r in results if r.attack.id.startswith(letter)]
        if not chosen:
            continue
        by = Counter(_refuser(r) for r in chosen)
        judged = [r for r in chosen if r.naive is not None]
        good = sum(not r.failure for r in chosen)
        rows.append(
            _ROW.format(
                name,
                len(chosen),
                f"{sum(r.naive is True for r in judged)} of {len(judged)}",
                by["screen"],
                by["judge"],
                by["process"],
                f"{good}/{len(chosen)}",
            )
        )
    rows += ["", engine, "The naive check reads messages: no error and no `sorry` counts as a proof."]
    return "\n".join(rows)


def _refuser(result: Result) -> str:
    if result.check in ("deadline", "memory limit", "process end"):
        return "process"
    if result.verdict.outcome.value not in ("rejected", "cheated"):
        return ""
    return "judge" if result.verdict.tier == "judged" else "screen"
