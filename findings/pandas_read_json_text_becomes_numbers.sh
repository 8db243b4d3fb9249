#!/usr/bin/env bash
# pandas: texts of digits in JSONL, an answer or an identifier (pandas 3.1.1, numpy 2.4.6)
#
# Guess:     JSON says what is a text: "answer": "9.80" stays "9.80", as json.loads and every typed reader have it. What pandas infers is
#            the width of numbers.
# Behaviour: read_json turns a column of texts into numbers if all of them can be read as one, so it depends on the other rows. A file of
#            numerical answers comes back as 9.8 and 1000.0, and no exact comparison with "9.80" or "1e3" holds; one row more, whose answer
#            is a formula, and all hold. With chunksize each chunk decides for itself, and one column has both types. Identifiers of
#            20 digits, hashes of 64 bits, become floats in which different theorems are one. No message. dtype=False keeps texts, and so
#            does dtype={"answer": str, "id": str}.
# Seen:      "answers as written, identifiers, of 4: numerical file (0, 1), with a formula in a fifth row (4, 4), dtype=False (4, 4), dtype named
#            (4, 4); the file with the formula in chunks of two: [[9.8, 1000.0], [0.5, 2.5], ['m v^2 / 2']]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile pandas==3.1.1 numpy==2.4.6
cat >answers.py <<'PY'
import json

import pandas

rows = [
    {"id": "18446744073709551000", "answer": "9.80"},
    {"id": "18446744073709551001", "answer": "1e3"},
    {"id": "18446744073709551002", "answer": "0.50"},
    {"id": "18446744073709551003", "answer": "2.50"},
]
formula = {"id": "h0", "answer": "m v^2 / 2"}
for name, content in (("numbers", rows), ("mixed", [*rows, formula])):
    with open(f"{name}.jsonl", "w") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in content)


def right(frame):
    """How many of the four numerical answers are what the file says, and how many identifiers there are of their rows."""
    found = [str(answer) for answer in frame["answer"]][:4]
    return sum(answer == row["answer"] for answer, row in zip(found, rows)), len(set(list(frame["id"])[:4]))


def read(name, **options):
    return pandas.read_json(f"{name}.jsonl", lines=True, **options)


numbers, mixed, kept, named = (
    right(frame) for frame in (read("numbers"), read("mixed"), read("numbers", dtype=False), read("numbers", dtype={"answer": str, "id": str}))
)
chunks = [chunk["answer"].tolist() for chunk in read("mixed", chunksize=2)]
print(
    f"answers as written, identifiers, of 4: numerical file {numbers}, with a formula in a fifth row {mixed}, dtype=False {kept}, dtype named"
    f" {named}; the file with the formula in chunks of two: {chunks}"
)
described = numbers == (0, 1) and mixed == kept == named == (4, 4) and chunks == [[9.8, 1000.0], [0.5, 2.5], ["m v^2 / 2"]]
raise SystemExit(0 if described else "CHANGED")
PY
env/bin/python answers.py
