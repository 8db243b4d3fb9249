#!/usr/bin/env bash
# The reference model of TRL's GRPOTrainer (trl 1.16.0, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     with beta > 0 the reference is a frozen copy of the model that is given to the trainer, so the first batch has
#            a KL of 0.
# Behaviour: the reference is loaded again from the name in the model's config, which is the place from_pretrained read,
#            whatever has happened to the weights since. After a warm start in the same process (here: the weights moved by
#            hand) the penalty pulls the policy back to the model of before the warm start, without a message. A model that
#            was saved and loaded after its warm start has the KL of 0.
# Seen:      "KL of the first batch: as loaded 0.0000 / moved 0.1514 / moved, saved and loaded 0.0000"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 trl==1.16.0 transformers==5.24.0
cat >reference.py <<'PY'
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

words = {"<pad>": 0, "<end>": 1, "<unk>": 2, **{c: i + 3 for i, c in enumerate("abcdefgh")}}
inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<unk>")


def first_kl(model):
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=lambda completions, **_: [1.0, 0.0, 0.0, 0.0],
        args=GRPOConfig(
            output_dir="out", per_device_train_batch_size=4, num_generations=4, max_completion_length=4, max_steps=1,
            beta=0.04, logging_steps=1, use_cpu=True, bf16=False, report_to="none", disable_tqdm=True,
            save_strategy="no",
        ),
        train_dataset=Dataset.from_dict({"prompt": ["ab"]}),
        processing_class=tokenizer,
    )
    trainer.train()
    return trainer.state.log_history[0]["kl"]


torch.manual_seed(0)
shape = LlamaConfig(
    vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=None,
)
LlamaForCausalLM(shape).save_pretrained("start")
loaded = first_kl(LlamaForCausalLM.from_pretrained("start"))
model = LlamaForCausalLM.from_pretrained("start")
with torch.no_grad():
    for p in model.parameters():
        p.add_(torch.randn_like(p), alpha=0.3)
model.save_pretrained("warm")
moved, again = first_kl(model), first_kl(LlamaForCausalLM.from_pretrained("warm"))
print(f"KL of the first batch: as loaded {loaded:.4f} / moved {moved:.4f} / moved, saved and loaded {again:.4f}")
raise SystemExit(0 if abs(loaded) < 1e-6 and moved > 0.05 and abs(again) < 1e-6 else "CHANGED")
PY
env/bin/python reference.py 2>/dev/null | grep '^KL' || { echo CHANGED; exit 1; }
