#!/usr/bin/env bash
# A reward of None in TRL's GRPOTrainer (trl 1.16.0, transformers 5.19.0, torch 2.13.0, CPU)
#
# Guess:     None from the only reward function counts as 0, as it does where rewards are summed with nansum.
# Behaviour: a completion for which every reward function returned None is left out of its group: mean and deviation are
#            taken over the others, its own advantage is 0, and the logged reward is the others' mean. A reward function that
#            turns "not judged" into 0 therefore teaches something else than one that returns None: with rewards 1, 0 and
#            two unjudged, the advantages are +1/2, -1/2, 0, 0 instead of +3/4, -1/4, -1/4, -1/4.
# Seen:      "None: [0.5, -0.5, 0.0, 0.0] / zero: [0.75, -0.25, -0.25, -0.25]"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 trl==1.16.0 transformers==5.19.0
cat >grpo.py <<'PY'
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

words = {"<pad>": 0, "<end>": 1, "<unk>": 2, **{c: i + 3 for i, c in enumerate("abcdefgh")}}
inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<unk>", padding_side="left"
)
shape = LlamaConfig(
    vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=None,
)


def advantages(rewards):
    seen = []

    class Watched(GRPOTrainer):
        def _generate_and_score_completions(self, inputs):
            output = super()._generate_and_score_completions(inputs)
            seen.extend(round(x, 3) for x in output["advantages"].tolist())
            return output

    torch.manual_seed(0)
    Watched(
        model=LlamaForCausalLM(shape),
        reward_funcs=lambda completions, **_: rewards,
        args=GRPOConfig(
            output_dir="out", per_device_train_batch_size=4, num_generations=4, max_completion_length=4, max_steps=1,
            use_cpu=True, bf16=False, report_to="none", disable_tqdm=True, save_strategy="no", scale_rewards="none",
        ),
        train_dataset=Dataset.from_dict({"prompt": ["ab"]}),
        processing_class=tokenizer,
    ).train()
    return seen


none, zero = advantages([1.0, 0.0, None, None]), advantages([1.0, 0.0, 0.0, 0.0])
print("None:", none, "/ zero:", zero)
raise SystemExit(0 if none == [0.5, -0.5, 0.0, 0.0] and zero == [0.75, -0.25, -0.25, -0.25] else "CHANGED")
PY
env/bin/python grpo.py 2>/dev/null | grep '^None' || { echo CHANGED; exit 1; }
