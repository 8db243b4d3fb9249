"""Candidates as generators hand them over, their negations, the scripts worth trying on any statement, and how hard a proved one is."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Protocol

from data_gen.headers import Header, read_header
from data_gen.typecheck import mismatch
from data_gen.values import small_values
from physprover.errors import DataError
from physprover.lean.text.commands import parse
from physprover.lean.text.statements import split_statement
from physprover.lean.text.terms import Statement, normal_form, parse_statement
from physprover.lean.text.tokens import IDENTIFIER, mask, without_comments
from physprover.records import Theorem

if TYPE_CHECKING:
    from data_gen.mutations.seeds import Tactics


_ENUM_CASES = 3  # variables of finite types a template splits at most: 4^3 cases take a second


def templates(header: Header, statement: Statement, premises: Sequence[str]) -> tuple[Tactics, ...]:
    """Proofs worth trying on any statement: its definitions unfolded or handed to a closing tactic, or cases."""
    names = ", ".join(header.definitions(premises))
    finite = [v for v, k in statement.variables().items() if k in header.enums or k == "Bool"]
    cases = " <;> ".join(f"cases {v}" for v in finite[:_ENUM_CASES])
    found: list[Tactics] = [(f"{cases} <;> rfl",), (f"{cases} <;> simp [{names}]",)] if cases else []
    if names:
        found += [(f"simp only [{names}]", "grind"), (f"grind [{names}]",), (f"simp [{names}]",)]
    return tuple(found)


def tactics(proof: str) -> Tactics:
    """The lines of a proof's tactic block, comments cut out; a term proof becomes `exact`."""
    text = without_comments(proof).strip()
    if not re.match(r"by\b", text):
        return ("exact " + " ".join(text.split()),) if text else ()
    lines = text[2:].strip("\n").split("\n")
    if lines[0][:1] == " " and len(lines) > 1 and text[2] != "\n":
        return ()  # `by tac⏎  tac`: the block's column is that of its first tactic, not worth reading
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return tuple(line[margin:].rstrip() for line in lines if line.strip())


def proof_text(lines: Tactics) -> str:
    """Tactic lines as the text after `:=`, in the library's layout."""
    return "by\n" + "\n".join(f"  {line}" for line in lines)


# A mark, a goal (None: that of the theorem), the lines that may prove it
Try = tuple[str, str | None, "Tactics"]
# The theorem's goal is not read again for each try.
_OWN = "refine (id (fun _ y => y True.intro) : ∀ {{G : Prop}}, G → (True → G) → G) ?{0}_goal ?_"
_OTHER = "have {0} : True := (fun (_ : {1}) => True.intro) ?{0}_goal"


def marked(*ways: Try) -> str:
    """A tactic that adds `mark : True` to the context for the first way whose lines prove its goal, and does nothing where none does.

    The goal is a hole closed by `case`, not a nested `by`: that one would log what its tactics leave open and go on.
    """
    parts = ["  first"]
    for mark, goal, lines in ways:
        block = "\n".join(f"      {line}" for line in lines)
        open_, end = (_OWN, f"\n     intro {mark}") if goal is None else (_OTHER, "")
        parts.append(f"  | ({open_.format(mark, goal)}\n     case {mark}_goal =>\n{block}{end})")
    return "\n".join([*parts, "  | skip"])


def probe(end: str, tries: Iterable[Sequence[Try]]) -> str:
    """A proof body that asks instead of proving: of each try the first way that succeeds leaves its mark, see `marked`. It fails on
    purpose, so that Lean prints the context: `end` in the answer says that all was tried, see `marks`."""
    return "\n".join(["by", *(marked(*ways) for ways in tries), f'  fail "{end}"'])


def marks(message: str) -> frozenset[str]:
    """The marks in Lean's answer to a `probe`, and other words."""
    return frozenset(message.split())


# -- How hard a theorem is, from what closes it and how long its proof is. --
#
#     0  one tactic of the portfolio closes it as it stands
#     1  one step: a tactic told what to use, or a term
#     2  two or three steps
#     3  four to seven steps, or a case split or induction
#     4  longer
#
# A proof's steps are its tactics, nested ones counted, separators and focus dots not.

LEVELS = (0, 1, 2, 3, 4)

_SEPARATOR = re.compile(r"\n|;|<;>|·")
_BRANCHES = re.compile(r"(?<![\w'.])(?:induction|cases|rcases|match|calc|split|by_cases)(?![\w'])|<;>")
_LABEL = re.compile(r"\s*(?:\|.*=>)?\s*(?:by\b)?\s*")


def steps(proof: str) -> int:
    """Tactics in a proof body; 1 for a term."""
    text = mask(proof).masked.strip()
    if not re.match(r"by\b", text):
        return 1 + len(re.findall(r"(?<![\w'.])by(?![\w'])", text))
    parts = (_LABEL.sub("", part, count=1) for part in _SEPARATOR.split(text))
    return max(1, sum(bool(part.strip("()[] ,")) for part in parts))


