"""Expert iteration: what a search proves on train problems becomes what the prover learns, between RL steps.

    found    = searcher.search(problems, judge)           Lean-checked proofs, wired in physprover/app/wiring.py
    targets  = one proof a problem: the search's, else the prover's own shortest
    imitate(trainer's model, targets)                     supervised steps, then GRPO goes on from there

As in AlphaZero, the search is stronger than the prover that it teaches, and Lean decides what counts as a proof. Only problems
of the train split are searched. A round leaves `expert/round-N.jsonl`, the targets, from which `physprover replay` learns again,
and `expert/search.jsonl`, so that no problem is searched twice; both repeat for a seed.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from physprover.errors import RunError
from physprover.records import Record, read_jsonl, write_jsonl
from rl.groups import derive_seed
from rl.warmstart.sft import imitate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from physprover.config import RunConfig
    from physprover.lean.protocol import Check
    from physprover.records import Theorem, Verdict
    from physprover.runs import RunDir
    from rl.rollout import Rollouts
    from rl.trainer.build import Trainer


_COPIES = 4  # of one target in a pass, at most

Judge = Callable[[Iterable["Check"]], Iterator[tuple["Check", "Verdict"]]]


class Searched(Record):
    """What the search found on one problem."""

    theorem: str
    proof: str | None = None  # accepted by Lean; None: none within the budget
    script: str = ""  # the template it is an instance of
    checks: int = 0


class Target(Record):
    """What the prover is to write on one problem."""

    theorem: str
    proof: str
    source: str  # "search" or "prover"
    script: str = ""  # of the search, the template that the proof is an instance of


class ExpertRound(Record):
    """One line of expert.jsonl."""

    round: int
    step: int  # the training step before which it ran
    problems: int  # of the train split
    searched: int  # asked for the first time in this round
    checks: int  # of Lean, in this round
    targets: dict[str, int]  # by source
    steps: int  # supervised
    loss: float  # nats per target token, mean of the last tenth
    seconds: float


class Searcher(Protocol):
    """A proof search that is independent of the prover's weights."""

    def search(self, problems: Sequence[Theorem], judge: Judge) -> Iterator[Searched]:
        """One answer a problem, in the order they are settled; `judge` is `protocol.Pool.check_many`."""
        ...


class ExpertIteration:
    """The rounds of one run."""

    def __init__(
        self,
        config: RunConfig,
        run: RunDir,
        searcher: Searcher,
        trainer: Trainer,
        rollouts: Rollouts,
        problems: Sequence[Theorem],
    ) -> None:
        self._config, self._run, self._searcher = config, run, searcher
        self._trainer, self._rollouts, self._problems = trainer, rollouts, list(problems)
        (run.path / "expert").mkdir(exist_ok=True)

    def due(self, step: int, done: int) -> bool:
        """Whether a round comes before `step`, `done` rounds being finished: one before the first step, then one every
        `rl.expert.every`."""
        expert = self._config.rl.expert
        if not expert.checks:
            return False
        wanted = (step - 1) // expert.every + 1 if expert.every else 1
        return wanted > done

    def round(self, number: int, step: int, tell: Callable[[str], None]) -> ExpertRound:
        """Search what was not searched yet, choose targets, learn them; records the round. The weights have moved afterwards."""
        began = time.monotonic()
        known = {item.theorem: item for item in self._journal()}
        fresh = [t for t in self._problems if t.name not in known]
        checks = self._search(fresh, known, tell)
        found = targets(self._problems, known, self._rollouts.shortest)
        loss, steps = learn(self._config, self._trainer, found, self._problems, number)
        write_jsonl(targets_file(self._run, number), found)
        line = ExpertRound(
            round=number,
            step=step,
            problems=len(self._problems),
            searched=len(fresh),
            checks=checks,
            targets={source: sum(t.source == source for t in found) for source in ("search", "prover")},
            steps=steps,
            loss=loss,
            seconds=time.monotonic() - began,
        )
        self._run.append("expert.jsonl", line)
        return line

    def _search(
        self, fresh: Sequence[Theorem], known: dict[str, Searched], tell: Callable[[str], None]
    ) -> int:
        """Search `fresh`, adding to `known` and to the journal; the checks that took."""
        checks, told, proved = 0, time.monotonic(), 0

        def judge(asked: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
            nonlocal checks, told
            for answer in self._rollouts.judged(asked):
                checks += 1
                if time.monotonic() - told >= 1.0:
                    told = time.monotonic()
                    tell(f"search {proved}/{len(fresh)}")
                yield answer

        for item in self._searcher.search(fresh, judge):
            known[item.theorem] = item
            proved += item.proof is not None
            self._run.append("expert/search.jsonl", item)
        return checks

    def _journal(self) -> Iterable[Searched]:
        file = self._run.path / "expert" / "search.jsonl"
        return read_jsonl(file, Searched) if file.exists() else ()


def targets(
    problems: Sequence[Theorem], found: Mapping[str, Searched], own: Mapping[str, str]
) -> list[Target]:
    """One proof for each problem that has one, in the order of `problems`.

    The search's comes first: its scripts are few, so what they share is learned across problems. Where it failed, the prover's
    own shortest proof (`own`, accepted in RL) stands in. Library proofs are not among them: RL never sees one, and at this size
    those that no script replaces taught nothing that carried over (docs/results.md).
    """
    result = []
    for theorem in problems:
        searched = found.get(theorem.name)
        if searched is not None and searched.proof is not None:
            result.append(
                Target(theorem=theorem.name, proof=searched.proof, source="search", script=searched.script)
            )
        elif theorem.name in own:
            result.append(Target(theorem=theorem.name, proof=own[theorem.name], source="prover"))
    return result


def learn(
    config: RunConfig, trainer: Trainer, found: Sequence[Target], problems: Sequence[Theorem], number: int
) -> tuple[float, int]:
    """Supervised steps on the targets, in the trainer's model; loss and number of steps. Raises `RunError` without targets."""
    by_name = {theorem.name: theorem for theorem in problems}
    lost = [target.theorem for target in found if target.theorem not in by_name]
    if lost or not found:
        raise RunError(
            f"expert round {number}: no problem {lost[0]}" if lost else "no proof was found to learn from"
        )
    proved = [by_name[target.theorem].replace(proof=target.proof) for target in balanced(found)]
    expert = config.rl.expert
    model, tokenizer = trainer.student()
    losses = imitate(
        config,
        model,
        tokenizer,
        proved,
        steps=expert.steps,
        learning_rate=expert.peak_learning_rate,
        seed=derive_seed(config.seed, "expert", number),
    )
    tail = losses[-max(1, len(losses) // 10) :]
    return sum(tail) / max(1, len(tail)), len(losses)


def balanced(found: Sequence[Target]) -> list[Target]:
    """The targets, those of rarer scripts several times: as often as the root of how much rarer they are, four times at most.

    One script closes half of PhysCore. A prover that sees it in two of three examples learns to write it everywhere; on
    validation, the balance is worth five points of pass@1 and two of pass@8 (docs/results.md).
    """
    counts = Counter(target.script for target in found)
    most = max(counts.values(), default=1)
    return [
        target
        for target in found
        for _ in range(min(_COPIES, round(math.sqrt(most / counts[target.script]))))
    ]


def targets_file(run: RunDir, number: int) -> Path:
    """The `Target`s of a round."""
    return run.path / "expert" / f"round-{number}.jsonl"
