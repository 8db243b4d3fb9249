#!/usr/bin/env bash
# math-verify: 1/2 m v^2 (math-verify 0.9.0, latex2sympy2-extended 1.11.0, sympy 1.14.0)
#
# Guess:     \frac{1}{2} m v^2 and 1/2 m v^2 are one answer: a slash takes the next factor, as in Python and SymPy, and so the
#            kinetic energy written in a line is verified.
# Behaviour: a product without a sign binds tighter than the slash: 1/2 m v^2 is read as 1/(2 m v^2), and the right answer is not
#            paid, while 1/2 m v^2 is paid where \frac{1}{2mv^2} is asked. With \cdot or * between the factors it is read as guessed.
# Seen:      "1/2 m v^2 is read as 1/(2*m*v**2): is mv^2/2 False, is 1/(2mv^2) True; with \cdot: is mv^2/2 True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q math-verify==0.9.0 latex2sympy2-extended==1.11.0 sympy==1.14.0
cat >half.py <<'PY'
from math_verify import parse, verify


def read(text):
    return parse(text, parsing_timeout=None)


def same(gold, answer):
    return verify(read(gold), read(answer), timeout_seconds=None)


answer = "$1/2 m v^2$"
right, inverse = same(r"$\frac{1}{2} m v^2$", answer), same(r"$\frac{1}{2 m v^2}$", answer)
dotted = same(r"$\frac{1}{2} m v^2$", r"$1/2 \cdot m \cdot v^2$")
print(
    f"1/2 m v^2 is read as {read(answer)[0]}: is mv^2/2 {right}, is 1/(2mv^2) {inverse}; "
    rf"with \cdot: is mv^2/2 {dotted}"
)
raise SystemExit(0 if (right, inverse, dotted) == (False, True, True) else "CHANGED")
PY
env/bin/python half.py 2>/dev/null
