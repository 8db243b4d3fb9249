"""The whole job on one page: data → warm start → evaluate → RL → evaluate → report.

The one module that knows all stages; only the CLI imports it. Every stage leaves its result in the run directory, and a
repeated call takes up what is there, so a killed run goes on where it was. What keeps Lean busy and waits for no training runs beside
the stages that train (`beside.py`): the search that teaches the prover, the baselines, a small prover's evaluation before RL.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.baselines import portfolio, template_lines
from eval.benchmarks import Benchmark, load_benchmark, load_for_engine, pose
from eval.evaluate import cap, evaluate
from physprover.app import preflight
from physprover.app.beside import Beside
from physprover.config import RunConfig
from physprover.config_file import load_config, with_preset
from physprover.dataset import data_path, load_theorems
from physprover.errors import DataError, RunError
from physprover.files import locked, write_record
from physprover.insight.records import load_insights
from physprover.lean.ask import Asker, open_pool
from physprover.lean.protocol import Pool
from physprover.models.fetch import fingerprint, resolve_model
from physprover.models.load import load_sampler
from physprover.progress import Progress
from physprover.records import Theorem
from physprover.resources import resolve
from physprover.runs import Event, RunDir, changes, collect, lasting, share_cores
from rl.expert import ProofSearch
from rl.warmstart.sft import warm_start


def run_pipeline(config: RunConfig, progress: Progress) -> RunDir:
    """Run, or continue, everything `config` describes; returns the run directory with its report."""
    from rl.validation import refuse_impossible

    config = with_preset(config)
    refuse_impossible(config)
    _refuse_short_memory(config)
    with Workers(config, progress) as lean:
        if preflight.applies(config) and not _run_folder(config).exists():
            lean.begin()  # Lean starts while this process reads the library and loads torch
        run = _checked(config, progress)
        with locked(run.path), Beside(lambda: lean.pool) as beside:
            _run_stages(config, run, lean, beside, progress)
    return run


def _checked(config: RunConfig, progress: Progress) -> RunDir:
    """The run directory, once nothing speaks against the run."""
    built = not config.data.dataset and _stats_of_data(_run_folder(config)).exists()
    if not built:  # what is built was looked at before
        for problem in preflight.data_problems(config):
            raise DataError(problem)
    if config.model.path:
        from physprover.models.load import check_context

        # What is wrong with a model is said now, not after the data.
        folder = resolve_model(config.model.path)
        if Path(folder).is_dir():
            check_context(folder, config.model)
    if config.rl.steps and config.cluster.address:
        _try_cluster(config, progress)  # likewise
    return open_run_dir(config)


def _run_stages(config: RunConfig, run: RunDir, lean: Workers, beside: Beside, progress: Progress) -> None:
    run.repair()
    reopen(config, run)
    stages = _Stages(config, run, lean, beside, progress)
    stages.estimate()
    stages.build_data()
    share_cores()
    search = stages.begin_search()
    stages.begin_baselines()
    start = stages.warm_start()
    beside.check()
    if _small(config):  # the training keeps one core busy, this the others
        beside.start(stages.evaluation(start, "before"), background=True)
    else:
        stages.evaluation(start, "before")(lean.pool)
        beside.check()
    if config.rl.steps:
        stages.train(search)
    beside.wait()
    if config.rl.steps:
        stages.evaluation(trained(run), "after")(lean.pool)
    stages.report()


def _try_cluster(config: RunConfig, progress: Progress) -> None:
    """Raise RunError for a cluster that is not there, lets nobody in, is too small, or has a node without the folders."""
    from rl.cluster import cluster, refuse_unseen

    folders: dict[str, Path] = {}
    model = None if config.sft.pretrained else config.model.path  # what samplers start from, if no warm start
    if model is None or config.cluster.trainer_processes > 1:
        folders["output"] = Path(config.output).resolve()
        folders["output"].mkdir(parents=True, exist_ok=True)
    if model is not None and Path(folder := resolve_model(model)).is_dir():
        folders["model.path"] = Path(folder)
    with cluster(config):
        low = refuse_unseen(folders)
    if low:
        with progress.stage("cluster") as stage:
            nodes = ", ".join(f"{node} ({niceness})" for node, niceness in low.items())
            stage.note(
                f"Ray gives its processes a low priority (niceness) on {nodes}: where anything else runs, Lean and the samplers "
                "wait for it; RAY_worker_niceness=0 before `ray start` there"
            )


def _refuse_short_memory(config: RunConfig) -> None:
    """Raise RunError for a machine that is too small, as far as it is this one that computes."""
    from rl.planning.capacity import architecture, available_memory, short_of_memory

    if config.cluster.address is None and (
        reason := short_of_memory(config, architecture(config), available_memory())
    ):
        raise RunError(reason)


def _small(config: RunConfig) -> bool:
    """Whether a prover is evaluated while a copy of it is trained: ours can be; a pretrained one may fill a machine or its GPU."""
    return config.model.path is None and config.sampler.kind == "hf" and config.cluster.gpus == 0


def open_run_dir(config: RunConfig) -> RunDir:
    """The run's directory, new or continued.

    Raises `RunError` naming the setting when it holds a run of another configuration (`physprover.runs` says which may
    change); what may and did change is noted in events.jsonl.
    """
    import tomli_w

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
    preflight.refuse_fewer_steps(config, run)
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
    """The folder of the checkpoint that the run ends with, which is a Hugging Face model."""
    checkpoint = run.final_checkpoint()
    if checkpoint is None:
        raise RunError(f"{run.path}: RL left no checkpoint")
    return checkpoint


def _run_folder(config: RunConfig) -> Path:
    return Path(config.output) / config.name


def _stats_of_data(run: Path) -> Path:
    """Written last: where it is, the run has built its data set."""
    return run / "data" / "stats.json"


@dataclass
class _Stages:
    """The stages of a run. Each leaves its result in the run directory, and does nothing where an earlier process left it."""

    config: RunConfig
    run: RunDir
    lean: Workers
    beside: Beside
    progress: Progress

    def estimate(self) -> None:
        """Before the first stage, say how long the run will take here."""
        if next(iter(self.run.events()), None) is None and preflight.applies(self.config):
            with self.progress.stage("this machine") as stage:
                stage.note(preflight.estimated(self.config, self.lean.pool))

    def build_data(self) -> None:
        """The data set, unless the configuration names one."""
        from data_gen.build import build_dataset

        if not self.config.data.dataset and not _stats_of_data(self.run.path).exists():
            with self._noted("data"):
                build_dataset(self.config, self.lean.pool, self.run.path / "data", self.progress)

    def begin_search(self) -> ProofSearch | None:
        """The search on train problems, which needs no prover: begun here where this machine's workers do it, else in RL."""
        config = self.config
        if not config.rl.steps or not config.rl.expert.checks:
            return None
        from physprover.app.wiring import ScriptSearch

        scripts = ScriptSearch(config.rl.expert.checks, config.engine.seconds, config.seed)
        search = ProofSearch(self.run, scripts)

        def settle(pool: Pool) -> None:
            theorems = self._train_split()
            with self.progress.stage("search", len(theorems)) as stage:
                done = 0

                def tell(settled: int, proved: int) -> None:
                    nonlocal done
                    stage.advance(settled - done, proved=proved)
                    done = settled

                search.settled(theorems, pool.check_many, tell)

        if self.lean.for_training() is not None and not (self.run.path / "expert.jsonl").exists():
            self.beside.start(settle)
        return search

    def begin_baselines(self) -> None:
        """The baselines of each benchmark that has none yet."""

        def measure(name: str, pool: Pool) -> None:
            _baselines(self.config, self.run, self._benchmark(name, pool), pool, self.progress)

        for name in self._benchmarks():
            if not (self.run.path / "eval" / f"portfolio-{name}.json").exists():
                self.beside.start(partial(measure, name), background=True)

    def warm_start(self) -> str | Path:
        """The model that RL starts from: as it comes, or taught by reference proofs, in formats of insight for `sft.stages`."""
        from data_gen.insight.build import build_insights
        from rl.warmstart.pretrained import warm_start_pretrained
        from rl.warmstart.stages import warm_start_in_stages

        config, out = self.config, self.run.path / "warmstart"
        model, staged = config.model.path, bool(config.sft.stages)
        if model and not config.sft.pretrained:
            return resolve_model(model)
        labels = resolve(config.sft.insight) if config.sft.insight else self.run.path / "insight"
        if staged and not (labels / "stats.json").exists():
            with self._noted("insight"):
                pool, seconds = self.lean.pool, config.engine.seconds
                build_insights(self._data, labels, pool, seconds, self.progress, splits=("train",))
        if not (out / ("stages.json" if staged and not model else "sft_stats.json")).exists():
            with self._noted("warm start"):
                theorems = self._train_split()
                insights = load_insights(labels, "train") if staged else ()
                if model:
                    warm_start_pretrained(config, theorems, insights, out, self.progress)
                elif staged:
                    warm_start_in_stages(config, theorems, insights, out, self.progress)
                else:
                    warm_start(config, theorems, out, self.progress)
        return out

    def evaluation(self, model: str | Path, when: str) -> Callable[[Pool], None]:
        """What measures pass@k of a model on each benchmark and writes its page.

        The model is loaded here, in the caller's thread: transformers changes global state while it loads one, so no two
        may be loaded at once.
        """
        from eval.report.pages import write_page

        config = self.config
        results = {name: self.run.path / "eval" / f"{name}-{when}.json" for name in self._benchmarks()}
        missing = {name: out for name, out in results.items() if not out.exists()}
        if not missing:
            return lambda _: None
        sampler, weights = load_sampler(model, config), fingerprint(str(model))

        def measure(pool: Pool) -> None:
            with self._noted(f"evaluate {when}"):
                for name, out in missing.items():
                    evaluate(
                        config.eval,
                        sampler,
                        pool,
                        self._benchmark(name, pool),
                        out,
                        self.progress,
                        seed=config.seed,
                        max_new_tokens=config.model.max_new_tokens,
                        check_seconds=config.engine.seconds,
                        weights=weights,
                    )
                    write_page(out)

        return measure

    def train(self, search: ProofSearch | None) -> None:
        """Reinforcement learning."""
        from physprover.app.wiring import Conjecturer
        from rl.loop import train

        finished = self.run.path / "rl-finished"
        if finished.exists():
            return
        with self._noted("RL"):
            conjectures = self.config.rl.self_play_every > 0
            conjecturer = Conjecturer(self.config, self.run, self._data) if conjectures else None
            pool, check = self.lean.for_training(), self.beside.check
            train(self.config, self.run, self.progress, conjecturer, search, pool, check)
        finished.touch()

    def report(self) -> None:
        """The page of the run, renewed each time."""
        from eval.report.pages import write_report

        with self.progress.stage("report"):
            write_report(self.run)

    @property
    def _data(self) -> Path:
        return data_path(self.config, self.run.path)

    def _train_split(self) -> list[Theorem]:
        return load_theorems(self._data, "train")

    def _benchmarks(self) -> tuple[str, ...]:
        return ("test", "minif2f") if self.config.eval.minif2f else ("test",)

    def _benchmark(self, name: str, pool: Pool) -> Benchmark:
        if name == "test":
            return load_benchmark("test", self._data)
        assert self.config.eval.minif2f is not None  # `_benchmarks` names it only then
        problems = load_for_engine(name, resolve(self.config.eval.minif2f), self.config.engine)
        return pose(problems, pool, self.progress, check_seconds=self.config.engine.seconds)

    @contextmanager
    def _noted(self, stage: str) -> Iterator[None]:
        """Note begin, end and seconds of a stage in events.jsonl; no end where it fails."""
        began = time.time()
        self.run.append("events.jsonl", Event(stage=stage, kind="begin", time=began))
        yield
        ended = time.time()
        self.run.append("events.jsonl", Event(stage=stage, kind="end", time=ended, seconds=ended - began))


