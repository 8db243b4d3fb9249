"""`physprover verify` on files and rows, with a real Lean."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from physprover.app.commands import verify as verify_command
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.resources import resolve
from tests.app.command_line import call
from tests.one_engine import OneEngine

FILE = """/-! Good and bad theorems. -/
namespace Demo
/-- Twice the kinetic energy. -/
def ke (m v : Int) : Int := m * v * v
/-- Good. -/
theorem at_rest (m : Int) : ke m 0 = 0 := by
  simp [ke]
/-- True, but not so. -/
theorem mirror (m v : Int) : ke m (-v) = ke m v := by
  rfl
/-- Rests on the failed one. -/
theorem mirror_twice (m v : Int) : ke m (-v) + ke m (-v) = ke m v + ke m v := by
  rw [mirror]
/-- Good again. -/
theorem unit_speed (m : Int) : ke m 1 = m := by
  simp [ke]
end Demo
"""


@pytest.fixture
def warm(lean: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """`physprover verify` asks the engine that is running already instead of starting one."""
    monkeypatch.setattr(verify_command, "open_pool", lambda *_args, **_more: nullcontext(OneEngine(lean)))


def verify_json(*arguments: str, stdin: str | bytes | None = None) -> tuple[int, dict[str, dict[str, Any]]]:
    status, out, _ = call("verify", "--json", "--workers", "1", *arguments, stdin=stdin)
    rows = [json.loads(line) for line in out.splitlines()]
    keys = {"name", "verdict", "axioms", "messages", "seconds", "engine", "tier"}
    assert all(set(row) == keys for row in rows)
    return status, {row["name"]: row for row in rows}


def row(name: str, statement: str, proof: str, header: str = "") -> str:
    return json.dumps({"name": name, "header": header, "statement": statement, "proof": proof}) + "\n"


def test_verify_a_file(warm: None, tmp_path: Path) -> None:
    file = tmp_path / "Demo.lean"
    file.write_text(FILE)
    status, rows = verify_json(str(file))
    assert status == 1
    assert {name: r["verdict"] for name, r in rows.items()} == {
        "Demo.at_rest": "proved",
        "Demo.mirror": "rejected",
        "Demo.mirror_twice": "rejected",
        "Demo.unit_speed": "proved",
    }
    assert "`Demo.mirror` on line 9 is not proved" in str(rows["Demo.mirror_twice"]["messages"])


AFTER_FAILURES = """theorem wrong : 1 = 2 := by decide
attribute [simp] wrong
#print axioms wrong
example : 1 = 2 := wrong
def of_wrong (f : 1 = 2 → Nat) : Nat := f wrong
mutual
theorem even_is (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 := by cases n with
  | zero => simp
  | succ n => have := odd_is n; omega
theorem odd_is (n : Nat) : n % 2 = 1 ∨ n % 2 = 0 := by cases n with
  | zero => simp
  | succ n => have := even_is n; omega
end
theorem uses_good : 4 % 2 = 0 ∨ 4 % 2 = 1 := even_is 4
mutual
theorem round (n : Nat) : n = 5 := about n
theorem about (n : Nat) : n = 5 := round n
end
theorem uses_bad (n : Nat) : n = 5 := round n
theorem uses_good_again : 6 % 2 = 0 ∨ 6 % 2 = 1 := even_is 6
theorem false_again : 1 = 2 := by simp
def broken : Nat := nowhere
theorem behind_a_broken_definition : 1 = 1 := rfl
"""


def test_what_fails_in_a_file_takes_nothing_else_along(warm: None, tmp_path: Path) -> None:
    """Commands that only report, attributes of a failed theorem and a `mutual` block that fails break no context."""
    file = tmp_path / "Failures.lean"
    file.write_text(AFTER_FAILURES)
    status, rows = verify_json(str(file))
    assert status == 2
    assert {name: r["verdict"] for name, r in rows.items()} == {
        "wrong": "rejected",
        "even_is": "proved",
        "odd_is": "proved",
        "uses_good": "proved",
        "round": "rejected",
        "about": "rejected",
        "uses_bad": "rejected",
        "uses_good_again": "proved",
        "false_again": "rejected",
        "behind_a_broken_definition": "infrastructure",
    }
    assert "`round` on line 16 is not proved" in str(rows["uses_bad"]["messages"])
    assert "22:20: Unknown identifier `nowhere`" in str(rows["behind_a_broken_definition"]["messages"])


ATTRIBUTES = """@[simp] theorem so (a : Nat) : a = a := rfl
theorem behind : 1 = 1 := rfl
def two : Nat := 2
/-- Only the second fails. -/
@[simp, foo]
theorem is_two : two = 2 := rfl
theorem by_the_first : two + two = 4 := by simp
theorem wrong : 1 = 2 := by decide
@[implemented_by foo, reducible] theorem both (a : Nat) : a = a := so a
@[simp] theorem fine (a b : Nat) : a + two + b = a + 2 + b := rfl
theorem uses_all (a b : Nat) : a + two + b = a + 2 + b := by have := both a; simp only [fine]
@[simp] theorem last (a : Nat) : a = a := rfl
"""


def test_an_attribute_that_fails_is_named_and_takes_nothing_else_along(warm: None, tmp_path: Path) -> None:
    file = tmp_path / "Attributes.lean"
    file.write_text(ATTRIBUTES)
    status, rows = verify_json(str(file))
    assert status == 1
    assert {name: r["verdict"] for name, r in rows.items() if r["verdict"] != "proved"} == {
        "wrong": "rejected"
    }
    said = {name: r["messages"] for name, r in rows.items() if r["messages"] and name != "wrong"}
    assert list(said) == ["so", "is_two", "both", "last"]
    assert said["so"][0].startswith("attribute `simp` fails: ")
    assert "simp" in said["so"][0].removeprefix("attribute `simp` fails: ")
    assert [m.partition(": ")[0] for m in said["is_two"]] == ["attribute `foo` fails"]
    assert {m.partition(": ")[0] for m in said["both"]} <= {
        "attribute `implemented_by foo` fails",
        "attribute `reducible` fails",
    }


def test_an_attribute_that_fails_is_no_success(warm: None, tmp_path: Path) -> None:
    file = tmp_path / "One.lean"
    file.write_text("@[simp] theorem so (a : Nat) : a = a := rfl\n")
    status, out, _ = call("verify", "--workers", "1", str(file))
    assert status == 1
    assert "proved" in out
    assert "attribute `simp` fails" in out
    file.write_text("@[simp] theorem so (a : Nat) : a + 0 = a := rfl\n")
    assert verify_json(str(file))[0] == 0


LAKEFILE = 'name = "imp"\n[[lean_lib]]\nname = "Imp"\n'


def test_a_missing_file_of_the_project_is_named(warm: None, tmp_path: Path) -> None:
    (tmp_path / "lakefile.toml").write_text(LAKEFILE)
    (tmp_path / "Imp").mkdir()
    (tmp_path / "Imp/A.lean").write_text("import Imp.Missing\ntheorem a : 1 = 1 := rfl\n")
    (tmp_path / "Imp/B.lean").write_text("import Imp.A\ntheorem b : 1 = 1 := rfl\n")
    status, rows = verify_json(str(tmp_path / "Imp/A.lean"), str(tmp_path / "Imp/B.lean"))
    assert status == 2
    assert [r["verdict"] for r in rows.values()] == ["infrastructure", "infrastructure"]
    missing = "imports Imp.Missing, but the file Imp/Missing.lean was not found"
    assert rows["a"]["messages"][0] == f"Imp/A.lean: {missing}"
    assert rows["b"]["messages"][0] == f"Imp/B.lean: imports Imp.A, which {missing}"


IMPORTS = {
    "A": "import Std.Data.HashMap\n-- a\nnamespace A\ntheorem fine : 2 = 2 := rfl\ntheorem wrong : 1 = 2 := by decide\n"
    "attribute [simp] wrong\nmutual\ntheorem round (n : Nat) : n = 5 := about n\ntheorem about (n : Nat) : n = 5 := round n\nend\n",
    "B": "open Nat\ntheorem good : 2 = 2 := rfl\nexample : 1 = 2 := by decide\nprivate theorem wrong : 1 = 3 := by decide\n"
    "@[simp] theorem self (n : Nat) : n = n := rfl\n",
    "C": "import Imp.A\nimport Imp.B\n\ntheorem alone : 3 = 3 := rfl\ntheorem uses_fine : 2 = 2 := A.fine\n"
    "theorem uses_wrong : 1 = 2 := A.wrong\ntheorem simplified : 1 = 2 := by simp\ntheorem uses_round : 3 = 5 := A.round 3\n"
    "theorem by_alone : 3 = 3 := alone\n",
    "D": "import Imp.C\ntheorem farther : 3 = 3 := alone\ntheorem uses_uses_wrong : 1 = 2 := uses_wrong\n",
    "E": "/-- e -/\ndef e := 1\n\ndef broken : Nat := nowhere\n",
    "F": "import Imp.E\ntheorem f : 1 = 1 := rfl\n",
    "G": "import Imp.A\n\ntheorem before : 1 = 1 := rfl\ndef broken : Nat := nowhere\ntheorem behind : 1 = 1 := rfl\n",
}


def test_what_fails_in_an_imported_file_takes_nothing_else_along(warm: None, tmp_path: Path) -> None:
    """As in one file; where a definition there fails, its file and line are named."""
    (tmp_path / "lakefile.toml").write_text(LAKEFILE)
    (tmp_path / "Imp").mkdir()
    for name, text in IMPORTS.items():
        (tmp_path / f"Imp/{name}.lean").write_text(text)
    status, rows = verify_json(*(str(tmp_path / f"Imp/{name}.lean") for name in "CDFG"))
    assert status == 2
    assert {name: r["verdict"] for name, r in rows.items()} == {
        "alone": "proved",
        "uses_fine": "proved",
        "uses_wrong": "rejected",
        "simplified": "rejected",
        "uses_round": "rejected",
        "by_alone": "proved",
        "farther": "proved",
        "uses_uses_wrong": "rejected",
        "f": "infrastructure",
        "before": "proved",
        "behind": "infrastructure",
    }
    assert "`A.wrong` on line 5 of Imp/A.lean is not proved" in str(rows["uses_wrong"]["messages"])
    assert "`A.round` on line 8 of Imp/A.lean is not proved" in str(rows["uses_round"]["messages"])
    assert "`uses_wrong` on line 6 of Imp/C.lean is not proved" in str(rows["uses_uses_wrong"]["messages"])
    assert "error: Imp/E.lean:4:20: Unknown identifier" in str(rows["f"]["messages"])
    assert "error: 4:20: Unknown identifier" in str(rows["behind"]["messages"])


@pytest.mark.parametrize("lakefile", ["lakefile.toml", "lakefile.lean"])
def test_a_file_beside_the_library_may_import_it(warm: None, tmp_path: Path, lakefile: str) -> None:
    """The library's root, a draft at the project's top and one in a folder; each is judged behind what it imports."""
    (tmp_path / lakefile).write_text(LAKEFILE if lakefile.endswith("toml") else "import Lake\n")
    for name, text in {
        "Imp/A.lean": "def two : Nat := 2\n",
        "Imp.lean": "import Imp.A\ntheorem root : two = 2 := rfl\n",
        "Draft.lean": "import Imp\ntheorem draft : two = 2 := root\n",
        "scratch/Try.lean": "import Imp.A\ntheorem attempt : two = 2 := rfl\ntheorem wrong : two = 3 := rfl\n",
        "Lost.lean": "import Imp.B\ntheorem lost : 1 = 1 := rfl\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    names = ("Imp.lean", "Draft.lean", "scratch/Try.lean", "Lost.lean")
    _, rows = verify_json(*(str(tmp_path / name) for name in names))
    assert {name: r["verdict"] for name, r in rows.items()} == {
        "root": "proved",
        "draft": "proved",
        "attempt": "proved",
        "wrong": "rejected",
        "lost": "infrastructure",
    }
    assert rows["lost"]["messages"][0] == "Lost.lean: imports Imp.B, but the file Imp/B.lean was not found"


def test_a_statement_that_fails_is_named_with_its_own_file_and_line(warm: None, tmp_path: Path) -> None:
    (tmp_path / "lakefile.toml").write_text(LAKEFILE)
    (tmp_path / "Imp").mkdir()
    (tmp_path / "Imp/A.lean").write_text("def a := 1\n\ndef b := 2\n")
    (tmp_path / "Imp/B.lean").write_text('import Imp.A\n\n/-- c -/\ntheorem c :\n    a = "x" := rfl\n')
    files = [str(tmp_path / f"Imp/{name}.lean") for name in "AB"]
    _, rows = verify_json(*files)
    assert f"error: {files[1]}:5:" in str(rows["c"]["messages"])
    assert "A.lean" not in str(rows["c"]["messages"])


def test_what_an_imported_file_initializes_is_known(warm: None, tmp_path: Path) -> None:
    """As Lean has it: behind its import, and not in its own file."""
    (tmp_path / "lakefile.toml").write_text(LAKEFILE)
    (tmp_path / "Imp").mkdir()
    registers = "module\npublic meta import Lean\npublic meta section\nregister_simp_attr {}_laws\nend\n"
    for name, text in {
        "A": registers.format("first"),
        "B": registers.format("second") + "public def two : Nat := 1 + 1\n"
        "@[second_laws] theorem own : two = 2 := rfl\n",
        "C": "module\npublic import Imp.A\n\ndef two : Nat := 1 + 1\n@[first_laws] theorem is_two : two = 2 := rfl\n"
        "theorem by_law : two + 1 = 3 := by simp only [first_laws]\ntheorem wrong : two = 3 := by simp only [first_laws]\n",
    }.items():
        (tmp_path / f"Imp/{name}.lean").write_text(text)
    status, rows = verify_json(*(str(tmp_path / f"Imp/{name}.lean") for name in "BC"))
    assert status == 1
    assert {name: r["verdict"] for name, r in rows.items()} == {
        "own": "proved",
        "is_two": "proved",
        "by_law": "proved",
        "wrong": "rejected",
    }
    assert "attribute `second_laws` fails: Unknown attribute" in str(rows["own"]["messages"])
    assert rows["is_two"]["messages"] == []


def test_a_file_of_definitions_beside_others_is_named_and_the_others_are_judged(
    warm: None, tmp_path: Path
) -> None:
    (tmp_path / "Defs.lean").write_text("def x := 1\n")
    (tmp_path / "Demo.lean").write_text("theorem t : 1 = 1 := rfl\n")
    status, out, error = call("verify", str(tmp_path / "Defs.lean"), str(tmp_path / "Demo.lean"))
    assert status == 0
    assert "1 of 1 proved" in out
    assert error == f"physprover: {tmp_path / 'Defs.lean'}: no theorem in it\n"


def test_verify_rows_and_exit_status(warm: None) -> None:
    good = row("row 1", "theorem t : 2 + 2 = 4", "by decide")
    status, rows = verify_json(
        "--jsonl", "-", stdin=good + row("row 2", "theorem t (a b : Int) : a + b = b + a", "by omega")
    )
    assert status == 0
    assert list(rows) == ["row 1", "row 2"]
    assert rows["row 1"]["tier"] == "judged"
    broken = row("no header", "theorem t : f 1 = 1", "by rfl", header="def f := g")
    status, rows = verify_json(
        "--jsonl", "-", stdin=good + broken + row("nameless", "theorem : True", "trivial")
    )
    assert status == 2
    assert [r["verdict"] for r in rows.values()] == ["proved", "infrastructure", "infrastructure"]


BAD_ROWS = {
    b'{"name": null, "statement": "theorem t : True", "proof": "trivial"}': ("%s:2", "name: "),
    b'{"statement": "theorem t : True", "proof": "trivial"}': ("%s:2", "name: Field required"),
    b'{"name": "half", "statement": "theorem t : True", "proof": "\\ud800"}': ("half", "%s:2: "),
    b'{"name": "\\ud800", "statement": "theorem t : True", "proof": "trivial"}': ("%s:2", ""),
    b'{"name": "latin", "statement": "theorem t : True", "proof": "\xe9"}': ("%s:2", ""),
    b"[" * 5000: ("%s:2", ""),
}


@pytest.mark.parametrize("bad", BAD_ROWS)
def test_a_bad_row_leaves_the_others(warm: None, tmp_path: Path, bad: bytes) -> None:
    good = row("good", "theorem t : 2 + 2 = 4", "by decide").encode()
    file = tmp_path / "rows.jsonl"
    file.write_bytes(good + bad + b"\r\n" + good.replace(b"good", b"last"))
    name, reason = (text.replace("%s", str(file)) for text in BAD_ROWS[bad])
    status, rows = verify_json("--jsonl", str(file))
    assert status == 2
    assert {key: r["verdict"] for key, r in rows.items()} == {
        "good": "proved",
        name: "infrastructure",
        "last": "proved",
    }
    assert rows[name]["messages"][0].startswith(reason)
    status, again = verify_json("--jsonl", "-", stdin=file.read_bytes())
    assert (status, list(again)) == (2, ["good", name.replace(str(file), "standard input"), "last"])


def test_what_lean_expected_is_shown_short_and_recorded_whole(warm: None) -> None:
    """A docstring before what can have none: Lean lists every command that can."""
    said = row("a", "theorem t : 1 = 1", "by rfl", header="/-- Doc. -/\nopen Nat")
    status, out, err = call("verify", "--workers", "1", "--jsonl", "-", stdin=said)
    assert status == 2
    for line in [*out.splitlines(), *err.splitlines()]:
        assert len(line) < 250
    assert re.search(r"expected '#guard_msgs', 'abbrev', '\S+', '\S+' or \d\d others$", out, re.MULTILINE)
    whole = verify_json("--jsonl", "-", stdin=said)[1]["a"]["messages"][0]
    assert "'theorem'" in whole
    assert "others" not in whole


def test_verify_a_file_of_the_library(warm: None) -> None:
    status, rows = verify_json(str(resolve("lean/PhysCore/PhysCore/ClassicalMechanics/Kinematics.lean")))
    assert status == 0
    assert len(rows) >= 10


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_is_one_line(lean: EmbeddedEngine, tmp_path: Path, stop: signal.Signals) -> None:
    """Ctrl-C, or a batch system's SIGTERM, while Lean works: what was judged is printed, one line follows, no process stays."""
    rows = "".join(row(str(k), f"theorem t : {k} + 1 = {k + 1}", "by decide") for k in range(5000))
    (tmp_path / "rows.jsonl").write_text(rows)
    command = [
        sys.executable,
        "-m",
        "physprover",
        "verify",
        "--json",
        "--workers",
        "1",
        "--jsonl",
        str(tmp_path / "rows.jsonl"),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["verdict"] == "proved"
    os.killpg(process.pid, stop)
    _, stderr = process.communicate(timeout=240)
    assert process.returncode == 2
    assert stderr.strip() == "physprover: interrupted; finished work is kept"
