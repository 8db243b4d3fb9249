from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data_gen.extract import extract, extract_library
from data_gen.library import read_library, written_name
from physprover.errors import DataError
from physprover.lean.protocol import Problem
from physprover.records import Outcome
from tests.data_gen.library import BASE, MORE, write_library

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.lean.embedded.engine import EmbeddedEngine


def test_theorems_carry_everything(tmp_path: Path) -> None:
    first, second, third = extract_library(write_library(tmp_path))
    assert (first.name, first.domain, first.engine, first.informal) == (
        "Toy.Mechanics.twice_eq",
        "Mechanics",
        "core",
        "Twice is a sum.",
    )
    assert first.source.file == "Toy/Mechanics/Base.lean"
    assert BASE.splitlines()[first.source.line - 1].startswith("theorem twice_eq")
    assert second.statement == "theorem fourfold_eq (x : Int) : fourfold x = twice (twice x)"
    assert second.proof == "by\n  rfl"
    assert second.premises == ("fourfold", "twice")
    assert second.lemmas == ("twice_eq",)
    assert third.premises == ("Body", "Body.momentum")
    assert third.proof == "by\n  simp only [Body.momentum, h] -- the product with zero\n  omega"


def test_a_method_of_a_term_in_brackets_is_a_premise(tmp_path: Path) -> None:
    more = """
/-- The rest frame. -/
def rest (b : Body) : Body := ⟨b.mass, 0⟩

theorem momentum_of_rest (b : Body) : (rest b).momentum = 0 := by
  simp [rest, Body.momentum]

end Toy.Mechanics
"""
    text = BASE.replace("\nend Toy.Mechanics\n", more)
    theorem = extract_library(write_library(tmp_path, Mechanics__Base=text))[-1]
    assert theorem.premises == ("Body", "rest", "Body.momentum")


def test_headers_are_self_contained_prefixes(tmp_path: Path) -> None:
    _, second, third = extract_library(write_library(tmp_path))
    assert "import" not in second.header
    assert second.header.startswith("/-! # Base -/\nnamespace Toy.Mechanics")
    assert second.header.count("def twice") == 1
    assert "theorem fourfold_eq" not in second.header
    assert third.header.startswith(second.header)
    assert not third.header.rstrip().endswith("-/")  # the docstring of the theorem itself stays out


def test_a_namespace_left_open_is_closed_when_inlined(tmp_path: Path) -> None:
    library = write_library(
        tmp_path, Mechanics__Base=BASE.replace("end Toy.Mechanics\n", ""), Optics__More=MORE
    )
    header = extract_library(library)[1].header
    assert "end Mechanics\nend Toy\n" in header


def test_a_library_that_needs_packages_keeps_its_imports(tmp_path: Path) -> None:
    library = write_library(
        tmp_path, Mechanics__Base=BASE, Optics__More="import Mathlib.Data.Real.Basic\n" + MORE
    )
    theorem = extract_library(library)[1]
    assert theorem.engine == "project"
    assert theorem.header.startswith("import Mathlib.Data.Real.Basic\n")


def test_each_line_of_a_header_is_found_in_its_file(tmp_path: Path) -> None:
    library = write_library(
        tmp_path,
        A="/-\nabout\n-/\nimport Std.Data.HashMap\n\nnamespace Toy\ntheorem a : True := trivial",
        B="\n\nimport Toy.A\nopen Nat\n\n\ntheorem b : True := trivial\n\n",
        Empty="",
        C="-- c\n\nimport Toy.Empty\nimport Toy.B\n\n\nsection\ndef c := 1\nend\ntheorem c' : True := trivial\n",
    )
    read = read_library(library)
    own = next(module.file for module in read.modules.values() if module.name == "Toy.C")
    theorem = extract(read)[0][-1]
    places = read.places("Toy.C")
    shown = theorem.header.split("\n")[:-1]
    assert len(places) >= len(shown)
    found = {}
    for place, line in zip(places, shown, strict=False):
        file, _, number = place.rpartition(":")
        text = (library / (file or own)).read_text().split("\n")
        if not place:
            assert line == "import Std.Data.HashMap"
        elif line not in ("", "section", "end", "end Toy"):  # also those between the files
            found[line] = place
            assert line == text[int(number) - 1]
    assert found["theorem a : True := trivial"] == "Toy/A.lean:7"
    assert found["open Nat"] == "Toy/B.lean:4"
    assert found["def c := 1"] == "8"