def _baselines(config: RunConfig, run: RunDir, benchmark: Benchmark, pool: Pool, progress: Progress) -> None:
    """What needs no model: single tactics, and one script told the definitions."""
    theorems, seconds = cap(benchmark.theorems, config.eval.max_problems), config.engine.seconds
    lines = portfolio(theorems, pool, progress, check_seconds=seconds, benchmark=benchmark.name)
    templates = template_lines(theorems, pool, progress, check_seconds=seconds)
    write_record(run.path / "eval" / f"portfolio-{benchmark.name}.json", lines.replace(templates=templates))


class Workers:
    """The Lean workers of this machine, started when a stage first asks and kept for the next: what one stage asked, and the
    headers it met, cost the others nothing."""

    def __init__(self, config: RunConfig, progress: Progress) -> None:
        self._config, self._progress = config, progress
        self._opened = ExitStack()
        self._pool: Asker | None = None

    def begin(self) -> Asker:
        """Start them, and what judges with them, if that has not been done; they come up beside this process."""
        if self._pool is None:
            self._pool = self._opened.enter_context(open_pool(self._config.engine, progress=self._progress))
        return self._pool

    @property
    def pool(self) -> Asker:
        """What judges; every question once."""
        return self.begin()

    def for_training(self) -> Asker | None:
        """What judges during RL too; None on a cluster, whose nodes have workers of their own."""
        cluster = self._config.cluster
        return self.pool if cluster.nodes == 1 and cluster.address is None else None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
