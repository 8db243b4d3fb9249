#!/usr/bin/env bash
# transformers: a tokenizer that is saved after a call with max_length (transformers 5.24.0, tokenizers 0.23.3)
#
# Guess:     truncation=True, max_length=3 belong to the one call; save_pretrained writes the tokenizer as it was made.
# Behaviour: the call sets both, and the padding, on the inner tokenizer, and they stay until the next call. save_pretrained writes
#            them into tokenizer.json. transformers never shows it, since each of its calls sets them anew; but what reads
#            tokenizer.json by itself (the tokenizers library, a server in Rust) cuts every prompt to that length from then on and
#            pads every short one. A checkpoint saved in training, after a batch was tokenized, is such a case.
# Seen:      "6 words: transformers 6 tokens, tokenizers 3; 1 word: transformers 1, tokenizers 3; saved before the call: 6 and 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q transformers==5.24.0 tokenizers==0.23.3
cat >saved.py <<'PY'
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

words = {"<unk>": 0, "<pad>": 1, **{letter: i + 2 for i, letter in enumerate("abcdef")}}
inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
inner.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="<unk>", pad_token="<pad>")
tokenizer.save_pretrained("before")
tokenizer(["a b c d e f", "a"], truncation=True, padding="max_length", max_length=3)
tokenizer.save_pretrained("after")

wrapped = PreTrainedTokenizerFast.from_pretrained("after")
bare, clean = Tokenizer.from_file("after/tokenizer.json"), Tokenizer.from_file("before/tokenizer.json")
long, short = "a b c d e f", "a"
outer = [len(wrapped(text)["input_ids"]) for text in (long, short)]
read = [len(bare.encode(text).ids) for text in (long, short)]
kept = [len(clean.encode(text).ids) for text in (long, short)]
print(
    f"6 words: transformers {outer[0]} tokens, tokenizers {read[0]}; 1 word: transformers {outer[1]}, tokenizers {read[1]}; "
    f"saved before the call: {kept[0]} and {kept[1]}"
)
raise SystemExit(0 if (outer, read, kept) == ([6, 1], [3, 3], [6, 1]) else "CHANGED")
PY
HF_HUB_OFFLINE=1 env/bin/python saved.py 2>/dev/null
