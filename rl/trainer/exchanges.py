"""`[rl.exchange]` as the arguments of `rl.distributed.attach`, and what cannot work. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rl.groups import derive_seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physprover.config import RunConfig

_HEADER_BYTES = 12  # of rl.distributed.topk, sent to each other rank at each exchange


def exchange_arguments(config: RunConfig) -> dict[str, Any]:
    """Keyword arguments of `attach`, the model aside."""
    chosen = config.rl.exchange
    return {
        "exchange": chosen.name,
        "seed": derive_seed(config.seed, "exchange"),
        "run_bytes": chosen.run_bytes or 0,
        "run_steps": updates(config),
    }


def updates(config: RunConfig) -> int:
    """Exchanges of the whole run: one an update, rounds of self-play included."""
    rl = config.rl
    rounds = -(-rl.steps // rl.self_play_every) if rl.self_play_every else 0
    return max(1, (rl.steps + rounds) * rl.updates_per_batch)


def trainer_conflicts(config: RunConfig) -> Iterator[str]:
    """Settings of the trainer's processes and their exchange that cannot work together."""
    cluster, chosen = config.cluster, config.rl.exchange
    processes = cluster.trainer_processes
    sparse = chosen.name.startswith("topk")
    if processes == 1 and chosen.name != "dense":
        yield f'rl.exchange.name = "{chosen.name}" needs several trainers: set cluster.trainer_processes'
    if processes > 1 and cluster.trainer_gpus not in (0, processes):
        yield (
            f"cluster.trainer_processes = {processes} with cluster.trainer_gpus = {cluster.trainer_gpus}: "
            "each process trains on one GPU, or all on the CPU (trainer_gpus = 0)"
        )
    if processes > config.rl.problems_per_step:
        yield (
            f"cluster.trainer_processes = {processes}, but a step has {config.rl.problems_per_step} groups "
            "(rl.problems_per_step), and a group is not divided"
        )
    if sparse and chosen.run_bytes is None:
        yield f'rl.exchange.name = "{chosen.name}" needs rl.exchange.run_bytes, what a process may send in the whole run'
    if chosen.run_bytes is not None and not sparse:
        yield f'rl.exchange.run_bytes limits the topk exchanges, not "{chosen.name}"'
    least = _HEADER_BYTES * (processes - 1) * updates(config)
    if sparse and chosen.run_bytes is not None and chosen.run_bytes <= least:
        yield f"rl.exchange.run_bytes = {chosen.run_bytes}: the headers of {updates(config)} updates alone take {least}"
