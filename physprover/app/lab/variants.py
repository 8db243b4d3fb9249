"""Wrong variants of proofs that both kernels accept: the kernels compared on terms that neither was made for.

A variant changes one row of the constants that the judge exports: another constant, universe level, order of arguments, type,
part of a term, literal, index of a projection or a variable, or number of parameters. Most are ill-typed; some still hold.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from physprover.app.lab import Row, row
from physprover.errors import LeanSetupError
from physprover.files import append, read_journal
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, WorkerLost
from physprover.lean.kernel import SecondKernel
from physprover.records import Record

BVAR, SORT, CONST, APP, LAMBDA, PI, LET, LITERAL, PROJECTION = 0, 3, 4, 5, 6, 7, 8, 9, 11
Constants = dict[str, Any]
Edit = tuple[str, int, Any]  # which table, at which place, into what
# The kind of a change, and the edit; None where the constants have nothing of the kind.
Change = tuple[str, str, int, Any] | None
# Lean's answer ("accepted", "refused", or how its process ended), the second's, and why.
Answered = tuple[str, str, str]
Result = TypeVar("Result")

_SECONDS = 20.0  # CPU time of one question
_BATCH, _BATCH_SECONDS = 50, 120.0  # variants of one request, and its CPU time
_STARTS = 3


def variants(constants: Constants, count: int, seed: int) -> Iterator[tuple[str, Edit]]:
    """Up to `count` different changes of the constants of one proof, each with its kind; the same for one seed."""
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
        yield kind, (table, place, value)


def applied(constants: Constants, edit: Edit) -> Constants:
    """The constants with one row replaced."""
    table, place, value = edit
    rows = list(constants[table])
    rows[place] = value
    return {**constants, table: rows}


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
    """Lean's kernel and the second one, asked for the same constants.

    A process that ends is replaced; one that does not start is tried again, and counted in `restarts`.
    """

    def __init__(self, memory_gb: float) -> None:
        self._folder, self._memory = ensure_installed(), memory_gb
        self._lean = LeanProcess(self._folder, memory_gb)
        self._second = SecondKernel(self._folder)
        self.restarts = 0

    def ask(self, given: Constants, modules: Sequence[str], theorem: str) -> Answered:
        """What both answer on the constants of a proof."""
        request = {"text": _imports(modules), "theorems": [theorem], "constants": given}
        try:
            reason = self._asked({"judgeSnippet": request}, _SECONDS).get("refused", "")
            # A proof may use a lemma that its header states with `sorry`: the audit's affair, and no refusal of the kernel.
            lean = "refused" if reason and not reason.startswith("rests on ") else "accepted"
        except WorkerLost as lost:
            lean, reason = lost.reason, lost.detail
        second = self._started(lambda: self._second.check(modules, given, {"theorems": [theorem]}, _SECONDS))
        return lean, second.outcome, _words(reason, second.message)

    def ask_many(
        self, given: Constants, modules: Sequence[str], theorem: str, edits: Sequence[Edit]
    ) -> list[Answered]:
        """What both answer on each change of the constants of a proof that holds; one by one where that fails."""
        request = {"theorems": [theorem], "constants": given, "changes": edits}
        try:
            lean = self._asked({"variants": {**request, "text": _imports(modules)}}, _BATCH_SECONDS)[
                "answers"
            ]
            second = self._started(
                lambda: self._second.variants({**request, "modules": list(modules)}, _BATCH_SECONDS)
            )
        except WorkerLost:
            lean = second = None
        if lean is None or second is None:
            return [self.ask(applied(given, edit), modules, theorem) for edit in edits]
        return [
            ("refused" if reason else "accepted", outcome, _words(reason, message))
            for reason, (outcome, message) in zip(lean, second, strict=True)
        ]

    def unread(self, given: Constants, modules: Sequence[str], theorem: str) -> bool:
        """Whether the second kernel accepts the constants without the recursors that came along. Lean makes its own and
        never reads those; the second kernel compares them with what it derives."""
        kept = [d for d in given["declarations"] if d["kind"] != "recursor"]
        asked = {**given, "declarations": kept}
        answer = self._started(lambda: self._second.check(modules, asked, {"theorems": [theorem]}, _SECONDS))
        return answer.outcome == "accepted"

    def _asked(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Lean's answer. Raises `WorkerLost` where its process ends at it."""
        self._started(self._ready)
        try:
            return self._lean.ask(request, seconds)
        except WorkerLost:
            self._lean = LeanProcess(self._folder, self._memory)
            raise

    def _ready(self) -> None:
        try:
            self._lean.wait_ready()
        except LeanSetupError as error:
            self._lean = LeanProcess(self._folder, self._memory)
            raise WorkerLost("infrastructure", str(error)) from None

    def _started(self, ask: Callable[[], Result]) -> Result:
        """The result of `ask`, asked again while its process does not start: a busy machine. Raises `WorkerLost`."""
        for _ in range(_STARTS):
            try:
                return ask()
            except WorkerLost as lost:
                if lost.reason != "infrastructure":
                    raise
                self.restarts += 1
        raise WorkerLost("infrastructure", f"did not start {_STARTS} times")

    def close(self) -> None:
        self._lean.kill()
        self._second.close()


