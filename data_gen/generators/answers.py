"""JSON in what a language model answers: alone, in a fence, within prose, or torn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator


def json_objects(text: str, opening: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """Whole objects whose beginning `opening` matches, in order; from a torn one those within it that are whole."""
    decoder, at = json.JSONDecoder(strict=False), 0
    while match := opening.search(text, at):
        try:
            tree, at = decoder.raw_decode(text, match.start())
        except (json.JSONDecodeError, RecursionError):
            at = match.end()
            continue
        yield json.loads(encodable(json.dumps(tree, ensure_ascii=False)))


def encodable(text: str) -> str:
    """The text with `?` for halves of surrogate pairs, which a `\\ud835` cut in two leaves and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
