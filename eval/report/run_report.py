"""`write_report(run)`: the whole run on one self-contained HTML page (no script, no external resource)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.report import figures, groups, headline, tables
from eval.report.data import ReportData, gather
from eval.report.layout import document, footer, panel, section, two, warnings
from eval.report.theorems import all_theorems, solved_section, unsolved_section
from physprover.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.runs import RunDir


def write_report(run: RunDir) -> Path:
    """Render what the run directory holds so far to `report.html`, atomically; returns its path."""
    target = run.path / "report.html"
    write_text(target, render(gather(run)))
    return target


def render(data: ReportData) -> str:
    """The page."""
    body = (headline.header(data), warnings(data.problems), headline.cards(data), *_sections(data), footer())
    return document(f"{data.title} · PhysProver report", body)


def _sections(data: ReportData) -> list[str]:
    out = [
        two(
            panel(
                "pass@k on the held-out theorems",
                "Unbiased estimates with 95 % intervals over theorems. What a prover must beat is dashed.",
                figures.pass_figure(data),
            ),
            panel(
                "Reward during training",
                "Share of each step's attempts that Lean accepted.",
                figures.reward_figure(data),
            ),
        )
    ]
    benchmark = data.physics
    if benchmark is not None:
        rail = groups.group_legend(benchmark)
        out.append(section("By domain", "", rail + groups.group_table(benchmark, "by_domain", "domain")))
        levels = "One tactic: some single tactic of the portfolio closes the theorem. Multi-step: none does."
        out.append(
            section("One tactic or several steps", levels, groups.group_table(benchmark, "by_level", "level"))
        )
        out.append(
            section(
                "Solved",
                "The shortest proof Lean accepted. Newly solved and multi-step theorems come first.",
                solved_section(benchmark),
            )
        )
        out.append(
            section(
                "Not solved",
                "With the attempt the prover wrote most often, and Lean's first message.",
                unsolved_section(benchmark) + all_theorems(benchmark),
            )
        )
    out.append(
        two(
            panel(
                "Where the data came from", "Candidates left after each stage.", figures.funnel_figure(data)
            ),
            panel(
                "Lean's verdicts",
                "All attempts of the evaluation. What was not judged counts neither way.",
                figures.verdict_figure(data),
            ),
        )
    )
    out.append(
        section(
            "Benchmarks",
            "",
            tables.benchmark_table(data)
            + tables.not_runnable((b.name, b.last.not_runnable) for b in data.benchmarks),
        )
    )
    out.append(
        two(
            panel("Time", "Wall clock of each stage.", figures.timing_figure(data)),
            panel("Training", "Sampling, judging and training overlap.", tables.step_table(data)),
        )
    )
    out.append(section("Settings and versions", "", tables.settings_section(data)))
    return out
