"""physprover.client against the real server: the verdicts of `verify --jsonl`, and every way a judge can fail to answer."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import io
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from physprover import client, records
from physprover.app.commands.verify import read_rows
from physprover.app.judging import judge_rows
from physprover.client import (
    Check,
    Judge,
    JudgeRefused,
    JudgeUnavailable,
    local,
    require_version,
)
from physprover.config import EngineConfig
from physprover.errors import LeanSetupError
from physprover.lean.pool import LocalPool

HEADER = "def twice (n : Nat) : Nat := 2 * n"
ASKED = [
    Check("theorem t (n : Nat) : twice n = n + n", "by unfold twice; omega", HEADER),
    Check("theorem t (n : Nat) : twice n = n + n", "by rfl", HEADER),
    Check("theorem t : 1 = 2", "by sorry"),
    Check("theorem t : 1 = 2", "sorryAx _ false"),
    Check("theorem t : 1 = 1", ""),
    Check("1 = 1", "rfl"),
    Check("theorem t : Nat.nothing = 1", "rfl"),
    Check("theorem t : 1 = 1", "rfl", "def broken : Nat := true"),
    Check("/-- a docstring -/\ntheorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry", "by omega"),
]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """A client whose judge is started on demand by the client itself."""
    from physprover.lean.embedded.install import ensure_installed

    try:
        ensure_installed()
    except LeanSetupError as error:
        if "cannot be reached" in str(error):
            pytest.skip(f"NO LEAN, NOT TESTED: {error}")
        raise
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        patch.setenv(local.COMMAND_VARIABLE, f"{sys.executable} -m physprover")
        patch.setenv(local.WORKERS_VARIABLE, "1")
        patch.delenv(local.URL_VARIABLE, raising=False)
        patch.setattr(local, "_known", None)
        yield Judge(patience=240.0)
        for child in local.children:
            assert child.stdin is not None
            child.stdin.close()
            assert child.wait(60) == 0  # the end of its standard input ended it, in good order
        local.children.clear()


def without_seconds(verdict: object) -> dict[str, object]:
    fields = (
        verdict.model_dump(mode="json")
        if isinstance(verdict, records.Verdict)
        else dataclasses.asdict(verdict)
    )  # type: ignore[call-overload]
    fields["messages"], fields["axioms"] = list(fields["messages"]), list(fields["axioms"])
    return {name: value for name, value in fields.items() if name != "seconds"}


def test_a_verdict_here_has_the_fields_of_the_record() -> None:
    assert tuple(records.Verdict.model_fields) == client.Verdict.__slots__
    for outcome in records.Outcome:
        assert client.Verdict(outcome.value).reward == records.Verdict(outcome=outcome).reward


def test_verdicts_are_those_of_verify(judge: Judge) -> None:
    rows = io.StringIO(
        "".join(
            json.dumps({"name": "t", "header": c.header, "statement": c.statement, "proof": c.proof}) + "\n"
            for c in ASKED
        )
    )
    with LocalPool(EngineConfig(workers=1)) as pool:
        local = [verdict for _, verdict in judge_rows(read_rows("-", rows), pool, 20.0)]
    remote = judge.judge_many(ASKED)
    assert [without_seconds(v) for v in remote] == [without_seconds(v) for v in local]
    assert [v.outcome for v in remote] == [
        "proved",
        "rejected",
        "cheated",
        "cheated",
        "rejected",
        "infrastructure",
        "infrastructure",
        "infrastructure",
        "proved",
    ]


def test_batches_keep_their_order_in_threads_and_on_event_loops(judge: Judge) -> None:
    checks = [Check(f"theorem t : {k} = {k % 5}", "rfl") for k in range(40)]
    expected = ["proved"] * 5 + ["rejected"] * 35
    judge.batch = 3
    assert [v.outcome for v in judge.judge_many(checks)] == expected
    for _ in range(2):  # each run has an event loop of its own
        verdicts = asyncio.run(judge.judge_many_async(checks))
        assert [v.outcome for v in verdicts] == expected
    assert judge.judge_many([]) == []


def test_an_equal_proof_is_judged_once(judge: Judge) -> None:
    def repeated() -> int:
        url, token = local.server()
        page = httpx.get(f"{url}/metrics", headers=local.bearer(token)).text
        [line] = [line for line in page.splitlines() if line.startswith("physprover_repeated_total ")]
        return int(line.split()[1])

    before = repeated()
    verdicts = judge.judge_many([Check("theorem once : 7 = 7", "rfl")] * 40)
    assert {without_seconds(v)["outcome"] for v in verdicts} == {"proved"}
    assert repeated() - before == 39


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("So:\n```lean4\ntheorem t (n : Nat) : n = n := by\n  rfl\n```", "proved"),
        ("```lean4\ntheorem t (n : Nat) : n = n + 0 := by\n  rfl\n```", "rejected"),  # another statement
        ("I cannot prove this.", "rejected"),
        (
            "```lean4\ntheorem t (n : Nat) : n = n := by\n  rfl\n```\nThat is it \ud83d",
            "proved",
        ),  # cut inside a character
        ("\ud800", "rejected"),
    ],
)
def test_a_proof_is_looked_for_in_a_models_answer(judge: Judge, answer: str, outcome: str) -> None:
    [verdict] = judge.judge_many([Check("theorem t (n : Nat) : n = n", answer=answer)])
    assert verdict.outcome == outcome
    nothing = verdict.messages == ("no Lean block of the answer states and proves this theorem",)
    assert nothing == (outcome == "rejected")


@pytest.mark.parametrize("given", [("theorem t : 1 = 1", "rfl"), {"statement": "theorem t : 1 = 1"}])
def test_what_is_no_check_is_told_what_to_give(given: object) -> None:
    with pytest.raises(TypeError, match=f"client.Check.* not {type(given).__name__}"):
        Judge("http://127.0.0.1:9").judge_many([given])  # type: ignore[list-item]


def test_an_empty_proof_and_a_failed_one_are_not_called_a_missing_block(judge: Judge) -> None:
    statement = "theorem t (n : Nat) : n = n + 1"
    answer = f"```lean4\n{statement} := by\n  rfl\n```"
    empty, failed = judge.judge_many([Check(statement), Check(statement, answer=answer)])
    assert (empty.outcome, empty.messages) == ("rejected", ("empty proof",))
    assert failed.outcome == "rejected"
    assert "no Lean block" not in failed.messages[0]


FENCED = "```lean4\ntheorem t : 1 = 1 := rfl\n```"


@pytest.mark.parametrize(
    ("check", "outcome", "said"),
    [
        (Check("theorem t : 1 = 1", FENCED), "proved", ""),
        (Check("theorem t : 1 = 1", "\n```lean\nby rfl\n```"), "proved", ""),
        (Check("theorem t : 1 = 2", FENCED), "rejected", "no Lean block of the answer states and proves"),
        (Check("theorem t : 1 = 1", f"So:\n{FENCED}"), "rejected", "the proof holds a fenced block: send"),
        (
            Check("theorem t : 1 = 1", "theorem t : 1 = 1 := rfl"),
            "rejected",
            "the proof states a theorem: send",
        ),
        (Check("theorem t : 1 = 2", "by rfl"), "rejected", ""),
        (Check("theorem t : 1 = 1", answer="by rfl"), "proved", ""),
        (Check("theorem t : 1 = 1", answer="hm</think>\nby rfl\n<|im_end|>"), "proved", ""),
        (Check("theorem t : 1 = 2", answer="by rfl"), "rejected", ""),
        (Check("theorem t : 1 = 1", answer="by rfl we are done"), "rejected", ""),
        (
            Check(
                "theorem t : 1 = 1",
                answer='```\nmacro "go" : tactic => `(tactic| rfl)\ntheorem t : 1 = 1 := by go\n```',
            ),
            "proved",
            "",
        ),
        (
            Check(
                "theorem t : 1 = 2",
                answer="```\nmacro_rules | `($_ = $_) => `(True)\ntheorem t : 1 = 2 := trivial\n```",
            ),
            "cheated",
            "with what the answer declares, opens or sets before it",
        ),
    ],
)
def test_a_text_that_is_no_proof_body_is_read_or_told_so(
    judge: Judge, check: Check, outcome: str, said: str
) -> None:
    [verdict] = judge.judge_many([check])
    assert verdict.outcome == outcome
    hints = [m for m in verdict.messages if m.startswith(("no Lean block", "the proof ", "with what"))]
    assert hints == list(verdict.messages[:1]) * bool(said)
    assert said in "".join(hints)


def test_a_forked_process_uses_connections_of_its_own(judge: Judge) -> None:
    assert judge.judge("theorem t : 1 = 1", "rfl").reward == 1.0
    child = os.fork()
    if not child:
        os._exit(0 if judge.judge("theorem t : 1 = 2", "rfl").reward == 0.0 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert judge.judge("theorem t : 1 = 1", "rfl").reward == 1.0


@pytest.mark.parametrize("busy", ["connecting", "looking for a judge"])
def test_a_process_forked_while_a_thread_is_busy_does_not_wait_for_it(
    judge: Judge, busy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child has no such thread: nobody would ever release what it holds."""
    url, token = local.server()
    entered, leave, parent = threading.Event(), threading.Event(), os.getpid()
    where, name = (httpx, "Client") if busy == "connecting" else (local, "_recorded")
    real = getattr(where, name)

    def held(*args: Any, **named: Any) -> Any:
        if os.getpid() == parent:
            entered.set()
            leave.wait()
        return real(*args, **named)

    monkeypatch.setattr(where, name, held)
    other = Judge(url, token) if busy == "connecting" else Judge()
    local.forget(url)
    thread = threading.Thread(target=other.judge, args=("theorem t : 1 = 1", "rfl"))
    thread.start()
    entered.wait()
    child = get_context("fork").Process(target=_judge_or_fail, args=(other,))
    child.start()
    leave.set()
    child.join(30)
    ended = child.exitcode
    child.kill()
    thread.join()
    assert ended == 0


