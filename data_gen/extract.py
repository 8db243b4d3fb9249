"""Stage 1a: theorems of a Lean library, each with everything Lean must read before it. Static: no Lean is run.

    seeds = extract_library(Path("lean/PhysCore"))

`header + "\n" + statement + " := " + proof` is what a checker elaborates. For a library in core Lean the header is
self-contained: own imports are inlined, each module once, then the file's text up to the theorem; headers of one file
are prefixes of each other, so an engine that caches elaborated prefixes reads each command once. For a library that
needs packages (PhysLean) the header is the file as it stands, `import` lines included.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data_gen.headers import Context, Declaration, declare
from data_gen.library import (
    ContextForm,
    Library,
    Module,
    before,
    including,
    module_of,
    name_in_file,
    read_library,
)
from physprover.errors import DataError, naming
from physprover.lean.text.commands import parse
from physprover.lean.text.headers import import_spans, imports_of
from physprover.lean.text.problems import Passage, passages, without
from physprover.lean.text.statements import has_sorry, is_private, masked_or_plain
from physprover.lean.text.tokens import spliced
from physprover.records import Source, Theorem

_log = logging.getLogger(__name__)
_HOLE = re.compile(r"\b(?:sorry|admit)\b")
_HOLES = frozenset({"sorryful", "pseudo"})  # PhysLean marks proofs with holes or with trust in the compiler


def extract_library(root: Path, form: ContextForm = "raw") -> list[Theorem]:
    """All theorems of a library, in file order. What must be left out is logged as a warning, one line each.

    Raises `DataError` when the folder holds no theorem at all.
    """
    library = read_library(root)
    theorems, problems = extract(library, form)
    for problem in (*library.problems, *problems):
        _log.warning("%s", problem)
    if not theorems:
        reason = (*library.problems, *problems, "no `theorem` or `lemma` in it")[0]
        raise DataError(f"{root}: no theorem could be extracted: {reason}")
    return theorems


def extract(
    library: Library, form: ContextForm = "raw", *, holes: bool = False
) -> tuple[list[Theorem], list[str]]:
    """Theorems of a library that was read, and one line for each declaration left out.

    `form` is that of headers in a core library; elsewhere the header is the file as it stands. A proof with a `sorry`
    in it is none, and its theorem is left out unless `holes` asks for it. A theorem whose name another file has too is
    called `Module.0.name`, a private one as Lean does: `_private.Module.0.name`. Of public ones the second is left out where
    it says the same behind the same header, or where one file imports the other.
    """
    theorems: dict[str, Theorem] = {}
    problems = []
    modules = {module.file: name for name, module in library.modules.items()}
    for name, module in library.modules.items():
        for found, reason in _module_theorems(library, module, form):
            theorem = found
            if not reason and (other := theorems.get(found.name)) is not None:
                if is_private(found.statement):
                    theorem = _told_apart(found)
                elif is_private(other.statement):
                    theorems = {
                        t.name: t for t in (_told_apart(t) if t is other else t for t in theorems.values())
                    }
                elif (found.header, found.statement) != (other.header, other.statement) and not _meet(
                    library, modules[other.source.file], name
                ):
                    theorem = _told_apart(found)
            where = f"{theorem.source.file}:{theorem.source.line}: {theorem.name}"
            if reason:
                problems.append(f"{where}: {reason}; left out")
            elif not theorem.proof or (not holes and has_sorry(theorem.proof)):
                problems.append(f"{where}: no proof, or one marked as incomplete; left out")
            elif (first := theorems.get(theorem.name)) is not None:
                problems.append(
                    f"{where}: also at {first.source.file}:{first.source.line}; the second is left out"
                )
            else:
                theorems[theorem.name] = theorem
    return list(theorems.values()), problems


def _told_apart(theorem: Theorem) -> Theorem:
    name = name_in_file(theorem.source.file, theorem.name, is_private(theorem.statement))
    return theorem.replace(name=name)


def _meet(library: Library, a: str, b: str) -> bool:
    """Whether one of two modules imports the other, so that Lean would see a name that both declare twice."""
    return a == b or a in library.closure(b) or b in library.closure(a)


def _module_theorems(library: Library, module: Module, form: ContextForm) -> Iterator[tuple[Theorem, str]]:
    """Theorems of a module, each with why it cannot be judged by itself ("" where it can)."""
    found = {passage.command.keyword: passage for passage in passages(module.source, module.commands)}
    if not found:
        return
    core = library.is_core(module.name)
    holes = form != "sorry" or any(
        _HOLE.search(library.modules[name].source.masked) for name in library.closure(module.name)
    )
    inlined: dict[str, str] = {}  # what it imports, by form
    shown = [library.modules[name] for name in library.closure(module.name)] if core else []
    context = Context(d for m in shown for command in m.commands if (d := declare(m, command)))
    for command in module.commands:
        declaration = declare(module, command)
        if declaration is None:
            continue
        if passage := found.get(command.keyword):
            end = passage.header_end
            # Only the proofs that we left out ourselves are judged as problems of their own.
            proved = not holes and _HOLE.search(module.source.masked, 0, end) is None
            shape = form if form != "sorry" or proved else "proofs"
            if core and shape not in inlined:
                inlined[shape] = "".join(library.inlined(module.name, shape))
            text = before(module, end, shape, imports=not core)
            header = (inlined.get(shape, "") + text).rstrip() + "\n"
            theorem = _theorem(library, module, passage, declaration, context, header, core, proved)
            yield theorem, passage.reason
        context.add(declaration)


def _theorem(
    library: Library,
    module: Module,
    passage: Passage,
    declaration: Declaration,
    context: Context,
    header: str,
    core: bool,
    proved: bool,
) -> Theorem:
    holes = _HOLES.intersection(passage.command.attributes)
    return Theorem(
        name=passage.name,
        statement=passage.statement,
        header=header,
        domain=module.domain,
        source=Source(file=module.file, line=passage.line, revision=library.revision),
        proof=passage.whole if not holes else None,
        informal=passage.command.doc,
        engine="core" if core else "project",
        premises=context.premises(declaration),
        lemmas=context.lemmas(declaration),
        lemmas_proved=proved,
    )


# -- The theorems of one Lean file, for `physprover verify` and `prove`: broken ones are kept, with what is wrong. --
#
# A file inside a Lake project is read with its project (own imports are inlined); any other file stands alone.


@dataclass(frozen=True)
class Cut:
    """One theorem of a file: as a problem, and as it stands in the text."""

    name: str
    line: int
    theorem: Theorem | None  # None when it has no proof to judge, or cannot be judged by itself
    text: str  # the whole command, docstring and attributes included
    reason: str = ""  # why it cannot
    note: str = ""  # what is wrong with the file's imports, to be said where Lean refuses them
    file: str = ""  # where it is one of an imported file
    imported_lines: int = 0  # of its header, which stand for files of its project that it imports

    @property
    def place(self) -> str:
        return f"line {self.line}" + (f" of {self.file}" if self.file else "")


@dataclass(frozen=True)
class Imported:
    """What a file's headers hold of other files of its project."""

    text: str = ""
    cuts: tuple[Cut, ...] = ()  # their theorems, dependencies first
    places: tuple[str, ...] = ()  # of each line of the headers, see `Library.places`


