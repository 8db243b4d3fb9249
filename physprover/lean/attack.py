"""The attack corpus: submissions that try to be paid without a proof, run for real against screen and judge.

An attack is a TOML file. It counts as refused only when the check it names refused it, for the reason it names, and the
engine still judges rightly afterwards: a false statement is refused, an honest proof accepted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from physprover.errors import DataError
from physprover.lean.embedded.engine import may_spoil
from physprover.lean.protocol import Engine, Problem
from physprover.records import Outcome, Record, Verdict

CORPUS = Path(__file__).parent / "attacks"  # the corpus that every installation carries
CLASSES = {
    "C": "fake completeness",
    "T": "changed statement",
    "A": "axioms and trust",
    "K": "round the kernel",
    "S": "forged messages",
    "H": "machine and judge",
    "R": "resources",
}

# What can refuse an attack, and the outcome it gives.
CHECKS = {
    "text": Outcome.REJECTED,
    "elaboration": Outcome.REJECTED,
    "sandbox": Outcome.REJECTED,  # the system refused, Lean reported it as an error
    "statement binding": Outcome.CHEATED,
    "axiom audit": Outcome.CHEATED,
    "export": Outcome.CHEATED,  # a constant that cannot be written down
    "inductive form": Outcome.CHEATED,  # a type outside the class that the judge admits
    "kernel replay": Outcome.CHEATED,
    "deadline": Outcome.TIMEOUT,
    "memory limit": Outcome.OUT_OF_MEMORY,
    "process end": Outcome.CRASHED,
}


class Attack(Record):
    """One cheating submission and how it must end."""

    id: str  # "K01": the class letter and a number
    title: str
    statement: str = "theorem target : 1 + 1 = 3"
    header: str = ""
    trusted_header: bool = True  # False: the header is the submission's, too
    proof: str
    pad: str = ""  # what `@PAD@` in the proof stands for, `times` over
    times: int = 1
    checks: tuple[str, ...]  # names of CHECKS; more than one where the machine's speed decides
    reason: str = ""  # regular expression that Lean's or the check's message must match
    tier: Literal["screened", "judged"] = "screened"  # who must refuse it
    seconds: float = 60.0

    @property
    def text(self) -> str:
        """The submission."""
        return self.proof.replace("@PAD@", self.pad * self.times)

    @property
    def problem(self) -> Problem:
        return Problem(header=self.header, statement=self.statement, trusted_header=self.trusted_header)


class Result(Record):
    """What became of an attack."""

    attack: Attack
    verdict: Verdict
    naive: bool | None  # accepted by "no error and no sorry"; None: the process did not live to say
    sound: bool  # afterwards the engine still tells a proof from a lie

    @property
    def check(self) -> str:
        """The name of the check that refused it."""
        if self.verdict.check and not self.verdict.by_clock:
            return self.verdict.check
        unnamed = [c for c, outcome in CHECKS.items() if outcome is self.verdict.outcome and c != "text"]
        return next((c for c in unnamed if c in self.attack.checks), unnamed[0] if unnamed else "")

    @property
    def failure(self) -> str:
        """Why the defence failed; empty when the attack was refused as it must be."""
        attack, verdict = self.attack, self.verdict
        if verdict.outcome is Outcome.PROVED:
            return "ACCEPTED"
        if self.check not in attack.checks:
            return (
                f"{verdict.outcome.value} by {self.check or 'nothing'}, not by {' or '.join(attack.checks)}"
            )
        if not re.search(attack.reason, "\n".join(verdict.messages)):
            return f"refused for another reason than /{attack.reason}/"
        if verdict.tier != attack.tier:
            return f"refused when {verdict.tier}, not when {attack.tier}"
        return "" if self.sound else "the engine judges wrongly afterwards"


def load_attacks(folder: Path = CORPUS) -> list[Attack]:
    """Every attack of a folder, by id. Raises `DataError` naming the file that is not one."""
    attacks = []
    for file in sorted(folder.glob("*.toml")):
        try:
            attack = Attack(id=file.stem.partition("_")[0], **tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
            raise DataError(f"{file}: not an attack: {error}") from None
        if attack.id[0] not in CLASSES or not attack.checks or not set(attack.checks) <= set(CHECKS):
            raise DataError(f"{file}: unknown class or check")
        attacks.append(attack)
    if not attacks:
        raise DataError(f"{folder}: holds no attacks")
    return attacks


def run_attacks(engine: Engine, attacks: Iterable[Attack]) -> Iterator[Result]:
    """Attack one engine, one submission after the other, as a model would."""
    for attack in attacks:
        verdict = engine.check(attack.problem, attack.text, attack.seconds)
        sound = _is_sound(engine)  # first: the naive check runs the submission once more
        yield Result(attack=attack, verdict=verdict, naive=_naive(engine, attack, verdict), sound=sound)


def _naive(engine: Engine, attack: Attack, verdict: Verdict) -> bool | None:
    """What a checker that reads messages says of the same text: no error and no `sorry`."""
    if verdict.outcome in (Outcome.TIMEOUT, Outcome.CRASHED, Outcome.OUT_OF_MEMORY) or may_spoil(attack.text):
        return None
    messages = engine.elaborate(f"{attack.header}\n{attack.statement} := {attack.text}\n")
    return not any(m.startswith("error") or "sorry" in m for m in messages)


def _is_sound(engine: Engine) -> bool:
    lie = engine.check(Problem(header="", statement="theorem canary (n : Nat) : n < 5"), "by omega")
    truth = engine.check(
        Problem(header="", statement="theorem canary (a b : Nat) (h : a < b) : ¬ b ≤ a"), "by omega"
    )
    return (lie.outcome, truth.outcome) == (Outcome.REJECTED, Outcome.PROVED)
