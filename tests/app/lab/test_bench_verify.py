"""The corpus that verification is timed on: the same at every call, mostly failing, never its own reference by accident."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from physprover.app.commands import app
from physprover.app.lab import Row, table
from physprover.app.lab.bench_verify import VerifyBench, bench_verify
from physprover.app.lab.corpus import make_corpus
from physprover.config import EngineConfig
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.resources import resolve


@pytest.mark.slow  # ten starts of Lean
def test_every_figure_is_measured_on_real_lean(lean: EmbeddedEngine) -> None:
    checks = tuple(make_corpus(resolve("lean/PhysCore"), 6, 2))
    plan = VerifyBench(checks=checks[:4], short=3, soak=2)
    rows = bench_verify(EngineConfig(workers=1), plan, lambda _: None)
    assert len(rows) == 10
    assert {row.verdict for row in rows[4:9]} == {""}  # four attempts and two checks decide nothing
    assert "no verdict" in rows[4].note
    assert not any("nan" in row.measured or row.measured.startswith("0.0 ") for row in rows[:8])


def test_a_soak_of_nothing_is_refused() -> None:
    done = CliRunner().invoke(app, ["bench", "verify", "--kernels-only", "--attempts", "0", "--soak", "1"])
    assert done.exit_code == 2
    assert "there are none" in done.output


def test_the_table_fits_eighty_columns() -> None:
    row = Row(
        figure="short proof, median, statement known", reach="≥ 150 ×", measured="0 lost, 0 doubled", met=True
    )
    assert max(map(len, table([row]).splitlines())) <= 80
