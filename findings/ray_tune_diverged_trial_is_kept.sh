#!/usr/bin/env bash
# ray.tune: what ASHA and HyperBand do with a trial whose loss is NaN (ray 2.60.0)
#
# Guess:     a trial that has diverged is the worst there is and the first to be stopped: that is what early stopping is for, and
#            get_best_result, which leaves NaN out by default, shows that Tune knows of it.
# Behaviour: ASHA asks whether the loss is worse than the cutoff, which nothing says of NaN: the diverged trial runs to max_t while healthy
#            ones are stopped at the first rung. HyperBand sorts a bracket by the loss, and among NaN the order is no order: here NaN is the
#            last of the bracket and passes for its best, and takes the place of a healthy trial, which is stopped. Nothing is raised or
#            logged; much of the sweep's time goes to dead runs. Reporting inf in place of NaN puts both right.
# Seen:      "reports of the trials with loss 0.1 0.2 0.3 0.4 and one diverged: ASHA 16 2 2 2 and 16, HyperBand 9 3 3 3 and 9; with inf in place
#            of NaN: ASHA 16 2 2 2 and 2, HyperBand 9 9 3 3 and 3"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile "ray[tune]==2.60.0" pandas==3.1.1 pyarrow==26.0.1
cat >diverged.py <<'PY'
import math
import os

import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler, HyperBandScheduler

ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=100 * 2**20)


class Training(tune.Trainable):
    """A first report of 0.9, then the loss of the configuration."""

    def setup(self, config):
        self.loss = config["loss"]

    def step(self):
        return {"loss": self.loss if self.iteration else 0.9}

    def save_checkpoint(self, folder):
        pass

    def load_checkpoint(self, folder):
        pass

    def reset_config(self, config):
        self.setup(config)
        return True


def reports(name, scheduler, losses):
    """How many reports each of the last five trials made."""
    grid = tune.Tuner(
        Training,
        param_space={"loss": tune.grid_search(losses)},
        tune_config=tune.TuneConfig(metric="loss", mode="min", scheduler=scheduler, reuse_actors=True),
        run_config=tune.RunConfig(name=name, storage_path=f"{os.getcwd()}/runs", verbose=0),
    ).fit()
    return [result.metrics["training_iteration"] for result in grid][-5:]


found = []
for diverged in (math.nan, math.inf):
    losses = [0.1, 0.2, 0.3, 0.4, diverged]
    asha = reports(f"asha {diverged}", ASHAScheduler(max_t=16, grace_period=2), losses)
    # The first bracket, which halves nothing, takes three trials; the next one takes five and keeps two.
    band = reports(f"hyperband {diverged}", HyperBandScheduler(max_t=9, reduction_factor=3), [0.5] * 3 + losses)
    found.append((asha, band))
ray.shutdown()
shown = [", ".join(f"{name} {' '.join(map(str, made[:4]))} and {made[4]}" for name, made in zip(("ASHA", "HyperBand"), pair)) for pair in found]
print(f"reports of the trials with loss 0.1 0.2 0.3 0.4 and one diverged: {shown[0]}; with inf in place of NaN: {shown[1]}")
described = found == [([16, 2, 2, 2, 16], [9, 3, 3, 3, 9]), ([16, 2, 2, 2, 2], [9, 9, 3, 3, 3])]
raise SystemExit(0 if described else "CHANGED")
PY
env/bin/python diverged.py 2>/dev/null | tail -n 1
