#!/usr/bin/env bash
# TRL: loss_type="aot" of DPOTrainer and the batch on the device (trl 1.16.0, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     AOT aligns the distribution of the chosen answers with that of the rejected ones over the batch of an optimizer step. Eight pairs
#            are eight pairs: a batch of 8, or a batch of 1 with gradient_accumulation_steps=8 where memory is short, as for every other loss.
# Behaviour: the sort behind the loss runs over the pairs of one forward pass. With one pair there is nothing to sort, and "aot" and
#            "aot_unpaired" are the sigmoid loss of DPO to the last digit: the run says AOT and is DPO. With 2 pairs it is something between,
#            and several devices sort each their own. The default loss gives the same weights under every split. Nothing is raised or
#            logged. AOT needs the batch on the device: accumulation does not replace it.
# Seen:      "weights after 6 steps of 8 pairs; DPO under the three splits differs by 0.0001; distance to DPO with 8 x 1, 4 x 2, 1 x 8 (forward
#            passes x pairs): aot 0.0000 0.0007 0.0127, aot_unpaired 0.0000 0.0103 0.0281"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.24.0 tokenizers==0.23.3 accelerate==1.15.0 datasets==5.2.0 trl==1.16.0
cat >aot.py <<'PY'
import random
from string import ascii_lowercase

import torch
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer

words = ["<pad>", "<eos>", *ascii_lowercase]
inner = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="<pad>"))
inner.pre_tokenizer = Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<eos>")
torch.manual_seed(0)
shape = LlamaConfig(
    vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2
)
LlamaForCausalLM(shape).save_pretrained("model")
draw = random.Random(0)


def text(length):
    return " ".join(draw.choices(ascii_lowercase, k=length))


pairs = [{"prompt": text(3), "chosen": f" {text(draw.randint(2, 6))}", "rejected": f" {text(draw.randint(2, 6))}"} for _ in range(48)]


def train(loss, size):
    settings = DPOConfig(
        output_dir="out",
        loss_type=loss,
        beta=0.5,
        per_device_train_batch_size=size,
        gradient_accumulation_steps=8 // size,
        max_steps=6,
        learning_rate=0.01,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
    )
    trainer = DPOTrainer("model", args=settings, train_dataset=Dataset.from_list(pairs), processing_class=tokenizer)
    trainer.train()
    return torch.cat([weight.detach().flatten() for weight in trainer.model.parameters()])


sizes = (1, 2, 8)
plain = [train("sigmoid", size) for size in sizes]
spread = max((weights - plain[-1]).abs().max().item() for weights in plain)
away = {
    loss: [(train(loss, size) - weights).abs().max().item() for size, weights in zip(sizes, plain)] for loss in ("aot", "aot_unpaired")
}
shown = [f"{loss} " + " ".join(f"{distance:.4f}" for distance in distances) for loss, distances in away.items()]
print(
    f"weights after 6 steps of 8 pairs; DPO under the three splits differs by {spread:.4f}; distance to DPO with 8 x 1, 4 x 2, 1 x 8 (forward"
    f" passes x pairs): {', '.join(shown)}"
)
one, _, all_eight = zip(*away.values())
raise SystemExit(0 if spread < 5e-4 and not any(one) and min(all_eight) > 5e-3 else "CHANGED")
PY
env/bin/python aot.py 2>/dev/null | grep '^weights'
