"""The whole search with a scripted Lean: bookkeeping, stopping, resuming. `test_search_lean.py` has the real one."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.search.budget import Amount
from eval.search.desk import Limits
from eval.search.policies import POLICIES, get_policy
from eval.search.search import Tools, search
from eval.search.study import RememberingSampler, run_policy, study, summary
from physprover.app.commands.prove import failure
from physprover.errors import ConfigError, DataError, HeaderError, RunError
from physprover.lean.protocol import Check
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.records import Attempt, Outcome, Theorem, Verdict
from tests.scripted import ScriptedPool, ScriptedSampler

HEADER = "def f : Nat → Nat\n  | 0 => 0\n  | n + 1 => f n + 1\ntheorem f_zero : f 0 = 0 := sorry\n"
THEOREMS = [
    Theorem(
        name=f"t{i}",
        header=HEADER,
        statement=f"theorem t{i} (n : Nat) : f n + {i} = n + {i}",
        premises=("f",),
    )
    for i in range(8)
]
TOTAL = Amount(tokens=600, checks=9, seconds=9.0)
LIMITS = Limits(max_prompt_tokens=40, max_new_tokens=20, check_seconds=2.0)


class Oracle(ScriptedPool):
    """Accepts a text that holds its word; the rest is answered as told."""

    def __init__(self, word: str, otherwise: Outcome = Outcome.REJECTED, seconds: float = 0.5) -> None:
        super().__init__(lambda check: Outcome.PROVED if word in check.proof else otherwise)
        self.seconds = seconds

    def verdict(self, check: Check) -> Verdict:
        messages = ("error: 3:2: `simp` made no progress",)
        return Verdict(outcome=self.answer(check), messages=messages, seconds=self.seconds)


class Writer(ScriptedSampler):
    """Never ends: each attempt is as long as it may be, and differs from the others."""

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        for theorem in theorems:
            for i in range(n):
                yield Attempt(
                    theorem=theorem.name,
                    proof=f"by\n  simp\n  written {params.seed} {i}",
                    prompt_ids=(1,) * 30,
                    token_ids=(2,) * params.max_new_tokens,
                    logprobs=(0.0,) * params.max_new_tokens,
                    sampler=self.info,
                    truncated=True,
                )

    def prompt_tokens(self, theorem: Theorem) -> int:
        return 30


def tools(pool: Oracle, seed: int = 0) -> Tools:
    return Tools(pool, Writer(), LIMITS.replace(seed=seed))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("otherwise", [Outcome.REJECTED, Outcome.TIMEOUT, Outcome.INFRASTRUCTURE])
def test_every_policy_ends_within_its_budget(policy: str, otherwise: Outcome) -> None:
    oracle = Oracle("never", otherwise)
    result = search(THEOREMS[0], get_policy(policy), TOTAL, tools(oracle))
    assert not result.solved
    assert result.spent.fits(TOTAL)
    assert result.spent.checks == len(oracle.asked)
    assert all(2 * check.seconds <= TOTAL.seconds for check in oracle.asked)
    assert result.unjudged == (len(oracle.asked) if otherwise is Outcome.INFRASTRUCTURE else 0)


@given(
    tokens=st.integers(0, 400),
    checks=st.integers(1, 12),
    seconds=st.floats(0.05, 6),
    cost=st.floats(0, 9),
    policy=st.sampled_from(sorted(POLICIES)),
)
@settings(max_examples=40)
def test_no_budget_is_ever_exceeded(
    tokens: int, checks: int, seconds: float, cost: float, policy: str
) -> None:
    total = Amount(tokens=tokens, checks=checks, seconds=seconds)
    result = search(THEOREMS[0], get_policy(policy), total, tools(Oracle("never", seconds=cost)))
    assert result.spent.share_of(total) <= 1 + 1e-9


def test_what_worked_is_tried_first_on_the_next_statement() -> None:
    shared = tools(Oracle("ac_rfl"))
    total = TOTAL.replace(checks=40, seconds=40.0)
    first, *_, last = (search(t, get_policy("value"), total, shared) for t in THEOREMS)
    assert first.solved
    assert last.solved
    assert last.spent.checks == 1 < first.spent.checks
    assert len({step.arm for step in last.steps}) == 1


def test_direct_samples_and_nothing_else() -> None:
    oracle = Oracle("never")
    result = search(THEOREMS[0], get_policy("direct"), TOTAL, tools(oracle))
    assert {step.arm for step in result.steps} == {"direct"}
    assert all("written" in check.proof for check in oracle.asked)
    assert result.spent.tokens > 0


def test_the_prompt_itself_is_reserved_not_the_longest_possible_one() -> None:
    limits = LIMITS.replace(max_prompt_tokens=5000)
    budget = TOTAL.replace(tokens=30 + 20)  # one answer
    result = search(THEOREMS[0], get_policy("direct"), budget, Tools(Oracle("never"), Writer(), limits))
    assert result.drawn == {"checked": 1}
    assert result.spent.tokens == 50
    assert "more than the 0 left" in failure(result)

    result = search(
        THEOREMS[0], get_policy("direct"), budget.replace(tokens=49), Tools(Oracle("x"), Writer(), limits)
    )
    assert result.spent.tokens == 0
    assert "30 tokens and an answer of up to 20 are more than the 49 left" in failure(result)


def test_unusable_samples_are_counted_by_what_is_wrong_with_them() -> None:
    class Prose(Writer):
        def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
            proofs = ("", "by\n  simp [<|d7|>]", "by\n  simp", "by\n  simp")
            attempts = super().sample(theorems, n, params)
            for attempt, proof in zip(attempts, proofs, strict=False):
                yield attempt.replace(proof=proof, truncated=False)

    budget = TOTAL.replace(tokens=30 + 4 * 20)
    result = search(THEOREMS[0], get_policy("direct"), budget, Tools(Oracle("never"), Prose(), LIMITS))
    assert result.drawn == {
        "without a proof": 1,
        "with names that stand for nothing": 1,
        "checked": 1,
        "repeated": 1,
    }
    assert "of 4 samples 1 without a proof, 1 with names that stand for nothing, 1 repeated" in failure(
        result
    )


def test_holes_are_closed_one_by_one() -> None:
    """The scripted Lean finds fault with one branch only; the other keeps what closed it."""

    class Branches(Oracle):
        def verdict(self, check: Check) -> Verdict:
            lines = check.proof.splitlines()
            if "induction" in check.proof and lines[-1].strip() == "decide":
                return Verdict(outcome=Outcome.PROVED)
            place = f"error: {len(lines)}:4: `simp` failed"
            return Verdict(outcome=Outcome.REJECTED, messages=(place,))

    oracle = Branches("")
    policy = get_policy("value without script")
    result = search(THEOREMS[0], policy, TOTAL.replace(checks=60, seconds=60.0), tools(oracle))
    assert result.proof is not None
    zero, succ = result.proof.splitlines()[3], result.proof.splitlines()[-1]
    assert succ.strip() == "decide"
    assert zero.strip() != "decide"  # closed by whatever was tried first


def test_a_statement_that_does_not_elaborate_is_named() -> None:
    class Broken(Oracle):
        def verdict(self, check: Check) -> Verdict:
            return Verdict(outcome=Outcome.INFRASTRUCTURE, messages=("unknown f",), check="header")

    with pytest.raises(HeaderError, match="`t0`: unknown f"):
        search(THEOREMS[0], get_policy("value"), TOTAL, tools(Broken("")))


def test_bad_requests() -> None:
    with pytest.raises(ConfigError, match="no search policy is called `luck`"):
        get_policy("luck")
    with pytest.raises(ConfigError, match="allows no check"):
        search(THEOREMS[0], get_policy("value"), Amount(tokens=5), tools(Oracle("")))


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    policy, out = get_policy("value"), tmp_path / "value.jsonl"
    whole, _ = run_policy(THEOREMS, policy, TOTAL, tools(Oracle("omega")), tmp_path / "whole.jsonl", Silent())

    class Killed(Oracle):
        def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
            if len(self.asked) > 7:
                raise KeyboardInterrupt
            return super().check_many(checks)

    with pytest.raises(KeyboardInterrupt):
        run_policy(THEOREMS, policy, TOTAL, tools(Killed("omega")), out, Silent())
    with out.open("a") as file:
        file.write('{"theorem": "half a li')
    again, _ = run_policy(THEOREMS, policy, TOTAL, tools(Oracle("omega")), out, Silent())
    assert again == whole
    assert summary(again).solved == summary(whole).solved


def test_files_of_another_search_and_empty_sets_are_refused(tmp_path: Path) -> None:
    run_policy(THEOREMS[:1], get_policy("direct"), TOTAL, tools(Oracle("")), tmp_path / "a.jsonl", Silent())
    with pytest.raises(RunError, match="holds searches by `direct`"):
        run_policy(THEOREMS, get_policy("value"), TOTAL, tools(Oracle("")), tmp_path / "a.jsonl", Silent())
    with pytest.raises(DataError, match="no runnable problem"):
        run_policy([], get_policy("value"), TOTAL, tools(Oracle("")), tmp_path / "b.jsonl", Silent())
    with pytest.raises(DataError, match="two problems are named `t0`"):
        run_policy(
            THEOREMS[:1] * 2, get_policy("value"), TOTAL, tools(Oracle("")), tmp_path / "b.jsonl", Silent()
        )


def test_a_study_compares_all_under_equal_budgets(tmp_path: Path) -> None:
    policies = [get_policy(name) for name in ("value", "direct", "round robin", "order: scripts first")]
    totals = [TOTAL.replace(checks=n) for n in (2, 9)]
    result = study(THEOREMS, policies, totals, (0, 1), tools(Oracle("grind [f]")), tmp_path, Silent())
    cells = {(c.policy, c.total.checks): c.estimate.value for c in result.cells}
    assert cells["direct", 9] == 0
    assert cells["value", 9] > 0.5
    assert result.highest_share_spent <= 1
    assert {(d.against, d.total.checks) for d in result.differences} == {
        (p.name, n) for p in policies[1:] for n in (2, 9)
    }
    against = next(d for d in result.differences if d.against == "direct" and d.total.checks == 9)
    assert against.ratio is None
    assert against.beyond_noise
    spent = {c.policy: c.checks for c in result.cells if c.total.checks == 9}
    assert against.checks is not None
    ratio, low, high = against.checks
    assert ratio == pytest.approx(spent["value"] / spent["direct"])
    assert low <= ratio <= high
    assert cells["order: scripts first", 9] > 0.5
    assert "| value |" in (tmp_path / "study.md").read_text()
    assert study(THEOREMS, policies, totals, (0, 1), tools(Oracle("")), tmp_path, Silent()) == result


def test_samples_are_asked_for_once() -> None:
    sampler = RememberingSampler(Writer())
    params = SamplingParams(seed=3, max_new_tokens=4)
    assert list(sampler.sample(THEOREMS[:1], 2, params)) == list(sampler.sample(THEOREMS[:1], 2, params))
