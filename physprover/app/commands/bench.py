"""`physprover bench …`: measure what this machine reaches, against the figures that were promised."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from eval.benchmarks import load_benchmark, pose
from eval.evaluate import cap
from eval.search.budget import Amount, parse_budget
from eval.search.case import KINDS
from eval.search.experience import Experience
from eval.search.policies import ABLATIONS, BASELINES, FROZEN, Policy, get_policy
from eval.search.router import (
    Surveyed,
    observations,
    read_surveys,
    refuse_searched,
    router,
    survey,
    survey_digest,
)
from eval.search.study import study
from physprover.app.commands.common import (
    Json,
    Overrides,
    engine_config,
    keeping,
    new_app,
)
from physprover.app.display import Display
from physprover.app.lab import print_rows
from physprover.app.provers import find_prover, open_tools
from physprover.errors import ConfigError
from physprover.lean.ask import Asker, VerdictStore, engine_identity
from physprover.lean.protocol import Check
from physprover.resources import resolve

app = new_app("Measure what this machine reaches, against the figures that were promised.")

_BUDGETS = (
    "tokens=2048,checks=4,seconds=8",
    "tokens=4096,checks=8,seconds=16",
    "tokens=8192,checks=16,seconds=32",
    "tokens=16384,checks=32,seconds=64",
)
"""Of `bench search`: tokens and seconds so that checks are what is scarce."""


def _note(text: str) -> None:
    """What a bench is doing."""
    print(f"… {text}", file=sys.stderr, flush=True)


@app.command("verify")
def bench_verification(
    attempts: Annotated[
        int, typer.Option(min=0, help="Attempts of the corpus to time; 0, with --kernels-only: none.")
    ] = 1000,
    theorems: Annotated[int, typer.Option(min=1, help="Theorems they are spread over.")] = 64,
    proofs: Annotated[
        int, typer.Option(min=0, help="Reference proofs that both kernels judge; 0: all of PhysCore.")
    ] = 0,
    runs: Annotated[
        list[Path] | None,
        typer.Option(
            "--run", help="Time attempts of these runs; 0 attempts: both kernels judge all that they prove."
        ),
    ] = None,
    pass_rate: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of a run's timed attempts that pass.")
    ] = 0.13,
    kernels_only: Annotated[
        bool, typer.Option("--kernels-only", help="Only the two kernels' figures.")
    ] = False,
    soak: Annotated[
        int, typer.Option(min=0, help="Also so many checks by one worker; 20000 in earnest.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Measure every figure that verification is to reach.

    Exit status 0: all reached, 1: some missed. Give it an idle machine: it takes some minutes, a soak hours.

    \b
    Examples:
      physprover bench verify
      physprover bench verify --kernels-only --run runs/quickstart \\
        --attempts 300 --pass-rate 0.13
      physprover bench verify --kernels-only --run runs/quickstart --attempts 0
      physprover bench verify --soak 20000
    """
    from physprover.app.lab.bench_verify import VerifyBench, bench_verify
    from physprover.app.lab.corpus import make_corpus, mixed, recorded, reference_proofs

    if not (attempts or kernels_only):
        raise typer.BadParameter("no attempts: give --kernels-only too")
    if soak and not attempts:
        raise typer.BadParameter("a soak repeats the timed attempts, and there are none")
    library = resolve("lean/PhysCore")
    checks: Sequence[Check] = ()
    known: dict[str, Sequence[Check]] = {}
    if runs:
        found = recorded(runs)
        checks = mixed(found, attempts, pass_rate)
        if not attempts:
            known = {"proofs of the data": found.proofs, "attempts that passed": found.passed}
    elif attempts:
        checks = make_corpus(library, attempts, theorems)
    plan = VerifyBench(checks, reference_proofs(library, proofs), known, kernels_only, soak=soak)
    rows = bench_verify(engine_config("embedded", None, 2, 20.0), plan, _note)
    raise typer.Exit(print_rows(rows, as_json))


