"""Small files in the lean4export format, written by hand: terms as nested tuples, numbered when a declaration needs them.

A term is an int (bound variable), ("sort", level), ("const", name, *levels), ("app", f, *arguments), ("lam", type, body),
("pi", type, body), ("let", type, value, body), ("nat", n), ("str", text) or ("proj", structure, index, term). A level is 0,
a number, a parameter's name, ("succ", l), ("max", a, b) or ("imax", a, b).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from physprover.lean.kernel import Answer

Check = Callable[..., Answer]  # the fixture `check`

META = {
    "meta": {
        "exporter": {"name": "tests", "version": "1"},
        "lean": {"version": "4.28.0", "githash": ""},
        "format": {"version": "3.1.0"},
    }
}
PROP, TYPE = ("sort", 0), ("sort", 1)


def const(name: str, *levels: Any) -> tuple[Any, ...]:
    return ("const", name, *levels)


def app(f: Any, *arguments: Any) -> tuple[Any, ...]:
    return ("app", f, *arguments) if arguments else f


def pi(*parts: Any) -> Any:
    """Domains, then the body."""
    return parts[0] if len(parts) == 1 else ("pi", parts[0], pi(*parts[1:]))


def lam(*parts: Any) -> Any:
    """Domains, then the body."""
    return parts[0] if len(parts) == 1 else ("lam", parts[0], lam(*parts[1:]))


class Export:
    """Lines of a file, in order."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = [META]
        self._names: dict[str, int] = {"": 0}
        self._levels: dict[Any, int] = {0: 0}
        self._terms: dict[Any, int] = {}

    def write(self, path: Path) -> Path:
        path.write_text("".join(json.dumps(line) + "\n" for line in self.lines), encoding="utf-8")
        return path

    def name(self, text: str) -> int:
        if text not in self._names:
            before, _, last = text.rpartition(".")
            pre = self.name(before)
            self._names[text] = len(self._names)
            self.lines.append({"in": self._names[text], "str": {"pre": pre, "str": last}})
        return self._names[text]

    def level(self, level: Any) -> int:
        if isinstance(level, int) and level > 0:
            level = ("succ", level - 1)
        if level not in self._levels:
            match level:
                case str():
                    row: dict[str, Any] = {"param": self.name(level)}
                case ("succ", a):
                    row = {"succ": self.level(a)}
                case (kind, a, b):
                    row = {kind: [self.level(a), self.level(b)]}
            self._levels[level] = len(self._levels)
            self.lines.append({**row, "il": self._levels[level]})
        return self._levels[level]

    def term(self, term: Any) -> int:
        if term in self._terms:
            return self._terms[term]
        match term:
            case int():
                row: dict[str, Any] = {"bvar": term}
            case ("sort", level):
                row = {"sort": self.level(level)}
            case ("const", name, *levels):
                row = {"const": {"name": self.name(name), "us": [self.level(x) for x in levels]}}
            case ("app", f, x):
                row = {"app": {"fn": self.term(f), "arg": self.term(x)}}
            case ("app", f, *rest):
                return self.term(("app", ("app", f, *rest[:-1]), rest[-1]))
            case (("lam" | "pi") as kind, domain, body):
                parts = {"type": self.term(domain), "body": self.term(body)}
                key = "lam" if kind == "lam" else "forallE"
                row = {key: {"name": self.name("x"), "binderInfo": "default", **parts}}
            case ("let", domain, value, body):
                parts = {"type": self.term(domain), "value": self.term(value), "body": self.term(body)}
                row = {"letE": {"name": self.name("x"), "nondep": False, **parts}}
            case ("nat", n):
                row = {"natVal": str(n)}
            case ("str", text):
                row = {"strVal": text}
            case ("proj", structure, index, of):
                row = {"proj": {"typeName": self.name(structure), "idx": index, "struct": self.term(of)}}
        self._terms[term] = len(self._terms)
        self.lines.append({**row, "ie": self._terms[term]})
        return self._terms[term]

    def _signature(self, name: str, params: tuple[str, ...], type_: Any) -> dict[str, Any]:
        return {
            "name": self.name(name),
            "levelParams": [self.name(p) for p in params],
            "type": self.term(type_),
        }

    def axiom(self, name: str, type_: Any, params: tuple[str, ...] = ()) -> Export:
        self.lines.append({"axiom": {**self._signature(name, params, type_), "isUnsafe": False}})
        return self

    def theorem(self, name: str, type_: Any, value: Any, params: tuple[str, ...] = ()) -> Export:
        body = {**self._signature(name, params, type_), "value": self.term(value)}
        self.lines.append({"thm": {**body, "all": [self.name(name)]}})
        return self

    def definition(self, name: str, type_: Any, value: Any, params: tuple[str, ...] = ()) -> Export:
        body = {**self._signature(name, params, type_), "value": self.term(value)}
        hints = {"hints": {"regular": 1}, "safety": "safe", "all": [self.name(name)]}
        self.lines.append({"def": {**body, **hints}})
        return self

    def opaque(self, name: str, type_: Any, value: Any, params: tuple[str, ...] = ()) -> Export:
        body = {**self._signature(name, params, type_), "value": self.term(value)}
        self.lines.append({"opaque": {**body, "all": [self.name(name)], "isUnsafe": False}})
        return self

    def quotient(self, kind: str, name: str, type_: Any, params: tuple[str, ...]) -> Export:
        self.lines.append({"quot": {**self._signature(name, params, type_), "kind": kind}})
        return self

    def family(
        self,
        types: list[tuple[str, Any, list[tuple[str, Any, int]]]],
        recursors: list[dict[str, Any]],
        params: tuple[str, ...] = (),
        num_params: int = 0,
        **said: Any,
    ) -> Export:
        """An inductive declaration. `types`: (name, type, [(constructor, type, number of fields)]); `said` replaces what
        the declaration says of its types."""
        names = [self.name(name) for name, _, _ in types]
        shown = {"numParams": num_params, "isUnsafe": False}
        rows, constructors = [], []
        for name, type_, given in types:
            about = {"numIndices": 0, "numNested": 0, "isRec": False, "isReflexive": False, **shown, **said}
            ctors = [self.name(c) for c, _, _ in given]
            rows.append({**self._signature(name, params, type_), **about, "all": names, "ctors": ctors})
            for index, (c, of, fields) in enumerate(given):
                about = {"induct": self.name(name), "cidx": index, "numFields": fields, **shown}
                constructors.append({**self._signature(c, params, of), **about})
        recs = []
        for r in recursors:
            rules = [{"ctor": self.name(c), "nfields": n, "rhs": self.term(rhs)} for c, n, rhs in r["rules"]]
            body = self._signature(r["name"], r["params"], r["type"])
            counts = {k: r[k] for k in ("numIndices", "numMotives", "numMinors", "k")}
            recs.append({**body, **shown, **counts, "all": names, "rules": rules})
        self.lines.append({"inductive": {"types": rows, "ctors": constructors, "recs": recs}})
        return self


