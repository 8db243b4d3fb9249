"""Evaluate a prover: sample n attempts for each theorem, let Lean judge them, count.

Sampling and judging overlap: every attempt goes to the pool the moment the sampler yields it. Attempts and verdicts are
on disk before anything is counted, so the same call after a kill continues: what was sampled is judged, what was judged
is kept, and what is missing are the attempts that the unbroken evaluation would have had.
"""

from __future__ import annotations

import hashlib
import platform
import shlex
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from eval.benchmarks import Benchmark
from eval.passk import pass_at_k
from eval.results import (
    EvalResult,
    EvalSettings,
    Unused,
    read_result,
    refuse_namesakes,
    summarise,
    theorem_result,
    theorems_hash,
)
from physprover.benchmark_files import NotRunnable
from physprover.config import EvalConfig
from physprover.errors import ConfigError, DataError, RunError
from physprover.files import append, file_hash, read_journal, write_record
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Pool
from physprover.models.sampler import Sampler, SamplingParams
from physprover.progress import Progress
from physprover.records import Attempt, JudgedAttempt, Record, SamplerInfo, Theorem, read_record
from physprover.runs import package_version

# -- The files of one evaluation that is under way, so that a kill loses no attempt and a resume samples none twice. --
#
# <label>.state.json      what is being evaluated (fingerprint), seconds spent
# <label>.samples.jsonl   `Attempt`: written the moment it is sampled; removed once everything is judged
# <label>.attempts.jsonl  `JudgedAttempt`: written the moment Lean has answered
# <label>.json            `EvalResult`: written last

_STATE = ".state.json"
_LOST_SECONDS = 10.0  # what a kill may take off the seconds spent
MATHLIB_WAYS = (
    "; `--benchmark minif2f` (or proofnet, putnambench, combibench) asks in core Lean what means the same there, and "
    "--set engine.project_dir=FOLDER, a Lake project with Mathlib, all"
)


def is_state(file: Path) -> bool:
    """Whether `file` is the bookkeeping of an evaluation, which lies beside its result and is none."""
    return file.name.endswith(_STATE)


class State(Record):
    """What the evaluation is, and how far it came."""

    fingerprint: str
    seconds: float = 0.0
    started: float = 0.0


class AttemptStore:
    """Append-only attempts of one evaluation; opening it again continues where the files end."""

    def __init__(self, out: Path, fingerprint: str, now: float) -> None:
        """Raises `RunError` when the files belong to an evaluation with other settings."""
        self.attempts_file = out.with_suffix(".attempts.jsonl")
        self._samples_file = out.with_suffix(".samples.jsonl")
        self._state_file = out.with_suffix(_STATE)
        out.parent.mkdir(parents=True, exist_ok=True)
        self.state = self._open_state(fingerprint, now)
        self._since = time.monotonic()
        self.judged = read_journal(self.attempts_file, JudgedAttempt)
        self.sampled = read_journal(self._samples_file, Attempt)

    def _open_state(self, fingerprint: str, now: float) -> State:
        if not self._state_file.exists():
            self._samples_file.unlink(missing_ok=True)  # of an evaluation that was killed, then taken away
            state = State(fingerprint=fingerprint, started=now)
            write_record(self._state_file, state)
            return state
        state = read_record(self._state_file, State, "the state of an evaluation")
        if state.fingerprint != fingerprint:
            raise RunError(
                f"{self.attempts_file} belongs to an evaluation with other settings; "
                f"name another file (`eval --out`), or delete it and {self._state_file.name}"
            )
        return state

    def spend(self, at_least: float = 0.0) -> None:
        """Keep the wall-clock seconds since the last call, or the opening, unless they are few."""
        now = time.monotonic()
        if now - self._since >= at_least:
            self.state = self.state.replace(seconds=self.state.seconds + now - self._since)
            self._since = now
            write_record(self._state_file, self.state)

    def counts(self) -> Counter[str]:
        """Attempts per theorem that need not be sampled again."""
        saved: Counter[str] = Counter(j.attempt.theorem for j in self.judged)
        saved.update(attempt.theorem for attempt in self.pending())
        return saved

    def pending(self) -> Iterator[Attempt]:
        """Sampled in an earlier session, not judged yet."""
        judged = Counter((j.attempt.theorem, j.attempt.proof) for j in self.judged)
        for attempt in self.sampled:
            key = (attempt.theorem, attempt.proof)
            if judged[key]:
                judged[key] -= 1
            else:
                yield attempt

    def add_sample(self, attempt: Attempt) -> None:
        self.sampled.append(attempt)
        append(self._samples_file, attempt)

    def add_judged(self, judged: JudgedAttempt) -> None:
        self.judged.append(judged)
        append(self.attempts_file, judged)
        self.spend(at_least=_LOST_SECONDS)

    def finish(self) -> None:
        """Everything is judged: the samples are in the attempts file now."""
        self._samples_file.unlink(missing_ok=True)