def _judge_or_fail(judge: Judge) -> None:
    assert judge.judge("theorem t : 1 = 2", "rfl").reward == 0.0


@pytest.mark.parametrize("end", ["killed", "its starter gone"])
def test_a_judge_ended_in_the_middle_is_started_again_and_nothing_is_lost(judge: Judge, end: str) -> None:
    judge.batch = 4
    start = 0 if end == "killed" else 100  # other questions: the answers may be remembered
    checks = [Check(f"theorem t : {k} + {k} = {2 * k}", "by decide") for k in range(start, start + 60)]
    local.server()
    first = local.children[-1]
    assert first.stdin is not None
    killer = threading.Timer(0.2, first.kill if end == "killed" else first.stdin.close)
    killer.start()
    assert {v.outcome for v in judge.judge_many(checks)} == {"proved"}
    killer.join()
    first.wait()
    assert {v.outcome for v in judge.judge_many(checks[:8])} == {"proved"}
    local.children.remove(first)
    assert len(local.children) == 1


def test_a_judge_is_copied_to_another_process_with_its_settings() -> None:
    given = Judge(
        f"http://127.0.0.1:{free_port()}", "a token", seconds=3, patience=0, wait=5, batch=2, requests=3
    )
    for copied in (pickle.loads(pickle.dumps(given)), copy.deepcopy(given)):
        kept, own = vars(copied), vars(given)
        assert kept == own  # beside the settings only what no request has made yet
        with pytest.raises(JudgeUnavailable, match="cannot be reached"):
            copied.judge("theorem t : 1 = 1", "rfl")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_a_judge_that_is_not_there_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(JudgeUnavailable, match=f"the judge at {url} cannot be reached"):
        Judge(url, patience=0.0).judge("theorem t : 1 = 1", "rfl")
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        asyncio.run(Judge(url, patience=0.0).judge_async("theorem t : 1 = 1", "rfl"))
    with pytest.raises(JudgeRefused, match="begins with http"):
        Judge("127.0.0.1:1").judge("theorem t : 1 = 1", "rfl")


