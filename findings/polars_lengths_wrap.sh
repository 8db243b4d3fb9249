#!/usr/bin/env bash
# polars: arithmetic with lengths and counts (polars 2.1.0)
#
# Guess:     a length is an integer like any other: col.list.len() - 100 is negative for a short proof, clip(lower_bound=0) makes no penalty
#            of that, and the lengths of a corpus add up to its tokens; sum() widens "to prevent overflow issues", its description says.
# Behaviour: lengths and counts (list.len, str.len_chars, len of a group, n_unique) are UInt32, an integer literal takes that type, and
#            results wrap without a message. The proofs under the limit get the penalty, 4 billion each, and the long ones come out best.
#            sum() widens 8 and 16 bits only: a corpus of 5.2 billion tokens has 0.9 billion, and the steps per epoch and the schedule
#            follow. mean() is right. cast(pl.Int64) before the arithmetic repairs both.
# Seen:      "penalty of 40, 90 and 160 tokens over a limit of 100: [4294967236, 4294967286, 60], cast first [0, 0, 60]; tokens of 5000
#            documents of 1048576: 947912704, cast first 5242880000, mean 1048576"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile polars==2.1.0 polars-runtime-32==2.1.0
cat >lengths.py <<'PY'
import polars as pl

proofs = pl.DataFrame({"tokens": [[7] * length for length in (40, 90, 160)]})
length = pl.col("tokens").list.len()
plain = proofs.select((length - 100).clip(lower_bound=0)).to_series().to_list()
cast = proofs.select((length.cast(pl.Int64) - 100).clip(lower_bound=0)).to_series().to_list()

document = pl.DataFrame({"tokens": pl.Series([[7] * 2**20], dtype=pl.List(pl.Int8))})
corpus = pl.concat([document] * 5000, rechunk=False)  # 5000 references to one document
total, wide, mean = corpus.select(total=length.sum(), wide=length.cast(pl.Int64).sum(), mean=length.mean()).row(0)
print(
    f"penalty of 40, 90 and 160 tokens over a limit of 100: {plain}, cast first {cast}; tokens of 5000 documents of {2**20}: {total}, "
    f"cast first {wide}, mean {mean:.0f}"
)
wraps = plain == [2**32 - 60, 2**32 - 10, 60] and cast == [0, 0, 60]
raise SystemExit(0 if wraps and wide == 5000 * 2**20 == total + 2**32 and mean == 2**20 else "CHANGED")
PY
env/bin/python lengths.py
