"""Texts as problems: what goes to the header, how statement and proof join, what a module file becomes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.errors import DataError
from physprover.lean.text.commands import parse
from physprover.lean.text.definitions import undefined
from physprover.lean.text.headers import plain, without_module
from physprover.lean.text.problems import attributes, joined, passages, read_problem, without_attributes
from physprover.lean.text.statements import compose, declared, has_sorry, is_hole, split_statement
from physprover.lean.text.tokens import mask


@pytest.mark.parametrize(
    ("proof", "joint"),
    [
        ("rfl", "theorem t : p := rfl"),
        ("by\n  simp", "theorem t : p := by\n  simp"),
        ("| 0 => a\n  | n + 1 => b", "theorem t : p\n  | 0 => a\n  | n + 1 => b"),
        ("where\n  left := a", "theorem t : p where\n  left := a"),
        (":= by simp", "theorem t : p := by simp"),
        ("whereever", "theorem t : p := whereever"),
        ("| 0 => a\n| n + 1 => b", "theorem t : p\n| 0 => a\n| n + 1 => b"),
        ("/- | -/ rfl", "theorem t : p := /- | -/ rfl"),
        ("\n  have h := a\n  f h", "theorem t : p :=\n  have h := a\n  f h"),
        ("have h := a\nf h", "theorem t : p := have h := a\nf h"),
        ("\n  | 0 => a\n  | n + 1 => b", "theorem t : p\n  | 0 => a\n  | n + 1 => b"),
        ("\n    where\n      left := a", "theorem t : p\n    where\n      left := a"),
        ("have h := a; f h", "theorem t : p := have h := a; f h"),
    ],
)
def test_statement_and_proof_join_as_the_proof_begins(proof: str, joint: str) -> None:
    assert compose("theorem t : p", proof) == joint


def test_a_comment_at_a_statements_end_does_not_swallow_the_proof() -> None:
    assert compose("theorem t : p -- note", "rfl") == "theorem t : p -- note\n := rfl"


@settings(deadline=None)
@given(
    st.sampled_from(["p", "∀ n, n = n", "f (d := 2) = 1", "let x := 1; x = 1", "|x| = y", "{x | q x} = s"]),
    st.sampled_from(
        ["rfl", "by\n  simp", "| 0 => a\n  | _ => b", "where\n  x := 1", "fun | 0 => a | _ => b"]
    ),
    st.sampled_from(
        ["", "/-- doc | x => := -/\n", "@[simp] ", "open Nat in\n", "private ", "omit [A] in @[simp]\n"]
    ),
    st.sampled_from(["\n\ntheorem after : p := q", "\nend", "\n\n/-- d -/\ndef x := 1", ""]),
)
def test_what_is_composed_is_read_again(goal: str, proof: str, before: str, behind: str) -> None:
    """Cut, composed and cut again: statement and proof stay what they were."""
    text = f"def zero := 0\n\n{before}{compose(f'theorem t : {goal}', proof)}{behind}\n"
    first = passages(mask(text))[0]
    assert (first.command.name, first.proof) == ("t", proof)
    again = passages(mask(compose(first.statement, first.proof)))[0]
    assert (again.statement, again.proof) == (first.statement, first.proof)


@pytest.mark.parametrize(
    "body", ["", " by", "sorry", "by\n  sorry", "by -- todo\n", "/- later -/ sorry\n", ":= by sorry"]
)
def test_empty_places(body: str) -> None:
    assert is_hole(body)


@pytest.mark.parametrize("body", ["rfl", "by simp", "fun x => x", "by\n  intro h\n  sorry"])
def test_proofs_are_no_empty_places(body: str) -> None:
    assert not is_hole(body)
    assert has_sorry(body) == ("sorry" in body)


@pytest.mark.parametrize(
    ("statement", "parts", "private"),
    [
        ("theorem a.b' : p", ("a", "b'"), False),
        ("private theorem «odd. name».x : p", ("odd. name", "x"), True),
        ("nonrec lemma _root_.a.{u, v} (x : Nat) : p", ("a",), False),
        ("/-- theorem no : p -/ @[simp] protected theorem yes : p", ("yes",), False),
        ("set_option maxRecDepth 9 in\nopen Nat in -- theorem no\ntheorem yes : p", ("yes",), False),
        ("variable (n : ∑ i in s, i) in\ntheorem yes : p", ("yes",), False),
    ],
)
def test_the_declared_name(statement: str, parts: tuple[str, ...], private: bool) -> None:
    found = declared(statement)
    assert found is not None
    assert (found.parts, found.private) == (parts, private)


@pytest.mark.parametrize(
    "statement", ["example : p", "theorem : p", "def a := 1", "theorem a : p := q theorem b : p"]
)
def test_no_single_theorem_declares_no_name(statement: str) -> None:
    assert declared(statement) is None


def test_a_module_file_becomes_a_plain_one_line_by_line() -> None:
    text = (
        "/-\nCopyright\n-/\nmodule\n\npublic import Std.Data.HashMap -- why\nmeta import all Init.Meta\nimport  Foo\n\n"
        "@[expose] public noncomputable section\n\npublic def a : Nat := 1\n@[expose, simp] def b := 2\n"
        "/-- public theorem -/\npublic theorem t : a = 1 := rfl\nend\n"
    )
    found = plain(text)
    assert found.split() == [
        "import",
        "Std.Data.HashMap",
        "import",
        "Init.Meta",
        "import",
        "Foo",
        "noncomputable",
        "section",
        "def",
        "a",
        ":",
        "Nat",
        ":=",
        "1",
        "@[",
        "simp]",
        "def",
        "b",
        ":=",
        "2",
        "/--",
        "public",
        "theorem",
        "-/",
        "theorem",
        "t",
        ":",
        "a",
        "=",
        "1",
        ":=",
        "rfl",
        "end",
    ]
    assert found.count("\n") == text.count("\n")
    assert passages(mask(found))[0].line == passages(mask(text))[0].line


PIECES = (
    "public ",
    "meta ",
    "@[expose] ",
    "@[expose, simp] ",
    "theorem t : p := q\n",
    "-- public def\n",
    "/-- doc\n-/ ",
    'def s := "é -- x"\n',
)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_a_module_file_is_masked_as_the_plain_one_is(pieces: list[str]) -> None:
    text = "module\n\n-- why\npublic import Std\n" + "".join(pieces)
    assert without_module(text) == mask(plain(text))


@pytest.mark.parametrize(
    "text", ["", "import Std\n\ndef a := 1\n", "def module := 1\n", "open Nat\n", "-- import x\n"]
)
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_line_ends_and_marks_are_made_plain() -> None:
    assert plain("\ufeff-- c\r\nimport Std\r\n") == "\nimport Std\n"
    posed = read_problem("\ufeff/-- d -/\r\ntheorem t : 1 = 1 := by\r\n  sorry\r\n")
    assert (posed.statement, posed.proof, posed.doc) == ("theorem t : 1 = 1", None, "d")


@pytest.mark.parametrize(
    ("proof", "body"),
    [
        ("omega", "by\n  omega"),
        ("  intro h\n  omega\n", "by\n    intro h\n    omega"),
        ("intro h\n  omega", "by\n    intro h\n    omega"),  # cut behind the first line's indentation
        ("intro h\nomega", "by\n  intro h\n  omega"),
        ("by omega", "by omega"),
        (":= by omega", ":= by omega"),
        ("\n", "\n"),
    ],
)
def test_tactics_behind_an_open_by_get_it_back(proof: str, body: str) -> None:
    assert read_problem("theorem t : 1 = 1 := by\n").body(proof) == body
    for whole in ("theorem t : 1 = 1", "theorem t : 1 = 1 :=", "theorem t : 1 = 1 := by sorry"):
        assert read_problem(whole).body(proof) == proof


def test_a_problem_brings_its_context_along() -> None:
    text = "import Std\nopen Nat\ndef two := 2\n\n@[simp] theorem A.t : two = 2 := by rfl\nend"
    posed = read_problem(text, "import Lean\nnamespace B\n/-- last -/\n")
    assert posed.header == "import Std\nimport Lean\nnamespace B\n/-- last -/\nopen Nat\ndef two := 2\n"
    assert (posed.name, posed.statement, posed.proof) == ("A.t", "theorem A.t : two = 2", "by rfl")
    alone = read_problem("theorem t : p", "def a := 1\n\n/-- The claim. -/\n")
    assert (alone.header, alone.doc) == ("def a := 1\n", "The claim.")
    assert joined("def a := 1", "") == "def a := 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 = 1", "no `theorem name"),
        ("theorem t : p := by simp\n#eval 1", "line 2: `#eval` stands behind the theorem"),
        ("theorem : p", "no name"),
        ("/- theorem t : p", "never closed"),
    ],
)
def test_no_problem_is_an_error_that_says_why(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_problem(text)


def test_theorems_that_need_each_other_are_judged_with_their_mutual_block() -> None:
    text = "mutual\n/-- A. -/\n@[simp]\ntheorem a : p 0 := x.b\ntheorem b : p 1 := q\nend\n\ntheorem c : p 2 := q\n"
    a, b, c = passages(mask(text))
    assert (a.proof, a.reason) == ("x.b", "")
    assert compose(a.statement, a.whole or "") == (
        "mutual\ntheorem a : p 0 := x.b\ntheorem b : p 1 := q\nend"
    )
    assert (b.whole, c.whole) == ("q", "q")
    assert (text[: a.header_end], text[: b.header_end]) == ("", "")
    assert text[: c.header_end].endswith("end\n\n")


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("theorem a : p 0 := b 1\ntheorem b : p 1 := by sorry\n", "with a `sorry`"),
        ("theorem a : p b := q\ntheorem b : p 1 := q\n", "its statement names"),
    ],
)
def test_a_mutual_theorem_that_cannot_be_judged_says_why(block: str, reason: str) -> None:
    first = passages(mask(f"mutual\n{block}end\n"))[0]
    assert first.reason.startswith("inside a `mutual` block with `b`, which ")
    assert reason in first.reason
    assert first.whole == first.proof


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("theorem a : p := q\n  theorem b : p := q\n", ["a", "b"]),
        ("theorem a : '\"' = c := q\ntheorem b : '\"' = c := q\n", ["a", "b"]),
        ("/-- d -/ theorem a : p := q", ["a"]),
        ("/-- info: x -/\n#guard_msgs in\ntheorem a : p := q\n", ["a"]),
        ("theorem a : p := by\n  simp\n\nodd_command foo\n\ntheorem b : p := q", ["a", "b"]),
        ('theorem a : s!"{f "x := y"}" = z := q\ntheorem b : p := q', ["a", "b"]),
        ('def f := `(theorem no : p)\nmacro "m" : command => `(theorem no : p)\ntheorem a : p := q', ["a"]),
        ("class inductive C\n| a\n\nderiving instance Repr for C\n\ntheorem a : p := q", ["a"]),
        ("structure S where\n  private x : Nat\n  protected y : Nat\n\ntheorem a : p := q", ["a"]),
        (
            "theorem a : p := by\n  open Nat in\n  simp\n  set_option x 1 in\n  simp\ntheorem b : p := q",
            ["a", "b"],
        ),
        ("noncomputable section\n  open Nat\n  variable (n : Nat)\n  lemma a : p := q\nend", ["a"]),
    ],
)
def test_every_theorem_is_found_and_nothing_is_swallowed(text: str, names: list[str]) -> None:
    found = passages(mask(text))
    assert [p.name for p in found] == names
    assert all((p.proof or "").strip() and "theorem" not in (p.proof or "") for p in found)


def test_reports_on_a_command_are_no_part_of_it() -> None:
    (found,) = passages(mask("/-- info: x -/\n#guard_msgs in\ntheorem a : p := q\n"))
    assert (found.statement, found.command.doc) == ("theorem a : p", None)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("theorem a : ∀ n, n = n | 0 => rfl | _ => rfl", "n = n "),
        ("theorem a : |x| = (fun y => y) 1 := q", "1 "),
        ("theorem a :\n  |x| = f fun y => y := q", "y "),
        ("theorem a : letI := x; p := q", "p "),
        ("theorem a : f = do let z ← g; set z.2; return z.1 := q", "z.1 "),
        ("theorem a : (match n with | 0 => p | _ => q) := q", ") "),
    ],
)
def test_where_statements_end(text: str, end: str) -> None:
    split = split_statement(mask(text).masked)
    assert split is not None
    assert text[: split.statement_end].endswith(end)


def test_undefined_names_are_those_that_nothing_binds() -> None:
    statement = "theorem t {Mass : Type} (x : ℝ) (m : Mass) (xs : List α) (k : Kelvin) : x = x"
    implicit = ["Mass", "ℝ", "α", "Kelvin", "hidden"]
    assert undefined("variable {Kelvin : Type}", statement, implicit) == ("ℝ",)


@settings(deadline=None)
@given(st.text(alphabet="theorem lma:=|wx\n/-\"'«»()[]{}⟨⟩ in@#", max_size=80))
def test_any_text_is_cut_in_order_without_overlap(text: str) -> None:
    try:
        source = mask(text)
    except DataError:
        return
    commands = parse(source)
    at = 0
    for command in commands:
        assert at <= command.start <= command.keyword <= command.end <= len(text)
        at = command.end


@pytest.mark.parametrize(
    ("written", "gone", "left"),
    [
        ("@[simp] ", ["simp"], "        "),
        ("@[simp] ", ["ext"], "@[simp] "),
        ("@[simp, ext, foo] ", ["foo"], "@[simp, ext     ] "),
        ("@[simp, ext, foo] ", ["simp"], "@[      ext, foo] "),
        ("@[simp, ext, foo] ", ["ext"], "@[simp,      foo] "),
        ("@[simp, ext, foo] ", ["simp", "foo"], "@[      ext     ] "),
        ("@[a (x := [1, 2]), b] ", ["b"], "@[a (x := [1, 2])   ] "),
        (
            '@[deprecated "a, b]" (since := "c"), simp]\n',
            ["simp"],
            '@[deprecated "a, b]" (since := "c")      ]\n',
        ),
        ("@[simp -- why, not\n, foo] ", ["foo"], "@[simp -- why, not\n     ] "),
        ("@[simp]\n@[foo,\n bar] ", ["foo", "bar"], "@[simp]\n      \n      "),
    ],
)
def test_an_attribute_is_taken_out_and_the_rest_stays_at_its_place(
    written: str, gone: list[str], left: str
) -> None:
    theorem = "theorem t (l : List Nat) : l[0]? = l[0]? := rfl"
    source = mask(f"/-- @[doc] -/\n{written}{theorem}")
    (command,) = parse(source)
    assert without_attributes(source, command, gone) == f"/-- @[doc] -/\n{left}{theorem}"
    assert set(gone) - {"ext"} <= {a.text for members in attributes(source, command) for a in members}
