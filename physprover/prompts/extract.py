"""Taking a proof body from a completion. Pure string functions; a statement found in a completion is only compared.

Of several blocks, the last that proves the statement wins: finished and closed before truncated, truncated before one with
`sorry` in it. Where none states it, the last block that is a proof by itself (`by …`) counts, or else the answer where it is
one. Helper lemmas that stand before the theorem and are used by it come along, and so does what it opens, sets or declares
before it (`scope.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from physprover.lean.text.commands import THEOREMS, Command, begins_command, parse
from physprover.lean.text.headers import normalised
from physprover.lean.text.problems import Passage, Posed, passages
from physprover.lean.text.statements import (
    as_laid_out,
    has_sorry,
    is_hole,
    masked_or_plain,
    parted,
    with_commands,
)
from physprover.lean.text.tokens import Source, spliced
from physprover.prompts.scope import lead_of
from physprover.records import Outcome, Verdict

_FENCE = re.compile(r"^[ \t]*(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*$", re.MULTILINE)
_THOUGHT = re.compile(r"</think(?:ing)?>|<answer>")
# What a sampler that keeps special tokens leaves at the end of a line, and the end of a tagged answer.
_END_TOKEN = re.compile(r"(?:<[|｜][\w▁]+[|｜]>|</s>|</answer>|<(?:eos|pad|end_of_turn)>)[ \t]*+(?=[<\n]|\Z)")
_TAG = re.compile(r"\{?\.?lean ?4?\}?(?!\w)[ \t]*", re.IGNORECASE)
_OTHER_LANGUAGE = re.compile(
    r"(?:text|tex|latex|python|json|bash|sh|plain\w*|markdown|md|output|coq|isabelle|haskell)\b", re.I
)
_CODE_ON_FENCE = re.compile(
    r"(?:import|open|theorem|lemma|example|def|namespace|section|set_option|variable|private|noncomputable|@\[|/-)"
)
_TACTICS = re.compile(r"by(?![\w'!?.])")
_PROBE = "theorem probe : p :="
_NAMED = re.compile(r"([^\s:({\[⦃]+?)(?:\.\{([^{}]*)\})?(?=[\s:({\[⦃]|\Z)")
_MANY = 8  # namespaces around a theorem


@dataclass(frozen=True)
class _Block:
    code: str
    closed: bool


def body_in_answer(completion: str, statement: str | None, header: str | None = None) -> str:
    """The proof in an answer that may think, draft and explain; "" if there is none.

    Where no block states the theorem, the last one behind the thinking that is a proof by itself, `by …`, is taken; where
    there is none, the text behind the thinking, if it is such a proof.

    Args:
        completion: the whole text that a model wrote.
        statement: the body is that of a theorem with exactly this statement (white space, comments, docstring, attributes
            and `lemma` for `theorem` aside): a block that proves something else yields "". None takes the last theorem.
        header: the problem's; what it says too does not come along. None: nothing but the body does.
    """
    text = _plain(completion)
    for blocks in _blocks(text):
        answers = [
            (block, body)
            for block in blocks
            if (body := body_after(block.code, statement, header)) is not None and body.strip()
        ]
        if answers:
            best = max(_rank(block, body) for block, body in answers)
            return next(body for block, body in reversed(answers) if _rank(block, body) == best).lstrip(" ")
    return "" if statement is None else _bare(text) or _alone(text)


def body_in_prefill(completion: str, statement: str | None, header: str | None = None) -> str:
    """The proof in a completion that continues after `:=`; a repeated statement is skipped."""
    text = _plain(completion)
    body = re.split(r"```|^[ \t]*~~~", text, maxsplit=1, flags=re.MULTILINE)[0]
    repeated = body_after(body, statement, header) if statement else None
    if repeated is not None:
        return repeated
    if not body.strip():  # the model opened a block of its own
        return body_in_answer(text, statement, header)
    return _one_body(body)


def body_after(code: str, statement: str | None, header: str | None = None) -> str | None:
    """The body of the last theorem of `code` that states `statement` (of its last theorem if None); None where there is none."""
    source = masked_or_plain(code)
    commands = parse(source)
    wanted = None if statement is None else _said(statement)
    proved = [p for p in passages(source, commands) if p.proof is not None]
    found = [p for p in proved if wanted is None or _said(p.statement) == wanted]
    if not found and wanted is not None:  # `namespace A … theorem t` states `A.t`
        found = [p for p in proved if wanted in _said_outside(source, p)]
    if not found:
        return _last_example(source, commands) if statement is None else None
    last = found[-1]
    body = _whole_body(source, last)
    if header is None or is_hole(body):
        return body
    first, behind = last.around or ("", "")
    lead = lead_of(source, commands, last.command, first + body + behind, header, statement)
    if last.around:
        said = (lead.commands, *lead.scope.opens, *lead.scope.options, first)
        return with_commands("\n".join(filter(None, said)), body.lstrip(" ") + behind)
    if lead.scope and last.proof:
        body = lead.scope.around(last.proof.strip(), last.at - _line_start(source, last.at))
    return with_commands(lead.commands, body.lstrip(" ")) if lead.commands else body


def begins_tactics(body: str) -> bool:
    """Whether a body is a tactic block: `by …`, and not a name like `by_contra`."""
    return bool(_TACTICS.match(body.lstrip()))


def _plain(completion: str) -> str:
    return _END_TOKEN.sub("", normalised(completion))


def _rank(block: _Block, body: str) -> int:
    """How good an answer a body is: finished and closed 3, finished 2, with holes 1, nothing 0."""
    if is_hole(body):
        return 0
    return 1 if has_sorry(body) else 3 if block.closed else 2


def _blocks(text: str) -> Iterator[list[_Block]]:
    """Code blocks in order, those behind the last `</think>` or `<answer>` first; the text itself where there is no fence at all.

    A block that a new one, or the end of the thinking, cuts off is not closed.
    """
    fenced = [_fenced(part) for part in reversed(_THOUGHT.split(text))]
    if any(fenced):
        yield from filter(None, fenced)
    else:
        yield [_Block(_THOUGHT.split(text)[-1], True)]


def _fenced(text: str) -> list[_Block]:
    found: list[_Block] = []
    start, opened, lean = 0, "", False  # of the block that is open
    for fence in _FENCE.finditer(text):
        mark, info = fence["mark"], fence["info"]
        if opened and not info and mark[0] == opened[0] and len(mark) >= len(opened):
            if lean:
                found.append(_Block(text[start : fence.start()], True))
            opened = ""
            continue
        tag = _TAG.match(info)
        code = info[tag.end() :] if tag else info
        on_line = bool(_CODE_ON_FENCE.match(code))
        if opened and not (info and (tag or on_line)):
            continue  # text inside a block
        if opened and lean:
            found.append(_Block(text[start : fence.start()], False))
        start = fence.end("info") - len(code) if on_line else min(fence.end() + 1, len(text))
        opened, lean = mark, on_line or _is_lean(info)
    if opened and lean:
        found.append(_Block(text[start:], False))
    return found


def _is_lean(info: str) -> bool:
    """Whether a fence's tag says Lean, or nothing about another language."""
    return (
        not info
        or bool(re.match(r"\{?\.?lean", info, re.IGNORECASE))
        or (info.startswith(("{", "title", "file")) and not _OTHER_LANGUAGE.match(info))
    )


