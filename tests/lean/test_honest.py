"""Honest proofs are accepted: awkward ones here, all of a library in `tests/data_gen/test_physcore.py`. A judge that refuses all
is no judge."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Verdict

AWKWARD = tomllib.loads((Path(__file__).parent / "awkward.toml").read_text(encoding="utf-8"))["proof"]
SECONDS = 120.0  # headers are elaborated within it, on a busy machine


def accepted(verdict: Verdict) -> bool:
    return (verdict.outcome, verdict.tier) == (Outcome.PROVED, "judged")


@pytest.mark.slow
@pytest.mark.parametrize("case", AWKWARD, ids=lambda case: case["title"])
def test_an_awkward_proof_is_accepted(lean: EmbeddedEngine, case: dict[str, str]) -> None:
    problem = Problem(header=case.get("header", ""), statement=case["statement"])
    verdict = lean.check(problem, case["proof"], SECONDS)
    assert accepted(verdict), (verdict.outcome, verdict.check, *verdict.messages)
