#!/usr/bin/env bash
# transformers: gradient accumulation and a classification head (transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     eight rows are one update, whether they come as one batch of 8 or as 8 batches of 1 with
#            gradient_accumulation_steps=8: the gradient and the logged loss are means, as they are for a language model.
# Behaviour: the Trainer leaves the division to a model whose forward takes **kwargs, since num_items_in_batch is handed to it. The
#            head for sequence classification of a decoder model (a reward model, a judge of proofs, a value head) takes it and does
#            not use it: each batch gives its own mean and nothing divides. Gradient and logged loss are the number of
#            accumulation steps times too large, so the same max_grad_norm cuts harder and curves of two runs do not compare.
#            trainer.loss_is_scaled_for_ga = False mends it.
# Seen:      "gradient norm and loss at 1, 2, 8 accumulation steps, as a multiple of the first: language model 1.00 1.00 1.00,
#            classes 1.00 2.00 8.00, regression 1.00 2.00 8.00; classes with loss_is_scaled_for_ga = False 1.00 1.00 1.00"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 accelerate==1.15.0 datasets==5.2.0
cat >accumulate.py <<'PY'
import torch
from datasets import Dataset
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, Trainer, TrainingArguments

generator = torch.Generator().manual_seed(0)
rows = torch.randint(1, 16, (8, 5), generator=generator).tolist()
WINDOWS = (1, 2, 8)


def first_step(head, labels, steps, scaled, **settings):
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=16, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, pad_token_id=0, **settings,
    )
    arguments = TrainingArguments(
        output_dir="out", max_steps=1, logging_steps=1, per_device_train_batch_size=len(rows) // steps,
        gradient_accumulation_steps=steps, save_strategy="no", use_cpu=True, report_to="none", disable_tqdm=True,
    )
    data = Dataset.from_dict({"input_ids": rows, "labels": labels})
    trainer = Trainer(model=head(shape), args=arguments, train_dataset=data)
    trainer.loss_is_scaled_for_ga = scaled
    trainer.train()
    logged = trainer.state.log_history[0]
    return logged["grad_norm"], logged["loss"]


def multiples(head, labels, scaled=None, **settings):
    """Gradient norm and logged loss of one update at each number of accumulation steps, as multiples of those without."""
    found = [first_step(head, labels, steps, scaled, **settings) for steps in WINDOWS]
    return [[value / values[0] for value in values] for values in zip(*found)]


classes = [0, 1] * 4
language = multiples(LlamaForCausalLM, rows)
sorted_out = multiples(LlamaForSequenceClassification, classes, num_labels=2)
graded = multiples(LlamaForSequenceClassification, [i / 8 for i in range(8)], num_labels=1, problem_type="regression")
mended = multiples(LlamaForSequenceClassification, classes, scaled=False, num_labels=2)
texts = [
    [" ".join(f"{value:.2f}" for value in values) for values in found] for found in (language, sorted_out, graded, mended)
]
shown = [norms for norms, _ in texts]
print(
    "gradient norm and loss at 1, 2, 8 accumulation steps, as a multiple of the first: "
    f"language model {shown[0]}, classes {shown[1]}, regression {shown[2]}; "
    f"classes with loss_is_scaled_for_ga = False {shown[3]}"
)
one, steps = "1.00 1.00 1.00", "1.00 2.00 8.00"
raise SystemExit(0 if texts == [[one] * 2, [steps] * 2, [steps] * 2, [one] * 2] else "CHANGED")
PY
env/bin/python accumulate.py 2>/dev/null | grep '^gradient' || { echo CHANGED; exit 1; }
