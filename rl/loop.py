"""The RL loop on one page: pick problems, sample groups, judge, learn, hand the weights over, record.

    with sampler (Ray actor), verifier pool (Ray actors) and trainer (this process, or several) ready:
        every step:   rollout = collect(step)          curriculum -> sampler -> Lean, streaming
                      stats   = trainer.update(...)    GRPO on the groups that carry signal
                      sampler.load_weights(...)        and the records are appended

With `rl.max_staleness` = 1 the next step is sampled and judged while this one is learnt, so its attempts come from
weights one update old; their behaviour log-probs are in the ratio. With 0 every attempt is on-policy.
Both are deterministic for a seed, up to verdicts that depend on the clock (timeouts). With more, rounds are sampled and judged
ahead and a step learns from the groups that are ready first (rl/ahead.py). A killed run continues with the same
command from its last checkpoint; what was recorded after it is cut and done again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING, Any

from physprover.config import RunConfig
from physprover.config_file import with_preset
from physprover.dataset import data_path, load_theorems
from physprover.errors import KernelsDisagree
from physprover.files import locked
from physprover.lean.protocol import Pool
from physprover.models.sampler import Sampler
from physprover.progress import Progress, Stage
from physprover.records import JudgedAttempt, read_jsonl
from physprover.runs import RunDir, StepMetrics, terminable, uninterrupted
from rl import checkpoint, curriculum
from rl.ahead import Ahead
from rl.checkpoint import IDLE_LIMIT, LoopState
from rl.cluster import cluster
from rl.expert import ExpertIteration, ProofSearch
from rl.groups import training_batch
from rl.metrics import step_metrics, tracking
from rl.rollout import Rollout, Rollouts
from rl.sampling.remote_sampler import RemoteSampler
from rl.self_play import Conjecturer, SelfPlay
from rl.setup import (
    fitting,
    sampler_and_pool,
    start_model,
    starting,
    trainer_of,
    validation,
)
from rl.trainer.build import Trainer
from rl.validation import refuse_impossible

if TYPE_CHECKING:
    from rl.trainer.grpo import UpdateStats


def train(
    config: RunConfig,
    run: RunDir,
    progress: Progress,
    conjecturer: Conjecturer | None = None,
    search: ProofSearch | None = None,
    local: Pool | None = None,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Train `rl.steps` steps, continuing from the newest complete checkpoint of `run` if there is one.

    Reads run.path/"data", starts from run.path/"warmstart" or `model.path`; appends metrics.jsonl and attempts.jsonl and
    leaves the final weights in checkpoints/step-N (`RunDir.final_checkpoint`). With `rl.self_play_every`, `conjecturer` finds new problems now and then;
    with `rl.expert.checks`, `search` finds proofs that the prover learns. `local` are Lean workers of this machine that the
    caller has already, and closes; without them the stage starts its own, on every node of the cluster. `check` is called before
    each step and raises what else went wrong meanwhile.
    Raises a PhysProverError on anything the user can fix, and
    KeyboardInterrupt after a clean stop.
    """
    config = with_preset(config)
    refuse_impossible(config)
    with locked(run.path), progress.stage("RL", config.rl.steps) as stage:
        latest = run.last_checkpoint()
        state, pending = checkpoint.load(latest) if latest is not None else (LoopState(), None)
        checkpoint.cut_records(run, state)
        stage.advance(state.step)
        if latest is not None and (state.step >= config.rl.steps or state.exhausted):
            return
        data = data_path(config, run.path)
        theorems = load_theorems(data, "train")
        start = start_model(config, run)
        with (
            cluster(config),
            sampler_and_pool(config, start, stage, local) as (sampler, pool),
            contextlib.ExitStack() as opened,
        ):
            with starting(pool, theorems[0], config.engine.workers):  # the trainer opens meanwhile
                trainer = opened.enter_context(trainer_of(config, run, start, latest))
            theorems = fitting(theorems, sampler, stage)
            course = curriculum.build(config.rl, theorems, config.seed)
            rollouts = Rollouts(
                config, theorems, sampler, pool, course, lambda text: stage.advance(0, step_judged=text)
            )
            play = None
            if config.rl.self_play_every and conjecturer is not None:
                play = SelfPlay(config, run, conjecturer, sampler, pool, trainer, rollouts, course)
                play.restore(state.self_play_rounds)
            expert = None
            if config.rl.expert.checks and search is not None:
                expert = ExpertIteration(config, run, search, trainer, rollouts, theorems)
            if latest is not None:
                stage.note(f"continuing after step {state.step}")
                curriculum.restore(course, state.curriculum)
                if state.step:  # before the first step, nothing is recorded
                    rollouts.remember(read_jsonl(run.path / "attempts.jsonl", JudgedAttempt))
                rollouts.remember(pending.judged if pending is not None else ())
            loop = Loop(
                config=config,
                run_dir=run,
                stage=stage,
                sampler=sampler,
                trainer=trainer,
                rollouts=rollouts,
                course=course,
                state=state,
                pending=pending,
                validation=validation(config, run, data, pool),
                log=opened.enter_context(tracking(config, run, state.step)),
                self_play=play,
                expert=expert,
                check=check,
            )
            try:
                with terminable():
                    loop.run()
            except KeyboardInterrupt:
                stage.note(loop.stopped())
                raise


