"""Expert iteration: what a search proves on train problems becomes what the prover learns, between RL steps.

    found    = search.settled(problems, judge)            Lean-checked proofs, wired in physprover/app/wiring.py
    targets  = one proof a problem: the search's, else the prover's own shortest
    imitate(trainer's model, targets)                     supervised steps, then GRPO goes on from there

As in AlphaZero, the search is stronger than the prover that it teaches, and Lean decides what counts as a proof. Only problems
of the train split are searched. The search needs no model, so the pipeline begins it while the warm start trains. A round leaves
`expert/round-N.jsonl`, the targets, from which `physprover replay` learns again, and `expert/search.jsonl`, so that no problem is
searched twice; the targets repeat for a seed, the journal up to the order of its lines.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from physprover.config import RunConfig
from physprover.errors import RunError
from physprover.files import append, read_journal
from physprover.records import Record, Theorem, Verdict, write_jsonl
from rl.groups import derive_seed
from rl.warmstart.sft import imitate, last_tenth

if TYPE_CHECKING:
    from physprover.lean.protocol import Check
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
    searched: int  # of them, in this round or before
    checks: int  # of Lean, that the searches since the round before took
    targets: dict[str, int]  # by source
    steps: int  # supervised
    loss: float  # nats per target token, mean of the last tenth
    seconds: float


class Searcher(Protocol):
    """A proof search that is independent of the prover's weights."""

    def search(self, problems: Sequence[Theorem], judge: Judge) -> Iterator[Searched]:
        """One answer a problem, in the order they are settled; `judge` is `protocol.Pool.check_many`."""
        ...


class ProofSearch:
    """The search on a run's train problems, each searched once: `expert/search.jsonl` remembers what came of it.

    Safe to call from two threads: the second waits for the first, then searches what the first left.
    """

    def __init__(self, run: RunDir, searcher: Searcher) -> None:
        self._file, self._searcher = run.path / "expert" / "search.jsonl", searcher
        self._lock = threading.Lock()

    def settled(
        self, problems: Sequence[Theorem], judge: Judge, tell: Callable[[int, int], None] | None = None
    ) -> dict[str, Searched]:
        """What the search found, by problem; those not searched before are searched now.

        Args:
            problems: Of the train split.
            judge: `protocol.Pool.check_many`.
            tell: Told at most once a second how many problems are settled so far, and how many of them proved; and at the end.
        """
        with self._lock:
            self._file.parent.mkdir(exist_ok=True)
            found = {item.theorem: item for item in read_journal(self._file, Searched)}
            fresh = [t for t in problems if t.name not in found]
            told = time.monotonic()
            settled = len(problems) - len(fresh)
            proved = sum(found[t.name].proof is not None for t in problems if t.name in found)
            for item in self._searcher.search(fresh, judge):
                found[item.theorem] = item
                append(self._file, item)
                settled, proved = settled + 1, proved + (item.proof is not None)
                if tell is not None and (time.monotonic() - told >= 1.0 or settled == len(problems)):
                    told = time.monotonic()
                    tell(settled, proved)
            return {t.name: found[t.name] for t in problems if t.name in found}


class ExpertIteration:
    """The rounds of one run."""

    def __init__(
        self,
        config: RunConfig,
        run: RunDir,
        search: ProofSearch,
        trainer: Trainer,
        rollouts: Rollouts,
        problems: Sequence[Theorem],
    ) -> None:
        self._config, self._run, self._search = config, run, search
        self._trainer, self._rollouts, self._problems = trainer, rollouts, list(problems)

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
        known = self._search.settled(
            self._problems,
            self._rollouts.judged,
            lambda settled, proved: tell(f"search {settled}/{len(self._problems)}, {proved} proved"),
        )
        earlier = sum(line.checks for line in self._run.read("expert.jsonl", ExpertRound))
        found = targets(self._problems, known, self._rollouts.shortest)
        loss, steps = learn(self._config, self._trainer, found, self._problems, number)
        write_jsonl(targets_file(self._run, number), found)
        line = ExpertRound(
            round=number,
            step=step,
            problems=len(self._problems),
            searched=len(known),
            checks=sum(item.checks for item in known.values()) - earlier,
            targets={source: sum(t.source == source for t in found) for source in ("search", "prover")},
            steps=steps,
            loss=loss,
            seconds=time.monotonic() - began,
        )
        self._run.append("expert.jsonl", line)
        return line


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
    return last_tenth(losses), len(losses)


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
