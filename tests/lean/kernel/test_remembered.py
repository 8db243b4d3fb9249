"""What the second kernel remembers of headers: a verdict is the same warm and cold, whatever was asked before."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from physprover.lean.embedded.engine import EmbeddedJudge
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, asked, node_binary
from physprover.lean.kernel import Answer, SecondKernel
from physprover.lean.kernel import process as kernel_process
from physprover.lean.protocol import Problem
from physprover.lean.text.statements import compose

ONE, TWO = "def f : Nat := 1\n\n", "def f : Nat := 2\n\n"  # one name, two contents
POINT = "structure Point where\n  x : Nat\n  y : Nat\n\ndef Point.sum (p : Point) : Nat := p.x + p.y\n\ntheorem Point.swap (p : Point) : p.sum = p.y + p.x := by unfold Point.sum; omega\n"
TREE = "inductive Tree (α : Type u) where | leaf | node (a : α) (children : List (Tree α))\n\ndef Tree.isLeaf : Tree α → Bool | leaf => true | node _ _ => false\n"
ODD = "mutual\ninductive Odd : Nat → Prop | step : Even n → Odd (n + 1)\ninductive Even : Nat → Prop | zero : Even 0 | step : Odd n → Even (n + 1)\nend\n\ntheorem one : Odd 1 := .step .zero\n"
LEMMAS = "theorem a (x : Nat) : x + 0 = x := sorry\n\ndef g (x : Nat) : Nat := x + f\n\ntheorem b (x : Nat) : g x = x + f := sorry\n"
PROOFS = {
    "one": (ONE, "theorem t : f = 1", "rfl"),
    "two": (TWO, "theorem t : f = 2", "rfl"),
    "one through lemmas": (ONE + LEMMAS, "theorem t : g 2 = 3", "by rw [b]; rfl"),
    "two through lemmas": (TWO + LEMMAS, "theorem t : g 2 = 4", "by rw [b]; rfl"),
    "point": (POINT, "theorem t (p : Point) : p.sum = p.y + p.x", "p.swap"),
    "eta": (POINT, "theorem t (p : Point) : p = ⟨p.x, p.y⟩", "by cases p; rfl"),
    "nested": (TREE, "theorem t : (Tree.leaf : Tree Nat).isLeaf = true", "rfl"),
    "nested, its recursor": (
        TREE,
        "theorem t (x : Tree Nat) : x.isLeaf = true ∨ x.isLeaf = false",
        "by cases x <;> simp [Tree.isLeaf]",
    ),
    "mutual": (ODD, "theorem t : Even 2", ".step one"),
    "axiom": ("axiom odd : 1 + 1 = 3\n", "theorem t : 2 = 3", "odd"),
    "no header": ("", "theorem t (p q : Prop) (h : p ∧ q) : q ∧ p", "⟨h.2, h.1⟩"),
}
Given = dict[str, Any]


@pytest.fixture(scope="module")
def sent() -> Iterator[dict[str, Given]]:
    """What the judge sends of each proof, as if it had sent nothing before."""
    process, found = LeanProcess(ensure_installed()), {}
    for name, (header, statement, proof) in PROOFS.items():
        problem = asked(Problem(header=header, statement=statement))
        text = compose(statement, proof) + "\n"
        screened = process.ask({"check": {**problem, "text": text, "limit": 4, "replay": False}}, 60.0)
        assert screened["outcome"] == "proved", (name, screened)
        answers = [
            process.ask({"judge": {**problem, "constants": screened["constants"], "second": second}}, 60.0)
            for second in ("anew", "whole", "new")
        ]
        found[name], whole, again = (answer["replayed"] for answer in answers)
        assert "pieces" not in whole
        assert (again["pieces"], again["header"]) == ([], found[name]["header"])  # each piece is sent once
        own = {d["name"] for d in found[name]["constants"]["declarations"]}
        assert own < {d["name"] for d in whole["constants"]["declarations"]} or not header
        found[name]["whole"] = whole
    yield found
    process.kill()


@pytest.fixture(scope="module")
def warm() -> Iterator[SecondKernel]:
    kernel = SecondKernel(ensure_installed())
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def cold(sent: Mapping[str, Given], warm: SecondKernel) -> dict[str, Answer]:
    """The answer on each proof from the library up."""
    return {
        name: warm.check(w["modules"], w["constants"], {"theorem": w["theorem"]}, 60.0)
        for name, w in ((name, given["whole"]) for name, given in sent.items())
    }


def check(kernel: SecondKernel, given: Given, **changed: Any) -> Answer:
    given = given | changed
    return kernel.check(
        given["modules"],
        given["constants"],
        {"theorem": given["theorem"]},
        60.0,
        given["header"],
        given["pieces"],
    )


def digest(piece: Given) -> str:
    return hashlib.sha256((",".join(piece["needs"]) + "\n" + piece["text"]).encode()).hexdigest()


def test_the_proofs_hold_from_the_library_up(cold: dict[str, Answer]) -> None:
    assert {name: answer.outcome for name, answer in cold.items()} == dict.fromkeys(PROOFS, "accepted")
    assert cold["axiom"].axioms == ("odd",)


def test_both_sides_give_a_piece_one_digest(sent: Mapping[str, Given]) -> None:
    for each in sent.values():
        assert [piece["digest"] for piece in each["pieces"]] == [digest(piece) for piece in each["pieces"]]


def hostile(kind: str, given: Given) -> Given:
    """A proof as no honest judge sends it."""
    constants, pieces = given["constants"], given["pieces"]
    match kind:
        case "wrong proof":
            declarations = [
                {**d, "value": d["type"]} if "value" in d else d for d in constants["declarations"]
            ]
            return {"constants": {**constants, "declarations": declarations}}
        case "header's constants as its own":
            return {"constants": given["whole"]["constants"], "theorem": given["whole"]["theorem"]}
        case "nothing proved":
            return {"constants": {**constants, "declarations": []}}
        case "piece without its own":
            return {
                "pieces": [
                    {**p, "text": p["text"].replace('"declarations":[', '"declarations":[],"x":[')}
                    for p in pieces
                ]
            }
        case "wrong piece":
            return {"pieces": [wrong(p) for p in pieces]}
        case "piece cut off":
            return {"pieces": [{**p, "text": p["text"][:-9]} for p in pieces]}
        case _:
            return {"pieces": pieces[::-1]}


def wrong(piece: Given) -> Given:
    """What a piece declares, with its type for its value; digests as they were."""
    content = json.loads(piece["text"])
    content["declarations"] = [
        {**d, "value": d["type"]} if "value" in d else d for d in content["declarations"]
    ]
    return {**piece, "text": json.dumps(content)}


HOSTILE = ("wrong proof", "header's constants as its own", "nothing proved", "piece without its own", "wrong piece", "piece cut off", "pieces backwards")  # fmt: skip
CALLS = st.lists(
    st.tuples(st.sampled_from(sorted(PROOFS)), st.sampled_from(("", *HOSTILE))), min_size=1, max_size=8
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=CALLS)
def test_a_verdict_is_the_same_warm_and_cold(
    warm: SecondKernel, sent: Mapping[str, Given], cold: Mapping[str, Answer], calls: list[tuple[str, str]]
) -> None:
    for name, kind in calls:
        changed = hostile(kind, sent[name]) if kind else {}
        answer = check(warm, sent[name], **changed)
        known = check(warm, sent[name] | changed, pieces=[])  # from what is remembered alone
        if kind in ("wrong proof", "nothing proved") or (
            kind == "header's constants as its own" and sent[name]["header"]
        ):
            assert "accepted" not in (answer.outcome, known.outcome), (name, kind)
        elif answer.outcome == "accepted":
            assert (known.outcome, known.axioms) == ("accepted", answer.axioms)
        assert answer.outcome != "accepted" or answer.axioms == cold[name].axioms
    for name in {name for name, _ in calls}:
        answer = check(warm, sent[name])
        assert (answer.outcome, answer.axioms) == (cold[name].outcome, cold[name].axioms), name


def test_a_header_proves_nothing_of_another_with_its_names(
    warm: SecondKernel, sent: Mapping[str, Given]
) -> None:
    for one, other in (("one", "two"), ("one through lemmas", "two through lemmas")):
        assert check(warm, sent[one]).outcome == check(warm, sent[other]).outcome == "accepted"
        assert check(warm, sent[one], header=sent[other]["header"]).outcome == "refused"
        both = sorted({*sent[one]["header"], *sent[other]["header"]})
        assert check(warm, sent[one], header=both).outcome == "refused"  # a name twice


def test_what_a_submission_declares_is_not_remembered(warm: SecondKernel, sent: Mapping[str, Given]) -> None:
    """Sent as a proof, accepted or not, and then asked for as if it were a header's."""
    given = sent["point"]
    for name in ("no header", "point"):
        text = json.dumps(sent[name]["constants"], separators=(",", ":"))
        assert check(warm, sent[name]).outcome == "accepted"
        below: tuple[list[str], list[str]] = ([], sent[name]["header"])
        for needs in below:
            asked_for = digest({"text": text, "needs": needs})
            assert check(warm, given, header=[asked_for], pieces=[]).missing == (asked_for,)