@dataclass
class Loop:
    """The steps of one process, between two checkpoints or a thousand."""

    config: RunConfig
    run_dir: RunDir
    stage: Stage
    sampler: RemoteSampler
    trainer: Trainer
    rollouts: Rollouts
    course: curriculum.Curriculum
    state: LoopState
    pending: InitVar[Rollout | None]  # of the checkpoint: what was sampled ahead of it
    validation: Callable[[Sampler, int], float] | None
    log: Callable[[StepMetrics], None]
    self_play: SelfPlay | None
    expert: ExpertIteration | None
    check: Callable[[], None]

    def __post_init__(self, pending: Rollout | None) -> None:
        # stopped in its first step, a run has a checkpoint too, and goes on from it
        if not self.state.curriculum:
            self.state = self.state.replace(curriculum=self.course.state())
        self._ahead: Ahead | None = None
        if self.config.rl.max_staleness > 1:
            ready = pending.groups if pending is not None else ()
            self._ahead = Ahead(self.config, self.rollouts, self.sampler, self.state.sampled_rounds, ready)
            pending = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rollout")
        self._next: Future[Rollout] | None = _done(pending) if pending is not None else None
        self._handed_over: int | None = None  # step of the weights the sampler has
        self._handover_bytes = 0  # to each sampler, since the last record
        self._handover_seconds = 0.0
        self._saved: int | None = None  # step of the newest checkpoint of this process
        self._before, self._opened = self.state.seconds, time.monotonic()
        self._recorded = self._opened  # when the last step was recorded
        recorded = list(self.run_dir.metrics())
        self._exchanged = sum(line.exchange_bytes or 0 for line in recorded)
        self._judged_before = sum(line.judged for line in recorded)
        self._judged = 0  # attempts, in this process

    def run(self) -> None:
        """Steps until the last one, the time limit, or nothing is left to learn."""
        try:
            while self._go_on():
                self._step() if self._ahead is None else self._step_from(self._ahead)
                if self.state.step % self.config.rl.save_every == 0:
                    self._save(self._next.result() if self._next is not None else None)
            self._save(None)
            if self.state.best_step is not None:
                self.stage.note(
                    f"the run ends with step {self.state.best_step}, the best on validation: {self.state.best_score:.1%}"
                )
            self._let_finish()
        except KernelsDisagree:
            step = self.state.step + 1
            self.run_dir.append(
                "metrics.jsonl",
                StepMetrics(
                    step=step, reward=0, attempts=0, judged=0, proved=0, moved=False, disagreements=1
                ),
            )
            raise
        except KeyboardInterrupt:
            self._save(None)
            raise
        finally:
            if self._ahead is not None:
                self._ahead.close(wait=False)
            self._thread.shutdown(wait=False, cancel_futures=True)

    def _let_finish(self) -> None:
        """Wait for what is sampled ahead when the time is up: its threads must not outlive the actors they ask."""
        if self._ahead is not None:
            self._ahead.close()
        if self._next is not None:
            with contextlib.suppress(Exception):  # nobody will use it
                self._next.result()

    def stopped(self) -> str:
        """What to tell the user after an interrupt."""
        last = self.run_dir.last_checkpoint()
        where = f"continues after {last.name}" if last is not None else "starts this stage again"
        return f"stopped at step {self.state.step}; the same command {where}"

    def _go_on(self) -> bool:
        self.check()
        rl = self.config.rl
        if self.state.exhausted:
            self.stage.note(
                f"ended at step {self.state.step}: {IDLE_LIMIT} steps in a row in which every group was all proved or "
                "all failed, so there is nothing left to learn from these problems"
            )
            return False
        if rl.max_seconds is not None and self.state.seconds >= rl.max_seconds:
            self.stage.note(
                f"ended at step {self.state.step}: rl.max_seconds = {rl.max_seconds:g} is used up"
            )
            return False
        return self.state.step < rl.steps

    def _step(self) -> None:
        step = self.state.step + 1
        if self._expert_due(step):
            self._learn_from_search(step)
        if self._conjectures_due(step):
            self._hand_over()
            self._conjecture(step)
        if self._next is None:
            self._hand_over()
        began = time.monotonic()
        if self._next is None:
            rollout = self.rollouts.collect(step)
        else:
            rollout = self._next.result()
            self._next = None
        blocked = time.monotonic() - began
        known = self.course.state()  # before the next step's problems are drawn
        # before a round the weights move once more, so that its step cannot be sampled ahead
        round_due = self._expert_due(step + 1) or self._conjectures_due(step + 1)
        if self.config.rl.max_staleness and step < self.config.rl.steps and not round_due:
            self._hand_over()
            self._next = self._thread.submit(self.rollouts.collect, step + 1)
        self._learn(rollout, blocked, known)
        self._evaluate(step)

    def _step_from(self, ahead: Ahead) -> None:
        """A step whose groups were sampled and judged by `ahead`, from weights that may be several updates old."""
        step = self.state.step + 1
        if self._expert_due(step):
            self._learn_from_search(step)
        if self._handed_over is None:
            self._give(ahead)
        began = time.monotonic()
        rollout = ahead.take(step)
        blocked = time.monotonic() - began
        self._handover_bytes, self._handover_seconds = ahead.take_handover()
        self._learn(rollout, blocked, self.rollouts.curriculum_state())
        self.state = self.state.replace(sampled_rounds=ahead.rounds)
        if step < self.config.rl.steps or self._evaluation_due(step):
            self._give(ahead)
        self._evaluate(step)

    def _give(self, ahead: Ahead) -> None:
        """The weights of now, for the rounds to come."""
        weights = self.trainer.handover()
        if self.config.cluster.trainer_processes == 1:
            # These are the trainer's own memory, which the next update changes.
            weights = {name: tensor.detach().cpu().clone() for name, tensor in weights.items()}
        ahead.give(weights, self.state.step)
        self._handed_over = self.state.step

    def _learn(self, rollout: Rollout, blocked: float, known: dict[str, Any]) -> None:
        """One update from a step's attempts, and its records."""
        batch = training_batch(rollout.groups, self.config.rl)
        staleness = max((self.state.step - sample.version for sample in batch), default=0)
        with uninterrupted():
            stats = self.trainer.update(batch)
            self._record(rollout, stats, staleness, blocked, known)

    def _expert_due(self, step: int) -> bool:
        return self.expert is not None and self.expert.due(step, self.state.expert_rounds)

    def _conjectures_due(self, step: int) -> bool:
        return self.self_play is not None and self.self_play.due(step, self.state.self_play_rounds)

    def _learn_from_search(self, step: int) -> None:
        """One round of expert iteration before `step`, and a checkpoint: a kill repeats none of its work."""
        assert self.expert is not None
        number = self.state.expert_rounds + 1
        line = self.expert.round(number, step, lambda text: self.stage.advance(0, expert=text))
        self.state = self.state.replace(expert_rounds=number)
        self._handed_over = self._saved = None
        self._save(None)
        self.stage.note(
            f"expert round {number}: proofs of {sum(line.targets.values())} of {line.problems} train problems, "
            f"{line.targets['search']} by search in {line.checks} checks; {line.steps} supervised steps, loss {line.loss:.2f}"
        )

    def _conjecture(self, step: int) -> None:
        """One round of self-play before `step`: the weights move, the training problems become more."""
        assert self.self_play is not None
        number = self.state.self_play_rounds + 1
        found, groups = self.self_play.conjecture(number, step)
        with uninterrupted():
            line = self.self_play.learn(number, step, found, groups)
            self.state = self.state.replace(self_play_rounds=number)
            self._handed_over = None
        self.stage.note(
            f"self-play round {number}: {line.kept} of {line.proposals} conjectures kept, {line.solved} proved by the "
            f"prover, {line.rewarded} rewarded"
        )

    def _hand_over(self) -> None:
        """Give the sampler the trainer's weights, unless it has them."""
        if self._handed_over != self.state.step:
            began = time.monotonic()
            self.sampler.load_weights(self.trainer.handover(), self.state.step)
            self._handover_seconds += time.monotonic() - began
            self._handover_bytes = self.sampler.handover_bytes
            self._handed_over = self.state.step

    def _record(
        self, rollout: Rollout, stats: UpdateStats, staleness: int, blocked: float, known: dict[str, Any]
    ) -> None:
        now = time.monotonic()
        peak = self.config.cluster.trainer_gpus * self.config.cluster.gpu_tflops * 1e12
        metrics = step_metrics(rollout, stats, now - self._recorded, staleness, blocked, peak)
        metrics = metrics.replace(
            handover_bytes=self._handover_bytes, seconds_handover=self._handover_seconds
        )
        if stats.exchanged is not None:
            metrics = metrics.replace(exchange_bytes=stats.exchanged - self._exchanged)
            self._exchanged = stats.exchanged
        self._handover_bytes, self._handover_seconds = 0, 0.0
        self._recorded = now
        for item in rollout.judged:
            self.run_dir.append("attempts.jsonl", item)
        self.run_dir.append("metrics.jsonl", metrics)
        self.log(metrics)
        self.state = self.state.replace(
            step=rollout.step,
            idle_steps=0 if stats.moved else self.state.idle_steps + 1,
            seconds=self._before + now - self._opened,
            curriculum=known,
        )
        self._judged += metrics.judged
        self.stage.advance(1, **self._figures(metrics, now - self._opened))

    def _figures(self, metrics: StepMetrics, seconds: float) -> dict[str, float | str]:
        """What the progress bar shows: reward and entropy of the step, all attempts judged so far, and their mean rate."""
        known = {} if metrics.entropy is None else {"entropy": round(metrics.entropy, 2)}
        return {
            "step_judged": "",  # shown while a step is under way
            "reward": round(metrics.reward, 3),
            "judged": self._judged_before + self._judged,
            "proofs_per_s": round(self._judged / seconds, 1),
            **known,
        }

    def _evaluate(self, step: int) -> None:
        """pass@k on the validation split, every `rl.eval_every` steps."""
        if self.validation is None or not self._evaluation_due(step):
            return
        if self._ahead is not None:
            with self._ahead.quiet():
                score = self.validation(self.sampler, step)
        else:
            if self._next is not None:
                self._next.exception()  # the sampler finishes what it is at before it gets newer weights
            self._hand_over()
            score = self.validation(self.sampler, step)
        best = self.state.best_step is None or score > self.state.best_score
        if self.config.rl.final == "best" and best:
            self.state = self.state.replace(best_step=step, best_score=score)

    def _evaluation_due(self, step: int) -> bool:
        every = self.config.rl.eval_every
        return every > 0 and step % every == 0

    def _save(self, pending: Rollout | None) -> None:
        """Checkpoint of the last finished step; with `pending`, the step sampled ahead and its curriculum. With rl/ahead.py,
        `pending` is whatever is ready."""
        if self._saved == self.state.step and pending is None:
            return
        if self._ahead is not None:
            self.state = self.state.replace(sampled_rounds=self._ahead.rounds)
            pending = Rollout(step=self.state.step + 1, groups=self._ahead.ready())
        state = (
            self.state if pending is None else self.state.replace(curriculum=self.rollouts.curriculum_state())
        )
        checkpoint.save(self.run_dir, state, self.trainer.write, pending)
        self._saved = self.state.step


def _done(rollout: Rollout) -> Future[Rollout]:
    future: Future[Rollout] = Future()
    future.set_result(rollout)
    return future
