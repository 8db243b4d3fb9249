"""Which settings of a run may change between two starts of it, and which make it another run.

Every record of a run directory was made under one configuration. Settings that decide how fast or where the work is done, and
not what is recorded, may differ at any start (`FREE`). A run may be made longer (`LONGER`). Anything else is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from physprover.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from physprover.config import RunConfig

FREE = {
    "name",  # a directory may be moved
    "output",
    "tracker",
    "cluster.address",
    "engine.workers",
    "engine.verdicts",
    "data.max_seconds",  # clocks end a stage earlier or later; a finished stage is not done again
    "sft.max_seconds",
    "data.llm.seconds",
    "data.llm.retries",
    "data.llm.concurrency",
    "data.llm.api_key_env",
    "sampler.silence_seconds",
}
LONGER = {"rl.steps", "rl.max_seconds"}


def lasting(config: RunConfig) -> dict[str, Any]:
    """The configuration as config.toml keeps it; a cluster that was rebuilt has another address."""
    return config.model_dump(mode="json", exclude_none=True, exclude={"cluster": {"address"}})


def changes(old: RunConfig, new: RunConfig, where: Path) -> list[str]:
    """What differs and may, as "key: old → new". Raises `RunError` naming the first key that may not.

    Args:
        old: the configuration that the run directory `where` keeps.
        new: the one it is to go on with; both with `rl.preset` spelled out.
    """
    before, after = dict(_flat(lasting(old))), dict(_flat(lasting(new)))
    found = []
    for key in sorted(before.keys() | after.keys()):
        if (was := before.get(key)) == (now := after.get(key)):
            continue
        if key not in FREE | LONGER:
            raise RunError(
                f"{where} holds a run of another configuration: `{key}` was {_shown(was)}, now {_shown(now)}; choose a new "
                "name (--set name=…) or remove it"
            )
        if key == "rl.steps" and new.rl.exchange.run_bytes is not None:
            raise RunError(
                f"{where}: `rl.steps` was {was}, now {now}: rl.exchange.run_bytes was divided among the steps of the run"
            )
        found.append(f"{key}: {_shown(was)} → {_shown(now)}")
    return found


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _shown(value: object) -> str:
    return "none" if value is None else repr(value)
