"""Markdown tables: the figures of the result, facts to repeat it, and several seeds in one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from eval.compare import over_seeds
from eval.evaluate import command_line
from eval.passk import mean_interval, pass_at_k
from eval.report.markdown import cell, markdown, markdown_seeds, seeds_label
from eval.report.pages import write_page
from eval.results import EvalResult, read_result
from physprover.app.commands.eval import compare, table
from physprover.app.commands.report import write_reports
from physprover.benchmark_files import NotRunnable
from physprover.errors import DataError
from physprover.files import file_hash
from physprover.models.fetch import fingerprint

MakeEvaluation = Callable[..., Path]


def rows_of(text: str) -> list[list[str]]:
    """Cells of every table row; a bar that is escaped does not end a cell."""
    lines = [line.replace("\\|", "¦") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, make_evaluation: MakeEvaluation) -> list[EvalResult]:
    folder = tmp_path_factory.mktemp("seeds")
    return [read_result(make_evaluation(folder, seed=seed)) for seed in (0, 1, 2)]


def test_table_has_the_figures_of_the_result(results: list[EvalResult]) -> None:
    result = results[0]
    rows = {row[0]: row[1:] for row in rows_of(markdown(result))}
    for group in (result.overall, *result.by_level, *result.by_domain):
        assert rows[group.name] == [
            str(group.theorems),
            str(group.solved),
            cell(group.at(1)),
            cell(group.at(4)),
        ]
    assert rows["seed"] == ["0"]
    assert rows["model"] == [result.model]
    assert rows["benchmark, sha256"] == [result.hashes["theorems"]]
    assert rows["engine"] == [result.versions["engine"]]
    assert rows["command"] == [f"`{result.command}`"]
    assert rows["not asked"] == ["1: Synthetic.real (needs Mathlib: real numbers)"]


def test_problems_not_asked_are_counted_as_on_the_terminal(results: list[EvalResult]) -> None:
    """Two of one name are two, and what every seed left out is listed once."""
    left = tuple(NotRunnable(name="p", reason=f"asks for `{a}`") for a in ("a", "b", "b"))
    several = [r.replace(not_runnable=left) for r in results]
    for text in (markdown(several[0]), markdown_seeds(several)):
        assert "| not asked | 3: p (asks for `a`); p (asks for `b`); p (asks for `b`) |" in text
    assert "3 problems not asked" in table(several[0])
    reason = "column `statement` is missing; the row has name, lean, and twelve other columns of long names"
    told = table(several[0].replace(not_runnable=(NotRunnable(name="p", reason=reason),)))
    assert "  column `statement` is missing; the row has name, lean, and twelve …" in told
    assert max(map(len, told.splitlines()[-2:])) <= 80


def test_the_table_of_a_run_names_run_configuration_and_weights(
    tmp_path: Path, make_evaluation: MakeEvaluation
) -> None:
    run = tmp_path / "mine"
    (run / "eval").mkdir(parents=True)
    file = make_evaluation(run / "eval")
    weights = run / Path(read_result(file).model)
    weights = run.joinpath(*weights.parts[-2:])
    weights.mkdir(parents=True)
    (run / "config.toml").write_text("seed = 1\n")
    (weights / "config.json").write_text("{}")
    rows = {row[0]: row[1:] for row in rows_of(write_page(file).markdown.read_text(encoding="utf-8"))}
    assert rows["run"] == ["mine"]
    assert rows["configuration (config.toml), sha256"] == [file_hash(run / "config.toml")]
    assert rows["weights, fingerprint"] == [fingerprint(str(weights))]


def test_all_rows_of_a_table_have_its_columns_whatever_the_names(results: list[EvalResult]) -> None:
    group = results[0].overall.replace(name="a|b\nc")
    result = results[0].replace(by_domain=[group], model="x | y\n| z", command="")
    rows = rows_of(markdown(result))
    widths = [len(row) for row in rows]
    assert set(widths[: widths.index(2)]) == {5}
    assert set(widths[widths.index(2) :]) == {2}
    assert "command" not in [row[0] for row in rows]


def test_seeds_are_averaged_with_both_intervals(results: list[EvalResult]) -> None:
    rows = {row[0]: row[1:] for row in rows_of(markdown_seeds(results))}
    spread = over_seeds([r.overall.at(1).value for r in results])  # type: ignore[union-attr]
    by_theorem = [
        [pass_at_k(r.theorems[i].n, r.theorems[i].correct, 1) for r in results if r.theorems[i].n]
        for i in range(len(results[0].theorems))
    ]
    estimate = mean_interval([sum(values) / len(values) for values in by_theorem if values])
    assert spread.half is not None
    assert rows["all"][2] == f"{cell(estimate)} ± {100 * spread.half:.1f}"
    assert rows["all"][1] == f"{sum(r.overall.solved for r in results) / 3:.1f}"
    assert rows["seeds"] == ["0, 1, 2"]
    relativity = [g for r in results for g in r.by_domain if g.name == "Relativity"]
    assert rows["Relativity"][1] == f"{sum(g.solved for g in relativity) / 3:.1f}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "another"}, "more than the seed: model"),
        ({"benchmark": "minif2f"}, "more than the seed: benchmark"),
        ({"hashes": {"theorems": "1"}}, "more than the seed: theorems"),
        ({"versions": {"engine": "other"}}, "more than the seed: engine"),
    ],
)
def test_only_seeds_are_averaged(results: list[EvalResult], change: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        markdown_seeds([results[0], results[1].replace(**change)])


def test_settings_and_seeds_must_fit(results: list[EvalResult]) -> None:
    other = results[1].replace(settings=results[1].settings.replace(temperature=0.5))
    with pytest.raises(DataError, match="sampling settings"):
        markdown_seeds([results[0], other])
    with pytest.raises(DataError, match="same seed, 0"):
        markdown_seeds([results[0], results[0]])
    with pytest.raises(DataError, match="at least two"):
        markdown_seeds(results[:1])


def test_files_stand_beside_the_result(tmp_path: Path, make_evaluation: MakeEvaluation) -> None:
    files = [make_evaluation(tmp_path, seed=seed) for seed in (0, 1)]
    pages = write_page(files[0])
    assert (pages.html, pages.markdown) == (files[0].with_suffix(".html"), files[0].with_suffix(".md"))
    assert pages.markdown.read_text(encoding="utf-8") == markdown(read_result(files[0]))
    state = files[0].with_suffix(".state.json")
    state.write_text("{}")
    both = Path(write_reports([*files, state]))
    assert both == tmp_path / "test-step-9-seeds-0-1.md"
    assert both.read_text(encoding="utf-8") == markdown_seeds([read_result(f) for f in files])
    assert seeds_label([read_result(files[1])]) == "test-step-9-seeds-1"


def test_compare_says_what_a_search_or_attempts_file_is(
    tmp_path: Path, make_evaluation: MakeEvaluation
) -> None:
    out = make_evaluation(tmp_path)
    search = tmp_path / "search.json"
    search.write_text('{"policy": "value", "spent": {}, "steps": []}\n' * 2)
    saved = out.with_name(f"{out.stem}.attempts.jsonl")
    for file, said in [(search, "the result of a search"), (saved, "saved attempts")]:
        with pytest.raises(DataError, match=said):
            compare(out, file)


def test_report_refuses_what_it_cannot_show(tmp_path: Path, make_evaluation: MakeEvaluation) -> None:
    out = make_evaluation(tmp_path)
    with pytest.raises(DataError, match="no such run directory or evaluation"):
        write_reports([tmp_path / "nothing"])
    with pytest.raises(DataError, match="a folder"):
        write_reports([out, tmp_path])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["/venv/bin/physprover", "eval", "runs/a b"], "physprover eval 'runs/a b'"),
        (["/venv/physprover/__main__.py", "report"], "physprover report"),
        (["C:/x/physprover.exe", "eval"], "physprover eval"),
        (["/venv/bin/pytest", "tests"], ""),
        (["/other/__main__.py"], ""),
        ([""], ""),
    ],
)
def test_the_command_is_recorded_as_typed(arguments: list[str], expected: str) -> None:
    assert command_line(arguments) == expected
