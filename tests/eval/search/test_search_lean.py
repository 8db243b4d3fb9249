"""Searching, filling, replaying and serving against the real Lean."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from data_gen.extract import cut_theorems
from eval.search.budget import Amount
from eval.search.desk import Limits
from eval.search.library import Retriever
from eval.search.policies import get_policy
from eval.search.router import Surveyed
from eval.search.search import SearchResult, Tools, search
from physprover import __version__
from physprover.app.commands import app
from physprover.app.commands import eval as eval_command
from physprover.app.commands import prove as prove_command
from physprover.app.commands.prove import fill_file, warning
from physprover.dataset import write_dataset
from physprover.errors import RunError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Check, Problem
from physprover.records import Attempt, JudgedAttempt, Outcome, SamplerInfo, Theorem, Verdict, write_jsonl
from tests.one_engine import OneEngine

HEADER = """\
namespace Search.Physics
def height (v : Int) : Nat → Int
  | 0 => 0
  | n + 1 => height v n + v
inductive Spin where
  | up
  | down
def flip : Spin → Spin
  | .up => .down
  | .down => .up
"""
GROWS = Theorem(
    name="height_eq",
    header=HEADER,
    statement="theorem height_eq (v : Int) (n : Nat) : height v n = v * n",
    premises=("height",),
)
FLIPS = Theorem(
    name="flip_flip",
    header=HEADER,
    statement="theorem flip_flip (s : Spin) : flip (flip s) = s",
    premises=("Spin", "flip"),
)
TOTAL = Amount(tokens=0, checks=60, seconds=60.0)
LIMITS = Limits(max_prompt_tokens=10, max_new_tokens=10, check_seconds=5.0)


@pytest.fixture
def tools(lean: EmbeddedEngine) -> Tools:
    return Tools(OneEngine(lean), None, LIMITS, Retriever())


@pytest.fixture
def warm(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verbs use the engine that is running already, and no prover."""

    @contextmanager
    def open_tools(prover: object, seed: int) -> Iterator[Tools]:
        yield tools

    monkeypatch.setattr(prove_command, "open_tools", open_tools)
    monkeypatch.setattr(eval_command, "open_pool", lambda *_args, **_more: nullcontext(tools.pool))


@pytest.mark.parametrize("theorem", [GROWS, FLIPS], ids=lambda t: t.name)
def test_decomposes_what_no_script_closes(tools: Tools, theorem: Theorem) -> None:
    """Induction and cases alone, by the closing of holes; Lean accepts the assembled whole."""
    policy = get_policy("order: scripts first")
    result = search(theorem, policy, TOTAL, tools)
    assert result.solved
    assert result.spent.fits(TOTAL)
    verdict = tools.pool.check_many([Check(id="", problem=problem_of(theorem), proof=result.proof or "")])
    assert next(iter(verdict))[1].tier == "judged"
    without = search(theorem, get_policy("value without script"), TOTAL, tools)
    assert without.solved
    assert without.steps[-1].arm.startswith("decompose")


def test_the_finalizer_keeps_only_what_lean_accepts(tools: Tools) -> None:
    theorem = Theorem(name="t", statement="theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b")
    result = search(theorem, get_policy("order: scripts first"), TOTAL, tools, tidy=True)
    assert result.proof is not None
    assert "\n" not in result.proof
    assert result.spent.fits(TOTAL)


def test_a_witness_is_found_and_the_other_terms_are_dropped(tools: Tools) -> None:
    flipped = Theorem(
        name="flipped",
        header=HEADER,
        statement="theorem flipped (s : Spin) : ∃ t, flip t = s ∧ t ≠ s",
        premises=("Spin", "flip"),
    )
    policy = get_policy("order: scripts first")
    result = search(flipped, policy, TOTAL, tools, tidy=True)
    assert result.steps[-1].arm.startswith("script witnesses")
    assert result.proof == "by\n  refine ⟨flip s, ?_⟩\n  cases s <;> simp_all [flip] <;> grind"
    false = Theorem(name="t", statement="theorem t (v : Int) : ∃ w, w + v = v ∧ w = 1")
    assert not search(false, policy, TOTAL.replace(checks=20), tools).solved


def test_a_false_statement_is_not_proved(tools: Tools) -> None:
    theorem = Theorem(name="t", statement="theorem t (n : Nat) : n + 1 = n")
    result = search(theorem, get_policy("value"), TOTAL.replace(checks=20), tools)
    assert not result.solved
    assert set(result.outcomes) == {"rejected"}


