"""Work beside the stages: in order, stopped within a check, its errors raised where the run can end."""

from __future__ import annotations

import itertools
import threading
from functools import partial

import pytest

from physprover.app.beside import Beside
from physprover.errors import DataError
from physprover.lean.protocol import Check, Pool, Problem
from tests.scripted import ScriptedPool

CHECK = Check(id="1", problem=Problem(header="", statement="theorem t : True"), proof="by trivial")


def test_work_is_done_in_order_and_waited_for() -> None:
    done: list[int] = []

    def work(number: int, pool: Pool) -> None:
        done.append(number + len(list(pool.check_many([CHECK]))))

    with Beside(ScriptedPool) as beside:
        for number in range(3):
            beside.start(partial(work, number))
        beside.wait()
        assert done == [1, 2, 3]


def test_leaving_the_block_ends_what_would_go_on_for_ever_and_begins_nothing_more() -> None:
    pool, begun, later = ScriptedPool(), threading.Event(), threading.Event()

    def endless(pool: Pool) -> None:
        for _ in pool.check_many(itertools.repeat(CHECK)):
            begun.set()

    def stopped() -> None:
        with Beside(lambda: pool) as beside:
            beside.start(endless)
            beside.start(lambda _: later.set())
            assert begun.wait(60)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert pool.asked
    assert not later.is_set()


def test_an_error_is_raised_between_stages_and_at_the_end() -> None:
    failed = threading.Event()

    def fail(_: Pool) -> None:
        try:
            raise DataError("no such benchmark")
        finally:
            failed.set()

    with Beside(ScriptedPool) as beside:
        beside.start(fail)
        beside.start(lambda _: None)
        assert failed.wait(60)
        with pytest.raises(DataError, match="no such benchmark"):
            beside.wait()
        with pytest.raises(DataError, match="no such benchmark"):
            beside.check()
