"""The benchmark measures and reports; what it measures depends on the machine and is not asserted."""

from typer.testing import CliRunner

from physprover.app.commands import app
from physprover.app.lab import Row


def test_verdicts():
    assert Row.of("a", 0.9, "≤ 1.0", "").verdict == "reached"
    assert Row.of("a", 1.1, "≤ 1.0", "").verdict == "missed"
    assert Row.of("a", 30.0, "≥ 25 GB", "").verdict == "reached"
    assert Row.of("a", 0.0, "1", "").verdict == "missed"
    assert Row.of("a", None, "1", "").verdict == "not measured"
    assert Row.of("a", 3.0, "", "").verdict == ""


def test_the_table_has_every_figure_and_says_what_was_not_measured():
    result = CliRunner().invoke(app, ["bench", "optim", "--elements", "100000", "--rounds", "1"])
    assert result.exit_code in (0, 1)
    rows = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert sum("fused AdamW" in r for r in rows) >= 2
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "scaled up" not in result.stdout  # a plain step of few elements times its calls
    assert any(r.startswith("GPU bf16 step: floor time / time ≥ 0.85 - not measured") for r in rows)
    refused = CliRunner().invoke(app, ["bench", "optim", "--device", "tpu"])
    assert refused.exit_code == 2
    assert "--device is cpu or cuda" in refused.output
