"""`physprover bench verify`: the figures that verification is to reach, each measured, in one table.

Every timing excludes the start of the processes, except where the start is what is timed. Throughput is that of warm
workers, as it is from the second step of a run on. The corpus is attempts as an RL run makes them: most fail, some pass,
many try a heavy tactic; it is the same at every call.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from physprover.app.lab import Row
from physprover.app.lab.bench_kernels import accepted_by_both, added, agreement
from physprover.config import EngineConfig
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.pool import LocalPool
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome, Verdict

_WARM = 240  # short proofs before the clock starts
_PART = 250  # checks of a turn
_FRESH = 3  # attempts timed with a process each
_SHORT = (
    ("theorem t (a b : Nat) (h : a < b) : a + {n} ≤ b + {n}", "by omega"),
    ("theorem t (a : Int) : a + 0 = a + {n} - {n}", "by simp"),
    ("theorem t : {n} + 1 ≠ {n}", "by decide"),
)


@dataclass(frozen=True)
class VerifyBench:
    """What to measure."""

    checks: Sequence[Check] = ()
    proofs: Sequence[Check] = ()  # proofs known to be right, for both kernels
    known: Mapping[str, Sequence[Check]] = field(default_factory=dict)  # that both are to accept
    kernels_only: bool = False  # the two kernels' figures and nothing else
    short: int = 60  # warm checks of short proofs
    soak: int = 0


def bench_verify(config: EngineConfig, plan: VerifyBench, note: Callable[[str], None]) -> list[Row]:
    """Measure all that `plan` asks for; `note` hears what is being done."""
    ensure_installed()
    checks, rows = plan.checks, list[Row]()
    if not plan.kernels_only:
        note("start, memory, short proofs")
        rows += _one_worker(config, plan.short)
        note(f"{len(checks)} attempts, 1 and 2 workers, with and without judge")
        rows += _timed_on(_throughput(config, checks), len(checks), _PART)
    if plan.proofs:
        note(f"{len(plan.proofs)} reference proofs, both kernels")
        rows += agreement(config, plan.proofs)
    if plan.known:
        note(f"{sum(map(len, plan.known.values()))} proofs of runs, both kernels")
        rows += accepted_by_both(config, plan.known, note)
    if plan.proofs and checks:
        note(f"{len(checks)} attempts, with and without the second kernel")
        rows += _timed_on(added(config, checks), len(checks), _PART)
    if plan.soak:
        note(f"soak of {plan.soak} checks")
        rows += _soak(config, checks, plan.soak)
    return rows


def _timed_on(rows: Sequence[Row], count: int, least: int) -> list[Row]:
    """The figures, without a verdict where they are of fewer checks than that: too few for one."""
    few = {} if count >= least else {"met": None, "note": f"of {count}; no verdict on fewer than {least}"}
    return [each.replace(**few) for each in rows]


def _one_worker(config: EngineConfig, short: int) -> list[Row]:
    began = time.perf_counter()
    with _unjudged(config) as engine:
        engine.check(_short(0).problem, _short(0).proof, 60.0)
        start = time.perf_counter() - began
        for number in range(1, _WARM + 1):  # V8 compiles what is used often, in the background
            engine.check(_short(number).problem, _short(number).proof, 60.0)
        new, known = [], []
        for number in range(_WARM + 1, _WARM + short + 1):
            new.append(_timed(engine, _short(number)))
            known.append(_timed(engine, _short(number)))
        memory = engine.resident() / 1e9
    first, again = statistics.median(new) * 1000, statistics.median(known) * 1000
    return [
        Row.of("start to first verdict", start, "≤ 6 s", shown="{:.1f} s"),
        Row.of("resident memory of one worker", memory, "≤ 0.8 GB", shown="{:.2f} GB"),
        Row.of("short proof, median, statement known", again, "≤ 15 ms", shown="{:.1f} ms"),
        Row.of("short proof, median, new statement", first, "≤ 15 ms", shown="{:.1f} ms"),
    ]


def _timed(engine: EmbeddedEngine, check: Check) -> float:
    began = time.perf_counter()
    engine.check(check.problem, check.proof, 60.0)
    return time.perf_counter() - began


def _throughput(config: EngineConfig, checks: Sequence[Check]) -> list[Row]:
    """Three pools take turns at the same parts of the corpus, so that a machine that slows down slows all alike."""
    kinds = {"one": (1, True), "two": (2, True), "unjudged": (2, False)}
    seconds = dict.fromkeys(kinds, 0.0)
    verdicts: list[Verdict] = []
    with ExitStack() as open_:
        pools = {}
        for name, (workers, judge) in kinds.items():
            settings = config.model_copy(update={"workers": workers, "judge": judge})
            pools[name] = open_.enter_context(LocalPool(settings))
            _warm(pools[name], checks, workers)
        for start in range(0, len(checks), _PART):
            for name, pool in pools.items():
                began = time.perf_counter()
                answers = [verdict for _, verdict in pool.check_many(checks[start : start + _PART])]
                seconds[name] += time.perf_counter() - began
                verdicts += answers if name == "two" else []
    fresh = _fresh_rate(config, checks)
    passed = sum(v.outcome is Outcome.PROVED for v in verdicts) / len(verdicts)
    two, ratio = len(checks) / seconds["two"], seconds["one"] / seconds["two"]
    judge_cost = 100 * (seconds["two"] / seconds["unjudged"] - 1)
    return [
        Row.of("attempts a second, 2 workers", two, "≥ 25", shown=f"{{:.1f}} ({passed:.0%} pass)"),
        Row.of("2 workers over 1", ratio, "≥ 1.8 ×", shown="{:.2f} ×"),
        Row.of("against a process per proof", two / fresh, "≥ 150 ×", shown="{:.0f} ×"),
        Row.of(f"added by the judge at {passed:.0%} pass", judge_cost, "≤ 15 %", shown="{:.0f} %"),
    ]


def _warm(pool: LocalPool, checks: Sequence[Check], workers: int) -> None:
    """Let every worker and the judge meet the corpus about once: headers, statements, and V8's compiler behind them.

    A run of thousands of attempts pays for these in its first step only; two workers pay twice, which is no scaling.
    """
    for _ in range(workers):
        for _answer in pool.check_many(checks):
            pass


def _fresh_rate(config: EngineConfig, checks: Sequence[Check]) -> float:
    """Verdicts a second when each has a process of its own."""
    few, began = checks[:_FRESH], time.perf_counter()
    for check in few:
        _fresh_verdict(config, check)
    return len(few) / (time.perf_counter() - began)


def _fresh_verdict(config: EngineConfig, check: Check) -> Verdict:
    with _unjudged(config) as engine:
        return engine.check(check.problem, check.proof, check.seconds)


def _unjudged(config: EngineConfig) -> closing[EmbeddedEngine]:
    return closing(EmbeddedEngine(config.model_copy(update={"judge": False})))


def _soak(config: EngineConfig, checks: Sequence[Check], count: int) -> list[Row]:
    """One worker, `count` checks in a circle; its memory after a tenth and at the end, and a sample asked afresh."""
    last: dict[str, Outcome] = {}
    settled = 0
    with _unjudged(config) as engine:
        for number in range(count):
            check = checks[number % len(checks)]
            last[check.id] = engine.check(check.problem, check.proof, check.seconds).outcome
            if number == count // 10:
                settled = engine.resident()
        growth = engine.resident() / max(settled, 1) - 1
    sample = random.Random(0).sample(list(checks[:count]), min(20, len(checks), count))
    differ = sum(_fresh_verdict(config, check).outcome is not last[check.id] for check in sample)
    grown = Row.of(f"memory growth over {count} checks", 100 * growth, "≤ 10 %", shown="{:.1f} %")
    return [
        *_timed_on([grown], count, 10 * _PART),
        Row.of("verdicts unlike a fresh process's", differ, "0", shown=f"{{}} of {len(sample)}"),
    ]


def _short(number: int) -> Check:
    """One of the short problems in turn, its `{n}` replaced by a number, so that nothing is cached."""
    statement, proof = _SHORT[number % len(_SHORT)]
    problem = Problem(header="", statement=statement.replace("{n}", str(1000 + number)))
    return Check(id=str(number), problem=problem, proof=proof)
