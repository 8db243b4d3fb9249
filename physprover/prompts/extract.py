"""Taking a proof body from a completion. Pure string functions; a statement found in a completion is only compared.

Of several blocks, the last that proves the statement wins: finished and closed before truncated, truncated before one with
`sorry` in it. Where none states it, the last block that is a proof by itself (`by …`) counts. Helper lemmas that stand before
the theorem and are used by it come along, in a `where` behind the body; what is opened or set before it holds
in the body (`scope.py`). What could not come along is named (`Answer.left`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from physprover.lean.text.commands import THEOREMS, Command, parse
from physprover.lean.text.headers import normalised
from physprover.lean.text.problems import Passage, passages
from physprover.lean.text.statements import has_sorry, is_hole, masked_or_plain, signature, split_statement
from physprover.lean.text.tokens import Source, spliced
from physprover.prompts.scope import bound_in, left_out, scope_of, variables_of

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
_OWN_WHERE = re.compile(r"^where\b", re.MULTILINE)
_DOTTED = re.compile(r"(?<![\w'.])[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)+")
_NAMED = re.compile(r"([^\s:({\[⦃]+?)(?:\.\{([^{}]*)\})?(?=[\s:({\[⦃]|\Z)")
_PLAIN_BINDERS = re.compile(r"(?:\([^()\[\]{}⦃⦄]*\)\s*)*")
_SHORT_TEXT = 200  # characters of an `abbrev` that is written out where it is named
_FEW = 100  # places where it is
_MANY = 8  # namespaces around a helper, `abbrev`s that are written out


@dataclass(frozen=True)
class _Block:
    code: str
    closed: bool


@dataclass(frozen=True)
class Answer:
    """What was taken from an answer."""

    proof: str = ""  # "" if it holds none
    left: tuple[str, ...] = ()  # declarations before its theorem that did not come along, or not whole


def body_in_answer(completion: str, statement: str | None, header: str | None = None) -> str:
    """The proof that `read_answer` takes, "" if there is none."""
    return read_answer(completion, statement, header).proof


def read_answer(completion: str, statement: str | None, header: str | None = None) -> Answer:
    """The proof in an answer that may think, draft and explain.

    Where no block states the theorem, the last one behind the thinking that is a proof by itself, `by …`, is taken.

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
            (block, found)
            for block in blocks
            if (found := _after(block.code, statement, header)) is not None and found.proof.strip()
        ]
        if answers:
            best = max(_rank(block, answer.proof) for block, answer in answers)
            taken = next(answer for block, answer in reversed(answers) if _rank(block, answer.proof) == best)
            return replace(taken, proof=taken.proof.lstrip(" "))
    return Answer() if statement is None else Answer(_bare(text))


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
    found = _after(code, statement, header)
    return found.proof if found else None


def _after(code: str, statement: str | None, header: str | None) -> Answer | None:
    """`body_after`, and what before the theorem did not come along."""
    source = masked_or_plain(code)
    commands = parse(source)
    wanted = None if statement is None else _said(statement)
    proved = [p for p in passages(source, commands) if p.proof is not None]
    found = [p for p in proved if wanted is None or _said(p.statement) == wanted]
    if not found and wanted is not None:  # `namespace A … theorem t` states `A.t`
        found = [p for p in proved if wanted in _said_outside(source, p)]
    if not found:
        example = _last_example(source, commands) if statement is None else None
        return None if example is None else Answer(example)
    last = found[-1]
    body = _whole_body(source, last)
    if header is None:
        return Answer(body)
    helpers = _helpers(source, commands, last, body, header)
    proof = helpers.said(last.proof or "")
    scope = scope_of(source, commands, last.command, header, statement)
    if scope and proof and not is_hole(proof):
        body = scope.around(proof, _column(source, _place(source, last)))
    else:
        body = helpers.said(body)
    return Answer(helpers.behind(body), helpers.left)


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
        and not is_hole(body := _one_body("\n" + block.code).strip())
    ]
    best = max((rank for rank, _ in found), default=0)
    return next((body for rank, body in reversed(found) if rank == best), "")


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