def evaluate(
    config: EvalConfig,
    sampler: Sampler,
    pool: Pool,
    benchmark: Benchmark,
    out: Path,
    progress: Progress,
    *,
    seed: int,
    max_new_tokens: int | None,
    check_seconds: float = 20.0,
    counts: Mapping[str, int] | None = None,
    unused: Unused | None = None,
    weights: str | None = None,
) -> EvalResult:
    """Score `sampler` on a benchmark and write `out` (an `EvalResult`); a finished evaluation is read, not repeated.

    What the benchmark says of problems that cannot be posed, or that measure little, is listed in the result. `max_new_tokens`
    is None where `sampler` reads what another program sampled: then neither this nor the temperature is known. `counts` are
    attempts by theorem where these differ; `config.samples` is the most of any. `unused` is what of such a program's file counts
    nowhere. `weights` tells the sampler's weights from others wherever they stand; without it their name does.
    Raises `ConfigError` for a k above the number of samples, `DataError` for an empty or ambiguous benchmark, `RunError`
    when the files at `out` belong to other settings.
    """
    elsewhere = max_new_tokens is None
    settings = EvalSettings(
        samples=config.samples,
        ks=config.ks,
        temperature=None if elsewhere else config.temperature,
        top_p=None if elsewhere else config.top_p,
        max_new_tokens=max_new_tokens,
        seed=seed,
        check_seconds=check_seconds,
    )
    _check_settings(settings, benchmark)
    chosen = cap(benchmark.theorems, config.max_problems)
    too_long = set(sampler.skipped(chosen))
    asked = [t for t in chosen if t.name not in too_long]
    if not asked:
        raise DataError(f"{benchmark.name}: no problem fits the model's context")
    unasked = [
        NotRunnable(name=n, reason="its prompt does not fit the model's context") for n in sorted(too_long)
    ]
    flags = tuple(flag for flag in benchmark.flags if flag.name in {t.name for t in asked})
    benchmark = benchmark.replace(
        theorems=tuple(asked), not_runnable=(*benchmark.not_runnable, *unasked), flags=flags
    )

    info = sampler.info.replace(model=weights) if weights else sampler.info
    fingerprint = _fingerprint(info, settings, theorems_hash(asked), benchmark.name)
    store = AttemptStore(out, fingerprint, time.time())
    wanted = {t.name: settings.samples if counts is None else counts[t.name] for t in asked}
    if out.exists() and not _missing(store, wanted):
        return read_result(out)

    try:
        _collect(store, sampler, pool, asked, wanted, settings, out.stem, progress)
    finally:
        store.spend()
    result = _result(store, sampler.info, settings, benchmark, out.stem).replace(unused=unused or Unused())
    result.write(out)
    store.finish()
    return result


def _check_settings(settings: EvalSettings, benchmark: Benchmark) -> None:
    if not benchmark.theorems:
        reasons = Counter(" ".join(problem.reason.split())[:200] for problem in benchmark.not_runnable)
        shown = "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common(3))
        more = f"; and {len(reasons) - 3} other reasons" if len(reasons) > 3 else ""
        raise DataError(
            "nothing to evaluate: the benchmark has no runnable problem"
            + (f": {shown}{more}" if shown else "")
            + (MATHLIB_WAYS if "unknown module prefix 'Mathlib'" in shown else "")
        )
    if not settings.ks or min(settings.ks) < 1 or max(settings.ks) > settings.samples:
        raise ConfigError(
            f"eval.ks {list(settings.ks)}: each k must be between 1 and eval.samples = {settings.samples}"
        )
    refuse_namesakes(benchmark.theorems)


def cap(theorems: Sequence[Theorem], limit: int | None) -> list[Theorem]:
    """At most `limit` theorems (None: all), chosen by a hash of their names so that every file keeps its share."""
    if limit is None or len(theorems) <= limit:
        return list(theorems)
    kept = set(sorted((t.name for t in theorems), key=lambda n: hashlib.sha256(n.encode()).digest())[:limit])
    return [t for t in theorems if t.name in kept]


def _collect(
    store: AttemptStore,
    sampler: Sampler,
    pool: Pool,
    asked: list[Theorem],
    wanted: Mapping[str, int],
    settings: EvalSettings,
    label: str,
    progress: Progress,
) -> None:
    """Sample and judge whatever the store lacks."""
    correct: defaultdict[str, int] = defaultdict(int)
    total: defaultdict[str, int] = defaultdict(int)

    def count(judged: JudgedAttempt) -> None:
        if judged.verdict.reward is not None:
            total[judged.attempt.theorem] += 1
            correct[judged.attempt.theorem] += judged.verdict.reward == 1.0

    by_name = {t.name: t for t in asked}
    begun = time.monotonic()
    with progress.stage(f"evaluate {label}", total=sum(wanted.values())) as stage:
        for old in store.judged:
            count(old)
        if store.judged:
            stage.advance(len(store.judged))
        for done, judged in enumerate(
            judge_attempts(
                _attempts(store, sampler, asked, wanted, settings), by_name, pool, settings.check_seconds
            ),
            1,
        ):
            store.add_judged(judged)
            count(judged)
            mean = sum(pass_at_k(n, correct[t], 1) for t, n in total.items()) / max(1, len(total))
            stage.advance(
                1,
                pass_at_1=round(mean, 3),
                solved=sum(c > 0 for c in correct.values()),
                proofs_per_s=round(done / max(1e-9, time.monotonic() - begun), 1),
            )
    short = _missing(store, wanted)
    if short:
        name, missing = next(iter(short.items()))
        raise RunError(f"the sampler left out {missing} of {wanted[name]} attempts for `{name}`")


