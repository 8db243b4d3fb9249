from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from data_gen.contamination import leaks, report
from data_gen.extract import extract
from data_gen.library import read_library
from data_gen.splits import off_size, split_lemmas, split_library
from physprover.errors import DataError
from physprover.lean.text.terms import canonical_form, parse_statement
from physprover.records import Theorem
from tests.data_gen.library import BASE, MORE, write_library

LIBRARY = Path(__file__).parents[2] / "lean" / "PhysCore"


def split(root: Path) -> dict[str, str]:
    library = read_library(root)
    theorems, _ = extract(library)
    return {t.source.file: t.split for t in split_library(library, theorems)}


def test_the_table_decides(tmp_path: Path) -> None:
    root = write_library(tmp_path)
    (root / "splits.toml").write_text('test = ["Optics/More"]\n')
    assert split(root) == {"Toy/Mechanics/Base.lean": "train", "Toy/Optics/More.lean": "test"}


@pytest.mark.parametrize("name", ["Toy/Optics/More", "Toy/Optics/More.lean", "Optics/More.lean"])
def test_a_file_is_named_from_the_root_on_or_without_the_first_folder(tmp_path: Path, name: str) -> None:
    root = write_library(tmp_path)
    (root / "splits.toml").write_text(f'test = ["{name}"]\n')
    assert split(root) == {"Toy/Mechanics/Base.lean": "train", "Toy/Optics/More.lean": "test"}


def test_a_short_name_of_two_files_is_refused_with_both(tmp_path: Path) -> None:
    for folder in ("Optics", "Lab"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Units.lean").write_text(f"theorem t{folder} : 1 = 1 := rfl\n")
    (tmp_path / "splits.toml").write_text('test = ["Units"]\n')
    with pytest.raises(DataError, match=r"`Units` may be `Lab/Units.lean` or `Optics/Units.lean`"):
        split(tmp_path)
    (tmp_path / "splits.toml").write_text('test = ["Optics/Units"]\n')
    assert split(tmp_path) == {"Lab/Units.lean": "train", "Optics/Units.lean": "test"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('test = ["Optics/Mode"]', "no file `Optics/Mode`; did you mean `Optics/More`"),
        ('tset = ["Optics/More"]', "unknown split `tset`"),
        ('test = ["Optics/More"]\nvalidation = ["Optics/More"]', "named twice"),
        ("test = [", "splits.toml"),
        ("test = 5", "not a list of files"),
        ("test = [5]", "not a list of files"),
        ('test = "Optics/More"', "not a list of files"),
    ],
)
def test_a_bad_table_is_an_error(tmp_path: Path, table: str, message: str) -> None:
    root = write_library(tmp_path)
    (root / "splits.toml").write_text(table)
    with pytest.raises(DataError, match=message):
        split(root)


def test_a_held_out_file_that_train_imports_is_a_leak(tmp_path: Path) -> None:
    base = BASE.replace("  rfl", "  simp only [twice] -- long enough to be told apart")
    root = write_library(tmp_path, Mechanics__Base=base, Optics__More=MORE)
    (root / "splits.toml").write_text('test = ["Mechanics/Base"]\n')
    with pytest.raises(DataError, match=r"twice_eq \(test\) in Toy/Optics/More.lean \(train\)"):
        split(root)


def test_drawn_splits_are_stable_of_the_stated_size_and_hold_out_importers_too(tmp_path: Path) -> None:
    texts = {
        f"Optics__F{i}": f"import Toy.Optics.F{i + 1}\ntheorem t{i} : True := trivial"
        for i in range(0, 40, 2)
    }
    texts |= {f"Optics__F{i}": f"theorem t{i} : True := trivial" for i in range(1, 41, 2)}
    library = read_library(write_library(tmp_path, **texts))
    theorems, _ = extract(library)
    chosen = split_library(library, theorems, test=0.2, validation=0.1)
    assert chosen == split_library(library, theorems, test=0.2, validation=0.1)
    assert report(chosen).leaking == 0
    assert Counter(t.split for t in chosen) == {"train": 28, "test": 8, "validation": 4}
    assert off_size(chosen, 0.2, 0.1) == []
    where = {t.source.file: t.split for t in chosen}
    for i in range(1, 41, 2):  # a header of the importer would show it
        if where[f"Toy/Optics/F{i}.lean"] != "train":
            assert where[f"Toy/Optics/F{i - 1}.lean"] == where[f"Toy/Optics/F{i}.lean"]


def test_imports_hold_nothing_back_where_headers_do_not_inline_them(tmp_path: Path) -> None:
    texts = {
        f"Optics__F{i}": f"import Mathlib\nimport Toy.Optics.F{i + 1}\nlemma t{i} : a{i} = b := by simp"
        for i in range(20)
    }
    library = read_library(
        write_library(tmp_path, **texts, Optics__F20="import Mathlib\nlemma t20 : a20 = b := by simp")
    )
    theorems, _ = extract(library)
    chosen = split_library(library, theorems, test=0.1, validation=0.1)
    assert Counter(t.split for t in chosen) == {"train": 17, "test": 2, "validation": 2}


def test_a_size_that_whole_files_cannot_give_is_named(tmp_path: Path) -> None:
    library = read_library(write_library(tmp_path, Optics__A="theorem a : True := trivial"))
    theorems, _ = extract(library)
    chosen = split_library(library, theorems)
    (test, _) = off_size(chosen, 0.05, 0.05)
    assert test.startswith("test holds 0 of ")
    assert "splits.toml" in test


