"""Asking Lean: what is remembered, what it must not, and that every check is answered exactly once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from physprover.config import EngineConfig
from physprover.errors import DataError
from physprover.lean.ask import KEPT, Asker, VerdictStore, engine_identity, key_of, open_pool
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Check, Problem
from physprover.records import CLOCK, Outcome, Verdict
from tests.one_engine import OneEngine
from tests.scripted import ScriptedPool

LOST = [Outcome.CRASHED, Outcome.OUT_OF_MEMORY, Outcome.INFRASTRUCTURE]


class Recorder(ScriptedPool):
    """A pool whose answer is in the question: the proof text names the outcome."""

    def verdict(self, check: Check) -> Verdict:
        return Verdict(outcome=Outcome(check.proof), messages=(check.problem.statement,))

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        return super().check_many(reversed(list(checks)))  # any order is allowed


def ask(number: int, outcome: Outcome, statement: str = "theorem t : True", seconds: float = 20.0) -> Check:
    return Check(
        id=str(number), problem=Problem(header="", statement=statement), proof=outcome.value, seconds=seconds
    )


def retried(inner: Recorder) -> int:
    """Checks that ended in a lost worker: each was asked twice, whatever came of it."""
    lost = {o.value for o in LOST}
    return sum(check.proof in lost for check in inner.asked) // 2


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_lean_decided_is_kept_across_restarts(tmp_path: Path, outcome: Outcome) -> None:
    asked = []
    for _ in range(2):
        inner = Recorder()
        with Asker(inner, VerdictStore(tmp_path / "v.sqlite"), "lean") as pool:
            [(_, verdict)] = pool.check_many([ask(0, outcome)])
        assert verdict.outcome is outcome
        asked.append(len(inner.asked))
    again = {Outcome.TIMEOUT: 1}.get(outcome, 2)  # a lost worker is retried
    assert asked == [1, 0] if outcome in KEPT else asked == [again, again]


def test_the_doubtful_outcomes_are_not_among_the_kept() -> None:
    doubtful = {Outcome.TIMEOUT, Outcome.CRASHED, Outcome.OUT_OF_MEMORY, Outcome.INFRASTRUCTURE}
    assert set(Outcome) - KEPT == doubtful


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(
            st.tuples(st.sampled_from(list(Outcome)), st.sampled_from("abc"), st.sampled_from([1.0, 20.0]))
        ),
        max_size=3,
    )
)
def test_each_check_is_answered_once_with_its_own_verdict(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[Outcome, str, float]]]
) -> None:
    inner = Recorder()
    with Asker(inner, VerdictStore(tmp_path_factory.mktemp("cache") / "v.sqlite"), "lean") as pool:
        for batch in batches:
            checks = [ask(k, outcome, name, seconds) for k, (outcome, name, seconds) in enumerate(batch)]
            answers = list(pool.check_many(checks))
            assert Counter(check.id for check, _ in answers) == Counter(check.id for check in checks)
            for check, verdict in answers:
                assert (verdict.outcome.value, verdict.messages) == (check.proof, (check.problem.statement,))
        assert pool.asked == len(inner.asked) - retried(inner)
        assert pool.hits + pool.shared + pool.asked == sum(map(len, batches))


def test_checks_are_drawn_as_the_inner_pool_wants_them(tmp_path: Path) -> None:
    drawn: list[str] = []

    def endless() -> Iterator[Check]:
        while True:
            drawn.append("x")
            yield ask(len(drawn), Outcome.PROVED, f"theorem t{len(drawn)} : True")

    with Asker(ScriptedPool(), VerdictStore(tmp_path / "v.sqlite"), "lean") as pool:
        answers = pool.check_many(endless())
        assert [next(answers)[0].id for _ in range(3)] == ["1", "2", "3"]
    assert len(drawn) == 3


def test_a_verdict_without_messages_does_not_answer_one_who_wants_them(tmp_path: Path) -> None:
    inner = Recorder()
    with Asker(inner, VerdictStore(tmp_path / "v.sqlite"), "lean") as pool:
        for wanted in (0, 4, 4):
            list(pool.check_many([ask(0, Outcome.REJECTED).replace(messages=wanted)]))
    assert [check.messages for check in inner.asked] == [0, 4]


def test_identical_open_checks_are_asked_once(tmp_path: Path) -> None:
    inner = Recorder()
    with Asker(inner, VerdictStore(tmp_path / "v.sqlite"), "lean") as pool:
        answers = list(pool.check_many([ask(k, Outcome.TIMEOUT) for k in range(8)]))
    assert (len(answers), len(inner.asked), pool.shared) == (8, 1, 7)


def test_a_time_out_is_asked_again_with_a_longer_deadline_only() -> None:
    inner = Recorder()
    with Asker(inner) as pool:
        for seconds in (1.0, 0.5, 2.0, 2.0, 1.0):
            [(_, verdict)] = pool.check_many([ask(0, Outcome.TIMEOUT, seconds=seconds)])
            assert verdict.outcome is Outcome.TIMEOUT
    assert [check.seconds for check in inner.asked] == [1.0, 2.0]


class LosesWorkers(ScriptedPool):
    """A pool whose worker is lost at the first `times` checks; what is asked later is proved."""

    def __init__(self, outcome: Outcome, times: int, check: str = "") -> None:
        super().__init__()
        self.lost = Verdict(outcome=outcome, check=check)
        self.times = times

    def verdict(self, check: Check) -> Verdict:
        return self.lost if len(self.asked) <= self.times else super().verdict(check)


@pytest.mark.parametrize("outcome", LOST)
@pytest.mark.parametrize("fresh", [False, True])
def test_a_lost_worker_is_not_the_proofs_fault(outcome: Outcome, fresh: bool) -> None:
    inner = LosesWorkers(outcome, 1)
    check = ask(0, Outcome.PROVED).replace(fresh=fresh)
    assert [verdict.outcome for _, verdict in Asker(inner).check_many([check])] == [Outcome.PROVED]
    assert len(inner.asked) == 2


@pytest.mark.parametrize("outcome", LOST)
def test_a_worker_lost_twice_is_the_answer_and_infrastructure_is_never_remembered(outcome: Outcome) -> None:
    inner = LosesWorkers(outcome, 2)
    pool = Asker(inner)
    answers = [verdict.outcome for _, verdict in pool.check_many([ask(k, Outcome.PROVED) for k in range(3)])]
    assert answers == [outcome] * 3
    assert len(inner.asked) == 2
    [(_, later)] = pool.check_many([ask(9, Outcome.PROVED)])
    assert later.outcome is (Outcome.PROVED if outcome is Outcome.INFRASTRUCTURE else outcome)


def test_what_the_wall_clock_ended_is_asked_once_more_and_not_remembered(tmp_path: Path) -> None:
    def answers(times: int) -> tuple[int, list[Outcome]]:
        inner = LosesWorkers(Outcome.TIMEOUT, times, check=CLOCK)
        with Asker(inner, VerdictStore(tmp_path / f"{times}.sqlite"), "lean") as pool:
            found = [v.outcome for _ in range(2) for _, v in pool.check_many([ask(0, Outcome.PROVED)])]
        return len(inner.asked), found

    assert answers(1) == (2, [Outcome.PROVED, Outcome.PROVED])
    assert answers(3) == (4, [Outcome.TIMEOUT, Outcome.PROVED])


def test_a_header_that_does_not_elaborate_is_not_retried() -> None:
    inner = LosesWorkers(Outcome.INFRASTRUCTURE, 9, check="header")
    pool = Asker(inner)
    for _ in range(2):
        [(_, verdict)] = pool.check_many([ask(0, Outcome.PROVED)])
        assert verdict.check == "header"
    assert len(inner.asked) == 1


def test_a_fresh_check_is_always_asked_and_teaches_nothing() -> None:
    inner = Recorder()
    pool = Asker(inner)
    check = ask(0, Outcome.REJECTED)
    list(pool.check_many([check, check.replace(fresh=True)]))
    list(pool.check_many([check, check.replace(fresh=True), check.replace(fresh=True)]))
    assert len(inner.asked) == 4
    assert (pool.asked, pool.hits) == (1, 1)


def test_one_around_another_is_one_with_the_stores_of_both(tmp_path: Path) -> None:
    inner, first, second = (
        Recorder(),
        VerdictStore(tmp_path / "a.sqlite"),
        VerdictStore(tmp_path / "b.sqlite"),
    )
    pool = Asker(Asker(inner, first, "lean"), second)
    assert Asker.of(pool) is pool
    list(pool.check_many([ask(0, Outcome.PROVED)]))
    assert len(first) == len(second) == 1
    again = Asker(Recorder(), VerdictStore(tmp_path / "a.sqlite"), "lean")
    list(again.check_many([ask(0, Outcome.PROVED)]))
    assert again.hits == 1


def test_what_an_earlier_process_recorded_is_not_asked() -> None:
    pool = Asker(Recorder())
    pool.remember(ask(0, Outcome.REJECTED), Verdict(outcome=Outcome.REJECTED))
    list(pool.check_many([ask(1, Outcome.REJECTED)]))
    assert (pool.asked, pool.hits) == (0, 1)


def test_the_least_recently_used_leaves_memory_first() -> None:
    pool = Asker(Recorder(), capacity=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        list(pool.check_many([ask(0, Outcome.PROVED, name)]))
    assert (pool.asked, pool.hits) == (4, 2)


def test_the_pool_of_a_config_uses_the_file_it_names(lean: EmbeddedEngine, tmp_path: Path) -> None:
    config = EngineConfig(workers=1, verdicts=str(tmp_path / "shared.sqlite"))
    check = Check(id="0", problem=Problem(header="", statement="theorem t : 2 + 2 = 4"), proof="by decide")
    Asker.of(OneEngine(lean), config).remember(check, lean.check(check.problem, check.proof))
    with open_pool(config, 1) as pool:
        [(_, verdict)] = pool.check_many([check])
    assert (verdict.outcome, pool.hits, pool.asked) == (Outcome.PROVED, 1, 0)


def test_a_verdict_within_a_longer_deadline_replaces_a_time_out(tmp_path: Path) -> None:
    inner = ScriptedPool(lambda check: Outcome.PROVED if check.seconds > 5 else Outcome.TIMEOUT)
    with Asker(inner, VerdictStore(tmp_path / "v.sqlite"), "lean") as pool:
        found = [
            next(pool.check_many([ask(0, Outcome.PROVED, seconds=s)]))[1].outcome for s in (1.0, 9.0, 1.0)
        ]
    assert found == [Outcome.TIMEOUT, Outcome.PROVED, Outcome.PROVED]
    assert len(inner.asked) == 2


texts = st.text(max_size=6)


@given(st.tuples(texts, texts, texts, texts), st.tuples(texts, texts, texts, texts))
def test_different_questions_have_different_keys(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    def key(parts: tuple[str, ...]) -> bytes:
        identity, header, statement, proof = parts
        return key_of(
            Check(id="", problem=Problem(header=header, statement=statement), proof=proof), identity
        )

    assert (key(first) == key(second)) == (first == second)


def test_another_engine_or_no_judge_is_another_question(tmp_path: Path) -> None:
    assert engine_identity(EngineConfig(judge=True)) != engine_identity(EngineConfig(judge=False))
    for identity in ("lean 1", "lean 2"):
        inner = Recorder()
        with Asker(inner, VerdictStore(tmp_path / "v.sqlite"), identity) as pool:
            list(pool.check_many([ask(0, Outcome.PROVED)]))
        assert len(inner.asked) == 1


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    path.write_bytes(b"no database at all" * 100)
    store = VerdictStore(path)
    store.put(b"k", None, Verdict(outcome=Outcome.PROVED))
    assert len(store) == 1
    assert (tmp_path / "v.sqlite.damaged").exists()
    store.close()


def test_an_unreadable_row_is_asked_again(tmp_path: Path) -> None:
    store = VerdictStore(tmp_path / "v.sqlite")
    store._database.execute("INSERT INTO verdicts VALUES (?, ?)", (b"k", '{"outcome": "wonderful"}'))
    assert store.get(b"k") is None
    store.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="verdict cache cannot be opened"):
        VerdictStore(tmp_path / "file" / "v.sqlite")


def test_a_failing_disk_stops_the_cache_and_not_the_checks(tmp_path: Path) -> None:
    inner = Recorder()
    store = VerdictStore(tmp_path / "v.sqlite")
    pool = Asker(inner, store, "lean")
    store.close()  # every later statement fails, as on a full disk
    assert [v.outcome for _, v in pool.check_many([ask(0, Outcome.PROVED)])] == [Outcome.PROVED]
    assert store.fault


WRITER = """
import sys
from pathlib import Path
from physprover.lean.ask import VerdictStore
from physprover.records import Outcome, Verdict
for k in range(20):  # opening a new file, too, is safe at once
    sys.stdout.write("x")
    sys.stdout.flush()
    while not Path(f"{sys.argv[1]}{k}.go").exists():
        pass  # all open it within microseconds
    VerdictStore(Path(f"{sys.argv[1]}{k}")).close()
store = VerdictStore(Path(sys.argv[1]))
for k in range(200):
    store.put(f"{sys.argv[2]} {k}".encode(), None, Verdict(outcome=Outcome.PROVED, messages=(sys.argv[2],)))
    store.put(f"both {k}".encode(), None, Verdict(outcome=Outcome.PROVED))
assert not store.fault, store.fault
"""


def test_several_processes_open_and_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], bufsize=0, stdout=subprocess.PIPE)
        for name in ("a", "b", "c", "d")
    ]
    for k in range(20):
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.read(1)
        (tmp_path / f"v.sqlite{k}.go").touch()
    assert [writer.wait(120) for writer in writers] == [0] * 4
    store = VerdictStore(path)
    assert len(store) == 1000
    found = store.get(b"b 199")
    assert found is not None
    assert found.messages == ("b",)
    store.close()
