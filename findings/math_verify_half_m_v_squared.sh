#!/usr/bin/env bash
# math-verify: 1/2 m v^2 (math-verify 0.9.0, latex2sympy2-extended 1.11.0, sympy 1.14.0)
#
# Guess:     \frac{1}{2} m v^2 and 1/2 m v^2 are one answer: a slash takes the next factor, as in Python and SymPy, and so the
#            kinetic energy written in a line is verified.
# Behaviour: a product without a sign binds tighter than the slash: 1/2 m v^2 is read as 1/(2 m v^2), and the right answer is not
#            paid. With \cdot between the factors it is.
# Seen:      "1/2 m v^2 is read as 1/(2*m*v**2): verified against \frac{1}{2} m v^2: False; with \cdot: True"
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


def paid(answer):
    return verify(read(r"$\frac{1}{2} m v^2$"), read(answer), timeout_seconds=None)


plain, dotted = paid("$1/2 m v^2$"), paid(r"$1/2 \cdot m \cdot v^2$")
print(
    f"1/2 m v^2 is read as {read('$1/2 m v^2$')[0]}: verified against \\frac{{1}}{{2}} m v^2: {plain}; "
    f"with \\cdot: {dotted}"
)
raise SystemExit(0 if (plain, dotted) == (False, True) else "CHANGED")
PY
env/bin/python half.py 2>/dev/null
