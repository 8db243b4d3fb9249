"""Expert iteration on the toy: real trainer, sampler and actors; the search knows which tactic closes what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from safetensors.torch import load_file

from physprover.config import RunConfig
from physprover.errors import RunError
from physprover.lean.protocol import Check, Problem
from physprover.progress import Silent
from physprover.records import JudgedAttempt, Outcome, Theorem, Verdict, read_jsonl
from physprover.runs import RunDir
from rl.expert import ExpertRound, Judge, ProofSearch, Searched, Target, balanced, targets, targets_file
from rl.loop import train
from rl.replay import replay
from rl.trainer.build import open_trainer
from tests.rl import toy
from tests.scripted import ScriptedPool


class Omega:
    """Tries `rfl`, then `omega`, as the search of the quickstart tries its scripts."""

    def __init__(self, dies_after: int | None = None) -> None:
        self.asked: list[str] = []
        self.dies_after = dies_after

    def search(self, problems: Sequence[Theorem], judge: Judge) -> Iterator[Searched]:
        for theorem in problems:
            if self.dies_after is not None and len(self.asked) >= self.dies_after:
                raise KeyboardInterrupt
            self.asked.append(theorem.name)
            checks = [
                Check(id=proof, problem=Problem.of(theorem), proof=f"by\n  {proof}", messages=0)
                for proof in ("rfl", "omega")
            ]
            proved = {check.id for check, verdict in judge(checks) if verdict.outcome is Outcome.PROVED}
            best = next((proof for proof in ("rfl", "omega") if proof in proved), None)
            found = f"by\n  {best}" if best else None
            yield Searched(theorem=theorem.name, proof=found, script=best or "", checks=len(checks))


class Arithmetic(ScriptedPool):
    """A pool that knows which tactics close the toy's statements; Lean agrees (tests/rl/test_loop.py)."""

    def verdict(self, check: Check) -> Verdict:
        word = (check.proof.split() or [""])[-1]
        variable_free = "(a b" not in check.problem.statement
        proved = word == "omega" or (word == "rfl" and variable_free)
        return Verdict(outcome=Outcome.PROVED if proved else Outcome.REJECTED)


def opened(path: Path, every: int = 0) -> tuple[RunConfig, RunDir]:
    expert = {"checks": 2, "steps": 30, "peak_learning_rate": 1e-2, "every": every}
    config, run = toy.open_run(path, canary_every=0, expert=expert)
    return config.model_copy(update={"model": config.model.model_copy(update={"max_new_tokens": 8})}), run


def rounds(run: RunDir) -> list[ExpertRound]:
    return [r.replace(seconds=0.0) for r in read_jsonl(run.path / "expert.jsonl", ExpertRound)]


def attempts(run: RunDir) -> list[tuple[object, ...]]:
    return [
        (j.step, j.attempt.theorem, j.attempt.token_ids, j.attempt.logprobs, j.verdict.outcome)
        for j in read_jsonl(run.path / "attempts.jsonl", JudgedAttempt)
    ]


@pytest.fixture(scope="module")
def unbroken(machines: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunConfig, RunDir]:
    config, run = opened(tmp_path_factory.mktemp("expert") / "whole")
    train(config, run, Silent(), search=ProofSearch(run, Omega()), local=Arithmetic())
    return config, run


def test_the_search_is_learnt_before_the_first_step(unbroken: tuple[RunConfig, RunDir]) -> None:
    _, run = unbroken
    (line,) = rounds(run)
    assert (line.round, line.step, line.problems, line.searched, line.checks) == (1, 1, 12, 12, 24)
    assert line.targets == {"search": 12, "prover": 0}
    assert {t.proof for t in read_jsonl(targets_file(run, 1), Target)} == {"by\n  rfl", "by\n  omega"}
    assert line.loss < 3.0, "a guess among a hundred characters costs 4.6 nats"


def test_each_round_counts_its_own_checks(machines: None, tmp_path: Path) -> None:
    config, run = opened(tmp_path / "rounds", every=2)
    train(config, run, Silent(), search=ProofSearch(run, Omega()), local=Arithmetic())
    assert [(line.step, line.searched, line.checks) for line in rounds(run)] == [(1, 12, 24), (3, 12, 0)]


@pytest.mark.parametrize("dies_after", [5, None])
def test_a_run_that_was_stopped_in_the_search_or_after_it_ends_alike(
    unbroken: tuple[RunConfig, RunDir], tmp_path: Path, dies_after: int | None
) -> None:
    config, run = opened(tmp_path / "broken")
    first = Omega(dies_after)
    if dies_after is not None:
        with pytest.raises(KeyboardInterrupt):
            train(config, run, Silent(), search=ProofSearch(run, first), local=Arithmetic())
    else:
        short = config.model_copy(update={"rl": config.rl.model_copy(update={"steps": 1})})
        train(short, run, Silent(), search=ProofSearch(run, first), local=Arithmetic())
    second = Omega()
    train(config, run, Silent(), search=ProofSearch(run, second), local=Arithmetic())
    assert len(first.asked) + len(second.asked) == 12, "no problem is searched twice"
    assert attempts(run) == attempts(unbroken[1])
    whole, again = (load_file(r.path / "checkpoints/step-4/model.safetensors") for r in (unbroken[1], run))
    assert all((whole[name] == again[name]).all() for name in whole)


def test_replay_learns_it_again(unbroken: tuple[RunConfig, RunDir], tmp_path: Path) -> None:
    config, run = unbroken
    out = RunDir(tmp_path / "replayed")
    replay(config, run, out, Silent())
    whole, again = (load_file(r.path / "checkpoints/step-4/model.safetensors") for r in (run, out))
    assert all((whole[name] == again[name]).all() for name in whole)


def test_targets_are_the_search_s_then_the_prover_s() -> None:
    problems = [Theorem(name=n, statement=f"theorem {n} : 1 = 1", proof="by decide") for n in "abc"]
    found = {
        "a": Searched(theorem="a", proof="by grind", script="grind", checks=1),
        "b": Searched(theorem="b", checks=3),
    }
    chosen = targets(problems, found, {"a": "by simp", "b": "by simp"})
    assert [(t.theorem, t.proof, t.source) for t in chosen] == [
        ("a", "by grind", "search"),
        ("b", "by simp", "prover"),
    ], "a library proof is nobody's find"


def test_rare_scripts_are_shown_more_often() -> None:
    found = [
        Target(theorem=f"{script}{i}", proof="by x", source="search", script=script)
        for script, count in (("grind", 36), ("simp", 9), ("decide", 1))
        for i in range(count)
    ]
    shown = [target.script for target in balanced(found)]
    assert {script: shown.count(script) for script in ("grind", "simp", "decide")} == {
        "grind": 36,
        "simp": 18,
        "decide": 4,
    }
    assert balanced([]) == []


def test_adapters_are_refused(tmp_path: Path) -> None:
    config, run = opened(tmp_path / "lora")
    config = config.model_copy(update={"model": config.model.model_copy(update={"lora_rank": 2})})
    trainer = open_trainer(config, run, str(run.path / "warmstart"), None)
    with pytest.raises(RunError, match="trains all weights"):
        trainer.student()