class _Other(BaseHTTPRequestHandler):
    """A server that answers every question with the status and body its address asks for."""

    def do_POST(self) -> None:
        status, _, body = unquote(self.path).removeprefix("/").removesuffix("/api/judge").partition("/")
        self.rfile.read(int(self.headers["content-length"]))
        if status == "hang":
            threading.Event().wait(20)
        self.send_response(int(status))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def other() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Other)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("401/{}", JudgeRefused, "PHYSPROVER_TOKEN"),
        ('413/{"detail":"large"}', JudgeRefused, "413: large"),
        ("404/", JudgeRefused, "has no /api/judge"),
        ("200/{}", JudgeRefused, "did not answer as a judge does"),
        ('200/{"verdicts":[]}', JudgeRefused, "did not answer as a judge does"),
        ("503/busy", JudgeUnavailable, "answers 503: busy"),
        ("hang/", JudgeUnavailable, "did not answer it in time"),
    ],
)
def test_an_answer_that_is_no_verdict_is_never_a_reward(
    other: str, path: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Judge(f"{other}/{path}", patience=0.0, wait=0.3).judge("theorem t : 1 = 1", "rfl")


def test_an_interrupted_batch_does_not_wait_for_the_requests_under_way() -> None:
    arrived, release, answered = threading.Semaphore(0), threading.Event(), []

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.release()
            release.wait(30)
            answered.append(self.path)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program = f"""
import signal
from physprover.client import Check, Judge
signal.signal(signal.SIGINT, signal.default_int_handler)
judge = Judge("http://127.0.0.1:{server.server_port}", batch=1, requests=2, patience=0.0)
try:
    judge.judge_many([Check("theorem t : 1 = 1", "rfl")] * 4)
except KeyboardInterrupt:
    print("interrupted")
"""
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    for _ in range(2):
        assert arrived.acquire(timeout=120)
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=120)[0] == "interrupted\n"  # and the program has ended
    assert child.returncode == 0
    assert not answered
    release.set()
    server.shutdown()


