"""What a statement looks like: its variables with their types, its goal, and features by which statements are alike."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from physprover.prompts.definitions import declarations, mentioned, written_name
from physprover.records import Record

if TYPE_CHECKING:
    from physprover.records import Theorem

_OPEN, _CLOSE = "([{⟨⦃", ")]}⟩⦄"
_DATA = frozenset({"struct", "enum", "ind"})
_RELATIONS = ("↔", "∧", "∨", "∃", "≠", "≤", "<", "=", "∣", "¬")


class Variable(Record):
    """One bound name of a statement."""

    name: str
    type: str


class Shape(Record):
    """A statement taken apart."""

    variables: tuple[Variable, ...]
    goal: str

    def of_type(self, *types: str) -> list[str]:
        """Names of the variables whose type's head is one of these."""
        return [v.name for v in self.variables if v.type.split(" ")[0] in types]


@lru_cache(maxsize=4096)
def shape(statement: str) -> Shape:
    """Variables and goal of `theorem name binders : goal`."""
    text = " ".join(statement.split()[2:])
    variables: list[Variable] = []
    at = 0
    while at < len(text) and text[at] in _OPEN + " ":
        if text[at] == " ":
            at += 1
            continue
        end = _closing(text, at)
        names, colon, kind = text[at + 1 : end - 1].partition(" : ")
        if colon and text[at] != "[":
            variables += [Variable(name=name, type=kind.strip()) for name in names.split()]
        at = end
    return Shape(variables=tuple(variables), goal=text[at:].lstrip(": "))


def data_types(theorem: Theorem) -> tuple[set[str], set[str]]:
    """(Structures, other inductive types) of the header, as written."""
    known = declarations(theorem.header).values()
    structures = {d.name for d in known if d.kind == "struct"}
    return structures, {d.name for d in known if d.kind in _DATA} - structures


def definitions(theorem: Theorem) -> list[str]:
    """The functions a statement rests on, as its header writes them; read off the text where the record names none."""
    known = declarations(theorem.header)
    if theorem.premises:
        written = [written_name(known, premise) for premise in theorem.premises]
        names = [name for name in written if name is not None]
    else:
        names = mentioned(known, theorem.statement)
    return [name for name in names if known[name].kind not in (*_DATA, "theorem")]


def features(theorem: Theorem) -> frozenset[str]:
    """What tells statements apart: definitions and their kinds, types of variables, the relation that is to be shown."""
    known, parts = declarations(theorem.header), shape(theorem.statement)
    found = {f"def {name}" for name in definitions(theorem)}
    found |= {f"kind {known[name].kind}" for name in definitions(theorem)}
    structures, others = data_types(theorem)
    for variable in parts.variables:
        head = variable.type.split(" ")[0]
        data = "structure" if head in structures else "data" if head in others else ""
        found.add(
            f"type {data or head}"
            if data or head in ("Int", "Nat", "List", "Bool", "Prop", "Type")
            else "hypothesis"
        )
    return frozenset(found | {f"goal {next((r for r in _RELATIONS if r in parts.goal), '')}"})


def _closing(text: str, at: int) -> int:
    depth = 0
    for index in range(at, len(text)):
        depth += (text[index] in _OPEN) - (text[index] in _CLOSE)
        if depth == 0:
            return index + 1
    return len(text)
