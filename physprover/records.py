"""The nouns of the project: frozen, typed, one JSON object each.

A `Theorem` is what is to be proved, an `Attempt` is what a model wrote, a `Verdict` is what Lean said of it.
Everything written to disk is one of these; `model_dump_json()` / `model_validate_json()` round-trip exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from physprover.errors import DataError, naming


class Record(BaseModel):
    """Base of every record: immutable, closed against unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replace(self, **changes: object) -> Self:
        """A copy with some fields changed (validated again)."""
        return type(self).model_validate({**self.model_dump(), **changes})


class Source(Record):
    """Where a theorem was read."""

    file: str = ""  # relative to the library's root
    line: int = 0  # 1-based line of the `theorem` keyword; 0 = not from a file
    revision: str = ""  # commit or content hash of the library


class Theorem(Record):
    """One problem. `header` + `statement` + " := " + proof is the Lean text that is judged."""

    name: str  # unique id inside a data set, namespace-qualified for library theorems
    statement: str  # "theorem foo (x : Int) : x = x": up to, not including, `:=`
    header: str = ""  # everything elaborated before it: definitions, earlier lemmas, open namespaces
    domain: str = ""
    source: Source = Source()
    split: Literal["", "train", "validation", "test"] = ""
    proof: str | None = None  # reference proof: the text after `:=`, see text.statements.compose
    informal: str | None = None
    engine: Literal["core", "project"] = "core"
    # Names of header definitions the statement depends on, transitively, in order
    premises: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()  # names of header theorems about those definitions
    # Header theorems stated with `sorry` have judged proofs of their own in the data set
    lemmas_proved: bool = False
    origin: Literal["seed", "conjecture"] = "seed"
    parents: tuple[str, ...] = ()  # names of the theorems a conjecture was made from
    rule: str = ""  # the generator's rule that made a conjecture
    # Single tactics of the portfolio that close it; None = not measured
    closed_by: tuple[str, ...] | None = None
    # Values at which Lean found the hypotheses true, "" where there are none; None = not measured
    satisfied_by: str | None = None
    level: int | None = None  # 0 (one bare tactic) to 4, see data_gen/candidates.py; None = not measured

    @property
    def place(self) -> tuple[str, int, str]:
        """To sort by before Lean is asked: theorems of one header are neighbours, and engines keep the last headers."""
        return self.source.file, len(self.header), self.name


class SamplerInfo(Record):
    """Who wrote an attempt."""

    name: str  # e.g. "hf", "vllm", "portfolio"
    model: str = ""
    weights_version: int = 0  # optimizer step of the weights that sampled


class Attempt(Record):
    """One sampled proof. `proof` is what goes after `:=`, behind commands of its own if it has any; token data are empty for attempts no model wrote."""

    theorem: str  # Theorem.name
    proof: str
    prompt_format: str = ""
    completion: str = ""
    prompt_ids: tuple[int, ...] = ()
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()  # behaviour log-probabilities, nats, one per token id
    sampler: SamplerInfo = SamplerInfo(name="")
    seed: int = 0
    truncated: bool = False  # the length limit ended it, not the end token


class Outcome(StrEnum):
    """What became of an attempt. Only `PROVED` earns 1; `INFRASTRUCTURE` is no evidence either way."""

    PROVED = "proved"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    CHEATED = "cheated"
    INFRASTRUCTURE = "infrastructure"


STANDARD_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
# Not axioms, but named beside them: a `sorry` in the header, and a declaration of the header that the kernel refuses.
HOLES = ("sorryAx", "unchecked declaration")
CLOCK = "clock"  # `Verdict.check` of a time-out that came with CPU seconds left


class Verdict(Record):
    """Lean's answer to one attempt. In `physprover.client.Verdict`, which imports nothing of this, `outcome` is a plain str."""

    outcome: Outcome
    messages: tuple[str, ...] = ()  # Lean's own messages, or the check that refused it
    # Axioms that the proof rests on, its header's and HOLES among them; library theorems not counted
    axioms: tuple[str, ...] = ()
    seconds: float = 0.0  # CPU time of elaboration and checks (project engine: wall clock)
    engine: str = ""  # name and version
    tier: Literal["screened", "judged"] = "screened"
    check: str = ""  # name of the check that refused a cheating attempt; CLOCK

    @property
    def header_axioms(self) -> list[str]:
        """What it rests on besides Lean's own three axioms and holes."""
        return sorted(set(self.axioms) - STANDARD_AXIOMS - set(HOLES))

    @property
    def rests_on_hole(self) -> bool:
        """Whether the proof uses a part of its header that nobody proved."""
        return any(hole in self.axioms for hole in HOLES)

    @property
    def by_clock(self) -> bool:
        """Ended while it waited: the machine was busy, or the submission sleeps. It earns nothing, and is not remembered."""
        return self.outcome is Outcome.TIMEOUT and self.check == CLOCK

    @property
    def disagreement(self) -> bool:
        """Lean's kernel accepted what the second kernel refuses: one of them is wrong."""
        return self.outcome is Outcome.CHEATED and self.check == "second kernel"

    @property
    def reward(self) -> float | None:
        """1.0 for a proof, 0.0 for a failure, None when it was not judged."""
        if self.outcome is Outcome.INFRASTRUCTURE:
            return None
        return 1.0 if self.outcome is Outcome.PROVED else 0.0


class JudgedAttempt(Record):
    """An attempt with its verdict: one line of `attempts.jsonl`."""

    attempt: Attempt
    verdict: Verdict
    step: int = 0
    shaping: float = 0.0  # what training added to the verdict's reward (rl/insight_reward.py)


R = TypeVar("R", bound=Record)


def write_jsonl(path: Path, records: Iterable[Record]) -> int:
    """Write records, one JSON object a line; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for record in records:
            out.write(record.model_dump_json() + "\n")
            count += 1
    return count


def read_jsonl(path: Path, kind: type[R]) -> Iterator[R]:
    """Read records of one kind; a malformed line raises `DataError` with file and line number."""
    try:
        with naming(path), path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):  # noqa: B007 - named in the error below
                if line.strip():
                    yield kind.model_validate_json(line)
    except ValidationError as error:
        where, what = first_problem(error)
        raise DataError(f"{path}:{number}: {where or 'line'}: {what}") from None


def read_record(path: Path, kind: type[R], what: str) -> R:
    """The record that a file holds alone; `DataError` with the file's name where there is none, or it is not `what`."""
    with naming(path):
        try:
            return kind.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            where, fault = first_problem(error)
            raise DataError(f"not {what}: {where or 'file'}: {fault}") from None


def first_problem(error: ValidationError) -> tuple[str, str]:
    """Where the first fault of a refused record is ("" for the whole of it), and what it is."""
    first = error.errors()[0]
    return ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