def level(theorem: Theorem) -> int | None:
    """The difficulty level of a theorem with a proof; None where the portfolio has not been asked."""
    if theorem.closed_by is None or theorem.proof is None:
        return None
    if theorem.closed_by:
        return 0
    count = steps(theorem.proof)
    if count > 7:
        return 4
    if count > 3 or (count > 1 and _BRANCHES.search(mask(theorem.proof).masked)):
        return 3
    return 1 if count == 1 else 2


def with_level(theorem: Theorem) -> Theorem:
    """The theorem with its level filled in."""
    return theorem.replace(level=level(theorem))


# -- What conjecture generators hand over, whoever they are: symbolic rules, a language model, the prover itself. --

# Words with which a statement could run code while Lean reads it, leave a hole, or change what later text means.
_UNFIT = re.compile(
    r"(?<![\w'.])(?:sorry|admit|by|run_tac|run_cmd|elab|macro|macro_rules|syntax|notation|initialize|unsafe|axiom|opaque"
    r"|native_decide|set_option|open|import|decreasing_by|by_elab|include_str)(?![\w'])|#\w+|\$\("
)
_DECLARES = re.compile(
    r"(?<![\w'.])(?:theorem|lemma|example|def|abbrev|instance|structure|inductive|class)(?![\w'])"
)
_HEAD = re.compile(rf"(?:theorem|lemma|example)\b\s*(?:{IDENTIFIER.pattern})?")


@dataclass(frozen=True)
class Candidate:
    """A conjecture and the proofs to try, likeliest first. Its `proof` and `closed_by` are still empty."""

    theorem: Theorem
    proofs: tuple[str, ...]
    key: str  # equal for the same statement up to names; "" where the text cannot be read as a statement
    reason: str = ""  # why it cannot
    lavish: bool = False  # its proofs state facts that they may do without


class Generator(Protocol):
    """Makes candidates from seeds.

    `rounds` yields portions, smallest useful first, so that stopping early stays balanced over the seeds. The same seeds give
    the same candidates in the same order, after a kill too: what a generator cannot compute again it must have written
    down. `note` prints one lasting line.
    """

    def rounds(self, seeds: Sequence[Theorem], note: Callable[[str], None]) -> Iterator[list[Candidate]]: ...


def conjecture(
    parent: Theorem,
    name: str,
    statement: str,
    rule: str,
    header: Header | None = None,
    parents: Sequence[str] = (),
    informal: str | None = None,
) -> Theorem:
    """A statement near a theorem as a row without a proof, of the parent's file, split and namespace.

    Args:
        parent: the theorem it was made from; `parents` are those beside it.
        name: within the parent's namespace.
        statement: its text. With a `header`, what it rests on is looked up there; without, it is a text that may be no statement.
        rule: what made it.
        header: a header of the parent's file; the parent's own where there is none.
        informal: what it says in words.
    """
    return Theorem(
        name=parent.name.removesuffix(parent.name.rpartition(".")[2]) + name,
        statement=statement,
        header=header.text if header else parent.header,
        domain=parent.domain,
        source=parent.source,
        split=parent.split,
        engine=parent.engine,
        informal=informal,
        premises=header.premises(statement) if header else (),
        lemmas=header.lemmas(statement) if header else (),
        lemmas_proved=parent.lemmas_proved,
        origin="conjecture",
        parents=(parent.name, *parents),
        rule=rule,
    )


def from_text(parent: Theorem, text: str, rule: str, informal: str | None = None) -> Candidate:
    """A candidate under `parent`'s header from a statement that a model wrote. Never raises: what is no statement, could do
    more than state something when Lean reads it, or is of wrong types, becomes a candidate without a key, with the reason."""
    name = f"{parent.name.rpartition('.')[2]}_{rule.replace('-', '_')}"

    def refused(reason: str) -> Candidate:
        row = conjecture(parent, name, text.strip() or "(empty)", rule, informal=informal)
        return Candidate(row, (), "", reason)

    try:
        statement = read_statement(text, name)
    except DataError as error:
        return refused(str(error))
    header, parsed = read_header(parent.header), parse_statement(statement)
    assert parsed is not None  # read_statement has seen to it
    # a project's header does not hold what its imports declare
    if parent.engine == "core" and (wrong := mismatch(parsed, header)):
        return refused(wrong)
    theorem = conjecture(parent, name, statement, rule, header, informal=informal)
    proofs = dict.fromkeys(map(proof_text, templates(header, parsed, theorem.premises)))
    return Candidate(theorem, tuple(proofs), normal_form(parsed))


