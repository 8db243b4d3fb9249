"""The pages of runs and evaluations, written beside their results."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eval.report import figures
from eval.report.data import BenchmarkResults, EvaluationData, RunData, gather, read_attempts
from eval.report.markdown import evaluation_facts, markdown
from eval.report.render import CLASSES, duration, environment, flatten, percent, render
from eval.results import EvalResult, TheoremResult, first_error
from physprover.files import file_hash, write_text
from physprover.models.fetch import fingerprint
from physprover.records import JudgedAttempt, Outcome
from physprover.runs import RunDir, StepMetrics

# -- Each theorem's attempts on the page of an evaluation, as many as fit into a few megabytes. --

BYTES = 4_000_000  # of the whole section; the rest of a page takes some 50 KB


class AttemptText(NamedTuple):
    """Attempts with the same text and verdict."""

    proof: str
    outcome: str
    facts: str  # "rejected · written 3 times · 12 tokens"
    message: str  # Lean's first error, "" for a proof


class Card(NamedTuple):
    """One theorem as HTML: what stands above its attempts, and the first of its distinct attempts."""

    head: str
    texts: tuple[str, ...]
    left_out: int  # distinct attempts that did not fit

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(text.encode()) for text in (self.head, *self.texts))


def theorem_cards(data: EvaluationData, limit: int = BYTES) -> list[Card]:
    """Theorems by domain and name, each with an equal part of `limit` bytes, at least one attempt, within `limit` in all."""
    rows = sorted(data.result.theorems, key=lambda t: (t.domain, t.name))
    cards, used = [], 0
    for row in rows:
        card = _card(row, distinct(data.attempts.get(row.name, [])), limit // len(rows))
        used += card.size
        if used > limit:
            break
        cards.append(card)
    return cards


def _card(theorem: TheoremResult, texts: Sequence[AttemptText], limit: int) -> Card:
    parts: Any = environment().get_template("attempts.html.j2").module
    card = Card(parts.head(theorem), (), len(texts))
    for text in texts:
        longer = Card(card.head, (*card.texts, parts.attempt(text)), card.left_out - 1)
        if card.texts and longer.size > limit:
            break
        card = longer
    return card


def distinct(judged: Sequence[JudgedAttempt]) -> list[AttemptText]:
    """Each distinct text once: proofs first, the shortest leading, then by frequency."""
    same: defaultdict[tuple[str, Outcome], list[JudgedAttempt]] = defaultdict(list)
    for j in judged:
        same[j.attempt.proof, j.verdict.outcome].append(j)

    def rank(group: list[JudgedAttempt]) -> tuple[bool, int, str]:
        proof, proved = group[0].attempt.proof, group[0].verdict.outcome is Outcome.PROVED
        return (not proved, len(proof) if proved else -len(group), proof)

    return [_text(group) for group in sorted(same.values(), key=rank)]


def _text(group: Sequence[JudgedAttempt]) -> AttemptText:
    attempt, verdict = group[0].attempt, group[0].verdict
    facts = [
        CLASSES[verdict.outcome.value],
        f"by the check `{verdict.check}`" if verdict.check else "",
        f"written {len(group)} times" if len(group) > 1 else "",
        f"{len(attempt.token_ids)} tokens" if attempt.token_ids else "",
        "cut by the length limit" if attempt.truncated else "",
    ]
    message = "" if verdict.outcome is Outcome.PROVED else first_error(verdict.messages).strip()
    return AttemptText(attempt.proof.strip(), verdict.outcome.value, " · ".join(filter(None, facts)), message)


# -- `write_report(run)` and `write_page(X.json)`: a run, or one evaluation, on one self-contained page without scripts. --

Rows = list[tuple[str, str]]


class Pages(NamedTuple):
    """What was written for one evaluation."""

    html: Path
    markdown: Path


def write_report(run: RunDir) -> Path:
    """Render what the run directory holds so far to `report.html`, atomically; returns its path."""
    target = run.path / "report.html"
    write_text(target, render_report(gather(run)))
    return target


def write_page(result_file: Path) -> Pages:
    """Render X.json to X.html and X.md, each atomically.

    Raises `DataError` when the file is no evaluation or its attempts are missing, `RunError` when a file cannot be written.
    """
    data = read_attempts(result_file)
    pages = Pages(result_file.with_suffix(".html"), result_file.with_suffix(".md"))
    write_text(pages.html, render_page(data))
    write_text(pages.markdown, markdown(data.result, origin_of(result_file, data.result)))
    return pages


def origin_of(result_file: Path, result: EvalResult) -> Rows:
    """The run that a result lies in, what tells its configuration, and the evaluated weights; nothing elsewhere."""
    run = result_file.absolute().parent.parent
    config, weights = run / "config.toml", run.joinpath(*Path(result.model).parts[-2:])
    if not config.is_file():
        return []
    found = fingerprint(str(weights)) if weights.is_dir() else None
    return [
        ("run", run.name),
        ("configuration (config.toml), sha256", file_hash(config)),
        *((("weights, fingerprint", found),) if found else ()),
    ]


def render_report(data: RunData) -> str:
    """The page of a run."""
    stats = {k: v for k, v in data.stats.items() if k != "funnel"}
    settings = [
        ("Settings", flatten(data.config), "config.toml"),
        ("Warm start", flatten(data.sft), "warmstart/sft_stats.json"),
        ("Data", flatten(stats), "data/stats.json"),
        ("Versions and machine", flatten(data.provenance), "provenance.json"),
        *(
            (f"Evaluation {r.label}", evaluation_facts(r), f"eval/{r.label}.json")
            for b in data.benchmarks
            for r in b.results
        ),
    ]
    main, funnel, seconds = data.main, data.funnel, data.stage_seconds
    top, longest = max((s.count for s in funnel), default=1) or 1, max(seconds.values(), default=1.0)
    return render(
        "run.html.j2",
        data=data,
        main=main,
        before={t.name: t for t in main.before.theorems} if main else {},
        funnel=[
            (
                s.name,
                s.count / top,
                f"{s.count:,} · {100 * s.count / top:.0f} %",
                "after" if s is funnel[-1] else "before",
            )
            for s in funnel
        ],
        times=[(name, s / (longest or 1), duration(s), "after") for name, s in seconds.items()],
        passes=figures.pass_figure(main) if main else None,
        reward=figures.reward_figure(data.metrics),
        steps=step_facts(data.metrics),
        settings=settings,
    )


def render_page(data: EvaluationData, limit: int = BYTES) -> str:
    """The page of one evaluation; its attempts take at most about `limit` bytes."""
    result = data.result
    benchmark = BenchmarkResults(result.benchmark, (result,), data.portfolio)
    return render(
        "evaluation.html.j2",
        data=data,
        result=result,
        main=benchmark,
        name=result.model.rstrip("/").rpartition("/")[2] or result.sampler,
        passes=figures.pass_figure(benchmark),
        tokens=figures.tokens_figure(data),
        facts=attempt_facts(data),
        cards=theorem_cards(data, limit),
        settings=[("Evaluation", evaluation_facts(result), f"{result.label}.json")],
        markdown=markdown(result),
    )


def step_facts(metrics: Sequence[StepMetrics]) -> Rows:
    """What training was made of: seconds by activity (they overlap), idle groups, canaries; empty before the first step."""
    if not metrics:
        return []
    total = sum(m.seconds for m in metrics) or 1.0
    first, last = metrics[0], metrics[-1]
    measured = [m.entropy for m in metrics if m.entropy is not None]
    entropies = [(measured[0], measured[-1])] if measured else []
    parts = {
        "sampling": sum(m.seconds_sampling for m in metrics),
        "judging": sum(m.seconds_judging for m in metrics),
        "training": sum(m.seconds_training for m in metrics),
        "waiting for verdicts": sum(m.seconds_waiting for m in metrics),
    }
    sent = sum(m.exchange_bytes or 0 for m in metrics)
    attempts, cached = sum(m.attempts for m in metrics), sum(m.cached for m in metrics)
    return [
        ("steps", f"{len(metrics)} in {duration(total)} ({total / len(metrics):.1f} s each)"),
        ("reward, first → last step", f"{percent(first.reward)} → {percent(last.reward)}"),
        ("attempts", f"{attempts:,}, {cached:,} verdicts reused"),
        ("groups without signal", f"{percent(first.zero_variance)} → {percent(last.zero_variance)}"),
        ("steps without an update", str(sum(not m.moved for m in metrics))),
        ("false statements rejected", f"{sum(m.canaries for m in metrics):,}"),
        *((("gradient bytes that each trainer sent", f"{sent:,}"),) if sent else ()),
        *(("entropy, first → last step", f"{a:.2f} → {b:.2f}") for a, b in entropies),
        *((name, duration(seconds)) for name, seconds in parts.items() if seconds),
    ]


def attempt_facts(data: EvaluationData) -> Rows:
    """What was sampled, in numbers."""
    result, judged = data.result, [j for rows in data.attempts.values() for j in rows]
    total = sum(t.n + t.unjudged for t in result.theorems)
    tokens = sorted(len(j.attempt.token_ids) for j in judged if j.attempt.token_ids)
    texts = len({(j.attempt.theorem, j.attempt.proof) for j in judged})
    rows = [
        ("attempts", f"{total:,}, {result.attempts_each} for each theorem"),
        ("not judged, counted neither way", f"{result.unjudged:,}"),
        ("distinct texts", f"{texts:,} ({percent(texts / total if total else None)})"),
    ]
    limit = result.settings.max_new_tokens
    if limit is not None:
        rows.append(("ended by the length limit", f"{result.truncated:,}"))
    if tokens and limit is not None:
        middle = statistics.median(tokens)
        rows.append(("tokens of an attempt", f"median {middle:g}, longest {tokens[-1]:,}, limit {limit:,}"))
        rows.append(("tokens in all", f"{sum(tokens):,}"))
    rows.append(("Lean, CPU time", duration(sum(j.verdict.seconds for j in judged))))
    return [*rows, ("wall clock", duration(result.seconds))]
