"""The pool on Ray: an actor on each node holds a `LocalPool`; checks go to the actor that already knows their header.

Verdicts stream back as they finish. An actor that dies is started again and its open checks are asked once more.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Any

from physprover.config import EngineConfig
from physprover.records import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from physprover.lean.protocol import Check

_RETRIES = 2


class _Node:
    """Runs inside a Ray actor: Lean workers of one machine."""

    def __init__(self, config: EngineConfig) -> None:
        from physprover.lean.local import LocalPool

        self._pool = LocalPool(config)

    async def check(self, check: Check) -> Verdict:
        import asyncio

        return (await asyncio.wrap_future(self._pool.submit(check)))[1]

    def ready(self) -> bool:
        return True

    def close(self) -> None:
        self._pool.close()


class RayPool:
    """`protocol.Pool` over Ray actors, `config.workers` Lean processes in each of `nodes`."""

    def __init__(self, config: EngineConfig | None = None, nodes: int = 1) -> None:
        import ray

        self.config = config or EngineConfig()
        actor = ray.remote(_Node)
        # Lean runs in processes of its own; the actor only waits, so it reserves no CPU of Ray's.
        strategy = "SPREAD" if nodes > 1 else "DEFAULT"
        options = {
            "num_cpus": 0,
            "max_restarts": -1,
            "max_task_retries": _RETRIES,  # a check waits while Ray starts its actor again
            "max_concurrency": 4096,
            "scheduling_strategy": strategy,
        }
        self._actors = [actor.options(**options).remote(self.config) for _ in range(nodes)]

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`."""
        import ray

        open_: dict[Any, tuple[Check, int]] = {self._ask(check): (check, 0) for check in checks}
        try:
            while open_:
                done, _ = ray.wait(list(open_), num_returns=1)
                for ref in done:
                    check, tries = open_.pop(ref)
                    try:
                        yield check, ray.get(ref)
                    except ray.exceptions.RayError as error:
                        if tries < _RETRIES:
                            open_[self._ask(check)] = (check, tries + 1)
                        else:
                            yield check, _unjudged(str(error))
        finally:
            for ref in open_:
                ray.cancel(ref)

    def submit(self, check: Check) -> Any:
        """An object reference to the verdict of one check."""
        return self._ask(check)

    def wait_ready(self) -> None:
        import ray

        ray.get([actor.ready.remote() for actor in self._actors])

    def _ask(self, check: Check) -> Any:
        digest = hashlib.blake2b(check.problem.header.encode(), digest_size=8).digest()
        return self._actors[int.from_bytes(digest) % len(self._actors)].check.remote(check)

    def close(self) -> None:
        import ray

        for actor in self._actors:
            with contextlib.suppress(ray.exceptions.RayError):
                ray.get(actor.close.remote(), timeout=10)
            ray.kill(actor)


def _unjudged(reason: str) -> Verdict:
    return Verdict(
        outcome=Outcome.INFRASTRUCTURE, messages=(f"verifier actor died: {reason.splitlines()[0][:200]}",)
    )
