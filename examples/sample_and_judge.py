"""Sample from a trained run and have Lean judge every attempt.

python examples/sample_and_judge.py RUN     RUN is a run directory, e.g. of examples/train_small.py or of `make demo`
"""

import sys
from collections import Counter
from pathlib import Path

from physprover.app.pipeline import trained
from physprover.config_file import load_config
from physprover.dataset import data_path, load_theorems
from physprover.lean.ask import judge_attempts, open_pool
from physprover.models.load import load_sampler
from physprover.models.sampler import SamplingParams
from physprover.runs import RunDir


def main() -> None:
    """Four attempts at each of the first eight test theorems."""
    run = RunDir(Path(sys.argv[1]))
    config = load_config(run.path / "config.toml")
    theorems = {t.name: t for t in load_theorems(data_path(config, run.path), "test")[:8]}
    sampler = load_sampler(trained(run), config)
    params = SamplingParams(max_new_tokens=config.model.max_new_tokens, seed=1)
    attempts = sampler.sample(list(theorems.values()), 4, params)
    outcomes: Counter[str] = Counter()
    with open_pool(config.engine) as lean:
        for judged in judge_attempts(attempts, theorems, lean, config.engine.seconds):
            outcomes[judged.verdict.outcome.value] += 1
            proof = " ⏎ ".join(judged.attempt.proof.splitlines())
            print(f"{judged.verdict.outcome.value:<9} {judged.attempt.theorem:<40} {proof[:70]}")
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))


if __name__ == "__main__":
    main()
