"""The search that teaches the prover: closing scripts on train problems, told what each statement is made of.

`rl.expert` asks for proofs; the definitions come from `eval`, the variables and their types from `data_gen`. Stages do not know
each other.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from data_gen.terms import parse_statement
from eval.baselines import definitions
from physprover.lean.protocol import Check, Problem
from physprover.lean.text.definitions import declarations
from physprover.portfolio import SEARCH_SCRIPTS, script_proofs
from physprover.records import Outcome
from rl.expert import Searched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from physprover.records import Theorem
    from rl.expert import Judge

_SPLIT = frozenset(
    {"enum", "ind"}
)  # kinds of type that `cases` takes apart; structures, `grind` and `simp` see through


class ScriptSearch:
    """`rl.expert.Searcher` over `SEARCH_SCRIPTS`: the first that closes a problem is its proof.

    Script after script over all open problems, each problem within its budget of `checks`; problems of one file are neighbours,
    since engines keep the last headers.
    """

    def __init__(self, checks: int, seconds: float) -> None:
        self._checks, self._seconds = checks, seconds

    def search(self, problems: Sequence[Theorem], judge: Judge) -> Iterator[Searched]:
        """See `rl.expert.Searcher`. Lean's messages are not asked for."""
        ordered = sorted(problems, key=lambda t: (t.source.file, len(t.header), t.name))
        plans = {t.name: list(itertools.islice(_plan(t), self._checks)) for t in ordered}
        spent = dict.fromkeys(plans, 0)
        open_ = ordered
        while open_:
            asked: dict[str, tuple[Theorem, str, str]] = {}
            for theorem in open_:
                script, proof = plans[theorem.name][spent[theorem.name]]
                asked[theorem.name] = (theorem, script, proof)
            checks = [
                Check(id=name, problem=Problem.of(theorem), proof=proof, seconds=self._seconds, messages=0)
                for name, (theorem, _, proof) in asked.items()
            ]
            proved = set()
            for check, verdict in judge(checks):
                spent[check.id] += 1
                theorem, script, proof = asked[check.id]
                if verdict.outcome is Outcome.PROVED:
                    proved.add(check.id)
                    yield Searched(theorem=check.id, proof=proof, script=script, checks=spent[check.id])
                elif spent[check.id] == len(plans[check.id]):
                    yield Searched(theorem=check.id, checks=spent[check.id])
            open_ = [t for t in open_ if t.name not in proved and spent[t.name] < len(plans[t.name])]


def _plan(theorem: Theorem) -> Iterator[tuple[str, str]]:
    """(script, proof) in the order they are tried, each text once."""
    names = definitions(theorem)
    parsed = parse_statement(theorem.statement)
    types = parsed.variables() if parsed is not None else {}
    known = declarations(theorem.header)
    variables = {
        "inductive": [n for n, kind in types.items() if kind == "Nat" or kind.startswith("List ")],
        "cases": [
            n for n, kind in types.items() if kind == "Bool" or (kind in known and known[kind].kind in _SPLIT)
        ],
    }
    seen = set()
    for script in SEARCH_SCRIPTS:
        for proof in script_proofs(script, names, variables, list(types)):
            if proof not in seen:
                seen.add(proof)
                yield script, proof