@app.command("variants")
def bench_variants(
    count: Annotated[int, typer.Option(min=1, help="Wrong variants; 20000 in earnest.")] = 1000,
    proofs: Annotated[
        int, typer.Option(min=0, help="Reference proofs they are made from; 0: all of PhysCore.")
    ] = 40,
    journal: Annotated[
        Path | None, typer.Option(help="A line (JSON) for each proof done; the same call goes on from there.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put wrong variants of real proofs to both kernels: none may be accepted by the second alone.

    A variant changes one constant, level, argument, type, … of the constants that a proof rests on; the smaller half of the
    proofs is used. Exit status 0: the second kernel accepts none that Lean's refuses, 1: it does.

    \b
    Example:
      physprover bench variants --count 20000 --proofs 200 \\
        --journal runs/bench/variants.jsonl
    """
    from physprover.app.lab.bench_kernels import witnessed
    from physprover.app.lab.corpus import reference_proofs
    from physprover.app.lab.variants import wrong_variants

    config = engine_config("embedded", None, 1, 60.0)
    _, found = witnessed(config, reference_proofs(resolve("lean/PhysCore"), proofs))
    rows = wrong_variants(config.memory_gb, found, count, journal, _note)
    raise typer.Exit(print_rows(rows, as_json))


@app.command("optim")
def bench_optimizer(
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    elements: Annotated[int, typer.Option(min=1000, help="Parameters in the timed step.")] = 50_000_000,
    rounds: Annotated[int, typer.Option(min=1, help="Timed rounds; the best counts.")] = 7,
    clock: Annotated[str, typer.Option(help="wall, or cpu on a machine that others use too.")] = "wall",
) -> None:
    """Time the optimizer's step against fused AdamW.

    What this machine cannot give is marked as not measured. Exit status 0: none missed, 1: some missed.

    \b
    Examples:
      physprover bench optim
      physprover bench optim --device cuda --elements 400000000
    """
    from physprover.app.lab.bench_optim import run

    if device not in ("cpu", "cuda") or clock not in ("wall", "cpu"):
        raise ConfigError("--device is cpu or cuda, --clock is wall or cpu")
    raise typer.Exit(print_rows(run(device, elements, rounds, clock)))


@app.command("rl")
def bench_rl_loop(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run with data/ and warmstart/.")],
    out: Annotated[Path, typer.Option(help="New folder for the work.")] = Path("runs/bench/rl"),
    steps: Annotated[int, typer.Option(min=1, help="Timed steps, of ours and of stock TRL.")] = 4,
    baseline: Annotated[bool, typer.Option(help="Also time stock TRL.")] = True,
    overrides: Overrides = None,
) -> None:
    """Time the RL loop.

    Attempts a second against stock TRL, waiting, overhead. Exit status 0: all reached, 1: some missed. Give it an idle
    machine.

    \b
    Example:
      physprover bench rl runs/quickstart
    """
    from physprover.app.lab.bench_rl import bench_rl

    rows = bench_rl(run_dir, out, steps, baseline, tuple(overrides or ()), _note)
    raise typer.Exit(print_rows(rows))


@app.command("search")
def bench_search(
    model: Annotated[str, typer.Argument(metavar="RUN", help="Run directory.")],
    budgets: Annotated[
        list[str] | None,
        typer.Option("--budget", help="Of each theorem; repeat. Default: 4, 8, 16 and 32 checks."),
    ] = None,
    benchmark: Annotated[str, typer.Option(help="A split of the run's data.")] = "test",
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
    policies: Annotated[
        list[str] | None,
        typer.Option("--policy", help="Only these; repeat. Default: the score and all baselines."),
    ] = None,
    ablations: Annotated[bool, typer.Option("--ablations", help="Also the score without each part.")] = False,
    max_problems: Annotated[int | None, typer.Option(min=1, help="Stop after so many problems.")] = None,
    surveys: Annotated[
        list[Path] | None,
        typer.Option(
            "--survey",
            help="File of `bench survey`, on other splits; repeat. Adds the router; the score begins with it too.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results; default: eval/ of the run.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """Compare ways of searching under equal budgets.

    The score against sampling only, round robin and fixed orders. Repeat the command to resume.

    \b
    Examples:
      physprover bench search runs/quickstart
      physprover bench search runs/quickstart \\
        --budget checks=16,tokens=4096,seconds=20 --seeds 2 --ablations
      physprover bench search runs/quickstart --benchmark validation --seeds 1 \\
        --out runs/search-validation
      physprover bench search runs/quickstart --survey runs/survey-train.jsonl \\
        --policy value
    """
    totals = _budgets(budgets or _BUDGETS)
    prover = find_prover(model, tuple(overrides or ()))
    if prover.data is None:
        raise ConfigError(f"{model}: not a run directory, so there is no data set to search")
    chosen = load_benchmark(benchmark, prover.data)
    chosen = chosen.replace(theorems=cap(chosen.theorems, max_problems))
    folder = out or prover.results / f"search-{benchmark}"
    lines = read_surveys(surveys or ())
    refuse_searched(lines, {t.name for t in chosen.theorems})
    named = [get_policy(name) for name in policies or ()]
    compared = [
        *(named or (get_policy("value"), FROZEN, *BASELINES)),
        *(ABLATIONS if ablations else ()),
        *routers(lines),
    ]
    with open_tools(prover, 0) as tools:
        folder.mkdir(parents=True, exist_ok=True)
        # In the order of the files, so that Lean has read every header before anybody is charged for it.
        posed = pose(chosen, tools.pool, Display())
        store = VerdictStore(folder / "verdicts.sqlite")
        tools.pool = Asker(tools.pool, store, engine_identity(prover.config.engine))
        tools.experience = Experience(observations(lines))
        tools.prover += survey_digest(lines)
        with keeping():
            result = study(posed.theorems, compared, totals, range(seeds), tools, folder, Display())
    print(
        f"{result.table}\n\nhighest share of a budget spent: {100 * result.highest_share_spent:.1f} %; written to {folder}"
    )


def routers(lines: Sequence[Surveyed]) -> list[Policy]:
    """The router that the surveys teach, with and without its early end; none without surveys."""
    return [router(lines), router(lines, "router without stop", stop=0.0)] if lines else []


@app.command("survey")
def bench_survey(
    model: Annotated[str, typer.Argument(metavar="RUN", help="Run directory.")],
    out: Annotated[Path, typer.Option(help="File of the records; an unfinished one is gone on with.")],
    benchmark: Annotated[str, typer.Option(help="A split of the run's data.")] = "train",
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", help="script, direct, retrieve, decompose or repair; repeat. Default: all."),
    ] = None,
    max_problems: Annotated[
        int | None, typer.Option(min=1, help="So many problems, drawn at random.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """Try every search move on its own on each theorem: what the router of `bench search --survey` learns from.

    About 40 checks a theorem, 14 of them scripts.

    \b
    Examples:
      physprover bench survey runs/quickstart --out runs/survey-train.jsonl \\
        --max-problems 300 --kind script
      physprover bench survey runs/quickstart --out runs/survey-validation.jsonl \\
        --benchmark validation
    """
    if unknown := [kind for kind in kinds or () if kind not in KINDS]:
        raise ConfigError(f"--kind {unknown[0]}: there are {', '.join(KINDS)}")
    prover = find_prover(model, tuple(overrides or ()))
    if prover.data is None:
        raise ConfigError(f"{model}: not a run directory, so there is no data set to survey")
    chosen = load_benchmark(benchmark, prover.data)
    theorems = list(chosen.theorems)
    if max_problems is not None:
        random.Random(0).shuffle(theorems)
    with open_tools(prover, 0) as tools:
        posed = pose(chosen.replace(theorems=tuple(theorems[:max_problems])), tools.pool, Display())
        asked = tuple(kind for kind in KINDS if not kinds or kind in kinds)
        with keeping():
            lines = survey(posed.theorems, tools, out, Display(), asked)
    proved = sum(any(tried.proved for tried in line.tried) for line in lines)
    print(f"{len(lines)} theorems surveyed, {proved} proved by some move; written to {out}")


def _budgets(texts: Sequence[str]) -> list[Amount]:
    totals = [parse_budget(text) for text in texts]
    if len({total.checks for total in totals}) < len(totals):
        raise ConfigError("budgets of a study must differ in their checks: its files are named by them")
    return totals
