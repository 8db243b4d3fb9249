"""Prompt formats of conjecturers: a proved theorem in, a harder statement out.

The other formats ask for a proof; here `extract` returns the text of a statement ("theorem name … : …"), which nobody trusts:
`data_gen.candidates.read_statement` decides what may become a conjecture. Source: STP (arXiv 2502.00212), with the header put
before its three blocks, since our theorems rest on definitions that a model has not learned by heart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from physprover.lean.text.tokens import depths
from physprover.prompts.extract import PlainPrompt
from physprover.prompts.tiny import GOAL, PROOF, SPECIAL_TOKENS, TinyPrompt, handles_of
from physprover.records import Theorem

_END = "</hard theorem>"
_CUT = re.compile(rf"{re.escape(_END)}|```|:=")


@dataclass(frozen=True)
class STPConjecture(PlainPrompt):
    """Lemma, easy theorem with its proof, and the beginning of a hard one; the model writes on."""

    name: str = "stp-conjecture"

    def render(self, theorem: Theorem) -> str:
        """`theorem` is the seed, with its proof; its first known lemma goes before it."""
        lemma = next(filter(None, (_stated(theorem.header, name) for name in theorem.lemmas)), "")
        blocks = [f"<lemma>\n{lemma}\n</lemma>"] if lemma else []
        blocks.append(f"<easy theorem>\n{theorem.statement} := {theorem.proof or 'sorry'}\n</easy theorem>")
        header = theorem.header.strip()
        code = "\n".join([*([header] if header else []), *blocks, "<hard theorem>\ntheorem"])
        return f"Complete the following Lean 4 code:\n\n```lean4\n{code}"

    def target(self, theorem: Theorem, proof: str) -> str:  # noqa: ARG002 - the seed is in the prompt
        """What a model should write to state `proof`, here the statement of a conjecture."""
        return f" {proof.removeprefix('theorem').strip()}\n{_END}"

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:  # noqa: ARG002
        """The statement a completion begins with, "" where there is none."""
        text = _CUT.split(completion, maxsplit=1)[0].strip()
        return f"theorem {text}" if text else ""


def _stated(header: str, name: str) -> str:
    """The statement of a theorem of the header, "" where it cannot be found by its written name."""
    found = re.search(rf"^theorem {re.escape(name.rpartition('.')[2])}\b.*?(?=:=)", header, re.DOTALL | re.M)
    return " ".join(found[0].split()) if found else ""


CONJECTURERS: dict[str, STPConjecture] = {"stp-conjecture": STPConjecture()}


# -- The tiny prover as conjecturer: it writes on where its own prompt would state what is to be proved. --
#
# The warm start teaches it prompts too, so it knows what propositions look like beside their definitions. Shown the
# definitions, lemmas, variables and hypotheses of a seed, it writes a proposition about them; the token that would ask for
# the proof ends it (`STOP`).

STOP = (PROOF,)
"""Tokens at which a conjecture ends."""


@dataclass(frozen=True)
class TinyConjecture(PlainPrompt):
    """Everything of a seed but what it claims in, another claim out. `extract` returns a statement, which nobody trusts."""

    name: str = "tiny-conjecture"
    tokens: tuple[str, ...] = SPECIAL_TOKENS

    def render(self, theorem: Theorem) -> str:
        head, _, goal = TinyPrompt().render(theorem).rpartition(GOAL)
        return head + GOAL + goal[: _end_of_binders(goal)] + ":"

    def target(self, theorem: Theorem, proof: str) -> str:
        """The claim of the statement `proof`, which binds what `theorem` binds."""
        goal = " ".join(proof.split()[2:])
        return handles_of(theorem).hide(goal[_end_of_binders(goal) + 1 :]) + PROOF

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        """The statement, under a name of no meaning; "" where there is none."""
        claim = completion.partition(PROOF)[0].strip()
        if not claim:
            return ""
        if theorem is None:
            return f"theorem conjecture : {claim}"
        goal = " ".join(theorem.statement.split()[2:])
        binders = goal[: _end_of_binders(goal)].strip()
        return " ".join(f"theorem conjecture {binders} : {handles_of(theorem).show(claim)}".split())

    def excluded(self, prompt: str) -> tuple[str, ...]:
        return TinyPrompt().excluded(prompt)


def _end_of_binders(signature: str) -> int:
    """Where the colon stands that ends the binders of `(a b : Nat) : a = b`; the length where there is none."""
    colons = (at for at, depth in depths(signature) if depth == 0 and signature[at] == ":")
    return next((at for at in colons if signature[at : at + 2] != ":="), len(signature))
