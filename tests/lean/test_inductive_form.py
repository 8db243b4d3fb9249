"""Which inductive types a submission may declare: on real Lean where Lean makes the shape, on exported tables where not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from physprover.lean import embedded
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.embedded.process import node_binary
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Verdict

SCRIPT = Path(embedded.__file__).with_name("inductive_form.cjs")

PLAIN = {  # declaration, a type it gives
    "enumeration": ("inductive Spin | up | down", "Spin"),
    "structure": ("structure V (α : Type) where\n  x : α\n  f : α → α\n  h : f x = x", "V Nat"),
    "recursive": ("inductive T (α : Type u) | leaf : T α | node : T α → α → T α → T α", "T Nat"),
    "function field": (
        "inductive W (α : Type) (β : α → Type) | sup (a : α) (f : β a → W α β) : W α β",
        "W Nat Fin",
    ),
    "predicate": (
        "inductive Even : Nat → Prop\n  | zero : Even 0\n  | step (n) : Even n → Even (n + 2)",
        "Even 2",
    ),
    "indexed": (
        "inductive L (α : Type u) : Nat → Type u\n  | nil : L α 0\n  | cons {n} : α → L α n → L α (n + 1)",
        "L Nat 2",
    ),
    "mutual": (
        "mutual\ninductive Ev : Nat → Prop | z : Ev 0 | s : Od n → Ev (n + 1)\ninductive Od : Nat → Prop | s : Ev n → Od (n + 1)\nend",
        "Ev 2",
    ),
    "class with a default": (
        "class One' (α : Type) extends Add α where\n  one : α\n  h : one = one := by rfl",
        "One' Nat",
    ),
    "extended": (
        "structure A where\n  x : Nat\nstructure B extends A where\n  y : Fin (x + 1)\n  h : x > 0 ∧ y.val = 0",
        "B",
    ),
    "field of a defined type": (
        "def Vec (n : Nat) := Fin n → Int\nstructure P where\n  v : Vec 3\n  t : Bool → Prop",
        "P",
    ),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_types_that_people_write_are_admitted(lean: EmbeddedEngine, kind: str) -> None:
    declaration, made = PLAIN[kind]
    verdict = own_lemma(lean, declaration, made)
    assert (verdict.outcome, verdict.tier) == (Outcome.PROVED, "judged")


def own_lemma(lean: EmbeddedEngine, declaration: str, made: str) -> Verdict:
    header = f"{declaration}\ntheorem lemma_ : (∀ x : {made}, x = x) ∧ True := ⟨fun _ => rfl, trivial⟩\n"
    return lean.check(Problem(header=header, statement="theorem t : True", trusted_header=False), "lemma_.2")


def test_a_nested_type_is_refused_by_its_form_in_a_files_own_header(lean: EmbeddedEngine) -> None:
    verdict = own_lemma(lean, "inductive Rose | node : List Rose → Rose", "Rose")
    assert (verdict.outcome, verdict.check, verdict.tier) == (Outcome.CHEATED, "inductive form", "judged")


def test_a_nested_type_of_a_trusted_header_is_the_problems_own(lean: EmbeddedEngine) -> None:
    problem = Problem(
        header="inductive Rose | node : List Rose → Rose\n", statement="theorem t (r : Rose) : r = r"
    )
    assert lean.check(problem, "rfl").outcome is Outcome.PROVED


# Exported tables of `inductive I.{u} (p : Nat) : Type u | mk : (f : FIELD) → I p`, varied one thing at a time. None of the
# variants proves anything: the form is what is looked at.
NAMES = ["I", "u", "Nat", "p", "f", "List"]
LEVELS = [[0], [4, 1], [1, 1]]
EXPRS: list[list[Any]] = [
    [3, 2],  # 0: Type u
    [4, 2, []],  # 1: Nat
    [7, 3, 1, 0, 0],  # 2: (p : Nat) → Type u
    [4, 0, [1]],  # 3: I.{u}
    [0, 0],  # 4: #0
    [0, 1],  # 5: #1
    [5, 3, 4],  # 6: I #0
    [5, 3, 5],  # 7: I #1
]


def fault(field: list[list[Any]], result: int = 7, **change: Any) -> str | None:
    """The reason for the declaration whose field's type is the last of the expressions `field` (numbered from 8)."""
    exprs = [*EXPRS, *field]
    last = len(exprs)
    exprs += [[7, 4, last - 1, result, 0], [7, 3, 1, last, 0]]
    own = {"kind": "inductive", "name": "I", "levels": ["u"], "type": 2, "params": 1, "all": ["I"]}
    constructor = {"kind": "constructor", "name": "I\u0001mk", "levels": ["u"], "type": last + 1}
    tables = {
        "names": NAMES,
        "levels": LEVELS,
        "exprs": exprs,
        "declarations": [{**own, "constructors": ["I\u0001mk"], **change}, constructor],
    }
    program = (
        f"const {{ InductiveForm }} = require({json.dumps(str(SCRIPT))});"
        f"const form = new InductiveForm({json.dumps(tables)}, (name, arity) => (name === 'Nat' && arity === 0) || (name === 'List' && arity === 1));"
        "console.log(JSON.stringify(form.fault(['I'])));"
    )
    run = subprocess.run([node_binary(), "-e", program], capture_output=True, text=True, check=True)
    reason: str | None = json.loads(run.stdout)
    return reason


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ([[4, 2, []]], None),
        ([[5, 3, 4]], None),
        ([[5, 3, 5], [7, 4, 1, 8, 0]], None),  # (x : Nat) → I p
        ([[4, 5, []], [5, 3, 4], [5, 8, 9]], "inside another type in a field"),  # List (I p)
        ([[9, 0, "3"], [5, 3, 8]], "with other parameters in a field"),  # I 3
        ([[4, 0, [0]], [5, 8, 4]], "at other universes in a field"),  # I.{0} p
        ([[5, 3, 4], [7, 4, 8, 1, 0]], "to the left of an arrow"),  # I p → Nat
        ([[6, 4, 1, 4, 0], [5, 8, 1]], "whose sort cannot be read off"),  # (fun x => x) Nat
        ([[0, 0]], "whose sort cannot be read off"),  # p itself, a number
        ([[11, 2, "0", 4]], "primitive projection"),
    ],
)
def test_the_form_of_a_field_decides(field: list[list[Any]], reason: str | None) -> None:
    found = fault(field)
    assert found is None if reason is None else reason in str(found)


def test_a_result_with_other_parameters_is_refused() -> None:
    assert "with other parameters" in str(fault([[4, 2, []]], result=6))


def test_a_type_that_is_no_sort_as_written_is_refused() -> None:
    assert "does not end in a sort" in str(fault([[4, 2, []]], type=1))