def test_bad_files_are_named_and_the_rest_is_built(tmp_path: Path) -> None:
    library = write_library(
        tmp_path,
        Mechanics__Base=BASE,
        Mechanics__Copy=BASE,
        Optics__Open="/- never closed",
        Units__A="import Toy.Units.B\ntheorem a : True := trivial",
        Units__B="import Toy.Units.A\ntheorem b : True := trivial",
        Units__Hole="theorem c : True",
        Units__Orphan="import Toy.Optics.Open\ntheorem d : True := trivial",
    )
    (library / "Toy/Optics/Latin.lean").write_bytes("-- d\xe9j\xe0 vu\n".encode("latin-1"))
    read = read_library(library)
    theorems, problems = extract(read)
    assert [t.name for t in theorems] == ["Toy.Mechanics.twice_eq"]
    text = "\n".join((*read.problems, *problems))
    assert "Toy/Optics/Latin.lean: line 1: not UTF-8" in text
    assert "Toy/Optics/Open.lean: line 1: comment is never closed" in text
    assert "imports form a cycle: Toy.Units.A → Toy.Units.B → Toy.Units.A" in text
    assert "Toy/Units/Orphan.lean: imports Toy.Optics.Open, which cannot be read" in text
    assert "Toy/Mechanics/Copy.lean:16: Toy.Mechanics.twice_eq: also at Toy/Mechanics/Base.lean:16" in text
    assert "Toy/Units/Hole.lean:1: c: no proof" in text


def test_one_name_in_files_that_do_not_meet_is_two_theorems(tmp_path: Path) -> None:
    library = write_library(
        tmp_path,
        Week1__A="theorem main : 1 = 1 := rfl",
        Week2__B="theorem main : 2 = 2 := rfl",
        Week3__C="theorem main : 3 = 3 := rfl",
        Week4__D="import Toy.Week1.A\ntheorem main : 4 = 4 := rfl",
        Week5__E="theorem main : 1 = 1 := by decide",
        Week6__F="def more := 1\n\ntheorem main : 1 = 1 := rfl",
    )
    theorems, problems = extract(read_library(library))
    names = ["main", "Toy.Week2.B.0.main", "Toy.Week3.C.0.main", "Toy.Week6.F.0.main"]
    assert [t.name for t in theorems] == names
    assert [written_name(name) for name in names] == ["main"] * 4
    left_out = "main: also at Toy/Week1/A.lean:1; the second is left out"
    assert problems == [f"Toy/Week4/D.lean:2: {left_out}", f"Toy/Week5/E.lean:1: {left_out}"]


def test_a_file_of_ten_megabytes_is_named_and_left_out(tmp_path: Path) -> None:
    library = write_library(tmp_path, Mechanics__Base=BASE)
    (library / "Toy/Mechanics/Huge.lean").write_text("theorem t : True := trivial\n" * 360_000)
    read = read_library(library)
    assert [t.name for t in extract(read)[0]] == ["Toy.Mechanics.twice_eq"]
    assert read.problems == ("Toy/Mechanics/Huge.lean: 10.1 MB is more than 5 MB; left out",)


def test_nested_comments_in_a_proof_are_part_of_it(tmp_path: Path) -> None:
    proof = "by\n  /- outer /- inner := by -/ still\n  theorem hidden : False -/\n  rfl"
    text = f"theorem a : 1 = 1 := {proof}\n\ntheorem b : 2 = 2 := by rfl\n"
    first, second = extract_library(write_library(tmp_path, Optics__Nested=text))
    assert (first.proof, second.name) == (proof, "b")
    assert "hidden" not in extract_library(tmp_path, "sorry")[1].header


