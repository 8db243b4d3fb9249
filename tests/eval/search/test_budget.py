"""More than the budget cannot be spent, whoever spends it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.search.budget import DEFAULT, Amount, Budget, OutOfBudget, parse_budget
from physprover.errors import ConfigError

amounts = st.builds(
    Amount,
    tokens=st.integers(0, 50),
    checks=st.integers(0, 5),
    seconds=st.floats(0, 5, allow_nan=False),
)


@given(
    total=amounts.filter(lambda a: a.checks and a.seconds),
    requests=st.lists(st.tuples(amounts, st.floats(0, 1)), max_size=30),
)
def test_spending_stays_within_the_whole(total: Amount, requests: list[tuple[Amount, float]]) -> None:
    budget = Budget(total)
    for asked, used in requests:
        try:
            budget.reserve(asked)
        except OutOfBudget:
            assert not asked.fits(budget.left)
            continue
        spent = Amount(
            tokens=int(asked.tokens * used), checks=int(asked.checks * used), seconds=asked.seconds * used
        )
        budget.settle("arm", "check", spent)
    assert budget.spent.fits(total)
    assert budget.spent == sum((entry.spent for entry in budget.log), Amount())
    assert 0 <= budget.pressure <= 1


def test_more_than_was_reserved_is_a_fault() -> None:
    budget = Budget(Amount(tokens=10, checks=2, seconds=1))
    budget.reserve(Amount(tokens=3))
    with pytest.raises(AssertionError, match="spent tokens=4"):
        budget.settle("direct", "sample", Amount(tokens=4))


def test_text_of_a_budget() -> None:
    assert parse_budget("tokens=4096,checks=32,seconds=20.5") == Amount(tokens=4096, checks=32, seconds=20.5)
    assert parse_budget("checks=3") == DEFAULT.replace(checks=3)
    assert parse_budget(str(DEFAULT)) == DEFAULT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("checks=0", "allows no check"),
        ("seconds=0", "allows no check"),
        ("checks=-1", "whole number from 0 on"),
        ("checks=1.5", "whole number"),
        ("checks=nan", "whole number"),
        ("seconds=inf", "whole number"),
        ("checks=many", "is not a number"),
        ("check=3", "no axis is called `check`"),
        ("checks=3,checks=4", "given twice"),
        ("32", "not of the form"),
        ("", "not of the form"),
    ],
)
def test_bad_budgets_say_why(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse_budget(text)
