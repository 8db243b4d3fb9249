#!/usr/bin/env bash
# datasets: 64-bit hashes as identifiers in JSONL (datasets 5.2.0, pyarrow 26.0.1)
#
# Guess:     integers of JSON stay integers. A column of unsigned 64-bit hashes becomes uint64, or its reading fails, or the numbers
#            that do not fit int64 suffer; features= with uint64 says what is meant.
# Behaviour: one number of 2^63 or more, half of all such hashes, turns the whole column into float64 without a word, the small ones
#            included. Neighbours above 2^53 fall together: four different identifiers become two, and a join or a deduplication by
#            that column merges rows. features= with uint64 does not help: the dtype is right and the numbers are still rounded.
#            Written as JSON strings and read with the same features= they are kept.
# Seen:      "float64, 2 different of 4; features= uint64, 2; strings in the file, features= uint64, 4"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q datasets==5.2.0 pyarrow==26.0.1
cat >ids.py <<'PY'
import json
from pathlib import Path

from datasets import Features, Value, load_dataset

ids = [2**60 + 1, 2**60 + 2, 2**63 + 1, 2**63 + 2]
unsigned = Features({"id": Value("uint64")})
Path("numbers.jsonl").write_text("".join(json.dumps({"id": i}) + "\n" for i in ids))
Path("strings.jsonl").write_text("".join(json.dumps({"id": str(i)}) + "\n" for i in ids))


def read(name, features):
    rows = load_dataset("json", data_files=name, split="train", cache_dir="cache", features=features)
    return rows.features["id"].dtype, rows["id"][:]


guessed, said, kept = read("numbers.jsonl", None), read("numbers.jsonl", unsigned), read("strings.jsonl", unsigned)
found = [(kind, len(set(values))) for kind, values in (guessed, said, kept)]
print(
    f"{found[0][0]}, {found[0][1]} different of {len(ids)}; features= {found[1][0]}, {found[1][1]}; "
    f"strings in the file, features= {found[2][0]}, {found[2][1]}"
)
raise SystemExit(0 if found == [("float64", 2), ("uint64", 2), ("uint64", 4)] and kept[1] == ids else "CHANGED")
PY
HF_HOME="$work/hf" HF_HUB_OFFLINE=1 env/bin/python ids.py 2>/dev/null
