"""What Lean says of proved theorems beyond that they are proved: do the hypotheses clash, are they needed, do they hold at values
found for them; which steps a proof does without. Each question is a `candidates.probe`, which fails on purpose and leaves a mark in
the context that Lean prints for each thing it could show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from data_gen.candidates import marks, probe, proof_text, tactics
from data_gen.headers import read_header
from data_gen.judging import Judging
from data_gen.mutations.seeds import Tactics
from data_gen.points import TRIVIAL, Point, facts, points
from data_gen.terms import Statement, mentions, parse_statement
from physprover.records import Theorem

Tick = Callable[[], None]  # called once for each answer

# -- Are the hypotheses consistent, and does the theorem need them? One check asks both. --

_EXAMINED = "hypotheses_end"
_CLASH = "hypotheses_clash"
_SPARE = "spare_"


@dataclass(frozen=True)
class Examined:
    """What Lean says of a theorem's hypotheses."""

    contradictory: bool
    spare: tuple[str, ...]  # those that the theorem does without


def examine(theorems: Iterable[Theorem], judging: Judging, tick: Tick) -> dict[str, Examined]:
    """Ask Lean about each theorem that has hypotheses, by name.

    A contradiction is sought by omega, simp_all and grind; a hypothesis is spare when the theorem's own proof, or grind, goes
    through after it was cleared. A check that did not come to its end, by a time-out say, tells nothing: those are asked
    again for the contradiction alone.
    """
    stated = {t.name: (t, s) for t in theorems if (s := _with_hypotheses(t))}
    answers = judging.ask({n: (t, _clash_or_spare(t, s)) for n, (t, s) in stated.items()}, tick, messages=1)
    ended = {n: t for n, (t, _) in stated.items() if _EXAMINED not in answers[n].message}
    refuted = judging.ask({n: (t, f"by\n  exfalso\n  {_clash(t)}") for n, t in ended.items()}, tick)
    found = {name: marks(answers[name].message) for name in stated}
    return {
        name: Examined(
            _CLASH in found[name] or (name in refuted and refuted[name].proved),
            tuple(n for n in statement.hypotheses() if _SPARE + n in found[name]),
        )
        for name, (_, statement) in stated.items()
    }


def _with_hypotheses(theorem: Theorem) -> Statement | None:
    """The statement, None where it has no hypothesis or cannot be read."""
    statement = parse_statement(theorem.statement)
    return statement if statement and statement.hypotheses() else None


def _clash_or_spare(theorem: Theorem, statement: Statement) -> str:
    tries: list[tuple[str, str, Tactics]] = [(_CLASH, "False", (_clash(theorem),))]
    own = tactics(theorem.proof or "")
    for name in statement.hypotheses():
        if own and not any(mentions(line, name) for line in own):
            tries.append((_SPARE + name, statement.goal, (f"clear {name}", *own)))
        tries.append((_SPARE + name, statement.goal, (f"clear {name}", f"grind [{_definitions(theorem)}]")))
    return probe(_EXAMINED, tries)


def _clash(theorem: Theorem) -> str:
    """A tactic that uses the hypotheses only: it goes through when they contradict each other."""
    return f"first | omega | (simp_all; done) | grind [{_definitions(theorem)}]"


def _definitions(theorem: Theorem) -> str:
    return ", ".join(read_header(theorem.header).definitions(theorem.premises))


def idle_variables(theorem: Theorem) -> list[str]:
    """Explicit variables that neither the goal nor another binder mentions."""
    statement = parse_statement(theorem.statement)
    if statement is None:
        return []
    text = " ".join([*(b.type for b in statement.binders), statement.goal])
    return [name for name in statement.variables() if not mentions(text, name)]


# -- Values at which the hypotheses hold: found in Python, checked by Lean. A theorem whose hypotheses no values satisfy says
# nothing, and one that only zeros and ones satisfy says little. --

_SATISFIED = "satisfied_"
_NUMBER = r"\(\(*(-?\d+(?:/\d+)?)\)* : (?:Rat|Int|Nat)\)"
_CLOSERS = (
    "decide",
    "decide +kernel",
    "grind{0}",
    "(simp{0}; done)",
    "(intros; grind{0})",
    "(simp{0}; grind{0})",
)


@dataclass(frozen=True)
class Satisfied:
    """What is known of values for a theorem's variables."""

    point: Point | None  # at which Lean finds the hypotheses true; None where none was found
    trivial: bool = False  # every number of the point that a hypothesis speaks of is 0, 1 or -1

    def __str__(self) -> str:
        """The point in words: `m = 2, v = 1/2`."""
        return ", ".join(f"{name} = {_bare(value)}" for name, value in (self.point or {}).items())


