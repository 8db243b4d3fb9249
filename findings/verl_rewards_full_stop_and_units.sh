#!/usr/bin/env bash
# verl: a full stop and a unit under the built-in rewards of gsm8k and math_dapo (verl 0.9.1)
#
# Guess:     the rewards read the number and forgive the sentence around it: method="flexible" of gsm8k takes "the last number", math_dapo
#            normalises as Minerva does. What is asked for in kilometres is not answered in centimetres.
# Behaviour: the full stop and the comma that follow a number belong to it: "#### 42." and, under flexible, "The answer is 42." are "42." and
#            get 0, "Answer: 9.8." gets -1. RL is paid for leaving the full stop out, and a model that ends its answers with one scores
#            too low. math_dapo deletes km, cm, inches, hours, minutes and a list of others from both
#            sides: 5 cm earns the full reward for 5 km, while V against A is seen. Nothing is logged. Strip the output's last
#            full stop, compare units apart, or give a reward function of one's own.
# Seen:      "gsm8k of 42: '#### 42' 1, '#### 42.' 0; flexible: 'The answer is 42' 1, 'The answer is 42.' 0, 'It is 42, so we stop' 0; math_dapo
#            of 9.8: 'Answer: 9.8' 1, 'Answer: 9.8.' -1; of 5 km: 'Answer: 5 cm' 1, of 5 hours: 'Answer: 5 minutes' 1, of 5 A: 'Answer: 5 V' -1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile --no-deps verl==0.9.1
cat >rewards.py <<'PY'
import sysconfig
from importlib.util import module_from_spec, spec_from_file_location


def reward(name):
    """compute_score of one file of the package: importing the package takes Ray and a GPU stack, the file the standard library."""
    spec = spec_from_file_location(name, f"{sysconfig.get_path('purelib')}/verl/utils/reward_score/{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compute_score


gsm8k, dapo = reward("gsm8k"), reward("math_dapo")
strict = {text: int(gsm8k(text, "42")) for text in ("#### 42", "#### 42.")}
flexible = {
    text: int(gsm8k(text, "42", method="flexible")) for text in ("The answer is 42", "The answer is 42.", "It is 42, so we stop")
}
number = {text: int(dapo(text, "9.8")["score"]) for text in ("Answer: 9.8", "Answer: 9.8.")}
units = {(truth, text): int(dapo(f"Answer: {text}", truth)["score"]) for truth, text in (("5 km", "5 cm"), ("5 hours", "5 minutes"), ("5 A", "5 V"))}


def shown(scores):
    return ", ".join(f"{text!r} {score}" for text, score in scores.items())


print(
    f"gsm8k of 42: {shown(strict)}; flexible: {shown(flexible)}; math_dapo of 9.8: {shown(number)}; "
    + ", ".join(f"of {truth}: 'Answer: {text}' {score}" for (truth, text), score in units.items())
)
scores = [list(found.values()) for found in (strict, flexible, number, units)]
raise SystemExit(0 if scores == [[1, 0], [1, 0, 0], [1, -1], [1, 1, -1]] else "CHANGED")
PY
env/bin/python rewards.py
