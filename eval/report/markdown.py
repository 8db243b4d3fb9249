"""Evaluations as Markdown, for papers: pass@k with intervals for each group, then the settings and hashes behind it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean

from eval.compare import over_seeds
from eval.passk import Estimate, mean_interval, pass_at_k
from eval.report.render import render
from eval.results import EvalResult
from physprover.benchmark_files import NotRunnable
from physprover.errors import DataError

NAMED = 20  # problems not asked that are listed by name


def markdown(result: EvalResult, origin: Sequence[tuple[str, str]] = ()) -> str:
    """One evaluation. Estimates are percent with 95 % intervals over theorems. `origin` says further where it comes from."""
    ks = [p.k for p in result.overall.pass_at]
    rows = [[g.name, str(g.theorems), str(g.solved), *(cell(g.at(k)) for k in ks)] for g in result.groups]
    head = ["theorems of", "asked", "solved", *(f"pass@{k}" for k in ks)]
    hint = "pass@k in percent with 95 % intervals over theorems."
    return _page(result.label, head, rows, hint, [result], origin)


def markdown_seeds(results: Sequence[EvalResult]) -> str:
    """The same prover on the same theorems with several seeds.

    A cell is the mean over seeds, the 95 % interval over theorems (of each theorem's mean over seeds) and ± half the 95 %
    t interval over seeds. Raises `DataError` for fewer than two results, and for results that differ in more than the seed.
    """
    _check_alike(results)
    ks = [p.k for p in results[0].overall.pass_at]
    rows = [
        [
            g.name,
            str(g.theorems),
            f"{fmean(r.groups[i].solved for r in results):.1f}",
            *(_seeds_cell(results, i, k) for k in ks),
        ]
        for i, g in enumerate(results[0].groups)
    ]
    head = ["theorems of", "asked", "solved, mean", *(f"pass@{k}" for k in ks)]
    hint = (
        f"pass@k in percent: mean over {len(results)} seeds, 95 % interval over theorems, ± half the 95 % t interval over "
        "seeds."
    )
    return _page(seeds_label(results), head, rows, hint, results)


def seeds_label(results: Sequence[EvalResult]) -> str:
    """Name of the table of several seeds: "test-step-20-seeds-0-1"."""
    first = results[0]
    stem = first.label.removesuffix(f"-seed{first.settings.seed}")
    return f"{stem}-seeds-{'-'.join(str(r.settings.seed) for r in results)}"


def _check_alike(results: Sequence[EvalResult]) -> None:
    if len(results) < 2:
        raise DataError("a table over seeds needs at least two evaluations")
    first, seen = results[0], {results[0].settings.seed: results[0].label}
    for other in results[1:]:
        for what, of in _ALIKE:
            if of(other) != of(first):
                raise DataError(f"{first.label} and {other.label} differ in more than the seed: {what}")
        if other.settings.seed in seen:
            raise DataError(
                f"{seen[other.settings.seed]} and {other.label} have the same seed, {other.settings.seed}"
            )
        seen[other.settings.seed] = other.label


_ALIKE: tuple[tuple[str, Callable[[EvalResult], object]], ...] = (
    ("benchmark", lambda r: r.benchmark),
    ("model", lambda r: (r.model, r.weights_version, r.sampler, r.prompt_format)),
    ("theorems", lambda r: (r.hashes.get("theorems"), [t.name for t in r.theorems])),
    ("sampling settings", lambda r: r.settings.replace(seed=0)),
    ("engine", lambda r: r.versions.get("engine")),
)


def _seeds_cell(results: Sequence[EvalResult], index: int, k: int) -> str:
    found = [e.value for r in results if (e := r.groups[index].at(k)) is not None]
    if not found:
        return "–"
    by_theorem: dict[str, list[float]] = {}
    for result in results:
        for t in result.members(result.groups[index]):
            if t.n >= k:
                by_theorem.setdefault(t.name, []).append(pass_at_k(t.n, t.correct, k))
    estimate = mean_interval([math.fsum(values) / len(values) for values in by_theorem.values()])
    mean = over_seeds(found)
    spread = "" if mean.half is None else f" ± {100 * mean.half:.1f}"
    return cell(estimate) + spread


def cell(estimate: Estimate | None) -> str:
    """ "41.2 [33.0, 49.8]", or a dash."""
    if estimate is None:
        return "–"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def _page(
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    hint: str,
    results: Sequence[EvalResult],
    origin: Sequence[tuple[str, str]] = (),
) -> str:
    """The figures of `results`, which differ in their seeds only, and what they were measured with."""
    facts = [*origin, *evaluation_facts(*results)]
    return render("table.md.j2", title=title, head=head, rows=rows, hint=hint, facts=facts)


def evaluation_facts(*results: EvalResult) -> list[tuple[str, str]]:
    """What evaluations that differ in their seeds only were measured with."""
    result, settings = results[0], results[0].settings
    missing: Counter[NotRunnable] = Counter()
    for r in results:  # two problems may share a name
        missing |= Counter(r.not_runnable)
    attempts = sum(t.n + t.unjudged for r in results for t in r.theorems)
    return [
        ("model", result.model),
        ("weights after step", str(result.weights_version)),
        ("prompt format", result.prompt_format),
        ("sampler", result.sampler),
        ("benchmark", result.benchmark),
        ("benchmark, sha256", result.hashes.get("theorems", "not recorded")),
        ("engine", result.versions.get("engine", "not recorded")),
        ("attempts per theorem", result.attempts_each),
        *(
            (
                ("temperature, top-p", f"{settings.temperature:g}, {settings.top_p:g}"),
                ("tokens per attempt, at most", str(settings.max_new_tokens)),
            )
            if settings.max_new_tokens is not None
            else (("temperature, token limit", "not known: sampled by another program"),)
        ),
        ("seconds per check", f"{settings.check_seconds:g}"),
        (
            "software",
            ", ".join(f"{name} {text}" for name, text in result.versions.items() if name != "engine"),
        ),
        ("seeds" if len(results) > 1 else "seed", ", ".join(str(r.settings.seed) for r in results)),
        ("attempts", f"{attempts:,}, of which {sum(r.unjudged for r in results):,} could not be judged"),
        ("not asked", _not_asked(list(missing.elements()))),
        *(("remark", text) for text in dict.fromkeys(text for r in results for text in r.remarks)),
        *(("attempts file, sha256", r.hashes["attempts"]) for r in results if "attempts" in r.hashes),
        *(("command", f"`{text}`") for text in dict.fromkeys(r.command or "" for r in results) if text),
    ]


def _not_asked(missing: Sequence[NotRunnable]) -> str:
    listed = [f"{p.name} ({p.reason})" for p in missing[:NAMED]]
    rest = len(missing) - len(listed)
    more = f"; and {rest} more, in the result file" if rest else ""
    return f"{len(missing)}: {'; '.join(listed)}{more}" if missing else "nothing"
