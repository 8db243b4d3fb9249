"""A header's definitions over another carrier: each becomes a function variable, with its equations as hypotheses.

With R for Int, `def work (f d : Int) : Int := f * d` becomes `(work' : R → R → R) (work_law : ∀ f d, work' f d = f * d)`, a definition
by patterns one hypothesis an arm, and a structure of integers the product of its fields. Only text is read: what is not
understood is None, what is misread Lean refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import count, pairwise

from data_gen.headers import Header, read_definition
from physprover.lean.text.terms import atom, top_level
from physprover.lean.text.tokens import IDENTIFIER

CARRIER = "R"
_ARM = re.compile(r"\n\s*\|(?!\|)")
# What a ring does not have, or this reading does not follow.
_FOREIGN = re.compile(
    r"[/%∣{]|⟩\.|\b(?:with|if|match|let|do|decide|min|max|termination_by|where|mk)\b|\b\w*(?:natAbs|toNat)\b"
)
_METHOD = re.compile(r"\)\.([^\W\d][\w']*)")


@dataclass(frozen=True)
class Laws:
    """What stands for one definition."""

    name: str  # of the definition, as the header writes it
    variable: str
    type: str
    equations: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the hypotheses."""
        stem = self.variable.removesuffix("'") + "_law"
        return (
            (stem,) if len(self.equations) == 1 else tuple(f"{stem}{i}" for i in range(len(self.equations)))
        )

    def __str__(self) -> str:
        hypotheses = [f"({n} : {e})" for n, e in zip(self.names, self.equations, strict=True)]
        return " ".join([f"({self.variable} : {self.type})", *hypotheses])


class Carrier:
    """Text about `old` as text about `CARRIER`. `premises`: the definitions that the text rests on."""

    def __init__(self, header: Header, old: str, premises: tuple[str, ...]) -> None:
        self._header, self._old = header, old
        self._structures = {
            name: fields for name in premises if (fields := _fields(header.bodies.get(name, ""))) is not None
        }
        self._functions: dict[str, str] = {}  # definition -> variable
        for name in header.bodies:  # in file order, so that what a definition rests on comes before it
            if name in premises and name in header.functions and self.touches(header.bodies[name]):
                self._functions[name] = name.rpartition(".")[2] + "'"

    def touches(self, text: str) -> bool:
        """Whether a text depends on the carrier."""
        mine = {self._old, *self._structures, *self._functions}
        methods = {name.rpartition(".")[2] for name in self._functions if "." in name}
        return any(
            word in mine
            or (set(word.split(".")[1:]) & methods)
            or word.rpartition(".")[0] in self._structures
            for word in IDENTIFIER.findall(text)
        )

    @cached_property
    def laws(self) -> tuple[Laws, ...] | None:
        """Of all definitions that depend on the carrier; None where one cannot be read or two would share a name."""
        if len(set(self._functions.values())) < len(self._functions) or self._projections is None:
            return None
        found = [self._laws(name) for name in self._functions]
        return tuple(law for law in found if law) if all(found) else None

    @property
    def widths(self) -> dict[str, int]:
        """Structures that become products, with the number of their fields."""
        return {name: len(fields) for name, fields in self._structures.items()}

    @property
    def theorems(self) -> frozenset[str]:
        """About the old carrier: of no use for the new one."""
        return frozenset(self._header.theorems)

    def translate(self, text: str) -> str | None:
        """None for text with something in it that a carrier need not have."""
        if _FOREIGN.search(text) or f"{self._old}." in text:
            return None
        return self.rewrite(text)

    def rewrite(self, text: str) -> str:
        """`translate` without a look at what the text asks for: lines of tactics."""
        text = self._method_calls(text)
        return IDENTIFIER.sub(lambda match: self._word(match, text), text)

    def _method_calls(self, text: str) -> str:
        """`(…).x` as a projection, `(…).f` as a call."""
        methods, at = self._methods, 0
        while match := _METHOD.search(text, at):
            begin, name = _opening(text, match.start()), match[1]
            group = text[begin : match.start() + 1]
            before = text[:begin]
            new = _call(methods[name], group, before) if name in methods else group + self._projection(name)
            at = match.end() if new == f"{group}.{name}" else begin
            text = text[:begin] + new + text[match.end() :]
        return text

    @cached_property
    def _methods(self) -> dict[str, str]:
        return {name.rpartition(".")[2]: new for name, new in self._functions.items() if "." in name}

    @cached_property
    def _projections(self) -> dict[str, str] | None:
        """Field -> its projection from the product; None where two structures disagree."""
        found: dict[str, str] = {}
        for fields in self._structures.values():
            for place, (field, _) in enumerate(fields):
                projection = ".2" * place + (".1" if place < len(fields) - 1 else "")
                if found.setdefault(field, projection) != projection:
                    return None
        return found

    def _projection(self, name: str) -> str:
        return (self._projections or {}).get(name, f".{name}")

    def _word(self, match: re.Match[str], text: str) -> str:
        word, before = match.group(), text[: match.start()]
        if before.endswith("."):  # `.up`, or a projection made above
            return word
        if word in self._functions:
            return self._functions[word]
        if word in self._structures:
            kinds = [self.translate(kind) or "_" for _, kind in self._structures[word]]
            return "(" + " × ".join(map(atom, kinds)) + ")"
        if word == self._old:
            return CARRIER
        head, *parts = word.split(".")
        if not parts or head in self._header.enums or head[0].isupper():
            return word
        term = self._functions.get(head, head)
        for part in parts:
            call = self._methods.get(part)
            term = _call(call, term, before) if call else term + self._projection(part)
        return term

    def _laws(self, name: str) -> Laws | None:
        signature, variable = self._header.functions[name], self._functions[name]
        kinds = [self.translate(kind) for kind in (*signature.arguments, signature.result)]
        arms = _arms(self._header, self._header.bodies[name])
        if arms is None or None in kinds:
            return None
        sign = "↔" if signature.result == "Prop" else "="
        equations = []
        for bound, arguments, right in arms:
            body = self.translate(right)
            left = " ".join([variable, *(self.translate(a) or "_" for a in arguments)])
            if body is None or len(arguments) != len(signature.arguments):
                return None
            if any(
                a not in bound for a, k in zip(arguments, signature.arguments, strict=True) if k == self._old
            ):
                return None  # zero and successor are nothing that every carrier has
            written = f"({body})" if sign == "=" and re.search(r"[=<>≤≥≠∧∨↔]|\bfun\b", body) else body
            equations.append((f"∀ {' '.join(bound)}, " if bound else "") + f"{left} {sign} {written}")
        type_ = " → ".join([*(atom(k or "") for k in kinds[:-1]), kinds[-1] or ""])
        return Laws(name, variable, type_, tuple(equations))


