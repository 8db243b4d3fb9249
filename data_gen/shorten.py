"""Proofs without the steps that they do without: a generator states every fact that may help, a row keeps those that do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data_gen.candidates import marks, probe, proof_text, tactics
from data_gen.judging import Judging
from data_gen.terms import parse_statement
from physprover.records import Theorem

_MARK, _END = "idle_", "shorten_end"
_ROUNDS = 8


def shorten(
    theorems: Sequence[Theorem], judging: Judging, tick: Callable[[], None] = lambda: None
) -> list[Theorem]:
    """The theorems, each without the `have` lines that its proof does without. Lean accepted every new proof.

    In each round Lean is asked which lines are idle each for itself, and for the proof without all of these. Where that fails
    only the last of them goes.
    """
    short: dict[str, Theorem] = {}
    work = {t.name: t for t in theorems if _facts(t)}
    for _ in range(_ROUNDS):
        answers = judging.ask({name: (t, _question(t)) for name, t in work.items()}, tick, messages=1)
        idle = {
            n: [i for i in _facts(t) if f"{_MARK}{i}" in marks(answers[n].message)] for n, t in work.items()
        }
        tries = {name: (work[name], _without(work[name], found)) for name, found in idle.items() if found}
        judged = judging.ask(tries, tick)
        short |= {name: work[name].replace(proof=tries[name][1]) for name in tries if judged[name].proved}
        left = {n: found[-1:] for n, found in idle.items() if len(found) > 1 and not judged[n].proved}
        work = {name: work[name].replace(proof=_without(work[name], found)) for name, found in left.items()}
        short |= work
    return [short.get(t.name, t) for t in theorems]


def _facts(theorem: Theorem) -> list[int]:
    """Lines of the proof that state a fact."""
    return [i for i, line in enumerate(tactics(theorem.proof or "")) if line.startswith("have ")]


def _without(theorem: Theorem, places: Sequence[int]) -> str:
    lines = tactics(theorem.proof or "")
    return proof_text(tuple(line for i, line in enumerate(lines) if i not in places))


def _question(theorem: Theorem) -> str:
    """A proof body that marks each fact without which the proof still goes through."""
    statement, lines = parse_statement(theorem.statement), tactics(theorem.proof or "")
    assert statement is not None  # a generator made it
    tries = [
        (f"{_MARK}{i}", statement.goal, tuple(line for j, line in enumerate(lines) if j != i))
        for i in _facts(theorem)
    ]
    return probe(_END, tries)