def _said(statement: str) -> str:
    """A statement without what does not change it: comments, attributes, prefixes, spacing, `lemma`."""
    source = masked_or_plain(statement)
    keyword = next((c.keyword for c in parse(source) if c.kind in THEOREMS), 0)
    comments = [(c.start, c.end, " ") for c in source.comments if c.start >= keyword]
    text = spliced(statement, [(0, keyword, ""), *comments])
    return "".join(re.sub(r"^\s*lemma(?=\s)", "theorem", text).split())


def _said_outside(source: Source, passage: Passage) -> list[str]:
    """What a theorem inside a namespace says with the longer names that it has outside."""
    short, said = _short(source, passage.command), _said(passage.statement)
    start = f"theorem{short}"
    forms = _longer(passage.command, short) if said.startswith(start) else []
    return [f"theorem{name}{said[len(start) :]}" for name in forms]


def _longer(command: Command, short: str) -> list[str]:
    """The names of a declaration with namespaces before the one that is written."""
    before = command.name.removesuffix(short).rstrip(".") if command.name.endswith(f".{short}") else ""
    parts = before.split(".")[-_MANY:] if before else []
    return [".".join([*parts[n:], short]) for n in range(len(parts))]


def _bare(text: str) -> str:
    """The last block behind the thinking that is a proof by itself, `by …`; "" for none."""
    found = [
        (_rank(block, body), body)
        for block in _fenced(_THOUGHT.split(text)[-1])
        if begins_tactics(masked_or_plain(block.code).masked)
        and not is_hole(body := as_laid_out(_one_body("\n" + block.code)))
    ]
    best = max((rank for rank, _ in found), default=0)
    return next((body for rank, body in reversed(found) if rank == best), "")


