#!/usr/bin/env bash
# DuckDB: USING SAMPLE 10% of a table of theorems (duckdb 2.0.1)
#
# Guess:     USING SAMPLE 10% keeps each row with probability 0.1, as a fixed number of rows does: a validation split or a quick estimate
#            of the solve rate, good to 1% with 2,000 of 20,000 theorems, that holds every topic in its share.
# Behaviour: a percentage means the method "system", which draws whole vectors of 2,048 neighbouring rows. A set of 488 theorems is kept
#            whole or comes out empty, four times in five empty at 20%. In a larger one the sample is a few runs of neighbours, of
#            few topics where the table lies by topic, and the solve rate that it gives is off by 25 times what its number of rows
#            promises. Nothing is warned. 10% (bernoulli, seed), or a number of rows, is the sample one means.
# Seen:      "rows of 20 samples of 20% of 488: 0 and 488; 10% of 20000 in 200 seeds, as a bare percentage (system): topics of 10 in a sample
#            2.7, empty ones 57, spread of the solve rate 0.251; bernoulli: topics 10.0, empty 0, spread 0.010"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile duckdb==2.0.1
cat >sample.py <<'PY'
from statistics import mean, stdev

import duckdb

db = duckdb.connect(config={"threads": 1})
# Topic k holds 2,000 theorems in a row, of which the prover solves k + 1 in ten.
db.execute("CREATE TABLE theorems AS SELECT i // 2000 AS topic, (i % 10 <= i // 2000)::INT AS solved FROM range(20000) r(i)")
db.execute("CREATE TABLE small AS SELECT * FROM theorems LIMIT 488")


def drawn(table, share):
    return db.execute(f"SELECT count(*), count(DISTINCT topic), avg(solved) FROM {table} USING SAMPLE {share}").fetchone()


def seeds(method):
    """Topics in a sample, empty samples, and the spread of the solve rate over 200 seeds."""
    found = [drawn("theorems", f"10% ({method}, {seed})") for seed in range(200)]
    held = [sample for sample in found if sample[0]]
    return mean(sample[1] for sample in held), len(found) - len(held), stdev(sample[2] for sample in held)


small = {drawn("small", f"20% (system, {seed})")[0] for seed in range(20)}
bare = {drawn("theorems", "10%")[0] for _ in range(50)}
blocks = all(rows % 2048 in (0, 20000 % 2048) for rows in bare)
(topics, empty, spread), (all_topics, none, right) = seeds("system"), seeds("bernoulli")
print(
    f"rows of 20 samples of 20% of 488: {' and '.join(map(str, sorted(small)))}; 10% of 20000 in 200 seeds, as a bare percentage (system): "
    f"topics of 10 in a sample {topics:.1f}, empty ones {empty}, spread of the solve rate {spread:.3f}; bernoulli: topics {all_topics:.1f}, "
    f"empty {none}, spread {right:.3f}"
)
raise SystemExit(0 if blocks and small == {0, 488} and topics < 4 and spread > 10 * right and (all_topics, none) == (10, 0) else "CHANGED")
PY
env/bin/python sample.py
