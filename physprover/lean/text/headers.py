"""The text before a theorem: imports, the module system, scopes left open."""

from __future__ import annotations

import re
from functools import lru_cache

from physprover.errors import DataError
from physprover.lean.text.commands import open_namespaces, parse
from physprover.lean.text.statements import masked_or_plain
from physprover.lean.text.tokens import Comment, Source, mask

IMPORT = re.compile(r"^[ \t]*(?:(?:public|private|meta)\s+)*import\s+(?:all\s+)?(\S+)[^\n]*\n?", re.MULTILINE)
_LEADING = re.compile(
    r"\s*(?:(?P<module>module|prelude)(?![\w'.])|(?:(?:public|private|meta)\s+)*import\s+(?:all\s+)?(?P<name>[^\s]+))"
)
_EXIT = re.compile(r"^#exit(?![\w'.])", re.MULTILINE)
_MODULE = re.compile(r"^module[ \t]*(?:--.*)?$", re.MULTILINE)
_WANTS_WORK = re.compile(r"(?<![\w'.])(?:module|prelude|import)(?![\w'.])")
_ALREADY_PLAIN = re.compile(r"\s*(?:import [A-Z][\w.]*[ \t]*\n\s*)*")
# Words of the module system before a declaration or section, and `expose` among its attributes. `meta` stays where a
# file outside the module system may have it: attributes such as `env_linter` ask whether a declaration is marked so.
_MARKED = "section|def|abbrev|instance|opaque|structure|class|inductive|initialize|builtin_initialize"
_OF_MODULES = re.compile(
    rf"(?<![\w'.])(?:public|meta(?!\s+(?:(?:unsafe|partial|nonrec)\s+)*(?:{_MARKED})(?![\w'.])))\s+"
    r"(?=(?:public|meta|private|protected|noncomputable|partial|unsafe|nonrec|scoped|local"
    r"|section|theorem|lemma|def|abbrev|structure|inductive|class|instance|example|opaque|axiom|irreducible_def|export|syntax"
    r"|macro|elab|notation\d?|infix[lr]?|prefix|postfix|initialize|builtin_\w+|simproc|dsimproc|declare_\w+|register_\w+)(?![\w'.]))"
    r"|@\[\s*expose\s*\]\s*|(?<=\[)\s*expose\s*,|,\s*expose\s*(?=[,\]])"
)


def normalised(text: str) -> str:
    """The text without a byte order mark and with `\\n` as its line end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def decoded(data: bytes) -> str:
    """A file's text, normalised. Raises `DataError` with the line that is not UTF-8."""
    try:
        return normalised(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(f"line {data.count(10, 0, error.start) + 1}: not UTF-8") from None


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """A file's text as an engine elaborates it: `import` lines first, no module system, the same line numbers.

    Comments before and between the imports become blank; `module`, `public` and `@[expose]` go, so that every
    definition's body can be seen as inside the file itself. A text that an engine reads anyhow comes back as it is.
    """
    text = normalised(text)
    begun = _ALREADY_PLAIN.match(text)
    rest = begun.end() if begun else 0
    if not _WANTS_WORK.search(text, rest):
        return text
    try:
        return _plain(mask(text)).text
    except DataError:  # Lean will say what is wrong with it
        return text


def _plain(source: Source) -> Source:
    """What `plain` makes of a masked text, masked."""
    head, end, is_module = _leading(source)
    if not end:
        return source
    cuts = [m.span() for m in _OF_MODULES.finditer(source.masked, end)] if is_module else []
    texts, masks, comments = [head], [head], []
    done, moved = end, len(head) - end  # up to where the text is taken over, and by how much it has moved
    for start, stop in [*cuts, (len(source.text), len(source.text))]:
        lines = "\n" * source.masked.count("\n", start, stop)
        texts += [source.text[done:start], lines]
        masks += [source.masked[done:start], lines]
        comments += [Comment(c.start + moved, c.end + moved, c.kind) for c in source.comments_in(done, start)]
        done, moved = stop, moved + len(lines) - (stop - start)
    return Source("".join(texts), "".join(masks), tuple(comments))


def _leading(source: Source) -> tuple[str, int, bool]:
    """The imports as plain lines with blanks for all else, where they end, and whether the text is a module."""
    at, is_module = 0, False
    kept: list[str] = []
    while found := _LEADING.match(source.masked, at):
        word = found["name"]
        gap = source.masked[at : found.end()]
        lines = "\n" * gap.count("\n")
        is_module = is_module or found["module"] == "module"
        if word:
            # two imports on one line get a line each: line numbers matter less than being read
            kept.append((lines or ("\n" if kept else "")) + f"import {word}")
        else:
            kept.append(lines + ("prelude" if found["module"] == "prelude" else ""))
        at = found.end()
    if not kept:
        return "", 0, False
    line = source.text.find("\n", at)
    end = len(source.text) if line < 0 else line
    if source.masked[at:end].strip():  # a command on the last import's line
        end = at
        return "".join(kept) + "\n", end, is_module
    return "".join(kept), end, is_module


def import_spans(source: Source, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the import lines before an offset, line ends included."""
    stop = len(source.text) if end is None else end
    return [match.span() for match in IMPORT.finditer(source.masked, 0, stop)]


def imports_of(source: Source) -> tuple[str, ...]:
    """Names of the imported modules, in order."""
    return tuple(match[1] for match in IMPORT.finditer(source.masked))


def may_be_module(text: str) -> bool:
    """Whether a file may take part in Lean's module system; `plain` tells."""
    return _MODULE.search(text) is not None


def without_module(text: str) -> Source:
    """A normalised text out of the module system, masked, with the same line numbers; up to `#exit`, behind which Lean reads nothing.

    Raises `DataError` with the line of a comment or string that never closes.
    """
    source = mask(text)
    if ended := _EXIT.search(source.masked):
        at = ended.start()
        source = Source(text[:at], source.masked[:at], source.comments_in(0, at))
    return _plain(source) if may_be_module(text) else source


def closing_ends(text: str) -> str:
    """`end` lines for the namespaces and sections that a text leaves open."""
    return "".join(f"end {name}".rstrip() + "\n" for name in open_namespaces(text))


def without_last_ends(context: str) -> str:
    """A context whose last namespaces stay open, so that a theorem behind it can use their short names."""
    source = masked_or_plain(context)
    end = len(context)
    for command in reversed(parse(source)):
        if command.kind != "end" or command.block is not None:  # that of a `mutual` block belongs to it
            break
        end = command.start
    return context[:end].rstrip()
