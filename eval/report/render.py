"""Jinja2 for the pages: every value is escaped in HTML, an unknown name is an error, and nothing is read from outside."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from eval.passk import Estimate
from physprover.errors import some

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "report.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--(\w+): (#\w{6});", STYLE.partition("@media")[0]))  # name -> its light colour
CLASSES = {  # of verdicts, with their names on the pages
    "proved": "proved",
    "rejected": "rejected",
    "timeout": "timeout",
    "out_of_memory": "out of memory",
    "crashed": "crashed",
    "cheated": "cheated",
    "infrastructure": "not judged",
}


@cache
def environment() -> Environment:
    """The templates with their filters. Only `*.md.j2` is not HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: name is None or not name.endswith(".md.j2"),
        undefined=StrictUndefined,
        finalize=readable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.globals["style"] = Markup(STYLE)
    env.globals["classes"] = CLASSES
    for use in (
        commonest,
        cut,
        duration,
        interval,
        lean,
        one_line,
        percent,
        share,
        short_commits,
        some,
        stamp,
    ):
        env.filters[use.__name__] = use
    env.filters["svg"] = Markup  # of eval.report.figures, which escapes
    return env


def render(template: str, **values: Any) -> str:
    """One of `templates/`, filled in."""
    return environment().get_template(template).render(**values)


# -- filters --

# Embeddings, overrides and isolates: with them a name or a proof is read as another than it is.
_DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def readable(value: Any) -> Any:
    """What a template puts out, with characters that turn the direction of text shown as their code."""
    if not isinstance(value, str) or not _DIRECTIONS.search(value):
        return value
    shown = _DIRECTIONS.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
    return Markup(shown) if isinstance(value, Markup) else shown


_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/-.*?-/)"
    r"|(?P<keyword>\b(?:theorem|lemma|by|fun|let|have|show|from|at|with|match|if|then|else|do|calc)\b|[∀∃λ])"
    r"|(?P<tactic>\b(?:rfl|trivial|decide|simp_all|simp|only|omega|grind|ac_rfl|exact|refine|intro|intros|cases|rcases"
    r"|obtain|induction|constructor|unfold|rw|apply|funext|ext|exists|next|subst|split)\b)"
    r"|(?P<sorry>\bsorry\b)"
    r"|(?P<number>\b\d+\b)",
    re.DOTALL,
)
_COMMIT = re.compile(r"\b([0-9a-f]{10})[0-9a-f]{30}\b")


def lean(code: str) -> Markup:
    """Lean text, escaped, with `<span>`s for keywords, tactics, numbers and comments."""
    out, end = [], 0
    for found in _TOKEN.finditer(code):
        out.append(escape(code[end : found.start()]))
        out.append(Markup('<span class="{}">{}</span>').format(found.lastgroup, found.group()))
        end = found.end()
    return Markup("").join([*out, code[end:]])


def percent(value: Estimate | float | None, unit: str = "\u00a0%") -> str:
    """ "41.2 %", or a dash."""
    number = value.value if isinstance(value, Estimate) else value
    return "–" if number is None else f"{100 * number:.1f}{unit}"


def interval(estimate: Estimate | None) -> str:
    """The 95 % interval in brackets, in percent."""
    return f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]" if estimate else ""


def share(value: float) -> str:
    """Part of a width, in CSS."""
    return f"{100 * value:.2f}%"


def commonest(texts: Iterable[str]) -> str:
    """The three commonest of `texts`, with their counts."""
    return "; ".join(f"{count} {text}" for text, count in Counter(texts).most_common(3))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, and how many were left out."""
    return text if len(text) <= limit else f"{text[:limit]} … ({len(text) - limit:,} more characters)"


def one_line(text: str) -> str:
    """Text that cannot break out of its cell in a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def short_commits(text: str) -> str:
    """Commit hashes cut to ten digits; they are whole in the settings."""
    return _COMMIT.sub(r"\1", text)


def duration(seconds: float | None) -> str:
    """ "2 min 05 s", "12.3 s"."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def stamp(seconds: float) -> str:
    """UTC date and time, or a dash."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds)) if seconds else "–"


def flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """A nested tree as "section.key" and text."""
    out = []
    for key, value in tree.items():
        if isinstance(value, dict):
            out += flatten(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple) and any(isinstance(v, dict) for v in value):
            out.append((f"{prefix}{key}", f"{len(value)} entries"))
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            out.append((f"{prefix}{key}", text))
    return out
