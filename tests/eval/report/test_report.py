"""The report page: self-contained, well-formed, safe, and useful with half a run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.baselines import over, read_portfolio
from eval.passk import Estimate
from eval.report import figures
from eval.report.data import gather, read_funnel
from eval.report.pages import render_report, step_facts, write_report
from eval.results import EvalResult, read_result, summarise
from physprover.app.commands.run import summary
from physprover.runs import Event, RunDir, StepMetrics
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


def test_stages_that_overlap_are_not_counted_twice(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    for stage, begin, end in (
        ("warm start", 0, 10),
        ("evaluate before", 10, 40),
        ("RL", 20, 50),
        ("late", 90, 95),
    ):
        run.append("events.jsonl", Event(stage=stage, kind="end", time=1000.0 + end, seconds=end - begin))
    data = gather(run)
    assert data.wall_seconds == 55
    assert sum(data.stage_seconds.values()) == 75
    assert "Together 55.0 s" in render_report(data)
    assert "Not counted" not in render_report(data)


def test_a_sitting_that_was_killed_is_named_since_nobody_knows_its_seconds(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    for stage, kind in (("data", "begin"), ("data", "end"), ("RL", "begin"), ("RL", "begin"), ("RL", "end")):
        run.append("events.jsonl", Event(stage=stage, kind=kind, time=1000.0, seconds=9.0 * (kind == "end")))
    assert "Not counted: 1 unfinished sitting (" in render_report(gather(run))


def test_baselines_stand_in_the_figure(page: str) -> None:
    chart = page[page.index("<title>pass@k</title>") : page.index("</svg>")]
    for name, css in (("always simp: 24.2\u00a0%", "constant"), ("portfolio of 8: 40.3\u00a0%", "portfolio")):
        assert re.search(rf"<g><title>{re.escape(name)}</title>\s*<path", chart)
        assert f"stroke: var(--{css})" in chart
        assert page.count(f'class="level {css}"') > 1
    assert "best constant tactic" in page


def test_baselines_are_over_the_theorems_that_the_evaluation_asked(tmp_path: Path, make_run: MakeRun) -> None:
    file = make_run(tmp_path, steps=2).path / "eval" / "portfolio-test.json"
    found = read_portfolio(file)
    short = [t.name for t in found.theorems[:40]]
    closed = sum(bool(t.closed_by) for t in found.theorems[:40])
    told = found.best.replace(tactic="grind [defs]", closed=20, names=tuple(short[:20]))
    counted = over(found.replace(templates=(told,)), short)
    assert counted is not None
    assert (counted.closed, counted.portfolio.theorems) == (closed, 40)
    assert [(line.closed, line.estimate.theorems) for line in counted.templates] == [(20, 40)]
    assert over(found, ["another"]) is None

    before = tmp_path / "eval" / "test-before.json"
    for name in ("before", "after"):
        whole = read_result(before.with_name(f"test-{name}.json"))
        rows = whole.theorems[:40]
        whole.replace(theorems=rows, **dict(summarise(rows, whole.settings.ks))).write(
            before.with_name(f"test-{name}.json")
        )
    main = gather(RunDir(tmp_path)).main
    assert main is not None
    assert main.portfolio is not None
    assert main.portfolio.portfolio.theorems == 40
    table = summary(tmp_path / "eval")
    assert f"{counted.portfolio}" in table.split("any tactic of the portfolio")[1]


def test_a_data_set_that_was_given_is_named_where_the_funnel_would_be(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[data]\ndataset = "sets/<mine>"\n')
    page = write_report(RunDir(tmp_path)).read_text(encoding="utf-8")
    assert "The data set sets/&lt;mine&gt; was built before this run" in page
    assert "is not there yet" not in page


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
    page = render_report(gather(run))
    assert_well_formed(page)
    assert "<script" not in page
    assert "<img" not in page


def test_an_unlabelled_evaluation_does_not_take_the_place_of_before_and_after(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    run = make_run(tmp_path, steps=2)
    make_result("test-again-seed7", 2, 0.9).write(tmp_path / "eval" / "test-again-seed7.json")
    main = gather(run).main
    assert main is not None
    assert (main.before.label, main.last.label) == ("test-before", "test-after")


def test_funnel_starts_with_the_candidates() -> None:
    stats = {
        "funnel": [
            {"stage": "distinct", "entered": 5, "passed": 3},
            {"stage": "selected", "entered": 3, "passed": 1},
        ]
    }
    assert [s.count for s in read_funnel(stats)] == [5, 3, 1]
    assert read_funnel({}) == []


def test_the_same_run_gives_the_same_bytes_whatever_matplotlib_is_told(
    tmp_path: Path, make_run: MakeRun, page: str
) -> None:
    import matplotlib

    run = make_run(tmp_path)
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.grid": True}):
        assert write_report(run).read_text(encoding="utf-8") == page


def test_every_colour_of_a_page_is_defined_for_light_and_for_dark(page: str) -> None:
    light, _, dark = page[page.index("<style>") : page.index("</style>")].partition("@media")
    used = set(re.findall(r"var\(--([\w-]+)\)", page))
    assert {"before", "after", "constant", "portfolio", "soft", "grid", "card"} <= used
    assert used - set(re.findall(r"--([\w-]+):", light)) == set()
    fonts = {"serif", "mono"}
    assert used - fonts - set(re.findall(r"--([\w-]+):", dark[: dark.index("* {")])) == set()
    drawn = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert set(re.findall(r"#[0-9a-f]{6}", drawn)) == set()


def test_figures_are_named_and_described_for_a_screen_reader(page: str) -> None:
    figures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(figures) == 2
    for figure in figures:
        assert re.match(r'<svg [^>]*role="img"[^>]*><title>[^<]+</title><desc>[^<]+</desc>', figure)
        assert not re.search(r"\sid=|clip-path|<style|<use|<metadata", figure)


def test_text_in_figures_is_neither_markup_nor_mathematics() -> None:
    evil = '$\\frac{</title><script> --><![CDATA[ " style="fill: #123456'
    metrics = [StepMetrics(step=1, reward=0.5, attempts=1, judged=1, proved=1)]
    figure = figures.reward_figure(metrics)
    assert_well_formed(figure.svg)
    line = figures.Curve("after", [(1, Estimate(value=0.5, low=0.4, high=0.6, theorems=3))], [evil])
    chart = figures._log_chart("x", [line], [("constant", 0.2, evil)], [1], "k")
    assert_well_formed(chart)
    assert "<script" not in chart
    assert (
        chart.count("&lt;script&gt;") == 5
    )  # two hover texts, and the description of the line and its first and last point


@pytest.mark.parametrize("reward", [0.0, 1.0])
@pytest.mark.parametrize("step", [0, 1, 100_000])
def test_one_step_is_a_figure(step: int, reward: float) -> None:
    metrics = [StepMetrics(step=step, reward=reward, attempts=4, judged=4, proved=int(4 * reward))]
    assert_well_formed(figures.reward_figure(metrics).svg)


def test_the_bytes_of_an_exchange_are_added_up() -> None:
    metrics = [
        StepMetrics(step=step, reward=0.5, attempts=4, judged=4, proved=2, exchange_bytes=sent)
        for step, sent in ((1, 1500), (2, None), (3, 500))
    ]
    named = dict(step_facts(metrics))
    assert named["gradient bytes that each trainer sent"] == "2,000"
    assert not [name for name, _ in step_facts(metrics[1:2]) if "bytes" in name]


def test_a_stage_that_its_clock_ended_is_named_beside_the_headline(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path, steps=12)  # of 40
    run.write_json(
        "warmstart/sft_stats.json", {"stopped_by": "max_seconds", "steps": 90, "planned_steps": 146}
    )
    page = write_report(run).read_text(encoding="utf-8")
    header = page[: page.index("</header>")]
    assert "The warm start was ended by its time limit after 90 of 146 steps." in header
    assert "RL was ended after 12 of 40 steps." in header
    run.write_json(
        "warmstart/sft_stats.json", {"stopped_by": "max_seconds", "steps": 90, "planned_steps": 90}
    )
    assert "time limit after 90 steps." in write_report(run).read_text(encoding="utf-8")


def test_a_run_that_finished_says_nothing_of_a_clock(page: str) -> None:
    assert "was ended" not in page
