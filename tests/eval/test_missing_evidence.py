"""Attempts that were not judged: who is missing from a figure, and between which bounds it lies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.compare import compare
from eval.passk import benchmark_pass_at_k
from eval.results import EvalResult, TheoremResult, missing_evidence, summarise
from physprover.app.commands.eval import table

Make = Callable[..., EvalResult]

LOST = (
    TheoremResult(name="solved", n=8, correct=8),
    TheoremResult(name="lost", n=4, correct=0, unjudged=4, outcomes={"rejected": 4, "infrastructure": 4}),
)


def test_a_theorem_that_lost_attempts_is_named_and_the_figure_bounded(make_result: Make) -> None:
    """The unsolved one of two theorems loses four of eight attempts: pass@8 of what is left is 100 %."""
    summary = summarise(LOST, (1, 8))
    result = make_result("a", 0, 0.0).replace(
        theorems=LOST,
        overall=summary.overall,
        by_level=summary.by_level,
        by_domain=summary.by_domain,
    )
    assert result.overall.at(8).value == 1.0  # type: ignore[union-attr]
    (first, last) = missing_evidence(result.theorems, (1, 8))
    assert (first.if_failed, first.if_proved, first.left_out) == (0.5, 0.75, ())
    assert (last.if_failed, last.if_proved, last.left_out, last.theorems) == (0.5, 1.0, ("lost",), 2)
    text = table(result)
    assert "pass@8 would be 50.0 % had every unjudged attempt failed, 100.0 % had every one proved" in text
    assert "leaves out 1 of 2 theorems with fewer than 8 judged attempts (lost)" in text
    assert (
        "0 and 4 attempts could not be judged"
        in compare(result.replace(theorems=(LOST[0], LOST[1].replace(n=8, unjudged=0))), result).sentence
    )


def test_nothing_is_said_where_all_was_judged(make_result: Make) -> None:
    result = make_result("a", 0, 0.0)
    assert missing_evidence(result.theorems, (1, 8)) == []
    assert "would be" not in table(result)


rows = st.builds(
    lambda n, correct, unjudged: TheoremResult(name="t", n=n, correct=min(n, correct), unjudged=unjudged),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(0, 3),
)


@given(st.lists(rows, min_size=1, max_size=8), st.integers(1, 4))
def test_the_bounds_hold_what_any_verdicts_would_have_given(theorems: list[TheoremResult], k: int) -> None:
    for missing in missing_evidence(theorems, (k,)):
        for share in (0.0, 0.5, 1.0):
            cells = [(t.n + t.unjudged, t.correct + round(share * t.unjudged)) for t in theorems]
            estimate = benchmark_pass_at_k(cells, k)
            assert estimate is not None
            assert missing.if_failed - 1e-9 <= estimate.value <= missing.if_proved + 1e-9
            assert estimate.theorems == missing.theorems
            if share in (0.0, 1.0):
                assert estimate.value == pytest.approx((missing.if_failed, missing.if_proved)[int(share)])
