#!/usr/bin/env bash
# Dropout while TRL's GRPOTrainer samples completions (trl 1.16.0, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     completions are sampled with the model in eval mode, as inference is; dropout of the model, or of a LoRA adapter,
#            acts in the update only.
# Behaviour: the trainer calls generate() in train mode, so every token of a rollout is drawn from another thinned network.
#            With top_k=1 the eight completions of one prompt are equal without dropout and differ with it: what the reward
#            judges is not the policy that is saved. disable_dropout, which the documentation puts beside the reference
#            model, is off by default.
# Seen:      "distinct greedy completions of 8: dropout 0: 1 / 0.5: 7 / 0.5 with disable_dropout: 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 trl==1.16.0 transformers==5.24.0
cat >sample.py <<'PY'
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

words = {"<pad>": 0, "<end>": 1, "<unk>": 2, **{c: i + 3 for i, c in enumerate("abcdefgh")}}
inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<unk>")


def distinct(dropout, disable=False):
    seen = []

    def reward(completions, **_):
        seen.extend(completions)
        return [0.0] * len(completions)

    torch.manual_seed(0)
    shape = GPT2Config(
        vocab_size=len(words), n_embd=16, n_layer=2, n_head=2, n_positions=64, pad_token_id=0, eos_token_id=1,
        bos_token_id=None, resid_pdrop=dropout, embd_pdrop=dropout, attn_pdrop=dropout,
    )
    GRPOTrainer(
        model=GPT2LMHeadModel(shape),
        reward_funcs=reward,
        args=GRPOConfig(
            output_dir="out", per_device_train_batch_size=8, num_generations=8, max_completion_length=6, max_steps=1,
            top_k=1, disable_dropout=disable, use_cpu=True, bf16=False, report_to="none", disable_tqdm=True,
            save_strategy="no",
        ),
        train_dataset=Dataset.from_dict({"prompt": ["ab"]}),
        processing_class=tokenizer,
    ).train()
    return len(set(seen))


none, half, disabled = distinct(0.0), distinct(0.5), distinct(0.5, disable=True)
print(f"distinct greedy completions of 8: dropout 0: {none} / 0.5: {half} / 0.5 with disable_dropout: {disabled}")
raise SystemExit(0 if none == 1 and half > 1 and disabled == 1 else "CHANGED")
PY
env/bin/python sample.py 2>/dev/null | grep '^distinct' || { echo CHANGED; exit 1; }
