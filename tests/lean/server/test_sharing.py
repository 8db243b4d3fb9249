"""Single checks from many clients: what is asked of Lean, who is answered, and what is dropped when clients go."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from typing import Any

import pytest

from physprover.lean.pool import Answer
from physprover.lean.protocol import Check, Problem
from physprover.lean.server.sharing import Sharer
from physprover.records import Outcome, Verdict


class Waiting:
    """A pool that answers when the test does."""

    def __init__(self) -> None:
        self.sent: list[tuple[Check, Answer]] = []
        self.closed = False

    def submit(self, check: Check) -> Answer:
        if self.closed:
            raise RuntimeError("the pool is closed")
        answer: Answer = Future()
        self.sent.append((check, answer))
        return answer

    def answer(self, outcome: Outcome, **fields: Any) -> None:
        """Answer what was sent last."""
        check, answer = self.sent[-1]
        assert answer.set_running_or_notify_cancel()
        answer.set_result((check, Verdict(outcome=outcome, **fields)))


def ask(name: str, seconds: float = 20.0, **fields: Any) -> Check:
    problem = Problem(header="", statement="theorem t : True")
    return Check(id=name, problem=problem, proof="trivial", seconds=seconds, **fields)


@pytest.fixture
def pool() -> Waiting:
    return Waiting()


@pytest.fixture
def sharer(pool: Waiting) -> Sharer:
    return Sharer(pool)  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", [Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED, Outcome.TIMEOUT])
def test_equal_checks_are_asked_once_and_each_client_has_its_own_id(
    pool: Waiting, sharer: Sharer, outcome: Outcome
) -> None:
    open_ = [sharer.submit(ask(name)) for name in "ab"]
    pool.answer(outcome)
    later = sharer.submit(ask("c"))
    assert [future.result(0)[0].id for future in (*open_, later)] == ["a", "b", "c"]
    assert {future.result(0)[1].outcome for future in (*open_, later)} == {outcome}
    assert (len(pool.sent), sharer.asked, sharer.shared, sharer.hits) == (1, 1, 1, 1)


def test_a_longer_deadline_or_a_wish_for_a_fresh_verdict_is_another_question(
    pool: Waiting, sharer: Sharer
) -> None:
    sharer.submit(ask("a"))
    pool.answer(Outcome.TIMEOUT)
    for check in (ask("b", seconds=30.0), ask("c", fresh=True)):
        future = sharer.submit(check)
        assert not future.done()
        pool.answer(Outcome.PROVED)
        assert future.result(0)[1].outcome is Outcome.PROVED
    assert len(pool.sent) == 3


@pytest.mark.parametrize("outcome", [Outcome.CRASHED, Outcome.OUT_OF_MEMORY, Outcome.INFRASTRUCTURE])
def test_a_lost_worker_is_no_ones_last_word(pool: Waiting, sharer: Sharer, outcome: Outcome) -> None:
    future = sharer.submit(ask("a"))
    pool.answer(outcome)
    assert not future.done()
    pool.answer(Outcome.PROVED)
    assert future.result(0)[1].outcome is Outcome.PROVED


def test_what_could_not_be_judged_is_asked_again(pool: Waiting, sharer: Sharer) -> None:
    for _ in range(2):
        future = sharer.submit(ask("a"))
        for _ in range(2):
            pool.answer(Outcome.INFRASTRUCTURE)
        assert future.result(0)[1].outcome is Outcome.INFRASTRUCTURE
    assert len(pool.sent) == 4


def test_a_header_that_does_not_elaborate_is_asked_once(pool: Waiting, sharer: Sharer) -> None:
    sharer.submit(ask("a"))
    pool.answer(Outcome.INFRASTRUCTURE, check="header")
    assert sharer.submit(ask("b")).result(0)[1].check == "header"
    assert len(pool.sent) == 1


def test_lean_is_not_asked_for_clients_that_have_all_gone(pool: Waiting, sharer: Sharer) -> None:
    one, other = (sharer.submit(ask(name)) for name in "ab")
    assert one.cancel()
    assert not pool.sent[0][1].cancelled()
    assert other.cancel()
    assert pool.sent[0][1].cancelled()
    again = sharer.submit(ask("c"))
    assert len(pool.sent) == 2
    pool.answer(Outcome.PROVED)
    assert again.result(0)[1].outcome is Outcome.PROVED


def test_a_client_that_stays_has_its_answer_when_another_goes(pool: Waiting, sharer: Sharer) -> None:
    one, other = (sharer.submit(ask(name)) for name in "ab")
    one.cancel()
    pool.answer(Outcome.REJECTED)
    assert other.result(0)[1].outcome is Outcome.REJECTED


def test_a_pool_that_fails_or_closes_leaves_nobody_waiting(pool: Waiting, sharer: Sharer) -> None:
    broken = sharer.submit(ask("a"))
    pool.sent[-1][1].set_exception(KeyError("a fault of ours"))
    with pytest.raises(KeyError):
        broken.result(0)
    dropped = sharer.submit(ask("a"))
    pool.sent[-1][1].cancel()
    with pytest.raises(CancelledError):
        dropped.result(0)
    pool.closed = True
    with pytest.raises(RuntimeError, match="closed"):
        sharer.submit(ask("a")).result(0)


def test_only_so_many_verdicts_are_kept(pool: Waiting) -> None:
    sharer = Sharer(pool, capacity=2)  # type: ignore[arg-type]
    for proof in ("a", "b", "c"):
        sharer.submit(ask("x").replace(proof=proof))
        pool.answer(Outcome.REJECTED)
    assert sharer.submit(ask("x").replace(proof="c")).done()
    assert not sharer.submit(ask("x").replace(proof="a")).done()
