"""Every attack of physprover/lean/attacks against the real engine: refused by the check it names, and the worker sound after it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from physprover.app.commands.attack import matrix
from physprover.errors import DataError
from physprover.lean.attack import CHECKS, CLASSES, Attack, Result, load_attacks, run_attacks
from physprover.lean.embedded.engine import EmbeddedEngine, may_spoil
from physprover.lean.embedded.install import find_damage, install_dir
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Verdict

ATTACKS = load_attacks()


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.id)
def test_an_attack_is_refused_by_the_check_it_names(lean: EmbeddedEngine, attack: Attack) -> None:
    (result,) = run_attacks(lean, [attack])
    assert not result.failure, "\n".join(result.verdict.messages)


@pytest.mark.slow
def test_the_library_is_untouched(lean: EmbeddedEngine) -> None:
    assert find_damage(install_dir()) == ""


@pytest.mark.slow
def test_refusals_do_not_wear_the_judge_out(lean: EmbeddedEngine) -> None:
    """Each refused replay gives back exactly what it took of the problem's environment."""
    lie = next(a for a in ATTACKS if a.id == "K01")
    outcomes = {lean.check(lie.problem, lie.text, lie.seconds).outcome for _ in range(30)}
    assert outcomes == {Outcome.CHEATED}
    truth = Problem(header=lie.header, statement="theorem truth : 1 + 1 = 2")
    assert lean.check(truth, "by decide +kernel", lie.seconds).tier == "judged"


def test_the_corpus_covers_every_class_and_every_check() -> None:
    assert len(ATTACKS) >= 80
    assert (
        len({a.id for a in ATTACKS})
        == len({a.header + a.statement + a.text for a in ATTACKS})
        == len(ATTACKS)
    )
    assert {a.id[0] for a in ATTACKS} == set(CLASSES)
    assert min(Counter(a.id[0] for a in ATTACKS).values()) >= 10
    named = {check for a in ATTACKS for check in a.checks}
    assert named >= set(CHECKS) - {"statement binding", "memory limit"}


def test_refusals_name_their_reason() -> None:
    """A check that refuses much must say why, else an attack could fail by accident."""
    silent = [a.id for a in ATTACKS if not a.reason and not {"deadline", "process end"} & set(a.checks)]
    assert not silent
    assert all(re.compile(a.reason) for a in ATTACKS)


def test_few_attacks_cost_a_worker() -> None:
    """A killed worker is two to three seconds: more than this and nobody runs the corpus."""
    lethal = [a for a in ATTACKS if {"deadline", "process end"} & set(a.checks) or may_spoil(a.text)]
    assert len(lethal) <= 16


HOLE = Attack(id="C00", title="", proof="by sorry", checks=("axiom audit",), reason="rests on sorryAx")
REFUSED = Verdict(outcome=Outcome.CHEATED, check="axiom audit", messages=("error: rests on sorryAx",))


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({}, ""),
        ({"outcome": Outcome.PROVED, "check": ""}, "ACCEPTED"),
        ({"outcome": Outcome.REJECTED, "check": ""}, "rejected by elaboration, not by axiom audit"),
        ({"outcome": Outcome.TIMEOUT, "check": ""}, "timeout by deadline, not by axiom audit"),
        ({"outcome": Outcome.INFRASTRUCTURE, "check": ""}, "infrastructure by nothing, not by axiom audit"),
        ({"messages": ("error: axiom cheat added",)}, "refused for another reason than /rests on sorryAx/"),
        ({"tier": "judged"}, "refused when judged, not when screened"),
    ],
)
def test_only_the_named_refusal_counts(change: dict[str, object], failure: str) -> None:
    verdict = REFUSED.replace(**change)
    assert Result(attack=HOLE, verdict=verdict, naive=False, sound=True).failure == failure


def test_a_spoilt_worker_is_a_failure() -> None:
    assert "judges wrongly" in Result(attack=HOLE, verdict=REFUSED, naive=False, sound=False).failure


def test_the_matrix_fits_a_terminal() -> None:
    lines = matrix([Result(attack=HOLE, verdict=REFUSED, naive=True, sound=True)], "embedded Lean 4.28.0-pre")
    assert "fake completeness          1       1 of 1        1        0        0       1/1" in lines
    assert all(len(line) <= 80 for line in lines.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title = 1",
        'title = "t"\nproof = "by simp"\nchecks = ["luck"]',
        'title = "t"\nproof = "x"\nchecks = []',
    ],
)
def test_a_file_that_is_no_attack_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "C01_bad.toml").write_text(text)
    with pytest.raises(DataError, match=r"C01_bad\.toml"):
        load_attacks(tmp_path)


@pytest.mark.parametrize("proof", ["by native_decide", "by omega", "by simp [Task.cost]", "unsafeCast ()"])
def test_ordinary_proofs_keep_their_worker(proof: str) -> None:
    assert not may_spoil(proof)
