"""Questions to Lean that are asked once: verdicts are appended to a file as they come and reused after a restart."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from data_gen.candidates import marks, probe
from data_gen.library import written_name
from physprover.files import read_journal, unwritten
from physprover.lean.ask import KEPT, Asker, key_of
from physprover.lean.protocol import Check, Pool, Problem
from physprover.lean.text.commands import parse
from physprover.lean.text.names import going_with
from physprover.lean.text.problems import passages, without
from physprover.lean.text.statements import masked_or_plain
from physprover.lean.text.tokens import blanked_at, mask
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.records import Outcome, Record, Theorem, Verdict

# A build keeps time-outs too, for deadlines no longer than their own: a resumed build must repeat the killed one. Those of
# the wall clock alone `Asker` keeps nowhere.
_LASTING = KEPT | {Outcome.TIMEOUT}
_MARK = "closes_"
_END = "portfolio_end"
_HEADER_FAILS = re.compile(r"the header does not elaborate: error: (\d+):")
_LONGEST_COMMENT = 200  # lines, between the place of an error and the keyword of its command
_SURVEY = probe(_END, [[(f"{_MARK}{tactic}", None, (tactic,))] for tactic in PORTFOLIO])


class Answer(Record):
    """One line of the verdict file."""

    key: str  # of the question, see `ask.key_of`
    outcome: Outcome
    message: str = ""
    check: str = ""
    engine: str = ""
    seconds: float = 0.0
    name: str = ""  # the theorem
    proof: str = ""
    deadline: float = 0.0  # CPU seconds the check was given

    @classmethod
    def of(cls, key: bytes, check: Check, verdict: Verdict, name: str) -> Answer:
        """`name` is the theorem's; the check has an id of its own."""
        return cls(
            key=key.hex()[:32],
            outcome=verdict.outcome,
            message=verdict.messages[0][:2000] if verdict.messages else "",
            check=verdict.check,
            engine=verdict.engine,
            seconds=verdict.seconds,
            name=name,
            proof=check.proof,
            deadline=check.seconds,
        )

    @property
    def proved(self) -> bool:
        return self.outcome is Outcome.PROVED

    @property
    def ill_formed(self) -> bool:
        """The header or the statement itself does not elaborate."""
        return self.outcome is Outcome.INFRASTRUCTURE and self.check == "header"


