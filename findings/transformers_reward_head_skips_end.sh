#!/usr/bin/env bash
# transformers: where a reward model reads its score when padding is the end token (transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     the score of a sequence classification model is read at the last token that the attention mask keeps; an end token at
#            the end of an answer is part of it even if the tokenizer pads with the same token.
# Behaviour: the mask is not asked. The score is read at the last token that is not pad_token_id. With the usual
#            pad_token = eos_token that is the token before the end: causal attention never lets the score see the end token, and a
#            finished answer and one that was cut off have exactly one reward, whatever is trained. With a padding token of its own
#            the two differ.
# Seen:      "finished minus cut off: pad = eos 0.000, pad of its own -2.391"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 transformers==5.24.0
cat >score.py <<'PY'
import torch
from transformers import LlamaConfig, LlamaForSequenceClassification

END, PAD = 1, 0


def difference(pad):
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=8, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, num_labels=1, eos_token_id=END, pad_token_id=pad, bos_token_id=None, initializer_range=0.4,
    )
    model = LlamaForSequenceClassification(shape).eval()
    ids = torch.tensor([[2, 3, 4, END], [2, 3, 4, pad]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    with torch.no_grad():
        finished, cut = model(input_ids=ids, attention_mask=mask).logits[:, 0].tolist()
    return finished - cut


shared, own = difference(END), difference(PAD)
print(f"finished minus cut off: pad = eos {shared:.3f}, pad of its own {own:.3f}")
raise SystemExit(0 if shared == 0.0 and abs(own) > 0.01 else "CHANGED")
PY
env/bin/python score.py 2>/dev/null
