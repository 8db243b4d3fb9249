"""What Lean says of a theorem's hypotheses; what the text says of its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data_gen.judging import Judging
from data_gen.probes import examine, idle_variables, satisfy
from physprover.lean.protocol import Problem
from tests.data_gen.spins import theorem
from tests.one_engine import OneEngine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from physprover.lean.embedded.engine import EmbeddedEngine
    from physprover.lean.protocol import Check
    from physprover.records import Verdict


@pytest.mark.parametrize(
    ("text", "proof", "clash", "spare"),
    [
        ("(x : Int) (h : 0 < x) : 0 < twice x", "by\n  simp only [twice]\n  omega", False, []),
        (
            "(x y : Int) (h : 0 < x) (g : 0 < y) : 0 < twice x",
            "by\n  simp only [twice]\n  omega",
            False,
            ["g"],
        ),
        ("(x y : Int) (h : 0 < x) (g : y = x) : y * y = x * x", "by\n  rw [g]", False, ["h"]),
        (
            "(x : Int) (h : twice x < x) (g : 0 < x) : x = 5",
            "by\n  simp only [twice] at h\n  omega",
            True,
            ["h"],
        ),
        (
            "(s : Spin) (n : Nat) (h : 0 < n) : flip (flip s) = s",
            "by\n  cases s with\n  | up => rfl\n  | down => rfl",
            False,
            ["h"],
        ),
    ],
)
def test_what_lean_says_of_hypotheses(
    lean: EmbeddedEngine, tmp_path: Path, text: str, proof: str, clash: bool, spare: list[str]
) -> None:
    stated = theorem(text, proof, ("twice", "flip"))
    assert lean.check(Problem.of(stated), proof).reward == 1.0
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    found = examine([stated], judging, lambda: None)["T.t"]
    judging.close()
    assert found.contradictory is clash
    if not clash:
        assert found.spare == tuple(spare)


class Recorded(OneEngine):
    """Keeps what was asked and what Lean said."""

    def __init__(self, lean: EmbeddedEngine) -> None:
        super().__init__(lean)
        self.log: list[str] = []

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check, verdict in super().check_many(checks):
            self.log.append(f"{check.proof}\n{verdict.messages[0]}")
            yield check, verdict


def test_values_answer_what_need_not_be_searched(lean: EmbeddedEngine, tmp_path: Path) -> None:
    """Hypotheses that hold somewhere do not clash; one without which the goal is false somewhere is needed."""
    stated = theorem(
        "(x y : Int) (h : 0 < x) (g : 0 < y) : 0 < twice x", "by\n  simp only [twice]\n  omega", ("twice",)
    )
    pool = Recorded(lean)
    judging = Judging(pool, tmp_path / "v.jsonl", 20.0)
    point = satisfy([stated], judging, lambda: None)["T.t"].point
    found = examine([stated], judging, lambda: None, ["T.t"])["T.t"]
    judging.close()
    assert point is not None
    assert (found.contradictory, found.spare) == (False, ("g",))
    satisfied, examined = pool.log
    assert satisfied.rpartition("by\n")[2].partition("⊢")[0].count(": True\n") == 1
    assert "hypotheses_clash" not in examined
    said = examined.rpartition("hypotheses_end")[2].split()
    assert "needed_h" in said
    assert "needed_g" not in said


def test_without_hypotheses_nothing_is_asked(lean: EmbeddedEngine, tmp_path: Path) -> None:
    pool = OneEngine(lean)
    judging = Judging(pool, tmp_path / "v.jsonl", 20.0)
    assert examine([theorem("(x : Int) : twice x = x + x")], judging, lambda: None) == {}
    assert not pool.asked
    judging.close()


def test_idle_variables() -> None:
    assert idle_variables(theorem("(x y : Int) (s : Spin) (h : y = 2) : twice x = x + x")) == ["s"]
