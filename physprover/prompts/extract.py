"""Taking a proof body from a completion. Pure string functions; a statement found in a completion is only compared.

Of several blocks, the last that proves the statement wins: finished and closed before truncated, truncated before one with
`sorry` in it. Helper lemmas that stand before the theorem and are used by it come along, in a `where` behind the body;
what is opened or set before it holds in the body (`scope.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from physprover.lean.text.commands import THEOREMS, Command, parse
from physprover.lean.text.headers import normalised
from physprover.lean.text.problems import Passage, passages
from physprover.lean.text.statements import has_sorry, is_hole, masked_or_plain, split_statement
from physprover.lean.text.tokens import Source
from physprover.prompts.scope import scope_of

_FENCE = re.compile(r"^[ \t]*(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*$", re.MULTILINE)
_THOUGHT = re.compile(r"</think(?:ing)?>")
_TAG = re.compile(r"\{?\.?lean ?4?\}?(?!\w)[ \t]*", re.IGNORECASE)
_OTHER_LANGUAGE = re.compile(
    r"(?:text|tex|latex|python|json|bash|sh|plain\w*|markdown|md|output|coq|isabelle|haskell)\b", re.I
)
_CODE_ON_FENCE = re.compile(
    r"(?:import|open|theorem|lemma|example|def|namespace|section|set_option|variable|private|noncomputable|@\[|/-)"
)
_TACTICS = re.compile(r"by(?![\w'!?.])")
_HELPERS = frozenset({"theorem", "lemma", "def", "abbrev"})
_HELPER_NAME = re.compile(r"(?!_root_\.)[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*")
_PROBE = "theorem probe : p :="


@dataclass(frozen=True)
class _Block:
    code: str
    closed: bool


def body_in_answer(completion: str, statement: str | None, header: str | None = None) -> str:
    """The proof in an answer that may think, draft and explain, "" if there is none.

    Args:
        completion: the whole text that a model wrote.
        statement: the body is that of a theorem with exactly this statement (white space, comments, docstring, attributes
            and `lemma` for `theorem` aside): a block that proves something else yields "". None takes the last theorem.
        header: the problem's; what it declares is no helper of the answer, and what it opens is not opened again.
            None: neither is looked for.
    """
    text = normalised(completion)
    for blocks in _blocks(text):
        answers = [
            (block, body)
            for block in blocks
            if (body := body_after(block.code, statement, header)) is not None and body.strip()
        ]
        if answers:
            best = max(_rank(block, body) for block, body in answers)
            found = next(body for block, body in reversed(answers) if _rank(block, body) == best)
            return found.lstrip(" ")
    return ""


def body_in_prefill(completion: str, statement: str | None, header: str | None = None) -> str:
    """The proof in a completion that continues after `:=`; a repeated statement is skipped."""
    text = normalised(completion)
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
    found = [
        p
        for p in passages(source, commands)
        if p.proof is not None and (wanted is None or _said(p.statement) == wanted)
    ]
    if not found:
        return _last_example(source, commands) if statement is None else None
    last = found[-1]
    body = _whole_body(source, last)
    if header is None:
        return body
    helpers = _helpers(source, commands, last, body, header)
    scope = scope_of(source, commands, last.command, header, statement)
    if scope and last.proof and not is_hole(last.proof):
        body = scope.around(last.proof, _column(source, _place(source, last)))
    return body + helpers


def begins_tactics(body: str) -> bool:
    """Whether a body is a tactic block: `by …`, and not a name like `by_contra`."""
    return bool(_TACTICS.match(body.lstrip()))


def _rank(block: _Block, body: str) -> int:
    """How good an answer a body is: finished and closed 3, finished 2, with holes 1, nothing 0."""
    if is_hole(body):
        return 0
    return 1 if has_sorry(body) else 3 if block.closed else 2


def _blocks(text: str) -> Iterator[list[_Block]]:
    """Code blocks in order, those behind the last `</think>` first; the text itself where there is no fence at all.

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
    kept, done = [], keyword
    for comment in source.comments:
        if comment.start >= keyword:
            kept.append(statement[done : comment.start])
            done = comment.end
    text = " ".join([*kept, statement[done:]])
    return "".join(re.sub(r"^\s*lemma(?=\s)", "theorem", text).split())


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
    at = _place(source, passage)
    begin = source.text.rfind("\n", 0, max(at, 0)) + 1
    indent = source.text[begin:at] if at > 0 else ""
    return (indent if not indent.strip() else "") + proof


def _place(source: Source, passage: Passage) -> int:
    """Where a passage's body begins."""
    return source.text.rfind(passage.proof or "", passage.command.keyword, passage.command.end)


def _column(source: Source, at: int) -> int:
    return at - source.text.rfind("\n", 0, max(at, 0)) - 1


def _helpers(source: Source, commands: list[Command], passage: Passage, body: str, header: str) -> str:
    """`where` with the lemmas and definitions before a theorem that its proof uses, directly or not; "" for none."""
    if re.search(r"^(?:where|termination_by)\b", body, re.MULTILINE) or body.lstrip().startswith("where"):
        return ""
    declared = _declared(header)
    unused = {
        c: re.compile(rf"(?<![\w'.]){re.escape(name)}(?![\w'])")
        for c in commands
        if c.start < passage.command.start
        and c.kind in _HELPERS
        and c.name not in declared
        and _HELPER_NAME.fullmatch(name := _short(source, c))
    }
    stated = masked_or_plain(passage.statement).masked
    if any(name.search(stated) for name in unused.values()):
        return ""  # the statement itself rests on them: they are the problem's, not the proof's
    used: list[Command] = []
    queue = [masked_or_plain(body).masked]
    while queue:
        text = queue.pop()
        found = [c for c, name in unused.items() if name.search(text)]
        for command in found:
            del unused[command]
            used.append(command)
            queue.append(source.masked[command.keyword : command.end])
    texts = [_local(source, commands, command, header) for command in sorted(used, key=lambda c: c.start)]
    return "\nwhere\n" + "\n".join(texts) if texts else ""


@lru_cache(maxsize=256)
def _declared(header: str) -> frozenset[str]:
    return frozenset(command.name for command in parse(masked_or_plain(header)) if command.name)


def _short(source: Source, command: Command) -> str:
    """A command's name as it is written."""
    found = re.match(r"\w+\s+([^\s:({\[⦃]+)", source.text[command.keyword : command.end])
    return found[1] if found else "."


def _local(source: Source, commands: list[Command], command: Command, header: str) -> str:
    """A helper as an entry of a `where`."""
    text = source.text[command.keyword : command.end]
    split = split_statement(source.masked[command.keyword : command.end])
    scope = scope_of(source, commands, command, header)
    if scope and split and split.form != "where" and (value := text[split.proof_start :].strip()):
        at = command.keyword + text.index(value, split.proof_start)
        text = f"{text[: split.statement_end].rstrip()} := {scope.around(value, _column(source, at))}"
    text = text[re.match(r"\w+\s+", text).end() :]  # type: ignore[union-attr]
    attributes = "".join(f"@[{attribute}] " for attribute in command.attributes)
    return "\n".join(f"  {line}" if line.strip() else line for line in f"{attributes}{text}".split("\n"))


def _one_body(text: str) -> str:
    """`text` up to the next command."""
    source = masked_or_plain(_PROBE + text)
    first = next((c for c in parse(source) if c.kind in THEOREMS), None)
    end = len(text) if first is None else first.end - len(_PROBE)
    return text[:end].rstrip().removeprefix("\n")


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
