"""The builder on real Lean: a small library in, a data set with judged conjectures out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from data_gen.build import build_dataset, draw
from data_gen.candidates import Candidate, conjecture, from_text
from data_gen.contamination import Benchmarks
from data_gen.extract import extract
from data_gen.funnel import Funnel
from data_gen.insight.build import build_insights
from data_gen.judging import Judging, own_proofs
from data_gen.library import read_library
from physprover.config import RunConfig
from physprover.config_file import parse_config
from physprover.dataset import load_theorems
from physprover.errors import ConfigError, DataError
from physprover.lean.protocol import Problem
from physprover.lean.text.terms import normal_form, parse_statement
from physprover.progress import Silent
from physprover.records import Theorem
from tests.data_gen.endpoint import Endpoint
from tests.data_gen.library import BASE, MORE, write_library
from tests.one_engine import OneEngine
from tests.scripted import Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from physprover.lean.embedded.engine import EmbeddedEngine


class Rounds:
    """A generator of rounds of these rules."""

    name = "rounds"

    def __init__(self, *rounds: Sequence[str]) -> None:
        self._rounds = rounds

    def rounds(self, seeds: Sequence[Theorem], _note: Callable[[str], None]) -> Iterator[list[Candidate]]:
        for rules in self._rounds:
            yield [
                Candidate(conjecture(seeds[0], "t", "theorem t : 1 = 1", rule), (), rule) for rule in rules
            ]


def test_the_display_ends_with_what_survived(lean: EmbeddedEngine, library: Path, tmp_path: Path) -> None:
    shown = Figures()
    stats = build_dataset(config(library, easy_share=1.0), OneEngine(lean), tmp_path / "d", shown)
    kept = sum(split.conjectures for split in stats.splits)
    assert kept
    assert shown.last["data: conjectures"]["survived"] == kept
    assert shown.done["data: conjectures"] == stats.candidates
    every = json.loads((tmp_path / "d" / "timings.json").read_text())["checks"]
    assert 0 < shown.last["data: conjectures"]["checks"] < every  # the others were the seeds'


def test_no_more_restatements_are_tried_than_the_set_may_hold() -> None:
    seeds = [Theorem(name="a.s", statement="theorem s : 1 = 1", proof="by rfl")]
    rounds = Rounds(["swap"] * 50, ["weaken"] * 60, ["cite-weaken"] * 50, ["explore-sign"] * 25)

    def drawn(**data: object) -> list[str]:
        config = parse_config({"data": {"library": "lib", **data}})
        found = list(draw(config, seeds, [rounds], lambda _: None))
        assert len({c.theorem.name for _, c in found}) == len(found)
        assert [number for number, _ in found] == sorted(number for number, _ in found)
        return [c.theorem.rule for _, c in found]

    rules = drawn(repackaging_share=0.25)
    assert rules.count("weaken") == 60
    assert rules.count("explore-sign") == 25
    assert rules.count("swap") == 0  # the first round comes before anything it could restate
    assert rules.count("cite-weaken") == 20
    assert len(drawn(repackaging_share=1.0)) == 185
    assert drawn(repackaging_share=0.0) == rules[:60] + ["explore-sign"] * 25
    assert drawn(repackaging_share=0.25, max_candidates=70) == rules[:70]
    assert drawn(max_candidates=0) == []


BROKEN = """theorem broken (a : Int) : a ∣∣ a := by
  rfl

theorem broken_too (a : Int) : a ∣∣ 2 * a := by
  rfl

attribute [simp] broken_too broken

def of_broken : Fin 2 := ⟨1, broken_too 2⟩
"""

WRONG = """
/-- Wrong, and so left out. -/
theorem twice_wrong (x : Int) : twice x = x := by
  rfl

