"""Techniques by name: which theorems a proof calls, what it constructs, how it transforms the goal.

A technique is one short line: `use Int.mul_comm`, `induction n`, `decide grind`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from physprover.insight.script import Block, Script, Step
from physprover.insight.sketch import components, witness_spans
from physprover.lean.text.definitions import IDENT, bound_types, declarations, written_name
from physprover.lean.text.statements import closing
from physprover.records import Record

Kind = Literal["theorem call", "construction", "transformation"]
Name = Literal[
    "use", "unfold", "apply",
    "witness", "claim", "obtain", "suffices", "define", "generalise",
    "rewrite", "simplify", "cases", "induction", "contradiction", "split", "extensionality", "symmetry", "calc",
    "decide", "tactic",
]  # fmt: skip
Evidence = Literal["needed", "sketch", "proof"]

_CALLS = frozenset({"use", "unfold", "apply"})
_CONSTRUCTIONS = frozenset({"witness", "claim", "obtain", "suffices", "define", "generalise"})


class Technique(Record):
    """One technique of one proof."""

    name: Name
    detail: str = ""  # on one line: the constant as written, the variable, the term, the claim
    decl: str = ""  # full name of the constant, where it names one
    # `needed`: the proof fails without it; `sketch`: it stands in the sketch; `proof`: in the proof
    evidence: Evidence = "proof"

    @property
    def kind(self) -> Kind:
        if self.name in _CALLS:
            return "theorem call"
        return "construction" if self.name in _CONSTRUCTIONS else "transformation"

    @property
    def line(self) -> str:
        """As a prover writes it."""
        return f"{self.name} {self.detail}".strip()


def read_line(line: str) -> Technique | None:
    """The technique that `line` names; None where its first word is no technique."""
    name, _, detail = " ".join(line.split()).partition(" ")
    return Technique.model_validate({"name": name, "detail": detail}) if name in get_args(Name) else None


# -- Constants a proof names: arguments of `simp [..]`, `rw [..]`, `grind [..]`, and identifiers inside terms. --

Role = Literal["theorem", "definition"]

_LISTED = re.compile(
    r"(?:simp_all|simp_rw|simpa|simp|grind|rwa|rw|erw|nlinarith|linarith)(?:\s+only)?\s*(?=\[)"
)
_LIBRARY = re.compile(r"[A-Z][\w']*\.")  # `Int.mul_comm`: a name of Lean's own library


@dataclass(frozen=True)
class Named:
    """A constant as a proof writes it, at `text[start:end]` of the script."""

    name: str
    role: Role
    start: int
    end: int


@dataclass(frozen=True)
class Argument:
    """One member of an argument list; `constant` is None for a local fact (`h`, `ih`) or a term without a constant."""

    start: int
    end: int
    constant: Named | None


class Scope:
    """Which identifiers of a theorem's proof are constants, read off its header and statement."""

    def __init__(self, header: str, statement: str) -> None:
        self._known = declarations(header)
        self._bound = frozenset(bound_types(statement))

    def role(self, identifier: str) -> Role | None:
        """What a written identifier names, None for locals and for what cannot be told."""
        head = identifier.partition(".")[0]
        if head in self._bound:
            return None
        parts = identifier.split(".")
        for length in range(len(parts), 0, -1):
            written = written_name(self._known, ".".join(parts[:length]))
            if written is not None:
                theorem = self._known[written].kind == "theorem" or identifier.endswith((".inj", ".injEq"))
                return "theorem" if theorem else "definition"
        return "theorem" if _LIBRARY.match(identifier) else None


def argument_list(script: Script, step: Step) -> tuple[int, int] | None:
    """Offsets of the brackets of `simp [..]` and its like: of `[` and behind `]`."""
    match = _LISTED.match(script.masked, step.start, step.end)
    if match is None:
        return None
    end = closing(script.masked, match.end(), step.end)
    return None if end is None else (match.end(), end + 1)


def arguments(script: Script, step: Step, scope: Scope) -> list[Argument]:
    """Members of a step's argument list, in order."""
    brackets = argument_list(script, step)
    if brackets is None:
        return []
    spans = components(script.masked[: step.end], brackets[0])
    return [Argument(a, b, next(_named(script, a, b, scope), None)) for a, b in spans]


def constants(script: Script, step: Step, scope: Scope) -> list[Named]:
    """Theorems named in the step's own text, argument list and nested blocks left out."""
    inner = [(s.start, s.end) for block in step.blocks for s in block.steps]
    brackets = argument_list(script, step)
    hidden = [*inner, *([brackets] if brackets else [])]
    found = _named(script, step.start, step.end, scope)
    return [n for n in found if n.role == "theorem" and not any(a <= n.start < b for a, b in hidden)]


