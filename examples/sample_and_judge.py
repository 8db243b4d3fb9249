"""Sample from a trained run and have Lean judge every attempt.

python examples/sample_and_judge.py RUN     RUN is a run directory, e.g. of examples/train_small.py or of `make demo`
"""

import sys
from collections import Counter

from physprover.app.provers import find_model
from physprover.dataset import load_theorems
from physprover.errors import PhysProverError
from physprover.lean.ask import judge_attempts, open_pool
from physprover.models.load import load_sampler
from physprover.models.sampler import SamplingParams


def main() -> None:
    """Four attempts at each of the first eight test theorems."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    prover = find_model(sys.argv[1])
    if prover.data is None:
        sys.exit(f"{sys.argv[1]}: not a run directory, so there are no theorems to try")
    config = prover.config
    theorems = {t.name: t for t in load_theorems(prover.data, "test")[:8]}
    sampler = load_sampler(prover.weights, config)
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
    try:
        main()
    except PhysProverError as error:
        sys.exit(str(error))
