#!/usr/bin/env bash
# safetensors.numpy and a transposed array (safetensors 0.8.0, numpy 2.4.6)
#
# Guess:     what save() is given is what load() returns; an array whose layout the format cannot hold is copied, as numpy.save
#            does it, or refused, as safetensors.torch refuses it.
# Behaviour: the numpy half writes the bytes as they lie in memory under the shape of the array. A transposed (Fortran-ordered)
#            array, `w.T` of a Linear kept for another framework, comes back with the right shape and dtype and the wrong entries:
#            no error, no warning. Its docstring says "contiguous and dense", which w.T is (flags.forc). np.ascontiguousarray
#            before saving keeps it.
# Seen:      "saved [[0, 3], [1, 4], [2, 5]], loaded [[0, 1], [2, 3], [4, 5]]; copied first: [[0, 3], [1, 4], [2, 5]]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q safetensors==0.8.0 numpy==2.4.6
cat >layout.py <<'PY'
import numpy as np
from safetensors.numpy import load, save

saved = np.arange(6, dtype=np.float32).reshape(2, 3).T
assert saved.flags.forc
loaded = load(save({"w": saved}))["w"]
copied = load(save({"w": np.ascontiguousarray(saved)}))["w"]
show = [array.astype(int).tolist() for array in (saved, loaded, copied)]
print(f"saved {show[0]}, loaded {show[1]}; copied first: {show[2]}")
scrambled = loaded.shape == saved.shape and loaded.dtype == saved.dtype and not np.array_equal(loaded, saved)
raise SystemExit(0 if scrambled and np.array_equal(copied, saved) else "CHANGED")
PY
env/bin/python layout.py
