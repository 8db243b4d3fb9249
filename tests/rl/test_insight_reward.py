"""The insight reward: bounded, checked by the real Lean, and never worth a proof."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.config import InsightRewardConfig
from physprover.config_file import parse_config
from physprover.errors import ConfigError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Problem
from physprover.prompts import get_prompt
from physprover.records import Attempt, JudgedAttempt, Outcome, Theorem, Verdict
from rl import curriculum
from rl.groups import Group, samples
from rl.insight_reward import Claims, InsightReward, claims_of, shaping
from rl.metrics import step_metrics
from rl.rollout import Rollouts
from rl.trainer.grpo import UpdateStats
from rl.validation import conflicts
from tests.one_engine import OneEngine
from tests.scripted import ScriptedSampler

THEOREM = Theorem(
    name="t",
    header="def f (n : Nat) : Nat := n + n\ntheorem f_eq (n : Nat) : f n = 2 * n := by simp only [f]; omega\n",
    statement="theorem t (n : Nat) : f n + f n = 4 * n",
    premises=("f",),
    lemmas=("f_eq",),
)
CONFIG = parse_config(
    {
        "model": {"prompt": "tiny-insight"},
        "sft": {"stages": ["mixed"]},
        "rl": {"insight": {"sketch": 0.1, "technique": 0.2}},
    }
)


def attempt(completion: str, verdict: Verdict) -> JudgedAttempt:
    proof = get_prompt("tiny-insight").extract(completion, THEOREM)
    return JudgedAttempt(
        attempt=Attempt(
            theorem="t", proof=proof, completion=completion, token_ids=(1,), logprobs=(-1.0,), prompt_ids=(0,)
        ),
        verdict=verdict,
    )


GOOD = "use<|l0|>\nrewrite<|sketch|>rw [<|l0|>]\nsorry<|proof|>rw [<|l0|>]\nomega"
EMPTY_WORDS = (
    "· ",
    "skip\n",
    "all_goals ",
    "show _; ",
    "intros\n",
    "exfalso\n",
    "try rw [<|l0|>]\n",
    "have h : True := trivial\n",
)
CASES = [  # completion, proved, what it earns beside the proof
    (GOOD, True, 0.1 + 0.2),
    ("rewrite<|sketch|>sorry<|proof|>rw [<|l0|>]\nomega", True, 0.2),  # a bare hole is no sketch
    ("use<|l0|>\ninduction<|v0|><|sketch|>rw [<|l0|>]\nsorry<|proof|>rw [<|l0|>]\nomega", True, 0.1 + 0.1),
    ("unfold<|d0|><|sketch|>rw [<|l0|>]\nsorry<|proof|>rw [<|l0|>]\nomega", True, 0.1),  # named, not used
    # used in the text, but Lean accepts the proof without it
    (
        "use<|l0|><|sketch|>simp only [<|d0|>,<|l0|>]\nsorry<|proof|>simp only [<|d0|>,<|l0|>]\nomega",
        True,
        0.1,
    ),
    (
        "rewrite<|sketch|>rw [<|l0|>]\nsorry<|proof|>rw [<|l0|>]\nrfl",
        False,
        0.1,
    ),  # a sketch that holds, no proof
    ("rewrite<|sketch|>rw [<|l5|>]\nsorry<|proof|>rw [<|l5|>]\nrfl", False, 0.0),  # a sketch that does not
    (
        "rewrite<|sketch|>rw [<|l0|>]\nsorry<|proof|>omega",
        False,
        0.0,
    ),  # a proof that does not fill its sketch
    ("use<|l0|><|proof|>rw [<|l0|>]\nomega", True, 0.2),  # the sketch may be left out
    ("think hard<|proof|>rw [<|l0|>]\nomega", True, 0.0),  # broken format: the proof still counts
    # sketches that elaborate for any theorem, with proofs that fill them and fail
    *((f"rewrite<|sketch|>{before}sorry<|proof|>{before}rfl", False, 0.0) for before in EMPTY_WORDS),
]


def test_what_is_announced_is_checked(lean: EmbeddedEngine) -> None:
    pool = OneEngine(lean)
    judged = []
    for completion, proved, _ in CASES:
        item = attempt(completion, Verdict(outcome=Outcome.REJECTED))
        verdict = lean.check(Problem.of(THEOREM), item.attempt.proof)
        assert (verdict.reward == 1.0) == proved, (completion, verdict)
        judged.append(item.replace(verdict=verdict))
    lost = attempt(GOOD, Verdict(outcome=Outcome.INFRASTRUCTURE))
    group = Group(theorem="t", judged=(*judged, lost))
    reward = InsightReward(CONFIG, pool)
    (shaped,) = reward.shaped([group], {"t": THEOREM})
    assert [i.shaping for i in shaped.judged] == pytest.approx([*(worth for _, _, worth in CASES), 0.0])
    assert shaped.rewards[-1] is None
    asked = len(pool.asked)
    assert reward.shaped([group], {"t": THEOREM}) == [shaped]
    assert len(pool.asked) == asked  # nothing is asked twice


CLAIMS = st.builds(
    lambda sketch, plain, calls, idle: Claims(
        sketch="x" if sketch else "", announced=plain + calls + idle, plain=plain, calls=(("y",),) * calls
    ),
    st.booleans(), st.integers(0, 4), st.integers(0, 4), st.integers(0, 4),
)  # fmt: skip
TERMS = st.builds(InsightRewardConfig, sketch=st.floats(0, 0.25), technique=st.floats(0, 0.25))


@given(
    TERMS,
    st.lists(st.tuples(st.booleans(), CLAIMS, st.booleans(), st.integers(0, 4)), min_size=2, max_size=8),
    st.sampled_from(["group", "batch", "none"]),
)
@settings(max_examples=120)
def test_no_unproved_attempt_outranks_a_proved_one(terms, rows, scale) -> None:
    worth, judged = [], []
    for proved, claims, holds, needed in rows:
        # An unproved attempt has no techniques to be paid for: `claims_of` follows them up for proofs only.
        kept = claims if proved else Claims(sketch=claims.sketch)
        worth.append(shaping(terms, kept, holds and bool(kept.sketch), min(needed, len(kept.calls))))
        outcome = Outcome.PROVED if proved else Outcome.REJECTED
        judged.append(attempt(GOOD, Verdict(outcome=outcome)).replace(shaping=worth[-1]))
    assert all(0.0 <= w <= 0.5 for w in worth)
    group = Group(theorem="t", judged=tuple(judged))
    proofs = [r for r, (proved, *_) in zip(group.rewards, rows, strict=True) if proved]
    others = [r for r, (proved, *_) in zip(group.rewards, rows, strict=True) if not proved]
    if proofs and others:
        assert min(proofs) >= max(others) + 0.5
        advantages = [s.advantage for s in samples([group], scale)]
        assert min(a for a, row in zip(advantages, rows, strict=True) if row[0]) > max(
            a for a, row in zip(advantages, rows, strict=True) if not row[0]
        )


class Scripted(ScriptedSampler):
    """A sampler that writes what it is told."""

    def sample(self, theorems, n, params) -> Iterator[Attempt]:
        for _ in theorems:
            for i in range(n):
                yield attempt(CASES[5][0] if i else "", Verdict(outcome=Outcome.REJECTED)).attempt


def test_a_rollout_carries_it_and_learns_from_sketches_alone(lean: EmbeddedEngine) -> None:
    tree = {
        "problems_per_step": 1,
        "group_size": 2,
        "max_refills": 0,
        "canary_every": 0,
        "insight": {"sketch": 0.1},
    }
    config = parse_config({"model": {"prompt": "tiny-insight"}, "rl": tree})
    course = curriculum.build(config.rl, [THEOREM], 0)
    rollout = Rollouts(config, [THEOREM], Scripted(), OneEngine(lean), course).collect(1)
    (group,) = rollout.groups
    assert group.rewards == (0.0, pytest.approx(0.1))
    assert [item.shaping for item in rollout.judged] == [0.0, pytest.approx(0.1)]  # what attempts.jsonl keeps
    assert group.informative
    assert [s.advantage > 0 for s in samples([group], "group")] == [False, True]
    metrics = step_metrics(rollout, UpdateStats(), 1.0, 0)
    assert (metrics.reward, metrics.shaping) == (0.0, pytest.approx(0.05))


def test_techniques_of_a_failed_attempt_are_not_followed_up() -> None:
    prompt = get_prompt("tiny-insight")
    answer = prompt.read(GOOD, THEOREM)  # type: ignore[attr-defined]
    assert claims_of(answer, THEOREM, proved=False).announced == 0
    assert claims_of(answer, THEOREM, proved=True).announced == 2


def test_lines_of_a_proof_without_a_sketch_are_no_techniques() -> None:
    answer = get_prompt("tiny-insight").read("rewrite<|proof|>cases n\ninduction n\nomega", THEOREM)  # type: ignore[attr-defined]
    assert claims_of(answer, THEOREM, proved=True).announced == 1


def test_naming_more_does_not_pay() -> None:
    terms = InsightRewardConfig(technique=0.2)
    assert shaping(terms, Claims(announced=2, plain=2), False, 0) == pytest.approx(0.2)
    assert shaping(terms, Claims(announced=20, plain=2), False, 0) == pytest.approx(0.02)


def test_the_bounds_are_the_configuration_s() -> None:
    with pytest.raises(ConfigError, match="sketch"):
        parse_config({"rl": {"insight": {"sketch": 0.3}}})
    with pytest.raises(ConfigError, match="technique"):
        parse_config({"rl": {"insight": {"technique": -0.1}}})


def test_a_format_that_announces_nothing_is_refused() -> None:
    plain = parse_config({"model": {"prompt": "tiny"}, "rl": {"insight": {"sketch": 0.1}}})
    with pytest.raises(ConfigError, match="tiny-insight"):
        InsightReward(plain, OneEngine(None))  # type: ignore[arg-type]


def test_what_cannot_work_is_said_before_anything_starts() -> None:
    assert not list(conflicts(CONFIG))
    for tree in (
        {"rl": {"insight": {"technique": 0.1}}},
        {"model": {"prompt": "stp"}, "sft": {"stages": ["proof"]}},
    ):
        assert any("model.prompt" in text for text in conflicts(parse_config(tree)))


def test_without_shaping_rewards_are_the_verdicts() -> None:
    judged = (
        attempt(GOOD, Verdict(outcome=Outcome.PROVED)),
        attempt(GOOD, Verdict(outcome=Outcome.REJECTED)),
    )
    assert Group(theorem="t", judged=judged).rewards == (1.0, 0.0)
