"""The greedy order of closing scripts."""

from hypothesis import given
from hypothesis import strategies as st

from eval.search.moves.case import CLOSERS
from physprover.app.lab.script_order import Script, greedy, table
from physprover.portfolio import PORTFOLIO, TEMPLATES


def _script(name, closes, seconds=1.0):
    return Script(script=name, closes=frozenset(closes), seconds=seconds)


def test_next_is_what_adds_most_then_what_closes_most_then_what_is_cheapest():
    scripts = [
        _script("inside", "ab"), _script("wide", "abc"), _script("other", "de"),
        _script("dear", "a", 9.0), _script("cheap", "a", 2.0),
    ]  # fmt: skip
    order = greedy(scripts)
    assert [(p.script.script, p.new) for p in order] == [
        ("wide", 3), ("other", 2), ("inside", 0), ("cheap", 0), ("dear", 0),
    ]  # fmt: skip
    assert table(order, 5).splitlines()[1].split() == ["wide", "3", "3", "1.0"]


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh")), min_size=1, max_size=8))
def test_every_script_stands_once_and_gains_fall_and_add_up(closes):
    order = greedy([_script(str(i), names) for i, names in enumerate(closes)])
    assert sorted(p.script.script for p in order) == sorted(map(str, range(len(closes))))
    gains = [p.new for p in order]
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) == len(frozenset().union(*closes))


def test_the_search_knows_every_script_once():
    assert sorted(CLOSERS) == sorted((*TEMPLATES, *PORTFOLIO))
