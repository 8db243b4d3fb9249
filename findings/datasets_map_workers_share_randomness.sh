#!/usr/bin/env bash
# datasets: random numbers in map with num_proc (datasets 5.2.0, numpy 2.4.6, Linux)
#
# Guess:     after numpy.random.seed and random.seed, map with num_proc=4 draws different numbers for different rows, and the same
#            ones in every run, as map without workers does.
# Behaviour: workers are forked. Each has its own copy of numpy's generator in one state: row k of every shard gets the same number,
#            and of 8 rows in 4 shards only 2 numbers differ; a perturbed copy, a negative example or a held-out mark is repeated
#            shard by shard. The generator of `random` is the opposite case: Python seeds it anew in a forked process, so the seed
#            is lost and two runs differ. A generator made from a seed and the row's index is right in both.
# Seen:      "different numbers of 8: numpy 2, random 8, by row 8 / the same in a second run: numpy True, random False, by row True
#            / without workers: numpy 8 True, random 8 True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q datasets==5.2.0 numpy==2.4.6
cat >noise.py <<'PY'
import random

import numpy as np
from datasets import Dataset


def draw(example, index):
    own = np.random.default_rng([0, index]).random()
    return {"numpy": np.random.random(), "random": random.random(), "by row": own}


def run(workers):
    np.random.seed(0)
    random.seed(0)
    data = Dataset.from_dict({"i": list(range(8))})
    return data.map(draw, with_indices=True, num_proc=workers, load_from_cache_file=False)[:]


def found(workers):
    first, second = run(workers), run(workers)
    names = ("numpy", "random", "by row")
    return [len(set(first[name])) for name in names], [first[name] == second[name] for name in names]


counts, same = found(4)
alone, again = found(None)
print(
    f"different numbers of 8: numpy {counts[0]}, random {counts[1]}, by row {counts[2]} / the same in a second run: "
    f"numpy {same[0]}, random {same[1]}, by row {same[2]} / without workers: numpy {alone[0]} {again[0]}, "
    f"random {alone[1]} {again[1]}"
)
expected = counts == [2, 8, 8] and same == [True, False, True] and alone == [8, 8, 8] and all(again)
raise SystemExit(0 if expected else "CHANGED")
PY
HF_HOME="$work/hf" HF_HUB_OFFLINE=1 env/bin/python noise.py 2>/dev/null
