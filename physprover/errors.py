"""Errors a user can meet. Each is raised where it can be named and shown once, as one line, by the CLI (exit status 2)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager


class PhysProverError(Exception):
    """Something the user can fix; the message says what and how."""


class ConfigError(PhysProverError):
    """A configuration file is wrong (unknown key, bad value, impossible combination)."""


class DataError(PhysProverError):
    """Input data is missing, empty, unreadable or malformed."""


class LeanSetupError(PhysProverError):
    """Lean cannot be started: not installed, damaged, or of the wrong version."""


class HeaderError(PhysProverError):
    """A problem's own header or statement does not elaborate; no proof of it can be judged."""


class ModelError(PhysProverError):
    """A model or checkpoint is missing or does not fit."""


class RunError(PhysProverError):
    """A run directory cannot be used or continued."""


class KernelsDisagree(RunError):
    """Lean's kernel accepted what the second kernel refused: one of them is wrong, and no reward can be trusted."""


class HubError(PhysProverError):
    """The Hugging Face hub cannot be reached or refuses an upload."""


@contextmanager
def naming(path: object) -> Iterator[None]:
    """Whatever keeps the block from reading or writing `path`, as a `DataError` that begins with it."""
    try:
        yield
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8") from None
    except (DataError, OSError) as error:
        raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def first_line(error: Exception) -> str:
    """What an error of other people's code says, in one line of at most 200 characters; its type where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def some(number: int, noun: str) -> str:
    """ "1 theorem", "1,200 theorems"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words and marked with an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1].rsplit(' ', 1)[0]} …"


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # line ends and tabs stay
_NAMED = r"(?:'[^\s']+'|[\w-]+)"
_ALTERNATIVES = re.compile(
    rf"(\bexpected (?:{_NAMED}, ){{3}}{_NAMED}), ((?:{_NAMED}, ){{2,}}{_NAMED} or {_NAMED})"
)


def visible(text: str) -> str:
    """A text that a model or a file wrote, as a terminal may be sent it.

    Control characters are written as in `\\x1b`; of the many words that Lean's parser may have expected, the first stand for all.
    """
    text = _ALTERNATIVES.sub(lambda found: f"{found[1]} or {found[2].count(', ') + 2} others", text)
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
