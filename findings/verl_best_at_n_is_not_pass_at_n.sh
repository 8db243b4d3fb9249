#!/usr/bin/env bash
# verl: best@N of the validation and pass@N (verl 0.9.1, transformers 5.10.4, torch 2.13.0, CPU)
#
# Guess:     with 8 samples a theorem, val-core/.../acc/best@8/mean is pass@8, the share of theorems that one of the 8 samples proves, and
#            best@4/mean the usual estimate of pass@4 from the same 8. The std beside it is the error of that mean.
# Behaviour: best@k is the mean of the best of k samples drawn with replacement, also where k is the number of samples: 8 of 8 see two in
#            three of them. A theorem that one sample proved counts 0.65, so the metric is too low by a third just where proofs are rare, and
#            it ranks a model that proves 70 of 100 theorems every time above one that proves all 100 once in 8. std is the mean of each
#            theorem's own spread and is the same for 10 and for 1000 theorems. worst@N and maj@N are drawn alike. Compute pass@k from
#            the samples (validation_data_dir).
# Seen:      "8 samples, all 100 theorems proved by 1 of them: pass@8 1.00, best@8 0.65, pass@4 0.50, best@4 0.41; 70 proved by all, 30 by
#            none: pass@8 0.70, best@8 0.70; best@8/std with 10 and 1000 theorems of the first kind: 0.48 0.48"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.10.4 accelerate==1.15.0 tensordict==0.10.0 ray==2.60.0 hydra-core==1.3.8 \
    codetiming==1.4.0 dill==0.4.1 cloudpickle==3.1.3 numpy==2.4.6 omegaconf==2.3.1
env/bin/pip install -q --no-compile --no-deps verl==0.9.1
cat >best.py <<'PY'
from math import comb

from verl.trainer.ppo.metric_utils import process_validation_metrics

SAMPLES = 8


def validate(proved):
    """verl's metrics of theorems of which each has that many proofs among its samples."""
    accuracy = [float(sample < number) for number in proved for sample in range(SAMPLES)]
    theorems = [str(theorem) for theorem in range(len(proved)) for _ in range(SAMPLES)]
    return process_validation_metrics(["lean"] * len(accuracy), theorems, {"acc": accuracy})["lean"]["acc"]


def passed(proved, k):
    """The unbiased estimate of pass@k."""
    return sum(1 - comb(SAMPLES - number, k) / comb(SAMPLES, k) for number in proved) / len(proved)


rare, certain = [1] * 100, [SAMPLES] * 70 + [0] * 30
found, other = validate(rare), validate(certain)
few, many = (validate([1] * number)["best@8/std"] for number in (10, 1000))
print(
    f"8 samples, all 100 theorems proved by 1 of them: pass@8 {passed(rare, 8):.2f}, best@8 {found['best@8/mean']:.2f},"
    f" pass@4 {passed(rare, 4):.2f}, best@4 {found['best@4/mean']:.2f}; 70 proved by all, 30 by none: pass@8 {passed(certain, 8):.2f},"
    f" best@8 {other['best@8/mean']:.2f}; best@8/std with 10 and 1000 theorems of the first kind: {few:.2f} {many:.2f}"
)
reversed_order = passed(rare, 8) > passed(certain, 8) and found["best@8/mean"] < other["best@8/mean"]
low = found["best@8/mean"] < 0.7 and found["best@4/mean"] < 0.45
raise SystemExit(0 if reversed_order and low and abs(few - many) < 0.01 and few > 0.4 else "CHANGED")
PY
env/bin/python best.py 2>/dev/null
