"""Judge saved attempts again, with no model: does Lean still say the same?

The attempts file of an evaluation (or of a training run) holds every text and its verdict. Judging it again checks the
judge, compares two engines or two versions of one, and recounts published figures.

Completions that another program sampled have no verdict yet: `Completions` puts them to `evaluate` in place of a model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AliasChoices, ConfigDict, Field, ValidationError

from eval.benchmarks import Benchmark
from eval.results import file_hash
from physprover.benchmark_files import NotRunnable, table_rows
from physprover.errors import DataError, RunError
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Pool
from physprover.models.sampler import SamplingParams
from physprover.progress import Progress
from physprover.prompts import PromptFormat
from physprover.prompts.extract import begins_tactics, body_in_answer
from physprover.records import Attempt, JudgedAttempt, Outcome, R, Record, SamplerInfo, Theorem, first_problem

if TYPE_CHECKING:
    import torch

Key = tuple[str, str]  # (theorem name, proof text)


class Change(Record):
    """One text whose verdict differs now."""

    theorem: str
    proof: str
    before: Outcome
    after: Outcome
    message: str = ""


class RejudgeReport(Record):
    """What a replay found. `texts` counts distinct (theorem, proof) pairs."""

    texts: int
    agreed: int  # texts with the same outcome
    unjudged: int  # texts without a verdict on either side; no evidence
    changes: tuple[Change, ...]
    unknown: tuple[str, ...]  # theorems of the file that the given set lacks; their attempts were left out

    @property
    def sentence(self) -> str:
        """The result in one line."""
        judged = self.texts - self.unjudged
        text = f"{self.agreed} of {judged} distinct texts got the same verdict again"
        return text + (f"; {self.unjudged} could not be judged" if self.unjudged else "")


def rejudge(
    attempts: Path,
    theorems: Sequence[Theorem],
    pool: Pool,
    progress: Progress,
    *,
    check_seconds: float = 20.0,
) -> RejudgeReport:
    """Judge every distinct text of an attempts file again. Raises `DataError` for an empty or foreign file."""
    saved = list(_read(attempts, JudgedAttempt))
    if not saved:
        raise DataError(f"{attempts}: no attempts to judge again")
    by_name = {t.name: t for t in theorems}
    unknown = sorted({j.attempt.theorem for j in saved} - by_name.keys())
    before = {_key(j): j for j in saved if j.attempt.theorem in by_name}
    if not before:
        raise DataError(
            f"{attempts}: none of its theorems is in the given set, e.g. `{unknown[0]}`; "
            "name theirs with --benchmark and --path"
        )

    # Texts of one file are neighbours, and those of one statement: a worker elaborates each header and statement once.
    texts = sorted((j.attempt for j in before.values()), key=lambda a: by_name[a.theorem].place)
    after: list[JudgedAttempt] = []
    with progress.stage("replay", total=len(texts)) as stage:
        for judged in judge_attempts(texts, by_name, pool, check_seconds, messages=0):
            after.append(judged)
            stage.advance()
    settled = [new for new in after if Outcome.INFRASTRUCTURE not in _outcomes(new, before)]
    differing = [new for new in settled if len(set(_outcomes(new, before))) > 1]
    # Only these are asked for Lean's messages, which take a quarter of the time of a check that fails.
    again = judge_attempts([new.attempt for new in differing], by_name, pool, check_seconds)
    reasons = {_key(j): j.verdict.messages for j in again}
    changes = [
        Change(
            theorem=new.attempt.theorem,
            proof=new.attempt.proof,
            before=before[_key(new)].verdict.outcome,
            after=new.verdict.outcome,
            message="".join(reasons[_key(new)][:1])[:600],
        )
        for new in differing
    ]
    return RejudgeReport(
        texts=len(after),
        agreed=len(settled) - len(differing),
        unjudged=len(after) - len(settled),
        changes=tuple(changes),
        unknown=tuple(unknown),
    )


def _key(judged: JudgedAttempt) -> Key:
    return judged.attempt.theorem, judged.attempt.proof


def _outcomes(new: JudgedAttempt, before: Mapping[Key, JudgedAttempt]) -> tuple[Outcome, Outcome]:
    """Of the same text, then and now."""
    return before[_key(new)].verdict.outcome, new.verdict.outcome


# -- Completions of another program: their proofs are looked for, judged and counted as those of a model are. --


class Completion(Record):
    """One row: a problem's name, and a whole text about it or several. Other columns are ignored."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    name: str = Field(validation_alias=AliasChoices("name", "theorem"))
    texts: tuple[str, ...] | str = Field(validation_alias=AliasChoices("completion", "completions", "answer"))


