"""The corpus that verification is timed on: the same at every call, mostly failing, never its own reference by accident."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.app.lab import Row, table
from physprover.app.lab.bench_verify import VerifyBench, bench_verify
from physprover.app.lab.corpus import PASSING, corrupt, load_corpus, make_corpus
from physprover.config import EngineConfig
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.resources import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.lean.embedded.engine import EmbeddedEngine


def test_the_corpus_is_the_same_at_every_call_and_in_its_file(tmp_path: Path) -> None:
    library, saved = resolve("lean/PhysCore"), tmp_path / "new" / "c.jsonl"
    made = make_corpus(library, 200, 16, 20.0)
    assert load_corpus(saved, library, 200, 16, 20.0) == made
    assert load_corpus(saved, library, 50, 16, 20.0) == made[:50]
    assert make_corpus(library, 200, 16, 20.0, seed=1) != made
    assert len({check.problem for check in made}) == 16


def test_the_corpus_has_the_mixture_it_says() -> None:
    checks = make_corpus(resolve("lean/PhysCore"), 2000, 32, 20.0)
    tactics = {portfolio_proof(tactic) for tactic in PORTFOLIO}
    share = sum(check.proof in tactics for check in checks) / len(checks)
    assert abs(share - (1 - PASSING) / 2) < 0.06  # reference proofs may be single tactics too


@given(st.text(min_size=1, max_size=60).filter(str.strip), st.integers())
def test_a_corrupted_proof_is_another_text(proof: str, seed: int) -> None:
    changed = corrupt(proof, random.Random(seed))
    assert changed != proof
    assert changed.strip()


@pytest.mark.slow  # ten starts of Lean
def test_every_figure_is_measured_on_real_lean(lean: EmbeddedEngine) -> None:
    checks = tuple(make_corpus(resolve("lean/PhysCore"), 6, 2, 20.0))
    rows = bench_verify(
        EngineConfig(workers=1), VerifyBench(checks=checks[:4], short=3, soak=0, kill=0), lambda _: None
    )
    assert len(rows) == 8
    assert not any("nan" in row.measured or row.measured.startswith("0.0 ") for row in rows)


def test_the_table_fits_eighty_columns() -> None:
    row = Row(
        figure="lost or doubled verdicts, 123 kills", reach="≥ 150 ×", measured="0 lost, 0 doubled", met=True
    )
    assert max(map(len, table([row]).splitlines())) <= 80
