#!/usr/bin/env bash
# tokenizers: byte_fallback of a BPE that is trained here (tokenizers 0.23.3)
#
# Guess:     BPE(byte_fallback=True) makes a tokenizer complete: a character that the training text did not have, a ∀ or an ℝ of the
#            next Lean file, is spelled in the tokens of its bytes.
# Behaviour: the flag only looks for tokens <0x00> to <0xFF>, and BpeTrainer makes none. Without them, and without unk_token, the
#            character is left out of the encoding: no token, no error, and the ids decode to a statement without its quantifier. With
#            the 256 names given as special_tokens the flag does what it says.
# Seen:      "trained: 'theorem :  x  , x = x'; with the byte tokens: 'theorem : ∀ x ∈ ℝ, x = x'"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q tokenizers==0.23.3
cat >fallback.py <<'PY'
from tokenizers import Tokenizer, decoders, models, trainers

TEXT = "theorem : ∀ x ∈ ℝ, x = x"


def round_trip(byte_tokens):
    tokenizer = Tokenizer(models.BPE(byte_fallback=True))
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=byte_tokens, show_progress=False)
    tokenizer.train_from_iterator(["theorem comm : x = y, y = x"] * 8, trainer)
    return tokenizer.decode(tokenizer.encode(TEXT).ids, skip_special_tokens=False)


plain, whole = round_trip([]), round_trip([f"<0x{byte:02X}>" for byte in range(256)])
print(f"trained: {plain!r}; with the byte tokens: {whole!r}")
lost = plain == "".join(c for c in TEXT if c not in "∀∈ℝ")
raise SystemExit(0 if lost and whole == TEXT else "CHANGED")
PY
env/bin/python fallback.py
