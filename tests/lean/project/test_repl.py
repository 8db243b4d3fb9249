"""The REPL client against processes that answer well, badly, late, too much or not at all."""

from __future__ import annotations

import sys

import pytest

from physprover.lean.embedded.process import WorkerLost
from physprover.lean.project.sandbox import Repl

COUNTER = """
import json, sys
number = 0
while line := sys.stdin.readline():
    request = json.loads(line)
    sys.stdin.readline()
    {before}
    print(json.dumps({{"env": number, "messages": [{{"severity": "info", "data": request["cmd"]}}]}}) + "\\n", flush=True)
    {after}
    number += 1
"""


def peer(before: str = "pass", after: str = "pass") -> Repl:
    return Repl([sys.executable, "-c", COUNTER.format(before=before, after=after)], 0.3, None, {})


def test_answers_belong_to_their_questions() -> None:
    repl = peer()
    for number, text in enumerate(["a", "β ∀", "c\nd"]):
        assert repl.run(text, None, 30) == (number, [{"severity": "info", "data": text}], False)
    repl.kill()
    repl.kill()
    assert not repl.alive


def ask(repl: Repl, times: int) -> None:
    for _ in range(times):
        repl.run("x", None, 30)


@pytest.mark.parametrize("number", ["number - 1", "number + 1", "0 if number else 7", "number"])
def test_a_forged_answer_is_out_of_step(number: str) -> None:
    repl = peer(before=f"print(json.dumps(dict(env={number})) + chr(10), flush=True)")
    with pytest.raises(WorkerLost) as lost:
        ask(repl, 3)  # the true answer comes with it, or is found unread before the next question
    assert lost.value.reason == "out of step"
    assert not repl.alive


def test_what_is_said_unasked_is_never_the_next_answer() -> None:
    repl = peer(after="print(json.dumps(dict(env=number + 1)) + chr(10), flush=True)")
    with pytest.raises(WorkerLost) as lost:
        ask(repl, 3)
    assert lost.value.reason == "out of step"


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("sys.exit(0)", "crashed"),
        ("print('no json' + chr(10), flush=True); sys.exit(0)", "crashed"),
        ("print('[1]' + chr(10), flush=True); sys.exit(0)", "crashed"),
        ("print('x' * 20_000_000, flush=True)", "crashed"),
        ('print(\'{"message": "Unknown environment."}\' + chr(10), flush=True)', "out of step"),
        ("import time; time.sleep(60)", "timeout"),
        ("import time; hoard = bytearray(600_000_000); time.sleep(60)", "out_of_memory"),
    ],
)
def test_every_trouble_is_named_and_ends_the_process(before: str, reason: str) -> None:
    repl = peer(before=before)
    with pytest.raises(WorkerLost) as lost:
        repl.run("x", None, 2 if reason == "timeout" else 30)
    assert lost.value.reason == reason
    assert not repl.alive