def _alone(text: str) -> str:
    """A text that, behind its thinking, is a bare `by …` up to the first fence; "" for another."""
    answer = _THOUGHT.split(text)[-1]
    return as_laid_out(body_in_prefill("\n" + answer, None)) if begins_tactics(answer) else ""


def _last_example(source: Source, commands: list[Command]) -> str | None:
    """The body of the last `example`, where a text names no theorem."""
    for command in reversed(commands):
        if command.kind == "example":
            text = source.text[command.keyword + len("example") : command.end]
            found = passages(masked_or_plain(f"theorem example_ {text}"))
            return found[0].proof if found else None
    return None


def _whole_body(source: Source, passage: Passage) -> str:
    """A passage's body with the indentation of its first line where that stands on a line of its own."""
    proof = passage.proof or ""
    indent = source.text[_line_start(source, passage.at) : passage.at]
    return (indent if not indent.strip() and not proof.startswith("\n") else "") + proof


def _line_start(source: Source, at: int) -> int:
    return source.text.rfind("\n", 0, at) + 1


def _short(source: Source, command: Command) -> str:
    """A command's name as it is written, without its universes."""
    found = re.match(r"\w+\s+", source.text[command.keyword : command.end])
    named = _NAMED.match(source.text, command.keyword + found.end(), command.end) if found else None
    return named[1] if named else "."


def _one_body(text: str) -> str:
    """`text` up to the next command."""
    source = masked_or_plain(_PROBE + text)
    first = next((c for c in parse(source) if c.kind in THEOREMS), None)
    end = len(text) if first is None else first.end - len(_PROBE)
    return text[:end].rstrip()


# -- What a caller was given to judge. --


@dataclass(frozen=True)
class Submission:
    """A proof of a problem, and what a rejection of it should say besides Lean's own words."""

    proof: str
    given: str | None = None  # the strict field as it came; None where the proof was looked for in an answer

    @classmethod
    def of(cls, posed: Posed, proof: str, answer: str | None = None) -> Submission:
        """An `answer` is read for its proof; so is a `proof` that begins with a code fence, which no Lean text does."""
        if answer is None and not proof.lstrip().startswith("```"):
            return cls(posed.body(proof), proof)
        return cls(body_in_answer(proof if answer is None else answer, posed.statement, posed.header))

    def told(self, verdict: Verdict) -> Verdict:
        """The verdict; a rejection says first what a reader could not guess from Lean's message."""
        commands, _ = parted(self.proof)
        if commands and verdict.check == "statement binding":
            why = "with what the answer declares, opens or sets before it, its statement says something else"
            return verdict.replace(messages=(why, *verdict.messages))
        if verdict.outcome is not Outcome.REJECTED:
            return verdict
        if self.given is None:
            if self.proof:
                return verdict
            return verdict.replace(messages=("no Lean block of the answer states and proves this theorem",))
        why = _misplaced(self.given)
        return verdict.replace(messages=(why, *verdict.messages)) if why else verdict


_FENCE_IN_PROOF = re.compile(r"^[ \t]*```", re.MULTILINE)
_STATES = re.compile(r"(?<![\w'.])(?:theorem|lemma|example)(?![\w'.!?])")


def _misplaced(proof: str) -> str:
    """What is wrong with a text that is no proof body, "" where it may be one."""
    commands, _ = parted(proof)
    if commands or not proof.strip():
        return ""
    masked = masked_or_plain(proof).masked
    if _FENCE_IN_PROOF.search(masked):
        return "the proof holds a fenced block: send the whole text as `answer`"
    if begins_command(masked) and _STATES.search(masked):
        return "the proof states a theorem: send the whole text as `answer`, or only what follows `:=`"
    return ""


# -- What holds of a prompt format that says nothing else: an answer may hold any token, and is of one piece. --


class PlainPrompt:
    """No tokens of its own, nothing excluded, no parts, nothing but the end token ends an answer."""

    tokens: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()

    def excluded(self, prompt: str) -> tuple[str, ...]:  # noqa: ARG002 - see `PromptFormat`
        return ()

    @property
    def parts(self) -> tuple[str, ...]:
        return ()
