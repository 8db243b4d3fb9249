"""Recorded attempts through every plug-in and through `physprover verify --jsonl`: the verdicts must be the same.

    python integrations/conformance.py RUN --environments FOLDER [--attempts 1000] [--timed 300] [--only trl,verl]

Runs in PhysProver's own environment. RUN is a run directory (attempts.jsonl, eval/, data/); FOLDER holds an environment for each
plug-in, as `test.sh NAME FOLDER/NAME` makes them. All plug-ins ask one `physprover serve`, which remembers verdicts: Lean judges each
attempt once for `verify` and once for the server, whose answer every plug-in must carry unharmed (doors.py). With --fresh it is judged
for each plug-in. Of twenty attempts one is replaced by a cheat, and of fifty one gets a header that does not elaborate, since a run's
records hold few of the first and none of the second.

A plug-in's answer is compared, as JSON text, with what its framework can keep of a verdict: `PROJECTIONS`. With --timed N, N further
attempts go through `verify`'s pool and the plug-in in turns of 100, and the ratio of their speeds is printed. Both judge them anew, and
the plug-in runs with its framework's own concurrency. Exit status 1 when an answer differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from physprover.lean.pool import LocalPool
    from physprover.records import Verdict

Row = dict[str, Any]  # as in doors.py

CHEATS = ("by sorry", "by native_decide", "sorryAx _ true", "by\n  have h : False := sorry\n  exact h.elim")
BROKEN = "\ndef conformance_broken : Nat := true"
BURST = 100


# -- What a framework keeps of a verdict. --


def _word(verdict: Verdict) -> Any:
    return verdict.outcome.value


def _said(verdict: Verdict) -> Any:
    return [verdict.outcome.value, list(verdict.messages)]


def _explained(verdict: Verdict) -> Any:
    return ["\n".join((verdict.outcome, *verdict.messages)), list(verdict.axioms), verdict.check]


def _reward(verdict: Verdict) -> Any:
    return None if verdict.outcome == "infrastructure" else float(verdict.outcome == "proved")


def _reward_and_cheat(verdict: Verdict) -> Any:
    return [_reward(verdict), float(verdict.outcome == "cheated")]


def _or_raised(project: Callable[[Verdict], Any]) -> Callable[[Verdict], Any]:
    """For plug-ins that raise where there is no evidence."""

    def projected(verdict: Verdict) -> Any:
        judged = verdict.outcome != "infrastructure"
        return project(verdict) if judged else f"not judged: {'; '.join(verdict.messages)}"

    return projected


PROJECTIONS: dict[str, Callable[[Verdict], Any]] = {
    "verifiers": _or_raised(_said),
    "trl": _reward,
    "verl": _or_raised(_word),
    "openrlhf": _or_raised(_reward_and_cheat),
    "skyrl": _or_raised(_said),
    "openenv": _said,
    "inspect": _explained,
    "lm_eval": _reward,
}


# -- The comparison, in PhysProver's environment. --


def sample(run: Path, count: int) -> list[Row]:
    """`count` different attempts of a run in random order (seed 0), some replaced as the top of this file says."""
    from physprover.dataset import load_by_name
    from physprover.records import JudgedAttempt, read_jsonl

    theorems = load_by_name(run / "data")
    files = [run / "attempts.jsonl", *sorted((run / "eval").glob("*.attempts.jsonl"))]
    judged = (j for file in files if file.exists() for j in read_jsonl(file, JudgedAttempt))
    found = {(j.attempt.theorem, j.attempt.proof) for j in judged if j.attempt.theorem in theorems}
    if len(found) < count:
        raise SystemExit(f"{run} holds {len(found)} different attempts; {count} were asked for")
    rows = []
    for number, (name, proof) in enumerate(random.Random(0).sample(sorted(found), count)):
        theorem = theorems[name]
        header = theorem.header + (BROKEN if number % 50 == 49 else "")
        if number % 20 == 19:
            proof = CHEATS[number // 20 % len(CHEATS)]
        fields = {
            "statement": theorem.statement,
            "header": header,
            "lemmas_proved": theorem.lemmas_proved,
        }
        answer = f"```lean4\n{theorem.statement} := {proof}\n```\n"
        rows.append(
            {"name": f"a{number}", **fields, "proof": proof, "answer": answer, "truth": json.dumps(fields)}
        )
    return rows


class Verify:
    """`verify --jsonl` without its printing: its rows, its pool of Lean workers."""

    def __init__(self, pool: LocalPool, seconds: float) -> None:
        self.pool, self.seconds = pool, seconds

    def __call__(self, rows: Sequence[Row]) -> tuple[list[Verdict], float]:
        """Verdicts in order, and the seconds they took."""
        from physprover.app.commands.verify import read_rows
        from physprover.app.judging import judge_rows

        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
            file.flush()
            began = time.perf_counter()
            said = [verdict for _, verdict in judge_rows(read_rows(file.name), self.pool, self.seconds)]
        return said, time.perf_counter() - began


@contextmanager
def server(workers: int, seconds: float, fresh: bool) -> Iterator[dict[str, str]]:
    """A judge, and the environment of those who ask it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PHYSPROVER_URL": f"http://127.0.0.1:{port}",
        "PHYSPROVER_TOKEN": secrets.token_urlsafe(16),
        "PHYSPROVER_SECONDS": str(seconds),
    }
    command = [sys.executable, "-m", "physprover", "serve", "--port", str(port), "--until-eof"]
    command += ["--workers", str(workers), *(["--fresh"] if fresh else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as child:
        while child.poll() is None:
            try:
                urlopen(f"{environment['PHYSPROVER_URL']}/health").close()
                break
            except OSError:
                time.sleep(0.5)
        yield environment


class PlugInLost(Exception):
    """A plug-in's process ended; it has said why."""


class PlugIn:
    """A plug-in in its own environment, asked over pipes."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], rows: Sequence[Row]) -> None:
        doors = Path(__file__).with_name("doors.py")
        command = [str(folder / name / "bin" / "python"), "-P", str(doors), name]
        clean = {key: value for key, value in environment.items() if key != "PYTHONPATH"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean
        )
        self._send(rows)

    def _send(self, rows: Sequence[Row]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(rows) + "\n")
        self._process.stdin.flush()

    def __call__(self, rows: Sequence[Row]) -> tuple[list[Any], float]:
        """Answers in order, and the seconds they took."""
        self._send(rows)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise PlugInLost(f"ended with status {self._process.wait()}")
        said, took = json.loads(line)
        return said, took

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def compare(name: str, plug_in: PlugIn, rows: Sequence[Row], expected: Sequence[Verdict]) -> int:
    """How many attempts a plug-in answers otherwise than `verify`; the first of them are printed."""
    try:
        said, _ = plug_in(rows)
    except PlugInLost as lost:
        print(f"{name}: {lost}", flush=True)
        return len(rows)
    finally:
        plug_in.close()
    wanted = [json.dumps(PROJECTIONS[name](verdict)) for verdict in expected]
    given = [json.dumps(answer) for answer in said]
    wrong = [trio for trio in zip(rows, given, wanted, strict=True) if trio[1] != trio[2]]
    print(f"{name}: {len(rows) - len(wrong)} of {len(rows)} the same", flush=True)
    for row, answer, other in wrong[:5]:
        print(
            f"  {row['name']}: {answer}\n    verify: {other}\n    {row['statement']} := {row['proof']}",
            flush=True,
        )
    return len(wrong)


def time_both(name: str, plug_in: PlugIn, verify: Verify, rows: Sequence[Row]) -> None:
    """Print the speed of a plug-in against `verify`'s; each begins every other burst."""
    theirs = ours = 0.0
    plug_in(rows[:2])  # what a framework does only once
    for number, start in enumerate(range(0, len(rows), BURST)):
        burst = rows[start : start + BURST]
        for mine in (number % 2 == 0, number % 2 == 1):
            if mine:
                ours += verify(burst)[1]
            else:
                theirs += plug_in(burst)[1]
    plug_in.close()
    speeds = f"{len(rows) / theirs:.1f} a second against {len(rows) / ours:.1f}"
    print(f"{name}: {speeds}: {ours / theirs:.2f} x", flush=True)


def main() -> int:
    """Compare every plug-in with `verify`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--attempts", type=int, default=1000)
    parser.add_argument("--timed", type=int, default=0)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--only", default=",".join(PROJECTIONS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()

    from collections import Counter

    from physprover.app.commands.common import engine_config
    from physprover.lean.pool import LocalPool

    rows = sample(given.run, given.attempts + given.timed)
    judged, timed = rows[: given.attempts], rows[given.attempts :]
    names = given.only.split(",")
    config = engine_config("embedded", None, given.workers, given.seconds)
    wrong = 0
    with LocalPool(config) as pool:
        verify = Verify(pool, given.seconds)
        if judged:
            expected, took = verify(judged)
            print(f"verify: {dict(Counter(v.outcome.value for v in expected))} in {took:.0f} s", flush=True)
            with server(given.workers, given.seconds, given.fresh) as environment:
                for name in names:
                    wrong += compare(
                        name, PlugIn(name, given.environments, environment, rows), judged, expected
                    )
        if timed:
            with server(given.workers, given.seconds, fresh=True) as environment:
                for name in names:
                    time_both(name, PlugIn(name, given.environments, environment, rows), verify, timed)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
