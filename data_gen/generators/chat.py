"""A client of OpenAI-compatible chat endpoints: one request, retried with growing pauses, with its tokens and cost.

Asked are `POST {url}/chat/completions` with `model`, `messages`, `temperature` and `max_tokens`; read are
`choices[0].message.content`, `choices[0].finish_reason` and `usage`. vLLM, SGLang, llama.cpp and most gateways speak this.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from data_gen.generators.answers import encodable
from physprover.errors import ConfigError
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from physprover.config import LLMConfig

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class Reply(Record):
    """What became of one request."""

    text: str = ""
    error: str = ""  # one line; "" = answered
    fatal: bool = False  # no other request would fare better: wrong key, wrong address
    tries: int = 1
    truncated: bool = False  # the length limit ended the answer
    prompt_tokens: int = 0
    completion_tokens: int = 0


class ChatClient:
    """Thread-safe. Raises `ConfigError` for settings that cannot work."""

    def __init__(self, config: LLMConfig, sleep: Callable[[float], None] = time.sleep) -> None:
        import httpx

        if not config.model:
            raise ConfigError("data.llm.model names no model: set it to one the endpoint knows")
        if not config.url.startswith(("http://", "https://")):
            raise ConfigError(f"data.llm.url `{config.url}` is no http address")
        key = os.environ.get(config.api_key_env, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._config, self._sleep = config, sleep
        self._http = httpx.Client(timeout=config.seconds, headers=headers)

    def ask(self, prompt: str) -> Reply:
        """One user turn. Never raises for what an endpoint can do; the reply says what happened."""
        reply = self._once(prompt)
        pause, tries = _FIRST_PAUSE, 1
        while reply[0].error and not reply[0].fatal and tries <= self._config.retries:
            self._sleep(min(max(pause, reply[1]), _LONGEST_PAUSE))
            reply, pause, tries = self._once(prompt), pause * 2, tries + 1
        return reply[0].replace(tries=tries)

    def close(self) -> None:
        self._http.close()

    def _once(self, prompt: str) -> tuple[Reply, float]:
        """The reply to one try, and the pause the endpoint asks for, in seconds."""
        import httpx

        body = {
            "model": self._config.model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": self._config.temperature,
            "max_tokens": self._config.max_tokens,
        }
        try:
            answer = self._http.post(f"{self._config.url.rstrip('/')}/chat/completions", json=body)
        except httpx.TimeoutException:
            return Reply(error=f"no answer within {self._config.seconds:g} s"), 0.0
        except httpx.HTTPError as error:
            return Reply(error=f"endpoint not reached: {str(error)[:200]}"), 0.0
        if answer.status_code != 200:
            passing = answer.status_code in _PASSING
            refusal = f"HTTP {answer.status_code}: {' '.join(answer.text.split())[:200]}"
            return Reply(error=refusal, fatal=not passing), _asked_pause(answer)
        return _read(answer), 0.0


def _asked_pause(answer: httpx.Response) -> float:
    try:
        return max(0.0, float(answer.headers.get("retry-after", "0")))
    except ValueError:  # an HTTP date: our own pauses will do
        return 0.0


def _read(answer: httpx.Response) -> Reply:
    try:
        tree: dict[str, Any] = answer.json()
        choice = tree["choices"][0]
        text = encodable(choice["message"]["content"] or "")
        usage = tree.get("usage") or {}
        return Reply(
            text=text,
            error="" if text.strip() else "empty answer",
            truncated=choice.get("finish_reason") == "length",
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return Reply(error=f"not a chat completion: {' '.join(answer.text.split())[:200]}")
