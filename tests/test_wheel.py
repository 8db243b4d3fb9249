"""The wheel, built and installed by itself: what it puts on the path, and that it works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def done(*command: str | Path, cwd: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run outside the checkout, with nothing on the path but `path`."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    environment |= {"PYTHONPATH": path} if path else {}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that holds the wheel alone; dependencies come from the environment of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    built = done(sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "-q", "-w", folder, cwd=folder)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("physprover-*.whl")
    home = folder / "venv"
    assert done(sys.executable, "-m", "venv", "--without-pip", home, cwd=folder).returncode == 0
    python = home / "bin" / "python"
    put = done(
        sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel, cwd=folder
    )
    assert put.returncode == 0, put.stderr
    (site,) = (home / "lib").glob("python*/site-packages")
    assert {p.name for p in site.iterdir() if not p.name.endswith(".dist-info")} == {
        "physprover",
        "data_gen",
        "rl",
        "eval",
    }
    # A line of a .pth file is a folder; .pth files in that folder, an editable install's among them, are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def test_verify_and_shipped_files_outside_a_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "Draft.lean").write_text(
        "theorem t (a b : Nat) : a + b = b + a := by omega\ntheorem f (a : Nat) : a = a + 1 := by omega\n"
    )
    script = installed / "bin" / "physprover"
    judged = done(script, "verify", "Draft.lean", "--workers", "1", cwd=tmp_path)
    assert judged.returncode == 1, judged.stderr
    assert judged.stdout.endswith("1 of 2 proved\n")
    planned = done(script, "run", "configs/quickstart.toml", "--dry-run", cwd=tmp_path)
    assert planned.returncode == 0, planned.stderr
    for library in ("lean/PhysCore", "lean/PhysField"):
        counted = done(script, "data", "extract", library, cwd=tmp_path)
        assert counted.returncode == 0, counted.stderr
    asked = (
        "from physprover.lean.attack import CORPUS, load_attacks; print(CORPUS, len(load_attacks(CORPUS)))"
    )
    corpus, count = done(installed / "bin" / "python", "-c", asked, cwd=tmp_path).stdout.split()
    assert Path(corpus).is_relative_to(installed)
    assert int(count) > 100


@pytest.mark.parametrize("name", ["rl", "eval", "data_gen"])
def test_another_package_of_a_stages_name_is_named_and_not_used(
    installed: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    refused = done(installed / "bin" / "physprover", "--version", cwd=tmp_path, path=str(tmp_path))
    assert refused.returncode == 2
    assert f"other packages are in the way: `{name}`" in refused.stderr
