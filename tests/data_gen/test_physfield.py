"""PhysField as a data set: every theorem proves from its extracted parts, in words too, and no file is forgotten."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data_gen.extract import extract
from data_gen.library import read_library
from data_gen.splits import split_library
from tests.data_gen.library import all_proved

if TYPE_CHECKING:
    from physprover.lean.embedded.engine import EmbeddedEngine

LIBRARY = Path(__file__).parents[2] / "lean" / "PhysField"


# All 1,905 theorems take half an hour; `PHYSPROVER_WHOLE_LIBRARY=1` judges them, as `physprover data lint` does.
WHOLE = bool(os.environ.get("PHYSPROVER_WHOLE_LIBRARY"))


@pytest.mark.slow
def test_a_theorem_of_every_file_proves_from_its_extracted_parts(lean: EmbeddedEngine) -> None:
    assert all_proved(lean, LIBRARY, WHOLE)


def test_every_theorem_says_in_words_what_it_states() -> None:
    theorems = extract(read_library(LIBRARY))[0]
    assert [t.name for t in theorems if not t.informal] == []
    statements = [re.sub(r"\s+", " ", t.statement.partition(t.name.rpartition(".")[2])[2]) for t in theorems]
    assert len(set(statements)) == len(statements)


def test_every_file_names_its_source_and_is_imported() -> None:
    library = read_library(LIBRARY)
    imported = re.findall(r"^import (\S+)", (LIBRARY / "PhysField.lean").read_text("utf-8"), re.MULTILINE)
    assert imported == sorted(library.modules)
    for module in library.modules.values():
        opening = re.search(r"/-!.*?-/", module.source.text, re.DOTALL)
        assert opening, module.file
        assert "\nSource: " in opening[0], module.file


def test_its_splits_hold_theorems_and_leak_none() -> None:
    library = read_library(LIBRARY)
    theorems = split_library(library, extract(library)[0])
    assert {t.split for t in theorems} == {"train", "validation", "test"}
