"""A chat endpoint in this process that answers as endpoints do, well and badly."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from physprover.config import LLMConfig

GOOD = json.dumps(
    {"conjectures": [{"statement": f"theorem a{i} : {i} = {i}", "meaning": "Same."} for i in range(2)]}
)


class Endpoint:
    """Answers requests in turn: a number is an HTTP status, a text an answer, None never comes."""

    def __init__(self, *script: int | str | None) -> None:
        self.script, self.prompts, self.headers = list(script), list[str](), list[dict[str, str]]()
        self.released, lock = threading.Event(), threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    endpoint.prompts.append(body["messages"][0]["content"])
                    endpoint.headers.append(dict(self.headers))
                    turn = endpoint.script.pop(0) if endpoint.script else GOOD
                if turn is None:
                    endpoint.released.wait(10)
                    return
                status, text = (turn, "slow down") if isinstance(turn, int) else (200, endpoint.answer(turn))
                self.send_response(status)
                self.send_header("Retry-After", "3")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def answer(self, text: str) -> str:
        if text == "not json":
            return "<html>"
        usage = {"prompt_tokens": 1000, "completion_tokens": 200}
        finish = "length" if text.endswith("torn") else "stop"
        choice = {"message": {"content": text.removesuffix("torn")}, "finish_reason": finish}
        return json.dumps({"choices": [choice], "usage": usage})

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def settings_for(server: Endpoint, **changes: object) -> LLMConfig:
    tree = {
        "url": server.url,
        "model": "m",
        "retries": 2,
        "concurrency": 1,
        "seconds": 5.0,
        "api_key_env": "TEST_LLM_KEY",
    }
    return LLMConfig.model_validate({**tree, **changes})
