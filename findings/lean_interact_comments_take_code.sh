#!/usr/bin/env bash
# lean_interact.utils: what goes with a comment (lean-interact 0.11.6)
#
# Guess:     remove_lean_comments returns the code without its comments or, where it cannot, None; clean_theorem_string works on that.
# Behaviour: two everyday places are read wrongly. A comment on the last line, of a proof that was stripped as answers of a model are,
#            leaves its last character in the code: "exact h -- as given" becomes "exact h n", which Lean refuses. The
#            two dashes of "/--" also count as a line comment, so a docstring on one line with its theorem takes the theorem with
#            it, and clean_theorem_string then gives the statement of the declaration after it. No error.
# Seen:      "stripped proof ends in 'exact h n', with a line end in 'exact h'; docstring on the theorem's line: asked for x = 1, got
#            'theorem dummy : 2 = 2', on a line of its own 'theorem dummy (x : Nat) (h : x = 1) : x = 1'"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q lean-interact==0.11.6
cat >comments.py <<'PY'
from lean_interact.utils import clean_theorem_string, remove_lean_comments

PROOF = """theorem target (x : Nat) (h : x = 1) : x = 1 := by
  exact h -- as given"""
stripped, ended = (remove_lean_comments(text).split("\n")[1].strip() for text in (PROOF, PROOF + "\n"))

THEOREM = "theorem target (x : Nat) (h : x = 1) : x = 1 := h\nexample : 2 = 2 := rfl\n"
beside, above = (clean_theorem_string("/-- What is asked. -/" + gap + THEOREM, add_sorry=False) for gap in (" ", "\n"))
print(
    f"stripped proof ends in {stripped!r}, with a line end in {ended!r}; docstring on the theorem's line: asked for x = 1, "
    f"got {beside!r}, on a line of its own {above!r}"
)
right = ended == "exact h" and above == "theorem dummy (x : Nat) (h : x = 1) : x = 1"
raise SystemExit(0 if stripped == "exact h n" and beside == "theorem dummy : 2 = 2" and right else "CHANGED")
PY
env/bin/python comments.py