def test_a_refused_piece_is_not_remembered(warm: SecondKernel, sent: Mapping[str, Given]) -> None:
    given = sent["two"]
    (piece,) = given["pieces"]
    false = wrong(piece)
    assert check(warm, given, pieces=[false]).outcome == "refused"
    assert check(warm, given, header=[digest(false)], pieces=[]).missing == (digest(false),)
    assert check(warm, given).outcome == "accepted"


def test_what_is_remembered_belongs_to_one_library(sent: Mapping[str, Given]) -> None:
    kernel = SecondKernel(ensure_installed())
    try:
        assert check(kernel, sent["point"]).outcome == "accepted"
        other = check(kernel, sent["point"], modules=["Std.Data.HashMap"], pieces=[])
        assert (other.outcome, other.missing) == ("unknown", tuple(sent["point"]["header"]))
    finally:
        kernel.close()


def test_memory_is_bounded_by_forgetting_all(sent: Mapping[str, Given]) -> None:
    """Terms past the limit: libraries and headers go together, and what is asked next is read and sent again."""
    folder = kernel_process._SERVER.parent
    script = (
        f"const {{ Judge }} = require({json.dumps(str(folder / 'judge.cjs'))});"
        f"const {{ Terms }} = require({json.dumps(str(folder / 'term.cjs'))});"
        f"const judge = new Judge({json.dumps(str(ensure_installed() / 'lib'))});"
        "const given = JSON.parse(require('fs').readFileSync(0, 'utf8')), out = [];"
        "for (const g of given) out.push(judge.check(g).outcome);"
        "const before = Terms.kept(); judge.forget(); out.push(Terms.kept() < before / 10);"
        "for (const g of given) out.push(judge.check({ ...g, pieces: [] }).outcome);"
        "for (const g of given) out.push(judge.check(g).outcome);"
        "console.log(JSON.stringify(out));"
    )
    names = [name for name in sent if sent[name]["header"]]
    asked_ = json.dumps([{k: v for k, v in sent[name].items() if k != "whole"} for name in names])
    done = subprocess.run(
        [str(node_binary()), "--stack-size=3900", "-e", script],
        input=asked_,
        capture_output=True,
        text=True,
        check=True,
    )
    n = len(names)
    assert json.loads(done.stdout) == ["accepted"] * n + [True] + ["unknown"] * n + ["accepted"] * n


def test_pieces_that_were_lost_are_sent_again() -> None:
    """By this side where the second kernel started anew, by the judge where this side has them no more."""
    folder = ensure_installed()
    process, judge = LeanProcess(folder), EmbeddedJudge(folder, 2.5)
    header, statement, proof = PROOFS["point"]
    problem = Problem(header=header, statement=statement)
    try:
        request = {**asked(problem), "text": compose(statement, proof) + "\n", "limit": 4, "replay": False}
        constants = process.ask({"check": request}, 60.0)["constants"]
        for lose in (dict[str, Any]().clear, judge._second._kernel.close, judge._second._pieces.clear):
            lose()
            assert judge.replay(problem, constants, 60.0)["outcome"] == "proved"
        judge._second._pieces.clear()
        judge._second._kernel.close()
        assert judge.replay(problem, constants, 60.0)["outcome"] == "proved"
        assert judge._second._pieces
    finally:
        process.kill()
        judge.close()
