"""The real kimina-client against the real server over loopback: answers, verdicts, isolation, error paths."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from kimina_client import AsyncKiminaClient, Infotree, KiminaClient, ReplResponse, Snippet, SnippetStatus

from physprover.lean.server.api import Limits
from physprover.lean.server.snippets import SnippetPool

Serve = Callable[..., AbstractContextManager[str]]

logging.getLogger("kimina-client").setLevel(logging.CRITICAL)
TOKEN = "a-token-for-tests"


def ask(url: str, *codes: str, timeout: int = 60) -> list[ReplResponse]:
    client = KiminaClient(url, n_retries=1)
    snippets = [Snippet(id=str(k), code=code) for k, code in enumerate(codes)]
    return client.check(snippets, timeout=timeout, show_progress=False).results


def status(url: str, code: str, timeout: int = 60) -> SnippetStatus:
    [result] = ask(url, code, timeout=timeout)
    return result.analyze().status


def test_the_clients_own_test_passes(url: str) -> None:
    KiminaClient(url).test()
    assert KiminaClient(url).health() == {"status": "ok"}


def test_the_asynchronous_client_too(url: str) -> None:
    async def both() -> Any:
        client = AsyncKiminaClient(url)
        try:
            await client.test()
            return await client.check(["example : 1 = 1 := rfl"] * 3, batch_size=2, show_progress=False)
        finally:
            await client.close()

    assert [r.analyze().status for r in asyncio.run(both()).results] == [SnippetStatus.valid] * 3


def test_results_keep_their_ids_across_batches(url: str) -> None:
    snippets = [Snippet(id=f"s{k}", code=f"theorem t : {k} = {k % 3} := by decide") for k in range(7)]
    results = KiminaClient(url).check(snippets, batch_size=3, show_progress=False).results
    valid = {r.id for r in results if r.analyze().status is SnippetStatus.valid}
    assert {r.id for r in results} == {s.id for s in snippets}
    assert valid == {"s0", "s1", "s2"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by omega", SnippetStatus.valid),
        ("import Init\nimport Std\n\ntheorem t : 2 + 2 = 4 := rfl", SnippetStatus.valid),
        ("theorem t : 2 + 2 = 5 := by decide", SnippetStatus.lean_error),
        ("theorem t : 2 + 2 = 5 := sorry", SnippetStatus.sorry),
        ("example : 2 + 2 = 5 := by sorry", SnippetStatus.sorry),
        ("theorem t : 2 + 2 = 5 := sorryAx _ false", SnippetStatus.sorry),
        ("set_option warn.sorry false\ntheorem t : 2 + 2 = 5 := by sorry", SnippetStatus.lean_error),
        ("axiom cheat : 2 + 2 = 5\ntheorem t : 2 + 2 = 5 := cheat", SnippetStatus.lean_error),
        ("import Mathlib\ntheorem t : 1 = 1 := rfl", SnippetStatus.lean_error),
        ("import Lean\ntheorem t : 1 = 1 := rfl", SnippetStatus.lean_error),
        ("theorem t : 1 = 1 := by\0 rfl", SnippetStatus.lean_error),
        ("-- " + "x" * 1_000_000, SnippetStatus.lean_error),
        ("theorem t : 1 = 1 := by\r\n  rfl\r\n", SnippetStatus.valid),
        ("", SnippetStatus.valid),
    ],
)
def test_what_a_client_makes_of_a_file(url: str, code: str, expected: SnippetStatus) -> None:
    assert status(url, code) is expected


def test_positions_count_the_import_lines(url: str) -> None:
    [result] = ask(url, "import Init\n\ntheorem a : 1 = 1 := rfl\n#check a")
    assert result.response == {
        "env": 0,
        "messages": [
            {
                "severity": "info",
                "pos": {"line": 4, "column": 0},
                "endPos": {"line": 4, "column": 6},
                "data": "a : 1 = 1",
            }
        ],
    }


def test_one_clients_declarations_are_never_visible_to_another(url: str) -> None:
    seed = 'theorem planted : 1 = 1 := rfl\nmacro "plant" : tactic => `(tactic| trivial)\ninstance : Inhabited (Fin 3) := ⟨2⟩'
    assert status(url, seed) is SnippetStatus.valid
    assert status(url, "theorem t : 1 = 1 := planted") is SnippetStatus.lean_error
    assert status(url, "theorem t : True := by plant") is SnippetStatus.lean_error
    # a name that is taken in another client's file is free in this one
    assert status(url, "theorem planted : 2 = 2 := rfl") is SnippetStatus.valid


def test_a_file_that_may_have_changed_its_worker_is_its_last(url: str) -> None:
    def worker(code: str) -> str:
        [result] = KiminaClient(url).check(code, debug=True, show_progress=False).results
        assert result.diagnostics is not None
        return result.diagnostics["repl_uuid"]

    first = worker("theorem t : 1 = 1 := rfl")
    assert worker("#eval show IO Unit from do (← IO.mkRef 0).set 1") == first
    assert worker("theorem t : 1 = 1 := rfl") != first


def test_a_deadline_is_a_time_out_and_the_next_file_is_served(url: str) -> None:
    grow = "def g : Nat → Nat → Nat\n  | 0, a => a\n  | n + 1, a => g n (2 * a) + g n (2 * a + 1)\n"
    assert (
        status(url, grow + "theorem t : g 24 0 = 0 := by decide +kernel", timeout=1)
        is SnippetStatus.timeout_error
    )
    assert status(url, "theorem t : 1 = 1 := rfl", timeout=0) is SnippetStatus.timeout_error
    assert status(url, "theorem t : 1 = 1 := rfl") is SnippetStatus.valid


def test_a_file_that_ends_its_worker_is_named_and_the_next_is_served(url: str) -> None:
    crash, fine = ask(
        url, "theorem t : 1 = 2 := by decide\n#eval (IO.Process.exit 0 : IO Unit)", "theorem t : 1 = 1 := rfl"
    )
    assert crash.analyze().status in (SnippetStatus.server_error, SnippetStatus.timeout_error)
    assert fine.analyze().status is SnippetStatus.valid


def test_the_older_route_gives_the_older_form(url: str) -> None:
    body = {
        "codes": [
            {"custom_id": 7, "proof": "theorem t : 1 = 1 := rfl"},
            {"custom_id": "b", "code": "#check nothing"},
        ]
    }
    results = httpx.post(f"{url}/verify", json=body, timeout=120).json()["results"]
    assert [r["custom_id"] for r in results] == ["7", "b"]
    assert results[0]["error" if "error" in results[0] else "response"]["env"] == 0
    assert results[1]["response"]["messages"][0]["severity"] == "error"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 422),
        (b"\xff\xfe\x00", 400),
        (b'{"snippets": []}', 422),
        (b'{"snippets": [{"id": "a", "code": ""}, {"id": "a", "code": ""}]}', 422),
        (b'{"snippets": [{"id": "a", "code": ""}], "timeout": -1}', 422),
        (b'{"snippets": [{"id": "a", "code": ""}], "infotree": "everything"}', 422),
        (rb'{"snippets": [{"id": "\ud800", "code": ""}]}', 422),
        (b'{"snippets": [{"id": "a", "code": ""}], "timeout": 1%s}' % (b"0" * 400), 200),
    ],
)
def test_a_bad_request_is_the_clients_fault(url: str, body: bytes, code: int) -> None:
    named = {"headers": {"content-type": "application/json"}, "timeout": 120}
    response = httpx.post(f"{url}/api/check", content=body, **named)
    assert response.status_code == code


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('"proof": "rfl"}], "seconds": NaN', "seconds"),
        ('"prof": "rfl"}]', "give `proof` or `answer`"),
        ('"proof": "rfl", "answer": "by rfl"}]', "not both"),
    ],
)
def test_a_question_that_cannot_be_asked_is_the_clients_fault(url: str, more: str, said: str) -> None:
    body = f'{{"checks": [{{"id": "a", "statement": "theorem t : 2 = 2", {more}}}'
    response = httpx.post(f"{url}/api/judge", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert said in response.text


def test_a_body_that_is_not_called_json_is_told_so(url: str) -> None:
    body = b'{"snippets": [{"id": "a", "code": ""}]}'
    form = {"content-type": "application/x-www-form-urlencoded"}  # what curl's -d says by itself
    response = httpx.post(f"{url}/api/check", content=body, headers=form)
    assert response.status_code == 415
    assert "Content-Type: application/json" in response.json()["detail"]
    assert httpx.post(
        f"{url}/api/check", content=body, headers={"content-type": "application/json; charset=utf-8"}
    ).is_success


def post(url: str, codes: list[str]) -> httpx.Response:
    snippets = [{"id": str(k), "code": code} for k, code in enumerate(codes)]
    return httpx.post(f"{url}/api/check", json={"snippets": snippets})


def test_batch_body_and_queue_have_limits(serve: Serve) -> None:
    with serve(Limits(body_bytes=2000, open=2, open_bytes=100)) as url:
        assert post(url, [""] * 3).status_code == 413
        assert post(url, ["x" * 3000]).status_code == 413
        full = post(url, ["x" * 101])
        assert (full.status_code, full.headers["retry-after"]) == (429, "1")
        # a body whose length is not announced is cut off while it is read
        body, json = (b" " * 500 for _ in range(10)), {"content-type": "application/json"}
        chunks = httpx.post(f"{url}/api/check", content=body, headers=json)
        assert chunks.status_code == 413
        [result] = ask(url, "#check Nat")
        assert result.error is None


def test_the_client_reports_a_refusal_for_each_file(serve: Serve) -> None:
    with serve(Limits(open=1)) as url:
        results = ask(url, "#check Nat", "#check Int")
        assert [r.analyze().status for r in results] == [SnippetStatus.server_error] * 2


def test_a_batch_may_be_as_large_as_the_client_likes(url: str) -> None:
    snippets = [Snippet(id=str(k), code=f"example : {k} = {k} := rfl") for k in range(200)]
    results = KiminaClient(url, n_retries=1).check(snippets, batch_size=200, show_progress=False).results
    assert [r.id for r in results] == [s.id for s in snippets]
    assert {r.analyze().status for r in results} == {SnippetStatus.valid}


def test_an_info_tree_is_refused_for_each_file_in_words(url: str) -> None:
    results = KiminaClient(url).check(["#check Nat"] * 2, infotree=Infotree.full, show_progress=False).results
    assert [r.error for r in results] == [
        "not judged: this engine gives no info trees; leave `infotree` out"
    ] * 2


def test_each_hole_has_its_place_and_goal(url: str) -> None:
    code = (
        "import Init\n-- sorry\ntheorem a (n : Nat) : n = n := by\n  induction n with\n  | zero => sorry\n"
        "  | succ m ih => exact sorry\ntheorem b : 1 = 2 := sorry"
    )
    [result] = ask(url, code)
    assert result.response is not None
    holes = result.response["sorries"]
    assert [(h["pos"]["line"], h["pos"]["column"], h["endPos"]["column"]) for h in holes] == [
        (5, 12, 17),
        (6, 23, 28),
        (7, 21, 26),
    ]
    assert [h["goal"] for h in holes] == [
        "case zero\n⊢ 0 = 0",
        "m : Nat\nih : m = m\n⊢ m + 1 = m + 1",
        "⊢ 1 = 2",
    ]


def test_a_hole_that_is_not_written_out_is_still_a_hole(url: str) -> None:
    [result] = ask(url, "theorem t : 1 = 2 := sorryAx _ false")
    assert result.response is not None
    assert [h["pos"]["line"] for h in result.response["sorries"]] == [1]


def test_a_file_whose_worker_is_killed_by_others_is_asked_again(url: str, pool: SnippetPool) -> None:
    slow = "\n".join(f"theorem t{k} : {k} * {k} = {k * k} := by decide" for k in range(300))
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(status, url, slow)
        [worker] = pool._workers
        os.kill(worker._process.pid, signal.SIGKILL)
        assert asked.result() is SnippetStatus.valid


def test_a_token_is_required_of_all_but_health(serve: Serve) -> None:
    with serve(token=TOKEN) as url:
        assert KiminaClient(url).health() == {"status": "ok"}
        for key in (None, "wrong"):
            [result] = (
                KiminaClient(url, api_key=key, n_retries=1).check("#check Nat", show_progress=False).results
            )
            assert result.error is not None
        assert httpx.get(f"{url}/metrics").status_code == 401
        KiminaClient(url, api_key=TOKEN).test()


def test_without_a_token_only_loopback_names_are_answered(url: str) -> None:
    assert httpx.get(f"{url}/health", headers={"host": "attacker.example"}).status_code == 403


def test_metrics_count_what_became_of_each_file(serve: Serve) -> None:
    with serve() as url:
        ask(url, "theorem t : 1 = 1 := rfl", "theorem t : 1 = 2 := rfl")
        page = httpx.get(f"{url}/metrics").text
    assert 'physprover_snippets_total{outcome="valid"} 1' in page
    assert 'physprover_snippets_total{outcome="lean_error"} 1' in page
    assert 'physprover_requests_total{status="200"} 1' in page
    assert "physprover_open_snippets 0" in page
    assert "physprover_snippet_seconds_count 2" in page
