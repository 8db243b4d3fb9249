"""Self-play on the toy: real trainer, sampler, judge and funnel; what is random is the conjecturer's text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from transformers import LlamaForCausalLM

from physprover.app.wiring import Conjecturer
from physprover.config_file import parse_config
from physprover.dataset import write_dataset
from physprover.errors import RunError
from physprover.lean.protocol import Check
from physprover.models.hf_sampler import HFSampler
from physprover.models.sampler import SamplingParams
from physprover.prompts import get_prompt
from physprover.prompts.tiny import GOAL, HANDLES, INSIGHT_TOKENS, PROOF, STOP, TinyConjecture, handles_of
from physprover.records import Outcome, Theorem, Verdict, read_jsonl
from physprover.runs import RunDir
from rl import curriculum
from rl.rollout import Rollouts
from rl.self_play import Conjecture, Round, SelfPlay, lessons
from rl.trainer.build import open_trainer
from rl.trainer.grpo import GroupTrainer
from tests.rl import toy
from tests.scripted import ScriptedPool

HEADER = "def ke (m v : Int) : Int := m * v * v\ntheorem ke_zero (m : Int) : ke m 0 = 0 := sorry"
SEED = Theorem(
    name="ke_comm",
    statement="theorem ke_comm (m v : Int) : ke m v = ke m (-v)",
    header=HEADER,
    premises=("ke",),
    lemmas=("ke_zero",),
    proof="by\n  grind [ke]",
)


def test_a_conjecture_is_written_with_handles_and_read_with_names() -> None:
    prompt = TinyConjecture()
    shown = prompt.render(SEED)
    assert shown.endswith(f"{GOAL}(<|v0|><|v1|> : Int) :")
    statement = "theorem other (m v : Int) : ke m v = ke m (0 - v)"
    written = prompt.target(SEED, statement)
    assert written.endswith(PROOF)
    assert prompt.extract(written, SEED) == "theorem conjecture (m v : Int) : ke m v = ke m (0 - v)"
    assert prompt.extract(PROOF, SEED) == ""
    assert handles_of(SEED).declared["ke"] in written
    free = set(HANDLES) - set(prompt.excluded(shown))
    assert free == {"<|d0|>", "<|l0|>", "<|v0|>", "<|v1|>"}, "a claim is about what the seed binds"
    assert PROOF not in prompt.excluded(shown)


def test_attempts_end_at_the_stop_token() -> None:
    model = toy.model()
    model.lm_head.weight.data[toy.tokenizer().get_vocab()[PROOF], 0] = 3.0
    sampler = HFSampler(model, toy.tokenizer(), get_prompt("tiny"), max_prompt_tokens=120, batch_size=16)
    params = SamplingParams(max_new_tokens=12, prompt="tiny-conjecture", stop=STOP)
    attempts = list(sampler.sample(toy.theorems(2), 8, params))
    stop = toy.tokenizer().get_vocab()[PROOF]
    assert {a.prompt_format for a in attempts} == {"tiny-conjecture"}
    ended = [a for a in attempts if not a.truncated]
    assert any(a.token_ids[-1] == stop for a in ended)
    assert all(stop not in a.token_ids[:-1] and PROOF not in a.completion for a in attempts)


class Arithmetic(ScriptedPool):
    """A pool that knows which tactics close the toy's statements; Lean agrees (tests/rl/test_loop.py)."""

    def verdict(self, check: Check) -> Verdict:
        proved = check.proof.split()[-1] in ("omega", "rfl")
        return Verdict(outcome=Outcome.PROVED if proved else Outcome.REJECTED)


class Counting:
    """Keeps every second proposal, as a sum nobody has had yet; rewards what is proved at all, but not always."""

    def conjectures(self, sampler: Any, pool: Any, number: int, known: Sequence[Theorem]) -> list[Conjecture]:
        params = SamplingParams(
            seed=number, max_new_tokens=4, temperature=0.6, prompt="tiny-conjecture", stop=STOP
        )
        attempts = sorted(sampler.sample(toy.theorems(2), 4, params), key=lambda a: (a.theorem, a.token_ids))
        found = []
        for i, attempt in enumerate(attempts):
            n = 100 * number + i
            theorem = Theorem(name=f"c{n}", statement=f"theorem c{n} : 2 + {n} = {n + 2}", split="train")
            kept = i % 2 == 0
            found.append(
                Conjecture(
                    seed=attempt.theorem,
                    attempt=attempt,
                    temperature=0.6,
                    theorem=theorem if kept else None,
                    reason="" if kept else "odd",
                )
            )
        return found

    def reward(self, proved: int, judged: int) -> float:
        return float(0 < proved < judged)


