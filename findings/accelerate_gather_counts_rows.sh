#!/usr/bin/env bash
# accelerate: gather_for_metrics and several attempts at each theorem (accelerate 1.15.0, torch 2.13.0, CPU, one process)
#
# Guess:     gather_for_metrics() "potentially drops duplicates in the last batch if on a distributed system", as its docstring says: on
#            one process, where no sample is repeated, it hands back what it was given.
# Behaviour: it cuts the last batch's first dimension down to the number of data rows that were left, whatever is gathered and however many
#            processes there are. Verdicts in one flat tensor or list, as attempts and tokens often are, lose all but that many: of the last
#            theorem's 8 attempts one is kept, and a set that fits into one batch keeps as many verdicts as it has theorems. No error,
#            no warning: pass@8 and token accuracy are computed over what is left, and rows do not line up with theorems any more. A set
#            that fills its last batch loses nothing; one row for each theorem (5 by 8) is always whole.
# Seen:      "verdicts of 8 attempts each: 5 theorems, batches of 2: flat 33 of 40, list 33, rows 40; 3 theorems, a batch of 4: flat 3 of
#            24, list 3, rows 24; 4 theorems, batches of 2: flat 32 of 32, list 32, rows 32"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 accelerate==1.15.0
cat >gather.py <<'PY'
import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader

ATTEMPTS = 8
accelerator = Accelerator(cpu=True)


def kept(theorems, size, shape):
    """How many verdicts of an evaluation come back."""
    loader = accelerator.prepare(DataLoader(torch.arange(theorems), batch_size=size))
    count = 0
    for batch in loader:
        verdicts = batch[:, None].repeat(1, ATTEMPTS)
        if shape != "rows":
            verdicts = verdicts.flatten()
        if shape == "list":
            verdicts = [str(verdict) for verdict in verdicts.tolist()]
        gathered = accelerator.gather_for_metrics(verdicts)
        count += gathered.numel() if isinstance(gathered, torch.Tensor) else len(gathered)
    return count


found = {(theorems, size): [kept(theorems, size, shape) for shape in ("flat", "list", "rows")] for theorems, size in ((5, 2), (3, 4), (4, 2))}
shown = [f"flat {flat} of {ATTEMPTS * theorems}, list {listed}, rows {rows}" for (theorems, _), (flat, listed, rows) in found.items()]
print(
    f"verdicts of {ATTEMPTS} attempts each: 5 theorems, batches of 2: {shown[0]}; 3 theorems, a batch of 4: {shown[1]};"
    f" 4 theorems, batches of 2: {shown[2]}"
)
raise SystemExit(0 if found == {(5, 2): [33, 33, 40], (3, 4): [3, 3, 24], (4, 2): [32, 32, 32]} else "CHANGED")
PY
env/bin/python gather.py
