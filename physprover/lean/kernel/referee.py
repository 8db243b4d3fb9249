"""Two kernels, one verdict: what Lean's kernel accepted is proved only if the second kernel accepts it too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from physprover.lean.embedded.process import WorkerLost
from physprover.lean.kernel.process import Answer, SecondKernel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CHECK = "second kernel"  # `Verdict.check` of what the second kernel did not accept
_RETRIES = 2
# What a check ran out of, as an outcome: nothing is said of the proof.
_OUTCOMES = {"time": "timeout", "steps": "timeout", "memory": "out_of_memory", "depth": "out_of_memory"}


class Referee:
    """The second kernel beside a judge. Threads may share it."""

    def __init__(self, engine_dir: Path) -> None:
        self._kernel = SecondKernel(engine_dir)

    def confirm(
        self, answer: dict[str, Any], replayed: dict[str, Any] | None, seconds: float
    ) -> dict[str, Any]:
        """The judge's `answer`, or one that is not `proved` where the second kernel does not accept what was replayed.

        Args:
            answer: of the judge, after the replay by Lean's kernel.
            replayed: modules, constants and theorem that it rests on. None: nothing was accepted, or what a header holds
                unchecked is named among the axioms already.
            seconds: CPU time the second kernel may take.

        Raises `WorkerLost` where its process cannot be started.
        """
        if answer["outcome"] != "proved" or replayed is None:
            return answer
        second = self._ask(
            replayed["modules"], replayed["constants"], {"theorem": replayed["theorem"]}, seconds
        )
        answer["ms"] += second.seconds * 1000
        answer["second_ms"] = second.seconds * 1000
        unnamed = sorted(set(second.axioms) - set(answer["axioms"]))
        if second.outcome == "accepted" and not unnamed:
            return answer
        if second.outcome == "exhausted":
            return answer | _refusal(_OUTCOMES.get(second.resource, "crashed"), second.message)
        reason = second.message or f"rests on the axiom {unnamed[0]}, which Lean does not name"
        return answer | _refusal("cheated", f"Lean's kernel accepts what the second kernel refuses: {reason}")

    def confirm_file(
        self, answer: dict[str, Any], theorems: Sequence[str], constants: dict[str, Any], seconds: float
    ) -> dict[str, Any]:
        """The judge's `answer` on a file, with `refused` where the second kernel does not accept its theorems.

        Raises `WorkerLost` where the second kernel comes to no decision.
        """
        second = self._ask(answer["modules"], constants, {"theorems": list(theorems)}, seconds)
        answer["ms"] += second.seconds * 1000
        if second.outcome == "exhausted":
            raise WorkerLost(_OUTCOMES.get(second.resource, "crashed"), f"{CHECK}: {second.message}")
        if second.outcome != "accepted":
            answer["refused"] = f"{CHECK}: {second.message}"
            answer["disagreement"] = True
        return answer

    def _ask(
        self, modules: Sequence[str], constants: dict[str, Any], wanted: dict[str, Any], seconds: float
    ) -> Answer:
        lost = WorkerLost("infrastructure", "not asked")
        for _ in range(_RETRIES):
            try:
                return self._kernel.check(modules, constants, wanted, seconds)
            except WorkerLost as trouble:
                lost = trouble
        if lost.reason == "infrastructure":
            raise lost
        return Answer("exhausted", lost.detail, resource="its process, which ended each time")

    def start(self) -> None:
        """Begin to start its process."""
        self._kernel.start()

    def close(self) -> None:
        self._kernel.close()


def _refusal(outcome: str, reason: str) -> dict[str, Any]:
    return {"outcome": outcome, "check": CHECK, "messages": [{"severity": "error", "data": reason}]}
