"""Which worker takes which check; the engines are counted stand-ins, since only the order is looked at."""

from __future__ import annotations

import itertools
import multiprocessing
import threading
from multiprocessing.connection import Connection

import pytest

from physprover.config import EngineConfig
from physprover.errors import LeanSetupError
from physprover.lean import WORKERS_A_JUDGE, judges, start_engines
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


def test_background_checks_leave_half_of_the_workers_to_others_and_go_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, (first, second) = opened(monkeypatch, 2, 0)
    with pool:
        behind = [pool.submit(check.replace(background=True)) for check in checks("abc")]
        while not first.headers:  # the second worker takes none of them
            pass
        ahead = [pool.submit(check) for check in checks("xyz")]
        for _ in (*behind, *ahead):
            first.gate.release()
        for future in (*behind, *ahead):
            future.result(timeout=60)
    order = "".join(h[0] for h in first.headers)
    assert order == "a" + "".join(h for h in order if h in "xyz") + "bc"
    assert len(order) + len(second.headers) == 6


def test_a_single_worker_takes_background_checks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, (only,) = opened(monkeypatch, 1, 10)
    with pool:
        asked = [check.replace(background=True) for check in checks("ab")]
        assert len(list(pool.check_many(asked))) == 2
    assert len(only.headers) == 2


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


def ask_and_close(pool: local.LocalPool, said: Connection) -> None:
    try:
        said.send([verdict.outcome for _, verdict in pool.check_many(checks("b"))])
    except LeanSetupError as error:
        said.send(str(error))
    pool.close()
    said.send("closed")


def test_a_forked_child_is_told_to_open_a_pool_of_its_own_and_ends_nothing_of_the_parents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[int] = []
    engines = [Worker(threading.Semaphore(10))]
    monkeypatch.setattr(local, "open_engines", lambda _: (engines, lambda: ended.append(1)))
    hears, says = multiprocessing.Pipe()
    with local.LocalPool(EngineConfig(workers=1)) as pool:
        assert len(list(pool.check_many(checks("a")))) == 1
        child = multiprocessing.get_context("fork").Process(target=ask_and_close, args=(pool, says))
        child.start()
        try:
            assert hears.poll(60), "the child hangs"
            assert "open one in the child" in hears.recv()
            assert hears.poll(60), "the child hangs"
            assert hears.recv() == "closed"
        finally:
            child.kill()
            child.join()
        assert len(list(pool.check_many(checks("c")))) == 1


class Part:
    """An engine or a judge that notes its end."""

    def __init__(self, ended: list[Part], judge: Part | None = None) -> None:
        self.ended, self.judge = ended, judge

    def close(self) -> None:
        self.ended.append(self)


def test_a_few_workers_share_a_judge_which_ends_after_them() -> None:
    ended: list[Part] = []
    engines, close = start_engines(lambda judge: Part(ended, judge), 5, lambda: Part(ended), share=2)
    found = [engine.judge for engine in engines]
    assert found[0] is found[1]
    assert found[2] is found[3]
    assert len(set(found)) == 3
    assert judges(EngineConfig(workers=2 * WORKERS_A_JUDGE + 1)) == 3
    assert judges(EngineConfig(workers=5, judge=False)) == 0
    close()
    assert len(ended) == 8
    assert all(ended.index(engine) < ended.index(engine.judge) for engine in engines if engine.judge)


def test_nothing_is_left_behind_when_a_worker_cannot_start() -> None:
    ended: list[Part] = []
    made: list[Part | None] = []

    def make(judge: Part | None) -> Part:
        made.append(judge)
        if len(made) == 3:
            raise LeanSetupError("no memory")
        return Part(ended, judge)

    with pytest.raises(LeanSetupError, match="no memory"):
        start_engines(make, 4, lambda: Part(ended), share=2)
    assert len(ended) == 4  # two workers, the judge of both, and the third's
