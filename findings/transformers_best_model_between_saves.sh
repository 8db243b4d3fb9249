#!/usr/bin/env bash
# transformers: load_best_model_at_end with save_steps a multiple of eval_steps (transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     save_steps = 3 * eval_steps is asked for ("must be a multiple of eval_steps") and allowed, so the checkpoint with the best
#            metric is loaded at the end: the best saved one, or the best of all, as "the best checkpoint is always saved" says.
# Behaviour: one number is kept, the best metric of all evaluations, and a checkpoint counts as best only if it is the one of that step. Once
#            an evaluation between two saves is the best, no later checkpoint can be: an old and worse one is loaded at the end, or none,
#            and then the model is that of the last step. save_total_limit deletes the better ones. best_metric, best_global_step and the log
#            go on naming the weights that nobody saved. Nothing is raised or warned. save_steps = eval_steps, or save_strategy="best", is right.
# Seen:      "checkpoints 3, 6, 9 solve 0.30, 0.55, 0.44; loaded at the end: 3, solves 0.30, best_metric 0.60, kept 3 and 9 / with the best
#            evaluation before the first save: checkpoint None, solves 0.44, best_metric 0.60, kept 9 / save_steps 1: 4, solves 0.60"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy transformers==5.24.0 accelerate==1.15.0
cat >best.py <<'PY'
import os

import torch
from transformers import Trainer, TrainingArguments


class Counter(torch.nn.Module):
    """Its one weight is the number of steps that it was trained, so that weights tell where they come from."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x, labels=None):
        return {"loss": -self.weight.sum(), "logits": self.weight.expand(len(x), 1)}


def train(name, solved, **kwargs):
    """What is loaded after one step and one evaluation for each value: checkpoint, step of the weights, their value, best_metric, kept."""
    data = [{"x": torch.zeros(1), "labels": torch.zeros(1)} for _ in solved]
    settings = {"per_device_train_batch_size": 1, "optim": "sgd", "learning_rate": 1.0, "lr_scheduler_type": "constant", "max_grad_norm": 0.0}
    best = {"eval_strategy": "steps", "eval_steps": 1, "load_best_model_at_end": True, "metric_for_best_model": "solved"}
    quiet = {"report_to": [], "use_cpu": True, "disable_tqdm": True, "logging_strategy": "no"}
    trainer = Trainer(
        Counter(),
        TrainingArguments(name, max_steps=len(solved), **settings, **best, **quiet, **kwargs),
        train_dataset=data,
        eval_dataset=data[:1],
        compute_metrics=lambda prediction: {"solved": solved[round(float(prediction.predictions[0][0])) - 1]},
    )
    trainer.train()
    chosen = trainer.state.best_model_checkpoint
    return (
        chosen and int(chosen.rsplit("-", 1)[1]),
        round(trainer.model.weight.item()),
        trainer.evaluate()["eval_solved"],
        trainer.state.best_metric,
        sorted(int(folder.rsplit("-", 1)[1]) for folder in os.listdir(name)),
    )


solved = [0.10, 0.20, 0.30, 0.60, 0.50, 0.55, 0.40, 0.45, 0.44]
thirds = train("thirds", solved, save_strategy="steps", save_steps=3, save_total_limit=2)
early = train("early", [0.60, 0.20, 0.30, 0.40, *solved[4:]], save_strategy="steps", save_steps=3, save_total_limit=1)
each = train("each", solved, save_strategy="steps", save_steps=1, save_total_limit=2)
print(
    f"checkpoints 3, 6, 9 solve 0.30, 0.55, 0.44; loaded at the end: {thirds[0]}, solves {thirds[2]:.2f}, best_metric {thirds[3]:.2f}, kept"
    f" {' and '.join(map(str, thirds[4]))} / with the best evaluation before the first save: checkpoint {early[0]}, solves {early[2]:.2f},"
    f" best_metric {early[3]:.2f}, kept {early[4][0]} / save_steps 1: {each[0]}, solves {each[2]:.2f}"
)
expected = (3, 3, 0.30, 0.60, [3, 9]), (None, 9, 0.44, 0.60, [9]), (4, 4, 0.60, 0.60, [4, 9])
raise SystemExit(0 if (thirds, early, each) == expected else "CHANGED")
PY
env/bin/python best.py 2>/dev/null | tail -n 1
