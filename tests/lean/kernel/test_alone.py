"""Files that stand alone: names mean nothing to the kernel but what the file declares of them. All that is declared here is sound."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lean.kernel.export_format import NAT, PROP, TYPE, Check, Export, app, const, eq, lam, pi, recursor

CHAR, STRING = const("Char"), const("String")
SORT_U = ("sort", "u")


def numbers(export: Export) -> Export:
    """`Nat`, which literals need."""
    zero, succ = const("Nat.zero"), const("Nat.succ")
    motive, step = pi(NAT, SORT_U), pi(NAT, app(2, 0), app(3, app(succ, 1)))
    first = app(0, zero)
    again = app(const("Nat.rec", "u"), 3, 2, 1, 0)
    rules = [
        ("Nat.zero", 0, lam(motive, first, step, 1)),
        ("Nat.succ", 1, lam(motive, first, step, NAT, app(1, 0, again))),
    ]
    rec = recursor("Nat.rec", pi(motive, first, step, NAT, app(3, 0)), rules, 2)
    types = [("Nat", TYPE, [("Nat.zero", NAT, 0), ("Nat.succ", pi(NAT, NAT), 1)])]
    return export.family(types, [rec], isRec=True)


def wrapper(export: Export, name: str, field: Any) -> Export:
    """A structure `name` in `Type` with one field."""
    whole, make = const(name), const(f"{name}.of")
    motive, minor = pi(whole, SORT_U), pi(field, app(1, app(make, 0)))
    rule = lam(motive, minor, field, app(1, 0))
    rec = recursor(f"{name}.rec", pi(motive, minor, whole, app(2, 0)), [(f"{name}.of", 1, rule)], 1)
    return export.family([(name, TYPE, [(f"{name}.of", pi(field, whole), 1)])], [rec])


def lists(export: Export) -> Export:
    """`List` as the library declares it."""
    u = ("sort", ("succ", "u"))

    def of(a: Any) -> Any:
        return app(const("List", "u"), a)

    nil, cons = const("List.nil", "u"), const("List.cons", "u")
    motive, first = pi(of(0), ("sort", "v")), app(0, app(nil, 1))
    step = pi(2, of(3), app(3, 0), app(4, app(cons, 5, 2, 1)))
    type_ = pi(u, motive, first, step, of(3), app(3, 0))
    again = app(const("List.rec", "v", "u"), 5, 4, 3, 2, 0)
    rules = [
        ("List.nil", 0, lam(u, motive, first, step, 1)),
        ("List.cons", 2, lam(u, motive, first, step, 3, of(4), app(2, 1, 0, again))),
    ]
    rec = recursor("List.rec", type_, rules, 2, ("v", "u"))
    constructors = [("List.nil", pi(u, of(0)), 0), ("List.cons", pi(u, 0, of(1), of(2)), 2)]
    return export.family([("List", pi(u, u), constructors)], [rec], ("u",), 1, isRec=True)


def texts(of_list: tuple[Any, Any], of_nat: tuple[Any, Any]) -> Export:
    """`Char` and `String` over numbers, and type and value of `String.ofList` and `Char.ofNat`."""
    export = wrapper(wrapper(lists(numbers(Export())), "Char", NAT), "String", NAT)
    return export.definition("String.ofList", *of_list).definition("Char.ofNat", *of_nat)


CHARS = app(const("List", 0), CHAR)
OF_LIST = (pi(CHARS, STRING), lam(CHARS, app(const("String.of"), ("nat", 0))))
OF_NAT = (pi(NAT, CHAR), lam(NAT, app(const("Char.of"), 0)))


def test_a_text_is_a_value_of_string_where_it_stands_for_one(check: Check) -> None:
    export = texts(OF_LIST, OF_NAT).definition("d", STRING, ("str", "a"))
    assert check(export, alone=True).outcome == "accepted"


def test_a_text_is_refused_where_the_file_has_no_string(check: Check) -> None:
    answer = check(numbers(Export()).definition("d", STRING, ("str", "a")), alone=True)
    assert answer.outcome == "refused"


@pytest.mark.parametrize(
    ("of_list", "of_nat"),
    [
        ((pi(NAT, STRING), lam(NAT, app(const("String.of"), 0))), OF_NAT),
        ((STRING, app(const("String.of"), ("nat", 0))), OF_NAT),
        (OF_LIST, (pi(CHAR, CHAR), lam(CHAR, 0))),
    ],
)
def test_names_of_leans_texts_are_free_where_no_text_stands(
    check: Check, of_list: tuple[Any, Any], of_nat: tuple[Any, Any]
) -> None:
    """A text beside such names is refused by the second kernel; no file here holds one, since other checkers may take it."""
    assert check(texts(of_list, of_nat), alone=True).outcome == "accepted"


RELATION = pi(0, pi(1, PROP))


def quotient_by_hand() -> Export:
    """A type family called `Quot`, whose values are those of the type that it is given."""
    whole = const("Quot", "u")
    motive = pi(app(whole, 1, 0), PROP)
    minor = pi(2, app(1, app(const("Quot.of", "u"), 3, 2, 0)))
    type_ = pi(SORT_U, RELATION, motive, minor, app(whole, 3, 2), app(2, 0))
    rule = lam(SORT_U, RELATION, motive, minor, 3, app(1, 0))
    rec = recursor("Quot.rec", type_, [("Quot.of", 1, rule)], 1)
    make = pi(SORT_U, RELATION, 1, app(whole, 2, 1))
    types = [("Quot", pi(SORT_U, RELATION, SORT_U), [("Quot.of", make, 1)])]
    return Export().family(types, [rec], ("u",), 2)


def test_quotients_are_made_of_quotients_alone(check: Check) -> None:
    make = pi(SORT_U, RELATION, 1, app(const("Quot", "u"), 2, 1))
    quot = Export().quotient("type", "Quot", pi(SORT_U, RELATION, SORT_U), ("u",))
    assert check(quot.quotient("ctor", "Quot.mk", make, ("u",)), alone=True).outcome == "accepted"
    assert check(quotient_by_hand(), alone=True).outcome == "accepted"
    answer = check(quotient_by_hand().quotient("ctor", "Quot.mk", make, ("u",)), alone=True)
    assert (answer.outcome, "something else than quotients" in answer.message) == ("refused", True)


def test_an_axiom_with_the_name_of_one_of_leans_is_not_called_leans(check: Check) -> None:
    answer = check(Export().axiom("propext", pi(PROP, PROP)), alone=True)
    assert (answer.outcome, answer.axioms) == ("accepted", ("propext (not Lean's)",))


def equality(export: Export) -> Export:
    """`Eq` as the library declares it."""

    def of(*args: Any) -> Any:
        return app(const("Eq", "u"), *args)

    motive = pi(1, of(2, 1, 0), ("sort", "v"))
    minor = app(0, 1, app(const("Eq.refl", "u"), 2, 1))
    type_ = pi(SORT_U, 0, motive, minor, 3, of(4, 3, 0), app(3, 1, 0))
    rule = lam(SORT_U, 0, motive, minor, 0)
    rec = recursor("Eq.rec", type_, [("Eq.refl", 0, rule)], 1, ("v", "u"), numIndices=1, k=True)
    refl_ = pi(SORT_U, 0, of(1, 0, 0))
    types = [("Eq", pi(SORT_U, 0, 1, PROP), [("Eq.refl", refl_, 0)])]
    return export.family(types, [rec], ("u",), 2, numIndices=1)


def test_leans_own_axiom_is_called_by_its_name(check: Check) -> None:
    """`propext` as Lean states it, on top of `Eq` and `Iff` as Lean declares them."""
    iff, intro = const("Iff"), const("Iff.intro")
    motive = pi(app(iff, 1, 0), SORT_U)
    minor = pi(pi(2, 2), pi(2, 4), app(2, app(intro, 4, 3, 1, 0)))
    rule = lam(PROP, PROP, motive, minor, pi(3, 3), pi(3, 5), app(2, 1, 0))
    type_ = pi(PROP, PROP, motive, minor, app(iff, 3, 2), app(2, 0))
    rec = recursor("Iff.rec", type_, [("Iff.intro", 2, rule)], 1)
    make = pi(PROP, PROP, pi(1, 1), pi(1, 3), app(iff, 3, 2))
    export = equality(Export()).family(
        [("Iff", pi(PROP, PROP, PROP), [("Iff.intro", make, 2)])], [rec], (), 2
    )
    export.axiom("propext", pi(PROP, PROP, app(iff, 1, 0), eq(PROP, 2, 1, 1)))
    answer = check(export, alone=True)
    assert (answer.outcome, answer.axioms) == ("accepted", ("propext",))
