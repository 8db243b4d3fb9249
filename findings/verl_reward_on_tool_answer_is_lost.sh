#!/usr/bin/env bash
# verl: an episode that ends with the tool's answer (verl 0.9.1, transformers 5.10.4, torch 2.13.0, CPU)
#
# Guess:     an agent loop may close with what Lean said last. The mask of 0 keeps those tokens out of the loss, the reward that verl puts on
#            the episode's last token reaches the model's tokens before it: adv_estimator is a choice of baseline, not of reward.
# Behaviour: grpo and rloo add the rewards up without the mask and see it. gae, reinforce_plus_plus, remax and optimal_token_baseline
#            step over masked tokens together with what lies on them: the episode counts as one of reward 0. A proof that closes on "no goals"
#            is then worth nothing, the same proof with one token of the model behind it everything, and under gae the critic learns
#            a return of 0. The logged score is right, because it is summed before. Nothing is raised. Let the model have the last token,
#            or put the reward on its last one.
# Seen:      "return of a solved episode's first token, reward on the model's last token and on the tool's: grpo 0.71 0.71, rloo 1.00 1.00, gae
#            1.00 0.00, reinforce_plus_plus 1.00 0.00, remax 1.00 0.00, optimal_token_baseline 1.00 0.00"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 transformers==5.10.4 accelerate==1.15.0 tensordict==0.10.0 ray==2.60.0 hydra-core==1.3.8 \
    codetiming==1.4.0 dill==0.4.1 cloudpickle==3.1.3 numpy==2.4.6 omegaconf==2.3.1
env/bin/pip install -q --no-compile --no-deps verl==0.9.1
cat >episode.py <<'PY'
import inspect

import numpy as np
import torch
from omegaconf import OmegaConf
from verl.trainer.ppo.core_algos import get_adv_estimator_fn

# Two episodes of one prompt: the model writes, Lean answers, the model writes again. In the second column of results Lean answers once more.
MODEL, TOOL = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0], [0.0, 0.0]
shapes = {"model": MODEL, "tool": MODEL + TOOL}


def first_token(name, mask):
    """What the estimator returns for the first token of the episode that was solved; the reward lies on its last token."""
    masks = torch.tensor([mask, mask])
    rewards = torch.zeros_like(masks)
    rewards[0, -1] = 1.0
    known = {
        "token_level_rewards": rewards,
        "response_mask": masks,
        "index": np.array(["theorem", "theorem"]),
        "values": torch.zeros_like(masks),
        "gamma": 1.0,
        "lam": 1.0,
        "reward_baselines": torch.zeros(2),
        "old_log_probs": torch.full_like(masks, -1.0),
        "sum_pi_squared": torch.full_like(masks, 0.5),
        "config": OmegaConf.create({"gamma": 1.0}),
    }
    estimator = get_adv_estimator_fn(name)
    wanted = inspect.signature(estimator).parameters
    return estimator(**{key: value for key, value in known.items() if key in wanted})[1][0, 0].item()


names = ["grpo", "rloo", "gae", "reinforce_plus_plus", "remax", "optimal_token_baseline"]
found = {name: [first_token(name, mask) for mask in shapes.values()] for name in names}
shown = ", ".join(f"{name} {on_model:.2f} {on_tool:.2f}" for name, (on_model, on_tool) in found.items())
print(f"return of a solved episode's first token, reward on the model's last token and on the tool's: {shown}")
kept = all(on_model == on_tool > 0.5 for on_model, on_tool in (found[name] for name in names[:2]))
lost = all(on_model == 1 and on_tool == 0 for on_model, on_tool in (found[name] for name in names[2:]))
raise SystemExit(0 if kept and lost else "CHANGED")
PY
env/bin/python episode.py 2>/dev/null
