"""Lean text as HTML with light highlighting. Everything is escaped."""

from __future__ import annotations

import re
from html import escape

_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/-.*?-/)"
    r"|(?P<keyword>\b(?:theorem|lemma|by|fun|let|have|show|from|at|with|match|if|then|else|do|calc|∀|∃)\b|[∀∃λ])"
    r"|(?P<tactic>\b(?:rfl|trivial|decide|simp_all|simp|only|omega|grind|ac_rfl|exact|refine|intro|intros|cases|rcases"
    r"|obtain|induction|constructor|unfold|rw|apply|funext|ext|exists|next|subst|show|split)\b)"
    r"|(?P<sorry>\bsorry\b)"
    r"|(?P<number>\b\d+\b)",
    re.S,
)


def highlight(code: str) -> str:
    """Escaped Lean text with `<span>`s for keywords, tactics, numbers and comments."""
    out, end = [], 0
    for found in _TOKEN.finditer(code):
        out.append(escape(code[end : found.start()], quote=False))
        out.append(f'<span class="{found.lastgroup}">{escape(found.group(), quote=False)}</span>')
        end = found.end()
    out.append(escape(code[end:], quote=False))
    return "".join(out)
