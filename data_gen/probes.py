"""What Lean says of proved theorems beyond that they are proved: do the hypotheses hold at values found for them, or clash, are they
needed; does one earlier theorem give the statement; which steps a proof does without. Each question is a `candidates.probe`, which fails on purpose and leaves a mark in
the context that Lean prints for each thing it could show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from data_gen.candidates import Try, marks, probe, proof_text, tactics
from data_gen.headers import read_header
from data_gen.judging import Judging
from data_gen.mutations.seeds import Tactics
from data_gen.points import TRIVIAL, Point, at, facts, points, trial
from physprover.lean.text.terms import Statement, mentions, parse_statement
from physprover.records import Theorem

Tick = Callable[[], None]  # called once for each answer

# -- Are the hypotheses consistent, and does the theorem need them? One check asks both. --

_EXAMINED = "hypotheses_end"
_CLASH = "hypotheses_clash"
_NEEDED = "needed_"
_SPARE = "spare_"


@dataclass(frozen=True)
class Examined:
    """What Lean says of a theorem's hypotheses."""

    contradictory: bool
    spare: tuple[str, ...]  # those that the theorem does without


def examine(
    theorems: Iterable[Theorem], judging: Judging, tick: Tick, satisfied: Collection[str] = ()
) -> dict[str, Examined]:
    """Ask Lean about each theorem that has hypotheses, by name.

    A contradiction is sought by omega, simp_all and grind, but for the `satisfied`, whose hypotheses Lean found true at values. A
    hypothesis is spare when the theorem's own proof, or grind, goes through after it was cleared; neither is tried where Lean finds
    the others true and the goal false at values. A check that did not come to its end, by a time-out say, tells nothing: those are
    asked again for the contradiction alone.
    """
    stated = {t.name: (t, s) for t in theorems if (s := _with_hypotheses(t))}
    bodies = {n: _clash_or_spare(t, s, n not in satisfied) for n, (t, s) in stated.items()}
    answers = judging.ask({n: (t, bodies[n]) for n, (t, _) in stated.items()}, tick, messages=1)
    cut = {n: t for n, (t, _) in stated.items() if n not in satisfied and _EXAMINED not in answers[n].message}
    refuted = judging.ask({n: (t, f"by\n  exfalso\n  {_clash(t)}") for n, t in cut.items()}, tick)
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


def _clash_or_spare(theorem: Theorem, statement: Statement, clash: bool) -> str:
    tries: list[list[Try]] = [[(_CLASH, "False", (_clash(theorem),))]] if clash else []
    own, grind = tactics(theorem.proof or ""), f"grind [{_definitions(theorem)}]"
    for name in statement.hypotheses():
        spare: list[Tactics] = [(f"clear {name}", grind)]
        if own and not any(mentions(line, name) for line in own):
            spare = [(f"clear {name}", *own), *spare]
        ways: list[Try] = [(_SPARE + name, None, lines) for lines in spare]
        tries.append([*_needed(theorem, statement.without(name), name), *ways])
    return probe(_EXAMINED, tries)


def _needed(theorem: Theorem, fewer: Statement, name: str) -> list[Try]:
    """Whether the statement is false without the hypothesis at values found for it; none where no such values are."""
    point = trial(fewer, read_header(theorem.header))[1]
    if not point:
        return []
    closed = [*(f"({fact})" for fact in facts(fewer, point)), f"¬ ({at(fewer.goal, point)})"]
    return [
        (_NEEDED + name, " ∧ ".join(closed), (f"first | decide | (simp [{_definitions(theorem)}]; done)",))
    ]


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
    """A proof body that marks the first point at which Lean finds the hypotheses true."""
    hint = f" [{definitions}]" if definitions else ""
    closer = "first | " + " | ".join(c.format(hint) for c in _CLOSERS)
    ways: list[Try] = []
    for number, point in enumerate(drawn):
        closed = [f"({fact})" for fact in facts(statement, point)]
        split = f"refine ⟨{', '.join(['?_'] * len(closed))}⟩ <;> ({closer})" if len(closed) > 1 else closer
        ways.append((f"{_SATISFIED}{number}", " ∧ ".join(closed), (split,)))
    return probe(f"{_SATISFIED}end", [ways])


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
    lines = tactics(theorem.proof or "")
    tries: list[list[Try]] = [
        [(f"{_IDLE}{i}", None, tuple(line for j, line in enumerate(lines) if j != i))]
        for i in _have_lines(theorem)
    ]
    return probe("shorten_end", tries)


# -- Whether one earlier theorem gives a statement: applied, with its sides exchanged, or rewritten with. --

_FOLLOWS = "follows_"
_WAYS = (
    "first | (apply {0} <;> assumption) | (symm; apply {0} <;> assumption) | (rw [{0}]; done)"
    # rewriting without end would end the whole check
    " | (simp (maxSteps := 300) only [{0}]; done)"
)
# `apply` unfolds definitions down to these, which compute on numerals alone: comparing what is below them took most of the time.
_SEALED = "\nattribute [local irreducible] Int.add Int.mul Int.neg\n"


def derived(
    theorems: Iterable[Theorem], last: Mapping[str, str], judging: Judging, tick: Tick
) -> dict[str, str]:
    """Name -> the theorem of its file that alone gives it; `last` are the longest headers of files."""
    asked = {t.name: q for t in theorems if (q := derivation(t, last.get(t.source.file, "")))}
    answers = judging.ask({n: (t, body) for n, (t, body, _) in asked.items()}, tick, messages=1)
    said = {name: marks(answer.message) for name, answer in answers.items()}
    return {
        name: source
        for name, (_, _, cited) in asked.items()
        if (source := next((c for i, c in enumerate(cited) if f"{_FOLLOWS}{i}" in said[name]), None))
    }


def derivation(theorem: Theorem, last: str) -> tuple[Theorem, str, tuple[str, ...]] | None:
    """A proof body that marks which of the parents and related theorems of the file gives the statement alone, the problem to
    ask it of, and their names; None where there is none. `last` is the file's longest header."""
    header = read_header(last if last.startswith(theorem.header) else theorem.header)
    statement = parse_statement(theorem.statement)
    if statement is None:
        return None
    near = (*(p.rpartition(".")[2] for p in theorem.parents), *header.lemmas(theorem.statement))
    rests_on = set(header.premises(theorem.statement))
    cited = tuple(
        dict.fromkeys(
            name
            for name in near
            # what speaks of a definition that the statement does not rest on cannot give it
            if name in header.theorems
            and rests_on.issuperset(header.premises(f"theorem t : {header.theorems[name].goal}"))
        )
    )
    if not cited:
        return None
    ways: list[Try] = [(f"{_FOLLOWS}{i}", None, (_WAYS.format(c),)) for i, c in enumerate(cited)]
    sealed = "" if re.search(r"(?<![\w'.])\d", statement.goal) else _SEALED
    return theorem.replace(header=header.text + sealed), probe("follows_end", [ways]), cited
