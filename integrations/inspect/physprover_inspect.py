"""PhysProver's problems and Lean judge as an inspect-ai task.

    inspect eval physprover_inspect.py@physprover --model ... -T path=problems.jsonl -T epochs=4 -T k=1,4

Scores are reduced to unbiased pass@k over the epochs. What could not be judged is unscored, not wrong: inspect leaves it out
of every metric, and where fewer than k epochs of a sample are left, its pass@k is unscored too and counted in the log. A
judge that cannot be asked is an error of the sample.
"""

from __future__ import annotations

from pathlib import Path

from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState, generate

from physprover.client import check_answer, default_judge, load_tasks, require_version

require_version("inspect-ai", "0.3.285", "0.4")


@task
def physprover(path: str, split: str = "", epochs: int = 4, k: str | int | list[int] = "1,4") -> Task:
    """The problems of a JSON Lines file.

    Args:
        path: What `physprover data export` wrote.
        split: Only problems of this split.
        epochs: Answers to each problem.
        k: For which k to estimate pass@k, e.g. `1,4`; none above `epochs`.
    """
    ks = sorted({int(part) for part in (k if isinstance(k, list) else str(k).split(","))})
    if not ks or ks[0] < 1 or ks[-1] > epochs:
        raise ValueError(f"k={k}: pass@k needs 1 <= k <= epochs, and epochs is {epochs}")
    samples = [
        Sample(
            id=problem.name,
            input=problem.prompt,
            target=problem.statement,
            metadata={"truth": problem.truth, "split": problem.split, "domain": problem.domain},
        )
        for problem in load_tasks(path, split)
    ]
    return Task(
        dataset=MemoryDataset(samples, name=Path(path).stem),
        solver=generate(),
        scorer=lean(),
        epochs=Epochs(epochs, [f"pass_at_{n}" for n in ks]),
    )


@scorer(metrics=[mean(), stderr()])
def lean() -> Scorer:
    """1 when the answer's Lean block proves the sample, 0 when not, unscored where there is no evidence.

    What is to be proved is the metadata's `truth`, or else its `header` and the target.
    """

    async def score(state: TaskState, target: Target) -> Score:
        stated = {"statement": target.text, "header": state.metadata.get("header")}
        check = check_answer(state.metadata.get("truth") or stated, state.output.completion)
        [verdict] = await default_judge().judge_many_async([check])
        said = "\n".join((verdict.outcome, *verdict.messages))
        record = {"outcome": verdict.outcome, "axioms": list(verdict.axioms), "check": verdict.check}
        if verdict.reward is None:
            return Score.unscored(reason="not judged", explanation=said, metadata=record)
        return Score(value=verdict.reward, explanation=said, metadata=record)

    return score
