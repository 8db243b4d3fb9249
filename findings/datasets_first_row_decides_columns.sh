#!/usr/bin/env bash
# datasets: a field that only some rows have, in map and from_generator (datasets 5.2.0, pyarrow 26.0.1)
#
# Guess:     rows with different keys give a column of None where a key is missing, as JSONL files do, or an error.
# Behaviour: the keys of the first row are the columns. A key that appears only in later rows, the error of a failed attempt or
#            the proof of a solved one, is dropped in every row without a message, in map, in from_generator and in a stream. With
#            the rows in the other order map raises KeyError, and the same rows in a JSONL file give both columns.
# Seen:      "map: ['i', 'ok'], from_generator: ['ok'], stream: ['ok'], JSONL: ['error', 'ok']; the other order, map: KeyError"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q datasets==5.2.0 pyarrow==26.0.1
cat >columns.py <<'PY'
import json
from pathlib import Path

from datasets import Dataset, IterableDataset, load_dataset

ROWS = [{"ok": True}, {"ok": False, "error": "unknown identifier"}]
Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))


def generate():
    yield from ROWS


def mapped(rows):
    try:
        return sorted(Dataset.from_dict({"i": [0, 1]}).map(lambda e: rows[e["i"]]).column_names)
    except KeyError as error:
        return type(error).__name__


first, other = mapped(ROWS), mapped(ROWS[::-1])
made = sorted(Dataset.from_generator(generate).column_names)
stream = sorted({key for row in IterableDataset.from_generator(generate) for key in row})
read = sorted(load_dataset("json", data_files="rows.jsonl", split="train").column_names)
print(f"map: {first}, from_generator: {made}, stream: {stream}, JSONL: {read}; the other order, map: {other}")
expected = [["i", "ok"], ["ok"], ["ok"], ["error", "ok"], "KeyError"]
raise SystemExit(0 if [first, made, stream, read, other] == expected else "CHANGED")
PY
HF_HOME="$work/hf" HF_HUB_OFFLINE=1 env/bin/python columns.py 2>/dev/null
