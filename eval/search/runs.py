"""One policy over a benchmark: a line of a JSON Lines file for each theorem, written as it ends, so that a killed run goes on."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from eval.passk import Estimate, mean_interval
from eval.search.budget import Amount
from eval.search.experience import Experience
from eval.search.search import SearchResult, search
from physprover.errors import DataError, HeaderError, RunError
from physprover.files import append, repair
from physprover.records import Record, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from eval.search.policies import Policy
    from eval.search.search import Tools
    from physprover.progress import Progress
    from physprover.records import Theorem


class SolvedAtB(Record):
    """The figure of a search: theorems solved within a budget each. Not a pass@k."""

    policy: str
    total: Amount
    theorems: int
    solved: int
    estimate: Estimate
    arms: dict[str, int]  # what the proofs were found by
    unjudged: int  # checks without a verdict, charged in full
    left_out: tuple[str, ...]  # theorems whose statement does not elaborate; in no denominator

    @property
    def sentence(self) -> str:
        """The result in one line."""
        text = f"{self.policy}: solved@[{self.total}] {self.solved} of {self.theorems}, {self.estimate}"
        text += f"; {self.unjudged} checks without a verdict" if self.unjudged else ""
        return text + (f"; {len(self.left_out)} theorems not runnable" if self.left_out else "")


def run_policy(
    theorems: Sequence[Theorem],
    policy: Policy,
    total: Amount,
    tools: Tools,
    out: Path,
    progress: Progress,
) -> tuple[list[SearchResult], tuple[str, ...]]:
    """Search every theorem once, in an order drawn by the seed; what an earlier call did is read from `out`.

    Returns the results and the names of theorems that do not elaborate. Raises `DataError` for an empty or ambiguous set,
    `RunError` when `out` holds searches of another kind.
    """
    _check(theorems)
    seed = tools.limits.seed
    asked = list(theorems)
    random.Random(seed).shuffle(asked)
    mine = replace(tools, experience=_copy(tools.experience))
    done = {r.theorem: r for r in _read(out, policy, total, seed)}
    results: list[SearchResult] = []
    left_out: list[str] = []
    with progress.stage(f"search {policy.name}", len(asked)) as stage:
        for theorem in asked:
            result = done.get(theorem.name)
            try:
                if result is None:
                    result = search(theorem, policy, total, mine)
                    append(out, result)
                else:
                    for observation in result.learned if policy.grows else ():
                        mine.experience.add(observation)
                results.append(result)
            except HeaderError:
                left_out.append(theorem.name)
            stage.advance(1, solved=sum(r.solved for r in results))
    return results, tuple(left_out)


def learned(folder: Path) -> list[SearchResult]:
    """The searches of an earlier study, of each policy and seed those with the largest budget: smaller ones repeat them.

    Raises `DataError` when there are none.
    """
    largest: dict[tuple[str, int], list[SearchResult]] = {}
    for file in sorted(folder.glob("*.jsonl")):
        if not (results := list(read_jsonl(file, SearchResult))):
            continue
        key = results[0].policy, results[0].seed
        if key not in largest or results[0].total.checks > largest[key][0].total.checks:
            largest[key] = results
    if not largest:
        raise DataError(f"{folder}: no searches to learn from")
    return [result for results in largest.values() for result in results]


def summary(results: Sequence[SearchResult], left_out: tuple[str, ...] = ()) -> SolvedAtB:
    """The figure over results of one policy and one budget, of one or several seeds."""
    if not results:
        raise DataError("nothing was searched: no statement of the set elaborates")
    names = sorted({r.theorem for r in results})
    shares = [_mean([r.solved for r in results if r.theorem == name]) for name in names]
    estimate = mean_interval(shares)
    assert estimate is not None
    return SolvedAtB(
        policy=results[0].policy,
        total=results[0].total,
        theorems=len(names),
        solved=sum(r.solved for r in results),
        estimate=estimate,
        arms=dict(Counter(r.steps[-1].arm for r in results if r.solved).most_common()),
        unjudged=sum(r.unjudged for r in results),
        left_out=left_out,
    )


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def _check(theorems: Sequence[Theorem]) -> None:
    if not theorems:
        raise DataError("nothing to search: the benchmark has no runnable problem")
    twice = [name for name, n in Counter(t.name for t in theorems).items() if n > 1]
    if twice:
        raise DataError(f"two problems are named `{twice[0]}`; names must be unique")


def _copy(experience: Experience) -> Experience:
    """Each run begins with what was known before it, whatever other runs have learned meanwhile."""
    copied = Experience()
    for observation in experience.observations:
        copied.add(observation)
    return copied


def _read(out: Path, policy: Policy, total: Amount, seed: int) -> Iterator[SearchResult]:
    if not out.exists():
        return
    repair(out)
    for result in read_jsonl(out, SearchResult):
        if (result.policy, result.total, result.seed) != (policy.name, total, seed):
            raise RunError(
                f"{out} holds searches by `{result.policy}` with {result.total} and seed {result.seed}; choose another file"
            )
        yield result
