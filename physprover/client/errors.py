"""How a judge can fail to answer, and the variables of the environment that name it."""

from __future__ import annotations

URL_VARIABLE = "PHYSPROVER_URL"
TOKEN_VARIABLE = "PHYSPROVER_TOKEN"
COMMAND_VARIABLE = "PHYSPROVER_COMMAND"  # how to start a judge on this machine
WORKERS_VARIABLE = "PHYSPROVER_WORKERS"  # its Lean processes
SECONDS_VARIABLE = "PHYSPROVER_SECONDS"  # deadline of one check


class JudgeError(RuntimeError):
    """The judge gave no answer; the message says why and what to do. Never a statement about a proof."""


class JudgeUnavailable(JudgeError):
    """It cannot be reached, does not answer in time, or does not start."""


class JudgeRefused(JudgeError):
    """It will not answer this request: wrong token, too large, not a judge."""
