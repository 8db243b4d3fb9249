"""The prompt of the tiny prover: few tokens, no name to spell.

A model of a few million parameters that has read a few hundred proofs cannot spell a definition it never met, nor does it
learn to copy names in a minute or two. So every definition, lemma and bound variable gets a handle, one token that stands
for its name in prompt and answer alike, numbered in order of appearance; `extract` puts the names back. The problem
`theorem p_comm (m v : Int) : momentum m v = momentum v m` reads

    <|defs|><|d0|><|def|>(<|v0|><|v1|> : Int) : Int :=<|v0|> *<|v1|><|lemmas|><|l0|>(<|v0|> : Int) :<|d0|><|v0|> 0 = 0
    <|goal|>(<|v0|><|v1|> : Int) :<|d0|><|v0|><|v1|> =<|d0|><|v1|><|v0|><|proof|>

on one line: each definition with its kind and text, each lemma with its statement, both cut at a limit. The answer is the
tactic block without `by` and its indentation.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from physprover.lean.text.definitions import (
    IDENT,
    TYPES,
    bound_types,
    declarations,
    is_hypothesis,
    mentioned,
    written_name,
)
from physprover.lean.text.statements import as_tactics
from physprover.lean.text.tokens import depths
from physprover.prompts.extract import PlainPrompt
from physprover.records import Theorem

# -- Names of one theorem <-> handles, single tokens that stand for them. --
#
# Types, definitions and lemmas are numbered in the order of the prompt, each apart: what `simp` can unfold is d0, d1, …; what a
# text binds (`(m v : Int)`, `∃ x,`, `fun y =>`) is numbered in the order of binding, hypotheses (names that begin with h), natural
# numbers and lists, and structures and enumerations apart: which variable `induction` or `cases` takes is seen at its handle.
# A list of facts that holds all definitions of the prompt names them with one token, `ALL`. Two problems that differ in names
# only have the same prompt and the same answer.

TYPE_HANDLES = tuple(f"<|t{i}|>" for i in range(6))
DEFINITION_HANDLES = tuple(f"<|d{i}|>" for i in range(12))
LEMMA_HANDLES = tuple(f"<|l{i}|>" for i in range(6))
BOUND_HANDLES = {
    kind: tuple(f"<|{kind}{i}|>" for i in range(count))
    for kind, count in {"h": 6, "n": 6, "c": 8, "v": 10}.items()
}
"""Of what a text binds: hypotheses, what `induction` takes, what `cases` takes apart, and all else."""
_KINDS_OF_HANDLES = (TYPE_HANDLES, DEFINITION_HANDLES, LEMMA_HANDLES, *BOUND_HANDLES.values())
HANDLES = tuple(handle for kind in _KINDS_OF_HANDLES for handle in kind)

ALL = "<|all|>"
_NONE = re.compile(rf"{re.escape(ALL)}(?:, ?)?")

_RANKS = "".join(("dtl", *BOUND_HANDLES))  # kinds of handles, in the order in which facts are put
HANDLE = re.compile(rf"<\|[{_RANKS}]\d+\|>")
_SPACE_BEFORE = re.compile(rf"(?<=\S) (?={HANDLE.pattern})")
_NO_SPACE_AFTER = frozenset("([{⟨@.? \n")


@dataclass(frozen=True)
class Handles:
    """A one-to-one map between names and handles; a bound name shadows a declared one."""

    declared: dict[str, str]  # definition or lemma, as written -> handle
    bound: dict[str, str] = field(default_factory=dict)  # variable or hypothesis -> handle
    back: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        both = (*self.declared.items(), *self.bound.items())
        object.__setattr__(self, "back", {handle: name for name, handle in both})

    def binding(self, text: str) -> Handles:
        """The same declarations with what `text` binds."""
        free = {kind: iter(handles) for kind, handles in BOUND_HANDLES.items()}
        dealt = ((name, next(free[self._kind(name, type_)], "")) for name, type_ in bound_types(text).items())
        return Handles(self.declared, {name: handle for name, handle in dealt if handle})

    def _kind(self, name: str, type_: str) -> str:
        """Of `BOUND_HANDLES`, by the type as it is written."""
        if is_hypothesis(name):
            return "h"
        head = type_.partition(" ")[0] if "→" not in type_ else ""
        if head in ("Nat", "List"):
            return "n"
        return "c" if head == "Bool" or self.declared.get(head) in TYPE_HANDLES else "v"

    def shuffled(self, rng: Random) -> Handles:
        """The same names with handles dealt at random among all there are of their kinds."""
        deal = {
            old: new
            for kind in _KINDS_OF_HANDLES
            for old, new in zip(kind, rng.sample(kind, len(kind)), strict=True)
        }
        return Handles(
            {name: deal[handle] for name, handle in self.declared.items()},
            {name: deal[handle] for name, handle in self.bound.items()},
        )

    def hide(self, text: str) -> str:
        """Replace known names by handles, with no space before them; `Spin.up` keeps `.up` after the handle of `Spin`."""
        return _SPACE_BEFORE.sub("", IDENT.sub(lambda match: self._hide(match[0]), text))

    def show(self, text: str) -> str:
        """Replace handles by names, with a space before them wherever Lean allows one.

        A variable or hypothesis beyond those of the problem is a fresh name: proofs bind some too (`| succ k ih`). A
        definition or lemma beyond them stays a handle, and Lean refuses it.
        """

        every = ",".join(self.definitions)
        text = text.replace(ALL, every) if every else _NONE.sub("", text)

        def name(match: re.Match[str]) -> str:
            before = text[match.start() - 1 : match.start()]
            space = "" if not before or before in _NO_SPACE_AFTER else " "
            return space + (self.back.get(match[0]) or self._fresh(match[0]))

        return HANDLE.sub(name, text)

    def facts(self, listed: str) -> str:
        """A comma-separated list of facts, put in order, with `ALL` for the definitions where it holds each of them.

        Definitions by number, then types (`Vec3.mk.injEq`), lemmas, hypotheses, variables, then what has no handle, as it stood.
        """
        items = sorted((item.strip() for item in listed.split(",")), key=_rank)
        every = self.definitions
        if set(every) <= set(items) and (every or items == [""]):
            items = [ALL, *(item for item in items if item and item not in every)]
        return ",".join(
            item if i == 0 or item.startswith("<|") else f" {item}" for i, item in enumerate(items)
        )

    @property
    def definitions(self) -> list[str]:
        """Handles of the definitions, in the order of the prompt."""
        return [h for h in self.declared.values() if h in DEFINITION_HANDLES]

    def _fresh(self, handle: str) -> str:
        if handle[2] not in BOUND_HANDLES:
            return handle
        name = ("x" if handle[2] == "v" else handle[2]) + handle[3:-2]
        while name in self.bound or name in self.declared:
            name += "'"
        return name

    def _hide(self, ident: str) -> str:
        parts = ident.split(".")
        if parts[0] in self.bound:
            return ".".join([self.bound[parts[0]], *parts[1:]])
        for end in range(len(parts), 0, -1):
            handle = self.declared.get(".".join(parts[:end]))
            if handle:
                return ".".join([handle, *parts[end:]])
        return ident


# -- The prompt. --

DEFS, LEMMAS, GOAL, PROOF = "<|defs|>", "<|lemmas|>", "<|goal|>", "<|proof|>"
KINDS = tuple(f"<|{kind}|>" for kind in ("def", "rec", "match", "prop", "struct", "enum", "ind"))
SPECIAL_TOKENS = (DEFS, LEMMAS, GOAL, PROOF, ALL, *KINDS, *HANDLES)
"""Tokens of this format; the tokenizer never splits them."""
INSIGHT, SKETCH = "<|insight|>", "<|sketch|>"
INSIGHT_TOKENS = (INSIGHT, SKETCH)
"""What the longer formats of `physprover.prompts.insight` add."""
_PROMPT_ONLY = (DEFS, LEMMAS, GOAL, *KINDS, *INSIGHT_TOKENS, PROOF)

_FACTS = re.compile(r"(\b(?:simp|simp_all|grind)(?: only)? )\[([^\[\]]*)\]")


@dataclass(frozen=True)
class TinyPrompt(PlainPrompt):
    """See the module's text. Limits count characters, a handle as two; `lemma_limit` 0 shows lemmas as handles alone."""

    name: str = "tiny"
    definition_limit: int = 40
    lemma_limit: int = 40
    tokens: tuple[str, ...] = SPECIAL_TOKENS

    def render(self, theorem: Theorem, handles: Handles | None = None) -> str:
        """`handles` other than the theorem's own are for augmentation: any one-to-one choice is as good."""
        handles = handles or handles_of(theorem)
        known = declarations(theorem.header)
        parts = [DEFS]
        for name in _definitions(theorem):
            if name not in handles.declared:
                continue
            declaration = known.get(name)
            kind = declaration.kind if declaration else "def"
            text = declaration.text if declaration else ""
            parts += [handles.declared[name], f"<|{kind}|>", _hidden(text, handles, self.definition_limit)]
        parts.append(LEMMAS)
        for name in _lemmas(theorem):
            text = known[name].text if name in known else name
            shown = _hidden(text, handles, self.lemma_limit) if self.lemma_limit else ""
            parts += [handles.declared[name], shown]
        return "".join([*parts, GOAL, handles.hide(_goal(theorem.statement)), PROOF])

    def target(self, theorem: Theorem, proof: str, handles: Handles | None = None) -> str:
        """Sets of facts for `simp` and `grind` are put in order: theirs is free, and one order is easier to learn."""
        handles = handles or handles_of(theorem)
        hidden = handles.hide(as_tactics(proof, theorem.statement))
        return _FACTS.sub(lambda match: f"{match[1]}[{handles.facts(match[2])}]", hidden)

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        text = completion.strip("\n")
        if theorem is not None:
            text = handles_of(theorem).show(text)
        return "by\n" + textwrap.indent(text, "  ") if text.strip() else ""

    def excluded(self, prompt: str) -> tuple[str, ...]:
        """Structural tokens, and handles that stand for nothing here: an answer with one of them is lost.

        Variables and hypotheses count in the goal only, since a definition's own bound names are numbered anew. A prompt
        that ends before its goal asks for one, which may bind what it likes; one that does not end with `PROOF` asks for
        something else first.
        """
        described, _, goal = prompt.rpartition(GOAL)
        bound = HANDLE.findall(goal) if goal else tuple(h for kind in BOUND_HANDLES.values() for h in kind)
        named = {*(h for h in HANDLE.findall(described) if h[2] in "tdl"), *bound}
        structural = _PROMPT_ONLY if prompt.endswith(PROOF) else _PROMPT_ONLY[:-1]
        return (*structural, *(handle for handle in HANDLES if handle not in named))


