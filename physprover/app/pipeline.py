"""The whole job on one page: data → warm start → evaluate → RL → evaluate → report.

The one module that knows all stages; only the CLI imports it. Every stage leaves its result in the run directory, and a
repeated call takes up what is there, so a killed run goes on where it was. The search that teaches the prover and the baselines
ask no model: they run beside the stages that train (`beside.py`).
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.app import preflight
from physprover.app.beside import Beside
from physprover.dataset import data_path
from physprover.errors import DataError, RunError
from physprover.files import locked
from physprover.lean.ask import open_pool
from physprover.resources import resolve
from physprover.runs import Event, RunDir, share_cores

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.benchmarks import Benchmark
    from physprover.config import RunConfig
    from physprover.lean.ask import Asker
    from physprover.lean.protocol import Pool
    from physprover.progress import Progress
    from physprover.records import Theorem
    from rl.expert import ProofSearch


def run_pipeline(config: RunConfig, progress: Progress) -> RunDir:
    """Run, or continue, everything `config` describes; returns the run directory with its report."""
    from rl.presets import resolve as spelled_out
    from rl.validation import refuse_impossible

    config = spelled_out(config)
    refuse_impossible(config)
    built = not config.data.dataset and _stats_of_data(_run_folder(config)).exists()
    if not built:  # what is built was looked at before
        for problem in preflight.data_problems(config):
            raise DataError(problem)
    if config.model.path:
        from physprover.models.fetch import resolve_model

        resolve_model(config.model.path)  # a model that was not added yet is said now, not after the data
    if config.rl.steps and config.cluster.address:
        from rl.cluster import cluster

        with cluster(config):  # a cluster that is not there, or lets nobody in, likewise
            pass
    run = open_run_dir(config)
    with locked(run.path), Workers(config, progress) as lean, Beside(lambda: lean.pool) as beside:
        run.repair()
        reopen(config, run)
        _estimate(config, run, lean, progress)
        _build_data(config, run, lean, progress)
        share_cores()
        search = _begin_search(config, run, lean, beside, progress)
        _begin_baselines(config, run, beside, progress)
        start = _warm_start(config, run, lean, progress)
        beside.check()
        _evaluate(config, run, start, "before", lean, progress)
        beside.check()
        if config.rl.steps:
            _train(config, run, search, lean, progress)
            _evaluate(config, run, trained(run), "after", lean, progress)
        beside.wait()
        _report(run, progress)
    return run


def open_run_dir(config: RunConfig) -> RunDir:
    """The run's directory, new or continued.

    Raises `RunError` naming the setting when it holds a run of another configuration (`physprover.runs` says which may
    change); what may and did change is noted in events.jsonl.
    """
    import tomli_w

    from physprover.config_file import load_config
    from physprover.runs import changes, collect, lasting

    run = RunDir(_run_folder(config))
    file = run.path / "config.toml"
    if not file.exists():
        run.write_text("config.toml", tomli_w.dumps(lasting(config)))
        run.write_json("provenance.json", collect().model_dump())
        return run
    if found := changes(load_config(file), config, run.path):
        run.append(
            "events.jsonl", Event(stage="settings", kind="note", time=time.time(), text="; ".join(found))
        )
        run.write_text("config.toml", tomli_w.dumps(lasting(config)))
    return run


def reopen(config: RunConfig, run: RunDir) -> None:
    """Let a finished RL go on where more steps, or more time, are asked for than it had.

    The evaluation of the shorter run stays beside the new one as `eval/<benchmark>-step-N.json`.
    """
    from rl import checkpoint

    latest, marker = run.last_checkpoint(), run.path / "rl-finished"
    if latest is None:
        return
    state = checkpoint.load(latest)[0]
    if config.rl.steps < state.step:
        raise RunError(f"{run.path}: rl.steps is {config.rl.steps}, but step {state.step} is already trained")
    time_left = config.rl.max_seconds is None or config.rl.max_seconds > state.seconds
    if not marker.exists() or state.step == config.rl.steps or not time_left or state.exhausted:
        return
    for file in (run.path / "eval").glob("*-after.*"):
        name = file.name.replace("-after.", f"-step-{state.step}.", 1)
        if file.suffix == ".json":
            relabelled = json.loads(file.read_text(encoding="utf-8")) | {"label": name.removesuffix(".json")}
            run.write_json(f"eval/{name}", relabelled)
            file.unlink()
        else:
            file.replace(file.with_name(name))
    marker.unlink()


def trained(run: RunDir) -> Path:
    """The last checkpoint's folder, which is a Hugging Face model."""
    checkpoint = run.last_checkpoint()
    if checkpoint is None:
        raise RunError(f"{run.path}: RL left no checkpoint")
    return checkpoint


