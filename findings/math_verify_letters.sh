#!/usr/bin/env bash
# math-verify: capital letters and gamma in a formula (math-verify 0.9.0, latex2sympy2-extended 1.11.0, sympy 1.14.0)
#
# Guess:     a LaTeX formula is read with its letters: M and m, V and v, \Omega and \omega are different symbols, as they are in
#            SymPy, and \gamma is one too.
# Behaviour: every symbol is read in lower case, in the gold answer as well, and \gamma is Euler's constant. The reduced mass
#            Mm/(M+m) becomes m*m/(m+m), so the answer m/2, which has lost one of the two bodies, is verified as equal; a Lorentz
#            factor is equal to 0.577216.
# Seen:      "Mm/(M+m) is read as (m*m)/(m + m) and is m/2: True; V is v: True, Omega is omega: True, gamma is 0.577216: True;
#            V is u: False"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q math-verify==0.9.0 latex2sympy2-extended==1.11.0 sympy==1.14.0
cat >letters.py <<'PY'
from math_verify import parse, verify


def read(text):
    return parse(text, parsing_timeout=None)


def same(gold, answer):
    return verify(read(gold), read(answer), timeout_seconds=None)


mass = str(read(r"$\frac{Mm}{M+m}$")[0])
half = same(r"$\frac{Mm}{M+m}$", r"$\frac{m}{2}$")
volume, omega, gamma = same("$V$", "$v$"), same(r"$\Omega$", r"$\omega$"), same(r"$\gamma$", "$0.577216$")
other = same("$V$", "$u$")
print(
    f"Mm/(M+m) is read as {mass} and is m/2: {half}; V is v: {volume}, Omega is omega: {omega}, "
    f"gamma is 0.577216: {gamma}; V is u: {other}"
)
merged = "M" not in mass and half and volume and omega and gamma
raise SystemExit(0 if merged and not other else "CHANGED")
PY
env/bin/python letters.py 2>/dev/null
