"""`write_report(run)`: the whole run on one self-contained HTML page (no script, no external resource)."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from eval import report_figures as figures
from eval import report_headline as headline
from eval import report_tables as tables
from eval import report_text as text
from eval.report_data import ReportData, gather
from eval.report_theorems import all_theorems, solved_section, unsolved_section
from physprover.errors import RunError

if TYPE_CHECKING:
    from physprover.runs import RunDir


def write_report(run: RunDir) -> Path:
    """Render what the run directory holds so far to `report.html`, atomically; returns its path."""
    target = run.path / "report.html"
    temporary = target.with_name("report.html.tmp")
    try:
        temporary.write_text(render(gather(run)), encoding="utf-8")
        temporary.replace(target)
    except OSError as error:
        raise RunError(f"{target}: {error.strerror}; free some space and repeat the command") from None
    return target


def render(data: ReportData) -> str:
    """The page."""
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    body = "".join(
        (headline.header(data), _warnings(data), headline.cards(data), *_sections(data), _footer())
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(data.title)} · PhysProver report</title><style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _sections(data: ReportData) -> list[str]:
    out = [
        _two(
            _panel(
                "pass@k on the held-out theorems",
                "Unbiased estimates with 95 % intervals over theorems. What a prover must beat is dashed.",
                figures.pass_figure(data),
            ),
            _panel(
                "Reward during training",
                "Share of each step's attempts that Lean accepted.",
                figures.reward_figure(data),
            ),
        )
    ]
    benchmark = data.physics
    if benchmark is not None:
        rail = text.legend(
            [
                ("c-before", "", "pass@1 before"),
                ("c-after", "", "pass@1 after"),
                ("c-constant", "", "best constant tactic"),
                ("c-portfolio", "", "portfolio"),
            ]
        )
        out.append(_section("By domain", "", rail + tables.group_table(benchmark, "by_domain", "domain")))
        levels = "One tactic: some single tactic of the portfolio closes the theorem. Multi-step: none does."
        out.append(
            _section(
                "One tactic or several steps", levels, tables.group_table(benchmark, "by_level", "level")
            )
        )
        out.append(
            _section(
                "Solved",
                "The shortest proof Lean accepted. Newly solved and multi-step theorems come first.",
                solved_section(benchmark),
            )
        )
        out.append(
            _section(
                "Not solved",
                "With the attempt the prover wrote most often, and Lean's first message.",
                unsolved_section(benchmark) + all_theorems(benchmark),
            )
        )
    out.append(
        _two(
            _panel(
                "Where the data came from", "Candidates left after each stage.", figures.funnel_figure(data)
            ),
            _panel(
                "Lean's verdicts",
                "All attempts of the evaluation. What was not judged counts neither way.",
                figures.verdict_figure(data),
            ),
        )
    )
    out.append(_section("Benchmarks", "", tables.benchmark_table(data) + tables.not_runnable(data)))
    out.append(
        _two(
            _panel("Time", "Wall clock of each stage.", figures.timing_figure(data)),
            _panel("Training", "Sampling, judging and training overlap.", tables.step_table(data)),
        )
    )
    out.append(_section("Settings and versions", "", tables.settings_section(data)))
    return out


def _two(left: str, right: str) -> str:
    return f'<section class="two">{left}{right}</section>'


def _panel(title: str, hint: str, content: str) -> str:
    return f'<div class="panel"><h2>{escape(title)}</h2><p class="hint">{escape(hint)}</p>{content}</div>'


def _section(title: str, hint: str, content: str) -> str:
    sub = f'<p class="hint">{escape(hint)}</p>' if hint else ""
    return f"<section><h2>{escape(title)}</h2>{sub}{content}</section>"


def _warnings(data: ReportData) -> str:
    lines = "<br>".join(escape(p) for p in data.problems)
    return f'<div class="warning">Could not be read and is missing below:<br>{lines}</div>' if lines else ""


def _footer() -> str:
    return (
        "<footer><p>pass@k is the unbiased estimator over judged attempts; intervals are Wilson's at the effective number "
        "of theorems (eval/passk.py). Attempts that Lean could not judge are in no numerator and no denominator.</p></footer>"
    )