_MODIFIERS = re.compile(r"(?:\s|@\[[^\]]*\]|\b(?:private|protected|public|nonrec|noncomputable)\b)*")


def read_statement(text: str, name: str) -> str:
    """The statement in a model's text, on one line, under a name of ours. Raises `DataError` with what is wrong.

    What follows `:=` is dropped. The statement must be one command without tactic blocks, holes or options: the engine
    trusts statements, so a foreign one is not to run anything.
    """
    text = without_comments(text).strip()
    source = mask(text)
    cut = split_statement(source.masked)
    if cut is not None:
        text = text[: cut.statement_end].rstrip()
        source = mask(text)
    commands, declared = parse(source), _DECLARES.findall(source.masked)
    if len(commands) != 1 or len(declared) != 1 or commands[0].kind not in ("theorem", "lemma", "example"):
        raise DataError(f"not one theorem but {', '.join(declared[:4]) or 'none'}")
    if found := _UNFIT.search(source.masked):
        raise DataError(f"`{found[0]}` has no place in a statement")
    if not _MODIFIERS.fullmatch(source.masked[: commands[0].keyword]):
        raise DataError("not one theorem but other words before it")
    body = " ".join(text[commands[0].keyword :].split())
    statement = _HEAD.sub(f"theorem {name} ", body, count=1).replace(
        f"theorem {name}  ", f"theorem {name} ", 1
    )
    parsed = parse_statement(statement)
    if parsed is None or not parsed.goal:
        raise DataError("no `theorem name binders : proposition`")
    return statement


# -- The negation of a conjecture, as a theorem with proofs to try: what is false says so with a counterexample. --
#
# `theorem t (x y : Int) (h : 0 < x) : x ≤ y` is refuted by `¬ ∀ (x y : Int) (h : 0 < x), x ≤ y`, proved at x = 1, y = 0.

_POINTS = 12  # counterexamples tried in one check


def negation(theorem: Theorem, point: Mapping[str, str] | None = None) -> Candidate | None:
    """The negation under the same header; None where the statement has implicit or instance arguments, or none at all. Its proof
    tries the `point`, where the statement is thought to be false, or some of small values."""
    statement = parse_statement(theorem.statement)
    if statement is None or not statement.binders or any(b.bracket != "(" for b in statement.binders):
        return None
    header = read_header(theorem.header)
    quantified = " ".join(map(str, statement.binders))
    negated = Statement(f"{statement.name}_not", (), f"¬ ∀ {quantified}, {statement.goal}")
    renamed = theorem.replace(
        name=f"{theorem.name}_not",
        statement=str(negated),
        rule=f"not-{theorem.rule}",
        lemmas=(),
        informal=None,
    )
    tried = _points(statement, header) if point is None else [point]
    return Candidate(renamed, (_counterexample(statement, header, theorem, tried),), normal_form(negated))


def _counterexample(
    statement: Statement, header: Header, theorem: Theorem, tried: Sequence[Mapping[str, str]]
) -> str:
    names = ", ".join(header.definitions(theorem.premises))
    closers = ["(revert this; decide)", f"(simp [{names}] at this; done)", f"(grind [{names}])"]
    ways = []
    for point in tried:
        given = [point.get(n, "(by first | decide | simp | omega)") for n in statement.arguments()]
        ways.append(f"| (have := all {' '.join(given)}; first | {' | '.join(closers)})")
    return proof_text(("intro all", "first", *ways) if ways else ("intro all", f"grind [{names}]"))


def _points(statement: Statement, header: Header) -> list[dict[str, str]]:
    """Small values for the variables, some of all ways to choose them."""
    variables = statement.variables()
    choices = [small_values(kind, header) for kind in variables.values()]
    if not choices or not all(choices):
        return []
    wide = [c[:3] for c in choices[:5]] + [c[:1] for c in choices[5:]]
    drawn = Random(str(statement)).sample(list(product(*wide)), min(_POINTS, math.prod(map(len, wide))))
    return [dict(zip(variables, values, strict=True)) for values in drawn]


class Names:
    """Names that are taken. A candidate gets the first free one with its own beginning."""

    def __init__(self, names: Sequence[str]) -> None:
        self._taken = set(names)
        self._last: dict[str, int] = defaultdict(lambda: 1)

    def give(self, candidate: Candidate) -> Candidate:
        """The candidate under a name nobody has yet."""
        theorem = candidate.theorem
        name = theorem.name
        while name in self._taken:
            self._last[theorem.name] += 1
            name = f"{theorem.name}{self._last[theorem.name]}"
        self._taken.add(name)
        short, old = name.rpartition(".")[2], theorem.name.rpartition(".")[2]
        statement = theorem.statement.replace(f"theorem {old}", f"theorem {short}", 1)
        return replace(candidate, theorem=theorem.replace(name=name, statement=statement))
