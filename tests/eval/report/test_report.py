"""The report page: self-contained, well-formed, safe, and useful with half a run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from eval.report.data import gather, read_funnel
from eval.report.run_report import render, write_report
from eval.results import EvalResult, read_result
from physprover.runs import RunDir
from tests.eval.report.html_check import assert_self_contained, assert_well_formed

MakeRun = Callable[..., RunDir]
MakeResult = Callable[..., EvalResult]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, make_run: MakeRun) -> str:
    return write_report(make_run(tmp_path_factory.mktemp("run"))).read_text(encoding="utf-8")


def test_page_needs_nothing_from_outside(page: str) -> None:
    assert_self_contained(page)
    assert len(page) < 1_000_000


def test_page_is_well_formed(page: str) -> None:
    assert_well_formed(page)


def test_page_shows_what_the_results_say(page: str, make_result: MakeResult) -> None:
    before, after = (make_result(f"test-{w}", v, g) for w, v, g in (("before", 0, 0.0), ("after", 40, 0.6)))
    for result in (before, after):
        for k in (1, 8):
            estimate = result.overall.at(k)
            assert estimate is not None
            assert f"{100 * estimate.value:.1f}" in page
            assert f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]" in page
    new = [
        a.name for a, b in zip(after.theorems, before.theorems, strict=True) if a.correct and not b.correct
    ]
    assert page.count("newly solved") == len(new) > 0


def test_baselines_stand_in_the_figure(page: str) -> None:
    assert page.count('class="level constant"') > 1
    assert page.count('class="level portfolio"') > 1
    assert "best constant tactic" in page


def test_empty_run_says_what_is_missing(tmp_path: Path) -> None:
    page = write_report(RunDir(tmp_path)).read_text(encoding="utf-8")
    assert_well_formed(page)
    for text in (
        "has not been evaluated yet",
        "No optimizer step yet",
        "No stage has finished yet",
        "funnel",
    ):
        assert text in page


@pytest.mark.parametrize(
    "missing",
    ["metrics.jsonl", "eval/test-after.json", "eval/portfolio-test.json", "config.toml", "data/stats.json"],
)
def test_partial_runs_render(tmp_path: Path, missing: str, make_run: MakeRun) -> None:
    run = make_run(tmp_path, steps=2)
    (tmp_path / missing).unlink()
    assert_well_formed(write_report(run).read_text(encoding="utf-8"))


def test_damaged_files_are_named_and_the_rest_is_shown(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path, steps=2)
    (tmp_path / "eval" / "test-after.json").write_text('{"label": "x"}')
    (tmp_path / "config.toml").write_text("= broken")
    page = write_report(run).read_text(encoding="utf-8")
    assert "Could not be read" in page
    assert "test-after.json" in page
    assert "config.toml" in page
    assert "test-before" in page


def test_model_text_cannot_break_the_page(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path, steps=2)
    file = tmp_path / "eval" / "test-before.json"
    result = read_result(file)
    evil = "by\n  </pre><script>alert(1)</script> & \"'<img onerror=x>"
    rows = tuple(
        t.replace(accepted=evil, statement=evil, informal=evil, failed=None, correct=t.n, domain="<b>")
        for t in result.theorems
    )
    result.replace(theorems=rows, model=evil).write(file)
    (tmp_path / "eval" / "test-after.json").unlink()
    page = render(gather(run))
    assert_well_formed(page)
    assert "<script" not in page
    assert "<img" not in page


def test_an_unlabelled_evaluation_does_not_take_the_place_of_before_and_after(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    run = make_run(tmp_path, steps=2)
    make_result("test-again-seed7", 2, 0.9).write(tmp_path / "eval" / "test-again-seed7.json")
    physics = gather(run).physics
    assert physics is not None
    assert (physics.before.label, physics.last.label) == ("test-before", "test-after")


def test_funnel_starts_with_the_candidates() -> None:
    stats = {
        "funnel": [
            {"stage": "distinct", "entered": 5, "passed": 3},
            {"stage": "selected", "entered": 3, "passed": 1},
        ]
    }
    assert [s.count for s in read_funnel(stats)] == [5, 3, 1]
    assert read_funnel({}) == []
