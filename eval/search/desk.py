"""The only door to Lean and to the prover: what passes it is reserved first, and booked after.

A proof that was judged for this statement already is answered from memory and costs nothing; so does every policy's.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator

from eval.search.budget import Amount, Budget, OutOfBudget
from physprover.errors import HeaderError
from physprover.lean.protocol import Check, Pool, Problem
from physprover.models.sampler import Sampler, SamplingParams
from physprover.records import Attempt, Outcome, Record, Theorem, Verdict

_LEAST_SECONDS = 0.1  # a shorter deadline could not answer anything
_NO_NAME = re.compile(r"<\|\w+\|>")  # a handle of the tiny prompt that stands for nothing in this problem


class Limits(Record):
    """Bounds of one call to the prover or to Lean."""

    max_prompt_tokens: int
    max_new_tokens: int
    check_seconds: float = 8.0  # deadline of the worker, and of the judge, in one check
    temperature: float = 1.0
    seed: int = 0


class Tried(Record):
    """One text that Lean has judged in this search."""

    arm: str
    proof: str
    outcome: Outcome
    messages: tuple[str, ...] = ()


class Desk:
    """One statement's search: its problem, its budget, what was tried."""

    def __init__(
        self,
        theorem: Theorem,
        problem: Problem,
        budget: Budget,
        pool: Pool,
        sampler: Sampler | None,
        limits: Limits,
        watch: Callable[[Tried], None] = lambda _: None,
    ) -> None:
        self.theorem, self.problem, self.budget = theorem, problem, budget
        self.tried: dict[str, Tried] = {}  # proof -> what Lean said
        self.proof: str | None = None  # the first that Lean accepted
        self.unjudged = 0
        self.drawn: Counter[str] = Counter()  # samples by what came of them: "checked", or why they were not
        self.arm = ""  # whose turn it is; set by the search
        self._pool, self._sampler, self._limits, self._watch = pool, sampler, limits, watch
        self._calls = 0

    @property
    def can_sample(self) -> bool:
        """Whether a prover is there, the statement fits its context, and one sample is affordable."""
        return not self.obstacle()

    def obstacle(self) -> str:
        """Why the prover cannot be asked about the statement with the tokens that are left; "" where it can."""
        if self._sampler is None:
            return "there is no prover"
        prompt, new = self._sampler.prompt_tokens(self.theorem), self._limits.max_new_tokens
        left = self.budget.left.tokens
        if prompt > self._limits.max_prompt_tokens:
            return f"its prompt has {prompt:,} tokens, model.max_prompt_tokens is {self._limits.max_prompt_tokens:,}"
        if prompt + new > left:
            return f"its prompt of {prompt:,} tokens and an answer of up to {new:,} are more than the {left:,} left"
        return ""

    @property
    def exhausted(self) -> bool:
        """Whether no further check is affordable."""
        return not self.budget.left.checks or self.budget.left.seconds / 2 < _LEAST_SECONDS

    def check(self, proof: str, messages: int = 0) -> Tried | None:
        """Lean's answer; None when it could not be judged, which costs its allowance and is no evidence.

        Raises `OutOfBudget` before asking, `HeaderError` when the problem itself does not elaborate.
        """
        if proof in self.tried:
            return self.tried[proof]
        if self.exhausted:
            raise OutOfBudget("no check is left, or no time for it")
        deadline = min(self._limits.check_seconds, self.budget.left.seconds / 2)
        allowance = Amount(checks=1, seconds=2 * deadline)  # the judge has a deadline of its own
        self.budget.reserve(allowance)
        question = Check(id="", problem=self.problem, proof=proof, seconds=deadline, messages=messages)
        ((_, verdict),) = self._pool.check_many([question])
        self.budget.settle(self.arm, "check", Amount(checks=1, seconds=_charge(verdict, deadline)))
        if verdict.outcome is Outcome.INFRASTRUCTURE:
            if verdict.check == "header":
                raise HeaderError(f"`{self.theorem.name}`: {next(iter(verdict.messages), 'no message')}")
            self.unjudged += 1
            return None
        tried = Tried(arm=self.arm, proof=proof, outcome=verdict.outcome, messages=verdict.messages)
        self.tried[proof] = tried
        self._watch(tried)
        if verdict.outcome is Outcome.PROVED and self.proof is None:
            self.proof = proof
        return tried

    def sample(self, theorem: Theorem, count: int) -> list[Attempt]:
        """Up to `count` attempts at `theorem` (this one, or one put differently), fewer when tokens are short, none where
        its prompt does not fit the prover's context.

        Raises `OutOfBudget` when not even one is affordable.
        """
        assert self._sampler is not None, "`can_sample` was not asked"
        prompt, new = self._sampler.prompt_tokens(theorem), self._limits.max_new_tokens
        if prompt > self._limits.max_prompt_tokens:
            return []
        affordable = min(count, (self.budget.left.tokens - prompt) // new)
        if affordable < 1:
            raise OutOfBudget("no tokens for a sample are left")
        self.budget.reserve(Amount(tokens=prompt + affordable * new))
        params = SamplingParams(
            max_new_tokens=new, seed=self._next_seed(), temperature=self._limits.temperature
        )
        attempts = list(self._sampler.sample([theorem], affordable, params))
        # The prompt is read once for all of them.
        read = max((len(a.prompt_ids) for a in attempts), default=0)
        wrote = sum(max(1, len(a.token_ids)) for a in attempts)
        self.budget.settle(self.arm, "sample", Amount(tokens=read + wrote))
        return attempts

    def _next_seed(self) -> int:
        """Each call draws anew; the same call of another policy draws the same."""
        self._calls += 1
        text = f"{self._limits.seed}/{self.theorem.name}/{self._calls}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1


def writable(proof: str) -> bool:
    """Whether a text is worth a check: not empty, and every name it uses is a name."""
    return bool(proof.strip()) and not _NO_NAME.search(proof)


def _charge(verdict: Verdict, deadline: float) -> float:
    """Lean's seconds; where the engine was stopped, or cannot say, all it was allowed."""
    if verdict.outcome in (Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED, Outcome.INFRASTRUCTURE):
        return (
            2 * deadline
            if verdict.tier == "judged" or verdict.outcome is Outcome.INFRASTRUCTURE
            else deadline
        )
    return min(verdict.seconds, 2 * deadline)  # the engine looks at its clock five times a second


# -- Tidy a proof that Lean has accepted: what can be left out is left out, and only what Lean accepts again is kept. --

_CHECKS = 10
_ALTERNATIVE = re.compile(r"^ +\| \(")


def finalize(desk: Desk) -> str | None:
    """The shortest form of the proof found that Lean accepts, within what is left of the budget; None when there is no proof."""
    best = desk.proof
    if best is None:
        return None
    desk.arm = "finalize"
    for _ in range(_CHECKS):
        shorter = next((p for p in _shorter(best) if p not in desk.tried), None)
        if shorter is None:
            break
        desk.proof = None  # set again by Lean's acceptance alone
        try:
            desk.check(shorter)
        except OutOfBudget:
            break
        best = desk.proof or best
    desk.proof = best
    return best


def _shorter(proof: str) -> Iterator[str]:
    """Half of the alternatives of a `first`, what the last of them is; one line instead of two; one line fewer."""
    lines = proof.splitlines()
    arms = [line for line in lines if _ALTERNATIVE.match(line)]
    if len(arms) > 1:
        for half in (arms[: len(arms) // 2], arms[len(arms) // 2 :]):
            yield "\n".join(line for line in lines if line not in arms or line in half)
        return
    if arms and lines[:2] == ["by", "  first"]:
        yield "\n".join(("by", *(f"  {tactic}" for tactic in _ALTERNATIVE.sub("", arms[0])[:-1].split("; "))))
        return
    if len(lines) == 2 and lines[0] == "by":
        yield f"by {lines[1].strip()}"
        return
    for at in range(len(lines) - 1, 0, -1):
        yield "\n".join((*lines[:at], *lines[at + 1 :]))
