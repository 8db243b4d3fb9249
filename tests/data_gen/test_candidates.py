from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_gen.candidates import Names, from_text, read_statement
from physprover.errors import DataError
from physprover.lean.text.terms import parse_statement
from physprover.records import Theorem

PARENT = Theorem(
    name="T.Optics.seed",
    statement="theorem seed (x : Int) : double x = 2 * x",
    header="namespace T.Optics\ndef double (x : Int) : Int := x + x\n",
    split="train",
    domain="Optics",
)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("theorem a (x : Int) : x = x := by\n  simp", "theorem n (x : Int) : x = x"),
        ("lemma a.b (x : Int)\n    : x = x", "theorem n (x : Int) : x = x"),
        ("/-- doc -/\n@[simp] theorem a : 1 = 1 -- end", "theorem n : 1 = 1"),
        ("example : 1 = 1", "theorem n : 1 = 1"),
        ("theorem a : True := trivial\naxiom bad : False", "theorem n : True"),
    ],
)
def test_a_statement_is_read(text: str, statement: str) -> None:
    assert read_statement(text, "n") == statement


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not one theorem but none"),
        ("Here is one: theorem a : True", "not one theorem but"),
        ("theorem a : 1 = 1 theorem b : 2 = 2", "not one theorem but theorem, theorem"),
        ("def f : Nat", "not one theorem but def"),
        ("axiom a : False", "not one theorem"),
        ("theorem a : (by exact True)", "`by` has no place"),
        ("theorem a (h : sorry) : True", "`sorry` has no place"),
        ("theorem a : 1 = 1 #eval 3", "`#eval` has no place"),
        ("open Nat in theorem a : 1 = 1", "`open` has no place"),
        ("theorem a (x : Nat)", "no `theorem name binders : proposition`"),
        ("theorem a : 1 = 1 /- never closed", "comment is never closed"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message.replace("(", r"\(")):
        read_statement(text, "n")
    refused = from_text(PARENT, text, "llm")
    assert not refused.key
    assert message in refused.reason


@given(text=st.text(alphabet="theorm a:=()\n-/{}by#xsℕ`'\"", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        statement = read_statement(text, "n")
    except DataError:
        return
    assert statement.startswith("theorem n")
    assert parse_statement(statement) is not None


def test_a_candidate_stands_under_its_parents_header() -> None:
    made = from_text(PARENT, "theorem foo (y : Int) : double y = y + y := sorry", "llm", "Twice.")
    theorem = made.theorem
    assert (theorem.name, theorem.statement) == (
        "T.Optics.seed_llm",
        "theorem seed_llm (y : Int) : double y = y + y",
    )
    assert (theorem.header, theorem.split, theorem.parents) == (PARENT.header, "train", ("T.Optics.seed",))
    assert (theorem.premises, theorem.informal, theorem.proof) == (("double",), "Twice.", None)
    assert "by\n  simp only [double]\n  grind" in made.proofs


def test_names_are_given_once() -> None:
    names = Names(["T.Optics.seed"])
    first, second = (names.give(from_text(PARENT, f"theorem a : {n} = {n}", "llm")) for n in (1, 2))
    assert [first.theorem.name, second.theorem.name] == ["T.Optics.seed_llm", "T.Optics.seed_llm2"]
    assert second.theorem.statement == "theorem seed_llm2 : 2 = 2"