# -- Stages --


def _run_folder(config: RunConfig) -> Path:
    return Path(config.output) / config.name


def _stats_of_data(run: Path) -> Path:
    """Written last: where it is, the run has built its data set."""
    return run / "data" / "stats.json"


def _estimate(config: RunConfig, run: RunDir, lean: Workers, progress: Progress) -> None:
    """Refuse a machine that is too small; before the first stage, say how long the run will take here."""
    from rl.planning.capacity import architecture, available_memory, short_of_memory

    if config.cluster.address is None and (
        reason := short_of_memory(config, architecture(config), available_memory())
    ):
        raise RunError(reason)
    if next(iter(run.events()), None) is None and preflight.applies(config):
        with progress.stage("this machine") as stage:
            stage.note(preflight.estimated(config, lean.pool))


def _build_data(config: RunConfig, run: RunDir, lean: Workers, progress: Progress) -> None:
    if config.data.dataset:
        return
    from data_gen.build import build_dataset

    def build() -> None:
        build_dataset(config, lean.pool, run.path / "data", progress)

    _stage(run, "data", _stats_of_data(run.path).exists, build)


def _begin_search(
    config: RunConfig, run: RunDir, lean: Workers, beside: Beside, progress: Progress
) -> ProofSearch | None:
    """The search on train problems, which needs no prover: begun here where this machine's workers do it, else in RL."""
    if not config.rl.steps or not config.rl.expert.checks:
        return None
    from physprover.app.wiring import ScriptSearch
    from rl.expert import ProofSearch

    search = ProofSearch(run, ScriptSearch(config.rl.expert.checks, config.engine.seconds, config.seed))

    def settle(pool: Pool) -> None:
        theorems = _theorems(config, run, "train")
        with progress.stage("search", len(theorems)) as stage:
            done = 0

            def tell(settled: int, proved: int) -> None:
                nonlocal done
                stage.advance(settled - done, proved=proved)
                done = settled

            search.settled(theorems, pool.check_many, tell)

    if lean.for_training() is not None and not (run.path / "expert.jsonl").exists():
        beside.start(settle)
    return search


def _begin_baselines(config: RunConfig, run: RunDir, beside: Beside, progress: Progress) -> None:
    """The baselines of each benchmark that has none yet."""

    def measure(name: str, pool: Pool) -> None:
        _baselines(config, run, _benchmark(config, run, name, pool, progress), pool, progress)

    for name in _benchmarks(config):
        if not (run.path / "eval" / f"portfolio-{name}.json").exists():
            beside.start(partial(measure, name))


def _baselines(config: RunConfig, run: RunDir, benchmark: Benchmark, pool: Pool, progress: Progress) -> None:
    """What needs no model: single tactics, and one script told the definitions."""
    from eval.baselines import portfolio, template_lines
    from eval.evaluate import cap
    from physprover.files import write_record

    theorems, seconds = cap(benchmark.theorems, config.eval.max_problems), config.engine.seconds
    lines = portfolio(theorems, pool, progress, check_seconds=seconds, benchmark=benchmark.name)
    templates = template_lines(theorems, pool, progress, check_seconds=seconds)
    write_record(run.path / "eval" / f"portfolio-{benchmark.name}.json", lines.replace(templates=templates))


def _benchmarks(config: RunConfig) -> tuple[str, ...]:
    return ("test", "minif2f") if config.eval.minif2f else ("test",)


