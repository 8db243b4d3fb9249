"""Inductive types: what a family must satisfy, and that all it comes with is derived."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lean.kernel.export_format import (
    NAT,
    PROP,
    TYPE,
    Check,
    Export,
    accepted,
    app,
    const,
    lam,
    numbers,
    pi,
    recursor,
)

N = const("N")


def test_numbers_by_hand(check: Check) -> None:
    assert accepted(check(numbers(), alone=True))
    assert accepted(check(numbers()))


MOTIVE = pi(N, ("sort", "u"))
WRONG_FAMILIES: dict[str, dict[str, Any]] = {
    "a recursor's type": {"type": pi(MOTIVE, app(0, const("N.z")), N, app(2, 0))},
    "a recursor's rule": {
        "rules": [
            ("N.z", 0, lam(MOTIVE, app(0, const("N.z")), pi(N, app(2, 0), app(3, app(const("N.s"), 1))), 1)),
            (
                "N.s",
                1,
                lam(MOTIVE, app(0, const("N.z")), pi(N, app(2, 0), app(3, app(const("N.s"), 1))), N, 2),
            ),
        ]
    },
    "a rule missing": {"rules": []},
    "K": {"recursor": {"k": True}},
    "a count of minor premises": {"recursor": {"numMinors": 1}},
    "a count of motives": {"recursor": {"numMotives": 2}},
    "a recursor's name": {"recursor": {"name": "N.rec_1"}},
    "that it is not recursive": {"said": {"isRec": False}},
    "a count of indices": {"said": {"numIndices": 1}},
    "a count of nested types": {"said": {"numNested": 1}},
    "a number of fields": {"types": [("N", TYPE, [("N.z", N, 0), ("N.s", pi(N, N), 2)])]},
}


@pytest.mark.parametrize("case", WRONG_FAMILIES)
def test_what_a_family_comes_with_is_derived(check: Check, case: str) -> None:
    assert not accepted(check(numbers(**WRONG_FAMILIES[case]), alone=True))


def test_a_recursor_too_many(check: Check) -> None:
    export = numbers()
    export.lines[-1]["inductive"]["recs"] *= 2
    assert not accepted(check(export, alone=True))


T = const("T")
SORT_U = ("sort", "u")


@pytest.mark.parametrize(
    ("reason", "type_", "constructors"),
    [
        ("to the left of an arrow", TYPE, [("T.c", pi(pi(T, NAT), T), 1)]),
        ("to the left of an arrow", TYPE, [("T.c", pi(pi(pi(T, NAT), NAT), T), 1)]),
        ("larger universe", TYPE, [("T.c", pi(TYPE, T), 1)]),
        ("makes no value of its type", TYPE, [("T.c", NAT, 0)]),
        ("makes no value of its type", TYPE, [("T.c", pi(T, NAT), 1)]),
        ("is no type", NAT, []),
        ("is no type", pi(NAT, NAT), []),
        ("declared twice", TYPE, [("T", T, 0)]),
        ("declared twice", TYPE, [("T.c", T, 0), ("T.c", T, 0)]),
        ("none", TYPE, [("T.c", const("Nat.zero"), 0)]),
        ("left of an arrow", TYPE, [("T.c", pi(app(const("Prod", 0, 0), pi(T, NAT), NAT), T), 1)]),
    ],
)
def test_families_that_are_none(check: Check, reason: str, type_: Any, constructors: list[Any]) -> None:
    answer = check(Export().family([("T", type_, constructors)], []))
    assert not accepted(answer)
    assert reason in answer.message, answer


def test_a_parameter_stays_the_same(check: Check) -> None:
    varied = pi(TYPE, app(T, app(const("List", 0), 0)), app(T, 1))
    answer = check(Export().family([("T", pi(TYPE, TYPE), [("T.c", varied, 1)])], [], num_params=1))
    assert not accepted(answer)
    assert "other parameters" in answer.message


@pytest.mark.parametrize(
    ("fields", "data"),
    [((), True), ((const("True"),), True), ((NAT,), False), ((const("True"), const("True")), True)],
)
def test_a_proposition_gives_data_only_if_it_holds_none(
    check: Check, fields: tuple[Any, ...], data: bool
) -> None:
    """`T : Prop` with one constructor: its recursor has a universe of its own only where its fields are proofs."""
    constructor = pi(*fields, T)
    target = ("sort", "u") if data else PROP
    made = app(const("T.c"), *range(len(fields) - 1, -1, -1))
    motive, minor = pi(T, target), pi(*fields, app(len(fields), made))
    type_ = pi(motive, minor, T, app(2, 0))
    rule = lam(motive, minor, *fields, app(len(fields), *range(len(fields) - 1, -1, -1)) if fields else 0)
    extra = {"k": not fields}
    for chosen in (data, not data):
        params = ("u",) if chosen else ()
        rec = recursor("T.rec", type_, [("T.c", len(fields), rule)], 1, params, **extra)
        export = Export().family([("T", PROP, [("T.c", constructor, len(fields))])], [rec])
        if chosen == data:
            assert accepted(check(export))
        else:
            assert not accepted(check(export))


def test_two_constructors_of_a_proposition_give_no_data(check: Check) -> None:
    motive = pi(T, ("sort", "u"))
    type_ = pi(motive, app(0, const("T.a")), app(1, const("T.b")), T, app(3, 0))
    rules = [
        ("T.a", 0, lam(motive, app(0, const("T.a")), app(1, const("T.b")), 1)),
        ("T.b", 0, lam(motive, app(0, const("T.a")), app(1, const("T.b")), 0)),
    ]
    export = Export().family(
        [("T", PROP, [("T.a", T, 0), ("T.b", T, 0)])], [recursor("T.rec", type_, rules, 2)]
    )
    assert not accepted(check(export))


def test_names_that_lean_keeps_for_nested_types_are_refused(check: Check) -> None:
    """As in Lean since leanprover/lean4 #14616; here nested types have no names and the declaration would do no harm."""

    def holds(name: str) -> Export:
        p = const("P")
        motive, minor = pi(p, SORT_U), pi(const(name), app(1, app(const("P.c"), 0)))
        rule = lam(motive, minor, const(name), app(1, 0))
        rec = recursor("P.rec", pi(motive, minor, p, app(2, 0)), [("P.c", 1, rule)], 1)
        export = Export().definition(name, PROP, const("True"))
        return export.family([("P", PROP, [("P.c", pi(const(name), p), 1)])], [rec])

    assert accepted(check(holds("nested.Q")))
    answer = check(holds("_nested.Q"))
    assert not accepted(answer)
    assert "keeps for nested types" in answer.message
