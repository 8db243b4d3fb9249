#!/usr/bin/env bash
# transformers: lr_scheduler_type="reduce_lr_on_plateau" and a metric that should rise (transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     the schedule watches metric_for_best_model, and the Trainer knows that more of it is better: greater_is_better is True for
#            "solved", by default too. So the rate falls when "solved" stops rising.
# Behaviour: the metric is handed over and its direction is not: the scheduler is torch's with mode="min". A share of solved theorems that
#            rises at every evaluation counts as one long plateau, and the rate falls by ten at each patience + 1 evaluations until nothing
#            is learned any more; one that falls at every evaluation keeps the full rate. The same run picks the best checkpoint by the right
#            direction. Nothing is raised or logged. lr_scheduler_kwargs={"mode": "max"} mends it. The new "greedy" schedule is made the
#            same way.
# Seen:      "greater_is_better True; rate after 12 evaluations, patience 2: solved rises 1e-06, solved falls 1e-03; with mode=max: solved
#            rises 1e-03, solved falls 1e-06"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.24.0 accelerate==1.15.0 numpy==2.4.6
cat >plateau.py <<'PY'
import torch
from transformers import Trainer, TrainingArguments


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x, labels=None):
        return {"loss": (self.weight - x).square().mean(), "logits": self.weight.expand(len(x))}


def train(solved, **settings):
    """greater_is_better, the best metric, and the learning rate after the last of the evaluations, one each step."""
    rows = [{"x": 1.0, "labels": 0}] * 4
    shares = iter(solved)
    arguments = TrainingArguments(
        "out", report_to=[], use_cpu=True, disable_tqdm=True, max_steps=len(solved), learning_rate=1e-3, logging_strategy="no",
        eval_strategy="steps", eval_steps=1, save_strategy="no", metric_for_best_model="solved", lr_scheduler_type="reduce_lr_on_plateau",
        lr_scheduler_kwargs={"patience": 2, **settings},
    )  # fmt: skip
    metrics = {"compute_metrics": lambda _: {"solved": next(shares)}}
    trainer = Trainer(Model(), arguments, train_dataset=rows, eval_dataset=rows, **metrics)
    trainer.train()
    return arguments.greater_is_better, trainer.state.best_metric, trainer.optimizer.param_groups[0]["lr"]


rising = [0.05 * number for number in range(1, 13)]
runs = [train(shares, **settings) for settings in ({}, {"mode": "max"}) for shares in (rising, rising[::-1])]
greater, best = {run[0] for run in runs}, {run[1] for run in runs}
rates = [run[2] for run in runs]
print(
    f"greater_is_better {runs[0][0]}; rate after 12 evaluations, patience 2: solved rises {rates[0]:.0e}, solved falls {rates[1]:.0e}; "
    f"with mode=max: solved rises {rates[2]:.0e}, solved falls {rates[3]:.0e}"
)
described = rates[0] < 1e-5 and rates[3] < 1e-5 and rates[1] == rates[2] == 1e-3
raise SystemExit(0 if greater == {True} and best == {rising[-1]} and described else "CHANGED")
PY
env/bin/python plateau.py 2>/dev/null | tail -n 1
