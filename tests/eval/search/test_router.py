"""The survey of every move, and the router that it teaches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.benchmarks import Benchmark
from eval.search.budget import Amount
from eval.search.case import KINDS
from eval.search.library import features
from eval.search.policies import FROZEN, get_policy
from eval.search.router import (
    Surveyed,
    TriedAlone,
    choose_policy,
    common,
    observations,
    read_surveys,
    refuse_searched,
    router,
    survey,
)
from eval.search.search import search
from eval.search.study import run_policy
from physprover.app.commands.bench import routers
from physprover.errors import ConfigError, RunError
from physprover.files import append
from physprover.progress import Silent
from tests.eval.search.test_search import THEOREMS, TOTAL, Oracle, tools


def line(number: int, proved: set[str], failed: set[str]) -> Surveyed:
    tried = [TriedAlone(arm=arm, proved=True, spent=Amount(checks=1)) for arm in sorted(proved)]
    tried += [TriedAlone(arm=arm, proved=False, spent=Amount(checks=1)) for arm in sorted(failed)]
    return Surveyed(theorem=f"s{number}", features=("type Nat",), tried=tuple(tried))


def test_a_survey_goes_on_after_a_proof(tmp_path: Path) -> None:
    out = tmp_path / "survey.jsonl"
    oracle = Oracle("simp [f]")
    lines = survey(THEOREMS[:2], tools(oracle), out, Silent())
    found = {tried.arm: tried for tried in lines[0].tried}
    assert found["script simp [defs]"].proved
    assert not found["script omega"].proved
    assert found["script omega"].spent.checks == 1
    assert {arm.partition(" ")[0] for arm in found} >= {"script", "direct", "decompose", "repair"}
    asked = len(oracle.asked)
    assert survey(THEOREMS[:2], tools(oracle), out, Silent()) == lines
    assert len(oracle.asked) == asked
    other = THEOREMS[0].replace(statement=THEOREMS[0].statement.replace(":", " :"))
    for theorem, prover, kinds in (
        (THEOREMS[0], "other weights", KINDS),
        (other, "", KINDS),
        (THEOREMS[0], "", KINDS[:1]),
    ):
        with pytest.raises(RunError, match="another statement, other weights or other kinds"):
            survey([theorem], replace(tools(oracle), prover=prover), out, Silent(), kinds)
    assert read_surveys([out]) == lines


def test_a_failure_moves_what_fails_alike_back() -> None:
    """`omega` and `simp` solve the same theorems, `rfl` the others: after `omega` fails, `rfl` is next."""
    alike, other = {"script omega", "script simp"}, {"script rfl"}
    lines = [line(n, alike, other) for n in range(6)] + [line(n, other, alike) for n in range(6, 10)]
    result = search(THEOREMS[0], router(lines), TOTAL, tools(Oracle("never")))
    arms = [step.arm for step in result.steps]
    assert set(arms[:2]) == {arms[0], "script rfl"}
    assert arms[0] in alike


def test_it_ends_when_a_proof_would_cost_too_much() -> None:
    lines = [line(n, set(), {"script omega", "script simp", "script rfl"}) for n in range(400)]
    spent = search(THEOREMS[0], router(lines, stop=0.9), TOTAL, tools(Oracle("never"))).spent
    assert spent.checks == 0
    whole = search(THEOREMS[0], router(lines, stop=0.0), TOTAL, tools(Oracle("never")))
    assert whole.spent.checks >= TOTAL.checks - 4
    assert whole.spent.fits(TOTAL)


def test_it_finds_what_a_survey_says_at_the_first_check() -> None:
    lines = [line(n, {"script simp [defs]"}, {"script omega"}) for n in range(20)]
    result = search(THEOREMS[0], router(lines), TOTAL, tools(Oracle("simp [f]")))
    assert result.solved
    assert result.spent.checks == 1


def test_a_rare_feature_in_common_counts_more() -> None:
    """Two surveyed theorems share the frequent feature with the statement and are proved by `omega`, one shares the rare one
    and is proved by `rfl`."""
    frequent, rare = sorted(common(features(THEOREMS[0])))[:2]
    lines = [line(0, {"script rfl"}, {"script omega"}).replace(features=(rare,))]
    lines += [line(n, {"script omega"}, {"script rfl"}).replace(features=(frequent,)) for n in (1, 2)]
    lines += [
        line(n, set(), {"script omega", "script rfl"}).replace(features=(frequent, "other"))
        for n in range(3, 40)
    ]
    total = TOTAL.replace(checks=60, seconds=60.0)
    arms = [s.arm for s in search(THEOREMS[0], router(lines, stop=0.0), total, tools(Oracle("never"))).steps]
    assert arms.index("script rfl") < arms.index("script omega")


def test_a_survey_of_what_is_searched_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "survey.jsonl"
    append(out, line(0, {"script omega"}, set()).replace(theorem=THEOREMS[0].name))
    with pytest.raises(ConfigError, match="survey another split"):
        refuse_searched(read_surveys([out]), {t.name for t in THEOREMS})
    other = Benchmark(name="other", theorems=tuple(THEOREMS[1:]))
    lines = read_surveys([out])
    refuse_searched(lines, {t.name for t in other.theorems})
    assert [p.name for p in routers(lines)] == ["router", "router without stop"]
    known = observations(lines)  # the score knows what the router knows
    assert [(o.arm, o.success) for o in known] == [("script omega", True)]


def test_a_survey_is_asked_for_by_the_router_and_by_no_other(tmp_path: Path) -> None:
    out = tmp_path / "survey.jsonl"
    append(out, line(0, {"script omega"}, {"script rfl"}), line(1, {"script omega"}, set()))
    lines = read_surveys([out])
    assert choose_policy(None, None).name == "value"
    assert choose_policy("direct", None).name == "direct"
    assert choose_policy(None, lines).name == choose_policy("router", lines).name == "router"
    found = search(THEOREMS[0], choose_policy("router", lines), TOTAL, tools(Oracle("omega")))
    assert [step.arm for step in found.steps] == [
        "script omega"
    ]  # the survey's, and not another order's first
    with pytest.raises(ConfigError, match=r"; router \(with --survey FILE\)$"):
        choose_policy("rooter", None)
    with pytest.raises(ConfigError, match="needs --survey FILE"):
        choose_policy("router", None)
    with pytest.raises(ConfigError, match="`direct` is to search"):
        choose_policy("direct", lines)
    with pytest.raises(ConfigError, match="s1"):
        refuse_searched(lines, {"s1"})


@pytest.mark.parametrize(("policy", "grows"), [(FROZEN, False), (get_policy("value"), True)])
def test_frozen_experience_does_not_depend_on_the_order(tmp_path: Path, policy, grows: bool) -> None:  # type: ignore[no-untyped-def]
    """Searched after seven others, a theorem is searched as it is alone, unless the policy grows."""
    oracle = Oracle("simp_all [f]")
    results, _ = run_policy(THEOREMS, policy, TOTAL, tools(oracle), tmp_path / "all.jsonl", Silent())
    alone = search(next(t for t in THEOREMS if t.name == results[-1].theorem), policy, TOTAL, tools(oracle))
    assert (alone.steps != results[-1].steps) is grows


def test_searches_of_another_statement_or_by_other_weights_are_not_taken_for_these(tmp_path: Path) -> None:
    def run(statement: str, weights: str, oracle: Oracle) -> bool:
        asked = THEOREMS[0].replace(statement=statement)
        mine = replace(tools(oracle), prover=weights)
        return run_policy([asked], get_policy("value"), TOTAL, mine, tmp_path / "a.jsonl", Silent())[0][
            0
        ].solved

    first = THEOREMS[0].statement
    assert run(first, "one", Oracle("simp_all [f]"))
    assert run(first, "one", Oracle("never"))  # what an earlier call did is read
    for statement, weights in ((first, "two"), (first.replace(":", " :"), "one")):
        with pytest.raises(RunError, match="another statement, other weights"):
            run(statement, weights, Oracle("never"))
