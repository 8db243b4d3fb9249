#!/usr/bin/env bash
# lean_interact.utils: which theorem is the last one (lean-interact 0.11.6)
#
# Guess:     extract_last_theorem gives the offset of the last theorem, lemma or example of a text, and clean_last_theorem_string the
#            text with that one's proof taken off.
# Behaviour: the offsets are gathered keyword by keyword and not sorted: the answer is the last example, if there is none the last
#            lemma, and a theorem only when there is neither. Of a helper lemma followed by the target theorem the lemma is taken, and
#            everything after its statement, the target included, is dropped. A prover is then asked for, and paid for, the helper. No
#            error; with the helper called theorem the answer is right.
# Seen:      "helper is a lemma: 'theorem dummy (a : Nat) : a = a := by sorry', helper is a theorem: target kept True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q lean-interact==0.11.6
cat >last.py <<'PY'
from lean_interact.utils import clean_last_theorem_string, extract_last_theorem

TEXT = """lemma helper (a : Nat) : a = a := rfl

theorem target (a b : Nat) : a + b = b + a := Nat.add_comm a b
"""
same = TEXT.replace("lemma", "theorem")
lost, kept = (clean_last_theorem_string(text, "dummy", add_sorry=True) for text in (TEXT, same))
whole = kept.endswith("theorem dummy (a b : Nat) : a + b = b + a := by sorry")
print(f"helper is a lemma: {lost!r}, helper is a theorem: target kept {whole}")
first = TEXT[extract_last_theorem(TEXT) :].startswith("lemma helper")
raise SystemExit(0 if first and lost == "theorem dummy (a : Nat) : a = a := by sorry" and whole else "CHANGED")
PY
env/bin/python last.py
