"""The map of README.md holds: which room may import which, no circles, nothing heavy where it would slow the command line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("physprover", "data_gen", "rl", "eval")
STAGES = {"data_gen", "rl", "eval"}
APP = "physprover/app/"  # the only code that joins the stages
HEAVY = {"torch", "ray", "trl", "vllm", "datasets", "transformers", "jinja2", "matplotlib"}


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported(tree: ast.AST) -> set[str]:
    """Top-level packages imported anywhere below `tree`, type-checking blocks left out."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
        found |= imported(node)
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_downwards_only(room: str) -> None:
    """`physprover/app` joins the stages; apart from it the ground knows none, and of the stages only rl asks another."""
    allowed = {"physprover": set(), "data_gen": {"data_gen"}, "rl": {"rl", "eval"}, "eval": {"eval"}}[room]
    wrong = []
    for file in sources(room):
        name = file.relative_to(ROOT).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        extra = (imported(tree) & STAGES) - (STAGES if name.startswith(APP) else allowed)
        wrong += [f"{name} imports {stage}" for stage in sorted(extra)]
        if (
            not name.startswith(APP)
            and file.stem != "__main__"
            and any(m.startswith("physprover.app") for m in modules(tree))
        ):
            wrong.append(f"{name} imports physprover.app")
    assert wrong == []


def modules(tree: ast.AST) -> set[str]:
    """Every module that is imported anywhere below `tree`, type-checking blocks left out; `from a import b` names a and a.b."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        found |= modules(node)
    return found


def test_no_import_circles() -> None:
    """Also through imports inside functions."""
    files = {
        file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): file
        for room in ROOMS
        for file in sources(room)
    }
    imports = {
        name: {m for m in modules(ast.parse(file.read_text(encoding="utf-8"))) if m in files and m != name}
        for name, file in files.items()
    }
    # A package's own `__init__` is named by every import of a module in it; that is no arrow of the reader's.
    for name, targets in imports.items():
        imports[name] = {t for t in targets if not any(other.startswith(f"{t}.") for other in targets)}
    while bottom := [name for name, targets in imports.items() if not targets]:
        for name in bottom:
            del imports[name]
        for targets in imports.values():
            targets.difference_update(bottom)
    while top := [name for name in imports if not any(name in targets for targets in imports.values())]:
        for name in top:
            del imports[name]
    assert imports == {}


def test_files_and_names_in_the_docs_exist() -> None:
    """`folder/file.py:Name`, `folder/file.py` and `folder/` in all pages but the histories."""
    wrong = []
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))):
        if page.name in ("decisions.md", "results.md"):  # histories
            continue
        text = page.read_text(encoding="utf-8")
        for path, name in re.findall(
            r"`((?:physprover|data_gen|rl|eval)/[\w/]*(?:\.py|/))(?::(\w+))?`", text
        ):
            file = ROOT / path
            if not file.exists():
                wrong.append(f"{page.name}: {path}")
            elif name and name not in defined(ast.parse(file.read_text(encoding="utf-8"))):
                wrong.append(f"{page.name}: {path}:{name}")
    assert wrong == []


def defined(tree: ast.Module) -> set[str]:
    return {n.name for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in sources(room)
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_the_core_loads_nothing_heavy_at_import() -> None:
    heavy = {}
    for file in (
        *sources("physprover/lean"),
        *(ROOT / "physprover").glob("*.py"),
        *(ROOT / "physprover/app").glob("*.py"),
        *sources("physprover/app/commands"),
    ):
        top = [
            n
            for n in ast.parse(file.read_text(encoding="utf-8")).body
            if isinstance(n, ast.Import | ast.ImportFrom)
        ]
        found = imported(ast.Module(list(top), [])) & HEAVY
        if found:
            heavy[str(file.relative_to(ROOT))] = sorted(found)
    assert heavy == {}
