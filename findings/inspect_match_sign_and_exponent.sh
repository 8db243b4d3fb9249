#!/usr/bin/env bash
# inspect-ai: the scorer match() and the numbers of physics (inspect-ai 0.3.285)
#
# Guess:     match() forgives case and the full stop after an answer, and then wants the target at the end of the output;
#            match(numeric=True) compares values: 3.0 × 10⁸ and 3e8 are one answer, and 7 × 10⁸ is not 10⁸.
# Behaviour: match() strips punctuation from both ends of the target, a minus sign too, and asks whether the output ends with what is left: an
#            answer of the wrong sign is correct, and 25 where 5 is asked for. numeric=True is right there, but takes the last word that
#            reads as a number, and 10⁸ is one: 3.0 × 10⁸ m/s is marked wrong, and 7.0 × 10⁸ correct where the target is 10⁸.
#            The accuracy of a physics set is off in both directions, without a message. numeric=True and a prompt that asks for
#            e-notation are right.
# Seen:      "match() and match(numeric=True): target -5, 'The answer is 5': C, I; target 5, 'The answer is 25': C, I; target 300000000,
#            'v = 3.0 × 10⁸ m/s': I, I; target 300000000, 'v = 3e8 m/s': I, C; target 100000000, 'n = 7.0 × 10⁸': I, C"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile inspect-ai==0.3.285
cat >signs.py <<'PY'
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import match
from inspect_ai.solver import solver

cases = [
    ("-5", "The answer is 5"),
    ("5", "The answer is 25"),
    ("300000000", "v = 3.0 × 10⁸ m/s"),
    ("300000000", "v = 3e8 m/s"),
    ("100000000", "n = 7.0 × 10⁸"),
]


@solver
def told():
    async def solve(state, generate):
        state.output = ModelOutput.from_content("none", state.input_text)
        return state

    return solve


def marks(**settings):
    samples = [Sample(input=output, target=target, id=i) for i, (target, output) in enumerate(cases)]
    task = Task(dataset=MemoryDataset(samples), solver=told(), scorer=match(**settings))
    [log] = eval(task, model="mockllm/model", display="none", log_dir="logs")
    return [sample.scores["match"].value for sample in sorted(log.samples, key=lambda sample: sample.id)]


plain, numeric = marks(), marks(numeric=True)
shown = [f"target {target}, '{output}': {a}, {b}" for (target, output), a, b in zip(cases, plain, numeric)]
print("match() and match(numeric=True): " + "; ".join(shown))
raise SystemExit(0 if "".join(plain) == "CCIII" and "".join(numeric) == "IIICC" else "CHANGED")
PY
env/bin/python signs.py
