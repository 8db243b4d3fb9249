"""The keys of the configuration as its schema describes them: what tests draw values from."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from hypothesis import strategies as st
from pydantic import BaseModel

from physprover.config import RunConfig


class Number(typing.NamedTuple):
    """One numeric key and its bounds."""

    key: str
    kind: type
    least: float
    most: float
    open_below: bool
    open_above: bool


def fields(section: type[BaseModel] = RunConfig, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted name and pydantic's description of every key that holds a value."""
    for name, field in section.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from fields(annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, field


def numbers() -> Iterator[Number]:
    """Every numeric key; AssertionError for one without a lower and an upper bound."""
    for key, field in fields():
        annotation = field.annotation
        parts = [annotation, *typing.get_args(annotation)]
        bounds, kind = list(field.metadata), next((p for p in parts if p in (int, float)), None)
        for part in parts:
            if typing.get_origin(part) is typing.Annotated:
                kind, *more = typing.get_args(part)
                bounds += [one for m in more for one in getattr(m, "metadata", [m])]
        if kind not in (int, float) or typing.get_origin(annotation) is tuple:
            continue
        lower = [b for b in bounds if isinstance(b, Ge | Gt)]
        upper = [b for b in bounds if isinstance(b, Le | Lt)]
        assert len(lower) == len(upper) == 1, f"{key} needs a lower and an upper bound"
        yield Number(
            key,
            kind,
            getattr(lower[0], "ge", getattr(lower[0], "gt", None)),
            getattr(upper[0], "le", getattr(upper[0], "lt", None)),
            isinstance(lower[0], Gt),
            isinstance(upper[0], Lt),
        )


def choices() -> dict[str, list[Any]]:
    """Every key whose values can be listed: names (with None where that is allowed) and booleans."""
    found: dict[str, list[Any]] = {}
    for key, field in fields():
        parts = [field.annotation, *typing.get_args(field.annotation)]
        if bool in parts:
            found[key] = [False, True]
        elif typing.get_origin(field.annotation) is typing.Literal:
            found[key] = list(typing.get_args(field.annotation))
    return found


def inside(number: Number) -> st.SearchStrategy[Any]:
    """Values within the bounds, the bounds themselves among them where they are allowed."""
    if number.kind is int:
        most = int(number.most) - number.open_above
        small = st.integers(int(number.least), min(most, int(number.least) + 40))
        return st.one_of(small, st.just(most), st.integers(int(number.least), most))
    return st.floats(number.least, number.most, exclude_min=number.open_below, exclude_max=number.open_above)


def tree(key: str, value: Any) -> dict[str, Any]:
    """The configuration that sets one key."""
    *path, last = key.split(".")
    found: dict[str, Any] = {last: value}
    for part in reversed(path):
        found = {part: found}
    return found


def merged(trees: list[dict[str, Any]]) -> dict[str, Any]:
    """One configuration of several; later values win."""
    found: dict[str, Any] = {}
    for one in trees:
        for key, value in one.items():
            found[key] = merged([found.get(key, {}), value]) if isinstance(value, dict) else value
    return found
