"""One second kernel for all tests of this folder, asked for small files written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from physprover.lean.embedded.install import ensure_installed
from physprover.lean.kernel import Answer, SecondKernel
from tests.lean.kernel.export_format import Check, Export


@pytest.fixture(scope="session")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    """Check an export on top of Init, or alone."""
    folder = tmp_path_factory.mktemp("exports")
    kernel = SecondKernel(ensure_installed(), reads=(folder,))

    def ask(export: Export | str, alone: bool = False) -> Answer:
        file: Path = folder / "export.ndjson"
        if isinstance(export, str):
            file.write_text(export, encoding="utf-8")
        else:
            export.write(file)
        return kernel.file(file, 60.0, None if alone else ())

    yield ask
    kernel.close()
