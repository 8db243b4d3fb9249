#!/usr/bin/env bash
# torch.optim.lr_scheduler.ReduceLROnPlateau: a metric below zero (torch 2.13.0, CPU)
#
# Guess:     "reduce learning rate when a metric has stopped improving": the sign of the metric does not matter, and the default threshold
#            of 1e-4 ignores what is too small to count. A mean reward of -5 in mode="max", or a mean log-probability, is watched like one of 5.
# Behaviour: the threshold is relative and multiplies the best value, which puts the bar on the wrong side of a negative one: with a best of
#            -5, all above -5.0005 is an improvement in "max". A constant metric improves for ever and the rate never falls; worse, a metric
#            that sinks by less than the threshold at each evaluation becomes the new best each time, so that the best sinks with it. The same
#            holds for a negative loss in "min". At threshold=0.1 a reward that gets 9% worse at every evaluation is progress. Nothing is
#            raised or logged. threshold_mode="abs" is right at any sign.
# Seen:      "rate after 100 evaluations, patience 5: max, constant 5 1e-08, constant -5 1e+00; min, constant 5 1e-08, constant -5 1e+00;
#            max, threshold 0.1, from -5 to -25363 1e+00 (best -25363); with abs, constant -5
#            1e-08, from -5 to -25363 1e-08"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy==2.4.6
cat >plateau.py <<'PY'
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau


def watch(mode, values, **settings):
    """The learning rate, from 1, and the best value after all the values."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = ReduceLROnPlateau(optimizer, mode=mode, patience=5, **settings)
    for value in values:
        scheduler.step(value)
    return optimizer.param_groups[0]["lr"], scheduler.best


sinking = [-5 * 1.09**number for number in range(100)]
rates = {(mode, value): watch(mode, [value] * 100)[0] for mode in ("max", "min") for value in (5.0, -5.0)}
sunk, best = watch("max", sinking, threshold=0.1)
mended = watch("max", [-5.0] * 100, threshold_mode="abs")[0], watch("max", sinking, threshold_mode="abs")[0]
shown = "; ".join(f"{mode}, constant 5 {rates[mode, 5.0]:.0e}, constant -5 {rates[mode, -5.0]:.0e}" for mode in ("max", "min"))
print(
    f"rate after 100 evaluations, patience 5: {shown}; max, threshold 0.1, from -5 to {sinking[-1]:.0f} {sunk:.0e} (best {best:.0f}); "
    f"with abs, constant -5 {mended[0]:.0e}, from -5 to {sinking[-1]:.0f} {mended[1]:.0e}"
)
never = {rates["max", -5.0], rates["min", -5.0], sunk} == {1.0} and best == sinking[-1]
falls = max(rates["max", 5.0], rates["min", 5.0], *mended) < 1e-6
raise SystemExit(0 if never and falls else "CHANGED")
PY
env/bin/python plateau.py
