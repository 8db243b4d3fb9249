#!/usr/bin/env bash
# safetensors: the bytes of two saves of the same tensors (safetensors 0.8.0, numpy 2.4.6)
#
# Guess:     the format has no time stamp and a fixed order of tensors, so the same tensors and metadata give the same bytes; a
#            digest of the file names a checkpoint, and an unchanged one is not stored twice.
# Behaviour: without metadata, or with one entry, that is so. Two and more entries of metadata are written in the order of a hash
#            map that is seeded anew for every call, whatever the order of the dict: twenty saves of one array in one process have
#            several digests. A digest over the tensors' bytes is stable; one over the file is so only with at most one entry, for
#            instance one that holds JSON.
# Seen:      "digests of 20 saves: 0 entries 1, 1 entry 1, 6 entries 20"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q safetensors==0.8.0 numpy==2.4.6
cat >digest.py <<'PY'
import hashlib

import numpy as np
from safetensors.numpy import save


def digests(entries):
    metadata = {f"key{i}": str(i) for i in range(entries)} or None
    return len({hashlib.sha256(save({"w": np.zeros(4, np.float32)}, metadata)).hexdigest() for _ in range(20)})


none, one, six = digests(0), digests(1), digests(6)
print(f"digests of 20 saves: 0 entries {none}, 1 entry {one}, 6 entries {six}")
raise SystemExit(0 if none == one == 1 and six > 1 else "CHANGED")
PY
env/bin/python digest.py
