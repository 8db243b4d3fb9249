"""The licence a library's text is under, as its LICENSE file says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = {
    "Apache License": "apache-2.0",
    "MIT License": "mit",
    "BSD 3-Clause": "bsd-3-clause",
    "BSD 2-Clause": "bsd-2-clause",
    "GNU GENERAL PUBLIC LICENSE": "gpl",
    "CC BY-NC": "cc-by-nc-4.0",
    "Creative Commons": "cc",
}


def licence(root: Path) -> str:
    """Hugging Face's short name of the licence in the library's folder or the nearest one above; "unknown" without one."""
    for folder in (root.absolute(), *list(root.absolute().parents)[:2]):
        for name in ("LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"):
            try:
                text = (folder / name).read_text(encoding="utf-8", errors="replace")[:400]
            except OSError:
                continue
            return next((short for mark, short in _MARKS.items() if mark in text), "other")
    return "unknown"
