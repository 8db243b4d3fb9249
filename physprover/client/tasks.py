"""What every plug-in needs besides the judge: problems of a JSON Lines file, their prompts, versions of a framework."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from physprover.client.remote import Check

TASKS_VARIABLE = "PHYSPROVER_TASKS"
_PROMPT = """\
Prove this theorem in Lean 4.

```lean4
{header}{statement} := by
  sorry
```

Answer with one Lean code block that repeats the theorem, without what stands before it, and proves it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One problem: a row that `physprover data export` writes."""

    name: str
    statement: str
    header: str = ""
    proof: str = ""  # a reference proof, the text after `:=`; empty when there is none
    split: str = ""
    domain: str = ""
    lemmas_proved: bool = False  # theorems that the header states with `sorry` are proved elsewhere

    @property
    def prompt(self) -> str:
        """What a model is asked."""
        header = self.header.strip()
        return _PROMPT.format(header=f"{header}\n\n" if header else "", statement=self.statement.strip())

    @property
    def truth(self) -> str:
        """What a framework keeps as a row's ground truth: JSON that `check_answer` reads."""
        fields = {"statement": self.statement, "header": self.header, "lemmas_proved": self.lemmas_proved}
        return json.dumps(fields, ensure_ascii=False)

    def answer(self, completion: str) -> Check:
        """The question whether a model's completion proves it."""
        return Check(self.statement, "", self.header, completion, self.lemmas_proved)

    def reference(self) -> Check:
        """The question whether the reference proof proves it."""
        return Check(self.statement, self.proof, self.header, None, self.lemmas_proved)


def check_answer(truth: str | Mapping[str, Any], completion: str) -> Check:
    """The question whether a completion proves what `Task.truth` states. Raises `ValueError` for anything else."""
    try:
        row = json.loads(truth) if isinstance(truth, str) else truth
        return Check(
            row["statement"],
            header=row.get("header") or "",
            answer=completion,
            lemmas_proved=bool(row.get("lemmas_proved")),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(
            f"the ground truth must be JSON with `statement` ({type(error).__name__}: {error})"
        ) from None


def load_tasks(path: str | Path, split: str = "") -> list[Task]:
    """Problems of a JSON Lines file, one object a line with `name`, `statement` and, where there is one, `header`, `proof`,
    `split`, `domain`; with `split` only those of one split.

    Raises `ValueError`, one line, for a file that cannot be read, a malformed row, a name that comes twice, or no row.
    """
    tasks = {}
    for number, row in _rows(Path(path)):
        try:
            given = {name: row[name] for name in Task.__slots__ if row.get(name) is not None}
            task = Task(**{**given, "name": row["name"], "statement": row["statement"]})
        except KeyError as error:
            raise ValueError(f"{path}:{number}: the row has no {error}") from None
        if task.name in tasks:
            raise ValueError(f"{path}:{number}: `{task.name}` comes twice")
        tasks[task.name] = task
    chosen = [task for task in tasks.values() if split in ("", task.split)]
    if not chosen:
        have = ", ".join(sorted({t.split for t in tasks.values()} - {""}))
        raise ValueError(
            f"{path}: no problem" + (f" of split `{split}`; it has: {have or 'no splits'}" if split else "")
        )
    return chosen


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        hint = "; `physprover data export` writes a data set as JSON Lines" if path.is_dir() else ""
        raise ValueError(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}{hint}") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise ValueError(f"{path}:{number}: not a JSON object")
            yield number, row


def require_version(package: str, lowest: str, below: str) -> None:
    """Raises `ImportError` unless `lowest` <= the installed version of `package` < `below`."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version(package)
    except PackageNotFoundError:
        raise ImportError(f"{package} is missing: pip install '{package}>={lowest},<{below}'") from None
    if not _numbers(lowest) <= _numbers(found) < _numbers(below):
        raise ImportError(f"{package} {found} is installed; this plug-in works with >={lowest},<{below}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdecimal())
