"""Attempts of runs as checks: each once, in the share asked for."""

from __future__ import annotations

import pytest

from physprover.app.lab.corpus import Recorded, mixed
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem


def _checks(proof: str, count: int) -> list[Check]:
    problem = Problem(header="", statement="theorem t : True")
    return [Check(id="t", problem=problem, proof=f"{proof} {n}") for n in range(count)]


def test_the_share_that_passed_is_as_asked_for() -> None:
    found = Recorded(passed=_checks("pass", 30), failed=_checks("fail", 100))
    checks = mixed(found, 100, 0.13)
    assert sum(check.proof.startswith("pass") for check in checks) == 13
    assert len({check.proof for check in checks}) == len({check.id for check in checks}) == 100
    assert mixed(found, 100, 0.13) == checks
    assert [c.proof for c in checks] != sorted(c.proof for c in checks)
    assert mixed(found, 0, 0.13) == []


def test_too_few_attempts_are_named() -> None:
    found = Recorded(passed=_checks("pass", 3), failed=_checks("fail", 100))
    with pytest.raises(
        DataError, match="50 different attempts of which 13% pass: the runs hold 3 that passed and 100"
    ):
        mixed(found, 50, 0.13)
