#!/usr/bin/env bash
# tokenizers: ℝ and ℕ added to a tokenizer with the normalizer NFKC (tokenizers 0.23.3)
#
# Guess:     add_tokens(["ℝ", "ℕ"]) gives two symbols of Lean a token each and leaves all other text as it was encoded before: the new
#            token is found only where the symbol stands.
# Behaviour: an added token is normalized by default, and its own text too: under NFKC ℝ is R and ℕ is N. The two new tokens then
#            take every R and every N of every text, inside of words as well: Nat, for which the vocabulary has a token, becomes
#            three pieces with an untrained one at their head, and so do the lemmas named after it. token_to_id looks right, and
#            the text decodes back. AddedToken(..., normalized=False) does what was meant.
# Seen:      "rw [Nat.add_comm]: before ['rw', 'Ġ[', 'Nat', '.', 'add', '_', 'comm', ']'], after 3 pieces for Nat, the first is the
#            token of ℕ: True; letters R in 'R Real' encoded as ℝ: 2 of 2; normalized=False: as before, ℝ found True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q tokenizers==0.23.3
cat >added.py <<'PY'
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

SYMBOLS, STEP = ["ℝ", "ℕ"], "rw [Nat.add_comm]"


def trained():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=290, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([STEP] * 20, trainer)
    return tokenizer


before, after, meant = trained(), trained(), trained()
after.add_tokens(SYMBOLS)
meant.add_tokens([AddedToken(symbol, normalized=False) for symbol in SYMBOLS])
real, natural = (after.token_to_id(symbol) for symbol in SYMBOLS)
whole, split = before.encode(STEP), after.encode(STEP)
pieces = len(split.ids) - len(whole.ids) + 1
first = split.ids[2] == natural
letters = after.encode("R Real").ids.count(real)
kept = meant.encode(STEP).ids == whole.ids and meant.encode("R Real").ids == before.encode("R Real").ids
found = meant.encode("x : ℝ").ids[-1] == meant.token_to_id("ℝ")
print(
    f"{STEP}: before {whole.tokens}, after {pieces} pieces for Nat, the first is the token of ℕ: {first}; "
    f"letters R in 'R Real' encoded as ℝ: {letters} of 2; normalized=False: {'as before' if kept else 'changed'}, ℝ found {found}"
)
back = after.decode(split.ids) == STEP
raise SystemExit(0 if (pieces, first, letters, kept, found, back) == (3, True, 2, True, True, True) else "CHANGED")
PY
env/bin/python added.py
