from __future__ import annotations

from physprover.lean.text.commands import Command, open_namespaces, parse
from physprover.lean.text.tokens import mask


def theorems(text: str) -> list[Command]:
    return [c for c in parse(mask(text)) if c.kind in ("theorem", "lemma")]


def test_names_follow_namespaces_sections_and_root() -> None:
    text = (
        "namespace A.B\nsection s\nnoncomputable section\nlemma x : p := h\nend\nend s\nend B\ntheorem y : p := h\n"
        "theorem _root_.z : p := h\nend A\n@[expose] public section\nlemma w' : p := h\n"
    )
    assert [c.name for c in theorems(text)] == ["A.B.x", "A.y", "z", "w'"]


def test_prefixes_docs_and_attributes_belong_to_the_next_command() -> None:
    text = (
        "/-- first -/\n@[simp,\n  grind =]\nprivate theorem a : p := h\n\n"
        "open Nat in\n/-- second -/\nlemma b : p := h\n"
        "open Nat in\n/-! a module doc takes the prefix -/\nlemma c : p := h\n"
        "set_option maxHeartbeats 4 in\nlemma d : p := h\n"
    )
    a, b, c, d = theorems(text)
    assert (a.doc, a.attributes, a.prefix) == ("first", ("simp,\n  grind =",), "private ")
    assert (b.doc, b.prefix) == ("second", "open Nat in\n")
    assert text[b.start :].startswith("open Nat in\n/-- second")
    assert (c.doc, c.prefix) == (None, "")
    assert d.prefix == "set_option maxHeartbeats 4 in\n"


def test_what_continues_a_command_in_column_0() -> None:
    text = "theorem a : p := foo\nwhere\n  foo := 1\ntermination_by x\n\ntheorem b : p := q -- note\n/- theorem c : p := q -/\n"
    a, b = theorems(text)
    assert text[a.keyword : a.end].endswith("termination_by x")
    assert text[b.keyword : b.end] == "theorem b : p := q"


def test_scope_knows_what_is_open() -> None:
    (a,) = theorems("open Nat\nnamespace A.B\nopen Int scoped C\ntheorem a : p := h")
    assert a.scope.prefixes == ("A.B", "A", "Nat", "Int", "C", "")


def test_open_namespaces() -> None:
    assert open_namespaces("namespace A.B\nsection\nend\nsection t\n") == ["t", "B", "A"]