def read_theorems(path: Path) -> list[Cut]:
    """All theorems of a file, in order; none where it has only definitions.

    Raises `DataError` for an unreadable or non-UTF-8 file and for a theorem without a name.
    """
    with naming(path):
        data = path.read_bytes()
    return cut_theorems(data, path)


def cut_theorems(data: bytes, path: Path) -> list[Cut]:
    """`read_theorems` on a file's contents; `path` tells the project and stands in messages."""
    library, module, note = _load(data, path)
    for passage in passages(module.source, module.commands):
        if not passage.name:
            raise DataError(f"{path}:{passage.line}: a theorem without a name")
    return _cuts(library, module, note=note)


def read_imported(path: Path) -> Imported:
    """What a file imports of its own project, where it can be judged by itself. Raises `DataError` as `read_theorems`."""
    with naming(path):
        data = path.read_bytes()
    return imported_by(data, path)


def imported_by(data: bytes, path: Path) -> Imported:
    """`read_imported` on a file's contents; `path` tells the project."""
    library, module, _ = _load(data, path)
    if not library.is_core(module.name):
        return Imported()
    imports, text = library.inlined(module.name, "raw")
    others = [library.modules[name] for name in library.closure(module.name)]
    cuts = [cut for other in others for cut in _cuts(library, other, file=other.file) if cut.name]
    return Imported(imports + text, tuple(cuts), library.places(module.name))


