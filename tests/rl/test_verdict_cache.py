"""What the verdict cache remembers, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from physprover.lean.cache import VerdictStore
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Verdict
from rl.verdict_cache import SharedVerdicts, VerdictCache, key

PROBLEM = Problem(header="h", statement="theorem t : True")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_the_proof_decides_is_remembered(outcome: Outcome) -> None:
    cache = VerdictCache()
    cache.put("k", Verdict(outcome=outcome))
    remembered = outcome in (Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED)
    assert (cache.get("k") is not None) is remembered


def test_every_part_counts_and_parts_do_not_run_together() -> None:
    keys = {
        key(Problem(header=header, statement=statement), proof)
        for header, statement, proof in [
            ("h", "s", "p"),
            ("hs", "", "p"),
            ("h", "sp", ""),
            ("", "hs", "p"),
            ("h", "s", "q"),
        ]
    }
    assert len(keys) == 5


def test_least_recently_used_leaves_first() -> None:
    cache = VerdictCache(capacity=2)
    for name in "ab":
        cache.put(name, Verdict(outcome=Outcome.PROVED))
    cache.get("a")
    cache.put("c", Verdict(outcome=Outcome.PROVED))
    assert (cache.get("a") is None, cache.get("b") is None, len(cache)) == (False, True, 2)


def test_runs_that_share_a_file_share_verdicts_of_one_engine(tmp_path: Path) -> None:
    store = VerdictStore(tmp_path / "verdicts.sqlite")
    first = VerdictCache(shared=SharedVerdicts(store, "one engine"))
    first.put("k", Verdict(outcome=Outcome.PROVED))
    first.put("late", Verdict(outcome=Outcome.TIMEOUT))
    second = VerdictCache(shared=SharedVerdicts(store, "one engine"))
    assert second.get("k") == Verdict(outcome=Outcome.PROVED)
    assert second.get("late") is None
    assert VerdictCache(shared=SharedVerdicts(store, "another engine")).get("k") is None
    assert VerdictCache().get("k") is None