@dataclass(frozen=True)
class _Helpers:
    """The lemmas and definitions before a theorem that its proof uses, directly or not."""

    entries: tuple[str, ...] = ()  # of a `where`
    names: tuple[tuple[str, str], ...] = ()  # longer names of them, and those of their entries
    terms: tuple[tuple[str, str], ...] = ()  # names of an `abbrev`, and what they stand for
    left: tuple[str, ...] = ()  # what cannot come along, in words

    def said(self, text: str) -> str:
        """A text that names them as entries."""
        known = dict(self.names)
        if known:
            most = max(name.count(".") for name in known) + 1
            spans = []
            for found in _DOTTED.finditer(masked_or_plain(text).masked):
                parts = found[0].split(".", most)[:most]
                names = (".".join(parts[:n]) for n in range(len(parts), 1, -1))
                if name := next((n for n in names if n in known), ""):
                    end = found.start() + len(name)  # at the same length, so that columns stay
                    pad = 0 if text[end : end + 1] == "." else len(name)
                    spans.append((found.start(), end, known[name].ljust(pad)))
            text = spliced(text, spans)
        for name, term in self.terms:
            places = re.finditer(rf"(?<![\w'.]){re.escape(name)}(?![\w'])", masked_or_plain(text).masked)
            text = spliced(text, [(*place.span(), term) for place in places])
        return text

    def behind(self, body: str) -> str:
        """A body with the entries in its `where`, or in a new one."""
        if not self.entries:
            return body
        own = _own_where(body)
        if own < 0:
            return body + "\nwhere\n" + "\n".join(_indented(entry, 2) for entry in self.entries)
        first = own + len(masked := masked_or_plain(body).masked[own:]) - len(masked.lstrip())
        column = first - body.rfind("\n", 0, first) - 1
        return "\n".join([body, *(_indented(entry, column) for entry in self.entries)])


def _own_where(body: str) -> int:
    """Where the helpers in a body's own `where` begin, -1 for none; a body that is itself a `where` is no such."""
    at = re.match(r"\s*where\b", body)
    found = _OWN_WHERE.search(masked_or_plain(body).masked, at.end() if at else 0)
    return found.end() if found else -1


def _indented(text: str, column: int) -> str:
    return "\n".join(" " * column + line if line.strip() else line for line in text.split("\n"))


def _helpers(source: Source, commands: list[Command], passage: Passage, body: str, header: str) -> _Helpers:
    """What of the commands before a theorem goes with its proof."""
    before = [c for c in commands if c.start < passage.command.start]
    declared = _declared(header)
    own = _own_where(body)
    inner = masked_or_plain(body).masked[own:] if own >= 0 else ""
    shorts = {
        c: short
        for c in before
        if c.kind in _HELPERS
        and c.name not in declared
        and _HELPER_NAME.fullmatch(short := _short(source, c))
        and not (inner and re.search(rf"(?:^|\])[ \t]*{re.escape(short)}(?![\w'.])", inner, re.MULTILINE))
    }
    unused = {
        c: re.compile(rf"(?<![\w'.])(?:{'|'.join(map(re.escape, [*_longer(c, short), short]))})(?![\w'])")
        for c, short in shorts.items()
    }
    stated = masked_or_plain(passage.statement).masked
    if any(name.search(stated) for name in unused.values()):
        return _Helpers()  # the statement itself rests on them: they are the problem's, not the proof's
    used: list[Command] = []
    queue = [masked_or_plain(body).masked]
    while queue:
        text = queue.pop()
        found = [c for c, name in unused.items() if name.search(text)]
        for command in found:
            del unused[command]
            used.append(command)
            queue.append(source.masked[command.keyword : command.end])
    used.sort(key=lambda c: c.start)
    count = Counter(shorts[c] for c in used)
    names = tuple((n, shorts[c]) for c in used for n in _longer(c, shorts[c]) if count[shorts[c]] == 1)
    terms = _terms(source, commands, used, header, masked_or_plain(body).masked)
    entries = {
        c: entry
        for c in used
        if shorts[c] not in terms and (entry := _local(source, commands, c, header)) is not None
    }
    whole = [c for c in used if shorts[c] in terms]
    left = left_out(source, before, header, used, {*entries, *whole}, whole)
    result = _Helpers((), names, tuple(terms.items()), left)
    return replace(result, entries=tuple(map(result.said, entries.values())))


