"""Searches over a benchmark: one policy, and a study of all policies at several budgets and seeds: is the score worth anything?

A line of a JSON Lines file for each theorem is written as its search ends, so that a killed run goes on.

In a study every policy gets the same moves, the same budget for each theorem, the same prover with the same seeds, and the same
attempts (`RememberingSampler`); a caller that wants Lean asked only once gives a `physprover.lean.ask.Asker`. A seed fixes what the
prover samples and the order of the theorems, from which a learning policy learns; each run begins with what was known before it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eval.compare import Paired, markdown_table, paired
from eval.passk import Estimate, mean_interval
from eval.results import refuse_namesakes
from eval.search.budget import Amount
from eval.search.policies import Policy
from eval.search.router import refuse_other
from eval.search.search import SearchResult, Tools, search
from physprover.errors import DataError, HeaderError, RunError
from physprover.files import append, read_journal, write_record
from physprover.models.sampler import Sampler, SamplingParams
from physprover.records import Attempt, Record, SamplerInfo, Theorem

if TYPE_CHECKING:
    import torch

    from physprover.progress import Progress


class SolvedAtB(Record):
    """The figure of a search: theorems solved within a budget each. Not a pass@k."""

    policy: str
    total: Amount
    theorems: int
    solved: int
    estimate: Estimate
    checks: float  # mean of a theorem, solved or not
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
    `RunError` when `out` holds searches of another kind, of other statements, by other weights or after other surveys.
    """
    if not theorems:
        raise DataError("nothing to search: the benchmark has no runnable problem")
    refuse_namesakes(theorems)
    seed = tools.limits.seed
    asked = list(theorems)
    random.Random(seed).shuffle(asked)
    mine = replace(tools, experience=deepcopy(tools.experience))  # whatever other runs learn meanwhile
    done = {r.theorem: r for r in _read(out, policy, total, seed)}
    refuse_other(
        asked,
        done,
        tools.asked,
        f"{out} holds a search of",
        "another statement, other weights or another survey",
    )
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


def summary(results: Sequence[SearchResult], left_out: tuple[str, ...] = ()) -> SolvedAtB:
    """The figure over results of one policy and one budget, of one or several seeds."""
    if not results:
        raise DataError("nothing was searched: no statement of the set elaborates")
    shares = [mean.solved for mean in _by_theorem(results).values()]
    estimate = mean_interval(shares)
    assert estimate is not None
    return SolvedAtB(
        policy=results[0].policy,
        total=results[0].total,
        theorems=len(shares),
        solved=sum(r.solved for r in results),
        estimate=estimate,
        checks=fmean(r.spent.checks for r in results),
        arms=dict(Counter(r.steps[-1].arm for r in results if r.solved).most_common()),
        unjudged=sum(r.unjudged for r in results),
        left_out=left_out,
    )


def _read(out: Path, policy: Policy, total: Amount, seed: int) -> Iterator[SearchResult]:
    for result in read_journal(out, SearchResult):
        if (result.policy, result.total, result.seed) != (policy.name, total, seed):
            raise RunError(
                f"{out} holds searches by `{result.policy}` with {result.total} and seed {result.seed}; choose another file"
            )
        yield result


# -- A study --


class Difference(Paired):
    """A policy against another at one budget, paired over theorems: of the share solved, 0.1 = 10 points; and of checks."""

    policy: str
    against: str
    total: Amount
    ratio: float | None  # of theorems solved; None when the other solved none
    checks: (
        tuple[float, float, float] | None
    )  # ratio of the checks spent, low, high; None when the other spent none


class SearchStudy(Record):
    """What a study found: `study.json`."""

    seeds: tuple[int, ...]
    theorems: int
    cells: tuple[SolvedAtB, ...]
    differences: tuple[Difference, ...]
    highest_share_spent: float  # of any axis, over all searches: at most 1

    @property
    def table(self) -> str:
        """Markdown: a line for each policy, a column for each budget (share solved, 95 % interval, mean checks)."""
        totals = list(dict.fromkeys(cell.total for cell in self.cells))
        head = ["policy", *(str(total) for total in totals)]
        rows = []
        for policy in dict.fromkeys(cell.policy for cell in self.cells):
            found = {c.total: f"{c.estimate}, {c.checks:.2f}" for c in self.cells if c.policy == policy}
            rows.append([policy, *(found.get(total, "–") for total in totals)])
        return "\n".join((markdown_table(head, rows), "", *map(_sentence, self.differences)))


