#!/usr/bin/env bash
# datasets: a JSONL column that is true/false in the first file and a fraction in the second (datasets 5.2.0, pyarrow 26.0.1)
#
# Guess:     load_dataset("json") either finds a type that holds the column of all files, or fails, as it does when the first file
#            has integers and the second 0.25.
# Behaviour: the first file's type is the column's, and later files are cast to it. From a float to a boolean that cast is "not
#            zero": a partial reward of 0.25 in the second shard is read as True, and a mean over the column counts it as 1. Nothing is
#            raised or logged. With the shards in the other order true becomes 1.0 and 0.25 stays.
# Seen:      "booleans first: [True, False, True, False], mean 0.5; fractions first: [0.25, 0.0, 1.0, 0.0], mean 0.3125; integers
#            first: DatasetGenerationError"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q datasets==5.2.0 pyarrow==26.0.1
cat >shards.py <<'PY'
import json
from pathlib import Path

from datasets import load_dataset
from datasets.exceptions import DatasetGenerationError


def write(name, rewards):
    Path(name).write_text("".join(json.dumps({"reward": reward}) + "\n" for reward in rewards))


def read(*names):
    try:
        return load_dataset("json", data_files=list(names), split="train", cache_dir="cache")["reward"][:]
    except DatasetGenerationError as error:
        return type(error).__name__


write("binary.jsonl", [True, False])
write("graded.jsonl", [0.25, 0.0])
write("whole.jsonl", [1, 0])
binary, graded, whole = read("binary.jsonl", "graded.jsonl"), read("graded.jsonl", "binary.jsonl"), read("whole.jsonl", "graded.jsonl")
print(
    f"booleans first: {binary}, mean {sum(binary) / 4:g}; fractions first: {graded}, mean {sum(graded) / 4:g}; integers first: {whole}"
)
expected = binary == [True, False, True, False] and graded == [0.25, 0.0, 1.0, 0.0] and whole == "DatasetGenerationError"
raise SystemExit(0 if expected and all(isinstance(reward, bool) for reward in binary) else "CHANGED")
PY
HF_HOME="$work/hf" HF_HUB_OFFLINE=1 env/bin/python shards.py 2>/dev/null