@lru_cache(maxsize=256)
def _declared(header: str) -> frozenset[str]:
    return frozenset(command.name for command in parse(masked_or_plain(header)) if command.name)


def _short(source: Source, command: Command) -> str:
    """A command's name as it is written, without its universes."""
    found = re.match(r"\w+\s+", source.text[command.keyword : command.end])
    named = _NAMED.match(source.text, command.keyword + found.end(), command.end) if found else None
    return named[1] if named else "."


def _terms(
    source: Source, commands: list[Command], used: Sequence[Command], header: str, body: str
) -> dict[str, str]:
    """What each `abbrev` stands for, where that is one short line and can be written in its place."""
    terms: dict[str, str] = {}
    short = [c for c in used if c.kind == "abbrev"]
    if not 0 < len(short) <= _MANY:
        return terms
    texts = {c: source.masked[c.keyword : c.end] for c in used}
    bound = bound_in(body).union(*map(bound_in, texts.values()))
    names = Counter(_short(source, c) for c in used)
    for command in short:
        name, term = _short(source, command), _term(source, command)
        word = rf"(?<![\w'.]){re.escape(name)}(?![\w'])"
        odd = rf"@{word}|{word}[.!?]|(?:(?<![\w'.])(?:unfold|delta)\b|\[)[^\[\]\n]{{0,200}}{word}"
        others = [body, *(text for c, text in texts.items() if c is not command)]
        for known, meant in terms.items():
            places = re.finditer(rf"(?<![\w'.]){re.escape(known)}(?![\w'])", term or "")
            term = spliced(term or "", [(*place.span(), meant) for place in places])[: _SHORT_TEXT + 1]
        if (
            term
            and len(term) <= _SHORT_TEXT
            and names[name] == 1
            and name not in bound
            and not re.search(word, term)
            and sum(len(re.findall(word, text)) for text in others) <= _FEW
            and not any(re.search(odd, text) for text in others)
            and not scope_of(source, commands, command, header)
            and not variables_of(source, commands, command)
        ):
            terms[name] = term
    return terms


def _term(source: Source, command: Command) -> str | None:
    """An `abbrev` as one term."""
    text = source.masked[command.keyword : command.end]
    split = split_statement(text)
    if (
        split is None
        or split.form != "assign"
        or len(text) > _SHORT_TEXT
        or "\n" in text
        or text != source.text[command.keyword : command.end]
        or command.attributes
        or command.prefix.strip()
    ):
        return None
    named = _NAMED.match(text, len("abbrev "))
    value = text[split.proof_start :].strip()
    if named is None or named[2] or not value or begins_tactics(value):
        return None
    head = text[named.end() : split.statement_end].strip()
    binders, kind = signature(f"theorem x {head}") or (head, "")
    if not _PLAIN_BINDERS.fullmatch(binders) or (binders and ":" not in binders):
        return None
    term = f"({value} : {kind})" if kind else f"({value})"
    return f"(fun {binders} => {term})" if binders else term


def _local(source: Source, commands: list[Command], command: Command, header: str) -> str | None:
    """A helper as an entry of a `where`; None where it cannot be one."""
    text = source.text[command.keyword : command.end]
    masked = source.masked[command.keyword : command.end]
    split = split_statement(masked)
    scope = scope_of(source, commands, command, header)
    if scope and split and split.form != "where" and (value := text[split.proof_start :].strip()):
        at = command.keyword + text.index(value, split.proof_start)
        text = f"{text[: split.statement_end].rstrip()} := {scope.around(value, _column(source, at))}"
    begin = re.match(r"\w+\s+", text).end()  # type: ignore[union-attr]
    named = _NAMED.match(text, begin)
    if named is None:
        return None
    rest = text[named.end() :]
    for universe in (named[2] or "").replace(",", " ").split():  # an entry has none of its own
        rest = re.sub(rf"(?<![\w'.])(Type|Sort)\s+{re.escape(universe)}(?![\w'.])", r"\1 _", rest)
        if re.search(rf"(?<![\w'.]){re.escape(universe)}(?![\w'])", rest):
            return None
    binders = variables_of(source, commands, command) or ""
    attributes = "".join(f"@[{attribute}] " for attribute in command.attributes)
    return f"{attributes}{named[1]}{binders}{rest}"


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
