"""PhysCore as a data set: every theorem proves from its extracted parts, and enough of them are hard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data_gen.candidates import steps
from data_gen.extract import extract
from data_gen.library import before, read_library
from data_gen.splits import split_library
from physprover.lean.protocol import Problem
from tests.data_gen.library import all_proved

if TYPE_CHECKING:
    from data_gen.library import ContextForm
    from physprover.lean.embedded.engine import EmbeddedEngine

LIBRARY = Path(__file__).parents[2] / "lean" / "PhysCore"


@pytest.mark.slow
def test_every_theorem_proves_from_its_extracted_parts(lean: EmbeddedEngine) -> None:
    assert len(all_proved(lean, LIBRARY)) >= 400


@pytest.mark.slow
@pytest.mark.parametrize("form", ["raw", "stripped"])
def test_theorems_prove_in_the_other_forms_of_their_context(lean: EmbeddedEngine, form: ContextForm) -> None:
    theorems = extract(read_library(LIBRARY), form)[0]
    short = sorted((t for t in theorems if len(t.header) > 600), key=lambda t: len(t.header))[::60][:2]
    assert len({t.source.file for t in short}) > 1
    for theorem in short:
        verdict = lean.check(Problem.of(theorem), theorem.proof or "", 120.0)
        assert verdict.reward == 1.0, (theorem.name, *verdict.messages)


def test_it_holds_what_was_promised() -> None:
    theorems = split_library(read_library(LIBRARY), extract(read_library(LIBRARY))[0])
    assert len({t.domain for t in theorems}) >= 8
    assert sum(steps(t.proof or "") > 1 for t in theorems) >= 80
    assert {t.split for t in theorems} == {"train", "validation", "test"}
    for module in read_library(LIBRARY).modules.values():
        opening = before(module, module.commands[1].start if len(module.commands) > 1 else 0, "raw")
        assert not module.domain or opening.lstrip().startswith("/-!"), module.file
