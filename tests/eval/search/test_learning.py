"""What a study of searches may know before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.benchmarks import Benchmark
from eval.search.policies import get_policy
from eval.search.study import learned, run_policy
from physprover.app.commands.bench import known_before
from physprover.errors import ConfigError, DataError
from physprover.progress import Silent
from tests.eval.search.test_search import THEOREMS, TOTAL, Oracle, tools

EARLIER, NOW = THEOREMS[:2], THEOREMS[2:]


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Two budgets of one policy and seed."""
    for checks in (2, 4):
        total = TOTAL.replace(checks=checks)
        file = tmp_path / f"round-robin-{checks}-0.jsonl"
        run_policy(EARLIER, get_policy("round robin"), total, tools(Oracle("never")), file, Silent())
    return tmp_path


def test_smaller_budgets_repeat_larger_ones(earlier: Path) -> None:
    found = learned(earlier)
    assert sorted(r.theorem for r in found) == sorted(t.name for t in EARLIER)
    assert {r.total.checks for r in found} == {4}


def test_it_begins_with_what_others_taught_and_with_nothing_else(earlier: Path) -> None:
    benchmark = Benchmark(name="now", theorems=tuple(NOW))
    known = known_before(earlier, benchmark)
    assert len(known.observations) == sum(len(r.learned) for r in learned(earlier)) > 0
    assert known_before(None, benchmark).observations == []


def test_what_is_searched_now_must_not_be_known(earlier: Path) -> None:
    benchmark = Benchmark(name="now", theorems=tuple(THEOREMS[1:]))
    with pytest.raises(ConfigError, match="learn from another split"):
        known_before(earlier, benchmark)


def test_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no searches to learn from"):
        learned(tmp_path)
