"""A configuration out of a TOML file in configs/, the command line's overrides and a preset; what is wrong is said in one line.

Unknown keys are errors that name the nearest valid one.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from physprover.config import RunConfig, Section
from physprover.errors import ConfigError
from physprover.records import first_problem

S = TypeVar("S", bound=Section)


def load_config(path: Path | str | None, overrides: tuple[str, ...] = ()) -> RunConfig:
    """Read a TOML file; `overrides` are "section.key=value" strings (values in TOML syntax, bare words are strings,
    `none` unsets).

    None reads no file: every setting has its default.
    """
    tree = read_toml(Path(path)) if path else {}
    for item in overrides:
        apply_override(tree, item)
    return parse_config(tree, str(path or "command line"))


def read_toml(path: Path) -> dict[str, Any]:
    """The plain tree of a TOML file; `ConfigError` in one line where there is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such config file") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from None


def read_settings(path: Path, kind: type[S]) -> S:
    """The settings of another kind of TOML file; `ConfigError` with the first thing wrong."""
    try:
        return kind.model_validate(read_toml(path))
    except ValidationError as error:
        key, what = first_problem(error)
        raise ConfigError(f"{path}: `{key}`: {what}") from None


def parse_config(tree: dict[str, Any], where: str = "config") -> RunConfig:
    """Validate a plain tree; the first problem becomes one line, with the nearest valid key for an unknown one."""
    try:
        return RunConfig.model_validate(tree)
    except ValidationError as error:
        key, what = first_problem(error)
        first = error.errors()[0]
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"{where}: unknown key `{key}`{_nearest(first['loc'])}") from None
        if first["type"] == "tuple_type" and isinstance(given := first["input"], str | int | float):
            items = [int(s) if s.isdigit() else s for s in map(str.strip, str(given).split(","))]
            what = f"must be a list, not `{given}`: --set '{key}={json.dumps(items, ensure_ascii=False)}'"
        raise ConfigError(f"{where}: `{key}`: {what}") from None


def apply_override(tree: dict[str, Any], item: str) -> None:
    """Set one "section.key=value" in a plain tree."""
    key, sep, text = item.partition("=")
    if not sep or not key:
        raise ConfigError(f"override `{item}` is not of the form section.key=value")
    try:
        value = tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        value = text
    *path, last = key.strip().split(".")
    for part in path:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            raise ConfigError(f"override `{item}`: `{part}` is not a section")
    tree[last] = value


def _nearest(loc: tuple[str | int, ...]) -> str:
    """What may have been meant: a key of the same section, else one of that name elsewhere."""
    section: type[BaseModel] = RunConfig
    for part in loc[:-1]:
        found = _section(section, str(part))
        if found is None:
            return ""
        section = found
    word, inside = str(loc[-1]), ".".join(map(str, loc[:-1]))
    elsewhere: dict[str, str] = {}  # by their last name, those nearest to the section first
    for key in sorted(_keys(RunConfig, ""), key=lambda key: not key.startswith(inside)):
        elsewhere.setdefault(key.rpartition(".")[2], key)
    close = (
        difflib.get_close_matches(word, section.model_fields, n=1, cutoff=0.7)
        or [elsewhere[name] for name in difflib.get_close_matches(word, elsewhere, n=1, cutoff=0.7)]
        or difflib.get_close_matches(word, section.model_fields, n=1, cutoff=0.5)
    )
    return f"; did you mean `{close[0]}`?" if close else f"; valid keys: {', '.join(section.model_fields)}"


def _section(parent: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The section that a field holds, None where it holds a value."""
    annotation = parent.model_fields[name].annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _keys(section: type[BaseModel], prefix: str) -> Iterator[str]:
    """Dotted names of all settings below a section."""
    for name in section.model_fields:
        inner = _section(section, name)
        if inner is None:
            yield prefix + name
        else:
            yield from _keys(inner, f"{prefix}{name}.")


# -- Published GRPO settings by name. Only what the sources state is set here; everything else keeps the default of `RLConfig`. --

PRESETS: dict[str, dict[str, Any]] = {
    # PhysProver, arXiv 2601.15737, and its released run_ds_prover.sh (verl): 256 prompts x 8, one on-policy update a
    # step, AdamW at a constant 1e-6 with weight decay 0.01, token-mean loss, KL 0.001 in the loss, clip 0.2, about 43
    # steps = 2 epochs of 5,541 items, problems by proof length, no resampling of flat groups.
    "paper": {
        "steps": 43,
        "problems_per_step": 256,
        "group_size": 8,
        "temperature": 1.0,
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


def with_preset(config: RunConfig) -> RunConfig:
    """The same config with `rl.preset` spelled out: preset values first, then every field the user gave.

    Raises `ConfigError` where a given field does not go with a value of the preset.
    """
    given = config.rl.model_dump(exclude_unset=True)
    preset = PRESETS[config.rl.preset]
    optimizer = {**preset.get("optimizer", {}), **given.get("optimizer", {})}
    rl = parse_config({"rl": {**preset, **given, "optimizer": optimizer}}, f"preset {config.rl.preset}").rl
    return config.model_copy(update={"rl": rl})
