#!/usr/bin/env bash
# datasets: take(n) for validation, skip(n) for training, and the workers that read them (datasets 5.2.0, torch 2.13.0, CPU)
#
# Guess:     of a stream, take(n) is "only the first n elements" and skip(n) "skips the first n elements": the two are disjoint and together
#            everything, whoever reads them. num_workers of a DataLoader is a matter of speed.
# Behaviour: workers share out the files and each its part of n: with four workers take(80) is the first 20 rows of each of four files, without
#            workers it is the first 80 of the first file; skip(80) likewise. Validation without workers beside training with four, which is
#            what one sets up for a small validation set, trains on 60 of the 80 validation rows, never reads 60 others, and the counts, 80
#            and 320, are right. take(80) under another number of workers is another benchmark. One file, or one number of workers for
#            both, hides it. Whole files for validation, or a filter on an identifier, hold for any number.
# Seen:      "400 rows in 4 files, workers of take(80) and skip(80): 0 and 0: rows in both 0, in neither 0; 4 and 4: 0, 0; 0 and 4: 60, 60;
#            2 and 4: 40, 40; rows read 80 and 320 each time; a filter, 0 and 4: 0, 0; one file, 0 and 4: 0, 0"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cat >split.py <<'PY'
import json
import os

from datasets import load_dataset
from torch.utils.data import DataLoader


def stream(folder, files):
    os.mkdir(folder)
    for number in range(files):
        with open(f"{folder}/{number}.jsonl", "w") as rows:
            for i in range(400 // files):
                print(json.dumps({"id": number * (400 // files) + i}), file=rows)
    return load_dataset("json", data_files=f"{folder}/*.jsonl", split="train", streaming=True)


def read(dataset, workers):
    context = "fork" if workers else None
    return [row["id"] for row in DataLoader(dataset, batch_size=None, num_workers=workers, multiprocessing_context=context)]


def compare(validation, training, workers):
    """Rows read of each, rows that both hold and rows that neither holds."""
    first, second = (read(dataset, number) for dataset, number in zip((validation, training), workers))
    return len(first), len(second), len(set(first) & set(second)), 400 - len(set(first) | set(second))


four, one = stream("four", 4), stream("one", 1)
found = {workers: compare(four.take(80), four.skip(80), workers) for workers in ((0, 0), (4, 4), (0, 4), (2, 4))}
filtered = compare(four.filter(lambda row: row["id"] % 5 == 0), four.filter(lambda row: row["id"] % 5 != 0), (0, 4))
whole = compare(one.take(80), one.skip(80), (0, 4))
both = [result[2:] for result in found.values()]
print(
    f"400 rows in 4 files, workers of take(80) and skip(80): 0 and 0: rows in both {both[0][0]}, in neither {both[0][1]}; 4 and 4:"
    f" {both[1][0]}, {both[1][1]}; 0 and 4: {both[2][0]}, {both[2][1]}; 2 and 4: {both[3][0]}, {both[3][1]}; rows read"
    f" {found[0, 4][0]} and {found[0, 4][1]} each time; a filter, 0 and 4: {filtered[2]}, {filtered[3]}; one file, 0 and 4: {whole[2]}, {whole[3]}"
)
counts = {result[:2] for result in (*found.values(), filtered, whole)}
described = both == [(0, 0), (0, 0), (60, 60), (40, 40)] and counts == {(80, 320)} and filtered[2:] == whole[2:] == (0, 0)
raise SystemExit(0 if described else "CHANGED")
PY
env/bin/python split.py 2>/dev/null
