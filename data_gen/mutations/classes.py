"""From one structure to its class and back: what holds of integers because they are a ring is posed for every ring.

The classes are those that core Lean has without Mathlib (`Lean.Grind.CommRing` and its like, linear orders of `Std`), and those
that a header declares together with an instance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from data_gen.headers import Header
from data_gen.mutations.laws import CARRIER, Carrier, Laws
from data_gen.mutations.seeds import Draft, Seed, Tactics
from physprover.lean.text.terms import Statement, bare, mentions, parse_statement
from physprover.lean.text.tokens import IDENTIFIER

_ORDERED = (
    f"[Lean.Grind.CommRing {CARRIER}] [LE {CARRIER}] [LT {CARRIER}] [Std.LawfulOrderLT {CARRIER}]"
    f" [Std.IsLinearOrder {CARRIER}] [Lean.Grind.OrderedRing {CARRIER}]"
)
_ORDER = re.compile(r"[<≤≥]|(?<!=)>")  # `=>` is no order
_INSTANCE = re.compile(r"^instance\b[^:\n]*:\s*([^\W\d][\w.']*)\s+(\w+)(?=\s*(?::=|where|$))", re.MULTILINE)
_RINGS = ("Int", "Rat", "BitVec 8", "Fin 7")
_CORE_INSTANCES = {  # class -> types whose instance core Lean has
    **dict.fromkeys(("CommRing", "Ring"), _RINGS),
    **dict.fromkeys(("CommSemiring", "Semiring"), ("Nat", *_RINGS)),
    "Field": ("Rat",),
    "IntModule": ("Int", "Rat"),
    "NatModule": ("Nat", "Int", "Rat"),
    **dict.fromkeys(
        ("OrderedRing", "IsLinearOrder", "IsPartialOrder", "IsPreorder", "LawfulOrderLT"), ("Int", "Rat")
    ),
    **dict.fromkeys(("LE", "LT", "Add", "Mul"), ("Nat", *_RINGS)),
}


def abstract(seed: Seed, _random: Random) -> list[Draft]:
    """Every commutative ring for Int: the definitions the goal rests on become functions that obey the same equations."""
    if seed.cited or any(b.bracket != "(" for b in seed.statement.binders):
        return []
    premises = seed.header.premises(str(seed.statement))
    text = " ".join([str(seed.statement), *(seed.header.bodies.get(p, "") for p in premises)])
    signed = "-" in text or any("-" in line for line in seed.proof)
    found = []
    for old, classes in _classes(text, signed, seed.header):
        carrier = Carrier(seed.header, old, premises)
        laws = carrier.laws
        statement = None if laws is None else _over(seed.statement, carrier, laws, classes)
        if laws is not None and statement is not None:
            found.append(seed.draft("abstract", statement, *_proofs(seed, carrier, laws)))
    return found


def instantiate(seed: Seed, random: Random) -> list[Draft]:
    """One member of a class for all of them: Int, or another core type, for R."""
    found = []
    binders = seed.statement.binders
    for variable in (n for b in binders if re.match(r"Type\b|Sort\b", b.type) for n in b.names):
        classes = [b.type for b in binders if b.bracket == "[" and mentions(b.type, variable)]
        kinds = members(classes, variable, seed.header)
        for kind in random.sample(kinds, min(2, len(kinds))):
            rest = seed.statement.substitute(variable, kind)
            if rest is None:
                continue
            kept = [
                new
                for new, old in zip(rest.binders, seed.statement.without(variable).binders, strict=True)
                if old.bracket != "[" or old.type not in classes
            ]
            kept = [replace(binder, type=bare(binder.type)) for binder in kept]
            statement = parse_statement(str(replace(rest, binders=tuple(kept))))
            if statement is not None:
                found.append(seed.draft("instantiate", statement, *seed.close({variable: kind}), ("grind",)))
    return found


def _classes(text: str, signed: bool, header: Header) -> list[tuple[str, str]]:
    """(type, binders of a class that may stand for it), as far as the operations in the text tell."""
    own = [(kind, name) for name, kind in _INSTANCE.findall(header.text) if mentions(text, kind)]
    if own:
        return [(kind, f"[{name} {CARRIER}]") for kind, name in own]
    if mentions(text, "Int"):
        if _ORDER.search(text):
            return [("Int", _ORDERED)]
        names = ["CommRing", "Ring"] if signed else ["CommRing", "CommSemiring"]
        return [("Int", f"[Lean.Grind.{name} {CARRIER}]") for name in names]
    if mentions(text, "Nat") and not _ORDER.search(text) and not signed:
        return [("Nat", f"[Lean.Grind.CommSemiring {CARRIER}]")]
    return []


def _over(statement: Statement, carrier: Carrier, laws: tuple[Laws, ...], classes: str) -> Statement | None:
    """The statement about the carrier; None where it cannot be made, or says nothing about it."""
    kinds = [carrier.translate(b.type) for b in statement.binders]
    goal = carrier.translate(statement.goal)
    if goal is None or None in kinds:
        return None
    names = [name for law in laws for name in (law.variable, *law.names)]
    if any(mentions(str(statement), name) for name in (*names, CARRIER)):
        return None
    binders = [
        f"({' '.join(b.names)} : {bare(kind or '')})"
        for b, kind in zip(statement.binders, kinds, strict=True)
    ]
    head = f"theorem {statement.name} {{{CARRIER} : Type}} {classes}"
    made = parse_statement(" ".join([head, *map(str, laws), *binders, ":", goal]))
    return (
        made if made and mentions(" ".join([*(k or "" for k in kinds), *map(str, laws)]), CARRIER) else None
    )


def _proofs(seed: Seed, carrier: Carrier, laws: tuple[Laws, ...]) -> list[Tactics]:
    """The seed's own proof by the new names; structures taken apart, equations used, the rest left to the ring solver."""
    own, variables = [_tactic(line, carrier, laws) for line in seed.proof], seed.statement.variables()
    names = [name for law in laws for name in law.names]
    apart = tuple(
        f"obtain ⟨{', '.join(f'{v}{i}' for i in range(carrier.widths[k]))}⟩ := {v}"
        for v, k in variables.items()
        if k in carrier.widths
    )
    lemmas = [*names, *(["Prod.mk.injEq"] if carrier.widths else [])]
    at = " ".join(["", "at", *seed.statement.hypotheses(), "⊢"]) if seed.statement.hypotheses() else ""
    unfold = f"simp only [{', '.join(lemmas)}]{at}"
    ways: list[Tactics] = [] if None in own else [tuple(line or "" for line in own)]
    if finite := [f"cases {v}" for v, k in variables.items() if k in seed.header.enums]:
        ways.append((" <;> ".join([*finite[:3], "grind"]),))
    elif any(len(law.equations) > 1 for law in laws):
        ways += [
            (f"induction {v} <;> grind",) for v, k in variables.items() if re.match(r"(?:Nat|List)\b", k)
        ]
    return [*ways, *([(*apart, unfold, "grind")] if names else []), (*apart, "grind")]


