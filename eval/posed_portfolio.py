"""How many problems of a benchmark the embedded engine can pose, and what single tactics do to them:

python -m eval.posed_portfolio minif2f FILE.jsonl [--seconds 10] [--workers 2] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from eval.baselines import portfolio
from eval.benchmarks import in_core_lean, load_benchmark, pose
from physprover.app.display import Display
from physprover.config import EngineConfig
from physprover.errors import PhysProverError
from physprover.lean.local import LocalPool


def main() -> int:
    """Pose, measure, print; 0, or 2 with one line on stderr."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benchmark")
    parser.add_argument("path", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0, help="deadline of one check")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="write the PortfolioResult here")
    args = parser.parse_args()
    try:
        run(args.benchmark, args.path, args.seconds, args.workers, args.out)
    except PhysProverError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def run(name: str, path: Path, seconds: float, workers: int, out: Path | None) -> None:
    """See the module."""
    benchmark = in_core_lean(load_benchmark(name, path))
    display = Display()
    with LocalPool(EngineConfig(workers=workers, seconds=seconds)) as pool:
        posed = pose(benchmark, pool, display, check_seconds=seconds)
        print(f"{posed.name}: {len(posed.theorems)} of {posed.total} problems run; the others, by reason:")
        for reason, count in Counter(n.reason for n in posed.not_runnable).most_common():
            print(f"  {count:>4}  {reason[:100]}")
        result = portfolio(
            list(posed.theorems), pool, display, check_seconds=seconds, benchmark=name, out=out
        )
    for line in result.tactics:
        print(f"{line.tactic:>10}  {line.closed:>4}  {line.estimate}")
    print(f" portfolio  {result.closed:>4}  {result.portfolio}")


if __name__ == "__main__":
    raise SystemExit(main())
