"""The frame of every report: document, sections, panels, warnings; and the file, written whole or not at all."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def document(title: str, body: Iterable[str]) -> str:
    """A self-contained page (no script, no external resource); `body` is HTML."""
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def section(title: str, hint: str, content: str) -> str:
    """A heading, what it is, and its content (HTML)."""
    sub = f'<p class="hint">{escape(hint)}</p>' if hint else ""
    return f"<section><h2>{escape(title)}</h2>{sub}{content}</section>"


def panel(title: str, hint: str, content: str) -> str:
    """One of `two` cards; `content` is HTML."""
    return f'<div class="panel"><h2>{escape(title)}</h2><p class="hint">{escape(hint)}</p>{content}</div>'


def two(left: str, right: str) -> str:
    """Two panels side by side."""
    return f'<section class="two">{left}{right}</section>'


def warnings(problems: Sequence[str]) -> str:
    """Files that could not be read, "" without any."""
    lines = "<br>".join(escape(p) for p in problems)
    return f'<div class="warning">Could not be read and is missing below:<br>{lines}</div>' if lines else ""


def footer() -> str:
    """What the figures are."""
    return (
        "<footer><p>pass@k is the unbiased estimator over judged attempts; intervals are Wilson's at the effective number "
        "of theorems (eval/passk.py). Attempts that Lean could not judge are in no numerator and no denominator.</p></footer>"
    )
