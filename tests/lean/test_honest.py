"""Honest proofs are accepted: two hundred of them, a library's own and awkward ones. A judge that refuses all is no judge."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from data_gen.extract import extract_library
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Verdict

HERE = Path(__file__).parent
AWKWARD = tomllib.loads((HERE / "awkward.toml").read_text(encoding="utf-8"))["proof"]
FROM_LIBRARY = 170
SECONDS = 120.0  # headers are elaborated within it, on a busy machine


def accepted(verdict: Verdict) -> bool:
    return (verdict.outcome, verdict.tier) == (Outcome.PROVED, "judged")


def test_there_are_two_hundred() -> None:
    assert len(AWKWARD) + FROM_LIBRARY >= 200


@pytest.mark.slow
@pytest.mark.parametrize("case", AWKWARD, ids=lambda case: case["title"])
def test_an_awkward_proof_is_accepted(lean: EmbeddedEngine, case: dict[str, str]) -> None:
    problem = Problem(header=case.get("header", ""), statement=case["statement"])
    verdict = lean.check(problem, case["proof"], SECONDS)
    assert accepted(verdict), (verdict.outcome, verdict.check, *verdict.messages)


@pytest.mark.slow
def test_the_librarys_own_proofs_are_accepted(lean: EmbeddedEngine) -> None:
    theorems = extract_library(HERE.parent.parent / "lean" / "PhysCore", "sorry")
    refused = {}
    for theorem in (theorems[k * len(theorems) // FROM_LIBRARY] for k in range(FROM_LIBRARY)):
        verdict = lean.check(Problem.of(theorem), theorem.proof or "", SECONDS)
        if not accepted(verdict):
            refused[theorem.name] = (verdict.outcome, verdict.check, *verdict.messages)
    assert not refused
