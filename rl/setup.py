"""What the loop needs before its first step: theorems that fit, actors that are up, and the check that it can work at all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from physprover.config import RunConfig
from physprover.dataset import load_theorems
from physprover.errors import DataError, RunError
from physprover.lean.pool import RayPool
from physprover.lean.protocol import Check, Pool, Problem
from physprover.models.fetch import resolve_model
from physprover.models.sampler import Sampler
from physprover.progress import Silent, Stage
from physprover.records import Theorem
from physprover.runs import RunDir
from rl.sampling.remote_sampler import RemoteSampler
from rl.trainer.build import Trainer, open_trainer


@contextlib.contextmanager
def sampler_and_pool(
    config: RunConfig, start: str, stage: Stage, local: Pool | None = None
) -> Iterator[tuple[RemoteSampler, Pool]]:
    """Ray actors that sample, and Lean workers: `local`, whose owner closes it, else Ray actors too, one a node.

    What was lost and started again is noted on `stage`.
    """
    with contextlib.closing(RemoteSampler(start, config, tell=stage.note)) as sampler:
        if local is not None:
            yield sampler, local
            return
        with contextlib.closing(RayPool(config.engine, nodes=config.cluster.nodes)) as pool:
            yield sampler, pool


@contextlib.contextmanager
def trainer_of(config: RunConfig, run: RunDir, start: str, latest: Path | None) -> Iterator[Trainer]:
    """The trainer of a run, in this process or in `cluster.trainer_processes` of its own, which are ended again.

    Raises RunError when checkpoint `latest` belongs to other settings.
    """
    if config.cluster.trainer_processes == 1:
        yield open_trainer(config, run, start, latest)
        return
    from rl.trainer.parallel import ParallelTrainer

    with contextlib.closing(ParallelTrainer(config, run.path / "checkpoints", start, latest)) as trainer:
        yield trainer


@contextlib.contextmanager
def starting(pool: Pool, theorem: Theorem, workers: int) -> Iterator[None]:
    """Let each worker elaborate a real header while the block runs, and wait for them at its end.

    A Lean process needs seconds to start and to compile what it uses first; no attempt should pay for that.
    """
    first = Problem.of(theorem)
    checks = [Check(id=f"start-{i}", problem=first, proof="by grind", seconds=120.0) for i in range(workers)]
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(lambda: list(pool.check_many(checks)))
        yield
        waiting.result()


def start_model(config: RunConfig, run: RunDir) -> str:
    """Where training begins: the warm start of this run, else the configured model.

    A folder is returned as an absolute path: actors have a working directory of their own.
    """
    warm = run.path / "warmstart"
    if (warm / "config.json").exists():
        return str(warm.resolve())
    if config.model.path is None:
        raise RunError(f"{run.path}: no warm start and no model.path; run the warm start first")
    return resolve_model(config.model.path)


def fitting(theorems: list[Theorem], sampler: Sampler, stage: Stage) -> list[Theorem]:
    """Theorems whose prompt fits the context; the others are named in one line."""
    skipped = set(sampler.skipped(theorems))
    if skipped:
        stage.note(
            f"{len(skipped)} of {len(theorems)} problems left out: prompt longer than model.max_prompt_tokens"
        )
    return [theorem for theorem in theorems if theorem.name not in skipped]


def validation(
    config: RunConfig, run: RunDir, data: Path, pool: Pool
) -> Callable[[Sampler, int], float] | None:
    """What evaluates the validation split after a step, if `rl.eval_every` asks for it; eval/validation-step-N.json.

    Its answer is pass@k, k the first of `eval.ks`.
    """
    if not config.rl.eval_every:
        return None
    from eval.benchmarks import Benchmark
    from eval.evaluate import evaluate

    theorems = load_theorems(data, "validation")
    if not theorems:
        raise DataError(f"{data}: rl.eval_every is set, but the validation split is empty")

    benchmark = Benchmark(name="validation", theorems=tuple(theorems))

    def score(sampler: Sampler, step: int) -> float:
        result = evaluate(
            config.eval,
            sampler,
            pool,
            benchmark,
            run.path / "eval" / f"validation-step-{step}.json",
            Silent(),
            seed=config.seed,
            max_new_tokens=config.model.max_new_tokens,
            check_seconds=config.engine.seconds,
            weights=f"step {step} of this run",
        )
        estimate = result.overall.pass_at[0].estimate
        return 0.0 if estimate is None else estimate.value

    return score