def handles_of(theorem: Theorem) -> Handles:
    """Definitions and lemmas in prompt order, bound names in order of binding."""
    known = declarations(theorem.header)
    listed = _definitions(theorem)
    types = [n for n in listed if n in known and known[n].kind in TYPES]
    declared = dict(zip(types, TYPE_HANDLES, strict=False))
    declared.update(zip((n for n in listed if n not in types), DEFINITION_HANDLES, strict=False))
    declared.update(zip(_lemmas(theorem), LEMMA_HANDLES, strict=False))
    return Handles(declared).binding(_goal(theorem.statement))


def relevant(theorem: Theorem) -> tuple[str, ...]:
    """Written names of the definitions a statement rests on and of the known lemmas about them, each once."""
    return tuple(dict.fromkeys((*_definitions(theorem), *_lemmas(theorem))))


def _definitions(theorem: Theorem) -> tuple[str, ...]:
    return _resolved(theorem.header, theorem.statement, theorem.premises)


@lru_cache(maxsize=16384)
def _resolved(header: str, statement: str, premises: tuple[str, ...]) -> tuple[str, ...]:
    """Premises as the header writes them; read off the statement where the record names none."""
    known = declarations(header)
    if premises:
        found = [written_name(known, p) or p.rpartition(".")[2] for p in premises]
    else:
        found = mentioned(known, _goal(statement))
    return tuple(dict.fromkeys(found))


