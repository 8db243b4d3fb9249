#!/usr/bin/env bash
# inspect-ai: the log that eval() returns does not hold its samples (inspect-ai 0.3.285)
#
# Guess:     eval() returns finished EvalLog objects; log_dir is where a copy is kept. A harness that scores answers in a temporary
#            folder can remove it and go on with log.samples and their scores.
# Behaviour: log.results is in memory, but log.samples is a lazy list over the .eval file. Its first use, bool() and len() included,
#            reads that file; with the folder gone it raises FileNotFoundError although status is "success" and accuracy is there.
# Seen:      "status success, accuracy 1; after the folder is gone: FileNotFoundError; looked at before: 3 samples"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q inspect-ai==0.3.285
cat >lazy.py <<'PY'
import tempfile

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import match
from inspect_ai.solver import solver


@solver
def four():
    async def solve(state, generate):
        state.output = ModelOutput.from_content("none", "4")
        return state

    return solve


def evaluated(look):
    samples = [Sample(input="2 + 2", target="4", id=i) for i in range(3)]
    task = Task(dataset=MemoryDataset(samples), solver=four(), scorer=match())
    with tempfile.TemporaryDirectory() as folder:
        [log] = eval(task, model="mockllm/model", display="none", log_dir=folder)
        if look:
            len(log.samples)
    try:
        held = f"{len(log.samples)} samples"
    except FileNotFoundError:
        held = "FileNotFoundError"
    return log, held


log, late = evaluated(look=False)
_, early = evaluated(look=True)
accuracy = log.results.scores[0].metrics["accuracy"].value
print(f"status {log.status}, accuracy {accuracy:g}; after the folder is gone: {late}; looked at before: {early}")
expected = (log.status, accuracy, late, early) == ("success", 1, "FileNotFoundError", "3 samples")
raise SystemExit(0 if expected else "CHANGED")
PY
env/bin/python lazy.py 2>&1 | tail -1