DRAFT = f"""\
{HEADER}
/-- Height grows evenly. -/
theorem height_eq (v : Int) (n : Nat) : height v n = v * n := by
  induction n with
  | zero => sorry
  | succ n ih => sorry

theorem wrong (n : Nat) : n + 1 = n := by sorry

theorem rests_on_wrong (n : Nat) : n + 2 = n := by sorry

theorem flip_flip (s : Spin) : flip (flip s) = s := sorry

theorem done : flip .up = .down := rfl
end Search.Physics
"""


def test_fills_the_sorries_it_can(tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Draft.lean"
    file.write_text(DRAFT)
    total = TOTAL.replace(checks=18)
    assert fill_file(file, None, total, get_policy("order: scripts first"), tools) == 1
    assert file.read_text() == DRAFT
    filled = (tmp_path / "Draft.proved.lean").read_text()
    assert filled.count("sorry") == 2
    assert "theorem wrong (n : Nat) : n + 1 = n := by sorry" in filled
    assert "theorem rests_on_wrong (n : Nat) : n + 2 = n := by sorry" in filled  # not from the unproved one
    assert "  | zero =>\n" in filled
    assert filled.endswith("theorem done : flip .up = .down := rfl\nend Search.Physics\n")
    assert "2 theorems left unproved" in capsys.readouterr().out


def test_a_proof_that_takes_the_place_of_arms_or_fields_stands_behind_a_definition_sign(
    tools: Tools, tmp_path: Path
) -> None:
    """The theorems behind it are proved only where the text before them is Lean."""
    file = tmp_path / "Draft.lean"
    file.write_text(
        "theorem arms : (n : Nat) → n + 0 = n -- by cases\n  | 0 => sorry\n  | n + 1 => id sorry\n\n"
        "theorem fields : 1 = 1 ∧ 2 = 2 where\n  left := id sorry\n  right := sorry\n\n"
        "theorem behind : 1 + 1 = 2 := sorry\n"
    )
    assert fill_file(file, None, TOTAL.replace(checks=20), get_policy("order: scripts first"), tools) == 0
    filled = (tmp_path / "Draft.proved.lean").read_text()
    assert filled.startswith("theorem arms : (n : Nat) → n + 0 = n -- by cases\n := by")
    assert "\n\ntheorem fields : 1 = 1 ∧ 2 = 2 := by" in filled


def test_an_error_in_an_imported_file_has_its_place(
    tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or, in the file itself, its line in the text that is written."""
    (tmp_path / "lakefile.toml").write_text('[[lean_lib]]\nname = "Imp"\n')
    (tmp_path / "Imp").mkdir()
    (tmp_path / "Imp/A.lean").write_text("-- a\n\ndef a : Nat := 1\n")
    (tmp_path / "Imp/B.lean").write_text("import Imp.A\n\ndef b : Nat := nowhere\n")
    own = "theorem one : 1 = 1 := by\n  sorry\ndef broken : Nat := elsewhere\n"
    for imported, place in (("B", "Imp/B.lean:3:15"), ("A", "3:20")):
        file = tmp_path / "Draft.lean"
        file.write_text(f"import Imp.{imported}\n{own}theorem t : a = 1 := by sorry\n")
        assert fill_file(file, None, TOTAL.replace(checks=6), get_policy("order: scripts first"), tools) == 1
        said = capsys.readouterr().err
        assert f"the header does not elaborate: error: {place}: Unknown identifier" in said


def test_a_sorry_alone_on_its_line_is_filled_by_what_stands_there(tools: Tools, tmp_path: Path) -> None:
    file = tmp_path / "Draft.lean"
    arms = "theorem arms : (n : Nat) → n + 0 = n\n  | 0 => by\n    rfl\n  | n + 1 =>\n"
    held = "theorem held (n : Nat) : n = n ∧ 0 + n = n :=\n  have h : 0 + n = n :=\n"
    file.write_text(f"{arms}    sorry\n\n{held}    sorry\n  ⟨rfl, h⟩\n")
    assert fill_file(file, None, TOTAL.replace(checks=20), get_policy("order: scripts first"), tools) == 0
    filled = (tmp_path / "Draft.proved.lean").read_text()
    assert filled.startswith(f"{arms}    by\n      ")
    assert f"\n\n{held}    by\n      " in filled
    assert filled.endswith("\n  ⟨rfl, h⟩\n")
    theorems = [cut.theorem for cut in cut_theorems(filled.encode(), file) if cut.theorem]
    checks = [Check(id=t.name, problem=Problem.of(t), proof=t.proof or "") for t in theorems]
    assert {c.id: v.outcome for c, v in tools.pool.check_many(checks)} == dict.fromkeys(
        ("arms", "held"), Outcome.PROVED
    )


def test_a_proof_with_holes_keeps_its_columns(tools: Tools, tmp_path: Path) -> None:
    file = tmp_path / "Draft.lean"
    first = "@[simp] theorem two (a : Nat) : a - 0 = a ∧ 0 + a = a :=\n  by constructor\n     ·"
    second = "theorem sum (a : Nat) : a + 0 = a :=\n  calc a + 0 = a := by\n         "
    file.write_text(f"{first} sorry\n     · simp\n\n{second}sorry\n       _ = a := by\n         rfl\n")
    assert fill_file(file, None, TOTAL.replace(checks=20), get_policy("order: scripts first"), tools) == 0
    filled = (tmp_path / "Draft.proved.lean").read_text()
    assert filled.startswith(f"{first}\n       ")
    assert f"\n     · simp\n\n{second}" in filled
    assert filled.endswith("\n       _ = a := by\n         rfl\n")


def test_a_proof_goes_to_its_own_theorem_where_two_have_one_text(tools: Tools, tmp_path: Path) -> None:
    """In two namespaces, in a comment, and with another theorem on its line; those behind are searched for in that context."""
    twin = "theorem t : f = 0 := by sorry\n"
    false = f"namespace A\n/- {twin} -/\ndef f := 1\n{twin}end A\n"
    rest = f"namespace B\ndef f := 0\n{twin}end B\ntheorem a : B.f = 0 := sorry theorem b : B.f = 1 - 1 := sorry\n"
    file = tmp_path / "Draft.lean"
    file.write_text(false + rest)
    assert fill_file(file, None, TOTAL.replace(checks=6), get_policy("order: scripts first"), tools) == 1
    filled = (tmp_path / "Draft.proved.lean").read_text()
    assert filled.startswith(false)
    assert "sorry" not in filled.removeprefix(false)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RunError])
def test_proofs_found_before_an_interruption_are_written(
    tools: Tools, tmp_path: Path, stop: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = prove_command.search

    def interrupted(theorem: Theorem, *rest: Any, **named: Any) -> SearchResult:
        if theorem.name == "three":
            raise stop("stopped")
        return whole(theorem, *rest, **named)

    monkeypatch.setattr(prove_command, "search", interrupted)
    file = tmp_path / "Draft.lean"
    file.write_text("".join(f"theorem {name} : 1 + 1 = 2 := by sorry\n" for name in ("two", "three", "four")))
    with pytest.raises(stop):
        fill_file(file, None, TOTAL, get_policy("order: scripts first"), tools)
    two, three, four = (tmp_path / "Draft.proved.lean").read_text().splitlines()
    assert "sorry" not in two
    assert three.endswith("sorry")
    assert four.endswith("sorry")


def test_what_cannot_be_written_is_printed(
    tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Draft.lean"
    file.write_text("theorem two : 1 + 1 = 2 := by sorry\n")
    with pytest.raises(RunError, match=r"x\.lean"):
        fill_file(file, file / "x.lean", TOTAL, get_policy("order: scripts first"), tools)
    printed = capsys.readouterr().out
    assert printed.startswith("theorem two : 1 + 1 = 2 := ")
    assert "sorry" not in printed


def test_sorries_that_no_search_is_for_are_named(
    tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that still holds a hole is not called done; a `sorry` of an unproved theorem is counted there."""
    closed = "theorem two : 1 + 1 = 2 := by sorry\n"
    other = "\n-- no sorry here\nexample : 1 = 1 := by\n  sorry\ninstance : Inhabited Nat := ⟨sorry⟩\n"
    wrong = "\ntheorem wrong (n : Nat) : n + 1 = n := by\n  sorry\n"
    file = tmp_path / "Draft.lean"

    def filled(text: str) -> tuple[int, str]:
        file.write_text(text)
        status = fill_file(file, None, TOTAL.replace(checks=6), get_policy("order: scripts first"), tools)
        return status, capsys.readouterr().out

    assert filled(closed)[0] == 0
    status, said = filled(closed + other)
    assert status == 1
    assert "no theorems left unproved; `sorry` outside the theorems is left on lines 5, 6;" in said
    assert (tmp_path / "Draft.proved.lean").read_text().endswith(other)
    status, said = filled(closed + wrong)
    assert status == 1
    assert "1 theorem left unproved; written to" in said


def test_prove_reads_a_pipe_and_a_theorem(warm: None, tmp_path: Path) -> None:
    text = "theorem t (a b : Int) : a + b = b + a := by sorry\n"
    done = CliRunner().invoke(app, ["prove", "-", "--model", "none"], input=text)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("theorem t (a b : Int) : a + b = b + a := by ")
    assert "sorry" not in done.stdout
    windows = (
        b"\xef\xbb\xbf" + text.replace("theorem", "-- two lines\ntheorem").replace("\n", "\r\n").encode()
    )
    done = CliRunner().invoke(app, ["prove", "-", "--model", "none"], input=windows)
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbf-- two lines\r\ntheorem t (a b : Int)")
    assert done.stdout_bytes.count(b"\n") == done.stdout_bytes.count(b"\r\n") > 1
    one = CliRunner().invoke(app, ["prove", "theorem t : 2 + 2 = 4", "--model", "none"])
    assert one.exit_code == 0
    assert one.stdout.startswith("theorem t : 2 + 2 = 4 := by ")
    assert "script" in one.stderr  # what was tried
    file = tmp_path / "A.lean"
    file.write_text(text)
    placed = CliRunner().invoke(app, ["prove", str(file), "--model", "none", "--in-place"])
    assert placed.exit_code == 0
    assert "sorry" not in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["theorem t : True", "--budget", "checks=0"], "allows no check"),
        (["theorem t : True", "--policy", "luck"], "no search policy is called `luck`"),
        (["theorem t : True", "--in-place"], "go with a Lean file"),
        (["2 + 2 = 4"], "a theorem begins with"),
        (["missing.lean"], "missing.lean: no such file"),
        (["theorem t : Nat.nowhere 1 = 1"], "does not elaborate"),
    ],
)
def test_bad_requests_are_one_line(warm: None, arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["prove", *arguments, "--model", "none"])
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("physprover: ")