def _warm_start(config: RunConfig, run: RunDir, lean: Workers, progress: Progress) -> str | Path:
    """The model that RL starts from: as it comes, or taught by reference proofs, in formats of insight where `sft.stages` asks."""
    from data_gen.insight.build import build_insights
    from physprover.insight.records import load_insights
    from physprover.models.fetch import resolve_model
    from rl.warmstart.pretrained import warm_start_pretrained
    from rl.warmstart.sft import warm_start
    from rl.warmstart.stages import warm_start_in_stages

    model, staged, out = config.model.path, bool(config.sft.stages), run.path / "warmstart"
    if model and not config.sft.pretrained:
        return resolve_model(model)
    labels = resolve(config.sft.insight) if config.sft.insight else run.path / "insight"

    def label() -> None:
        data, seconds = data_path(config, run.path), config.engine.seconds
        build_insights(data, labels, lean.pool, seconds, progress, splits=("train",))

    def teach() -> None:
        theorems = _theorems(config, run, "train")
        insights = load_insights(labels, "train") if staged else ()
        if model:
            warm_start_pretrained(config, theorems, insights, out, progress)
        elif staged:
            warm_start_in_stages(config, theorems, insights, out, progress)
        else:
            warm_start(config, theorems, out, progress)

    if staged:
        _stage(run, "insight", (labels / "stats.json").exists, label)
    finished = "stages.json" if staged and not model else "sft_stats.json"
    _stage(run, "warm start", (out / finished).exists, teach)
    return out


def _evaluate(
    config: RunConfig, run: RunDir, model: str | Path, when: str, lean: Workers, progress: Progress
) -> None:
    from eval.evaluate import evaluate
    from eval.report.pages import write_page
    from physprover.models.load import load_sampler

    results = {name: run.path / "eval" / f"{name}-{when}.json" for name in _benchmarks(config)}
    missing = {name: out for name, out in results.items() if not out.exists()}

    def score() -> None:
        sampler = load_sampler(model, config)
        for name, out in missing.items():
            evaluate(
                config.eval,
                sampler,
                lean.pool,
                _benchmark(config, run, name, lean.pool, progress),
                out,
                progress,
                seed=config.seed,
                max_new_tokens=config.model.max_new_tokens,
                check_seconds=config.engine.seconds,
            )
            write_page(out)

    _stage(run, f"evaluate {when}", lambda: not missing, score)


def _train(
    config: RunConfig, run: RunDir, search: ProofSearch | None, lean: Workers, progress: Progress
) -> None:
    from rl.loop import train

    def learn() -> None:
        conjecturer = None
        if config.rl.self_play_every:
            from physprover.app.wiring import Conjecturer

            conjecturer = Conjecturer(config, run, data_path(config, run.path))
        train(config, run, progress, conjecturer, search, lean.for_training())

    _stage(run, "RL", (run.path / "rl-finished").exists, learn)
    (run.path / "rl-finished").touch()


def _report(run: RunDir, progress: Progress) -> None:
    from eval.report.pages import write_report

    with progress.stage("report") as stage:
        stage.note(f"report: {write_report(run)}")


def _benchmark(config: RunConfig, run: RunDir, name: str, pool: Pool, progress: Progress) -> Benchmark:
    from eval.benchmarks import load_benchmark, load_for_engine, pose

    if name == "test":
        return load_benchmark("test", data_path(config, run.path))
    assert config.eval.minif2f is not None  # `_benchmarks` names it only then
    problems = load_for_engine(name, resolve(config.eval.minif2f), config.engine)
    return pose(problems, pool, progress, check_seconds=config.engine.seconds)


def _theorems(config: RunConfig, run: RunDir, split: str) -> list[Theorem]:
    from physprover.dataset import load_theorems

    return load_theorems(data_path(config, run.path), split)


# -- Helpers --


class Workers:
    """The Lean workers of this machine, started when a stage first asks and kept for the next: what one stage asked, and the
    headers it met, cost the others nothing."""

    def __init__(self, config: RunConfig, progress: Progress) -> None:
        self._config, self._progress = config, progress
        self._opened = ExitStack()
        self._pool: Asker | None = None

    @property
    def pool(self) -> Asker:
        """What judges; every question once."""
        if self._pool is None:
            self._pool = self._opened.enter_context(open_pool(self._config.engine, progress=self._progress))
        return self._pool

    def for_training(self) -> Asker | None:
        """What judges during RL too; None on a cluster, whose nodes have workers of their own."""
        cluster = self._config.cluster
        return self.pool if cluster.nodes == 1 and cluster.address is None else None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()


def _stage(run: RunDir, name: str, finished: Callable[[], bool], work: Callable[[], object]) -> None:
    """Run one stage unless an earlier process finished it, and note begin, end and seconds."""
    if finished():
        return
    began = time.time()
    run.append("events.jsonl", Event(stage=name, kind="begin", time=began))
    work()
    run.append("events.jsonl", Event(stage=name, kind="end", time=time.time(), seconds=time.time() - began))
