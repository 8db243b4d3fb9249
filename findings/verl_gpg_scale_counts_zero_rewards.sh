#!/usr/bin/env bash
# verl: the scale of adv_estimator=gpg (verl 0.9.1, transformers 5.10.4, torch 2.13.0, CPU)
#
# Guess:     GPG takes the group's mean off the reward and makes up for the groups that give no gradient, all right or all wrong: alpha is
#            answers / answers in the other groups, B / (B - M) in its paper. A constant that every answer gets changes nothing, as in GRPO.
# Behaviour: alpha is the number of answers over the number of answers whose reward is not zero. With rewards of 0 and 1 that is one over the
#            share solved: a prover with 1 right answer in 64 gets its advantages times 64, where the paper's factor for groups
#            of 4 is 16, and the factor falls as it learns, however many groups are dead. With -1 and 1, or a bonus for the format that each answer
#            gets, alpha is 1 and dead groups are not made up for. Nothing is logged; the learning rate, clipping and the weight of the KL
#            term are then those of another scale.
# Seen:      "largest advantage, 16 groups of 4, one answer right: gpg with rewards 0 and 1 48.00, 1 and 2 0.75, paper 12.00, grpo 1.50 and
#            1.50; one right in each group: gpg 3.00 and 0.75, paper 0.75"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.10.4 accelerate==1.15.0 tensordict==0.10.0 ray==2.60.0 hydra-core==1.3.8 \
    codetiming==1.4.0 dill==0.4.1 cloudpickle==3.1.3 numpy==2.4.6 omegaconf==2.3.1
env/bin/pip install -q --no-compile --no-deps verl==0.9.1
cat >gpg.py <<'PY'
import numpy as np
import torch
from verl.trainer.ppo.core_algos import get_adv_estimator_fn

GROUPS, SIZE = 16, 4
index = np.repeat(np.arange(GROUPS), SIZE)


def largest(name, rewards):
    """The largest advantage that verl gives to answers of one token."""
    scores, mask = rewards.unsqueeze(1).clone(), torch.ones(len(rewards), 1)
    return get_adv_estimator_fn(name)(token_level_rewards=scores, response_mask=mask, index=index)[0].max().item()


def paper(rewards):
    """Reward less the group's mean, times answers over answers whose group gives a gradient."""
    groups = rewards.view(GROUPS, SIZE)
    centred = groups - groups.mean(dim=1, keepdim=True)
    return (centred * GROUPS / (groups.std(dim=1) > 0).sum()).max().item()


rare = torch.zeros(GROUPS * SIZE)
rare[0] = 1
usual = torch.zeros(GROUPS, SIZE)
usual[:, 0] = 1
usual = usual.flatten()
gpg = [largest("gpg", rewards) for rewards in (rare, rare + 1, usual, usual + 1)]
grpo = [largest("grpo", rewards) for rewards in (rare, rare + 1)]
right = [paper(rewards) for rewards in (rare, usual)]
print(
    f"largest advantage, 16 groups of 4, one answer right: gpg with rewards 0 and 1 {gpg[0]:.2f}, 1 and 2 {gpg[1]:.2f}, paper {right[0]:.2f},"
    f" grpo {grpo[0]:.2f} and {grpo[1]:.2f}; one right in each group: gpg {gpg[2]:.2f} and {gpg[3]:.2f}, paper {right[1]:.2f}"
)
raise SystemExit(0 if gpg == [48.0, 0.75, 3.0, 0.75] and right == [12.0, 0.75] and grpo[0] == grpo[1] else "CHANGED")
PY
env/bin/python gpg.py 2>/dev/null
