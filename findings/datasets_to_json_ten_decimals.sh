#!/usr/bin/env bash
# datasets: small numbers in Dataset.to_json (datasets 5.2.0, pandas 3.1.1, pyarrow 26.0.1)
#
# Guess:     a float64 column comes back from JSONL as it was, as it does from json.dumps and from Parquet.
# Behaviour: each batch is written by pandas with its default of ten decimal places, not ten digits. Numbers from 1e-15 up to 5e-11 become 0,
#            those somewhat above keep one or two digits, and those far below ten significant ones, so that a glance at Planck's constant
#            shows nothing wrong: of the constants of a problem set the gravitational one is 50% off and the vacuum's permittivity is 0. A
#            log-probability of a sure token becomes -0. Nothing is raised or warned. double_precision=15 is handed on and is the most there
#            is: 8.8541878188e-12 keeps four digits. json.dumps for each row, or to_parquet, is exact.
# Seen:      "SI values after to_json and load_dataset: h 6.62607e-34, eps0 0, G 1e-10, a0 1e-10, log(1 - 1e-12) -0, 2/3 0.6666666667; eps0
#            with double_precision=15 8.854e-12; equal to what was written: 1 of 6, with 15 2 of 6, by json.dumps 6 of 6, to_parquet 6 of 6"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf" HF_HUB_OFFLINE=1
python3 -m venv env
env/bin/pip install -q --no-compile datasets==5.2.0 pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
cat >decimals.py <<'PY'
import json
import math

from datasets import Dataset, disable_progress_bars, load_dataset

disable_progress_bars()
constants = {"h": 6.62607015e-34, "eps0": 8.8541878188e-12, "G": 6.6743e-11, "a0": 5.29177210544e-11}
written = constants | {"log(1 - 1e-12)": math.log(1 - 1e-12), "2/3": 2 / 3}
rows = [{"name": name, "value": value} for name, value in written.items()]
table = Dataset.from_list(rows)
table.to_json("ten.jsonl")
table.to_json("fifteen.jsonl", double_precision=15)
table.to_parquet("exact.parquet")
with open("dumps.jsonl", "w") as file:
    file.writelines(json.dumps(row) + "\n" for row in rows)


def load(path):
    read = load_dataset("parquet" if path.endswith("parquet") else "json", data_files=path, split="train")
    return dict(zip(read["name"], read["value"]))


ten, fifteen, dumps, parquet = (load(path) for path in ("ten.jsonl", "fifteen.jsonl", "dumps.jsonl", "exact.parquet"))
equal = [sum(values[name] == written[name] for name in written) for values in (ten, fifteen, dumps, parquet)]
shown = ", ".join(f"{name} {value:.10g}" if name == "2/3" else f"{name} {value:.6g}" for name, value in ten.items())
print(
    f"SI values after to_json and load_dataset: {shown}; eps0 with double_precision=15 {fifteen['eps0']:.10g}; equal to what was written:"
    f" {equal[0]} of 6, with 15 {equal[1]} of 6, by json.dumps {equal[2]} of 6, to_parquet {equal[3]} of 6"
)
lost = ten["eps0"] == ten["log(1 - 1e-12)"] == 0 and ten["G"] == ten["a0"] == 1e-10 and fifteen["eps0"] == 8.854e-12
raise SystemExit(0 if lost and equal == [1, 2, 6, 6] else "CHANGED")
PY
env/bin/python decimals.py 2>/dev/null | tail -n 1