def test_a_search_that_is_repeated_teaches_nothing_twice(
    warm: None, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "experience.jsonl"
    monkeypatch.setattr(eval_command, "open_tools", lambda *_: nullcontext(tools))
    monkeypatch.setattr(eval_command, "experience_file", lambda _: kept)
    problems = tmp_path / "problems.jsonl"
    problems.write_text('{"name": "a", "statement": "theorem a (n : Nat) : n + 1 = n"}\n')
    command = ["eval", "none", "--search", "value", "--benchmark", "jsonl", "--path", str(problems)]
    command += ["--budget", "checks=4,seconds=20", "--out", str(tmp_path / "found.jsonl")]
    first = CliRunner().invoke(app, command)
    assert first.exit_code == 0, first.output
    learned = kept.read_text()
    assert '"arm":"script' in learned
    assert CliRunner().invoke(app, command).stdout == first.stdout
    assert kept.read_text() == learned


def test_searches_after_another_survey_are_not_taken_for_these(
    warm: None, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems, survey = tmp_path / "problems.jsonl", tmp_path / "survey.jsonl"
    problems.write_text('{"name": "a", "statement": "theorem a (n : Nat) : n + 1 = n"}\n')
    command = ["eval", "none", "--search", "router", "--benchmark", "jsonl", "--path", str(problems)]
    command += [
        "--budget",
        "checks=1,seconds=20",
        "--out",
        str(tmp_path / "found.jsonl"),
        "--survey",
        str(survey),
    ]
    for theorem, status in (("one", 0), ("one", 0), ("two", 2)):
        monkeypatch.setattr(eval_command, "open_tools", lambda *_: nullcontext(replace(tools)))
        write_jsonl(survey, [Surveyed(theorem=theorem, features=(), tried=())])
        done = CliRunner().invoke(app, command)
        assert done.exit_code == status, done.output
    assert "another survey" in done.output


@pytest.mark.parametrize(
    ("header", "statement", "names"),
    [
        ("", "theorem t (a : Real) (b : ℝ) : a = a ∧ b = b", ("Real", "ℝ")),
        ("", "theorem t (a : Nat) : a + y0 = a + y0 ∧ velocity = velocity", ("velocity",)),
        ("", "theorem t (xs : List α) (s : S₁) : xs = xs ∧ s = s", ()),
        ("variable {Real : Type}", "theorem t (a : Real) : a = a", ()),
        ("def Mass : Type := Nat", "theorem t (a : Mass') (b : Mass) : a = a", ("Mass'",)),
        # more errors before the one that counts than a verdict shows
        ("", "theorem t (a : List α) (b : List α) (c : List α) (d : List α) (x : Real) : x = x", ("Real",)),
    ],
)
def test_undefined_names(tools: Tools, header: str, statement: str, names: tuple[str, ...]) -> None:
    said = warning(Problem(header=header, statement=statement), tools.pool)
    assert all(f"`{name}`" in said for name in names)
    assert bool(said) == bool(names)


def test_prove_says_which_names_nothing_defines(warm: None) -> None:
    doubtful = CliRunner().invoke(app, ["prove", "theorem t (a : Real) : a = a", "--model", "none"])
    assert doubtful.exit_code == 0
    assert "warning: nothing here defines `Real`" in doubtful.stderr
    plain = CliRunner().invoke(app, ["prove", "theorem t (a : Nat) : a = a", "--model", "none"])
    assert "warning" not in plain.stderr


def test_replay_says_whether_verdicts_hold(warm: None, tmp_path: Path) -> None:
    run = tmp_path / "run"
    proved = GROWS.replace(split="train", proof="by sorry")
    write_dataset(run / "data", [proved, FLIPS.replace(split="test")], "card")
    (run / "config.toml").write_text('name = "run"\n')
    saved = [
        JudgedAttempt(
            attempt=Attempt(theorem="flip_flip", proof=proof, sampler=SamplerInfo(name="x")),
            verdict=Verdict(outcome=outcome),
        )
        for proof, outcome in (
            ("by cases s <;> rfl", Outcome.PROVED),
            ("by omega", Outcome.REJECTED),
            ("by rfl", Outcome.PROVED),  # it never was
        )
    ]
    write_jsonl(tmp_path / "two.jsonl", saved[:2])
    write_jsonl(tmp_path / "three.jsonl", saved)
    same = CliRunner().invoke(app, ["eval", str(run), "--replay", str(tmp_path / "two.jsonl")])
    assert same.exit_code == 0, same.output
    assert "2 of 2 distinct texts got the same verdict again" in same.stdout
    assert "checks a second" in same.stdout
    changed = CliRunner().invoke(app, ["eval", str(run), "--replay", str(tmp_path / "three.jsonl")])
    assert changed.exit_code == 1
    assert "flip_flip: proved → rejected" in changed.stdout


def test_mcp_offers_verify_prove_and_search(tools: Tools) -> None:
    pytest.importorskip("mcp")
    from mcp import Client

    from physprover.app.commands.mcp import Service, build_server

    service = Service(tools, [FLIPS.replace(proof="by cases s <;> rfl", domain="Spin")], threading.Lock())

    async def talk() -> None:
        async with Client(build_server(service)) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            assert names == {"verify", "prove", "search"}
            assert client.server_info.version == __version__
            statement = "theorem t (a b : Int) : a + b = b + a"
            judged = await client.call_tool("verify", {"statement": statement, "proof": "by omega"})
            assert judged.structured_content["outcome"] == "proved"
            judged = await client.call_tool("verify", {"statement": statement, "proof": "by sorry"})
            assert judged.structured_content["outcome"] != "proved"
            block = f"```lean4\n{statement} := by omega\n```"
            for field, text in (("proof", block), ("answer", f"So:\n{block}")):
                judged = await client.call_tool("verify", {"statement": statement, field: text})
                assert judged.structured_content["outcome"] == "proved"
            judged = await client.call_tool(
                "verify", {"statement": statement, "proof": f"{statement} := by omega"}
            )
            assert judged.structured_content["outcome"] == "rejected"
            assert "send the whole text as `answer`" in judged.structured_content["messages"][0]
            empty = await client.call_tool("verify", {"statement": statement})
            assert "give `proof` or `answer`" in str(empty.content)
            found = await client.call_tool(
                "prove", {"statement": statement, "budget": "checks=20,seconds=20"}
            )
            assert found.structured_content["proof"].startswith("by")
            wrong = await client.call_tool("prove", {"statement": statement, "budget": "checks=0"})
            assert wrong.is_error
            assert "allows no check" in str(wrong.content)
            hits = await client.call_tool("search", {"query": "flip spin twice"})
            assert hits.structured_content["result"][0]["name"] == "flip_flip"

    asyncio.run(talk())


def problem_of(theorem: Theorem) -> Problem:
    return Problem.of(theorem)
