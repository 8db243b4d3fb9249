from __future__ import annotations

from pathlib import Path

import pytest

from data_gen.extract import extract
from data_gen.leaks import leaks, report
from data_gen.library import read_library
from data_gen.splits import split_lemmas, split_library
from physprover.errors import DataError
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


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('test = ["Optics/Mode"]', "no file `Optics/Mode`; did you mean `Optics/More`"),
        ('tset = ["Optics/More"]', "unknown split `tset`"),
        ('test = ["Optics/More"]\nvalidation = ["Optics/More"]', "named twice"),
        ("test = [", "splits.toml"),
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


def test_hashed_files_are_stable_and_imported_ones_stay_in_train(tmp_path: Path) -> None:
    texts = {
        f"Optics__F{i}": f"import Toy.Optics.F{i + 1}\ntheorem t{i} : True := trivial"
        for i in range(0, 40, 2)
    }
    texts |= {f"Optics__F{i}": f"theorem t{i} : True := trivial" for i in range(1, 41, 2)}
    root = write_library(tmp_path, **texts)
    chosen = split(root)
    assert chosen == split(root)
    assert {chosen[f"Toy/Optics/F{i}.lean"] for i in range(1, 41, 2)} == {"train"}
    assert {chosen[f"Toy/Optics/F{i}.lean"] for i in range(0, 40, 2)} == {"train", "validation", "test"}


def test_validation_may_not_see_test_either() -> None:
    held = Theorem(
        name="a", statement="theorem a : 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 = 8", proof="by rfl", split="test"
    )
    other = Theorem(
        name="b", statement="theorem b : True", header=held.statement + " :=\n  by rfl", split="validation"
    )
    (leak,) = leaks([held, other])
    assert str(leak) == "a (test) in  (validation)"
    assert leak.shows == "statement"
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
