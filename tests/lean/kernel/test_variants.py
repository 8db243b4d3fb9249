"""Wrong variants of real proofs: what Lean's kernel refuses, the second kernel must refuse too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from physprover.app.lab.variants import BothKernels, applied, compare, rows_of, variants, wrong_variants
from physprover.config import EngineConfig
from physprover.errors import LeanSetupError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess
from physprover.lean.kernel.certificates import Witness
from physprover.lean.protocol import Problem
from physprover.records import Outcome

PAIR = "structure Pair (α : Type u) where\n  fst : α\n  snd : α\n\ndef Pair.swap (p : Pair α) : Pair α := ⟨p.snd, p.fst⟩\n"
TREE = "inductive Tree where | leaf | node (l r : Tree)\n\ndef Tree.size : Tree → Nat | leaf => 1 | node l r => l.size + r.size\n"
PROOFS = [
    ("", "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b", "by omega"),
    ("", "theorem t {α : Type u} (xs : List α) : xs ++ [] = xs", "by induction xs <;> simp_all"),
    ("", 'theorem t : "ab" ++ "c" = "abc" ∧ 2 ^ 70 % 7 = 2', "by decide"),
    (PAIR, "theorem t {α : Type u} (p : Pair α) : p.swap.swap = p", "rfl"),
    (TREE, "theorem t (s : Tree) : 0 < s.size", "by induction s <;> simp_all [Tree.size] <;> omega"),
]


@pytest.fixture(scope="module")
def witnessed() -> list[dict[str, Any]]:
    """What the second kernel is given of each proof."""
    judge = Witness(ensure_installed(), 2.5)
    engine, found = EmbeddedEngine(EngineConfig(), judge), []
    try:
        for header, statement, proof in PROOFS:
            problem = Problem(header=header, statement=statement)
            assert engine.check(problem, proof, 60.0).outcome is Outcome.PROVED
            assert judge.witnessed is not None
            found.append(judge.witnessed)
    finally:
        engine.close()
        judge.close()
    return found


@pytest.fixture(scope="module")
def both() -> Iterator[BothKernels]:
    kernels = BothKernels(2.5)
    yield kernels
    kernels.close()


def test_variants_are_the_same_for_one_seed_and_none_is_the_proof(witnessed: list[dict[str, Any]]) -> None:
    constants = witnessed[3]["constants"]
    made = list(variants(constants, 60, 7))
    assert made == list(variants(constants, 60, 7))
    assert made != list(variants(constants, 60, 8))
    assert all(applied(constants, edit) != constants for _, edit in made)
    kinds = {kind for kind, _ in made}
    assert {"constant", "level", "order", "part", "index", "type"} <= kinds


def test_the_proofs_themselves_hold_for_both(both: BothKernels, witnessed: list[dict[str, Any]]) -> None:
    for given in witnessed:
        answers = both.ask(given["constants"], given["modules"], given["theorem"]["name"])
        assert answers[:2] == ("accepted", "accepted"), answers


def test_variants_judged_together_are_judged_as_each_alone(
    both: BothKernels, witnessed: list[dict[str, Any]]
) -> None:
    seen = set()
    for given in witnessed:
        name, modules, constants = given["theorem"]["name"], given["modules"], given["constants"]
        edits = [edit for _, edit in variants(constants, 14, 3)]
        together = both.ask_many(constants, modules, name, edits)
        alone = [both.ask(applied(constants, edit), modules, name) for edit in edits]
        assert [a[:2] for a in together] == [a[:2] for a in alone]
        seen |= {a[:2] for a in together}
    assert {("refused", "refused"), ("accepted", "accepted")} <= seen


def test_no_variant_is_accepted_by_the_second_kernel_alone(
    both: BothKernels, witnessed: list[dict[str, Any]]
) -> None:
    answers = list(compare(both, witnessed, 300))
    total = sum((Counter(c) for each in answers for c in each.counts.values()), Counter())
    assert not [pair for pair in total if pair.endswith("/accepted") and pair != "accepted/accepted"], answers
    assert total["accepted/refused"] == 0, answers  # nor is the second kernel less complete
    assert sum(total.values()) == 300
    assert total["refused/refused"] > 150, total  # most variants are wrong
    unsound, incomplete, *kinds = rows_of(answers)
    assert (unsound.measured, unsound.met, incomplete.measured) == ("0", True, "0")
    assert sum(int(row.measured) for row in kinds) == 300


def test_a_journal_goes_on_where_it_was_left(witnessed: list[dict[str, Any]], tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    rows = wrong_variants(2.5, witnessed, 7, journal)
    lines = journal.read_text().splitlines()
    assert len(lines) == 2  # the smaller half
    journal.write_text(lines[1] + "\n")
    asked: list[str] = []
    assert wrong_variants(2.5, witnessed, 7, journal, asked.append) == rows
    assert len(asked) == 1
    assert sorted(journal.read_text().splitlines()) == sorted(lines)


def test_a_process_that_does_not_start_is_tried_again_and_counted(
    both: BothKernels, witnessed: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    starts, real = iter([False, True]), LeanProcess.wait_ready

    def slow(process: LeanProcess) -> LeanProcess:
        if process.version or next(starts, False):
            return real(process)
        process.kill()
        raise LeanSetupError("not in its time")

    monkeypatch.setattr(LeanProcess, "wait_ready", slow)
    turns = compare(both, witnessed[:2], 8)
    both._second.close()
    first = next(turns)  # the second start succeeds
    both._second.close()
    second = next(turns)  # none does
    assert (first.lost, first.restarts) == (0, 1)
    assert (second.lost, second.counts) == (4, {})
    assert second.restarts > 1
    note = rows_of([first, second])[0].note
    assert note == f"4 more not put to both, {first.restarts + second.restarts} starts tried again"
