"""`physprover data …`: build, look at and check data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.group import new_app
from physprover.app.commands.options import (
    ConfigFile,
    EngineKind,
    Json,
    Overrides,
    Project,
    Seconds,
    Workers,
    engine_config,
    llm_config,
    run_config,
)

app = new_app("Build, look at and check data sets of theorems.")


@app.command("build")
def data_build(
    config: ConfigFile,
    out: Annotated[Path | None, typer.Option(help="Directory of the data set.")] = None,
    overrides: Overrides = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only the stages that ask no Lean: splits, leaks, repeats.")
    ] = False,
) -> None:
    """Make a data set from a Lean library.

    Seeds, conjectures, Lean's filter; the result is a Hugging Face data set directory. Repeat to resume.

    \b
    Examples:
      physprover data build configs/physleandata.toml --out data/physleandata
      physprover data build configs/physprover-7b.toml --set data.library=../physlib --dry-run
    """
    from physprover.app.verbs.data import build, check

    if dry_run:
        print(check(run_config(config, overrides)))
        return
    if out is None:
        raise typer.BadParameter("give --out, the directory of the data set")
    print(build(run_config(config, overrides), out))


@app.command("extract")
def data_extract(
    library: Annotated[Path, typer.Argument(help="Lake project, or a folder of Lean files.")],
    context: Annotated[str, typer.Option(help="Form of the headers: raw, stripped or sorry.")] = "raw",
    out: Annotated[Path | None, typer.Option(help="Write the theorems here (JSONL).")] = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Have lean-dojo read it too, and compare (native Lean).")
    ] = False,
) -> None:
    """Read the theorems of a Lean library.

    Counts them by domain and names what could not be read. No Lean is run, except for --trace.

    \b
    Examples:
      physprover data extract lean/PhysCore
      physprover data extract physlib --context sorry --out theorems.jsonl
      physprover data extract physlib --trace
    """
    from physprover.app.verbs.data import extract

    print(extract(library, context, out, trace))


@app.command("export")
def data_export(
    benchmark: Annotated[str, typer.Argument(help="Name of a benchmark, or the split of a data set.")],
    path: Annotated[Path, typer.Argument(help="Its file or folder.")],
    out: Annotated[Path, typer.Option(help="JSON Lines file to write.")],
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Write problems as JSON Lines, for the plug-ins of integrations/.

    What the engine cannot pose is left out and counted.

    \b
    Examples:
      physprover data export test runs/quickstart/data --out problems.jsonl
      physprover data export minif2f-test minif2f_lean4.jsonl --out minif2f.jsonl
    """
    from physprover.app.verbs.data import export

    print(export(benchmark, path, out, engine_config(kind, project, 1, 20.0)))


@app.command("stats")
def data_stats(dataset: Annotated[Path, typer.Argument(help="Data set directory.")]) -> None:
    """Theorems by split, domain, level and origin.

    \b
    Example:
      physprover data stats runs/quickstart/data
    """
    from physprover.app.verbs.data import stats

    print(stats(dataset))


@app.command("show")
def data_show(
    dataset: Annotated[Path, typer.Argument(help="Data set directory.")],
    name: Annotated[str, typer.Argument(help="A theorem's name, or a part of several.")] = "",
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "all",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 5,
    as_json: Json = False,
) -> None:
    """Theorems with their proofs and informal meaning.

    A single one comes with its context and the attempts that the build made.

    \b
    Examples:
      physprover data show runs/quickstart/data momentum_rest
      physprover data show runs/quickstart/data momentum --split train --limit 3
    """
    from physprover.app.verbs.data import show

    show(dataset, name, split, limit, as_json)


@app.command("validate")
def data_validate(
    dataset: Annotated[Path, typer.Argument(help="Data set directory.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    workers: Workers = 2,
    seconds: Seconds = 20.0,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Send every reference proof of a split to Lean again.

    Exit status 1: some are not accepted, 2: some could not be judged.

    \b
    Example:
      physprover data validate runs/quickstart/data --split test
    """
    from physprover.app.verbs.data import validate

    raise typer.Exit(validate(dataset, split, engine_config(kind, project, workers, seconds)))


@app.command("insight")
def data_insight(
    dataset: Annotated[Path, typer.Argument(help="Data set directory; with --recheck, an insight data set.")],
    out: Annotated[Path | None, typer.Option(help="Directory of the insight data set.")] = None,
    recheck: Annotated[bool, typer.Option("--recheck", help="Ask Lean for every label again.")] = False,
    llm: Annotated[
        bool, typer.Option("--llm", help="A model of [data.llm] adds the idea in words, unchecked.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option(help="TOML file whose [data.llm] counts, with --llm.")
    ] = None,
    overrides: Overrides = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first proofs of each split.")] = None,
    workers: Workers = 2,
    seconds: Seconds = 8.0,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Label each proof with its techniques and its sketch, checked by Lean.

    The result is a data set of its own: theorem, techniques, sketch, proof. Repeat to resume. With --recheck, exit status
    1 says that some label did not stand. --llm sends each statement and proof to the endpoint and keeps what it says in a
    column apart.

    \b
    Examples:
      physprover data insight runs/quickstart/data --out data/insight
      physprover data insight data/insight --recheck
      physprover data insight runs/quickstart/data --out data/insight --llm --set data.llm.model=Qwen/Qwen3-8B
    """
    from physprover.app.verbs.data import check_again, insight, insight_in_words

    if (config or overrides) and not llm:
        raise typer.BadParameter("--config and --set say which model is asked: give --llm too")
    if llm and recheck:
        raise typer.BadParameter("--recheck asks Lean alone: leave --llm out")
    engine = engine_config(kind, project, workers, seconds)
    if recheck:
        raise typer.Exit(check_again(dataset, engine, limit))
    if out is None:
        raise typer.BadParameter("give --out, the directory of the insight data set")
    if not llm:
        print(insight(dataset, out, engine, limit))
        return
    print(insight_in_words(dataset, out, engine, limit, llm_config(config, overrides)))