def test_a_command_that_does_not_start_a_judge_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(local, "_known", None)
    monkeypatch.delenv(local.URL_VARIABLE, raising=False)
    script = "import sys; sys.exit('no Lean here')"
    monkeypatch.setenv(local.COMMAND_VARIABLE, f'{sys.executable} -c "{script}"')
    with pytest.raises(JudgeUnavailable, match="does not start: no Lean here"):
        Judge().judge("theorem t : 1 = 1", "rfl")
    monkeypatch.setenv(local.COMMAND_VARIABLE, str(tmp_path / "nothing"))
    with pytest.raises(JudgeUnavailable, match="cannot be started"):
        Judge().judge("theorem t : 1 = 1", "rfl")


def test_a_framework_out_of_range_is_named() -> None:
    require_version("httpx", "0.20", "1")
    with pytest.raises(ImportError, match=r"httpx .* is installed; this plug-in works with >=9,<10"):
        require_version("httpx", "9", "10")
    with pytest.raises(ImportError, match="no-such-package is missing"):
        require_version("no-such-package", "1", "2")


def test_importing_it_loads_httpx_and_nothing_of_ours() -> None:
    code = "import sys, physprover.client; print(*(m for m in sys.modules if m.partition('.')[0] in {'physprover', 'pydantic', 'torch', 'ray'}))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    modules = ["", ".client", ".client.local", ".client.remote", ".client.tasks"]
    assert sorted(said.split()) == [f"physprover{name}" for name in modules]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"batch": 0}, "batch must be"),
        ({"requests": 0}, "requests must be"),
        ({"seconds": float("nan")}, "seconds must be"),
        ({"seconds": 0}, "seconds must be"),
    ],
)
def test_settings_that_cannot_be_are_named(setting: dict[str, float], said: str) -> None:
    with pytest.raises(JudgeRefused, match=said):
        Judge(**setting)  # type: ignore[arg-type]


def test_bytes_are_no_proof_and_a_block_ends_its_connections(judge: Judge) -> None:
    with judge as opened, pytest.raises(JudgeRefused, match="a check's proof must be a text, not bytes"):
        opened.judge("theorem t : 1 = 1", b"rfl")  # type: ignore[arg-type]
    with judge as opened:
        assert opened.judge("theorem t : 1 = 1", "rfl").reward == 1.0
        held = opened._sync
    assert held is not None
    assert held.is_closed
    assert judge.judge("theorem t : 1 = 1", "rfl").reward == 1.0


def test_the_deadline_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Judge().seconds == 20.0
    monkeypatch.setenv("PHYSPROVER_SECONDS", "4.5")
    assert (Judge().seconds, Judge(seconds=9.0).seconds) == (4.5, 9.0)
    for wrong in ("0", "-1", "nan", "inf", "soon"):
        monkeypatch.setenv("PHYSPROVER_SECONDS", wrong)
        with pytest.raises(JudgeRefused, match="PHYSPROVER_SECONDS"):
            Judge()
