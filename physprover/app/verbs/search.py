"""What every searching verb needs: a prover if there is one, Lean, the train proofs, what was learned before; and `bench search`."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.app.verbs.models import find_model, newest_run
from physprover.config import RunConfig
from physprover.errors import ConfigError, RunError
from physprover.lean.ask import open_pool
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.benchmarks import Benchmark
    from eval.search.budget import Amount
    from eval.search.experience import Experience
    from eval.search.search import Tools
    from physprover.models.sampler import Sampler
    from physprover.records import Theorem
    from physprover.runs import RunDir

DEFAULT_BUDGETS = (
    "tokens=2048,checks=4,seconds=8",
    "tokens=4096,checks=8,seconds=16",
    "tokens=8192,checks=16,seconds=32",
    "tokens=16384,checks=32,seconds=64",
)
"""Of a study: tokens and seconds so that checks are what is scarce."""

NO_MODEL = "none"  # --model none: search without a prover


class Prover(Record):
    """What was found under the name a user gave."""

    weights: str  # "" without a prover
    config: RunConfig
    run: Path | None

    @property
    def data(self) -> Path | None:
        """The data set of its run."""
        from physprover.app.pipeline import data_path

        return data_path(self.config, self._run) if self._run else None

    @property
    def _run(self) -> RunDir | None:
        from physprover.runs import RunDir

        return RunDir(self.run) if self.run else None


def find_prover(model: str | None, overrides: tuple[str, ...]) -> Prover:
    """The named model, the newest run, or none with a word about it: scripts, lemmas and sketches need no prover."""
    if model is None:
        try:
            model = str(newest_run(Path("runs")))
        except RunError:
            print(
                "no prover: searching with scripts, lemmas and sketches (--model RUN adds one)",
                file=sys.stderr,
            )
            model = NO_MODEL
    if model == NO_MODEL:
        from physprover.config_file import load_config

        return Prover(weights="", config=load_config(None, tuple(overrides)), run=None)
    weights, config, run = find_model(model, overrides)
    return Prover(weights=weights, config=config, run=run.path if run else None)


@contextmanager
def open_tools(prover: Prover, seed: int) -> Iterator[Tools]:
    """Lean, the prover's sampler, and a library of train proofs; Lean ends with the block."""
    from eval.search.desk import Limits
    from eval.search.library import Retriever
    from eval.search.search import Tools

    config = prover.config
    limits = Limits(
        max_prompt_tokens=config.model.max_prompt_tokens,
        max_new_tokens=config.model.max_new_tokens,
        check_seconds=config.engine.seconds,
        temperature=config.eval.temperature,
        seed=seed,
    )
    from physprover.app.display import Display

    sampler = _sampler(prover)
    with open_pool(config.engine, 1, Display()) as pool:
        yield Tools(pool, sampler, limits, Retriever(library_theorems(prover)), _experience(prover))


def library_theorems(prover: Prover) -> list[Theorem]:
    """Proved theorems that may be looked at: the train split of the prover's data, else that of PhysCore."""
    from data_gen.extract import extract_library
    from data_gen.library import read_library
    from data_gen.splits import split_library
    from physprover.dataset import load_theorems
    from physprover.resources import resolve

    if prover.data is not None and (prover.data / "data").is_dir():
        return load_theorems(prover.data, "train")
    root = resolve("lean/PhysCore")
    theorems = split_library(read_library(root), extract_library(root))
    return [t for t in theorems if t.split == "train"]


def experience_file(prover: Prover) -> Path | None:
    """Where a run keeps what its searches have learned."""
    return prover.run / "eval" / "experience.jsonl" if prover.run else None


def _sampler(prover: Prover) -> Sampler | None:
    if not prover.weights:
        return None
    from physprover.models.load import load_sampler

    return load_sampler(prover.weights, prover.config)


def _experience(prover: Prover) -> Experience:
    from eval.search.experience import Experience

    file = experience_file(prover)
    return Experience.read(file) if file is not None and file.exists() else Experience()


class StudyRequest(Record):
    """What `bench search` is asked for."""

    model: str
    benchmark: str = "test"
    budgets: tuple[str, ...]
    seeds: int = 5
    policies: tuple[str, ...] = ()  # () = the score and all baselines
    ablations: bool = False
    max_problems: int | None = None
    learn_from: Path | None = None  # folder of an earlier study, on other theorems
    out: Path | None = None


def run_study(request: StudyRequest, overrides: tuple[str, ...]) -> str:
    """All policies at all budgets and seeds; returns the table."""
    from eval.benchmarks import load_benchmark, pose
    from eval.evaluate import cap
    from eval.search.policies import ABLATIONS, BASELINES, get_policy
    from eval.search.study import study
    from physprover.app.display import Display
    from physprover.lean.ask import Asker, VerdictStore, engine_identity

    totals = _budgets(request.budgets)
    prover = find_prover(request.model, overrides)
    if prover.data is None:
        raise ConfigError(f"{request.model}: not a run directory, so there is no data set to search")
    benchmark = load_benchmark(request.benchmark, prover.data)
    benchmark = benchmark.replace(theorems=cap(benchmark.theorems, request.max_problems))
    folder = request.out or Path(prover.run or "runs") / "eval" / f"search-{request.benchmark}"
    named = [get_policy(name) for name in request.policies]
    policies = [*(named or (get_policy("value"), *BASELINES)), *(ABLATIONS if request.ablations else ())]
    with open_tools(prover, 0) as tools:
        folder.mkdir(parents=True, exist_ok=True)
        # In the order of the files, so that Lean has read every header before anybody is charged for it.
        posed = pose(benchmark, tools.pool, Display())
        store = VerdictStore(folder / "verdicts.sqlite")
        tools.pool = Asker(tools.pool, store, engine_identity(prover.config.engine))
        tools.experience = known_before(request.learn_from, posed)
        result = study(posed.theorems, policies, totals, range(request.seeds), tools, folder, Display())
    return f"{result.table}\n\nhighest share of a budget spent: {100 * result.highest_share_spent:.1f} %; written to {folder}"


def known_before(earlier: Path | None, benchmark: Benchmark) -> Experience:
    """What a study begins with: nothing, or what an earlier one on other theorems has learned. `ConfigError` if not others."""
    from eval.search.experience import Experience
    from eval.search.runs import learned

    known = Experience()
    if earlier is None:
        return known
    found = learned(earlier)
    if shared := sorted({result.theorem for result in found} & {t.name for t in benchmark.theorems}):
        raise ConfigError(
            f"{earlier}: learned on `{shared[0]}`, which is searched now; learn from another split"
        )
    for result in found:
        for observation in result.learned:
            known.add(observation)
    return known


def _budgets(texts: tuple[str, ...]) -> list[Amount]:
    from eval.search.budget import parse_budget

    totals = [parse_budget(text) for text in texts]
    if len({total.checks for total in totals}) < len(totals):
        raise ConfigError("budgets of a study must differ in their checks: its files are named by them")
    return totals