def all_constants(script: Script, scope: Scope) -> list[Named]:
    """Every constant that an argument list or a term of the proof names, each occurrence."""
    found: list[Named] = []
    for step in script.walk():
        if not step.parts:
            found += [a.constant for a in arguments(script, step, scope) if a.constant is not None]
            found += constants(script, step, scope)
    return found


def _named(script: Script, start: int, end: int, scope: Scope) -> Iterator[Named]:
    for match in IDENT.finditer(script.masked, start, end):
        role = scope.role(match[0])
        if role is not None:
            yield Named(match[0], role, match.start(), match.end())


# -- Reading techniques off the steps of a proof: static, by the form of each step and the constants it names. --
#
# Whether a named theorem is needed is for Lean to say, see below.

_TACTICS: dict[str, Name] = {
    **dict.fromkeys(("rw", "rwa", "erw", "simp_rw", "conv", "nth_rewrite", "subst"), "rewrite"),
    **dict.fromkeys(("simp", "simp_all", "simpa", "dsimp", "unfold", "norm_num", "push_cast", "field_simp"), "simplify"),
    **dict.fromkeys(("cases", "split", "by_cases", "match", "interval_cases", "fin_cases"), "cases"),
    **dict.fromkeys(("exfalso", "contradiction", "by_contra", "nomatch", "absurd"), "contradiction"),
    **dict.fromkeys(("omega", "decide", "grind", "rfl", "trivial", "linarith", "nlinarith", "ring", "positivity"), "decide"),
    **dict.fromkeys(("set", "let", "generalize"), "define"),
    **dict.fromkeys(("funext", "ext"), "extensionality"),
    "constructor": "split", "symm": "symmetry", "calc": "calc", "suffices": "suffices",
}  # fmt: skip
_SILENT = frozenset(
    {"intro", "intros", "rintro", "have", "exact", "refine", "apply", "show", "revert", "·", "skip"}
)
_STATED = re.compile(r"(?:have|suffices)(?:\s+[^\s:]+)?\s*:(?!=)\s*")
_INDUCTION = re.compile(r"induction\s+(.+?)(?:\s+generalizing\s+(.+?))?(?:\s+with\b|\s*$)", re.DOTALL)
_PATTERN = re.compile(r"rcases\s+(.*?)\s+with\s+(.*)", re.DOTALL)


def found(script: Script, scope: Scope, witnesses: int = 0) -> list[tuple[Technique, int]]:
    """Techniques of a proof in order, each once, with the offset of what names it."""
    seen: dict[tuple[str, str], tuple[Technique, int]] = {}
    for step in script.walk():
        if not step.parts:  # their parts are walked too
            for technique, at in _of_step(script, step, scope, witnesses):
                seen.setdefault((technique.name, technique.detail), (technique, at))
    return list(seen.values())


def _of_step(script: Script, step: Step, scope: Scope, witnesses: int) -> Iterator[tuple[Technique, int]]:
    own = _own_text(script, step)
    for name, detail in _structure(own, step.head, bool(argument_list(script, step))):
        yield Technique(name=name, detail=" ".join(detail.split())), step.start
    for start, end in witness_spans(script, step, witnesses):
        yield Technique(name="witness", detail=" ".join(script.text[start:end].split())), start
    if step.head in ("refine", "exact") and "⟨" in own and not witness_spans(script, step, witnesses):
        yield Technique(name="split"), step.start
    named = [a.constant for a in arguments(script, step, scope) if a.constant is not None]
    named += constants(script, step, scope)
    for constant in named:
        yield call(constant), constant.start
    if step.head in ("exact", "apply") and not named and not step.blocks and "⟨" not in own:
        yield Technique(name="apply", detail=" ".join(own.split()[1:])), step.start


def call(constant: Named) -> Technique:
    """The technique of naming a constant: using a theorem or unfolding a definition."""
    return Technique(name="use" if constant.role == "theorem" else "unfold", detail=constant.name)


def _own_text(script: Script, step: Step) -> str:
    """A step's text up to the first block inside it."""
    end = min((b.steps[0].start for b in step.blocks if b.steps), default=step.end)
    return script.text[step.start : end]


