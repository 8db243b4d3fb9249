"""Published GRPO settings by name. Fields a config gives itself win over the preset.

Only what the sources state is set here; everything else keeps the default of `RLConfig`.
"""

from __future__ import annotations

from typing import Any

from physprover.config import RunConfig
from physprover.config_file import parse_config

PRESETS: dict[str, dict[str, Any]] = {
    # PhysProver, arXiv 2601.15737, and its released run_ds_prover.sh (verl): 256 prompts x 8, one on-policy update a
    # step, AdamW at a constant 1e-6 with weight decay 0.01, token-mean loss, KL 0.001 in the loss, clip 0.2, about 43
    # steps = 2 epochs of 5,541 items, problems by proof length, no resampling of flat groups.
    "paper": {
        "steps": 43,
        "problems_per_step": 256,
        "group_size": 8,
        "temperature": 1.0,
        "top_p": 1.0,
        "clip": 0.2,
        "kl": 0.001,
        "loss": "dapo",
        "scale_rewards": "group",
        "updates_per_batch": 1,
        "max_refills": 0,
        "max_staleness": 0,
        "max_grad_norm": 1.0,
        "save_every": 5,
        "curriculum": "proof_length",
        "optimizer": {"name": "adamw", "learning_rate": 1e-6, "momentum": 0.9, "weight_decay": 0.01},
    },
    # "Understanding R1-Zero-Like Training" (arXiv 2503.20783): no division by the deviation and a constant length in
    # the denominator, so that neither easy problems nor short answers weigh more; no KL.
    "dr_grpo": {
        "problems_per_step": 128,
        "group_size": 8,
        "clip": 0.2,
        "kl": 0.0,
        "loss": "dr_grpo",
        "scale_rewards": "none",
        "optimizer": {"name": "adamw", "learning_rate": 1e-6, "weight_decay": 0.0},
    },
    # DAPO (arXiv 2503.14476): higher upper clip, token-level loss, groups without variance sampled anew, no KL.
    # The paper splits 512 x 16 attempts into 16 mini-batches; here a batch is one update.
    "dapo": {
        "problems_per_step": 512,
        "group_size": 16,
        "clip": 0.2,
        "clip_high": 0.28,
        "kl": 0.0,
        "loss": "dapo",
        "scale_rewards": "group",
        "max_refills": 3,
        "optimizer": {"name": "adamw", "learning_rate": 1e-6, "weight_decay": 0.1, "warmup_steps": 20},
    },
    "custom": {},
}


def resolve(config: RunConfig) -> RunConfig:
    """The same config with `rl.preset` spelled out: preset values first, then every field the user gave.

    Raises `ConfigError` where a given field does not go with a value of the preset.
    """
    given = config.rl.model_dump(exclude_unset=True)
    preset = PRESETS[config.rl.preset]
    optimizer = {**preset.get("optimizer", {}), **given.get("optimizer", {})}
    rl = parse_config({"rl": {**preset, **given, "optimizer": optimizer}}, f"preset {config.rl.preset}").rl
    return config.model_copy(update={"rl": rl})
