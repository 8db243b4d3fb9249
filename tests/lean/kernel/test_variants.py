"""Wrong variants of real proofs: what Lean's kernel refuses, the second kernel must refuse too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from physprover.app.lab.variants import BothKernels, compare, variants
from physprover.lean.embedded.engine import EmbeddedEngine, Spares
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.kernel.certificates import Witness
from physprover.lean.protocol import Problem
from physprover.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    folder = ensure_installed()
    spares, judge = Spares(folder, 2.5), Witness(folder, 2.5)
    engine, found = EmbeddedEngine(None, judge, spares), []
    try:
        for header, statement, proof in PROOFS:
            problem = Problem(header=header, statement=statement)
            assert engine.check(problem, proof, 60.0).outcome is Outcome.PROVED
            assert judge.witnessed is not None
            found.append(judge.witnessed)
    finally:
        engine.close()
        judge.close()
        spares.close()
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
    assert all(changed != constants for _, changed in made)
    kinds = {kind for kind, _ in made}
    assert {"constant", "level", "order", "part", "index", "type"} <= kinds


def test_the_proofs_themselves_hold_for_both(both: BothKernels, witnessed: list[dict[str, Any]]) -> None:
    for given in witnessed:
        answers = both.ask(given["constants"], given["modules"], given["theorem"]["name"])
        assert answers[:2] == ("accepted", "accepted"), answers


def test_no_variant_is_accepted_by_the_second_kernel_alone(
    both: BothKernels, witnessed: list[dict[str, Any]]
) -> None:
    answers, differ = compare(both, witnessed, 150)
    alone = [d for d in differ if d.partition(":")[0].endswith("/accepted")]
    assert not alone
    assert answers["accepted", "refused"] == 0, differ  # nor is the second kernel less complete
    assert sum(answers.values()) == 150
    assert answers["refused", "refused"] > 75, Counter(answers)  # most variants are wrong
