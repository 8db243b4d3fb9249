"""Files in the lean4export format: cut off, damaged, out of order, or too much to decide."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lean.kernel.export_format import (
    NAT,
    Check,
    Export,
    accepted,
    app,
    const,
    eq,
    lam,
    nat,
    numbers,
    refl,
    says,
)


def test_a_definition_cannot_use_itself_or_what_follows(check: Check) -> None:
    for export in (
        Export().definition("d", NAT, const("d")),
        Export().definition("d", NAT, const("e")).definition("e", NAT, nat(1)),
    ):
        answer = check(export)
        assert (answer.outcome, "before it is declared" in answer.message) == ("refused", True)


def test_recursors_of_no_type_are_refused(check: Check) -> None:
    export = numbers()
    export.lines[-1]["inductive"]["types"] = []
    answer = check(export, alone=True)
    assert (answer.outcome, "of no type" in answer.message) == ("refused", True)


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


@pytest.fixture
def _numbers_of_any_length() -> Iterator[None]:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(200_000)
    yield
    sys.set_int_max_str_digits(before)


@pytest.mark.usefixtures("_numbers_of_any_length")
def test_a_literal_of_100000_digits(check: Check) -> None:
    n = 10 ** (10**5) - 1
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
    assert answer.resource in ("depth", "steps", "memory", "time", "clock")


def test_levels_with_too_many_cases_are_undecided_not_refused(check: Check) -> None:
    """Two orders of one maximum: equal, and decided by cases on each of fourteen parameters being zero."""
    params = tuple(f"p{i}" for i in range(14))
    parts = [("imax", "q", p) for p in params]

    def largest(of: list[Any]) -> Any:
        return of[0] if len(of) == 1 else ("max", of[0], largest(of[1:]))

    a, b = largest(parts), largest(parts[::-1])
    few = largest(parts[:3]), largest(parts[2::-1])
    for (x, y), outcome in ((few, "accepted"), ((a, b), "exhausted")):
        answer = check(Export().definition("d", ("sort", ("succ", x)), ("sort", y), ("q", *params)))
        assert answer.outcome == outcome, answer


def test_a_file_that_declares_nothing_is_not_accepted(check: Check) -> None:
    answer = check(Export())
    assert (answer.outcome, answer.message) == ("malformed", "the file declares nothing")
