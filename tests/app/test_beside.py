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


def test_background_work_is_so_until_it_is_waited_for() -> None:
    pool, begun, go_on = ScriptedPool(), threading.Event(), threading.Event()

    def work(pool: Pool) -> None:
        assert list(pool.check_many([CHECK]))
        begun.set()
        assert go_on.wait(60)
        assert list(pool.check_many([CHECK.replace(id="2")]))

    with Beside(lambda: pool) as beside:
        beside.start(work, background=True)
        beside.start(lambda pool: None)
        assert begun.wait(60)
        threading.Timer(0.0, lambda: (beside._waited_for.wait(60), go_on.set())).start()
        beside.wait()
    assert [check.background for check in pool.asked] == [True, False]


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
