"""What the second kernel takes to be equal by definition, rule by rule, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lean.kernel.export_format import (
    BOOL,
    FALSE,
    NAT,
    PROP,
    TRUE,
    TYPE,
    Check,
    Export,
    accepted,
    app,
    const,
    eq,
    lam,
    nat,
    pi,
    refl,
    says,
)

SAME_LEVELS = [
    (("max", "u", "v"), ("max", "v", "u")),
    (("max", "u", "u"), "u"),
    (("max", "u", 0), "u"),
    (("imax", "u", 0), 0),
    (("imax", 0, "u"), "u"),
    (("imax", 1, "u"), "u"),
    (("imax", "u", "u"), "u"),
    (("imax", "u", ("succ", "v")), ("max", "u", ("succ", "v"))),
    (("imax", "u", ("imax", "v", "w")), ("imax", ("max", "u", "v"), "w")),
    (("imax", "u", ("max", "v", "w")), ("max", ("imax", "u", "v"), ("imax", "u", "w"))),
    (("succ", ("max", "u", "v")), ("max", ("succ", "u"), ("succ", "v"))),
    (("max", "u", ("imax", "v", "u")), ("max", "u", ("imax", "v", "u"))),
]
OTHER_LEVELS = [
    ("u", "v"),
    ("u", ("succ", "u")),
    (("imax", "u", "v"), ("max", "u", "v")),
    (("succ", ("imax", "u", "v")), ("imax", "u", "v")),
    (("imax", "u", "v"), "v"),
    (("max", "u", 1), "u"),
    (("succ", ("imax", "u", "v")), ("imax", ("succ", "u"), ("succ", "v"))),
    (("imax", 2, "u"), "u"),
]


@pytest.mark.parametrize(("a", "b"), SAME_LEVELS)
def test_equal_levels(check: Check, a: Any, b: Any) -> None:
    export = Export().definition("d", ("sort", ("succ", a)), ("sort", b), ("u", "v", "w"))
    assert accepted(check(export))


def test_the_level_of_a_function_of_many_arguments(check: Check) -> None:
    nested: Any = 1
    for _ in range(40):
        nested = ("imax", 1, nested)
    assert accepted(check(Export().definition("d", ("sort", 2), ("sort", nested))))


@pytest.mark.parametrize(("a", "b"), OTHER_LEVELS)
def test_different_levels(check: Check, a: Any, b: Any) -> None:
    for x, y in ((a, b), (b, a)):
        export = Export().definition("d", ("sort", ("succ", x)), ("sort", y), ("u", "v", "w"))
        assert not accepted(check(export))


HOLD: dict[str, tuple[Any, Any, Any]] = {
    "beta": (NAT, app(lam(NAT, 0), nat(3)), nat(3)),
    "zeta": (NAT, ("let", NAT, nat(3), 0), nat(3)),
    "delta": (NAT, app(const("id", 1), NAT, nat(3)), nat(3)),
    "constructors and literals": (
        NAT,
        app(const("Nat.succ"), app(const("Nat.succ"), const("Nat.zero"))),
        nat(2),
    ),
    "recursion": (
        NAT,
        app(const("Nat.rec", 1), lam(NAT, NAT), nat(5), lam(NAT, NAT, app(const("Nat.succ"), 0)), nat(2)),
        nat(7),
    ),
    "projection": (NAT, ("proj", "Prod", 1, app(const("Prod.mk", 0, 0), BOOL, NAT, TRUE, nat(4))), nat(4)),
    "text": (
        const("String"),
        ("str", "é"),
        app(
            const("String.ofList"),
            app(
                const("List.cons", 0),
                const("Char"),
                app(const("Char.ofNat"), nat(233)),
                app(const("List.nil", 0), const("Char")),
            ),
        ),
    ),
    "quotient": (
        NAT,
        app(
            const("Quot.lift", 1, 1),
            BOOL,
            lam(BOOL, BOOL, const("False")),
            NAT,
            lam(BOOL, nat(3)),
            lam(BOOL, BOOL, const("False"), refl(NAT, nat(3))),
            app(const("Quot.mk", 1), BOOL, lam(BOOL, BOOL, const("False")), TRUE),
        ),
        nat(3),
    ),
}
DIFFER: dict[str, tuple[Any, Any, Any]] = {
    "literals": (NAT, nat(3), nat(4)),
    "zero and one": (NAT, const("Nat.zero"), nat(1)),
    "constructors": (BOOL, TRUE, FALSE),
    "fields": (NAT, ("proj", "Prod", 1, app(const("Prod.mk", 0, 0), NAT, NAT, nat(1), nat(2))), nat(1)),
    "texts": (const("String"), ("str", "a"), ("str", "b")),
}


@pytest.mark.parametrize("case", HOLD)
def test_equal_by_definition(check: Check, case: str) -> None:
    type_, a, b = HOLD[case]
    assert says(check, type_, a, b)
    assert says(check, type_, b, a)


@pytest.mark.parametrize("case", DIFFER)
def test_not_equal_by_definition(check: Check, case: str) -> None:
    type_, a, b = DIFFER[case]
    assert not says(check, type_, a, b)
    assert not says(check, type_, b, a)


ARITHMETIC = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: max(a - b, 0),
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a // b if b else 0,
    "mod": lambda a, b: a % b if b else a,
    "gcd": __import__("math").gcd,
    "land": lambda a, b: a & b,
    "lor": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "shiftLeft": lambda a, b: a << b,
    "shiftRight": lambda a, b: a >> b,
    "pow": lambda a, b: a**b,
}


@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_on_literals(check: Check, name: str) -> None:
    for a, b in ((0, 0), (7, 0), (0, 7), (12, 18), (2**70 + 3, 65), (5, 90)):
        value = ARITHMETIC[name](a, b)
        assert says(check, NAT, app(const(f"Nat.{name}"), nat(a), nat(b)), nat(value)), (a, b)
        assert not says(check, NAT, app(const(f"Nat.{name}"), nat(a), nat(b)), nat(value + 1)), (a, b)


def test_comparisons_and_logarithm_on_literals(check: Check) -> None:
    for a, b in ((0, 0), (3, 4), (2**80, 2**80), (2**80, 2**79)):
        assert says(check, BOOL, app(const("Nat.beq"), nat(a), nat(b)), TRUE if a == b else FALSE)
        assert says(check, BOOL, app(const("Nat.ble"), nat(a), nat(b)), TRUE if a <= b else FALSE)
    for a in (0, 1, 2, 255, 256, 2**90 - 1):
        assert says(check, NAT, app(const("Nat.log2"), nat(a)), nat(max(a.bit_length() - 1, 0)))


def test_eta_for_functions(check: Check) -> None:
    f = pi(NAT, NAT)
    export = Export().axiom("f", f)
    assert accepted(
        check(export.theorem("t", eq(f, const("f"), lam(NAT, app(const("f"), 0))), refl(f, const("f"))))
    )


def test_eta_for_structures(check: Check) -> None:
    pair = app(const("Prod", 0, 0), NAT, NAT)
    made = app(const("Prod.mk", 0, 0), NAT, NAT, ("proj", "Prod", 0, 0), ("proj", "Prod", 1, 0))
    swapped = app(const("Prod.mk", 0, 0), NAT, NAT, ("proj", "Prod", 1, 0), ("proj", "Prod", 0, 0))
    assert accepted(check(Export().theorem("t", pi(pair, eq(pair, 0, made)), lam(pair, refl(pair, 0)))))
    assert not accepted(
        check(Export().theorem("t", pi(pair, eq(pair, 0, swapped)), lam(pair, refl(pair, 0))))
    )


def test_types_with_one_value(check: Check) -> None:
    unit = const("PUnit", 1)
    assert accepted(
        check(Export().theorem("t", pi(unit, unit, eq(unit, 0, 1)), lam(unit, unit, refl(unit, 0))))
    )
    assert not accepted(
        check(Export().theorem("t", pi(BOOL, BOOL, eq(BOOL, 0, 1)), lam(BOOL, BOOL, refl(BOOL, 0))))
    )


def test_proofs_of_one_proposition_are_equal(check: Check) -> None:
    same = lam(PROP, 0, 1, refl(1 + 1, 0, 0))
    assert accepted(check(Export().theorem("t", pi(PROP, 0, 1, eq(2, 0, 1, 0)), same)))
    assert not accepted(
        check(Export().theorem("t", pi(TYPE, 0, 1, eq(2, 0, 1, 1)), lam(TYPE, 0, 1, refl(2, 0, 1))))
    )


def test_k_needs_the_types_to_agree(check: Check) -> None:
    """`Eq.rec` computes on any proof of `a = a`, and on none of `a = b`."""

    def cast(proof: Any, target: Any) -> Any:
        motive = lam(NAT, eq(NAT, nat(0), 0), NAT)
        return app(const("Eq.rec", 1, 1), NAT, nat(0), motive, nat(9), target, proof)

    same, other = eq(NAT, nat(0), nat(0)), eq(NAT, nat(0), nat(1))
    good = pi(same, eq(NAT, cast(0, nat(0)), nat(9)))
    assert accepted(check(Export().theorem("t", good, lam(same, refl(NAT, nat(9))))))
    bad = pi(other, eq(NAT, cast(0, nat(1)), nat(9)))
    assert not accepted(check(Export().theorem("t", bad, lam(other, refl(NAT, nat(9))))))
