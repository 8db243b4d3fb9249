#!/usr/bin/env bash
# transformers: early_stopping_threshold and a metric that rises slowly (transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     EarlyStoppingCallback(patience=3, threshold=0.01) stops when three evaluations bring no gain of 0.01 over the best that counted,
#            as ReduceLROnPlateau, and the min_delta of other trainers, measure it: together they may gain that much.
# Behaviour: each evaluation is measured against the best metric so far, which every gain moves, the ones below the threshold too. A run that
#            gains 0.009 in each evaluation is stopped at the fourth, 0.027 better than at the first and still rising; evaluating three times
#            as often stops a run that would have gone on, and evaluating less often saves it. Nothing but the end of the run shows it.
# Seen:      "evaluations of 40 made, the metric rising by 0.009 in each: threshold 0.01 4, ends at 0.127 of 0.451; threshold 0 40; evaluated
#            at every third step 13 of 13; ReduceLROnPlateau with the same patience and threshold sees a plateau: False"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy transformers==5.24.0 accelerate==1.15.0
cat >creep.py <<'PY'
import torch
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments


class Counter(torch.nn.Module):
    """Its one weight is the number of steps that it was trained."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x, labels=None):
        return {"loss": -self.weight.sum(), "logits": self.weight.expand(len(x), 1)}


solved = [0.1 + 0.009 * step for step in range(40)]


def train(threshold, every):
    """The number of evaluations that were made and the last one's metric."""
    data = [{"x": torch.zeros(1), "labels": torch.zeros(1)} for _ in solved]
    settings = {"per_device_train_batch_size": 1, "optim": "sgd", "learning_rate": 1.0, "lr_scheduler_type": "constant", "max_grad_norm": 0.0}
    judged = {"eval_strategy": "steps", "eval_steps": every, "metric_for_best_model": "solved", "save_strategy": "no"}
    quiet = {"report_to": [], "use_cpu": True, "disable_tqdm": True, "logging_strategy": "no"}
    trainer = Trainer(
        Counter(),
        TrainingArguments("out", max_steps=39 if every == 3 else 40, **settings, **judged, **quiet),
        train_dataset=data,
        eval_dataset=data[:1],
        compute_metrics=lambda prediction: {"solved": solved[round(float(prediction.predictions[0][0])) - 1]},
        callbacks=[EarlyStoppingCallback(early_stopping_patience=3, early_stopping_threshold=threshold)],
    )
    trainer.train()
    found = [entry["eval_solved"] for entry in trainer.state.log_history if "eval_solved" in entry]
    return len(found), found[-1]


creeping, free, sparse = train(0.01, 1), train(0.0, 1), train(0.01, 3)
optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", patience=3, threshold=0.01, threshold_mode="abs")
for value in solved:
    scheduler.step(value)
plateau = optimizer.param_groups[0]["lr"] != 1.0
print(
    f"evaluations of 40 made, the metric rising by 0.009 in each: threshold 0.01 {creeping[0]}, ends at {creeping[1]:.3f} of {solved[-1]:.3f};"
    f" threshold 0 {free[0]}; evaluated at every third step {sparse[0]} of 13; ReduceLROnPlateau with the same patience and threshold sees a"
    f" plateau: {plateau}"
)
raise SystemExit(0 if (creeping[0], free[0], sparse[0], plateau) == (4, 40, 13, False) else "CHANGED")
PY
env/bin/python creep.py 2>/dev/null | tail -n 1
