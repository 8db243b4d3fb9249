"""In which order a search should try its closing scripts, settled on theorems that no figure is measured on:

python -m physprover.app.lab.script_order DATASET [--split validation] [--seconds 8] [--workers 2]

Greedy cover: the next script is the one that closes most of what the scripts before it leave open; ties go to the one
that closes most alone, then to the one that cost Lean less. `eval/search/moves/case.py` holds the order that came out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eval.baselines import definitions, try_scripts
from physprover.app.display import Display
from physprover.config import EngineConfig
from physprover.dataset import load_theorems
from physprover.errors import PhysProverError
from physprover.lean.local import LocalPool
from physprover.portfolio import PORTFOLIO, TEMPLATES, portfolio_proof, template_proof
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.lean.protocol import Pool
    from physprover.progress import Progress
    from physprover.records import Theorem


class Script(Record):
    """What one script does, alone."""

    script: str
    closes: frozenset[str]  # theorem names
    seconds: float  # of Lean, all theorems together


class Place(Record):
    """One line of the order."""

    script: Script
    new: int  # theorems that no earlier script closes


def measure(theorems: Sequence[Theorem], pool: Pool, progress: Progress, seconds: float) -> list[Script]:
    """Every template and every bare tactic on every theorem; a template without definitions is left out."""
    asked: dict[tuple[str, str], str] = {}
    for theorem in theorems:
        for tactic in PORTFOLIO:
            asked[theorem.name, portfolio_proof(tactic)] = tactic
        if found := definitions(theorem):
            asked |= {(theorem.name, template_proof(template, found)): template for template in TEMPLATES}
    tried = try_scripts("scripts", asked, theorems, pool, progress, seconds)
    return [
        Script(script=name, closes=frozenset(found.closes), seconds=found.seconds)
        for name, found in tried.items()
    ]


def greedy(scripts: Sequence[Script]) -> list[Place]:
    """The order; scripts that add nothing come last."""
    left, open_, order = list(scripts), frozenset[str]().union(*(s.closes for s in scripts)), []
    while left:
        best = max(left, key=lambda s: (len(s.closes & open_), len(s.closes), -s.seconds))
        order.append(Place(script=best, new=len(best.closes & open_)))
        left.remove(best)
        open_ -= best.closes
    return order


def table(order: Sequence[Place], theorems: int) -> str:
    """One line a script: what it adds, what it closes alone, what it costs."""
    lines = [f"{'script':<28}{'new':>5}{'alone':>7}{'seconds':>9}   of {theorems} theorems"]
    lines += [
        f"{p.script.script:<28}{p.new:>5}{len(p.script.closes):>7}{p.script.seconds:>9.1f}" for p in order
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0, or 2 with one line on stderr."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--split", default="validation")
    parser.add_argument("--seconds", type=float, default=8.0, help="CPU seconds of one check")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args(argv)
    try:
        theorems = load_theorems(args.dataset, args.split)
        with LocalPool(EngineConfig(workers=args.workers, seconds=args.seconds)) as pool:
            order = greedy(measure(theorems, pool, Display(), args.seconds))
    except PhysProverError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(table(order, len(theorems)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
