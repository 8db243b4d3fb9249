"""False statements sent to the judge during training: the alarm that says "Lean can be fooled".

Each canary asks for something no honest prover can give: the negation of a theorem that has a proof, `False` under a real
problem's header, or a false equation. The attempts are what a policy under reward pressure would find: proofs it wrote
itself, closing tactics, and known cheats. One accepted canary stops the run, because every reward of that run is then
in doubt.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from physprover.errors import KernelsDisagree, RunError
from physprover.lean.protocol import Problem
from physprover.lean.text.statements import signature
from physprover.records import Theorem, Verdict
from rl.groups import derive_seed

PREFIX = "canary/"

FALSE_STATEMENTS = (
    "theorem canary : False",
    "theorem canary : (1 : Nat) = 2",
    "theorem canary (x y : Int) : x * y = x + y",
    "theorem canary (p q : Prop) : p → q",
    "theorem canary : ∀ n : Nat, n < 10 ^ 30",
)

CHEATS = (
    "by grind",
    "by simp_all",
    "by omega",
    "by decide",
    "by native_decide",
    "by sorry",
    "by admit",
    "sorryAx _ true",
    "by exact sorryAx _ false",
    "by first | rfl | sorry",
    "by rfl\naxiom canary_axiom : False\ntheorem canary_again : False := canary_axiom",
    "canary",
    "by exact canary",
    "by trivial\nend\nnamespace Other",
    'by run_tac Lean.logInfo "done"',
    "(Lean.ofReduceBool _ true rfl)",
    "unsafeCast ()",
)


@dataclass(frozen=True, slots=True)
class Canary:
    """One false problem and one attempt at it."""

    problem: Problem
    proof: str


def draw(
    theorems: Sequence[Theorem], accepted: Sequence[str], count: int, seed: int, step: int
) -> list[Canary]:
    """`count` canaries for one step, over the headers of `theorems`; `accepted` are proofs Lean took lately."""
    rng = random.Random(derive_seed(seed, "canary", step))
    attempts = [*CHEATS, *accepted]
    canaries = []
    for _ in range(count):
        theorem = rng.choice(theorems)
        negated = negation(theorem)
        statements = [*FALSE_STATEMENTS, *([negated] * len(FALSE_STATEMENTS) if negated else [])]
        problem = Problem(header=theorem.header, statement=rng.choice(statements))
        canaries.append(Canary(problem, rng.choice(attempts)))
    return canaries


def negation(theorem: Theorem) -> str | None:
    """`theorem canary : ¬ (∀ binders, type)` of a theorem with a reference proof, so that it is false for certain.

    None when there is no proof or the statement's shape is not plain; an awkward negation that does not elaborate is
    harmless, for such a canary counts as not judged.
    """
    if theorem.proof is None:
        return None
    parts = signature(theorem.statement)
    if parts is None:
        return None
    binders, kind = parts
    return f"theorem canary : ¬ (∀ {binders}, ({kind}))" if binders else f"theorem canary : ¬ ({kind})"


def must_agree(problem: Problem, proof: str, verdict: Verdict, step: int) -> None:
    """Raise KernelsDisagree when Lean's kernel accepted the attempt and the second kernel refused it."""
    if verdict.disagreement:
        raise KernelsDisagree(
            f"step {step}: the two kernels disagree, so one of them is wrong and rewards cannot be trusted; training stopped. "
            f"{'; '.join(verdict.messages)}. Statement: `{problem.statement}`, proof: `{proof}`, engine {verdict.engine}"
        )


def must_be_refused(canary: Canary, verdict: Verdict, step: int) -> None:
    """Raise RunError when Lean accepted the canary."""
    if verdict.reward == 1.0:
        raise RunError(
            f"step {step}: the judge accepted a false statement, so its rewards cannot be trusted; training stopped. "
            f"Statement: `{canary.problem.statement}`, proof: `{canary.proof}`, engine {verdict.engine or 'unknown'}"
        )
