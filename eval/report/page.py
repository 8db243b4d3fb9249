"""`write_page(X.json)`: one evaluation on a self-contained page, and its Markdown table, beside the result file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from eval.report import groups, tables
from eval.report import page_figures as figures
from eval.report.data import Benchmark
from eval.report.headline import baseline_cards, card, short_commits
from eval.report.layout import document, footer, panel, section, two, warnings
from eval.report.markdown import markdown
from eval.report.page_data import PageData, read_page
from eval.report.page_theorems import theorem_list
from eval.report.text import interval, percent
from eval.results import missing_evidence
from physprover.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from eval.results import EvalResult


class Pages(NamedTuple):
    """What was written for one evaluation."""

    html: Path
    markdown: Path


def write_page(result_file: Path) -> Pages:
    """Render X.json to X.html and X.md, each atomically.

    Raises `DataError` when the file is no evaluation or its attempts are missing, `RunError` when a file cannot be written.
    """
    data = read_page(result_file)
    pages = Pages(result_file.with_suffix(".html"), result_file.with_suffix(".md"))
    write_text(pages.html, render(data))
    write_text(pages.markdown, markdown(data.result))
    return pages


def render(data: PageData) -> str:
    """The page."""
    result = data.result
    body = (_header(result), warnings(data.problems), _cards(data), *_sections(data), footer())
    return document(f"{result.label} · PhysProver evaluation", body)


def _header(result: EvalResult) -> str:
    return (
        f'<header><p class="kicker">PhysProver evaluation · {escape(result.label)}</p>'
        f'<h1>{escape(_headline(result))}</h1><p class="lead">{_lead(result)}</p></header>'
    )


def _headline(result: EvalResult) -> str:
    name = result.model.rstrip("/").rpartition("/")[2] or result.sampler
    first, count = result.overall.pass_at[0], result.overall.theorems  # the smallest k that was asked for
    if first.estimate is None:
        return f"{name}: no attempt at the {count:,} theorems could be measured"
    within = "at the first attempt" if first.k == 1 else f"within {first.k} attempts"
    return f"{name} proves {percent(first.estimate.value)} of {count:,} theorems {within}"


def _lead(result: EvalResult) -> str:
    overall, samples = result.overall, result.settings.samples
    engine = short_commits(result.versions.get("engine", "")) or "an engine that is not recorded"
    unjudged, missing = result.unjudged, len(result.not_runnable)
    open_figures = "; ".join(m.sentence for m in missing_evidence(result.theorems, result.settings.ks))
    parts = [
        f"Benchmark {escape(result.benchmark)}, model <code>{escape(result.model)}</code>. With {_some(samples, 'attempt')} "
        f"at each theorem, {overall.solved:,} of {overall.theorems:,} have a proof that Lean accepted ({escape(engine)}).",
        f"{_some(unjudged, 'attempt')} could not be judged and count neither way: {escape(open_figures)}."
        if unjudged
        else "Every attempt was judged.",
    ]
    if missing:
        parts.append(f"Named below and in no figure: {_some(missing, 'problem')} that could not be asked.")
    return " ".join(parts)


def _some(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cards(data: PageData) -> str:
    ks = [p.k for p in data.result.overall.pass_at]
    out = []
    for k in dict.fromkeys((ks[0], ks[-1])):
        estimate = data.result.overall.at(k)
        out.append(
            card("", f"pass@{k}", percent(estimate.value if estimate else None), f"95 % {interval(estimate)}")
        )
    return f'<div class="cards">{"".join((*out, *baseline_cards(data.portfolio)))}</div>'


def _sections(data: PageData) -> list[str]:
    result = data.result
    benchmark = Benchmark(result.benchmark, [result], data.portfolio)
    rail = groups.group_legend(benchmark)
    left_out = tables.not_runnable([(result.benchmark, result.not_runnable)])
    return [
        two(
            panel(
                "pass@k over k",
                "Unbiased estimates with 95 % intervals over theorems. What a prover must beat is dashed.",
                figures.pass_figure(data),
            ),
            panel(
                "Pass over tokens",
                f"Chance of a proof when a theorem's attempts are made one after another until a proof is found, the tokens "
                f"are spent, or {result.settings.samples} attempts are made. Exact mean over all orders of the saved attempts, "
                "unbiased; prompts are not counted.",
                figures.tokens_figure(data),
            ),
        ),
        section(
            "By level",
            "One tactic: some single tactic of the portfolio closes the theorem. Multi-step: none does.",
            rail + groups.group_table(benchmark, "by_level", "level"),
        ),
        section("By domain", "", rail + groups.group_table(benchmark, "by_domain", "domain")),
        two(
            panel(
                "Lean's verdicts",
                "All attempts. What was not judged counts neither way.",
                figures.verdicts_figure(data),
            ),
            panel("Attempts", "What was sampled.", figures.attempts_table(data)),
        ),
        *([section("Not asked", "", left_out)] if left_out else []),
        section(
            "Every theorem and its attempts",
            "Each distinct attempt once, proofs first, then the most frequent, with Lean's first message.",
            theorem_list(data),
        ),
        section(
            "Settings, versions, hashes",
            "",
            tables.folded_settings([("Evaluation", tables.evaluation_rows(result), f"{result.label}.json")])
            + figures.paper_table(markdown(result)),
        ),
    ]
