"""What conjecture generators hand over, whoever they are: symbolic rules, a language model, the prover itself."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from data_gen.headers import read_header
from data_gen.proofs import proof_text, templates
from data_gen.terms import normal_form, parse_statement
from physprover.errors import DataError
from physprover.lean.text.commands import parse
from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import IDENTIFIER, mask, without_comments
from physprover.records import Theorem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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


class Generator(Protocol):
    """Makes candidates from seeds.

    `rounds` yields portions, smallest useful first, so that stopping early stays balanced over the seeds. The same seeds give
    the same candidates in the same order, after a kill too: what a generator cannot compute again it must have written
    down. `note` prints one lasting line.
    """

    @property
    def name(self) -> str: ...

    def rounds(self, seeds: Sequence[Theorem], note: Callable[[str], None]) -> Iterator[list[Candidate]]: ...


def from_text(parent: Theorem, text: str, rule: str, informal: str | None = None) -> Candidate:
    """A candidate under `parent`'s header from a statement that a model wrote. Never raises: what is no statement, or could
    do more than state something when Lean reads it, becomes a candidate without a key, with the reason."""
    short = f"{parent.name.rpartition('.')[2]}_{rule.replace('-', '_')}"
    namespace = parent.name[: len(parent.name) - len(parent.name.rpartition(".")[2])]
    theorem = Theorem(
        name=namespace + short,
        statement=text.strip() or "(empty)",
        header=parent.header,
        domain=parent.domain,
        source=parent.source,
        split=parent.split,
        engine=parent.engine,
        informal=informal,
        lemmas_proved=parent.lemmas_proved,
        origin="conjecture",
        parents=(parent.name,),
        rule=rule,
    )
    try:
        statement = read_statement(text, short)
    except DataError as error:
        return Candidate(theorem, (), "", str(error))
    header, parsed = read_header(parent.header), parse_statement(statement)
    assert parsed is not None  # read_statement has seen to it
    premises = header.premises(statement)
    return Candidate(
        theorem.replace(statement=statement, premises=premises, lemmas=header.lemmas(statement)),
        tuple(dict.fromkeys(map(proof_text, templates(header, parsed, premises)))),
        normal_form(parsed),
    )


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
