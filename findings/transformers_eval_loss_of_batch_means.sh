#!/usr/bin/env bash
# transformers: eval_loss and the size of the evaluation batch (transformers 5.24.0, accelerate 1.15.0, torch 2.13.0, CPU)
#
# Guess:     eval_loss is the mean over the labelled tokens of the evaluation set, as the training loss is since it counts
#            num_items_in_batch; per_device_eval_batch_size is a matter of memory, and exp(eval_loss) is the perplexity.
# Behaviour: each batch gives the mean over its own tokens, and the batches are averaged by their number of rows. Where lengths
#            differ, one model and one data set have several losses, and two runs compare only at one batch size and order. One
#            batch that holds all rows gives the mean over tokens.
# Seen:      "eval_loss: batch 1 5.172, batch 2 4.614, batch 8 4.643; mean over tokens 4.643"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 accelerate==1.15.0 datasets==5.2.0
cat >batches.py <<'PY'
import torch
from datasets import Dataset
from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainingArguments

generator = torch.Generator().manual_seed(0)
rows = [torch.randint(1, 16, (length,), generator=generator).tolist() for length in (2,) * 7 + (40,)]
torch.manual_seed(0)
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=16, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, initializer_range=0.5,
    )
)


def collate(batch):
    longest = max(len(row["ids"]) for row in batch)
    padded = [row["ids"] + [-100] * (longest - len(row["ids"])) for row in batch]
    labels = torch.tensor(padded)
    return {"input_ids": labels.clamp(min=0), "attention_mask": (labels >= 0).long(), "labels": labels}


def eval_loss(size):
    arguments = TrainingArguments(
        output_dir="out", per_device_eval_batch_size=size, remove_unused_columns=False, use_cpu=True, report_to="none",
        disable_tqdm=True,
    )
    data = Dataset.from_dict({"ids": rows})
    return Trainer(model=model, args=arguments, eval_dataset=data, data_collator=collate).evaluate()["eval_loss"]


def token_mean():
    total = count = 0
    for row in rows:
        ids = torch.tensor([row])
        with torch.no_grad():
            total += model(input_ids=ids, labels=ids).loss.item() * (len(row) - 1)
        count += len(row) - 1
    return total / count


one, two, eight, mean = eval_loss(1), eval_loss(2), eval_loss(8), token_mean()
print(f"eval_loss: batch 1 {one:.3f}, batch 2 {two:.3f}, batch 8 {eight:.3f}; mean over tokens {mean:.3f}")
raise SystemExit(0 if abs(eight - mean) < 1e-3 and abs(one - mean) > 0.1 and abs(one - two) > 0.1 else "CHANGED")
PY
env/bin/python batches.py 2>/dev/null | grep '^eval_loss' || { echo CHANGED; exit 1; }