def test_libraries_are_read_where_the_lakefile_says(tmp_path: Path) -> None:
    """`srcDir` of the project and of a library, `roots`; a root file counts where it holds more than imports."""
    (tmp_path / "lakefile.toml").write_text(
        'name = "p"\nsrcDir = "src"\n[[lean_lib]]\nname = "Toy"\nroots = ["Toy", "More.Of"]\n'
        '[[lean_lib]]\nname = "Own"\nsrcDir = "own"\n'
    )
    for name, text in {
        "src/Toy.lean": "import Toy.A\n",
        "src/Toy/A.lean": "theorem a : 1 = 1 := rfl\n",
        "src/More/Of.lean": "import Toy.A\ntheorem b : 1 = 1 := a\n",
        "src/More/Of/C.lean": "theorem c : 1 = 1 := rfl\n",
        "src/own/Own.lean": "import More.Of\ntheorem d : 1 = 1 := b\n",
        "src/Test.lean": "theorem left_out : 1 = 1 := rfl\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    library = read_library(tmp_path)
    assert {m.file: name for name, m in library.modules.items()} == {
        "src/More/Of.lean": "More.Of",
        "src/More/Of/C.lean": "More.Of.C",
        "src/Toy/A.lean": "Toy.A",
        "src/own/Own.lean": "Own",
    }
    assert set(read_library(tmp_path, whole=True).modules) == {*library.modules, "Toy"}
    last = extract(library)[0][-1]
    assert last.header == "theorem a : 1 = 1 := rfl\n\ntheorem b : 1 = 1 := a\n"


def test_an_unclosed_block_is_closed_by_the_end_of_the_file(tmp_path: Path) -> None:
    text = "section A\nsection B\ndef f : Nat := 1\nnamespace B\ntheorem a : f = 1 := rfl\n"
    (theorem,) = extract_library(write_library(tmp_path, Optics__Open=text))
    assert theorem.name == "B.a"


@pytest.mark.parametrize(
    ("form", "inside", "outside"),
    [
        ("raw", ("/-- Twice a number. -/", "twice x = x + x := by\n  rfl", "-- theorem hidden"), ()),
        ("stripped", ("twice x = x + x := by\n  rfl",), ("/-", "--")),
        ("sorry", ("/-- Twice a number. -/", "twice x = x + x := sorry"), ("  rfl",)),
    ],
)
def test_the_three_forms_of_a_context(
    tmp_path: Path, form: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    header = extract_library(write_library(tmp_path), form)[2].header  # type: ignore[arg-type]
    assert all(text in header for text in inside)
    assert not any(text in header for text in outside)
    assert "def fourfold" in header


REPORTING = """/-- One. -/
def one : Nat := 1

/-- info: 1 -/
#guard_msgs in
#eval one

example : one = 2 := by native_decide

open Nat in
#check one

/-- info: what only another Lean says -/
#guard_msgs in
/-- It says something. -/
theorem guarded : one = 1 := rfl

theorem last : one = 1 := guarded
"""


def test_what_only_reports_is_no_part_of_a_context_of_statements(
    lean: EmbeddedEngine, tmp_path: Path
) -> None:
    """A program's tests stand between theorems; the engine's compiler cannot run all of them."""
    write_library(tmp_path, Optics__Tests=REPORTING)
    guarded, last = extract_library(tmp_path, "sorry")
    kept = "/-- One. -/ def one : Nat := 1 /-- It says something. -/ theorem guarded : one = 1 := sorry"
    assert " ".join(last.header.split()) == kept
    assert (guarded.informal, guarded.statement) == ("It says something.", "theorem guarded : one = 1")
    for theorem in (guarded, last):
        assert lean.check(Problem.of(theorem), theorem.proof or "").outcome is Outcome.PROVED
    assert "native_decide" in extract_library(tmp_path, "raw")[1].header


BEGUN = """def two : Nat := 2

theorem early (n : Nat) : n + two = two + n := Nat.add_comm _ _

theorem begun (n : Nat) : n * two = n + n := by
  sorry

theorem late : 1 + two = two + 1 := early 1
"""
ON_BEGUN = """import Toy.Optics.Begun

theorem on_proofs : 2 + two = two + 2 := early 2

theorem on_a_hole : 3 * two = 6 := begun 3
"""


def test_a_hole_of_the_library_takes_only_what_rests_on_it(lean: EmbeddedEngine, tmp_path: Path) -> None:
    write_library(tmp_path, Optics__Begun=BEGUN, Optics__Later=ON_BEGUN)
    early, *behind = extract_library(tmp_path, "sorry")
    assert early.lemmas_proved
    assert not any(theorem.lemmas_proved for theorem in behind)
    outcomes = {t.name: lean.check(Problem.of(t), t.proof or "").outcome for t in (early, *behind)}
    assert outcomes == {
        "early": Outcome.PROVED,
        "late": Outcome.PROVED,
        "on_proofs": Outcome.PROVED,
        "on_a_hole": Outcome.INFRASTRUCTURE,
    }


@pytest.mark.parametrize("files", [{"Optics__Empty": "-- nothing here"}, {"Optics__Open": "/- no end"}])
def test_no_theorem_is_an_error(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(DataError, match="no theorem could be extracted"):
        extract_library(write_library(tmp_path, **files))


def test_no_folder_and_no_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such library folder"):
        extract_library(tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no Lean files"):
        extract_library(tmp_path)