def test_equal_words_of_unrelated_theorems_are_no_leak(tmp_path: Path) -> None:
    text = (
        "import Mathlib\nnamespace {name}\ndef total (xs : List ℕ) : ℕ := xs.sum\n"
        "lemma total_perm (xs ys : List ℕ) (h : xs.Perm ys) : total xs = total ys := by\n"
        "  simpa [total] using List.Perm.sum_eq h\nlemma last : total [] = 0 := rfl\nend {name}\n"
    )
    root = write_library(tmp_path, Lab__A=text.format(name="Spin"), Lab__B=text.format(name="Charge"))
    (root / "splits.toml").write_text('test = ["Lab/A"]\n')
    library = read_library(root)
    found = report(split_library(library, extract(library)[0]))
    assert (found.leaking, found.twins) == (0, 2)


def test_private_theorems_of_one_name_are_different_theorems(tmp_path: Path) -> None:
    text = (
        "import Mathlib\nprivate lemma helper ({x} : ℕ) : {x} = {x} := rfl\nlemma {last} : True := trivial\n"
    )
    root = write_library(tmp_path, Lab__A=text.format(x="x", last="a"), Lab__B=text.format(x="y", last="b"))
    (root / "splits.toml").write_text('test = ["Lab/B"]\n')
    library = read_library(root)
    theorems, problems = extract(library)
    assert ([t.name for t in theorems], problems) == (["helper", "a", "_private.Toy.Lab.B.0.helper", "b"], [])
    found = report(split_library(library, theorems))
    assert (found.leaking, found.twins) == (0, 2)


def test_files_that_declare_one_name_are_held_out_together(tmp_path: Path) -> None:
    texts = {f"Lab__F{i}": f"import Mathlib\nlemma t{i // 2} : a{i} = b := by simp" for i in range(20)}
    library = read_library(write_library(tmp_path, **texts, Lab__G="import Mathlib\nlemma g : a = b := h"))
    chosen = split_library(library, extract(library)[0], test=0.1, validation=0.1)
    assert {t.split for t in chosen} == {"train", "validation", "test"}
    assert report(chosen).leaking == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "(x y : Int) (h : x = 1) (k : y < 2) : x + y < 3",
            "(b a : Int) (p : 2 > b) (q : 1 = a) : 3 > a + b",
            True,
        ),
        ("(x : Int) : x = x", "(y : Int) : y = y", True),
        ("(p q : Prop) : p ∧ q ↔ q ∧ p", "{a b : Prop} : b ∧ a ↔ a ∧ b", True),
        ("(x y : Int) (h : x = 1) : x + y < 3", "(x y : Int) (h : x = 2) : x + y < 3", False),
        ("(x y : Int) : x < y", "(x y : Nat) : x < y", False),
        ("(x y : Int) (h : x < y) : x ≠ y", "(x y : Int) (h : x ≤ y) : x ≠ y", False),
    ],
)
def test_twins_in_another_order_are_the_same(one: str, other: str, same: bool) -> None:
    forms = [parse_statement(f"theorem t {text}") for text in (one, other)]
    assert None not in forms
    first, second = (canonical_form(form) for form in forms if form)
    assert (first == second) == same


def test_validation_may_not_see_test_either() -> None:
    held = Theorem(
        name="a", statement="theorem a : 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 = 8", proof="by rfl", split="test"
    )
    other = Theorem(
        name="b", statement="theorem b : True", header=held.statement + " :=\n  by rfl", split="validation"
    )
    (leak,) = leaks([held, other])
    assert str(leak) == "a (test) in  (validation)"
    assert leak.shows == "proof"
    assert leaks([held.replace(split="validation"), other]) == []


def test_a_twin_in_train_is_a_leak() -> None:
    held = Theorem(name="a", statement="theorem a (x : Int) : x = x", split="test")
    twin = Theorem(name="b", statement="theorem b (y : Int) : y = y", split="train")
    assert [(leak.shows, leak.where) for leak in leaks([held, twin])] == [("twin", "b")]


def test_the_longest_header_is_searched_whatever_the_order() -> None:
    held = Theorem(
        name="a",
        statement="theorem a : True",
        proof="by exact trivial_but_quite_long_for_a_proof",
        split="test",
    )
    long = Theorem(
        name="b", statement="theorem b : True", header=f"theorem a : True := {held.proof}", split="train"
    )
    short = Theorem(name="c", statement="theorem c : True ∧ True", split="train")
    assert [leak.shows for leak in leaks([held, long, short])] == ["proof", "twin"]


def test_the_papers_split_by_lemma_leaks_and_is_counted() -> None:
    theorems = split_lemmas(extract(read_library(LIBRARY), "stripped")[0])
    assert theorems == split_lemmas(extract(read_library(LIBRARY), "stripped")[0])
    found = report(theorems)
    share = found.held_out / len(theorems)
    assert 0.05 < share < 0.11  # the paper held out 250 of 3,183
    assert 0 < found.proofs <= found.leaking <= found.held_out
    assert "--" not in theorems[-1].header


def test_physcore_has_no_leak_and_all_splits() -> None:
    library = read_library(LIBRARY)
    theorems, problems = extract(library)
    assert not problems
    assert not library.problems
    shares = dict.fromkeys(("train", "validation", "test"), 0.0)
    for theorem in split_library(library, theorems):
        assert theorem.engine == "core"
        assert theorem.informal
        shares[theorem.split] += 1 / len(theorems)
    assert 0.15 < shares["test"] < 0.35
    assert 0.04 < shares["validation"] < 0.15
