"""One contract, every engine: what `protocol.Engine` promises, asked of real Lean.

`embedded` is the embedded engine with its judge. `client` is the project engine's own code (REPL client, screen, header and
statement handling) with the embedded Lean behind the REPL protocol. `project` is a native Lean; set PHYSPROVER_TEST_PROJECT
to a project that `physprover lean install --project` made.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from physprover.config import EngineConfig
from physprover.errors import HeaderError
from physprover.lean import open_engines
from physprover.lean.project.engine import ProjectEngine
from physprover.lean.project.sandbox import Repl
from physprover.lean.protocol import Engine, Problem
from physprover.records import Outcome

HEADER = "namespace Contract\ndef double (n : Int) : Int := n + n\n"
DOUBLE = Problem(header=HEADER, statement="theorem double_zero : double 0 = 0")
FALSE = Problem(header="", statement="theorem wrong : 2 + 2 = 5")


@pytest.fixture(scope="module", params=["embedded", "client", "project"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "embedded":
        yield request.getfixturevalue("lean")
    elif request.param == "client":
        request.getfixturevalue("lean")  # skips where there is no Lean
        command = [sys.executable, "-m", "tests.lean.repl_bridge"]
        client = ProjectEngine(
            lambda: Repl(command, 4.0, None, os.environ), "4.28 behind the REPL protocol", None
        )
        yield client
        client.close()
    else:
        project = os.environ.get("PHYSPROVER_TEST_PROJECT")
        if not project:
            pytest.skip(
                "NO NATIVE LEAN, PROJECT ENGINE NOT TESTED: set PHYSPROVER_TEST_PROJECT to a built project"
            )
        engines, close = open_engines(
            EngineConfig(kind="project", project_dir=project, workers=1, memory_gb=12)
        )
        yield engines[0]
        close()


def test_an_honest_proof_is_proved(engine: Engine) -> None:
    verdict = engine.check(DOUBLE, "by simp [double]", seconds=60)
    assert (verdict.outcome, verdict.reward, verdict.engine) == (Outcome.PROVED, 1.0, engine.name)


def test_a_wrong_proof_is_rejected_with_leans_words(engine: Engine) -> None:
    verdict = engine.check(DOUBLE, "by exact Int.one_pos", seconds=60)
    assert (verdict.outcome, verdict.reward) == (Outcome.REJECTED, 0.0)
    assert "mismatch" in verdict.messages[0]


def test_as_many_messages_as_asked_for(engine: Engine) -> None:
    proof = "by trivial\n" + "#check nowhere\n" * 7
    for wanted in (0, 1, 6):
        assert len(engine.check(FALSE, proof, seconds=60, messages=wanted).messages) == wanted


@pytest.mark.parametrize(
    "proof", ["by sorry", "sorryAx _ false", "by\n  have h : 2 + 2 = 5 := sorryAx _ true\n  exact h"]
)
def test_a_hole_is_no_proof(engine: Engine, proof: str) -> None:
    verdict = engine.check(FALSE, proof, seconds=60)
    assert (verdict.outcome, verdict.check) == (Outcome.CHEATED, "axiom audit")


@pytest.mark.parametrize(
    "proof", ["wrong", "by decide", "by exact absurd rfl (by decide)", "x" * 70_000, "by \x00rfl", " "]
)
def test_a_false_statement_is_never_proved(engine: Engine, proof: str) -> None:
    assert engine.check(FALSE, proof, seconds=60).reward == 0.0


@pytest.mark.parametrize(
    ("header", "statement"),
    [
        ("def broken : Nat := nowhere\n", "theorem t : 1 = 1"),
        ("", "theorem t : nonsense"),
        ("", "theorem t : Nat"),
        ("", "example : 1 = 1"),
        ("", "def t : Nat"),
    ],
)
def test_a_bad_problem_raises(engine: Engine, header: str, statement: str) -> None:
    with pytest.raises(HeaderError):
        engine.check(Problem(header=header, statement=statement), "rfl")


def test_submissions_do_not_see_each_other(engine: Engine) -> None:
    one, two = (Problem(header=HEADER, statement=f"theorem {name} : double 1 = 2") for name in ("one", "two"))
    assert engine.check(one, "rfl\ntheorem smuggled : double 1 = 2 := rfl").outcome is Outcome.PROVED
    assert engine.check(two, "smuggled").outcome is Outcome.REJECTED
    assert engine.check(two, "one").outcome is Outcome.REJECTED


def test_a_deadline_ends_the_worker_and_not_the_engine(engine: Engine) -> None:
    grow = "def g : Nat → Nat → Nat\n  | 0, a => a\n  | n + 1, a => g n (2 * a) + g n (2 * a + 1)\n"
    slow = Problem(header=grow, statement="theorem slow : g 50 0 = 0")
    late = engine.check(slow, "by decide +kernel", seconds=3)
    assert late.outcome is Outcome.TIMEOUT
    assert late.seconds > 0  # those that it used
    assert engine.check(DOUBLE, "rfl", seconds=60).outcome is Outcome.PROVED


def test_trusted_text_is_elaborated_with_its_errors(engine: Engine) -> None:
    assert engine.elaborate("theorem fine : 1 = 1 := rfl") == ()
    assert engine.elaborate("theorem bad : 1 = 2 := rfl")[0].startswith("error: 1:")
