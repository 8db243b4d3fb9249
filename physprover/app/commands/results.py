"""The verbs that look at a prover's work: `eval`, `compare`, `report`, `inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.options import Json, Overrides


def evaluate(
    model: Annotated[
        str, typer.Argument(metavar="RUN_OR_MODEL", help="Run directory or Hugging Face model.")
    ],
    benchmark: Annotated[
        str,
        typer.Option(
            help="test, validation, train, minif2f, proofnet, putnambench, combibench, physprover, lean or jsonl."
        ),
    ] = "test",
    path: Annotated[
        Path | None, typer.Option(help="Problems: JSON Lines, JSON, Parquet, Lean files, a data set.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=COLUMN", help="A column with an unusual name, e.g. statement=code; repeatable."
        ),
    ] = None,
    samples: Annotated[int | None, typer.Option(min=1, help="Attempts per theorem.")] = None,
    max_problems: Annotated[int | None, typer.Option(min=1, help="Stop after so many problems.")] = None,
    seed: Annotated[int, typer.Option(help="Sampling seed.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Result file; default: eval/ of the run.")] = None,
    policy: Annotated[
        str | None, typer.Option("--search", metavar="POLICY", help="Search instead of sampling, e.g. value.")
    ] = None,
    budget: Annotated[str, typer.Option(help="Of each theorem, with --search.")] = "checks=32,seconds=30",
    replay: Annotated[
        Path | None, typer.Option(help="Judge the saved attempts of this file again; no model is loaded.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """pass@k with 95 % intervals on held-out theorems. Repeat the command to resume.

    Writes X.json, and beside it a page (X.html) and a Markdown table (X.md).
    With --search: theorems solved within a budget each. With --replay: do saved verdicts still hold (exit status 1: no)?

    \b
    Examples:
      physprover eval runs/quickstart
      physprover eval runs/quickstart --search value --budget tokens=8192,checks=32,seconds=30
      physprover eval runs/quickstart --replay runs/quickstart/eval/test-after.attempts.jsonl
      physprover eval runs/quickstart --benchmark minif2f --path minif2f.jsonl
      physprover eval deepseek-ai/DeepSeek-Prover-V2-7B --benchmark minif2f --path minif2f.jsonl \\
        --set engine.project_dir=physlean --set sampler.kind=vllm --set model.prompt=deepseek-prover-v2
    """
    from physprover.app.verbs.evaluate import Request, evaluate_model, replay_attempts, search_benchmark

    request = Request(
        model=model,
        benchmark=benchmark,
        path=path,
        samples=samples,
        max_problems=max_problems,
        seed=seed,
        out=out,
        columns=tuple(column or ()),
    )
    if replay is not None:
        text, status = replay_attempts(request, replay, tuple(overrides or ()))
        print(text)
        raise typer.Exit(status)
    if policy is not None:
        print(search_benchmark(request, policy, budget, tuple(overrides or ())))
        return
    print(evaluate_model(request, tuple(overrides or ())))


def compare(
    first: Annotated[Path, typer.Argument(help="Evaluation result (JSON), e.g. before.")],
    second: Annotated[Path, typer.Argument(help="Evaluation result (JSON), e.g. after.")],
) -> None:
    """Is one evaluation better than another?

    A paired test over the theorems both have.

    \b
    Example:
      physprover compare runs/quickstart/eval/test-before.json \\
        runs/quickstart/eval/test-after.json
    """
    from physprover.app.verbs.evaluate import compare_results

    print(compare_results(first, second))


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
    from physprover.app.verbs.report import write_reports

    print(write_reports(paths))


def inspect(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run directory.")],
    theorem: Annotated[str | None, typer.Option(help="Only theorems whose name contains this.")] = None,
    outcome: Annotated[
        str | None, typer.Option(help="Only this verdict: proved, rejected, timeout, …")
    ] = None,
    step: Annotated[int | None, typer.Option(help="Only this step.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many attempts, the latest.")] = 20,
    full: Annotated[
        bool, typer.Option("--full", help="Also prompt, completion and log-probability.")
    ] = False,
    ask: Annotated[
        bool, typer.Option("--messages", help="Have Lean judge them again, for its messages.")
    ] = False,
    as_json: Json = False,
) -> None:
    """What the prover wrote and what Lean said of it.

    \b
    Examples:
      physprover inspect runs/quickstart --step 3 --theorem momentum --full --messages
      physprover inspect runs/quickstart --outcome proved --limit 5
      physprover inspect runs/quickstart --theorem momentum --step 12 --json
    """
    from physprover.app.verbs.inspect import Filter, show

    show(run_dir, Filter(theorem=theorem, outcome=outcome, step=step), limit, as_json, full, ask)