_SHAPES = 'give rows {"name": …, "completion": …} in JSON Lines, a JSON array, either in gzip, or Parquet (.parquet)'


def holds_attempts(file: Path) -> bool:
    """Whether a file holds saved attempts, and not completions; so does an empty one. Raises `DataError` for what holds neither."""
    number, row = next(table_rows(file), (0, {"attempt": None}))
    if not isinstance(row, dict):
        reason = row if isinstance(row, str) else "not a JSON object"
        raise DataError(f"{file}:{number}: {reason}; {_SHAPES}")
    return "attempt" in row


def _read(file: Path, kind: type[R], advice: str = "") -> Iterator[R]:
    """Rows of any file that `table_rows` reads. Raises `DataError` with the number of one that is not `kind`."""
    for number, row in table_rows(file):
        try:
            yield kind.model_validate(row)
        except ValidationError as error:
            where, fault = first_problem(error)
            reason = row if isinstance(row, str) else fault
            raise DataError(f"{file}:{number}: {where or 'row'}: {reason}{advice}") from None


class Completions:
    """The `Sampler` that reads what another program has sampled: the first `samples` texts about each problem.

    `benchmark` is what of the given one has any, `counts` are how many each of its problems has, and `foreign` are names that
    it does not hold. The proof of a text is taken
    as `prompt` takes it, or, without one, from the block that states the problem; a text may also be a bare `by …`.
    """

    def __init__(
        self,
        file: Path,
        model: str,
        benchmark: Benchmark,
        samples: int | None = None,
        prompt: PromptFormat | None = None,
    ) -> None:
        """Without `samples`, all texts of a problem count.

        Raises `DataError` with file and line for a row that is none, and where a problem has fewer than `samples` texts.
        """
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for row in _read(file, Completion, f"; {_SHAPES}"):
            texts[row.name.strip()] += (row.texts,) if isinstance(row.texts, str) else row.texts
        asked = [t for t in benchmark.theorems if texts.get(t.name)]
        known = {t.name for t in benchmark.theorems} | {p.name for p in benchmark.not_runnable}
        self.foreign = tuple(name for name in texts if name not in known)
        if not asked:
            reason = (
                f"the benchmark has no problem `{self.foreign[0]}`" if self.foreign else "nothing to judge"
            )
            raise DataError(f"{file}: {reason}; name its problems with --benchmark and --path")
        least = min(asked, key=lambda t: len(texts[t.name])).name
        if samples and (count := len(texts[least])) < samples:
            raise DataError(
                f"{file}: {count} completions for `{least}`; --samples {count} counts the first of each, and without it "
                "all count"
            )
        missing = [
            NotRunnable(name=t.name, reason=f"no completion in {file.name}")
            for t in benchmark.theorems
            if not texts.get(t.name)
        ]
        self.benchmark = benchmark.replace(
            theorems=tuple(asked), not_runnable=(*benchmark.not_runnable, *missing)
        )
        self.counts = {t.name: samples or len(texts[t.name]) for t in asked}
        self._texts, self._prompt = texts, prompt
        form = f", read as {prompt.name}" if prompt else ""
        self.info = SamplerInfo(
            name=f"completions of {file.name}, sha256 {file_hash(file)[:16]}{form}", model=model
        )

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:  # noqa: ARG002
        """The last `n` of those that count: a call after a kill asks for what was not read before it."""
        for theorem in theorems:
            for text in self._texts[theorem.name][: self.counts[theorem.name]][-n:]:
                yield Attempt(
                    theorem=theorem.name,
                    proof=self._proof(text, theorem),
                    prompt_format=self._prompt.name if self._prompt else "",
                    completion=text,
                    sampler=self.info,
                )

    def _proof(self, text: str, theorem: Theorem) -> str:
        if self._prompt is not None:
            return self._prompt.extract(text, theorem)
        found = body_in_answer(text, theorem.statement, theorem.header)
        return found or (text if begins_tactics(text) else "")

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:  # noqa: ARG002
        """None: nothing is prompted."""
        return []

    def prompt_tokens(self, theorem: Theorem) -> int:  # noqa: ARG002
        """0: nothing is prompted."""
        return 0

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:  # noqa: ARG002
        """Raises `RunError`: there is no model."""
        raise RunError("completions of a file have no model that could take weights")
