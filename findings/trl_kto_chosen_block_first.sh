#!/usr/bin/env bash
# TRL: the order of a preference dataset in KTOTrainer (trl 1.16.0, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     KTOTrainer takes pairs of a chosen and a rejected answer and unpairs them; each batch then holds both kinds, as it does with
#            DPOTrainer, and the data are shuffled or at least in the order that they were given in.
# Behaviour: a thousand pairs at a time become a thousand chosen answers followed by a thousand rejected ones, and the trainer reads them
#            in order, because its estimate of the KL term asks for that. With up to a thousand pairs the first half of every epoch has
#            nothing but chosen answers and the second, at lower learning rates, nothing but rejected ones; with more pairs such blocks take
#            turns. Shuffling the pairs beforehand changes nothing; unpair_preference_dataset(pairs).shuffle() does. No message.
# Seen:      "share of chosen answers in each step of an epoch: pairs 1.0 1.0 1.0 1.0 0.0 0.0 0.0 0.0; pairs shuffled 1.0 1.0 1.0 1.0 0.0
#            0.0 0.0 0.0; unpaired, then shuffled: mixed True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0 trl==1.16.0
cat >order.py <<'PY'
import torch
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import KTOConfig, KTOTrainer
from trl.data_utils import unpair_preference_dataset

words = ["<pad>", "<eos>", *"abcdefgh"]
inner = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="<pad>"))
inner.pre_tokenizer = Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<eos>")
torch.manual_seed(0)
shape = LlamaConfig(
    vocab_size=10, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2
)
LlamaForCausalLM(shape).save_pretrained("model")
pairs = Dataset.from_list(
    [{"prompt": f"a {'abcdefgh'[k % 8]}", "chosen": " c d e", "rejected": f" f {'abcdefgh'[k // 2 % 8]}"} for k in range(16)]
)


def shares(data):
    """The share of chosen answers in the batches that the steps of one epoch were given."""
    settings = KTOConfig(
        output_dir="out",
        per_device_train_batch_size=4,
        num_train_epochs=1,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
    )
    trainer = KTOTrainer("model", args=settings, train_dataset=data, processing_class=tokenizer)
    seen = []
    step = trainer.compute_loss

    def noted(model, inputs, *args, **kwargs):
        seen.append(inputs["label"].float().mean().item())
        return step(model, inputs, *args, **kwargs)

    trainer.compute_loss = noted
    trainer.train()
    return seen


as_given, shuffled, unpaired = (
    shares(data) for data in (pairs, pairs.shuffle(seed=1), unpair_preference_dataset(pairs).shuffle(seed=1))
)
shown = [" ".join(f"{share:.1f}" for share in seen) for seen in (as_given, shuffled)]
mixed = any(0 < share < 1 for share in unpaired)
print(f"share of chosen answers in each step of an epoch: pairs {shown[0]}; pairs shuffled {shown[1]}; unpaired, then shuffled: mixed {mixed}")
blocks = [1.0] * 4 + [0.0] * 4
raise SystemExit(0 if as_given == shuffled == blocks and mixed else "CHANGED")
PY
env/bin/python order.py 2>/dev/null | grep '^share'
