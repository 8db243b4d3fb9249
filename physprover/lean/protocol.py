"""What every Lean engine answers, whatever runs behind it.

The statement is never taken from the submission: a `Problem` is trusted text (header and statement), a submission is a
proof body. An engine elaborates the header once and keeps it, elaborates the statement itself, and only then looks at
the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from physprover.lean.text.headers import normalised, plain
from physprover.records import Outcome, Record, Theorem, Verdict


class Problem(Record):
    """Trusted text: what is to be proved."""

    header: str  # Lean commands elaborated before the statement; its open scopes stay open
    statement: str  # "theorem name binders : type", up to, not including, `:=`
    trusted_header: bool = True  # False: what the proof rests on in the header is judged like the proof
    imported_lines: int = 0  # first lines of an untrusted header, whose initializers run: the file's imports
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
    proof: str  # the text after `:=`, e.g. "by omega", behind commands of its own if it has any
    seconds: float = 20.0  # deadline in CPU seconds of the worker (project engine: wall clock)
    fresh: bool = False  # ask Lean even where the answer is known (canaries)
    messages: int = 4  # Lean messages to report at most; formatting one can cost more than the check itself
    background: bool = False  # gives way to all others, and leaves them half of the workers


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
