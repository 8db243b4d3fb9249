#!/usr/bin/env bash
# kimina-client: which result belongs to which proof (kimina-client 0.2.1, pydantic 2.14.4)
#
# Guess:     check(proofs) returns one result for each proof, in the order of the proofs, as AsyncKiminaClient.check does; several
#            workers and batches are its own business.
# Behaviour: KiminaClient.check joins the batches in the order in which the server answered them. With more than batch_size (8) proofs
#            zip(proofs, response.results) pairs a batch that Lean took longer for with the verdicts of another one, whenever that
#            happens, and the totals stay right. A string gets a random id, so nothing in the response tells which proof is meant;
#            given Snippet(id=..., code=...), the ids do. The asynchronous client, same server, keeps the order. No message.
# Seen:      "first batch of 8 slow: the result of proof 0 is that of proof 8, right ones 0 of 16; asynchronous: right ones 16 of 16;
#            by the id of a Snippet: 16 of 16"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q pydantic==2.14.4 httpx tenacity tqdm colorama tabulate pygments typing_extensions
env/bin/pip install -q --no-deps kimina-client==0.2.1
cat >order.py <<'PY'
import asyncio
import json
import threading
import time
import typing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import typing_extensions

typing.TypedDict = typing_extensions.TypedDict  # the client's models need it on Python 3.11
from kimina_client import AsyncKiminaClient, KiminaClient, Snippet  # noqa: E402

PROOFS = [f"theorem t{number} : True := trivial" for number in range(16)]
other_answered = threading.Event()


class Server(BaseHTTPRequestHandler):
    """Answers as the Kimina server does, with the theorem's name as Lean's message; the batch of t0 takes longest."""

    def do_POST(self):
        snippets = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["snippets"]
        slow = " t0 " in snippets[0]["code"]
        if slow:
            other_answered.wait()
            time.sleep(2)
        results = [
            {
                "id": snippet["id"],
                "time": 0.1,
                "response": {
                    "env": 0,
                    "messages": [
                        {
                            "severity": "info",
                            "data": snippet["code"].split()[1],
                            "pos": {"line": 1, "column": 0},
                            "endPos": {"line": 1, "column": 7},
                        }
                    ],
                },
            }
            for snippet in snippets
        ]
        body = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if not slow:
            other_answered.set()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def judged(response):
    return [int(result.response["messages"][0]["data"][1:]) for result in response.results]


def right(numbers):
    return sum(number == place for place, number in enumerate(numbers))


plain = judged(KiminaClient(api_url=url).check(PROOFS, show_progress=False))
other_answered.clear()
awaited = judged(asyncio.run(AsyncKiminaClient(api_url=url).check(PROOFS, show_progress=False)))
other_answered.clear()
named = [Snippet(id=str(number), code=proof) for number, proof in enumerate(PROOFS)]
response = KiminaClient(api_url=url).check(named, show_progress=False)
by_id = sum(int(result.id) == number for result, number in zip(response.results, judged(response), strict=True))
print(
    f"first batch of 8 slow: the result of proof 0 is that of proof {plain[0]}, right ones {right(plain)} of 16; "
    f"asynchronous: right ones {right(awaited)} of 16; by the id of a Snippet: {by_id} of 16"
)
raise SystemExit(0 if plain[0] == 8 and right(plain) == 0 and right(awaited) == by_id == 16 else "CHANGED")
PY
env/bin/python order.py