def _structure(text: str, head: str, listed: bool) -> Iterator[tuple[Name, str]]:
    """What the form of a step says, without the constants it names."""
    if head == "induction" and (match := _INDUCTION.match(text)):
        yield "induction", match[1]
        if match[2]:
            yield "generalise", match[2]
    elif head == "rcases" and (match := _PATTERN.match(text)):
        yield ("cases" if "|" in match[2] else "obtain"), match[1]
    elif head == "obtain":
        yield "obtain", text.partition(":=")[2] or text[len(head) :]
    elif match := _STATED.match(text):
        yield ("claim" if head == "have" else "suffices"), _type(text[match.end() :])
    elif (name := _TACTICS.get(head)) is not None:
        detail = "" if listed or name in ("simplify", "rewrite", "split", "calc") else text[len(head) :]
        yield name, f"{head} {detail}" if name == "decide" else _target(detail)
    elif head not in _SILENT and head:
        yield "tactic", head


def _type(text: str) -> str:
    """Up to the `:=` or `from` outside brackets."""
    spans = components(f"({text})", 0)
    whole = text if not spans else text[: spans[-1][1]]
    return re.split(r"\s*:=|\s+from\b|\s+by\b", whole, maxsplit=1)[0]


def _target(detail: str) -> str:
    return re.split(r"\s+with\b|\s*:=", detail.strip(), maxsplit=1)[0]


# -- The same proof with one thing less: a label is needed exactly when Lean refuses the proof without it. --
#
# What can be left out: a member of an argument list that is a constant, a `have` or `obtain`, a tactic without constants
# before the last one of its block, and a theorem inside a term (a `_` takes its place).

_SINGLE = frozenset({
    "have", "obtain", "rcases", "cases", "simp", "simp_all", "symm", "subst", "unfold", "split",
    "push_cast", "dsimp",
})  # fmt: skip


@dataclass(frozen=True)
class Drop:
    """One thing left out. `at` and `until` say where it stood; offsets of the script it was made from."""

    at: int
    until: int
    text: str  # the proof without it

    def covers(self, offset: int) -> bool:
        """Whether what stands at `offset` is part of what was left out."""
        return self.at <= offset < self.until


def drops(script: Script, scope: Scope) -> list[Drop]:
    """Every single thing that can be left out, in order."""
    return list(_in_block(script, script.root, scope))


def _in_block(script: Script, block: Block, scope: Scope) -> Iterator[Drop]:
    for number, step in enumerate(block.steps):
        yield from _drops_of_step(script, step, scope)
        if number + 1 < len(block.steps) and _removable(script, step, scope):
            yield Drop(step.start, step.end, script.edited([(step.start, block.steps[number + 1].start, "")]))


def _drops_of_step(script: Script, step: Step, scope: Scope) -> Iterator[Drop]:
    if step.parts:
        yield from _of_parts(script, step, scope)
        return
    for argument in (members := arguments(script, step, scope)):
        if argument.constant is not None:
            yield Drop(argument.start, argument.end, _without(script, step, members, argument))
    if step.head not in ("have", "obtain"):  # theirs are judged with the whole step
        for constant in constants(script, step, scope):
            yield Drop(constant.start, constant.end, script.edited([(constant.start, constant.end, "_")]))
    for block in step.blocks:
        yield from _in_block(script, block, scope)


def _of_parts(script: Script, step: Step, scope: Scope) -> Iterator[Drop]:
    """Parts of `a <;> b`: each one's own, and each without constants as a whole."""
    for number, part in enumerate(step.parts):
        yield from _drops_of_step(script, part, scope)
        if number and not arguments(script, part, scope):
            yield Drop(part.start, part.end, script.edited([(step.parts[number - 1].end, part.end, "")]))


def _removable(script: Script, step: Step, scope: Scope) -> bool:
    named = any(a.constant for a in arguments(script, step, scope))
    return step.head in _SINGLE and not step.parts and (step.head in ("have", "obtain") or not named)


def _without(script: Script, step: Step, members: list[Argument], gone: Argument) -> str:
    """The script without one member of a list; an empty list goes too, and so does `rw` with one."""
    brackets = argument_list(script, step)
    assert brackets is not None  # it has members
    if len(members) > 1:
        number = members.index(gone)
        edges = (gone.start, members[1].start) if number == 0 else (members[number - 1].end, gone.end)
        return script.edited([(*edges, "")])
    if step.head in ("rw", "rwa", "erw", "simp_rw"):
        return script.edited([(step.start, step.end, "skip")])
    lead = script.masked[: brackets[0]].rstrip()
    return script.edited([(len(lead), brackets[1], "")])
