"""What is learned, and the score made of it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from eval.search.budget import Amount, Budget
from eval.search.experience import PRIOR, Experience, Observation
from eval.search.policies import Weights, value

COST = Amount(checks=1, seconds=0.1)
HERE = frozenset({"def energy", "goal ="})


def seen(arm: str, success: bool, *features: str) -> Observation:
    return Observation(arm=arm, features=tuple(sorted(features)), success=success, cost=COST)


def experience(*observations: Observation) -> Experience:
    found = Experience()
    for observation in observations:
        found.add(observation)
    return found


def gain(found: Experience, arm: str, alike: bool = True) -> float:
    return found.seen_from(HERE, alike).posterior(arm)[0]


def test_nobody_knows_anything_at_first() -> None:
    assert gain(Experience(), "script rfl") == PRIOR[0] / sum(PRIOR)


def test_success_raises_and_failure_lowers_the_arm_and_its_kind() -> None:
    good = experience(*[seen("script grind", True, *HERE)] * 4)
    bad = experience(*[seen("script rfl", False, *HERE)] * 4)
    assert gain(good, "script grind") > gain(good, "script simp") > 0.25 == gain(good, "direct")
    assert gain(bad, "script rfl") < gain(bad, "script simp") < 0.25


def test_alike_statements_count_more() -> None:
    mixed = experience(
        *[seen("direct", True, *HERE)] * 5, *[seen("direct", False, "def spin", "goal ∧", "type Nat")] * 5
    )
    assert gain(mixed, "direct") > 0.5
    assert gain(mixed, "direct", alike=False) < 0.5


def test_failures_here_are_heard_over_any_history() -> None:
    view = experience(*[seen("direct", True, *HERE)] * 200).seen_from(HERE)
    means = [view.posterior("direct")[0]]
    for _ in range(6):
        view.failed("direct")
        means.append(view.posterior("direct")[0])
    assert means == sorted(means, reverse=True)
    assert means[-1] < means[0] / 2


def test_cost_is_the_mean_of_what_it_was() -> None:
    found = experience(seen("direct", True, *HERE).replace(cost=Amount(tokens=100, checks=3, seconds=2)))
    guess = Amount(tokens=300, checks=1, seconds=0)
    assert found.seen_from(HERE).cost("direct", guess) == Amount(tokens=200, checks=2, seconds=1)


def test_a_file_keeps_it(tmp_path: Path) -> None:
    found = experience(seen("direct", True, *HERE), seen("script rfl", False, "goal ∧"))
    found.write(tmp_path / "experience.jsonl")
    again = Experience.read(tmp_path / "experience.jsonl")
    assert again.observations == found.observations


@given(
    mean=st.floats(0, 1),
    spread=st.floats(0, 0.5),
    checks=st.integers(1, 8),
    spent=st.integers(0, 7),
)
def test_the_score_is_value_for_money(mean: float, spread: float, checks: int, spent: int) -> None:
    budget = Budget(Amount(tokens=0, checks=8, seconds=8))
    if spent:
        budget.reserve(Amount(checks=spent))
        budget.settle("x", "check", Amount(checks=spent))
    cost = Amount(checks=checks)
    found = value(mean, spread, cost, budget, Weights())
    assert found.score >= 0
    assert 0 < found.cost <= 1
    assert value(mean, spread, cost, budget, Weights(bonus=0)).score <= found.score
    assert value(mean, spread, cost, budget, Weights(pressure=0)).score >= found.score
    assert value(min(1, mean + 0.1), spread, cost, budget, Weights()).score >= found.score


def test_pressure_stops_what_promises_little() -> None:
    budget = Budget(Amount(tokens=0, checks=100, seconds=8))
    budget.reserve(Amount(checks=99))
    budget.settle("x", "check", Amount(checks=99))
    assert value(0.01, 0.0, Amount(checks=1), budget, Weights()).score == 0
    assert value(0.2, 0.0, Amount(checks=1), budget, Weights()).score > 0
