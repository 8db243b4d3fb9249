"""A Lean library on disk: its files, their commands and imports, read once.

A file that cannot be read or cut is named in `problems` and left out; the rest of the library stays usable.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile
from pathlib import Path
from typing import Literal, get_args

from physprover.errors import DataError
from physprover.lean.text.commands import THEOREMS, Command, parse
from physprover.lean.text.headers import (
    closing_ends,
    decoded,
    import_spans,
    imports_of,
    may_be_module,
    without_module,
)
from physprover.lean.text.names import REPORTS
from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import Source, spliced, without_comments

# -- The text before a theorem, in the form its reader needs. --
#
# `raw` is the file as written, `stripped` the same without comments and docstrings (the paper's form). `sorry` leaves earlier
# theorems their statements only: an engine reads such a header many times faster, and nothing is lost, since every earlier
# proof is judged as a problem of its own. It leaves out what declares nothing, as `example` and `#eval`: tests of programs, which
# may need a compiler that the engine lacks. `proofs` is this with the proofs, for what stands behind a `sorry` of the library's
# own: whether a proof rests on it is seen where Lean elaborates them all.

ContextForm = Literal["raw", "stripped", "sorry"]
CONTEXT_FORMS: tuple[ContextForm, ...] = get_args(ContextForm)
_Form = ContextForm | Literal["proofs"]


def before(module: Module, offset: int, form: _Form, imports: bool = False) -> str:
    """The module's text up to an offset, without its import lines or (for a library on packages) with them."""
    replaced = [] if imports else module.import_spans(offset)
    if form == "sorry":
        replaced += ((a, b, " sorry") for a, b in module.proof_spans if b <= offset)
    if form in ("sorry", "proofs"):
        replaced += ((a, b, "") for a, b in module.reports if b <= offset)
    text = spliced(module.source.text[:offset], replaced).lstrip("\n")
    return without_comments(text) + "\n" if form == "stripped" else text


def closed(module: Module, form: _Form) -> str:
    """The whole module, with `end`s for the namespaces it leaves open."""
    text = before(module, len(module.source.text), form).rstrip() + "\n"
    return text + closing_ends(text)


# -- Library --

_REACHES = frozenset({"open", "variable", "universe", "set_option", "include", "omit"})
MAX_FILE_BYTES = 5_000_000  # a longer file is generated data, and would take minutes to cut

_IMPORT_ALL = re.compile(r"^[ \t]*(?:(?:public|private|meta)\s+)*import\s+all\s+(\S+)", re.MULTILINE)

CORE_PACKAGES = frozenset({"Init", "Lean", "Std"})  # what the embedded engine offers to import


