"""Two kernels against one, as rows of `physprover bench verify`: do both accept what is known to be proved, and what does the
second cost?

The comparison needs a judge that asks Lean's kernel alone. It is a class of this file, not a setting: no configuration, flag
or request can make the product pay on the word of one kernel.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from physprover.app.lab import Row, row
from physprover.config import EngineConfig
from physprover.lean.embedded.engine import EmbeddedEngine, EmbeddedJudge
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, asked
from physprover.lean.kernel import SecondKernel
from physprover.lean.kernel.certificates import Witness
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome

_TURN = 25  # checks of a turn, with the second kernel or without
_WARM = 20  # proofs replayed before the clock starts: V8 compiles what is used often


def agreement(config: EngineConfig, proofs: Sequence[Check]) -> list[Row]:
    """Both kernels on proofs that are known to be right, and the time of each on the same constants.

    The times are CPU time of the kernels' processes, rebuilding of the constants included on both sides: Lean's on a file
    without text, the second kernel's from the library up, header included.
    """
    accepted, found = witnessed(config, proofs)
    share = f"{accepted} of {len(proofs)}"
    ratios = _ratios(config, found, proofs[0].seconds)
    ratio, slow = statistics.median(ratios), sorted(ratios)[int(0.95 * len(ratios))]
    return [
        row("reference proofs, both kernels accept", "all", share, accepted == len(proofs)),
        Row.of("second kernel over Lean's replay", ratio, "≤ 3 ×", shown=f"{{:.2f}} × (95th: {slow:.2f})"),
    ]


def accepted_by_both(
    config: EngineConfig, groups: Mapping[str, Sequence[Check]], note: Callable[[str], None]
) -> list[Row]:
    """How many of the proofs of each group both kernels accept; `note` hears of each that they do not."""
    rows = []
    with closing(EmbeddedEngine(config)) as engine:
        for title, checks in groups.items():
            accepted = 0
            for number, check in enumerate(checks, 1):
                verdict = engine.check(check.problem, check.proof, check.seconds)
                if verdict.outcome is Outcome.PROVED and verdict.tier == "judged":
                    accepted += 1
                else:
                    note(
                        f"{check.id}: {verdict.outcome.value} {verdict.check} {' '.join(verdict.messages)[:200]}"
                    )
                if number % 100 == 0:
                    note(f"{title}: {accepted} of {number}")
            share = f"{accepted} of {len(checks)}"
            rows.append(row(f"{title}, both kernels accept", "all", share, accepted == len(checks)))
    return rows


def witnessed(config: EngineConfig, proofs: Sequence[Check]) -> tuple[int, list[dict[str, Any]]]:
    """How many of the proofs both kernels accept, and what the second kernel is given of each that Lean's accepts."""
    accepted = 0
    found: list[dict[str, Any]] = []
    with (
        closing(Witness(ensure_installed(), config.memory_gb)) as judge,
        closing(EmbeddedEngine(config, judge)) as engine,
    ):
        for check in proofs:
            verdict = engine.check(check.problem, check.proof, check.seconds)
            accepted += verdict.outcome is Outcome.PROVED and verdict.tier == "judged"
            if (given := judge.take()) is not None:
                found.append(given)
    return accepted, found


def _ratios(config: EngineConfig, witnessed: Sequence[dict[str, Any]], seconds: float) -> list[float]:
    """Of each paid proof, CPU time of the second kernel over that of Lean's, one after the other."""
    folder = ensure_installed()
    lean, second = LeanProcess(folder, config.memory_gb), SecondKernel(folder)
    ratios = []
    try:
        warm = witnessed[:_WARM]
        for number, given in enumerate([*warm, *witnessed]):
            request = {
                "text": "".join(f"import {m}\n" for m in given["modules"] if m != "Init"),
                "theorems": [given["theorem"]["name"]],
                "constants": given["constants"],
            }
            first = lean.ask({"judgeSnippet": request}, seconds)["ms"] / 1000
            wanted = {"theorem": given["theorem"]}
            again = second.check(given["modules"], given["constants"], wanted, seconds).seconds
            if number >= len(warm):
                ratios.append(again / first)
    finally:
        lean.kill()
        second.close()
    return ratios


class _LeanAlone(EmbeddedJudge):
    """What a verdict cost before there were two kernels."""

    def replay(self, problem: Problem, constants: dict[str, Any], seconds: float) -> dict[str, Any]:
        return self.ask({"judge": {**asked(problem), "constants": constants}}, seconds, problem)


def added(config: EngineConfig, checks: Sequence[Check]) -> list[Row]:
    """What the second kernel adds to judging: one worker with both kernels and one with Lean's alone, turn by turn.

    Each meets all attempts once before it is timed. CPU time is that of this process and all it started.
    """
    folder = ensure_installed()
    kinds: dict[str, EmbeddedJudge] = {
        "alone": _LeanAlone(folder, config.memory_gb),
        "both": EmbeddedJudge(folder, config.memory_gb),
    }
    engines = {name: EmbeddedEngine(config, judge) for name, judge in kinds.items()}
    wall, cpu, passed = dict.fromkeys(kinds, 0.0), dict.fromkeys(kinds, 0.0), 0
    try:
        for engine in engines.values():
            _judge_all(engine, checks)
        for turn, start in enumerate(range(0, len(checks), _TURN)):
            part = checks[start : start + _TURN]
            for name in sorted(kinds, reverse=bool(turn % 2)):
                began, used = time.perf_counter(), _cpu_seconds()
                proved = _judge_all(engines[name], part)
                wall[name] += time.perf_counter() - began
                cpu[name] += _cpu_seconds() - used
                passed += proved if name == "both" else 0
    finally:
        for name, judge in kinds.items():
            engines[name].close()
            judge.close()
    rows = []
    for what, spent in (("CPU time", cpu), ("wall clock", wall)):
        more = 100 * (spent["both"] / spent["alone"] - 1)
        figure = f"second kernel's {what} at {passed / len(checks):.0%} pass"
        rows.append(Row.of(figure, more, "≤ 15 %", shown="{:+.1f} %"))
    return rows


def _judge_all(engine: EmbeddedEngine, checks: Sequence[Check]) -> int:
    """How many of the attempts are proved."""
    proved = 0
    for check in checks:
        verdict = engine.check(check.problem, check.proof, check.seconds, check.messages)
        proved += verdict.outcome is Outcome.PROVED
    return proved


def _cpu_seconds() -> float:
    """CPU time of this process and of all it started, ended or not."""
    import psutil

    mine = os.times()
    total = mine.user + mine.system + mine.children_user + mine.children_system
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:  # ended since it was listed, and counted with the ended ones
            continue
        total += times.user + times.system
    return total
