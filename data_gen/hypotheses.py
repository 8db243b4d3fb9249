"""Are a proved theorem's hypotheses consistent, and does it need them? One check asks both.

The check is a `candidates.probe`: each thing that could be shown leaves a mark in the context that Lean prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from data_gen.candidates import marks, probe, tactics
from data_gen.headers import read_header
from data_gen.judging import Judging
from data_gen.mutations.seeds import Tactics
from data_gen.terms import mentions, parse_statement
from physprover.records import Theorem

END = "hypotheses_end"
VACUOUS = "hypotheses_clash"
_SPARE = "spare_"


@dataclass(frozen=True)
class Examined:
    """What Lean says of a theorem's hypotheses."""

    contradictory: bool
    spare: tuple[str, ...]  # those that the theorem does without


def examine(
    theorems: Iterable[Theorem], judging: Judging, tick: Callable[[], None] = lambda: None
) -> dict[str, Examined]:
    """Ask Lean about each theorem that has hypotheses, by name. A check that did not come to its end, by a time-out say, tells
    nothing: those are asked again for the contradiction alone."""
    asked = {t.name: (t, proof) for t in theorems if (proof := question(t))}
    answers = judging.ask(asked, tick, messages=1)
    ended = {n: (t, refutation(t)) for n, (t, _) in asked.items() if END not in answers[n].message}
    refuted = judging.ask(ended, tick)
    return {
        name: Examined(
            contradictory(answers[name].message) or (name in refuted and refuted[name].proved),
            tuple(spare(answers[name].message, theorem)),
        )
        for name, (theorem, _) in asked.items()
    }


def question(theorem: Theorem) -> str | None:
    """A proof body to ask; None for a theorem without hypotheses.

    A contradiction is sought by omega, simp_all and grind; a hypothesis is spare when the theorem's own proof, or grind,
    goes through after it was cleared.
    """
    statement = parse_statement(theorem.statement)
    if statement is None or not statement.hypotheses():
        return None
    tries: list[tuple[str, str, Tactics]] = [(VACUOUS, "False", (_clash(theorem),))]
    own = tactics(theorem.proof or "")
    for name in statement.hypotheses():
        if own and not any(mentions(line, name) for line in own):
            tries.append((_SPARE + name, statement.goal, (f"clear {name}", *own)))
        tries.append((_SPARE + name, statement.goal, (f"clear {name}", f"grind [{_definitions(theorem)}]")))
    return probe(END, tries)


def refutation(theorem: Theorem) -> str:
    """A proof that uses the hypotheses only: it goes through when they contradict each other."""
    return f"by\n  exfalso\n  {_clash(theorem)}"


def contradictory(message: str) -> bool:
    """Whether Lean's answer says that the hypotheses contradict each other."""
    return VACUOUS in marks(message)


def spare(message: str, theorem: Theorem) -> list[str]:
    """Hypotheses the answer marks as not needed."""
    statement = parse_statement(theorem.statement)
    return [n for n in statement.hypotheses() if _SPARE + n in marks(message)] if statement else []


def idle_variables(theorem: Theorem) -> list[str]:
    """Explicit variables that neither the goal nor another binder mentions."""
    statement = parse_statement(theorem.statement)
    if statement is None:
        return []
    text = " ".join([*(b.type for b in statement.binders), statement.goal])
    return [name for name in statement.variables() if not mentions(text, name)]


def _clash(theorem: Theorem) -> str:
    return f"first | omega | (simp_all; done) | grind [{_definitions(theorem)}]"


def _definitions(theorem: Theorem) -> str:
    functions = read_header(theorem.header).functions
    return ", ".join(name for name in theorem.premises if name in functions)
