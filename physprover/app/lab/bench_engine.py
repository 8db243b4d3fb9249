"""`physprover bench`: how fast this machine judges."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from physprover.lean.ask import open_pool
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome

if TYPE_CHECKING:
    from physprover.config import EngineConfig

# Statement and proof pairs over plain Init; the last is false on purpose. Literals vary, so that nothing is cached.
_PROBLEMS = (
    ("theorem t (a b : Int) : (a + b) * (a + b) = a * a + 2 * a * b + b * b + {n} - {n}", "by grind"),
    ("theorem t (x : Nat) (h : 2 * x < {n}) : x < {n}", "by omega"),
    ("theorem t (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ {n} = {n}", "by simp_all"),
    ("theorem t (n : Nat) : n + {n} + 1 = {n} + n", "by omega"),
)


def bench_engine(engine: EngineConfig, checks: int) -> str:
    """Start the pool, warm every worker, then time `checks` mixed checks."""
    from physprover.app.display import Display

    began = time.perf_counter()
    with open_pool(engine, progress=Display()) as pool:
        warm = [_check(k, 1000 + k, engine.seconds) for k in range(4 * engine.workers)]
        first = None
        for _ in pool.check_many(warm):
            first = first or time.perf_counter() - began
        started = time.perf_counter()
        latencies, proved, name = [], 0, ""
        for _, verdict in pool.check_many(_check(k, 2000 + k, engine.seconds) for k in range(checks)):
            latencies.append(verdict.seconds)
            proved += verdict.outcome is Outcome.PROVED
            name = verdict.engine or name
        seconds = time.perf_counter() - started
    latencies.sort()
    return "\n".join(
        (
            f"engine            {name}, {engine.workers} workers",
            f"first verdict     {first or 0.0:.1f} s after the start",
            f"checks            {checks / seconds:.1f} a second ({checks} checks, {proved} proved, {seconds:.1f} s)",
            f"one check         {latencies[len(latencies) // 2] * 1000:.0f} ms median, {latencies[-1] * 1000:.0f} ms slowest",
        )
    )


def _check(number: int, literal: int, seconds: float) -> Check:
    statement, proof = _PROBLEMS[number % len(_PROBLEMS)]
    problem = Problem(header="", statement=statement.replace("{n}", str(literal)))
    return Check(id=str(number), problem=problem, proof=proof, seconds=seconds)
