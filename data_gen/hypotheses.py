"""Are a proved theorem's hypotheses consistent, and does it need them? One check asks both.

The check is a proof body that fails on purpose: each thing that could be shown leaves a mark in the context, and the closing
`fail` prints the context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_gen.headers import read_header
from data_gen.proofs import marked, tactics
from data_gen.terms import mentions, parse_statement

if TYPE_CHECKING:
    from physprover.records import Theorem

END = "hypotheses_end"
VACUOUS = "hypotheses_clash"
_SPARE = "spare_"


def question(theorem: Theorem) -> str | None:
    """A proof body to ask; None for a theorem without hypotheses.

    A contradiction is sought by omega, simp_all and grind; a hypothesis is spare when the theorem's own proof, or grind,
    goes through after it was cleared.
    """
    statement = parse_statement(theorem.statement)
    if statement is None or not statement.hypotheses():
        return None
    lines = ["by", marked(VACUOUS, "False", (_clash(theorem),))]
    own = tactics(theorem.proof or "")
    for name in statement.hypotheses():
        if own and not any(mentions(line, name) for line in own):
            lines.append(marked(_SPARE + name, statement.goal, (f"clear {name}", *own)))
        lines.append(
            marked(_SPARE + name, statement.goal, (f"clear {name}", f"grind [{_definitions(theorem)}]"))
        )
    return "\n".join([*lines, f'  fail "{END}"'])


def refutation(theorem: Theorem) -> str:
    """A proof that uses the hypotheses only: it goes through when they contradict each other."""
    return f"by\n  exfalso\n  {_clash(theorem)}"


def contradictory(message: str) -> bool:
    """Whether Lean's answer says that the hypotheses contradict each other."""
    return VACUOUS in message.split()


def spare(message: str, theorem: Theorem) -> list[str]:
    """Hypotheses the answer marks as not needed."""
    statement = parse_statement(theorem.statement)
    words = set(message.split())
    return [name for name in statement.hypotheses() if _SPARE + name in words] if statement else []


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
