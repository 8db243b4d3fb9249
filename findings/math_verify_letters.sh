#!/usr/bin/env bash
# math-verify: capital letters and gamma in a formula (math-verify 0.9.0, latex2sympy2-extended 1.11.0, sympy 1.14.0)
#
# Guess:     a LaTeX formula is read with its letters: M and m, V and v, \Omega and \omega are different symbols, as they are in
#            SymPy, and \gamma is one too.
# Behaviour: parse() reads every symbol in lower case, and \gamma as Euler's constant. The reduced mass Mm/(M+m) becomes
#            m*m/(m+m), which simplifies to m/2: one of the two bodies is gone, and a Lorentz factor is a number.
# Seen:      "Mm/(M+m) is read as (m*m)/(m + m), V as v, \Omega as omega; \gamma is the number 0.577216"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q math-verify==0.9.0 latex2sympy2-extended==1.11.0 sympy==1.14.0
cat >letters.py <<'PY'
from math_verify import parse
from sympy import N


def read(text):
    return parse(text, parsing_timeout=None)[0]


mass, volume, omega, gamma = (read(f"${text}$") for text in (r"\frac{Mm}{M+m}", "V", r"\Omega", r"\gamma"))
value = f"{N(gamma):.6f}" if gamma.is_number else "none"
print(rf"Mm/(M+m) is read as {mass}, V as {volume}, \Omega as {omega}; \gamma is the number {value}")
seen = {str(symbol) for symbol in mass.free_symbols} == {"m"} and str(volume) == "v" and str(omega) == "omega"
raise SystemExit(0 if seen and value == "0.577216" else "CHANGED")
PY
env/bin/python letters.py 2>/dev/null
