#!/usr/bin/env bash
# transformers: what a run with a schedule-free optimizer saves (transformers 5.24.0, schedulefree 1.4.1, torch 2.13.0, CPU)
#
# Guess:     with optim="schedule_free_adamw" the Trainer switches the optimizer between its training and its evaluation weights
#            wherever that matters: what it evaluates is what it saves.
# Behaviour: it switches to the evaluation weights for evaluate() only. A checkpoint, and save_model() after train(), holds the
#            weights at which the next gradient would be taken, unless an evaluation came just before: the same call writes two
#            different models, and train(), save_model(), evaluate() reports the loss of one that no file holds. In a run that
#            saves more often than it evaluates the checkpoints are of two kinds. No message.
# Seen:      "weights saved after train() are the evaluated ones: False, after evaluate(): True; off by 0.10 of the way from the
#            start / checkpoints 10 and 20 of a run that evaluates at 20 hold training weights: True False"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 accelerate==1.15.0 datasets==5.2.0 schedulefree==1.4.1
cat >saved.py <<'PY'
import torch
from datasets import Dataset
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainerCallback, TrainingArguments

generator = torch.Generator().manual_seed(0)
rows = torch.randint(1, 16, (64, 6), generator=generator).tolist()
shape = LlamaConfig(
    vocab_size=16, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2
)


def flat(weights):
    return torch.cat([weights[name].flatten() for name in sorted(weights)])


class Evaluated(TrainerCallback):
    """Keeps the weights of each evaluation."""

    def __init__(self):
        self.weights = {}

    def on_evaluate(self, args, state, control, model=None, **kwargs):
        self.weights[state.global_step] = flat({name: value.clone() for name, value in model.state_dict().items()})


def trained(**settings):
    torch.manual_seed(0)
    model = LlamaForCausalLM(shape)
    start = flat({name: value.clone() for name, value in model.state_dict().items()})
    data = Dataset.from_dict({"input_ids": rows, "labels": rows})
    seen = Evaluated()
    arguments = TrainingArguments(
        output_dir="out", max_steps=20, save_steps=10, optim="schedule_free_adamw", learning_rate=3e-2, warmup_steps=0,
        lr_scheduler_type="constant", use_cpu=True, report_to="none", disable_tqdm=True, **settings,
    )
    trainer = Trainer(model=model, args=arguments, train_dataset=data, eval_dataset=data, callbacks=[seen])
    trainer.train()
    return trainer, seen, start


trainer, seen, start = trained()
trainer.save_model("before")
trainer.evaluate()
trainer.save_model("after")
before, after = (flat(load_file(f"{name}/model.safetensors")) for name in ("before", "after"))
wanted = seen.weights[20]
off = ((before - wanted).norm() / (wanted - start).norm()).item()

trained(eval_strategy="steps", eval_steps=20)
states = [torch.load(f"out/checkpoint-{step}/optimizer.pt") for step in (10, 20)]
modes = [state["param_groups"][0]["train_mode"] for state in states]
same = torch.equal(before, wanted), torch.equal(after, wanted)
print(
    f"weights saved after train() are the evaluated ones: {same[0]}, after evaluate(): {same[1]}; off by {off:.2f} of the way from "
    f"the start / checkpoints 10 and 20 of a run that evaluates at 20 hold training weights: {modes[0]} {modes[1]}"
)
raise SystemExit(0 if same == (False, True) and off > 0.05 and modes == [True, False] else "CHANGED")
PY
env/bin/python saved.py 2>/dev/null | grep '^weights' || { echo CHANGED; exit 1; }
