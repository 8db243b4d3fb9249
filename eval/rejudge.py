"""Judge saved attempts again, with no model: does Lean still say the same?

The attempts file of an evaluation (or of a training run) holds every text and its verdict. Judging it again checks the
judge, compares two engines or two versions of one, and recounts published figures.

Completions that another program sampled have no verdict yet: `Completions` puts them to `evaluate` in place of a model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from eval.benchmarks import Benchmark
from eval.results import Unused
from physprover.benchmark_files import NotRunnable
from physprover.errors import DataError, RunError, some
from physprover.files import file_hash
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Pool
from physprover.models.sampler import SamplingParams
from physprover.progress import Progress
from physprover.prompts import PromptFormat
from physprover.prompts.extract import body_in_answer
from physprover.records import Attempt, JudgedAttempt, Outcome, R, Record, SamplerInfo, Theorem, first_problem
from physprover.tables import Columns, names_in, table_rows

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


# What public files call the column of texts. `answer` is often the problem's, so it counts where no other is there.
_TEXTS = (
    "completion", "completions", "model_output", "model_outputs", "output", "outputs", "response",
    "responses", "generation", "generations", "generated_text", "messages", "full_proof", "full_code",
    "code", "answer",
)  # fmt: skip
_MODELS = ("model", "model_name", "model_id")
_WITHIN = ("content", "message", "text", "choices", "body")  # where an endpoint's reply holds its text
_DEEP = 8
_LOOKED = 100  # rows among which one is looked for that says what a file holds

_SHAPES = 'give rows {"name": …, "completion": …} in JSON Lines, a JSON array, either in gzip, or Parquet (.parquet)'


def holds_attempts(file: Path) -> bool:
    """Whether a file holds saved attempts, and not completions; so does an empty one. Raises `DataError` for what holds neither."""
    rows = list(islice(table_rows(file), _LOOKED))
    number, row = next((r for r in rows if isinstance(r[1], dict)), rows[0] if rows else (0, {"attempt": {}}))
    if not isinstance(row, dict):
        reason = row if isinstance(row, str) else "not a JSON object"
        raise DataError(f"{file}:{number}: {reason}; {_SHAPES}")
    return isinstance(row.get("attempt"), dict)


def _read(file: Path, kind: type[R]) -> Iterator[R]:
    """Rows of any file that `table_rows` reads. Raises `DataError` with the number of one that is not `kind`."""
    for number, row in table_rows(file):
        try:
            yield kind.model_validate(row)
        except ValidationError as error:
            where, fault = first_problem(error)
            reason = row if isinstance(row, str) else fault
            raise DataError(f"{file}:{number}: {where or 'row'}: {reason}") from None


def _texts(row: dict[str, Any], named: str) -> list[str | None]:
    """The texts of a row's column `named`, else of its first usual one; None for each that is missing. Raises `DataError`."""
    there = [column for column in ((named,) if named else _TEXTS) if column in row]
    if not there:
        missing = f"no column `{named}`" if named else "no completion"
        raise DataError(
            f"{missing}; the row has {', '.join(row)}; --column completion=NAME says which holds the text"
        )
    if len(there) > 1 and there[-1] == "answer":
        there.pop()
    column = next((c for c in there if row[c] is not None), there[0])
    try:
        found = list(_said(row[column], _DEEP))
        for text in found:
            (text or "").encode()
    except UnicodeEncodeError:
        raise DataError(f"column `{column}` holds half a character (a lone surrogate)") from None
    except TypeError as error:
        raise DataError(
            f"column `{column}` holds {error}; a text, texts, or messages of a chat are read"
        ) from None
    return found


def _said(value: Any, depth: int) -> Iterator[str | None]:
    """Texts in a text, a list of them, a chat (its last turn of the assistant) or an endpoint's reply. Raises `TypeError`."""
    if value is None or isinstance(value, str):
        yield value
    elif value != value:  # NaN: what pandas writes where there is none
        yield None
    elif isinstance(value, dict) and depth and (key := next((k for k in _WITHIN if k in value), "")):
        said = list(_said(value[key], depth - 1))
        if key not in ("choices", "body"):  # parts of one text
            there = [text for text in said if text is not None]
            said = ["".join(there)] if there else [None]
        yield from said
    elif isinstance(value, list) and depth:
        roles = [item.get("role") if isinstance(item, dict) else None for item in value]
        last = max((n for n, role in enumerate(roles) if role == "assistant"), default=-1)
        chat = last >= 0 and set(roles) != {"assistant"}
        for item in [value[last]] if chat else value:
            yield from _said(item, depth - 1)
    else:
        raise TypeError(f"{type(value).__name__}, not text")