end Toy.Mechanics
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two train theorems, one of them wrong, and two test theorems that rest on them."""
    root = write_library(
        tmp_path / "lib", Mechanics__Base=BASE.replace("\nend Toy.Mechanics\n", WRONG), Optics__More=MORE
    )
    (root / "splits.toml").write_text('test = ["Optics/More"]\n')
    return root


def config(library: Path, **data: object) -> RunConfig:
    """A build of few conjectures; those near such small theorems mostly follow from one of them, so they may."""
    small = {"conjectures_per_seed": 4, "easy_share": 0.5, "repackaging_share": 1.0, "skip_stages": ["new"]}
    return parse_config({"data": {"library": str(library), **small, **data}})


def tables(out: Path) -> dict[str, bytes]:
    return {
        p.name: p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name not in ("verdicts.jsonl", "timings.json")
    }


def test_a_build_is_judged_complete_and_the_same_after_a_kill(
    lean: EmbeddedEngine, library: Path, tmp_path: Path
) -> None:
    # a theorem whose proof Lean refuses cannot stand in headers either: the test file must not import it
    (library / "Toy/Optics/More.lean").write_text(MORE.replace("Toy.Mechanics.Base", "Toy.Mechanics.Good"))
    (library / "Toy/Mechanics/Good.lean").write_text(BASE.replace("twice_eq", "twice_is"))
    stats = build_dataset(config(library), OneEngine(lean), tmp_path / "a", Silent())
    train, test = load_theorems(tmp_path / "a", "train"), load_theorems(tmp_path / "a", "test")
    assert {t.name for t in test} == {"Toy.Optics.fourfold_eq", "Toy.Optics.momentum_rest"}
    assert {t.name for t in train if t.origin == "seed"} == {
        "Toy.Mechanics.twice_eq",
        "Toy.Mechanics.twice_is",
    }
    conjectures = [t for t in train if t.origin == "conjecture"]
    assert conjectures
    assert all(t.proof and t.closed_by is not None and t.rule and t.parents for t in conjectures)
    for theorem in conjectures:  # in a process of its own right: asked again, Lean says the same
        assert lean.check(Problem.of(theorem), theorem.proof or "").reward == 1.0
    assert "rfl" in (train[0].closed_by or ())
    fallen = pq.read_table(tmp_path / "a" / "rejected.parquet").to_pylist()
    assert {r["name"] for r in fallen if r["stage"] == "seed"} == {"Toy.Mechanics.twice_wrong"}
    # a refuted candidate is in the side table, and its negation in its place
    assert stats.kept + sum(r["stage"] not in ("seed", "refuted") for r in fallen) == stats.candidates
    assert all(t.level is not None for t in [*train, *test])

    with pytest.raises(KeyboardInterrupt):
        build_dataset(config(library), OneEngine(lean, limit=12), tmp_path / "b", Silent())
    with (tmp_path / "b" / "verdicts.jsonl").open("a") as file:
        file.write('{"key": "half a li')
    again = build_dataset(config(library), OneEngine(lean), tmp_path / "b", Silent())
    times = json.loads((tmp_path / "b" / "timings.json").read_text())
    assert times["reused"] >= 12
    assert again == stats
    assert tables(tmp_path / "a") == tables(tmp_path / "b")
    assert "funnel.svg" in tables(tmp_path / "a")


RESTING = """
theorem rests (x : Int) : twice x + 0 = x := by
  rw [twice_wrong, Int.add_zero]

theorem rests_too (x : Int) : x = twice x + 0 := by
  exact (rests x).symm

attribute [simp] rests_too

