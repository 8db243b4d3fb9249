"""Audit.lean is Lean that no machine of ours can run; the embedded Lean at least elaborates it, against the same version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from physprover.config import EngineConfig
from physprover.lean import project
from physprover.lean.embedded.engine import EmbeddedEngine

AUDIT = Path(project.__file__).with_name("Audit.lean").read_text(encoding="utf-8")


@pytest.fixture
def scratch(lean: EmbeddedEngine) -> Iterator[EmbeddedEngine]:
    """An engine of its own: `import Lean` doubles the memory of a worker for good. `lean` skips where there is none."""
    engine = EmbeddedEngine(EngineConfig(judge=False, memory_gb=4.0))
    yield engine
    engine.close()


@pytest.mark.slow
def test_the_audit_program_is_well_typed(scratch: EmbeddedEngine) -> None:
    # Without the intermediate code of imported modules nothing can be compiled here, only elaborated.
    text = AUDIT[AUDIT.index("import Lean") :].replace(
        "namespace Audit", "noncomputable section\nnamespace Audit", 1
    )
    assert scratch.elaborate(text) == ()
    broken = text.replace("standard.contains ax", "standard.contains 3", 1)
    assert broken != text
    assert scratch.elaborate(broken)[0].startswith("error: ")
