"""`physprover lean install`: the embedded Lean, and a cache without unused kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.cache import remove_stale_kernels
from physprover.lean.embedded.install import ensure_installed, renew_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from physprover.progress import Progress


def install_embedded(tarball: Path | None, progress: Progress) -> Iterator[str]:
    """Install what is missing; yields what was done, a line each."""
    yield f"Lean is installed in {ensure_installed(progress, tarball)}"
    if renew_code(progress):
        yield "made its machine code for this Node and processor"
    if kernels := remove_stale_kernels():
        yield f"removed {len(kernels)} unused kernel{'s' * (len(kernels) > 1)}"
