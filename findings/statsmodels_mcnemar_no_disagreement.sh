#!/usr/bin/env bash
# statsmodels: McNemar's test of two provers that agree on every theorem (statsmodels 0.15.0, scipy 1.17.1, numpy 2.4.6)
#
# Guess:     two checkpoints with the same verdict on each of 500 theorems do not differ: p is 1, or NaN where it is not defined.
# Behaviour: with exact=False, usual for large benchmarks, p is 0. The continuity correction, on by default, takes one from the
#            difference of the two counts of disagreements before it is squared, and where both are 0 that leaves 1, which is
#            divided by 0: a statistic of infinity, "p < 0.001". One disagreement gives p = 1, and one in each direction 0.48. NumPy
#            warns of the division, once. exact=True, the default, says 1; correction=False says NaN.
# Seen:      "no disagreement: statistic inf, p 0.00; exact 1.00; without correction nan; one: p 1.00; one in each direction: p 0.48"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6
cat >paired.py <<'PY'
import math

from statsmodels.stats.contingency_tables import mcnemar


def test(first_only, second_only, **settings):
    return mcnemar([[300, first_only], [second_only, 200 - first_only - second_only]], **settings)


none, exact, plain = test(0, 0, exact=False), test(0, 0), test(0, 0, exact=False, correction=False)
one, each = test(1, 0, exact=False), test(1, 1, exact=False)
print(
    f"no disagreement: statistic {none.statistic}, p {none.pvalue:.2f}; exact {exact.pvalue:.2f}; "
    f"without correction {plain.pvalue}; one: p {one.pvalue:.2f}; one in each direction: p {each.pvalue:.2f}"
)
significant = none.pvalue == 0 and exact.pvalue == one.pvalue == 1
raise SystemExit(0 if significant and math.isnan(plain.pvalue) and 0.4 < each.pvalue < 0.5 else "CHANGED")
PY
env/bin/python paired.py 2>/dev/null
