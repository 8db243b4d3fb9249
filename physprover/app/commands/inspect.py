"""`physprover inspect`: attempts of a run, as the prover saw them and as they were judged."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.common import Json
from physprover.app.display import Display
from physprover.app.provers import open_run
from physprover.config_file import load_config
from physprover.dataset import data_path, load_theorems
from physprover.errors import DataError, visible
from physprover.lean.ask import open_pool
from physprover.lean.protocol import Check, Problem
from physprover.records import JudgedAttempt, Outcome, Verdict, read_jsonl
from physprover.runs import RunDir


def inspect(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run directory.")],
    theorem: Annotated[str | None, typer.Option(help="Only theorems whose name contains this.")] = None,
    outcome: Annotated[
        str | None, typer.Option(help="Only this verdict: proved, rejected, timeout, …")
    ] = None,
    step: Annotated[int | None, typer.Option(help="Only this step.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many attempts, the latest.")] = 20,
    full: Annotated[
        bool, typer.Option("--full", help="Also prompt, completion and log-probability.")
    ] = False,
    ask: Annotated[
        bool, typer.Option("--messages", help="Have Lean judge them again, for its messages.")
    ] = False,
    as_json: Json = False,
) -> None:
    """What the prover wrote and what Lean said of it.

    \b
    Examples:
      physprover inspect runs/quickstart --step 3 --theorem momentum --full \\
        --messages
      physprover inspect runs/quickstart --outcome proved --limit 5
      physprover inspect runs/quickstart --theorem momentum --step 12 --json
    """
    if outcome is not None and outcome not in set(Outcome):
        raise DataError(f"no verdict is called `{outcome}`; there are: {', '.join(Outcome)}")
    run = open_run(run_dir)
    file = run.path / "attempts.jsonl"
    if not file.exists():
        raise DataError(f"{run_dir}: no attempts yet")
    wanted = (
        judged
        for judged in read_jsonl(file, JudgedAttempt)
        if (theorem is None or theorem in judged.attempt.theorem)
        and (outcome is None or judged.verdict.outcome == outcome)
        and (step is None or judged.step == step)
    )
    latest = list(deque(wanted, maxlen=limit))
    if ask and latest:
        latest = judged_again(run, latest)
    render = _full(run) if full and latest and not as_json else _text
    for judged in latest:
        print(judged.model_dump_json() if as_json else visible(render(judged)))
    if not latest and not as_json:
        print("no attempt matches")


def judged_again(run: RunDir, judged: Sequence[JudgedAttempt]) -> list[JudgedAttempt]:
    """The attempts with a fresh verdict that has Lean's messages, which training does not ask for."""
    config = load_config(run.path / "config.toml")
    theorems = {t.name: t for t in load_theorems(data_path(config, run.path), "train")}
    unknown = next((j.attempt.theorem for j in judged if j.attempt.theorem not in theorems), None)
    if unknown is not None:
        raise DataError(f"{run.path}: theorem {unknown} is not in the run's data")
    checks = [
        Check(id=str(i), problem=Problem.of(theorems[j.attempt.theorem]), proof=j.attempt.proof, seconds=60.0)
        for i, j in enumerate(judged)
    ]
    with open_pool(config.engine, len(checks), Display()) as pool:
        fresh: dict[str, Verdict] = {check.id: verdict for check, verdict in pool.check_many(checks)}
    return [item.replace(verdict=fresh[str(i)]) for i, item in enumerate(judged)]


def _text(judged: JudgedAttempt) -> str:
    lines = [_head(judged), *_indented(judged.attempt.proof)]
    if judged.verdict.outcome is not Outcome.PROVED:
        lines += [
            f"  ! {line}"
            for message in judged.verdict.messages[:1]
            for line in message.strip().splitlines()[:6]
        ]
    return "\n".join(lines)


def _full(run: RunDir) -> Callable[[JudgedAttempt], str]:
    """What shows everything about an attempt; prompts are read back from their tokens."""
    from physprover.models.load import load_tokenizer

    warm = run.path / "warmstart"
    model = load_config(run.path / "config.toml").model.path
    tokenizer = load_tokenizer(warm if warm.exists() or model is None else model)

    def render(judged: JudgedAttempt) -> str:
        attempt, verdict = judged.attempt, judged.verdict
        version = attempt.sampler.weights_version
        mean = sum(attempt.logprobs) / max(1, len(attempt.logprobs))
        parts = {
            "prompt": tokenizer.decode(attempt.prompt_ids, skip_special_tokens=False),
            "completion": attempt.completion + ("  (cut at the length limit)" if attempt.truncated else ""),
            "proof": attempt.proof,
            "sampled": f"{attempt.sampler.name}, weights of step {version}, {len(attempt.token_ids)} tokens, "
            f"{mean:.2f} nats a token",
            "verdict": f"{verdict.outcome.value}, {verdict.tier}, {verdict.engine} {verdict.check}".rstrip(),
            "messages": "\n".join(verdict.messages),
            "axioms": ", ".join(verdict.axioms),
        }
        lines = [_head(judged)]
        for name, text in parts.items():
            if text:
                lines += [f"  {name}", *_indented(text)]
        return "\n".join(lines) + "\n"

    return render


def _head(judged: JudgedAttempt) -> str:
    verdict = judged.verdict
    return f"step {judged.step}  {verdict.outcome.value}  {verdict.seconds:.2f} s  {judged.attempt.theorem}"


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]
