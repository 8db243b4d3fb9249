"""`physprover plan`: what a run would cost on so many GPUs, and what it would wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.config import RunConfig


def plan_run(
    config: RunConfig,
    gpus: Sequence[int],
    prompt_tokens: float | None,
    answer_tokens: float | None,
    check_seconds: float | None,
) -> str:
    """The table to print: the config as it stands, or the best division of each number of `gpus`.

    Raises ConfigError for a config that cannot fit.
    """
    from physprover.errors import ConfigError
    from rl import presets
    from rl.planning.plan import best_plan, make_plan, table
    from rl.planning.step_time import Workload

    config = presets.resolve(config)
    workload = Workload.of(config, prompt_tokens, answer_tokens, check_seconds)
    if not gpus and not config.cluster.gpus:
        raise ConfigError("cluster.gpus is 0: nothing to plan; say how many with --gpus")
    plans = [best_plan(config, count, workload) for count in gpus] or [make_plan(config, workload)]
    return table(plans)
