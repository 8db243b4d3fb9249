#!/usr/bin/env bash
# transformers: a resume with other settings of the optimizer (transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     train(resume_from_checkpoint=...) takes weights, moments and position from the checkpoint and everything else from the
#            TrainingArguments that it is given: a run that diverged is resumed with a tenth of its learning rate.
# Behaviour: the optimizer's state holds its settings and the scheduler's state its base rates, and both replace the new ones without
#            a message: learning_rate, weight_decay and the betas stay those of the first run, while trainer.args holds the new ones.
#            max_steps is taken from the new arguments, so a longer run goes on with the old rate on the new curve, from its second
#            step on: the rate rises in the middle of a linear decay.
# Seen:      "first run's last rate 1.25e-04; resumed with 1e-05: 5.00e-04 3.75e-04, weight decay 0.0, beta2 0.999; to 16 steps:
#            5.00e-04 6.87e-04"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 accelerate==1.15.0 datasets==5.2.0
cat >resume.py <<'PY'
import torch
from datasets import Dataset
from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainerCallback, TrainingArguments

row = [1, 2, 3, 4, 5]
shape = LlamaConfig(
    vocab_size=16, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2
)


class Rates(TrainerCallback):
    def __init__(self):
        self.seen = []

    def on_pre_optimizer_step(self, args, state, control, optimizer=None, **kwargs):
        self.seen.append(round(optimizer.param_groups[0]["lr"], 7))


def run(rate, steps, decay=0.0, beta2=0.999, resume=None):
    torch.manual_seed(0)
    rates = Rates()
    trainer = Trainer(
        model=LlamaForCausalLM(shape),
        args=TrainingArguments(
            output_dir="out", max_steps=steps, save_steps=4, learning_rate=rate, weight_decay=decay, adam_beta2=beta2,
            lr_scheduler_type="linear", per_device_train_batch_size=1, use_cpu=True, report_to="none", disable_tqdm=True,
        ),
        train_dataset=Dataset.from_dict({"input_ids": [row] * 64, "labels": [row] * 64}),
        callbacks=[rates],
    )
    trainer.train(resume_from_checkpoint=resume)
    group = trainer.optimizer.param_groups[0]
    return rates.seen, group["weight_decay"], group["betas"][1]


whole, _, _ = run(1e-3, 8)
resumed, decay, beta2 = run(1e-5, 8, decay=0.1, beta2=0.9, resume="out/checkpoint-4")
longer, _, _ = run(1e-5, 16, resume="out/checkpoint-4")
print(
    f"first run's last rate {whole[-1]:.2e}; resumed with 1e-05: {resumed[0]:.2e} {resumed[1]:.2e}, weight decay {decay}, "
    f"beta2 {beta2}; to 16 steps: {longer[0]:.2e} {longer[1]:.2e}"
)
old = resumed == whole[4:] and (decay, beta2) == (0.0, 0.999)
raise SystemExit(0 if old and longer[0] == whole[4] < longer[1] and longer[1] > 1e-4 else "CHANGED")
PY
env/bin/python resume.py 2>/dev/null | grep '^first run' || { echo CHANGED; exit 1; }
