"""What is wrong with a library's statements, though each is proved: hypotheses that clash, that nothing needs, that only zeros
and ones satisfy; variables that stand idle; statements made twice. Lean answers, the text is only read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from data_gen.candidates import LEVELS, with_level
from data_gen.judging import Judging, own_proofs
from data_gen.probes import Examined, Satisfied, examine, idle_variables, satisfy
from physprover.lean.text.terms import canonical_form, parse_statement
from physprover.records import Record, Theorem

KINDS = (
    "not proved",
    "contradictory hypotheses",
    "superfluous hypothesis",
    "idle variable",
    "trivial values only",
    "no values found",
    "duplicate",
)


class Finding(Record):
    """One thing wrong with one theorem."""

    theorem: str
    file: str
    line: int
    kind: str  # of `KINDS`
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.theorem.rpartition('.')[2]}: {self.kind}" + (
            f": {self.detail}" if self.detail else ""
        )


class LintReport(Record):
    """A library's findings, and what was looked at."""

    theorems: int
    with_hypotheses: int
    satisfied: int  # of these, with values at which Lean found the hypotheses true
    levels: dict[str, int]  # difficulty level -> theorems; empty where it was not measured
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        counts = Counter(f.kind for f in self.findings)
        lines = [*map(str, self.findings), *([""] if self.findings else [])]
        lines.append(
            f"{self.theorems} theorems, {self.with_hypotheses} with hypotheses, "
            f"{self.satisfied} of them satisfied by values that Lean checked"
        )
        if self.levels:
            deep = sum(self.levels.get(str(level), 0) for level in (3, 4))
            shown = ", ".join(f"{level}: {self.levels.get(str(level), 0)}" for level in LEVELS)
            lines.append(f"levels {shown}; {deep / max(self.theorems, 1):.0%} of level 3 or 4")
        lines.append(", ".join(f"{kind}: {counts[kind]}" for kind in KINDS))
        return "\n".join(lines)


def lint(
    theorems: Sequence[Theorem],
    judging: Judging,
    tick: Callable[[], None],
    levels: bool,
) -> LintReport:
    """Ask Lean about every theorem.

    Args:
        theorems: of one library, with their proofs.
        judging: who asks Lean.
        tick: called once for each of Lean's answers.
        levels: measure what single tactics close, too; one more check a theorem.
    """
    theorems, proofs = own_proofs(theorems, judging, tick)
    found = satisfy(theorems, judging, tick)
    satisfied = {name for name, one in found.items() if one.point is not None}
    examined = examine(theorems, judging, tick, satisfied)
    twins = _twins(theorems)

    def findings(theorem: Theorem) -> Iterator[tuple[str, str]]:
        name = theorem.name
        if not proofs[name].proved:
            yield "not proved", proofs[name].message.partition("\n")[0]
        if name in examined:
            yield from _hypotheses(examined[name], found[name])
        yield from (("idle variable", v) for v in idle_variables(theorem))
        if name in twins:
            yield "duplicate", twins[name]

    closed = judging.portfolio(theorems, tick) if levels else {}
    measured = [with_level(t.replace(closed_by=closed[t.name])) for t in theorems] if levels else []
    return LintReport(
        theorems=len(theorems),
        with_hypotheses=len(found),
        satisfied=sum(f.point is not None for f in found.values()),
        levels=dict(sorted(Counter(str(t.level) for t in measured).items())),
        findings=tuple(
            Finding(theorem=t.name, file=t.source.file, line=t.source.line, kind=kind, detail=detail)
            for t in theorems
            for kind, detail in findings(t)
        ),
    )


def _hypotheses(examined: Examined, found: Satisfied) -> Iterator[tuple[str, str]]:
    if examined.contradictory:
        yield "contradictory hypotheses", ""
        return
    yield from (("superfluous hypothesis", name) for name in examined.spare)
    if found.point is None:
        yield "no values found", ""
    elif found.trivial:
        yield "trivial values only", str(found)


def _twins(theorems: Iterable[Theorem]) -> dict[str, str]:
    """Theorem -> an earlier one that says the same up to names, order and sides."""
    first: dict[str, str] = {}
    found = {}
    for theorem in theorems:
        statement = parse_statement(theorem.statement)
        if statement is not None:
            earlier = first.setdefault(f"{theorem.domain} {canonical_form(statement)}", theorem.name)
            if earlier != theorem.name:
                found[theorem.name] = earlier
    return found
