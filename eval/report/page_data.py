"""What an evaluation's page shows: the result, its attempts, and the baselines of its benchmark beside it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.baselines import PortfolioResult, lines, read_portfolio
from eval.pass_tokens import Lengths
from eval.report.data import derived_portfolio
from eval.results import EvalResult, file_hash, read_result
from physprover.errors import DataError
from physprover.records import JudgedAttempt, Outcome, read_jsonl

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class PageData:
    """Everything one page shows."""

    result: EvalResult
    attempts: dict[str, list[JudgedAttempt]]  # by theorem, in the order they were judged
    portfolio: PortfolioResult | None = None
    problems: tuple[str, ...] = ()  # files beside it that could not be read

    @property
    def lengths(self) -> list[Lengths] | None:
        """Tokens of each theorem's judged attempts; None where attempts have no token ids (no model wrote them)."""
        out = []
        for row in self.result.theorems:
            judged = [
                j for j in self.attempts.get(row.name, []) if j.verdict.outcome is not Outcome.INFRASTRUCTURE
            ]
            if any(not j.attempt.token_ids for j in judged):
                return None
            if judged:
                proved = tuple(len(j.attempt.token_ids) for j in judged if j.verdict.reward == 1.0)
                failed = tuple(len(j.attempt.token_ids) for j in judged if j.verdict.reward == 0.0)
                out.append(Lengths(failed, proved))
        return out


def attempts_path(result_file: Path) -> Path:
    """Where the attempts of an evaluation are."""
    return result_file.with_suffix(".attempts.jsonl")


def read_page(result_file: Path) -> PageData:
    """Read an evaluation's `X.json` with the `X.attempts.jsonl` and the `portfolio-<benchmark>.json` beside it.

    Raises `DataError` for a file that is no evaluation, and for attempts that are missing or not the counted ones. A
    portfolio that cannot be read is named on the page.
    """
    result = read_evaluation(result_file)
    attempts_file = attempts_path(result_file)
    if not attempts_file.exists():
        raise DataError(f"{attempts_file}: not there; the page of an evaluation needs its attempts")
    if result.hashes.get("attempts") not in (None, file_hash(attempts_file)):
        raise DataError(
            f"{attempts_file}: not the attempts that {result_file.name} counted (their sha256 differs)"
        )
    attempts: defaultdict[str, list[JudgedAttempt]] = defaultdict(list)
    for judged in read_jsonl(attempts_file, JudgedAttempt):
        attempts[judged.attempt.theorem].append(judged)
    problems: list[str] = []
    return PageData(result, dict(attempts), _baselines(result_file, result, problems), tuple(problems))


def read_evaluation(file: Path) -> EvalResult:
    """`read_result`, which also says what else the file is. Raises `DataError`."""
    try:
        return read_result(file)
    except DataError as error:
        known = _kind(file)
        raise DataError(f"{file}: {known}" if known else str(error)) from None


def _kind(file: Path) -> str:
    """What a file that is no evaluation seems to be, "" when it is nothing known."""
    try:
        with file.open(encoding="utf-8") as rows:
            first = json.loads(rows.readline())
    except (OSError, ValueError):
        return ""
    if not isinstance(first, dict):
        return ""
    if {"policy", "spent", "steps"} <= first.keys():
        return "the result of a search (`eval --search`), which has no pass@k; only evaluations have a page"
    if {"attempt", "verdict"} <= first.keys():
        return "saved attempts; name the evaluation's .json beside it"
    return ""


def _baselines(file: Path, result: EvalResult, problems: list[str]) -> PortfolioResult | None:
    """The measured baselines, counted again over the theorems asked; else what the theorems themselves say.

    Scripts have counts only, so they stay those of the whole benchmark (`Estimate.theorems` says how many that is).
    """
    measured = file.with_name(f"portfolio-{result.benchmark}.json")
    if measured.exists():
        try:
            found = read_portfolio(measured)
        except DataError as error:
            problems.append(str(error))
        else:
            asked = {t.name for t in result.theorems}
            rows = [t for t in found.theorems if t.name in asked]
            if len(rows) == len(asked):
                return lines(rows, [t.tactic for t in found.tactics]).replace(
                    benchmark=found.benchmark, templates=found.templates
                )
    return derived_portfolio(result)
