#!/usr/bin/env bash
# ray.tune: what the two plateau stoppers count (ray 2.60.0)
#
# Guess:     ExperimentPlateauStopper(metric, top=10) ends a sweep when its ten best models no longer differ ("top: the number of best
#            models to consider", "plateaued across trials"); TrialPlateauStopper(metric) ends a trial whose metric no longer moves, for
#            any metric that stop={...}, a scheduler or get_best_result takes.
# Behaviour: the first one counts reports. Ten reports of 0 by the first trial, a prover that solves nothing yet, end the whole sweep; the
#            trials behind it are never started. The second one looks its metric up in the nested result and takes any trouble with the
#            values that it finds for an infinite spread: "eval/solved", which stop={...} finds, and a metric that only every second
#            report has never stop a trial, without a message.
# Seen:      "trials started by a sweep of 4: 1, reports of it: 10 / reports of a flat trial that makes 12: TrialPlateauStopper
#            solved 4, eval/solved 12, solved in every second report 12; stop={'eval/solved': 0.0} 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q "ray[tune]==2.60.0" pandas==3.1.1 pyarrow==26.0.1
cat >plateau.py <<'PY'
import os

import ray
from ray import tune
from ray.tune.stopper import CombinedStopper, ExperimentPlateauStopper, TrialPlateauStopper

ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=100 * 2**20)


def fit(name, stop, kinds):
    """The reports of each trial that was started."""

    def train(config):
        for step in range(1, 13):
            solved = {"steep": step / 12}.get(config["kind"], 0.0)
            if config["kind"] == "nested":
                tune.report({"eval": {"solved": solved}})
            elif config["kind"] == "sparse" and step % 2:
                tune.report({"loss": 1.0})
            else:
                tune.report({"solved": solved})

    grid = tune.Tuner(
        train,
        param_space={"kind": tune.grid_search(kinds)},
        tune_config=tune.TuneConfig(max_concurrent_trials=1),
        run_config=tune.RunConfig(name=name, storage_path=f"{os.getcwd()}/runs", stop=stop, verbose=0),
    ).fit()
    return [result.metrics["training_iteration"] for result in grid if (result.metrics or {}).get("training_iteration")]


sweep = fit("sweep", ExperimentPlateauStopper("solved", mode="max"), ["flat", "steep", "steep", "steep"])
either = CombinedStopper(TrialPlateauStopper("solved"), TrialPlateauStopper("eval/solved"))
flat, sparse, nested = fit("trials", either, ["flat", "sparse", "nested"])
found = fit("dictionary", {"eval/solved": 0.0}, ["nested"])[0]
ray.shutdown()
print(
    f"trials started by a sweep of 4: {len(sweep)}, reports of it: {sweep[0]} / reports of a flat trial that makes 12:"
    f" TrialPlateauStopper solved {flat}, eval/solved {nested}, solved in every second report {sparse};"
    f" stop={{'eval/solved': 0.0}} {found}"
)
raise SystemExit(0 if (sweep, flat, nested, sparse, found) == ([10], 4, 12, 12, 1) else "CHANGED")
PY
env/bin/python plateau.py 2>/dev/null | tail -n 1
