#!/usr/bin/env bash
# polars: a list that is empty in the first 100 rows of a JSONL file (polars 2.1.0)
#
# Guess:     read_ndjson takes a column's type from the first 100 rows (infer_schema_length); a later value that does not fit raises, as
#            a message does after 100 times null, and a fraction after lists of integers.
# Behaviour: 100 times [] give list[null], and a later ["unsolved goals", "timeout"] fits it: two entries come back, both null. The list
#            has its length, the texts are gone, nothing is raised or warned, though ignore_errors is off. In a log of attempts
#            whose first 100 have no errors, no later attempt has an error text; with the first text in row 100 all are there.
#            scan_ndjson does the same; infer_schema_length=None or a schema keeps them.
# Seen:      "row 101: [None, None]; scan_ndjson: [None, None]; the whole file inferred: ['unsolved goals', 'timeout']; after null: raised;
#            after [1]: raised"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q polars==2.1.0
cat >lists.py <<'PY'
import json

import polars as pl


def last(first, late, read=pl.read_ndjson, **options):
    rows = [{"id": row, "errors": first} for row in range(100)] + [{"id": 100, "errors": late}]
    with open("attempts.jsonl", "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    try:
        table = read("attempts.jsonl", **options)
    except pl.exceptions.ComputeError:
        return "raised"
    return table.lazy().collect()["errors"].to_list()[-1]


texts = ["unsolved goals", "timeout"]
read, scan = last([], texts), last([], texts, pl.scan_ndjson)
whole = last([], texts, infer_schema_length=None)
after_null, after_integers = last(None, "timeout"), last([1], [0.5])
print(f"row 101: {read}; scan_ndjson: {scan}; the whole file inferred: {whole}; after null: {after_null}; after [1]: {after_integers}")
lost = read == scan == [None, None] and whole == texts
raise SystemExit(0 if lost and after_null == after_integers == "raised" else "CHANGED")
PY
env/bin/python lists.py
