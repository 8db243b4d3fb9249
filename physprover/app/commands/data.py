"""`physprover data …`: build, look at and check data sets."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from data_gen.extract import extract
from data_gen.insight.build import InsightStats, build_insights, recheck
from data_gen.judging import Answer, Judging
from data_gen.library import CONTEXT_FORMS, ContextForm, read_library
from data_gen.lint import lint
from data_gen.stats import level_of
from eval.benchmarks import load_for_engine
from physprover.app.commands.common import (
    ConfigFile,
    DryRun,
    EngineKind,
    Json,
    Overrides,
    Project,
    Public,
    Repo,
    Seconds,
    Workers,
    engine_config,
    keeping,
    new_app,
    run_config,
)
from physprover.app.display import Display, say
from physprover.config import EngineConfig, LLMConfig
from physprover.dataset import SPLITS, load_split, load_theorems, split_named
from physprover.errors import DataError, naming, some, visible
from physprover.insight.records import Insight, load_insights
from physprover.lean.ask import open_pool
from physprover.lean.protocol import Check, Problem
from physprover.lean.text.statements import has_sorry
from physprover.records import Outcome, Theorem, read_jsonl, write_jsonl
from physprover.resources import resolve

app = new_app("Build, look at and check data sets of theorems.")

_CONTEXT_LINES = 30  # of the header, its last ones


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
      physprover data build configs/physprover-7b.toml \\
        --set data.library=../physlib --dry-run
    """
    from data_gen.build import build_dataset, check_dataset

    settings = run_config(config, overrides)
    if dry_run:
        print(check_dataset(settings))
        return
    if out is None:
        raise typer.BadParameter("give --out, the directory of the data set")
    with open_pool(settings.engine, progress=Display()) as pool, keeping():
        build_dataset(settings, pool, out, Display())
    data_stats(out)


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
    if context not in CONTEXT_FORMS:
        raise DataError(f"no context form is called `{context}`; there are: {', '.join(CONTEXT_FORMS)}")
    library = resolve(library)
    theorems, files, problems = _extracted(library, context)
    lines = [
        f"{domain or '(none)':<24}{n:>6}" for domain, n in sorted(Counter(t.domain for t in theorems).items())
    ]
    lines += [f"{'all':<24}{len(theorems):>6}  in {files} files", *problems]
    if trace:
        from data_gen.leandojo import compare, trace_library

        lines += ["", str(compare(theorems, trace_library(library)))]
    if out is not None:
        write_jsonl(out, theorems)
    print("\n".join(lines))


def _extracted(
    library: Path, context: ContextForm, *, holes: bool = False
) -> tuple[list[Theorem], int, list[str]]:
    """The theorems of a library, with `holes` also those proved by `sorry`; how many files it has, and what could not be read.

    Raises `DataError` without any theorem.
    """
    read = read_library(library)
    theorems, left_out = extract(read, context, holes=holes)
    problems = [*read.problems, *left_out]
    if not theorems:
        raise DataError(f"{library}: no theorem in it{': ' + problems[0] if problems else ''}")
    return theorems, len(read.modules), problems


