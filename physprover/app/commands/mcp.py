"""`physprover mcp`: verify, prove and search offered to editors and assistants over the Model Context Protocol.

One Lean and one prover serve all calls, one call at a time; a verdict is the judge's, as everywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from eval.search.budget import parse_budget
from eval.search.library import BM25, words
from eval.search.policies import get_policy
from eval.search.search import Tools, search
from physprover import __version__
from physprover.app.commands.common import Model, Overrides
from physprover.app.commands.prove import failure, own_problem, parse_theorem, warning
from physprover.app.provers import find_prover, library_theorems, open_tools
from physprover.errors import DataError, LeanSetupError, PhysProverError
from physprover.lean.protocol import Check, Problem
from physprover.lean.text.problems import read_problem
from physprover.prompts.extract import Submission
from physprover.records import Record, Theorem

if TYPE_CHECKING:
    from mcp.server import MCPServer


P = ParamSpec("P")
R = TypeVar("R")

INSTRUCTIONS = (
    "PhysProver judges and finds Lean 4 proofs. `statement` is `theorem name (binders) : type`, without `:=`; `header` is "
    "the Lean text that must stand before it. Only `proved` means that Lean's kernel accepted the proof."
)


def mcp(model: Model = None, overrides: Overrides = None) -> None:
    """Offer verify, prove and search to editors and assistants.

    A Model Context Protocol server on standard input and output; an editor starts it with this command.

    \b
    Examples:
      physprover mcp
      physprover mcp --model runs/quickstart
    """
    try:
        import mcp  # noqa: F401
    except ImportError as error:
        raise LeanSetupError(f"{error.name} is missing: pip install 'physprover[mcp]'") from None
    prover = find_prover(model, tuple(overrides or ()))
    with open_tools(prover, 0) as tools:
        build_server(Service(tools, library_theorems(prover), threading.Lock())).run("stdio")


class Judged(Record):
    """What `verify` answers."""

    outcome: str  # proved, rejected, timeout, out_of_memory, crashed, cheated, infrastructure (no evidence either way)
    messages: list[str]
    axioms: list[str]


class Found(Record):
    """What `prove` answers."""

    proof: str  # what goes after `:=`; "" when none was found
    report: str  # names that nothing defines; what was tried and spent, when none was found


class Hit(Record):
    """A theorem that `search` found."""

    name: str
    statement: str
    proof: str
    domain: str


@dataclass
class Service:
    """The three tools over one set of search tools."""

    tools: Tools
    proved: list[Theorem]
    lock: threading.Lock

    def verify(self, statement: str, proof: str = "", header: str = "", answer: str = "") -> Judged:
        """Judge a proof: `proof` is the Lean text after `:=`, e.g. `by omega`; or `answer`, a text with a fenced Lean block
        that repeats the statement and proves it, or is such a proof."""
        if bool(proof) == bool(answer):
            raise DataError("give `proof` or `answer`" + ", not both" * bool(proof))
        posed = read_problem(statement, header)
        given = Submission.of(posed, proof, answer or None)
        problem = Problem(header=posed.header, statement=posed.statement, trusted_header=False)
        with self.lock:
            ((_, verdict),) = self.tools.pool.check_many([Check(id="", problem=problem, proof=given.proof)])
        verdict = given.told(verdict)
        return Judged(
            outcome=verdict.outcome.value, messages=list(verdict.messages), axioms=list(verdict.axioms)
        )

    def prove(self, statement: str, header: str = "", budget: str = "checks=32,seconds=30") -> Found:
        """Search a proof within a budget such as `tokens=8192,checks=32,seconds=30`."""
        theorem = parse_theorem(statement, header)
        problem = own_problem(theorem)
        with self.lock:
            doubt = warning(problem, self.tools.pool)
            result = search(
                theorem,
                get_policy("value"),
                parse_budget(budget),
                self.tools,
                problem=problem,
                tidy=True,
            )
        report = "" if result.proof else failure(result)
        return Found(proof=result.proof or "", report="; ".join(filter(None, (doubt, report))))

    def search(self, query: str, limit: int = 5) -> list[Hit]:
        """Find proved theorems of the library by words of their names, statements and descriptions."""
        index = BM25([words(f"{t.name} {t.statement} {t.informal or ''}") for t in self.proved])
        best = (self.proved[i] for i in index.best(words(query), max(1, limit)))
        return [Hit(name=t.name, statement=t.statement, proof=t.proof or "", domain=t.domain) for t in best]


def build_server(service: Service) -> MCPServer:
    """The server with its three tools. A user's mistake is answered as an error of the tool, in one line."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    def told(ask: Callable[P, R]) -> Callable[P, R]:
        @wraps(ask)
        def answer(*args: P.args, **named: P.kwargs) -> R:
            try:
                return ask(*args, **named)
            except PhysProverError as error:
                raise ToolError(str(error)) from None

        return answer

    server = MCPServer("physprover", instructions=INSTRUCTIONS, version=__version__)
    server.tool()(told(service.verify))
    server.tool()(told(service.prove))
    server.tool()(told(service.search))
    return server
