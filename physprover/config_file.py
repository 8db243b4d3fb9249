"""A configuration tree out of a TOML file in configs/ and the command line's overrides; what is wrong is said in one line.

Unknown keys are errors that name the nearest valid one.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from physprover.config import RunConfig
from physprover.errors import ConfigError
from physprover.records import first_problem


def load_config(path: Path | None, overrides: tuple[str, ...] = ()) -> RunConfig:
    """Read a TOML file; `overrides` are "section.key=value" strings (values in TOML syntax, bare words are strings).

    None reads no file: every setting has its default.
    """
    tree = read_toml(path) if path else {}
    for item in overrides:
        apply_override(tree, item)
    return parse_config(tree, str(path or "command line"))


def read_toml(path: Path) -> dict[str, Any]:
    """The plain tree of a TOML file; `ConfigError` in one line where there is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such config file") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from None


def parse_config(tree: dict[str, Any], where: str = "config") -> RunConfig:
    """Validate a plain tree; the first problem becomes one line, with the nearest valid key for an unknown one."""
    try:
        return RunConfig.model_validate(tree)
    except ValidationError as error:
        key, what = first_problem(error)
        first = error.errors()[0]
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"{where}: unknown key `{key}`{_nearest(first['loc'])}") from None
        raise ConfigError(f"{where}: `{key}`: {what}") from None


def apply_override(tree: dict[str, Any], item: str) -> None:
    """Set one "section.key=value" in a plain tree."""
    key, sep, text = item.partition("=")
    if not sep or not key:
        raise ConfigError(f"override `{item}` is not of the form section.key=value")
    try:
        value = tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        value = text
    *path, last = key.strip().split(".")
    for part in path:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            raise ConfigError(f"override `{item}`: `{part}` is not a section")
    tree[last] = value


def _nearest(loc: tuple[str | int, ...]) -> str:
    """What may have been meant: a key of the same section, else one of that name elsewhere."""
    section: type[BaseModel] = RunConfig
    for part in loc[:-1]:
        found = _section(section, str(part))
        if found is None:
            return ""
        section = found
    word, inside = str(loc[-1]), ".".join(map(str, loc[:-1]))
    elsewhere: dict[str, str] = {}  # by their last name, those nearest to the section first
    for key in sorted(_keys(RunConfig, ""), key=lambda key: not key.startswith(inside)):
        elsewhere.setdefault(key.rpartition(".")[2], key)
    close = (
        difflib.get_close_matches(word, section.model_fields, n=1, cutoff=0.7)
        or [elsewhere[name] for name in difflib.get_close_matches(word, elsewhere, n=1, cutoff=0.7)]
        or difflib.get_close_matches(word, section.model_fields, n=1, cutoff=0.5)
    )
    return f"; did you mean `{close[0]}`?" if close else f"; valid keys: {', '.join(section.model_fields)}"


def _section(parent: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The section that a field holds, None where it holds a value."""
    annotation = parent.model_fields[name].annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _keys(section: type[BaseModel], prefix: str) -> Iterator[str]:
    """Dotted names of all settings below a section."""
    for name in section.model_fields:
        inner = _section(section, name)
        if inner is None:
            yield prefix + name
        else:
            yield from _keys(inner, f"{prefix}{name}.")