def satisfy(theorems: Iterable[Theorem], judging: Judging, tick: Tick) -> dict[str, Satisfied]:
    """Look for values for each theorem that has hypotheses, by name: of the points that satisfy them, the least trivial."""
    stated = {t.name: (t, s) for t in theorems if (s := _with_hypotheses(t))}
    drawn = {n: list(points(s, read_header(t.header))) for n, (t, s) in stated.items()}
    questions = {n: (t, _hold(s, drawn[n], _definitions(t))) for n, (t, s) in stated.items()}
    answers = judging.ask(questions, tick, messages=1)
    found = {}
    for name, (_, statement) in stated.items():
        holding = marks(answers[name].message)
        point = next((p for i, p in enumerate(drawn[name]) if f"{_SATISFIED}{i}" in holding), None)
        found[name] = Satisfied(point, point is not None and _trivial(statement, point))
    return found


def _hold(statement: Statement, drawn: Sequence[Point], definitions: str) -> str:
    """A proof body that marks each point at which Lean finds the hypotheses true."""
    hint = f" [{definitions}]" if definitions else ""
    closer = "first | " + " | ".join(c.format(hint) for c in _CLOSERS)
    tries = []
    for number, point in enumerate(drawn):
        closed = [f"({fact})" for fact in facts(statement, point)]
        split = f"refine ⟨{', '.join(['?_'] * len(closed))}⟩ <;> ({closer})" if len(closed) > 1 else closer
        tries.append((f"{_SATISFIED}{number}", " ∧ ".join(closed), (split,)))
    return probe(f"{_SATISFIED}end", tries)


def _trivial(statement: Statement, point: Point) -> bool:
    spoken = " ".join(statement.hypotheses().values())
    typed = [re.fullmatch(_NUMBER, v) for n, v in point.items() if mentions(spoken, n)]
    numbers = [Fraction(v[1]) for v in typed if v]
    return bool(numbers) and all(number in TRIVIAL for number in numbers)


def _bare(value: str) -> str:
    """A value without the type ascribed to the whole of it."""
    found = re.fullmatch(r"\((.*) : [\w. ]+\)", value)
    return found[1] if found else value


# -- Proofs without the facts that they do without: a generator states every fact that may help, a row keeps those that do. --

_IDLE = "idle_"
_ROUNDS = 8


def shorten(theorems: Sequence[Theorem], judging: Judging, tick: Tick) -> list[Theorem]:
    """The theorems, each without the `have` lines that its proof does without. Lean accepted every new proof.

    In each round Lean is asked which lines are idle each for itself, and for the proof without all of these. Where that fails
    only the last of them goes.
    """
    short: dict[str, Theorem] = {}
    work = {t.name: t for t in theorems if _have_lines(t)}
    for _ in range(_ROUNDS):
        answers = judging.ask({name: (t, _idle_lines(t)) for name, t in work.items()}, tick, messages=1)
        idle = {
            n: [i for i in _have_lines(t) if f"{_IDLE}{i}" in marks(answers[n].message)]
            for n, t in work.items()
        }
        tries = {name: (work[name], _without(work[name], found)) for name, found in idle.items() if found}
        judged = judging.ask(tries, tick)
        short |= {name: work[name].replace(proof=tries[name][1]) for name in tries if judged[name].proved}
        left = {n: found[-1:] for n, found in idle.items() if len(found) > 1 and not judged[n].proved}
        work = {name: work[name].replace(proof=_without(work[name], found)) for name, found in left.items()}
        short |= work
    return [short.get(t.name, t) for t in theorems]


def _have_lines(theorem: Theorem) -> list[int]:
    """Lines of the proof that state a fact."""
    return [i for i, line in enumerate(tactics(theorem.proof or "")) if line.startswith("have ")]


def _without(theorem: Theorem, places: Sequence[int]) -> str:
    lines = tactics(theorem.proof or "")
    return proof_text(tuple(line for i, line in enumerate(lines) if i not in places))


def _idle_lines(theorem: Theorem) -> str:
    """A proof body that marks each fact without which the proof still goes through."""
    statement, lines = parse_statement(theorem.statement), tactics(theorem.proof or "")
    assert statement is not None  # a generator made it
    tries = [
        (f"{_IDLE}{i}", statement.goal, tuple(line for j, line in enumerate(lines) if j != i))
        for i in _have_lines(theorem)
    ]
    return probe("shorten_end", tries)
