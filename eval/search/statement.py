"""What a statement rests on, and features by which statements are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.lean.text.definitions import declarations, mentioned, written_name
from physprover.lean.text.statements import shape

if TYPE_CHECKING:
    from physprover.records import Theorem

_DATA = frozenset({"struct", "enum", "ind"})
_RELATIONS = ("↔", "∧", "∨", "∃", "≠", "≤", "<", "=", "∣", "¬")


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