def _tactic(line: str, carrier: Carrier, laws: tuple[Laws, ...]) -> str | None:
    """A line of the seed's proof: in brackets, definitions become their laws; `grind` knows hypotheses by itself."""
    if any(
        word in carrier.theorems or word.startswith(("Int.", "Nat.")) for word in IDENTIFIER.findall(line)
    ):
        return None  # a lemma about the old carrier
    by_name = {law.name: law.names for law in laws}
    line = re.sub(r"\bomega\b", "grind", line)

    def members(match: re.Match[str]) -> str:
        kept: list[str] = []
        for item in map(str.strip, match[2].split(",")):
            if item in by_name:
                kept += () if match[1] == "grind" else by_name[item]
            else:
                kept.append(re.sub(r"^[\w.']+\.mk\.injEq$", "Prod.mk.injEq", item))
        return f"{match[1]} [{', '.join(kept)}]" if kept else match[1]

    line = re.sub(r"\b(grind|simp only|simp_all|simp|rw) \[([^\[\]]*)\]", members, line)
    lists = re.split(r"((?:grind|simp only|simp_all|simp|rw) \[[^\[\]]*\])", line)
    return "".join(part if i % 2 else carrier.rewrite(part) for i, part in enumerate(lists))


def members(classes: Sequence[str], variable: str, header: Header) -> list[str]:
    """Types known to have an instance of every class of `variable` that is written; none where no class is."""
    choices = [_instances(c, variable, header) for c in classes]
    return [k for k in choices[0] if all(k in other for other in choices)] if choices else []


def _instances(written: str, variable: str, header: Header) -> list[str]:
    """Types known to have an instance of `written`, a class of `variable` alone."""
    name, _, rest = written.partition(" ")
    if rest.strip() != variable:
        return []
    declared = [kind for c, kind in _INSTANCE.findall(header.text) if c == name]
    return declared or list(_CORE_INSTANCES.get(name.rpartition(".")[2], ()))
