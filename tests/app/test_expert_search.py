"""The search that teaches: real Lean on statements whose closing script is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from physprover.app.wiring import ScriptSearch
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Check
from physprover.portfolio import FURTHER_SCRIPTS, GENERAL_SCRIPTS, script_proofs
from physprover.records import Source, Theorem, Verdict

HEADER = """inductive Gate where
  | id
  | flip
def apply : Gate → Bool → Bool
  | .id, b => b
  | .flip, b => !b
def chain (r : Int) : Nat → Int
  | 0 => 0
  | n + 1 => chain r n + r
"""


def theorem(name: str, statement: str, premises: tuple[str, ...]) -> Theorem:
    return Theorem(
        name=name,
        header=HEADER,
        statement=f"theorem {name} {statement}",
        premises=premises,
        source=Source(file="Gates.lean"),
    )


PROBLEMS = [
    theorem("chain_one", "(r : Int) : chain r 1 = r", ("chain",)),
    theorem("chain_eq", "(r : Int) (n : Nat) : chain r n = n * r", ("chain",)),
    theorem("apply_twice", "(g : Gate) (b : Bool) : apply g (apply g b) = b", ("Gate", "apply")),
    theorem("chain_false", "(r : Int) (n : Nat) : chain r n = n", ("chain",)),
]


class Asked:
    """One engine as a judge that counts."""

    def __init__(self, lean: EmbeddedEngine) -> None:
        self.lean, self.checks = lean, 0

    def __call__(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check in checks:
            self.checks += 1
            yield check, self.lean.check(check.problem, check.proof, check.seconds, check.messages)


def test_scripts_find_proofs_within_their_budget(lean: EmbeddedEngine) -> None:
    judge = Asked(lean)
    found = {item.theorem: item for item in ScriptSearch(16, 8.0, 0).search(PROBLEMS, judge)}
    assert set(found) == {t.name for t in PROBLEMS}
    assert found["chain_one"].script in GENERAL_SCRIPTS
    assert found["chain_eq"].proof == "by\n  induction n <;> simp_all [chain] <;> grind"
    assert found["apply_twice"].proof is not None
    assert found["chain_false"].proof is None, "no script proves what is false"
    assert judge.checks == sum(item.checks for item in found.values())
    assert max(item.checks for item in found.values()) <= 16


def test_each_problem_has_its_own_order_of_the_general_scripts(lean: EmbeddedEngine) -> None:
    problems = [
        theorem(
            f"twice_{i}", f"(g : Gate) (b : Bool) : apply g (apply g b) = b ∧ {i} = {i}", ("Gate", "apply")
        )
        for i in range(8)
    ]

    def search(seed: int) -> dict[str, str]:
        return {s.theorem: s.script for s in ScriptSearch(16, 8.0, seed).search(problems, Asked(lean))}

    first = search(0)
    assert len(set(first.values())) > 1, "alike problems show more than one script"
    assert first == search(0)
    assert first != search(1)


def test_a_budget_of_one_check_asks_one(lean: EmbeddedEngine) -> None:
    judge = Asked(lean)
    found = list(ScriptSearch(1, 8.0, 0).search(PROBLEMS, judge))
    assert judge.checks == len(PROBLEMS) == len(found)


def test_scripts_take_the_variables_that_suit_them() -> None:
    variables = {"inductive": ["n"], "cases": ["g", "b"], "recursive": ["f", "k"]}
    assert script_proofs("fun_induction [recursive] <;> grind", ["f", "k"], variables) == [
        "by\n  fun_induction f <;> grind"
    ]
    assert script_proofs("induction [inductive] <;> grind [defs]", ["f"], variables) == [
        "by\n  induction n <;> grind [f]"
    ]
    assert script_proofs("cases [cases] <;> simp [defs]", [], variables) == [
        "by\n  cases g <;> cases b <;> simp []"
    ]
    assert script_proofs("cases [cases] <;> simp [defs]", [], {}) == []
    assert script_proofs("simp [defs]; grind", ["f", "g"], {}) == ["by\n  simp [f, g]\n  grind"]
    for script in (*GENERAL_SCRIPTS, *FURTHER_SCRIPTS):
        for proof in script_proofs(script, ["f"], variables):
            assert "[defs]" not in proof
            assert "[cases]" not in proof
            assert "[inductive]" not in proof
            assert "[recursive]" not in proof
