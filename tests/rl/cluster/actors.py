"""Samplers that write numbers instead of proofs, and die or hang once. Loaded by Ray's workers: no torch, no model."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from physprover.config import EngineConfig, RunConfig
from physprover.lean.protocol import Check
from physprover.records import Attempt, Outcome, SamplerInfo, Theorem, Verdict
from rl.cluster import ray
from rl.sampling.remote_sampler import WeightsLostError
from rl.sampling.weight_sync import Parcel


class Steady:
    """Deterministic: attempt i at a theorem has the token ids (len(name), i % 3), so some are equal."""

    def __init__(self, folder: str, config: RunConfig) -> None:
        self.folder = Path(folder)
        self.given: int | None = None

    def info(self) -> SamplerInfo:
        return SamplerInfo(name=str(os.getpid()), weights_version=self.given or 0)

    def load_weights(self, parcel: Parcel) -> None:
        self.given = parcel.version

    def sample(
        self, theorems: list[Theorem], n: int, params: Any, version: int | None
    ) -> Iterator[list[Attempt]]:
        if version != self.given:
            raise WeightsLostError
        for number, theorem in enumerate(theorems):
            self.trouble(number)
            for i in range(n):
                yield [
                    Attempt(
                        theorem=theorem.name,
                        proof="",
                        token_ids=(len(theorem.name), i % 3),
                        sampler=SamplerInfo(name="steady", weights_version=self.given or 0),
                    )
                ]

    def trouble(self, number: int) -> None: ...

    def once(self) -> bool:
        """True for the first of all actors that asks."""
        try:
            (self.folder / "once").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


class Dying(Steady):
    def trouble(self, number: int) -> None:
        if number == 2 and self.once():
            os._exit(1)


class Hanging(Steady):
    def trouble(self, number: int) -> None:
        if number == 1 and self.once():
            threading.Event().wait()


class Doomed(Steady):
    def trouble(self, number: int) -> None:
        os._exit(1)


class Falling(Steady):
    """Dies whenever it is given weights, and leaves a mark each time."""

    def load_weights(self, parcel: Parcel) -> None:
        with (self.folder / "falls").open("a", encoding="utf-8") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)


class Raising(Steady):
    def trouble(self, number: int) -> None:
        raise ValueError("a fault of its own")


class Judge:
    """Takes the place of a node's Lean workers: accepts everything and says on which node."""

    def __init__(self, config: EngineConfig) -> None: ...

    async def check(self, check: Check) -> Verdict:
        return Verdict(outcome=Outcome.PROVED, messages=(ray.get_runtime_context().get_node_id(),))

    def close(self) -> None: ...


class Dropping(Judge):
    async def check(self, check: Check) -> Verdict:
        os._exit(1)
