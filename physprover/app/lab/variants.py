"""Wrong variants of proofs that both kernels accept: the kernels compared on terms that neither was made for.

A variant changes one row of the constants that the judge exports: another constant, universe level, order of arguments, type,
part of a term, literal, index of a projection or a variable, or number of parameters. Most are ill-typed; some still hold.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from physprover.app.lab import Row, row
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, WorkerLost
from physprover.lean.kernel import SecondKernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from physprover.config import EngineConfig

BVAR, SORT, CONST, APP, LAMBDA, PI, LET, LITERAL, PROJECTION = 0, 3, 4, 5, 6, 7, 8, 9, 11
Constants = dict[str, Any]
# What is changed, in which table, at which place, into what; None where the constants have nothing of the kind.
Change = tuple[str, str, int, Any] | None


def variants(constants: Constants, count: int, seed: int) -> Iterator[tuple[str, Constants]]:
    """Up to `count` different variants of the constants of one proof, each with its kind; the same for one seed."""
    draw = random.Random(seed)
    seen: set[tuple[str, int, str]] = set()
    for _ in range(50 * count):
        if len(seen) == count:
            return
        change = draw.choice(KINDS)(constants, draw)
        if change is None:
            continue
        kind, table, place, value = change
        if value == constants[table][place] or (table, place, repr(value)) in seen:
            continue
        seen.add((table, place, repr(value)))
        rows = list(constants[table])
        rows[place] = value
        yield kind, {**constants, table: rows}


def _rows(constants: Constants, *tags: int) -> list[tuple[int, list[Any]]]:
    return [(place, row) for place, row in enumerate(constants["exprs"]) if row[0] in tags]


def _constant(constants: Constants, draw: random.Random) -> Change:
    """A constant (a constructor or a recursor too) replaced by another of the proof, its levels kept."""
    rows = _rows(constants, CONST)
    if not rows:
        return None
    place, (_, _, levels) = draw.choice(rows)
    alike = [other[1] for _, other in rows if len(other[2]) == len(levels)]
    return "constant", "exprs", place, [CONST, draw.choice(alike), levels]


def _level(constants: Constants, draw: random.Random) -> Change:
    rows = [(p, r) for p, r in _rows(constants, CONST, SORT) if r[0] == SORT or r[2]]
    if not rows:
        return None
    place, found = draw.choice(rows)
    level = draw.randrange(len(constants["levels"]))
    if found[0] == SORT:
        return "level", "exprs", place, [SORT, level]
    levels = list(found[2])
    levels[draw.randrange(len(levels))] = level
    return "level", "exprs", place, [CONST, found[1], levels]


def _level_row(constants: Constants, draw: random.Random) -> Change:
    """`max` for `imax`, their arguments exchanged, or a successor dropped."""
    place = draw.randrange(len(constants["levels"]))
    tag, *parts = constants["levels"][place]
    if tag in (2, 3):
        return "level", "levels", place, draw.choice([[5 - tag, *parts], [tag, parts[1], parts[0]]])
    return ("level", "levels", place, constants["levels"][parts[0]]) if tag == 1 else None


def _order(constants: Constants, draw: random.Random) -> Change:
    """`f a b` becomes `f a a` or `a f`: an argument takes the place of another, or of the function."""
    rows = _rows(constants, APP)
    if not rows:
        return None
    place, (_, f, x) = draw.choice(rows)
    inner = constants["exprs"][f]
    if inner[0] == APP and draw.random() < 0.8:
        return "order", "exprs", place, draw.choice([[APP, f, inner[2]], [APP, inner[1], x]])
    return "order", "exprs", place, [APP, x, f]


def _part(constants: Constants, draw: random.Random) -> Change:
    """A part of an application, a binder or a `let` replaced by any term that comes before it."""
    rows = [(p, r) for p, r in _rows(constants, APP, LAMBDA, PI, LET) if p > 0]
    if not rows:
        return None
    place, found = draw.choice(rows)
    changed = list(found)
    spots = {APP: (1, 2), LET: (2, 3, 4)}.get(found[0], (2, 3))
    changed[draw.choice(spots)] = draw.randrange(place)
    return "part", "exprs", place, changed


def _binder(constants: Constants, draw: random.Random) -> Change:
    """A function for a function type, or the other way round."""
    rows = _rows(constants, LAMBDA, PI)
    if not rows:
        return None
    place, found = draw.choice(rows)
    return "binder", "exprs", place, [LAMBDA + PI - found[0], *found[1:]]


def _index(constants: Constants, draw: random.Random) -> Change:
    """Another variable, or another field of a projection."""
    rows = _rows(constants, BVAR, PROJECTION)
    if not rows:
        return None
    place, found = draw.choice(rows)
    spot = 1 if found[0] == BVAR else 2
    changed = list(found)
    changed[spot] = str(max(0, int(found[spot]) + draw.choice([-1, 1, 2])))
    return "index", "exprs", place, changed


def _literal(constants: Constants, draw: random.Random) -> Change:
    rows = _rows(constants, LITERAL)
    if not rows:
        return None
    place, (_, kind, value) = draw.choice(rows)
    changed = str(max(0, int(value) + draw.choice([-1, 1, 7]))) if kind == 0 else value + "x"
    return "literal", "exprs", place, [LITERAL, kind, changed]


def _declaration(constants: Constants, draw: random.Random) -> Change:
    """Another type or value, another number of parameters, or the constructors in another order."""
    place = draw.randrange(len(constants["declarations"]))
    found = constants["declarations"][place]
    if found["kind"] == "inductive" and draw.random() < 0.5:
        params = max(0, int(found["params"]) + draw.choice([-1, 1]))
        return "inductive", "declarations", place, {**found, "params": type(found["params"])(params)}
    key = draw.choice(["type", "value"] if "value" in found else ["type"])
    new = draw.randrange(len(constants["exprs"]))
    return "type" if key == "type" else "value", "declarations", place, {**found, key: new}


KINDS: list[Callable[[Constants, random.Random], Change]] = [
    _constant, _level, _level_row, _order, _part, _binder, _index, _literal, _declaration,
]  # fmt: skip


class BothKernels:
    """Lean's kernel and the second one, asked for the same constants. Lean's process is replaced when it ends."""

    def __init__(self, memory_gb: float, seconds: float = 20.0) -> None:
        self._folder, self._memory, self._seconds = ensure_installed(), memory_gb, seconds
        self._lean = LeanProcess(self._folder, memory_gb)
        self._second = SecondKernel(self._folder)

    def ask(self, given: Constants, modules: Sequence[str], theorem: str) -> tuple[str, str, str]:
        """What Lean answers ("accepted", "refused", or how its process ended), what the second kernel does, and why."""
        imports = "".join(f"import {m}\n" for m in modules if m != "Init")
        request = {"text": imports, "theorems": [theorem], "constants": given}
        try:
            reason = self._lean.ask({"judgeSnippet": request}, self._seconds).get("refused", "")
            lean = "refused" if reason else "accepted"
        except WorkerLost as lost:
            lean, reason = lost.reason, lost.detail
            self._lean = LeanProcess(self._folder, self._memory)
        second = self._second.check(modules, given, {"theorems": [theorem]}, self._seconds)
        return lean, second.outcome, f"Lean: {reason or 'accepted'}; second: {second.message or 'accepted'}"

    def unread(self, given: Constants, modules: Sequence[str], theorem: str) -> bool:
        """Whether the second kernel accepts the constants without the recursors that came along. Lean makes its own and
        never reads those; the second kernel compares them with what it derives."""
        kept = [d for d in given["declarations"] if d["kind"] != "recursor"]
        asked = {**given, "declarations": kept}
        return (
            self._second.check(modules, asked, {"theorems": [theorem]}, self._seconds).outcome == "accepted"
        )

    def close(self) -> None:
        self._lean.kill()
        self._second.close()


def compare(
    both: BothKernels, witnessed: Sequence[dict[str, Any]], total: int, seed: int = 0
) -> tuple[Counter[tuple[str, str]], list[str]]:
    """The answers on `total` variants spread over proofs, by (Lean, second), and the disagreements in words.

    Args:
        witnessed: what the second kernel is given of each proof: `modules`, `constants`, `theorem`.
    """
    answers: Counter[tuple[str, str]] = Counter()
    differ: list[str] = []
    each, more = divmod(total, len(witnessed))
    for number, given in enumerate(witnessed):
        name, modules = given["theorem"]["name"], given["modules"]
        for kind, changed in variants(given["constants"], each + (number < more), seed + number):
            lean, second, why = both.ask(changed, modules, name)
            if (lean, second) == ("accepted", "refused") and both.unread(changed, modules, name):
                second = "refused for what Lean does not read"
            answers[lean, second] += 1
            if (lean == "accepted") != (second == "accepted"):
                differ.append(f"{lean}/{second}: {kind} in {name.replace(chr(1), '.')}: {why}")
    return answers, differ


def wrong_variants(config: EngineConfig, witnessed: Sequence[dict[str, Any]], total: int) -> list[Row]:
    """`total` variants of paid proofs: how many the second kernel accepts where Lean's kernel does not, and the reverse."""
    small = sorted(witnessed, key=lambda given: len(given["constants"]["exprs"]))
    both = BothKernels(config.memory_gb)
    try:
        answers, differ = compare(both, small[: max(1, len(small) // 2)], total)
    finally:
        both.close()
    unsound = sum(n for (lean, second), n in answers.items() if second == "accepted" and lean != "accepted")
    incomplete = answers["accepted", "refused"] + answers["accepted", "exhausted"]
    held, tried = answers["accepted", "accepted"], sum(answers.values())
    return [
        row(f"of {tried} variants, accepted by the second kernel alone", "0", str(unsound), unsound == 0),
        Row(figure="variants that Lean alone accepts", reach="", measured=str(incomplete), met=None,
            note=f"{held} hold for both; {'; '.join(d for d in differ if 'does not read' not in d)[:400]}"),
    ]  # fmt: skip
