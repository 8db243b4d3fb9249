"""Declarations that hold and as small ones that do not."""

from __future__ import annotations

import pytest

from tests.lean.kernel.export_format import NAT, PROP, TRUE, Check, Export, accepted, app, const, nat

REFUSED: dict[str, tuple[Export, str]] = {
    "value of another type": (Export().definition("d", NAT, TRUE), "another type"),
    "argument of another type": (Export().definition("d", NAT, app(const("Nat.succ"), TRUE)), "another type"),
    "too many arguments": (Export().definition("d", NAT, app(const("Nat.zero"), nat(1))), "too many"),
    "a value as a type": (Export().axiom("a", const("Nat.zero")), "none"),
    "a theorem that states none": (Export().theorem("t", NAT, nat(1)), "no proposition"),
    "a level too many": (Export().axiom("a", const("Nat", 1)), "universe levels"),
    "an undeclared universe parameter": (Export().axiom("a", ("sort", "u")), "not declared"),
    "a universe parameter twice": (Export().axiom("a", ("sort", "u"), ("u", "u")), "twice"),
    "a bound variable without a binder": (Export().axiom("a", 0), "bound variable"),
    "a name of the library again": (Export().definition("Nat.add", NAT, nat(1)), "not what this library"),
    "a name twice": (Export().axiom("a", NAT).axiom("a", NAT), "declared already"),
    "a projection of another structure": (
        Export().definition(
            "d", NAT, ("proj", "Prod", 0, app(const("PProd.mk", 1, 1), NAT, NAT, nat(1), nat(2)))
        ),
        "another type",
    ),
    "a projection of no structure": (
        Export().definition("d", NAT, ("proj", "Nat", 0, nat(1))),
        "no structure",
    ),
    "a field that is not there": (
        Export().definition(
            "d", NAT, ("proj", "Prod", 2, app(const("Prod.mk", 0, 0), NAT, NAT, nat(1), nat(2)))
        ),
        "no field",
    ),
    "data out of a proof": (
        Export()
        .axiom("p", app(const("Nonempty", 1), NAT))
        .definition("d", NAT, ("proj", "Nonempty", 0, const("p"))),
        "data from a proof",
    ),
    "a `let` of another type": (Export().definition("d", NAT, ("let", NAT, TRUE, nat(1))), "`let`"),
    "an opaque constant of another type": (Export().opaque("o", NAT, TRUE), "another type"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(check: Check, case: str) -> None:
    export, reason = REFUSED[case]
    answer = check(export)
    assert not accepted(answer)
    assert reason in answer.message, answer


def test_axioms_are_named(check: Check) -> None:
    answer = check(Export().axiom("A.b", NAT).axiom("c", PROP))
    assert answer.axioms == ("A.b", "c")
