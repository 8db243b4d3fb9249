"""The second kernel, rule by rule: small declarations that hold, and as small ones that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from physprover.lean.embedded.install import ensure_installed
from physprover.lean.kernel import Answer, SecondKernel
from tests.lean.export_format import PROP, TYPE, Export, app, const, lam, pi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Check = Callable[..., Answer]

NAT, BOOL, TRUE, FALSE = const("Nat"), const("Bool"), const("Bool.true"), const("Bool.false")


def nat(n: int) -> Any:
    return ("nat", n)


def eq(type_: Any, a: Any, b: Any, level: Any = 1) -> Any:
    return app(const("Eq", level), type_, a, b)


def refl(type_: Any, a: Any, level: Any = 1) -> Any:
    return app(const("Eq.refl", level), type_, a)


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    """Check an export on top of Init, or alone."""
    folder = tmp_path_factory.mktemp("exports")
    kernel = SecondKernel(ensure_installed(), reads=(folder,))

    def ask(export: Export | str, alone: bool = False) -> Answer:
        file: Path = folder / "export.ndjson"
        if isinstance(export, str):
            file.write_text(export, encoding="utf-8")
        else:
            export.write(file)
        return kernel.file(file, 60.0, None if alone else ())

    yield ask
    kernel.close()


def accepted(answer: Answer) -> bool:
    assert answer.outcome in ("accepted", "refused"), answer
    return answer.outcome == "accepted"


def says(check: Check, type_: Any, a: Any, b: Any, level: Any = 1, params: tuple[str, ...] = ()) -> bool:
    """Whether `a = b` holds by definition: `Eq.refl a` has that type."""
    return accepted(check(Export().theorem("t", eq(type_, a, b, level), refl(type_, a, level), params)))


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


# -- inductive types ---------------------------------------------------------


def recursor(
    called: str, type_: Any, rules: list[Any], minors: int, params: tuple[str, ...] = ("u",), **extra: Any
) -> Any:
    counts = {"numIndices": 0, "numMotives": 1, "numMinors": minors, "k": False}
    return {"name": called, "params": params, "type": type_, "rules": rules} | counts | extra


N = const("N")
N_REC = const("N.rec", "u")


def numbers(**wrong: Any) -> Export:
    """Natural numbers, declared by hand with everything Lean would say of them; `wrong` replaces a part."""
    motive = pi(N, ("sort", "u"))
    step = pi(N, app(1 + 1, 0), app(2 + 1, app(const("N.s"), 1)))
    type_ = pi(motive, app(0, const("N.z")), step, N, app(3, 0))
    zero = lam(motive, app(0, const("N.z")), step, 1)
    again = app(N_REC, 3, 2, 1, 0)
    succ = lam(motive, app(0, const("N.z")), step, N, app(1, 0, again))
    parts: dict[str, Any] = {
        "types": [("N", TYPE, [("N.z", N, 0), ("N.s", pi(N, N), 1)])],
        "type": type_,
        "rules": [("N.z", 0, zero), ("N.s", 1, succ)],
        "recursor": {},
        "said": {},
    }
    parts |= wrong
    rec = recursor("N.rec", parts["type"], parts["rules"], 2, **parts["recursor"])
    return Export().family(parts["types"], [rec], **({"isRec": True} | parts["said"]))


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


# -- the file ------------------------------------------------------------------


def test_a_definition_cannot_use_itself_or_what_follows(check: Check) -> None:
    for export in (
        Export().definition("d", NAT, const("d")),
        Export().definition("d", NAT, const("e")).definition("e", NAT, nat(1)),
    ):
        answer = check(export)
        assert (answer.outcome, "before it is declared" in answer.message) == ("malformed", True)


def test_rows_refer_backwards(check: Check) -> None:
    export = Export().axiom("a", NAT)
    export.lines.insert(1, {"ie": 90, "app": {"fn": 91, "arg": 92}})
    assert check(export).outcome == "malformed"
    export = Export()
    export.lines.append({"ie": 1, "app": {"fn": 1, "arg": 1}})
    assert check(export).outcome == "malformed"


@pytest.mark.parametrize("cut", [0.02, 0.3, 0.6, 0.95])
def test_a_file_cut_off(check: Check, cut: float, tmp_path: Path) -> None:
    text = numbers().write(tmp_path / "whole").read_text(encoding="utf-8")
    answer = check(text[: int(len(text) * cut)], alone=True)
    assert answer.outcome in ("malformed", "accepted")
    assert answer.outcome == "malformed" or cut < 0.95  # between two lines nothing is lost but the rest


@pytest.mark.parametrize(
    "text",
    ["", "\n", "null\n", "{}\n", '{"meta": {}}\n', "not json\n", '{"meta": {"format": {"version": "9"}}}\n'],
)
def test_what_is_no_export(check: Check, text: str) -> None:
    answer = check(text)
    assert answer.outcome == "malformed"
    assert "\n" not in answer.message


def test_unsafe_declarations_are_refused(check: Check) -> None:
    export = Export().definition("d", NAT, nat(1))
    export.lines[-1]["def"]["safety"] = "unsafe"
    assert not accepted(check(export))


def test_a_term_of_a_million_nodes(check: Check) -> None:
    """Nested deeper than a check follows, or shared: one line of the right class, and the process goes on."""
    deep = Export()
    n = deep.term(NAT)
    f = deep.term(const("Nat.succ"))
    x = deep.term(const("Nat.zero"))
    for i in range(10**6):
        deep.lines.append({"ie": 1000 + i, "app": {"fn": f, "arg": x if i == 0 else 999 + i}})
    name = deep.name("d")
    about = {"hints": "opaque", "safety": "safe", "all": [name]}
    deep.lines.append(
        {"def": {"name": name, "levelParams": [], "type": n, "value": 1000 + 10**6 - 1, **about}}
    )
    answer = check(deep)
    assert answer.outcome in ("accepted", "exhausted"), answer
    assert says(check, NAT, nat(1), nat(1))


def test_shared_terms_cost_what_they_hold(check: Check) -> None:
    """A function of a function of …, 2^60 leaves written out, sixty terms as it is."""
    export = Export()
    row = export.term(NAT)
    for i in range(60):
        about = {"name": export.name("x"), "binderInfo": "default", "type": row, "body": row}
        export.lines.append({"ie": 1000 + i, "forallE": about})
        row = 1000 + i
    export.lines.append(
        {"axiom": {"name": export.name("a"), "levelParams": [], "type": row, "isUnsafe": False}}
    )
    assert accepted(check(export))


def test_a_literal_of_100000_digits(check: Check) -> None:
    n = 10 ** (10**5) - 1
    __import__("sys").set_int_max_str_digits(200_000)
    assert says(check, NAT, app(const("Nat.succ"), nat(n)), nat(n + 1))
    answer = check(
        Export().theorem("t", eq(NAT, app(const("Nat.pow"), nat(n), nat(n)), nat(1)), refl(NAT, nat(1)))
    )
    assert answer.outcome in ("exhausted", "refused")


def test_work_without_end_is_cut(check: Check) -> None:
    """Deciding by unfolding what would take for ever ends as exhausted, by the deadline."""
    big = app(
        const("Nat.rec", 1), lam(NAT, NAT), nat(0), lam(NAT, NAT, app(const("Nat.add"), 0, 0)), nat(10**12)
    )
    answer = check(Export().theorem("t", eq(NAT, big, nat(1)), refl(NAT, nat(1))))
    assert answer.outcome == "exhausted"
    assert answer.resource in ("depth", "steps", "memory", "time")


def test_a_file_that_declares_nothing_is_not_accepted(check: Check) -> None:
    answer = check(Export())
    assert (answer.outcome, answer.message) == ("malformed", "the file declares nothing")