def _attempts(
    store: AttemptStore,
    sampler: Sampler,
    asked: list[Theorem],
    wanted: Mapping[str, int],
    settings: EvalSettings,
) -> Iterator[Attempt]:
    """First what an earlier session sampled and did not get judged, then what was never sampled.

    A theorem of which some attempts are saved is sampled again whole, and these are left out: short answers end first, so with
    others in place of those that were under way at a kill a prover's long answers would be too few.
    """
    missing = _missing(store, wanted)
    saved = Counter(map(_words, (*(j.attempt for j in store.judged), *(pending := list(store.pending())))))
    yield from pending
    params = SamplingParams(
        temperature=settings.temperature or 1.0,
        top_p=settings.top_p or 1.0,
        max_new_tokens=settings.max_new_tokens or 1,
        seed=settings.seed,
    )
    for count in sorted({wanted[name] for name in missing}, reverse=True):
        batch = [t for t in asked if t.name in missing and wanted[t.name] == count]
        for attempt in sampler.sample(batch, count, params):
            if saved[words := _words(attempt)]:
                saved[words] -= 1
            elif missing[attempt.theorem]:
                missing[attempt.theorem] -= 1
                slim = attempt.replace(prompt_ids=(), logprobs=())  # for training only, and most of the bytes
                store.add_sample(slim)
                yield slim


def _words(attempt: Attempt) -> tuple[object, ...]:
    """What was sampled, by whatever copy of the weights."""
    return attempt.theorem, attempt.proof, attempt.completion, attempt.token_ids


def _missing(store: AttemptStore, wanted: Mapping[str, int]) -> dict[str, int]:
    have = store.counts()
    return {name: count - have[name] for name, count in wanted.items() if have[name] < count}


def _fingerprint(info: SamplerInfo, settings: EvalSettings, theorems: str, benchmark: str) -> str:
    text = "\n".join((info.model_dump_json(), settings.model_dump_json(), theorems, benchmark))
    return hashlib.sha256(text.encode()).hexdigest()


def _result(
    store: AttemptStore, info: SamplerInfo, settings: EvalSettings, benchmark: Benchmark, label: str
) -> EvalResult:
    """The counts of what the store holds of the benchmark's theorems."""
    by_theorem: defaultdict[str, list[JudgedAttempt]] = defaultdict(list)
    for judged in store.judged:
        by_theorem[judged.attempt.theorem].append(judged)
    rows = tuple(theorem_result(t, by_theorem[t.name]) for t in benchmark.theorems)
    engines = sorted({j.verdict.engine for j in store.judged if j.verdict.engine})
    return EvalResult(
        **dict(summarise(rows, settings.ks)),
        label=label,
        benchmark=benchmark.name,
        sampler=info.name,
        model=info.model,
        weights_version=info.weights_version,
        prompt_format=next((j.attempt.prompt_format for j in store.judged), ""),
        settings=settings,
        theorems=rows,
        not_runnable=benchmark.not_runnable,
        flags=benchmark.flags,
        empty=sum(not j.attempt.proof for j in store.judged),
        unknown_tactics=sum(any("unknown tactic" in m for m in j.verdict.messages) for j in store.judged),
        versions={"engine": ", ".join(engines), **package_versions()},
        hashes={
            "theorems": theorems_hash(benchmark.theorems),
            "attempts": file_hash(store.attempts_file),
        },
        started=store.state.started,
        seconds=round(store.state.seconds, 3),
        command=command_line(sys.argv),
    )


def package_versions() -> dict[str, str]:
    """Versions of what an evaluation's figures depend on."""
    packages = ("physprover", "torch", "transformers", "vllm")
    installed = {name: found for name in packages if (found := package_version(name))}
    return {"python": platform.python_version(), **installed}


def command_line(arguments: Sequence[str]) -> str:
    """`sys.argv` as it was typed, without the program's folder; "" when it is not `physprover`."""
    program, *rest = arguments
    path = Path(program)
    if path.stem != "physprover" and path.parts[-2:] != ("physprover", "__main__.py"):
        return ""
    return shlex.join(["physprover", *rest])
