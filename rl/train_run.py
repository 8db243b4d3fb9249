"""`python -m rl.train_run RUN`: the RL stage alone on a prepared run directory (config.toml, data/, warmstart/).

For benchmarks and for batch systems that split a job by stages. Exit status 130 after an interrupt.
"""

from __future__ import annotations

import sys
from pathlib import Path

from physprover.config_file import load_config
from physprover.errors import PhysProverError
from physprover.progress import Silent
from physprover.runs import RunDir


def main(folder: Path) -> int:
    """Train, or go on training; returns the exit status."""
    from rl.loop import train

    run = RunDir(folder)
    run.repair()
    try:
        train(load_config(folder / "config.toml"), run, Silent())
    except KeyboardInterrupt:
        return 130
    except PhysProverError as error:
        print(f"physprover: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
