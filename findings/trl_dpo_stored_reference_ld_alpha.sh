#!/usr/bin/env bash
# TRL: DPOTrainer's stored reference log-probabilities and another ld_alpha (trl 1.16.0, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     precompute_ref_log_probs=True stores the reference's log-probabilities beside the dataset; a run that asks for other ones
#            computes them anew, as a run with another reference does.
# Behaviour: the stored file is found by the dataset and the weights of the reference. ld_alpha is not in its name, although it weighs
#            the tail of the longer answer in the stored sums too. With max_length=None, which long proofs ask for, a second run
#            with ld_alpha=0.5 compares its own weighted sums with the first run's unweighted ones: before the first update, policy
#            and reference being one model, the rewards should be 0 and the loss log 2 = 0.693. Nothing is logged; an empty cache
#            folder mends it. With a max_length the dataset is filtered by a function that holds the arguments, so that another
#            ld_alpha is another dataset there.
# Seen:      "first loss and reward of the chosen answer: ld_alpha=None 0.693 0.00; 0.5 after it 0.535 0.35; 0.5 in an empty cache
#            0.693 0.00"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 trl==1.16.0
cat >pairs.py <<'PY'
import json

import torch
from datasets import load_dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer

words = ["<pad>", "<eos>", *"abcdefgh"]
inner = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="<pad>"))
inner.pre_tokenizer = Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<eos>")
torch.manual_seed(0)
shape = LlamaConfig(
    vocab_size=10, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2
)
LlamaForCausalLM(shape).save_pretrained("model")
with open("pairs.jsonl", "w") as file:
    file.writelines(json.dumps({"prompt": "a b", "chosen": " c d e f g", "rejected": " d e"}) + "\n" for _ in range(4))


def first(cache, ld_alpha):
    settings = DPOConfig(
        output_dir="out",
        per_device_train_batch_size=4,
        precompute_ref_log_probs=True,
        max_length=None,
        ld_alpha=ld_alpha,
        max_steps=1,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
    )
    pairs = load_dataset("json", data_files="pairs.jsonl", split="train", cache_dir=cache)
    trainer = DPOTrainer("model", args=settings, train_dataset=pairs, processing_class=tokenizer)
    trainer.train()
    logged = next(entry for entry in trainer.state.log_history if "rewards/chosen" in entry)
    return logged["loss"], logged["rewards/chosen"]


found = [first("cache", None), first("cache", 0.5), first("other", 0.5)]
shown = [f"{loss:.3f} {reward:.2f}" for loss, reward in found]
print(f"first loss and reward of the chosen answer: ld_alpha=None {shown[0]}; 0.5 after it {shown[1]}; 0.5 in an empty cache {shown[2]}")
at_start = all(abs(reward) < 1e-6 for _, reward in (found[0], found[2]))
raise SystemExit(0 if at_start and found[1][1] > 0.2 else "CHANGED")
PY
env/bin/python pairs.py 2>/dev/null | grep '^first'
