"""The corpus that verification is timed on: the same at every call, mostly failing, never its own reference by accident."""

from __future__ import annotations

import pytest

from physprover.app.lab import Row, table
from physprover.app.lab.bench_verify import VerifyBench, bench_verify
from physprover.app.lab.corpus import make_corpus
from physprover.config import EngineConfig
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.resources import resolve


@pytest.mark.slow  # ten starts of Lean
def test_every_figure_is_measured_on_real_lean(lean: EmbeddedEngine) -> None:
    checks = tuple(make_corpus(resolve("lean/PhysCore"), 6, 2))
    rows = bench_verify(EngineConfig(workers=1), VerifyBench(checks=checks[:4], short=3), lambda _: None)
    assert len(rows) == 8
    assert not any("nan" in row.measured or row.measured.startswith("0.0 ") for row in rows)


def test_the_table_fits_eighty_columns() -> None:
    row = Row(
        figure="short proof, median, statement known", reach="≥ 150 ×", measured="0 lost, 0 doubled", met=True
    )
    assert max(map(len, table([row]).splitlines())) <= 80
