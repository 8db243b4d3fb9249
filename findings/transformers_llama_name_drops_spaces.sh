#!/usr/bin/env bash
# transformers: a byte-level tokenizer.json under Llama's class name loses spaces and line breaks (transformers 5.19.0, tokenizers 0.23.3; gone in 5.24.0)
#
# Guess:     a checkpoint's tokenizer.json holds the whole tokenizer: AutoTokenizer splits text as that file says, and the class that
#            tokenizer_config.json names is a wrapper around it, as it was in transformers 4.
# Behaviour: in 5.19 the class builds the splitting itself and takes from the file the vocabulary and merges alone. Checkpoints of
#            the DeepSeek family and their fine-tunes name LlamaTokenizerFast beside pieces of bytes; transformers knows some by the name
#            of their repository, and a copy in a local folder by none. There the words of a text are encoded and every space and line
#            break is not, without a word: a prompt in Python or Lean arrives as one long line, and indentation can be neither
#            taught nor sampled. Way out: PreTrainedTokenizerFast.from_pretrained, which takes the file as it is.
# Seen:      "tokenizers and PreTrainedTokenizerFast: 'if a:\n  b = a'; AutoTokenizer: 'ifa:b=a'"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q transformers==5.19.0 tokenizers==0.23.3
cat >named.py <<'PY'
import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

text = "if a:\n  b = a"
inner = Tokenizer(models.BPE())
inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
inner.decoder = decoders.ByteLevel()
alphabet = pre_tokenizers.ByteLevel.alphabet()
inner.train_from_iterator([text], trainers.BpeTrainer(initial_alphabet=alphabet, special_tokens=["<s>", "</s>"], show_progress=False))
folder = Path("model")
folder.mkdir()
inner.save(str(folder / "tokenizer.json"))
(folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
settings = {"tokenizer_class": "LlamaTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "add_bos_token": False}
(folder / "tokenizer_config.json").write_text(json.dumps(settings))


def through(tokenizer):
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return tokenizer.decode(ids, clean_up_tokenization_spaces=False)


bare = Tokenizer.from_file(str(folder / "tokenizer.json"))
bare = bare.decode(bare.encode(text).ids)
plain = through(PreTrainedTokenizerFast.from_pretrained(str(folder)))
named = through(AutoTokenizer.from_pretrained(str(folder)))
print(f"tokenizers and PreTrainedTokenizerFast: {plain!r}; AutoTokenizer: {named!r}")
raise SystemExit(0 if (bare, plain, named) == (text, text, "ifa:b=a") else "CHANGED")
PY
HF_HUB_OFFLINE=1 env/bin/python named.py 2>/dev/null