def _cuts(library: Library, module: Module, *, note: str = "", file: str = "") -> list[Cut]:
    here = {
        (theorem.source.line, theorem.name): theorem
        for theorem, reason in _module_theorems(library, module, "raw")
        if theorem.proof and not reason
    }
    imported = library.inlined(module.name, "raw") if here and library.is_core(module.name) else ()
    lines = sum(text.count("\n") for text in imported)
    cuts = []
    for p in passages(module.source, module.commands):
        theorem = here.get((p.line, p.name))
        if theorem is not None:
            theorem = theorem.replace(statement=p.aligned)
        cuts.append(Cut(p.name, p.line, theorem, p.text, p.reason, note, file, lines))
    return cuts


def _load(data: bytes, path: Path) -> tuple[Library, Module, str]:
    """The file with what it is read with, and what is wrong with its imports where it cannot be read with its project."""
    project, note = _project(path), ""
    try:
        if project:
            file = path.absolute().relative_to(project).as_posix()
            library, found = _within(read_library(project, whole=True), file, data)
            if found:
                return library, found, ""
            left_out = [p for p in library.problems if p.startswith(f"{file}: ")]
            note = left_out[0].removesuffix("; left out") if left_out else ""
        module = module_of(path.name, data)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return Library(path.parent, {module.name: module}, ""), module, note


def _within(library: Library, file: str, data: bytes) -> tuple[Library, Module | None]:
    """A file of a project with the project's libraries, and as a module of them; None where what it imports is missing."""
    left_out = any(p.startswith(f"{file}: ") for p in library.problems)
    if not left_out and all(m.file != file for m in library.modules.values()):
        library = including(library, file, data)
    return library, next((m for m in library.modules.values() if m.file == file), None)


def _project(path: Path) -> Path | None:
    """The Lake project that a file stands in."""
    lakefiles = ("lakefile.toml", "lakefile.lean")
    return next((p for p in path.absolute().parents if any((p / name).exists() for name in lakefiles)), None)


def with_imports(theorems: Sequence[Theorem], root: Path) -> list[Theorem]:
    """Problems of Lean files below `root` with what these import of their own project in their headers, theorems left out.

    One whose file stands in no project, or imports more than core Lean, stays as it is.
    """
    libraries: dict[Path, Library | None] = {}
    shown: dict[str, str] = {}  # file -> what goes in place of its imports
    for file in dict.fromkeys(t.source.file for t in theorems if imports_of(masked_or_plain(t.header))):
        project = _project(root / file)
        if project is None:
            continue
        if project not in libraries:
            try:
                libraries[project] = read_library(project, whole=True)
            except DataError:  # its library folders hold no Lean file
                libraries[project] = None
        if (library := libraries[project]) is not None:
            with suppress(DataError):  # it cannot be read by itself
                place = (root / file).absolute()
                shown[file] = _shown(
                    *_within(library, place.relative_to(project).as_posix(), place.read_bytes())
                )
    return [
        t.replace(header=shown[t.source.file] + _without_imports(t.header)) if shown.get(t.source.file) else t
        for t in theorems
    ]


def _shown(library: Library, module: Module | None) -> str:
    """What a module imports of its own library, theorems left out; "" where it imports none of it, or more than core Lean."""
    if module is None or not library.closure(module.name) or not library.is_core(module.name):
        return ""
    imports, text = library.inlined(module.name, "raw")
    source = masked_or_plain(text)
    commands = parse(source)
    return imports + without(text, commands, {p.command.keyword for p in passages(source, commands)})


def _without_imports(header: str) -> str:
    return spliced(header, ((a, b, "") for a, b in import_spans(masked_or_plain(header)))).lstrip("\n")