def _of_namesake(name: str, texts: Mapping[str, object]) -> str:
    """Where the completions of a problem went that was read under a name of its own, "a (line 2)", since an earlier one is `a`."""
    first = name.rpartition(" (")[0]
    return f": those of `{first}` went to the first problem of this name" if first in texts else ""


class Completions:
    """The `Sampler` that reads what another program has sampled: the first `samples` texts about each problem.

    `benchmark` is what of the given one has any, `counts` are how many each of its problems has, `unused` is what counts
    nowhere. The proof of a text is taken as `prompt` takes it, or, without one, from the block that states the problem; behind
    its thinking a text may also be a bare `by …`. Of rows that name the model which wrote them, those of `model` count where it
    wrote any.
    """

    def __init__(
        self,
        file: Path,
        model: str,
        benchmark: Benchmark,
        samples: int | None = None,
        prompt: PromptFormat | None = None,
        columns: Columns | None = None,
    ) -> None:
        """Without `samples`, all texts of a problem count; `columns` names the columns of names and texts.

        Raises `DataError` with file and line where no row holds any, where a problem has fewer than `samples` texts, and
        where several other models wrote them.
        """
        rows, writers = list[tuple[str, str, list[str | None]]](), set[str]()
        known = {t.name for t in benchmark.theorems} | {p.name for p in benchmark.not_runnable}
        columns, missing, unread = columns or Columns(), 0, list[str]()
        for number, row in table_rows(file):
            try:
                if not isinstance(row, dict):
                    raise DataError(row if isinstance(row, str) else "not a JSON object")
                names = names_in(row, columns.name)
                if not names:
                    raise DataError(f"no name of a problem; the row has {', '.join(row)}")
                found = _texts(row, columns.completion)
            except DataError as error:
                unread.append(f"{file}:{number}: {error}")
                continue
            writer = next((row[c] for c in _MODELS if c in row and isinstance(row[c], str)), "")
            rows.append((writer, next((name for name in names if name in known), names[0]), found))
            writers.add(writer)
        if model not in writers and len(writers - {""}) > 1:  # together they would be nobody's pass@k
            several = sorted(writers - {""})
            raise DataError(
                f"{file}: completions of {some(len(several), 'model')}, {', '.join(several[:4])}; give the name of one as RUN_OR_MODEL"
            )
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for _, name, found in (r for r in rows if model not in writers or r[0] == model):
            given = [text for text in found if text is not None]
            missing += len(found) - len(given)
            texts[name] += given
        if unread and not texts:
            raise DataError(f"{unread[0]}; {_SHAPES}")
        asked = [t for t in benchmark.theorems if texts.get(t.name)]
        foreign = tuple(name for name in texts if name not in known)
        if not asked:
            reason = f"the benchmark has no problem `{foreign[0]}`" if foreign else "nothing to judge"
            raise DataError(f"{file}: {reason}; name its problems with --benchmark and --path")
        least = min(asked, key=lambda t: len(texts[t.name])).name
        if samples and (count := len(texts[least])) < samples:
            raise DataError(
                f"{file}: {some(count, 'completion')} for `{least}`, fewer than --samples {samples}; --samples {count} counts the "
                "first of each, and without it all count"
            )
        none = [
            NotRunnable(name=t.name, reason=f"no completion in {file.name}{_of_namesake(t.name, texts)}")
            for t in benchmark.theorems
            if not texts.get(t.name)
        ]
        self.benchmark = benchmark.replace(
            theorems=tuple(asked), not_runnable=(*benchmark.not_runnable, *none)
        )
        self.unused = Unused(unread=tuple(unread), foreign=foreign, missing=missing)
        self.counts = {t.name: samples or len(texts[t.name]) for t in asked}
        self._texts, self._prompt = texts, prompt
        form = f", read as {prompt.name}" if prompt else ""
        self.info = SamplerInfo(
            name=f"completions of {file.name}, sha256 {file_hash(file)[:16]}{form}", model=model
        )

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:  # noqa: ARG002
        for theorem in theorems:
            for text in self._texts[theorem.name][:n]:
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
        return body_in_answer(text, theorem.statement, theorem.header)

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:  # noqa: ARG002
        """None: nothing is prompted."""
        return []

    def prompt_tokens(self, theorem: Theorem) -> int:  # noqa: ARG002
        """0: nothing is prompted."""
        return 0

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:  # noqa: ARG002
        """Raises `RunError`: there is no model."""
        raise RunError("completions of a file have no model that could take weights")
