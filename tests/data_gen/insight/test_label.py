"""Labels by the real Lean: what a proof does without goes, what is listed is needed, and what cannot be labelled is told."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from data_gen.insight import build
from data_gen.insight.build import build_insights, recheck
from data_gen.insight.label import label
from data_gen.judging import Judging
from physprover.dataset import write_dataset
from physprover.errors import DataError
from physprover.insight.records import Insight, load_insights, write_insights
from physprover.progress import Silent
from physprover.records import Theorem
from tests.one_engine import OneEngine
from tests.scripted import Figures

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.lean.embedded.engine import EmbeddedEngine

HEADER = """namespace Lab
def twice (n : Nat) : Nat := n + n
def sum : Nat → Nat
  | 0 => 0
  | n + 1 => sum n + (n + 1)
theorem twice_eq (n : Nat) : twice n = 2 * n := by simp only [twice]; omega
"""


def theorem(name: str, statement: str, proof: str) -> Theorem:
    return Theorem(
        name=f"Lab.{name}", header=HEADER, statement=f"theorem {name} {statement}", proof=proof, split="train"
    )


SPARE = theorem(
    "spare", "(n : Nat) : twice n = n + n", "by\n  have h := twice_eq n\n  simp only [twice, Nat.add_zero]"
)
INDUCTION = theorem(
    "gauss",
    "(n : Nat) : 2 * sum n = n * (n + 1)",
    "by\n  induction n with\n  | zero => rfl\n  | succ n ih =>\n    simp only [sum, Nat.mul_add, ih]\n    grind",
)
TERM = theorem("term", "(n : Nat) : 2 * n = twice n", "(twice_eq n).symm")
WITNESS = theorem("witness", "(n : Nat) : ∃ k, twice k = twice n + 2", "⟨n + 1, by simp only [twice]; omega⟩")
BROKEN = theorem("broken", "(n : Nat) : twice n = n + n", "by\n  exact no_longer_there n")
FALSE = theorem("false", "(n : Nat) : twice n = 3", "by\n  simp [twice]")
NAMELESS = theorem("nameless", "(p : Prop) (h : p) : p", "by\n  (exact h)")


@pytest.fixture(scope="module")
def pool(lean: EmbeddedEngine) -> OneEngine:
    return OneEngine(lean)


def labelled(pool: OneEngine, tmp_path: Path, *theorems: Theorem) -> dict[str, Insight]:
    judging = Judging(pool, tmp_path / "verdicts.jsonl", 20.0)
    rows, missing = label(theorems, judging)
    assert not missing
    return {row.theorem.name: row for row in rows}


def test_what_a_proof_does_without_goes(pool: OneEngine, tmp_path: Path) -> None:
    row = labelled(pool, tmp_path, SPARE)[SPARE.name]
    assert row.core == "by\n  simp only [twice]"
    assert row.dropped == ("twice_eq", "Nat.add_zero")
    needed = [(t.line, t.decl) for t in row.techniques if t.evidence == "needed"]
    assert ("unfold twice", "Lab.twice") in needed


def test_an_induction_with_its_sketch(pool: OneEngine, tmp_path: Path) -> None:
    row = labelled(pool, tmp_path, INDUCTION)[INDUCTION.name]
    evidence = {t.line: t.evidence for t in row.techniques}
    assert evidence["induction n"] == "sketch"
    assert evidence["unfold sum"] == "needed"
    assert evidence["decide grind"] == "proof"
    assert row.sketch.startswith(
        "by\n  induction n with\n  | zero => sorry\n  | succ n ih =>\n    simp only ["
    )
    assert row.holes == 2
    assert "sorry" not in row.core


def test_bare_terms(pool: OneEngine, tmp_path: Path) -> None:
    rows = labelled(pool, tmp_path, TERM, WITNESS)
    assert rows[TERM.name].core == "by\n  exact (twice_eq n).symm"
    assert [(t.line, t.evidence) for t in rows[TERM.name].techniques] == [("use twice_eq", "needed")]
    witness = rows[WITNESS.name]
    assert witness.sketch == "by\n  exact ⟨n + 1, by simp only [twice]; sorry⟩"
    assert ("witness n + 1", "sketch") in [(t.line, t.evidence) for t in witness.techniques]


def test_what_cannot_be_labelled_is_told(pool: OneEngine, tmp_path: Path) -> None:
    rows, missing = label([BROKEN, TERM, FALSE, NAMELESS], Judging(pool, tmp_path / "v.jsonl", 20.0))
    assert [row.theorem.name for row in rows] == [TERM.name]
    reasons = {row.name: (row.stage, row.reason) for row in missing}
    assert reasons[BROKEN.name][0] == reasons[FALSE.name][0] == "proof"
    assert "no_longer_there" in reasons[BROKEN.name][1]
    assert reasons[NAMELESS.name][0] == "techniques"


def test_a_data_set_is_built_read_resumed_and_checked_again(
    pool: OneEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, out = tmp_path / "data", tmp_path / "insight"
    write_dataset(dataset, [TERM, WITNESS, BROKEN, SPARE.replace(split="test")], "card")
    shown, ticks = Figures(), itertools.count()
    with monkeypatch.context() as clock:  # a second goes by from each look at it to the next
        clock.setattr(build, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
        stats = build_insights(dataset, out, pool, 20.0, shown)
    assert shown.last["insight"] == {"complete": 3, "proofs_per_s": 4.0}
    assert (stats.proofs, stats.complete, stats.missing) == (4, 3, {"proof": 1})
    assert [row.theorem for row in load_insights(out, "train")] == [TERM, WITNESS]
    assert "3 of 4 proofs have a complete record (75.0%)" in (out / "README.md").read_text(encoding="utf-8")

    asked, tables = len(pool.asked), [p.read_bytes() for p in sorted(out.rglob("*.parquet"))]
    again = build_insights(dataset, out, pool, 20.0, Silent())
    assert len(pool.asked) == asked
    assert again.complete == 3
    assert [p.read_bytes() for p in sorted(out.rglob("*.parquet"))] == tables

    elsewhere = tmp_path / "elsewhere"  # a data set that comes with the verdicts of its build
    write_dataset(elsewhere, [TERM, SPARE.replace(split="test")], "card")
    (elsewhere / "verdicts.jsonl").write_bytes((out / "verdicts.jsonl").read_bytes())
    assert build_insights(elsewhere, tmp_path / "more", pool, 20.0, Silent()).complete == 2
    assert len(pool.asked) == asked

    assert recheck(out, pool, 20.0, Silent()).clean
    rows = load_insights(out, "train")
    spoilt = [
        rows[0].replace(sketch="by\n  exact (nothing sorry)"),
        rows[1].replace(core="by\n  have h := twice_eq n\n  exact ⟨n + 1, by simp only [twice]; omega⟩"),
    ]
    write_insights(out / "data" / "train.parquet", spoilt)
    found = recheck(out, pool, 20.0, Silent())
    assert found.sketches == (TERM.name,)
    assert found.labels == (f"{WITNESS.name}: have h := twice_eq n",)
    assert not found.clean


def test_nothing_to_label_is_an_error(pool: OneEngine, tmp_path: Path) -> None:
    write_dataset(
        tmp_path, [TERM.replace(proof=None), TERM.replace(name="x", proof=None, split="test")], "card"
    )
    with pytest.raises(DataError, match="no theorem with a proof"):
        build_insights(tmp_path, tmp_path / "out", pool, 20.0, Silent())
    with pytest.raises(DataError, match="not an insight data set"):
        load_insights(tmp_path, "train")
    with pytest.raises(DataError, match="physprover data insight"):
        load_insights(tmp_path / "nowhere", "train")
    with pytest.raises(DataError, match="no insight records"):
        recheck(tmp_path / "nowhere", pool, 20.0, Silent())
