"""`physprover report`: the page of a run, the page of an evaluation, or one Markdown table over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from physprover.errors import DataError


def report(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Run directory, or an evaluation's result (JSON).")
    ],
) -> None:
    """Write the report page of a run or of an evaluation.

    RUN/report.html, or X.html and X.md beside X.json; self-contained. Several results that differ in the seed only give
    one Markdown table.

    \b
    Examples:
      physprover report runs/quickstart
      physprover report runs/quickstart/eval/test-after.json
      physprover report runs/quickstart/eval/test-step-*-seed*.json
    """
    print(write_reports(paths))


def write_reports(paths: Sequence[Path]) -> str:
    """Write what belongs to `paths` and return where it is, one path a line.

    A run directory gives its page; an evaluation's JSON its page and its table; several of them, the same evaluation with
    different seeds, one table over the seeds beside the first. Raises `DataError` or `RunError` for anything else.
    """
    from eval.evaluate import is_state
    from eval.report.pages import write_page, write_report
    from physprover.app.provers import open_run

    if len(paths) > 1:  # a pattern like `test-seed*.json` also means the evaluations' bookkeeping
        paths = [path for path in paths if not is_state(path)] or paths[:1]
    for path in paths:
        if not path.exists():
            raise DataError(f"{path}: no such run directory or evaluation")
    if len(paths) > 1:
        return str(_over_seeds(paths))
    (path,) = paths
    if path.is_dir():
        return str(write_report(open_run(path)))
    pages = write_page(path)
    return f"{pages.html}\n{pages.markdown}"


def _over_seeds(files: Sequence[Path]) -> Path:
    from eval.report.data import read_evaluation
    from eval.report.markdown import markdown_seeds, seeds_label
    from physprover.files import write_text

    for file in files:
        if file.is_dir():
            raise DataError(f"{file}: a folder; a table over seeds is made of evaluations (.json files)")
    results = [read_evaluation(file) for file in files]
    target = files[0].with_name(f"{seeds_label(results)}.md")
    write_text(target, markdown_seeds(results))
    return target
