#!/usr/bin/env bash
# sync_ref_model and a resume of TRL's GRPOTrainer (trl 1.16.0, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     a checkpoint of a run with sync_ref_model=True holds the reference model that the run had, and a resume goes on
#            with it.
# Behaviour: the moved reference is in no checkpoint. A resumed trainer measures the KL against the model of step 0 until the
#            next multiple of ref_model_sync_steps: the KL jumps, without a message.
# Seen:      "KL of step 11 and 12: uninterrupted 0.0000 0.0000 / resumed from step 10: 1.4428 1.4447"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 trl==1.16.0 transformers==5.24.0
cat >resume.py <<'PY'
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

words = {"<pad>": 0, "<end>": 1, "<unk>": 2, **{c: i + 3 for i, c in enumerate("abcdefgh")}}
inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<unk>")
torch.manual_seed(0)
shape = LlamaConfig(
    vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=None, initializer_range=0.2,
)
LlamaForCausalLM(shape).save_pretrained("start")


def kls(resume=None):
    trainer = GRPOTrainer(
        model=LlamaForCausalLM.from_pretrained("start"),
        reward_funcs=lambda completions, **_: [float(c.count("a")) for c in completions],
        args=GRPOConfig(
            output_dir="out", per_device_train_batch_size=8, num_generations=8, max_completion_length=4, max_steps=12,
            beta=0.1, sync_ref_model=True, ref_model_sync_steps=5, ref_model_mixup_alpha=1.0, learning_rate=0.03,
            lr_scheduler_type="constant", save_steps=10, logging_steps=1, use_cpu=True, bf16=False, report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_dict({"prompt": ["ab"] * 8}),
        processing_class=tokenizer,
    )
    trainer.train(resume_from_checkpoint=resume)
    return [entry["kl"] for entry in trainer.state.log_history if "kl" in entry][-2:]


whole, resumed = kls(), kls("out/checkpoint-10")
shown = [" ".join(f"{kl:.4f}" for kl in pair) for pair in (whole, resumed)]
print(f"KL of step 11 and 12: uninterrupted {shown[0]} / resumed from step 10: {shown[1]}")
raise SystemExit(0 if max(whole) < 0.05 and min(resumed) > 0.2 else "CHANGED")
PY
env/bin/python resume.py 2>/dev/null | grep '^KL' || { echo CHANGED; exit 1; }
