#!/usr/bin/env bash
# datasets: dtypes under with_format("numpy") (datasets 5.2.0)
#
# Guess:     the numpy format shows a column in the dtype of its Arrow type; the features say float64 and uint64.
# Behaviour: a number read as one row keeps its dtype, the same number read in a column, a slice or a batch does not: floating
#            point becomes float32 and integers become int64. 16777217.0 is then 16777216.0, and an unsigned 64-bit hash is
#            negative, so a key made from rows does not match one made from batches. A batched map writes the narrowed numbers
#            back as the new column's type.
# Seen:      "row float64 16777217.0, uint64 9223372036854775813 / batch float32 16777216.0, int64 -9223372036854775803
#            / map: row float64, batched float32"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q datasets==5.2.0
cat >narrow.py <<'PY'
import numpy as np
from datasets import Dataset

columns = {"x": np.array([16777217.0]), "h": np.array([2**63 + 5], dtype=np.uint64)}
data = Dataset.from_dict(columns).with_format("numpy")
row, batch = data[0], data[:]
x, h = row["x"], row["h"]
xs, hs = batch["x"], batch["h"]
one = data.map(lambda e: {"y": e["x"]}).features["y"].dtype
many = data.map(lambda e: {"y": e["x"]}, batched=True).features["y"].dtype
print(f"row {x.dtype} {x}, {h.dtype} {h} / batch {xs.dtype} {xs[0]}, {hs.dtype} {hs[0]} / map: row {one}, batched {many}")
kept = (data.features["x"].dtype, x, h) == ("float64", 16777217.0, 2**63 + 5)
narrowed = (str(xs.dtype), str(hs.dtype), xs[0], hs[0]) == ("float32", "int64", 16777216.0, 5 - 2**63)
raise SystemExit(0 if kept and narrowed and (one, many) == ("float64", "float32") else "CHANGED")
PY
env/bin/python narrow.py 2>/dev/null