def _fields(body: str) -> tuple[tuple[str, str], ...] | None:
    """(name, type) of each field of a structure without parameters and with at least two fields."""
    head, _, rest = body.partition("where")
    if not re.fullmatch(r"structure\s+[\w.']+\s*", head):
        return None
    rest = re.split(r"\n\s*deriving\b", rest)[0]
    found = []
    for line in filter(str.strip, rest.splitlines()):
        names, colon, kind = line.partition(":")
        if not colon or ":=" in line or not IDENTIFIER.fullmatch(names.split()[0]):
            return None
        found += [(name, kind.strip()) for name in names.split()]
    return tuple(found) if len(found) > 1 else None


def _arms(header: Header, body: str) -> list[tuple[list[str], list[str], str]] | None:
    """(bound names, arguments, right side) of each defining equation."""
    found = read_definition(body)
    if found is None:
        return None
    statement, cut = found
    names = [n for b in statement.binders for n in b.names]
    if cut.form == "assign":
        return [(names, names, " ".join(body[cut.proof_start :].split()))]
    arms, fresh = [], (f"x{i}" for i in count(1))
    for arm in _ARM.split("\n" + body[cut.proof_start :])[1:]:
        left, arrow, right = arm.partition("=>")
        if not arrow:
            return None
        patterns = [re.sub(r"\b_\b", lambda _: next(fresh), p.strip()) for p in _by_commas(left)]
        bound = [n for p in patterns for n in _bound(p, header)]
        arms.append(([*names, *bound], [*names, *map(atom, patterns)], " ".join(right.split())))
    return arms if _apart([patterns[len(names) :] for _, patterns, _ in arms], header) else None


def _by_commas(text: str) -> list[str]:
    cuts = [-1, *(start for token, start, _ in top_level(text) if token == ","), len(text)]
    return [text[a + 1 : b] for a, b in pairwise(cuts)]


def _bound(pattern: str, header: Header) -> list[str]:
    constructors = {c.rpartition(".")[2] for members in header.enums.values() for c in members}
    known = constructors | {"true", "false", "none", "some", "nil", "cons", "zero", "succ"}
    return [
        m.group()
        for m in IDENTIFIER.finditer(pattern)
        if "." not in m.group() and not pattern[: m.start()].endswith(".") and m.group() not in known
    ]


def _apart(rows: list[list[str]], header: Header) -> bool:
    """No arm is a catch-all behind others: then each arm is an equation by itself."""
    return all(len({p in _bound(p, header) for p in column}) == 1 for column in zip(*rows, strict=False))


def _call(function: str, argument: str, before: str) -> str:
    """An application, in parentheses where it would else be an argument of the word before it."""
    call = f"{function} {argument}"
    return call if re.search(r"(?:^|[(⟨\[,=+\-*^<≤>≥≠∧∨¬↔→∀∃])\s*\Z", before) else f"({call})"


def _opening(text: str, close: int) -> int:
    """Offset of the parenthesis that `text[close]` closes; 0 where there is none."""
    depth = 0
    for at in range(close, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if depth == 0:
            return at
    return 0
