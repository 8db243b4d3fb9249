"""What a build asks Lean, and keeps of the answers."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data_gen.judging import Journal, Judging
from physprover.errors import RunError
from physprover.lean.protocol import Check, Problem
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.records import CLOCK, Outcome, Theorem, Verdict
from tests.one_engine import OneEngine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from physprover.lean.embedded.engine import EmbeddedEngine


class FullWorker(OneEngine):
    """A pool whose worker is out of memory whenever it is asked something for the first time."""

    def __init__(self, lean: EmbeddedEngine) -> None:
        super().__init__(lean)
        self.met: set[str] = set()

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check in checks:
            if check.id in self.met:
                yield from super().check_many([check])
            else:
                self.met.add(check.id)
                yield check, Verdict(outcome=Outcome.OUT_OF_MEMORY, messages=("more than 2.5 GiB resident",))


def test_a_full_worker_is_not_the_proofs_fault(lean: EmbeddedEngine, tmp_path: Path) -> None:
    judging = Judging(FullWorker(lean), tmp_path / "v.jsonl", 20.0)
    theorem = Theorem(name="t", statement="theorem t (x : Int) : x + 1 - 1 = x")
    answers = judging.ask({"t": (theorem, "by omega"), "u": (theorem, "by rfl")})
    assert (answers["t"].proved, answers["u"].proved) == (True, False)
    assert answers["u"].outcome is Outcome.REJECTED
    assert judging.asked == 2


def test_a_time_out_is_remembered_for_deadlines_no_longer_than_its_own(tmp_path: Path) -> None:
    theorem = Theorem(name="t", statement="theorem t : True")
    late = Verdict(outcome=Outcome.TIMEOUT, messages=("deadline passed",))

    class Late:
        def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
            yield from ((check, late) for check in checks)

        def close(self) -> None:
            pass

    for seconds, asked in ((8.0, 1), (8.0, 0), (5.0, 0), (20.0, 1)):
        judging = Judging(Late(), tmp_path / "v.jsonl", seconds)
        assert judging.ask({"t": (theorem, "by decide")})["t"].outcome is Outcome.TIMEOUT
        judging.close()
        assert judging.asked == asked


def test_a_repeated_build_asks_again_what_the_wall_clock_ended(tmp_path: Path) -> None:
    theorem = Theorem(name="t", statement="theorem t : True")
    verdicts = [Verdict(outcome=Outcome.TIMEOUT, check=CLOCK, messages=("the clock passed",))] * 2
    verdicts.append(Verdict(outcome=Outcome.PROVED))

    class Busy:
        def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
            yield from ((check, verdicts.pop(0)) for check in checks)

        def close(self) -> None:
            pass

    for outcome in (Outcome.TIMEOUT, Outcome.PROVED):
        judging = Judging(Busy(), tmp_path / "v.jsonl", 4.0)
        answer = judging.ask({"t": (theorem, "by decide")})["t"]
        judging.close()
        assert answer.outcome is outcome


def test_the_survey_agrees_with_asking_each_tactic_alone(lean: EmbeddedEngine, tmp_path: Path) -> None:
    goals = [
        "x + y = y + x",
        "x * y = y * x",
        "x = x",
        "2 + 2 = 4",
        "∃ z, z = x",
        "x * x + 1 = x",
        "∃ z, z + 7 = x",
    ]
    theorems = [
        Theorem(name=f"t{i}", statement=f"theorem t{i} (x y : Int) : {goal}") for i, goal in enumerate(goals)
    ]
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    survey = judging.portfolio(theorems)
    assert judging.asked == len(theorems)  # one check each: what makes measuring affordable
    alone = judging.ask({f"{t.name} {p}": (t, portfolio_proof(p)) for t in theorems for p in PORTFOLIO})
    assert survey == {t.name: tuple(p for p in PORTFOLIO if alone[f"{t.name} {p}"].proved) for t in theorems}
    assert survey["t5"] == ()
    assert survey["t0"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT TESTED: this system has no /dev/full")
def test_a_full_disk_is_told_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.jsonl"
    check = Check(id="t", problem=Problem(header="", statement="theorem t : True"), proof="by trivial")
    journal = Journal(path)
    path.symlink_to("/dev/full")
    with (
        pytest.raises(RunError, match=r"verdicts\.jsonl: No space left on device; free some space"),
        closing(journal),
    ):
        journal.put(b"k", check, Verdict(outcome=Outcome.PROVED))