class Journal:
    """`ask.Store` in the journal of a build, one `Answer` a line; `names` are the theorems of the checks under way, by id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = {answer.key: answer for answer in read_journal(path, Answer)}
        self._file: TextIO | None = None
        self.names: dict[str, str] = {}
        self.engine = next((a.engine for a in self._known.values() if a.engine), "")  # who answers

    def get(self, key: bytes, seconds: float) -> Verdict | None:
        known = self._known.get(key.hex()[:32])
        if known is None or (known.outcome is Outcome.TIMEOUT and known.deadline < seconds):
            return None
        messages = (known.message,) if known.message else ()
        return Verdict(
            outcome=known.outcome,
            messages=messages,
            check=known.check,
            engine=known.engine,
            seconds=known.seconds,
        )

    def put(self, key: bytes, check: Check, verdict: Verdict) -> None:
        """Append what a resumed build must not ask again. Raises `RunError` when the disk is full."""
        self.engine = self.engine or verdict.engine
        if verdict.outcome not in _LASTING and verdict.check != "header":
            return
        answer = Answer.of(key, check, verdict, self.names.get(check.id, ""))
        self._known[answer.key] = answer
        try:
            self._file = self._file or self._path.open("a", encoding="utf-8")
            self._file.write(answer.model_dump_json() + "\n")
            self._file.flush()
        except OSError as error:
            raise unwritten(self._path, error) from None

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # it writes what `put` could not, and has told
                self._file.close()


class Judging:
    """Asks a pool, remembering every answer in `path`."""

    def __init__(self, pool: Pool, path: Path, seconds: float) -> None:
        self._journal = Journal(path)
        self._lean = Asker(pool, self._journal)
        self._seconds = seconds

    @property
    def engine(self) -> str:
        """Who answers."""
        return self._journal.engine

    @property
    def asked(self) -> int:
        """Checks that Lean answered in this process."""
        return self._lean.asked

    @property
    def reused(self) -> int:
        """Questions whose answer was known."""
        return self._lean.hits + self._lean.shared

    def ask(
        self,
        questions: Mapping[str, tuple[Theorem, str]],
        tick: Callable[[], None] = lambda: None,
        messages: int = 0,
    ) -> dict[str, Answer]:
        """Judge `id -> (theorem, proof)`; `tick` is called after each answer.

        Answers carry up to `messages` of Lean's messages, and one where a library's own proof fails: writing one out can
        cost more than the check.
        """
        self._journal.names = {name: theorem.name for name, (theorem, _) in questions.items()}
        checks = (
            Check(
                id=name,
                problem=Problem.of(theorem),
                proof=proof,
                seconds=self._seconds,
                messages=max(messages, int(proof == theorem.proof)),
            )
            for name, (theorem, proof) in questions.items()
        )
        answers: dict[str, Answer] = {}
        for check, verdict in self._lean.check_many(checks):
            answers[check.id] = Answer.of(key_of(check), check, verdict, self._journal.names[check.id])
            tick()
        return {name: answers[name] for name in questions}

    def portfolio(
        self, theorems: Iterable[Theorem], tick: Callable[[], None] = lambda: None
    ) -> dict[str, tuple[str, ...]]:
        """Which single tactics close each theorem, by name.

        One check tries them all; where a tactic ends that check early, each is tried alone.
        """
        members = {theorem.name: theorem for theorem in theorems}
        closed: dict[str, tuple[str, ...]] = {}
        alone: dict[str, tuple[Theorem, str]] = {}
        surveys = {name: (theorem, _SURVEY) for name, theorem in members.items()}
        for name, answer in self.ask(surveys, tick, messages=1).items():
            if _END in answer.message:
                closed[name] = tuple(t for t in PORTFOLIO if f"{_MARK}{t}" in marks(answer.message))
            else:
                alone |= {f"{name} {t}": (members[name], portfolio_proof(t)) for t in PORTFOLIO}
        single = self.ask(alone)
        for name in {question.rpartition(" ")[0] for question in alone}:
            closed[name] = tuple(t for t in PORTFOLIO if single[f"{name} {t}"].proved)
        return closed

    def close(self) -> None:
        self._journal.close()


# -- A library's own proofs, where a theorem that Lean refuses stands in the headers behind it. --


def own_proofs(
    theorems: Sequence[Theorem], judging: Judging, tick: Callable[[], None]
) -> tuple[list[Theorem], dict[str, Answer]]:
    """Ask Lean for each theorem's own proof; one that a broken theorem before it hides is asked again without that.

    Where Lean refuses a header or statement, whatever is not proved is taken out of the header, until no more are proved so;
    then they get back what was. Where it refuses none, each theorem is asked once.

    Args:
        theorems: of one library.
        judging: who asks Lean.
        tick: called after each answer to a first question.

    Returns:
        The theorems, those asked again with the header they were judged behind, and Lean's answers by name.
    """
    answers = judging.ask({t.name: (t, t.proof or "") for t in theorems}, tick)
    hidden = {t.name: t for t in theorems if answers[t.name].ill_formed}
    said = {t.name: stated(t.name, t.statement) for t in theorems}

    def proved() -> set[Stated]:
        return {*said.values()} - {said[t.name] for t in theorems if not answers[t.name].proved}

    known: dict[tuple[str, int], frozenset[Stated]] = {}
    hidden = {n: t for n, t in hidden.items() if _to_take_out(t.header, answers[n].message, known) - proved()}
    asked = dict(hidden)

    def ask(names: Iterable[str]) -> dict[str, Answer]:
        sure = proved()
        shorter = {name: without_unproved(hidden[name], sure, closed=True) for name in names}
        again = {name: t for name, t in shorter.items() if t.header != asked[name].header}
        found = judging.ask({name: (t, t.proof or "") for name, t in again.items()})
        kept = {name: answer for name, answer in found.items() if answer.proved or not answers[name].proved}
        asked.update({name: again[name] for name in kept})
        return kept

    fresh = True
    while fresh:
        found = ask(name for name in hidden if not answers[name].proved)
        answers |= found
        fresh = any(answer.proved for answer in found.values())
    answers |= ask(name for name in hidden if answers[name].proved)
    return [asked.get(t.name, t) for t in theorems], answers


Stated = tuple[str, str]


@lru_cache(maxsize=20_000)
def stated(name: str, statement: str) -> Stated:
    """What a header of its library shows of a theorem: the name as written, and the words. Where two files say the same of
    other definitions, one that Lean refuses stands for both."""
    source = masked_or_plain(statement)
    words = blanked_at(source.text, ((c.start, c.end) for c in source.comments)).split()
    return written_name(name), " ".join(words)


def _to_take_out(
    header: str, message: str, known: dict[tuple[str, int], frozenset[Stated]]
) -> frozenset[Stated]:
    """The theorems of a header up to the command that fails; without any, it fails whatever is taken out behind that.

    A library in which nearly every header fails so (its tactics need code that the engine lacks) is read once: `known`.
    """
    place = _HEADER_FAILS.match(message)
    lines = header.splitlines(keepends=True)
    line = int(place[1]) if place else len(lines)
    key = "".join(lines[: line + _LONGEST_COMMENT]), line
    if key not in known:
        source = masked_or_plain(key[0])
        found = passages(source, parse(source))
        known[key] = frozenset(
            stated(p.name, p.statement) for p in found if source.line(p.command.start) <= line
        )
    return known[key]


def without_unproved(theorem: Theorem, proved: Collection[Stated], *, closed: bool = False) -> Theorem:
    """The theorem under its header without the open theorems that are not among the proved (see `stated`); itself where there are none.

    With `closed`, those whose proof stands in the header are taken out too. What names one goes with it, see `going_with`.
    """
    source = mask(theorem.header)
    commands = parse(source)
    cut = [
        p
        for p in passages(source, commands)
        if (p.open or closed) and stated(p.name, p.statement) not in proved
    ]
    if not cut:
        return theorem
    behind = masked_or_plain(f"{theorem.statement}\n{theorem.proof or ''}").masked
    places, blanks = going_with(source, commands, {p.command.keyword for p in cut}, behind)
    gone = {p.name for p in cut} | {c.name for c in commands if c.name and c.keyword in places}
    return theorem.replace(
        header=without(blanked_at(theorem.header, blanks), commands, places),
        lemmas=tuple(n for n in theorem.lemmas if not any(f".{g}".endswith(f".{n}") for g in gone)),
    )