def _imports(modules: Sequence[str]) -> str:
    return "".join(f"import {m}\n" for m in modules if m != "Init")


def _words(lean: str, second: str) -> str:
    return f"Lean: {lean or 'accepted'}; second: {second or 'accepted'}"


class Answers(Record):
    """What both kernels say to the variants of one proof: one line of a journal."""

    number: int  # of the proof, the smallest first
    theorem: str
    seed: int
    asked: int  # variants wanted
    counts: dict[str, dict[str, int]]  # kind of variant -> "Lean/second" -> how many
    differ: tuple[str, ...] = ()  # disagreements, in words
    lost: int = 0  # variants that a kernel's process could not be started for
    restarts: int = 0  # starts that were tried again


def compare(
    both: BothKernels,
    witnessed: Sequence[dict[str, Any]],
    total: int,
    seed: int = 0,
    done: Collection[int] = (),
) -> Iterator[Answers]:
    """The answers on `total` variants spread over proofs, one proof after the other.

    Args:
        witnessed: what the second kernel is given of each proof: `modules`, `constants`, `theorem`.
        done: numbers of proofs that are left out.
    """
    each, more = divmod(total, len(witnessed))
    for number, given in enumerate(witnessed):
        wanted = each + (number < more)
        if wanted and number not in done:
            yield _answers(both, given, number, wanted, seed)


def _answers(both: BothKernels, given: dict[str, Any], number: int, wanted: int, seed: int) -> Answers:
    name, modules, constants = given["theorem"]["name"], given["modules"], given["constants"]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    differ: list[str] = []
    lost, restarts = 0, both.restarts
    made = list(variants(constants, wanted, seed + number))
    for start in range(0, len(made), _BATCH):
        part = made[start : start + _BATCH]
        try:
            answers = both.ask_many(constants, modules, name, [edit for _, edit in part])
        except WorkerLost:
            lost += len(part)
            continue
        for (kind, edit), (lean, second, why) in zip(part, answers, strict=True):
            if (
                lean == "accepted"
                and second in ("refused", "malformed")
                and both.unread(applied(constants, edit), modules, name)
            ):
                second = "refused for what Lean does not read"
            counts[kind][f"{lean}/{second}"] += 1
            if (lean == "accepted") != (second == "accepted"):
                differ.append(f"{lean}/{second}: {kind} in {shown(name)}: {why}")
    return Answers(
        number=number,
        theorem=shown(name),
        seed=seed,
        asked=wanted,
        counts={kind: dict(found) for kind, found in counts.items()},
        differ=tuple(differ),
        lost=lost,
        restarts=both.restarts - restarts,
    )


def shown(name: str) -> str:
    """A name as Lean shows it."""
    return name.replace("\x01", ".").replace("\x02", "")


def rows_of(answers: Sequence[Answers]) -> list[Row]:
    """How many variants the second kernel accepts where Lean's kernel does not, the reverse, and both by kind of variant."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for each in answers:
        for kind, found in each.counts.items():
            by_kind[kind].update(found)
    total = sum(by_kind.values(), Counter[str]())
    tried = sum(total.values())
    unsound = sum(
        n for pair, n in total.items() if pair.endswith("/accepted") and pair != "accepted/accepted"
    )
    incomplete = sum(
        n
        for pair, n in total.items()
        if pair in ("accepted/refused", "accepted/malformed", "accepted/exhausted")
    )
    differ = [d for each in answers for d in each.differ if "does not read" not in d]
    note = f"{sum(a.lost for a in answers)} more not put to both, {sum(a.restarts for a in answers)} starts tried again"
    return [
        row(
            f"of {tried} variants, accepted by the second kernel alone", "0", str(unsound), unsound == 0, note
        ),
        row("variants that Lean alone accepts", "", str(incomplete), None, "; ".join(differ)[:400]),
        *(
            row(
                f"… {kind}",
                "",
                str(sum(found.values())),
                None,
                ", ".join(f"{pair} {n}" for pair, n in sorted(found.items())),
            )
            for kind, found in sorted(by_kind.items())
        ),
    ]


def wrong_variants(
    memory_gb: float,
    witnessed: Sequence[dict[str, Any]],
    total: int,
    journal: Path | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> list[Row]:
    """`total` variants of paid proofs put to both kernels: those of the smaller half, which are judged quickly.

    Args:
        memory_gb: of Lean's process.
        witnessed: as for `compare`.
        total: variants.
        journal: a line for each proof done; what it holds of the same proofs is not asked again.
        note: hears how far it is.

    Raises `DataError` for a journal that cannot be read.
    """
    small = sorted(witnessed, key=lambda given: len(given["constants"]["exprs"]))[
        : max(1, len(witnessed) // 2)
    ]
    each, more = divmod(total, len(small))
    names = [shown(given["theorem"]["name"]) for given in small]
    kept = read_journal(journal, Answers) if journal is not None else ()
    known = [
        a
        for a in kept
        if a.number < len(small) and (a.theorem, a.asked) == (names[a.number], each + (a.number < more))
    ]
    with closing(BothKernels(memory_gb)) as both:
        for answers in compare(both, small, total, done={a.number for a in known}):
            known.append(answers)
            note(f"{sum(sum(c.values()) for a in known for c in a.counts.values())} variants")
            if journal is not None:
                append(journal, answers)
    return rows_of(known)
