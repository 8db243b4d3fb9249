"""The sandbox with real processes: what is hidden, what cannot be written, reached or outlived."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from physprover.config import EngineConfig
from physprover.errors import LeanSetupError
from physprover.lean import open_engines
from physprover.lean.project import sandbox
from physprover.lean.project.place import STAMP, fingerprint
from physprover.lean.project.sandbox import Room, end, require, wrapped


@pytest.fixture(scope="module")
def bwrap() -> Path:
    program = sandbox.bubblewrap()
    if program is None:
        pytest.skip("NO BUBBLEWRAP, SANDBOX NOT TESTED: install the package `bubblewrap`")
    return program


def inside(bwrap: Path, script: str, room: Room) -> subprocess.CompletedProcess[str]:
    command = wrapped(bwrap, ["/bin/sh", "-c", script], room, {"PATH": "/usr/bin:/bin"})
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_what_is_given_can_be_read_and_nothing_else(bwrap: Path, tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "file").write_text("lemma")
    (tmp_path / "secret").write_text("no")
    room = Room(readable=(tmp_path / "given",))
    assert inside(bwrap, f"cat {tmp_path}/given/file", room).stdout == "lemma"
    assert inside(bwrap, f"cat {tmp_path}/secret", room).returncode != 0
    assert inside(bwrap, f"ls {Path.home()}", room).returncode != 0
    assert inside(bwrap, "cat /etc/passwd", room).returncode != 0


def test_only_the_writable_folder_keeps_what_is_written(bwrap: Path, tmp_path: Path) -> None:
    for name in ("library", "out"):
        (tmp_path / name).mkdir()
    room = Room(readable=(tmp_path / "library",), writable=(tmp_path / "out",))
    assert inside(bwrap, f"echo x > {tmp_path}/library/Init.olean", room).returncode != 0
    assert inside(bwrap, f"echo x > {tmp_path}/out/a && echo x > /tmp/{tmp_path.name}", room).returncode == 0
    assert list((tmp_path / "library").iterdir()) == []
    assert (tmp_path / "out" / "a").exists()
    assert not Path("/tmp", tmp_path.name).exists()


def test_there_is_no_network_no_environment_and_no_other_process(bwrap: Path) -> None:
    interfaces = inside(bwrap, "cat /proc/net/dev | tail -n +3 | cut -d: -f1", Room()).stdout.split()
    assert interfaces == ["lo"]
    names = {line.split("=")[0] for line in inside(bwrap, "env", Room()).stdout.splitlines()}
    assert names <= {"PATH", "PWD", "_", "SHLVL", "OLDPWD"}
    assert len(inside(bwrap, "ls -d /proc/[0-9]*", Room()).stdout.split()) < 8


def test_a_file_may_not_grow_without_end(bwrap: Path, tmp_path: Path) -> None:
    room = Room(writable=(tmp_path,))
    inside(bwrap, f"dd if=/dev/zero of={tmp_path}/big bs=1M seek=1200 count=1", room)
    assert not (tmp_path / "big").exists() or (tmp_path / "big").stat().st_size <= 2**30


def test_ending_it_ends_what_it_started(bwrap: Path) -> None:
    script = "setsid sleep 345 & setsid sleep 345 & wait"
    command = wrapped(bwrap, ["/bin/sh", "-c", script], Room(), {"PATH": "/usr/bin:/bin"})
    child = subprocess.Popen(command, start_new_session=True)
    family: list[psutil.Process] = []
    for _ in range(200):
        family = psutil.Process(child.pid).children(recursive=True)
        if sum("345" in process.cmdline() for process in family) >= 3:  # the shell names it too
            break
        time.sleep(0.02)
    end(child)
    psutil.wait_procs(family, timeout=10)
    assert family
    assert not any(process.is_running() for process in family)


def test_without_bubblewrap_it_refuses_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LeanSetupError, match="bubblewrap is missing"):
        require(unsafe=False)
    assert require(unsafe=True) is None


def test_the_limits_hold_without_it_too() -> None:
    done = subprocess.run(
        wrapped(None, ["/bin/sh", "-c", "ulimit -n; ulimit -c"], Room(), {}), capture_output=True
    )
    assert done.stdout.split() == [b"8192", b"0"]


def project(folder: Path) -> Path:
    (folder / "lakefile.toml").write_text('name = "x"\n')
    (folder / "lean-toolchain").write_text("leanprover/lean4:v4.28.0\n")
    return folder


def test_what_is_missing_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reason(directory: str | None) -> str:
        with pytest.raises(LeanSetupError) as error:
            open_engines(EngineConfig(kind="project", project_dir=directory))
        return str(error.value)

    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "needs a built Lake project" in reason(None)
    assert "no lakefile" in reason(str(tmp_path))
    assert "physprover lean install --project" in reason(str(project(tmp_path)))


def test_the_fingerprint_follows_toolchain_dependencies_and_compiled_files(tmp_path: Path) -> None:
    seen = {fingerprint(project(tmp_path))}
    (tmp_path / "lean-toolchain").write_text("leanprover/lean4:v4.29.0\n")
    seen.add(fingerprint(tmp_path))
    (tmp_path / "lake-manifest.json").write_text("{}")
    seen.add(fingerprint(tmp_path))
    library = tmp_path / STAMP.parent / "build" / "lib"
    library.mkdir(parents=True)
    (library / "X.olean").write_bytes(b"1")
    seen.add(fingerprint(tmp_path))
    assert len(seen) == 4