def study(
    theorems: Sequence[Theorem],
    policies: Sequence[Policy],
    totals: Sequence[Amount],
    seeds: Sequence[int],
    tools: Tools,
    folder: Path,
    progress: Progress,
) -> SearchStudy:
    """Run what is missing in `folder`, and write `study.json` and `study.md` there."""
    folder.mkdir(parents=True, exist_ok=True)
    sampler = RememberingSampler(tools.sampler) if tools.sampler else None
    results: dict[tuple[str, Amount], list[SearchResult]] = {}
    left_out: tuple[str, ...] = ()
    for seed in seeds:
        shared = replace(tools, sampler=sampler, limits=tools.limits.replace(seed=seed))
        for total in totals:
            for policy in policies:
                name = "".join(c if c.isalnum() else "-" for c in policy.name)
                out = folder / f"{name}-{total.checks}-{seed}.jsonl"
                found, left_out = run_policy(theorems, policy, total, shared, out, progress)
                results.setdefault((policy.name, total), []).extend(found)
    result = _study(results, tuple(seeds), left_out)
    write_record(folder / "study.json", result)
    (folder / "study.md").write_text(result.table + "\n", encoding="utf-8")
    return result


def _study(
    results: dict[tuple[str, Amount], list[SearchResult]], seeds: tuple[int, ...], left_out: tuple[str, ...]
) -> SearchStudy:
    cells = {key: summary(found, left_out) for key, found in results.items()}
    differences = [  # the score against every other policy, budget by budget
        difference(policy, results["value", total], found)
        for (policy, total), found in results.items()
        if policy != "value" and ("value", total) in results
    ]
    everything = [r for found in results.values() for r in found]
    return SearchStudy(
        seeds=seeds,
        theorems=len({r.theorem for r in everything}),
        cells=tuple(cells.values()),
        differences=tuple(differences),
        highest_share_spent=max(r.spent.share_of(r.total) for r in everything),
    )


def difference(against: str, results: Sequence[SearchResult], others: Sequence[SearchResult]) -> Difference:
    """Of `value`'s results from the others', paired over theorems; a theorem's share is that of the seeds that solved it, its checks their mean."""
    ours, theirs = _by_theorem(results), _by_theorem(others)
    pairs = [(ours[name], theirs[name]) for name in ours if name in theirs]
    solved, other = (sum(mean.solved for mean in side) for side in zip(*pairs, strict=True))
    return Difference(
        **paired([one.solved - other.solved for one, other in pairs]).model_dump(),
        policy="value",
        against=against,
        total=results[0].total,
        ratio=solved / other if other else None,
        checks=_ratio([(one.checks, other.checks) for one, other in pairs]),
    )


class _Mean(NamedTuple):
    """One theorem over the seeds."""

    solved: float
    checks: float


def _by_theorem(results: Sequence[SearchResult]) -> dict[str, _Mean]:
    found: dict[str, list[SearchResult]] = defaultdict(list)
    for result in results:
        found[result.theorem].append(result)
    return {
        name: _Mean(fmean(r.solved for r in each), fmean(r.spent.checks for r in each))
        for name, each in found.items()
    }


_RESAMPLES = 4000


def _ratio(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float] | None:
    """Ratio of two sums, with a 95 % percentile bootstrap over the theorems; None where the other sum is 0."""
    counts = np.asarray(pairs, dtype=np.float64)
    one, other = counts.sum(0)
    if not other:
        return None
    even = np.full(len(pairs), 1 / len(pairs))
    sums = np.random.default_rng(0).multinomial(len(pairs), even, size=_RESAMPLES) @ counts
    sums = sums[sums[:, 1] > 0]
    low, high = np.quantile(sums[:, 0] / sums[:, 1], (0.025, 0.975))
    return float(one / other), float(low), float(high)


def _sentence(found: Difference) -> str:
    ratio = f"{found.ratio:.2f} × as many, " if found.ratio is not None else ""
    checks = "; {:.2f} × the checks [{:.2f}, {:.2f}]".format(*found.checks) if found.checks else ""
    verdict = "beyond noise" if found.beyond_noise else "not distinguishable from noise"
    return (
        f"* {found.policy} against {found.against} at {found.total}: {ratio}{100 * found.mean:+.1f} points "
        f"[{100 * found.low:+.1f}, {100 * found.high:+.1f}], {verdict}{checks}"
    )


# -- Samples kept while several policies are compared: the prover writes for one prompt and seed only once. --
#
# Every search is charged in full all the same; only the machine's time is spared, and all policies see the same attempts.
# Lean's answers are kept by `physprover.lean.ask.Asker`.


class RememberingSampler:
    """`Sampler` that keeps what it wrote for a prompt, a count and a seed."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._known: dict[tuple[object, ...], list[Attempt]] = {}

    @property
    def info(self) -> SamplerInfo:
        return self._sampler.info

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return self._sampler.skipped(theorems)

    def prompt_tokens(self, theorem: Theorem) -> int:
        return self._sampler.prompt_tokens(theorem)

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        key = (tuple((t.name, t.statement, t.header) for t in theorems), n, params.model_dump_json())
        if key not in self._known:
            attempts = self._sampler.sample(theorems, n, params)
            self._known[key] = [a.replace(logprobs=()) for a in attempts]
        yield from self._known[key]

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        self._known.clear()
        self._sampler.load_weights(weights, version)