def of_wrong (x : Int) : {y : Int // twice y = x} := ⟨x, twice_wrong x⟩

theorem free (x : Int) : twice x + 0 = x + x := by
  rw [twice_eq, Int.add_zero]

end Toy.Mechanics
"""


def test_what_rests_on_a_theorem_that_lean_refused_falls(lean: EmbeddedEngine, tmp_path: Path) -> None:
    """Its statement stands with `sorry` in the headers behind it."""
    text = BASE.replace("\nend Toy.Mechanics\n", WRONG.replace("\nend Toy.Mechanics\n", RESTING))
    root = write_library(tmp_path / "lib", Mechanics__Base=text)
    settings = config(root, max_candidates=0, test_share=0.0, validation_share=0.0)
    build_dataset(settings, OneEngine(lean), tmp_path / "out", Silent())
    kept = {t.name.rpartition(".")[2]: t for t in load_theorems(tmp_path / "out", "train")}
    assert set(kept) == {"twice_eq", "free"}
    assert "theorem twice_eq" in kept["free"].header
    assert not any(name in kept["free"].header for name in ("twice_wrong", "rests", "of_wrong"))
    fallen = {
        row["name"]: row["reason"] for row in pq.read_table(tmp_path / "out" / "rejected.parquet").to_pylist()
    }
    assert "twice_wrong" in fallen["Toy.Mechanics.rests"]
    assert "Toy.Mechanics.rests_too" in fallen


def test_a_proved_theorem_of_another_file_vouches_for_no_other_of_its_name(
    lean: EmbeddedEngine, tmp_path: Path
) -> None:
    """Neither one of other words nor one of the same words about another definition."""
    said = "def d (x : Int) : Int := {2}\n\ntheorem same (x : Int) : d x {0} := by\n  simp [d]\n\ntheorem {1} (x : Int) : d x {0} := by\n  exact same x\n"
    texts = {
        "Right__A": said.format("= 0", "right", "x - x"),
        "Right__B": said.format("= x", "right_too", "x"),
        "Wrong__C": said.format("= x + 1", "wrong", "x"),
        "Wrong__D": said.format("= x", "wrong_too", "x + 1"),
    }
    settings = config(
        write_library(tmp_path / "lib", **texts), max_candidates=0, test_share=0.0, validation_share=0.0
    )
    build_dataset(settings, OneEngine(lean), tmp_path / "out", Silent())
    kept = {t.name for t in load_theorems(tmp_path / "out", "train")}
    assert kept == {"same", "right", "Toy.Right.B.0.same", "right_too"}


@pytest.mark.parametrize("context", ["sorry", "raw"])
def test_a_statement_that_does_not_elaborate_takes_no_other_theorem_along(
    lean: EmbeddedEngine, tmp_path: Path, context: str
) -> None:
    """Behind it, in its file and in one that imports it, the others keep one another in their headers."""
    base = BASE.replace("/-- Twice is a sum. -/", BROKEN + "\n/-- Twice is a sum. -/")
    root = write_library(tmp_path / "lib", Mechanics__Base=base, Optics__More=MORE)
    settings = config(root, max_candidates=0, test_share=0.0, validation_share=0.0, context=context)
    build_dataset(settings, OneEngine(lean), tmp_path / "out", Silent())
    kept = {t.name.rpartition(".")[2]: t for t in load_theorems(tmp_path / "out", "train")}
    assert set(kept) == {"twice_eq", "fourfold_eq", "momentum_rest"}
    assert all("broken" not in t.header for t in kept.values())
    assert "theorem fourfold_eq" in kept["momentum_rest"].header
    assert "theorem twice_eq" in kept["momentum_rest"].header
    fallen = pq.read_table(tmp_path / "out" / "rejected.parquet").to_pylist()
    assert {row["name"].rpartition(".")[2] for row in fallen} == {"broken", "broken_too"}
    assert all("the statement does not elaborate" in row["reason"] for row in fallen)


def test_where_every_statement_elaborates_each_proof_is_asked_for_once(
    lean: EmbeddedEngine, library: Path, tmp_path: Path
) -> None:
    theorems, _ = extract(read_library(library), "sorry")
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    found, answers = own_proofs(theorems, judging, lambda: None)
    judging.close()
    assert (found, judging.asked) == (theorems, len(theorems))
    assert {n.rpartition(".")[2] for n, a in answers.items() if not a.proved} == {"twice_wrong"}


def test_behind_a_definition_that_fails_before_any_theorem_nobody_is_asked_twice(
    lean: EmbeddedEngine, tmp_path: Path
) -> None:
    base = BASE.replace("def twice", "def never : Nat := nowhere\n\ndef twice")
    theorems, _ = extract(
        read_library(write_library(tmp_path / "lib", Mechanics__Base=base + WRONG)), "sorry"
    )
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    _, answers = own_proofs(theorems, judging, lambda: None)
    judging.close()
    assert judging.asked == len(theorems) > 1
    assert all("Unknown identifier `nowhere`" in a.message for a in answers.values())


def test_a_time_limit_keeps_what_is_done(lean: EmbeddedEngine, library: Path, tmp_path: Path) -> None:
    stats = build_dataset(config(library, max_seconds=1e-9), OneEngine(lean), tmp_path / "out", Silent())
    assert stats.stopped_early
    assert stats.candidates == 0
    assert load_theorems(tmp_path / "out", "train")


def test_conjectures_of_a_language_model_pass_the_same_funnel(
    lean: EmbeddedEngine, library: Path, tmp_path: Path
) -> None:
    rows = [
        "theorem a (x : Int) : twice (x + 1) = twice x + 2",
        "theorem b (x : Int) : twice x = 0",
        "theorem c (x : Int) : thrice x = x",
        "theorem d : 1 = 1 := by exact run_this",
        "no theorem",
    ]
    answer = json.dumps({"conjectures": [{"statement": row, "meaning": "Said so."} for row in rows]})
    server = Endpoint(answer, 500)
    llm = {"url": server.url, "model": "m", "retries": 0}
    settings = config(library, generators=["mutate", "llm"], conjectures_per_seed=0, llm=llm, easy_share=1.0)
    try:
        stats = build_dataset(settings, OneEngine(lean), tmp_path / "out", Silent())
        before = tables(tmp_path / "out")
        build_dataset(settings, OneEngine(lean), tmp_path / "out", Silent())
    finally:
        server.close()
    assert len(server.prompts) == 1  # one seed was proved, so one was asked about, once
    assert tables(tmp_path / "out") == before
    made = {t.statement: t for t in load_theorems(tmp_path / "out", "train") if t.origin == "conjecture"}
    assert set(made) == {
        "theorem twice_eq_llm (x : Int) : twice (x + 1) = twice x + 2",
        "theorem twice_eq_llm2_not : ¬ ∀ (x : Int), twice x = 0",
        "theorem twice_eq_llm4 : 1 = 1",
    }
    assert made["theorem twice_eq_llm (x : Int) : twice (x + 1) = twice x + 2"].informal == "Said so."
    assert stats.rejected == {"refuted": 1, "parses": 2, "seed": 1}
    assert stats.generators == ("mutate", "llm")


def test_rows_of_other_settings_are_not_replaced(lean: EmbeddedEngine, library: Path, tmp_path: Path) -> None:
    settings, out = config(library, max_candidates=0), tmp_path / "out"
    build_dataset(settings, OneEngine(lean), out, Silent())
    before = tables(out)
    other = settings.model_copy(update={"seed": 1})
    with pytest.raises(DataError, match=r"another configuration: `seed` was 0, now 1; choose another folder"):
        build_dataset(other, OneEngine(lean), out, Silent())
    with pytest.raises(DataError, match=r"another configuration: other settings of \[data\]"):
        build_dataset(config(library, max_candidates=1), OneEngine(lean), out, Silent())
    assert tables(out) == before
    build_insights(out, tmp_path / "insight", OneEngine(lean), 20.0, Silent())
    with pytest.raises(DataError, match="something else than the result of `data build`"):
        build_dataset(settings, OneEngine(lean), tmp_path / "insight", Silent())
    for folder in (out, out / "data" / ".."):
        with pytest.raises(DataError, match="holds another data set; choose another folder for the labels"):
            build_insights(out, folder, OneEngine(lean), 20.0, Silent())
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "stats.json").write_text("{")
    with pytest.raises(DataError, match="holds another data set; choose another folder for the labels"):
        build_insights(out, tmp_path / "torn", OneEngine(lean), 20.0, Silent())
    assert tables(out) == before
    (library / "Toy/Mechanics/Base.lean").write_text(BASE)
    shown = Figures()
    build_dataset(settings, OneEngine(lean), out, shown)
    assert any("the library has changed: this replaces the rows" in note for note in shown.notes)


def test_seeds_left_out_are_counted(lean: EmbeddedEngine, library: Path, tmp_path: Path) -> None:
    shown = Figures()
    stats = build_dataset(config(library, generators=[]), OneEngine(lean), tmp_path / "out", shown)
    assert stats.seeds_left_out == {"seed": 1}
    assert shown.done["data: seeds"] == shown.totals["data: seeds"] == 8
    assert shown.last["data: seeds"] == {"left_out": 1}
    assert sum("left out: " in note for note in shown.notes) == 1
    card = (tmp_path / "out" / "README.md").read_text()
    assert "Seeds left out: 1 (Lean refuses their own proof, or one that they rest on); see" in card


def test_bad_input(lean: EmbeddedEngine, library: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        build_dataset(config(tmp_path / "nowhere"), OneEngine(lean), tmp_path / "out", Silent())
    with pytest.raises(ConfigError, match=r"data\.llm\.model names no model"):
        build_dataset(config(library, generators=["llm"]), OneEngine(lean), tmp_path / "out", Silent())
    with pytest.raises(DataError, match=r"none\.jsonl: No such file|no such file or folder"):
        build_dataset(config(library, benchmarks=["none.jsonl"]), OneEngine(lean), tmp_path / "out", Silent())
    with pytest.raises(DataError, match="no theorem to build from: 4 statements of more than 3 characters"):
        build_dataset(config(library, max_statement_chars=3), OneEngine(lean), tmp_path / "out", Silent())


def candidate(name: str, goal: str, *proofs: str, binders: str = "(x y : Int)") -> Candidate:
    statement = parse_statement(f"theorem {name} {binders} : {goal}")
    assert statement is not None
    theorem = Theorem(name=name, statement=str(statement), split="train", origin="conjecture", rule="test")
    return Candidate(theorem, proofs, normal_form(statement))


def test_each_stage_of_the_funnel_takes_its_own(lean: EmbeddedEngine, tmp_path: Path) -> None:
    benchmarks = Benchmarks(0.85)
    held = "theorem held (a b : Int) : a - b = -(b - a)"
    benchmarks.add_test_split([Theorem(name="held", statement=held, split="test")])
    funnel = Funnel(Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0), 2, benchmarks, near_duplicate=0.85)
    witness = "by\n  exact ⟨x * y + x - 7, by omega⟩"
    odd = "(x y : Int) (h : 0 < x) (g : 0 < y)"
    funnel.pour(
        [
            from_text(Theorem(name="seed", statement="theorem seed : True", split="train"), "prose", "llm"),
            candidate("hard", "∃ z, z + 7 = x * y + x", "by\n  rfl", witness),
            candidate("again", "∃ z, z + 7 = x * y + x", witness),
            candidate("near", "∃ z, z + 8 = x * y + x", witness),
            candidate("leak", "x - y = -(y - x)"),
            candidate("ill", "x + y = undefined_thing x"),
            candidate("false", "x + y = x", "by\n  omega"),
            candidate(
                "unsolved", "∃ z : Nat → Nat, z (z 0) = 1 ∧ ∀ n, z n ≠ n ∧ z (z n) = n + 1", "by\n  rfl"
            ),
            candidate("vacuous", "x = y + 7", "by\n  omega", binders="(x y : Int) (h : x < y) (h' : y < x)"),
            candidate("spare", "x * y + 0 < x * y + 1 + x", "by\n  omega", binders=odd),
            candidate("idle", "x * x + 3 = 3 + x * x * 1", "by\n  grind"),
            candidate("easy", "x + y = y + x", "by\n  exact Int.add_comm x y"),
            candidate("easy_too", "(x + y) * x + y = y + x * (y + x)"),
        ]
    )
    kept = {theorem.name: theorem for theorem in funnel.select(0.4)}
    assert set(kept) == {"hard", "false_not", "easy"}
    assert (kept["hard"].proof, kept["hard"].closed_by) == (witness, ())
    assert kept["false_not"].statement == "theorem false_not : ¬ ∀ (x y : Int), x + y = x"
    assert lean.check(Problem.of(kept["false_not"]), kept["false_not"].proof or "").reward == 1.0
    assert {"omega", "grind", "ac_rfl"} <= set(kept["easy"].closed_by or ())
    stages = {row.name: row.stage for row in funnel.fallen}
    assert (
        stages.items()
        >= {
            "seed_llm": "parses",
            "again": "distinct",
            "near": "novel",
            "leak": "uncontaminated",
            "ill": "elaborates",
            "false": "refuted",
            "unsolved": "provable",
            "vacuous": "consistent",
            "spare": "needed",
            "idle": "needed",
        }.items()
    )
    reasons = {row.name: row.reason for row in funnel.fallen}
    assert reasons["spare"] == "does without g"
    assert reasons["idle"] == "does without y"
    assert reasons["near"].startswith("nearly the statement of hard")
    assert [(c.stage, c.entered, c.passed) for c in funnel.counts()[:8]] == [
        ("parses", 13, 12),
        ("distinct", 12, 11),
        ("novel", 11, 10),
        ("uncontaminated", 10, 9),
        ("elaborates", 9, 8),
        ("provable", 8, 7),
        ("consistent", 7, 6),
        ("needed", 6, 4),
    ]


def test_stages_can_be_left_out(lean: EmbeddedEngine, tmp_path: Path) -> None:
    skipped = ("distinct", "novel", "uncontaminated", "consistent", "needed", "satisfied", "new")
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    funnel = Funnel(judging, 1, Benchmarks(1.0), skip=skipped)
    funnel.pour([candidate("one", "x + y = y + x"), candidate("two", "x + y = y + x")])
    assert [t.name for t in funnel.select(1.0)] == ["one", "two"]
    assert [c.stage for c in funnel.counts()] == ["parses", "elaborates", "provable", "selected"]