@app.command("lint")
def data_lint(
    library: Annotated[Path, typer.Argument(help="Lake project, or a folder of Lean files.")],
    levels: Annotated[bool, typer.Option("--levels", help="Measure difficulty levels too.")] = False,
    workers: Workers = 2,
    seconds: Seconds = 20.0,
    kind: EngineKind = "auto",
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Look for statements that say less than they seem to.

    Hypotheses that contradict each other, that the theorem does without, that no values were found for, or only 0, 1 and -1;
    variables nothing mentions; statements made twice; theorems that are not proved, also by `sorry`. Exit status 1: there are
    some.

    \b
    Examples:
      physprover data lint lean/PhysField
      physprover data lint lean/PhysCore --levels --json
    """
    theorems, _, left_out = _extracted(resolve(library), "sorry", holes=True)
    engine = engine_config(kind, project, workers, seconds)
    with (
        TemporaryDirectory() as folder,
        open_pool(engine, progress=Display()) as pool,
        Display().stage("lint", None) as stage,
        closing(Judging(pool, Path(folder) / "verdicts.jsonl", seconds)) as judging,
    ):
        report = lint(theorems, judging, stage.advance, levels)
    if as_json:
        print(report.model_dump_json())
    else:
        say("\n".join([*left_out, str(report)]))
    raise typer.Exit(1 if report.findings else 0)


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
    found = load_for_engine(benchmark, path, engine_config(kind, project, 1, 20.0))
    with naming(out):
        count = write_jsonl(out, found.theorems)
    left_out = (
        f"; {len(found.not_runnable)} left out, which this engine cannot pose" if found.not_runnable else ""
    )
    print(f"{count} problems in {out}{left_out}")


@app.command("stats")
def data_stats(dataset: Annotated[Path, typer.Argument(help="Data set directory.")]) -> None:
    """Theorems by split, domain, level and origin.

    \b
    Example:
      physprover data stats runs/quickstart/data
    """
    splits = {split: _theorems(dataset, split) for split in SPLITS}
    by_domain = _table("domain", splits, lambda t: t.domain or "(none)")
    by_level = _table("level", splits, level_of)
    print(f"{by_domain}\n\n{by_level}")


def _theorems(dataset: Path, split: str) -> list[Theorem]:
    """Theorems of a split, also of an insight data set. Raises `DataError`."""
    return [row.theorem if isinstance(row, Insight) else row for row in _rows(dataset, split)]


def _rows(dataset: Path, split: str) -> Sequence[Theorem | Insight]:
    """A split of a data set, insights of an insight data set. Raises `DataError`."""
    try:
        return load_split(dataset, split)
    except DataError as error:
        try:
            return load_insights(dataset, split)
        except DataError:
            raise error from None


def _table(head: str, splits: Mapping[str, Sequence[Theorem]], group: Callable[[Theorem], str]) -> str:
    groups = sorted({group(t) for theorems in splits.values() for t in theorems})
    wide = max(map(len, [*groups, head, "all"]))
    title = f"{head:<{wide}}" + "".join(f"{split:>12}" for split in splits) + f"{'seeds':>8}{'conj.':>8}"
    lines = [title, "-" * len(title)]
    for name in [*groups, "all"]:
        rows = [[t for t in theorems if name in ("all", group(t))] for theorems in splits.values()]
        origins = Counter(t.origin for row in rows for t in row)
        counts = "".join(f"{len(row):>12}" for row in rows)
        lines.append(f"{name:<{wide}}{counts}{origins['seed']:>8}{origins['conjecture']:>8}")
    return "\n".join(lines)


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
    splits = SPLITS if split == "all" else (split_named(split),)
    rows = [row for s in splits for row in _rows(dataset, s)]
    insights = {row.theorem.name: row for row in rows if isinstance(row, Insight)}
    theorems = [row.theorem if isinstance(row, Insight) else row for row in rows]
    exact = [t for t in theorems if name and name in (t.name, t.name.rpartition(".")[2])]
    found = exact or [t for t in theorems if name in t.name]
    if not found:
        close = difflib.get_close_matches(name, [t.name.rpartition(".")[2] for t in theorems], n=1)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        raise DataError(f"{dataset}: no theorem of {', '.join(splits)} has `{name}` in its name{hint}")
    for theorem in found[:limit]:
        insight = insights.get(theorem.name)
        print((insight or theorem).model_dump_json() if as_json else visible(_text(theorem, insight)))
    if not as_json and len(found) == 1:
        print(visible(_context(found[0])))
        print(visible(_attempts(dataset, found[0])))
    if len(found) > limit and not as_json:
        print(f"… {len(found) - limit} more")


def _text(theorem: Theorem, insight: Insight | None = None) -> str:
    origin = (
        f"{theorem.rule} of {', '.join(theorem.parents)}"
        if theorem.origin == "conjecture"
        else f"{theorem.source.file}:{theorem.source.line}"
    )
    lines = [f"-- {theorem.name}  ({theorem.domain or 'no domain'}; {theorem.split}; {origin})"]
    if theorem.informal:
        lines.append(f"/-- {theorem.informal} -/")
    lines.append(theorem.statement + (f" := {theorem.proof}" if theorem.proof else ""))
    if theorem.closed_by is not None:
        lines.append(f"-- single tactics that close it: {', '.join(theorem.closed_by) or 'none'}")
    if theorem.satisfied_by:
        lines.append(f"-- its hypotheses hold for {theorem.satisfied_by}")
    if theorem.level is not None:
        lines.append(f"-- level {theorem.level} of 4")
    if insight is not None:
        used = "; ".join(f"{t.line} ({t.evidence})" for t in insight.techniques)
        lines += [f"-- techniques: {used or 'none'}", f"-- without what it does not need: {insight.core}"]
        lines.append(f"-- sketch, with {some(insight.holes, 'hole')}: {insight.sketch}")
    return "\n".join(lines) + "\n"


def _context(theorem: Theorem) -> str:
    """The end of the header, and what of it the statement rests on."""
    header = theorem.header.rstrip().splitlines()
    left_out = len(header) - _CONTEXT_LINES
    lines = [f"-- context: {len(header)} lines" + (f", the last {_CONTEXT_LINES}:" if left_out > 0 else ":")]
    lines += [f"   {line}" for line in header[-_CONTEXT_LINES:]]
    for label, names in (("rests on", theorem.premises), ("earlier theorems about these", theorem.lemmas)):
        lines.append(f"-- {label}: {', '.join(names) or 'none'}")
    return "\n".join(lines) + "\n"


def _attempts(dataset: Path, theorem: Theorem) -> str:
    """What the build tried on it, from the build's journal."""
    journal = dataset / "verdicts.jsonl"
    if not journal.exists():
        return "-- attempts: the build's journal is not here"
    answers = [a for a in read_jsonl(journal, Answer) if a.name == theorem.name and a.proof]
    # Probes and sketches ask about a theorem rather than try to prove it; they fail on purpose.
    tried = {  # by text: one that was asked again has its last answer
        a.proof: a for a in answers if not a.proof.rstrip().endswith('_end"') and not has_sorry(a.proof)
    }
    lines = [f"-- attempts of the build: {len(tried)}"]
    for answer in tried.values():
        lines.append(
            f"   {answer.outcome.value:<9}{answer.seconds:6.2f} s  {' ⏎ '.join(answer.proof.split(chr(10)))}"
        )
    return "\n".join(lines)


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
    theorems = [t for t in load_theorems(dataset, split_named(split)) if t.proof is not None]
    if not theorems:
        raise DataError(f"{dataset}: the {split} split holds no reference proofs")
    outcomes = _judge(theorems, engine_config(kind, project, workers, seconds))
    print(f"{outcomes[Outcome.PROVED]} of {len(theorems)} reference proofs of the {split} split accepted")
    if outcomes[Outcome.INFRASTRUCTURE]:
        raise typer.Exit(2)
    raise typer.Exit(0 if outcomes[Outcome.PROVED] == len(theorems) else 1)


def _judge(theorems: Sequence[Theorem], engine: EngineConfig) -> Counter[Outcome]:
    checks = [
        Check(id=t.name, problem=Problem.of(t), proof=t.proof or "", seconds=engine.seconds) for t in theorems
    ]
    outcomes: Counter[Outcome] = Counter()
    with open_pool(engine, len(checks), Display()) as pool, Display().stage("validate", len(checks)) as stage:
        for check, verdict in pool.check_many(checks):
            outcomes[verdict.outcome] += 1
            stage.advance(accepted=outcomes[Outcome.PROVED])
            if verdict.outcome is not Outcome.PROVED:
                message = (verdict.messages or ("",))[0].strip().splitlines()[:1]
                print(visible(f"{verdict.outcome.value}  {check.id}  {' '.join(message)}"))
    return outcomes


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
      physprover data insight runs/quickstart/data --out data/insight --llm \\
        --set data.llm.model=Qwen/Qwen3-8B
    """
    if stray := next((given for given in overrides or () if not given.startswith("data.llm.")), None):
        raise typer.BadParameter(
            f"--set {stray}: only data.llm.* counts here; --engine, --workers, --seconds and --project say how Lean is asked"
        )
    if (config or overrides) and not llm:
        raise typer.BadParameter("--config and --set say which model is asked: give --llm too")
    if llm and recheck:
        raise typer.BadParameter("--recheck asks Lean alone: leave --llm out")
    engine = engine_config(kind, project, workers, seconds)
    if recheck:
        raise typer.Exit(_recheck(dataset, engine, limit))
    if out is None:
        raise typer.BadParameter("give --out, the directory of the insight data set")
    asked = run_config(config, overrides).data.llm if llm else None
    print(_label(dataset, out, engine, limit, asked))


def _label(dataset: Path, out: Path, engine: EngineConfig, limit: int | None, llm: LLMConfig | None) -> str:
    """Label `dataset` into `out`, then let `llm`, if any, say the idea of each proof; returns what came of it.

    Raises `ConfigError` for a model that cannot be asked before Lean is asked anything.
    """
    from data_gen.insight.wording import Wordings

    with ExitStack() as opened:
        wordings = opened.enter_context(closing(Wordings(llm, out / "wording.jsonl"))) if llm else None
        opened.enter_context(keeping())
        with open_pool(engine, progress=Display()) as pool:
            stats = build_insights(dataset, out, pool, engine.seconds, Display(), limit)
        if wordings is None:
            return _summary(stats, out)
        stats = wordings.add(out, stats, Display())
    told = stats.wording
    assert told is not None  # `add` has counted them
    return (
        f"{_summary(stats, out)}\n{told.written} of {stats.complete} records have a wording by {told.model}, unchecked; "
        f"{told.tokens} tokens"
    )


def _summary(stats: InsightStats, out: Path) -> str:
    lost = ", ".join(f"{count} without {stage}" for stage, count in stats.missing.items())
    rate = stats.proofs / max(stats.seconds, 1e-9)
    return (
        f"{stats.complete} of {stats.proofs} proofs have a complete record ({stats.coverage:.1%})"
        + (f"; {lost}, see {out / 'missing.parquet'}" if lost else "")
        + f"\n{stats.checks} checks in {stats.seconds:.1f} s, {rate:.1f} proofs/s; {stats.shortened} proofs made shorter, "
        f"{stats.trivial_sketches} sketches are a bare hole, {stats.undecided} labels left undecided"
    )


def _recheck(out: Path, engine: EngineConfig, limit: int | None) -> int:
    """Ask Lean for every record again; prints what is wrong. Returns 0 when all is as recorded, else 1."""
    with open_pool(engine, progress=Display()) as pool:
        found = recheck(out, pool, engine.seconds, Display(), limit)
    for kind, names in (
        ("proof refused", found.proofs),
        ("sketch", found.sketches),
        ("not needed", found.labels),
    ):
        for name in names:
            print(f"{kind}  {name}")
    print(
        f"{found.records} records checked again: {len(found.proofs)} proofs refused, {len(found.sketches)} sketches that do "
        f"not elaborate, {len(found.labels)} labels that are not needed; {found.unsettled} questions not settled in time"
    )
    return 0 if found.clean else 1


@app.command("push")
def data_push(
    dataset: Annotated[Path, typer.Argument(help="Data set directory.")],
    repo: Repo,
    public: Public = False,
    dry_run: DryRun = False,
) -> None:
    """Upload a data set to the Hugging Face hub.

    One commit: parquet files, card, figures; not the build's journal. A repository that is not there is made, private without
    --public. The token is $HF_TOKEN or that of `hf auth login`.

    \b
    Examples:
      physprover data push runs/quickstart/data me/physleandata --dry-run
      physprover data push runs/quickstart/data me/physleandata --public
    """
    from physprover.app.hub import plan_dataset, push

    upload = plan_dataset(dataset, repo)
    print(upload if dry_run else push(upload, public))
