"""Which worker takes which check; the engines are counted stand-ins, since only the order is looked at."""

from __future__ import annotations

import itertools
import threading

import pytest

from physprover.config import EngineConfig
from physprover.lean import pool as local
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome, Verdict


class Worker:
    """Answers when told to, and remembers which headers it was asked about."""

    in_flight = 1

    def __init__(self, gate: threading.Semaphore) -> None:
        self.headers: list[str] = []
        self.gate = gate

    def check(self, problem: Problem, proof: str, seconds: float, messages: int) -> Verdict:
        self.headers.append(problem.header)
        self.gate.acquire()
        return Verdict(outcome=Outcome.PROVED)


def opened(
    monkeypatch: pytest.MonkeyPatch, workers: int, permits: int
) -> tuple[local.LocalPool, list[Worker]]:
    gate = threading.Semaphore(permits)
    engines = [Worker(gate) for _ in range(workers)]
    monkeypatch.setattr(local, "open_engines", lambda _: (engines, lambda: None))
    return local.LocalPool(EngineConfig(workers=workers)), engines


def checks(headers: str) -> list[Check]:
    problem = {h: Problem(header=h * 300, statement="theorem t : True") for h in headers}
    return [Check(id=str(i), problem=problem[h], proof="by trivial") for i, h in enumerate(headers)]


def test_every_check_is_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, engines = opened(monkeypatch, 2, 10_000)
    asked = checks("abcabcbbaacd" * 30)
    with pool:
        answered = [check.id for check, _ in pool.check_many(iter(asked))]
    assert sorted(answered) == sorted(c.id for c in asked)
    assert sum(len(e.headers) for e in engines) == len(asked)


def test_a_worker_keeps_to_the_headers_it_has_met(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, engines = opened(monkeypatch, 1, 0)
    with pool:
        futures = [pool.submit(check) for check in checks("abcabcabc")]
        for _ in futures:
            engines[0].gate.release()
        for future in futures:
            future.result(timeout=60)
    order = [h[0] for h in engines[0].headers]
    # The first may be taken before the others wait; from then on each header is finished before the next begins.
    assert sum(a != b for a, b in itertools.pairwise(order)) <= 3, order


def test_nobody_is_idle_while_a_check_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, engines = opened(monkeypatch, 2, 0)
    with pool:
        futures = [pool.submit(check) for check in checks("aa")]
        while not all(e.headers for e in engines):  # both hold one, though one header is all there is
            pass
        for engine in engines:
            engine.gate.release()
        assert all(f.result(timeout=60)[1].outcome is Outcome.PROVED for f in futures)


def test_a_closed_pool_cancels_what_waits_and_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, engines = opened(monkeypatch, 1, 0)
    first, second = (pool.submit(check) for check in checks("aa"))
    while not engines[0].headers:
        pass
    pool.close()
    assert second.cancelled()
    engines[0].gate.release()
    assert first.result(timeout=60)[1].outcome is Outcome.PROVED
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(checks("a")[0])
