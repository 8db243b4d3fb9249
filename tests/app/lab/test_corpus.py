"""What the benches put to the judge: a corpus that is the same at every call and mostly fails; attempts of runs, each once."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.app.lab.corpus import PASSING, Recorded, corrupt, make_corpus, mixed
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.resources import resolve


def test_the_corpus_is_the_same_at_every_call() -> None:
    library = resolve("lean/PhysCore")
    made = make_corpus(library, 200, 16)
    assert make_corpus(library, 200, 16) == made
    assert make_corpus(library, 50, 16) == made[:50]
    assert make_corpus(library, 200, 16, seed=1) != made
    assert len({check.problem for check in made}) == 16


def test_the_corpus_has_the_mixture_it_says() -> None:
    checks = make_corpus(resolve("lean/PhysCore"), 2000, 32)
    tactics = {portfolio_proof(tactic) for tactic in PORTFOLIO}
    share = sum(check.proof in tactics for check in checks) / len(checks)
    assert abs(share - (1 - PASSING) / 2) < 0.06  # reference proofs may be single tactics too


@given(st.text(min_size=1, max_size=60).filter(str.strip), st.integers())
def test_a_corrupted_proof_is_another_text(proof: str, seed: int) -> None:
    changed = corrupt(proof, random.Random(seed))
    assert changed != proof
    assert changed.strip()


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