@dataclass(frozen=True)
class Module:
    """One readable file of a library."""

    name: str  # PhysCore.Optics.Lenses
    file: str  # PhysCore/Optics/Lenses.lean, relative to the library's root
    source: Source
    commands: tuple[Command, ...]
    imports: tuple[str, ...]
    whole: tuple[str, ...] = ()  # of them, those whose private parts it asks for (`import all`)

    @property
    def domain(self) -> str:
        """The first folder inside the package, "" for a file directly in it."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 2 else ""

    @property
    def only_imports(self) -> bool:
        """Whether it holds imports and nothing else."""
        return bool(self.imports) and all(command.kind == "import" for command in self.commands)

    @cached_property
    def proof_spans(self) -> tuple[tuple[int, int], ...]:
        """Where the proofs of theorems stand that follow a `:=`, but for those that fail as `#guard_msgs` expects."""
        found = []
        for command in self.commands:
            if command.kind in THEOREMS and not command.fails:
                split = split_statement(self.source.masked[command.keyword : command.end])
                if split is not None and split.form == "assign":
                    found.append((command.keyword + split.proof_start, command.end))
        return tuple(found)

    @cached_property
    def reports(self) -> tuple[tuple[int, int], ...]:
        """Where commands, or prefixes of one, stand that only report."""
        found = []
        for command in self.commands:
            if command.kind in REPORTS and command.block is None:
                found.append((command.start, command.end))
            elif command.report:
                found.append(command.report)
        return tuple(found)

    def import_spans(self, offset: int) -> list[tuple[int, int, str]]:
        """Import lines before an offset, as (start, end, "")."""
        return [(start, end, "") for start, end in import_spans(self.source, offset)]

    def kept_lines(self) -> list[int]:
        """For each line that `before` leaves of the raw text, its number in the file."""
        text = self.source.text
        dropped = {
            self.source.line(start) + n
            for start, end, _ in self.import_spans(len(text))
            for n in range(max(1, text.count("\n", start, end)))
        }
        numbers = (n for n in enumerate(text.split("\n"), 1) if n[0] not in dropped)
        return [number for number, _ in dropwhile(lambda n: not n[1], numbers)]


@dataclass(frozen=True)
class Library:
    """All modules of a library by name, sorted by file."""

    root: Path
    modules: dict[str, Module]
    revision: str  # hash of the sources
    problems: tuple[str, ...] = ()  # one line per file or declaration that was left out

    @cached_property
    def commit(self) -> str:
        """Commit of the library's own git checkout, "" where its folder is no checkout's root."""
        if not (self.root / ".git").exists():
            return ""
        command = ["git", "-C", str(self.root), "rev-parse", "HEAD"]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return ""

    def closure(self, name: str) -> tuple[str, ...]:
        """Own modules a module imports, directly or not, dependencies first, itself left out."""
        order: dict[str, None] = {}
        self._visit(name, order, ())
        return tuple(order)[:-1]

    def is_core(self, name: str) -> bool:
        """Whether a module needs nothing beyond core Lean: its whole closure imports own modules, `Init` or `Std` only."""
        return all(
            imported in self.modules or imported.partition(".")[0] in CORE_PACKAGES
            for module in (*self.closure(name), name)
            for imported in self.modules[module].imports
        )

    def private_core(self, name: str) -> tuple[str, ...]:
        """Core Lean's modules whose private parts a module or one that it inlines asks for."""
        found = [w for module in (*self.closure(name), name) for w in self.modules[module].whole]
        return tuple(dict.fromkeys(w for w in found if w.partition(".")[0] in CORE_PACKAGES))

    def inlined(self, name: str, form: _Form) -> tuple[str, str]:
        """What a core module imports: lines for what is not the library's, and the text of its own modules, in order."""
        closure = self.closure(name)
        foreign = {
            imported: None
            for module in (*closure, name)
            for imported in self.modules[module].imports
            if imported not in self.modules and imported.partition(".")[0] != "Init"  # it is always there
        }
        own = "".join(_alone(self.modules[module], form) + "\n" for module in closure)
        return "".join(f"import {imported}\n" for imported in foreign), own

    def places(self, name: str) -> tuple[str, ...]:
        """Where each line of a core module's raw headers stands: `12` in its own file, `A/B.lean:12` in one that it imports."""
        foreign, _ = self.inlined(name, "raw")
        found = [""] * foreign.count("\n")
        for module in map(self.modules.__getitem__, self.closure(name)):
            text = _alone(module, "raw") + "\n"
            numbers = module.kept_lines() or [1]
            if text != closed(module, "raw") + "\n":  # a line `section` stands before it
                numbers = [numbers[0], *numbers]
            numbers += [numbers[-1]] * text.count("\n")  # lines `end`
            found += [f"{module.file}:{number}" for number in numbers[: text.count("\n")]]
        return (*found, *map(str, self.modules[name].kept_lines()))

    def _visit(self, name: str, order: dict[str, None], path: tuple[str, ...]) -> None:
        if name in path:
            cycle = " → ".join((*path[path.index(name) :], name))
            raise DataError(f"{self.modules[name].file}: imports form a cycle: {cycle}")
        if name in order or name not in self.modules:
            return
        for imported in self.modules[name].imports:
            self._visit(imported, order, (*path, name))
        order[name] = None


def _alone(module: Module, form: _Form) -> str:
    """A module's whole text; in a section of its own where what it opens or declares would reach the next one."""
    text = closed(module, form)
    stack = 0
    for command in module.commands:
        if stack == 0 and (command.kind in _REACHES or re.match(r"local\b", command.prefix)):
            return f"section\n{text.rstrip()}\nend\n"
        stack += (command.kind in ("namespace", "section", "mutual")) - (command.kind == "end")
    return text


def read_library(root: Path, *, whole: bool = False) -> Library:
    """Read the `.lean` files of a Lake project's libraries (or of a plain folder). Raises `DataError` when none is found.

    A library's root file (`Lab.lean`) that only imports others is left out, unless the `whole` is asked for.
    """
    if not root.is_dir():
        raise DataError(f"{root}: no such library folder")
    modules, problems, digest = {}, [], hashlib.sha256()
    for path, name in sorted(_lean_files(root).items()):
        file = path.relative_to(root).as_posix()
        try:
            data = path.read_bytes()
            module = module_of(file, data, name)
        except (DataError, OSError) as error:
            problems.append(f"{file}: {getattr(error, 'strerror', None) or error}; left out")
            continue
        if not whole and "." not in name and module.only_imports:
            continue
        digest.update(file.encode() + b"\0" + data)
        modules[name] = module
    if not modules and not problems:
        raise DataError(f"{root}: holds no Lean files")
    return _without_broken_imports(Library(root, modules, digest.hexdigest()[:16], tuple(problems)))


