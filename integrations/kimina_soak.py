"""`physprover serve` under many Kimina clients at once, while its Lean processes are killed at random.

    python integrations/kimina_soak.py [--checks 20000] [--clients 64] [--kill-seconds 20] [--minutes M]

Each check is a file of its own, so that an answer that belongs to another check shows. It states a true or a false equation of
small numbers and prints its number; what the client makes of it must fit. The server keeps no verdicts on files. After --minutes
no more is asked. Printed at the end:

    lost       checks without an answer, or with the server's word that it could not judge them
    wrong      answers of another check, or with another result than the equation's
    doubled    answers beyond one for each check, at the clients and in the server's own count
    memory     of the server's Python process and of all its Lean processes, after each twentieth of the checks

Exit status 1 when a check is lost, wrong or doubled, or when the server's own memory grows by more than a quarter in the second half.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import typing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import typing_extensions

if sys.version_info < (3, 12):  # see docs/integrations.md
    typing.TypedDict = typing_extensions.TypedDict  # type: ignore[misc,assignment]

from kimina_client import KiminaClient, Snippet, SnippetStatus

BATCH = 8
MEGABYTE = 2**20


def snippet(number: int) -> Snippet:
    """A file that is valid for even numbers and in error for odd ones, and prints its number."""
    a, b = number % 97, number % 89
    right = a + b + number % 2
    code = f"#check ({number} : Nat)\ntheorem t : {a} + {b} = {right} := rfl\n"
    return Snippet(id=f"check-{number}", code=code)


def fault(number: int, result: typing.Any) -> str:
    """What is wrong with the answer to `snippet(number)`; "" for nothing."""
    if result.error is not None or result.response is None:
        return f"lost: {result.error}"
    printed = [m["data"] for m in result.response.get("messages", []) if m["severity"] == "info"]
    wanted = SnippetStatus.lean_error if number % 2 else SnippetStatus.valid
    if printed != [f"{number} : Nat"] or result.analyze().status is not wanted:
        return f"wrong: {result.response}"
    return ""


class Server:
    """`physprover serve` as a child process."""

    def __init__(self, workers: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "physprover", "serve", "--port", str(port), "--until-eof"]
        self._child = subprocess.Popen([*command, "--workers", str(workers)], stdin=subprocess.PIPE)
        self.process = psutil.Process(self._child.pid)
        while not self._answers():
            if self._child.poll() is not None:
                raise SystemExit("the server does not start")
            time.sleep(0.5)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=5.0).status_code == 200
        except httpx.TransportError:
            return False

    def lean_processes(self) -> list[psutil.Process]:
        """Workers and both kernels' judges; the server starts no other process."""
        return self.process.children(recursive=True)

    def memory(self) -> tuple[float, float]:
        """Megabytes of the server itself, and of its Lean processes together."""
        lean = 0
        for process in self.lean_processes():
            try:
                lean += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return self.process.memory_info().rss / MEGABYTE, lean / MEGABYTE

    def answered(self) -> int:
        """How many files the server says it has answered."""
        page = httpx.get(f"{self.url}/metrics", timeout=60.0).text
        lines = [line for line in page.splitlines() if line.startswith("physprover_snippets_total{")]
        return sum(int(line.rpartition(" ")[2]) for line in lines)

    def close(self) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait(60)


class Killer(threading.Thread):
    """Kills one of the server's Lean processes, a worker or a judge, after random pauses of `mean` seconds in the middle."""

    def __init__(self, server: Server, mean: float) -> None:
        super().__init__(daemon=True)
        self.server, self.mean = server, mean
        self.kills = 0
        self.done = threading.Event()
        self._random = random.Random(0)

    def run(self) -> None:
        while not self.done.wait(self._random.uniform(0.0, 2.0 * self.mean)):
            processes = self.server.lean_processes()
            if processes:
                try:
                    os.kill(self._random.choice(processes).pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                self.kills += 1


def main() -> int:
    """Run it; see the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checks", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--kill-seconds", type=float, default=20.0)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    logging.getLogger("kimina-client").setLevel(logging.CRITICAL)

    server = Server(given.workers)
    killer = Killer(server, given.kill_seconds)
    killer.start()
    faults: dict[int, str] = {}
    asked: set[int] = set()
    answers: Counter[int] = Counter()
    memory: list[tuple[float, float]] = []
    lock = threading.Lock()
    began = time.monotonic()

    def client(first: int) -> None:
        mine = range(first, given.checks, given.clients)
        kimina = KiminaClient(server.url, http_timeout=3600)
        for start in range(0, len(mine), BATCH):
            part = mine[start : start + BATCH]
            if time.monotonic() - began > 60.0 * given.minutes:
                return
            with lock:
                asked.update(part)
            results = kimina.check(
                [snippet(n) for n in part], timeout=300, batch_size=BATCH, show_progress=False
            ).results
            said = {r.id: r for r in results}
            with lock:
                answers.update(int(r.id.removeprefix("check-")) for r in results)
                for number in part:
                    found = said.get(f"check-{number}")
                    if trouble := fault(number, found) if found else "lost: no answer":
                        faults[number] = trouble
                if sum(answers.values()) >= given.checks * (len(memory) + 1) / 20:
                    memory.append(server.memory())
                    mine_, lean = memory[-1]
                    print(
                        f"{sum(answers.values())} answers, {killer.kills} kills, {time.monotonic() - began:.0f} s,"
                        f" {len(faults)} faults, server {mine_:.0f} MB, Lean {lean:.0f} MB",
                        flush=True,
                    )

    with ThreadPoolExecutor(given.clients) as threads:
        list(threads.map(client, range(given.clients)))
    killer.done.set()
    counted = server.answered()
    cpu = server.process.cpu_times()
    server.close()

    lost = [number for number, text in faults.items() if text.startswith("lost")]
    wrong = [number for number, text in faults.items() if text.startswith("wrong")]
    doubled = max(0, counted - len(asked)) + sum(count - 1 for count in answers.values() if count > 1)
    half = memory[len(memory) // 2][0]
    growth = max(own for own, _ in memory[len(memory) // 2 :]) / half
    print(
        f"{len(asked)} checks, {given.clients} clients, {killer.kills} Lean processes killed:"
        f" {len(lost)} lost, {len(wrong)} wrong, {doubled} doubled ({counted} counted by the server);"
        f" memory of the server in the second half {growth:.2f} x; {cpu.user + cpu.system:.0f} s of its own CPU"
    )
    for number in [*lost, *wrong][:5]:
        print(f"  check-{number}: {faults[number]}")
    return int(bool(lost or wrong or doubled) or growth > 1.25)


if __name__ == "__main__":
    sys.exit(main())
