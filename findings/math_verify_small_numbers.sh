#!/usr/bin/env bash
# math-verify: two numbers below 1e-16 (math-verify 0.9.0, latex2sympy2-extended 1.11.0, sympy 1.14.0)
#
# Guess:     numeric_precision=15, the default, compares fifteen digits of a number: 1.6e-19 and 9.1e-31 are as different as
#            1.6e19 and 9.1e31.
# Behaviour: they are fifteen places behind the point: the difference is evaluated with small numbers chopped to 0. In SI units the
#            constants of microscopic physics are below that: an answer with the mass of the electron is paid where the elementary
#            charge is asked, and the energies of hydrogen's first two levels in joule are one. numeric_precision=60 tells them apart.
# Seen:      "1.6e-19 is 9.1e-31: True, 2.2e-18 is 5.4e-19: True, 1.6e19 is 9.1e31: False; numeric_precision=60: False False False"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q math-verify==0.9.0 latex2sympy2-extended==1.11.0 sympy==1.14.0
cat >small.py <<'PY'
from math_verify import parse, verify

PAIRS = [
    ("1.6e-19 is 9.1e-31", r"$1.6 \times 10^{-19}$", r"$9.1 \times 10^{-31}$"),
    ("2.2e-18 is 5.4e-19", r"$2.2 \times 10^{-18}$", r"$5.4 \times 10^{-19}$"),
    ("1.6e19 is 9.1e31", r"$1.6 \times 10^{19}$", r"$9.1 \times 10^{31}$"),
]


def same(gold, answer, **how):
    gold, answer = parse(gold, parsing_timeout=None), parse(answer, parsing_timeout=None)
    assert gold and answer
    return verify(gold, answer, timeout_seconds=None, **how)


default = [same(gold, answer) for _, gold, answer in PAIRS]
precise = [same(gold, answer, numeric_precision=60) for _, gold, answer in PAIRS]
shown = ", ".join(f"{name}: {found}" for (name, _, _), found in zip(PAIRS, default))
print(f"{shown}; numeric_precision=60: {' '.join(map(str, precise))}")
raise SystemExit(0 if default == [True, True, False] and precise == [False] * 3 else "CHANGED")
PY
env/bin/python small.py 2>/dev/null
