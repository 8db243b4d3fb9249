#!/usr/bin/env bash
# DuckDB: a JSONL field that is null in the first 20,480 rows (duckdb 2.0.1)
#
# Guess:     read_json takes the types from the first 20,480 rows (sample_size); a later value that does not fit is an error, as
#            ignore_errors=false says and as a text in a column of numbers is, or a column of nulls stays open (JSON).
# Behaviour: a column that was null so far has the type NULL, and whatever comes later is null as well: with a harness that writes
#            "error": null, the first failure after row 20,480 and all after it are no failures. A reward that was 0 or 1 so far
#            is an integer: 0.25 and 0.5 become 0, 0.75 becomes 1. Neither raises; only text among numbers does. A shorter file keeps
#            all of it, and so does sample_size=-1.
# Seen:      "late rows: ('timeout', 0.25), ('timeout', 0.5), ('timeout', 0.75); read: (None, 0), (None, 0), (None, 1); sample_size=-1:
#            ('timeout', 0.25), ('timeout', 0.5), ('timeout', 0.75); text among numbers: raised"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q duckdb==2.0.1
cat >late.py <<'PY'
import json

import duckdb

SAMPLE = 20480


def write(early, late):
    with open("attempts.jsonl", "w") as file:
        for row, (error, reward) in enumerate([early(row) for row in range(SAMPLE)] + late):
            file.write(json.dumps({"id": row, "error": error, "reward": reward}) + "\n")


def read(options=""):
    asked = f"SELECT error, reward FROM read_json('attempts.jsonl'{options}) WHERE id >= {SAMPLE} ORDER BY id"
    return duckdb.sql(asked).fetchall()


def told(rows):
    return ", ".join(str(row) for row in rows)


late = [("timeout", 0.25), ("timeout", 0.5), ("timeout", 0.75)]
write(lambda row: (None, row % 2), late)
found = read()
whole = [(json.loads(error) if error.startswith('"') else error, reward) for error, reward in read(", sample_size=-1")]
write(lambda row: (0, 0), [("timeout", 0)])
try:
    text = str(read())
except duckdb.InvalidInputException:
    text = "raised"
print(f"late rows: {told(late)}; read: {told(found)}; sample_size=-1: {told(whole)}; text among numbers: {text}")
lost = found == [(None, 0), (None, 0), (None, 1)] and whole == late
raise SystemExit(0 if lost and text == "raised" else "CHANGED")
PY
env/bin/python late.py