NAT, BOOL, TRUE, FALSE = const("Nat"), const("Bool"), const("Bool.true"), const("Bool.false")


def nat(n: int) -> Any:
    return ("nat", n)


def eq(type_: Any, a: Any, b: Any, level: Any = 1) -> Any:
    return app(const("Eq", level), type_, a, b)


def refl(type_: Any, a: Any, level: Any = 1) -> Any:
    return app(const("Eq.refl", level), type_, a)


def accepted(answer: Answer) -> bool:
    assert answer.outcome in ("accepted", "refused"), answer
    return answer.outcome == "accepted"


def says(check: Check, type_: Any, a: Any, b: Any, level: Any = 1, params: tuple[str, ...] = ()) -> bool:
    """Whether `a = b` holds by definition: `Eq.refl a` has that type."""
    return accepted(check(Export().theorem("t", eq(type_, a, b, level), refl(type_, a, level), params)))


def recursor(
    called: str, type_: Any, rules: list[Any], minors: int, params: tuple[str, ...] = ("u",), **extra: Any
) -> Any:
    counts = {"numIndices": 0, "numMotives": 1, "numMinors": minors, "k": False}
    return {"name": called, "params": params, "type": type_, "rules": rules} | counts | extra


N = const("N")
N_REC = const("N.rec", "u")


def numbers(**wrong: Any) -> Export:
    """Natural numbers, declared by hand with everything Lean would say of them; `wrong` replaces a part."""
    motive = pi(N, ("sort", "u"))
    step = pi(N, app(1 + 1, 0), app(2 + 1, app(const("N.s"), 1)))
    type_ = pi(motive, app(0, const("N.z")), step, N, app(3, 0))
    zero = lam(motive, app(0, const("N.z")), step, 1)
    again = app(N_REC, 3, 2, 1, 0)
    succ = lam(motive, app(0, const("N.z")), step, N, app(1, 0, again))
    parts: dict[str, Any] = {
        "types": [("N", TYPE, [("N.z", N, 0), ("N.s", pi(N, N), 1)])],
        "type": type_,
        "rules": [("N.z", 0, zero), ("N.s", 1, succ)],
        "recursor": {},
        "said": {},
    }
    parts |= wrong
    rec = recursor("N.rec", parts["type"], parts["rules"], 2, **parts["recursor"])
    return Export().family(parts["types"], [rec], **({"isRec": True} | parts["said"]))
