"""What every Lean engine answers, whatever runs behind it.

The statement is never taken from the submission: a `Problem` is trusted text (header and statement), a submission is a
proof body. An engine elaborates the header once and keeps it, elaborates the statement itself, and only then looks at
the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from physprover.lean.text.commands import MODIFIERS
from physprover.lean.text.headers import normalised, plain
from physprover.lean.text.problems import Posed
from physprover.lean.text.statements import masked_or_plain
from physprover.prompts.extract import Answer, read_answer
from physprover.records import Outcome, Record, Theorem, Verdict


class Problem(Record):
    """Trusted text: what is to be proved."""

    header: str  # Lean commands elaborated before the statement; its open scopes stay open
    statement: str  # "theorem name binders : type", up to, not including, `:=`
    trusted_header: bool = True  # False: what the proof rests on in the header is judged like the proof
    lemmas_proved: bool = False  # theorems that the header states with `sorry` are proved elsewhere: no holes
    # Of a proof that rests on a hole in a trusted header, see `settled`
    holes: Literal["named", "refused"] = "named"

    @classmethod
    def of(cls, theorem: Theorem) -> Problem:
        """The problem of a data set's or benchmark's theorem: neither reward nor score may rest on a hole."""
        return cls(
            header=theorem.header,
            statement=theorem.statement,
            lemmas_proved=theorem.lemmas_proved,
            holes="refused",
        )

    def settled(self, verdict: Verdict) -> Verdict:
        """An engine's verdict, or `infrastructure` where it proves from a hole that this problem's header must not have."""
        if self.holes == "named" or verdict.outcome is not Outcome.PROVED or not verdict.rests_on_hole:
            return verdict
        return verdict.replace(outcome=Outcome.INFRASTRUCTURE, check="header")

    def plain(self) -> Problem:
        """The problem as an engine elaborates it: plain line ends, imports first, no module system."""
        return self.replace(header=plain(self.header), statement=normalised(self.statement))


class Check(Record):
    """One question to a pool of engines. `id` comes back with the verdict."""

    id: str
    problem: Problem
    proof: str  # the text after `:=`, e.g. "by omega"
    seconds: float = 20.0  # deadline in CPU seconds of the worker (project engine: wall clock)
    fresh: bool = False  # ask Lean even where the answer is known (canaries)
    messages: int = 4  # Lean messages to report at most; formatting one can cost more than the check itself


class Engine(Protocol):
    """One Lean process; a pool owns several."""

    in_flight: int
    """Checks that may be under way at a time, each in a thread of its own."""

    @property
    def name(self) -> str:
        """Engine and Lean version, e.g. "embedded 4.28.0-pre"."""
        ...

    def check(self, problem: Problem, proof: str, seconds: float = 20.0, messages: int = 4) -> Verdict:
        """Judge one proof body. Never raises for anything a submission can do.

        Raises `HeaderError` when the problem's own header or statement does not elaborate.
        """
        ...

    def elaborate(self, header: str) -> tuple[str, ...]:
        """Elaborate trusted text; returns Lean's messages, errors prefixed by "error"."""
        ...

    def close(self) -> None:
        """End the process."""
        ...


class Pool(Protocol):
    """Several engines answering in parallel. Results stream back as they finish, in any order, each exactly once."""

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """A problem whose header does not elaborate yields `infrastructure` with the reason."""
        ...

    def close(self) -> None: ...


# -- What a caller was given to judge. --

_LISTED = 8  # declarations that a message names


@dataclass(frozen=True)
class Submission:
    """A proof of a problem, and what a rejection of it should say besides Lean's own words."""

    proof: str
    given: str = ""  # the strict field as it came; "" where the proof was looked for in an answer
    answer: Answer | None = None

    @classmethod
    def of(cls, posed: Posed, proof: str, answer: str | None = None) -> Submission:
        """An `answer` is read for its proof; so is a `proof` that begins with a code fence, which no Lean text does."""
        if answer is None and not proof.lstrip().startswith("```"):
            return cls(posed.body(proof), proof)
        found = read_answer(proof if answer is None else answer, posed.statement, posed.header)
        return cls(found.proof, "", found)

    def told(self, verdict: Verdict) -> Verdict:
        """The verdict; a rejection says first what a reader could not guess from Lean's message."""
        if verdict.outcome is not Outcome.REJECTED:
            return verdict
        if self.answer is not None and not self.proof:
            return verdict.replace(messages=("no Lean block of the answer states and proves this theorem",))
        why = _misplaced(self.given)
        if self.answer is not None and self.answer.left:
            left = self.answer.left
            more = f" and {len(left) - _LISTED} more" if len(left) > _LISTED else ""
            why = f"not carried into the proof: {', '.join(left[:_LISTED])}{more}"
        return verdict.replace(messages=(why, *verdict.messages)) if why else verdict


_FENCE_IN_PROOF = re.compile(r"^[ \t]*```", re.MULTILINE)
_COMMAND_FIRST = re.compile(
    rf"\s*(?:@\[|#|(?:import|open|set_option|namespace|section|variable|universe|theorem|lemma|example|def|abbrev|instance"
    rf"|structure|inductive|class|macro|notation|{MODIFIERS})(?![\w'.!?]))"
)
_STATES = re.compile(r"(?<![\w'.])(?:theorem|lemma|example)(?![\w'.!?])")


def _misplaced(proof: str) -> str:
    """What is wrong with a text that is no proof body, "" where it may be one."""
    if not proof.strip():
        return ""
    masked = masked_or_plain(proof).masked
    if _FENCE_IN_PROOF.search(masked):
        return "the proof holds a fenced block: send the whole text as `answer`"
    if _COMMAND_FIRST.match(masked) and _STATES.search(masked):
        return "the proof states a theorem: send the whole text as `answer`, or only what follows `:=`"
    return ""
