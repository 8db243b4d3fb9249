"""Families whose universe, or whose recursive fields, show only after reduction; and what is said of a recursor's type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lean.kernel.export_format import (
    BOOL,
    NAT,
    PROP,
    TYPE,
    Check,
    Export,
    app,
    const,
    eq,
    lam,
    nat,
    pi,
    recursor,
)

SORT_U = ("sort", "u")
SAME = eq(NAT, nat(1), nat(1))  # `h : 1 = 1`: K reduces a recursion on any such proof


def gate(proof: Any, of: Any) -> Any:
    """`of`, a value of `Type`, behind a recursion on `proof`."""
    motive = lam(NAT, eq(NAT, nat(1), 0), TYPE)
    return app(const("Eq.rec", 2, 1), NAT, nat(1), motive, of, nat(1), proof)


def owner() -> Export:
    """`Owner : (h : 1 = 1) → …`, a proposition once the recursion on `h` is reduced, with a number as its field."""
    whole, make = const("Owner"), const("Owner.mk")
    motive = pi(app(whole, 0), PROP)
    minor = pi(NAT, app(1, app(make, 2, 0)))
    rule = lam(SAME, motive, minor, NAT, app(1, 0))
    rec = recursor(
        "Owner.rec", pi(SAME, motive, minor, app(whole, 2), app(2, 0)), [("Owner.mk", 1, rule)], 1, ()
    )
    constructors = [("Owner.mk", pi(SAME, NAT, app(whole, 1)), 1)]
    return Export().family([("Owner", pi(SAME, gate(0, PROP)), constructors)], [rec], (), 1)


def test_a_proposition_by_reduction_gives_proofs_and_no_data(check: Check) -> None:
    assert check(owner()).outcome == "accepted"
    value = lam(SAME, app(const("Owner"), 0), ("proj", "Owner", 0, 0))
    answer = check(owner().definition("d", pi(SAME, app(const("Owner"), 0), NAT), value))
    assert (answer.outcome, "data from a proof" in answer.message) == ("refused", True)


def tree(hypothesis: bool) -> Export:
    """`Tree.node : (h : 1 = 1) → child → Tree`, where the child's type is `Tree` once the recursion on `h` is reduced."""
    whole, node = const("Tree"), const("Tree.node")
    child = gate(0, whole)
    motive, leaf = pi(whole, SORT_U), app(0, const("Tree.leaf"))
    step = pi(SAME, child, app(3, 0), app(4, app(node, 2, 1)))
    again = [app(const("Tree.rec", "u"), 4, 3, 2, 0)] if hypothesis else []
    rules = [
        ("Tree.leaf", 0, lam(motive, leaf, step, 1)),
        ("Tree.node", 2, lam(motive, leaf, step, SAME, child, app(2, 1, 0, *again))),
    ]
    rec = recursor("Tree.rec", pi(motive, leaf, step, whole, app(3, 0)), rules, 2)
    constructors = [("Tree.leaf", whole, 0), ("Tree.node", pi(SAME, child, whole), 2)]
    return Export().family([("Tree", TYPE, constructors)], [rec], isRec=True)


def test_a_recursive_field_by_reduction_has_its_hypothesis(check: Check) -> None:
    assert check(tree(hypothesis=True)).outcome == "accepted"
    answer = check(tree(hypothesis=False))
    assert (answer.outcome, "a rule other than derived" in answer.message) == ("refused", True)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (app(const("Q"), const("True.intro")), ""),
        (NAT, ""),
        (BOOL, "argument 1 of T.c has another type"),
        (app(const("Q"), app(const("f"), const("Bool.false"))), "argument 1 of f has another type"),
    ],
)
def test_what_is_said_of_a_recursors_type_is_checked_before_it_is_compared(
    check: Check, said: Any, message: str
) -> None:
    """A field of type `Q trivial`, which is `Nat`; the recursor is said to speak of it as given."""
    true, whole = const("True"), const("T")
    export = (
        Export().definition("f", pi(true, true), lam(true, 0)).definition("Q", pi(true, TYPE), lam(true, NAT))
    )
    field = app(const("Q"), const("True.intro"))
    motive = pi(whole, SORT_U)

    def minor(domain: Any) -> Any:
        return pi(domain, app(1, app(const("T.c"), 0)))

    rule = lam(motive, minor(field), field, app(1, 0))
    rec = recursor("T.rec", pi(motive, minor(said), whole, app(2, 0)), [("T.c", 1, rule)], 1)
    answer = check(export.family([("T", TYPE, [("T.c", pi(field, whole), 1)])], [rec]))
    assert answer.outcome == ("refused" if message else "accepted"), answer
    assert message in answer.message