def _lemmas(theorem: Theorem) -> tuple[str, ...]:
    known = declarations(theorem.header)
    found = (written_name(known, name) or name.rpartition(".")[2] for name in theorem.lemmas)
    return tuple(dict.fromkeys(found))[: len(LEMMA_HANDLES)]


def _hidden(text: str, handles: Handles, limit: int) -> str:
    """A declaration's text with handles, its own bound names too, cut after `limit`."""
    return _cut(handles.binding(text).hide(text), limit)


def _goal(statement: str) -> str:
    """The statement on one line without `theorem name`."""
    return " ".join(statement.split()[2:])


def _rank(item: str) -> tuple[int, int]:
    match = HANDLE.match(item)
    return (_RANKS.index(match[0][2]), int(match[0][3:-2])) if match else (len(_RANKS), 0)


def _cut(text: str, limit: int) -> str:
    shown = 0
    for match in re.finditer(r"<\|\w+\|>|.", text):
        shown += 2 if len(match[0]) > 1 else 1
        if shown > limit:
            return text[: match.start()] + "…"
    return text


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
        return (ALL, *TinyPrompt().excluded(prompt))


def _end_of_binders(signature: str) -> int:
    """Where the colon stands that ends the binders of `(a b : Nat) : a = b`; the length where there is none."""
    colons = (at for at, depth in depths(signature) if depth == 0 and signature[at] == ":")
    return next((at for at in colons if signature[at : at + 2] != ":="), len(signature))