def including(library: Library, file: str, data: bytes) -> Library:
    """The library with a file of its project that belongs to none of its libraries (a draft, a test) and may import them.

    Raises `DataError` as `module_of`.
    """
    module = module_of(file, data)
    modules = {**library.modules, module.name: module}
    return _without_broken_imports(Library(library.root, modules, library.revision, library.problems))


def _without_broken_imports(library: Library) -> Library:
    """Leave out modules that import each other in a cycle, or an own module that is missing."""
    packages = {name.split(".")[0] for name in library.modules}
    modules, problems = dict(library.modules), list(library.problems)
    for name in library.modules:
        try:
            library.closure(name)
        except DataError as error:
            problems.append(f"{error}; left out")
            del modules[name]
    reasons: dict[str, str] = {}
    while broken := {
        name: imported
        for name, module in modules.items()
        for imported in module.imports
        if imported not in modules and imported.split(".")[0] in packages
    }:
        reasons |= {name: _broken(library, imported, reasons) for name, imported in broken.items()}
        problems += [f"{modules[name].file}: {reasons[name]}; left out" for name in broken]
        modules = {name: module for name, module in modules.items() if name not in broken}
    return Library(library.root, modules, library.revision, tuple(dict.fromkeys(problems)))


def _broken(library: Library, imported: str, reasons: Mapping[str, str]) -> str:
    """What is wrong with the import of an own module that was left out."""
    file = imported.replace(".", "/") + ".lean"
    if imported in reasons:
        return f"imports {imported}, which {reasons[imported]}"
    try:
        missing = imported not in library.modules and not (library.root / file).exists()
    except OSError:  # too long for a file's name
        missing = True
    if missing:
        return f"imports {imported}, but the file {file} was not found"
    return f"imports {imported}, which cannot be read"


def module_name(file: str) -> str:
    """`A/B.lean` is the module `A.B`."""
    return file.removesuffix(".lean").replace("/", ".")


# Lean's name for a private declaration, which another file may declare too: of the module, and in full.
_IN_FILE = re.compile(r"\A\S*?\.0\.")


def name_in_file(file: str, name: str, private: bool) -> str:
    """The name by which a declaration is told from one of that name in another file; for a private one it is Lean's own."""
    return f"{'_private.' if private else ''}{module_name(file)}.0.{name}"


def written_name(name: str) -> str:
    """The name as the file writes it: `name_in_file` undone."""
    return _IN_FILE.sub("", name)


def module_of(file: str, data: bytes, name: str = "") -> Module:
    """One file read; `name` is that of its path where none is given.

    Raises `DataError` for one that is too large, not UTF-8, or has a comment or string without end.
    """
    if len(data) > MAX_FILE_BYTES:
        raise DataError(f"{len(data) / 1e6:.1f} MB is more than {MAX_FILE_BYTES / 1e6:.0f} MB")
    text = decoded(data)
    source = without_module(text)
    commands = parse(source)
    whole = tuple(_IMPORT_ALL.findall(text)) if may_be_module(text) else ()
    return Module(name or module_name(file), file, source, tuple(commands), imports_of(source), whole)


def _lean_files(root: Path) -> dict[Path, str]:
    """The files of a project's libraries, or else of the whole folder, with the names of their modules."""
    found: dict[Path, str] = {}
    for base, top in _roots(root):
        place = base.joinpath(*top.split("."))
        for path in (place.with_name(f"{place.name}.lean"), *place.rglob("*.lean")):
            if path.is_file():
                found[path] = module_name(path.relative_to(base).as_posix())
    found = found or {path: module_name(path.relative_to(root).as_posix()) for path in root.rglob("*.lean")}
    return {path: name for path, name in found.items() if ".lake" not in path.relative_to(root).parts}


def _roots(root: Path) -> Iterator[tuple[Path, str]]:
    """Root modules of the libraries that a lakefile.toml names, each with the folder that its modules' names start in."""
    try:
        lake = tomllib.loads((root / "lakefile.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return
    for library in lake.get("lean_lib", ()):
        base = root / str(lake.get("srcDir", "")) / str(library.get("srcDir", ""))
        for top in library.get("roots", [library["name"]] if "name" in library else ()):
            yield base, str(top)
