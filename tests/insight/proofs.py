"""Random tactic proofs with the tree they were made from: layout, bullets, arms, nested `by`, `;` and `<;>`."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

LEAVES = (
    "rfl",
    "omega",
    "simp [f, g]",
    "rw [h, ← ih]",
    "exact ⟨h.1, a⟩",
    "grind",
    "simp only [Foo.bar] at h ⊢",
)
LEAF = st.sampled_from(LEAVES)


@dataclass(frozen=True)
class Made:
    """Lines of a block without its indentation, and the heads of its steps, inner ones in tuples behind theirs."""

    lines: tuple[str, ...]
    heads: tuple[object, ...]


def _leaf(text: str) -> Made:
    return Made((text,), (text.split()[0],))


def _indented(block: Made, by: int) -> tuple[str, ...]:
    return tuple(" " * by + line for line in block.lines)


def _bullet(block: Made) -> Made:
    first, *rest = _indented(block, 2)
    return Made(("· " + first[2:], *rest), ("·", block.heads))


def _have(block: Made) -> Made:
    return Made(("have h : a = b := by", *_indented(block, 2)), ("have", block.heads))


def _inline_have(texts: list[str]) -> Made:
    heads = tuple(text.split()[0] for text in texts)
    return Made((f"have h : a ∧ b := by {'; '.join(texts)}",), ("have", heads))


def _induction(first: Made, second: Made) -> Made:
    lines = (
        "induction n with",
        "| zero =>",
        *_indented(first, 2),
        "| succ n ih =>",
        *_indented(second, 2),
    )
    return Made(lines, ("induction", first.heads, second.heads))


def _joined(texts: list[str]) -> Made:
    return Made((" <;> ".join(texts),), ("<;>", *(text.split()[0] for text in texts)))


def _sequence(steps: list[Made]) -> Made:
    lines = tuple(line for step in steps for line in step.lines)
    heads: list[object] = []
    for step in steps:
        heads += step.heads
    return Made(lines, tuple(heads))


def _exact(texts: list[str]) -> Made:
    return Made((f"exact foo a (by {'; '.join(texts)}) c",), ("exact", tuple(t.split()[0] for t in texts)))


_step = st.deferred(
    lambda: st.one_of(
        LEAF.map(_leaf),
        st.lists(LEAF, min_size=1, max_size=3).map(_inline_have),
        st.lists(LEAF, min_size=2, max_size=3).map(_joined),
        st.lists(LEAF, min_size=1, max_size=2).map(_exact),
        _block.map(_bullet),
        _block.map(_have),
        st.tuples(_block, _block).map(lambda pair: _induction(*pair)),
    )
)
_block = st.lists(_step, min_size=1, max_size=3).map(_sequence)

blocks = _block
"""Proof blocks."""


def proof_of(block: Made) -> str:
    """The proof body of a block."""
    return "\n".join(("by", *_indented(block, 2)))
