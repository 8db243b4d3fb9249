"""`physprover prove`: sample, check, print the first proof that Lean accepts."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.errors import DataError, HeaderError
from physprover.lean.protocol import Check, Problem
from physprover.models.sampler import SamplingParams
from physprover.records import Outcome
from physprover.verbs.models import find_model, newest_run
from physprover.verbs.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physprover.lean.protocol import Pool
    from physprover.models.sampler import Sampler
    from physprover.records import Attempt, Theorem, Verdict

ROUND = 16  # attempts sampled before the next look whether one was proved


def prove_theorem(
    statement: str,
    header: Path | None,
    model: str | None,
    attempts: int,
    seed: int,
    overrides: tuple[str, ...],
) -> int:
    """Print the proof (0) or how the attempts failed (1)."""
    from physprover.models.load import load_sampler

    theorem = read_theorem(statement, header)
    weights, config, _ = find_model(model or str(newest_run(Path("runs"))), overrides)
    sampler = load_sampler(weights, config)
    if sampler.skipped([theorem]):
        raise DataError(
            f"the prompt of `{theorem.name}` exceeds {config.model.max_prompt_tokens} tokens (model.max_prompt_tokens)"
        )
    failures: Counter[str] = Counter()
    with open_pool(config.engine, attempts) as pool:
        for attempt, verdict in _tries(theorem, sampler, pool, attempts, seed, config.model.max_new_tokens):
            if verdict.outcome is Outcome.PROVED:
                print(f"{theorem.statement} := {attempt.proof}")
                return 0
            if verdict.outcome is Outcome.INFRASTRUCTURE:
                raise HeaderError(f"`{theorem.name}` cannot be judged: {_first_line(verdict)}")
            failures[f"{verdict.outcome.value}: {_first_line(verdict)}"] += 1
    print(f"not proved in {failures.total()} attempts:")
    for reason, times in failures.most_common(5):
        print(f"{times:>5}  {reason}")
    return 1


def read_theorem(statement: str, header: Path | None) -> Theorem:
    """A theorem from the command line, with what it depends on looked up in the header file.

    Raises `DataError` when the text is no theorem with a name.
    """
    from data_gen.one_file import read_theorems

    context = ""
    if header is not None:
        try:
            context = header.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise DataError(f"{header}: not UTF-8") from None
        except OSError as error:
            raise DataError(f"{header}: {error.strerror}") from None
    text = statement.strip()
    if not text.startswith(("theorem ", "lemma ", "open ", "private ")):
        raise DataError("a theorem begins with `theorem name`, e.g. physprover prove 'theorem t : 2 + 2 = 4'")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Theorem.lean"
        file.write_text(f"{_without_last_ends(context)}\n{_open_ended(text)}\n", encoding="utf-8")
        try:
            last = read_theorems(file)[-1]
        except DataError as error:
            raise DataError(str(error).replace(str(file), "the theorem")) from None
    if last.theorem is None:
        raise DataError("the text is not of the form `theorem name (binders) : type`")
    return last.theorem


def _open_ended(text: str) -> str:
    """The statement with a proof for the reader to cut off; one already there stays (it is not looked at)."""
    from data_gen.lexer import mask
    from data_gen.statements import split_statement

    return text if split_statement(mask(text).masked) else f"{text} := by sorry"


def _without_last_ends(context: str) -> str:
    """Leave the header's namespaces open, so that the theorem can use its short names."""
    lines = context.rstrip().splitlines()
    while lines and (not lines[-1].strip() or lines[-1].split()[0] == "end"):
        lines.pop()
    return "\n".join(lines)


def _tries(
    theorem: Theorem, sampler: Sampler, pool: Pool, attempts: int, seed: int, max_new_tokens: int
) -> Iterator[tuple[Attempt, Verdict]]:
    """Rounds of distinct attempts with their verdicts; a text already judged is not judged again."""
    seen: dict[str, Verdict] = {}
    for start in range(0, attempts, ROUND):
        params = SamplingParams(max_new_tokens=max_new_tokens, seed=seed + start)
        sampled = list(sampler.sample([theorem], min(ROUND, attempts - start), params))
        fresh = list(dict.fromkeys(a.proof for a in sampled if a.proof not in seen))
        checks = [Check(id=proof, problem=Problem.of(theorem), proof=proof) for proof in fresh]
        seen.update((check.id, verdict) for check, verdict in pool.check_many(checks))
        for attempt in sampled:
            yield attempt, seen[attempt.proof]


def _first_line(verdict: Verdict) -> str:
    lines = (verdict.messages or ("no message",))[0].strip().splitlines()
    return lines[0] if lines else "no message"
