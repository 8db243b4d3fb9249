from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data_gen.extract import extract_library
from data_gen.leandojo import Traced, compare, trace_library
from physprover.errors import LeanSetupError
from tests.data_gen.library import write_library

if TYPE_CHECKING:
    from pathlib import Path


def test_static_extraction_against_a_trace(tmp_path: Path) -> None:
    static = extract_library(write_library(tmp_path))
    first, second, third = static
    traced = [
        Traced(name=first.name, file="", statement=f"@[simp] {first.statement} :=", proof=first.proof or ""),
        Traced(name=second.name, file="", statement=second.statement, proof="by simp"),
        Traced(name="Toy.generated", file="", statement="theorem generated : True", proof=""),
    ]
    found = compare(static, traced)
    assert (found.both, found.only_static, found.only_traced) == (2, (third.name,), ("Toy.generated",))
    assert (found.other_statement, found.other_proof) == ((), (second.name,))
    assert "only in the text   1: Toy.Optics.momentum_rest" in str(found)


def test_tracing_says_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LeanSetupError, match="no `lake` on the PATH"):
        trace_library(tmp_path)
    (tmp_path / "lake").write_text("#!/bin/sh\n")
    (tmp_path / "lake").chmod(0o755)
    with pytest.raises(LeanSetupError, match="needs a git checkout"):
        trace_library(tmp_path)