@pytest.fixture
def played(tmp_path: Path) -> Any:
    config, run = toy.open_run(tmp_path / "toy", self_play_every=2, canary_every=0)
    trainer = open_trainer(config, run, str(run.path / "warmstart"), None)
    sampler = HFSampler(
        toy.model(), toy.tokenizer(), get_prompt("tiny"), max_prompt_tokens=120, batch_size=32
    )
    course = curriculum.build(config.rl, toy.theorems(2), 0)
    rollouts = Rollouts(config, toy.theorems(2), sampler, Arithmetic(), course)
    play = SelfPlay(config, run, Counting(), sampler, Arithmetic(), trainer, rollouts, course)
    return run, trainer, course, rollouts, play


def names(course: curriculum.Curriculum) -> set[str]:
    return {t.name for t in course.pick(1000, 1, 0)}


def test_a_round_teaches_the_conjecturer_and_adds_what_was_kept(played: Any) -> None:
    run, trainer, course, rollouts, play = played
    before = {n: w.clone() for n, w in trainer.weights().items()}
    found, groups = play.conjecture(1, 1)
    assert len(found) == 16
    kept = {c.theorem.name for c in found if c.theorem is not None}
    assert len(kept) == 8
    assert {g.theorem for g in groups} == kept
    for conjecture in found:
        if conjecture.theorem is not None:
            assert conjecture.judged == 8
            assert conjecture.reward == float(0 < conjecture.proved < 8)
        else:
            assert (conjecture.judged, conjecture.reward) == (0, 0.0)
    line = play.learn(1, 1, found, groups)
    assert line.moved
    assert any((before[n] != w).any() for n, w in trainer.weights().items())
    assert (line.proposals, line.kept, line.reasons) == (16, 8, {"odd": 8})
    assert kept <= names(course)
    assert list(read_jsonl(run.path / "selfplay.jsonl", Round)) == [line]
    assert rollouts.measure([c.theorem for c in found if c.theorem], 2, 7)


def test_conjectures_are_learnt_as_they_were_sampled(tmp_path: Path) -> None:
    """Colder and in another format than the run's own attempts, and yet on-policy."""
    run = RunDir(tmp_path / "toy")
    first, *others = toy.theorems(4)
    write_dataset(run.path / "data", [first.replace(split="test"), *others], "toy\n")
    config = parse_config(
        {
            "model": {"prompt": "tiny-insight", "max_new_tokens": 4, "max_prompt_tokens": 120},
            "rl": {"self_play_every": 2, "self_play_seeds": 4, "clip": 1e-3},
            "data": {"self_play": {"prompt": "tiny-conjecture", "temperature": 0.6}},
        }
    )
    toy.model(0, len(INSIGHT_TOKENS)).save_pretrained(tmp_path / "start")
    model = LlamaForCausalLM.from_pretrained(tmp_path / "start")
    tokenizer = toy.tokenizer(INSIGHT_TOKENS)
    trainer = GroupTrainer(model, tokenizer, config, tmp_path)
    sampler = HFSampler(model, tokenizer, get_prompt("tiny-insight"), max_prompt_tokens=120, batch_size=32)
    (run.path / "selfplay").mkdir()
    found = Conjecturer(config, run, run.path / "data").conjectures(sampler, Arithmetic(), 1, [])
    stats = trainer.update(lessons([c.replace(reward=i % 2) for i, c in enumerate(found)]))
    assert stats.moved
    assert (stats.ratio_mean, stats.clipped) == (pytest.approx(1.0, abs=1e-4), 0.0)


def test_finished_rounds_come_back_after_a_resume(played: Any) -> None:
    run, _, course, _, play = played
    found, groups = play.conjecture(1, 1)
    play.learn(1, 1, found, groups)
    again = curriculum.build(toy.open_run(run.path)[0].rl, toy.theorems(2), 0)
    play._course, play._known = again, []
    play.restore(1)
    assert names(again) == names(course)
    with pytest.raises(RunError, match="this round of self-play is gone"):
        play.restore(2)


def test_rounds_come_every_so_many_steps_and_once_each(played: Any) -> None:
    play = played[-1]
    done, ran = 0, []
    for step in range(1, 8):
        if play.due(step, done):
            done += 1
            ran.append(step)
    assert ran == [1, 3, 5, 7]
    assert not play.due(3, 2)
