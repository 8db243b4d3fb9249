"""The budget of one search: tokens, checks, Lean seconds. Every unit is reserved before it can be spent.

A reservation is an upper bound that the spender cannot exceed (the token limit of a sampling call, the deadline of a
check); settling it gives back what was not used. So more than the whole can never be spent, and the log says on what.
"""

from __future__ import annotations

from pydantic import Field

from physprover.errors import ConfigError
from physprover.records import Record

AXES = ("tokens", "checks", "seconds")
_ROUNDING = 1e-9


class OutOfBudget(Exception):
    """What was asked for is more than what is left; the action ends here."""


class Amount(Record):
    """An amount of each axis."""

    tokens: int = Field(0, ge=0)  # read by and written by the prover
    checks: int = Field(0, ge=0)  # questions put to Lean
    seconds: float = Field(0.0, ge=0)  # Lean's, elaboration and judge

    def __add__(self, other: Amount) -> Amount:
        return Amount(**{axis: getattr(self, axis) + getattr(other, axis) for axis in AXES})

    def __sub__(self, other: Amount) -> Amount:
        """What is left of this when `other` is taken from it; no less than 0 seconds."""
        return Amount(
            tokens=self.tokens - other.tokens,
            checks=self.checks - other.checks,
            seconds=max(0.0, self.seconds - other.seconds),
        )

    def fits(self, other: Amount) -> bool:
        """Whether no axis exceeds the other's."""
        return (
            self.tokens <= other.tokens
            and self.checks <= other.checks
            and self.seconds <= other.seconds + _ROUNDING
        )

    def share_of(self, whole: Amount) -> float:
        """The largest share that this takes of any axis of `whole`; infinite where it needs what is not there."""
        return max(_share(getattr(self, axis), getattr(whole, axis)) for axis in AXES)

    def __str__(self) -> str:
        return f"tokens={self.tokens},checks={self.checks},seconds={self.seconds:g}"


DEFAULT = Amount(tokens=16384, checks=64, seconds=60.0)
"""What `prove` may spend where nothing is said."""


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("inf") if part else 0.0


class Entry(Record):
    """One line of the audit."""

    arm: str  # who spent it
    what: str  # "sample" or "check"
    reserved: Amount
    spent: Amount


class Budget:
    """What is left of an amount, and the log of where the rest went."""

    def __init__(self, total: Amount) -> None:
        """Raises `ConfigError` for a budget of zero: nothing could be tried with it."""
        if not total.checks or not total.seconds:
            raise ConfigError(f"a budget of {total} allows no check: nothing can be proved with it")
        self.total = total
        self.spent = Amount()
        self.log: list[Entry] = []
        self._held: Amount | None = None

    @property
    def left(self) -> Amount:
        """What can still be reserved."""
        return self.total - self.spent

    @property
    def pressure(self) -> float:
        """0 untouched … 1 gone, of the axis that is nearest its end."""
        return min(1.0, self.spent.share_of(self.total))

    def reserve(self, amount: Amount) -> None:
        """Hold an upper bound of what comes next. Raises `OutOfBudget` when it does not fit."""
        assert self._held is None, "one reservation at a time"
        if not amount.fits(self.left):
            raise OutOfBudget(f"{amount} of {self.left} left")
        self._held = amount

    def settle(self, arm: str, what: str, spent: Amount) -> None:
        """Book what was spent of the reservation; more than was reserved is a fault of the caller's."""
        assert self._held is not None, "nothing was reserved"
        assert spent.fits(self._held), f"{arm} spent {spent} of {self._held} reserved"
        self.log.append(Entry(arm=arm, what=what, reserved=self._held, spent=spent))
        self.spent += spent
        self._held = None


def parse_budget(text: str) -> Amount:
    """`tokens=4096,checks=32,seconds=20`; an axis that is not named keeps that of `DEFAULT`. Raises `ConfigError`."""
    found: dict[str, float] = {}
    for item in text.split(","):
        axis, equals, value = map(str.strip, item.partition("="))
        if not equals:
            raise ConfigError(f"budget `{text}` is not of the form tokens=…,checks=…,seconds=…")
        if axis not in AXES:
            raise ConfigError(f"budget `{text}`: no axis is called `{axis}`; there are {', '.join(AXES)}")
        if axis in found:
            raise ConfigError(f"budget `{text}`: `{axis}` is given twice")
        try:
            found[axis] = float(value)
        except ValueError:
            raise ConfigError(f"budget `{text}`: `{axis}` is not a number: {value}") from None
        whole = axis == "seconds" or found[axis].is_integer()
        if not (0 <= found[axis] < 1e12) or not whole:
            raise ConfigError(f"budget `{text}`: `{axis}` must be a whole number from 0 on, got {value}")
    return Budget(DEFAULT.replace(**found)).total
